"""Writes what a watch sees: spans of watching, and in them everything that changed."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from queuewatch.failover.audit.completeness import not_yet_checked
from queuewatch.failover.decide import colours_of
from queuewatch.failover.model import Agent, Part, Queue
from queuewatch.failover.verdict import Judgement
from queuewatch.history.database import PhoneSystemKey, upkeep
from queuewatch.history.state import AgentState, QueueState, agent_state, queue_state, rests_on_unread
from queuewatch.polling.state import LiveState

EXTENDED_EVERY = timedelta(minutes=1)
"""How much of a span a crash loses at most."""
PRUNED = "pruned"
"""Under this name it is noted how often texts were taken out."""
LONGEST_SILENCE = timedelta(seconds=90)
"""Between two live states; after a longer one, or three missed refreshes, nobody watched meanwhile."""

Row = tuple[object, ...]


class Writer:
    """Writes one phone system's history into an open database. What fails is to be followed by another writer."""

    def __init__(self, database: sqlite3.Connection, place: PhoneSystemKey, *, ever_watched: bool = False) -> None:
        """``ever_watched`` is for a sample, whose clock may run so fast that every silence is long."""
        self._database = database
        self._place_id = place_id(database, place)
        self._ever_watched = ever_watched
        self._texts: dict[str, int] = {}
        self._pruned = upkeep(database, PRUNED)
        self._span: int | None = None
        self._begun = self._last_at = self._written_to = datetime.min.replace(tzinfo=UTC)
        self._last: LiveState | None = None
        self._queues: dict[str, QueueState] = {}
        self._judged: dict[str, Judgement] = {}
        self._agents: dict[str, dict[str, AgentState]] = {}
        self._rows: dict[str, tuple[Agent, ...]] = {}
        self._counted: dict[str, Queue | None] = {}
        """By queue, as it was when its rows were looked at: its own counts may unsettle a colour."""
        self._verdict_rows: list[Row] = []
        self._status_rows: list[Row] = []

    def write(self, live_states: Iterable[LiveState | None]) -> None:
        """Write down what is new in these, in order; ``None`` is a time without live states.

        Raises ``sqlite3.Error``: then none of it is written.
        """
        begun = False
        try:
            for live_state in live_states:
                if not begun and self._is_news(live_state):
                    self._database.execute("BEGIN IMMEDIATE")
                    begun = True
                    # Another program may have taken texts out that nobody used any more.
                    pruned = upkeep(self._database, PRUNED)
                    if pruned != self._pruned:
                        self._pruned = pruned
                        self._texts.clear()
                self._note(live_state)
            if begun:
                self._put_down()
                self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def has_news(self, live_states: Iterable[LiveState | None]) -> bool:
        """Whether one of these may have something to be written down. Fewer are told than by what was written."""
        return any(map(self._is_news, live_states))

    def close(self) -> None:
        """Write down until when somebody watched. Raises ``sqlite3.Error``."""
        self.write((None,))

    def _is_news(self, live_state: LiveState | None) -> bool:
        """Whether there may be anything to write."""
        if live_state is None or live_state.trouble is not None:
            return self._span is not None
        if Part.LIVE not in live_state.snapshot.read_at:
            return False
        last = self._last
        if last is None or self._span is None:
            return True
        at = live_state.snapshot.taken_at
        return (
            live_state.judgements is not last.judgements
            or not _same(live_state.snapshot.agents, last.snapshot.agents)
            or at - self._written_to >= EXTENDED_EVERY
            or at < self._last_at
            or _day(at) != _day(self._begun)
            or len(self._queues) < len(live_state.judgements)
        )

    def _note(self, live_state: LiveState | None) -> None:
        if live_state is None or live_state.trouble is not None:
            self._end()
            return
        if Part.LIVE not in live_state.snapshot.read_at:
            return
        at = live_state.snapshot.taken_at
        if self._span is None or self._is_cut_off(at, live_state.every):
            self._end()
            self._begin(at)
        elif _day(at) != _day(self._begun):
            # Somebody went on watching: the day that ends does so where the next one begins.
            self._last_at = at
            self._end()
            self._begin(at)
        self._last_at = at
        self._note_queues(live_state, at)
        self._note_agents(live_state, at)
        self._last = live_state
        if self._verdict_rows or self._status_rows or at - self._written_to >= EXTENDED_EVERY:
            self._extend()

    def _is_cut_off(self, at: datetime, every: float) -> bool:
        if at < self._last_at:
            return True
        return not self._ever_watched and at - self._last_at > max(LONGEST_SILENCE, timedelta(seconds=3 * every))

    def _begin(self, at: datetime) -> None:
        inserted = self._database.execute(
            "INSERT INTO spans (place, begun, ended) VALUES (?, ?, ?)", (self._place_id, stamp(at), stamp(at))
        )
        self._span = inserted.lastrowid
        self._begun = self._written_to = at
        self._queues, self._judged, self._agents, self._rows, self._counted = {}, {}, {}, {}, {}

    def _extend(self) -> None:
        self._database.execute("UPDATE spans SET ended = ? WHERE id = ?", (stamp(self._last_at), self._span))
        self._written_to = self._last_at

    def _end(self) -> None:
        if self._span is not None:
            self._put_down()
            if self._last_at > self._written_to:
                self._extend()
        self._span, self._last = None, None

    def _note_queues(self, live_state: LiveState, at: datetime) -> None:
        snapshot = live_state.snapshot
        if any(not_yet_checked(snapshot)):
            return
        for extension, judged in live_state.judgements.items():
            if self._judged.get(extension) is judged or rests_on_unread(snapshot, judged):
                continue
            self._judged[extension] = judged
            state, known = queue_state(snapshot.queues[extension], judged), self._queues.get(extension)
            if known is None or not state.same_as(known):
                self._queues[extension] = state
                self._verdict_rows.append(self._verdict_row(extension, at, state))
        for gone in sorted(self._queues.keys() - live_state.judgements.keys()):
            del self._queues[gone], self._judged[gone]
            self._verdict_rows.append(self._verdict_row(gone, at, None))

    def _note_agents(self, live_state: LiveState, at: datetime) -> None:
        snapshot = live_state.snapshot
        for queue in dict.fromkeys((*snapshot.agents, *self._rows)):
            rows, counted = snapshot.agents_of(queue), snapshot.queues.get(queue)
            # What did not change is the same object from poll to poll.
            if self._rows.get(queue) is rows and self._counted.get(queue) is counted:
                continue
            known = self._agents.setdefault(queue, {})
            before = {agent.id: agent for agent in self._rows.get(queue, ())}
            self._rows[queue], self._counted[queue] = rows, counted
            shown = colours_of(snapshot, queue)
            for agent in rows:
                before.pop(agent.id, None)
                state = agent_state(agent, shown[agent.id])
                if known.get(agent.id) != state:
                    known[agent.id] = state
                    self._status_rows.append(self._status_row(queue, agent.id, at, state))
            for gone in before:
                if known.pop(gone, None) is not None:
                    self._status_rows.append(self._status_row(queue, gone, at, None))

    def _verdict_row(self, queue: str, at: datetime, state: QueueState | None) -> Row:
        key = (self._span, self._text(queue), stamp(at))
        if state is None:
            return (*key, *(None,) * 8)
        return (
            *key,
            self._text(state.name),
            self._text(state.outcome.value),
            state.reaches_someone,
            self._text(state.readiness.value),
            self._text(state.end_kind.value),
            _writable(state.end_target),
            state.online,
            _writable(state.sentence),
        )

    def _status_row(self, queue: str, agent: str, at: datetime, state: AgentState | None) -> Row:
        key = (self._span, stamp(at), self._text(queue), self._text(agent))
        if state is None:
            return (*key, None, None, None)
        return (*key, self._text(state.name), self._text(state.status.value), self._text(state.reason))

    def _text(self, text: str) -> int:
        found = self._texts.get(text)
        if found is None:
            clean = _writable(text)
            self._database.execute("INSERT OR IGNORE INTO texts (text) VALUES (?)", (clean,))
            (found,) = self._database.execute("SELECT id FROM texts WHERE text = ?", (clean,)).fetchone()
            self._texts[text] = found
        return int(found)

    def _put_down(self) -> None:
        for table, rows, columns in (("verdicts", self._verdict_rows, 11), ("statuses", self._status_rows, 7)):
            marks = ", ".join("?" * columns)
            self._database.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)
            rows.clear()


def place_id(database: sqlite3.Connection, place: PhoneSystemKey) -> int:
    """The number of the phone system, given to it if it has none yet. Raises ``sqlite3.Error``."""
    row = (place.server, place.domain)
    database.execute("INSERT OR IGNORE INTO places (server, domain) VALUES (?, ?)", row)
    (found,) = database.execute("SELECT id FROM places WHERE server = ? AND domain = ?", row).fetchone()
    return int(found)


def _same(now: Mapping[str, tuple[Agent, ...]], before: Mapping[str, tuple[Agent, ...]]) -> bool:
    return len(now) == len(before) and all(now.get(queue) is rows for queue, rows in before.items())


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _writable(text: str) -> str:
    """The text as a file can have it: a name may hold anything that was sent, half a pair of surrogates too."""
    return text.encode("utf-8", "replace").decode("utf-8")


def stamp(at: datetime) -> int:
    """A moment as the file has it: milliseconds since 1970."""
    return round(at.timestamp() * 1000)
