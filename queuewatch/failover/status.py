"""Green, Red or Grey: an agent's colour, derived from three facts that are kept apart.

Is a device registered? Is the agent on a call? Is the agent logged in to this queue? What cannot be told from
them is unknown, and unknown is never Green.
"""

from dataclasses import dataclass
from enum import StrEnum

from queuewatch.failover.model import Agent, EntryKind, Login, Registration


class Status(StrEnum):
    """An agent's colour in one queue, as the portal's agent list shows it."""

    GREEN = "green"
    """Online in the queue and ready for calls."""
    RED = "red"
    """On a call, busy, or on Do Not Disturb. The phone is online, so the queue stays open."""
    GREY = "grey"
    """Set as Offline in the queue, or no device connected."""
    UNKNOWN = "unknown"

    @property
    def online(self) -> bool:
        """Whether an agent of this colour keeps the queue open."""
        return self in (Status.GREEN, Status.RED)


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """An agent's colour with the reason for it, in words."""

    status: Status
    reason: str


_DO_NOT_DISTURB = frozenset({"dnd", "do not disturb"})

_READY = AgentStatus(Status.GREEN, "ready")
_READY_PUSH = AgentStatus(Status.GREEN, "ready (mobile app)")
_READY_OFFNET = AgentStatus(Status.GREEN, "ready (outside number)")
_NO_DEVICE = AgentStatus(Status.GREY, "no device connected")
_SET_OFFLINE = AgentStatus(Status.GREY, "set Offline")
_ON_A_CALL = AgentStatus(Status.RED, "on a call")
_DND = AgentStatus(Status.RED, "Do Not Disturb")
_UNREADABLE = AgentStatus(Status.UNKNOWN, "the row could not be read")
_UNKNOWN_DEVICE = AgentStatus(Status.UNKNOWN, "device state not known")
_UNKNOWN_LOGIN = AgentStatus(Status.UNKNOWN, "login state not known")
_UNKNOWN_CALLS = AgentStatus(Status.UNKNOWN, "call count not known")


def registration_of(agent: Agent) -> Registration:
    """How the agent is reached. An outside number has no device to be connected, whatever the row says of one."""
    return Registration.OFFNET if agent.entry is EntryKind.OFFNET else agent.registration


def status_of(agent: Agent) -> AgentStatus:
    """The agent's colour and why.

    Either half of Grey is enough on its own, so it is decided first: a logged-out agent is offline even where
    the phone's state is unknown, and so is an agent without a phone whatever the login.
    """
    if not agent.readable:
        return _UNREADABLE
    registration = registration_of(agent)
    if registration is Registration.NONE:
        return _NO_DEVICE
    if agent.login is Login.OUT:
        message = agent.status_message
        return AgentStatus(Status.GREY, f"set Offline ({message})") if message else _SET_OFFLINE
    if registration is Registration.UNKNOWN:
        return _UNKNOWN_DEVICE
    if agent.login is Login.UNKNOWN:
        return _UNKNOWN_LOGIN
    if agent.calls is None:
        return _UNKNOWN_CALLS
    if agent.calls > 0:
        return _ON_A_CALL
    if agent.status_message.casefold() in _DO_NOT_DISTURB:
        return _DND
    match registration:
        case Registration.PUSH:
            return _READY_PUSH
        case Registration.OFFNET:
            return _READY_OFFNET
        case Registration.CONNECTED:
            return _READY
