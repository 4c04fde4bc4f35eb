"""The way of a call as a picture: boxes and arrows, drawn anew only where it differs."""

from itertools import zip_longest

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from queuewatch.glyphs import STATE_GLYPHS
from widgets.cells import Cell
from widgets.marks import GLYPHS
from widgets.path_drawing import Diagram, draw
from widgets.themes import text_style


class CallPath(Widget):
    """A picture that is as high as it needs to be at its width."""

    DEFAULT_CSS = """
    CallPath { height: auto; width: 1fr; }
    """

    picture: var[Diagram] = var(Diagram(), init=False)

    def __init__(self, *, upright: bool = False, id: str | None = None) -> None:
        """``upright`` from top to bottom, however wide it is."""
        super().__init__(id=id)
        self._upright = upright
        self._drawn: tuple[Cell, ...] = ()
        self._drawn_for: tuple[int, Diagram] | None = None

    def watch_picture(self) -> None:
        """Draw the lines that differ; lay out anew only if there are more of them or fewer."""
        before, drawn_for = self._drawn, self._drawn_for
        if drawn_for is None:
            self.refresh(layout=True)
            return
        after = self._lines(drawn_for[0])
        if len(before) != len(after):
            self.refresh(layout=True)
            return
        for y, (old, new) in enumerate(zip_longest(before, after)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the picture has at this width."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """One line of the picture."""
        width, base = self.size.width, self.rich_style
        lines = self._lines(width)
        if y >= len(lines):
            return Strip.blank(width, base)
        segments = [Segment(text, base + text_style(name) if name else base) for text, name in lines[y]]
        return Strip(segments).adjust_cell_length(width, base).simplify()

    def _lines(self, width: int) -> tuple[Cell, ...]:
        if self._drawn_for != (width, self.picture):
            # A terminal that has no arrow has no boxes either.
            unicode = GLYPHS["onward"] == STATE_GLYPHS["onward"]
            self._drawn = draw(self.picture, width, upright=self._upright, unicode=unicode)
            self._drawn_for = (width, self.picture)
        return self._drawn
