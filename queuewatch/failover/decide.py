"""What one queue does with one call: the table at the heart of queuewatch, read from the top."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.destination import enters_queue
from queuewatch.failover.model import OFF, Agent, Forward, Queue, QueueRules, Rule, Snapshot, once_per_snapshot
from queuewatch.failover.status import AgentStatus, Status, may_be_taking_calls, status_of
from queuewatch.failover.suppose import AS_IS, OFFLINE, Suppose, supposing
from queuewatch.failover.verdict import Counts, Outcome


class Roster(Struct, frozen=True, gc=False):
    """A queue's agents with their colours, in the order the queue would try them."""

    in_order: tuple[Agent, ...]
    colours: tuple[AgentStatus, ...]
    """Of each of them, in the same order."""
    counts: Counts

    @property
    def agents(self) -> tuple[tuple[Agent, AgentStatus], ...]:
        """Each agent with its colour."""
        return tuple(zip(self.in_order, self.colours, strict=True))

    @property
    def all_on_do_not_disturb(self) -> bool:
        """Whether somebody is online, and everybody who is only on Do Not Disturb."""
        online = [shown for shown in self.colours if shown.status.online] if self.counts.online else []
        return bool(online) and all(shown.do_not_disturb for shown in online)

    @property
    def online(self) -> tuple[Agent, ...]:
        """The agents that keep the queue open."""
        if not self.counts.online:
            return ()
        green, red = Status.GREEN, Status.RED
        rows = zip(self.in_order, self.colours, strict=True)
        return tuple([agent for agent, shown in rows if (at := shown.status) is green or at is red])

    def in_colour(self, status: Status) -> Sequence[Agent]:
        """The agents of this colour."""
        return [agent for agent, shown in zip(self.in_order, self.colours, strict=True) if shown.status is status]


class Doubt(StrEnum):
    """What is not known, where an outcome is uncertain."""

    RULES = "rules"
    ALWAYS = "always"
    LIMIT = "limit"
    AGENTS = "agents"
    REQUIRE_AGENTS = "require agents"
    WHEN_OFFLINE = "when offline"
    WHEN_BUSY = "when busy"


class Decision(Struct, frozen=True, gc=False):
    """What a queue does with a call, by which forward, and what made it so."""

    outcome: Outcome
    rule: Rule | None = None
    destination: str | None = None
    full: bool = False
    """The queue's limit of callers decided, not its agents."""
    doubt: Doubt | None = None
    """For an uncertain outcome: what is not known."""


def roster_of(snapshot: Snapshot, queue: str, suppose: Suppose) -> Roster:
    """The queue's agents and their colours under the supposition."""
    roster = _by_rows(snapshot, queue)
    # With everybody dark it makes no difference who may have been taking a call.
    if suppose.all_dark and not suppose.colours and not suppose.seats:
        grey = Status.GREY
        dark = tuple([shown if shown.status is grey else OFFLINE for shown in roster.colours])
        return Roster(roster.in_order, dark, Counts(grey=len(dark)))
    counting = snapshot.queues.get(queue)
    if counting is not None and not suppose.all_dark:
        roster = _counted(roster, counting)
    if suppose.nothing:
        return roster
    # One site's power is that of a few in each queue.
    shown = [
        supposing(status, agent, suppose) if suppose.is_about(agent) else status for agent, status in roster.agents
    ]
    return _coloured(roster, shown)


@once_per_snapshot
def _rosters_asked(snapshot: Snapshot) -> dict[str, Roster]:
    return {}


def _by_rows(snapshot: Snapshot, queue: str) -> Roster:
    """The queue's agents, each with its colour by its own row: worked out once, whatever is supposed of them."""
    asked = _rosters_asked(snapshot)
    if (roster := asked.get(queue)) is None:
        in_order = tuple(sorted(snapshot.agents_of(queue), key=_place))
        colours = tuple([status_of(agent) for agent in in_order])
        roster = asked[queue] = Roster(in_order, colours, count(colours))
    return roster


_place = attrgetter("order", "id")


def hand_on_rosters(before: Snapshot, after: Snapshot) -> None:
    """Let the later of two readings keep the colours of queues whose rows are the same objects."""
    known = _rosters_asked(after)
    for queue, roster in _rosters_asked(before).items():
        if after.agents.get(queue) is before.agents.get(queue):
            known[queue] = roster


def _coloured(roster: Roster, colours: Iterable[AgentStatus]) -> Roster:
    """The same agents in other colours."""
    shown = tuple(colours)
    return Roster(roster.in_order, shown, count(shown))


def colours_of(snapshot: Snapshot, queue: str) -> Mapping[str, AgentStatus]:
    """The colours of a queue's agents as they are, by id: what any place that shows or keeps a colour asks."""
    return {agent.id: shown for agent, shown in roster_of(snapshot, queue, AS_IS).agents}


def roster_with(roster: Roster, colours: Mapping[str, AgentStatus | None]) -> Roster:
    """The roster with these agents, by id, in other colours; with ``None`` they are supposed offline."""
    return _coloured(
        roster,
        ((colours[agent.id] or OFFLINE) if agent.id in colours else status for agent, status in roster.agents),
    )


def _counted(roster: Roster, queue: Queue) -> Roster:
    """The agents held against the queue's own count of those available.

    Where it has more than are Green, somebody who is logged out with the option for one call may be taking one.
    Otherwise such a count is only shown.
    """
    counted = queue.agents_available or not queue.counts_readable
    if not counted:
        return roster
    available = queue.agents_available or 0
    if queue.counts_readable and available <= roster.counts.green:
        return roster
    if not any(agent.may_take_one for agent in roster.in_order):
        return roster
    why = (
        "the queue counts more agents available than are Green"
        if queue.counts_readable
        else "the queue's count of available agents could not be read"
    )
    return _coloured(
        roster,
        (
            AgentStatus(Status.UNKNOWN, f"{status.reason}, but {why}")
            if status.status is Status.GREY and agent.may_take_one and may_be_taking_calls(agent)
            else status
            for agent, status in roster.agents
        ),
    )


def count(colours: Iterable[AgentStatus]) -> Counts:
    """Count agents by colour."""
    tally = Counter([shown.status for shown in colours])
    return Counts(*[tally[status] for status in _COLOURS])


_COLOURS = (Status.GREEN, Status.RED, Status.GREY, Status.UNKNOWN)


def decide(queue: Queue, rules: QueueRules, counts: Counts, *, domain: str) -> Decision:
    """Apply the table: the first line that applies decides. ``domain`` is the queue's own.

    A setting that could not be read makes the outcome uncertain exactly where the table would consult it.
    """
    if not rules.known:
        return _uncertain(None, Doubt.RULES)
    rule = rules.in_effect
    always, busy, offline = (rule.always, rule.busy, rule.offline) if rule else (OFF, OFF, OFF)

    if not always.readable:
        return _uncertain(rule, Doubt.ALWAYS)
    if diverts(always, queue.extension, domain):
        return Decision(Outcome.DIVERTED, rule, always.destination)

    full = is_full(queue)
    if full is None:
        return _uncertain(rule, Doubt.LIMIT)
    if full:
        return _by_when_busy(rule, busy, full=True)

    if counts.green:
        return Decision(Outcome.RINGS, rule)
    if counts.red:
        return Decision(Outcome.WAITS, rule)
    if counts.unknown:
        return _uncertain(rule, Doubt.AGENTS)
    if queue.require_agents is None:
        return _uncertain(rule, Doubt.REQUIRE_AGENTS)
    if not queue.require_agents:
        return Decision(Outcome.STRANDED, rule)
    if not offline.readable:
        return _uncertain(rule, Doubt.WHEN_OFFLINE)
    if offline.destination is not None:
        return Decision(Outcome.FAILS_OVER, rule, offline.destination)
    return _by_when_busy(rule, busy, full=False)


def is_normal_entry(destination: str, extension: str, domain: str) -> bool:
    """Whether forwarding here merely enters the queue: the portal gives every queue's user such a forward."""
    return enters_queue(destination, extension, domain)


def diverts(always: Forward, extension: str, domain: str) -> bool:
    """Whether a rule's forward Always sends every call elsewhere before the queue."""
    return always.destination is not None and not is_normal_entry(always.destination, extension, domain)


def without_always(rules: QueueRules) -> QueueRules:
    """The rules as they are for a call that enters the queue without asking Always of the rule in effect."""
    rule = rules.in_effect
    return QueueRules((replace(rule, always=OFF),)) if rule else rules


def is_full(queue: Queue) -> bool | None:
    """Whether as many callers wait as the queue takes; ``None`` when that cannot be told."""
    limit, waiting = queue.max_callers, queue.waiting
    if limit == 0 or waiting == 0:
        return False
    if limit is None or waiting is None:
        return None
    return 0 < limit <= waiting


def _by_when_busy(rule: Rule | None, busy: Forward, *, full: bool) -> Decision:
    if not busy.readable:
        return _uncertain(rule, Doubt.WHEN_BUSY)
    if busy.destination is None:
        return Decision(Outcome.LOST, rule, full=full)
    return Decision(Outcome.OVERFLOWS, rule, busy.destination, full=full)


def _uncertain(rule: Rule | None, doubt: Doubt) -> Decision:
    return Decision(Outcome.UNCERTAIN, rule, doubt=doubt)
