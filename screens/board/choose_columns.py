"""Choose the columns of the board, and their order. The board beneath shows each choice at once."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.dialog import Dialog
from screens.keys.tasks import COLUMNS
from widgets.action import bindings, key_name
from widgets.containers import ChoiceList
from widgets.marks import GLYPHS
from widgets.queue_rows import ALWAYS, QUEUE_COLUMNS, chosen_columns

SAYS = {
    "queue": "extension and name",
    "now": "what happens to a call now",
    "dark": "and if the building went dark",
    "sites": "what a power cut at each does",
    "agents": "each agent's colour",
    "require": "Require Agents",
    "offline": "where calls go then",
    "waiting": "callers waiting",
    "site": "the queue's site",
}
NARROW = "Where there is no room for a column, it gives way."


class ChooseColumns(Dialog[None]):
    """Every column, shown or hidden, in order."""

    CSS_PATH = "choose_columns.tcss"
    HELP_NAME = "the columns of the board"
    AUTO_FOCUS = "ChoiceList"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*COLUMNS)]

    def __init__(self, columns: tuple[str, ...], take: Callable[[tuple[str, ...]], None]) -> None:
        """``columns`` are those shown now, empty for all; ``take`` hears of each change."""
        super().__init__()
        every = tuple(column.key for column in QUEUE_COLUMNS)
        self._shown = set(columns or every)
        self._order = [*columns, *(key for key in every if key not in columns)]
        self._take = take

    def compose(self) -> ComposeResult:
        """The list, and its keys."""
        toggle, earlier, later, reset, _ = COLUMNS
        with Vertical(id="dialog"):
            yield Static("Columns of the board", id="title")
            yield ChoiceList(id="columns", markup=False, compact=True)
            yield Static("", id="says", classes="muted", markup=False)
            yield Static(
                f"{key_name(toggle)} show or hide · {key_name(earlier)} {key_name(later)} move it\n"
                f"{key_name(reset)} as at first · esc done",
                classes="muted",
                markup=False,
            )

    def on_mount(self) -> None:
        """Begin at the top."""
        self._fill(0)

    def _fill(self, highlighted: int) -> None:
        options = self.query_one(ChoiceList)
        titles = {column.key: column.title for column in QUEUE_COLUMNS}
        options.clear_options()
        options.add_options(Option(self._line(key, titles[key]), id=key) for key in self._order)
        options.highlighted = highlighted

    def _line(self, key: str, title: str) -> Text:
        shown = key in self._shown
        mark = GLYPHS["good"] if shown else " "
        return Text.assemble(f"{mark} {title:<14}", (SAYS[key], "dim"), style="" if shown else "dim")

    def _tell(self) -> None:
        every = tuple(column.key for column in QUEUE_COLUMNS)
        chosen = tuple(key for key in self._order if key in self._shown)
        self._take(() if chosen == every else chosen_columns(chosen))

    def _say(self, text: str = NARROW) -> None:
        self.query_one("#says", Static).update(text)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self._say()

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_show_or_hide()

    def action_show_or_hide(self) -> None:
        """Show the column under the highlight, or hide it; a verdict stays."""
        at = self.query_one(ChoiceList).highlighted or 0
        key = self._order[at]
        if key in ALWAYS:
            self._say("The queue and its two verdicts always stay.")
            return
        self._shown ^= {key}
        self._fill(at)
        self._tell()

    def action_shift(self, by: int) -> None:
        """Move the column under the highlight."""
        at = self.query_one(ChoiceList).highlighted or 0
        to = at + by
        if 0 <= to < len(self._order):
            self._order[at], self._order[to] = self._order[to], self._order[at]
            self._fill(to)
            self._tell()

    def action_reset(self) -> None:
        """Everything as at first."""
        self._order = [column.key for column in QUEUE_COLUMNS]
        self._shown = set(self._order)
        self._fill(0)
        self._tell()

    def action_done(self) -> None:
        """Return to the board, which has the columns already."""
        self.dismiss(None)
