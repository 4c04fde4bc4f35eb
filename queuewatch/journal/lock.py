"""One writer at a time, among all programs of this machine. A program that dies lets go by dying."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 5.0
"""Seconds. A record takes some milliseconds; whoever holds the log for longer has been stopped in the middle."""

_PAUSE = 0.02


class Busy(OSError):
    """Another program holds the file and does not let go."""


@contextmanager
def held(file: int) -> Iterator[None]:
    """Hold an open file, given by its descriptor.

    Raises :class:`Busy`, and ``OSError`` on a file system that knows no locks.
    """
    give_up = time.monotonic() + PATIENCE
    while not _take(file):
        if time.monotonic() > give_up:
            raise Busy
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        _let_go(file)


if sys.platform == "win32":
    import msvcrt
    import os

    _FAR_OUT = 0x3FFF0000
    """Windows keeps others from reading what is locked, so a byte far behind every record stands for the file."""

    def _take(file: int) -> bool:
        os.lseek(file, _FAR_OUT, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(file: int) -> None:
        os.lseek(file, _FAR_OUT, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
