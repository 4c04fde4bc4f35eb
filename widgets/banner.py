"""A line that is there only when there is something to say."""

from textual.widgets import Static


class Banner(Static):
    """Trouble with the phone system, or a demo's caption."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._text = ""

    def say(self, text: str, *, calm: bool = False) -> None:
        """Show this text, or hide when there is none. The same text again draws nothing."""
        if text == self._text:
            return
        self._text = text
        self.set_class(bool(text), "-shown")
        self.set_class(calm, "-calm")
        self.update(text)


class StatusLine(Static):
    """What became of the last action."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Show this text; ``good`` colours it."""
        self.set_class(good is True, "-good")
        self.set_class(good is False, "-bad")
        self.update(text)
