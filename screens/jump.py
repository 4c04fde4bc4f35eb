"""Go to any part of the screen by a letter that is shown on it."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Offset, Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from screens.keys.tasks import JUMP
from widgets.action import bindings
from widgets.line_table import LineTable

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
MORE = f"{LETTERS.upper()}0123456789"
"""For what there are no letters left for: the rows of a long table."""


class JumpTarget(Struct, frozen=True):
    """Something that can be jumped to."""

    letter: str
    at: Offset
    """Where the letter is shown."""
    go: Callable[[], None]
    part: bool
    """Whether it is a part of the screen, and no row of one."""


def targets(screen: Screen[object]) -> tuple[JumpTarget, ...]:
    """Every part of the screen that takes keys, and every row of its tables that is seen, from the top."""
    parts = [widget for widget in screen.focus_chain if _is_seen(screen, widget)]
    places = [
        *((widget.region.offset, _focus(screen, widget), True) for widget in _in_order(parts)),
        *(
            (at, go, False)
            for widget in parts
            if isinstance(widget, LineTable)
            for at, go in _rows(screen, widget)
        ),
    ]
    return tuple(
        JumpTarget(letter, at, go, part) for letter, (at, go, part) in zip(LETTERS + MORE, places, strict=False)
    )


def _in_order(widgets: Sequence[Widget]) -> list[Widget]:
    return sorted(widgets, key=lambda widget: (widget.region.y, widget.region.x))


def _is_seen(screen: Screen[object], widget: Widget) -> bool:
    return bool(widget.region.size.area) and screen.region.contains_point(widget.region.offset)


def _focus(screen: Screen[object], widget: Widget) -> Callable[[], None]:
    return lambda: screen.set_focus(widget)


def _rows(screen: Screen[object], table: LineTable) -> Iterator[tuple[Offset, Callable[[], None]]]:
    for line, key in table.rows_seen():
        yield table.region.offset + Offset(0, line), _move(screen, table, key)


def _move(screen: Screen[object], table: LineTable, key: str) -> Callable[[], None]:
    def go() -> None:
        screen.set_focus(table)
        table.move_to(key)

    return go


class JumpScreen(ModalScreen[JumpTarget | None]):
    """The letters, over everything else as it is."""

    CSS_PATH = "jump.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*JUMP)]

    def __init__(self, found: Sequence[JumpTarget]) -> None:
        super().__init__()
        self._found = {target.letter: target for target in found}
        self._drawn_for: Size | None = None

    def compose(self) -> ComposeResult:
        """A letter on each, in the margin that parts and rows have: nothing that is read is covered."""
        for target in self._found.values():
            label = Static(target.letter, classes="part" if target.part else "row", markup=False)
            label.styles.offset = target.at
            yield label
        yield Static("Jump: press the letter of a part · esc stays", id="says")

    def on_key(self, event: events.Key) -> None:
        """A letter goes there; any other key stays."""
        if event.key == "escape":
            return
        event.stop()
        event.prevent_default()
        self._leave(self._found.get(event.character or ""))

    def on_click(self) -> None:
        """The mouse has no need of letters."""
        self._leave()

    def on_resize(self, event: events.Resize) -> None:
        """On a terminal of another size the letters would stand elsewhere."""
        if self._drawn_for is None:
            self._drawn_for = event.size
        elif self._drawn_for != event.size:
            self._leave()

    def action_cancel(self) -> None:
        """Stay."""
        self._leave()

    def _leave(self, to: JumpTarget | None = None) -> None:
        # A fast hand, or a terminal that is drawn larger, asks more than once.
        if self.is_current:
            self.dismiss(to)
