"""Before a change is made: what it is, and what the verdict and readiness become."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from queuewatch.change import Proposal
from queuewatch.failover.verdict import Judgement
from screens.dialog import Dialog
from screens.keys.tasks import CONFIRM, NO, YES
from widgets.action import bindings, key_name
from widgets.cells import Cell, CellSpan, cell
from widgets.fact_sheet import Fact, FactSheet
from widgets.marks import GLYPHS, outcome_mark, readiness_mark

LONGEST_NAME = 14
"""Letters of a phone system's name on a button."""


class ConfirmChange(Dialog[bool]):
    """Shows a proposal and asks. Where callers would be left alone, or are real ones, the word is said twice."""

    CSS_PATH = "confirm_change.tcss"
    HELP_NAME = "before a change"
    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*CONFIRM),
        Binding("left,right", "app.focus_next", "Other button", show=False),
    ]

    def __init__(self, proposal: Proposal, caution: str = "") -> None:
        """``caution`` is the name of a phone system in production; empty for any other."""
        super().__init__()
        self.proposal = proposal
        self._caution = caution
        self._warned = not (proposal.obstacles or caution)

    def compose(self) -> ComposeResult:
        """Before -> after, what it means, and the two answers."""
        proposal = self.proposal
        with Vertical(id="dialog"):
            yield Static(proposal.title, id="title", markup=False)
            with VerticalScroll(can_focus=False):
                facts = FactSheet(label_width=11)
                facts.set_reactive(FactSheet.facts, tuple(_facts(proposal, self._caution)))
                yield facts
            with Horizontal(id="buttons"):
                yield Button(Content(f"Leave it ({key_name(NO)})"), id="cancel", compact=True)
                word = "Change it all the same" if proposal.obstacles else "Change it"
                yield Button(
                    Content(f"{word} ({key_name(YES)})"),
                    id="confirm",
                    variant="primary" if self._warned else "error",
                    compact=True,
                )

    def action_confirm(self) -> None:
        """Say yes. Where the word is needed twice, the first yes only says what a second one will do."""
        if not self._warned:
            self._warned = True
            button = self.query_one("#confirm", Button)
            # Both buttons have room on the narrowest terminal; the whole name is above.
            name = f"{self._caution[:LONGEST_NAME]}…" if len(self._caution) > LONGEST_NAME else self._caution
            where = f" on {name}" if name else ""
            button.label = Content(f"Yes, really{where} ({key_name(YES)})")
            button.refresh(layout=True)
            return
        self.dismiss(True)

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        if event.button.id == "confirm":
            self.action_confirm()
        else:
            self.action_cancel()


def _facts(proposal: Proposal, caution: str) -> Iterator[Fact]:
    arrow = CellSpan(f"  {GLYPHS['onward']}  ", "muted")
    yield Fact("Setting", (CellSpan(proposal.before, "muted"), arrow, CellSpan(proposal.after, "strong")))
    before, after = proposal.judged_before, proposal.judged_after
    yield Fact("Now", (*_outcome(before), arrow, *_outcome(after)))
    yield Fact("If dark", (*_readiness(before), arrow, *_readiness(after)))
    yield Fact("", cell(after.readiness.verdict.sentence, "muted"))
    for moved in proposal.moved:
        yield Fact(f"{GLYPHS['unknown']} Changed", cell(f"Since you looked: {moved}", "warn"))
    if caution:
        yield Fact(
            "! Caution",
            cell(f"{caution} is in production: callers will meet this. Press {key_name(YES)} twice.", "warn"),
        )
    for obstacle in proposal.obstacles:
        yield Fact(f"{GLYPHS['bad']} Stop", cell(obstacle, "bad"))
    for warning in proposal.warnings:
        yield Fact("! Note", cell(warning, "warn"))


def _outcome(judged: Judgement) -> Cell:
    mark = outcome_mark(judged.now)
    # An arrow beside the one that stands between before and after would be none.
    return (CellSpan(mark.word if mark.glyph == GLYPHS["onward"] else mark.text, mark.style),)


def _readiness(judged: Judgement) -> Cell:
    mark = readiness_mark(judged.readiness)
    return (CellSpan(mark.text, mark.style),)
