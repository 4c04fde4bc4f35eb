"""Read a period of the history. No phone system is asked."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from queuewatch.failover.destination import EndKind
from queuewatch.failover.status import Status
from queuewatch.failover.verdict import Outcome, ReadinessState
from queuewatch.history.database import History, HistoryError, PhoneSystemKey
from queuewatch.history.period import Period
from queuewatch.history.segments import Change, Stretch
from queuewatch.history.state import AgentState, QueueState
from queuewatch.history.statistics import AgentAccount, Statistics, account, agent_account
from queuewatch.history.writer import stamp
from queuewatch.text.natural_order import natural_order

S = TypeVar("S")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Past(Struct, frozen=True):
    """A period of one phone system's history."""

    place: PhoneSystemKey
    period: Period
    accounts: tuple[Statistics, ...]
    """A queue each, in the order of their extensions."""
    agents: tuple[AgentAccount, ...] = ()
    """Of these queues, if they were asked for; in the order of queue and name."""
    kept_since: datetime | None = None
    """From when on there is anything about this phone system; ``None`` for nothing at all."""

    def of(self, queue: str) -> Statistics | None:
        """One queue's account."""
        return next((account for account in self.accounts if account.queue == queue), None)

    def agents_of(self, queue: str) -> tuple[AgentAccount, ...]:
        """One queue's agents."""
        return tuple(agent for agent in self.agents if agent.queue == queue)


def read_past(history: History, period: Period, queues: Sequence[str] = (), *, agents: bool = False) -> Past:
    """What is known of these queues, by extension, or of all. Raises :class:`HistoryError`."""
    with history.reading() as database:
        if database is None:
            return Past(history.place, period, ())
        try:
            return _read(database, history.place, period, queues, agents)
        except (ValueError, TypeError) as error:
            raise HistoryError(
                f"The history holds something that cannot be understood: {error}.",
                "Move the file history.db elsewhere: a new one is begun.",
            ) from None


def known_queues(history: History) -> dict[str, str]:
    """Every queue there is anything about, with its latest name, by extension. Raises :class:`HistoryError`."""
    with history.reading() as database:
        if database is None:
            return {}
        rows = database.execute(
            "SELECT queue.text, name.text, MAX(at) FROM verdicts JOIN spans ON spans.id = span "
            "JOIN places ON places.id = place JOIN texts AS queue ON queue.id = queue "
            "JOIN texts AS name ON name.id = name "
            "WHERE server = ? AND domain = ? GROUP BY queue",
            (history.place.server, history.place.domain),
        )
        return dict(sorted(((queue, name) for queue, name, _ in rows), key=lambda row: natural_order(row[0])))


def _read(
    database: sqlite3.Connection, place: PhoneSystemKey, period: Period, queues: Sequence[str], agents: bool
) -> Past:
    spans = list(
        database.execute(
            "SELECT spans.id, begun, ended, agents FROM spans JOIN places ON places.id = place "
            "WHERE server = ? AND domain = ? AND ended >= ? AND begun < ? ORDER BY begun",
            # A span that ended shortly before tells whether somebody went on watching.
            (place.server, place.domain, stamp(period.begun - timedelta(minutes=1)), stamp(period.ended)),
        )
    )
    (first,) = database.execute(
        "SELECT MIN(begun) FROM spans JOIN places ON places.id = place WHERE server = ? AND domain = ?",
        (place.server, place.domain),
    ).fetchone()
    texts = _Texts(database)
    queue_ids = [texts.id_of(queue) for queue in queues]
    before = stamp(period.ended)
    accounts = tuple(
        account(texts[queue], stretches, period)
        for queue, stretches in _stretches(
            (
                (begun, ended, _verdicts(database, texts, span, before, queue_ids))
                for span, begun, ended, _ in spans
            )
        ).items()
    )
    rows = _stretches(
        (begun, ended, _statuses(database, texts, span, before, queue_ids))
        for span, begun, ended, has_agents in spans
        if agents and has_agents
    )
    agent_accounts = tuple(
        agent_account(texts[queue], texts[agent], stretches, period) for (queue, agent), stretches in rows.items()
    )
    return Past(
        place,
        period,
        tuple(
            sorted(
                (account for account in accounts if account.segments),
                key=lambda account: natural_order(account.queue),
            )
        ),
        tuple(
            sorted(
                (agent for agent in agent_accounts if agent.segments),
                key=lambda agent: (natural_order(agent.queue), natural_order(agent.name), agent.agent),
            )
        ),
        None if first is None else _moment(first),
    )


K = TypeVar("K")


def _stretches(
    spans: Iterable[tuple[int, int, Iterator[tuple[K, Change[S]]]]],
) -> dict[K, list[Stretch[S]]]:
    """Who or what was seen in which spans, and how."""
    made: dict[K, list[Stretch[S]]] = {}
    for begun, ended, rows in spans:
        changes: dict[K, list[Change[S]]] = {}
        for key, change in rows:
            changes.setdefault(key, []).append(change)
        for key, its in changes.items():
            made.setdefault(key, []).append(Stretch(_moment(begun), _moment(ended), tuple(its)))
    return made


def _verdicts(
    database: sqlite3.Connection, texts: "_Texts", span: int, before: int, queue_ids: Sequence[int]
) -> Iterator[tuple[int, Change[QueueState]]]:
    rows = database.execute(
        "SELECT queue, at, name, outcome, reaches, readiness, end_kind, end_target, online, sentence "
        f"FROM verdicts WHERE span = ? AND at < ?{_only(queue_ids)} ORDER BY queue, at",
        (span, before, *queue_ids),
    )
    for queue, at, name, outcome, reaches, readiness, end_kind, target, online, sentence in rows:
        state = None
        if outcome is not None:
            state = QueueState(
                texts[name],
                Outcome(texts[outcome]),
                None if reaches is None else bool(reaches),
                ReadinessState(texts[readiness]),
                EndKind(texts[end_kind]),
                target,
                online,
                sentence,
            )
        yield queue, Change(_moment(at), state)


def _statuses(
    database: sqlite3.Connection, texts: "_Texts", span: int, before: int, queue_ids: Sequence[int]
) -> Iterator[tuple[tuple[int, int], Change[AgentState]]]:
    rows = database.execute(
        "SELECT queue, agent, at, name, status, reason "
        f"FROM statuses WHERE span = ? AND at < ?{_only(queue_ids)} ORDER BY at",
        (span, before, *queue_ids),
    )
    for queue, agent, at, name, status, reason in rows:
        state = None
        if status is not None:
            state = AgentState(texts[name], Status(texts[status]), texts[reason])
        yield (queue, agent), Change(_moment(at), state)


def _only(queue_ids: Sequence[int]) -> str:
    return f" AND queue IN ({', '.join('?' * len(queue_ids))})" if queue_ids else ""


class _Texts:
    """The texts behind their numbers, each looked up once."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._known: dict[int, str] = {}

    def __getitem__(self, number: int) -> str:
        found = self._known.get(number)
        if found is None:
            row = self._database.execute("SELECT text FROM texts WHERE id = ?", (number,)).fetchone()
            if row is None:
                raise ValueError(f"there is no text {number}")
            found = self._known[number] = str(row[0])
        return found

    def id_of(self, text: str) -> int:
        """The number of a text; one that no text has where there is none."""
        row = self._database.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()
        return int(row[0]) if row else -1


def _moment(at: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at)
