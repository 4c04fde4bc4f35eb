"""A part of the screen that is read and scrolls, with the keys that move a table's cursor."""

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList

from widgets.action import bindings
from widgets.moves import LIST, PANEL


class Scrolling(VerticalScroll):
    """Textual's scrolling part with the keys of :data:`PANEL`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*PANEL)]

    def action_half_page(self, by: int) -> None:
        """Scroll by half of what is seen."""
        self.scroll_relative(y=by * max(1, self.scrollable_content_region.height // 2), animate=False)


class ChoiceList(OptionList):
    """Textual's list with the keys of :data:`LIST`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*LIST)]

    def action_half_page(self, by: int) -> None:
        """Move the highlight by half of what is seen."""
        if self.option_count:
            step = by * max(1, self.scrollable_content_region.height // 2)
            self.highlighted = max(0, min((self.highlighted or 0) + step, self.option_count - 1))
