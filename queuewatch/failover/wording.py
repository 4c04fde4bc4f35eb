"""Names and numbers as a manager would say them."""

from collections.abc import Iterable, Sequence

from queuewatch.failover import phone_number
from queuewatch.failover.destination import NOBODYS_AREA, DestinationKind, EndKind, parse_destination
from queuewatch.failover.model import Agent, Forward, Snapshot, once_per_snapshot
from queuewatch.failover.places import site_of
from queuewatch.failover.verdict import Outcome, Verdict

SOME_NUMBER = f"{NOBODYS_AREA}5550100"
"""Stands for any outside number where one is supposed."""
LONGEST_EXTENSION = 6
"""Digits; what has more is a phone number."""


def format_number(number: str) -> str:
    """``(214) 555-0100``, ``+44 20 7946 0123``: a number the usual way; anything else as it is."""
    return "an outside number" if number == SOME_NUMBER else phone_number.format_number(number)


def describe_destination(snapshot: Snapshot, text: str) -> str:
    """A forward's destination by the name people know it by: ``Support (8001)``, ``voicemail of Ana Lopez``."""
    described = _described(snapshot)
    if (words := described.get(text)) is None:
        words = described[text] = _describe(snapshot, text)
    return words


@once_per_snapshot
def _described(snapshot: Snapshot) -> dict[str, str]:
    return {}


def _describe(snapshot: Snapshot, text: str) -> str:
    destination = parse_destination(text)
    target = destination.target
    if destination.host not in ("", snapshot.domain.casefold()):
        return f"“{text}”"
    match destination.kind:
        case DestinationKind.QUEUE:
            return _queue_label(snapshot, target)
        case DestinationKind.USER:
            return _queue_label(snapshot, target) if target in snapshot.queues else _user_label(snapshot, target)
        case DestinationKind.PHONE:
            return f"the phone {target}"
        case DestinationKind.VOICEMAIL:
            if target in snapshot.queues:
                return f"the voicemail of {_queue_label(snapshot, target)}"
            return f"the voicemail of {_user_label(snapshot, target)}"
        case DestinationKind.AUTO_ATTENDANT:
            return f"the auto attendant {target}"
        case DestinationKind.PARK:
            return f"the call park {target}"
        case DestinationKind.CONFERENCE:
            return f"the conference {target}"
        case DestinationKind.DIGITS:
            for attendant in snapshot.attendants or ():
                if attendant.extension == target:
                    return f"the auto attendant {attendant.name or target}"
            if target in snapshot.queues:
                return _queue_label(snapshot, target)
            if snapshot.users is not None and target in snapshot.users:
                return _user_label(snapshot, target)
            return format_number(target)
        case DestinationKind.UNREADABLE:
            return f"“{text}”"


def _queue_label(snapshot: Snapshot, extension: str) -> str:
    queue = snapshot.queues.get(extension)
    return queue.label if queue else f"queue {extension}"


def _user_label(snapshot: Snapshot, extension: str) -> str:
    user = (snapshot.users or {}).get(extension)
    return f"{user.name} ({extension})" if user and user.name else f"user {extension}"


def short_destination(snapshot: Snapshot, text: str) -> str:
    """The same in a few characters: ``(214) 555-0100``, ``Support``, ``voicemail 8000``."""
    destination = parse_destination(text)
    target = destination.target
    if destination.host not in ("", snapshot.domain.casefold()):
        # Whatever has this name there: it is nobody here.
        return describe_destination(snapshot, text)
    match destination.kind:
        case DestinationKind.VOICEMAIL:
            return f"voicemail {target}"
        case DestinationKind.AUTO_ATTENDANT:
            return f"AA {target}"
        case DestinationKind.QUEUE if target in snapshot.queues:
            return snapshot.queues[target].name or f"queue {target}"
        case DestinationKind.DIGITS if len(target) > LONGEST_EXTENSION:
            return format_number(target)
        case _:
            return describe_destination(snapshot, text)


def forward_words(snapshot: Snapshot, forward: Forward) -> str:
    """A forward: where it sends calls, or that it does not."""
    if not forward.readable:
        return "not readable"
    if forward.destination is None:
        return "on, without a destination" if forward.enabled else "off"
    return describe_destination(snapshot, forward.destination)


NOBODY = "nobody"
"""What is said first of a queue whose callers reach nobody."""


def why_nobody(verdict: Verdict) -> str:
    """Why a call reaches nobody, in a word; empty where a forward leads on, and nobody is reached there."""
    match verdict.end.kind:
        case EndKind.LOOP:
            return "loop"
        case EndKind.DEAD_END:
            return "dead end"
        case _ if verdict.outcome in (Outcome.STRANDED, Outcome.LOST):
            return verdict.outcome.value
        case _:
            return ""


def yes_no(on: bool | None) -> str:
    """A yes/no setting as the portal shows it."""
    return "not readable" if on is None else "Yes" if on else "No"


def no_queues(snapshot: Snapshot) -> str:
    """That a domain has no queues, and where to look."""
    parks = sum(queue.park for queue in snapshot.queues.values())
    if parks:
        return f"{snapshot.domain} has no call queues, only {plural(parks, 'call park')}."
    return f"{snapshot.domain} has no call queues: check the domain and the login."


def holder_words(snapshot: Snapshot, agent: Agent) -> str:
    """Who holds a queue open, by name, device and site: ``Eli Brown (1006m, Dallas)``."""
    device = agent.local if agent.id.startswith("sip:") else ""
    place = ", ".join(part for part in (device, site_of(agent, snapshot)) if part)
    return f"{agent_name(agent)} ({place})" if place else agent_name(agent)


def holders(snapshot: Snapshot, verdict: Verdict) -> tuple[str, ...]:
    """Everybody who holds the verdict's queue open, in words."""
    agents = {agent.id: agent for agent in snapshot.agents_of(verdict.queue)}
    return tuple(holder_words(snapshot, agents[holder]) for holder in verdict.held_open_by if holder in agents)


def agent_name(agent: Agent) -> str:
    """The agent's name, else the number or id of the row."""
    return agent.name or format_number(agent.local) or agent.id


def agent_names(agents: Sequence[Agent], most: int = 3) -> str:
    """Their names as in ``listing``, of which no more are worked out than are said."""
    if len(agents) <= most:
        return listing(map(agent_name, agents), most)
    return f"{', '.join(map(agent_name, agents[: most - 1]))} and {len(agents) - most + 1} more"


def plural(number: int, singular: str, many: str = "") -> str:
    """``1 agent``, ``2 agents``."""
    return f"{number} {singular if number == 1 else many or singular + 's'}"


def listing(names: Iterable[str], most: int = 3) -> str:
    """``Ana, Ben and Cara``; beyond ``most`` names, ``Ana, Ben and 4 more``."""
    given: Sequence[str] = tuple(names)
    if len(given) > most:
        given = (*given[: most - 1], f"{len(given) - most + 1} more")
    if len(given) < 2:
        return "".join(given)
    return f"{', '.join(given[:-1])} and {given[-1]}"


END_WORDS = {
    EndKind.AGENTS: "an agent is rung",
    EndKind.CALLER_WAITS: "the caller waits for an agent",
    EndKind.NOBODY: "nobody is reached",
    EndKind.EXTERNAL: "an outside number",
    EndKind.VOICEMAIL: "voicemail answers",
    EndKind.AUTO_ATTENDANT: "the auto attendant answers",
    EndKind.USER: "a user's phone rings",
    EndKind.PARK: "parked",
    EndKind.LOOP: "a loop",
    EndKind.DEAD_END: "a dead end",
    EndKind.UNKNOWN: "not known",
}
"""How a call ends, in a few words."""
