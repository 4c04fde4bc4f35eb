"""One queue in full."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from screens.actions import QUEUE, bindings
from screens.demo import DemoScreen
from screens.editing.edits import EditingScreen
from screens.one_queue import OneQueueScreen
from widgets.banner import Banner, StatusLine
from widgets.key_line import KeyLine
from widgets.queue_panel import QueuePanel
from widgets.top_line import TopLine, age_of

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
