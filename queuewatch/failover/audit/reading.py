"""What the audit could not see: parts that were not read or not understood, and readings that are old."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding
from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.words import plural

STALE_AFTER = timedelta(minutes=10)
"""A reading this old may describe another day: twice the time an agent's going offline takes to be noticed."""


def of_reading(snapshot: Snapshot, now: datetime | None, stale_after: timedelta) -> Iterator[Finding]:
    """What keeps the audit of the whole domain from being complete."""
    if now is not None and now - snapshot.taken_at > stale_after:
        minutes = int((now - snapshot.taken_at).total_seconds() // 60)
        yield _finding(
            f"What was read is {plural(minutes, 'minute')} old: agents, settings and rules may have changed.",
            "Read the phone system again.",
        )
    unread = {
        Part.USERS: snapshot.users is None,
        Part.NUMBERS: snapshot.numbers is None,
        Part.ATTENDANTS: snapshot.attendants is None,
    }
    for part, missing in unread.items():
        if missing:
            yield _finding(
                f"The {part} are not known, so whether a destination among them exists cannot be told"
                f"{_because(snapshot, part)}.",
                f"Use a key that may read the domain's {part}, then ask again.",
            )
    for part in (Part.LIVE, Part.RULES, *unread, Part.SITES):
        texts = [problem.text for problem in snapshot.problems if problem.part is part]
        if texts and not unread.get(part):
            first = texts[0].rstrip(".")
            more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
            yield _finding(
                f"Of the {part} not everything was read and understood: {first}{more}.",
                "Look at these rows in the portal; if they look right there, show this to your provider.",
            )


def _because(snapshot: Snapshot, part: Part) -> str:
    told = next((problem.text for problem in snapshot.problems if problem.part is part), "")
    return f": {told.rstrip('.')}" if told else ""


def _finding(why: str, fix: str) -> Finding:
    return Finding("QW114", CODES["QW114"].severity, "", why, fix)
