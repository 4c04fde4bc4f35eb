"""The keys of the present screen, on its last line."""

from textual.widgets import Footer


class KeyLine(Footer):
    """Textual's footer, which is taken apart and built anew only when other keys are to be shown.

    Textual would do it whenever the focus moves, and three times over before a screen has settled.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._keys: list[tuple[str, str, bool]] = []

    async def recompose(self) -> None:
        """Show the keys that work now; the same keys again are left alone."""
        if not self.is_attached:
            return
        active = self.screen.active_bindings.values()
        keys = [(one.binding.key, one.binding.description, one.enabled) for one in active if one.binding.show]
        if keys != self._keys:
            self._keys = keys
            await super().recompose()
