"""One writer at a time, among all programs of this machine."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from queuewatch.storage.locks import try_lock, unlock

PATIENCE = 5.0
"""Seconds. A record takes some milliseconds; whoever holds the log for longer has been stopped in the middle."""

_PAUSE = 0.02


class JournalBusy(OSError):
    """Another program holds the file and does not let go."""


@contextmanager
def held(file: int) -> Iterator[None]:
    """Hold an open file, given by its descriptor.

    Raises :class:`JournalBusy`, and ``OSError`` on a file system that knows no locks.
    """
    give_up = time.monotonic() + PATIENCE
    while not try_lock(file):
        if time.monotonic() > give_up:
            raise JournalBusy
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        unlock(file)
