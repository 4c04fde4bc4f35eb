"""The options of the commands about changes that were made: undo, log."""

import argparse

from queuewatch.commands.options.common import KEEPING, Parser, add_format, new_parser


def undo(prog: str) -> Parser:
    """``queuewatch undo``."""
    parser = new_parser(
        prog,
        "Restore exactly what was there before a change that was made through queuewatch.",
        "queuewatch undo\nqueuewatch undo 17\nqueuewatch undo 17 --yes",
        one="the phone system refused the change, reading back did not confirm it, or it is not known",
        see=("log", "require-agents", "when-offline"),
    )
    parser.add_argument(
        "id", metavar="ID", nargs="?", default="", help="which change (default: the last one to this domain)"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before restoring it")
    parser.add_argument(
        "--force",
        action="store_true",
        help="even if somebody changed it since, or callers would then loop or reach nobody",
    )
    return parser


def log(prog: str) -> Parser:
    """``queuewatch log``."""
    parser = new_parser(
        prog,
        "The changes made through queuewatch on this machine, the latest first. No phone system is asked.",
        "queuewatch log\nqueuewatch log --all-servers --format csv\nqueuewatch log --queue Sales --limit 5",
        reads=("QUEUEWATCH_URL", "QUEUEWATCH_DOMAIN", *KEEPING),
        see=("undo",),
    )
    add = parser.add_argument
    add("--queue", metavar="QUEUE", default="", help="only changes to this queue: extension or name")
    add("--limit", metavar="N", type=_count, default=None, help="only the latest so many")
    add("--all-servers", action="store_true", help="changes to every phone system, not only to the one configured")
    add_format(parser)
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 10**9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)
