"""The changes made through queuewatch to this domain, the latest first, and the way back."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container

from queuewatch.change import CannotUndo, propose_undo
from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.lookup import NotFound
from queuewatch.failover.model import Queue
from queuewatch.failover.wording import plural
from queuewatch.journal import SETTINGS, Journal, JournalEntry, JournalError, Log
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.identity import Setting
from queuewatch.polling.state import LiveState
from screens.editing.edits import EditingScreen
from screens.keys.tasks import LOG
from widgets.action import bindings
from widgets.bars import Banner, KeyBar, StatusLine, TopBar, trouble_text
from widgets.containers import Scrolling
from widgets.fact_sheet import FactSheet
from widgets.line_table import LineTable
from widgets.log_rows import CHANGE_COLUMNS, change_facts, change_rows

WIDE = 120
"""From this width on, the change under the cursor is told beside the log."""

EMPTY_SAMPLE = "No change has been made to this sample since it was opened."
UNTIL_THE_END = "kept until the program ends"
EMPTY = "No change to this domain has been made through queuewatch on this machine."


class LogScreen(EditingScreen):
    """The log, and one change in full."""

    CSS_PATH = "log.tcss"
    AUTO_FOCUS = "#changes"
    ACTIONS = LOG
    HELP_NAME = "the log of changes"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*LOG)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]

    def __init__(self, connection: ConnectionInfo, live_state: LiveState, journal: Journal | None) -> None:
        """``journal`` is where changes to this phone system are logged; ``None`` where none is kept."""
        super().__init__(connection, live_state)
        self._journal = journal
        self._table = LineTable(CHANGE_COLUMNS, id="changes")
        self._log = Log()
        self._problem = ""
        self._read_at: tuple[int, int] | None = None

    def compose(self) -> ComposeResult:
        """The changes, and all about the chosen one."""
        yield TopBar()
        yield Banner()
        with Container(id="body"):
            yield self._table
            with Scrolling(id="story"):
                yield FactSheet(id="facts", label_width=8)
        yield StatusLine()
        yield KeyBar()

    @property
    def entry(self) -> JournalEntry | None:
        """The change under the cursor."""
        key = self._table.cursor_key
        return self._log.entry(key) if key else None

    @property
    def chosen(self) -> Queue | None:
        """The queue whose change is under the cursor, if it is still there."""
        entry = self.entry
        return self.live_state.snapshot.queues.get(entry.edit.queue) if self.live_state and entry else None

    def hold_row(self, method: str) -> None:
        """A change that is undone stays under the cursor while its undoing comes to stand above it."""
        if method == "undo" and self._table.cursor_key:
            self._table.move_to(self._table.cursor_key)

    def redraw(self) -> None:
        """Top line, banner, the changes and the chosen one. The log is read again only if it changed."""
        live_state = self.live_state
        if live_state is None or not self.is_current:
            return
        self._read()
        system = self.connection.system
        here = [
            entry
            for entry in reversed(self._log.entries)
            if (entry.edit.server, entry.edit.domain) == (system.address, system.domain)
        ]
        top = self.query_one(TopBar)
        self.show_cautions(top)
        top.left = " · ".join(filter(None, ("Log", self.name_on_top, system.domain)))
        top.right = plural(len(here), "change")
        self._show_banner(live_state)
        sample = self.connection.is_sample
        if here and sample:
            top.right += f", {UNTIL_THE_END}"
        self._table.empty = EMPTY_SAMPLE if sample else EMPTY
        self._table.show_rows(change_rows(self._log, here))
        self._show_chosen()

    def _show_banner(self, live_state: LiveState) -> None:
        banner = self.query_one(Banner)
        if live_state.trouble is not None:
            banner.say(trouble_text(live_state))
        else:
            banner.say(self._problem or " ".join(self._log.problems), calm=not self._problem)

    def _show_chosen(self) -> None:
        entry, live_state = self.entry, self.live_state
        facts = change_facts(self._log, entry, live_state.snapshot) if entry and live_state else ()
        self.query_one("#facts", FactSheet).facts = facts

    def _read(self) -> None:
        journal = self._journal
        if journal is None:
            return
        stamp = journal.stamp()
        if stamp == self._read_at and not self._problem:
            return
        try:
            self._log, self._problem, self._read_at = journal.read(), "", stamp
        except JournalError as error:
            self._problem = f"{error} {error.hint}".rstrip()

    @on(LineTable.Highlighted, "#changes")
    def _highlighted(self) -> None:
        self._show_chosen()
        self.dim_keys()

    def on_screen_resume(self) -> None:
        """What was changed meanwhile is shown at once."""
        self.redraw()

    def action_refresh_now(self) -> None:
        """Read the log again, whatever the phone system has to say."""
        self.redraw()
        super().action_refresh_now()

    def action_back(self) -> None:
        """Return to the screen before."""
        self.dismiss(None)

    def setting_of(self, action: str) -> Setting | None:
        """To undo a change is to change the same setting."""
        if action == "undo":
            return SETTINGS.get(self.entry.edit.setting) if self.entry else None
        return super().setting_of(action)

    def action_undo(self) -> None:
        """Restore what was there before the change under the cursor."""
        entry = self.entry
        if entry is None:
            self.say("There is no change here to undo: one made with e or r will be listed here.", good=False)
        else:
            self._undo(entry)

    @work(exclusive=True, group="edit")
    async def _undo(self, entry: JournalEntry) -> None:
        if self.live_state is None:
            return
        self.say("Reading the present setting…")
        try:
            proposal = await propose_undo(self.connection.system, self.live_state.snapshot, self._log, entry)
        except (CannotUndo, NotFound, PbxError) as error:
            self.say(f"Nothing was changed: {error} {error.hint}".rstrip(), good=False)
            return
        await self._ask(proposal)
