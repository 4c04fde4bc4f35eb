"""Who reads which domain: what every collector knows of the others, and does. Pure but for its memory.

A collector takes a *place* by writing its *term*, a name that no other has, under the place's key, and shows that
it lives by writing it again every few seconds. A lease names the term that reads a domain. Everything is written
by compare and swap. Where a place's revision has stood still for the length of a lease, by the watcher's own clock
that only counts, the term is over: somebody empties the place, which fails had the collector shown itself
meanwhile, and all its leases are free at that moment. It has stopped reading before, since its own clock runs from
when it last wrote.

Among the living, each domain has one whom all agree upon (rendezvous hashing over those that can read it, with an
upper limit): that one takes what is free, and whoever else holds it gives it up.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache, partial

import msgspec
from msgspec import Struct

from queuewatch.fleet.broker.keys import DomainKey, encoded

MARK = 8
"""Bytes by which a domain is told from others in a collector's list."""
TERM = 32
"""Characters of a term."""


class Presence(Struct, frozen=True):
    """What a collector says of itself."""

    term: str
    host: str = ""
    process: int = 0

    @property
    def title(self) -> str:
        """Who it is, for people."""
        return f"{self.host} (process {self.process})"


def presence_text(presence: Presence) -> bytes:
    """It as it is kept."""
    return msgspec.json.encode(presence)


def presence_from(text: bytes) -> Presence | None:
    """It again; ``None`` for an empty place, or what is none."""
    try:
        return msgspec.json.decode(text, type=Presence) if text else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


@lru_cache(maxsize=16384)
def mark_of(domain: DomainKey) -> bytes:
    """What stands for a domain in a collector's list."""
    return hashlib.sha256(encoded(domain).encode()).digest()[:MARK]


def members_text(term: str, domains: Iterable[DomainKey]) -> bytes:
    """Which domains a collector can read, as it is kept."""
    return term.encode() + b"".join(map(mark_of, domains))


def members_from(text: bytes) -> tuple[str, frozenset[bytes]]:
    """The term, and the marks of its domains."""
    term, marks = text[:TERM].decode("ascii", "replace"), text[TERM:]
    return term, frozenset(marks[at : at + MARK] for at in range(0, len(marks), MARK))


class CollectorPlace(Struct, frozen=True):
    """What lies at a collector's place."""

    presence: Presence | None
    """``None`` where it is free."""
    revision: int
    moved_at: float
    """When it was seen to be written, by the watcher's clock that only counts."""


class Lease(Struct, frozen=True):
    """Who holds a domain."""

    term: str
    """Empty where it was given back."""
    revision: int


class Roll:
    """All collectors and leases, as one collector or viewer knows them."""

    def __init__(self) -> None:
        self.places: dict[int, CollectorPlace] = {}
        self.leases: dict[DomainKey, Lease] = {}
        self._members: dict[int, tuple[str, frozenset[bytes]]] = {}
        self._divided_among: dict[str, frozenset[bytes]] = {}
        self._divided: dict[bytes, str] = {}

    def see_place(self, place: int, text: bytes, revision: int, now: float) -> None:
        """Take in what lies at a place. An older revision than the known one changes nothing."""
        known = self.places.get(place)
        if known is None or revision > known.revision:
            self.places[place] = CollectorPlace(presence_from(text), revision, now)

    def see_members(self, place: int, text: bytes) -> None:
        """Take in which domains the collector at a place can read."""
        self._members[place] = members_from(text)

    def see_lease(self, domain: DomainKey, text: bytes, revision: int) -> None:
        """Take in who holds a domain. An older revision than the known one changes nothing."""
        known = self.leases.get(domain)
        if known is None or revision > known.revision:
            self.leases[domain] = Lease(text.decode("ascii", "replace"), revision)

    @property
    def living(self) -> Mapping[str, Presence]:
        """By term, who has a place."""
        return {at.presence.term: at.presence for at in self.places.values() if at.presence is not None}

    def over(self, now: float, lease: float) -> dict[int, int]:
        """The places that have stood still for the length of a lease, with the revision that did."""
        return {
            place: at.revision
            for place, at in self.places.items()
            if at.presence is not None and now - at.moved_at >= lease
        }

    def next_over(self, now: float, lease: float) -> float:
        """Seconds until the first place will have stood still for so long, if nothing more is heard."""
        moved = [at.moved_at for at in self.places.values() if at.presence is not None]
        return max(0.0, min(moved, default=now) + lease - now)

    def free_place(self) -> tuple[int, int]:
        """The first place that nobody has, and its revision."""
        place = 1
        while (at := self.places.get(place)) is not None and at.presence is not None:
            place += 1
        return place, at.revision if at is not None else 0

    def place_of(self, term: str) -> int | None:
        """Where a term has its place."""
        for place, at in self.places.items():
            if at.presence is not None and at.presence.term == term:
                return place
        return None

    def holder(self, domain: DomainKey) -> str:
        """The living term that holds a domain; empty where it is free."""
        lease = self.leases.get(domain)
        return lease.term if lease is not None and lease.term in self.living else ""

    def is_anybodys(self, domain: DomainKey) -> bool:
        """Whether somebody who lives could read it."""
        mark = mark_of(domain)
        return any(
            mark in self._members[place][1]
            for place, at in self.places.items()
            if at.presence is not None and place in self._members
        )

    def division(self, domains: Collection[DomainKey]) -> dict[DomainKey, str]:
        """By domain, the term that is to read it; one that nobody living can read is missing.

        Whoever knows the same places and lists divides alike, whatever domains they ask about.
        """
        able = {
            presence.term: self._members[place][1]
            for place, at in self.places.items()
            if (presence := at.presence) is not None
            and self._members.get(place, ("", frozenset()))[0] == presence.term
        }
        if able != self._divided_among:
            self._divided_among, self._divided = able, _divided(able)
        divided = self._divided
        marks = {domain: mark_of(domain) for domain in domains}
        return {domain: divided[mark] for domain, mark in marks.items() if mark in divided}


def _divided(able: Mapping[str, frozenset[bytes]]) -> dict[bytes, str]:
    """Who reads what, by its mark: each about as many. Where somebody comes or goes, little else moves."""
    everything = frozenset[bytes]().union(*able.values())
    most = -(-len(everything) // max(1, len(able)))
    load = dict.fromkeys(able, 0)
    divided = {}
    for mark in sorted(everything):
        wishes = sorted((term for term, marks in able.items() if mark in marks), key=partial(_weight, mark))
        term = next((term for term in wishes if load[term] < most), wishes[0])
        divided[mark] = term
        load[term] += 1
    return divided


def _weight(mark: bytes, term: str) -> bytes:
    return hashlib.sha256(term.encode() + mark).digest()
