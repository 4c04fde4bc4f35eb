"""A line of a form to type into, and the same for what must not be seen."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class Field(Input):
    """One line. What to do with it is for the screen to know."""

    # Black on white is no colour of the terminal's own, and nothing where there are to be none.
    DEFAULT_CSS = """
    Field:ansi > .input--cursor { color: ansi_default; background: ansi_default; text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Next, or connect")]

    def __init__(self, *, id: str, placeholder: str = "", password: bool = False) -> None:
        super().__init__(id=id, placeholder=placeholder, password=password, compact=True, select_on_focus=False)
        # It would write to the terminal for ever.
        self.cursor_blink = False


class SecretField(Field):
    """Shows dots, gives nothing to the clipboard, and its messages print without what was typed."""

    class Changed(Input.Changed):
        """Something else was typed."""

        def __repr__(self) -> str:
            return "SecretField.Changed()"

    class Submitted(Input.Submitted):
        """Enter was pressed."""

        def __repr__(self) -> str:
            return "SecretField.Submitted()"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, password=True)

    def action_copy(self) -> None:
        """Nothing goes to the clipboard."""

    def action_cut(self) -> None:
        """Nothing goes to the clipboard."""

    def forget(self) -> None:
        """Hold nothing any more, and tell nobody."""
        self.set_reactive(Input.value, "")

    def on_unmount(self) -> None:
        """What was typed is gone with the field, however the screen was left."""
        self.forget()
