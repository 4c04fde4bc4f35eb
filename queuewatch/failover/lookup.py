"""Find the queue, the site or the agent that a person means."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from queuewatch.failover.destination import DestinationKind, parse_destination
from queuewatch.failover.model import Agent, Queue, Snapshot
from queuewatch.failover.people import user_of
from queuewatch.failover.phone_number import as_typed, number_key, read_number
from queuewatch.failover.places import buildings, canonical_ip, named_sites
from queuewatch.failover.sites import site_key, unseen_difference
from queuewatch.failover.wording import agent_name, listing
from queuewatch.text.plain_text import visible

Named = TypeVar("Named")

MOST_NAMED = 8
"""How many candidates a message lists: enough to choose from, few enough to read."""


class NotFound(ValueError):
    """Nothing, or more than one thing, goes by that name. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


def find_queue(queues: Mapping[str, Queue], typed: str) -> Queue:
    """The queue meant by an extension, ``queue_8000``, a name, or a part of a name that only one queue has.

    Raises :class:`NotFound` for no queue, for several, and for a call park, which is none.
    """
    word = typed.strip()
    written = parse_destination(word)
    named = written.target if written.kind in (DestinationKind.QUEUE, DestinationKind.DIGITS) else word
    found = queues.get(named) or _queue_by_name(tuple(queues.values()), word)
    if found.park:
        raise NotFound(
            f"{found.label} is a call park, not a call queue.",
            "A parked call waits to be picked up: nothing fails over. Name a call queue.",
        )
    return found


def _queue_by_name(queues: Sequence[Queue], word: str) -> Queue:
    # A park is found only when nothing else answers to the name, so that it never makes one ambiguous.
    real = [queue for queue in queues if not queue.park]
    parks = [queue for queue in queues if queue.park]
    named = _by_name(real, word, lambda queue: queue.name) or _by_name(parks, word, lambda queue: queue.name)
    if len(named) == 1:
        return named[0]
    if named:
        raise NotFound(
            f"{len(named)} queues go by {_quoted(word)}: {listing((queue.label for queue in named), MOST_NAMED)}.",
            "Name the one you mean by its extension.",
        )
    if not real:
        raise NotFound(f"There is no queue {_quoted(word)}.", "This domain has no call queues: check the domain.")
    guess = _guess(word, [name for queue in real for name in (queue.name, queue.extension)])
    raise NotFound(
        f"There is no queue {_quoted(word)}.", _hint(guess, "The queues are", [queue.label for queue in real])
    )


def known_sites(snapshot: Snapshot) -> tuple[str, ...]:
    """Every site that can go dark: those the domain, one of its users, or one of its agents names."""
    return buildings(snapshot)


def find_site(snapshot: Snapshot, typed: str) -> str:
    """The site of that name, however it is spelled. Raises :class:`NotFound`."""
    word = typed.strip()
    sites = known_sites(snapshot)
    for site in named_sites(snapshot):
        if site_key(site) == site_key(word):
            if not snapshot.site_facts.has_building(site):
                raise NotFound(
                    f"{site} is no building, so it cannot go dark: the profile says building = false.",
                    f"The sites that can are {listing(sites, MOST_NAMED)}." if sites else "Name agents instead.",
                )
            return site
    if not sites:
        raise NotFound(f"There is no site {_quoted(word)}.", "This domain names no sites: name agents instead.")
    from queuewatch.text.similar import nearest

    meant = nearest(word, sites)
    hint = _hint(_guess(word, sites), "The sites are", sites)
    if meant and (difference := unseen_difference(word, meant)):
        # Asked “did you mean X?” of what looks like X, nobody knows what to do.
        hint += f" What was typed is another name: {difference}."
    raise NotFound(f"There is no site {_quoted(word)}.", hint)


def known_ips(snapshot: Snapshot) -> tuple[str, ...]:
    """Every public address that a phone which was read is connected from, those of most phones first."""
    phones = [device for devices in snapshot.devices.values() for device in devices]
    found = Counter(ip for phone in phones if phone.registered and (ip := canonical_ip(phone.ip)))
    return tuple(sorted(found, key=lambda ip: (-found[ip], ip)))


def find_ip(snapshot: Snapshot, typed: str) -> str:
    """The address, if a phone that was read is connected from it. Raises :class:`NotFound`."""
    ips = known_ips(snapshot)
    are = "The phones are connected from"
    if not (ip := canonical_ip(typed)):
        hint = _hint(_guess(typed, ips), are, ips) if ips else "Such as 203.0.113.10."
        raise NotFound(f"{_quoted(typed)} is not an IP address.", hint)
    if ip in ips:
        return ip
    if not ips:
        raise NotFound(f"No phone is connected from {ip}.", "No phone's address is known: name a site, or agents.")
    raise NotFound(f"No phone is connected from {ip}.", _hint(_guess(ip, ips), are, ips))


def find_agents(snapshot: Snapshot, typed: str) -> frozenset[str]:
    """The ids of one agent: by id, by extension or outside number (then all its rows), or by name.

    Raises :class:`NotFound` for nobody, and for a name that several people have.
    """
    word = typed.strip()
    rows = list({agent.id: agent for queue in snapshot.agents.values() for agent in queue}.values())
    by_id = frozenset(agent.id for agent in rows if agent.id.casefold() == word.casefold())
    if by_id:
        return by_id
    by_number = frozenset(agent.id for agent in rows if word and _is_at(snapshot, agent, word))
    if by_number:
        return by_number
    named = _by_name(rows, word, lambda agent: agent.name)
    people = {user_of(snapshot, agent) or agent.id for agent in named}
    if len(people) == 1:
        return frozenset(agent.id for agent in named)
    if people:
        who = listing((f"{agent_name(agent)} ({agent.id})" for agent in named), MOST_NAMED)
        raise NotFound(f"{len(people)} agents go by {_quoted(word)}: {who}.", "Name the one you mean by its id.")
    if not rows:
        raise NotFound(
            f"There is no agent {_quoted(word)}.", "No queue of this domain has agents: check the domain."
        )
    names = [
        name
        for agent in rows
        for name in (agent.name, *agent.name.split(), user_of(snapshot, agent), agent.id)
        if name
    ]
    guess = _guess(word, names)
    labels = [f"{agent_name(agent)} ({agent.id})" for agent in rows]
    raise NotFound(f"There is no agent {_quoted(word)}.", _hint(guess, "The agents are", labels))


def _is_at(snapshot: Snapshot, agent: Agent, word: str) -> bool:
    if word in (user_of(snapshot, agent), agent.local):
        return True
    key = number_key(as_typed(word))
    return read_number(key).is_dialable and key == number_key(agent.local)


def _by_name(items: Iterable[Named], word: str, name: Callable[[Named], str]) -> list[Named]:
    """Those of exactly this name, else those whose name begins so, else those whose name contains it."""
    folded = word.casefold()
    names = [(item, name(item).casefold()) for item in items if folded and name(item)]
    return (
        [item for item, known in names if known == folded]
        or [item for item, known in names if known.startswith(folded)]
        or [item for item, known in names if folded in known]
    )


def _hint(guess: str, are: str, known: Iterable[str]) -> str:
    return f"{guess}{are} {listing(known, MOST_NAMED)}."


def _guess(word: str, choices: Iterable[str]) -> str:
    from queuewatch.text.similar import did_you_mean

    return did_you_mean(word, choices, show=_quoted)


def _quoted(word: str) -> str:
    return f"“{visible(word)}”"
