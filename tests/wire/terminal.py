"""A terminal that counts what is written to it, with a program of ours on it."""

import asyncio
import fcntl
import os
import signal
import struct
import sys
import termios
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

ASKS_FOR_SYNCHRONIZED_OUTPUT = b"\x1b[?2026$p"
SYNCHRONIZED_OUTPUT = b"\x1b[?2026;2$y"

PATIENCE = 60.0
"""Seconds after which something that should happen never will, on the slowest machine."""
LONGEST_FAREWELL = 60.0
"""Seconds in which a program that was told to end must have ended."""

UNHURRIED = """
import sys
from queuewatch.process import deadline

# That it is ended by force after two seconds is another test's affair: a busy machine may take longer to end well.
deadline.LONGEST_FAREWELL = 100.0
"""
UNHURRIED_PROGRAM = ("-c", f"{UNHURRIED}from queuewatch.cli import run\nrun()")
"""``-m queuewatch`` that has all the time it needs to end by itself."""

UNWANTED = ("NO_COLOR", "FORCE_COLOR", "LANG", "COLUMNS", "LINES")


async def eventually(happened: Callable[[], bool], every: float = 0.02, *, patience: float = PATIENCE) -> None:
    """Wait for something that happens in another process. Raises ``TimeoutError`` if it never does."""
    for _ in range(round(patience / every)):
        if happened():
            return
        await asyncio.sleep(every)
    raise TimeoutError(f"not within {patience:g} seconds")


class Terminal:
    """The far end of a pseudo-terminal: keeps all that was written, and answers as a modern terminal would."""

    def __init__(self, file: int, name: str, program: Process) -> None:
        self._name = name
        self.written = bytearray()
        self.program = program
        self._file = file
        self._answered = False
        asyncio.get_running_loop().add_reader(file, self._read)

    def _read(self) -> None:
        # The end of the program closes its side, which Linux reports as an error.
        with suppress(OSError):
            self.written += os.read(self._file, 1 << 16)
        if not self._answered and ASKS_FOR_SYNCHRONIZED_OUTPUT in self.written:
            self._answered = True
            os.write(self._file, SYNCHRONIZED_OUTPUT)

    def type(self, keys: bytes) -> None:
        """Press these keys."""
        os.write(self._file, keys)

    def resize(self, columns: int, lines: int) -> None:
        """Become as large as this, and say so."""
        _set_size(self._file, columns, lines)
        self.program.send_signal(signal.SIGWINCH)

    @property
    def settings(self) -> list[Any]:
        """How the line is set: whether it echoes, what keys send signals, and so on."""
        return termios.tcgetattr(self._file)

    def stop_reading(self) -> None:
        """Let what is written lie there, as whoever has stalled does, and have no room for more."""
        asyncio.get_running_loop().remove_reader(self._file)
        filler = os.open(self._name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        with suppress(BlockingIOError):
            while True:
                os.write(filler, b" " * 64)
        os.close(filler)

    def read_again(self) -> None:
        """Go on reading, from what has lain there."""
        if self._file >= 0:
            asyncio.get_running_loop().add_reader(self._file, self._read)

    def stop_output(self) -> None:
        """Have the line take nothing, as after Ctrl+S."""
        self._flow(termios.TCOOFF)

    def let_output_go_on(self) -> None:
        """Ctrl+Q."""
        self._flow(termios.TCOON)

    def _flow(self, action: int) -> None:
        # A line that was hung up has no flow.
        with suppress(OSError):
            file = os.open(self._name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
            termios.tcflow(file, action)
            os.close(file)

    def hang_up(self) -> None:
        """Close the line, as a dropped connection does."""
        if self._file >= 0:
            asyncio.get_running_loop().remove_reader(self._file)
            os.close(self._file)
            self._file = -1

    async def farewell(self) -> int:
        """Wait for the program to end, and give its exit status. Raises ``TimeoutError`` if it does not."""
        async with asyncio.timeout(LONGEST_FAREWELL):
            return await self.program.wait()


@asynccontextmanager
async def on_terminal(
    command: Sequence[str],
    *,
    columns: int,
    lines: int,
    environment: Mapping[str, str] | None = None,
    its_own: bool = True,
) -> AsyncIterator[Terminal]:
    """Run a Python program on a truecolour terminal of this size while the block runs, then end it.

    One that is not ``its_own`` sends it no signal when the line is closed.
    """
    near, far = os.openpty()
    _set_size(far, columns, lines)
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdin=far,
        stdout=far,
        stderr=far,
        env={**_surroundings(), **(environment or {})},
        start_new_session=True,
        # Only the terminal that a session belongs to tells it when the line is closed.
        preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if its_own else None,
    )
    name = os.ttyname(far)
    os.close(far)
    terminal = Terminal(near, name, program)
    try:
        yield terminal
        if program.returncode is None:
            program.terminate()
        await terminal.farewell()
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
        terminal.hang_up()


def _set_size(file: int, columns: int, lines: int) -> None:
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def _surroundings() -> dict[str, str]:
    """This process's environment, without what would change how a program looks."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TEXTUAL", "QUEUEWATCH_", "LC_")) and name not in UNWANTED
    }
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1", "LANG": "C.UTF-8"}
