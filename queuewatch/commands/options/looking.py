"""The options of the commands that look, and of those that show: demo, status, simulate, sandbox."""

import argparse

from queuewatch.commands.options.common import Parser, add_at, add_format, add_sample, new_parser, number


def demo(prog: str) -> Parser:
    """``queuewatch demo``."""
    parser = new_parser(
        prog,
        "The live board on sample data: agents take calls, go to lunch, lose power.",
        "queuewatch demo\nqueuewatch demo --sample harbor --no-tour\n"
        "queuewatch demo --scenario power-cut --speed 10",
        reads=(),
        see=("sandbox", "status", "help"),
    )
    add_sample(parser)
    add_scenario(parser, "what happens in it")
    parser.add_argument(
        "--speed", metavar="N", type=speed, default=1.0, help="how many times as fast as real time (default 1)"
    )
    parser.add_argument(
        "--no-tour", dest="tour", action="store_false", help="without the tour, which a named scenario never has"
    )
    return parser


def status(prog: str) -> Parser:
    """``queuewatch status``."""
    parser = new_parser(
        prog,
        "Queues, agents and settings, what would happen to a call now, and what if the building went dark.",
        "queuewatch status --sample lakeside\nqueuewatch status --sample lakeside 8000 --json\n"
        "queuewatch status\nqueuewatch status Sales 8001",
        see=("simulate", "check", "help verdicts"),
    )
    _add_reading(parser)
    return parser


def simulate(prog: str) -> Parser:
    """``queuewatch simulate``."""
    parser = new_parser(
        prog,
        "What would happen to a call at another time, or if these agents or sites were in the dark. "
        "Nothing is changed.",
        "queuewatch simulate --sample lakeside --dark-site Dallas\n"
        "queuewatch simulate --sample lakeside --at '2026-12-25 10:00'\n"
        "queuewatch simulate --all-dark\nqueuewatch simulate Sales --dark-site Dallas\n"
        "queuewatch simulate --dark-agent 1001 --dark-agent 'Ben Ito' --json",
        see=("drill", "status", "help verdicts"),
    )
    _add_reading(parser)
    add = parser.add_argument
    add("--dark-site", metavar="S", action="append", default=[], help="a site without power; may be repeated")
    add("--dark-agent", metavar="ID", action="append", default=[], help="an agent offline: id, extension or name")
    add("--all-dark", action="store_true", help="every agent offline")
    add_at(parser)
    return parser


def sandbox(prog: str) -> Parser:
    """``queuewatch sandbox``."""
    parser = new_parser(
        prog,
        "Serve a sample phone system on this machine, over the same API as a real one, until Ctrl+C.",
        "queuewatch sandbox --list\nqueuewatch sandbox\nqueuewatch sandbox --sample harbor --port 8087\n"
        "queuewatch sandbox --scenario power-cut --push",
        reads=(),
        see=("demo",),
    )
    add_sample(parser)
    add_scenario(parser, "let this happen in it (otherwise nothing does)")
    parser.add_argument("--port", metavar="N", type=_port, default=0, help="the port (default: any free one)")
    parser.add_argument("--list", action="store_true", help="list the sample companies, and stop")
    return parser


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("queues", metavar="QUEUE", nargs="*", help="extension or name; all queues without one")
    add_sample(parser)
    add_format(parser)


def add_scenario(parser: argparse.ArgumentParser, says: str) -> None:
    """What happens in a sample."""
    parser.add_argument("--scenario", metavar="NAME", default="", help=says)


def speed(text: str) -> float:
    """How many times as fast as the room's clock."""
    times = number(text)
    if not 0 < times <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and up to 1000")
    return times


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a whole number from 0 to 65535")
    return int(text)
