"""Parts of a screen: what scrolls with the keys that move a table's cursor, and how a board shares its room."""

from typing import ClassVar, NamedTuple

from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
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


class LeftSide(Vertical):
    """What shares its height as the screen says."""

    class Resized(Message):
        """It has another size than before."""

    def on_resize(self) -> None:
        """Tell the screen."""
        self.post_message(self.Resized())


class Arrangement(NamedTuple):
    """What a board has beside its table and below it, in cells and lines; 0 for what has no room."""

    table: int
    """Its lines; 0 for all that is left."""
    panel: int
    facts: int
    buildings: int


LEAST_PANEL, MOST_PANEL = 34, 60
LEAST_TABLE = 4
"""The title and three rows."""
LEAST_BELOW, MOST_FACTS = 4, 8
LEAST_WHILE_DARK = 3
"""Lines of facts that are left while a site has no power."""
LOW = 13
"""Lines below which the queues need one of those below."""


def arranged(width: int, height: int, *, whole: int, rows: int, sites: int, dark: int = 0) -> Arrangement:
    """Share the room among a table that is ``whole`` at a width, the chosen queue, and the buildings.

    The table gives nothing for the panel beside it, and has no fewer rows with a panel than without. So many sites
    of a demo are ``dark``: as long as they are, what happens there comes before the facts of a queue.
    """
    # One for the bar that scrolls.
    beside = width - whole - 1 - LEAST_PANEL
    spare = height - rows - 1
    most = max(0, height - LEAST_TABLE)
    if beside >= 0:
        panel = min(MOST_PANEL, LEAST_PANEL + beside * 2 // 3)
        buildings = _at_least(2, min(sites + 1, max(LEAST_BELOW - (height < LOW), spare), most) if sites else 0)
        return Arrangement(_table(rows, spare - buildings), panel, 0, buildings)
    left = min(sites + 1, spare - (LEAST_WHILE_DARK if dark else LEAST_BELOW))
    buildings = left if sites and left >= min(sites + 1, dark + 1 if dark else LEAST_BELOW) else 0
    least = LEAST_BELOW - (height < LOW)
    facts = _at_least(2, min(MOST_FACTS, max(least, spare - buildings), most))
    return Arrangement(_table(rows, spare - facts - buildings), 0, facts, buildings)


def _table(rows: int, spare: int) -> int:
    """With a line of air below it where there is some: what is below stands near."""
    return rows + 2 if spare > 0 else 0


def _at_least(least: int, lines: int) -> int:
    return lines if lines >= least else 0
