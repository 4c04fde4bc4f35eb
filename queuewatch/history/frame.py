"""A day, a week or four weeks as rows of slices, by the clocks of this machine: what a timeline is drawn in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from queuewatch.history.period import Period


class Length(StrEnum):
    """How much is looked at."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def days(self) -> int:
        """How many days that is."""
        return {Length.DAY: 1, Length.WEEK: 7, Length.MONTH: 28}[self]


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One line of a timeline."""

    label: str
    edges: tuple[datetime, ...]
    """Where its slices meet, its beginning and end included."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The period looked at, and its lines."""

    title: str
    period: Period
    """What of it is over."""
    rows: tuple[FrameRow, ...]
    axis: str
    """What stands above the lines."""


def frame(length: Length, back: int, now: datetime, width: int) -> Frame:
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
    return Frame(title, Period(begun, max(ended, begun + timedelta(seconds=1))), rows, axis)


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
