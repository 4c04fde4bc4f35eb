"""What is supposed before a call is followed: who is in the dark, or what a setting would be after an edit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from queuewatch.failover.model import DEFAULT_TIME_FRAME, Agent, Forward, Queue, Rule, Snapshot
from queuewatch.failover.status import AgentStatus, Status, status_of


@dataclass(frozen=True, slots=True)
class Suppose:
    """Who is supposed offline, and who in another colour. Site names compare without regard to case."""

    all_dark: bool = False
    sites: frozenset[str] = frozenset()
    """Every agent of these sites is offline, and so is every user a call could be forwarded to there."""
    agents: frozenset[str] = frozenset()
    """Agent ids; an agent in the dark is in the dark in every queue."""
    colours: Mapping[str, AgentStatus] = field(default_factory=dict)
    """By agent id, in every queue: stated one by one, and so stronger than everything above."""
    seats: Mapping[tuple[str, str], AgentStatus] = field(default_factory=dict)
    """By queue and agent id, where the queues an agent sits in differ: stronger still."""
    dark_users: frozenset[str] = frozenset()
    """Extensions of users none of whose phones would ring: a call forwarded to one of them reaches nobody."""
    doubted_users: Mapping[str, str] = field(default_factory=dict)
    """Extensions of users of whom that is not known, and why, as a clause."""

    @property
    def nothing(self) -> bool:
        """Whether the phone system is taken as it is."""
        agents = self.all_dark or self.sites or self.agents or self.colours or self.seats
        return not (agents or self.dark_users or self.doubted_users)

    def darkens_site(self, site: str) -> bool:
        """Whether this site is supposed to be without power."""
        return bool(site) and site.casefold() in {name.casefold() for name in self.sites}


AS_IS = Suppose()
ALL_DARK = Suppose(all_dark=True)

_SUPPOSED = AgentStatus(Status.GREY, "supposed offline")


def site_of(agent: Agent, snapshot: Snapshot) -> str:
    """The agent's site: the row's own, else that of the user behind it."""
    if agent.site or snapshot.users is None:
        return agent.site
    user = snapshot.users.get(agent.user)
    return user.site if user else ""


def queue_site(snapshot: Snapshot, queue: Queue) -> str:
    """The queue's site: its own, else that of the queue's user (not every server version sends the first)."""
    user = (snapshot.users or {}).get(queue.extension)
    return queue.site or (user.site if user else "")


def is_dark(agent: Agent, snapshot: Snapshot, suppose: Suppose) -> bool:
    """Whether the agent is supposed offline."""
    if suppose.all_dark or agent.id in suppose.agents:
        return True
    return bool(suppose.sites) and suppose.darkens_site(site_of(agent, snapshot))


def supposed_status(agent: Agent, snapshot: Snapshot, suppose: Suppose) -> AgentStatus:
    """The agent's colour under the supposition."""
    return supposing(status_of(agent), agent, snapshot, suppose)


def supposing(real: AgentStatus, agent: Agent, snapshot: Snapshot, suppose: Suppose) -> AgentStatus:
    """The colour under the supposition of an agent who really has this one."""
    if (seated := suppose.seats.get((agent.queue, agent.id))) is not None:
        return seated
    if (stated := suppose.colours.get(agent.id)) is not None:
        return stated
    if real.status is Status.GREY or suppose.nothing or not is_dark(agent, snapshot, suppose):
        return real
    return _SUPPOSED


def with_require_agents(snapshot: Snapshot, queue: Queue, on: bool) -> Snapshot:
    """The snapshot as it would be with the queue's Require Agents set so."""
    queues: Mapping[str, Queue] = {**snapshot.queues, queue.extension: replace(queue, require_agents=on)}
    return replace(snapshot, queues=queues)


def with_when_offline(snapshot: Snapshot, queue: str, offline: Forward) -> Snapshot:
    """The snapshot as it would be with this When Offline on the queue's Default rule.

    A missing Default rule is supposed created, enabled, and in effect unless another rule is. Rules that are not
    known stay so: which one is in effect does not follow from the one that is supposed.
    """
    known = snapshot.rules_of(queue)
    default = known.default
    if default is None:
        default = Rule(DEFAULT_TIME_FRAME, always=Forward(True, (f"queue_{queue}",)))
    others = tuple(rule for rule in known.rules if not rule.is_default)
    changed = replace(known, rules=(*others, replace(default, offline=offline)), has_user=True)
    return replace(snapshot, rules={**snapshot.rules, queue: changed})
