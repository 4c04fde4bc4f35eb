"""Lines of styled characters to draw on: boxes, arrows, and text that keeps to its place."""

from collections.abc import Iterator
from itertools import groupby

from rich.cells import cell_len

from queuewatch.glyphs import STAND_INS
from widgets.cells import Cell, Span, fit


class Canvas:
    """A sheet of terminal cells. What is drawn beyond its right edge is not there."""

    def __init__(self, width: int, *, unicode: bool = True) -> None:
        self.width = width
        self._unicode = unicode
        self._cells: list[list[tuple[str, str]]] = []

    def line(self, x: int, y: int, marks: str, style: str = "muted") -> None:
        """Draw box characters, in ASCII where the terminal has no others."""
        self.text(x, y, marks if self._unicode else "".join(STAND_INS.get(mark, mark) for mark in marks), style)

    def text(self, x: int, y: int, words: str, style: str = "") -> None:
        """Write words that begin at this cell."""
        while len(self._cells) <= y:
            self._cells.append([(" ", "")] * self.width)
        row = self._cells[y]
        for character in words:
            wide = cell_len(character)
            if not wide:
                # A mark that stands on the letter before it has no cell of its own.
                if 0 < x <= self.width:
                    row[x - 1] = (row[x - 1][0] + character, row[x - 1][1])
                continue
            if x + wide > self.width:
                break
            row[x : x + wide] = [(character, style)] + [("", style)] * (wide - 1)
            x += wide

    def cut(self, x: int, y: int, words: str, width: int, style: str = "") -> None:
        """Write words that take no more than ``width`` cells, with an ellipsis where they are cut."""
        if width > 0:
            self.text(x, y, "".join(span.text for span in fit((Span(words),), width)).rstrip(), style)

    def lines(self) -> Iterator[Cell]:
        """What was drawn, line by line."""
        for row in self._cells:
            yield tuple(
                Span("".join(character for character, _ in run), style)
                for style, run in groupby(row, key=lambda one: one[1])
            )


def wrapped(words: str, width: int, most: int) -> tuple[str, ...]:
    """The words on as many lines of this width as they need, but no more than ``most``: then with an ellipsis."""
    if width < 1:
        return ()
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if cell_len(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return tuple("".join(span.text for span in fit((Span(line),), width)).rstrip() for line in lines if line)
