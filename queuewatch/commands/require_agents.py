"""``queuewatch require-agents``: set a queue's Require Agents."""

import argparse

from queuewatch.change import SetRequireAgents
from queuewatch.commands.editing import edit


def run(options: argparse.Namespace) -> int:
    """Propose, ask, change, confirm."""
    return edit(options, lambda snapshot, queue: SetRequireAgents(options.on))
