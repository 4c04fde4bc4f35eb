"""From what a person typed to a moment, and whether the clocks ever show it."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from queuewatch.failover.model import Clock, Snapshot
from queuewatch.failover.schedule.at_time import Moment, by_clock
from queuewatch.text.plain_text import visible

EXAMPLE = "Such as 2026-12-25T10:00, or with an offset from UTC: 2026-12-25T10:00-06:00."

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Beyond these nobody's opening hours are planned, and no time zone's rules are known."""

_SHAPE = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](?P<time>\d{1,2}:\d{2}(?::\d{2})?) ?(?P<zone>[Zz]|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)


class MomentError(ValueError):
    """That is no moment to ask about. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str = EXAMPLE) -> None:
        super().__init__(sentence)
        self.hint = hint


def parse_moment(typed: str) -> Moment:
    """The moment meant by a date and a time, with or without an offset from UTC. Raises :class:`MomentError`."""
    words = " ".join(typed.split())
    shown = visible(words)
    found = _SHAPE.fullmatch(words)
    if found is None:
        raise MomentError(f"“{shown}” is not a date and a time.")
    try:
        day = datetime.strptime(found["date"], "%Y-%m-%d")
    except ValueError:
        raise MomentError(f"There is no such day as {found['date']}.") from None
    if found["time"] is None:
        raise MomentError(f"“{shown}” has no time of day.", f"Such as {found['date']}T10:00.")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise MomentError(
            f"The year {day.year} is too far away.", f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}."
        )
    hours, minutes, *seconds = (int(part) for part in found["time"].split(":"))
    try:
        at = day.replace(hour=hours, minute=minutes, second=seconds[0] if seconds else 0)
    except ValueError:
        raise MomentError(f"There is no such time of day as {found['time']}.") from None
    return Moment(at if found["zone"] is None else at.replace(tzinfo=_offset(found["zone"])))


def moment_typed(words: str, clock: Clock | None, *, of: str = "") -> Moment | None:
    """The moment typed, by the clock of what is asked about (``of`` a queue); nothing typed is now (``None``).

    Raises :class:`MomentError`.
    """
    if not words:
        return None
    moment = parse_moment(words)
    if clock is not None:
        check_clock(moment, clock)
    return by_clock(moment, clock, of=of)


def _offset(words: str) -> tzinfo:
    if words in "Zz":
        return UTC
    hours, minutes = int(words[1:3]), int(words[-2:])
    if hours > 15 or minutes > 59:
        raise MomentError(f"No time zone is {words} from UTC.")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if words[0] == "-" else ahead)


def check_moment(snapshot: Snapshot, moment: Moment, queues: Iterable[str] | None = None) -> None:
    """Return if the clocks of these queues show that time; without ``queues`` those whose rules were read.

    Raises :class:`MomentError` where they are put forward over it.
    """
    users = snapshot.users or {}
    for clock in dict.fromkeys(users[queue].clock for queue in queues or snapshot.rules if queue in users):
        check_clock(moment, clock)


def check_clock(moment: Moment, clock: Clock) -> None:
    """Return if this clock shows that time. Raises :class:`MomentError` where it is put forward over it."""
    skipped = None if moment.is_instant or clock.zone is None else skipped_around(moment.at, clock.zone)
    if skipped:
        before, after = (f"{at:%H:%M}" if skipped[0].date() == skipped[1].date() else f"{at}" for at in skipped)
        raise MomentError(
            f"{moment.at:%Y-%m-%d %H:%M} does not exist in {clock.name}: there the clocks go from {before} "
            f"straight to {after}.",
            f"Choose a time before {before}, or from {after} on.",
        )


def comes_twice(moment: Moment) -> bool:
    """Whether the clock by which it was asked shows that time twice, because it is put back."""
    zone = moment.at.tzinfo
    if moment.clock is None or zone is None:
        return False
    first, second = (zone.utcoffset(moment.at.replace(fold=fold)) for fold in (0, 1))
    return first is not None and second is not None and second < first


def skipped_around(wall: datetime, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """From which time to which the clocks of a zone are put forward, if they never show ``wall``."""
    before, after = (zone.utcoffset(wall.replace(fold=fold)) for fold in (0, 1))
    if before is None or after is None or after <= before:
        return None
    # The clocks change somewhere in this stretch of UTC, which is as long as what they skip.
    earliest = wall.replace(tzinfo=UTC, fold=0) - after
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        changed = (earliest + timedelta(seconds=middle)).astimezone(zone).utcoffset() != before
        low, high = (low, middle) if changed else (middle, high)
    change = (earliest + timedelta(seconds=high)).replace(tzinfo=None)
    return change + before, change + after
