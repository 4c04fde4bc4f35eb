"""One line of a form: what is asked for, where it is typed, and what there is to say of it."""

from typing import Literal

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from queuewatch.pbx.checks import Check, CheckState
from widgets.glyphs import GLYPHS, Mark


def mark_of(state: CheckState) -> Mark | None:
    """How a state of a check is shown; plain help has no mark."""
    match state:
        case CheckState.GOOD:
            return Mark(GLYPHS["good"], "", "good")
        case CheckState.BAD:
            return Mark(GLYPHS["bad"], "", "bad")
        case CheckState.UNSURE:
            return Mark(GLYPHS["caution"], "", "warn")
        case CheckState.SKIPPED:
            return None


class FormRow(Widget):
    """A label, a field, and a line or two of help that say how the field is doing."""

    DEFAULT_CSS = """
    FormRow {
        height: auto;
        & > Horizontal { height: auto; }
        .label { width: 15; color: $muted; }
        .remark { height: auto; max-height: 3; color: $muted; }
        .below { padding-left: 16; }
        .beside { width: 1fr; padding-left: 2; }
        &.-hidden { display: none; }
        &.-good .remark { color: $status-green; }
        &.-bad .remark { color: $bad; text-style: bold; }
        &.-warn .remark { color: $text-warning; }
        &:ansi .remark { text-style: dim; }
        &.-good:ansi .remark, &.-warn:ansi .remark { text-style: none; }
        &.-bad:ansi .remark { text-style: bold; }
    }
    """

    def __init__(self, label: str, field: Widget, remark: Literal["below", "beside", "none"] = "below") -> None:
        """``remark`` is where the help goes."""
        super().__init__(id=f"{field.id}-row")
        self._label = label
        self._field = field
        self._remark = remark
        self.check: Check | None = None
        """What is said of the field."""

    def compose(self) -> ComposeResult:
        """The label and the field on one line."""
        with Horizontal():
            yield Static(self._label, classes="label")
            yield self._field
            if self._remark == "beside":
                yield Static("", classes="remark beside", markup=False)
        if self._remark == "below":
            yield Static("", classes="remark below", markup=False)

    def say(self, check: Check) -> None:
        """Say this of the field."""
        if check == self.check:
            return
        self.check = check
        mark = mark_of(check.state)
        for style in ("good", "bad", "warn"):
            self.set_class(mark is not None and mark.style == style, f"-{style}")
        glyph = f"{mark.glyph} " if mark else ""
        for remark in self.query(".remark").results(Static):
            remark.update(f"{glyph}{check.sentence} {check.remedy}".rstrip())

    def show(self, shown: bool) -> None:
        """Whether the row is there."""
        self.set_class(not shown, "-hidden")

    @property
    def is_shown(self) -> bool:
        """Whether the row is there."""
        return not self.has_class("-hidden")
