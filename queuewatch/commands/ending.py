"""How a command ends that goes on by itself: when its time is up, when it is told to, when nobody reads it."""

import asyncio
import os
import select
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from queuewatch.alerts.lookout import duration_words
from queuewatch.commands import wrong
from queuewatch.deadline import ended_in_time
from queuewatch.failover.model import Part
from queuewatch.failover.words import plural

if TYPE_CHECKING:
    from queuewatch.sighting import Sighting

LONGEST_NAP = 5.0
"""Seconds between two looks at a clock that goes on while the machine sleeps."""


class End:
    """The end of a command, whichever way it comes first."""

    def __init__(self) -> None:
        self._reached: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.in_time = False
        """Whether it came because the time was up: then there is time to finish."""

    async def reached(self) -> int:
        """Wait for it; gives the exit status, or raises what it ended by."""
        return await self._reached

    def by_time(self) -> None:
        """The time is up."""
        self.in_time = not self._reached.done()
        self._with(wrong.DONE)

    def by_request(self) -> None:
        """Somebody wants it to end."""
        self._with(wrong.DONE)

    def by_error(self, error: BaseException) -> None:
        """It cannot go on."""
        if not self._reached.done():
            self._reached.set_exception(error)

    def _with(self, status: int) -> None:
        if not self._reached.done():
            self._reached.set_result(status)


def real_seconds() -> float:
    """Seconds by a clock that nobody can set, and that goes on while the machine sleeps, where there is one."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        # Python's own monotonic clock stands still in sleep there; this one does not.
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


def after_real_seconds(seconds: float, call: Callable[[], None]) -> None:
    """Call it after so many seconds, those in which the machine slept among them."""
    loop, until = asyncio.get_running_loop(), real_seconds() + seconds

    def look() -> None:
        left = until - real_seconds()
        if left <= 0:
            call()
        else:
            # The loop's own clock may stand still in sleep.
            loop.call_later(min(left, LONGEST_NAP), look)

    look()


class Totals:
    """What a watch amounts to, told at its end."""

    def __init__(self) -> None:
        self._begun = real_seconds()
        self._read = 0
        self._last: datetime | None = None
        self._away_since: float | None = None
        self._away = 0.0

    def see(self, sighting: "Sighting") -> None:
        """Count what was read, and the time in which nothing could be."""
        now = real_seconds()
        if sighting.trouble is not None:
            self._away_since = now if self._away_since is None else self._away_since
        elif self._away_since is not None:
            self._away += now - self._away_since
            self._away_since = None
        if sighting.trouble is None and sighting.snapshot.taken_at != self._last:
            self._read += Part.LIVE in sighting.snapshot.read_at
            self._last = sighting.snapshot.taken_at

    def sentence(self, lines: int) -> str:
        """All of it, and how many lines were written."""
        now = real_seconds()
        away = self._away + (now - self._away_since if self._away_since is not None else 0.0)
        without = f", {duration_words(timedelta(seconds=away))} of it without an answer" if away >= 1 else ""
        return (
            f"Watched for {duration_words(timedelta(seconds=now - self._begun))}{without}: "
            f"read {plural(self._read, 'time')}, {plural(lines, 'line')} written."
        )


@contextmanager
def told_to_end(end: End) -> Iterator[None]:
    """While the block runs, SIGTERM and a closed terminal end it, and so does who closes the pipe it writes to.

    After either of the first two the whole process is gone within a time, whatever holds it up.
    """
    loop = asyncio.get_running_loop()
    pipe = _pipe()

    def look() -> None:
        if pipe is not None and _is_closed(pipe):
            end.by_error(BrokenPipeError())
        if pipe is not None:
            loop.remove_reader(pipe)

    def leave() -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(end.by_request)

    # Windows' loop watches no files; a write will find out.
    if pipe is not None:
        with suppress(NotImplementedError, OSError):
            loop.add_reader(pipe, look)
    try:
        # Whoever started it with nohup wants it to outlive the terminal.
        with ended_in_time(leave, heed_nohup=True):
            yield
    finally:
        if pipe is not None:
            with suppress(NotImplementedError, OSError):
                loop.remove_reader(pipe)


def _pipe() -> int | None:
    """Standard output, if it is a pipe: of a closed one nothing is heard before something is written."""
    with suppress(OSError, ValueError, AttributeError):
        file = sys.stdout.fileno()
        if stat.S_ISFIFO(os.fstat(file).st_mode):
            return file
    return None


def _is_closed(pipe: int) -> bool:
    poll = select.poll()
    poll.register(pipe, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
