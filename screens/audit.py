"""The audit: what is wrong with the failover of every queue, worst first, and the way to put each right."""

from collections.abc import Iterable
from datetime import date
from operator import is_
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.reactive import var
from textual.widgets import Input, Static

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.completeness import is_final, still_reading
from queuewatch.failover.audit.finding import Finding, Remedy, Severity
from queuewatch.failover.audit.proofs import NO_PROOFS
from queuewatch.failover.audit.stories import Code
from queuewatch.failover.model import Queue
from queuewatch.failover.wording import no_queues, plural
from queuewatch.pbx.identity import Setting
from queuewatch.polling.state import LiveState
from screens.dialog import Dialog
from screens.editing.edits import EditingScreen
from screens.keys.tasks import AUDIT, EXPLAIN
from screens.live import WIDE
from widgets.action import bindings
from widgets.audit_rows import FINDING_COLUMNS, FINDING_LABELS, finding_facts, finding_rows, gone_row, matches
from widgets.bars import Banner, KeyBar, StatusLine, TopBar, age_of, caption, trouble_text
from widgets.cells import cell
from widgets.containers import LEAST_PANEL, Scrolling
from widgets.fact_sheet import Fact, FactSheet
from widgets.line_table import LineTable
from widgets.prompt import FilterLine

GONE = "This is not found any more: nothing is left of it to be done."


class ExplainScreen(Dialog[None]):
    """What ``queuewatch explain`` tells."""

    CSS_PATH = "audit.tcss"
    HELP_NAME = "the story of a code"
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*EXPLAIN)]

    def __init__(self, code: Code) -> None:
        super().__init__()
        self.code = code

    def compose(self) -> ComposeResult:
        """The title, then the story heading by heading."""
        with Scrolling(id="dialog"):
            yield Static(f"{self.code.number} {self.code.slug}  (esc closes)", id="title", markup=False)
            yield Static(self.code.title, id="says", markup=False)
            for heading, paragraph in self.code.story:
                yield Static(heading, classes="section")
                yield Static(paragraph, markup=False)

    def action_close(self) -> None:
        """Return to the screen below."""
        self.dismiss(None)


class AuditScreen(EditingScreen):
    """Every finding, of the whole domain or of one queue."""

    CSS_PATH = "audit.tcss"
    HELP_NAME = "the audit"
    CAPTIONED = True
    AUTO_FOCUS = "#findings"
    ACTIONS = AUDIT
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*AUDIT)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]

    filter_text: var[str] = var("", init=False)

    def __init__(self, connection: ConnectionInfo, live_state: LiveState, queue: str | None = None) -> None:
        super().__init__(connection, live_state)
        self._of = queue
        self._table = LineTable(FINDING_COLUMNS, id="findings")
        self._found: tuple[Finding, ...] = ()
        self._suppressed = 0
        self._audited: tuple[tuple[object, ...], date] | None = None
        self._by_row: dict[str, Finding] = {}

    def compose(self) -> ComposeResult:
        """The findings, the one under the cursor in full, the keys."""
        yield TopBar()
        yield Banner()
        with Horizontal(id="body"):
            yield self._table
            with VerticalScroll(id="detail", can_focus=False):
                yield FactSheet(id="finding", label_width=FINDING_LABELS)
        yield FilterLine("words in a finding, a code, a queue or a severity", returns_to="#findings", id="filter")
        yield StatusLine()
        yield KeyBar()

    def on_screen_resume(self) -> None:
        """What changed while something else was looked at is shown now."""
        if self.may_draw:
            self.redraw()
        self.look_at_chosen()

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other room for the findings."""
        self._arrange()

    @on(LineTable.Widened, "#findings")
    def _arrange(self) -> None:
        """Beside the findings stands what cuts nothing of them, as long as there is room for it."""
        beside = self.app.size.width >= WIDE
        whole = min(self._table.whole_width + 1, self.app.size.width - LEAST_PANEL)
        self._table.styles.min_width = whole if beside else 0

    def watch_filter_text(self) -> None:
        """Show the findings that match the new filter."""
        self._table.let_go()
        self.redraw()

    @property
    def finding(self) -> Finding | None:
        """The finding under the cursor."""
        return self._by_row.get(self._table.cursor_key or "")

    @property
    def chosen(self) -> Queue | None:
        """The queue that the finding under the cursor is about."""
        finding = self.finding
        return self.live_state.snapshot.queues.get(finding.queue) if self.live_state and finding else None

    @property
    def markable(self) -> tuple[str, ...]:
        """The findings shown."""
        return tuple(row.key for row in self._table.rows if row.key in self._by_row)

    @property
    def marked_queues(self) -> tuple[Queue, ...]:
        """The queues that marked findings are about, each once."""
        return self._queues_of(self._by_row[key] for key in self.marked)

    def _queues_of(self, findings: Iterable[Finding]) -> tuple[Queue, ...]:
        queues = self.live_state.snapshot.queues if self.live_state else {}
        found = dict.fromkeys(finding.queue for finding in findings)
        return tuple(queues[extension] for extension in found if extension in queues)

    @property
    def acted_on(self) -> LineTable:
        """The table whose row the keys are about."""
        return self._table

    def redraw(self) -> None:
        """Top line, banner, findings and the one under the cursor."""
        live_state = self.live_state
        if live_state is None or not self.is_current:
            return
        self._audit(live_state)
        snapshot = live_state.snapshot
        top, banner = self.query_one(TopBar), self.query_one(Banner)
        self.show_cautions(top)
        queue = snapshot.queues.get(self._of or "")
        top.left = " · ".join(filter(None, ("Audit", queue.label if queue else self._of or self.name_on_top)))
        reading = still_reading(snapshot)
        top.right = "  ".join(
            part
            for part in ("" if reading else self._counts(), age_of(live_state, self.connection.interval))
            if part
        )
        if live_state.trouble:
            banner.say(trouble_text(live_state), calm=live_state.trouble.asking)
        else:
            banner.say(caption(self.connection, live_state) or (reading if self._found else ""), calm=True)
        self.set_class(live_state.trouble is not None, "-stale")
        shown = [finding for finding in self._found if matches(snapshot, finding, self.filter_text)]
        rows = tuple(finding_rows(snapshot, shown))
        self._by_row = {row.key: finding for row, finding in rows}
        held = next((row for row in self._table.rows if row.key == self._table.held), None)
        gone = [gone_row(held)] if held is not None and held.key not in self._by_row else []
        self._table.empty = self._empty_text(live_state, reading)
        self._table.show_rows([*(row for row, _ in rows), *gone])
        self.keep_marks(row.key for row, _ in finding_rows(snapshot, self._found))
        if words := self.mark_words:
            top.badge = "  ".join(filter(None, (top.badge, words)))
        self._show_finding()

    def _audit(self, live_state: LiveState) -> None:
        """Audit anew if anything it rests on has changed: until then these are the same objects."""
        today = self.connection.clock().astimezone().date()
        snapshot = live_state.snapshot
        rests_on = (live_state.judgements, snapshot.time_frames, snapshot.user_time_frames, self.proofs)
        if self._audited and self._audited[1] == today and all(map(is_, self._audited[0], rests_on)):
            return
        self._audited = rests_on, today
        only = None if self._of is None else {self._of}
        everything = audit(
            live_state.snapshot,
            judgements=live_state.judgements,
            only=only,
            suppressions=self.connection.suppressions,
            today=today,
            proofs=self.proofs or NO_PROOFS,
        )
        found = is_final(live_state.snapshot, live_state.judgements, everything)
        own = tuple(finding for finding in found if only is None or finding.queue in only)
        self._found = tuple(finding for finding in own if not finding.suppressed)
        self._suppressed = len(own) - len(self._found)

    def _counts(self) -> str:
        counts = [sum(finding.severity is severity for finding in self._found) for severity in Severity]
        parts = [
            plural(counts[0], "error") if counts[0] else "",
            plural(counts[1], "warning") if counts[1] else "",
            f"{counts[2]} info" if counts[2] else "",
            f"{self._suppressed} suppressed" if self._suppressed else "",
        ]
        return ", ".join(part for part in parts if part) or "nothing found"

    def _empty_text(self, live_state: LiveState, reading: str) -> str:
        if self._found:
            return f"No finding matches “{self.filter_text}”. Esc clears the filter."
        if reading:
            return "" if live_state.trouble else reading
        if not live_state.snapshot.call_queues:
            return no_queues(live_state.snapshot)
        if self._of is not None and self._of not in live_state.snapshot.queues:
            return f"There is no queue {self._of} any more."
        return "Nothing found: if the building went dark, every call would reach someone."

    @on(LineTable.Highlighted, "#findings")
    def _highlighted(self) -> None:
        if self._table.held is None and len(self._table.rows) > len(self._by_row):
            # The cursor has left what was put right.
            self.redraw()
        self.look_at_chosen()
        self._show_finding()
        self.dim_keys()

    def _show_finding(self) -> None:
        if self.live_state is not None:
            finding = self.finding
            facts = finding_facts(self.live_state.snapshot, finding) if finding else ()
            if finding is None and self._table.rows:
                facts = (Fact("Done", cell(GONE)),)
            self.query_one("#finding", FactSheet).facts = facts

    @on(LineTable.Chosen, "#findings")
    def _opened(self) -> None:
        self._table.hold()
        self.action_fix()

    def setting_of(self, action: str) -> Setting | None:
        """What a fix would change is what its finding is about; there is not always something to change."""
        if action == "fix_all":
            return Setting.REQUIRE_AGENTS
        if action != "fix":
            return super().setting_of(action)
        match self.finding.remedy if self.finding else Remedy.NONE:
            case Remedy.WHEN_OFFLINE:
                return Setting.WHEN_OFFLINE
            case Remedy.REQUIRE_AGENTS:
                return Setting.REQUIRE_AGENTS
            case Remedy.LOOK | Remedy.NONE:
                return None

    def action_fix(self) -> None:
        """Open what puts the finding under the cursor right, or all that are marked."""
        if self.marked:
            self._fix([self._by_row[key] for key in self.marked])
            return
        finding, queue = self.finding, self.chosen
        if finding is None:
            if self._table.rows:
                self.say(GONE)
            return
        match finding.remedy:
            case Remedy.WHEN_OFFLINE:
                self.action_edit_when_offline()
            case Remedy.REQUIRE_AGENTS:
                self.action_toggle_require_agents()
            case Remedy.LOOK if queue is not None:
                self.post_message(self.QueueOpened(queue.extension))
            case Remedy.LOOK | Remedy.NONE:
                self.say(finding.fix)

    def action_fix_all(self) -> None:
        """Put right all that is marked, or else all that is shown, as one plan."""
        if reason := self.why_not("fix_all"):
            self.say(reason, good=False)
            return
        self._fix([self._by_row[key] for key in self.marked or self.markable])

    def _fix(self, findings: list[Finding]) -> None:
        """Plan what puts these right: Require Agents to Yes, and one forward for those that need one."""
        if self.connection.read_only:
            self.say(self.why_read_only, good=False)
            return
        by_remedy = {
            remedy: self._queues_of(finding for finding in findings if finding.remedy is remedy)
            for remedy in Remedy
        }
        toggles, forwards = by_remedy[Remedy.REQUIRE_AGENTS], by_remedy[Remedy.WHEN_OFFLINE]
        others = sum(finding.remedy in (Remedy.LOOK, Remedy.NONE) for finding in findings)
        by_hand = f"{plural(others, 'finding')} of these {'is' if others == 1 else 'are'} put right by hand."
        if not toggles and not forwards:
            self.say(by_hand if others else "There is nothing here to be put right.")
            return
        self.plan_changes(require_agents_of=toggles, forward_of=forwards, left_out=by_hand if others else "")

    def action_explain(self) -> None:
        """Tell the whole story of the finding's code."""
        if (finding := self.finding) is not None:
            self.app.push_screen(ExplainScreen(CODES[finding.code]))

    def action_filter(self) -> None:
        """Open the filter."""
        self.query_one(FilterLine).ask()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self.filter_text = event.value

    def action_back(self) -> None:
        """Empty the filter first, then return to where the audit was opened."""
        if not self.query_one(FilterLine).clear_away():
            self.dismiss(None)
