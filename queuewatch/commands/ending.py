"""How a command ends that goes on by itself: when its time is up, when it is told to, when nobody reads it."""

import asyncio
import os
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from queuewatch.commands import wrong
from queuewatch.deadline import ended_in_time


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
