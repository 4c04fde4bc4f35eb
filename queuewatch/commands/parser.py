"""The words of the command line, read in two steps.

The options before the command and the command's name come first; what follows is the command's own, in any
order. Only argparse is imported here, so that ``--help`` and ``--version`` answer at once.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from queuewatch import __version__
from queuewatch.commands.errors import UsageError
from queuewatch.commands.options.common import BROKER, NO_OPTION, Parser, add_connection

if TYPE_CHECKING:
    from queuewatch.commands.manual import Section


END_OF_OPTIONS = "--"


class Command(NamedTuple):
    """One command: what it does in a few words, and where its options are.

    That is a module of ``queuewatch.commands.options`` and a function in it, which is given the name of the
    program: as text, so that no start loads the options of every other command.
    """

    does: str
    options: str

    def parser(self, prog: str) -> Parser:
        """The command's own parser."""
        module, _, function = self.options.partition(":")
        make: Callable[[str], Parser] = getattr(import_module(f"queuewatch.commands.options.{module}"), function)
        return make(prog)


COMMANDS: dict[str, Command] = {
    "demo": Command("the live board on sample data: no account, no network", "reading:demo"),
    "status": Command("queues, agents, settings and verdicts", "reading:status"),
    "simulate": Command("what would happen to calls if agents or sites went dark", "reading:simulate"),
    "drill": Command("what a dark site, address or agent does to every queue, and when", "reading:drill"),
    "prove": Command("test a queue's failover with a real call, and log everybody in again", "proving:prove"),
    "drills": Command("the register of proofs and drills: who, when, what was found", "registering:drills"),
    "watch": Command("watch without a screen: one line for each change, and alerts", "reading:watch"),
    "check": Command("what is wrong with each queue's failover, and how to put it right", "reading:check"),
    "explain": Command("the whole story behind a code of the check, such as QW103", "reading:explain"),
    "require-agents": Command("set a queue's Require Agents, with before and after", "managing:require_agents"),
    "when-offline": Command(
        "set where a queue's calls go When Offline, with before and after", "managing:when_offline"
    ),
    "export": Command("the failover set-up of every queue as a file, to keep and to edit", "setting_up:export"),
    "plan": Command("how the phone system differs from such a file, and what that means", "setting_up:plan"),
    "apply": Command("set the phone system as such a file says, with before and after", "setting_up:apply"),
    "report": Command("everything a manager is asked for, on one page to print and sign", "reading:report"),
    "fleet": Command("every domain of every profile on one screen: which needs a call first", "fleet:fleet"),
    "collect": Command("read every domain once for everybody, and share it through a broker", "fleet:collect"),
    "test": Command("whether what must hold of the failover holds, as a file says it", "setting_up:test"),
    "history": Command("what became of each queue: how often it failed over, and its uptime", "reading:history"),
    "quiet": Command("tell nobody of a queue's or a site's alerts for a time, with a reason", "reading:quiet"),
    "undo": Command("restore what was there before a change, with before and after", "managing:undo"),
    "log": Command("the changes made through queuewatch, and what became of them", "managing:log"),
    "login": Command("sign in to a phone system, and keep the session", "managing:login"),
    "logout": Command("forget a session", "managing:logout"),
    "profiles": Command("list, add, remove or choose the phone systems you look after", "managing:profiles"),
    "keys": Command("every key of the board, by the id that a profile can give it others by", "managing:keys"),
    "doctor": Command("check everything between here and the phone system, with remedies", "managing:doctor"),
    "record": Command(
        "save the phone system as a sample company, with everybody's names replaced", "managing:record"
    ),
    "sandbox": Command("serve a sample phone system on this machine, to try things on", "reading:sandbox"),
    "completion": Command("what lets a shell complete commands, options and names", "managing:completion"),
    "help": Command("explain a command, the colours, the verdicts, or a word of theirs", "managing:help_command"),
}
"""In the order of the help. Each is carried out by the module of its name in ``queuewatch.commands``."""

_DESCRIPTION = """\
Know, before the power goes out, whether your phone queues would still be answered. Without a command, queuewatch
opens the live board of your phone system.

Which phone system: the profile named by --profile (queuewatch login makes one); else --url and --domain, or the
environment variables QUEUEWATCH_URL and QUEUEWATCH_DOMAIN, with QUEUEWATCH_TOKEN; else the default profile."""

_EXAMPLES = (
    "queuewatch demo",
    "queuewatch status --sample lakeside",
    "queuewatch drill --sample lakeside --site Dallas",
    "queuewatch --profile acme simulate --dark-site Dallas",
    "queuewatch --read-only",
)
_FOUND = "check or doctor found something, or a change was refused or not confirmed"


class ShowVersion(argparse.Action):
    """Writes the version as it is; argparse's own would load what it takes to wrap it to the terminal."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Write the version, and end."""
        sys.stdout.write(f"queuewatch {__version__}\n")
        parser.exit()


class MainParser(Parser):
    """The parser of what stands before a command. Its help lists the commands."""

    does = "whether your phone queues would still be answered if the power went out"
    examples: tuple[str, ...] = _EXAMPLES
    status_1 = _FOUND
    see: tuple[str, ...] = ("demo", "help", "help verdicts", "login", "completion")

    def sections(self) -> "Iterable[Section]":
        """The page of the program itself."""
        from queuewatch.commands.manual import ManualEntry, main_page

        return main_page(self, self, [ManualEntry(name, command.does) for name, command in COMMANDS.items()])


def main_parser() -> MainParser:
    """The options that may stand before a command."""
    parser = MainParser("queuewatch", _DESCRIPTION)
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version")
    add_connection(parser, everywhere=True)
    parser.set_defaults(reads_broker=True, asks_itself="")
    return parser


def command_parser(name: str) -> Parser:
    """What may stand after a command."""
    command = COMMANDS[name]
    parser = command.parser(f"queuewatch {name}")
    parser.does = command.does
    add_connection(parser, everywhere=False)
    return parser


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command and its options. Raises :class:`UsageError`, and ``SystemExit`` after help or the version."""
    first = main_parser()
    first.add_argument("command", nargs="?", default="", help=argparse.SUPPRESS)
    first.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options, unknown = first.parse_known_args(_without_end_of_options(argv))
    _refuse(unknown, first)
    if not options.command:
        return options
    options.command = options.command.removeprefix(NO_OPTION)
    if options.command not in COMMANDS:
        raise UsageError(f"There is no command {options.command!r}.", choices_hint(options.command, COMMANDS))
    own = command_parser(options.command)
    options, unknown = own.parse_known_intermixed_args(options.rest, options)
    _refuse(unknown, own)
    options.reads_broker, options.asks_itself = BROKER[0] in own.reads, own.asks_itself
    _check_broker(options)
    for name, value in vars(options).items():
        setattr(options, name, _as_typed(value))
    return options


def _check_broker(options: argparse.Namespace) -> None:
    """Complain of a broker that is named where it has nothing to give."""
    if options.reads_broker or not (options.nats or options.nats_creds):
        return
    given = "--nats" if options.nats else "--nats-creds"
    if options.asks_itself:
        raise asks_itself(options, given, "Leave out --nats, and name a profile with a token.")
    raise UsageError(
        f"{given} is for a broker, and queuewatch {options.command} has nothing to read there.",
        f"Leave out {given}.",
    )


def asks_itself(options: argparse.Namespace, given: str, hint: str) -> UsageError:
    """The complaint of a command that has to ask the phone system itself, where a broker is ``given``."""
    return UsageError(
        f"queuewatch {options.command} {options.asks_itself}, which takes a token of the phone system: the broker "
        f"that {given} names has none.",
        hint,
    )


def _without_end_of_options(argv: Sequence[str]) -> list[str]:
    """The words, those after a ``--`` marked as words. argparse alone would read some of them as options again."""
    words = list(argv)
    if END_OF_OPTIONS not in words:
        return words
    end = words.index(END_OF_OPTIONS)
    return [*words[:end], *(f"{NO_OPTION}{word}" if word.startswith("-") else word for word in words[end + 1 :])]


def _as_typed(value: object) -> object:
    match value:
        case str():
            return value.removeprefix(NO_OPTION)
        case list():
            return [_as_typed(item) for item in value]
        case _:
            return value


def _refuse(unknown: Sequence[str], parser: argparse.ArgumentParser) -> None:
    # What follows an unknown option may be anything, a token too: only the option itself is repeated.
    for word in unknown:
        if not word.startswith("-"):
            continue
        option = word.split("=", 1)[0]
        if any(secret in option for secret in ("token", "password", "secret", "key")):
            raise UsageError(
                f"There is no option {option}: a token is never an argument.",
                "Put it in the environment variable QUEUEWATCH_TOKEN, or sign in: queuewatch login",
            )
        known = [name for action in parser._actions for name in action.option_strings if name.startswith("--")]
        raise UsageError(
            f"There is no option {option}.",
            choices_hint(option, known) if len(option) > 2 else f"See {parser.prog} --help.",
        )
    if unknown:
        word = unknown[0].removeprefix(NO_OPTION)
        raise UsageError(f"{word!r} is one word too many.", f"See {parser.prog} --help.")


def choices_hint(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word: the closest there is, else all there are."""
    from queuewatch.text.similar import did_you_mean

    return did_you_mean(word, known).rstrip() or f"There is: {', '.join(known)}."
