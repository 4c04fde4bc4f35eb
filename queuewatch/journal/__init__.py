"""The log of changes: what was changed through queuewatch, kept so that it can be told and undone."""

from queuewatch.journal.file import Journal, JournalError, Log, log_path, read_log, tell
from queuewatch.journal.record import (
    SETTINGS,
    Edit,
    Ended,
    Entry,
    Held,
    RequireAgents,
    State,
    WhenOffline,
    Who,
    setting_of,
)

__all__ = [
    "SETTINGS",
    "Edit",
    "Ended",
    "Entry",
    "Held",
    "Journal",
    "JournalError",
    "Log",
    "RequireAgents",
    "State",
    "WhenOffline",
    "Who",
    "log_path",
    "read_log",
    "setting_of",
    "tell",
]
