"""What is supposed before a call is followed: who is in the dark, or what a setting would be after an edit."""

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch.failover.model import DEFAULT_TIME_FRAME, Agent, Forward, Queue, Rule, Snapshot
from queuewatch.failover.status import AgentStatus, Status, status_of


class Suppose(Struct, frozen=True):
    """Who is supposed offline, and who in another colour: what ``power_loss`` makes of a loss of power, or a hand.

    It names agents, users and phones; what loses its power with a building was worked out before.
    """

    all_dark: bool = False
    """Every agent is offline, and so is every user who is a person, with all their phones."""
    agents: frozenset[str] = frozenset()
    """Agent ids; an agent in the dark is in the dark in every queue."""
    colours: Mapping[str, AgentStatus] = field(default_factory=dict)
    """By agent id, in every queue: stated one by one, and so stronger than everything above."""
    seats: Mapping[tuple[str, str], AgentStatus] = field(default_factory=dict)
    """By queue and agent id, where the queues an agent sits in differ: stronger still."""
    doubted: Mapping[str, str] = field(default_factory=dict)
    """By agent id: who may have lost power or not, and why that is not known, as a clause. Judged both ways."""
    dark_users: frozenset[str] = frozenset()
    """Extensions of users none of whose phones would ring."""
    doubted_users: Mapping[str, str] = field(default_factory=dict)
    """Extensions of users of whom that is not known, and why, as a clause. Judged both ways."""
    dark_phones: frozenset[str] = frozenset()
    """Device ids, casefolded, of single phones without power."""
    doubted_phones: Mapping[str, str] = field(default_factory=dict)
    """Device ids, casefolded, of those of which that is not known, and why, as a clause."""
    words: tuple[str, ...] = ()
    """What was supposed to lose its power, as the one who asked would say it: ``site Dallas``."""

    @property
    def nothing(self) -> bool:
        """Whether the phone system is taken as it is."""
        agents = self.all_dark or self.agents or self.colours or self.seats or self.doubted
        return not (agents or self.dark_users or self.doubted_users or self.dark_phones or self.doubted_phones)

    def is_about(self, agent: Agent) -> bool:
        """Whether anything is supposed of this agent, who has the real colour otherwise."""
        named = agent.id
        by_id = named in self.agents or named in self.colours or named in self.doubted
        return self.all_dark or by_id or (bool(self.seats) and (agent.queue, named) in self.seats)


AS_IS = Suppose()
ALL_DARK = Suppose(all_dark=True)

OFFLINE = AgentStatus(Status.GREY, "supposed offline")


def supposed_status(agent: Agent, suppose: Suppose) -> AgentStatus:
    """The agent's colour under the supposition, by its own row."""
    return supposing(status_of(agent), agent, suppose)


def supposing(real: AgentStatus, agent: Agent, suppose: Suppose) -> AgentStatus:
    """The colour under the supposition of an agent who really has this one.

    Who may have lost power is unknown, as far as it matters.
    """
    if (seated := suppose.seats.get((agent.queue, agent.id))) is not None:
        return seated
    if (stated := suppose.colours.get(agent.id)) is not None:
        return stated
    if real.status is Status.GREY:
        return real
    if suppose.all_dark or agent.id in suppose.agents:
        return OFFLINE
    if (doubt := suppose.doubted.get(agent.id)) is not None:
        return AgentStatus(Status.UNKNOWN, doubt)
    return real


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
