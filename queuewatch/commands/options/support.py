"""The options of the commands for a support case: record."""

import argparse

from queuewatch.commands.options.common import add_sample, new_parser


def record(prog: str) -> argparse.ArgumentParser:
    """``queuewatch record``."""
    parser = new_parser(
        prog,
        "Save the phone system as it is now in a folder, with people, numbers and the domain replaced.\n"
        "queuewatch status --sample FOLDER then says of it what it says of the real one.",
        "examples:\n  queuewatch record --out case-17\n"
        "  queuewatch --profile acme record --out case-17 --no-phones",
    )
    parser.add_argument("--out", metavar="FOLDER", required=True, help="a new folder; nothing is overwritten")
    parser.add_argument(
        "--no-phones",
        action="store_true",
        help="leave the phones out: reading them takes 1.5 seconds for each agent",
    )
    add_sample(parser)
    return parser
