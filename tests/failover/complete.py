"""Whole phone systems of which everything is known, and what really happens when a building loses its power.

The truth is made by hand: the phones of a building are switched off, the agent list says what it then would, and
the call is followed on that. A drill has to come to the same without touching anything.
"""

from dataclasses import dataclass
from random import Random

from msgspec.structs import replace

from queuewatch.failover.model import (
    OFF,
    Agent,
    AgentLogin,
    Device,
    EntryKind,
    Forward,
    Queue,
    QueueRules,
    Registration,
    Rule,
    Snapshot,
    User,
)
from tests.failover.build import CELL, office, to

BUILDINGS = {"Dallas": "203.0.113.10", "Austin": "198.51.100.20", "Houston": "192.0.2.30"}
QUEUES = ("8000", "8001", "8002")


@dataclass(frozen=True)
class Company:
    """A phone system and where each phone really stands; a mobile app stands nowhere."""

    snapshot: Snapshot
    stands: dict[str, str]

    def after(self, dark: str) -> Snapshot:
        """What the phone system says once the building has been without power for long."""
        snapshot = self.snapshot
        devices = {
            user: tuple(replace(one, registered=one.registered and self.stands[one.id] != dark) for one in phones)
            for user, phones in snapshot.devices.items()
        }

        def row_then(row: Agent) -> Agent:
            if row.entry is EntryKind.OFFNET:
                return row
            phones = [
                one
                for one in devices[row.local.rstrip("bm")]
                if row.entry is EntryKind.USER or one.id == row.local
            ]
            if any(one.registered for one in phones):
                connected = Registration.CONNECTED
            else:
                connected = Registration.PUSH if any(one.is_app for one in phones) else Registration.NONE
            was_there = any(self.stands[one.id] == dark for one in phones)
            return replace(row, registration=connected, calls=0 if was_there else row.calls)

        agents = {queue: tuple(map(row_then, rows)) for queue, rows in snapshot.agents.items()}
        return replace(snapshot, devices=devices, agents=agents)


def company(seed: int) -> Company:
    """One of so many companies: nothing about it is unknown."""
    random = Random(seed)
    names = [name for name in BUILDINGS for _ in range(random.choice((0, 2, 3)))] or ["Dallas", "Dallas"]
    people = {str(1001 + place): site for place, site in enumerate(names)}
    users = tuple(
        User(extension, f"Person {extension}", site, voicemail=random.random() < 0.5)
        for extension, site in people.items()
    )
    stands: dict[str, str] = {}
    devices: dict[str, tuple[Device, ...]] = {}
    for extension, site in people.items():
        phones = [Device(extension, extension, random.random() < 0.85, ip=BUILDINGS[site])]
        if random.random() < 0.2:
            phones.append(Device(f"{extension}b", extension, True, ip=BUILDINGS[site]))
        if random.random() < 0.2:
            phones.append(Device(f"{extension}m", extension, False, push=True))
        stands |= {one.id: "" if one.is_app else site for one in phones}
        devices[extension] = tuple(phones)
    # Somebody is always there whose phone tells whose line it is.
    for site in set(people.values()):
        first, second = [extension for extension in people if people[extension] == site][:2]
        for extension in (first, second):
            devices[extension] = (replace(devices[extension][0], registered=True), *devices[extension][1:])
    agents = [row for queue in QUEUES for row in _agents(random, queue, people, devices)]
    somewhere = [
        CELL,
        *(f"queue_{queue}" for queue in QUEUES),
        *(f"{kind}_{extension}" for kind in ("user", "phone", "vmail") for extension in people),
        *people,
        "phone_1001b",
    ]

    def forward(likely: float) -> Forward:
        return to(random.choice(somewhere)) if random.random() < likely else OFF

    def rule() -> Rule:
        return Rule("*", active=True, offline=forward(0.8), busy=forward(0.2), always=forward(0.05))

    def of_a_person() -> Rule:
        rung = to("<OwnDevices>", random.choice((CELL, *people))) if random.random() < 0.15 else OFF
        return replace(rule(), offline=forward(0.3), sim_ring=rung)

    queues = [Queue(queue, f"Queue {queue}", require_agents=random.random() < 0.9) for queue in QUEUES]
    snapshot = office(*queues, agents=agents, users=users)
    rules = {queue: QueueRules((rule(),)) for queue in QUEUES}
    rules |= {extension: QueueRules((of_a_person(),)) for extension in people}
    return Company(replace(snapshot, devices=devices, rules=rules, sites=tuple(BUILDINGS)), stands)


def _agents(
    random: Random, queue: str, people: dict[str, str], devices: dict[str, tuple[Device, ...]]
) -> list[Agent]:
    rows: list[Agent] = []
    for extension in random.sample(sorted(people), min(len(people), random.choice((0, 1, 2, 3)))):
        phones = devices[extension]
        alone = random.random() < 0.15
        mine = phones[:1] if alone else phones
        if any(one.registered for one in mine):
            connected = Registration.CONNECTED
        else:
            connected = Registration.PUSH if any(one.is_app for one in mine) else Registration.NONE
        rows.append(
            Agent(
                f"sip:{extension}@example.com" if alone else f"{extension}@example.com",
                queue,
                f"Person {extension}",
                entry=EntryKind.DEVICE if alone else EntryKind.USER,
                registration=connected,
                login=AgentLogin.IN if random.random() < 0.85 else AgentLogin.OUT,
                calls=int(random.random() < 0.2),
                site=people[extension] if random.random() < 0.5 else "",
            )
        )
    if random.random() < 0.08:
        rows.append(
            Agent("2145550142@example.com", queue, entry=EntryKind.OFFNET, registration=Registration.OFFNET,
                  login=AgentLogin.IN)
        )  # fmt: skip
    return rows
