"""Choose where a queue's calls go once every agent is offline: type, pick, and see the verdict as you type."""

from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from queuewatch.change import SetWhenOffline
from queuewatch.change.proposal import describe_forward
from queuewatch.failover.destination_input import DestinationError, Suggestion, read_forward, suggest
from queuewatch.failover.model import Forward, Queue, Snapshot
from queuewatch.failover.simulate import judge
from queuewatch.failover.suppose import with_when_offline
from queuewatch.failover.verdict import Readiness, ReadinessState
from queuewatch.failover.wording import plural
from screens.dialog import Dialog
from screens.keys.tasks import BOTH, FORWARD, SWITCH_OFF
from widgets.action import bindings, key_name
from widgets.cells import CellSpan, cell
from widgets.containers import ChoiceList
from widgets.fact_sheet import Fact, FactSheet
from widgets.marks import GLYPHS, readiness_mark


class Chosen(Struct, frozen=True):
    """What was chosen; ``destination`` is ``None`` to switch the forward off."""

    destination: str | None
    require_agents: bool = False
    """Whether Require Agents is to be set to Yes with it."""


MOST_JUDGED = 60
"""Suggestions of which it is worked out what they would do: more than anybody scrolls through."""
MOST_SHOWN = 12


class Suggestions(ChoiceList):
    """The list below the input; going up from its first line returns to the input."""

    def action_cursor_up(self) -> None:
        """Go up, or back to typing."""
        if self.highlighted:
            super().action_cursor_up()
        else:
            self.screen.focus_previous()


class ForwardEditor(Dialog[Chosen | None]):
    """Nothing is written here: the choice goes on to be confirmed."""

    CSS_PATH = "forward_editor.tcss"
    HELP_NAME = "choosing a destination"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*FORWARD)]

    def __init__(self, snapshot: Snapshot, queue: Queue, others: tuple[Queue, ...] = ()) -> None:
        """``others`` are queues that get the same destination; what it would do is shown of the first."""
        super().__init__()
        self._snapshot = snapshot
        self._queue = queue
        self._others = others
        # Half of it would not help anybody: without Require Agents the forward is never used.
        self._both = queue.require_agents is False and not others
        self._readiness: dict[str | None, Readiness] = {}
        self._suggestions: tuple[Suggestion, ...] = ()

    def compose(self) -> ComposeResult:
        """The input, what could be meant, and what it would do."""
        rules = self._snapshot.rules_of(self._queue.extension)
        offline = rules.default.offline if rules.default else Forward()
        now = describe_forward(self._snapshot, offline) if rules.known else f"not known, {rules.problem}"
        with Vertical(id="dialog"):
            more = f" and {plural(len(self._others), 'more queue')}" if self._others else ""
            yield Static(f"When Offline of {self._queue.label}{more}", id="title", markup=False)
            yield Static("Where calls go once every agent is offline", classes="muted")
            yield Static(f"Now: {now}", classes="muted", markup=False)
            yield Input(
                placeholder="a 10-digit number, an extension or a name",
                id="destination",
                select_on_focus=False,
                compact=True,
            )
            yield Suggestions(id="suggestions", markup=False, compact=True)
            yield FactSheet(id="preview")
            yield Static(
                f"enter choose · ↓ list · {key_name(SWITCH_OFF)} off · f1 help · esc leave",
                classes="muted",
                markup=False,
            )

    def on_mount(self) -> None:
        """Begin with what is recommended."""
        typing = self.query_one(Input)
        typing.cursor_blink = False
        self._suggest("")

    @on(Input.Changed, "#destination")
    def _typed(self, event: Input.Changed) -> None:
        self._suggest(event.value)

    def _suggest(self, typed: str) -> None:
        found = suggest(self._snapshot, self._queue, typed, most=MOST_JUDGED)
        # Those that would make it ready first, each otherwise at its place.
        ranks = (ReadinessState.READY, ReadinessState.UNKNOWN, ReadinessState.NOT_READY)
        found = tuple(sorted(found, key=lambda one: ranks.index(self._if_chosen(one.text).state)))
        self._suggestions = found[:MOST_SHOWN]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            Option(self._option(suggestion), id=str(index)) for index, suggestion in enumerate(self._suggestions)
        )
        self._preview(typed)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self.query_one(OptionList).has_focus:
            self._preview(self._suggestions[event.option_index].text)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(self._suggestions[event.option_index].text)

    @on(Input.Submitted, "#destination")
    def _submitted(self, event: Input.Submitted) -> None:
        try:
            destination = read_forward(self._snapshot, self._queue, event.value)
        except DestinationError:
            self._preview(event.value)
            return
        self._choose(destination)

    def _choose(self, destination: str | None) -> None:
        self.dismiss(Chosen(destination, self._both and destination is not None))

    def _if_chosen(self, destination: str | None) -> Readiness:
        """Whether the queue would be ready with this forward, and with Require Agents if that is set with it."""
        if destination not in self._readiness:
            forward = SetWhenOffline(destination).forward
            then = with_when_offline(self._snapshot, self._queue.extension, forward)
            open_queue = replace(self._queue, require_agents=True) if self._both else self._queue
            then = replace(then, queues={**then.queues, open_queue.extension: open_queue})
            self._readiness[destination] = judge(then, open_queue).readiness
        return self._readiness[destination]

    def _option(self, suggestion: Suggestion) -> Text:
        mark = readiness_mark(self._if_chosen(suggestion.text))
        return Text.assemble(f"{mark.glyph} ", (f"{suggestion.kind:<14}  ", "dim"), suggestion.label)

    def _preview(self, typed: str) -> None:
        sheet = self.query_one("#preview", FactSheet)
        if not typed.strip():
            sheet.facts = (Fact("", cell("Type, or choose one of the suggestions.", "muted")), *self._about_both())
            return
        try:
            destination = read_forward(self._snapshot, self._queue, typed)
        except DestinationError as error:
            sheet.facts = (Fact(f"{GLYPHS['unknown']} Not yet", cell(f"{error} {error.hint}".rstrip(), "warn")),)
            return
        readiness = self._if_chosen(destination)
        mark = readiness_mark(readiness)
        sheet.facts = (
            Fact("Is written", cell("off" if destination is None else destination, "strong")),
            Fact("If dark", (CellSpan(mark.text, mark.style), CellSpan(f"  {readiness.verdict.sentence}"))),
            *self._about_both(),
        )

    def _about_both(self) -> tuple[Fact, ...]:
        """That Require Agents is No, and what becomes of it."""
        if self._queue.require_agents is not False or self._others:
            return ()
        key = key_name(BOTH)
        words = (
            f"Require Agents is No, and is set to Yes with it ({key} leaves it)"
            if self._both
            else f"Require Agents is No: until it is Yes, this is not used ({key} sets both)"
        )
        return (Fact("Req", cell(words, "strong" if self._both else "warn")),)

    def action_both(self) -> None:
        """Set Require Agents to Yes with the forward, or leave it."""
        if self._queue.require_agents is False and not self._others:
            self._both = not self._both
            self._readiness.clear()
            self._suggest(self.query_one(Input).value)

    def action_into_list(self) -> None:
        """Move from the input into the suggestions, to the first of them."""
        options = self.query_one(OptionList)
        self.set_focus(options)
        options.action_first()

    def action_switch_off(self) -> None:
        """Switch the forward off."""
        self.dismiss(Chosen(None))

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)
