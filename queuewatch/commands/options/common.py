"""What the options of several commands share. Only argparse is imported here: ``--help`` answers at once."""

import argparse
from typing import NoReturn

from queuewatch.commands.wrong import WrongCommand

FORMATS = ("text", "json", "csv", "markdown")


class Parser(argparse.ArgumentParser):
    """A parser whose complaints end up where all others do."""

    def error(self, message: str) -> NoReturn:
        if "ignored explicit argument" in message:
            # Somebody wrote --api-key=…: what follows the = is not repeated.
            raise WrongCommand(f"{message.split()[1].rstrip(':')} takes no value.", f"See {self.prog} --help.")
        about_one = message.removeprefix("argument ")
        sentence = about_one if about_one != message else f"{message[:1].upper()}{message[1:]}"
        raise WrongCommand(f"{sentence}.", f"See {self.prog} --help.")


def new_parser(prog: str, description: str, epilog: str) -> Parser:
    """A parser for one command; ``epilog`` gives examples."""
    return Parser(
        prog=prog,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_connection(parser: argparse.ArgumentParser, *, everywhere: bool) -> None:
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
        help="as the rules would be then: '2026-12-25 10:00' by each queue's own clock, or with an offset",
    )


def add_sample(parser: argparse.ArgumentParser) -> None:
    """Run on sample data."""
    parser.add_argument("--sample", metavar="NAME", default="", help="a sample company, or a folder with one")


def add_format(parser: argparse.ArgumentParser, formats: tuple[str, ...] = FORMATS) -> None:
    """In which form a report is written."""
    parser.add_argument("--format", choices=formats, default="text", help="how to write it (default text)")
    parser.add_argument(
        "--json", dest="format", action="store_const", const="json", help="short for --format json"
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
