"""Before many changes are made: every one of them, worst first, and one question."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static
from textual.widgets._button import ButtonVariant

from queuewatch.change import Proposal
from queuewatch.failover.model import Queue
from queuewatch.failover.verdict import Judgement
from queuewatch.failover.wording import listing, plural, yes_no
from queuewatch.pbx.identity import Setting
from queuewatch.setup.plan import SetupPlan, worst_first
from screens.dialog import Dialog
from screens.keys.tasks import FLIP, NO, PLAN, YES
from widgets.action import bindings, key_name
from widgets.cells import Cell, CellSpan, Column, Row, cell
from widgets.fact_sheet import Fact, FactSheet
from widgets.line_table import LineTable
from widgets.marks import GLYPHS, readiness_mark

FRAME = 6
"""Lines of the dialog that are always there: its frame, the title and the answers, with what stands between."""
ROOMY, MOST_NOTES, FEWEST_NOTES = 16, 6, 2
"""From so many lines on the notes may have so many; below that, fewer."""

COLUMNS = (
    Column("queue", "Queue", 14, enough=26),
    Column("setting", "Setting", 12, gives_way=2),
    Column("before", "Before", 8, gives_way=1, enough=22),
    Column("after", "After", 5, enough=26),
    Column("dark", "If dark", 10, enough=28),
)


class PlanAnswer(StrEnum):
    """What is said to a plan."""

    YES = "yes"
    NO = "no"
    FLIP = "flip"
    """The same the other way: Require Agents No instead of Yes, or Yes again."""


class ConfirmPlan(Dialog[PlanAnswer]):
    """Shows a plan and asks once. A queue that would be worse off than now needs its number typed."""

    CSS_PATH = "confirm_plan.tcss"
    HELP_NAME = "before many changes"
    AUTO_FOCUS = "#changes"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*PLAN),
        Binding("left,right", "app.focus_next", "Other button", show=False),
    ]

    def __init__(self, plan: SetupPlan, caution: str = "", *, flips_to: bool | None = None) -> None:
        """``caution`` is the name of a phone system in production. ``flips_to`` is what Require Agents would be
        set to the other way; ``None`` where there is no other way."""
        super().__init__()
        self.plan = plan
        self._caution = caution
        self._flips_to = flips_to
        self._forced = any(proposal.obstacles for proposal in plan.changes)
        self._warned = not (self._forced or caution)

    def compose(self) -> ComposeResult:
        """The changes, what speaks against them, and the answers."""
        plan = self.plan
        columns = _columns(plan)
        table = LineTable(columns, id="changes")
        table.show_rows(_rows(plan, columns))
        with Vertical(id="dialog"):
            yield Static(_title(plan), id="title", markup=False)
            yield table
            notes = FactSheet(id="notes", label_width=11)
            notes.set_reactive(FactSheet.facts, tuple(self._notes()))
            # What is empty has a margin all the same, which would push the answers out of a small window.
            notes.display = bool(notes.facts)
            yield notes
            if plan.worse and plan.changes:
                yield Input(placeholder=f"type {_numbers(plan.worse)}", id="typed", compact=True)
            with Horizontal(id="buttons"):
                if self._flips_to is not None:
                    word = f"All to {yes_no(self._flips_to)} ({key_name(FLIP)})"
                    yield Button(Content(word), id="flip", compact=True)
                yield Button(Content(f"Leave them ({key_name(NO)})"), id="cancel", compact=True)
                if plan.changes:
                    variant: ButtonVariant = "primary" if self._warned and not plan.worse else "error"
                    yield Button(Content(self._word()), id="confirm", variant=variant, compact=True)

    def on_resize(self) -> None:
        """The table takes the room that notes, answers and what is to be typed leave: those stay in sight."""
        height = self.size.height * 96 // 100 - FRAME
        notes = self.query_one("#notes", FactSheet)
        most = MOST_NOTES if height >= ROOMY else FEWEST_NOTES
        notes.styles.max_height = most
        taken = (most + 1 if notes.facts else 0) + 2 * len(self.query("#typed"))
        self.query_one("#changes").styles.max_height = max(3, height - taken)

    def _word(self) -> str:
        many = len(self.plan.changes)
        return f"Make {'it' if many == 1 else f'all {many}'} ({key_name(YES)})"

    def _notes(self) -> Iterator[Fact]:
        plan = self.plan
        if plan.worse and plan.changes:
            names = listing((queue.label for queue in plan.worse), most=4)
            words = f"{names} would be worse off than now. To make it all the same, type {_numbers(plan.worse)}."
            yield Fact(f"{GLYPHS['bad']} Worse", cell(words, "bad"))
        for affected in plan.affected[:3]:
            spans = (
                CellSpan(f"{affected.queue.label} comes there: "),
                *_readiness(affected.before),
                CellSpan(f" {GLYPHS['onward']} ", "muted"),
                *_readiness(affected.after),
            )
            yield Fact("Also", spans)
        if len(plan.affected) > 3:
            yield Fact("", cell(f"and {len(plan.affected) - 3} more that come to these queues", "muted"))
        for refused in plan.refused[:3]:
            yield Fact(f"{GLYPHS['bad']} Left out", cell(refused.why, "warn"))
        if len(plan.refused) > 3:
            yield Fact("", cell(f"and {len(plan.refused) - 3} more are left out", "warn"))
        for obstacle in dict.fromkeys(words for proposal in plan.changes for words in proposal.obstacles):
            yield Fact(f"{GLYPHS['bad']} Stop", cell(obstacle, "bad"))
        if self._caution:
            words = f"{self._caution} is in production: callers will meet this. Press {key_name(YES)} twice."
            yield Fact("! Caution", cell(words, "warn"))

    def action_confirm(self) -> None:
        """Say yes, once what has to be typed is typed, and twice where the word is needed twice."""
        if not self.plan.changes:
            self.dismiss(PlanAnswer.NO)
            return
        if self.plan.worse and not self._is_typed():
            self.set_focus(self.query_one(Input))
            return
        if not self._warned:
            self._warned = True
            button = self.query_one("#confirm", Button)
            # Three answers have room on the narrowest terminal without the phone system's name, which is above.
            button.label = Content(f"Yes, really ({key_name(YES)})")
            button.refresh(layout=True)
            self.set_focus(button)
            return
        self.dismiss(PlanAnswer.YES)

    def _is_typed(self) -> bool:
        typed = self.query_one(Input).value.replace(",", " ").split()
        return {queue.extension for queue in self.plan.worse} == set(typed)

    @on(Input.Submitted, "#typed")
    def _typed(self) -> None:
        self.action_confirm()

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(PlanAnswer.NO)

    def action_flip(self) -> None:
        """Ask for the same the other way."""
        if self._flips_to is not None:
            self.dismiss(PlanAnswer.FLIP)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        match event.button.id:
            case "confirm":
                self.action_confirm()
            case "flip":
                self.action_flip()
            case _:
                self.action_cancel()


def _one_forward(plan: SetupPlan) -> str:
    """The one When Offline that several queues are to have, in words; empty where it is not one."""
    wanted = {(proposal.setting, proposal.after) for proposal in plan.changes}
    setting, after = wanted.pop() if len(wanted) == 1 and len(plan.changes) > 1 else ("", "")
    return after if setting is Setting.WHEN_OFFLINE else ""


def _columns(plan: SetupPlan) -> tuple[Column, ...]:
    """What is the same in every row stands on top, and leaves room for what is written over."""
    same = ("setting", "after") if _one_forward(plan) else ()
    return tuple(column for column in COLUMNS if column.key not in same)


def _title(plan: SetupPlan) -> str:
    """``Require Agents: 14 changes, 4 queues worse off than now``, short enough for one line."""
    settings = {str(proposal.setting) for proposal in plan.changes}
    if one := _one_forward(plan):
        # How it is written stands in the editor, where it was chosen.
        settings = {f"{Setting.WHEN_OFFLINE} to {one.rpartition(' · ')[0] or one}"}
    parts = [
        plural(len(plan.changes), "change") if plan.changes else "Nothing that can be changed",
        f"{plural(len(plan.worse), 'queue')} worse off than now" if plan.worse and plan.changes else "",
        f"{len(plan.refused)} left out" if plan.refused else "",
    ]
    words = ", ".join(filter(None, parts))
    return f"{settings.pop()}: {words}" if len(settings) == 1 else words


def _numbers(queues: tuple[Queue, ...]) -> str:
    return " ".join(queue.extension for queue in queues)


def _rows(plan: SetupPlan, columns: Sequence[Column]) -> Iterator[Row]:
    last = ""
    for proposal in sorted(plan.changes, key=worst_first):
        first = proposal.queue.extension != last
        last = proposal.queue.extension
        cells = _cells(proposal) if first else {**_cells(proposal), "queue": (), "dark": ()}
        yield Row(f"{last} {proposal.setting}", tuple(cells[column.key] for column in columns))


def _cells(proposal: Proposal) -> dict[str, Cell]:
    """By column."""
    queue, before, after = proposal.queue, proposal.judged_before, proposal.judged_after
    same = before.readiness.state is after.readiness.state
    arrow = () if same else (*_readiness(before), CellSpan(f" {GLYPHS['onward']} ", "muted"))
    return {
        "queue": (CellSpan(f"{queue.extension} "), CellSpan(queue.name, "strong")),
        "setting": cell(proposal.setting),
        "before": cell(proposal.before, "muted"),
        "after": cell(proposal.after, "strong"),
        "dark": (*arrow, *_readiness(after)),
    }


def _readiness(judged: Judgement) -> Cell:
    mark = readiness_mark(judged.readiness)
    return (CellSpan(mark.text, mark.style),)
