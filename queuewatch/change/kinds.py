"""The changes that can be made to a queue's failover: one setting each."""

from dataclasses import dataclass
from typing import ClassVar

from queuewatch.failover.model import Forward
from queuewatch.journal import Held, RequireAgents, WhenOffline
from queuewatch.pbx.identity import Setting


@dataclass(frozen=True, slots=True)
class SetRequireAgents:
    """Set the queue's Require Agents."""

    setting: ClassVar[Setting] = Setting.REQUIRE_AGENTS

    on: bool


@dataclass(frozen=True, slots=True)
class SetWhenOffline:
    """Set the When Offline forward of the queue user's Default answering rule."""

    setting: ClassVar[Setting] = Setting.WHEN_OFFLINE

    destination: str | None
    """As written to the phone system; ``None`` switches the forward off."""

    @property
    def forward(self) -> Forward:
        """The forward to be written."""
        return Forward(True, (self.destination,)) if self.destination else Forward()


@dataclass(frozen=True, slots=True)
class RestoreWhenOffline:
    """Give the Default rule exactly this When Offline again: its switch, and every destination stored with it."""

    setting: ClassVar[Setting] = Setting.WHEN_OFFLINE

    forward: Forward


Change = SetRequireAgents | SetWhenOffline | RestoreWhenOffline


def wanted(change: Change) -> Held:
    """What the phone system is to hold after the change."""
    match change:
        case SetRequireAgents(on):
            return RequireAgents(on)
        case SetWhenOffline() | RestoreWhenOffline():
            return WhenOffline(change.forward)
