"""What a report is about: the queues asked for, judged, whatever form it is written in."""

import json
from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch.failover.audit.proofs import NO_PROOFS, ProofLedger
from queuewatch.failover.decide import roster_of
from queuewatch.failover.destination import CallEnd
from queuewatch.failover.drill.power_loss import PowerLoss
from queuewatch.failover.drill.single_sites import with_single_sites
from queuewatch.failover.model import Agent, Forward, Queue, Snapshot
from queuewatch.failover.places import queue_site, site_of
from queuewatch.failover.schedule.at_time import Moment, at_time, by_clock_of, with_disagreements
from queuewatch.failover.simulate import judge
from queuewatch.failover.status import AgentStatus
from queuewatch.failover.suppose import AS_IS, Suppose
from queuewatch.failover.verdict import Direct, Judgement, ReadinessState, Verdict
from queuewatch.report.formats import csv_table
from queuewatch.text.instant import utc


class StatusReport(Struct, frozen=True):
    """Queues and their judgements, now or at another time, possibly under a supposition."""

    snapshot: Snapshot
    """As it was read."""
    queues: tuple[Queue, ...]
    """In the order to be written; no call parks."""
    judgements: Mapping[str, Judgement]
    suppose: Suppose = AS_IS
    with_agents: bool = True
    title: str = ""
    """Whose phone system it is: the profile, the host or the sample."""
    at: Moment | None = None
    """The other time that was asked about; ``None`` is now."""
    moments: Mapping[str, Moment] = field(default_factory=dict)
    """By queue, that time by the clock of its user: the one instant at which the whole way of a call is judged."""
    rule_not_known: frozenset[str] = frozenset()
    """The queues of which it cannot be told which answering rule is in effect."""
    with_path: bool = False
    """Whether the way of a call is told stop by stop as well."""
    proofs: ProofLedger = NO_PROOFS
    """What was proven on this phone system, to be said beside each queue."""


def make_report(
    snapshot: Snapshot,
    queues: tuple[Queue, ...],
    suppose: Suppose = AS_IS,
    *,
    at: Moment | None = None,
    with_agents: bool = True,
    title: str = "",
    with_path: bool = False,
    dark: PowerLoss | None = None,
    proofs: ProofLedger = NO_PROOFS,
) -> StatusReport:
    """Judge these queues for a report: as they are, or as their rules would make them at another time.

    ``dark`` is the loss of power that ``suppose`` was worked out from: what it rests on is said where it matters.
    """
    moments = {queue.extension: by_clock_of(snapshot, at, queue.extension) for queue in queues} if at else {}
    then = {moment: at_time(snapshot, moment) for moment in dict.fromkeys(moments.values())}
    judgements: dict[str, Judgement] = {}
    unknown: set[str] = set()
    for queue in queues:
        extension = queue.extension
        judged_on = then[moments[extension]] if at else snapshot
        judged = judge(judged_on, queue, suppose)
        if not at:
            judged = with_disagreements(snapshot, judged)
        if dark is not None:
            judged = _with_notes(snapshot, dark, judged)
        judgements[extension] = with_single_sites(judged_on, queue, judged)
        if not judged_on.rules_of(extension).known:
            unknown.add(extension)
    return StatusReport(
        snapshot,
        queues,
        judgements,
        suppose,
        with_agents,
        title,
        at,
        moments,
        frozenset(unknown),
        with_path,
        proofs,
    )


def _with_notes(snapshot: Snapshot, dark: PowerLoss, judgement: Judgement) -> Judgement:
    """The judgement with what the supposed loss of power rests on, where it touches anybody on the call's way."""
    asked = {row.id for extension in judgement.now.asked for row in snapshot.agents_of(extension)}
    people = {*dark.suppose.dark_users, *dark.suppose.doubted_users}
    if not (asked & (dark.touched | dark.disputed) or judgement.now.asked & people):
        return judgement
    assumptions = tuple(dict.fromkeys((*judgement.now.assumptions, *dark.not_known, *dark.notes)))
    return replace(judgement, now=replace(judgement.now, assumptions=assumptions))


def agents_of(report: StatusReport, queue: Queue) -> tuple[tuple[Agent, AgentStatus], ...]:
    """The queue's agents and their colours under the report's supposition, in the order the queue tries them."""
    return roster_of(report.snapshot, queue.extension, report.suppose).agents


def when_offline_of(snapshot: Snapshot, queue: Queue) -> Forward | None:
    """When Offline of the Default rule, whichever rule is in effect; ``None`` when it is not known."""
    rules = snapshot.rules_of(queue.extension)
    if not rules.known:
        return None
    return rules.default.offline if rules.default else Forward()


_URGENCY = (ReadinessState.NOT_READY, ReadinessState.UNKNOWN, ReadinessState.READY)


def worst_first(report: StatusReport) -> tuple[Queue, ...]:
    """The queues, those whose callers reach nobody now before those that only would, and ready ones last."""

    def urgency(queue: Queue) -> tuple[int, int]:
        judgement = report.judgements[queue.extension]
        now = (False, None, True).index(judgement.now.reaches_someone)
        return now, _URGENCY.index(judgement.readiness.state)

    return tuple(sorted(report.queues, key=urgency))


def as_json(report: StatusReport) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it. Times are UTC."""
    return json.dumps(document(report), indent=2)


def document(report: StatusReport) -> dict[str, object]:
    """The document before it is written."""
    return {
        "domain": report.snapshot.domain,
        "taken_at": utc(report.snapshot.taken_at),
        **({} if report.at is None else {"at": moment(report.at)}),
        "queues": [_queue(report, queue) for queue in report.queues],
        "problems": [problem.text for problem in report.snapshot.problems],
    }


def moment(at: Moment) -> str:
    """A time asked about: an instant in UTC; a time by each queue's own clock without a zone."""
    return utc(at.at) if at.is_instant else at.at.isoformat(timespec="seconds")


def instant(at: Moment) -> str | None:
    """A time asked about as an instant in UTC; ``None`` where the clock that was meant is not known."""
    return utc(at.at) if at.is_instant else None


def _queue(report: StatusReport, queue: Queue) -> dict[str, object]:
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


def _agents(report: StatusReport, queue: Queue) -> list[dict[str, object]]:
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


def _end(end: CallEnd) -> dict[str, object]:
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


def as_csv(report: StatusReport) -> str:
    """The rows below one row of column names."""
    columns: tuple[str, ...] = _COLUMNS
    rows = [_row(report, queue) for queue in report.queues]
    if report.at is not None:
        columns, rows = (
            (*columns, "at"),
            [
                (*row, moment(report.moments[queue.extension]))
                for row, queue in zip(rows, report.queues, strict=True)
            ],
        )
    return csv_table(columns, rows)


_VERDICT = ("outcome", "would_fail_over", "reaches_someone", "held_open_by", "end_kind", "end_target", "sentence")
_COLUMNS = (
    *("domain", "taken_at", "queue", "name", "site", "require_agents"),
    *("when_offline_enabled", "when_offline_destination", "rule_in_effect", "waiting"),
    *("green", "red", "grey", "unknown"),
    *_VERDICT,
    "readiness",
    *(f"dark_{column}" for column in _VERDICT),
    "assumptions",
)


def _row(report: StatusReport, queue: Queue) -> tuple[object, ...]:
    snapshot, judgement = report.snapshot, report.judgements[queue.extension]
    forward, counts = when_offline_of(snapshot, queue), judgement.now.counts
    known = forward is not None and forward.readable
    return (
        snapshot.domain,
        utc(snapshot.taken_at),
        queue.extension,
        queue.name,
        queue_site(snapshot, queue),
        queue.require_agents,
        forward.enabled if known and forward else None,
        next(iter(forward.destinations), None) if known and forward else None,
        judgement.now.rule_in_effect,
        queue.waiting,
        *(counts.green, counts.red, counts.grey, counts.unknown),
        *_verdict(judgement.now),
        judgement.readiness.state.value,
        *_verdict(judgement.readiness.verdict),
        " ".join(judgement.assumptions),
    )


def _verdict(verdict: Verdict) -> tuple[object, ...]:
    return (
        verdict.outcome.value,
        verdict.would_fail_over,
        verdict.reaches_someone,
        " ".join(verdict.held_open_by),
        verdict.end.kind.value,
        verdict.end.target,
        verdict.sentence,
    )
