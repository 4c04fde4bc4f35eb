"""The options of the commands that look, and of those that show: demo, status, simulate, sandbox."""

import argparse

from queuewatch.commands.options.common import (
    LOOKING,
    REPORT_FORMATS,
    Parser,
    add_at,
    add_format,
    add_metrics,
    add_sample,
    new_parser,
    number,
)


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
        "queuewatch status --sample harbor --brief\nqueuewatch status\nqueuewatch status Sales 8001",
        see=("simulate", "check", "help verdicts"),
        reads=LOOKING,
    )
    _add_reading(parser)
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument(
        "--brief",
        dest="form",
        action="store_const",
        const="brief",
        help="one line a queue, as on a terminal with more than 12 queues",
    )
    forms.add_argument(
        "--full", dest="form", action="store_const", const="full", help="everything about each queue"
    )
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
        reads=LOOKING,
    )
    _add_reading(parser)
    add = parser.add_argument
    add("--dark-site", metavar="S", action="append", default=[], help="a site without power; may be repeated")
    add("--dark-agent", metavar="ID", action="append", default=[], help="an agent offline: id, extension or name")
    add("--all-dark", action="store_true", help="every agent offline")
    add_at(parser)
    return parser


def report(prog: str) -> Parser:
    """``queuewatch report``."""
    parser = new_parser(
        prog,
        "One page for whoever answers for the phones, or audits them: what would happen at each site, which "
        "queues are ready, what stands in the way and its fix, proofs and drills, uptime, changes and who made "
        "them, and what all of it rests on. HTML stands alone in one file, to be opened, printed and signed.",
        "queuewatch report --sample lakeside --format markdown\nqueuewatch report --out failover.html\n"
        "queuewatch report --since 90d --out quarter.html",
        see=("status", "check", "drills", "history"),
        reads=LOOKING,
    )
    add_sample(parser)
    parser.add_argument("--since", metavar="T", default="30d", help="uptime and changes since then (default 30d)")
    add_format(parser, ("html", "markdown", "json"), default="html")
    parser.add_argument("--out", metavar="FILE", default="", help="write it to this file")
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
    add_format(parser, REPORT_FORMATS)


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


def drill(prog: str) -> Parser:
    """``queuewatch drill``."""
    parser = new_parser(
        prog,
        "What a loss of power would do to every queue, and when: a failover test that nobody notices, with a\n"
        "report to keep. Nothing is changed.",
        "queuewatch drill --sample lakeside --site Dallas\n"
        "queuewatch drill --sample lakeside --agent 1001 --agent 'Ben Ito' --json\n"
        "queuewatch drill --site Dallas --format markdown --out drill.md\n"
        "queuewatch drill --ip 203.0.113.10\nqueuewatch drill --all --no-phones\n"
        "queuewatch drill --site Dallas --record --with 'Ann Lee, Bo Chen'",
        see=("drills", "simulate", "help readiness"),
        reads=LOOKING,
    )
    add = parser.add_argument_group("what goes dark (each may be repeated, and they add up)").add_argument
    add("--site", metavar="S", action="append", default=[], help="a site")
    add("--ip", metavar="A", action="append", default=[], help="every phone connected from this public address")
    add("--agent", metavar="ID", action="append", default=[], help="an agent: id, extension or name")
    add("--all", action="store_true", help="everything")
    parser.add_argument(
        "--all-sites", action="store_true", help="each site in turn, and everything: what it does to each queue"
    )
    add_at(parser)
    parser.add_argument("--phones", action="store_true", help="read phones with --all-sites too: it takes a while")
    parser.add_argument(
        "--no-phones", action="store_true", help="do not read phones: quick, and without the moments"
    )
    parser.add_argument("--by", metavar="NAME", default="", help="who runs the drill (default: the login name)")
    parser.add_argument("--out", metavar="FILE", default="", help="write the report to a file")
    parser.add_argument(
        "--record", action="store_true", help="put the drill into the register (queuewatch drills)"
    )
    parser.add_argument(
        "--with",
        metavar="NAMES",
        dest="took_part",
        action="append",
        default=[],
        help="who takes part, for the register: 'Ann Lee, Bo Chen'",
    )
    add_sample(parser)
    add_format(parser, REPORT_FORMATS)
    return parser


CHECK_FORMATS = ("text", "json", "csv", "markdown", "html", "github", "sarif")
FAIL_ON = ("error", "warning", "info", "never")


def check(prog: str) -> Parser:
    """``queuewatch check``."""
    parser = new_parser(
        prog,
        "Find what is wrong with the failover of each queue: like a linter, for phones. Nothing is changed. The "
        "exit status is 1 if something at or above --fail-on is found.",
        "queuewatch check --sample lakeside\n"
        "queuewatch check --sample harbor 8101 --select QW101,QW103\n"
        "queuewatch check Sales 8001\n"
        "queuewatch check --fail-on warning --ignore QW119 --format github",
        status_1="something at or above --fail-on was found",
        see=("explain", "status"),
        reads=LOOKING,
    )
    add = parser.add_argument
    add("queues", metavar="QUEUE", nargs="*", help="extension or name; all queues without one")
    add("--select", metavar="CODES", action="append", default=[], help="only these: QW103, a prefix, or a name")
    add("--ignore", metavar="CODES", action="append", default=[], help="all but these")
    add("--fail-on", choices=FAIL_ON, default="error", help="from which severity on it fails (default error)")
    add_sample(parser)
    add_format(parser, CHECK_FORMATS)
    return parser


def explain(prog: str) -> Parser:
    """``queuewatch explain``."""
    parser = new_parser(
        prog,
        "What a code of the check means: why it matters, how it comes about, how to put it right. Without a code, "
        "all codes are listed.",
        "queuewatch explain\nqueuewatch explain QW103\nqueuewatch explain same-fate",
        reads=(),
        see=("check", "help verdicts"),
    )
    parser.add_argument("code", metavar="CODE", nargs="?", default="", help="QW103, or its name")
    return parser


def history(prog: str) -> Parser:
    """``queuewatch history``."""
    parser = new_parser(
        prog,
        "What became of each queue while the board or queuewatch watch was running on this machine: how often it\n"
        "failed over, how long callers reached nobody, and its uptime. No phone system is asked.",
        "queuewatch history --sample lakeside\nqueuewatch history Sales --since 2026-11-01 --changes\n"
        "queuewatch history --since '2026-11-20 08:00' --until '2026-11-20 18:00' --agents\n"
        "queuewatch history --since 30d --format markdown > november.md",
        reads=(),
        see=("watch", "status"),
    )
    add = parser.add_argument
    add("queues", metavar="QUEUE", nargs="*", help="extension or name; all queues without one")
    add("--since", metavar="TIME", default="7d", help="7d, 24h, 2026-11-01 or '2026-11-20 08:00' (default 7d)")
    add("--until", metavar="TIME", default="", help="the same (default now)")
    add("--agents", action="store_true", help="the agents' colours as well")
    add("--changes", action="store_true", help="list what changed, and when")
    add_sample(parser)
    add_format(parser, REPORT_FORMATS)
    return parser


ALERTS = ("reaches-nobody", "fails-over", "not-ready", "one-agent-left")
"""The alerts of a queue, as they are typed."""


def quiet(prog: str) -> Parser:
    """``queuewatch quiet``."""
    parser = new_parser(
        prog,
        "Tell nobody of a queue's or a site's alerts until a time, or until it recovers, with a reason. Checks,\n"
        "history and uptime go on, and watch still writes the lines. It is kept on this machine, for every board\n"
        "and watch of it, and changes nothing on the phone system.",
        "queuewatch quiet --sample lakeside Referrals --until-recovered --reason 'Ana knows'\n"
        "queuewatch quiet Sales --until 2h --reason 'power work, Ana knows'\n"
        "queuewatch quiet --site Dallas --from '2026-12-05 18:00' --until '2026-12-05 23:00' --reason 'new UPS'\n"
        "queuewatch quiet --list\nqueuewatch quiet --end 3",
        see=("watch", "history"),
    )
    add = parser.add_argument
    add("queues", metavar="QUEUE", nargs="*", help="extension or name")
    add("--site", metavar="S", default="", help="every queue of a site instead")
    add(
        "--only",
        metavar="ALERT",
        action="append",
        choices=ALERTS,
        default=[],
        help="only these: " + ", ".join(ALERTS),
    )
    add(
        "--from", dest="begins", metavar="T", default="", help="when it begins, such as planned work (default now)"
    )
    add("--until", metavar="T", default="", help="when it ends: 2h, 16:30 or '2026-12-24 18:00'")
    add("--until-recovered", action="store_true", help="until what is wrong now is well, at most seven days")
    add("--reason", metavar="TEXT", default="", help="why, and who knows of it")
    add("--list", action="store_true", help="what is quiet, and what is planned")
    add("--all", action="store_true", help="with --list, also what is over")
    add("--end", metavar="N", type=int, action="append", default=[], help="end the one of this number now")
    add("--renew", metavar="N", type=int, action="append", default=[], help="let it last another seven days")
    add_sample(parser)
    add_format(parser, ("text", "json"))
    return parser


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
        reads=LOOKING,
    )
    add = parser.add_argument
    add("queues", metavar="QUEUE", nargs="*", help="extension or name; all queues without one")
    add("--every-change", action="store_true", help="also every agent's change of status and every other verdict")
    add("--initial", action="store_true", help="begin with what is wrong already")
    add(
        "--expect",
        metavar="FILE",
        default="",
        help="alert when a change breaks what this file expects (default: expect in the profile)",
    )
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
    add_metrics(parser)
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
