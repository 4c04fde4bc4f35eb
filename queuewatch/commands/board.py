"""``queuewatch`` without a command: the live board of a phone system."""

import argparse
import os

from queuewatch.commands.connecting import asked
from queuewatch.commands.screen import require_terminal, show
from queuewatch.connect import connect


def run(options: argparse.Namespace) -> int:
    """Open the board."""
    connection = connect(asked(options), os.environ, on_screen=True)
    require_terminal("queuewatch status")
    return show(connection, options)
