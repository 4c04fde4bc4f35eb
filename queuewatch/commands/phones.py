"""Read phones for a command: at an easy pace, with a line of progress, and no longer than one cares to wait."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from queuewatch.background import held
from queuewatch.connection.connection import Connection
from queuewatch.failover.model import Snapshot
from queuewatch.failover.scope import Scope
from queuewatch.phones import DeviceReads, Step, phones_needed, read_for_drill, stopped

UNSAID = 20.0
"""Seconds that a command may take without a word."""


async def with_phones(connection: Connection, snapshot: Snapshot, scope: Scope) -> Snapshot:
    """The snapshot with the phones a drill asks about, or with as many as came until Ctrl+C."""
    users = phones_needed(snapshot, scope)
    leave = DeviceReads(seconds_each=0.0) if connection.is_sample else DeviceReads()
    line = _ProgressLine(leave.seconds_for(len(users)))
    done, total = 0, len(users)

    async def read() -> None:
        nonlocal snapshot, done, total
        async for step in read_for_drill(connection.system, snapshot, scope, leave, clock=connection.clock):
            snapshot, done, total = step.update(snapshot), step.done, step.total
            line.show(step)

    reading = held(read())
    with _until_interrupted(reading) as interrupted:
        try:
            await reading
        except asyncio.CancelledError:
            if not interrupted:
                raise
            snapshot = stopped(done, total)(snapshot)
        finally:
            line.clear()
    return snapshot


@contextmanager
def _until_interrupted(reading: "asyncio.Task[None]") -> Iterator[list[bool]]:
    """Let Ctrl+C end the reading and nothing else. The list is no longer empty once it did."""
    interrupted: list[bool] = []

    def interrupt() -> None:
        interrupted.append(True)
        reading.cancel()

    loop = asyncio.get_running_loop()
    # Where the loop takes no handlers (Windows), Ctrl+C ends the command as it always does.
    with suppress(NotImplementedError, ValueError, RuntimeError):
        loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        yield interrupted
    finally:
        with suppress(NotImplementedError, ValueError, RuntimeError):
            loop.remove_signal_handler(signal.SIGINT)


class _ProgressLine:
    """One line on stderr that is written over, if somebody is there to read it and it takes long enough."""

    def __init__(self, seconds: float) -> None:
        self._shown = seconds > UNSAID and sys.stderr.isatty()
        self._width = 0

    def show(self, step: Step) -> None:
        seconds = round(step.seconds_to_go)
        self._write(
            f"Reading phones: {step.done} of {step.total}, about {seconds // 60}:{seconds % 60:02} to go "
            "(Ctrl+C goes on with these)"
        )

    def clear(self) -> None:
        self._write("")
        if self._shown:
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _write(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r{text.ljust(self._width)}")
            sys.stderr.flush()
            self._width = len(text)
