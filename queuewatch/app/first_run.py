"""The program for whoever has nothing set up yet: a sample company, or a connection of their own.

Ends with what was chosen; the board is opened by whoever began it.
"""

from collections.abc import Mapping
from enum import Enum

from textual import on
from textual.screen import Screen

from queuewatch.app.terminal import TerminalApp, run_on_terminal
from queuewatch.config import Config
from queuewatch.connection.new_profile import NewConnection
from screens.welcome import Choice, WelcomeScreen


class Other(Enum):
    """What can be chosen besides a connection."""

    SAMPLE = "sample"
    LEAVE = "leave"


Chosen = NewConnection | Other


class FirstRunApp(TerminalApp):
    """Welcome, and the form to connect with."""

    CSS_PATH = ["../../widgets/widgets.tcss", "../../screens/welcome.tcss"]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        """``config`` says where a profile goes."""
        super().__init__()
        self._config = config
        self._environ = environ
        self._typed: Mapping[str, str] = {}
        self.chosen: Chosen = Other.LEAVE
        """What the user wants."""
        self.theme = self.first_theme()

    def get_default_screen(self) -> Screen[None]:
        """It begins with a welcome."""
        return WelcomeScreen()

    def action_help(self) -> None:
        """Explain the present screen."""
        from screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    @on(WelcomeScreen.Chosen)
    def _choose(self, event: WelcomeScreen.Chosen) -> None:
        match event.choice:
            case Choice.SAMPLE:
                self.chosen = Other.SAMPLE
                self.exit()
            case Choice.CONNECT:
                self._open_form()
            case Choice.LEAVE:
                self.exit()

    def _open_form(self) -> None:
        from screens.connect_form import ConnectForm

        self.push_screen(ConnectForm(self._config, self._environ, self._typed), self._form_closed)

    def _form_closed(self, result: NewConnection | Mapping[str, str] | None) -> None:
        if isinstance(result, NewConnection):
            self.chosen = result
            self.exit()
        else:
            self._typed = result or {}


def first_run(config: Config, environ: Mapping[str, str], *, mouse: bool = True) -> Chosen:
    """Run it on this terminal until something was chosen.

    Raises whatever went wrong inside the program, once the terminal is as it was.
    """
    app = FirstRunApp(config, environ)
    run_on_terminal(app, mouse=mouse)
    return app.chosen
