"""Time frames as a phone system holds them: names for spans of time, on which answering rules stand.

Nothing here has a time zone. The vendor states that a span is meant on the clock of the user whose rule it is.
"""

from dataclasses import dataclass
from datetime import date, time

EVERY_DAY = frozenset(range(7))
"""The days of the week, counted from Sunday as the vendor counts them."""

LAST_MINUTE = time(23, 59)
"""An end at this minute is the end of the day: neither shape of the API has a later one."""


@dataclass(frozen=True, slots=True)
class Span:
    """Times of day on days of the week, from one date to another."""

    begin: time = time(0, 0)
    end: time = LAST_MINUTE
    """To the minute. Before ``begin`` it is past midnight."""
    days: frozenset[int] = EVERY_DAY
    first: date | None = None
    last: date | None = None
    """The dates count in; ``None`` is without such a limit."""
    yearly: bool = False
    """Once more each year on the same dates; both are then given, and neither is a 29 February."""
    inverted: bool = False
    """It holds where it otherwise would not (``invert-match``)."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of a time frame that cannot be worked out, and why, as a clause."""

    why: str
    inverted: bool = False
    """Whether it may be an inverted one."""


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """A named time frame: it holds while one of its spans does."""

    name: str
    spans: tuple[Span | Unreadable, ...] = ()
    always: bool = False
