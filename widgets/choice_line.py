"""One of a few, on one line: all can be seen, and one is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

CHOSEN, NOT_CHOSEN = "(*) ", "( ) "
GAP = "   "


class ChoiceLine(Widget, can_focus=True):
    """Left and right choose, and so does a click."""

    DEFAULT_CSS = """
    ChoiceLine { height: 1; width: 1fr; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "choose(-1)", "Choose", key_display="← →"),
        Binding("right,space", "choose(1)", "The next one", show=False),
    ]

    chosen: reactive[str] = reactive("")

    @dataclass
    class Changed(Message):
        """Another one was chosen."""

        line: "ChoiceLine"
        chosen: str

        @property
        def control(self) -> "ChoiceLine":
            """The line it was chosen on."""
            return self.line

    def __init__(self, choices: Mapping[str, str], *, id: str) -> None:
        """``choices`` are words by name; the first is chosen."""
        super().__init__(id=id)
        self._choices = dict(choices)
        self.set_reactive(ChoiceLine.chosen, next(iter(self._choices)))

    def offer(self, choices: Mapping[str, str]) -> None:
        """Offer these instead; what was chosen stays so if it is among them."""
        self._choices = dict(choices)
        if self.chosen not in self._choices:
            self.chosen = next(iter(self._choices))
        self.refresh()

    def render(self) -> Text:
        """All of them; the one that is chosen is marked, and lit while the line has the keys."""
        text = Text(no_wrap=True)
        for name, words in self._choices.items():
            mine = name == self.chosen
            style = ("reverse" if self.has_focus else "bold") if mine else ""
            text.append(f"{CHOSEN if mine else NOT_CHOSEN}{words}", style)
            text.append(GAP)
        return text

    def watch_chosen(self) -> None:
        """Tell whoever depends on it."""
        self.post_message(self.Changed(self, self.chosen))

    def action_choose(self, by: int) -> None:
        """Choose the next one, or the one before."""
        names = list(self._choices)
        self.chosen = names[(names.index(self.chosen) + by) % len(names)]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked on."""
        end = 1
        for name, words in self._choices.items():
            end += cell_len(CHOSEN + words + GAP)
            if event.x < end:
                self.chosen = name
                return
