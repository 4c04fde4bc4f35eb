"""``queuewatch`` without a command: the live board of a phone system."""

import argparse
import os

from queuewatch.commands.connecting import asked
from queuewatch.commands.screen import is_terminal, require_terminal, show
from queuewatch.connect import connect
from queuewatch.places import with_places


def run(options: argparse.Namespace) -> int:
    """Open the board."""
    # Where there is a screen to sign in at, a profile without a token is no mistake.
    connection = connect(asked(options), os.environ, on_screen=is_terminal())
    require_terminal("queuewatch status")
    return show(with_places(connection, asked(options), os.environ), options)
