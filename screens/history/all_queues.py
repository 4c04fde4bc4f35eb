"""Every queue's past at a glance: its uptime, how often it failed over, and the period as a line of signs."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue
from queuewatch.history.timeline import Length
from queuewatch.polling.state import LiveState
from screens.history.base import HistoryBase, Read
from screens.keys.tasks import PAST_OF_ALL
from widgets.action import bindings
from widgets.bars import Banner, KeyBar, StatusLine, TopBar, trouble_text
from widgets.fact_sheet import FactSheet
from widgets.history_rows import ALL_COLUMNS, all_that_fit, legend
from widgets.line_table import LineTable


class AllHistoryScreen(HistoryBase):
    """What is to be reported on Monday morning."""

    CSS_PATH = "all_queues.tcss"
    AUTO_FOCUS = "#queues"
    ACTIONS = PAST_OF_ALL
    HELP_NAME = "the history of all queues"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*PAST_OF_ALL)]

    def __init__(
        self,
        connection: ConnectionInfo,
        live_state: LiveState,
        read: Read,
        length: Length = Length.WEEK,
        back: int = 0,
    ) -> None:
        super().__init__(connection, live_state, read)
        self.set_reactive(HistoryBase.length, length)
        self.set_reactive(HistoryBase.back, back)
        self.opened: str | None = None
        """The queue that was chosen, if one was."""
        self._table = LineTable(ALL_COLUMNS, id="queues")

    def compose(self) -> ComposeResult:
        """A row for each queue."""
        yield TopBar()
        yield Banner()
        yield self._table
        yield FactSheet(id="legend", label_width=1)
        yield StatusLine()
        yield KeyBar()

    @property
    def chosen(self) -> Queue | None:
        """The queue under the cursor."""
        return self.queue_in(self._table)

    def redraw(self) -> None:
        """Everything that was read."""
        live_state = self.live_state
        if live_state is None or not self.is_current:
            return
        frame = self.frame()
        top = self.query_one(TopBar)
        self.show_cautions(top)
        top.left = " · ".join(filter(None, ("History", self.name_on_top, live_state.snapshot.domain)))
        top.right = frame.title
        trouble = trouble_text(live_state) if live_state.trouble else self.problem or self.nothing_known()
        self.query_one(Banner).say(trouble)
        self._table.empty = self.unwatched if self.past is not None else ""
        accounts = self.past.accounts if self.past else ()
        # Without both margins, and the bar that scrolls.
        self._table.show_rows(all_that_fit(accounts, frame.period, self.size.width - 3))
        self.query_one("#legend", FactSheet).facts = (legend(accounts),) if accounts else ()

    def on_resize(self, event: events.Resize) -> None:
        """As many signs as there is room for."""
        self.call_after_refresh(self.redraw)

    @on(LineTable.Chosen, "#queues")
    def _chosen(self) -> None:
        self.action_open_queue()

    def action_open_queue(self) -> None:
        """Show the history of the queue under the cursor."""
        self.opened = self._table.cursor_key
        if self.opened is not None:
            self.dismiss(None)
