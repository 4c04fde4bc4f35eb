"""The stretch of time that is asked about, from what a person typed."""

import re
from datetime import datetime, timedelta

from msgspec import Struct

from queuewatch.failover.schedule.moment_input import MomentError, parse_moment
from queuewatch.text.plain_text import visible

EXAMPLE = "Such as 7d, 24h, 2026-11-01 or '2026-11-20 08:00'."
FARTHEST = timedelta(days=3660)

_AGO = re.compile(r"(\d{1,6})\s*(m|min|h|d|w)", re.ASCII | re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Period(Struct, frozen=True):
    """From one moment up to another; both are aware, and the second is the later one."""

    begun: datetime
    ended: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.ended - self.begun


def parse_period(since: str, until: str, now: datetime) -> Period:
    """The period from ``since`` up to ``until``, by this machine's clocks; an empty ``until`` is now.

    What is still to come belongs to no period. Raises :class:`MomentError`.
    """
    ended = min(_moment(until, now), now) if until.strip() else now
    begun = _moment(since, now)
    if begun >= now:
        raise MomentError(f"The period would begin at {_shown(begun)}, and that is still to come.", EXAMPLE)
    if begun >= ended:
        raise MomentError(
            f"The period ends before it begins: from {_shown(begun)} to {_shown(ended)}.",
            "Give --since an earlier time than --until.",
        )
    return Period(begun, ended)


def _moment(typed: str, now: datetime) -> datetime:
    words = " ".join(typed.split())
    if ago := _AGO.fullmatch(words):
        back = timedelta(**{_UNITS[ago[2].lower()]: int(ago[1])})
        if back > FARTHEST:
            raise MomentError(f"“{words}” is too long ago.", EXAMPLE)
        return now - back
    try:
        moment = parse_moment(f"{words} 00:00" if _DAY.fullmatch(words) else words).at
    except MomentError as error:
        shown = visible(words)
        sentence = str(error) if str(error).startswith(("There is no such", "The year")) else ""
        raise MomentError(sentence or f"“{shown}” is no time that can be read.", EXAMPLE) from None
    # Without an offset it is what the clocks of this machine show.
    return moment.astimezone()


def _shown(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
