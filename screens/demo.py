"""The keys that only sample data has: its power, and how fast its time goes."""

from textual.message import Message

from queuewatch.failover.model import Queue
from queuewatch.failover.places import queue_site
from screens.live import LiveScreen


class DemoScreen(LiveScreen):
    """A screen with the keys of a demo. A real phone system does not show them."""

    class PowerWanted(Message):
        """The power of a site in the sample is to be cut, or given back."""

        def __init__(self, screen: LiveScreen, site: str) -> None:
            super().__init__()
            self.screen = screen
            """Where it is told what became of it."""
            self.site = site
            """The site that comes to mind first; the sample may not know it."""

    class SpeedWanted(Message):
        """A demo's time is to go faster, or slower."""

        def __init__(self, faster: bool) -> None:
            super().__init__()
            self.faster = faster

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether the key is shown: not where there is no demo."""
        demo_only = {own.method.partition("(")[0] for own in self.ACTIONS if own.demo}
        if action.partition("(")[0] in demo_only and not self.connection.is_sample:
            return False
        return super().check_action(action, parameters)

    def has_no_power(self, queue: Queue) -> bool:
        """Whether the queue's site in the sample has no power now."""
        demo = self.connection.demo
        if demo is None or not demo.powered_off:
            return False
        return self.live_state is not None and queue_site(self.live_state.snapshot, queue) in demo.powered_off

    def action_toggle_power(self) -> None:
        """Cut the power at the chosen queue's site in the sample, or give it back."""
        queue, live_state = self.chosen, self.live_state
        if live_state is not None:
            site = queue_site(live_state.snapshot, queue) if queue is not None else ""
            self.post_message(self.PowerWanted(self, site))

    def action_faster(self) -> None:
        """Let a demo's time go faster."""
        self.post_message(self.SpeedWanted(faster=True))

    def action_slower(self) -> None:
        """Let a demo's time go slower."""
        self.post_message(self.SpeedWanted(faster=False))
