"""The options of the commands about the set-up as a file."""

import argparse

from queuewatch.commands.options.common import LOOKING, Parser, add_format, add_sample, new_parser

_FILES = "a set-up, TOML or CSV, or the name of a plan; several are taken together"


def export(prog: str) -> Parser:
    """``queuewatch export``."""
    parser = new_parser(
        prog,
        "Write the failover set-up of every queue as a file: Require Agents, and When Offline of the Default "
        "rule. It is fit to be read, edited and kept under version control; the same set-up is the same file.",
        "queuewatch export --sample lakeside\nqueuewatch export set-up.toml\nqueuewatch export set-up.csv\n"
        "queuewatch export --as storm",
        see=("plan", "apply", "test"),
        reads=LOOKING,
    )
    add = parser.add_argument
    add("file", metavar="FILE", nargs="?", default="", help="where to (default: standard output); .csv is CSV")
    add("--as", dest="plan", metavar="NAME", default="", help="keep it as a plan of that name, with the profile")
    add("--format", choices=("toml", "csv"), default="", help="how to write it (default: by the file's name)")
    _add_only(parser)
    add("--force", action="store_true", help="replace the file, or the plan of that name, if there is one")
    add_sample(parser)
    return parser


def plan(prog: str) -> Parser:
    """``queuewatch plan``."""
    parser = new_parser(
        prog,
        "Compare a set-up with the phone system: each difference, before and after, with what becomes of calls, "
        "judged on the state after all of them. Nothing is changed.",
        "queuewatch plan storm --sample lakeside\nqueuewatch plan set-up.toml\n"
        "queuewatch plan storm --only 8000 8001\n"
        "queuewatch --read-only plan set-up.csv --json",
        status_1="there are differences, or differences that are refused",
        see=("export", "apply", "test", "check"),
        reads=LOOKING,
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help=_FILES)
    _add_only(parser)
    parser.add_argument("--force", action="store_true", help=_FORCE)
    add_sample(parser)
    add_format(parser, ("text", "json"))
    return parser


_FORCE = "even a loop, a dead end, another domain, or a queue of another name"


def apply(prog: str) -> Parser:
    """``queuewatch apply``."""
    parser = new_parser(
        prog,
        "Set the phone system as a file says: shown as a plan, asked about once, made one change after the other, "
        "each read back. What the file does not name is not touched. It stops at the first change that fails; the "
        "next plan shows what is left, and undo --group takes all of it back.",
        "queuewatch apply storm --sample lakeside --yes\nqueuewatch apply set-up.toml\nqueuewatch apply storm\n"
        "queuewatch apply set-up.toml --only 8000 --yes",
        status_1="a change was refused, failed, or is not known; what was made and what was not is written",
        see=("plan", "export", "undo", "log"),
        asks_itself="changes settings",
    )
    add = parser.add_argument
    add("files", metavar="FILE", nargs="+", help=_FILES)
    _add_only(parser)
    add("--yes", action="store_true", help="do not ask before changing it")
    add("--keep-going", action="store_true", help="leave out what is refused, and go on after what fails")
    add("--force", action="store_true", help=_FORCE)
    add_sample(parser)
    return parser


def test(prog: str) -> Parser:
    """``queuewatch test``."""
    parser = new_parser(
        prog,
        "Hold expectations against the phone system: that a queue reaches a number when a site goes dark, never "
        "strands a caller, or was proven lately. Each passes, fails or is uncertain, with the verdict's sentence.",
        "queuewatch test promises --sample lakeside\nqueuewatch test promises.toml\n"
        "queuewatch test --learn promises.toml\n"
        "queuewatch test promises.toml --format junit",
        status_1="an expectation fails, or is uncertain",
        see=("plan", "drill", "check", "watch"),
        reads=LOOKING,
    )
    add = parser.add_argument
    add("files", metavar="FILE", nargs="*", help="files of expectations, or the names of plans with some")
    add("--learn", action="store_true", help="write what holds today, to FILE or standard output")
    add("--uncertain-ok", action="store_true", help="what is uncertain does not fail")
    add("--phones", action="store_true", help="read where phones are connected from, as a drill does")
    add_sample(parser)
    add_format(parser, ("text", "json", "junit", "github"))
    return parser


def _add_only(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only",
        metavar="QUEUE",
        nargs="+",
        action="extend",
        default=[],
        help="only these queues: extension or name",
    )
