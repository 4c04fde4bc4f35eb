"""Everything about one queue: verdict, settings, agents, rules, and what the verdict rests on."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Static

from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.polling.state import LiveState
from widgets.agent_rows import AGENT_COLUMNS, WITHOUT_COUNTDOWNS, agent_rows
from widgets.containers import Scrolling
from widgets.fact_sheet import Fact, FactSheet, ValueClicked
from widgets.line_table import LineTable
from widgets.verdict_facts import (
    assumption_facts,
    lag_fact,
    lately_fact,
    path_facts,
    proof_fact,
    quiet_fact,
    rule_facts,
    setting_facts,
    verdict_facts,
)

if TYPE_CHECKING:
    from queuewatch.alerts.quiet import Quiet
    from queuewatch.failover.audit.proofs import ProofLedger


def queue_title(snapshot: Snapshot, queue: Queue) -> str:
    """The queue's name and site."""
    site = queue_site(snapshot, queue)
    return f"{queue.label} · {site}" if site else queue.label


class Title(Static):
    """The queue's name. The same name again draws nothing."""

    DEFAULT_CSS = """
    Title { text-style: bold; height: 1; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def say(self, text: str) -> None:
        """Show this name."""
        if self.content != text:
            self.update(text)


class AgentTable(LineTable, can_focus=False):
    """The queue's agents, as many lines as there are agents: the panel around it scrolls."""

    DEFAULT_CSS = """
    AgentTable { height: auto; }
    """

    def __init__(self, *, countdowns: bool) -> None:
        super().__init__(AGENT_COLUMNS, margin=0)
        self.show_columns(() if countdowns else WITHOUT_COUNTDOWNS)

    def on_click(self, event: events.Click) -> None:
        """A click on a cell copies what it says: here is no cursor to be moved."""
        event.prevent_default()
        if text := self.text_at(event.x, event.y):
            self.post_message(ValueClicked(text))


class ChosenQueue(Scrolling):
    """What is beside the board: the way of a call as it is now, what would mend it, and who is there.

    Its parts come into being when it is first shown: a narrow board never shows it.
    """

    DEFAULT_CSS = """
    ChosenQueue { padding: 0 1; scrollbar-size-vertical: 1; }
    ChosenQueue > CallPath { margin: 1 0; }
    """

    def _parts(self) -> Iterator[Widget]:
        from widgets.call_path import CallPath

        yield Title()
        yield CallPath(upright=True)
        yield FactSheet(id="verdict")
        yield Static("Agents", classes="section")
        # Beside the board nothing ticks; the panel that has a screen of its own counts down.
        yield AgentTable(countdowns=False)

    def show(self, live_state: LiveState, queue: Queue | None, facts: tuple[Fact, ...]) -> None:
        """Show a queue as it is, with these facts; without one, nothing."""
        from widgets.call_path import CallPath
        from widgets.path_drawing import Diagram, picture_of

        if not self.children:
            self.mount_all(self._parts())
        snapshot = live_state.snapshot
        judged = live_state.judgements.get(queue.extension) if queue is not None else None
        known = judged is not None and queue is not None and queue.extension in snapshot.rules
        self.query_one(Title).say(queue_title(snapshot, queue) if queue is not None else "")
        self.query_one(CallPath).picture = picture_of(snapshot, judged.now) if judged and known else Diagram()
        self.query_one(FactSheet).facts = facts
        self.query_one(AgentTable).show_rows(agent_rows(live_state, queue.extension, None) if queue else ())
        for part in (self.query_one(".section"), self.query_one(AgentTable)):
            part.display = queue is not None


class QueuePanel(Scrolling):
    """One queue in full. Its parts come into being when it is first shown."""

    DEFAULT_CSS = """
    QueuePanel { padding: 0 1; scrollbar-size-vertical: 1; }
    QueuePanel > FactSheet { margin-right: 1; }
    """

    queue: var[str | None] = var(None)

    def _parts(self) -> Iterator[Widget]:
        """From the answer down to its grounds."""
        yield FactSheet(id="verdict")
        yield Static("Settings", classes="section")
        yield FactSheet(id="settings", label_width=15)
        yield Static("Agents", classes="section")
        yield AgentTable(countdowns=True)
        yield Static("Call path", classes="section")
        yield FactSheet(id="path")
        yield Static("Answering rules of the queue's user", classes="section")
        yield FactSheet(id="rules", label_width=15)
        yield Static("What this rests on", classes="section", id="assumptions-title")
        yield FactSheet(id="assumptions", label_width=1)

    def show(
        self,
        live_state: LiveState,
        now: datetime | None,
        past: str = "",
        quiet: "Quiet | None" = None,
        proofs: "ProofLedger | None" = None,
    ) -> None:
        """Show the queue as it is, by what it is ``quiet``, when it was proven, and its ``past`` in a line.

        With ``now``, registrations count down.
        """
        queue = live_state.snapshot.queues.get(self.queue or "")
        if queue is None:
            return
        if not self.children:
            self.mount_all(self._parts())
        verdict = verdict_facts(live_state, queue)
        if now is not None:
            verdict += lag_fact(live_state, queue, now)
        verdict += quiet_fact(quiet)
        verdict += proof_fact(proofs, live_state.snapshot, queue)
        verdict += lately_fact(past)
        self.query_one("#verdict", FactSheet).facts = verdict
        self.query_one("#settings", FactSheet).facts = setting_facts(live_state.snapshot, queue)
        self.query_one(AgentTable).show_rows(agent_rows(live_state, queue.extension, now))
        self.query_one("#path", FactSheet).facts = path_facts(live_state, queue)
        self.query_one("#rules", FactSheet).facts = rule_facts(live_state.snapshot, queue)
        notes = assumption_facts(live_state, queue)
        self.query_one("#assumptions", FactSheet).facts = notes
        self.query_one("#assumptions-title").display = bool(notes)
