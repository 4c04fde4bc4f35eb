"""What the two commands with a screen share."""

import argparse
import codecs
import io
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from queuewatch.commands.errors import UsageError
from queuewatch.glyphs import STAND_INS
from queuewatch.process.garbage import put_off
from queuewatch.process.output import OutputWriter
from queuewatch.text.plain_text import harmless_lines

if TYPE_CHECKING:
    from queuewatch.connection.connection import Connection

LINES_ONLY = ("dumb", "unknown")
"""What TERM says of a terminal that cannot be drawn on, as in some editors and under some schedulers."""


def is_terminal() -> bool:
    """Whether there is a terminal to draw on."""
    return _is_connected() and not shows_lines_only(os.environ)


def require_terminal(instead: str) -> None:
    """Raise :class:`UsageError`, naming the command to use instead, unless there is a terminal to draw on."""
    if not _is_connected():
        raise UsageError("The board needs a terminal, and this is none.", f"Without one, use: {instead}")
    if shows_lines_only(os.environ):
        raise UsageError(
            f"The board cannot be drawn on this terminal: TERM says that it is “{os.environ['TERM']}”.",
            f"Use: {instead}",
        )


def _is_connected() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def shows_lines_only(environ: Mapping[str, str]) -> bool:
    """Whether the terminal, by what is said of it, can only show line after line."""
    return environ.get("TERM", "").strip().lower() in LINES_ONLY


def show(connection: "Connection", options: argparse.Namespace, greeting: str = "") -> int:
    """Open the board, which says the ``greeting``, and return its exit status."""
    put_off()
    from queuewatch.app.app import run_app

    return run_app(connection, mouse=not options.no_mouse, greeting=greeting)


LARGEST_BACKLOG = 1 << 20
"""Bytes that wait for a reader who has stopped: hours of what is told."""


def tolerate_any_text(stream: TextIO) -> None:
    """Make the stream write a stand-in, rather than fail, for what its encoding does not have."""
    codecs.register_error("queuewatch", _stand_in)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="queuewatch")


def write(text: str) -> None:
    """Write a text and a line break to stdout, whatever was in it that a terminal would obey."""
    sys.stdout.write(f"{harmless_lines(text)}\n")


def whole_words(text: str, stream: TextIO) -> str:
    """These lines; on a terminal as many as it takes, each below its own indentation, no word broken."""
    if not stream.isatty():
        return text
    from queuewatch.report.console import laid_out, plain_console

    # A terminal may get another width at any time.
    return laid_out(text.splitlines(), plain_console())


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(STAND_INS.get(char, "?") for char in lacking), error.end


class LineStream:
    """Writes lines to an output stream whose reader may have stopped reading, for good or for a while.

    What it cannot take is left out, and ``left_out`` is told how many lines that were once it takes some again.
    ``failed`` is told why nothing can be written any more. Both are called in any thread. With ``waits`` it does
    wait after all, for every line.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        waits: bool = False,
        left_out: Callable[[int], None] = lambda _: None,
        failed: Callable[[OSError], None] = lambda _: None,
    ) -> None:
        self._stream = stream
        self._left_out = left_out
        self._lines_left_out = 0
        self._writer: OutputWriter | None = None
        if waits:
            return
        # What is no file never makes anybody wait.
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
            self._writer = OutputWriter(
                stream.fileno(), largest=LARGEST_BACKLOG, emptied=self._emptied, failed=failed
            )

    def write(self, line: str) -> None:
        """Write this line, whose end it brings with it, when it can be. Returns at once."""
        if self._writer is None:
            self._stream.write(line)
            self._stream.flush()
            return
        data = line.encode(self._stream.encoding, self._stream.errors or "strict")
        if not self._writer.write(data):
            self._lines_left_out += 1

    def _emptied(self) -> None:
        lines, self._lines_left_out = self._lines_left_out, 0
        if lines:
            self._left_out(lines)

    def catch_up(self, seconds: float) -> None:
        """Write what waits, for no longer than this."""
        if self._writer is not None:
            self._writer.finish(seconds)

    def finish(self, seconds: float) -> None:
        """Write what waits, for no longer than this, and let go."""
        self.catch_up(seconds)
        if self._writer is not None:
            self._writer.close()
