"""A queue's verdict as plain text for a ticket: what ``queuewatch status`` writes, and the way of a call."""

from datetime import datetime

from queuewatch.failover.model import Queue, Snapshot
from queuewatch.plain_text import harmless_lines
from queuewatch.report.as_text import as_text
from queuewatch.report.console import file_console
from queuewatch.report.content import make_report

LARGEST = 74_994
"""Bytes of text. With base64 a third more, which is as much as common terminals take into the clipboard."""


def as_ticket(snapshot: Snapshot, queue: Queue, *, title: str, caution: str = "") -> str:
    """The text. ``caution`` comes first: why it may be old."""
    report = make_report(snapshot, (queue,), title=title, with_path=True)
    text = "\n".join(filter(None, (caution, as_text(report, file_console()))))
    return harmless_lines(text) + "\n"


def cut(text: str) -> str:
    """As much of the text as a terminal takes into its clipboard, whole lines, and what was left out is said."""
    if len(text.encode()) <= LARGEST:
        return text
    said = "… the rest was too long for the clipboard: queuewatch status writes all of it.\n"
    room = LARGEST - len(said.encode())
    kept = text.encode()[:room].decode(errors="ignore")
    return kept[: kept.rfind("\n") + 1] + said


def stale(reason: str, at: datetime) -> str:
    """That the picture is old, and why."""
    return f"As of {at.astimezone():%Y-%m-%d %H:%M}, because: {reason}"
