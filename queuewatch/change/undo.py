"""Undo a logged change: restore exactly what was there before, as a safe edit of its own."""

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from queuewatch.change.apply import ResultKind
from queuewatch.change.compare import shows, value_words
from queuewatch.change.proposal import Change, Proposal, RestoreWhenOffline, SetRequireAgents, propose
from queuewatch.failover.lookup import NotFound
from queuewatch.failover.model import OFF, Forward, Snapshot
from queuewatch.journal import JournalEntry, Log, RequireAgents, WhenOffline
from queuewatch.pbx.phone_system import AbsentRule, PhoneSystem

_NOT_MADE = (ResultKind.REFUSED, ResultKind.NOT_SENT, ResultKind.MOVED, ResultKind.NOT_MADE)


class CannotUndo(ValueError):
    """A change that there is no undoing. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


def may_be_made(entry: JournalEntry) -> bool:
    """Whether the change was made, or may have been: all but those of which it is known that they were not."""
    return entry.outcome not in _NOT_MADE


def undone_by(log: Log, entry: JournalEntry) -> JournalEntry | None:
    """The change that undid this one, if it was made and is not undone itself."""
    later = log.entries[log.entries.index(entry) + 1 :]
    undoing = [
        other for other in later if other.edit.undoes == entry.id and _made(other) and not undone_by(log, other)
    ]
    return undoing[-1] if undoing else None


def _made(entry: JournalEntry) -> bool:
    return entry.outcome in (ResultKind.CONFIRMED, ResultKind.SPOILED)


def latest_to_undo(log: Log, server: str, domain: str, but: Collection[str] = ()) -> JournalEntry | None:
    """The last change on this domain that may stand: not undone, and no undoing itself.

    Those of the ids in ``but`` are passed over, and so are those of which it cannot be known any more whether they
    were made.
    """
    for entry in reversed(log.entries):
        here = (entry.edit.server, entry.edit.domain) == (server, domain) and entry.id not in but
        stands = may_be_made(entry) and entry.outcome != ResultKind.SUPERSEDED
        if here and stands and not entry.edit.undoes and undone_by(log, entry) is None:
            return entry
    return None


async def propose_undo(
    system: PhoneSystem, snapshot: Snapshot, log: Log, entry: JournalEntry, *, again: bool = False
) -> Proposal:
    """Read the present state and work out what it would do to restore what was there before this change.

    Where the present state is not what the change left, the difference is the first of the proposal's obstacles.
    ``again`` allows for a change that is undone already. Raises :class:`CannotUndo`, and
    :class:`~queuewatch.pbx.errors.PbxError`.
    """
    _check(system, log, entry, again)
    queue = snapshot.queues.get(entry.edit.queue)
    if queue is None:
        raise NotFound(
            f"There is no queue {entry.edit.queue} any more, to which change {entry.id} was made.",
            "With the queue, its settings are gone. Where another queue took its place, set it there.",
        )
    proposal = await propose(system, snapshot, queue, restoring(entry))
    conflict = "" if proposal.nothing_to_do else _conflict(proposal, entry)
    return replace(
        proposal,
        undoes=entry.id,
        conflict=conflict,
        obstacles=tuple(filter(None, (conflict, *proposal.obstacles))),
        warnings=(*_warnings(proposal, entry), *proposal.warnings),
    )


def _check(system: PhoneSystem, log: Log, entry: JournalEntry, again: bool) -> None:
    edit = entry.edit
    if (edit.server, edit.domain) != (system.address, system.domain):
        raise CannotUndo(
            f"Change {entry.id} was made to {edit.domain} on {edit.server}, which is not connected here.",
            "Name the profile, or the address and domain, it belongs to.",
        )
    if not may_be_made(entry):
        raise CannotUndo(
            f"Change {entry.id} was not made: there is nothing to undo.",
            "queuewatch log lists what was made, and what became of it.",
        )
    undoing = undone_by(log, entry)
    if undoing is not None and not again:
        raise CannotUndo(
            f"Change {entry.id} was undone already, by change {undoing.id}.",
            f"queuewatch undo {undoing.id} takes that back; with --force, what was before is restored once more.",
        )


def restoring(entry: JournalEntry) -> Change:
    """The change that restores what was there before this one. Raises :class:`CannotUndo`."""
    match entry.edit.before.held:
        case RequireAgents(bool() as on):
            return SetRequireAgents(on)
        case WhenOffline(None):
            return RestoreWhenOffline(OFF)
        case WhenOffline(Forward(readable=True) as forward):
            return RestoreWhenOffline(forward)
        case RequireAgents() | WhenOffline():
            raise CannotUndo(
                f"Change {entry.id} cannot be undone: what the phone system held before it could not be read.",
                "Set what is wanted now: queuewatch require-agents, or queuewatch when-offline.",
            )
        case None:
            raise CannotUndo(
                f"Change {entry.id} cannot be undone by this version: a newer queuewatch made it.",
                "Undo it with the version that made it.",
            )


def _conflict(proposal: Proposal, entry: JournalEntry) -> str:
    left = entry.edit.after
    if left.held is not None and shows(proposal.stored, left.held):
        return ""
    now = value_words(None) if isinstance(proposal.stored, AbsentRule) else proposal.before
    if not _made(entry):
        # Nobody knows that this change left it so, or that anybody has changed it since.
        return f"It is not what change {entry.id} wanted: it was to be {left.words} and is now {now}."
    return f"Somebody changed it since change {entry.id}: it was left at {left.words} and is now {now}."


def _warnings(proposal: Proposal, entry: JournalEntry) -> Iterator[str]:
    if entry.edit.before.held == WhenOffline(None) and not isinstance(proposal.stored, AbsentRule):
        yield (
            f"There was no Default rule before change {entry.id}: the rule that was created then stays, "
            "with this forward off."
        )
    if entry.ended is not None and entry.outcome == ResultKind.SPOILED:
        yield f"Change {entry.id} changed more than this, and only this is restored: {entry.ended.sentence}"
