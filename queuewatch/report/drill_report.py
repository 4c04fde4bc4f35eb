"""What a report of a drill is about, and its words, whatever form it is written in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from queuewatch.failover.drill import Drill, QueueDrill
from queuewatch.failover.drill_summary import summary
from queuewatch.failover.fate import Fate
from queuewatch.failover.grey_at import Onset
from queuewatch.failover.lag import LONGEST_LAG_MINUTES
from queuewatch.failover.scope import goes_dark
from queuewatch.failover.timeline import Event, timeline
from queuewatch.failover.words import plural


@dataclass(frozen=True, slots=True)
class DrillReport:
    """A drill and who ran it: evidence that failover was tested."""

    drill: Drill
    summary: str
    timeline: tuple[Event, ...]
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
    Fate.FAILS_OVER: "fails over",
    Fate.SENT_ON: "sent on",
    Fate.HELD_OPEN: "held open",
    Fate.ANSWERED: "not affected",
    Fate.STRANDED: "STRANDED",
    Fate.LOST: "LOST",
    Fate.UNCERTAIN: "uncertain",
}

_BEGINS = {
    Fate.FAILS_OVER: "failover begins",
    Fate.SENT_ON: "calls are sent on",
    Fate.STRANDED: "callers wait",
    Fate.LOST: "calls are lost",
}


def begins_words(one: QueueDrill) -> str:
    """``failover begins at 14:12:40, in 3:41``, ``failover begins within 5 minutes``; empty where nothing does."""
    what = _BEGINS.get(one.fate)
    if what is None:
        return ""
    return f"{what} already" if one.begins is None else f"{what} {moment_words(one.begins)}"


def moment_words(moment: Onset) -> str:
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


def event_times(event: Event) -> tuple[str, str]:
    """When an event is, on the clock and since the power was lost."""
    if event.moment.at is None:
        return "", moment_words(event.moment) if event.moment.after else minutes_words(event.moment.after)
    return clock_words(event.moment.at), minutes_words(event.moment.after)


def noted(sentences: Iterable[str], none: str) -> tuple[str, ...]:
    """The sentences, or that there are none."""
    return tuple(sentences) or (none,)
