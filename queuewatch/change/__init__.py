"""The one door for edits: propose a change, show it, carry it out, read it back, and undo it."""

from queuewatch.change.apply import Result, ResultKind, apply
from queuewatch.change.compare import fits
from queuewatch.change.proposal import (
    Change,
    Proposal,
    RestoreWhenOffline,
    SetRequireAgents,
    SetWhenOffline,
    describe_forward,
    propose,
)
from queuewatch.change.settling import Look, follow, is_open, settle, unsettled
from queuewatch.change.undo import CannotUndo, latest_to_undo, propose_undo, undone_by

__all__ = [
    "CannotUndo",
    "Change",
    "Look",
    "Proposal",
    "RestoreWhenOffline",
    "Result",
    "ResultKind",
    "SetRequireAgents",
    "SetWhenOffline",
    "apply",
    "describe_forward",
    "fits",
    "follow",
    "is_open",
    "latest_to_undo",
    "propose",
    "propose_undo",
    "settle",
    "undone_by",
    "unsettled",
]
