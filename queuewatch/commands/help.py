"""``queuewatch help``: a command's page of the manual, or what a word on the screens means."""

import argparse

from queuewatch.commands import wrong
from queuewatch.commands.parser import COMMANDS, command_parser, main_parser, nearest_of


def run(options: argparse.Namespace) -> int:
    """Explain it. No phone system is asked."""
    topic = " ".join(options.topic)
    if not topic:
        main_parser().print_help()
    elif topic in COMMANDS:
        command_parser(topic).print_help()
    else:
        raise wrong.WrongCommand(f"There is no help on {topic!r}.", nearest_of(topic, COMMANDS))
    return wrong.DONE
