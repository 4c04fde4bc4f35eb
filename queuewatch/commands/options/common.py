"""What the options of several commands share. Only argparse is imported here: ``--help`` answers at once."""

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from queuewatch.commands.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import SupportsWrite

    from queuewatch.commands.manual import Section

FORMATS = ("text", "json", "csv", "markdown")
REPORT_FORMATS = (*FORMATS, "html")


CONNECTION = "connection"
"""The group of the options that say which phone system is meant, and how it is looked at."""

NO_OPTION = "\0"
"""Stands before a word that came after ``--``: no command line can hold this character by itself."""

KEEPING = ("QUEUEWATCH_CONFIG", "QUEUEWATCH_STATE")
"""The environment variables that say where profiles and what is kept on this machine are."""
ASKING = ("QUEUEWATCH_URL", "QUEUEWATCH_DOMAIN", "QUEUEWATCH_TOKEN", *KEEPING)
"""What a command that asks a phone system reads from the environment."""
BROKER = (
    "QUEUEWATCH_NATS",
    "QUEUEWATCH_NATS_CREDS",
    "QUEUEWATCH_NATS_TOKEN",
    "QUEUEWATCH_NATS_USER",
    "QUEUEWATCH_NATS_PASSWORD",
    "QUEUEWATCH_NATS_CA",
)
"""What tells where a broker is, and signs in to it."""
LOOKING = (*ASKING, BROKER[0])
"""What a command reads from the environment that only looks: a broker has all that it needs."""


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=80)


class Parser(argparse.ArgumentParser):
    """A parser whose complaints end up where all others do, and whose help is a page of a manual."""

    does = ""
    """The command in a few words."""
    examples: tuple[str, ...] = ()
    status_1 = ""
    """What exit status 1 means; empty where the command never ends so."""
    reads: tuple[str, ...] = ASKING
    """The environment variables that count. Without the token's, no phone system is asked."""
    see: tuple[str, ...] = ()
    """Other commands to read about, without the program's name."""
    asks_itself = ""
    """What it does, in words that follow its name, for which it has to ask the phone system itself; empty where a
    broker will do, or nothing is asked."""
    connection = CONNECTION
    """The title of the options that say which phone system: the program's own page tells them once for all."""

    def __init__(self, prog: str, description: str) -> None:
        # argparse asks its formatter about every option; one that is told the width loads nothing to find it out.
        super().__init__(prog, description=description, formatter_class=_formatter, allow_abbrev=False)

    def format_help(self) -> str:
        """The page, for a file."""
        return self._page(bold=False)

    def print_help(self, file: "SupportsWrite[str] | None" = None) -> None:
        """The page, as it suits where it is written."""
        from queuewatch.commands.manual import shows_bold

        if file is None:
            sys.stdout.write(self._page(bold=shows_bold(sys.stdout)))
        else:
            file.write(self._page(bold=False))

    def _page(self, *, bold: bool) -> str:
        from queuewatch.commands.manual import layout, terminal_width

        return layout(self.sections(), terminal_width(), bold=bold)

    def sections(self) -> "Iterable[Section]":
        """The page, not yet laid out."""
        from queuewatch.commands.manual import command_page

        return command_page(self, self)

    def error(self, message: str) -> NoReturn:
        """Raises :class:`UsageError`."""
        if "ignored explicit argument" in message:
            # Somebody wrote --api-key=…: what follows the = is not repeated.
            raise UsageError(f"{message.split()[1].rstrip(':')} takes no value.", f"See {self.prog} --help.")
        message = message.replace(NO_OPTION, "").replace(repr(NO_OPTION)[1:-1], "")
        about_one = message.removeprefix("argument ")
        sentence = about_one if about_one != message else f"{message[:1].upper()}{message[1:]}"
        raise UsageError(f"{sentence}.", f"See {self.prog} --help.")


def new_parser(
    prog: str,
    description: str,
    examples: str,
    *,
    status_1: str = "",
    reads: tuple[str, ...] = ASKING,
    see: tuple[str, ...] = (),
    asks_itself: str = "",
) -> Parser:
    """A parser for one command. ``examples`` has one a line; the rest is explained at :class:`Parser`."""
    parser = Parser(prog, description)
    lines = (line.strip() for line in examples.splitlines())
    parser.examples = tuple(line for line in lines if line.startswith("queuewatch"))
    parser.status_1, parser.reads, parser.see, parser.asks_itself = status_1, reads, see, asks_itself
    return parser


def add_connection(parser: argparse.ArgumentParser, *, everywhere: bool) -> None:
    """The options that may stand before a command or after it; after it, they count only where they are given."""

    def unless_given(value: object) -> object:
        return value if everywhere else argparse.SUPPRESS

    add = parser.add_argument_group(CONNECTION).add_argument
    add("--profile", metavar="NAME", default=unless_given(""), help="the profile to use")
    add(
        "--url",
        metavar="URL",
        default=unless_given(""),
        help="the phone system's address, such as https://pbx.example.com",
    )
    add("--domain", metavar="NAME", default=unless_given(""), help="the domain, such as acme.example")
    add(
        "--nats",
        metavar="URL",
        default=unless_given(""),
        help="read what queuewatch collect keeps in this broker, such as nats://nats.example:4222; goes before "
        "--profile, and needs no token of the phone system",
    )
    add(
        "--nats-creds",
        metavar="FILE",
        default=unless_given(""),
        help="the file with the credentials for the broker",
    )
    add("--read-only", action="store_true", default=unless_given(False), help="change nothing, whatever is asked")
    add(
        "--interval",
        metavar="S",
        type=interval,
        default=unless_given(None),
        help="seconds between two refreshes of the board (default 5)",
    )
    add(
        "--push",
        action="store_true",
        default=unless_given(False),
        help="let the phone system say when to refresh the board as well (needs queuewatch[push])",
    )
    add(
        "--no-cache",
        action="store_true",
        default=unless_given(False),
        help="keep no last known picture of this phone system on this machine, and delete what is kept",
    )
    add(
        "--no-mouse",
        action="store_true",
        default=unless_given(False),
        help="leave the mouse to the terminal, for selecting text",
    )


def add_queue(parser: argparse.ArgumentParser) -> None:
    """The queue a command is about."""
    parser.add_argument("queue", metavar="QUEUE", help="extension or name")


def add_at(parser: argparse.ArgumentParser) -> None:
    """Another time than now."""
    parser.add_argument(
        "--at",
        metavar="TIME",
        help="as the rules would be then: '2026-12-25 10:00' by the clock of the queue or site, or with an offset",
    )


def add_sample(parser: argparse.ArgumentParser) -> None:
    """Run on sample data."""
    parser.add_argument("--sample", metavar="NAME", default="", help="a sample company, or a folder with one")


def add_format(parser: argparse.ArgumentParser, formats: tuple[str, ...] = FORMATS, default: str = "text") -> None:
    """In which form a report is written."""
    parser.add_argument("--format", choices=formats, default=default, help=f"how to write it (default {default})")
    parser.add_argument(
        "--json", dest="format", action="store_const", const="json", help="short for --format json"
    )


def add_metrics(parser: argparse.ArgumentParser) -> None:
    """Offer metrics to Prometheus."""
    parser.add_argument(
        "--metrics",
        metavar="HOST:PORT",
        help="offer metrics to Prometheus there, as in 9464: this machine alone (needs queuewatch[metrics])",
    )


def interval(text: str) -> float:
    """Seconds between two refreshes."""
    seconds = number(text)
    # The same bounds as a profile has; to import them here would cost every --help the reading of profiles.
    if not 0.2 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0.2 to 3600")
    return seconds


def number(text: str) -> float:
    """A number, or one that is none and fits no range."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
