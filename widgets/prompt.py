"""A line to type into that is there only when asked for, and the filter that is one."""

from textual.message import Message
from textual.widgets import Input


class PromptLine(Input):
    """Hidden until asked for; afterwards the keys go back to the widget of the screen that had them."""

    DEFAULT_CSS = """
    PromptLine { display: none; height: 1; padding: 0 1; background: $surface; }
    PromptLine.-shown { display: block; }
    """

    def __init__(self, placeholder: str, *, returns_to: str, id: str) -> None:
        """``returns_to`` is the selector of the widget that gets the keys back."""
        super().__init__(placeholder=placeholder, id=id, compact=True)
        # It would write to the terminal for ever.
        self.cursor_blink = False
        self._returns_to = returns_to

    @property
    def is_shown(self) -> bool:
        """Whether the line is there."""
        return self.has_class("-shown")

    def ask(self) -> None:
        """Show the line, and let it be typed into."""
        self.add_class("-shown")
        self.focus()

    def close(self) -> None:
        """Hide the line, and give the keys back."""
        self.remove_class("-shown")
        self._give_keys_back()

    def _give_keys_back(self) -> None:
        self.screen.query_one(self._returns_to).focus()


class FilterLine(PromptLine):
    """Narrows what is shown as it is typed into, and stays while it does. The screen hears of every change."""

    class Settled(Message):
        """No more is typed: the filter stays as it is, or is gone."""

    def take(self, words: str) -> None:
        """Show this filter, or hide the line if it is empty, without asking for another."""
        self.value = words
        self.set_class(bool(words.strip()), "-shown")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter, and give the keys back."""
        event.stop()
        self.set_class(bool(self.value.strip()), "-shown")
        self._give_keys_back()
        self.post_message(self.Settled())

    def clear_away(self) -> bool:
        """Empty the filter and hide it; whether there was one."""
        if not self.is_shown:
            return False
        self.value = ""
        self.close()
        self.post_message(self.Settled())
        return True
