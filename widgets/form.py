"""One line of a form: what is asked for, where it is typed, and what there is to say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from queuewatch.pbx.checks import Check, CheckState
from widgets.marks import GLYPHS, Mark


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


class Field(Input):
    """One line. What to do with it is for the screen to know."""

    # Black on white is no colour of the terminal's own, and nothing where there are to be none.
    DEFAULT_CSS = """
    Field:ansi > .input--cursor { color: ansi_default; background: ansi_default; text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Next, or connect")]

    def __init__(self, *, id: str, placeholder: str = "", password: bool = False) -> None:
        super().__init__(id=id, placeholder=placeholder, password=password, compact=True, select_on_focus=False)
        # It would write to the terminal for ever.
        self.cursor_blink = False


class SecretField(Field):
    """Shows dots, gives nothing to the clipboard, and its messages print without what was typed."""

    class Changed(Input.Changed):
        """Something else was typed."""

        def __repr__(self) -> str:
            return "SecretField.Changed()"

    class Submitted(Input.Submitted):
        """Enter was pressed."""

        def __repr__(self) -> str:
            return "SecretField.Submitted()"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, password=True)

    def action_copy(self) -> None:
        """Nothing goes to the clipboard."""

    def action_cut(self) -> None:
        """Nothing goes to the clipboard."""

    def forget(self) -> None:
        """Hold nothing any more, and tell nobody."""
        self.set_reactive(Input.value, "")

    def on_unmount(self) -> None:
        """What was typed is gone with the field, however the screen was left."""
        self.forget()


CHOSEN, NOT_CHOSEN = "(*) ", "( ) "
GAP = "   "


class ChoiceLine(Widget, can_focus=True):
    """Left and right choose, and so does a click. What has no room on the line stands on the next: none is cut."""

    DEFAULT_CSS = """
    ChoiceLine { height: auto; width: 1fr; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "choose(-1)", "Choose", key_display="← →"),
        Binding("right,space", "choose(1)", "The next one", show=False),
    ]

    chosen: reactive[str] = reactive("")

    @dataclass
    class Changed(Message):
        """Another one was chosen."""

        line: "ChoiceLine"
        chosen: str

        @property
        def control(self) -> "ChoiceLine":
            """The line it was chosen on."""
            return self.line

    def __init__(self, choices: Mapping[str, str], *, id: str) -> None:
        """``choices`` are words by name; the first is chosen."""
        super().__init__(id=id)
        self._choices = dict(choices)
        self.set_reactive(ChoiceLine.chosen, next(iter(self._choices)))

    def offer(self, choices: Mapping[str, str]) -> None:
        """Offer these instead; what was chosen stays so if it is among them."""
        self._choices = dict(choices)
        if self.chosen not in self._choices:
            self.chosen = next(iter(self._choices))
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the choices need."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[list[str]]:
        """The names of the choices on each line."""
        lines: list[list[str]] = []
        room = 0
        for name, words in self._choices.items():
            needed = cell_len(CHOSEN + words)
            if not lines or needed > room:
                lines.append([])
                room = width
            lines[-1].append(name)
            room -= needed + len(GAP)
        return lines

    def render(self) -> Text:
        """Every choice; the one that is chosen is marked, and lit while the line has the keys."""
        text = Text(no_wrap=True)
        for names in self._lines(self.size.width):
            text.append("\n" if text else "")
            for name in names:
                mine = name == self.chosen
                style = ("reverse" if self.has_focus else "bold") if mine else ""
                text.append(f"{CHOSEN if mine else NOT_CHOSEN}{self._choices[name]}", style)
                text.append(GAP)
        return text

    def watch_chosen(self) -> None:
        """Tell whoever depends on it."""
        self.post_message(self.Changed(self, self.chosen))

    def action_choose(self, by: int) -> None:
        """Choose the next one, or the one before."""
        names = list(self._choices)
        self.chosen = names[(names.index(self.chosen) + by) % len(names)]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked on."""
        end = 1
        for name in dict(enumerate(self._lines(self.size.width))).get(event.y, ()):
            end += cell_len(CHOSEN + self._choices[name] + GAP)
            if event.x < end:
                self.chosen = name
                return
