"""The one door for edits: propose a change, show it, carry it out, read it back."""

from queuewatch.change.carry_out import Result, ResultKind, carry_out
from queuewatch.change.proposal import Change, Proposal, SetRequireAgents, SetWhenOffline, propose

__all__ = [
    "Change",
    "Proposal",
    "Result",
    "ResultKind",
    "SetRequireAgents",
    "SetWhenOffline",
    "carry_out",
    "propose",
]
