"""Noticing that time has passed unnoticed: this machine slept, the program was stopped, or the clock was set."""

import asyncio
import time
from collections.abc import Awaitable, Callable

TICK = 2.0
GAP = 5.0
"""Seconds between two looks at the clock, and by how many the clock may be off before something is behind it."""

Clock = Callable[[], float]


async def detect_sleep(
    react: Callable[[], None],
    *,
    wall: Clock = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call ``react`` whenever it has happened, until cancelled."""
    while True:
        before = wall()
        await sleep(TICK)
        if abs(wall() - before - TICK) > GAP:
            react()


class ClockDrift:
    """By how much the clock on the wall and the one that only counts have gone apart since this was made.

    On most machines the second stands still while the machine sleeps: an answer that waited all night in a socket
    would otherwise be taken for one of this moment.
    """

    def __init__(self, monotonic: Clock, wall: Clock) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._before = self._apart()

    @property
    def is_long(self) -> bool:
        """Whether more than unevenness is behind it."""
        return abs(self._apart() - self._before) > GAP

    def _apart(self) -> float:
        return self._wall() - self._monotonic()
