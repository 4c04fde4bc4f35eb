"""What every program of ours on a terminal does alike: its colours, how it ends, and what it says of a fault."""

import asyncio
import os
import signal
import threading
from contextlib import suppress

from textual.worker import WorkerFailed

from queuewatch.config_error import ConfigError
from screens.comfort import ComfortableApp
from widgets import themes

LONGEST_FAREWELL = 2.0
"""Seconds between being told to end and ending, whatever the terminal does."""


class TerminalApp(ComfortableApp):
    """Takes the terminal as it is, and leaves it as it was."""

    TITLE = "queuewatch"

    def __init__(self) -> None:
        # Textual decides on its colours while it is made; afterwards is too late to ask for none.
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        # Over a slow line every frame of an animation costs; the state of a queue needs none.
        self.animation_level = "none"
        self.fault: BaseException | None = None
        """What went wrong inside the program, if it ended so."""
        for theme in themes.OURS:
            self.register_theme(theme)

    def first_theme(self, wanted: str = "") -> str:
        """The theme to begin with, ours if none is wanted. Raises :class:`ConfigError` for one there is not."""
        wanted = wanted or themes.DARK.name
        if wanted not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            raise ConfigError(f"The profile's theme “{wanted}” is not known.", f"There are: {known}.")
        # Only a theme of the terminal's own colours can be without any, which is what NO_COLOR asks for.
        return "ansi-dark" if os.environ.get("NO_COLOR") else wanted

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The states' colours in a theme that does not name them."""
        return themes.variables_for(self.current_theme)

    def on_mount(self) -> None:
        """See to it that a closed line or a kill leaves the terminal as it was."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            # Windows has no SIGHUP, and its event loop takes no handlers.
            with suppress(AttributeError, NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(getattr(signal, name), self._leave)

    def _leave(self) -> None:
        """Put the terminal back and end. What waits to be written to a closed line may wait for ever."""
        last_resort = threading.Timer(LONGEST_FAREWELL, os._exit, (1,))
        last_resort.daemon = True
        last_resort.start()
        self.exit()

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print every value in sight of the fault, secrets among them.
        if self.is_headless or os.environ.get("QUEUEWATCH_DEBUG") == "1":
            super()._handle_exception(error)
            return
        self.fault = self.fault or (error.error if isinstance(error, WorkerFailed) else error)
        self.exit()


def run_on_terminal(app: TerminalApp, *, mouse: bool, theme_chosen: bool = False) -> int:
    """Run the program on this terminal until the user leaves; returns the exit status.

    Raises whatever went wrong inside the program, once the terminal is as it was.
    """
    if app.console.color_system == "standard" and not theme_chosen and not app.theme.startswith("ansi"):
        # Our colours squeezed into sixteen would be nobody's; the terminal's own were chosen by its user.
        app.theme = "ansi-dark"
    app.run(mouse=mouse)
    if app.fault is not None:
        raise app.fault
    return app.return_code or 0
