"""Each building in one line: its phones, its agents by colour, and what falls if its power goes."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from queuewatch.failover.decide import roster_of
from queuewatch.failover.drill.drill import DrillOutcome
from queuewatch.failover.drill.matrix import OFFICE, SiteMatrix
from queuewatch.failover.model import Agent, Registration, Snapshot
from queuewatch.failover.people import user_of
from queuewatch.failover.places import buildings, places
from queuewatch.failover.sites import site_key
from queuewatch.failover.status import Status, registration_of
from queuewatch.failover.suppose import AS_IS
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


def buildings_of(snapshot: Snapshot, matrix: SiteMatrix) -> tuple[Building, ...]:
    """Every site that the matrix has a column for, in its order. ``matrix`` is one of this snapshot."""
    known = places(snapshot).rows
    everybody = tuple(row for rows in snapshot.agents.values() for row in rows)
    one = matrix.sites == (OFFICE,) and not buildings(snapshot)
    colours = {
        queue: {agent.id: shown.status for agent, shown in zip(roster.in_order, roster.colours, strict=True)}
        for queue in snapshot.agents
        for roster in (roster_of(snapshot, queue, AS_IS),)
    }
    return tuple(
        _building(snapshot, matrix, site, everybody if one else known.get(site_key(site), ()), colours)
        for site in matrix.sites
    )


def _building(
    snapshot: Snapshot,
    matrix: SiteMatrix,
    site: str,
    rows: Iterable[Agent],
    colours: Mapping[str, Mapping[str, Status]],
) -> Building:
    best: dict[str, Status] = {}
    phones: dict[str, tuple[int, int]] = {}
    read = True
    by_a_phone = (Registration.CONNECTED, Registration.NONE, Registration.UNKNOWN)
    for row in rows:
        shown = colours[row.queue][row.id]
        so_far = best.setdefault(row.id, shown)
        if so_far is not shown and _BEST_FIRST.index(shown) < _BEST_FIRST.index(so_far):
            best[row.id] = shown
        registration = registration_of(row)
        if registration in by_a_phone and row.readable:
            user = user_of(snapshot, row) or row.id
            listed = snapshot.devices.get(user)
            read = read and listed is not None
            mine = [device for device in listed if not device.is_app] if listed else []
            there = sum(device.registered is True for device in mine) if listed else 1
            connected = max(1, there) if registration is by_a_phone[0] else 0
            before = phones.get(user)
            now = (connected, len(mine) or 1)
            if before is None:
                phones[user] = now
            elif before != now:
                phones[user] = (max(before[0], connected), max(before[1], now[1]))
    found = list(best.values())
    return Building(
        site,
        connected=sum(connected for connected, _ in phones.values()),
        phones=sum(total for _, total in phones.values()),
        phones_read=read,
        agents=Counts(
            *(found.count(status) for status in (Status.GREEN, Status.RED, Status.GREY, Status.UNKNOWN))
        ),
        falls=" · ".join(_falls(snapshot, matrix, site)) or "nothing changes",
    )


_BEST_FIRST = (Status.GREEN, Status.RED, Status.UNKNOWN, Status.GREY)


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
