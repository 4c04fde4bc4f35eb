"""The log of changes: what was changed through queuewatch, kept so that it can be told and undone."""

from queuewatch.journal.file import Journal, JournalError, Log, log_path, read_entries, read_log
from queuewatch.journal.proofs import AgentRow, AgentStep, ProofEnd, ProofEntry, ProofStep
from queuewatch.journal.record import (
    FIRST_OF_GROUP,
    SETTINGS,
    Edit,
    Ended,
    Held,
    JournalEntry,
    RequireAgents,
    State,
    WhenOffline,
    Who,
    setting_of,
)

__all__ = [
    "FIRST_OF_GROUP",
    "SETTINGS",
    "AgentRow",
    "AgentStep",
    "Edit",
    "Ended",
    "Held",
    "Journal",
    "JournalEntry",
    "JournalError",
    "Log",
    "ProofEnd",
    "ProofEntry",
    "ProofStep",
    "RequireAgents",
    "State",
    "WhenOffline",
    "Who",
    "log_path",
    "read_entries",
    "read_log",
    "setting_of",
]
