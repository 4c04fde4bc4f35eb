"""How much of a domain the lists show: whether what is in none of them is missing, or may only be out of sight.

Servers show some scopes part of a domain without a word, and a row that cannot be read hides what it was about. So
"it is in no list" is evidence that a thing does not exist only where the lists are whole.
"""

from queuewatch.failover.model import Part, Snapshot

SITE_MANAGER = "Site Manager"
SUPERVISOR = "Call Center Supervisor"
WHOLE_DOMAIN = ("Office Manager", "Reseller", "Super User")
"""The scopes that see all of a domain [vendor states it]."""
OTHERS = ("Basic User", "Simple User", "Advanced User", "Call Center Agent", "NDP", "No Portal")
PART_OF_DOMAIN = (*OTHERS, SITE_MANAGER, SUPERVISOR)
"""The scopes that may be shown part of one [a third party's notes on the vendor's code, of Site Managers;
assumption for the others]. A scope that is in neither is not known: the counts alone tell."""


def agents_seen(snapshot: Snapshot, queue: str = "") -> tuple[int, int]:
    """How many agents the list has, and how many there are by the queues' own counts: of one queue, or of all."""
    queues = [queue] if queue else [known.extension for known in snapshot.call_queues]
    rows = [agent for extension in queues for agent in snapshot.agents_of(extension)]
    return sum(agent.listed for agent in rows), len(rows)


def why_unread(snapshot: Snapshot, part: Part) -> str:
    """Why this list is not known to be whole, as a clause; empty where every row of it was read."""
    match part:
        case Part.USERS:
            unread = snapshot.users is None
        case Part.NUMBERS:
            unread = snapshot.numbers is None
        case Part.ATTENDANTS:
            unread = snapshot.attendants is None
        case _:
            unread = False
    if unread:
        return f"the domain's {part} could not be read"
    lost = sum(problem.lost for problem in snapshot.problems if problem.part is part)
    if lost:
        return f"{'a row' if lost == 1 else f'{lost} rows'} of the {part} could not be read"
    return ""


def why_maybe_unseen(snapshot: Snapshot, *lists: Part) -> str:
    """Why something that is in none of these lists may exist all the same, as a clause; empty where it cannot."""
    for part in lists:
        if unread := why_unread(snapshot, part):
            return unread
    if snapshot.scope.casefold() in _PART_OF_DOMAIN:
        return f"a token of the scope {snapshot.scope} may be shown only part of the domain"
    if snapshot.agents_unseen:
        seen, counted = agents_seen(snapshot)
        return f"this token sees {seen} of {counted} agents, and so perhaps only part of the domain"
    return ""


_PART_OF_DOMAIN = frozenset(scope.casefold() for scope in PART_OF_DOMAIN)
