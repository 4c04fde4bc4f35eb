"""Small phone systems, written down with as few words as a test needs."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from queuewatch.failover.model import (
    OFF,
    Agent,
    AgentLogin,
    AutoAttendant,
    EntryKind,
    Forward,
    PhoneNumber,
    Queue,
    QueueRules,
    Registration,
    Rule,
    Snapshot,
    User,
)
from queuewatch.failover.phone_number import own_number_key

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CELL = "2145550100"


def to(*destinations: str) -> Forward:
    """A forward that is on."""
    return Forward(True, destinations)


UNREADABLE = Forward(readable=False)


def agent(
    colour: str, id: str = "1001", queue: str = "8000", *, name: str = "", site: str = "", order: int = 0
) -> Agent:
    """An agent of this colour, by the plainest facts that give it."""
    return Agent(
        id=f"{id}@example.com",
        queue=queue,
        name=name,
        entry=EntryKind.USER,
        registration={"grey": Registration.NONE, "unknown": Registration.UNKNOWN}.get(
            colour, Registration.CONNECTED
        ),
        login=AgentLogin.IN,
        calls=1 if colour == "red" else 0,
        site=site,
        order=order,
    )


def agents(colours: Iterable[str], queue: str = "8000") -> tuple[Agent, ...]:
    """Agents 1001, 1002 ... of these colours."""
    return tuple(agent(colour, str(1001 + place), queue) for place, colour in enumerate(colours))


def default(*, always: Forward = OFF, offline: Forward = OFF, busy: Forward = OFF) -> Rule:
    """The Default rule, in effect."""
    return Rule("*", active=True, always=always, offline=offline, busy=busy)


def office(
    *queues: Queue,
    agents: Iterable[Agent] = (),
    rules: Mapping[str, Iterable[Rule]] | None = None,
    users: Iterable[User] | None = (),
    numbers: Iterable[PhoneNumber] | None = (),
    attendants: Iterable[AutoAttendant] | None = (),
) -> Snapshot:
    """A phone system whose every part has been read; each queue and each person without rules here has none."""
    rows: dict[str, list[Agent]] = {}
    for row in agents:
        rows.setdefault(row.queue, []).append(row)
    ruled = rules or {}
    users = None if users is None else tuple(users)
    people = [] if users is None else [user for user in users if not user.system]
    extensions = [queue.extension for queue in queues] + [user.extension for user in people]
    return Snapshot(
        domain="example.com",
        taken_at=NOON,
        queues={queue.extension: queue for queue in queues},
        agents={extension: tuple(of) for extension, of in rows.items()},
        rules={extension: QueueRules(tuple(ruled.get(extension, ()))) for extension in extensions},
        users=None if users is None else {user.extension: user for user in users},
        numbers=None if numbers is None else {own_number_key(number.number): number for number in numbers},
        attendants=None if attendants is None else tuple(attendants),
        sites=(),
    )
