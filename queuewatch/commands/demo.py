"""``queuewatch demo``: the live board on sample data."""

import argparse

from queuewatch.commands.connecting import asked
from queuewatch.commands.terminal import require_terminal, show
from queuewatch.connection.sample import connect_demo


def run(options: argparse.Namespace) -> int:
    """Open the board on a sample company and its scenario, with the tour."""
    # A scenario that is named tells its own story.
    return play(options, tour=options.tour and not options.scenario)


def play(options: argparse.Namespace, *, tour: bool) -> int:
    """Open the board on what the options say."""
    connection = connect_demo(asked(options), options.scenario, options.speed, tour=tour)
    require_terminal(f"queuewatch status --sample {options.sample or 'lakeside'}")
    return show(connection, options)
