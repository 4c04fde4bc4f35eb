"""Sightings of a small company, written down with as few words as a test needs."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from queuewatch.failover.model import OFF, Agent, Forward, Part, Snapshot
from queuewatch.failover.simulate import rejudge
from queuewatch.history.database import HistoryFile, PhoneSystemKey
from queuewatch.history.period import Period
from queuewatch.history.reader import Past, read_past
from queuewatch.history.recorder import Recorder
from queuewatch.history.statistics import Statistics
from queuewatch.pbx.errors import Unreachable
from queuewatch.polling.state import LiveState, Trouble
from tests.failover.build import CELL, NOON, agent, default, to
from tests.polling.clock import company

PLACE = PhoneSystemKey("https://pbx.example.com/ns-api/v2", "example.com")
COLOURS = {"G": "green", "R": "red", "Y": "grey", "U": "unknown"}
OUT_OF_REACH = Trouble(str(Unreachable("It cannot be reached.")), "", 1.0)


def history(folder: Path, **wishes: int) -> HistoryFile:
    return HistoryFile(folder / "history" / "history.db", PLACE, patience=0.1, **wishes)


class Company:
    """Two queues whose agents change as a test says. ``8000`` fails over, unless it has no When Offline."""

    def __init__(self, offline: Forward | None = None) -> None:
        forward = to(CELL) if offline is None else offline
        self._now = replace(
            company(2, 1),
            users={},
            numbers={},
            attendants=(),
            read_at={Part.LIVE: NOON},
        )
        rules = {
            queue: replace(known, rules=(default(offline=forward),)) for queue, known in self._now.rules.items()
        }
        self._now = replace(self._now, rules=rules)
        self._before: Snapshot = self._now
        self._judged = rejudge(self._now, {}, self._now)

    def at(
        self, minutes: float, colours: str = "", *, trouble: Trouble | None = None, every: float = 60.0
    ) -> LiveState:
        """What is seen so long after noon: the colours of 8000's agents, or as it was."""
        rows: tuple[Agent, ...] = self._now.agents_of("8000")
        if colours:
            found = [agent(COLOURS[one], str(1001 + nth), "8000") for nth, one in enumerate(colours)]
            kept = {row.id: row for row in rows}
            new = tuple(kept[row.id] if kept.get(row.id) == row else row for row in found)
            rows = rows if new == rows else new
        before = self._now
        self._now = replace(
            before,
            taken_at=NOON + timedelta(minutes=minutes),
            agents={**before.agents, "8000": rows},
        )
        self._judged = rejudge(before, self._judged, self._now)
        return LiveState(self._now, self._judged, trouble=trouble, every=every)

    def day(self, told: str, begin: float = 0.0) -> list[LiveState]:
        """A live state for each sign, a minute apart: a colour of the one agent, or ``x`` for out of reach."""
        return [
            self.at(begin + nth, trouble=OUT_OF_REACH) if sign == "x" else self.at(begin + nth, sign)
            for nth, sign in enumerate(told)
        ]


NO_FORWARD = OFF


def keep(to_history: HistoryFile, live_states: Iterable[LiveState]) -> Recorder:
    """Let a program see these, and end."""
    recorder = Recorder(to_history)
    for live_state in live_states:
        recorder.see(live_state)
    assert recorder.close(10)
    return recorder


def see(recorder: Recorder, company: Company, told_of: str, begin: float = 0.0) -> None:
    """Let a recorder see some minutes, each one written before the next."""
    for live_state in company.day(told_of, begin):
        recorder.see(live_state)
        assert recorder.flush(10)


def hours(begin: float = -1, end: float = 24 * 3) -> Period:
    """A period in hours from noon."""
    return Period(NOON + timedelta(hours=begin), NOON + timedelta(hours=end))


def told(kept: HistoryFile, *, agents: bool = False, queues: Sequence[str] = ()) -> Past:
    """Everything that is known."""
    return read_past(kept, hours(-24 * 3000, 24 * 30), queues, agents=agents)


def sales(past: Past) -> Statistics:
    """The account of queue 8000."""
    account = past.of("8000")
    assert account is not None
    return account


def minutes(account: Statistics) -> dict[str, int]:
    """How long each standing lasted."""
    return {standing.value: lasted // timedelta(minutes=1) for standing, lasted in account.times.items()}


def line(account: Statistics) -> list[tuple[str, int, int]]:
    """Each spell: what, from when (minutes after noon), and how long."""
    return [
        (
            episode.kind.value,
            (episode.begun - NOON) // timedelta(minutes=1),
            episode.lasted // timedelta(minutes=1),
        )
        for episode in account.episodes
    ]
