"""The words of the command line, read in two steps.

The options before the command and the command's name come first; what follows is the command's own, in any
order. Only argparse is imported here, so that ``--help`` and ``--version`` answer at once.
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from queuewatch import __version__
from queuewatch.commands.options import auditing, comfort, drilling, editing, history, looking, signing, support
from queuewatch.commands.options.common import add_connection, new_parser
from queuewatch.commands.wrong import WrongCommand


class Command(NamedTuple):
    """One command: what it does in a few words, and its own parser, given the name of the program."""

    does: str
    parser: Callable[[str], argparse.ArgumentParser]


COMMANDS: dict[str, Command] = {
    "demo": Command("the live board on sample data: no account, no network", looking.demo),
    "status": Command("queues, agents, settings and verdicts", looking.status),
    "simulate": Command("what would happen to calls if agents or sites went dark", looking.simulate),
    "drill": Command("what a dark site, address or agent does to every queue, and when", drilling.drill),
    "check": Command("what is wrong with each queue's failover, and how to put it right", auditing.check),
    "explain": Command("the whole story behind a code of the check, such as QW103", auditing.explain),
    "require-agents": Command("set a queue's Require Agents, with before and after", editing.require_agents),
    "when-offline": Command(
        "set where a queue's calls go When Offline, with before and after", editing.when_offline
    ),
    "undo": Command("restore what was there before a change, with before and after", history.undo),
    "log": Command("the changes made through queuewatch, and what became of them", history.log),
    "login": Command("sign in to a phone system, and keep the session", signing.login),
    "logout": Command("forget a session", signing.logout),
    "profiles": Command("list, add, remove or choose the phone systems you look after", signing.profiles),
    "keys": Command("every key of the board, by the id that a profile can give it others by", comfort.keys),
    "doctor": Command("check everything between here and the phone system, with remedies", support.doctor),
    "record": Command(
        "save the phone system as a sample company, with everybody's names replaced", support.record
    ),
    "sandbox": Command("serve a sample phone system on this machine, to try things on", looking.sandbox),
}
"""In the order of the help. Each is carried out by the module of its name in ``queuewatch.commands``."""

_DESCRIPTION = """\
Know, before the power goes out, whether your phone queues would still be answered.
Without a command, queuewatch opens the live board of your phone system."""

_LISTING = "\n".join(f"  {name:<16} {command.does}" for name, command in COMMANDS.items())

_EPILOG = f"""\
commands:
{_LISTING}

  queuewatch COMMAND --help tells more about each.

which phone system:
  a profile (--profile NAME; queuewatch login makes one), or the environment variables
  QUEUEWATCH_URL, QUEUEWATCH_DOMAIN and QUEUEWATCH_TOKEN. A token is never an argument.

exit status:
  0 done   1 check found something, or a change was refused or not confirmed   2 the command was wrong
  3 the phone system could not be reached, or refused the credentials

examples:
  queuewatch demo
  queuewatch status --sample lakeside
  queuewatch --profile acme simulate --dark-site Dallas
  queuewatch --read-only"""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command and its options. Raises :class:`WrongCommand`, and ``SystemExit`` after help or the version."""
    first = new_parser("queuewatch", _DESCRIPTION, _EPILOG)
    add_connection(first, everywhere=True)
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
    own = COMMANDS[options.command].parser(f"queuewatch {options.command}")
    add_connection(own, everywhere=False)
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
                "Put it in the environment variable QUEUEWATCH_TOKEN, or sign in: queuewatch login",
            )
        known = [name for action in parser._actions for name in action.option_strings if name.startswith("--")]
        raise WrongCommand(
            f"There is no option {option}.",
            _nearest(option, known) if len(option) > 2 else f"See {parser.prog} --help.",
        )
    if unknown:
        raise WrongCommand(f"{unknown[0]!r} is one word too many.", f"See {parser.prog} --help.")


def _nearest(word: str, known: Iterable[str]) -> str:
    from queuewatch.failover.lookup import nearest

    meant = nearest(word, known)
    return f"Did you mean {meant}?" if meant else f"There is: {', '.join(known)}."
