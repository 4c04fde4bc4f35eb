"""One at a time among all the processes of this machine that share a session."""

import asyncio
import os
import time
from pathlib import Path

from queuewatch.pbx.errors import NotKept
from queuewatch.storage.locks import try_lock

LONGEST_WAIT = 45.0
"""Seconds: longer than any renewal takes that still has a chance."""
_PAUSE = 0.05


async def take_lock(path: Path) -> int:
    """Wait for the lock; closing the descriptor gives it back, and so does the end of the process, whatever it is.

    Raises :class:`NotKept` when another holds it for too long, and ``OSError``.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        until = time.monotonic() + LONGEST_WAIT
        while not try_lock(descriptor):
            if time.monotonic() > until:
                raise NotKept(
                    "Another queuewatch has been renewing this session for too long.",
                    "End the one that hangs, then try again.",
                )
            await asyncio.sleep(_PAUSE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
