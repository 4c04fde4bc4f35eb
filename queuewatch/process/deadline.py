"""The end of the process when it was told to end: soon, whatever it waits for.

A handler of the event loop is not enough: the loop may be held up by a terminal that nobody reads, a thread may be
held up in a write, and the interpreter waits for both when it exits. So the time runs outside all of them: in a
thread that needs nothing but a moment, and, should even that not be had, in an alarm of the system.
"""

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

LONGEST_FAREWELL = 2.2
"""Seconds between being told to end and being ended."""
LAST_GRACE = 0.5
"""Seconds after that until the system does it, without a word to anybody."""

ENDED_BY_FORCE = 1
"""The exit status of a process that did not end by itself in time."""

LAST_WAIT = 0.5
"""Seconds for which a process that is done waits for its threads, once their work was waited for."""

LONGEST_HOLD = 62.0
"""Seconds for which what must be done first may put that off: a little longer than restoring a queue is given."""
LOOKS_EVERY = 0.1

_SIGNALS = ("SIGTERM", "SIGHUP")

_held_off: list[Callable[[], bool]] = []


@contextmanager
def held_off(while_needed: Callable[[], bool]) -> Iterator[None]:
    """While the block runs and this is so, the end by force waits, for :data:`LONGEST_HOLD` at most.

    It is called in another thread, and must not wait for anything. For what would hurt others if it were left in
    the middle: agents who are logged out by a live test.
    """
    _held_off.append(while_needed)
    try:
        yield
    finally:
        _held_off.remove(while_needed)


def _is_held_off() -> bool:
    return any(needed() for needed in tuple(_held_off))


def _ring_in(seconds: float) -> None:
    """Have the system end the process after so long."""
    with suppress(AttributeError, OSError):
        signal.setitimer(signal.ITIMER_REAL, seconds)


@contextmanager
def ended_in_time(
    leave: Callable[[], None], last: Callable[[], None] = lambda: None, *, heed_nohup: bool = False
) -> Iterator[Callable[[], None]]:
    """While the block runs, SIGTERM and SIGHUP call ``leave``; gives what they do, for any thread to do.

    :data:`LONGEST_FAREWELL` later, put off while it is :func:`held_off`, the process is ended by force, after
    ``last`` was called in another thread: that must not wait for anything. ``heed_nohup`` leaves an ignored SIGHUP
    ignored.
    """
    read, write = os.pipe()
    # Where that cannot be had (Windows), a pipe that is empty takes a byte all the same.
    with suppress(AttributeError, OSError):
        os.set_blocking(write, False)
    is_told = False

    def begin(*_: object) -> None:
        nonlocal is_told
        if is_told:
            return
        is_told = True
        # The alarm first: everything after it may be held up.
        hold = LONGEST_HOLD if _is_held_off() else 0.0
        _ring_in(hold + LONGEST_FAREWELL + LAST_GRACE)
        os.write(write, b"!")
        leave()

    def wait() -> None:
        if not os.read(read, 1):
            os.close(read)
            return
        if _is_held_off():
            until = time.monotonic() + LONGEST_HOLD
            while _is_held_off() and time.monotonic() < until:
                time.sleep(LOOKS_EVERY)
            _ring_in(LONGEST_FAREWELL + LAST_GRACE)
        time.sleep(LONGEST_FAREWELL)
        try:
            last()
        finally:
            os._exit(ENDED_BY_FORCE)

    threading.Thread(target=wait, name="queuewatch deadline", daemon=True).start()
    # Outside the main thread nothing can be handled, and Windows has but one of them.
    with suppress(AttributeError, ValueError):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    before = {}
    for name in _SIGNALS:
        with suppress(AttributeError, ValueError):
            number = getattr(signal, name)
            if name == "SIGHUP" and heed_nohup and signal.getsignal(number) is signal.SIG_IGN:
                continue
            before[number] = signal.signal(number, begin)
    try:
        yield begin
    finally:
        if not is_told:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(write)


def leave(status: int) -> NoReturn:
    """End the process with this exit status, whatever its threads are held up by: Python would wait for each.

    What was to be done at the end is done, but nothing is taken to pieces first: of a command that is soon over
    that is an eighth of its time.
    """
    until = time.monotonic() + LAST_WAIT
    others = [
        thread
        for thread in threading.enumerate()
        if thread is not threading.current_thread() and not thread.daemon
    ]
    for thread in others:
        thread.join(max(0.0, until - time.monotonic()))
    if not any(thread.is_alive() for thread in others):
        atexit._run_exitfuncs()
        if not _flushed():
            # What cannot be written any more, Python itself says, and has a status for.
            sys.exit(status)
    _flushed()
    os._exit(status)


def _flushed() -> bool:
    """Write what waits to be written; whether all of it could be."""
    done = True
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            done = False
    return done
