"""``queuewatch when-offline``: set where a queue's calls go once every agent is offline."""

import argparse

from queuewatch.change import SetWhenOffline
from queuewatch.commands.editing import edit
from queuewatch.commands.errors import UsageError
from queuewatch.failover.destination_input import read_forward


def run(options: argparse.Namespace) -> int:
    """Propose, ask, change, confirm."""
    if options.off and options.destination:
        raise UsageError("A destination and --off were both given.", "Give one of them.")
    if options.off:
        return edit(options, lambda snapshot, queue: SetWhenOffline(None))
    if not options.destination:
        raise UsageError(
            "No destination was given.", "Name a number, an extension, a queue, a voicemail box …, or --off."
        )
    typed: str = options.destination
    return edit(
        options,
        lambda snapshot, queue: SetWhenOffline(read_forward(snapshot, queue, typed, whole_names=options.yes)),
    )
