"""Labelled facts under one another: ``Now``, ``If dark``, ``Held open by``."""

from typing import ClassVar, NamedTuple

from rich.console import RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from widgets.cells import Cell


class Fact(NamedTuple):
    """A label and what it says, in styled runs of text."""

    label: str
    spans: Cell


class FactSheet(Widget):
    """Facts with their labels in a narrow first column. Unchanged facts draw nothing."""

    DEFAULT_CSS = """
    FactSheet { height: auto; width: 1fr; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "fact-sheet--label",
        "fact-sheet--green",
        "fact-sheet--red",
        "fact-sheet--grey",
        "fact-sheet--unknown",
        "fact-sheet--good",
        "fact-sheet--bad",
        "fact-sheet--warn",
        "fact-sheet--muted",
        "fact-sheet--strong",
    }

    facts: reactive[tuple[Fact, ...]] = reactive((), layout=True)

    def __init__(self, *, label_width: int = 10, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._label_width = label_width

    def render(self) -> RenderableType:
        """The facts as a grid."""
        grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
        grid.add_column(width=self._label_width, no_wrap=True)
        grid.add_column(ratio=1)
        for label, spans in self.facts:
            text = Text()
            for words, name in spans:
                text.append(words, self._style(name) if name else None)
            grid.add_row(Text(label, self._style("label")), text)
        return grid

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"fact-sheet--{name}", partial=True)
