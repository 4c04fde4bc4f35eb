"""What every program of ours on a terminal does alike: its colours, how it ends, and what it says of a fault."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from rich.console import RenderableType
from textual.driver import Driver
from textual.screen import Screen
from textual.worker import WorkerFailed

from queuewatch.background import ProgramFault, heard_by, listen_to_loop, report
from queuewatch.config_error import ConfigError
from queuewatch.deadline import ended_in_time
from screens.comfort import ComfortableApp
from widgets import themes

if sys.platform != "win32":
    from queuewatch.terminal_driver import TerminalDriver


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
        self.hung_up: Callable[[], None] = self.leave
        """Called from any thread once there is no terminal any more."""
        self._told_to_end = False
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

    def get_driver_class(self) -> type[Driver]:
        """The driver that no terminal can hold up, where there is one."""
        if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
            return super().get_driver_class()
        return TerminalDriver

    @property
    def _terminal(self) -> "TerminalDriver | None":
        """The driver, if it is ours."""
        if sys.platform == "win32":
            return None
        return self._driver if isinstance(self._driver, TerminalDriver) else None

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._terminal is None or not self._terminal.frame_must_wait():
            super()._display(screen, renderable)

    def catch_up(self, *, whole: bool) -> None:
        """Draw what could not be drawn while the terminal did not read; all of it if it may have lost some."""
        if not self.is_running or not self.screen_stack:
            return
        if whole:
            self.draw_anew()
        else:
            self.screen.refresh()

    def on_mount(self) -> None:
        """Hear of what goes wrong behind it, and end if that was asked before there was a program to end."""
        if not self.is_headless:
            listen_to_loop()
        if self._told_to_end:
            self.exit()

    def leave(self) -> None:
        """Put the terminal back and end. May be called from any thread, and in the middle of anything."""
        self._told_to_end = True
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.exit)

    def give_up_terminal(self) -> None:
        """Put the terminal back without waiting for anything; the process is ended next."""
        if self._terminal is not None:
            self._terminal.give_up()

    def outlives(self, error: BaseException) -> str:
        """What a worker was doing that ended by this, if the program can go on without it; else empty."""
        return ""

    def hear_fault(self, fault: ProgramFault) -> None:
        """Write a fault down and tell it. May be called in any thread."""
        from queuewatch.fault_log import REPORT_IT, write_down

        write_down(os.environ, fault)
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(partial(self.say, f"{fault.sentence} {REPORT_IT}", good=False))

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print every value in sight of the fault, secrets among them.
        if self.is_headless or os.environ.get("QUEUEWATCH_DEBUG") == "1":
            super()._handle_exception(error)
            return
        if isinstance(error, WorkerFailed) and (doing := self.outlives(error.error)):
            report(doing, error.error)
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
    with heard_by(app.hear_fault), ended_in_time(app.leave, app.give_up_terminal) as app.hung_up:
        app.run(mouse=mouse)
    if app.fault is not None:
        raise app.fault
    return app.return_code or 0
