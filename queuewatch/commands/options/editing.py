"""The options of the commands that change a setting."""

import argparse

from queuewatch.commands.options.common import Parser, add_queue, add_sample, new_parser

REFUSED = "the phone system refused the change, reading back did not confirm it, or it is not known"


def require_agents(prog: str) -> Parser:
    """``queuewatch require-agents``."""
    parser = new_parser(
        prog,
        "Set a queue's Require Agents. It must be Yes for the queue to fail over once every agent is offline.",
        "queuewatch require-agents --sample lakeside 'Front Desk' no --yes\n"
        "queuewatch require-agents Sales yes\nqueuewatch require-agents 8000 no --yes",
        one=REFUSED,
        see=("when-offline", "undo", "log"),
    )
    add_queue(parser)
    parser.add_argument("on", metavar="yes|no", type=_yes_or_no, help="what to set it to")
    _add_editing(parser)
    return parser


def when_offline(prog: str) -> Parser:
    """``queuewatch when-offline``."""
    parser = new_parser(
        prog,
        "Set where a queue's calls go once every agent is offline: When Offline of its Default answering rule.",
        "queuewatch when-offline --sample lakeside 'Front Desk' '(214) 555-0199' --yes\n"
        "queuewatch when-offline Sales '(214) 555-0100'\nqueuewatch when-offline 8000 queue_8001\n"
        "queuewatch when-offline 8000 --off",
        one=REFUSED,
        see=("require-agents", "simulate", "undo", "log"),
    )
    add_queue(parser)
    parser.add_argument(
        "destination",
        metavar="DESTINATION",
        nargs="?",
        default="",
        help="a number (one abroad with + and its country's code), an extension, a name, or an alias",
    )
    parser.add_argument("--off", action="store_true", help="switch the forward off")
    _add_editing(parser)
    return parser


def _add_editing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask before changing it")
    parser.add_argument("--force", action="store_true", help="even if callers would then loop or reach nobody")
    add_sample(parser)


def _yes_or_no(text: str) -> bool:
    match text.casefold():
        case "yes":
            return True
        case "no":
            return False
        case _:
            raise argparse.ArgumentTypeError(f"{text!r} is neither")
