"""A terminal that counts what is written to it, with a program of ours on it."""

import asyncio
import fcntl
import os
import struct
import sys
import termios
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

ASKS_FOR_SYNCHRONIZED_OUTPUT = b"\x1b[?2026$p"
SYNCHRONIZED_OUTPUT = b"\x1b[?2026;2$y"

LONGEST_FAREWELL = 20.0
"""Seconds in which a program that was told to end must have ended."""

UNWANTED = ("NO_COLOR", "FORCE_COLOR", "LANG", "COLUMNS", "LINES")


class Terminal:
    """The far end of a pseudo-terminal: keeps all that was written, and answers as a modern terminal would."""

    def __init__(self, file: int) -> None:
        self.written = bytearray()
        self._file = file
        self._answered = False

    def read(self) -> None:
        """Take what is there to be read."""
        # The end of the program closes its side, which Linux reports as an error.
        with suppress(OSError):
            self.written += os.read(self._file, 1 << 16)
        if not self._answered and ASKS_FOR_SYNCHRONIZED_OUTPUT in self.written:
            self._answered = True
            self.type(SYNCHRONIZED_OUTPUT)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._file, keys)


@asynccontextmanager
async def on_terminal(command: Sequence[str], *, columns: int, lines: int) -> AsyncIterator[Terminal]:
    """Run a Python program on a truecolour terminal of this size while the block runs, then end it."""
    near, far = os.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    child = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=far, stdout=far, stderr=far, env=_environment(), start_new_session=True
    )
    os.close(far)
    terminal = Terminal(near)
    loop = asyncio.get_running_loop()
    loop.add_reader(near, terminal.read)
    try:
        yield terminal
    finally:
        with suppress(ProcessLookupError):
            child.terminate()
        try:
            async with asyncio.timeout(LONGEST_FAREWELL):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()
            raise
        finally:
            loop.remove_reader(near)
            os.close(near)


def _environment() -> dict[str, str]:
    """This process's environment, without what would change how a program looks."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TEXTUAL", "QUEUEWATCH_", "LC_")) and name not in UNWANTED
    }
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1", "LANG": "C.UTF-8"}
