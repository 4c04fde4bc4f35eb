"""The options of the commands for a support case: doctor, record."""

import argparse

from queuewatch.commands.options.common import add_format, add_sample, new_parser


def doctor(prog: str) -> argparse.ArgumentParser:
    """``queuewatch doctor``."""
    parser = new_parser(
        prog,
        "Check one after the other what queuewatch needs, from the configuration to every list of the API,\n"
        "and say of each failure what to do. Nothing is changed.",
        "examples:\n  queuewatch doctor\n  queuewatch doctor --profile acme --json\n"
        "  queuewatch doctor --bundle case-17.zip",
    )
    add_sample(parser)
    add_format(parser, ("text", "json"))
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        default="",
        help="write what support needs to a zip file, with all names hidden",
    )
    return parser


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
