"""An instant as every document and record writes it, and as people read it."""

import re
from datetime import UTC, datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP_DATE = (
    f"(?:{'|'.join(_DAYS)}), ([0-9]{{2}}) ({'|'.join(_MONTHS)}) ([1-9][0-9]{{3}}) "
    "([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


def utc(at: datetime) -> str:
    """An instant in UTC, to the second: ``2026-05-11T13:00:00Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def minute_words(at: datetime) -> str:
    """In the reader's own time zone, to the minute: ``2026-11-23 15:12``."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def date_words(at: datetime) -> str:
    """In the reader's own time zone, to the second and with its name: ``2026-11-23 15:12:40 UTC``."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z}".strip()


def http_date(at: datetime) -> str:
    """An instant as a server writes it: ``Mon, 11 May 2026 13:00:00 GMT`` (RFC 9110, 5.6.7)."""
    at = at.astimezone(UTC)
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at:%Y %H:%M:%S} GMT"


def read_http_date(words: str) -> datetime | None:
    """The instant that a server wrote, in UTC; ``None`` where it is none."""
    if not words:
        return None
    try:
        if found := re.fullmatch(_HTTP_DATE, words):
            day, month, year, hour, minute, second = found.groups()
            date = int(year), _MONTHS.index(month) + 1, int(day)
            return datetime(*date, int(hour), int(minute), int(second), tzinfo=UTC)
        # Loaded for the older forms alone, which hardly any server writes: it takes as long as ten of our modules.
        from email.utils import parsedate_to_datetime

        moment = parsedate_to_datetime(words)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
