"""The colours of the program: each theme is seen as soon as the highlight is on it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.dialog import Dialog
from screens.keys.tasks import THEME_OF
from widgets import themes
from widgets.action import bindings
from widgets.containers import ChoiceList


class ChooseTheme(Dialog[None]):
    """Every theme that was made for queuewatch, and the terminal's own colours."""

    CSS_PATH = "choose_theme.tcss"
    HELP_NAME = "the colours"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*THEME_OF)]

    def __init__(self, before: str) -> None:
        """``before`` is the theme that leaving gives back."""
        super().__init__()
        self._before = before
        # One that a profile names and that is none of ours is not lost by looking at others.
        own = {} if before in themes.TITLES else {before: f"{before} (as now)"}
        self._titles = {**own, **themes.TITLES}

    def compose(self) -> ComposeResult:
        """The list, and how to leave it."""
        with Vertical(id="dialog"):
            yield Static("Theme", id="title")
            yield ChoiceList(
                *(Option(title, id=name) for name, title in self._titles.items()),
                id="themes",
                markup=False,
                compact=True,
            )
            yield Static("enter keep it · f1 help · esc as before", classes="muted")

    def on_mount(self) -> None:
        """Begin with the theme in use."""
        self.query_one(ChoiceList).highlighted = list(self._titles).index(self._before)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id is not None:
            self.app.theme = event.option_id

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.dismiss(None)

    def action_cancel(self) -> None:
        """Have the colours as they were."""
        self.app.theme = self._before
        self.dismiss(None)
