"""A company of two buildings, for drills: who sits where, and from which phones."""

from datetime import timedelta

from msgspec.structs import replace

from queuewatch.failover.model import (
    Agent,
    AgentLogin,
    Device,
    EntryKind,
    Queue,
    Registration,
    Rule,
    Snapshot,
    User,
)
from tests.failover.build import CELL, NOON, agent, default, office, to

DALLAS_IP, AUSTIN_IP, HOME_IP = "203.0.113.10", "198.51.100.20", "192.0.2.77"

SALES = Queue("8000", "Sales", "Dallas", require_agents=True)
SUPPORT = Queue("8001", "Support", "Dallas", require_agents=True)


def phone(
    device: str,
    ip: str = DALLAS_IP,
    *,
    runs_out: float | None = 60,
    registered: bool | None = True,
    push: bool = False,
) -> Device:
    """A phone whose registration runs out so many seconds after noon; its user is told by its id."""
    expires_at = None if runs_out is None else NOON + timedelta(seconds=runs_out)
    user = device.rstrip("abcdefghijklmnopqrstuvwxyz")
    return Device(device, user, registered, expires_at if registered else None, ip=ip, push=push)


def app(device: str) -> Device:
    """A mobile app that sleeps until it is woken."""
    return phone(device, "", registered=False, push=True)


def seat(
    extension: str, colour: str = "green", queue: str = "8000", *, site: str = "Dallas", name: str = ""
) -> Agent:
    """A user of this site in a queue."""
    return agent(colour, extension, queue, site=site, name=name or f"Agent {extension}")


def outside(number: str = "2145550142", queue: str = "8000", site: str = "") -> Agent:
    """An outside number that is logged in."""
    return Agent(
        f"{number}@example.com",
        queue,
        entry=EntryKind.OFFNET,
        registration=Registration.OFFNET,
        login=AgentLogin.IN,
        site=site,
    )


def company(
    *rows: Agent,
    phones: tuple[Device, ...] = (),
    rule: Rule | None = None,
    users: tuple[User, ...] = (),
    queues: tuple[Queue, ...] = (SALES, SUPPORT),
) -> Snapshot:
    """Sales and Support, both of which fail over to a cell unless another rule is given for Sales."""
    fails_over = default(offline=to(CELL))
    snapshot = office(
        *queues,
        agents=rows,
        rules={queue.extension: [fails_over] for queue in queues} | {"8000": [rule or fails_over]},
        users=users,
    )
    devices: dict[str, tuple[Device, ...]] = {}
    for one in phones:
        devices[one.user] = (*devices.get(one.user, ()), one)
    return replace(snapshot, devices=devices)
