"""A drill as one JSON document. Its keys and their order are a contract."""

import json

from queuewatch.failover.drill import QueueDrill
from queuewatch.failover.grey_at import Onset
from queuewatch.failover.holder import Holder
from queuewatch.failover.timeline import Event
from queuewatch.report.as_json import moment, utc, verdict_document
from queuewatch.report.drill_report import DrillReport


def drill_json(report: DrillReport) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it. Times are UTC."""
    drill = report.drill
    scope = drill.scope
    return json.dumps(
        {
            "domain": drill.snapshot.domain,
            "taken_at": utc(drill.snapshot.taken_at),
            "run_by": report.run_by,
            "scope": {
                "sites": list(scope.sites),
                "ips": list(scope.ips),
                "agents": sorted(scope.agents),
                "everything": scope.everything,
            },
            **({"at": moment(drill.at)} if drill.at else {}),
            "summary": report.summary,
            "queues": [_queue(one) for one in drill.queues],
            "timeline": [_event(event) for event in report.timeline],
            "assumptions": list(drill.assumptions),
            "problems": list(report.not_known),
        },
        indent=2,
    )


def _queue(one: QueueDrill) -> dict[str, object]:
    return {
        "queue": one.queue.extension,
        "name": one.queue.name,
        "site": one.site,
        "fate": one.fate.value,
        "sentence": one.sentence,
        "held_open_by": [_holder(holder) for holder in one.holders],
        "begins": _moment(one.begins),
        "verdict": verdict_document(one.after),
        "verdict_before": verdict_document(one.before),
    }


def _holder(holder: Holder) -> dict[str, object]:
    return {"id": holder.id, "name": holder.name, "site": holder.site, "device": holder.device}


def _moment(moment: Onset | None) -> dict[str, object]:
    """A moment that is known has no bound, and one that is not has nothing else; no moment has neither."""
    if moment is None or not moment.promised:
        return {"at": None, "in_seconds": None, "at_most_seconds": None}
    seconds = round(moment.after.total_seconds())
    if moment.at is None:
        return {"at": None, "in_seconds": None, "at_most_seconds": seconds}
    return {"at": utc(moment.at), "in_seconds": seconds, "at_most_seconds": None}


def _event(event: Event) -> dict[str, object]:
    return {
        **_moment(event.moment),
        "event": event.what.value,
        "text": event.text,
        "queues": list(event.queues),
        "agent": event.agent or None,
        "fate": event.fate.value if event.fate else None,
    }
