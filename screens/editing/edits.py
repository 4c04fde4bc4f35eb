"""The edits of a queue's failover, for every screen that has a queue to edit: from the key to the question.

What an edit takes is imported when the first is made, and does not hold up the board. A change that was confirmed
is handed to the program, which makes it and tells what became of it even if this screen is left meanwhile.
"""

from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue
from queuewatch.failover.places import queue_site
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.identity import Setting, may_edit
from screens.live import LiveScreen

if TYPE_CHECKING:
    from queuewatch.change import Change, Proposal

READ_ONLY = (
    "Read-only: this was started so that nothing can be changed. "
    "To change something, start without --read-only, or without read_only in the profile."
)
NOT_YET = "nothing can be changed before the phone system has answered."
"""Why nothing is written from a picture that another run of the program saw."""


class EditingScreen(LiveScreen):
    """A screen on which settings of the chosen queue can be changed, or are refused with the reason."""

    class ChangeConfirmed(Message):
        """A change is to be made, and told about even if this screen is left meanwhile."""

        def __init__(self, proposal: "Proposal", connection: ConnectionInfo) -> None:
            super().__init__()
            self.proposal = proposal
            self.connection = connection
            """Where it was proposed, and where alone it may be made."""

    def setting_of(self, action: str) -> Setting | None:
        """The setting of the chosen queue that an action would change; ``None`` if it would change nothing."""
        match action:
            case "edit_when_offline":
                return Setting.WHEN_OFFLINE
            # Who may not switch Require Agents may log nobody out either.
            case "toggle_require_agents" | "prove":
                return Setting.REQUIRE_AGENTS
            case _:
                return None

    def why_not(self, action: str) -> str:
        """Why an action that changes the chosen queue is not to be had; empty when it is, or is none of these."""
        setting = self.setting_of(action)
        if setting is None:
            return super().why_not(action)
        if self.connection.read_only:
            return READ_ONLY
        queue, live_state = self.chosen, self.live_state
        if live_state is not None and live_state.recalled_on:
            return f"What you see is as of {live_state.as_of}: {NOT_YET}"
        if queue is None or live_state is None:
            return ""
        return may_edit(live_state.identity, setting, queue_site(live_state.snapshot, queue))

    def action_prove(self) -> None:
        """Test the chosen queue's failover live."""
        if (queue := self._editable("prove")) is not None:
            self.post_message(self.ProofWanted(queue.extension))

    def action_edit_when_offline(self) -> None:
        """Choose where the queue's calls go once every agent is offline."""
        if (queue := self._editable("edit_when_offline")) is not None:
            self._edit_when_offline(queue)

    def action_toggle_require_agents(self) -> None:
        """Switch Require Agents."""
        from queuewatch.change import SetRequireAgents

        if (queue := self._editable("toggle_require_agents")) is not None:
            self._propose(queue, SetRequireAgents(queue.require_agents is not True))

    def _editable(self, action: str) -> Queue | None:
        if reason := self.why_not(action):
            self.say(reason, good=False)
            return None
        if self.chosen is None:
            self.say("There is no queue here to change: go to one first.", good=False)
        return self.chosen

    @work(exclusive=True, group="edit")
    async def _edit_when_offline(self, queue: Queue) -> None:
        from queuewatch.change import SetWhenOffline
        from screens.editing.forward_editor import ForwardEditor

        if self.live_state is None:
            return
        typed = await self.app.push_screen_wait(ForwardEditor(self.live_state.snapshot, queue))
        if typed is not None:
            await self._carry_through(queue, SetWhenOffline(typed.destination))

    @work(exclusive=True, group="edit")
    async def _propose(self, queue: Queue, change: "Change") -> None:
        await self._carry_through(queue, change)

    async def _carry_through(self, queue: Queue, change: "Change") -> None:
        from queuewatch.change import propose

        if self.live_state is None:
            return
        self.say("Reading the present setting…")
        try:
            proposal = await propose(self.connection.system, self.live_state.snapshot, queue, change)
        except PbxError as error:
            self.say(f"Nothing was changed: {error} {error.hint}".rstrip(), good=False)
            return
        await self._ask(proposal)

    async def _ask(self, proposal: "Proposal") -> None:
        from screens.editing.confirm_change import ConfirmChange

        if proposal.nothing_to_do:
            self.say(f"{proposal.subject} is {proposal.after} already.")
            self.post_message(self.RefreshWanted(proposal.queue.extension))
            return
        self.say("")
        caution = self.connection.title if self.connection.production else ""
        if await self.app.push_screen_wait(ConfirmChange(proposal, caution)):
            self.post_message(self.ChangeConfirmed(proposal, self.connection))
        else:
            self.say("Nothing was changed.")
