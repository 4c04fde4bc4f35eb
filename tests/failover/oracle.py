"""A second opinion on every verdict: the rules of the verdict written down once more, slowly and plainly.

It shares the model with the product and nothing else, so that a mistake has to be made twice to go unseen.
Colours, outcomes and ends are the plain words a person would use, as the command line's JSON spells them.
"""

import re
from dataclasses import dataclass, replace

from queuewatch.failover.model import (
    Agent,
    EntryKind,
    Forward,
    Login,
    Queue,
    Registration,
    Rule,
    Snapshot,
)

REACHES = {
    "agents": True,
    "caller_waits": True,
    "external": True,
    "voicemail": True,
    "auto_attendant": True,
    "user": True,
    "nobody": False,
    "loop": False,
    "dead_end": False,
    "unknown": None,
    "park": None,
}
"""Whether a caller is served at each kind of end."""

USER_NUMBERS = ("to-user", "to-user-residential")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the oracle says of one call to one queue."""

    outcome: str
    would_fail_over: bool | None
    reaches_someone: bool | None
    end: str
    queue_stops: tuple[tuple[str, str], ...]
    """Each queue the call came to and what that queue did, in order."""
    held_open_by: tuple[str, ...]


def colour(agent: Agent) -> str:
    """Green, red, grey or unknown, from the three facts."""
    if not agent.readable:
        return "unknown"
    if agent.login is Login.OUT:
        return "grey"
    offnet = agent.entry is EntryKind.OFFNET or agent.registration is Registration.OFFNET
    if agent.registration is Registration.NONE and not offnet:
        return "grey"
    reachable = offnet or agent.registration in (Registration.CONNECTED, Registration.PUSH)
    if not reachable or agent.login is Login.UNKNOWN or agent.calls is None:
        return "unknown"
    return "red" if agent.calls >= 1 else "green"


def opinion(snapshot: Snapshot, extension: str, *, all_grey: bool = False) -> Opinion:
    """What happens to one call arriving at the queue."""
    first = _outcome(snapshot, extension, all_grey)[0]
    stops: list[tuple[str, str]] = []
    where = f"queue_{extension}"
    end = ""
    while not end:
        end, queue = _resolve(snapshot, where)
        if end:
            break
        if queue in {seen for seen, _ in stops}:
            end = "loop"
            break
        outcome, onward = _outcome(snapshot, queue, all_grey)
        stops.append((queue, outcome))
        if onward is not None:
            where = onward
        else:
            end = {
                "rings": "agents",
                "waits": "caller_waits",
                "stranded": "nobody",
                "lost": "nobody",
                "overflows": "dead_end",  # When Busy is on and leads nowhere
                "uncertain": "unknown",
            }[outcome]
    colours = {agent.id: "grey" if all_grey else colour(agent) for agent in snapshot.agents_of(extension)}
    return Opinion(
        outcome=first,
        would_fail_over={"fails_over": True, "uncertain": None}.get(first, False),
        reaches_someone=REACHES[end],
        end=end,
        queue_stops=tuple(stops),
        held_open_by=tuple(id for id, shown in colours.items() if shown in ("green", "red")),
    )


def readiness(snapshot: Snapshot, extension: str) -> str:
    """The state of the queue if the building went dark."""
    reaches = opinion(snapshot, extension, all_grey=True).reaches_someone
    return {True: "ready", False: "not_ready", None: "unknown"}[reaches]


def darkened(snapshot: Snapshot) -> Snapshot:
    """The same phone system with every agent's phone switched off, in fact and not by supposition."""
    off = {
        queue: tuple(
            replace(
                agent,
                readable=True,
                entry=EntryKind.USER,
                registration=Registration.NONE,
                login=Login.OUT,
            )
            for agent in agents
        )
        for queue, agents in snapshot.agents.items()
    }
    return replace(snapshot, agents=off)


def _rule(rules: tuple[Rule, ...]) -> Rule | None:
    active = sorted((rule for rule in rules if rule.active), key=lambda rule: (rule.order, rule.time_frame))
    if active:
        return active[0]
    for rule in rules:
        if rule.time_frame == "*" and rule.enabled:
            return rule
    return None


def _outcome(snapshot: Snapshot, extension: str, all_grey: bool) -> tuple[str, str | None]:
    """One queue's outcome, and where the call goes from there if it leaves."""
    queue = snapshot.queues[extension]
    known = snapshot.rules_of(extension)
    if known.problem:
        return "uncertain", None
    rule = _rule(known.rules) or Rule("none", enabled=False)

    # 1
    if not rule.always.readable:
        return "uncertain", None
    to = _on_with_destination(rule.always)
    if to is not None and to not in (extension, f"queue_{extension}"):
        return "diverted", to
    # 2
    full = _full(queue)
    if full is None:
        return "uncertain", None
    if full:
        if not rule.busy.readable:
            return "uncertain", None
        return ("overflows", _on_with_destination(rule.busy)) if rule.busy.enabled else ("lost", None)
    # 3, 4, 5
    colours = ["grey" if all_grey else colour(agent) for agent in snapshot.agents_of(extension)]
    for shown, outcome in (("green", "rings"), ("red", "waits"), ("unknown", "uncertain")):
        if shown in colours:
            return outcome, None
    # 6
    if queue.require_agents is None:
        return "uncertain", None
    if not queue.require_agents:
        return "stranded", None
    # 7, 8, 9
    for forward, outcome in ((rule.offline, "fails_over"), (rule.busy, "overflows")):
        if not forward.readable:
            return "uncertain", None
        to = _on_with_destination(forward)
        if to is not None:
            return outcome, to
    return "lost", None


def _on_with_destination(forward: Forward) -> str | None:
    return forward.destinations[0] if forward.enabled and forward.destinations else None


def _full(queue: Queue) -> bool | None:
    if queue.max_callers == 0 or queue.waiting == 0:
        return False
    if queue.max_callers is None or queue.waiting is None:
        return None
    return queue.waiting >= queue.max_callers


def _resolve(snapshot: Snapshot, where: str) -> tuple[str, str]:
    """The end a destination means, or the queue it leads to: exactly one of the two is not empty."""
    found = re.fullmatch(r"(queue|user|phone|vmail|aa|park)_(.+)", where)
    if found:
        kind, target = found.groups()
        if kind == "queue":
            return _queue(snapshot, target) or ("dead_end", "")
        if kind == "user":
            return _queue(snapshot, target) or (_user(snapshot, target), "")
        if kind == "phone":
            return _user(snapshot, re.sub(r"[a-z]+$", "", target)), ""
        if kind == "vmail":
            return _voicemail(snapshot, target), ""
        if kind == "park":
            return "park", ""
        return _attendant(snapshot, target), ""
    if re.fullmatch(r"[0-9]+", where):
        return _digits(snapshot, where)
    return "unknown", ""


def _digits(snapshot: Snapshot, digits: str) -> tuple[str, str]:
    if any(attendant.extension == digits for attendant in snapshot.attendants or ()):
        return "auto_attendant", ""
    queue = _queue(snapshot, digits)
    if queue:
        return queue
    if re.fullmatch(r"1?[0-9]{10}", digits):
        own = (snapshot.numbers or {}).get(digits[-10:])
        if own is None:
            return "external", ""
        if own.application == "to-callqueue":
            return _queue(snapshot, own.target) or ("dead_end", "")
        if own.application in USER_NUMBERS:
            return _queue(snapshot, own.target) or (_user(snapshot, own.target), "")
        if own.application == "to-voicemail":
            return _voicemail(snapshot, own.target), ""
        return "unknown", ""
    return _user(snapshot, digits), ""


def _queue(snapshot: Snapshot, extension: str) -> tuple[str, str] | None:
    queue = snapshot.queues.get(extension)
    if queue is None:
        return None
    return ("park", "") if queue.park else ("", extension)


def _user(snapshot: Snapshot, extension: str) -> str:
    if snapshot.users is None:
        return "unknown"
    return "user" if extension in snapshot.users else "dead_end"


def _voicemail(snapshot: Snapshot, extension: str) -> str:
    if snapshot.users is None:
        return "unknown"
    user = snapshot.users.get(extension)
    if user is None or user.voicemail is False:
        return "dead_end"
    return "unknown" if user.voicemail is None else "voicemail"


def _attendant(snapshot: Snapshot, name: str) -> str:
    if snapshot.attendants is None:
        return "unknown"

    def plain(text: str) -> str:
        return text.replace(" ", "").replace("AutoAttendant", "").casefold()

    return "auto_attendant" if plain(name) in {plain(one.name) for one in snapshot.attendants} else "dead_end"
