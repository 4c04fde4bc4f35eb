"""Ask for a file's name, and save a picture of the screen in it."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from queuewatch.report.files import ReportFile, check_path, plain_svg, write_picture
from screens.keys.tasks import SCREENSHOT
from widgets.action import bindings


class SavePicture(ModalScreen[str | None]):
    """One line over the bottom of what is saved. It says what is wrong with a name while it is typed."""

    CSS_PATH = "save_picture.tcss"
    HELP_NAME = "saving a picture"
    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCREENSHOT)]

    def __init__(self, svg: str, proposed: str) -> None:
        super().__init__()
        self._svg = svg
        self._proposed = proposed
        self._confirmed: Path | None = None
        """The file that may be overwritten."""

    def compose(self) -> ComposeResult:
        """The name, and what becomes of it."""
        with Vertical(id="dialog"):
            yield Static("Save the screen as a picture (SVG)", id="title")
            yield Input(self._proposed, id="name", compact=True, select_on_focus=False)
            yield Static("", id="says", markup=False)
            yield Static("enter save · esc leave it", classes="muted")

    def on_mount(self) -> None:
        """The cursor stands still, as everywhere."""
        self.query_one(Input).cursor_blink = False

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._confirmed = None
        there = check_path(event.value, Path.cwd())
        if there.problem:
            self._say(there.problem, bad=True)
        elif there.exists:
            self._say(f"{there.path} is there already: enter twice overwrites it.", bad=True)
        else:
            self._say(f"Goes to {there.path}")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        there = check_path(event.value, Path.cwd())
        if there.problem:
            self._say(there.problem, bad=True)
        elif there.exists and there.path != self._confirmed:
            self._confirmed = there.path
            self._say(f"Press enter again to overwrite {there.path}", bad=True)
        else:
            self._write(there)

    def _write(self, there: ReportFile) -> None:
        try:
            write_picture(there.path, plain_svg(self._svg))
        except OSError as error:
            self._say(f"Nothing was saved: {error.strerror or type(error).__name__}.", bad=True)
            return
        self.dismiss(f"The picture is in {there.path}")

    def _say(self, text: str, *, bad: bool = False) -> None:
        line = self.query_one("#says", Static)
        line.set_class(bad, "-bad")
        line.update(text)

    def action_cancel(self) -> None:
        """Save nothing."""
        self.dismiss(None)
