"""A report as one JSON document, for programs. Its keys and their order are a contract.

``at`` is there only where another time was asked about: above as it was asked, and of each queue as the instant at
which the whole way of its calls is judged; null where the clock that was meant is not known. ``direct`` is there
only where a queue has a second way in.
"""

import json
from datetime import UTC, datetime

from queuewatch.failover.at_time import Moment
from queuewatch.failover.destination import End
from queuewatch.failover.model import Forward, Queue
from queuewatch.failover.suppose import queue_site, site_of
from queuewatch.failover.verdict import Direct, Verdict
from queuewatch.report.content import Report, agents_of, when_offline_of


def as_json(report: Report) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it. Times are UTC."""
    return json.dumps(document(report), indent=2)


def document(report: Report) -> dict[str, object]:
    """The document before it is written."""
    return {
        "domain": report.snapshot.domain,
        "taken_at": utc(report.snapshot.taken_at),
        **({} if report.at is None else {"at": moment(report.at)}),
        "queues": [_queue(report, queue) for queue in report.queues],
        "problems": [problem.text for problem in report.snapshot.problems],
    }


def utc(at: datetime) -> str:
    """A moment in UTC to the second: ``2026-11-23T15:12:00Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(at: Moment) -> str:
    """A time asked about: an instant in UTC; a time by each queue's own clock without a zone."""
    return utc(at.at) if at.is_instant else at.at.isoformat(timespec="seconds")


def instant(at: Moment) -> str | None:
    """A time asked about as an instant in UTC; ``None`` where the clock that was meant is not known."""
    return utc(at.at) if at.is_instant else None


def _queue(report: Report, queue: Queue) -> dict[str, object]:
    judgement = report.judgements[queue.extension]
    counts = judgement.now.counts
    agents = {"agents": _agents(report, queue)} if report.with_agents else {}
    return {
        "queue": queue.extension,
        "name": queue.name,
        "site": queue_site(report.snapshot, queue),
        **({} if report.at is None else {"at": instant(report.moments[queue.extension])}),
        "require_agents": queue.require_agents,
        "when_offline": _forward(when_offline_of(report.snapshot, queue)),
        "rule_in_effect": judgement.now.rule_in_effect,
        "waiting": queue.waiting,
        "counts": {
            "green": counts.green,
            "red": counts.red,
            "grey": counts.grey,
            "unknown": counts.unknown,
        },
        **agents,
        "verdict": verdict_document(judgement.now),
        "readiness": {
            "state": judgement.readiness.state.value,
            "verdict": verdict_document(judgement.readiness.verdict),
        },
    }


def _agents(report: Report, queue: Queue) -> list[dict[str, object]]:
    return [
        {
            "id": agent.id,
            "name": agent.name,
            "status": shown.status.value,
            "reason": shown.reason,
            "site": site_of(agent, report.snapshot),
        }
        for agent, shown in agents_of(report, queue)
    ]


def _forward(forward: Forward | None) -> dict[str, object] | None:
    if forward is None or not forward.readable:
        return None
    return {"enabled": forward.enabled, "destination": next(iter(forward.destinations), None)}


def _end(end: End) -> dict[str, object]:
    return {"kind": end.kind.value, "target": end.target}


def _direct(direct: Direct) -> dict[str, object]:
    """The other way into a diverted queue, by a number that leads straight into it."""
    return {
        "outcome": direct.outcome.value,
        "end": _end(direct.end),
        "reaches_someone": direct.reaches_someone,
    }


def verdict_document(verdict: Verdict) -> dict[str, object]:
    """A verdict as every document has it."""
    return {
        "outcome": verdict.outcome.value,
        "would_fail_over": verdict.would_fail_over,
        "reaches_someone": verdict.reaches_someone,
        "held_open_by": list(verdict.held_open_by),
        "path": [{"at": stop.at, "outcome": str(stop.outcome), "why": stop.why} for stop in verdict.path],
        "end": _end(verdict.end),
        **({} if verdict.direct is None else {"direct": _direct(verdict.direct)}),
        "sentence": verdict.sentence,
        "assumptions": list(verdict.assumptions),
    }
