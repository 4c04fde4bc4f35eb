"""The one door for edits: propose a change, show it, carry it out, read it back, and undo it."""

from queuewatch.change.apply import Keeper, Result, ResultKind, apply, look_once_more
from queuewatch.change.compare import fits
from queuewatch.change.proposal import (
    Change,
    Proposal,
    RestoreWhenOffline,
    SetRequireAgents,
    SetWhenOffline,
    describe_forward,
    look_afresh,
    planned,
    propose,
    wanted,
)
from queuewatch.change.settling import Look, follow, is_open, settle, unsettled
from queuewatch.change.undo import (
    CannotUndo,
    latest_to_undo,
    may_be_made,
    propose_undo,
    restoring,
    undone_by,
)

__all__ = [
    "CannotUndo",
    "Change",
    "Keeper",
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
    "look_afresh",
    "look_once_more",
    "may_be_made",
    "planned",
    "propose",
    "propose_undo",
    "restoring",
    "settle",
    "undone_by",
    "unsettled",
    "wanted",
]
