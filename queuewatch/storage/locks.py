"""A lock on an open file, among all programs of this machine. A program that dies lets go by dying."""

import os
import sys
from pathlib import Path


def open_lock(path: Path) -> int:
    """Open a lock's own file, and give its descriptor: made for its owner alone, and never by way of a link.

    Raises ``OSError``.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.open(path, flags, 0o600)


if sys.platform == "win32":
    import msvcrt

    _FAR_OUT = 0x3FFF0000
    """Windows keeps others from reading what is locked, so a byte far behind everything stands for the file."""

    def try_lock(file: int) -> bool:
        """Hold the file, given by its descriptor; whether it was free."""
        os.lseek(file, _FAR_OUT, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock(file: int) -> None:
        """Let others have it. Closing the file does so, too."""
        os.lseek(file, _FAR_OUT, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(file: int) -> bool:
        """Hold the file, given by its descriptor; whether it was free.

        Raises ``OSError`` on a file system that knows no locks.
        """
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(file: int) -> None:
        """Let others have it. Closing the file does so, too."""
        fcntl.flock(file, fcntl.LOCK_UN)
