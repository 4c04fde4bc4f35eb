"""What the program does for whoever uses it, whatever the phone system: own keys, themes, copies, pictures, jumps.

What only a key needs is imported when it is pressed.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.theme import Theme

from queuewatch.config_values import Overrides
from queuewatch.plain_text import harmless_lines
from queuewatch.view_memory import ViewMemory
from screens.glass import SparingApp
from widgets import themes
from widgets.action import for_textual, put_in_force

if TYPE_CHECKING:
    from screens.jump import Target


class ComfortableApp(SparingApp):
    """An app with keys, colours and helpers of the user's choice."""

    _memory: ViewMemory | None = None
    """Where the theme is kept; ``None`` while a profile or a sample decides on it."""

    def read_keys(self, overrides: Overrides) -> Mapping[str, tuple[str, ...]]:
        """What a profile says of keys. Raises :class:`~queuewatch.config_error.ConfigError`."""
        if not overrides.keys:
            return {}
        from screens.keymap import keymap

        return keymap(overrides)

    def have_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Have these keys from now on, and all others as usual."""
        put_in_force(keys)
        textuals = for_textual(keys)
        if textuals != self._keymap:
            self.set_keymap(textuals)

    def remember_theme(self, memory: ViewMemory | None) -> str:
        """Keep the theme there from now on, and give the one kept there; empty if there is none to be had."""
        self._memory = memory
        kept = memory.theme if memory else ""
        return kept if kept in self.available_themes else ""

    def on_mount(self) -> None:
        """Hear of every theme that is chosen, by key or by name."""
        self.theme_changed_signal.subscribe(self, self._theme_chosen)

    def _theme_chosen(self, theme: Theme) -> None:
        # NO_COLOR has chosen for this one time, and nobody else.
        if self._memory is not None and not os.environ.get("NO_COLOR"):
            self._memory.keep_theme(theme.name)

    def action_toggle_theme(self) -> None:
        """Switch between dark and light, within the family of themes in use."""
        self.theme = themes.OTHER.get(self.theme, themes.DARK.name)

    def copy_to_clipboard(self, text: str) -> None:
        """Whatever is copied, also by marking it with the mouse, is harmless to whoever pastes it."""
        super().copy_to_clipboard(harmless_lines(text))

    def copy_text(self, text: str) -> None:
        """Ask the terminal to put the text into the clipboard. Nothing tells whether it does."""
        self.copy_to_clipboard(text)
        if self._driver is not None and os.environ.get("TMUX"):
            # tmux keeps the request to itself unless told otherwise; wrapped, it is passed on where allowed.
            import base64

            payload = base64.b64encode(harmless_lines(text).encode()).decode("ascii")
            self._driver.write(f"\x1bPtmux;\x1b\x1b]52;c;{payload}\a\x1b\\")

    def action_jump(self) -> None:
        """Show a letter on each part of the screen, and go where the letter says."""
        from screens.jump import JumpScreen, targets

        def go(target: "Target | None") -> None:
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

    def _picture_saved(self, said: str | None) -> None:
        if said:
            self.say(said, good=True)

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of something."""
