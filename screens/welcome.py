"""Where somebody begins who has nothing set up: what this is for, and the two ways on."""

from enum import StrEnum
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from widgets.banner import StatusLine
from widgets.key_line import KeyLine
from widgets.top_line import TopLine

PURPOSE = "If the power went out now, would your phone queues still be answered?"
WHAT_IT_DOES = (
    "queuewatch watches the call queues of your phone system. For each it says what happens to a call now, "
    "and what would happen if all its phones went dark."
)
NEXT_TIME = "Next time, type “queuewatch demo” for the sample company, or “queuewatch login” to connect."


class Choice(StrEnum):
    """What can be done here."""

    SAMPLE = "sample"
    CONNECT = "connect"
    LEAVE = "leave"


CHOICES = {
    Choice.SAMPLE: (
        "Look at a sample company",
        "An invented dental practice, and a power cut. Nothing to set up.",
    ),
    Choice.CONNECT: (
        "Connect to your phone system",
        "You need its address, and your portal login or an API key.",
    ),
    Choice.LEAVE: ("Leave", "Nothing has been changed on this machine."),
}


class WelcomeScreen(Screen[None]):
    """Three choices; what was chosen goes up as a message."""

    AUTO_FOCUS = "#choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "choose('sample')", "Sample", id="welcome.sample"),
        Binding("2", "choose('connect')", "Connect", id="welcome.connect"),
        Binding("3,q,escape", "choose('leave')", "Leave", key_display="3 q", id="welcome.leave"),
        Binding("k", "move(-1)", "Up", show=False, id="welcome.up"),
        Binding("j", "move(1)", "Down", show=False, id="welcome.down"),
    ]

    class Chosen(Message):
        """Somebody wants this."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def compose(self) -> ComposeResult:
        """What it is for, what to do, and what to type next time."""
        top = TopLine()
        top.left = "queuewatch"
        yield top
        with Vertical(id="welcome"):
            yield Static(PURPOSE, id="purpose")
            yield Static(WHAT_IT_DOES, id="what")
            yield OptionList(
                *(Option(_option(number, choice), id=choice) for number, choice in enumerate(CHOICES, 1)),
                id="choices",
                markup=False,
                compact=True,
            )
            yield Static(NEXT_TIME, id="next")
        yield StatusLine()
        yield KeyLine()

    @on(OptionList.OptionSelected, "#choices")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.action_choose(str(event.option_id))

    def action_choose(self, choice: str) -> None:
        """Do this."""
        self.post_message(self.Chosen(Choice(choice)))

    def action_move(self, by: int) -> None:
        """Move the cursor, like a table's."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()

    def say(self, text: str) -> None:
        """Tell what became of something."""
        self.query_one(StatusLine).say(text)


def _option(number: int, choice: Choice) -> Text:
    title, about = CHOICES[choice]
    return Text.assemble((f" {number}  {title} ", "bold"), "\n", (f"    {about}", ""), "\n" if number < 3 else "")
