"""Sightings of a small company, one after the other, for whoever is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.conditions import Condition
from queuewatch.failover.model import Part, Problem, Queue, Snapshot
from queuewatch.failover.simulate import rejudge
from queuewatch.polling.state import LiveState, Trouble
from queuewatch.profiles.alert_rules import AlertKind
from tests.failover.build import CELL, NOON, agents, default, office, to

AWAY = Trouble("pbx.example.com cannot be reached.", "Check the network.", 5.0)
REFUSED = Trouble("pbx.example.com did not accept the credentials.", "Sign in.", 5.0, refused=True)


def company(**colours: str) -> Snapshot:
    """Queues q8000, q8001 …, named Q8000 …, that fail over to a cell phone; their agents' colours in a row."""
    crews = {name.removeprefix("q"): crew.split() for name, crew in colours.items()}
    queues = [Queue(one, f"Q{one}", site="Dallas", require_agents=True) for one in crews]
    rows = [row for one, crew in crews.items() for row in agents(crew, one)]
    snapshot = office(*queues, agents=rows, rules={one: [default(offline=to(CELL))] for one in crews})
    return replace(snapshot, read_at={Part.LIVE: NOON}, sites=("Dallas",))


@dataclass
class Room:
    """Makes the live states that a watch would publish, in a time of its own."""

    now: datetime = NOON
    live_state: LiveState = field(default_factory=lambda: LiveState(Snapshot("example.com", NOON)))

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def sees(self, snapshot: Snapshot | None = None, seconds: float = 0, **colours: str) -> LiveState:
        """What is seen after so many seconds: this snapshot, or these queues, or the same as before."""
        self.later(seconds)
        last = self.live_state
        found = snapshot or (company(**colours) if colours else last.snapshot)
        found = replace(found, taken_at=self.now)
        judged = rejudge(last.snapshot, last.judgements, found)
        self.live_state = LiveState(found, judged)
        return self.live_state

    def loses(self, trouble: Trouble = AWAY, seconds: float = 0) -> LiveState:
        """The phone system is silent; the last snapshot stays."""
        self.later(seconds)
        self.live_state = replace(self.live_state, trouble=trouble)
        return self.live_state


def alert(
    kind: AlertKind = AlertKind.FAILS_OVER, queue: str = "8000", *, of: Condition | None = None, **more: object
) -> Alert:
    """An alert, with as few words as a test needs."""
    condition = of or (Condition(kind.value) if kind.value in set(Condition) else None)
    given: Mapping[str, object] = {
        "at": NOON,
        "headline": f"{kind.words} {queue}",
        "sentence": f"{kind.words} {queue}.",
        "name": f"Q{queue}" if queue else "",
        **more,
    }
    return Alert(kind, "example.com", of=condition, queue=queue, **given)  # type: ignore[arg-type]


def recovered(of: Condition = Condition.FAILS_OVER, queue: str = "8000", **more: object) -> Alert:
    """The end of a condition."""
    return alert(AlertKind.RECOVERED, queue, of=of, lasted=timedelta(minutes=12), **more)


def not_read(snapshot: Snapshot, part: Part) -> Snapshot:
    """The snapshot after a part of it was tried in vain."""
    return replace(snapshot, problems=(*snapshot.problems, Problem(part, "no")))
