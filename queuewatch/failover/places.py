"""Where somebody is: decided here, for the drill, what-if, the audit and the site columns alike.

In this order: the addresses that the profile gives to a site; the address that a phone is connected from, where
phones were read; the site that the agent list names; the one that the user list names; the profile's home site, as
an assumption; else it is not known.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from inspect import unwrap
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.model import Agent, Device, EntryKind, Queue, Snapshot, hand_on, once_per_snapshot
from queuewatch.failover.people import user_of
from queuewatch.failover.sites import address_in, site_key
from queuewatch.text.natural_order import natural_order


def canonical_ip(text: str) -> str:
    """The address in its one usual spelling; empty for what is none."""
    return str(address_in(text) or "")


def line_of(ip: str) -> str:
    """The line that an address belongs to: an IPv4 address itself, of an IPv6 one the first 64 bits.

    A building has one such network, and every phone in it an address of its own [RFC 6177]. Empty for no address.
    """
    address = address_in(ip)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "")


_SHARED = ipaddress.ip_network("100.64.0.0/10")
_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "127.0.0.0/8",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)


def says_nothing(ip: str) -> bool:
    """Whether an address is used in many places at once: a private one, or a carrier's (100.64/10)."""
    address = address_in(ip)
    return address is None or any(address in network for network in (_SHARED, *_PRIVATE))


_NOT_LISTED = "\0"
"""Stands for the site of somebody of whom no list of users tells whether there is one."""


class Basis(StrEnum):
    """What the site of somebody rests on."""

    ROW = "agent list"
    USER = "user list"
    HOME = "home_site of the profile"
    NOTHING = "nothing"


class Site(Struct, frozen=True, gc=False):
    """The site that names put somebody at; an empty name is not known."""

    name: str = ""
    basis: Basis = Basis.NOTHING
    other: str = ""
    """Where the agent list and the user list differ: what the latter says."""

    @property
    def key(self) -> str:
        """The name as names are compared."""
        return site_key(self.name)


class Says(StrEnum):
    """What the address of a phone says of it, while certain sites are in the dark."""

    THERE = "there"
    """It is at a site in the dark."""
    ELSEWHERE = "elsewhere"
    PERHAPS = "perhaps"
    """It may be elsewhere than its user's site."""
    NOTHING = "nothing"
    """The next in the order decides."""


def site_of(agent: Agent, snapshot: Snapshot) -> str:
    """The site that names put the agent at: the row's own, else that of the user behind it."""
    if agent.site or snapshot.users is None:
        return agent.site
    user = snapshot.users.get(user_of(snapshot, agent))
    return user.site if user else ""


def queue_site(snapshot: Snapshot, queue: Queue) -> str:
    """The queue's site: its own, else that of the queue's user (not every server version sends the first)."""
    user = (snapshot.users or {}).get(queue.extension)
    return queue.site or (user.site if user else "")


class Places(Struct, frozen=True):
    """Everybody's site by name, and who is connected from which line."""

    users: Mapping[str, Site]
    """By extension: every person of the domain, and every user behind an agent row."""
    agents: Mapping[str, Site]
    """By agent id. Somebody is at one place, in however many queues they sit."""
    rows: Mapping[str, tuple[Agent, ...]]
    """By site as names are compared: the agents put there by name; under the empty one those put nowhere."""
    disputed: Mapping[str, tuple[Agent, ...]]
    """By site: the agents whom the user list puts there and the agent list, which counts, elsewhere."""
    lines: Mapping[str, Mapping[str, frozenset[str]]]
    """By line and then by site: whose phones are connected from it.

    Under the empty site who has none; apart from them who is in no list of users, so that it is not known.
    """
    own_line: Mapping[str, str]
    """By line: the site whose line it is, because two or more of its people are there, or nobody is elsewhere."""

    def says(self, snapshot: Snapshot, ip: str, dark: Collection[str]) -> Says:
        """What an address says of a phone while these sites (names as compared) are in the dark."""
        if (stated := snapshot.site_facts.site_at(ip)) and snapshot.site_facts.has_building(stated):
            return Says.THERE if stated in dark else Says.ELSEWHERE
        line = line_of(ip)
        if not line or says_nothing(ip):
            return Says.NOTHING
        if (site := self.own_line.get(line)) is not None:
            return Says.THERE if site in dark else Says.ELSEWHERE
        people = self.lines.get(line, {})
        sites = [site for site in people if site and site != _NOT_LISTED]
        others = _NOT_LISTED not in people and not any(site in dark for site in sites)
        if others and sum(map(len, people.values())) > 1:
            return Says.ELSEWHERE
        return Says.NOTHING if len(sites) > 1 else Says.PERHAPS

    def has_line(self, site: str) -> bool:
        """Whether a line is known to be this site's."""
        return site_key(site) in self.own_line.values()


@once_per_snapshot
def places(snapshot: Snapshot) -> Places:
    """Work out where everybody is by name, and which lines are whose. Once per snapshot."""
    earlier = snapshot.memo.pop(hand_on_places, None)
    return _moved(earlier, snapshot) if isinstance(earlier, Snapshot) else _worked_out(snapshot)


def _worked_out(snapshot: Snapshot) -> Places:
    rows: dict[str, Agent] = {}
    stated: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for agents in snapshot.agents.values():
        for row in agents:
            # As a rule the rows of somebody in many queues all say the same.
            if row.site and ((before := rows.get(row.id)) is None or before.site != row.site):
                stated[row.id].setdefault(site_key(row.site), row.site)
            rows[row.id] = row
    owners = {row.id: user_of(snapshot, row) for row in rows.values()}
    by_user: defaultdict[str, dict[str, str]] = defaultdict(dict)
    # A user's own row goes before those of single devices, which may stand elsewhere.
    a_user = EntryKind.USER
    for row in sorted(rows.values(), key=lambda row: row.entry is not a_user):
        user = owners[row.id]
        if user and (row.entry is a_user or not by_user[user]):
            by_user[user] |= stated.get(row.id, {})
    people = {extension for extension, user in (snapshot.users or {}).items() if not user.system}
    users = {
        extension: _site(snapshot, extension, by_user.get(extension, {}))
        for extension in sorted(people | {user for user in owners.values() if user})
    }
    agents_at = {
        row.id: users[owners[row.id]]
        if owners[row.id] and (row.entry is a_user or not stated.get(row.id))
        else _site(snapshot, owners[row.id], stated.get(row.id, {}))
        for row in rows.values()
    }
    by_site: defaultdict[str, list[Agent]] = defaultdict(list)
    put = {agent: by_site[site.key].append for agent, site in agents_at.items()}
    for agents in snapshot.agents.values():
        for row in agents:
            put[row.id](row)
    disputed: defaultdict[str, list[Agent]] = defaultdict(list)
    for agent, at in agents_at.items():
        if at.other:
            disputed[site_key(at.other)].append(rows[agent])
    lines = _lines(snapshot, users)
    return Places(
        users,
        agents_at,
        {site: tuple(those) for site, those in by_site.items()},
        {site: tuple(those) for site, those in disputed.items()},
        lines,
        dict(_own_lines(snapshot, users, lines)),
    )


def hand_on_places(before: Snapshot, after: Snapshot) -> bool:
    """Let the later of two readings keep where everybody is, if nothing that decides it differs; whether it does.

    Between two refreshes it hardly ever does: agents come and go, and stay where they are.
    """
    if before is after:
        return True
    if not _stand_alike(before, after):
        return False
    hand_on(before, after, named_sites)
    # Nobody may ask for it again: it is moved to the later reading once somebody does.
    if unwrap(places) in before.memo:
        after.memo[hand_on_places] = before
    elif hand_on_places in before.memo:
        after.memo[hand_on_places] = before.memo[hand_on_places]
    return True


def _moved(before: Snapshot, after: Snapshot) -> Places:
    """Where everybody is by a reading in which everybody stands alike, with the rows of the later one."""
    known = places(before)
    now = {id(was): row for was, row in rows_changed(before, after)}
    if not now:
        return known
    sites = {known.agents[row.id].key for row in now.values()}
    sites |= {site_key(known.agents[row.id].other) for row in now.values()}

    def as_now(rows: Mapping[str, tuple[Agent, ...]]) -> Mapping[str, tuple[Agent, ...]]:
        return {
            site: tuple([now.get(id(row), row) for row in those]) if site in sites else those
            for site, those in rows.items()
        }

    return replace(known, rows=as_now(known.rows), disputed=as_now(known.disputed))


def _stand_alike(before: Snapshot, after: Snapshot) -> bool:
    return (
        (before.users is after.users or before.users == after.users)
        and before.sites == after.sites
        and before.site_facts == after.site_facts
        and (before.devices is after.devices or phones_without_expiries(before) == phones_without_expiries(after))
        and before.queues.keys() == after.queues.keys()
        and before.agents.keys() == after.agents.keys()
        and all(
            was is now or list(map(_who, was)) == list(map(_who, now))
            for was, now in zip(before.agents.values(), map(after.agents_of, before.agents), strict=True)
        )
    )


_who = attrgetter("id", "entry", "site", "name", "readable")


def phones_without_expiries(snapshot: Snapshot) -> dict[str, tuple[Device, ...]]:
    """All phones, but for when their registrations run out."""
    return {
        user: tuple(replace(device, expires_at=None) for device in devices)
        for user, devices in snapshot.devices.items()
    }


def rows_changed(before: Snapshot, after: Snapshot) -> list[tuple[Agent, Agent]]:
    """The rows that differ, as they were and as they are, of two readings with the same agents in one order."""
    return [
        (old, new)
        for was, now in zip(before.agents.values(), map(after.agents_of, before.agents), strict=True)
        if was is not now
        for old, new in zip(was, now, strict=True)
        if old is not new
    ]


def _site(snapshot: Snapshot, extension: str, stated: Mapping[str, str]) -> Site:
    """Where somebody is by name: as the agent list says, if it says one thing, else as the user list does."""
    user = (snapshot.users or {}).get(extension)
    theirs = user.site if user else ""
    if len(stated) == 1:
        ((key, name),) = stated.items()
        return Site(name, Basis.ROW, theirs if theirs and site_key(theirs) != key else "")
    if stated and site_key(theirs) not in stated:
        # Rows at two sites, and nothing to say which is right.
        return Site()
    if theirs:
        return Site(theirs, Basis.USER)
    home = snapshot.site_facts.home_site
    return Site(home, Basis.HOME) if home else Site()


def _lines(snapshot: Snapshot, users: Mapping[str, Site]) -> Mapping[str, Mapping[str, frozenset[str]]]:
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for user, devices in snapshot.devices.items():
        site = users[user].key if user in users else ""
        # Who belongs to a site that is no place says nothing of a line.
        site = site if snapshot.site_facts.has_building(site) else ""
        if not site and snapshot.users is None:
            site = _NOT_LISTED
        for device in devices:
            # A mobile app's address is that of wherever its owner walks.
            if device.registered and not device.is_app and not says_nothing(ip := canonical_ip(device.ip)):
                found[line_of(ip)][site].add(user)
    return {line: {site: frozenset(people) for site, people in sites.items()} for line, sites in found.items()}


def _own_lines(
    snapshot: Snapshot, users: Mapping[str, Site], lines: Mapping[str, Mapping[str, frozenset[str]]]
) -> Iterator[tuple[str, str]]:
    lines_of: defaultdict[str, list[str]] = defaultdict(list)
    for line, people in lines.items():
        sites = [site for site in people if site and site != _NOT_LISTED]
        for site in sites:
            lines_of[site].append(line)
        if len(sites) == 1 and len(people[sites[0]]) > 1:
            yield line, sites[0]
    people_of: defaultdict[str, list[str]] = defaultdict(list)
    for user, at in users.items():
        people_of[at.key].append(user)
    for site, of_site in lines_of.items():
        line = of_site[0]
        alone = len(of_site) == 1 and all(other in ("", _NOT_LISTED, site) for other in lines[line])
        if alone and all(user in snapshot.devices for user in people_of[site]):
            yield line, site


def buildings(snapshot: Snapshot) -> tuple[str, ...]:
    """Every site that is a place: those the domain, one of its users or one of its agents names, by alphabet.

    A site that is no building by the profile is none of them.
    """
    return tuple(site for site in named_sites(snapshot) if snapshot.site_facts.has_building(site))


@once_per_snapshot
def named_sites(snapshot: Snapshot) -> tuple[str, ...]:
    """Every site that the domain, a user, an agent or the profile names, in natural order."""
    named = [
        *(snapshot.sites or ()),
        *(user.site for user in (snapshot.users or {}).values()),
        *(row.site for rows in snapshot.agents.values() for row in rows),
        *snapshot.site_facts.addresses,
        snapshot.site_facts.home_site,
    ]
    by_key = {site_key(site): site for site in reversed(named) if site}
    return tuple(sorted(by_key.values(), key=natural_order))
