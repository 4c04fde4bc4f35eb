"""Times of day, dates and days of the week as the entries of time frames hold them.

What makes no sense is noted in its row and given as ``None``.
"""

import re
from datetime import date, time

from queuewatch.failover.spans import LAST_MINUTE
from queuewatch.pbx.netsapiens.rows import Row
from queuewatch.pbx.netsapiens.values import text

_TIME = re.compile(r"([0-9]{1,2}):?([0-9]{2})(?::00)?")
_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_DAYS = re.compile(r"[0-6](?:\s*,\s*[0-6])*")

_MIDNIGHT_AFTER = ("2400", "24:00", "24:00:00", "23:59:59")
"""An end of the day, written as its very end."""


def time_in(row: Row, name: str, *, missing: time | None = None, end: bool = False) -> time | None:
    """A time of day (``0800``, ``08:00``), to the minute."""
    value = row.fields.get(name)
    # A number has lost the zeros it began with.
    words = f"{value:04d}" if type(value) is int and 0 <= value < 10_000 else text(value)
    if words == "" and missing is not None:
        return missing
    if end and words in _MIDNIGHT_AFTER:
        return LAST_MINUTE
    found = _TIME.fullmatch(words or "")
    if found is not None and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    row.note(name, value, "a time of day")
    return None


def date_in(row: Row, name: str) -> date | None:
    """A date (``20261225``, ``2026-12-25``)."""
    words = row.text(name)
    found = _DATE.fullmatch(words)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    row.note(name, row.fields.get(name), "a date")
    return None


def days_in(row: Row, name: str, *, every: str, missing: frozenset[int]) -> frozenset[int]:
    """Days of the week by their numbers (``1``, ``1,2``), or ``every`` one; ``missing`` where nothing is said."""
    words = row.text(name)
    if words in ("", every):
        return missing
    if _DAYS.fullmatch(words):
        return frozenset(int(number) for number in words.split(","))
    row.note(name, row.fields.get(name), "days of the week from 0 to 6")
    return missing
