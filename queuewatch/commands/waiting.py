"""What a command says while it waits: on stderr, if somebody is there to read it and it takes long enough."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from queuewatch.text.plain_text import one_line

TOLD_AFTER = 2.0
"""Seconds until anything is said."""
BETWEEN = 1.0
"""Seconds between two sayings."""

Say = Callable[[str], None]


@contextmanager
def told_while_waiting(first: str) -> Iterator[Say]:
    """From two seconds on, one line that is written over at most once a second, and gone at the end.

    It says ``first``, and when that began, until it is told what else to say: how far the waiting is.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    line = _Line(f"{first} (since {datetime.now():%H:%M:%S})")
    line.begin()
    try:
        yield line.say
    finally:
        line.end()


def rules_read(say: Say) -> Callable[[int, int], None]:
    """Says of how many queues the answering rules are read."""
    return lambda read, of: say(f"Reading the answering rules: {read} of {of}")


class _Line:
    def __init__(self, first: str) -> None:
        self._text = first
        self._shown = ""
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(TOLD_AFTER, self._show)

    def say(self, text: str) -> None:
        self._text = text

    def _show(self) -> None:
        if self._text != self._shown:
            self._write(self._text)
        self._timer = asyncio.get_running_loop().call_later(BETWEEN, self._show)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._shown:
            self._write("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _write(self, text: str) -> None:
        text = one_line(text)
        sys.stderr.write(f"\r{text.ljust(len(self._shown))}")
        sys.stderr.flush()
        self._shown = text
