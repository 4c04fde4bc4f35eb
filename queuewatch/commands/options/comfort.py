"""The options of the command about the board's own keys."""

import argparse

from queuewatch.commands.options.common import add_format, new_parser


def keys(prog: str) -> argparse.ArgumentParser:
    """``queuewatch keys``."""
    parser = new_parser(
        prog,
        "Every key of the board's screens, what it does, and the id by which a profile gives it others:\n"
        '[profiles.acme.keys] and below it "board.drill" = "x".',
        "examples:\n  queuewatch keys\n  queuewatch keys drill\n  queuewatch keys --profile acme --json",
    )
    parser.add_argument("words", metavar="WORD", nargs="*", help="only lines that have each of these words")
    add_format(parser)
    return parser
