"""Labelled facts under one another: ``Now``, ``If dark``, ``Held open by``.

Drawn line by line, like the tables: when a fact changes, only the part of the lines that differs is drawn again.
"""

from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from widgets.cells import Cell
from widgets.themes import text_style


class Fact(NamedTuple):
    """A label and what it says, in styled runs of text."""

    label: str
    spans: Cell


class ValueClicked(Message):
    """A value was clicked: it is to be copied."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class FactSheet(Widget):
    """Facts with their labels in a narrow first column."""

    DEFAULT_CSS = """
    FactSheet { height: auto; width: 1fr; }
    """

    facts: var[tuple[Fact, ...]] = var((), init=False)
    label_width: var[int] = var(10, init=False)
    """The cells of the first column; a longer label is cut."""

    def on_click(self, event: events.Click) -> None:
        """A click on what a fact says copies that; to mark a part of it copies nothing yet."""
        fact = self._fact_at(event.y)
        if fact is not None and event.x > self.label_width and not self.screen.get_selected_text():
            self.post_message(ValueClicked("".join(span.text for span in fact.spans).strip()))

    def _fact_at(self, y: int) -> Fact | None:
        """The fact that has this line."""
        width = self.size.width
        for number in range(1, len(self.facts) + 1):
            if y < len(self._rendered(self.facts[:number], width)):
                return self.facts[number - 1]
        return None

    def __init__(self, *, label_width: int = 10, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(FactSheet.label_width, label_width)
        self._drawn: list[list[Segment]] = []
        self._drawn_for: tuple[int, tuple[Fact, ...], Style] | None = None

    def watch_facts(self) -> None:
        """Draw what differs; lay out anew only if the sheet grew or shrank and its height follows."""
        if not self.is_attached or self._drawn_for is None:
            self.refresh(layout=True)
            return
        before, width = self._drawn, self._drawn_for[0]
        after = self._lines(width)
        if len(before) != len(after) and self.styles.is_auto_height:
            self.refresh(layout=True)
            return
        nothing: list[Segment] = []
        last = self.size.height - 1
        if self._goes_on(before, last) != self._goes_on(after, last):
            self.refresh(Region(0, last, self.size.width, 1))
        for y, (old, new) in enumerate(zip_longest(before, after, fillvalue=nothing)):
            if old != new and y <= last:
                begin, end = _difference(old, new)
                self.refresh(Region(begin, y, end - begin, 1))

    def watch_label_width(self) -> None:
        """Lay everything out anew."""
        self._drawn_for = None
        self.refresh(layout=True)

    def notify_style_update(self) -> None:
        """Another theme draws everything anew."""
        self._drawn_for = None
        super().notify_style_update()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the facts need at this width."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """One line of the sheet."""
        width = self.size.width
        lines = self._lines(width)
        if y >= len(lines):
            return Strip.blank(width, self.rich_style)
        line = Strip(lines[y])
        if y == self.size.height - 1 and self._goes_on(lines, y):
            end = min(cell_len(line.text.rstrip()), width - 1)
            line = Strip([*line.crop(0, end), Segment("…", self.rich_style)])
        return line.adjust_cell_length(width, self.rich_style).simplify()

    def _goes_on(self, lines: list[list[Segment]], last: int) -> bool:
        """Whether what is said in the last line that has room is said on below it, where nobody sees it."""
        following = "".join(segment.text for segment in lines[last + 1]) if 0 <= last < len(lines) - 1 else ""
        return bool(following.strip()) and not following[: self.label_width].strip()

    def _lines(self, width: int) -> list[list[Segment]]:
        drawing = (width, self.facts, self.rich_style)
        if self._drawn_for != drawing:
            self._drawn = self._rendered(self.facts, width)
            self._drawn_for = drawing
        return self._drawn if self.facts else []

    def _rendered(self, facts: tuple[Fact, ...], width: int) -> list[list[Segment]]:
        options = self.app.console.options.update(width=max(1, width), height=None)
        return self.app.console.render_lines(self._grid(facts), options, style=self.rich_style)

    def _grid(self, facts: tuple[Fact, ...]) -> Table:
        grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
        grid.add_column(width=self.label_width, no_wrap=True)
        grid.add_column(ratio=1)
        for label, spans in facts:
            text = Text()
            for words, name in spans:
                text.append(words, text_style(name) if name else None)
            grid.add_row(Text(label, text_style("label")), text)
        return grid


def _difference(old: list[Segment], new: list[Segment]) -> tuple[int, int]:
    """The columns between which two lines differ."""
    before, after = _cells(old), _cells(new)
    width = max(len(before), len(after))
    differing = [x for x in range(width) if before[x : x + 1] != after[x : x + 1]]
    return (differing[0], differing[-1] + 1) if differing else (0, width)


def _cells(line: list[Segment]) -> list[tuple[str, Style | None]]:
    """A line cell by cell; a wide character's second cell is empty."""
    cells: list[tuple[str, Style | None]] = []
    for text, style, _ in line:
        for character in text:
            cells.append((character, style))
            cells.extend([("", style)] * (cell_len(character) - 1))
    return cells
