"""A line that asks for something: another time, a number."""

from textual import events
from textual.message import Message
from textual.widgets import Input

from widgets.prompt import PromptLine


class AskedLine(PromptLine):
    """Asks for something. Enter says what was typed, escape only closes the line."""

    class Typed(Message):
        """This was typed."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Say what was typed; whether it makes sense is for the screen to find out."""
        event.stop()
        self.post_message(self.Typed(event.value.strip()))

    def on_key(self, event: events.Key) -> None:
        """Escape belongs to this line while it is typed into."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.close()


class TimePrompt(AskedLine):
    """Asks for another time than now; an empty one means now."""

    def __init__(self, *, returns_to: str) -> None:
        super().__init__(
            "a date and a time, such as 2026-12-25 10:00; nothing for now", returns_to=returns_to, id="time"
        )
