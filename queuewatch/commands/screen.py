"""What the two commands with a screen share."""

import argparse
import os
import sys
from collections.abc import Mapping

from queuewatch.commands.wrong import WrongCommand
from queuewatch.connection.connection import Connection
from queuewatch.garbage import put_off

LINES_ONLY = ("dumb", "unknown")
"""What TERM says of a terminal that cannot be drawn on, as in some editors and under some schedulers."""


def is_terminal() -> bool:
    """Whether there is a terminal to draw on."""
    return _is_connected() and not shows_lines_only(os.environ)


def require_terminal(instead: str) -> None:
    """Raise :class:`WrongCommand`, naming the command to use instead, unless there is a terminal to draw on."""
    if not _is_connected():
        raise WrongCommand("The board needs a terminal, and this is none.", f"Without one, use: {instead}")
    if shows_lines_only(os.environ):
        raise WrongCommand(
            f"The board cannot be drawn on this terminal: TERM says that it is “{os.environ['TERM']}”.",
            f"Use: {instead}",
        )


def _is_connected() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def shows_lines_only(environ: Mapping[str, str]) -> bool:
    """Whether the terminal, by what is said of it, can only show line after line."""
    return environ.get("TERM", "").strip().lower() in LINES_ONLY


def show(connection: Connection, options: argparse.Namespace, greeting: str = "") -> int:
    """Open the board, which says the ``greeting``, and return its exit status."""
    put_off()
    from queuewatch.app.app import run_app

    return run_app(connection, mouse=not options.no_mouse, greeting=greeting)
