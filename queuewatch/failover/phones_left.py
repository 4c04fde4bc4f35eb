"""Which of somebody's phones a loss of power leaves: the question behind every agent of a drill."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from queuewatch.failover.device import Device
from queuewatch.failover.model import Snapshot
from queuewatch.failover.scope import Scope, canonical_ip
from queuewatch.failover.site_names import site_key
from queuewatch.failover.suppose import site_of


class Left(StrEnum):
    """What becomes of one phone."""

    KEPT = "kept"
    """It is connected from elsewhere."""
    PUSH = "push"
    """A mobile app: no building's power reaches it."""
    DOUBTED = "doubted"
    """It may be elsewhere."""
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class PhonesLeft:
    """Somebody's phones after the loss, of those that were connected or are woken by push."""

    phones: tuple[tuple[Device, Left], ...] = ()

    def first(self, left: Left) -> Device | None:
        """The first phone of which this became."""
        return next((device for device, became in self.phones if became is left), None)

    @property
    def untouched(self) -> bool:
        """Whether no phone was lost, or may have been."""
        return not any(became in (Left.LOST, Left.DOUBTED) for _, became in self.phones)


@dataclass(frozen=True, slots=True)
class Power:
    """Where the power is gone, and what is known of the phones there."""

    scope: Scope
    people: Mapping[str, str]
    """The extensions of those whose site goes dark, and the site."""
    addresses: Mapping[str, Mapping[str, frozenset[str]]]
    """By site in the dark and public address: whose phones are connected from there."""

    def left(self, user: str, devices: Iterable[Device]) -> PhonesLeft:
        """What becomes of these phones of one user."""
        mine = tuple(devices)
        relevant = [device for device in mine if device.registered is not False or device.is_app]
        return PhonesLeft(tuple((device, self._becomes(user, device, mine)) for device in relevant))

    def _becomes(self, user: str, device: Device, others: tuple[Device, ...]) -> Left:
        if device.is_app:
            return Left.PUSH
        ip = canonical_ip(device.ip)
        if ip and ip in self.scope.ips:
            return Left.LOST
        if user in self.people:
            return Left.DOUBTED if self._astray(user, ip, others) else Left.LOST
        if self.scope.ips and not (ip and device.registered):
            return Left.DOUBTED
        return Left.KEPT

    def _astray(self, user: str, ip: str, others: tuple[Device, ...]) -> bool:
        """Whether the address speaks against the site: nobody else there has it, and another is known there."""
        here = self.addresses.get(self.people[user].casefold(), {})
        if not ip or here.get(ip, frozenset()) - {user}:
            return False
        shared = any(len(users) > 1 for users in here.values())
        return shared or any(other.registered and canonical_ip(other.ip) not in ("", ip) for other in others)


def power_lost(snapshot: Snapshot, scope: Scope) -> Power:
    """Who is where the power is gone, and from where their phones are connected."""
    people: dict[str, str] = {}
    if scope.sites:
        for rows in snapshot.agents.values():
            people.update({row.user: site for row in rows if scope.darkens_site(site := site_of(row, snapshot))})
        for known in (snapshot.users or {}).values():
            if scope.darkens_site(known.site) and not known.system:
                people.setdefault(known.extension, known.site)
    people.pop("", None)
    addresses: dict[str, defaultdict[str, frozenset[str]]] = {}
    for user, site in people.items():
        here = addresses.setdefault(site_key(site), defaultdict(frozenset))
        for device in snapshot.devices.get(user, ()):
            if device.registered and not device.is_app and (ip := canonical_ip(device.ip)):
                here[ip] |= {user}
    return Power(scope, people, addresses)
