"""Changes as they are logged, written down with as few words as a test needs."""

import json
from datetime import UTC, datetime
from pathlib import Path

from queuewatch.failover.model import Forward
from queuewatch.journal import Edit, Ended, Journal, JournalEntry, RequireAgents, State, WhenOffline, Who
from queuewatch.journal.record import begun_record, ended_record

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
JANE = Who("acme", "jane")
SERVER, DOMAIN = "https://pbx.example.com/ns-api/v2", "acme.example"

OFF = State("off", WhenOffline(Forward()))
CELL = State("(214) 555-0100 · 12145550100", WhenOffline(Forward(True, ("12145550100",))))
NO, YES = State("No", RequireAgents(False)), State("Yes", RequireAgents(True))


def toggled(before: State = NO, after: State = YES, *, undoes: str = "", queue: str = "8000") -> Edit:
    """Require Agents of Sales changed."""
    return Edit(SERVER, DOMAIN, queue, "Sales", "require_agents", before, after, undoes)


def forwarded(before: State = OFF, after: State = CELL, *, undoes: str = "") -> Edit:
    """When Offline of Sales changed."""
    return Edit(SERVER, DOMAIN, "8000", "Sales", "when_offline", before, after, undoes)


def entry(id: str, edit: Edit, outcome: str = "confirmed") -> JournalEntry:
    """A change that ended so; with an empty outcome, one whose end was never written."""
    ended = Ended(NOON, outcome, f"It is {outcome}.") if outcome else None
    return JournalEntry(id, NOON, JANE, edit, "1.0", ended)


def lines(*entries: JournalEntry) -> list[bytes]:
    """The lines that tell of these changes."""
    written: list[dict[str, object]] = []
    for one in entries:
        written.append(begun_record(one))
        if one.ended is not None:
            written.append(ended_record(one.id, one.ended))
    return [json.dumps(record).encode() for record in written]


def journal(folder: Path) -> Journal:
    """Jane's log in this folder; its clock stands still."""
    return Journal(folder / "state" / "changes.jsonl", JANE, lambda: NOON)
