"""Work in the background. Every task is started here, and none dies unheard.

A task whose outcome nobody waits for is started with :func:`in_background`, which reports what it dies of. One
that somebody waits for is :func:`held`, or runs :func:`alongside` a block: whoever waits hears of it. Reports go
to whom :func:`heard_by` names, and so does what goes wrong in a callback of the event loop or in a thread.

What cannot be done without waiting is done in threads of the event loop: looking up a name when the line is dead
takes half a minute and more, and so does a file behind a network that is gone. Python waits for each of them when
a loop closes; a loop begun with :func:`run_loop` does not, or a key pressed to leave would seem to do nothing.
"""

import asyncio
import concurrent.futures
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, ParamSpec, TypeVar

from msgspec import Struct

Outcome = TypeVar("Outcome")
Given = ParamSpec("Given")

OURS = ("queuewatch", "screens", "widgets")
"""The packages in whose files a fault is the program's own."""


class ProgramFault(Struct, frozen=True):
    """Something that went wrong in the background, which only a mistake in the program brings about."""

    doing: str
    """What was being done, as in “reading the history”."""
    error: BaseException

    @property
    def sentence(self) -> str:
        """One sentence. It names the kind of error alone, whose text may hold what was being read."""
        return f"queuewatch itself failed ({self.kind}) while {self.doing}. Everything else goes on."

    @property
    def kind(self) -> str:
        """The error's class; of a group, that of the first."""
        return type(_first(self.error)).__name__

    @property
    def places(self) -> tuple[str, ...]:
        """Where in the program's own files, from the outermost call to the innermost."""
        found = []
        for frame in traceback.extract_tb(_first(self.error).__traceback__):
            parts = frame.filename.replace("\\", "/").split("/")
            own = [place for place, part in enumerate(parts) if part in OURS]
            if own and "site-packages" not in parts[own[-1] :]:
                found.append(f"{'/'.join(parts[own[-1] :])}:{frame.lineno} in {frame.name}")
        return tuple(found)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


Hear = Callable[[ProgramFault], None]
_hearing: list[Hear] = []
_running: set[asyncio.Task[Any]] = set()


def in_background(work: Coroutine[Any, Any, None], doing: str) -> asyncio.Task[None]:
    """Start the work; what it dies of is reported. ``doing`` completes “failed while …”."""
    task = asyncio.get_running_loop().create_task(work)
    # The loop itself holds tasks so loosely that they may vanish in mid-air.
    _running.add(task)

    def ended(task: asyncio.Task[None]) -> None:
        _running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            report(doing, error)

    task.add_done_callback(ended)
    return task


def held(work: Coroutine[Any, Any, Outcome]) -> asyncio.Task[Outcome]:
    """Start the work for somebody who keeps it and takes its outcome, also when it fails."""
    return asyncio.get_running_loop().create_task(work)


@asynccontextmanager
async def alongside(*works: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Have these run while the block does, and no longer. What one of them fails with ends the block.

    Raises an exception group.
    """
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(work) for work in works]
        try:
            yield
        finally:
            await end(*running)


CANCELLED_AGAIN = 2.0
"""Seconds until what has not ended is cancelled once more."""


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel these until all have ended, and raise nothing of theirs.

    ``asyncio.wait_for``, which libraries are full of, swallows a cancelling that comes in the moment in which what
    it waits for is done (Python 3.11): cancelled once, a task would go on for ever, and whoever waits for its end.
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=CANCELLED_AGAIN)


def report(doing: str, error: BaseException) -> None:
    """Tell whoever hears of faults, and where nobody does, the error stream. May be called in any thread."""
    if not _hearing:
        with suppress(Exception):
            sys.stderr.write(f"queuewatch: {ProgramFault(doing, error).sentence}\n")
    for hear in tuple(_hearing):
        # Telling may fail as well, and there is nobody left to be told of that.
        with suppress(Exception):
            hear(ProgramFault(doing, error))


@contextmanager
def heard_by(hear: Hear) -> Iterator[None]:
    """Have this told every fault while the block runs; those in threads too. It may be called in any thread."""
    before = threading.excepthook

    def of_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            name = args.thread.name if args.thread else "a thread"
            report(f"at work in “{name}”", args.exc_value)

    _hearing.append(hear)
    threading.excepthook = of_thread
    try:
        yield
    finally:
        _hearing.remove(hear)
        threading.excepthook = before


def listen_to_loop() -> None:
    """Have what goes wrong in callbacks of the running event loop reported as well, where the program is to blame.

    A connection that breaks under a library is none of its faults, and is told by whoever used it.
    """

    def of_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException) and ProgramFault("", error).places:
            report("at work in the background", error)

    asyncio.get_running_loop().set_exception_handler(of_loop)


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
