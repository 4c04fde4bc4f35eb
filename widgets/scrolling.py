"""A part of the screen that is read and scrolls, with the keys that move a table's cursor."""

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll

from widgets.action import bindings
from widgets.moves import PANEL


class Scrolling(VerticalScroll):
    """Textual's scrolling part with the keys of :data:`PANEL`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*PANEL)]

    def action_half_page(self, by: int) -> None:
        """Scroll by half of what is seen."""
        self.scroll_relative(y=by * max(1, self.scrollable_content_region.height // 2), animate=False)
