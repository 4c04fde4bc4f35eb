"""The words of the command line: what each command and option is called, and what it says about itself.

It is read in two steps. The options before the command and the command's name come first; what follows is the
command's own, in any order. Only argparse is imported here, so that ``--help`` and ``--version`` answer at once.
"""

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn

from queuewatch import __version__
from queuewatch.commands.wrong import WrongCommand

FORMATS = ("text", "json", "csv", "markdown")

_DESCRIPTION = """\
Know, before the power goes out, whether your phone queues would still be answered.
Without a command, queuewatch opens the live board of your phone system."""

_EPILOG = """\
commands:
  demo             the live board on sample data: no account, no network
  status           queues, agents, settings and verdicts
  simulate         what would happen to calls if agents or sites went dark
  require-agents   set a queue's Require Agents, with before and after
  when-offline     set where a queue's calls go When Offline, with before and after
  sandbox          serve a sample phone system on this machine, to try things on

  queuewatch COMMAND --help tells more about each.

which phone system:
  a profile in the configuration file (--profile NAME), or the environment variables
  QUEUEWATCH_URL, QUEUEWATCH_DOMAIN and QUEUEWATCH_TOKEN. A token is never an argument.

exit status:
  0 done   1 a change was refused or not confirmed   2 the command was wrong
  3 the phone system could not be reached, or refused the credentials

examples:
  queuewatch demo
  queuewatch status --sample lakeside
  queuewatch --profile acme simulate --dark-site Dallas
  queuewatch --read-only"""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints end up where all others do."""

    def error(self, message: str) -> NoReturn:
        about_one = message.removeprefix("argument ")
        sentence = about_one if about_one != message else f"{message[:1].upper()}{message[1:]}"
        raise WrongCommand(f"{sentence}.", f"See {self.prog} --help.")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command and its options. Raises :class:`WrongCommand`, and ``SystemExit`` after help or the version."""
    first = _parser("queuewatch", _DESCRIPTION, _EPILOG)
    _add_connection(first, everywhere=True)
    first.add_argument("--version", action="version", version=f"queuewatch {__version__}")
    first.add_argument("command", nargs="?", default="", help=argparse.SUPPRESS)
    first.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    first.usage = "queuewatch [options] [COMMAND …]"
    options, unknown = first.parse_known_args(list(argv))
    _refuse(unknown, first)
    if not options.command:
        return options
    if options.command not in COMMANDS:
        raise WrongCommand(f"There is no command {options.command!r}.", _nearest(options.command, COMMANDS))
    own = COMMANDS[options.command](f"queuewatch {options.command}")
    _add_connection(own, everywhere=False)
    options, unknown = own.parse_known_intermixed_args(options.rest, options)
    _refuse(unknown, own)
    return options


def _refuse(unknown: Sequence[str], parser: argparse.ArgumentParser) -> None:
    # What follows an unknown option may be anything, a token too: only the option itself is repeated.
    for word in unknown:
        if not word.startswith("-"):
            continue
        option = word.split("=", 1)[0]
        if any(secret in option for secret in ("token", "password", "secret", "key")):
            raise WrongCommand(
                f"There is no option {option}: a token is never an argument.",
                "Put it in the environment variable QUEUEWATCH_TOKEN.",
            )
        known = [name for action in parser._actions for name in action.option_strings if name.startswith("--")]
        raise WrongCommand(
            f"There is no option {option}.",
            _nearest(option, known) if len(option) > 2 else f"See {parser.prog} --help.",
        )
    if unknown:
        raise WrongCommand(f"{unknown[0]!r} is one word too many.", f"See {parser.prog} --help.")


def _nearest(word: str, known: Sequence[str] | dict[str, Callable[[str], argparse.ArgumentParser]]) -> str:
    from queuewatch.failover.lookup import nearest

    meant = nearest(word, known)
    return f"Did you mean {meant}?" if meant else f"There is: {', '.join(known)}."


def _parser(prog: str, description: str, epilog: str) -> argparse.ArgumentParser:
    return _Parser(
        prog=prog,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_connection(parser: argparse.ArgumentParser, *, everywhere: bool) -> None:
    """The options that may stand before a command or after it; after it, they count only where they are given."""

    def unless_given(value: object) -> object:
        return value if everywhere else argparse.SUPPRESS

    add = parser.add_argument_group("connection").add_argument
    add("--profile", metavar="NAME", default=unless_given(""), help="the profile to use")
    add(
        "--url",
        metavar="URL",
        default=unless_given(""),
        help="the phone system's address, such as https://pbx.example.com",
    )
    add("--domain", metavar="NAME", default=unless_given(""), help="the domain, such as acme.example")
    add("--read-only", action="store_true", default=unless_given(False), help="change nothing, whatever is asked")
    add(
        "--interval",
        metavar="S",
        type=_interval,
        default=unless_given(None),
        help="seconds between two refreshes of the board (default 5)",
    )
    add(
        "--no-mouse",
        action="store_true",
        default=unless_given(False),
        help="leave the mouse to the terminal, for selecting text",
    )


def _demo(prog: str) -> argparse.ArgumentParser:
    parser = _parser(
        prog,
        "The live board on sample data: agents take calls, go to lunch, lose power.",
        "examples:\n  queuewatch demo\n  queuewatch demo --sample harbor\n"
        "  queuewatch demo --scenario power-cut --speed 10",
    )
    _add_sample(parser)
    _add_scenario(parser, "what happens in it")
    parser.add_argument(
        "--speed", metavar="N", type=_speed, default=1.0, help="how many times as fast as real time (default 1)"
    )
    return parser


def _status(prog: str) -> argparse.ArgumentParser:
    parser = _parser(
        prog,
        "Queues, agents and settings, what would happen to a call now, and what if the building went dark.",
        "examples:\n  queuewatch status\n  queuewatch status Sales 8001\n"
        "  queuewatch status --sample lakeside --json",
    )
    _add_reading(parser)
    return parser


def _simulate(prog: str) -> argparse.ArgumentParser:
    parser = _parser(
        prog,
        "What would happen to a call if these agents or sites were in the dark. Nothing is changed.",
        "examples:\n  queuewatch simulate --all-dark\n  queuewatch simulate Sales --dark-site Dallas\n"
        "  queuewatch simulate --dark-agent 1001 --dark-agent 'Ben Ito' --json",
    )
    _add_reading(parser)
    add = parser.add_argument
    add("--dark-site", metavar="S", action="append", default=[], help="a site without power; may be repeated")
    add("--dark-agent", metavar="ID", action="append", default=[], help="an agent offline: id, extension or name")
    add("--all-dark", action="store_true", help="every agent offline")
    return parser


def _require_agents(prog: str) -> argparse.ArgumentParser:
    parser = _parser(
        prog,
        "Set a queue's Require Agents. It must be Yes for the queue to fail over once every agent is offline.",
        "examples:\n  queuewatch require-agents Sales yes\n  queuewatch require-agents 8000 no --yes",
    )
    _add_queue(parser)
    parser.add_argument("on", metavar="yes|no", type=_yes_or_no, help="what to set it to")
    _add_editing(parser)
    return parser


def _when_offline(prog: str) -> argparse.ArgumentParser:
    parser = _parser(
        prog,
        "Set where a queue's calls go once every agent is offline: When Offline of its Default answering rule.",
        "examples:\n  queuewatch when-offline Sales '(214) 555-0100'\n  queuewatch when-offline 8000 queue_8001\n"
        "  queuewatch when-offline 8000 --off",
    )
    _add_queue(parser)
    parser.add_argument(
        "destination",
        metavar="DESTINATION",
        nargs="?",
        default="",
        help="a number, an extension, a name, or an alias",
    )
    parser.add_argument("--off", action="store_true", help="switch the forward off")
    _add_editing(parser)
    return parser


def _sandbox(prog: str) -> argparse.ArgumentParser:
    parser = _parser(
        prog,
        "Serve a sample phone system on this machine, over the same API as a real one, until Ctrl+C.",
        "examples:\n  queuewatch sandbox\n  queuewatch sandbox --sample harbor --port 8087\n"
        "  queuewatch sandbox --list",
    )
    _add_sample(parser)
    _add_scenario(parser, "let this happen in it (otherwise nothing does)")
    parser.add_argument("--port", metavar="N", type=_port, default=0, help="the port (default: any free one)")
    parser.add_argument("--list", action="store_true", help="list the sample companies, and stop")
    return parser


COMMANDS: dict[str, Callable[[str], argparse.ArgumentParser]] = {
    "demo": _demo,
    "status": _status,
    "simulate": _simulate,
    "require-agents": _require_agents,
    "when-offline": _when_offline,
    "sandbox": _sandbox,
}


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("queues", metavar="QUEUE", nargs="*", help="extension or name; all queues without one")
    _add_sample(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to write it (default text)")
    parser.add_argument(
        "--json", dest="format", action="store_const", const="json", help="short for --format json"
    )


def _add_queue(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("queue", metavar="QUEUE", help="extension or name")


def _add_editing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask before changing it")
    parser.add_argument("--force", action="store_true", help="even if callers would then loop or reach nobody")
    _add_sample(parser)


def _add_sample(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sample", metavar="NAME", default="", help="a sample company, or a folder with one")


def _add_scenario(parser: argparse.ArgumentParser, says: str) -> None:
    parser.add_argument("--scenario", metavar="NAME", default="", help=says)


def _yes_or_no(text: str) -> bool:
    match text.casefold():
        case "yes":
            return True
        case "no":
            return False
        case _:
            raise argparse.ArgumentTypeError(f"{text!r} is neither")


def _interval(text: str) -> float:
    seconds = _number(text)
    # The same bounds as a profile has; to import them here would cost every --help the reading of profiles.
    if not 0.2 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0.2 to 3600")
    return seconds


def _speed(text: str) -> float:
    times = _number(text)
    if not 0 < times <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and up to 1000")
    return times


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a whole number from 0 to 65535")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
