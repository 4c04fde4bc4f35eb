"""Undo as a key: which change it is about, and what it would come to. The program asks, and makes it.

It is about what this program has changed since it was opened, and about nothing that anybody else did.
"""

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct

from queuewatch.app.session import PhoneSystemSession
from queuewatch.change import CannotUndo, Proposal, is_open, latest_to_undo, propose_undo, settle
from queuewatch.change.apply import Keeper
from queuewatch.failover.lookup import NotFound
from queuewatch.failover.places import queue_site
from queuewatch.journal import SETTINGS, Edit
from queuewatch.pbx.identity import may_edit

if TYPE_CHECKING:
    from queuewatch.setup.plan import SetupPlan


class NotingKeeper(Struct, frozen=True):
    """Logs changes, and notes the id of each that is begun."""

    journal: Keeper
    noted: list[str]

    def begin(self, edit: Edit) -> str:
        """Log it, and note its id."""
        begun = self.journal.begin(edit)
        self.noted.append(begun)
        return begun

    def end(self, id: str, outcome: str, sentence: str, hint: str = "") -> None:
        """Log what became of it."""
        self.journal.end(id, outcome, sentence, hint)


def keeper_of(session: PhoneSystemSession) -> NotingKeeper | None:
    """Where a change made now is logged, in the name of whoever is signed in; the session notes its id."""
    journal, identity = session.journal, session.state.identity
    if journal is None:
        return None
    return NotingKeeper(journal.of(identity.login) if identity else journal, session.changes_made)


async def propose_last(session: PhoneSystemSession) -> "Proposal | SetupPlan | None":
    """What it would do to take back the last change of this session that may stand; ``None`` if there is none.

    Of one that was made with others, a plan that takes all of them back.

    Those of which it is not known whether they were made are settled first; what then shows that it was never made
    is passed over. Raises :class:`~queuewatch.change.CannotUndo`, :class:`~queuewatch.failover.lookup.NotFound`,
    :class:`~queuewatch.journal.JournalError` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    journal, system = session.journal, session.connection.system
    if journal is None or not session.changes_made:
        return None
    await settle(system, journal)
    log = await asyncio.to_thread(journal.read)
    passed = {entry.id for entry in log.entries if entry.id not in session.changes_made}
    while (entry := latest_to_undo(log, system.address, system.domain, passed)) is not None:
        if entry.edit.group:
            from queuewatch.setup.plan import plan_of_undo

            # What somebody set otherwise since is left out; what there was before is restored, a loop too.
            snapshot, identity = session.state.snapshot, session.state.identity
            return await plan_of_undo(system, snapshot, log, entry.edit.group, identity, force=True)
        queue, setting = session.state.snapshot.queues.get(entry.edit.queue), SETTINGS.get(entry.edit.setting)
        if queue is not None and setting is not None:
            why = may_edit(session.state.identity, setting, queue_site(session.state.snapshot, queue))
            if why:
                raise CannotUndo(why, "Sign in as somebody who may.")
        try:
            proposal = await propose_undo(system, session.state.snapshot, log, entry)
        except (CannotUndo, NotFound):
            if not is_open(entry):
                raise
        else:
            if not (proposal.nothing_to_do and is_open(entry)):
                return proposal
        passed.add(entry.id)
    return None
