"""The console that reports are laid out for."""

import sys

from rich.console import Console


def plain_console() -> Console:
    """A console on stdout that takes every text as it is: no markup, no emoji, no guessed colours."""
    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False)
