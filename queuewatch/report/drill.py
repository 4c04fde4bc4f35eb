"""What a report of a drill is about, and its words, whatever form it is written in."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from queuewatch.failover.drill.drill import Drill, DrillOutcome, Holder, QueueDrill
from queuewatch.failover.drill.scope import goes_dark, scope_words
from queuewatch.failover.drill.summary import summary
from queuewatch.failover.drill.timeline import DrillEvent, timeline
from queuewatch.failover.lag import LONGEST_LAG_MINUTES, NoticedAt
from queuewatch.failover.wording import listing, plural
from queuewatch.report.formats import csv_table
from queuewatch.report.status import moment, verdict_document
from queuewatch.text.instant import utc


@dataclass(frozen=True, slots=True)
class DrillReport:
    """A drill and who ran it: evidence that failover was tested."""

    drill: Drill
    summary: str
    timeline: tuple[DrillEvent, ...]
    run_by: str
    title: str = ""
    """Whose phone system it is: the profile, the host or the sample."""

    @property
    def whose(self) -> tuple[str, ...]:
        """The phone system and the domain, each once."""
        return tuple(dict.fromkeys(part for part in (self.title, self.drill.snapshot.domain) if part))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the drill and each of its verdicts rest on, each said once."""
        of_verdicts = (note for one in self.drill.queues for note in one.after.assumptions)
        return tuple(dict.fromkeys((*self.drill.assumptions, *of_verdicts)))

    @property
    def not_known(self) -> tuple[str, ...]:
        """What could not be read, and of whom it is not known whether they lose power."""
        problems = (problem.text for problem in self.drill.snapshot.problems)
        return tuple(dict.fromkeys((*self.drill.not_known, *problems)))


def make_drill_report(drill: Drill, *, run_by: str, title: str = "") -> DrillReport:
    """The report of a drill."""
    return DrillReport(drill, summary(drill), timeline(drill), run_by, title)


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


def begins_words(one: QueueDrill) -> str:
    """``failover begins at 14:12:40, in 3:41``, ``failover begins within 5 minutes``; empty where nothing does."""
    what = _BEGINS.get(one.fate)
    if what is None:
        return ""
    return f"{what} already" if one.begins is None else f"{what} {moment_words(one.begins)}"


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
    """``3:41``."""
    seconds = round(after.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"


def date_words(at: datetime) -> str:
    """The date and the time, in the reader's own time zone."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z").strip()


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
    rows = [_row(report, one) for one in report.drill.queues]
    columns: tuple[str, ...] = _COLUMNS
    at = report.drill.at
    if at is not None:
        columns, rows = (*columns, "at"), [(*row, moment(at)) for row in rows]
    return csv_table(columns, rows)


def _row(report: DrillReport, one: QueueDrill) -> tuple[object, ...]:
    snapshot, begins, after = report.drill.snapshot, one.begins, one.after
    seconds = round(begins.after.total_seconds()) if begins and begins.promised else None
    known = begins is not None and begins.known
    return (
        snapshot.domain,
        utc(snapshot.taken_at),
        report.run_by,
        listing(scope_words(snapshot, report.drill.scope), most=20),
        one.queue.extension,
        one.queue.name,
        one.site,
        one.fate.value,
        one.sentence,
        " ".join(holder.id for holder in one.holders),
        utc(begins.at) if begins and begins.at else None,
        seconds if known else None,
        None if known else seconds,
        after.outcome.value,
        after.would_fail_over,
        after.reaches_someone,
        after.end.kind.value,
        after.end.target,
        one.before.outcome.value,
    )
