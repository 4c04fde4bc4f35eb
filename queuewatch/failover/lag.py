"""How long until it is noticed: a phone that loses power stays online until its registration runs out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from queuewatch.failover.model import Agent, Device, Registration, Snapshot
from queuewatch.failover.people import devices_of
from queuewatch.failover.status import registration_of, status_of

LONGEST_LAG_MINUTES = 5
"""The portal's own figure for recognising an agent as offline."""


def runs_out_at(snapshot: Snapshot, agent: Agent) -> datetime | None:
    """When an online agent's last registration runs out, on the server's clock. The server adds some grace.

    ``None`` when its devices were not read, or when it is not known of all that are, or may be, registered.
    """
    if not status_of(agent).status.online:
        return None
    registered = connected_devices(snapshot, agent)
    known = [device.expires_at for device in registered if device.registered and device.expires_at is not None]
    return max(known) if known and len(known) == len(registered) else None


def connected_devices(snapshot: Snapshot, agent: Agent) -> tuple[Device, ...]:
    """Those of the phones that ring for a row that are registered, or may be."""
    return tuple(device for device in devices_of(snapshot, agent) if device.registered is not False)


LONGEST_LAG = timedelta(minutes=LONGEST_LAG_MINUTES)


class NoticedAt(Struct, frozen=True):
    """When something begins after the power was lost: known to the second, or only that it is within so long."""

    after: timedelta
    """Since the power was lost; the longest it can take where ``at`` is not known."""
    at: datetime | None = None
    """On the server's clock, aware; ``None`` where it is not known."""

    @property
    def known(self) -> bool:
        """Whether it is known to the second."""
        return self.at is not None

    @property
    def promised(self) -> bool:
        """Whether it comes by itself at all: an outside number never goes offline."""
        return self.after != timedelta.max


NO_MOMENT = NoticedAt(timedelta.max)


def server_time(snapshot: Snapshot) -> datetime:
    """What the server's clock showed when the queues and agents were read."""
    return snapshot.taken_at + snapshot.server_ahead


def turns_grey_at(snapshot: Snapshot, agent: Agent) -> NoticedAt:
    """When an agent who loses all power at the snapshot's moment turns Grey: as the last registration runs out.

    Where that moment is not known, the length of the phone's own registration bounds it; where that is not known
    either, the portal's figure stands.
    """
    if registration_of(agent) is Registration.OFFNET:
        return NO_MOMENT
    moments = [_runs_out(snapshot, device) for device in connected_devices(snapshot, agent)]
    return last_of(moment or NoticedAt(LONGEST_LAG) for moment in moments) or NoticedAt(LONGEST_LAG)


def rests_on_the_portal(snapshot: Snapshot, agent: Agent) -> bool:
    """Whether nothing is known of a phone's registration, so that only the portal's own figure bounds it."""
    moments = [_runs_out(snapshot, device) for device in connected_devices(snapshot, agent)]
    return registration_of(agent) is not Registration.OFFNET and (not moments or None in moments)


def _runs_out(snapshot: Snapshot, device: Device) -> NoticedAt | None:
    """When this registration does; ``None`` when neither its end nor its length is known.

    One that should have run out before was renewed since it was read: its end is not known.
    """
    if device.registered and device.expires_at is not None and device.expires_at > server_time(snapshot):
        return NoticedAt(device.expires_at - server_time(snapshot), device.expires_at)
    return NoticedAt(timedelta(seconds=device.expiry_seconds)) if device.expiry_seconds else None


def last_of(moments: Iterable[NoticedAt]) -> NoticedAt | None:
    """The moment by which all of them have come; ``None`` for none. One that is not known makes it not known."""
    given = tuple(moments)
    latest = max(given, key=lambda moment: moment.after, default=None)
    if latest is None or all(moment.known for moment in given):
        return latest
    return NoticedAt(latest.after)


def all_grey_at(snapshot: Snapshot, agents: Iterable[Agent]) -> NoticedAt | None:
    """When the last of these agents would turn Grey; ``None`` for no agents."""
    return last_of(turns_grey_at(snapshot, agent) for agent in agents)
