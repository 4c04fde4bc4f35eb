"""What the screens about one queue share: which queue it is, and what stands above everything else."""

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue
from queuewatch.watch import Sighting
from screens.live import LiveScreen
from widgets.banner import Banner
from widgets.queue_panel import queue_title
from widgets.top_line import TopLine
from widgets.trouble import caption, trouble_text


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
