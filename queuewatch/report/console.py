"""The console that reports are laid out for."""

import io
import sys
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

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


def plain_console() -> Console:
    """A console on stdout that takes every text as it is: no markup, no emoji, no guessed colours."""
    return _HarmlessConsole(file=sys.stdout, markup=False, highlight=False, emoji=False)


def file_console() -> Console:
    """A console for a file: without colours, and of the same width wherever it was made."""
    return _HarmlessConsole(
        file=io.StringIO(), width=100, color_system=None, markup=False, highlight=False, emoji=False
    )
