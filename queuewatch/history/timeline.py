"""A day, a week or four weeks as rows of slices, by the clocks of this machine: what a timeline is drawn in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from queuewatch.failover.status import Status
from queuewatch.history.period import Period
from queuewatch.history.segments import slices
from queuewatch.history.state import HistoryState
from queuewatch.history.statistics import NOTHING, AgentAccount, Statistics


class Length(StrEnum):
    """How much is looked at."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def days(self) -> int:
        """How many days that is."""
        return {Length.DAY: 1, Length.WEEK: 7, Length.MONTH: 28}[self]


class FrameRow(Struct, frozen=True):
    """One line of a timeline."""

    label: str
    edges: tuple[datetime, ...]
    """Where its slices meet, its beginning and end included."""


class Calendar(Struct, frozen=True):
    """The period looked at, and its lines."""

    title: str
    period: Period
    """What of it is over."""
    rows: tuple[FrameRow, ...]
    axis: str
    """What stands above the lines."""


def frame(length: Length, back: int, now: datetime, width: int) -> Calendar:
    """The period that ends with the day of ``now``, or so many periods before, in lines of ``width`` signs."""
    last = now.astimezone().date() - timedelta(days=length.days * back)
    first = last - timedelta(days=length.days - 1)
    begun, ended = _midnight(first), min(_midnight(last + timedelta(days=1)), now)
    lines: list[tuple[str, datetime, datetime]]
    match length:
        case Length.DAY:
            many = _most(width, (72, 48, 24))
            lines = [(f"{hour:02}:00", _at(last, hour), _at(last, hour + 6)) for hour in (0, 6, 12, 18)]
            axis = _axis(many, 6, lambda hour: f"+{hour} h")
            title = f"{_day(last)}"
        case Length.WEEK:
            many = _most(width, (96, 72, 48, 24))
            days = [first + timedelta(days=nth) for nth in range(7)]
            lines = [(_day(day), _midnight(day), _midnight(day + timedelta(days=1))) for day in days]
            axis = _axis(many, 8, lambda nth: f"{3 * nth:02}")
            title = f"{_day(first)} to {_day(last)}"
        case Length.MONTH:
            many = _most(width, (84, 56, 42, 21))
            weeks = [first + timedelta(days=7 * nth) for nth in range(4)]
            lines = [(_day(day), _midnight(day), _midnight(day + timedelta(days=7))) for day in weeks]
            axis = _axis(many, 7, lambda nth: f"{first + timedelta(days=nth):%a}")
            title = f"{_day(first)} to {_day(last)}"
    rows = tuple(FrameRow(label, _edges(at, to, many)) for label, at, to in lines)
    return Calendar(title, Period(begun, max(ended, begun + timedelta(seconds=1))), rows, axis)


def _most(width: int, choices: tuple[int, ...]) -> int:
    return next((many for many in choices if many <= width), choices[-1])


def _edges(begun: datetime, ended: datetime, many: int) -> tuple[datetime, ...]:
    # On the days on which the clocks change the axis is off by up to an hour: slices are all of one length.
    return tuple(begun + (ended - begun) * nth / many for nth in range(many + 1))


def _axis(many: int, marks: int, word: Callable[[int], str]) -> str:
    return "".join(word(nth).ljust(many // marks)[: many // marks] for nth in range(marks)).rstrip()


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()


def _at(day: date, hour: int) -> datetime:
    return _midnight(day + timedelta(days=1)) if hour == 24 else datetime.combine(day, time(hour)).astimezone()


LEVELS = "▂▃▄▅▆▇█"
"""The share that reached nobody: what was lost stands out of the low line of what was answered, and the highest is
only for all of it."""

MINUTES = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 7 * 1440, 28 * 1440)
"""Lengths of a slice that a reader can reckon with."""


class Sign(NamedTuple):
    """One slice as it is shown."""

    glyph: str
    style: str
    """A style name of the tables; empty for none."""


ANSWERED = Sign("▁", "green")
FAILED_OVER = Sign("▒", "warn")
SENT_ON = Sign("░", "green")
NOT_KNOWN = Sign("?", "unknown")
NOT_WATCHED = Sign("·", "muted")

LEGEND = (
    (ANSWERED, "agents"),
    (FAILED_OVER, "failed over"),
    (SENT_ON, "sent on"),
    (Sign(f"{LEVELS[0]}-{LEVELS[-1]}", "bad"), "share that reached nobody"),
    (NOT_KNOWN, "not known"),
    (NOT_WATCHED, "not watched"),
)

AGENT_SIGNS = {
    Status.GREEN: Sign("█", "green"),
    Status.RED: Sign("▓", "red"),
    Status.GREY: Sign("░", "grey"),
    Status.UNKNOWN: NOT_KNOWN,
}


def queue_sign(times: Mapping[HistoryState, timedelta]) -> Sign:
    """What a slice amounts to. The worst in it is what is shown, however short it was."""
    watched = sum(times.values(), NOTHING)
    known = watched - times.get(HistoryState.UNKNOWN, NOTHING)
    if not watched:
        return NOT_WATCHED
    if not known:
        return NOT_KNOWN
    if nobody := times.get(HistoryState.NOBODY, NOTHING):
        return Sign(LEVELS[nobody * (len(LEVELS) - 1) // known], "bad")
    if times.get(HistoryState.FAILS_OVER):
        return FAILED_OVER
    return SENT_ON if times.get(HistoryState.SENT_ON, NOTHING) * 2 > known else ANSWERED


def agent_sign(times: Mapping[Status, timedelta]) -> Sign:
    """The colour an agent had for most of a slice."""
    if not times:
        return NOT_WATCHED
    return AGENT_SIGNS[max(times, key=lambda status: times[status])]


def even_edges(period: Period, most: int) -> tuple[datetime, ...]:
    """The edges of at most so many slices of a length that a reader can reckon with."""
    for minutes in MINUTES:
        step = timedelta(minutes=minutes)
        if -(-period.length // step) <= most:
            break
    else:
        step = period.length / max(1, most)
    edges = [period.begun]
    while edges[-1] < period.ended:
        edges.append(min(period.ended, edges[-1] + step))
    return tuple(edges)


def queue_signs(account: Statistics, edges: Sequence[datetime]) -> tuple[Sign, ...]:
    """A queue's sparkline."""
    return tuple(map(queue_sign, slices(account.segments, edges, lambda state: state.standing)))


def agent_signs(account: AgentAccount, edges: Sequence[datetime]) -> tuple[Sign, ...]:
    """An agent's sparkline."""
    return tuple(map(agent_sign, slices(account.segments, edges, lambda state: state.status)))
