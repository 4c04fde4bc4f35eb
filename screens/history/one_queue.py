"""The history of one queue: a period as a timeline, its uptime, what changed, and its agents' colours."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll

from queuewatch.alerts.quiet import Quiet, in_the_past
from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.verdict import Judgement
from queuewatch.history.state import QueueState, queue_state
from queuewatch.history.statistics import Statistics
from queuewatch.history.timeline import even_edges
from queuewatch.polling.state import LiveState
from screens.history.base import HistoryBase, Read
from screens.keys.tasks import PAST_OF_QUEUE
from screens.live import WIDE
from widgets.action import bindings
from widgets.bars import Banner, KeyBar, StatusLine, TopBar, trouble_text
from widgets.cells import CellSpan
from widgets.fact_sheet import Fact, FactSheet
from widgets.history_rows import (
    AGENT_LABELS,
    CHANGE_COLUMNS,
    agent_facts,
    agent_label,
    change_rows,
    legend,
    past_facts,
    timeline_facts,
)
from widgets.line_table import LineTable
from widgets.marks import GLYPHS

AGENT_SIGNS = 28
BESIDE_SIGNS = 30
"""What stands beside an agent's line on a narrow terminal: the colour, and since when."""
AROUND_AGENTS = 4
"""The cells around the agents' lines: a border, air on both sides, and the bar that scrolls."""
MOST_QUIETS = 2
"""Times of quiet that are told here; queuewatch history tells them all."""


class HistoryScreen(HistoryBase):
    """One queue's past. It is read again when the queue changes, and never because time goes by."""

    CSS_PATH = "one_queue.tcss"
    AUTO_FOCUS = "#changes"
    ACTIONS = PAST_OF_QUEUE
    WITH_AGENTS = True
    HELP_NAME = "the history of a queue"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*PAST_OF_QUEUE)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]

    def __init__(
        self,
        connection: ConnectionInfo,
        live_state: LiveState,
        read: Read,
        extension: str,
        order: Sequence[str] = (),
        quiets: Callable[[], tuple[Quiet, ...]] = lambda: (),
    ) -> None:
        """``order`` is that of the queues on the board, for the way to the next one; ``quiets`` gives all kept."""
        super().__init__(connection, live_state, read)
        self._extension = extension
        self._quiets = quiets
        self._order = tuple(order) or (extension,)
        self._table = LineTable(CHANGE_COLUMNS, id="changes")
        self._seen: tuple[Judgement | None, object] = (None, None)

    def compose(self) -> ComposeResult:
        """The share, the timeline, what changed, the agents."""
        yield TopBar()
        yield Banner()
        yield FactSheet(id="facts")
        yield FactSheet(id="timeline")
        yield FactSheet(id="legend", label_width=1)
        with Horizontal(id="body"):
            yield self._table
            with VerticalScroll(id="agents"):
                yield FactSheet(id="colours", label_width=AGENT_LABELS)
        yield StatusLine()
        yield KeyBar()

    @property
    def queues(self) -> tuple[str, ...]:
        """The queue that is shown, alone."""
        return (self._extension,)

    @property
    def chosen(self) -> Queue | None:
        """The queue this screen is about; it may be gone from the phone system, and its past is still known."""
        return self.live_state.snapshot.queues.get(self._extension) if self.live_state else None

    @property
    def account(self) -> Statistics | None:
        """What is known of the period."""
        return self.past.of(self._extension) if self.past else None

    def watch_live_state(self) -> None:
        """Read the past again if the queue or one of its agents changed."""
        live_state = self.live_state
        if live_state is not None and self.may_draw:
            seen = (live_state.judgements.get(self._extension), live_state.snapshot.agents_of(self._extension))
            changed = any(before is not after for before, after in zip(seen, self._seen, strict=True))
            self._seen = seen
            if changed and self.back == 0:
                self.look_back()
        super().watch_live_state()

    def on_resize(self, event: events.Resize) -> None:
        """As many signs as there is room for."""
        self.call_after_refresh(self.redraw)

    def redraw(self) -> None:
        """Everything that was read."""
        live_state = self.live_state
        if live_state is None or not self.is_current:
            return
        frame, account = self.frame(), self.account
        top, banner = self.query_one(TopBar), self.query_one(Banner)
        self.show_cautions(top)
        queue = self.chosen
        label = queue.label if queue else account.label if account else self._extension
        top.left, top.right = f"History · {label}", frame.title
        banner.say(trouble_text(live_state) if live_state.trouble else self.problem or self.nothing_known())
        known = self.past is not None and bool(self.past.period)
        quiet = tuple(self._quiet_facts(live_state.snapshot))
        self.query_one("#facts", FactSheet).facts = (*past_facts(account), *quiet) if account else quiet
        self.query_one("#timeline", FactSheet).facts = timeline_facts(frame, account)
        self.query_one("#legend", FactSheet).facts = (legend([account]),) if account else ()
        self._table.empty = self.unwatched if known else ""
        self._table.show_rows(change_rows(account, self._present(live_state)) if account else ())
        agents = self.past.agents_of(self._extension) if self.past else ()
        edges, narrow = even_edges(frame.period, AGENT_SIGNS), self.has_class("-narrow")
        colours, panel = self.query_one("#colours", FactSheet), self.query_one("#agents")
        # Names are whole where there is room for them; what the agents do not need is for what changed.
        signs = 1 + AGENT_SIGNS + (BESIDE_SIGNS if narrow else 0)
        longest = max((cell_len(agent_label(agent)) for agent in agents), default=0)
        room = (self.size.width if narrow else self.size.width * 3 // 7) - AROUND_AGENTS - signs
        panel.styles.max_width = None if narrow else max(AGENT_LABELS, longest) + signs + AROUND_AGENTS
        colours.label_width = max(AGENT_LABELS, min(longest, room))
        colours.facts = agent_facts(agents, edges, room=narrow)

    def _quiet_facts(self, snapshot: Snapshot) -> Iterator[Fact]:
        """The latest times of the period in which nobody was told of the queue."""
        queue = self.chosen
        site = queue_site(snapshot, queue) if queue else ""
        period = self.frame().period
        found = [
            quiet
            for quiet in self._quiets()
            if quiet.begins <= period.ended and quiet.ends > period.begun and quiet.covers(self._extension, site)
        ]
        for quiet in found[-MOST_QUIETS:]:
            yield Fact("Quiet", (CellSpan(f"{GLYPHS['quiet']} ", "muted"), CellSpan(in_the_past(quiet))))

    def _present(self, live_state: LiveState) -> QueueState | None:
        """What the queue is like now, where the period goes up to now."""
        judged, queue = live_state.judgements.get(self._extension), self.chosen
        if self.back or queue is None or judged is None or queue.extension not in live_state.snapshot.rules:
            return None
        return queue_state(queue, judged)

    def on_screen_resume(self) -> None:
        """What came while another screen was on top is shown now."""
        if self.may_draw:
            self.redraw()

    def action_next_queue(self, by: int) -> None:
        """Go to another queue, in the order of the board."""
        order = self._order
        at = order.index(self._extension) if self._extension in order else 0
        self._turn_to(order[(at + by) % len(order)])

    def _turn_to(self, extension: str | None) -> None:
        if extension is not None and extension != self._extension:
            self._extension, self.past = extension, None
            self.look_back()

    def action_toggle_agents(self) -> None:
        """Go to the agents, or back to what changed; a narrow terminal shows one of them."""
        shown = self.has_class("-agents")
        self.set_class(not shown, "-agents")
        (self._table if shown else self.query_one("#agents")).focus()

    def action_all_queues(self) -> None:
        """Show every queue's uptime, and go on with the one that is chosen there."""
        from screens.history.all_queues import AllHistoryScreen

        if self.live_state is not None:
            screen = AllHistoryScreen(self.connection, self.live_state, self._read, self.length, self.back)
            self.app.push_screen(screen, lambda _: self._turn_to(screen.opened))
