"""How many boards of this user on this machine ask one server, so that together they ask no more than one would.

Every board holds a lock on a file of its own in the state folder. A board that dies lets go by dying, so nobody is
remembered who is gone; one that is merely stopped still counts.
"""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from queuewatch.file_lock import let_go, take
from queuewatch.state import own_folder, state_folder

MOST = 16
"""Boards that are told apart; whoever comes later counts this many others."""


class Neighbours:
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
        for place in self._places:
            file = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
            # One that somebody is just counting looks taken; the next will do as well.
            if _takes(file):
                self._place = place, file
                return
            os.close(file)


def _takes(file: int) -> bool:
    try:
        return take(file)
    except OSError:
        os.close(file)
        raise


def _is_taken(place: Path) -> bool:
    try:
        file = os.open(place, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        if not take(file):
            return True
        let_go(file)
        return False
    finally:
        os.close(file)
