"""The options of the live failover test."""

import argparse
import re

from queuewatch.commands.options.common import REPORT_FORMATS, Parser, add_format, add_sample, new_parser

_DURATION = re.compile(r"([0-9]{1,4})(s|m|min)?|([0-9]{1,2}):([0-5][0-9])")


def prove(prog: str) -> Parser:
    """``queuewatch prove``."""
    parser = new_parser(
        prog,
        "Test a queue's failover with a real call: everybody of this one queue is logged out, you call it (or the "
        "phone system calls you first), where the call goes is watched, and everybody is logged in again.",
        "queuewatch prove --sample lakeside 8005 --call-from 1010 --yes\n"
        "queuewatch prove Sales --my-number '(214) 555-0911'\n"
        "queuewatch prove 8000 --call-from 1010 --wait --for 2m\nqueuewatch prove 8000 --unplug\n"
        "queuewatch prove --restore\nqueuewatch prove --past --sample lakeside\n"
        "queuewatch prove --past Sales Support --since 30d --format markdown",
        status_1="it proved nothing, was refused, or somebody could not be logged in again (who is said)",
        see=("simulate", "drill", "log"),
        asks_itself="logs agents out and in again",
    )
    add = parser.add_argument
    add("queues", metavar="QUEUE", nargs="*", default=[], help="extension or name; several only with --past")
    add("--my-number", metavar="N", default="", help="the number you call from (asked for if not given)")
    add(
        "--call-from",
        metavar="N",
        default="",
        help="the extension or number that the phone system rings first, and then calls the queue from",
    )
    add("--wait", action="store_true", help="wait, 30 minutes at most, until nobody is on a call or waits")
    add(
        "--for",
        dest="longest",
        metavar="D",
        type=duration,
        default=None,
        help="for how long agents may be logged out: 90s, 3m (default 3m, at most 10m)",
    )
    add("--unplug", action="store_true", help="log nobody out: you take the power yourself, and it is timed")
    add("--restore", action="store_true", help="log in again whom an interrupted test may have left logged out")
    add("--past", action="store_true", help="make no call: what became of real ones while every agent was Grey")
    add("--since", metavar="TIME", default="", help="of --past: 7d, 24h, 2026-11-01 (default 7d)")
    add("--until", metavar="TIME", default="", help="of --past: the same (default now)")
    add("--yes", action="store_true", help="do not ask before it begins, or before each is logged in (--restore)")
    add_sample(parser)
    add_format(parser, REPORT_FORMATS)
    return parser


def duration(text: str) -> float:
    """Seconds, from ``90s``, ``3m`` or ``2:30``; a bare number is minutes."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration such as 90s or 3m")
    minutes, rest = (found[3], found[4]) if found[3] else ("0", found[1]) if found[2] == "s" else (found[1], "0")
    seconds = 60 * int(minutes) + int(rest)
    if not 10 <= seconds <= 600:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 10 seconds to 10 minutes")
    return float(seconds)
