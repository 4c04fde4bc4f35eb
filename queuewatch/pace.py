"""How often a board asks: as often as it was told, divided among all that ask, and less while nobody looks."""

from collections.abc import Callable

SELDOM_UNSEEN = 4
SELDOMEST_UNSEEN = 60.0
"""How many times more seldom is read what nobody looks at, and the longest interval in seconds this makes."""


class Pace:
    """The pace of one board among others. ``interval`` is in seconds; ``boards`` counts all, this one included."""

    def __init__(self, interval: float, boards: Callable[[], int]) -> None:
        self._interval = interval
        self._boards = boards
        self._sharing = 1
        self.seen = True
        """Whether somebody looks."""

    def look_around(self) -> None:
        """Count the others anew."""
        self._sharing = self._boards()

    def ask_every(self, interval: float) -> None:
        """Take another interval, in seconds."""
        self._interval = interval

    @property
    def interval(self) -> float:
        """Seconds between two refreshes."""
        shared = self._interval * self._sharing
        return shared if self.seen else max(shared, min(shared * SELDOM_UNSEEN, SELDOMEST_UNSEEN))

    def slow(self, period: float) -> float:
        """Seconds between two readings of what one board alone, and looked at, reads every ``period`` seconds."""
        return period * self._sharing * (1 if self.seen else SELDOM_UNSEEN)
