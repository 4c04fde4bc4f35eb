"""``queuewatch demo``: the live board on sample data."""

import argparse

from queuewatch.commands.connecting import asked
from queuewatch.commands.terminal import require_terminal, show
from queuewatch.connection.sample import connect_demo


def run(options: argparse.Namespace) -> int:
    """Open the board on a sample company and its scenario, with the tour."""
    connection = connect_demo(asked(options), options.scenario, options.speed, tour=options.tour)
    require_terminal(f"queuewatch status --sample {options.sample or 'lakeside'}")
    return show(connection, options)
