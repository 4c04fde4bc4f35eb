"""What every program of ours on a terminal is: one base, which is run with one home screen or another.

It takes the terminal as it is and leaves it as it was, sends only what is not there already, and has the keys,
colours, copies, pictures and jumps of its user's choice. What only a key needs is imported when it is pressed.
"""

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget
from textual.worker import WorkerFailed

import widgets
from queuewatch.process.background import ProgramFault, heard_by, listen_to_loop, report, take_threads
from queuewatch.process.deadline import ended_in_time
from queuewatch.profiles.fields import ConfigError, KeyOverrides
from queuewatch.storage.view_preferences import ViewMemory
from queuewatch.text.plain_text import harmless_lines
from widgets import themes
from widgets.action import for_textual, put_in_force
from widgets.damage_tracking import ShownCells, damage_only, erases_in_colour

if TYPE_CHECKING:
    from screens.jump import JumpTarget

if sys.platform != "win32":
    from queuewatch.app.driver import TerminalDriver

COMMON_STYLES = Path(widgets.__file__).with_name("widgets.tcss")


def styles_of(screen: type[Screen[Any]]) -> Path:
    """A screen's styles, which lie beside its module. Textual loads them when it is pushed; a home never is."""
    return Path(inspect.getfile(screen)).with_suffix(".tcss")


class TerminalApp(App[None]):
    """Runs on a terminal, beginning with the screen it is given."""

    TITLE = "queuewatch"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, home: Callable[[], Screen[None]], styles: Path) -> None:
        """``home`` makes the screen below all others, ``styles`` are that screen's."""
        # Textual decides on its colours while it is made; afterwards is too late to ask for none.
        super().__init__(css_path=[COMMON_STYLES, styles], ansi_color=True if os.environ.get("NO_COLOR") else None)
        # Over a slow line every frame of an animation costs; the state of a queue needs none.
        self.animation_level = "none"
        self.fault: BaseException | None = None
        """What went wrong inside the program, if it ended so."""
        self.hung_up: Callable[[], None] = self.leave
        """Called from any thread once there is no terminal any more."""
        self.last_words = ""
        """What is written below the restored terminal once the program has ended; empty for nothing."""
        self._told_to_end = False
        self._home = home
        self._shown: ShownCells | None = None
        self._view_preferences: ViewMemory | None = None
        """Where the theme is kept; ``None`` while a profile or a sample decides on it."""
        for theme in themes.OURS:
            self.register_theme(theme)
        self.theme = self.first_theme()

    def get_default_screen(self) -> Screen[None]:
        """The screen it begins with."""
        return self._home()

    # How it begins, and how it ends.

    async def run_async(self, **options: Any) -> None:
        """Run it in threads of ours: none of them delays its end."""
        take_threads()
        return await super().run_async(**options)

    def on_mount(self) -> None:
        """Hear of chosen themes, of others who had the terminal, of faults, and end if that was asked before."""
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        # Whoever had the terminal meanwhile left something else on it.
        self.app_resume_signal.subscribe(self, lambda _: self.draw_anew())
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
        from queuewatch.storage.fault_log import REPORT_IT, write_down

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

    # What is sent to the terminal.

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

    def catch_up(self, *, whole: bool) -> None:
        """Draw what could not be drawn while the terminal did not read; all of it if it may have lost some."""
        if not self.is_running or not self.screen_stack:
            return
        if whole:
            self.draw_anew()
        else:
            self.screen.refresh()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._terminal is not None and self._terminal.frame_must_wait():
            return
        if screen._compositor.size != self.size:
            # Laid out for the size before: in a smaller terminal its lowest lines would all fall on the last one.
            return
        first, shown = self._shown is None, self._shown or ShownCells(erases=erases_in_colour())
        update = damage_only(renderable, shown)
        if update is None:
            super()._display(screen, renderable)
            return
        self._shown = shown
        super()._display(screen, update)
        if first:
            self.first_painted()
        self.painted()

    def first_painted(self) -> None:
        """Called once, when something is on the terminal: Textual itself tells only when all has settled."""

    def painted(self) -> None:
        """Called each time that something new is on the terminal."""

    def on_resize(self, event: events.Resize) -> None:
        """A terminal of another size has moved what it showed: all is sent once it is laid out for that."""
        self.call_after_refresh(self.draw_anew)

    def draw_anew(self) -> None:
        """Send everything again."""
        if self._shown is not None:
            self._shown.forget()
            self.screen.refresh()

    def write_to_terminal(self, sequence: str) -> None:
        """Send an escape sequence between two frames. It moves no cursor: nothing of the screen is touched."""
        if self._driver is not None:
            self._driver.write(sequence)

    def copy_to_clipboard(self, text: str) -> None:
        """Whatever is copied, also by marking it with the mouse, is harmless to whoever pastes it."""
        super().copy_to_clipboard(harmless_lines(text))

    def copy_text(self, text: str) -> None:
        """Ask the terminal to put the text into the clipboard. Nothing tells whether it does."""
        self.copy_to_clipboard(text)
        if os.environ.get("TMUX"):
            # tmux keeps the request to itself unless told otherwise; wrapped, it is passed on where allowed.
            import base64

            payload = base64.b64encode(harmless_lines(text).encode()).decode("ascii")
            self.write_to_terminal(f"\x1bPtmux;\x1b\x1b]52;c;{payload}\a\x1b\\")

    # Keys and colours.

    def read_keys(self, overrides: KeyOverrides) -> Mapping[str, tuple[str, ...]]:
        """What a profile says of keys. Raises :class:`~queuewatch.profiles.fields.ConfigError`."""
        if not overrides.keys:
            return {}
        from screens.keys.keymap import keymap

        return keymap(overrides)

    def have_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Have these keys from now on, and all others as usual."""
        put_in_force(keys)
        textuals = for_textual(keys)
        if textuals != self._keymap:
            self.set_keymap(textuals)

    def first_theme(self, name: str = "") -> str:
        """The theme to begin with, ours if none is wanted. Raises :class:`ConfigError` for one there is not."""
        name = name or themes.DARK.name
        if name not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            raise ConfigError(f"The profile's theme “{name}” is not known.", f"There are: {known}.")
        # Only a theme of the terminal's own colours can be without any, which is what NO_COLOR asks for.
        return "ansi-dark" if os.environ.get("NO_COLOR") else name

    def remember_theme(self, preferences: ViewMemory | None) -> str:
        """Keep the theme there from now on, and give the one kept there; empty if there is none to be had."""
        self._view_preferences = preferences
        name = preferences.theme if preferences else ""
        return name if name in self.available_themes else ""

    def refresh_css(self, animate: bool = True) -> None:
        """Style everything for the theme; before there is a screen, have only its colours for what will be read.

        Textual would read all style sheets once for the theme that it begins with, and again for the first screen.
        """
        if not self.screen_stack:
            self.stylesheet.set_variables(self.get_css_variables())
            return
        super().refresh_css(animate)
        for screen in self.screen_stack:
            for widget in screen.walk_children(Widget):
                # Two themes may differ by what text is written in alone, which no style sheet knows.
                widget.refresh()

    def _theme_chosen(self, theme: Theme) -> None:
        # NO_COLOR has chosen for this one time, and nobody else.
        if self._view_preferences is not None and not os.environ.get("NO_COLOR"):
            self._view_preferences.keep_theme(theme.name)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The states' colours in a theme that does not name them."""
        return themes.variables_for(self.current_theme)

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours for the style sheets, and from now on for text."""
        variables = super().get_css_variables()
        themes.put_in_force(variables, ansi=self.native_ansi_color)
        return variables

    # What keys do on every screen.

    def search_themes(self) -> None:
        """Choose a theme of ours, and see each on the way."""
        from screens.choose_theme import ChooseTheme

        self.push_screen(ChooseTheme(self.theme))

    def action_toggle_theme(self) -> None:
        """Switch between dark and light, within the family of themes in use."""
        self.theme = themes.OTHER.get(self.theme, themes.DARK.name)

    def action_help(self) -> None:
        """Explain the present screen."""
        from screens.help.help import HelpScreen

        if getattr(self.screen, "HELP_NAME", ""):
            self.push_screen(HelpScreen(self.screen))

    def action_jump(self) -> None:
        """Show a letter on each part of the screen, and go where the letter says."""
        from screens.jump import JumpScreen, targets

        def go(target: "JumpTarget | None") -> None:
            if target is not None:
                target.go()

        found = targets(self.screen)
        if found:
            self.push_screen(JumpScreen(found), go)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Save what the screen shows now in a file, which is asked for."""
        from screens.save_picture import SavePicture

        # What is asked lies over the screen: it is drawn before that.
        svg = self.export_screenshot(simplify=True)
        self.push_screen(SavePicture(svg, self.picture_name), self._picture_saved)

    @property
    def picture_name(self) -> str:
        """The name that is proposed for a picture."""
        return "queuewatch.svg"

    def _picture_saved(self, text: str | None) -> None:
        if text:
            self.say(text, good=True)

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of something."""


def run_on_terminal(app: TerminalApp, *, mouse: bool, theme_chosen: bool = False) -> int:
    """Run the program on this terminal until the user leaves; returns the exit status.

    Raises whatever went wrong inside the program, once the terminal is as it was.
    """
    if app.console.color_system == "standard" and not theme_chosen and not app.theme.startswith("ansi"):
        # Our colours squeezed into sixteen would be nobody's; the terminal's own were chosen by its user.
        app.theme = "ansi-dark"
    with heard_by(app.hear_fault), ended_in_time(app.leave, app.give_up_terminal) as app.hung_up:
        app.run(mouse=mouse)
        if app.last_words:
            from queuewatch.report.console import laid_out, plain_console

            with suppress(OSError, ValueError):
                sys.stdout.write(f"{harmless_lines(laid_out(app.last_words.splitlines(), plain_console()))}\n")
                sys.stdout.flush()
    if app.fault is not None:
        raise app.fault
    return app.return_code or 0
