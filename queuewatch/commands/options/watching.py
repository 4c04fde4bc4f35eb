"""The options of the command that watches without a screen."""

import argparse

from queuewatch.commands.options.common import Parser, add_sample, new_parser, number
from queuewatch.commands.options.looking import add_scenario, speed

UNITS = ("systemd", "launchd")
"""The service managers that a unit can be written for."""


def watch(prog: str) -> Parser:
    """``queuewatch watch``."""
    parser = new_parser(
        prog,
        "Watch without a screen: one line for each change that lasts, and alerts by the profile's rules.\n"
        "It goes on until it is ended, also while the phone system cannot be reached or refuses the credentials.",
        "queuewatch watch --sample lakeside --scenario power-cut --at-once 600\nqueuewatch watch\n"
        "queuewatch watch Sales 8001 --format text\nqueuewatch --profile acme watch --every-change\n"
        "queuewatch --profile acme watch --print-unit",
        see=("history", "status"),
    )
    add = parser.add_argument
    add("queues", metavar="QUEUE", nargs="*", help="extension or name; all queues without one")
    add("--every-change", action="store_true", help="also every agent's change of status and every other verdict")
    add("--initial", action="store_true", help="begin with what is wrong already")
    add(
        "--hold",
        metavar="S",
        type=_hold,
        default=30.0,
        help="seconds that something must have lasted to be written (default 30)",
    )
    add("--for", dest="seconds", metavar="S", type=_seconds, default=None, help="end after so many seconds")
    add(
        "--format",
        choices=("json", "text"),
        default=None,
        help="how to write it (default text on a terminal, json anywhere else)",
    )
    add(
        "--print-unit",
        dest="unit",
        metavar="KIND",
        nargs="?",
        choices=UNITS,
        const=True,
        default=None,
        help="write a unit that runs this as a service, and stop: systemd or launchd (default this machine's)",
    )
    add_sample(parser)
    add_scenario(parser, "what happens in the sample")
    add("--speed", metavar="N", type=speed, default=1.0, help="how many times as fast the sample's time runs")
    add(
        "--at-once",
        metavar="S",
        type=_seconds,
        default=None,
        help="go through so many seconds of the sample's time without waiting for them",
    )
    return parser


def _hold(text: str) -> float:
    seconds = number(text)
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 3600")
    return seconds


def _seconds(text: str) -> float:
    seconds = number(text)
    if not 0 < seconds <= 366 * 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds
