"""Who loses power, worked out once: what is then supposed of agents, users and phones, and what that rests on.

The drill, what-if, ``simulate``, the audit and the site columns all ask here; where somebody is they leave to
``places``, and whom an id names to ``people``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.forwards import people_rung, phones_behind_forwards
from queuewatch.failover.model import Agent, Device, EntryKind, Registration, Snapshot, once_per_snapshot
from queuewatch.failover.people import devices_of, name_of, owner_of, rows_by_user, user_of
from queuewatch.failover.places import (
    Basis,
    Places,
    Says,
    Site,
    canonical_ip,
    hand_on_places,
    line_of,
    places,
    rows_changed,
)
from queuewatch.failover.sites import site_key
from queuewatch.failover.status import AgentStatus, Status, registration_of, status_of
from queuewatch.failover.suppose import Suppose
from queuewatch.failover.wording import agent_name, listing
from queuewatch.text.natural_order import natural_order

NOT_KNOWN_WHERE = "where its phone is connected from is not known"


class PowerLoss(Struct, frozen=True):
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
    perhaps: frozenset[str] = frozenset()
    """The ids of those of the touched of whom it is not known whether they lose a phone at all."""
    not_known: tuple[str, ...] = ()
    """Of whom it is not known whether they lose power, in sentences."""
    disputed: frozenset[str] = frozenset()
    """The ids of those who keep their power although the user list puts them in the dark."""
    unread: tuple[str, ...] = ()
    """The names of those in the dark by the name of their site alone: their phones were not read."""


class Left(StrEnum):
    """What becomes of one phone."""

    KEPT = "kept"
    """It is connected from elsewhere."""
    PUSH = "push"
    """A mobile app: no building's power reaches it."""
    DOUBTED = "doubted"
    """It may be elsewhere, or may be here."""
    LOST = "lost"


class _Power(Struct, frozen=True):
    """Where the power is gone."""

    snapshot: Snapshot
    places: Places
    sites: frozenset[str]
    """Names as compared."""
    lines: frozenset[str]
    people: frozenset[str]
    """Extensions of those who are supposed in the dark by themselves, with all their phones."""
    phones: frozenset[str]
    """Device ids, casefolded, of single phones that are supposed in the dark by themselves."""

    def named(self, site: Site) -> bool | None:
        """Whether names put somebody in the dark; ``None`` where no name tells."""
        if not self.sites:
            return False
        if site.name and not self.snapshot.site_facts.has_building(site.name):
            return False
        return site.key in self.sites if site.name else None

    def becomes(self, site: Site, device: Device) -> Left:
        """What becomes of a phone of somebody who is at this site by name."""
        if device.id.casefold() in self.phones or device.user in self.people:
            return Left.LOST
        if device.is_app:
            return Left.PUSH
        ip = canonical_ip(device.ip)
        if ip and line_of(ip) in self.lines:
            return Left.LOST
        by_site = self._by_site(site, ip)
        if by_site is Left.KEPT and self.lines and not (ip and device.registered):
            return Left.DOUBTED
        return by_site

    def _by_site(self, site: Site, ip: str) -> Left:
        named = self.named(site)
        if named is False and site.name and not self.snapshot.site_facts.has_building(site.name):
            return Left.KEPT
        if not self.sites:
            return Left.KEPT
        match self.places.says(self.snapshot, ip, self.sites):
            case Says.THERE:
                return Left.LOST
            case Says.ELSEWHERE:
                return Left.KEPT
            case Says.PERHAPS:
                return Left.KEPT if named is False else Left.DOUBTED
            case Says.NOTHING:
                return {True: Left.LOST, False: Left.KEPT, None: Left.DOUBTED}[named]


class _Loss(Struct, frozen=True, gc=False):
    """What the loss of power does to somebody: an agent of one queue, or a user."""

    name: str
    site: Site
    dark: bool = False
    kept_by: Device | None = None
    doubted: Device | None = None
    """The phone that may be elsewhere."""
    doubt: str = ""
    unread: bool = False
    """The site's name alone decided: no phone is known."""
    agent: Agent | None = None
    """One of the rows, in some queue: they all are of one agent."""

    @property
    def touched(self) -> bool:
        return self.dark or self.kept_by is not None or bool(self.doubt)


def supposed(snapshot: Snapshot, scope: DrillScope) -> Suppose:
    """What is supposed where so much loses its power."""
    return power_loss(snapshot, scope).suppose


@once_per_snapshot
def _of_sites_asked(snapshot: Snapshot) -> dict[frozenset[str], PowerLoss]:
    return {}


def power_loss_of_sites(snapshot: Snapshot, sites: Iterable[str]) -> PowerLoss:
    """The loss of these sites' power, worked out once per snapshot, however many queues ask."""
    asked, wanted = _of_sites_asked(snapshot), frozenset(sites)
    if wanted not in asked:
        scope = DrillScope(sites=tuple(sorted(wanted)))
        asked[wanted] = _power_loss(scope, _struck_at(snapshot, wanted))
    return asked[wanted]


@once_per_snapshot
def _of_columns(snapshot: Snapshot) -> dict[str, PowerLoss]:
    return {}


def power_loss_of_column(snapshot: Snapshot, site: str) -> PowerLoss:
    """The loss of one site's power, without the words for what it rests on: those change more often."""
    asked = _of_columns(snapshot)
    if site not in asked:
        loss = power_loss_of_sites(snapshot, (site,))
        asked[site] = replace(loss, notes=(), not_known=(), disputed=frozenset(), unread=())
    return asked[site]


def hand_on_power_losses(before: Snapshot, after: Snapshot) -> bool:
    """Let the later of two readings keep where everybody is, and the loss of power of each column.

    Only what would be worked out to the same again. Whether everybody is where they were.
    """
    if before is after or not hand_on_places(before, after):
        return before is after
    people = people_rung(after)
    if people_rung(before) != people or phones_behind_forwards(before) != phones_behind_forwards(after):
        return True
    changed = rows_changed(before, after)
    # By calls and logins nobody loses power, nor keeps it; only how an app is doing that stays hangs on them.
    moved = [row for was, row in changed if registration_of(was) is not registration_of(row)]
    if any(user_of(after, row) in people for row in moved):
        return True
    asked, ids = _of_columns(after), {row.id for _, row in changed}
    for site, known in _of_columns(before).items():
        if not ids.isdisjoint(known.kept_by):
            continue
        power = _power(after, DrillScope(sites=(site,))) if moved else None
        if not any(row.id in known.touched or (power and _concerns(power, row)) for row in moved):
            asked[site] = known
    return True


def _concerns(power: _Power, row: Agent) -> bool:
    """Whether what the loss of power is worked out to may rest on how this agent is doing."""
    return power.named(power.places.agents[row.id]) is not False or _of_agent(power, row).touched


def agents_lost(snapshot: Snapshot, site: str) -> tuple[Collection[str], Collection[str]]:
    """The ids of the agents who are in the dark with a site, and of those of whom that is not known.

    The same agents as ``power_loss_of_sites`` gives, without users, phones and sentences.
    """
    struck = _struck_at(snapshot, frozenset((site,)))
    return struck.dark, struck.doubted


class _Struck(Struct, frozen=True):
    """Where the power is gone, and what becomes of the agents there."""

    power: _Power
    rows: Sequence[Agent]
    """Every row that the loss may touch."""
    losses: Sequence[_Loss]
    """What becomes of each of them."""
    touched: Mapping[str, _Loss]
    """By agent id."""
    dark: frozenset[str]
    doubted: Mapping[str, str]
    """By agent id: why it cannot be told."""


@once_per_snapshot
def _struck_before(snapshot: Snapshot) -> dict[frozenset[str], _Struck]:
    return {}


def _struck_at(snapshot: Snapshot, sites: frozenset[str]) -> _Struck:
    before = _struck_before(snapshot)
    if sites not in before:
        before[sites] = _struck(snapshot, DrillScope(sites=tuple(sorted(sites))))
    return before[sites]


def _struck(snapshot: Snapshot, scope: DrillScope) -> _Struck:
    power = _power(snapshot, scope)
    rows = tuple(_concerned(snapshot, power))
    losses = _of_agents(power, rows)
    touched: dict[str, _Loss] = {}
    for row, loss in zip(rows, losses, strict=True):
        # As a rule the rows of somebody in many queues share one loss.
        if touched.get(row.id) is not loss and loss.touched and row.id not in scope.agents:
            touched[row.id] = loss
    return _Struck(
        power,
        rows,
        losses,
        touched,
        scope.agents | {agent for agent, loss in touched.items() if loss.dark},
        {agent: loss.doubt for agent, loss in touched.items() if loss.doubt},
    )


def power_loss(snapshot: Snapshot, scope: DrillScope) -> PowerLoss:
    """Work out who loses power. Agents who are Grey already stay as they are, and so does who cannot be read."""
    if scope.everything:
        everybody = frozenset(row.id for rows in snapshot.agents.values() for row in rows)
        return PowerLoss(Suppose(all_dark=True), everybody)
    return _power_loss(scope, _struck(snapshot, scope))


def _power_loss(scope: DrillScope, struck: _Struck) -> PowerLoss:
    power, touched = struck.power, struck.touched
    of_agents = tuple(zip(struck.rows, struck.losses, strict=True))
    snapshot, doubts, dark = power.snapshot, struck.doubted, struck.dark
    # Who is Grey in a queue anyway is not darkened there.
    matters: set[str] = set()
    for row, loss in of_agents:
        if loss.touched and row.id not in matters and _matters(row):
            matters.add(row.id)
    mattering = tuple(loss for agent, loss in touched.items() if agent in matters)
    of_users = {user: _of_user(power, user) for user in people_rung(snapshot)}
    phones = {phone.casefold(): _of_phone(power, phone) for phone in phones_behind_forwards(snapshot)}
    return PowerLoss(
        Suppose(
            agents=dark,
            seats={
                (row.queue, row.id): _by_app(row)
                for row, loss in of_agents
                if loss.kept_by is not None
                and loss.kept_by.is_app
                and row.id not in scope.agents
                and _matters(row)
            },
            doubted=doubts,
            dark_users=frozenset(user for user, loss in of_users.items() if loss.dark),
            doubted_users={user: f"of {loss.name}, {loss.doubt}" for user, loss in of_users.items() if loss.doubt},
            dark_phones=frozenset(phone for phone, loss in phones.items() if loss.dark) | power.phones,
            doubted_phones={
                phone: f"of {loss.name}, {loss.doubt}" for phone, loss in phones.items() if loss.doubt
            },
            words=(
                *(f"site {site}" for site in sorted(scope.sites, key=natural_order)),
                *scope.ips,
                *_names(snapshot, scope.agents),
            ),
        ),
        touched=dark | touched.keys(),
        perhaps=frozenset(agent for agent, loss in touched.items() if loss.doubt or loss.doubted is not None),
        kept_by={agent: loss.kept_by for agent, loss in touched.items() if loss.kept_by is not None},
        doubts=doubts,
        notes=tuple(dict.fromkeys(_notes(power, of_agents, mattering, of_users))),
        not_known=tuple(dict.fromkeys(_not_known(power, of_agents, mattering, of_users, phones.values()))),
        disputed=frozenset(row.id for row in _disputed(power)) - dark,
        unread=tuple(dict.fromkeys(loss.name for loss in mattering if loss.unread)),
    )


def _of_agents(power: _Power, rows: Iterable[Agent]) -> list[_Loss]:
    """What becomes of each row's agent: worked out once, however many queues somebody sits in."""
    known: dict[str, tuple[Registration, bool, _Loss]] = {}
    others: dict[tuple[str, Registration, bool], _Loss] = {}
    found: list[_Loss] = []
    for row in rows:
        if (first := known.get(row.id)) is None:
            loss = _of_agent(power, row)
            known[row.id] = row.registration, row.readable, loss
        elif first[0] is row.registration and first[1] is row.readable:
            # As a rule the rows of somebody in many queues all say the same.
            loss = first[2]
        elif (seen := others.get(key := (row.id, row.registration, row.readable))) is None:
            loss = others[key] = _of_agent(power, row)
        else:
            loss = seen
        found.append(loss)
    return found


def _power(snapshot: Snapshot, scope: DrillScope) -> _Power:
    known = places(snapshot)
    people: set[str] = set()
    phones: set[str] = set()
    if scope.agents:
        for row in (row for rows in snapshot.agents.values() for row in rows):
            if row.id in scope.agents:
                if row.entry is EntryKind.DEVICE:
                    phones.add(row.local.casefold())
                elif user := user_of(snapshot, row):
                    people.add(user)
    return _Power(
        snapshot,
        known,
        frozenset(site_key(site) for site in scope.sites),
        frozenset(line_of(ip) for ip in scope.ips),
        frozenset(people),
        frozenset(phones),
    )


def _concerned(snapshot: Snapshot, power: _Power) -> Iterable[Agent]:
    """The rows that a loss of power may touch, each once."""
    if power.lines:
        return (row for rows in snapshot.agents.values() for row in rows)
    by_name = (
        [power.places.rows.get(site, ()) for site in dict.fromkeys((*power.sites, ""))] if power.sites else []
    )
    if not (snapshot.devices or power.people or power.phones):
        # By name everybody is at one place.
        return chain.from_iterable(by_name)
    found: dict[int, Agent] = {}
    if power.sites:
        found.update((id(row), row) for rows in by_name for row in rows)
        # Who is elsewhere by name may be here by the address of a phone that was read.
        of_user = rows_by_user(snapshot) if snapshot.devices else {}
        found.update((id(row), row) for user in snapshot.devices for row in of_user.get(user, ()))
    owners = power.people | {owner_of(snapshot, phone) for phone in power.phones}
    if owners:
        of_user = rows_by_user(snapshot)
        found.update((id(row), row) for user in owners for row in of_user.get(user, ()))
    return found.values()


def _of_agent(power: _Power, agent: Agent) -> _Loss:
    """What becomes of one row of a queue."""
    snapshot, user = power.snapshot, user_of(power.snapshot, agent)
    loss = _Loss(agent_name(agent), power.places.agents[agent.id], agent=agent)
    if not agent.readable:
        return loss
    if user in power.people or (agent.entry is EntryKind.DEVICE and agent.local.casefold() in power.phones):
        return replace(loss, dark=True)
    registration = registration_of(agent)
    if registration not in (Registration.CONNECTED, Registration.UNKNOWN):
        return loss
    devices = devices_of(snapshot, agent) if user in snapshot.devices else ()
    if not devices or not any(device.registered is not False or device.is_app for device in devices):
        return _by_name(power, loss, user, connected=registration is Registration.CONNECTED)
    return _by_phones(power, loss, devices)


def _of_user(power: _Power, user: str) -> _Loss:
    """What becomes of all the phones of somebody to whom calls may be forwarded."""
    loss = _Loss(name_of(power.snapshot, user), power.places.users.get(user, Site()))
    if user in power.people:
        return replace(loss, dark=True)
    devices = power.snapshot.devices.get(user, ())
    if any(device.registered is not False or device.is_app for device in devices):
        return _by_phones(power, loss, devices)
    if user not in power.snapshot.devices and by_app(power.snapshot, user):
        return loss
    return _by_name(power, loss, user, connected=True)


def by_app(snapshot: Snapshot, user: str) -> bool:
    """Whether the agent list says that a user is reached by a mobile app."""
    return any(
        row.entry is EntryKind.USER and row.registration is Registration.PUSH
        for row in rows_by_user(snapshot).get(user, ())
    )


def _of_phone(power: _Power, phone: str) -> _Loss:
    """What becomes of a single phone that a rule names."""
    user = owner_of(power.snapshot, phone)
    site = power.places.users.get(user, Site())
    loss = _Loss(f"{name_of(power.snapshot, user)} ({phone})" if user else phone, site)
    if user in power.people or phone.casefold() in power.phones:
        return replace(loss, dark=True)
    mine = tuple(
        device
        for device in power.snapshot.devices.get(user, ())
        if device.id.casefold() == phone.casefold() and device.registered is not False
    )
    if not mine:
        return _by_name(power, loss, user, connected=True)
    return _by_phones(power, loss, mine)


def _by_name(power: _Power, loss: _Loss, user: str, *, connected: bool) -> _Loss:
    """Somebody of whom no phone is known: the name of the site decides, if there is one."""
    unread = user not in power.snapshot.devices
    if unread and power.phones and any(owner_of(power.snapshot, phone) == user for phone in power.phones):
        return replace(loss, doubt="whether that user has another phone is not known")
    named = power.named(loss.site)
    if named:
        # Of a connection that is not known it may be a mobile app's.
        dark = connected
        return _Loss(loss.name, loss.site, dark, unread=dark and unread, agent=loss.agent)
    if named is None or power.lines:
        return replace(loss, doubt=NOT_KNOWN_WHERE)
    return loss


def _by_phones(power: _Power, loss: _Loss, devices: Iterable[Device]) -> _Loss:
    left = [
        (device, power.becomes(loss.site, device))
        for device in devices
        if device.registered is not False or device.is_app
    ]

    def first(became: Left) -> Device | None:
        return next((device for device, what in left if what is became), None)

    lost, doubted = first(Left.LOST), first(Left.DOUBTED)
    if lost is None and doubted is None:
        return loss
    if (kept := first(Left.KEPT) or first(Left.PUSH)) is not None:
        return replace(loss, kept_by=kept, doubted=doubted if lost is None else None)
    if doubted is not None:
        return replace(loss, doubted=doubted, doubt=_may_be_elsewhere(power, loss.site, doubted))
    return replace(loss, dark=True)


def _may_be_elsewhere(power: _Power, site: Site, device: Device) -> str:
    ip = canonical_ip(device.ip)
    if not ip or not power.named(site):
        return NOT_KNOWN_WHERE
    return f"its phone at {ip}, which no other phone of {site.name} uses, may be elsewhere"


def _by_app(agent: Agent) -> AgentStatus:
    # A call on the phone that is lost has ended.
    return status_of(replace(agent, registration=Registration.PUSH, calls=0))


# What it rests on


def _notes(
    power: _Power,
    of_agents: Iterable[tuple[Agent, _Loss]],
    losses: tuple[_Loss, ...],
    of_users: Mapping[str, _Loss],
) -> Iterator[str]:
    yield from _kept(losses)
    away = [
        loss.name
        for row, loss in of_agents
        if registration_of(row) in (Registration.PUSH, Registration.OFFNET)
        and row.readable
        and _matters(row)
        and power.named(loss.site)
    ]
    if away:
        yield f"Assumed: a mobile app or an outside number stays online without the building ({_all(away)})."
    if desk := [loss.name for loss in losses if loss.dark and loss.agent and _by_push(power.snapshot, loss.agent)]:
        yield (
            "Assumed: what the phone system marks as woken by push, and is no mobile app by its make, loses its "
            f"power with the building ({_all(desk)})."
        )
    if unread := [loss.name for loss in losses if loss.unread]:
        yield (
            f"The phones of {_all(unread)} were not read: a mobile app, or a phone elsewhere, would hold their "
            "queues open."
        )
    everybody = {loss.name: loss for _, loss in of_agents}
    yield from _of_sites(power, [*everybody.values(), *of_users.values()])
    for user in sorted(of_users, key=natural_order):
        loss = of_users[user]
        apps = (device for device in power.snapshot.devices.get(user, ()) if device.is_app)
        app = next(apps, None)
        stays = not loss.dark and (loss.kept_by is not None or bool(power.named(loss.site)))
        if stays and (app is not None or by_app(power.snapshot, user)):
            yield (
                f"Assumed: a call forwarded to {loss.name} rings a mobile app"
                f"{f' ({app.id})' if app else ''}, which needs no building."
            )


def _of_sites(power: _Power, losses: Iterable[_Loss]) -> Iterator[str]:
    """By which site somebody was judged, where that is not plain."""
    if not power.sites:
        return
    losses = tuple(losses)
    differ: dict[tuple[str, str], list[str]] = {}
    elsewhere = ((agent_name(row), power.places.agents[row.id]) for row in _disputed(power))
    for name, at in (*((loss.name, loss.site) for loss in losses), *elsewhere):
        if at.other:
            differ.setdefault((at.name, at.other), []).append(name)
    for (row, user), names in differ.items():
        yield f"The agent list has {_all(names)} at {row}, the user list at {user}: the agent list counts."
    if home := [loss.name for loss in losses if loss.site.basis is Basis.HOME]:
        site = power.snapshot.site_facts.home_site
        yield f"Assumed: who has no site is at {site}, the home_site of the profile ({_all(home)})."
    shared = [
        loss.name
        for loss in losses
        if power.snapshot.devices
        and loss.agent is not None
        and any(
            device.registered
            and not device.is_app
            and canonical_ip(device.ip)
            and power.places.says(power.snapshot, canonical_ip(device.ip), power.sites) is Says.NOTHING
            for device in devices_of(power.snapshot, loss.agent)
        )
    ]
    if shared:
        are = "is" if len(set(shared)) == 1 else "are"
        yield (
            f"The address that {_all(shared)} {are} connected from is private or shared by several sites, and "
            "tells no place: the site's name decides."
        )


def _disputed(power: _Power) -> tuple[Agent, ...]:
    """The agents whom only the user list puts in the dark."""
    return tuple(row for site in power.sites for row in power.places.disputed.get(site, ()))


def _kept(losses: Iterable[_Loss]) -> Iterator[str]:
    for loss in losses:
        if loss.kept_by is None:
            continue
        if loss.kept_by.is_app:
            app = loss.kept_by.id
            yield f"Assumed: {loss.name} stays online by a mobile app ({app}), which needs no building."
        else:
            yield f"{loss.name} stays online by a phone elsewhere ({loss.kept_by.id} at {loss.kept_by.ip})."


def _not_known(
    power: _Power,
    of_agents: Iterable[tuple[Agent, _Loss]],
    losses: tuple[_Loss, ...],
    of_users: Mapping[str, _Loss],
    phones: Iterable[_Loss],
) -> Iterator[str]:
    for loss in losses:
        if loss.doubt and loss.doubted is not None and loss.agent is not None and power.named(loss.site):
            seats = [row for row, other in of_agents if other is loss and _matters(row)]
            yield _doubt(power.snapshot, loss, loss.agent, loss.doubted, seats)
    if unplaced := [loss.name for loss in losses if loss.doubt == NOT_KNOWN_WHERE]:
        yield f"Where these agents' phones are connected from is not known: {_all(unplaced)}."
    for loss in losses:
        if loss.doubt and loss.doubted is None and loss.doubt != NOT_KNOWN_WHERE:
            yield f"Of {loss.name} {loss.doubt}."
        if loss.kept_by is not None and loss.doubted is not None:
            yield f"Whether {loss.name}, who stays online, loses another phone is not known."
    named = {loss.name for loss in losses if loss.doubt}
    for loss in (*(of_users[user] for user in sorted(of_users, key=natural_order)), *phones):
        if loss.doubt and loss.name not in named:
            yield f"Calls may be forwarded to {loss.name}: of that, {loss.doubt}."


def _matters(row: Agent) -> bool:
    return status_of(row).status is not Status.GREY


def _doubt(snapshot: Snapshot, loss: _Loss, agent: Agent, device: Device, seats: Iterable[Agent]) -> str:
    mine = devices_of(snapshot, agent)
    also = sum(other.registered is True for other in mine) > 1
    queues = [snapshot.queues.get(row.queue) for row in seats]
    names = listing((queue.name or queue.extension for queue in queues if queue), most=6)
    has = f"{loss.name} also has a phone" if also else f"The phone of {loss.name} is"
    return (
        f"{has} connected from {canonical_ip(device.ip)}, which no other phone of {loss.site.name} uses: "
        f"if it is elsewhere, it holds {names} open."
    )


def _names(snapshot: Snapshot, agents: Iterable[str]) -> tuple[str, ...]:
    if not (wanted := frozenset(agents)):
        return ()
    rows = (row for rows in snapshot.agents.values() for row in rows if row.id in wanted)
    return tuple(sorted({agent_name(row) for row in rows}, key=natural_order))


def _by_push(snapshot: Snapshot, agent: Agent) -> bool:
    return any(device.push and not device.is_app for device in devices_of(snapshot, agent))


def _all(names: Iterable[str]) -> str:
    return listing(dict.fromkeys(names), most=8)
