"""Each building in one line: its phones, its agents by colour, and what falls if its power goes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from operator import is_

from msgspec import Struct

from queuewatch.failover.decide import colours_of
from queuewatch.failover.drill.drill import DrillOutcome
from queuewatch.failover.drill.matrix import OFFICE, QueueFates, SiteMatrix
from queuewatch.failover.model import Agent, Registration, Snapshot
from queuewatch.failover.people import user_of
from queuewatch.failover.places import Places, buildings, places
from queuewatch.failover.sites import site_key
from queuewatch.failover.status import Status, registration_of
from queuewatch.failover.verdict import Counts

MOST_NAMED = 2
"""Of more queues than this that fare alike the number is told."""


class Building(Struct, frozen=True):
    """One building as things stand."""

    site: str
    connected: int
    """How many of its agents' phones are connected, by the latest agent list."""
    phones: int
    """Of how many: those that were read, and one for each agent of whom none was; mobile apps are none."""
    phones_read: bool
    """Whether all its agents' phones were read; else there may be more of them, and elsewhere."""
    agents: Counts
    """Everybody once, in however many queues: Green if in any of them, else Red, else not known, else Grey."""
    falls: str
    """What a power cut there does: ``3 fail over · Referrals reaches nobody``."""


_BEST_FIRST = (Status.GREEN, Status.RED, Status.UNKNOWN, Status.GREY)
_WITH_A_PHONE = (Registration.CONNECTED, Registration.NONE, Registration.UNKNOWN)
_EVERYWHERE = ""
"""Stands for the site of everybody where there is no building."""


class BuildingCounts:
    """Counts agents and phones at each site; of a further snapshot only what changed."""

    def __init__(self) -> None:
        self._rests_on: tuple[object, ...] = ()
        self._told_of: tuple[object, ...] = ()
        self._rows: Mapping[str, QueueFates] = {}
        self._told: dict[str, str] = {}
        self._forget()

    def _forget(self) -> None:
        self._queues: dict[str, tuple[object, object]] = {}
        self._seats: dict[str, dict[str, tuple[Status, Agent]]] = {}
        """By queue and agent id."""
        self._of_agent: dict[str, dict[str, tuple[Status, Agent]]] = {}
        """By agent id and queue."""
        self._of_person: dict[tuple[str, str], set[str]] = {}
        """By site and user: the ids of the agents who are that user."""
        self._colours: dict[str, tuple[str, Status]] = {}
        self._phones: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._agents_at: Counter[tuple[str, Status]] = Counter()
        self._phones_at: dict[str, list[int]] = {}

    def of(self, snapshot: Snapshot, matrix: SiteMatrix) -> tuple[Building, ...]:
        """Every site that the matrix has a column for, in its order. ``matrix`` is one of this snapshot."""
        known = places(snapshot)
        one = matrix.sites == (OFFICE,) and not buildings(snapshot)
        rests_on = (known.agents, snapshot.devices, one, self._queues.keys() - snapshot.agents.keys() or None)
        if len(self._rests_on) != len(rests_on) or not all(map(is_, self._rests_on, rests_on)):
            self._rests_on = (known.agents, snapshot.devices, one, None)
            self._forget()
        changed: set[tuple[str, str]] = set()
        for queue, rows in snapshot.agents.items():
            made_of = (rows, snapshot.queues.get(queue))
            before = self._queues.get(queue)
            if before is None or not all(map(is_, before, made_of)):
                self._queues[queue] = made_of
                changed |= self._take(snapshot, known, queue, one=one)
        for person in changed:
            self._count_phones(snapshot, person)
        self._tell(snapshot, matrix)
        return tuple(self._building(site, _EVERYWHERE if one else site_key(site)) for site in matrix.sites)

    def _tell(self, snapshot: Snapshot, matrix: SiteMatrix) -> None:
        """Say anew what falls with the sites of which a cell changed."""
        named = tuple((queue.extension, queue.name) for queue in snapshot.call_queues)
        of = (matrix.sites, named, matrix.missing)
        changed: Iterable[str] = matrix.sites
        if of == self._told_of:
            changed = {
                site
                for queue, row in matrix.queues.items()
                if (before := self._rows.get(queue)) is not row
                for site, fate in row.fates.items()
                if before is None or before.fates.get(site) != fate
            }
        for site in changed:
            self._told[site] = " · ".join(_falls(snapshot, matrix, site)) or "nothing changes"
        self._told_of, self._rows = of, matrix.queues

    def _take(self, snapshot: Snapshot, known: Places, queue: str, *, one: bool) -> set[tuple[str, str]]:
        """Count this queue's agents anew. Whose phones are to be counted after that, by site and user."""
        colours, before = colours_of(snapshot, queue), self._seats.get(queue, {})
        now = {row.id: (colours[row.id].status, row) for row in snapshot.agents_of(queue)}
        self._seats[queue] = now
        changed: set[tuple[str, str]] = set()
        for agent in before.keys() | now.keys():
            if before.get(agent) == now.get(agent):
                continue
            seats = self._of_agent.setdefault(agent, {})
            was, seat = seats.pop(queue, None), now.get(agent)
            if seat is not None:
                seats[queue] = seat
            site = _EVERYWHERE if one else known.agents[agent].key
            self._count_agent(agent, site)
            row = seat or was
            if row is not None:
                person = (site, user_of(snapshot, row[1]) or agent)
                self._of_person.setdefault(person, set()).add(agent)
                changed.add(person)
        return changed

    def _count_agent(self, agent: str, site: str) -> None:
        if (counted := self._colours.pop(agent, None)) is not None:
            self._agents_at[counted] -= 1
        if shown := [status for status, _ in self._of_agent[agent].values()]:
            self._colours[agent] = (site, min(shown, key=_BEST_FIRST.index))
            self._agents_at[self._colours[agent]] += 1

    def _count_phones(self, snapshot: Snapshot, person: tuple[str, str]) -> None:
        seats = [row for agent in self._of_person[person] for _, row in self._of_agent[agent].values()]
        rows = [row for row in seats if row.readable and registration_of(row) in _WITH_A_PHONE]
        counted = (0, 0, 0)
        if rows:
            listed = snapshot.devices.get(person[1])
            mine = [device for device in listed or () if not device.is_app]
            there = sum(device.registered is True for device in mine)
            connected = any(registration_of(row) is Registration.CONNECTED for row in rows)
            counted = (max(1, there) if connected else 0, max(1, len(mine)), int(listed is None))
        at = self._phones_at.setdefault(person[0], [0, 0, 0])
        for place, (new, old) in enumerate(zip(counted, self._phones.get(person, (0, 0, 0)), strict=True)):
            at[place] += new - old
        self._phones[person] = counted

    def _building(self, site: str, key: str) -> Building:
        connected, phones, unread = self._phones_at.get(key, (0, 0, 0))
        colours = (Status.GREEN, Status.RED, Status.GREY, Status.UNKNOWN)
        return Building(
            site,
            connected=connected,
            phones=phones,
            phones_read=not unread,
            agents=Counts(*(self._agents_at[key, status] for status in colours)),
            falls=self._told[site],
        )


def _falls(snapshot: Snapshot, matrix: SiteMatrix, site: str) -> Iterator[str]:
    by_fate: dict[DrillOutcome, list[str]] = {fate: [] for fate in DrillOutcome}
    for queue in snapshot.call_queues:
        row = matrix.queues.get(queue.extension)
        if row is not None and row.fates[site].touched:
            by_fate[row.fates[site].fate].append(queue.name or queue.extension)
    yield from _told(
        (*by_fate[DrillOutcome.STRANDED], *by_fate[DrillOutcome.LOST]), "reaches nobody", "reach nobody"
    )
    yield from _told(by_fate[DrillOutcome.UNCERTAIN], "cannot be told", "cannot be told")
    yield from _told(by_fate[DrillOutcome.HELD_OPEN], "is held open", "are held open")
    yield from _told(by_fate[DrillOutcome.SENT_ON], "is sent on", "are sent on")
    yield from _told(by_fate[DrillOutcome.FAILS_OVER], "fails over", "fail over")
    if matrix.missing:
        yield f"{matrix.missing} not worked out yet"


def _told(names: Iterable[str], of_one: str, of_many: str) -> Iterator[str]:
    names = tuple(names)
    if len(names) > MOST_NAMED:
        yield f"{len(names)} {of_many}"
    else:
        yield from (f"{name} {of_one}" for name in names)
