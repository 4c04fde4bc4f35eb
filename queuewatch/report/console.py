"""The console that reports are laid out for."""

import io
import sys
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from queuewatch.process.output import UNTIL_KNOWN, terminal_size
from queuewatch.text.plain_text import harmless_lines


class _HarmlessConsole(Console):
    """A console that writes no character of a text that does anything but be read."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            # What is laid out was measured with these characters as wide as nothing, which they are.
            if segment.control or segment.text.isprintable() or segment.text == "\n":
                yield segment
            else:
                yield Segment(harmless_lines(segment.text), segment.style)


NARROWEST = 20
"""Columns that are believed of an environment: fewer come from a terminal that had no size yet."""


def plain_console() -> Console:
    """A console on stdout that takes every text as it is: no markup, no emoji, no guessed colours.

    It is as wide as the terminal; elsewhere as COLUMNS says, if that is a width.
    """
    console = _HarmlessConsole(file=sys.stdout, markup=False, highlight=False, emoji=False)
    try:
        size = terminal_size(sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        size = None
    if size is not None:
        console.width = size[0]
    elif console.width < NARROWEST:
        console.width = UNTIL_KNOWN[0]
    return console


def file_console() -> Console:
    """A console for a file: without colours, and of the same width wherever it was made."""
    return _HarmlessConsole(
        file=io.StringIO(), width=100, color_system=None, markup=False, highlight=False, emoji=False
    )


WIDEST = 100
"""Columns: a longer line is harder to read than a second one."""


def printed(
    blocks: Iterable[RenderableType], console: Console, *, apart: bool = False, widest: int = WIDEST
) -> str:
    """Blocks under one another as this console shows them, with an empty line between them if they are ``apart``.

    No line is wider than ``widest`` or ends in blanks, and there is no line break at the end.
    """
    width = min(console.width, widest)
    with console.capture() as captured:
        for nth, block in enumerate(blocks):
            if nth and apart:
                console.print()
            console.print(block, width=width)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def laid_out(lines: Iterable[str], console: Console) -> str:
    """Lines wrapped to the console's width, each under its own indentation; without a line break at the end."""
    parts = ((line.strip(), len(line) - len(line.lstrip())) for line in lines)
    return printed((Padding(Text(text), (0, 0, 0, indent)) for text, indent in parts), console)
