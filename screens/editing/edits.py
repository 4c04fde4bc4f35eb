"""The edits of a queue's failover, for every screen that has a queue to edit: from the key to the question.

What an edit takes is imported when the first is made, and does not hold up the board. A change that was confirmed
is handed to the program, which makes it and tells what became of it even if this screen is left meanwhile.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.wording import plural
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.identity import Setting, may_edit
from queuewatch.polling.state import LiveState
from screens.live import LiveScreen

if TYPE_CHECKING:
    from pathlib import Path

    from queuewatch.change import Change, Proposal
    from queuewatch.setup.plan import SetupPlan, WantedChange
    from screens.editing.forward_editor import Chosen

READ_ONLY = (
    "Read-only: this was started so that nothing can be changed. "
    "To change something, start without --read-only, or without read_only in the profile."
)
NOT_YET = "nothing can be changed before the phone system has answered."
"""Why nothing is written from a picture that another run of the program saw."""


class EditingScreen(LiveScreen):
    """A screen on which settings of the chosen queue can be changed, or are refused with the reason.

    Where its rows can be marked, what is marked is changed together: as one plan, with one yes, and one undo.
    """

    class PlanConfirmed(Message):
        """Many changes are to be made, one after the other."""

        def __init__(self, plan: "SetupPlan", connection: ConnectionInfo) -> None:
            super().__init__()
            self.plan = plan
            self.connection = connection
            """Where it was planned, and where alone it may be made."""

    def __init__(self, connection: ConnectionInfo, live_state: LiveState) -> None:
        super().__init__(connection, live_state)
        self._marks: set[str] = set()
        self._marked_last = ""

    # What is marked.

    @property
    def markable(self) -> tuple[str, ...]:
        """The keys of the rows that can be marked, in the order shown; none where nothing can be."""
        return ()

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of the rows that are marked and shown: what keys are about, where there are any."""
        # Asked at every refresh: nothing is looked through for the marks that nobody made.
        return tuple(key for key in self.markable if key in self._marks) if self._marks else ()

    @property
    def marked_queues(self) -> tuple[Queue, ...]:
        """The queues of the rows that are marked and shown, each once."""
        return ()

    @property
    def mark_words(self) -> str:
        """How many are marked, for the top line, and how many of them a filter or a fold hides."""
        if not self._marks:
            return ""
        marked = len(self.marked)
        hidden = len(self._marks) - marked
        return f"{marked} MARKED{f' ({hidden} hidden)' if hidden else ''}"

    def keep_marks(self, keys: Iterable[str]) -> None:
        """Forget the marks of all rows but these: of what is not there any more."""
        if self._marks:
            self._marks &= set(keys)

    def clear_marks(self) -> None:
        """Take every mark away."""
        self._show_marks(set())

    def _show_marks(self, marks: set[str]) -> None:
        self._marks = marks
        if self.acted_on is not None:
            self.acted_on.show_marks(marks)
        self.redraw()
        self.dim_keys()

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on to the next."""
        table = self.acted_on
        if table is None or (key := table.cursor_key) is None or key not in self.markable:
            self.say("There is nothing here to be marked.")
            return
        self._marked_last = key
        self._show_marks(self._marks ^ {key})
        table.let_go()
        table.action_move(1)

    def action_mark_to(self) -> None:
        """Mark every row from the one that was marked last to this one."""
        shown, key = self.markable, self.acted_on.cursor_key if self.acted_on is not None else None
        if key not in shown:
            self.say("There is nothing here to be marked.")
            return
        ends = sorted((shown.index(key), shown.index(self._marked_last if self._marked_last in shown else key)))
        self._marked_last = key
        self._show_marks(self._marks | set(shown[ends[0] : ends[1] + 1]))

    def action_mark_all(self) -> None:
        """Mark all rows that are shown; if they all are marked, take every mark away."""
        everything = set(self.markable)
        self._show_marks(set() if everything <= self._marks else self._marks | everything)

    class ChangeConfirmed(Message):
        """A change is to be made, and told about even if this screen is left meanwhile."""

        def __init__(self, proposal: "Proposal", connection: ConnectionInfo) -> None:
            super().__init__()
            self.proposal = proposal
            self.connection = connection
            """Where it was proposed, and where alone it may be made."""

    @property
    def why_read_only(self) -> str:
        """Why nothing can be changed where nothing can be, and what to do."""
        return self.connection.why_read_only or READ_ONLY

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
            return self.why_read_only
        # What a scope does not reach of many, the plan leaves out and says.
        queue = None if action == "fix_all" or (self.marked and action != "prove") else self.chosen
        live_state = self.live_state
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
        """Choose where the queue's calls go once every agent is offline; of all that are marked, if any are."""
        if self.marked:
            self._change_marked("edit_when_offline")
        elif (queue := self._editable("edit_when_offline")) is not None:
            self._edit_when_offline(queue)

    def action_toggle_require_agents(self) -> None:
        """Switch Require Agents; of all that are marked, if any are, set it to Yes."""
        from queuewatch.change import SetRequireAgents

        if self.marked:
            self._change_marked("toggle_require_agents")
        elif (queue := self._editable("toggle_require_agents")) is not None:
            self._propose(queue, SetRequireAgents(queue.require_agents is not True))

    def _change_marked(self, action: str) -> None:
        if reason := self.why_not(action):
            self.say(reason, good=False)
            return
        queues = self.marked_queues
        if not queues:
            self.say("What is marked is of no queue: there is nothing to set.", good=False)
            return
        hidden = len(self._marks) - len(self.marked)
        left_out = f"{plural(hidden, 'marked row')} hidden by the filter or a fold: left out." if hidden else ""
        if action == "edit_when_offline":
            self.plan_changes(forward_of=queues, left_out=left_out)
        else:
            self.plan_changes(require_agents_of=queues, left_out=left_out)

    @work(exclusive=True, group="edit")
    async def plan_changes(
        self, *, require_agents_of: tuple[Queue, ...] = (), forward_of: tuple[Queue, ...] = (), left_out: str = ""
    ) -> None:
        """Plan Require Agents and a forward for these queues, ask, and hand the plan on.

        A forward is chosen first, once for all; whoever chooses none leaves those queues out. ``left_out`` says
        what else is.
        """
        from queuewatch.change import SetRequireAgents, SetWhenOffline
        from queuewatch.setup.plan import wish_for

        if self.live_state is None:
            return
        snapshot = self.live_state.snapshot
        forwards = []
        if forward_of:
            chosen = await self._choose_forward(snapshot, forward_of)
            if chosen is None and not require_agents_of:
                return
            if chosen is not None:
                change = SetWhenOffline(chosen.destination)
                forwards = [wish_for(snapshot, queue, change) for queue in forward_of]
        on = True
        while True:
            toggles = [wish_for(snapshot, queue, SetRequireAgents(on)) for queue in require_agents_of]
            if await self._ask_about_plan([*forwards, *toggles], on if require_agents_of else None, left_out):
                return
            on = not on

    @work(exclusive=True, group="edit")
    async def plan_by_file(self, path: "Path") -> None:
        """Plan what a file says, ask, and hand the plan on."""
        from queuewatch.setup.plan import wanted_by_file
        from queuewatch.setup.setup_file import SetupFileError, load_setup

        if self.live_state is None:
            return
        if self.connection.read_only:
            self.say(self.why_read_only, good=False)
            return
        try:
            wishes = wanted_by_file(self.live_state.snapshot, await asyncio.to_thread(load_setup, path))
        except SetupFileError as error:
            self.say(f"{error} {error.hint}", good=False)
            return
        await self._ask_about_plan(list(wishes), None, "")

    async def _choose_forward(self, snapshot: Snapshot, queues: tuple[Queue, ...]) -> "Chosen | None":
        from screens.editing.forward_editor import ForwardEditor

        return await self.app.push_screen_wait(ForwardEditor(snapshot, queues[0], others=queues[1:]))

    async def _ask_about_plan(self, wishes: "list[WantedChange]", on: bool | None, left_out: str) -> bool:
        """Make the plan, show it, and hand it on if it is wanted; ``False`` where it is wanted the other way."""
        from queuewatch.setup.plan import make_plan, within_scope
        from screens.editing.confirm_plan import ConfirmPlan, PlanAnswer

        if self.live_state is None:
            return True
        snapshot, identity = self.live_state.snapshot, self.live_state.identity
        self.say(f"Working out what {plural(len(wishes), 'change')} would do…")
        try:
            plan = await make_plan(self.connection.system, snapshot, within_scope(snapshot, wishes, identity))
        except PbxError as error:
            self.say(f"Nothing was changed: {error} {error.hint}".rstrip(), good=False)
            return True
        if not plan.changes and not plan.refused and on is not True:
            self.say(f"All {len(wishes)} are so already: nothing to change.")
            return True
        so_already = len(wishes) - len(plan.changes) - len(plan.refused)
        already = f"{so_already} {'is' if so_already == 1 else 'are'} so already." if so_already else ""
        self.say(" ".join(filter(None, (already, left_out))))
        caution = self.connection.title if self.connection.production else ""
        answer = await self.app.push_screen_wait(
            ConfirmPlan(plan, caution, flips_to=None if on is None else not on)
        )
        match answer:
            case PlanAnswer.YES:
                self.post_message(self.PlanConfirmed(plan, self.connection))
                self.clear_marks()
            case PlanAnswer.FLIP:
                return False
            case PlanAnswer.NO:
                self.say("Nothing was changed.")
        return True

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

        if self.live_state is None:
            return
        typed = await self._choose_forward(self.live_state.snapshot, (queue,))
        if typed is None:
            return
        if typed.require_agents:
            from queuewatch.change import SetRequireAgents
            from queuewatch.setup.plan import wish_for

            changes = (SetWhenOffline(typed.destination), SetRequireAgents(True))
            snapshot = self.live_state.snapshot
            await self._ask_about_plan([wish_for(snapshot, queue, change) for change in changes], None, "")
            return
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
