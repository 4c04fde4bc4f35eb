"""What a report is about: the queues asked for, judged, whatever form it is written in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from queuewatch.failover.at_time import Moment, at_time, by_clock_of
from queuewatch.failover.darkness import Darkness
from queuewatch.failover.decide import roster_of
from queuewatch.failover.disagreement import with_disagreements
from queuewatch.failover.model import Agent, Forward, Queue, Snapshot
from queuewatch.failover.simulate import judge
from queuewatch.failover.single_sites import with_single_sites
from queuewatch.failover.status import AgentStatus
from queuewatch.failover.suppose import AS_IS, Suppose
from queuewatch.failover.verdict import Judgement, ReadinessState


@dataclass(frozen=True, slots=True)
class Report:
    """Queues and their judgements, now or at another time, possibly under a supposition."""

    snapshot: Snapshot
    """As it was read."""
    queues: tuple[Queue, ...]
    """In the order to be written; no call parks."""
    judgements: Mapping[str, Judgement]
    suppose: Suppose = AS_IS
    with_agents: bool = True
    title: str = ""
    """Whose phone system it is: the profile, the host or the sample."""
    at: Moment | None = None
    """The other time that was asked about; ``None`` is now."""
    moments: Mapping[str, Moment] = field(default_factory=dict)
    """By queue, that time by the clock of its user: the one instant at which the whole way of a call is judged."""
    rule_not_known: frozenset[str] = frozenset()
    """The queues of which it cannot be told which answering rule is in effect."""
    with_path: bool = False
    """Whether the way of a call is told stop by stop as well."""


def make_report(
    snapshot: Snapshot,
    queues: tuple[Queue, ...],
    suppose: Suppose = AS_IS,
    *,
    at: Moment | None = None,
    with_agents: bool = True,
    title: str = "",
    with_path: bool = False,
    dark: Darkness | None = None,
) -> Report:
    """Judge these queues for a report: as they are, or as their rules would make them at another time.

    ``dark`` is the loss of power that ``suppose`` was worked out from: what it rests on is said where it matters.
    """
    moments = {queue.extension: by_clock_of(snapshot, at, queue.extension) for queue in queues} if at else {}
    then = {moment: at_time(snapshot, moment) for moment in dict.fromkeys(moments.values())}
    judgements: dict[str, Judgement] = {}
    unknown: set[str] = set()
    for queue in queues:
        extension = queue.extension
        judged_on = then[moments[extension]] if at else snapshot
        judged = judge(judged_on, queue, suppose)
        if not at:
            judged = with_disagreements(snapshot, judged)
        if dark is not None:
            judged = _with_notes(snapshot, dark, judged)
        judgements[extension] = with_single_sites(judged_on, queue, judged)
        if not judged_on.rules_of(extension).known:
            unknown.add(extension)
    return Report(
        snapshot, queues, judgements, suppose, with_agents, title, at, moments, frozenset(unknown), with_path
    )


def _with_notes(snapshot: Snapshot, dark: Darkness, judgement: Judgement) -> Judgement:
    """The judgement with what the supposed loss of power rests on, where it touches anybody on the call's way."""
    asked = {row.id for extension in judgement.now.asked for row in snapshot.agents_of(extension)}
    people = {*dark.suppose.dark_users, *dark.suppose.doubted_users}
    if not (asked & dark.touched or judgement.now.asked & people):
        return judgement
    assumptions = tuple(dict.fromkeys((*judgement.now.assumptions, *dark.not_known, *dark.notes)))
    return replace(judgement, now=replace(judgement.now, assumptions=assumptions))


def agents_of(report: Report, queue: Queue) -> tuple[tuple[Agent, AgentStatus], ...]:
    """The queue's agents and their colours under the report's supposition, in the order the queue tries them."""
    return roster_of(report.snapshot, queue.extension, report.suppose).agents


def when_offline_of(snapshot: Snapshot, queue: Queue) -> Forward | None:
    """When Offline of the Default rule, whichever rule is in effect; ``None`` when it is not known."""
    rules = snapshot.rules_of(queue.extension)
    if not rules.known:
        return None
    return rules.default.offline if rules.default else Forward()


_URGENCY = (ReadinessState.NOT_READY, ReadinessState.UNKNOWN, ReadinessState.READY)


def worst_first(report: Report) -> tuple[Queue, ...]:
    """The queues, those whose callers reach nobody now before those that only would, and ready ones last."""

    def urgency(queue: Queue) -> tuple[int, int]:
        judgement = report.judgements[queue.extension]
        now = (False, None, True).index(judgement.now.reaches_someone)
        return now, _URGENCY.index(judgement.readiness.state)

    return tuple(sorted(report.queues, key=urgency))
