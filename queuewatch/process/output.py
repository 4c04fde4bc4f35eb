"""Writing to a terminal or a pipe that may stop being read, without ever waiting for it; and a terminal's size."""

import os
import select
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

PIECE = 4096
"""Bytes handed to the system at once: what is on its way cannot be taken back."""

UNTIL_KNOWN = (80, 24)
"""Columns and rows while a terminal does not know its own."""

NEXT_TRY = 0.1
"""Seconds until a terminal that has no room is tried again, unless it says so before."""


def terminal_size(file: int) -> tuple[int, int] | None:
    """Columns and rows of the terminal behind this file: the one source of them. ``None`` while there are none.

    Not the environment's COLUMNS and LINES, which are those of a shell's terminal at some time.
    """
    try:
        columns, rows = os.get_terminal_size(file)
    except (OSError, ValueError):
        return None
    return (columns, rows) if columns > 0 and rows > 0 else None


class OutputWriter:
    """Writes to an open file in a thread of its own, in order; what has to wait is bounded.

    ``largest`` is in bytes. Both others are called in that thread: ``emptied`` whenever everything is written,
    ``failed`` once, when nothing can be written any more because the file is closed at its other end.
    """

    def __init__(
        self,
        file: int,
        *,
        largest: int,
        emptied: Callable[[], None] = lambda: None,
        failed: Callable[[OSError], None] = lambda _: None,
    ) -> None:
        self._file, self._is_own = _never_waiting(file)
        self._largest = largest
        self._emptied = emptied
        self._failed = failed
        self._waiting: deque[memoryview] = deque()
        self._size = self._dropped = 0
        self._closing = self._is_broken = False
        self._changed = threading.Condition()
        # Nothing waits for a daemon: a thread that is held up in a write does not keep the process.
        self._thread = threading.Thread(target=self._run, name="queuewatch output", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Bytes that are not written yet."""
        return self._size

    def write(self, data: bytes) -> bool:
        """Write the data in its turn; whether there is room for it. It is written whole or not at all."""
        with self._changed:
            if self._is_broken or self._closing or self._size + len(data) > self._largest:
                return False
            self._waiting.append(memoryview(data))
            self._size += len(data)
            self._changed.notify_all()
            return True

    def drop(self, instead: bytes = b"") -> None:
        """Forget what waits, and write this; the piece on its way cannot be forgotten."""
        with self._changed:
            self._size -= sum(map(len, self._waiting))
            self._waiting.clear()
            self._dropped += 1
            if instead and not self._is_broken:
                self._waiting.append(memoryview(instead))
                self._size += len(instead)
            self._changed.notify_all()

    def finish(self, seconds: float) -> bool:
        """Wait for this long at most; whether everything is written, or cannot be."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._size, seconds)

    def close(self) -> None:
        """Write what waits, if it is taken, and no more than that."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    break
                first, dropped = self._waiting.popleft(), self._dropped
            try:
                written = os.write(self._file, first[:PIECE])
            except BlockingIOError:
                written = 0
            except OSError as error:
                self._break()
                self._failed(error)
                break
            with self._changed:
                self._size -= written
                if rest := first[written:]:
                    if dropped == self._dropped:
                        self._waiting.appendleft(rest)
                    else:
                        self._size -= len(rest)
                if is_empty := not self._size:
                    self._changed.notify_all()
            if is_empty:
                self._emptied()
            elif not written:
                # For a moment only: room that comes from dropping what was not read is told to nobody.
                select.select((), (self._file,), (), NEXT_TRY)
        if self._is_own:
            os.close(self._file)

    def _break(self) -> None:
        with self._changed:
            self._is_broken = True
            self._waiting.clear()
            self._size = 0
            self._changed.notify_all()


def _never_waiting(file: int) -> tuple[int, bool]:
    """The terminal behind this file, opened once more so that writing never waits; and whether that was possible.

    The mode is one of what was opened, which a terminal's programs share: the shell must not find it changed. Of a
    pipe there is no second opening, and a write to it may wait.
    """
    # Windows has no such names.
    with suppress(OSError, AttributeError):
        own = os.open(os.ttyname(file), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        if os.fstat(own).st_rdev == os.fstat(file).st_rdev:
            return own, True
        os.close(own)
    return file, False
