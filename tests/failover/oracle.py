"""A second opinion on every verdict: the rules of the verdict written down once more, slowly and plainly.

It shares the model with the product and nothing else, so that a mistake has to be made twice to go unseen.
Colours, outcomes and ends are the plain words a person would use, as the command line's JSON spells them.
"""

import re
from dataclasses import dataclass

from queuewatch.failover.model import Agent, AgentLogin, EntryKind, Forward, Queue, Registration, Rule, Snapshot

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

FOREIGN = ("3125550199", "13125550198")
"""Outside numbers that may be rung beside somebody's own phone."""
SERVICES = ("112", "999", "933", "988", "211", "311", "411", "511", "611", "711", "811", "911")

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
    outside = agent.entry is EntryKind.OFFNET
    word = agent.availability.lower()
    if answers_when_logged_out(agent) and (word == "available" or "single call" in agent.status_message.lower()):
        return "unknown"
    if agent.login is AgentLogin.OUT or (agent.registration is Registration.NONE and not outside):
        return "grey"
    device_unknown = agent.registration is Registration.UNKNOWN and not outside
    if device_unknown or agent.login is AgentLogin.UNKNOWN or agent.calls is None:
        return "unknown"
    if agent.calls >= 1 or agent.status_message.lower() in ("dnd", "do not disturb"):
        return "red"
    return "unknown" if word == "unavailable" else "green"


def answers_when_logged_out(agent: Agent) -> bool:
    """Whether the agent is logged out and has, or may have, a phone that is there."""
    outside = agent.entry is EntryKind.OFFNET or agent.registration is Registration.OFFNET
    return agent.login is AgentLogin.OUT and not outside and agent.registration is not Registration.NONE


def colours(snapshot: Snapshot, extension: str, all_grey: bool) -> dict[str, str]:
    """By id, the colour of each agent of a queue, held against the queue's own count of those available."""
    rows = snapshot.agents_of(extension)
    if all_grey:
        return {agent.id: "grey" for agent in rows}
    found = {agent.id: colour(agent) for agent in rows}
    if (snapshot.queues[extension].agents_available or 0) > list(found.values()).count("green"):
        for agent in rows:
            if agent.readable and agent.may_take_one and answers_when_logged_out(agent):
                found[agent.id] = "unknown"
    return found


def in_vain(snapshot: Snapshot, extension: str) -> bool:
    """Whether whoever is online in a queue is on Do Not Disturb, and so nobody takes a call that waits in it."""
    shown = colours(snapshot, extension, False)
    online = [agent for agent in snapshot.agents_of(extension) if shown[agent.id] in ("green", "red")]
    return not any(agent.calls or shown[agent.id] == "green" for agent in online)


def opinion(snapshot: Snapshot, extension: str, *, all_grey: bool = False, past_always: bool = False) -> Opinion:
    """What happens to one call arriving at the queue; ``past_always``: by a number that leads straight into it."""
    first = _outcome(snapshot, extension, all_grey, past_always)[0]
    stops: list[tuple[str, str]] = []
    people: set[str] = set()
    where = f"queue_{extension}"
    end = ""
    while not end:
        end, queue = _resolve(snapshot, where)
        if end.startswith(("person ", "phone ")):
            end, where, person = _person(snapshot, end, all_grey)
            if not end and person in people:
                end = "loop"
            people.add(person)
            continue
        if end:
            break
        if queue in {seen for seen, _ in stops}:
            end = "loop"
            break
        outcome, onward = _outcome(snapshot, queue, all_grey, past_always and not stops)
        stops.append((queue, outcome))
        if onward is not None:
            where = onward
        else:
            end = {
                "rings": "agents",
                "waits": "caller_waits",
                "stranded": "nobody",
                "lost": "nobody",
                "uncertain": "unknown",
            }[outcome]
    in_order = sorted(snapshot.agents_of(extension), key=lambda agent: (agent.order, agent.id))
    shown = colours(snapshot, extension, all_grey)
    return Opinion(
        outcome=first,
        would_fail_over={"fails_over": True, "uncertain": None}.get(first, False),
        reaches_someone=None if end == "caller_waits" and in_vain(snapshot, stops[-1][0]) else REACHES[end],
        end=end,
        queue_stops=tuple(stops),
        held_open_by=tuple(agent.id for agent in in_order if shown[agent.id] in ("green", "red")),
    )


def readiness(snapshot: Snapshot, extension: str) -> str:
    """The state of the queue if the building went dark."""
    dark = opinion(snapshot, extension, all_grey=True)
    reaches = dark.reaches_someone
    straight_in = any(
        own.enabled and own.application == "to-callqueue" and own.target == extension
        for own in (snapshot.numbers or {}).values()
    )
    if dark.outcome == "diverted" and straight_in:
        direct = opinion(snapshot, extension, all_grey=True, past_always=True).reaches_someone
        reaches = reaches if direct is reaches else None
    return {True: "ready", False: "not_ready", None: "unknown"}[reaches]


def _rule(rules: tuple[Rule, ...]) -> Rule | None:
    active = sorted((rule for rule in rules if rule.active), key=lambda rule: (rule.order, rule.time_frame))
    if active:
        return active[0]
    for rule in rules:
        if rule.time_frame == "*" and rule.enabled:
            return rule
    return None


def _outcome(
    snapshot: Snapshot, extension: str, all_grey: bool, past_always: bool = False
) -> tuple[str, str | None]:
    """One queue's outcome, and where the call goes from there if it leaves."""
    queue = snapshot.queues[extension]
    known = snapshot.rules_of(extension)
    if known.problem:
        return "uncertain", None
    rule = _rule(known.rules) or Rule("none", enabled=False)

    # 1
    if not rule.always.readable:
        return "uncertain", None
    to = None if past_always else _on_with_destination(rule.always)
    if to is not None and to not in (extension, f"queue_{extension}"):
        return "diverted", to
    # 2
    full = _full(queue)
    if full is None:
        return "uncertain", None
    if full:
        if not rule.busy.readable:
            return "uncertain", None
        to = _on_with_destination(rule.busy)  # on and leading nowhere is as good as off
        return ("overflows", to) if to else ("lost", None)
    # 3, 4, 5
    crew = set(colours(snapshot, extension, all_grey).values())
    for shown, outcome in (("green", "rings"), ("red", "waits"), ("unknown", "uncertain")):
        if shown in crew:
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
            begins = any(target.startswith(known) for known in _extensions(snapshot))
            return (f"phone {target}" if begins else "unknown"), ""
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
    if digits in (snapshot.users or {}):
        return _user(snapshot, digits), ""
    if re.fullmatch(r"1?[2-9][0-9]{9}", digits):
        if snapshot.numbers is None:
            return "unknown", ""  # it may be one of the domain's own
        own = snapshot.numbers.get(digits[-10:])
        if own is None:
            return "external", ""
        if not own.enabled:
            return "unknown", ""
        if own.application == "to-callqueue":
            return _queue(snapshot, own.target) or ("dead_end", "")
        if own.application in USER_NUMBERS:
            return _queue(snapshot, own.target) or (_user(snapshot, own.target), "")
        if own.application == "to-voicemail":
            return _voicemail(snapshot, own.target), ""
        return "unknown", ""
    if snapshot.users is None or len(digits) > 6 or digits in SERVICES:
        return "unknown", ""  # a malformed number or a service code: what is dialled cannot be told
    if len(digits) in {len(extension) for extension in _extensions(snapshot)}:
        return ("unknown" if snapshot.attendants is None else "dead_end"), ""
    return "unknown", ""  # a short code: the dial plan's


def _extensions(snapshot: Snapshot) -> set[str]:
    attendants = {attendant.extension for attendant in snapshot.attendants or ()}
    return {*snapshot.queues, *(snapshot.users or ()), *attendants} - {""}


def _queue(snapshot: Snapshot, extension: str) -> tuple[str, str] | None:
    queue = snapshot.queues.get(extension)
    if queue is None:
        return None
    return ("park", "") if queue.park else ("", extension)


def _user(snapshot: Snapshot, extension: str) -> str:
    if extension in {attendant.extension for attendant in snapshot.attendants or ()}:
        return "auto_attendant"
    if snapshot.users is None:
        return "unknown"
    if extension in snapshot.users:
        return f"person {extension}"
    return "unknown" if snapshot.attendants is None else "dead_end"


def _person(snapshot: Snapshot, what: str, all_dark: bool) -> tuple[str, str, str]:
    """The end of a call that comes to a person, or a person's phone, or where that person sends it; and who."""
    kind, whom = what.split(" ")
    users = snapshot.users
    if users is None:
        return "unknown", "", whom
    if kind == "phone":
        owner = re.sub(r"[a-z]+$", "", whom)
        if owner in snapshot.queues or (owner in users and users[owner].system):
            return "dead_end", "", whom
        if owner not in users:
            return "unknown", "", whom
        own_rows = [row for row in _rows_of(snapshot, whom) if row.entry in (EntryKind.DEVICE, EntryKind.UNKNOWN)]
        if own_rows and whom != owner:
            gone = own_rows[0].registration is Registration.NONE
        else:
            gone = _connected(snapshot, owner) is False
        return "nobody" if all_dark or gone else "user", "", whom
    known, connected = snapshot.rules_of(whom), _connected(snapshot, whom)
    if known.problem:
        return "user" if connected and not all_dark else "unknown", "", whom
    rule = _rule(known.rules) or Rule("none", enabled=False)
    if not rule.always.readable:
        return "unknown", "", whom
    if to := _on_with_destination(rule.always):
        return "", to, whom
    otherwise = "user"
    if all_dark or connected is False:
        if any(text in FOREIGN for text in rule.sim_ring.destinations if rule.sim_ring.enabled):
            return "user", "", whom
        forward, otherwise = rule.offline, "nobody"
    elif rule.dnd is None:
        return "unknown", "", whom
    elif rule.dnd:
        forward, otherwise = rule.on_dnd, "unknown"
    else:
        return "user", "", whom
    if not forward.readable:
        return "unknown", "", whom
    if to := _on_with_destination(forward):
        return "", to, whom
    box = users[whom].voicemail
    return {True: "voicemail", False: otherwise, None: "unknown"}[box], "", whom


def _rows_of(snapshot: Snapshot, local: str) -> list[Agent]:
    rows = [row for rows in snapshot.agents.values() for row in rows if row.readable]
    return [row for row in rows if row.id.removeprefix("sip:").split("@")[0] == local]


def _connected(snapshot: Snapshot, whom: str) -> bool | None:
    """By the agent list: a phone that is connected or an app, or that each of the user's own rows says no."""
    rows = [row for row in _rows_of(snapshot, whom) if row.entry is not EntryKind.OFFNET]
    rows += [
        row
        for suffix in ("m", "wp")
        for row in _rows_of(snapshot, whom + suffix)
        if row.entry in (EntryKind.DEVICE, EntryKind.UNKNOWN)
    ]
    if any(row.registration in (Registration.CONNECTED, Registration.PUSH) for row in rows):
        return True
    own = [row for row in rows if row.entry is EntryKind.USER]
    return False if own and all(row.registration is Registration.NONE for row in own) else None


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
        joined = text.replace(" ", "").casefold()
        return joined if joined == "autoattendant" else joined.replace("autoattendant", "")

    # An alias of another name is the dial plan's.
    return "auto_attendant" if plain(name) in {plain(one.name) for one in snapshot.attendants} else "unknown"
