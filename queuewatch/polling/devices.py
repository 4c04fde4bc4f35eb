"""Read the phones of many people, gently: servers count these reads, and take many of them for harvesting."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.forwards import people_rung
from queuewatch.failover.lag import LONGEST_LAG
from queuewatch.failover.model import Agent, Device, EntryKind, Part, Problem, Registration, Snapshot
from queuewatch.failover.people import user_of
from queuewatch.failover.places import places
from queuewatch.failover.sites import site_key
from queuewatch.failover.status import registration_of
from queuewatch.pbx.errors import Missing, Misunderstood, PbxError
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.assemble import Update, read_part

if TYPE_CHECKING:
    from queuewatch.failover.drill.scope import DrillScope

DEVICE_READS = 10
SECONDS_PER_DEVICE_READ = 2.0
"""A few at once, then slowly: operators saw a limit of 60 a minute."""

ABOUT_ONE_PERSON = (Missing, Misunderstood)
"""Failures that say nothing of the next person's phones, once somebody's could be read."""

Pause = Callable[[float], Awaitable[None]]


class DeviceReadBudget:
    """How many device reads a server may be asked for now. All who read from one server share one of these."""

    def __init__(
        self, *, seconds_each: float = SECONDS_PER_DEVICE_READ, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """``seconds_each`` is what a read costs beyond the first few; 0 for a server that has not to be spared."""
        self._seconds_each = seconds_each
        self._monotonic = monotonic
        self._left = float(DEVICE_READS)
        self._counted_at = monotonic()

    def wait(self) -> float:
        """Seconds until the next read may be made; 0 for now."""
        self._count()
        return max(0.0, (1 - self._left) * self._seconds_each)

    def spend(self) -> None:
        """Note that a read is being made."""
        self._left -= 1

    def seconds_for(self, reads: int) -> float:
        """About how long so many reads take from now, the answers' own time left out."""
        self._count()
        return max(0.0, (reads - self._left) * self._seconds_each)

    def _count(self) -> None:
        now = self._monotonic()
        earned = (now - self._counted_at) / self._seconds_each if self._seconds_each else float(DEVICE_READS)
        self._left = min(float(DEVICE_READS), self._left + earned)
        self._counted_at = now


class Progress(Struct, frozen=True):
    """What one more reading does to the snapshot, and how far it has come."""

    update: Update
    done: int
    total: int
    seconds_to_go: float


def users_to_read(snapshot: Snapshot, scope: "DrillScope") -> tuple[str, ...]:
    """The users whose phones a drill of this scope asks about. Who has none connected is not asked about.

    Asked again once those were read, it adds the other people of a site of which no line is known so far: where
    their phones are tells whose line it is.
    """
    needed = dict.fromkeys(
        user
        for rows in snapshot.agents.values()
        for row in rows
        if _has_phones(row) and (user := user_of(snapshot, row)) and _concerns(snapshot, scope, row)
    )
    rung = sorted(people_rung(snapshot))
    if scope.ips:
        needed |= dict.fromkeys(rung)
    elif scope.sites:
        needed |= dict.fromkeys(user for user in rung if _may_be_there(snapshot, scope, user))
    return (*needed, *(user for user in _neighbours(snapshot, scope, needed) if user not in needed))


def _has_phones(row: Agent) -> bool:
    return row.readable and registration_of(row) in (Registration.CONNECTED, Registration.UNKNOWN)


def _concerns(snapshot: Snapshot, scope: "DrillScope", row: Agent) -> bool:
    if scope.everything or scope.ips or row.id in scope.agents:
        return True
    site = places(snapshot).agents[row.id]
    if _has_addresses(snapshot, scope):
        return True
    return bool(scope.sites) and (not site.name or scope.darkens_site(site.name))


def _has_addresses(snapshot: Snapshot, scope: "DrillScope") -> bool:
    """Whether the profile gives addresses to a site that goes dark: then anybody's phone may be there."""
    return any(scope.darkens_site(site) for site in snapshot.site_facts.addresses)


def _may_be_there(snapshot: Snapshot, scope: "DrillScope", user: str) -> bool:
    if _has_addresses(snapshot, scope):
        return True
    at = places(snapshot).users.get(user)
    return at is None or not at.name or scope.darkens_site(at.name)


def _neighbours(snapshot: Snapshot, scope: "DrillScope", needed: Iterable[str]) -> Iterable[str]:
    known = places(snapshot)
    if not snapshot.devices or not all(user in snapshot.devices for user in needed):
        return
    for site in scope.sites:
        key = site_key(site)
        if known.has_line(site) or not any(key in people for people in known.lines.values()):
            continue
        yield from (user for user, at in known.users.items() if at.key == key)


async def read_phones(
    system: PhoneSystem,
    users: Sequence[str],
    leave: DeviceReadBudget,
    *,
    pause: Pause = asyncio.sleep,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Progress]:
    """Read these users' devices one after the other. May be left or cancelled at any step: what came is good.

    Raises nothing: what cannot be read stays unknown, with a problem that says why, and where it was the scope or
    the server that refused, nobody else's is asked for.
    """
    read = 0
    for done, user in enumerate(users, start=1):
        while (wait := leave.wait()) > 0:
            await pause(wait)
        leave.spend()
        try:
            update = await read_part(system, Part.DEVICES, user)
            read += 1
        except PbxError as error:
            if not (read and isinstance(error, ABOUT_ONE_PERSON)):
                missing = len(users) - done + 1
                text = f"The phones of {missing} of {len(users)} people could not be read: {error}"
                yield Progress(_noting(text), len(users), len(users), 0.0)
                return
            update = _noting(f"The phones of user {user} could not be read: {error}")
        to_go = leave.seconds_for(len(users) - done)
        yield Progress(_in_addition(update, clock()), done, len(users), to_go)


async def read_for_drill(
    system: PhoneSystem,
    snapshot: Snapshot,
    scope: "DrillScope",
    leave: DeviceReadBudget,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Progress]:
    """Read the phones that a drill of this snapshot asks about, and those that turn out to matter on the way."""
    asked: list[str] = []
    while further := tuple(user for user in users_to_read(snapshot, scope) if user not in asked):
        before = len(asked)
        asked.extend(further)
        async for step in read_phones(system, further, leave, clock=clock):
            snapshot = step.update(snapshot)
            yield replace(step, done=before + step.done, total=len(asked))


def stopped(done: int, total: int) -> Update:
    """What the snapshot is to say when the reading was stopped on the way."""
    return _noting(f"The phones of {total - done} of {total} people were not read: the reading was stopped.")


def with_phones_of(snapshot: Snapshot, read: Snapshot) -> Snapshot:
    """The snapshot with the phones of another, of each person's the reading that reaches further ahead."""
    devices = dict(snapshot.devices)
    for user, phones in read.devices.items():
        if user not in devices or _latest(devices[user]) <= _latest(phones):
            devices[user] = phones
    problems = tuple(problem for problem in read.problems if problem.part is Part.DEVICES)
    read_at: dict[Part, datetime] = {part: at for part, at in read.read_at.items() if part == Part.DEVICES}
    return replace(
        snapshot,
        devices=devices,
        problems=tuple(dict.fromkeys((*snapshot.problems, *problems))),
        read_at={**snapshot.read_at, **read_at},
    )


def without_outdated_phones(snapshot: Snapshot, fresh: Collection[str] = ()) -> Snapshot:
    """The snapshot without the phones of those of whom something newer is known; ``fresh`` are read anew anyhow.

    Phones that were read once say where somebody is. That they are connected is not to be believed where the agent
    list says otherwise by now, nor beyond the end of a registration where no list tells.
    """
    if not snapshot.devices:
        return snapshot
    listed: dict[str, set[bool]] = {}
    for rows in snapshot.agents.values():
        for row in rows:
            if row.entry is EntryKind.USER and row.local in snapshot.devices:
                listed.setdefault(row.local, set()).add(row.registration is not Registration.NONE)
    now, read_at = snapshot.taken_at + snapshot.server_ahead, snapshot.read_at.get(Part.DEVICES)
    old = read_at is None or snapshot.taken_at - read_at > LONGEST_LAG
    gone = {
        user
        for user, phones in snapshot.devices.items()
        if user not in fresh and _outdated(phones, listed.get(user), now, old=old)
    }
    if not gone:
        return snapshot
    return replace(
        snapshot, devices={user: phones for user, phones in snapshot.devices.items() if user not in gone}
    )


def _outdated(phones: Iterable[Device], listed: set[bool] | None, now: datetime, *, old: bool) -> bool:
    connected = [phone for phone in phones if phone.registered or phone.is_app]
    if listed is not None:
        return bool(connected) is not (True in listed)
    ends = [phone.expires_at for phone in connected if phone.registered]
    return any(end < now for end in ends if end) or (old and not all(ends))


def _latest(phones: Iterable[Device]) -> datetime:
    return max(
        (phone.expires_at for phone in phones if phone.expires_at), default=datetime.min.replace(tzinfo=UTC)
    )


def _noting(text: str) -> Update:
    problem = Problem(Part.DEVICES, text)
    return lambda snapshot: replace(snapshot, problems=(*snapshot.problems, problem))


def _in_addition(update: Update, now: datetime) -> Update:
    """The update, which says what is wrong with one person's phones, beside what was said of others'."""

    def updated(snapshot: Snapshot) -> Snapshot:
        before = [problem for problem in snapshot.problems if problem.part is Part.DEVICES]
        after = update(snapshot)
        problems = tuple(dict.fromkeys((*before, *after.problems)))
        return replace(after, problems=problems, read_at={**after.read_at, Part.DEVICES: now})

    return updated
