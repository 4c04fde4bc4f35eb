"""What if: suppose agents and settings otherwise, and see at once where a call would go. Nothing is changed."""

from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.reactive import var

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.schedule.moment_input import MomentError, moment_typed
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import Status
from queuewatch.failover.what_if.smallest_change import SmallestChange, smallest_change
from queuewatch.failover.what_if.steps import PointWhenOffline, SupposeRequireAgents, WhenOfflineOff, rule_of
from queuewatch.failover.what_if.what_if import WhatIf, queues_on_the_way
from queuewatch.failover.wording import agent_name, listing, plural
from queuewatch.polling.state import LiveState
from screens.keys.tasks import SIMULATOR
from screens.queue import OneQueueScreen
from widgets.action import bindings
from widgets.asked_line import TimePrompt
from widgets.bars import Banner, KeyBar, StatusLine, TopBar, age_of
from widgets.call_path import CallPath
from widgets.containers import Scrolling
from widgets.fact_sheet import FactSheet
from widgets.line_table import LineTable
from widgets.path_drawing import Diagram, picture_of
from widgets.what_if_rows import (
    WHAT_IF_COLUMNS,
    agents_under,
    answer_facts,
    basis_facts,
    setting_facts,
    what_if_rows,
)

WIDE = 120
"""From this width on, what it comes to stands beside the agents."""

PROMISE = "Nothing is changed on the phone system."

ROUND = {None: Status.GREY, Status.GREY: Status.GREEN, Status.GREEN: Status.RED, Status.RED: None}
"""From one supposed colour to the next, and back to as it is."""


class WhatIfScreen(OneQueueScreen):
    """One queue, with suppositions on top of what is so. What is underneath stays live."""

    CSS_PATH = "what_if.tcss"
    AUTO_FOCUS = "#agents"
    ACTIONS = SIMULATOR
    RESTING = PROMISE
    HELP_NAME = "what if"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SIMULATOR)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]

    what_if: var[WhatIf] = var(WhatIf(), init=False)

    def __init__(self, connection: ConnectionInfo, live_state: LiveState, extension: str) -> None:
        super().__init__(connection, live_state, extension)
        self._table = LineTable(WHAT_IF_COLUMNS, id="agents")
        self._on_the_way: tuple[str, ...] = ()
        self._names: dict[str, str] = {}
        self._smallest: SmallestChange | None = None
        self._earlier: list[WhatIf] = []
        """What was supposed before, the latest last."""

    def compose(self) -> ComposeResult:
        """The way of a call, what it comes to, and everybody who may be supposed otherwise."""
        yield TopBar()
        yield Banner()
        with Scrolling(id="way"):
            yield CallPath()
        with Vertical(id="body"):
            with Scrolling(id="answer"):
                yield FactSheet(id="facts", label_width=12)
            yield self._table
        yield TimePrompt(returns_to="#agents")
        yield StatusLine()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with what nobody should have to wonder about."""
        self.say("")

    def on_screen_resume(self) -> None:
        """Read this queue's rules first, and show what came while another screen was on top."""
        if self.may_draw:
            self.redraw()
        self.post_message(self.QueueLookedAt(self._extension, devices=True))

    def watch_what_if(self) -> None:
        """Draw what follows from it."""
        self.redraw()

    @property
    def acted_on(self) -> LineTable:
        """The table whose row the keys are about."""
        return self._table

    def redraw(self) -> None:
        """Everything, from the latest live state and what is supposed on top of it."""
        live_state, queue = self.live_state, self.chosen
        if live_state is None or not self.is_current:
            return
        at = self.what_if.at
        self.show_head(live_state, queue, f"on {at.words}" if at else age_of(live_state, self.connection.interval))
        self.query_one(TopBar).badge = "WHAT IF"
        if queue is None:
            self._show_nothing()
            return
        self._drop_the_gone(live_state.snapshot)
        self._show(live_state, queue)

    def _show_nothing(self) -> None:
        self._smallest = None
        self.query_one(CallPath).picture = Diagram()
        self.query_one("#facts", FactSheet).facts = ()
        self._table.show_rows(())

    def _show(self, live_state: LiveState, queue: Queue) -> None:
        snapshot = live_state.snapshot
        supposed, suppose = self.what_if.on(snapshot)
        then = supposed.queues[queue.extension]
        verdict = simulate(supposed, then, suppose)
        self._smallest = smallest_change(supposed, then, suppose)
        self._on_the_way = queues_on_the_way(snapshot, queue, self.what_if, self._on_the_way)
        self.query_one(CallPath).picture = picture_of(supposed, verdict, suppose)
        self.query_one("#facts", FactSheet).facts = (
            *answer_facts(self._label(live_state), verdict, self._smallest),
            *setting_facts(supposed, then, self.what_if),
            *basis_facts(verdict),
        )
        self._table.show_rows(what_if_rows(snapshot, supposed, self.what_if, self._on_the_way))

    def _label(self, live_state: LiveState) -> str:
        if not self.what_if.nothing:
            return "What if"
        return live_state.at if live_state.trouble else "Now"

    def _drop_the_gone(self, snapshot: Snapshot) -> None:
        """Forget what was supposed of agents who sit in no queue any more, and say so, once."""
        remaining, gone = self.what_if.still_there(snapshot)
        if gone:
            self.set_reactive(WhatIfScreen.what_if, remaining)
            verb = "sits" if len(gone) == 1 else "sit"
            names = listing(self._names.get(agent, agent) for agent in gone)
            self.say(f"{names} {verb} in no queue any more: what was supposed is dropped.")
        self._names = {agent.id: agent_name(agent) for rows in snapshot.agents.values() for agent in rows}

    def action_undo_last(self) -> None:
        """Take back what was supposed last."""
        if not self._earlier:
            self.say(f"Nothing is supposed that could be taken back. {PROMISE}")
            return
        self.what_if = self._earlier.pop()
        self.say(f"Taken back. {PROMISE}")

    def _suppose(self, what_if: WhatIf, words: str) -> None:
        if what_if != self.what_if:
            self._earlier.append(self.what_if)
        self.what_if = what_if
        self.say(f"{words} {PROMISE}" if words else "")

    def _under_cursor(self) -> tuple[str, ...]:
        return agents_under(self.live_state.snapshot, self._table.cursor_key) if self.live_state else ()

    def action_turn(self, colour: str) -> None:
        """Suppose the agent under the cursor in a colour; on a queue's name, all its agents."""
        self._suppose(self.what_if.turning(self._under_cursor(), Status(colour) if colour else None), "")

    def action_next_colour(self) -> None:
        """Suppose the agent under the cursor in the next colour."""
        agents = self._under_cursor()
        if agents:
            self._suppose(self.what_if.turning(agents, ROUND[self.what_if.colours.get(agents[0])]), "")

    @on(LineTable.Chosen, "#agents")
    def _double_clicked(self) -> None:
        self.action_next_colour()

    def action_everybody_grey(self) -> None:
        """Suppose the building dark: every agent is Grey, and every person's phone is gone."""
        snapshot = self.live_state.snapshot if self.live_state else None
        rows = [row for queue in self._on_the_way for row in snapshot.agents_of(queue)] if snapshot else []
        everybody = {row.id for row in rows}
        words = f"{plural(len(everybody), 'agent')} supposed Grey." if everybody else ""
        self._suppose(self.what_if.everybody_dark(sorted(everybody)), words)

    def action_clear(self) -> None:
        """Take everything as it is."""
        self._suppose(WhatIf(), "")

    def action_smallest_change(self) -> None:
        """Suppose the smallest change that turns the answer round."""
        if self._smallest is not None and self._smallest.steps:
            self._suppose(self.what_if.taking(self._smallest.steps), "The smallest change is supposed.")

    def action_suppose_require_agents(self) -> None:
        """Suppose Require Agents otherwise, or as it is again."""
        queue = self.chosen
        if queue is None:
            return
        if self.what_if.supposes(SupposeRequireAgents):
            self._suppose(self.what_if.without(SupposeRequireAgents), "")
        else:
            self._suppose(
                self.what_if.taking((SupposeRequireAgents(queue.extension, not queue.require_agents),)), ""
            )

    def action_suppose_when_offline(self) -> None:
        """Suppose When Offline off, or pointed at an outside number if it is; or as it is again."""
        queue, live_state = self.chosen, self.live_state
        if queue is None or live_state is None:
            return
        if self.what_if.supposes(PointWhenOffline, WhenOfflineOff):
            self._suppose(self.what_if.without(PointWhenOffline, WhenOfflineOff), "")
            return
        rule = rule_of(self.what_if.then(live_state.snapshot), queue.extension)
        leads = rule is not None and rule.offline.destination is not None
        step = WhenOfflineOff(queue.extension) if leads else PointWhenOffline(queue.extension)
        self._suppose(self.what_if.taking((step,)), "")

    def action_at_another_time(self) -> None:
        """Ask for a time."""
        if self.chosen is not None:
            self.query_one(TimePrompt).ask()

    @on(TimePrompt.Typed)
    def _suppose_time(self, event: TimePrompt.Typed) -> None:
        if self.live_state is None or self.chosen is None:
            return
        user = (self.live_state.snapshot.users or {}).get(self.chosen.extension)
        try:
            at = moment_typed(event.words, user.clock if user else None, of=self.chosen.extension)
        except MomentError as error:
            self.say(f"{error} {error.hint}", good=False)
            return
        self.query_one(TimePrompt).close()
        self._suppose(replace(self.what_if, at=at), "")

    def action_back(self) -> None:
        """Return to the screen this one was opened from."""
        self.dismiss(None)
