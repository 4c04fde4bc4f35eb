"""The options of the commands that audit: check and explain."""

import argparse

from queuewatch.commands.options.common import add_format, add_sample, new_parser

CHECK_FORMATS = ("text", "json", "markdown", "github")
FAIL_ON = ("error", "warning", "info", "never")


def check(prog: str) -> argparse.ArgumentParser:
    """``queuewatch check``."""
    parser = new_parser(
        prog,
        "Find what is wrong with the failover of each queue: like a linter, for phones. Nothing is changed. The "
        "exit status is 1 if something at or above --fail-on is found.",
        "examples:\n  queuewatch check\n  queuewatch check Sales 8001\n"
        "  queuewatch check --select QW101,QW103 --fail-on warning\n"
        "  queuewatch check --ignore QW119 --format github",
    )
    add = parser.add_argument
    add("queues", metavar="QUEUE", nargs="*", help="extension or name; all queues without one")
    add("--select", metavar="CODES", action="append", default=[], help="only these: QW103, a prefix, or a name")
    add("--ignore", metavar="CODES", action="append", default=[], help="all but these")
    add("--fail-on", choices=FAIL_ON, default="error", help="from which severity on it fails (default error)")
    add_sample(parser)
    add_format(parser, CHECK_FORMATS)
    return parser


def explain(prog: str) -> argparse.ArgumentParser:
    """``queuewatch explain``."""
    parser = new_parser(
        prog,
        "What a code of the check means: why it matters, how it comes about, how to put it right. Without a code, "
        "all codes are listed.",
        "examples:\n  queuewatch explain\n  queuewatch explain QW103\n  queuewatch explain same-fate",
    )
    parser.add_argument("code", metavar="CODE", nargs="?", default="", help="QW103, or its name")
    return parser
