"""Where somebody begins who has nothing set up: what this is for, and the ways on."""

from enum import StrEnum
from textwrap import fill
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from widgets.bars import KeyBar, TopBar
from widgets.marks import GLYPHS

PURPOSE = "If the power went out now, would your phone queues still be answered?"
WHAT_IT_DOES = (
    "For each call queue, queuewatch says what happens to a call now, and what would happen if all its phones "
    "went dark."
)
NEXT_TIME = (("queuewatch demo", "for the sample, "), ("queuewatch login", "to connect."))
"""What to type to come straight to it, and what it is for."""


class WelcomeChoice(StrEnum):
    """What can be done here."""

    SAMPLE = "sample"
    CONNECT = "connect"
    FLEET = "fleet"
    LEAVE = "leave"


CHOICES = {
    WelcomeChoice.SAMPLE: (
        "Look at a sample company",
        "An invented office, a power cut, nothing to set up.",
    ),
    WelcomeChoice.CONNECT: (
        "Connect to your phone system",
        "You need its address, and a login or an API key.",
    ),
    WelcomeChoice.FLEET: (
        "Look at many companies at once",
        "Invented customers: which one needs a call first?",
    ),
    WelcomeChoice.LEAVE: ("Leave", "Nothing has been changed on this machine."),
}


ROOMY = 22
"""Lines from which there is air between the choices, and room for more than them."""
WIDEST = 80


class WelcomeScreen(Screen[None]):
    """Four choices; what was chosen goes up as a message."""

    AUTO_FOCUS = "#choices"
    HELP_NAME = "the welcome"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (ROOMY, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "choose('sample')", "Sample", id="welcome.sample"),
        Binding("2", "choose('connect')", "Connect", id="welcome.connect"),
        Binding("3", "choose('fleet')", "Many", id="welcome.fleet"),
        Binding("q,f10,ctrl+q,escape", "choose('leave')", "Leave", key_display="q", id="welcome.leave"),
        Binding("question_mark,f1", "app.help", "Help", id="welcome.help"),
        Binding("k", "move(-1)", "Up", show=False, id="welcome.up"),
        Binding("j", "move(1)", "Down", show=False, id="welcome.down"),
    ]

    class Chosen(Message):
        """Somebody wants this."""

        def __init__(self, choice: WelcomeChoice) -> None:
            super().__init__()
            self.choice = choice

    def compose(self) -> ComposeResult:
        """What queuewatch is for, what to do, and what to type next time."""
        top = TopBar()
        top.left = "queuewatch"
        yield top
        with Vertical(id="middle"), Vertical(id="welcome"):
            yield Static(PURPOSE, id="purpose")
            yield Static(WHAT_IT_DOES, id="what")
            yield OptionList(
                *(Option("", id=choice) for choice in WelcomeChoice),
                id="choices",
                markup=False,
                compact=True,
            )
            yield Static(_next_time(), id="next")
        yield KeyBar()

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other lines."""
        self._show_choices()

    @on(OptionList.OptionHighlighted, "#choices")
    def _show_choices(self) -> None:
        # A terminal without colours shows no other cursor in a list.
        choices = self.query_one(OptionList)
        width, airy = min(self.size.width, WIDEST), self.size.height >= ROOMY
        for place, choice in enumerate(WelcomeChoice):
            choices.replace_option_prompt(choice, _option(choice, place == choices.highlighted, width, airy=airy))

    @on(OptionList.OptionSelected, "#choices")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.action_choose(str(event.option_id))

    def action_choose(self, choice: str) -> None:
        """Do what is chosen."""
        self.post_message(self.Chosen(WelcomeChoice(choice)))

    def action_move(self, by: int) -> None:
        """Move the cursor, like a table's."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()


def _option(choice: WelcomeChoice, marked: bool, width: int, *, airy: bool) -> Text:
    title, about = CHOICES[choice]
    mark = GLYPHS["onward"] if marked else " "
    indent, air = " " * len("→ 1  "), "\n" if airy else ""
    key = "q" if choice is WelcomeChoice.LEAVE else str(list(WelcomeChoice).index(choice) + 1)
    # Beside it are the edges of the screen, and of the list.
    lines = fill(about, width - 4, initial_indent=indent, subsequent_indent=indent)
    return Text.assemble(air, (f"{mark} {key}  {title}", "bold"), f"\n{lines}")


def _next_time() -> Text:
    text = Text("Next time: ")
    for command, what in NEXT_TIME:
        text.append(command, "bold").append(f" {what}")
    return text
