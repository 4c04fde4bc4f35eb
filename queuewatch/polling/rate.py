"""How often a board asks: as often as it was told, divided among all that ask, and less while nobody looks."""

import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from queuewatch.storage.folder import own_folder, state_folder

SELDOM_UNSEEN = 4
SELDOMEST_UNSEEN = 60.0
"""How many times more seldom is read what nobody looks at, and the longest interval in seconds this makes."""


class PollRate:
    """The rate of one board among others. ``interval`` is in seconds; ``boards`` counts all, this one included."""

    def __init__(self, interval: float, boards: Callable[[], int]) -> None:
        self._interval = interval
        self._boards = boards
        self._sharing = 1
        self.seen = True
        """Whether somebody looks."""

    def recount(self) -> None:
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

    def scaled(self, period: float) -> float:
        """Seconds between two readings of what one board alone, and looked at, reads every ``period`` seconds."""
        return period * self._sharing * (1 if self.seen else SELDOM_UNSEEN)


MOST = 16
"""Boards that are told apart; whoever comes later counts this many others."""


class Peers:
    """The boards that ask the server at ``address``, this one among them from the first count to its leaving."""

    def __init__(self, environ: Mapping[str, str], address: str) -> None:
        # A server counts requests, whatever domain they are about.
        self._folder = state_folder(environ) / "boards" / sha256(address.encode()).hexdigest()[:16]
        # Made once: new paths at every poll have Python's table of names grow by a megabyte in between.
        self._places = [self._folder / f"{number}.lock" for number in range(MOST)]
        self._place: tuple[Path, int] | None = None

    def count(self) -> int:
        """How many there are, this one included; 1 where the folder cannot be used or knows no locks."""
        try:
            own_folder(self._folder.parent)
            own_folder(self._folder)
            if self._place is None:
                self._take_place()
            own = self._place[0] if self._place else None
            return 1 + sum(_is_taken(place) for place in self._places if place != own)
        except OSError:
            return 1

    def leave(self) -> None:
        """Be counted no longer."""
        if self._place is not None:
            os.close(self._place[1])
            self._place = None

    def _take_place(self) -> None:
        from queuewatch.storage.locks import open_lock

        for place in self._places:
            file = open_lock(place)
            # One that somebody is just counting looks taken; the next will do as well.
            if _takes(file):
                self._place = place, file
                return
            os.close(file)


def _takes(file: int) -> bool:
    from queuewatch.storage.locks import try_lock

    try:
        return try_lock(file)
    except OSError:
        os.close(file)
        raise


def _is_taken(place: Path) -> bool:
    from queuewatch.storage.locks import try_lock, unlock

    try:
        file = os.open(place, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        if not try_lock(file):
            return True
        unlock(file)
        return False
    finally:
        os.close(file)
