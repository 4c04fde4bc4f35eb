"""Textual's driver for a terminal that may stop being read, or go away: the program is never held up by it.

Textual's own waits on the event loop once 30 writes are in its queue, and for ever when it ends. It rests on names
inside Textual, which is therefore held to one minor version.
"""

import os
import select
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from queuewatch.process.output import UNTIL_KNOWN, OutputWriter, terminal_size

FRAME_WAITS = 4096
"""Bytes still to be written over which no further frame is drawn: it would be old before it is seen."""
LARGEST = 1 << 18
"""Bytes that wait at most. Frames stop long before; this is for what is sent beside them."""
LOST_SIGHT = 1.0
"""Seconds without a frame after which nobody knows what a terminal shows."""
LONGEST_GOODBYE = 0.8
"""Seconds for which the terminal's last words wait for it to read; then they go before all else."""
LAST_WORDS = 0.2
"""Seconds for that."""

_CANCEL = "\x18"
"""Ends a sequence that was cut off."""
_LEAVE = (
    "\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l"
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[m"
)
"""All that was switched on, off again."""


class Program(Protocol):
    """What the driver tells the program on its terminal."""

    def catch_up(self, *, whole: bool) -> None:
        """The terminal reads again: draw what it has missed, or all of it."""

    @property
    def hung_up(self) -> Callable[[], None]:
        """There is no terminal any more. Called in any thread."""

    def _handle_exception(self, error: Exception) -> None: ...


class _Writer:
    """What Textual's driver wants to write through, which it makes itself, starts and stops."""

    def __init__(self, driver: "TerminalDriver", file: int) -> None:
        self._driver = driver
        self._file = file
        self._output: OutputWriter | None = None

    def start(self) -> None:
        self._output = self._output or OutputWriter(
            self._file, largest=LARGEST, emptied=self._driver.emptied, failed=lambda _: self._driver.hung_up()
        )

    def write(self, text: str) -> None:
        if self._output is not None:
            self._output.write(text.encode("utf-8", "replace"))

    @property
    def waiting(self) -> int:
        return self._output.waiting if self._output else 0

    def stop(self) -> None:
        """Write what waits if it is read; else the last words alone, in place of what was not read."""
        output = self._output
        if output is None:
            return
        if not output.finish(LONGEST_GOODBYE):
            self.leave_at_once()
        output.close()
        self._output = None

    def leave_at_once(self) -> None:
        """Put the terminal back with what can be put into it now."""
        if self._output is not None:
            self._output.drop((_CANCEL + _LEAVE).encode())
            # What the far end has not read is an old frame, in whose place there is room.
            with suppress(termios.error):
                termios.tcflush(self._file, termios.TCOFLUSH)
            self._output.finish(LAST_WORDS)


class TerminalDriver(LinuxDriver):
    """Writes as fast as the terminal reads and no faster, and ends with it."""

    def __init__(
        self, app: Any, *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """Take the terminal's size as it is now."""
        assert sys.__stderr__ is not None
        self._program: Program = app
        self._screen = sys.__stderr__.fileno()
        self._writer = _Writer(self, self._screen)
        self._owed_since: float | None = None
        """Since when the terminal has not been shown how things are."""
        self._has_ended, self._end_input = -1, -1
        super().__init__(app, debug=debug, mouse=mouse, size=size or self._get_terminal_size())

    @property  # type: ignore[override]
    def _writer_thread(self) -> _Writer:
        return self._writer

    @_writer_thread.setter
    def _writer_thread(self, thread: object) -> None:
        # The one that would hold up the program is not wanted, and never started.
        pass

    def _get_terminal_size(self) -> tuple[int, int]:
        return terminal_size(self._screen) or UNTIL_KNOWN

    def frame_must_wait(self) -> bool:
        """Whether the terminal has not read the last frames yet. If so, it is redrawn once it has."""
        if self._writer.waiting <= FRAME_WAITS:
            return False
        self._owed_since = self._owed_since or time.monotonic()
        if not self._writer.waiting:
            # Written in this very moment, by a thread that did not know yet that a frame is owed.
            self._owed_since = None
            return False
        return True

    def emptied(self) -> None:
        """Everything is written, in a thread of its own: now the present frame can be."""
        owed_since, self._owed_since = self._owed_since, None
        if owed_since is not None:
            whole = time.monotonic() - owed_since > LOST_SIGHT
            self._call(lambda: self._program.catch_up(whole=whole))

    def hung_up(self) -> None:
        """There is no terminal any more. May be called from any thread."""
        self._program.hung_up()

    def _call(self, what: Any) -> None:
        # The loop may be over already.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what)

    def give_up(self) -> None:
        """Put the terminal back from outside the event loop, waiting for nothing."""
        if self.attrs_before is not None:
            with suppress(termios.error, OSError):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        self._writer.leave_at_once()

    def start_application_mode(self) -> None:
        """Take the terminal, as at first or after it was somebody else's."""
        found = None
        if self._end_input >= 0:
            # Stopped without being asked, and continued: what is found now is what we made of it.
            found, self._must_signal_resume = self.attrs_before, True
            self.disable_input()
        self._has_ended, self._end_input = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.attrs_before = found or self.attrs_before

    def disable_input(self) -> None:
        """Have the reading of keys end now, and not at its next look."""
        if self._end_input >= 0:
            os.close(self._end_input)
            self._end_input = -1
        super().disable_input()

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:
            # Textual would print every value in sight of the fault.
            self._call(lambda error=error: self._program._handle_exception(error))

    def run_input_thread(self) -> None:
        """Pass on what is typed, until told to end or until there is no terminal any more.

        Textual looks ten times a second, and for ever at a line that was closed, which is always ready to be read.
        """
        has_ended = self._has_ended
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        files = (self.fileno, has_ended)
        try:
            while True:
                # Only the end of an escape sequence that may be a key is a matter of time.
                ready, _, _ = select.select(files, (), (), None if parser._timeout_time is None else 0.05)
                if has_ended in ready:
                    return
                if self.fileno in ready:
                    try:
                        typed = os.read(self.fileno, 4096)
                    except OSError:
                        typed = b""
                    if not typed:
                        self.hung_up()
                        return
                    for message in parser.feed(decode(typed)):
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)
        finally:
            os.close(has_ended)

    def process_message(self, message: Message) -> None:
        """Pass the message on; a terminal that reports no size has not got one yet."""
        if isinstance(message, events.Resize) and not (message.size.width > 0 and message.size.height > 0):
            size = Size(*UNTIL_KNOWN)
            message = events.Resize(size, size)
        super().process_message(message)
