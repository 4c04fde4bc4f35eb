"""A page of the manual laid out for a terminal: wrapped to its width, with bold headings where it shows them."""

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, Any

from queuewatch.commands.manual.page import Entry, Heading, Line, Part, Section, Synopsis
from queuewatch.output import terminal_size

WIDEST, NARROWEST, USUAL = 100, 40, 80
INDENT = 4
BESIDE = 18
"""A term up to this long has what it means beside it; a longer one above it."""


def laid_out(page: Iterable[Section], width: int, *, bold: bool) -> str:
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
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not file.isatty():
        return False
    # The old console of Windows would show the codes instead.
    return sys.platform != "win32" or "WT_SESSION" in os.environ


def _below(parts: tuple[Part, ...], width: int, bold: bool) -> Iterator[str]:
    for before, part in zip((None, *parts), parts, strict=False):
        match part:
            case Entry(term, text):
                yield from _entry(term, text, width)
            case Heading():
                yield ""
                yield " " * (INDENT // 2) + (_bold(part) if bold else part)
            case Line():
                yield " " * INDENT + part
            case Synopsis():
                yield from _filled(part, width, INDENT, INDENT * 2)
            case str(text):
                if before is not None:
                    yield ""
                yield from _filled(text, width, INDENT)


def _entry(term: str, text: str, width: int) -> Iterator[str]:
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
