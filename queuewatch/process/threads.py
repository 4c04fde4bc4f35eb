"""Threads that may be held up, and hold up nobody's end.

What cannot be done without waiting is done in threads: looking up a name when the line is dead takes half a minute
and more, and so does a file behind a network that is gone. Python waits for each of them when a loop closes, and
once more when it exits, so that a key pressed to leave would seem to do nothing.
"""

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

Outcome = TypeVar("Outcome")
Given = ParamSpec("Given")

MOST = 64
"""Threads at once. Names that nobody answers for hold some of them; files are still to have theirs."""
LONGEST_WAIT = 1.0
"""Seconds for which what is under way is waited for at the end: longer than any write to a disk that works."""


class Threads(concurrent.futures.ThreadPoolExecutor):
    """What an event loop does in threads. Its end waits for :data:`LONGEST_WAIT` at most."""

    def __init__(self) -> None:
        super().__init__(MOST, "queuewatch work")
        self._begun: set[concurrent.futures.Future[Any]] = set()

    def submit(
        self, fn: Callable[Given, Outcome], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> concurrent.futures.Future[Outcome]:
        """Do it in a thread."""
        future = super().submit(fn, *args, **kwargs)
        self._begun.add(future)
        future.add_done_callback(self._begun.discard)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin nothing more, and wait for what is under way, but not for what is held up."""
        super().shutdown(wait=False, cancel_futures=cancel_futures)
        if wait:
            concurrent.futures.wait(tuple(self._begun), LONGEST_WAIT)


def take_threads() -> None:
    """Have the running event loop do its waiting in :class:`Threads`."""
    asyncio.get_running_loop().set_default_executor(Threads())


def run_loop(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """What :func:`asyncio.run` does, and no thread that is held up delays its end."""

    async def with_threads() -> Outcome:
        take_threads()
        return await work

    return asyncio.run(with_threads())
