"""What every screen that shows a living phone system shares: the latest sighting, and the two edits.

What an edit takes is imported when the first is made, and does not hold up the board.
"""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import ActiveBinding
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen

from queuewatch.connect import Connection
from queuewatch.failover.model import Queue
from queuewatch.failover.suppose import queue_site
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.identity import Setting, may_edit
from queuewatch.watch import Sighting
from screens.actions import EVERYWHERE, Action, key_names
from screens.glass import SparingApp
from widgets.action import NO_KEY
from widgets.banner import StatusLine
from widgets.top_line import TopLine

if TYPE_CHECKING:
    from queuewatch.change import Change, Proposal
    from widgets.alert_line import AlertLine

READ_ONLY = (
    "Read-only: this was started so that nothing can be changed. "
    "To change something, start without --read-only, or without read_only in the profile."
)


class LiveScreen(Screen[None]):
    """A screen that is handed every new sighting. What it knows flows down; wishes go up as messages."""

    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    HELP_NAME: ClassVar[str] = ""
    """What the help calls this screen, and under what it has its text."""

    sighting: var[Sighting | None] = var(None, init=False)
    lately: var[tuple[str, str]] = var(("", ""), init=False)
    """A queue, and since when it is as it is, in a line; what of it is known."""

    class RefreshWanted(Message):
        """Read again now; with a queue, its answering rules too."""

        def __init__(self, queue: str | None = None) -> None:
            super().__init__()
            self.queue = queue

    class ChangeConfirmed(Message):
        """A change is to be made, and told about even if this screen is left meanwhile."""

        def __init__(self, proposal: "Proposal", connection: Connection) -> None:
            super().__init__()
            self.proposal = proposal
            self.connection = connection
            """Where it was proposed, and where alone it may be made."""

    class WhatIfWanted(Message):
        """A queue is to be looked at under suppositions."""

        def __init__(self, extension: str) -> None:
            super().__init__()
            self.extension = extension

    class AuditWanted(Message):
        """The audit is to be shown: of one queue, or of the domain."""

        def __init__(self, queue: str | None = None) -> None:
            super().__init__()
            self.queue = queue

    class SpeedWanted(Message):
        """A demo's time is to go faster, or slower."""

        def __init__(self, faster: bool) -> None:
            super().__init__()
            self.faster = faster

    class AlertsWanted(Message):
        """This screen is on top now: what was alerted and has not been seen is to be shown on it."""

    class AlertSeen(Message):
        """What is shown of the alerts has been seen."""

    class HistoryWanted(Message):
        """What became of a queue is to be shown."""

        def __init__(self, extension: str) -> None:
            super().__init__()
            self.extension = extension

    class LogWanted(Message):
        """The changes made through queuewatch are to be shown."""

    def __init__(self, connection: Connection, sighting: Sighting) -> None:
        super().__init__()
        self.connection = connection
        self._composed = False
        self._reasons: list[str] = []
        self._alert_line: AlertLine | None = None
        self.set_reactive(LiveScreen.sighting, sighting)

    def on_mount(self) -> None:
        """Draw what is known already."""
        self._composed = True
        self.redraw()

    def watch_sighting(self) -> None:
        """Draw what is new. A reading that comes in while the program ends finds its widgets gone."""
        if self._composed and self.app.is_running:
            self.redraw()
            self.dim_keys()

    def watch_lately(self) -> None:
        """Draw what was read of the past, and make room for it."""
        self.set_class(bool(self.lately[1]), "-past")
        if self._composed:
            self.redraw()

    def lately_of(self, queue: Queue | None) -> str:
        """Since when the queue is as it is, as far as it was read."""
        return self.lately[1] if queue is not None and self.lately[0] == queue.extension else ""

    def redraw(self) -> None:
        """Show the present sighting; called only once the screen's widgets are there."""
        raise NotImplementedError

    @property
    def chosen(self) -> Queue | None:
        """The queue that actions are about."""
        raise NotImplementedError

    def palette(self) -> Iterable[SystemCommand]:
        """This screen's actions for the command palette."""
        for action in self.ACTIONS:
            if reason := self.why_not(action.method):
                yield SystemCommand(action.title, reason, partial(self.say, reason, good=False))
            elif self.check_action(action.method, ()):
                yield SystemCommand(action.title, action.help, partial(self.run_action, action.method))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Sample data has keys of its own; a real phone system does not show them. What may not be done is dim."""
        demo_only = {one.method.partition("(")[0] for one in self.ACTIONS if one.demo}
        if action.partition("(")[0] in demo_only and self.connection.pbx is None:
            return False
        return None if self.why_not(action) else True

    def setting_of(self, action: str) -> Setting | None:
        """The setting of the chosen queue that an action would change; ``None`` if it would change nothing."""
        match action:
            case "edit_when_offline":
                return Setting.WHEN_OFFLINE
            case "toggle_require_agents":
                return Setting.REQUIRE_AGENTS
            case _:
                return None

    def why_not(self, action: str) -> str:
        """Why an action that changes the chosen queue is not to be had; empty when it is, or is none of these."""
        setting = self.setting_of(action)
        if setting is None:
            return ""
        if self.connection.read_only:
            return READ_ONLY
        queue, sighting = self.chosen, self.sighting
        if queue is None or sighting is None:
            return ""
        return may_edit(sighting.identity, setting, queue_site(sighting.snapshot, queue))

    def dim_keys(self) -> None:
        """Show anew which keys are to be had, if that is no longer what is shown."""
        reasons = [self.why_not(action.method) for action in self.ACTIONS if action.writes]
        if reasons != self._reasons:
            self._reasons = reasons
            self.refresh_bindings()

    def show_cautions(self, top: TopLine) -> None:
        """Say on the top line what to be careful about."""
        top.badge = "READ-ONLY" if self.connection.read_only else ""
        top.caution = f"PRODUCTION {self.connection.title}" if self.connection.production else ""

    @property
    def name_on_top(self) -> str:
        """Whose phone system it is, for the top line; empty where the caution on it says so already."""
        return "" if self.connection.production else self.connection.title

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of an action, in one quiet line."""
        for line in self.query(StatusLine):
            line.say(text, good=good)

    def on_screen_resume(self) -> None:
        """What was alerted meanwhile is shown here too."""
        self.post_message(self.AlertsWanted())

    def show_alert(self, text: str, more: str, *, bad: bool) -> None:
        """What waits to be seen, on a line that is there for nothing else; nothing when there is no text."""
        if not text:
            if self._alert_line is not None:
                self._alert_line.remove()
                self._alert_line = None
            return
        if self._alert_line is None:
            from widgets.alert_line import AlertLine

            keys = next(key_names(one) for one in self.ACTIONS if one.method == "alert_seen")
            self._alert_line = AlertLine(keys)
            self.mount(self._alert_line, after=self.query_one(TopLine))
        self._alert_line.say(text, more, bad=bad)

    def action_alert_seen(self) -> None:
        """Mark what is shown of the alerts as seen."""
        self.post_message(self.AlertSeen())

    def action_copy_verdict(self) -> None:
        """Copy everything about the chosen queue as text."""
        from screens.copying import copy_verdict

        copy_verdict(self)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, without those that were taken away."""
        active = {key: one for key, one in super().active_bindings.items() if key != NO_KEY}
        if self.app._keymap:
            # Textual puts what has other keys last; the footer keeps its order.
            order = {action.id: place for place, action in enumerate((*self.ACTIONS, *EVERYWHERE))}
            return dict(sorted(active.items(), key=lambda item: order.get(item[1].binding.id or "", -1)))
        return active

    def action_refresh_now(self) -> None:
        """Read everything again, and draw it: something else may have written to the terminal."""
        if isinstance(self.app, SparingApp):
            self.app.draw_anew()
        self.post_message(self.RefreshWanted())
        trouble = self.sighting.trouble if self.sighting else None
        self.say("Reading again as soon as the phone system lets us…" if trouble else "Reading again…")

    def action_simulate(self) -> None:
        """Look at the chosen queue under suppositions."""
        if self.chosen is not None:
            self.post_message(self.WhatIfWanted(self.chosen.extension))

    def action_open_history(self) -> None:
        """Show what became of the chosen queue."""
        if self.chosen is not None:
            self.post_message(self.HistoryWanted(self.chosen.extension))

    def action_open_log(self) -> None:
        """Show the changes made through queuewatch."""
        self.post_message(self.LogWanted())

    def action_toggle_power(self) -> None:
        """Cut the power at the chosen queue's site in the sample, or give it back."""
        pbx, queue, sighting = self.connection.pbx, self.chosen, self.sighting
        if pbx is None or queue is None or sighting is None or not pbx.sites:
            return
        own = queue_site(sighting.snapshot, queue)
        site = own if own in pbx.sites else pbx.sites[0]
        if site in pbx.powered_off:
            pbx.restore_power(site)
            self.say(f"Power is back at {site}: its phones register again.")
        else:
            pbx.cut_power(site)
            self.say(f"Power cut at {site}: its phones stay registered until their registrations run out.")
        self.post_message(self.RefreshWanted())

    def action_faster(self) -> None:
        """Let a demo's time go faster."""
        self.post_message(self.SpeedWanted(faster=True))

    def action_slower(self) -> None:
        """Let a demo's time go slower."""
        self.post_message(self.SpeedWanted(faster=False))

    def action_edit_when_offline(self) -> None:
        """Choose where the queue's calls go once every agent is offline."""
        if (queue := self._editable("edit_when_offline")) is not None:
            self._edit_when_offline(queue)

    def action_toggle_require_agents(self) -> None:
        """Switch Require Agents."""
        from queuewatch.change import SetRequireAgents

        if (queue := self._editable("toggle_require_agents")) is not None:
            self._change(queue, SetRequireAgents(queue.require_agents is not True))

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
        from screens.forward_editor import ForwardEditor

        if self.sighting is None:
            return
        typed = await self.app.push_screen_wait(ForwardEditor(self.sighting.snapshot, queue))
        if typed is not None:
            await self._carry_through(queue, SetWhenOffline(typed.destination))

    @work(exclusive=True, group="edit")
    async def _change(self, queue: Queue, change: "Change") -> None:
        await self._carry_through(queue, change)

    async def _carry_through(self, queue: Queue, change: "Change") -> None:
        from queuewatch.change import propose

        if self.sighting is None:
            return
        self.say("Reading the present setting…")
        try:
            proposal = await propose(self.connection.system, self.sighting.snapshot, queue, change)
        except PbxError as error:
            self.say(f"Nothing was changed: {error} {error.hint}".rstrip(), good=False)
            return
        await self._ask(proposal)

    async def _ask(self, proposal: "Proposal") -> None:
        from screens.confirm_change import ConfirmChange

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
