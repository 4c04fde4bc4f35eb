"""The pages of the manual for man, from the same parsers as every ``--help``."""

from collections.abc import Iterable, Iterator

from queuewatch import __version__
from queuewatch.commands.manual import Heading, ManualEntry, Section, TextLine
from queuewatch.commands.parser import COMMANDS, command_parser, main_parser


def man_pages() -> Iterator[tuple[str, str]]:
    """The name and the text of each file."""
    yield "queuewatch.1", _page("QUEUEWATCH", main_parser().sections())
    for name in COMMANDS:
        yield f"queuewatch-{name}.1", _page(f"QUEUEWATCH-{name.upper()}", command_parser(name).sections())


def _page(title: str, sections: Iterable[Section]) -> str:
    lines = [
        '.\\" Made by docs/make_pages.py from the parsers in queuewatch/commands.',
        f'.TH {_quoted(title)} 1 "" "queuewatch {__version__}" "Manual of queuewatch"',
        # A command that is broken at its hyphen cannot be copied.
        ".nr HY 0",
        ".ad l",
    ]
    for section in sections:
        lines.append(f".SH {_quoted(section.heading)}")
        for nth, part in enumerate(section.parts):
            lines += _part(part, first=nth == 0)
    return "\n".join(lines) + "\n"


def _part(part: str | ManualEntry, *, first: bool) -> list[str]:
    match part:
        case ManualEntry(term, text):
            return [".TP 20", f"\\fB{_safe(term)}\\fR", _safe(text)]
        case Heading():
            return [f".SS {_quoted(part)}"]
        case TextLine():
            return [".EX", _safe(part), ".EE"]
        case _:
            return [_safe(part)] if first else [".PP", _safe(part)]


def _quoted(text: str) -> str:
    return f'"{_safe(text)}"'


def _safe(text: str) -> str:
    """The text as roff takes it; a hyphen stays one that can be copied."""
    flat = text.replace("\n", " ").replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    flat = flat.replace("\u00a0", "\\ ").replace("'", "\\(aq").replace("…", "\\&...")
    return f"\\&{flat}" if flat.startswith(".") else flat
