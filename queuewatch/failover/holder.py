"""Who holds a queue open in a drill: by name, phone and site."""

from dataclasses import dataclass

from queuewatch.failover.darkness import Darkness
from queuewatch.failover.decide import roster_of
from queuewatch.failover.device import Device
from queuewatch.failover.model import Agent, EntryKind, Registration, Snapshot
from queuewatch.failover.people import devices_of, user_of
from queuewatch.failover.places import site_of
from queuewatch.failover.status import registration_of
from queuewatch.failover.words import agent_name


@dataclass(frozen=True, slots=True)
class Holder:
    """One agent who stays online."""

    id: str
    name: str
    site: str
    device: str
    """The phone, as far as it is known by which one; else empty."""
    by: Registration
    """How the agent is then reached."""

    @property
    def words(self) -> str:
        """``Eli Brown (mobile app 1006m, Dallas)``."""
        app = "mobile app" if self.by is Registration.PUSH else ""
        phone = " ".join(part for part in (app, self.device) if part)
        place = ", ".join(part for part in (phone, self.site) if part)
        return f"{self.name} ({place})" if place else self.name


def holders_of(snapshot: Snapshot, dark: Darkness, queue: str) -> tuple[Holder, ...]:
    """The agents of this queue who stay online, in the order the queue would try them."""
    roster = roster_of(snapshot, queue, dark.suppose)
    return tuple(_holder(snapshot, dark, agent) for agent, shown in roster.agents if shown.status.online)


def _holder(snapshot: Snapshot, dark: Darkness, agent: Agent) -> Holder:
    kept = dark.kept_by.get(agent.id)
    by = Registration.PUSH if kept is not None and kept.is_app else registration_of(agent)
    return Holder(agent.id, agent_name(agent), site_of(agent, snapshot), _device(snapshot, agent, kept), by)


def _device(snapshot: Snapshot, agent: Agent, kept: Device | None) -> str:
    if kept is not None:
        return kept.id
    if agent.entry is EntryKind.DEVICE:
        return agent.local
    connected = [device.id for device in devices_of(snapshot, agent) if device.registered]
    # A phone that is called like its user tells nobody anything.
    return connected[0] if len(connected) == 1 and connected[0] != user_of(snapshot, agent) else ""
