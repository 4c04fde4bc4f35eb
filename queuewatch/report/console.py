"""The console that reports are laid out for."""

import io
import sys

from rich.console import Console


def plain_console() -> Console:
    """A console on stdout that takes every text as it is: no markup, no emoji, no guessed colours."""
    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False)


def file_console() -> Console:
    """The same for a file: without colours, and of the same width wherever it was made."""
    return Console(file=io.StringIO(), width=100, color_system=None, markup=False, highlight=False, emoji=False)
