"""A line that stays until somebody has seen it: what was alerted, and the key that marks it seen."""

from rich.text import Text
from textual.widget import Widget

from widgets.glyphs import GLYPHS


class AlertLine(Widget):
    """One alert, and how many more wait."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self.keys = keys.partition(",")[0]
        """What marks it seen."""
        self.text = ""
        self.more = ""

    def say(self, text: str, more: str, *, bad: bool) -> None:
        """Show this; the same again draws nothing."""
        if (text, more) == (self.text, self.more):
            return
        self.text, self.more = text, more
        self.set_class(not bad, "-good")
        self.refresh()

    def render(self) -> Text:
        """What is shortened on a narrow terminal is the alert, not what follows it."""
        glyph = GLYPHS["good" if self.has_class("-good") else "caution"]
        end = f"{f' {self.more}' if self.more else ''} · {self.keys}: seen"
        line = Text(f"{glyph} {self.text}", no_wrap=True)
        line.truncate(max(12, self.content_size.width - Text(end).cell_len), overflow="ellipsis")
        return Text.assemble(line, end, no_wrap=True)
