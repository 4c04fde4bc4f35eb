"""A line to type another time into: what would happen then, rather than now."""

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import Input


class TimePrompt(Input):
    """Hidden until asked for. Enter says what was typed, escape only closes it."""

    DEFAULT_CSS = """
    TimePrompt { display: none; height: 1; padding: 0 1; background: $surface; }
    TimePrompt.-shown { display: block; }
    """

    @dataclass
    class Typed(Message):
        """A time was typed; an empty one means now."""

        words: str

    def __init__(self) -> None:
        super().__init__(
            placeholder="a date and a time, such as 2026-12-25 10:00; nothing for now", id="time", compact=True
        )
        self.cursor_blink = False

    def ask(self) -> None:
        """Show the line, and let it be typed into."""
        self.add_class("-shown")
        self.focus()

    def close(self) -> None:
        """Hide the line, and give the keys back."""
        self.remove_class("-shown")
        self.screen.focus_previous()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Say what was typed; whether it is a time is for the screen to find out."""
        event.stop()
        self.post_message(self.Typed(event.value.strip()))

    def on_key(self, event: events.Key) -> None:
        """Escape belongs to this line while it is typed into."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.close()
