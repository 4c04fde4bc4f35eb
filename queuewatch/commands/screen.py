"""What the two commands with a screen share."""

import argparse
import sys

from queuewatch.commands.wrong import WrongCommand
from queuewatch.connection.connection import Connection


def is_terminal() -> bool:
    """Whether there is a terminal to draw on."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def require_terminal(instead: str) -> None:
    """Raise :class:`WrongCommand`, naming the command to use instead, unless there is a terminal to draw on."""
    if not is_terminal():
        raise WrongCommand("The board needs a terminal, and this is none.", f"Without one, use: {instead}")


def show(connection: Connection, options: argparse.Namespace, greeting: str = "") -> int:
    """Open the board, which says the ``greeting``, and return its exit status."""
    from queuewatch.app.app import run_app

    return run_app(connection, mouse=not options.no_mouse, greeting=greeting)
