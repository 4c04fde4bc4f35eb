"""The whole story of a code of the audit, over the screen it was asked on."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from queuewatch.failover.audit.code import Code
from screens.dialog import Dialog
from screens.dialog_actions import EXPLAIN
from widgets.action import bindings
from widgets.scrolling import Scrolling


class ExplainScreen(Dialog[None]):
    """What ``queuewatch explain`` tells."""

    CSS_PATH = "explain.tcss"
    HELP_NAME = "the story of a code"
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*EXPLAIN)]

    def __init__(self, code: Code) -> None:
        super().__init__()
        self.code = code

    def compose(self) -> ComposeResult:
        """The title, then the story heading by heading."""
        with Scrolling(id="dialog"):
            yield Static(f"{self.code.number} {self.code.slug}  (esc closes)", id="title", markup=False)
            yield Static(self.code.title, id="says", markup=False)
            for heading, paragraph in self.code.story:
                yield Static(heading, classes="section")
                yield Static(paragraph, markup=False)

    def action_close(self) -> None:
        """Return to the screen below."""
        self.dismiss(None)
