"""An instant as every document and record writes it."""

from datetime import UTC, datetime


def utc(at: datetime) -> str:
    """``2026-05-11T13:00:00Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
