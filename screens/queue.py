"""One queue in full."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue
from queuewatch.polling.state import Sighting
from screens.demo import DemoScreen
from screens.editing.edits import EditingScreen
from screens.keys.board import QUEUE
from screens.live import LiveScreen
from widgets.action import bindings
from widgets.bars import Banner, KeyLine, StatusLine, TopLine, age_of, caption, trouble_text
from widgets.queue_panel import QueuePanel, queue_title


class OneQueueScreen(LiveScreen):
    """A screen about one queue, which may be deleted meanwhile."""

    def __init__(self, connection: ConnectionInfo, sighting: Sighting, extension: str) -> None:
        super().__init__(connection, sighting)
        self._extension = extension

    @property
    def chosen(self) -> Queue | None:
        """The queue this screen is about; ``None`` once there is no such queue any more."""
        return self.sighting.snapshot.queues.get(self._extension) if self.sighting else None

    def show_head(self, sighting: Sighting, queue: Queue | None, when: str) -> None:
        """The top line, with ``when`` on its right, and the banner."""
        top, banner = self.query_one(TopLine), self.query_one(Banner)
        self.show_cautions(top)
        top.right = when
        if queue is None:
            top.left = f"queue {self._extension}"
            banner.say(f"There is no queue {self._extension} any more: it was deleted on the phone system.")
            return
        top.left = queue_title(sighting.snapshot, queue)
        if sighting.trouble:
            banner.say(trouble_text(sighting))
        else:
            banner.say(caption(self.connection, sighting), calm=True)


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
        yield TopLine()
        yield Banner()
        yield QueuePanel(titled=False)
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Countdowns tick only where somebody looks at them."""
        self.set_interval(TICK, self.redraw)

    def on_screen_resume(self) -> None:
        """Read this queue's rules and phones first."""
        self.post_message(self.QueueLookedAt(self._extension, devices=True))

    def redraw(self) -> None:
        """Top line, banner and the panel."""
        sighting, queue = self.sighting, self.chosen
        if sighting is None or not self.is_current:
            return
        self.show_head(sighting, queue, age_of(sighting, self.connection.interval))
        if queue is None:
            return
        panel = self.query_one(QueuePanel)
        panel.queue = self._extension
        panel.show(sighting, self.connection.clock(), self.lately_of(queue))

    def action_back(self) -> None:
        """Return to the board."""
        self.dismiss(None)

    def action_audit(self) -> None:
        """Show what is wrong with this queue."""
        self.post_message(self.AuditWanted(self._extension))

    def action_next_queue(self, by: int) -> None:
        """Go to another queue."""
        self.post_message(self.Stepped(self._extension, by))
