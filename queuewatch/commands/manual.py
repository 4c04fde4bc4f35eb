"""What stands on a command's page of the manual, before it is laid out for a terminal or for man."""

import argparse
import os
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, Any, NamedTuple, Protocol

from queuewatch.process.output import terminal_size


class ManualEntry(NamedTuple):
    """A word, and beside it what it means."""

    term: str
    text: str


class Heading(str):
    """The name of a group within a section."""


class TextLine(str):
    """Something to be typed, which is never broken."""


class Synopsis(str):
    """A command with what it takes; what follows its first line is indented further."""


Part = str | ManualEntry
"""A text that is none of the three above is a paragraph."""


class Section(NamedTuple):
    """A heading and what stands below it."""

    heading: str
    parts: tuple[Part, ...]


class Described(Protocol):
    """What a parser says of its command, beside what argparse knows of it: each is explained there."""

    does: str
    examples: tuple[str, ...]
    status_1: str
    reads: tuple[str, ...]
    see: tuple[str, ...]
    connection: str


_ENVIRONMENT = {
    "QUEUEWATCH_URL": "the phone system's address, such as https://pbx.example.com",
    "QUEUEWATCH_DOMAIN": "the domain, such as acme.example",
    "QUEUEWATCH_TOKEN": "an API key or an access token; a token is never an argument",
    "QUEUEWATCH_CLIENT_SECRET": "the secret that belongs to the client id, if the provider gave one",
    "QUEUEWATCH_NATS": "the broker that is read in place of the phone system, as --nats",
    "QUEUEWATCH_NATS_CREDS": "the file with the credentials for it, as --nats-creds",
    "QUEUEWATCH_NATS_TOKEN": "or the token for it",
    "QUEUEWATCH_NATS_USER": "or the user for it",
    "QUEUEWATCH_NATS_PASSWORD": "and that user's password",
    "QUEUEWATCH_NATS_CA": "the file with the certificate authority that its certificate is from, if no public one",
    "QUEUEWATCH_CONFIG": "the file with the profiles, if it is not at its usual place",
    "QUEUEWATCH_STATE": "the folder for what is kept on this machine, if it is not the usual one",
    "QUEUEWATCH_DEBUG": "1 shows where in the program a fault happened",
    "NO_COLOR": "set to anything: no colours, and no bold headings",
}
_FILES = {
    "QUEUEWATCH_CONFIG": ManualEntry(
        "config.toml",
        "the profiles, in ~/.config/queuewatch (Linux), ~/Library/Application Support/queuewatch (macOS) or "
        "%LOCALAPPDATA%\\queuewatch (Windows)",
    ),
    "QUEUEWATCH_STATE": ManualEntry(
        "changes.jsonl",
        "the log of changes; it, and sessions that are kept in files, are in ~/.local/state/queuewatch (Linux), "
        "~/Library/Application Support/queuewatch (macOS) or %LOCALAPPDATA%\\queuewatch (Windows)",
    ),
}
_DONE, _WRONG = "done", "the command was wrong: an unknown name, a bad value"
_NOT_CONFIRMED = (
    "the command was wrong: an unknown name, a bad value, a change that nobody confirmed, or --read-only"
)
_NO_ANSWER = "the phone system could not be reached, or refused the credentials"


def command_page(parser: argparse.ArgumentParser, described: Described) -> Iterator[Section]:
    """The page of one command."""
    yield Section("NAME", (f"{parser.prog} - {described.does}",))
    yield Section("SYNOPSIS", (synopsis(parser, described.connection),))
    yield Section("DESCRIPTION", tuple((parser.description or "").split("\n\n")))
    yield Section(
        "OPTIONS", tuple(_options(parser, "" if "QUEUEWATCH_CONFIG" in described.reads else described.connection))
    )
    wrong = _NOT_CONFIRMED if any(action.dest == "yes" for action in parser._actions) else _WRONG
    yield Section(
        "EXIT STATUS", tuple(_statuses(described.status_1, wrong, asks="QUEUEWATCH_TOKEN" in described.reads))
    )
    yield from _surroundings((*described.reads, "NO_COLOR"))
    yield Section("EXAMPLES", tuple(map(TextLine, described.examples)))
    yield _see_also("queuewatch help", *(f"queuewatch {word}" for word in described.see))


def main_page(
    parser: argparse.ArgumentParser, described: Described, commands: Iterable[ManualEntry]
) -> Iterator[Section]:
    """The page of the program itself."""
    yield Section("NAME", (f"queuewatch - {described.does}",))
    lines = ("queuewatch [OPTION …]", "queuewatch [OPTION …] COMMAND [ARGUMENT …]")
    yield Section("SYNOPSIS", tuple(map(TextLine, lines)))
    yield Section("DESCRIPTION", tuple((parser.description or "").split("\n\n")))
    yield Section("COMMANDS", (*commands, "queuewatch COMMAND --help tells all about one of them."))
    yield Section("OPTIONS", tuple(_options(parser, "")))
    reserved = ManualEntry("70", "a fault of queuewatch itself"), ManualEntry("130", "stopped with Ctrl+C")
    yield Section("EXIT STATUS", (*_statuses(described.status_1, _NOT_CONFIRMED, asks=True), *reserved))
    yield from _surroundings(tuple(_ENVIRONMENT))
    yield Section("EXAMPLES", tuple(map(TextLine, described.examples)))
    yield _see_also(*(f"queuewatch {word}" for word in described.see))


def synopsis(parser: argparse.ArgumentParser, without: str) -> Synopsis:
    """The command with what it takes but one group: what may be left out stands in brackets."""
    own = [action for action in _shown(parser._actions) if action not in _group(parser, without)]
    options = [_taken(action) for action in own if action.option_strings and action.dest != "help"]
    words = [_taken(action) for action in own if not action.option_strings]
    return Synopsis(" ".join((parser.prog, *options, *words)))


def _taken(action: argparse.Action) -> str:
    # A no-break space keeps an option and its value on one line; it is written as a blank.
    value = _value(action)
    if not action.option_strings:
        # argparse hides a positional's own nargs while it reads options and words intermixed.
        match getattr(action, "save_nargs", action.nargs):
            case "?":
                return f"[{value}]"
            case "*":
                return f"[{value}\u00a0…]"
            case _:
                return value
    word = f"{action.option_strings[-1]}\u00a0{value}".rstrip("\u00a0")
    if action.required:
        return word
    return f"[{word}]…" if isinstance(action, argparse._AppendAction) else f"[{word}]"


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, str):
        return action.metavar
    return "|".join(map(str, action.choices)) if action.choices else action.dest.upper()


def _options(parser: argparse.ArgumentParser, without: str) -> Iterator[Part]:
    positionals, optionals, *groups = parser._action_groups
    own = [*_shown((*positionals._group_actions, *optionals._group_actions))]
    # What every command has comes last.
    for action in sorted(own, key=lambda action: action.dest == "help"):
        yield _entry(action)
    for group in groups:
        if group.title != without:
            yield Heading(f"{(group.title or '')[:1].upper()}{(group.title or '')[1:]}")
            yield from map(_entry, _shown(group._group_actions))


def _group(parser: argparse.ArgumentParser, title: str) -> list[argparse.Action]:
    groups = (group for group in parser._action_groups if group.title == title)
    return [action for group in groups for action in group._group_actions]


def _shown(actions: Iterable[argparse.Action]) -> Iterator[argparse.Action]:
    return (action for action in actions if action.help != argparse.SUPPRESS)


def _entry(action: argparse.Action) -> ManualEntry:
    term = f"{', '.join(action.option_strings)} {_value(action)}".strip()
    if action.dest == "help":
        return ManualEntry(term, "show this page")
    return ManualEntry(term, (action.help or "") % {"default": action.default})


def _statuses(status_1: str, wrong: str, *, asks: bool) -> Iterator[ManualEntry]:
    yield ManualEntry("0", _DONE)
    if status_1:
        yield ManualEntry("1", status_1)
    yield ManualEntry("2", wrong)
    if asks:
        yield ManualEntry("3", _NO_ANSWER)


def _surroundings(reads: tuple[str, ...]) -> Iterator[Section]:
    yield Section("ENVIRONMENT", tuple(ManualEntry(name, _ENVIRONMENT[name]) for name in reads))
    if files := tuple(_FILES[name] for name in reads if name in _FILES):
        yield Section("FILES", files)


def _see_also(*others: str) -> Section:
    return Section("SEE ALSO", (", ".join(others).replace(" ", "\u00a0").replace(",\u00a0", ", "),))


WIDEST, NARROWEST, USUAL = 100, 40, 80
INDENT = 4
BESIDE = 18
"""A term up to this long has what it means beside it; a longer one above it."""


def layout(page: Iterable[Section], width: int, *, bold: bool) -> str:
    """The page in lines of this width, with a line break at its end."""
    lines: list[str] = []
    for section in page:
        lines += ["", _bold(section.heading) if bold else section.heading, *_below(section.parts, width, bold)]
    return "\n".join(lines[1:]).replace("\u00a0", " ") + "\n"


def terminal_width() -> int:
    """How wide a page is: as the terminal, or COLUMNS, within reason."""
    columns = os.environ.get("COLUMNS", "")
    wide = int(columns) if columns.isascii() and columns.isdecimal() else 0
    if not wide:
        # shutil knows this too, and would load every kind of archive for it.
        with suppress(AttributeError, OSError, ValueError):
            size = terminal_size(sys.stdout.fileno())
            wide = size[0] if size else 0
    return max(NARROWEST, min(WIDEST, wide or USUAL))


def shows_bold(file: IO[Any]) -> bool:
    """Whether bold is wanted and shown where this is written."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "unknown") or not file.isatty():
        return False
    # The old console of Windows would show the codes instead.
    return sys.platform != "win32" or "WT_SESSION" in os.environ


def _below(parts: tuple[Part, ...], width: int, bold: bool) -> Iterator[str]:
    for before, part in zip((None, *parts), parts, strict=False):
        match part:
            case ManualEntry(term, text):
                yield from _entry_lines(term, text, width)
            case Heading():
                yield ""
                yield " " * (INDENT // 2) + (_bold(part) if bold else part)
            case TextLine():
                yield " " * INDENT + part
            case Synopsis():
                yield from _filled(part, width, INDENT, INDENT * 2)
            case str(text):
                if before is not None:
                    yield ""
                yield from _filled(text, width, INDENT)


def _entry_lines(term: str, text: str, width: int) -> Iterator[str]:
    column = INDENT + BESIDE + 2
    if len(term) > BESIDE or width < NARROWEST + BESIDE:
        yield from _filled(term, width, INDENT, INDENT + 4)
        yield from _filled(text, width, INDENT * 2 if width < NARROWEST + BESIDE else column)
        return
    first, *rest = _filled(text, width, column) or [""]
    yield f"{' ' * INDENT}{term:<{BESIDE}}  {first.strip()}".rstrip()
    yield from rest


def _filled(text: str, width: int, indent: int, then: int | None = None) -> list[str]:
    # A command that is broken at its hyphen cannot be copied, and neither can a path.
    return textwrap.wrap(
        text.replace("\n", " "),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if then is None else then),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m"
