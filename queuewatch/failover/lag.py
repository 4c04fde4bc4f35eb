"""How long until it is noticed: a phone that loses power stays online until its registration runs out."""

from datetime import datetime

from queuewatch.failover.device import Device
from queuewatch.failover.model import Agent, Snapshot
from queuewatch.failover.people import devices_of as devices_of
from queuewatch.failover.status import status_of

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


def all_offline_by(snapshot: Snapshot, queue: str) -> datetime | None:
    """When the last of the queue's online agents would be noticed offline if all lost power now.

    ``None`` when nobody is online, or when the registration of anybody online is not known.
    """
    online = [agent for agent in snapshot.agents_of(queue) if status_of(agent).status.online]
    moments = [runs_out_at(snapshot, agent) for agent in online]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None
