"""Who loses power in a drill, worked out once: what is then supposed, and what that rests on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from queuewatch.failover.device import Device
from queuewatch.failover.forwards import people_behind_forwards
from queuewatch.failover.lag import devices_of
from queuewatch.failover.model import Agent, Registration, Snapshot
from queuewatch.failover.phones_left import Left, Power, power_lost
from queuewatch.failover.scope import Scope, canonical_ip
from queuewatch.failover.status import AgentStatus, Status, registration_of, status_of
from queuewatch.failover.suppose import Suppose, site_of
from queuewatch.failover.words import agent_name, listing

NOT_KNOWN_WHERE = "where its phone is connected from is not known"


@dataclass(frozen=True, slots=True)
class Darkness:
    """Who is in the dark."""

    suppose: Suppose
    touched: frozenset[str] = frozenset()
    """The ids of the agents who lose a phone, or may: those who stay online by another among them."""
    kept_by: Mapping[str, Device] = field(default_factory=dict)
    """By agent id: the phone by which an agent who loses another stays online."""
    doubts: Mapping[str, str] = field(default_factory=dict)
    """By agent id: why it cannot be told whether the agent stays online, as a clause."""
    notes: tuple[str, ...] = ()
    """What all this rests on, in sentences."""


@dataclass(frozen=True, slots=True)
class _Loss:
    """What the loss of power does to one agent of one queue."""

    agent: Agent
    dark: bool = False
    kept_by: Device | None = None
    doubted: Device | None = None
    """The phone that may be elsewhere."""
    doubt: str = ""
    unread: bool = False
    """The site's name alone decided: no phone is known."""

    @property
    def touched(self) -> bool:
        return self.dark or self.kept_by is not None or bool(self.doubt)

    @property
    def matters(self) -> bool:
        """Whether the agent is not Grey in this queue anyway."""
        return status_of(self.agent).status is not Status.GREY

    @property
    def status(self) -> AgentStatus | None:
        """The agent's colour, where it is neither as before nor simply Grey."""
        if self.doubt:
            return AgentStatus(Status.UNKNOWN, self.doubt)
        if self.kept_by is not None and self.kept_by.is_app:
            # A call on the phone that is lost has ended.
            return status_of(replace(self.agent, registration=Registration.PUSH, calls=0))
        return None


def darkness(snapshot: Snapshot, scope: Scope) -> Darkness:
    """Work out who loses power. Agents who are Grey already stay as they are, and so does who cannot be read."""
    rows = [row for agents in snapshot.agents.values() for row in agents]
    if scope.everything:
        people = frozenset(user.extension for user in (snapshot.users or {}).values() if not user.system)
        return Darkness(Suppose(all_dark=True, dark_users=people), frozenset(row.id for row in rows))
    power = power_lost(snapshot, scope)
    losses = [_loss(snapshot, power, row) for row in rows if row.id not in scope.agents]
    dark = scope.agents | {loss.agent.id for loss in losses if loss.dark}
    dark_users = frozenset(user for user in _reached_by_power(snapshot, power) if _is_dark(snapshot, power, user))
    return Darkness(
        Suppose(
            agents=dark,
            seats={
                (loss.agent.queue, loss.agent.id): loss.status
                for loss in losses
                if loss.matters and loss.status is not None
            },
            dark_users=dark_users,
            doubted_users=_doubted_users(snapshot, power),
        ),
        touched=dark | {loss.agent.id for loss in losses if loss.touched},
        kept_by={loss.agent.id: loss.kept_by for loss in losses if loss.kept_by is not None},
        doubts={loss.agent.id: loss.doubt for loss in losses if loss.doubt},
        notes=tuple(dict.fromkeys(_notes(snapshot, power, [loss for loss in losses if loss.matters]))),
    )


def _loss(snapshot: Snapshot, power: Power, agent: Agent) -> _Loss:
    here = agent.user in power.people
    registration = registration_of(agent)
    may_be_desk_phone = registration in (Registration.CONNECTED, Registration.UNKNOWN)
    if not (here or power.scope.ips) or not may_be_desk_phone or not agent.readable:
        return _Loss(agent)
    left = power.left(agent.user, devices_of(snapshot, agent))
    if not left.phones:
        if not here:
            return _Loss(agent, doubt=NOT_KNOWN_WHERE)
        # Of a connection that is not known it may be a mobile app's.
        dark = registration is Registration.CONNECTED
        return _Loss(agent, dark=dark, unread=dark and agent.user not in snapshot.devices)
    if left.untouched:
        return _Loss(agent)
    if (kept := left.first(Left.KEPT) or left.first(Left.PUSH)) is not None:
        return _Loss(agent, kept_by=kept)
    if (doubted := left.first(Left.DOUBTED)) is not None:
        return _Loss(agent, doubted=doubted, doubt=_may_be_elsewhere(power, agent.user, doubted))
    return _Loss(agent, dark=True)


def _may_be_elsewhere(power: Power, user: str, device: Device) -> str:
    site = power.people.get(user)
    if site is None:
        return NOT_KNOWN_WHERE
    return f"its phone at {canonical_ip(device.ip)}, which no other phone of {site} uses, may be elsewhere"


# People that calls are forwarded to


def _reached_by_power(snapshot: Snapshot, power: Power) -> Iterable[str]:
    read = (user for user in snapshot.devices if power.scope.ips)
    return (user for user in {*power.people, *read} if user in (snapshot.users or {}))


def _is_dark(snapshot: Snapshot, power: Power, user: str) -> bool:
    left = power.left(user, snapshot.devices.get(user, ()))
    if not left.phones:
        return user in power.people
    return all(became is Left.LOST for _, became in left.phones)


def _doubted_users(snapshot: Snapshot, power: Power) -> dict[str, str]:
    doubted: dict[str, str] = {}
    for user in people_behind_forwards(snapshot):
        name = _name(snapshot, user)
        left = power.left(user, snapshot.devices.get(user, ()))
        if left.first(Left.KEPT) or left.first(Left.PUSH):
            continue
        if (device := left.first(Left.DOUBTED)) is not None:
            doubted[user] = f"of {name}, {_may_be_elsewhere(power, user, device)}"
        elif power.scope.ips and user not in power.people and user not in snapshot.devices:
            doubted[user] = f"of {name}, {NOT_KNOWN_WHERE}"
    return doubted


def _name(snapshot: Snapshot, user: str) -> str:
    known = (snapshot.users or {}).get(user)
    return known.name if known and known.name else user


# What it rests on


def _notes(snapshot: Snapshot, power: Power, losses: Iterable[_Loss]) -> Iterator[str]:
    losses = tuple(losses)
    yield from _kept(losses)
    away = [
        agent_name(loss.agent)
        for loss in losses
        if registration_of(loss.agent) in (Registration.PUSH, Registration.OFFNET)
        and power.scope.darkens_site(site_of(loss.agent, snapshot))
    ]
    if away:
        yield f"Assumed: a mobile app or an outside number stays online without the building ({_all(away)})."
    for loss in losses:
        if loss.doubted is not None and (site := power.people.get(loss.agent.user)):
            yield _doubt(snapshot, loss, loss.doubted, site, losses)
    if desk := [agent_name(loss.agent) for loss in losses if loss.dark and _by_push(snapshot, loss.agent)]:
        yield (
            "Assumed: what the phone system marks as woken by push, and is no mobile app by its make, loses its "
            f"power with the building ({_all(desk)})."
        )
    if unplaced := [agent_name(loss.agent) for loss in losses if loss.doubt == NOT_KNOWN_WHERE]:
        yield f"Where these agents' phones are connected from is not known: {_all(unplaced)}."
    if unread := [agent_name(loss.agent) for loss in losses if loss.unread]:
        yield (
            f"The phones of {_all(unread)} were not read: a mobile app, or a phone elsewhere, would hold their "
            "queues open."
        )
    for user in sorted(people_behind_forwards(snapshot) & set(power.people)):
        app = power.left(user, snapshot.devices.get(user, ())).first(Left.PUSH)
        if app is not None:
            yield (
                f"Assumed: a call forwarded to {_name(snapshot, user)} rings a mobile app ({app.id}), which needs "
                "no building."
            )


def _kept(losses: Iterable[_Loss]) -> Iterator[str]:
    for loss in losses:
        if loss.kept_by is None:
            continue
        name = agent_name(loss.agent)
        if loss.kept_by.is_app:
            yield f"Assumed: {name} stays online by a mobile app ({loss.kept_by.id}), which needs no building."
        else:
            yield f"{name} stays online by a phone elsewhere ({loss.kept_by.id} at {loss.kept_by.ip})."


def _doubt(snapshot: Snapshot, loss: _Loss, device: Device, site: str, losses: Iterable[_Loss]) -> str:
    mine = devices_of(snapshot, loss.agent)
    also = sum(other.registered is True for other in mine) > 1
    queues = [snapshot.queues.get(one.agent.queue) for one in losses if one.agent.id == loss.agent.id]
    names = listing((queue.name or queue.extension for queue in queues if queue), most=6)
    has = f"{agent_name(loss.agent)} also has a phone" if also else f"The phone of {agent_name(loss.agent)} is"
    return (
        f"{has} connected from {canonical_ip(device.ip)}, which no other phone of {site} uses: "
        f"if it is elsewhere, it holds {names} open."
    )


def _by_push(snapshot: Snapshot, agent: Agent) -> bool:
    return any(device.push and not device.is_app for device in devices_of(snapshot, agent))


def _all(names: Iterable[str]) -> str:
    return listing(dict.fromkeys(names), most=8)
