"""Help: this screen's keys, the colours, and the verdicts, in plain words."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from screens.actions import EVERYWHERE, MOVES, Action, bindings, key_table, moves
from screens.dialog import Dialog
from screens.dialog_actions import HELP
from widgets.cells import Cell, Span, cell
from widgets.fact_sheet import Fact, FactSheet
from widgets.glyphs import GLYPHS
from widgets.scrolling import Scrolling

COLOURS = (
    ("green", "Green", "online in the queue and ready for calls"),
    ("red", "Red", "on a call, busy or on Do Not Disturb: the phone is online, so the queue stays open"),
    ("grey", "Grey", "set as Offline in the queue, or no device connected"),
    ("unknown", "Unknown", "the phone system said something that cannot be read: never taken for Green"),
)
VERDICTS = (
    ("green", "rings", "An agent is ready and is rung."),
    ("red", "waits", "Every agent online is busy; the caller waits for one."),
    ("onward", "fails over", "Every agent is Grey and When Offline takes the call."),
    ("onward", "overflows", "When Busy takes the call: the queue is full, or nobody is there."),
    ("onward", "diverted", "An answering rule forwards every call before the queue sees it."),
    ("bad", "stranded", "Nobody is there and Require Agents is No: the caller waits for nothing."),
    ("bad", "lost", "Nobody is there and no forward takes the call."),
    ("bad", "loop, dead end", "The forward comes back to its queue, or leads to something that is not there."),
    ("unknown", "uncertain", "Something needed to tell is not known; both possibilities are given."),
)
ABOUT = (
    "A call fails over only if Require Agents is Yes, the Default answering rule of the queue's user has a "
    "When Offline destination, and every agent is Grey. One phone online anywhere holds the queue open. "
    "An agent's going offline may take up to 5 minutes to be recognised. "
    "“If dark” is what would happen if every agent were offline: if this building went dark."
)
KEYS_WIDTH = max(len(keys) for keys, _ in MOVES)
_STYLES = {"onward": "warn", "bad": "bad"}


class HelpScreen(Dialog[None]):
    """Explains the screen below it."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*HELP)]

    def __init__(self, name: str, actions: tuple[Action, ...]) -> None:
        super().__init__()
        self._name = name
        self._actions = actions

    def compose(self) -> ComposeResult:
        """Keys first: that is what most people look for."""
        with Scrolling(id="dialog"):
            yield Static(f"Help: {self._name}  (esc closes)", id="title")
            yield _sheet([(keys, cell(text)) for keys, text in key_table(*self._actions, *EVERYWHERE)], KEYS_WIDTH)
            yield _sheet([(keys, cell(text)) for keys, text in moves()], KEYS_WIDTH)
            yield Static("Failover", classes="section")
            yield _sheet([("", cell(ABOUT))], 0)
            yield Static("Colours of an agent", classes="section")
            yield _sheet(((word, _mark(glyph, text)) for glyph, word, text in COLOURS), 14)
            yield Static("Verdicts on a call", classes="section")
            yield _sheet(((word, _mark(glyph, text)) for glyph, word, text in VERDICTS), 14)

    def action_close(self) -> None:
        """Return to the screen below."""
        self.dismiss(None)


def _mark(glyph: str, text: str) -> Cell:
    return (Span(f"{GLYPHS[glyph]} ", _STYLES.get(glyph, glyph)), Span(text))


def _sheet(rows: Iterable[tuple[str, Cell]], label_width: int) -> FactSheet:
    sheet = FactSheet(label_width=label_width)
    sheet.set_reactive(FactSheet.facts, tuple(Fact(label, spans) for label, spans in rows))
    return sheet
