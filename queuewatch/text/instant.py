"""An instant as every document and record writes it, and as people read it."""

from datetime import UTC, datetime


def utc(at: datetime) -> str:
    """An instant in UTC, to the second: ``2026-05-11T13:00:00Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def minute_words(at: datetime) -> str:
    """In the reader's own time zone, to the minute: ``2026-11-23 15:12``."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def date_words(at: datetime) -> str:
    """In the reader's own time zone, to the second and with its name: ``2026-11-23 15:12:40 UTC``."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z}".strip()
