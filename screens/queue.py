"""One queue in full."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue
from queuewatch.polling.state import LiveState
from screens.demo import DemoScreen
from screens.editing.edits import EditingScreen
from screens.keys.board import QUEUE
from screens.live import LiveScreen
from widgets.action import bindings
from widgets.bars import Banner, KeyBar, StatusLine, TopBar, age_of, caption, trouble_text
from widgets.queue_panel import QueuePanel, queue_title


class OneQueueScreen(LiveScreen):
    """A screen about one queue, which may be deleted meanwhile."""

    CAPTIONED = True

    def __init__(self, connection: ConnectionInfo, live_state: LiveState, extension: str) -> None:
        super().__init__(connection, live_state)
        self._extension = extension

    @property
    def chosen(self) -> Queue | None:
        """The queue this screen is about; ``None`` once there is no such queue any more."""
        return self.live_state.snapshot.queues.get(self._extension) if self.live_state else None

    def show_head(self, live_state: LiveState, queue: Queue | None, when: str) -> None:
        """The top line, with ``when`` on its right, and the banner."""
        top, banner = self.query_one(TopBar), self.query_one(Banner)
        self.show_cautions(top)
        top.right = when
        if queue is None:
            top.left = f"Queue {self._extension}"
            banner.say(f"There is no queue {self._extension} any more: it was deleted on the phone system.")
            return
        top.left = queue_title(live_state.snapshot, queue)
        if live_state.trouble:
            banner.say(trouble_text(live_state), calm=live_state.trouble.asking)
        else:
            banner.say(caption(self.connection, live_state), calm=True)


TICK = 1.0
"""Seconds between two steps of the countdowns, which run only on this screen."""


class QueueScreen(OneQueueScreen, EditingScreen, DemoScreen):
    """Verdict, settings, agents with their countdowns, rules and assumptions of one queue."""

    CSS_PATH = "queue.tcss"
    AUTO_FOCUS = "QueuePanel"
    ACTIONS = QUEUE
    HELP_NAME = "one queue"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*QUEUE)]

    def compose(self) -> ComposeResult:
        """The queue's panel, with the name of the queue on top."""
        yield TopBar()
        yield Banner()
        yield QueuePanel()
        yield StatusLine()
        yield KeyBar()

    def on_mount(self) -> None:
        """Countdowns tick only where somebody looks at them."""
        self.set_interval(TICK, self.redraw)

    def on_screen_resume(self) -> None:
        """Read this queue's rules and phones first."""
        self.post_message(self.QueueLookedAt(self._extension, devices=True))

    def redraw(self) -> None:
        """Top line, banner and the panel."""
        live_state, queue = self.live_state, self.chosen
        if live_state is None or not self.is_current:
            return
        self.show_head(live_state, queue, age_of(live_state, self.connection.interval))
        if queue is None:
            return
        panel = self.query_one(QueuePanel)
        panel.queue = self._extension
        # Nothing counts down from what another run of the program saw.
        now = None if live_state.recalled_on else self.connection.clock()
        panel.show(live_state, now, self.lately_of(queue), self.quiet.get(self._extension), self.proofs)

    def action_back(self) -> None:
        """Return to the board."""
        self.dismiss(None)

    def action_audit(self) -> None:
        """Show what is wrong with this queue."""
        self.post_message(self.AuditWanted(self._extension))

    def action_next_queue(self, by: int) -> None:
        """Go to another queue."""
        self.post_message(self.Stepped(self._extension, by))
