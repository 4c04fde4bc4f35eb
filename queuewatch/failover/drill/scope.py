"""What a drill puts in the dark: sites, everything behind a public address, agents, or everything."""

from msgspec import Struct

from queuewatch.failover.model import Snapshot
from queuewatch.failover.sites import site_key
from queuewatch.failover.wording import agent_name, listing, plural
from queuewatch.text.natural_order import natural_order

MOST_AGENTS_NAMED = 3


class DrillScope(Struct, frozen=True):
    """What loses its power. Its parts add up."""

    sites: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    """Public addresses in their usual spelling: every phone connected from one is in the dark."""
    agents: frozenset[str] = frozenset()
    """Agent ids."""
    everything: bool = False

    @property
    def nothing(self) -> bool:
        """Whether nothing was chosen."""
        return not (self.sites or self.ips or self.agents or self.everything)

    def darkens_site(self, site: str) -> bool:
        """Whether this site loses its power, however it is spelled."""
        return bool(site) and site_key(site) in {site_key(name) for name in self.sites}


def scope_words(snapshot: Snapshot, scope: DrillScope) -> tuple[str, ...]:
    """What goes dark, part by part: ``Dallas``, ``everything behind 203.0.113.10``, ``Ana Lopez``."""
    if scope.everything:
        return ("everything",)
    names = _names(snapshot, scope)
    people = names if len(names) <= MOST_AGENTS_NAMED else (plural(len(names), "agent"),)
    return (*scope.sites, *(f"everything behind {ip}" for ip in scope.ips), *people)


def goes_dark(snapshot: Snapshot, scope: DrillScope) -> str:
    """``Dallas goes dark``, ``Dallas and Austin go dark``."""
    parts = scope_words(snapshot, scope)
    several = len(parts) > 1 or (not scope.everything and len(_names(snapshot, scope)) > MOST_AGENTS_NAMED)
    return f"{listing(parts, most=6)} {'go' if several else 'goes'} dark"


def _names(snapshot: Snapshot, scope: DrillScope) -> tuple[str, ...]:
    """The agents by name. A person may be there twice: as a user and as one of its devices."""
    rows = {agent.id: agent for agents in snapshot.agents.values() for agent in agents}
    names = {agent_name(rows[name]) if name in rows else name for name in scope.agents}
    return tuple(sorted(names, key=natural_order))
