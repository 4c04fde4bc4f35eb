"""What a report of a drill is about, and its words, whatever form it is written in."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from queuewatch.failover.audit.proofs import NO_PROOFS, ProofLedger, proof_words
from queuewatch.failover.drill.drill import Drill, DrillOutcome, Holder, QueueDrill
from queuewatch.failover.drill.scope import goes_dark, scope_words
from queuewatch.failover.drill.summary import summary
from queuewatch.failover.drill.timeline import DrillEvent, timeline
from queuewatch.failover.lag import LONGEST_LAG_MINUTES, NoticedAt
from queuewatch.failover.wording import listing, plural
from queuewatch.report.formats import csv_table
from queuewatch.report.status import moment, verdict_document
from queuewatch.text.instant import utc


class DrillReport(Struct, frozen=True):
    """A drill and who ran it: evidence that failover was tested."""

    drill: Drill
    summary: str
    timeline: tuple[DrillEvent, ...]
    run_by: str
    title: str = ""
    """Whose phone system it is: the profile, the host or the sample."""
    proofs: tuple[str, ...] = ()
    """What of this a live test has shown, a sentence for each queue that was drilled and proven."""

    @property
    def whose(self) -> tuple[str, ...]:
        """The phone system and the domain, each once."""
        return tuple(dict.fromkeys(part for part in (self.title, self.drill.snapshot.domain) if part))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the drill and each of its verdicts rest on, each said once."""
        of_verdicts = (note for queue_drill in self.drill.queues for note in queue_drill.after.assumptions)
        return tuple(dict.fromkeys((*self.drill.assumptions, *of_verdicts)))

    @property
    def not_known(self) -> tuple[str, ...]:
        """What could not be read, and of whom it is not known whether they lose power."""
        problems = (problem.text for problem in self.drill.snapshot.problems)
        return tuple(dict.fromkeys((*self.drill.not_known, *problems)))


def make_drill_report(
    drill: Drill, *, run_by: str, title: str = "", proofs: ProofLedger = NO_PROOFS
) -> DrillReport:
    """The report of a drill. ``proofs`` are the live tests of this phone system."""
    words = (
        (queue_drill.queue, proof_words(proofs, drill.snapshot, queue_drill.queue)) for queue_drill in drill.queues
    )
    proven = tuple(f"{queue.label}: {said}." for queue, said in words if said)
    return DrillReport(drill, summary(drill), timeline(drill), run_by, title, proven)


def supposed_words(drill: Drill) -> str:
    """What was supposed, and when if not now: ``Dallas goes dark on Fri 2026-12-25 10:00``."""
    when = f" on {drill.at.words}" if drill.at else ""
    return f"{goes_dark(drill.snapshot, drill.scope)}{when}"


TO_SIGN = "Signature ____________________  Date ____________"

FATE_WORDS = {
    DrillOutcome.FAILS_OVER: "fails over",
    DrillOutcome.SENT_ON: "sent on",
    DrillOutcome.HELD_OPEN: "held open",
    DrillOutcome.ANSWERED: "not affected",
    DrillOutcome.STRANDED: "STRANDED",
    DrillOutcome.LOST: "LOST",
    DrillOutcome.UNCERTAIN: "uncertain",
}

_BEGINS = {
    DrillOutcome.FAILS_OVER: "failover begins",
    DrillOutcome.SENT_ON: "calls are sent on",
    DrillOutcome.STRANDED: "callers wait",
    DrillOutcome.LOST: "calls are lost",
}


def begins_words(queue_drill: QueueDrill) -> str:
    """``failover begins at 14:12:40, in 3:41``, ``failover begins within 5 minutes``; empty where nothing does."""
    what = _BEGINS.get(queue_drill.fate)
    if what is None:
        return ""
    return f"{what} already" if queue_drill.begins is None else f"{what} {moment_words(queue_drill.begins)}"


def moment_words(moment: NoticedAt) -> str:
    """``at 14:12:40, in 3:41``; ``within 5 minutes``; ``within 60 minutes (the portal says up to 5)``."""
    if not moment.promised:
        return "only once the outside number is logged out: it never goes offline by itself"
    if moment.at is None:
        minutes = -(-moment.after // timedelta(minutes=1))
        portal = "" if minutes == LONGEST_LAG_MINUTES else f" (the portal says up to {LONGEST_LAG_MINUTES})"
        return f"within {plural(minutes, 'minute')}{portal}"
    return f"at {clock_words(moment.at)}, in {minutes_words(moment.after)}"


def clock_words(at: datetime) -> str:
    """The time of day to the second, in the reader's own time zone."""
    return at.astimezone().strftime("%H:%M:%S")


def minutes_words(after: timedelta) -> str:
    """Minutes and seconds: ``3:41``."""
    seconds = round(after.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"


def event_times(event: DrillEvent) -> tuple[str, str]:
    """When an event is, on the clock and since the power was lost."""
    if event.moment.at is None:
        return "", moment_words(event.moment) if event.moment.after else minutes_words(event.moment.after)
    return clock_words(event.moment.at), minutes_words(event.moment.after)


def noted(sentences: Iterable[str], none: str) -> tuple[str, ...]:
    """The sentences, or that there are none."""
    return tuple(sentences) or (none,)


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
            "queues": [_queue(queue_drill) for queue_drill in drill.queues],
            "timeline": [_event(event) for event in report.timeline],
            "assumptions": list(drill.assumptions),
            "problems": list(report.not_known),
        },
        indent=2,
    )


def _queue(queue_drill: QueueDrill) -> dict[str, object]:
    return {
        "queue": queue_drill.queue.extension,
        "name": queue_drill.queue.name,
        "site": queue_drill.site,
        "fate": queue_drill.fate.value,
        "sentence": queue_drill.sentence,
        "held_open_by": [_holder(holder) for holder in queue_drill.holders],
        "begins": _moment(queue_drill.begins),
        "verdict": verdict_document(queue_drill.after),
        "verdict_before": verdict_document(queue_drill.before),
    }


def _holder(holder: Holder) -> dict[str, object]:
    return {"id": holder.id, "name": holder.name, "site": holder.site, "device": holder.device}


def _moment(moment: NoticedAt | None) -> dict[str, object]:
    """A moment that is known has no bound, and one that is not has nothing else; no moment has neither."""
    if moment is None or not moment.promised:
        return {"at": None, "in_seconds": None, "at_most_seconds": None}
    seconds = round(moment.after.total_seconds())
    if moment.at is None:
        return {"at": None, "in_seconds": None, "at_most_seconds": seconds}
    return {"at": utc(moment.at), "in_seconds": seconds, "at_most_seconds": None}


def _event(event: DrillEvent) -> dict[str, object]:
    return {
        **_moment(event.moment),
        "event": event.what.value,
        "text": event.text,
        "queues": list(event.queues),
        "agent": event.agent or None,
        "fate": event.fate.value if event.fate else None,
    }


_COLUMNS = (
    *("domain", "taken_at", "run_by", "supposed", "queue", "name", "site", "fate", "sentence", "held_open_by"),
    *("begins_at", "begins_in_seconds", "begins_at_most_seconds"),
    *("outcome", "would_fail_over", "reaches_someone", "end_kind", "end_target", "outcome_before"),
)


def drill_csv(report: DrillReport) -> str:
    """The rows below one row of column names."""
    rows = [_row(report, queue_drill) for queue_drill in report.drill.queues]
    columns: tuple[str, ...] = _COLUMNS
    at = report.drill.at
    if at is not None:
        columns, rows = (*columns, "at"), [(*row, moment(at)) for row in rows]
    return csv_table(columns, rows)


def _row(report: DrillReport, queue_drill: QueueDrill) -> tuple[object, ...]:
    snapshot, begins, after = report.drill.snapshot, queue_drill.begins, queue_drill.after
    seconds = round(begins.after.total_seconds()) if begins and begins.promised else None
    known = begins is not None and begins.known
    return (
        snapshot.domain,
        utc(snapshot.taken_at),
        report.run_by,
        listing(scope_words(snapshot, report.drill.scope), most=20),
        queue_drill.queue.extension,
        queue_drill.queue.name,
        queue_drill.site,
        queue_drill.fate.value,
        queue_drill.sentence,
        " ".join(holder.id for holder in queue_drill.holders),
        utc(begins.at) if begins and begins.at else None,
        seconds if known else None,
        None if known else seconds,
        after.outcome.value,
        after.would_fail_over,
        after.reaches_someone,
        after.end.kind.value,
        after.end.target,
        queue_drill.before.outcome.value,
    )
