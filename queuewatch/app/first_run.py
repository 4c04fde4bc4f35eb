"""The program for whoever has nothing set up yet: a sample company, a dozen, or a connection of their own.

Ends with what was chosen; the board is opened by whoever began it.
"""

from collections.abc import Mapping
from enum import Enum

from textual import on

from queuewatch.app.terminal import TerminalApp, run_on_terminal, styles_of
from queuewatch.connection.new_profile import NewConnection
from queuewatch.profiles.config import Config
from screens.connect.welcome import WelcomeChoice, WelcomeScreen


class Other(Enum):
    """What can be chosen besides a connection."""

    SAMPLE = "sample"
    FLEET = "fleet"
    LEAVE = "leave"


Chosen = NewConnection | Other


class FirstRunScreen(WelcomeScreen):
    """The welcome, and from it the form to connect with. What is chosen ends the program."""

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        """``config`` says where a profile goes."""
        super().__init__()
        self._config = config
        self._environ = environ
        self._typed: Mapping[str, str] = {}
        self.chosen: Chosen = Other.LEAVE
        """What the user wants."""

    @on(WelcomeScreen.Chosen)
    def _choose(self, event: WelcomeScreen.Chosen) -> None:
        match event.choice:
            case WelcomeChoice.SAMPLE:
                self.chosen = Other.SAMPLE
                self.app.exit()
            case WelcomeChoice.FLEET:
                self.chosen = Other.FLEET
                self.app.exit()
            case WelcomeChoice.CONNECT:
                self._open_form()
            case WelcomeChoice.LEAVE:
                self.app.exit()

    def _open_form(self) -> None:
        from screens.connect.connect_form import ConnectForm

        self.app.push_screen(ConnectForm(self._config, self._environ, self._typed), self._form_closed)

    def _form_closed(self, result: NewConnection | Mapping[str, str] | None) -> None:
        if isinstance(result, NewConnection):
            self.chosen = result
            self.app.exit()
        else:
            self._typed = result or {}


def first_run_app(config: Config, environ: Mapping[str, str]) -> tuple[TerminalApp, FirstRunScreen]:
    """The program, and the screen that knows what was chosen once it has ended."""
    home = FirstRunScreen(config, environ)
    return TerminalApp(lambda: home, styles_of(WelcomeScreen)), home


def first_run(config: Config, environ: Mapping[str, str], *, mouse: bool = True) -> Chosen:
    """Run the welcome on this terminal until something was chosen.

    Raises whatever went wrong inside the program, once the terminal is as it was.
    """
    app, home = first_run_app(config, environ)
    run_on_terminal(app, mouse=mouse)
    return home.chosen
