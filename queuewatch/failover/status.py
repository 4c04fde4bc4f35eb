"""Green, Red or Grey: an agent's colour, derived from three facts that are kept apart.

Is a device registered? Is the agent on a call? Is the agent logged in to this queue? What cannot be told from
them is unknown, and unknown is never Green.
"""

from enum import StrEnum
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.model import Agent, AgentLogin, EntryKind, Registration


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
        return self is Status.GREEN or self is Status.RED


class AgentStatus(Struct, frozen=True, gc=False):
    """An agent's colour with the reason for it, in words."""

    status: Status
    reason: str
    do_not_disturb: bool = False
    """Red for this alone: on no call, and rung by none until somebody takes it off."""


_READY = AgentStatus(Status.GREEN, "ready")
_READY_PUSH = AgentStatus(Status.GREEN, "ready (mobile app)")
_READY_OFFNET = AgentStatus(Status.GREEN, "ready (outside number)")
_NO_DEVICE = AgentStatus(Status.GREY, "no device connected")
_SET_OFFLINE = AgentStatus(Status.GREY, "set Offline")
_ON_A_CALL = AgentStatus(Status.RED, "on a call")
_DND = AgentStatus(Status.RED, "Do Not Disturb", do_not_disturb=True)
_UNREADABLE = AgentStatus(Status.UNKNOWN, "the row could not be read")
_NOT_LISTED = AgentStatus(Status.UNKNOWN, "counted by the queue, not listed")
_UNKNOWN_DEVICE = AgentStatus(Status.UNKNOWN, "device state not known")
_UNKNOWN_LOGIN = AgentStatus(Status.UNKNOWN, "login state not known")
_UNKNOWN_CALLS = AgentStatus(Status.UNKNOWN, "call count not known")
_UNAVAILABLE = AgentStatus(Status.UNKNOWN, "ready by its row, but the phone system says “unavailable”")

_EXPECTED = {
    Status.GREEN: ("", "available"),
    Status.RED: ("", "busy", "unavailable"),
    Status.GREY: ("", "unavailable", "offline", "logged out"),
    Status.UNKNOWN: ("",),
}
"""The server's words for an agent (its second opinion) that say nothing new beside a colour."""

_USUAL = _EXPECTED[Status.GREEN]


def registration_of(agent: Agent) -> Registration:
    """How the agent is reached. An outside number has no device to be connected, whatever the row says of one."""
    return Registration.OFFNET if agent.entry is EntryKind.OFFNET else agent.registration


def status_of(agent: Agent) -> AgentStatus:
    """The agent's colour and why, from its own row. A count of the queue can unsettle it: ``decide.roster_of``.

    Either half of Grey is enough on its own, so it is decided first: a logged-out agent is offline even where
    the phone's state is unknown, and so is an agent without a phone whatever the login. The server's own word for
    the agent is shown where it says something else, and contradicts a colour in two cases only: ``unavailable``
    somebody Green; ``available``, or a message of a single call, somebody logged out by whom a phone is.
    """
    if not agent.readable:
        return _UNREADABLE if agent.listed else _NOT_LISTED
    # Thousands of agents, and few sets of facts.
    return _of_facts(
        agent.entry, agent.registration, agent.login, agent.calls, agent.status_message, agent.availability
    )


@lru_cache(maxsize=4096)
def _of_facts(
    entry: EntryKind,
    registration: Registration,
    login: AgentLogin,
    calls: int | None,
    status_message: str,
    availability: str,
) -> AgentStatus:
    agent = Agent(
        "",
        "",
        entry=entry,
        registration=registration,
        login=login,
        calls=calls,
        status_message=status_message,
        availability=availability,
    )
    shown = _by_the_facts(agent)
    if agent.availability in _USUAL and shown.status is Status.GREEN:
        return shown
    word = agent.availability.casefold()
    if shown.status is Status.GREEN and word == "unavailable":
        return _UNAVAILABLE
    if shown.status is Status.GREY and may_be_taking_calls(agent):
        if word == "available":
            return AgentStatus(Status.UNKNOWN, f"{shown.reason}, but the phone system says “available”")
        if is_single_call(agent.status_message):
            return AgentStatus(Status.UNKNOWN, f"{shown.reason}: out, or in for one call")
    if word in _EXPECTED[shown.status]:
        return shown
    return replace(shown, reason=f"{shown.reason} (the phone system says “{agent.availability}”)")


def may_be_taking_calls(agent: Agent) -> bool:
    """Whether the agent is logged out with a phone there, as far as is known: a second opinion may then count."""
    if agent.login is not AgentLogin.OUT or not agent.readable:
        return False
    return registration_of(agent) not in (Registration.NONE, Registration.OFFNET)


def _by_the_facts(agent: Agent) -> AgentStatus:
    registration = registration_of(agent)
    if registration is Registration.NONE:
        return _NO_DEVICE
    if agent.login is AgentLogin.OUT:
        message = agent.status_message
        return AgentStatus(Status.GREY, f"set Offline ({message})") if message else _SET_OFFLINE
    if registration is Registration.UNKNOWN:
        return _UNKNOWN_DEVICE
    if agent.login is AgentLogin.UNKNOWN:
        return _UNKNOWN_LOGIN
    if agent.calls is None:
        return _UNKNOWN_CALLS
    if agent.calls > 0:
        return _ON_A_CALL
    if agent.status_message and is_do_not_disturb(agent.status_message):
        return _DND
    match registration:
        case Registration.PUSH:
            return _READY_PUSH
        case Registration.OFFNET:
            return _READY_OFFNET
        case Registration.CONNECTED:
            return _READY


def is_do_not_disturb(message: str) -> bool:
    """Whether a portal status is Do Not Disturb."""
    return _letters(message) in ("dnd", "donotdisturb")


def is_single_call(message: str) -> bool:
    """Whether a portal status says that the agent takes one call, then goes offline [T: three operators]."""
    return "singlecall" in _letters(message)


def _letters(message: str) -> str:
    """A portal status by its letters alone: ``Do-Not-Disturb`` and ``do not disturb`` are the same."""
    return "".join(filter(str.isalnum, message.casefold()))
