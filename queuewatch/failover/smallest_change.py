"""The smallest change that would make a queue fail over, or stop it from doing so."""

from collections.abc import Iterator
from dataclasses import dataclass

from queuewatch.failover.change_words import how_to, if_made, if_stopped
from queuewatch.failover.decide import is_full, is_normal_entry, roster_of
from queuewatch.failover.model import Queue, Rule, Snapshot
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import Status
from queuewatch.failover.steps import (
    AlwaysOff,
    FreePlace,
    PointWhenOffline,
    RequireAgents,
    Step,
    SwitchOnDefault,
    Turn,
    apply,
)
from queuewatch.failover.suppose import AS_IS, Suppose
from queuewatch.failover.verdict import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """The fewest steps that turn a queue's answer round."""

    stops: bool
    """Whether the steps would stop it from failing over; otherwise they would make it."""
    steps: tuple[Step, ...]
    """None where a decisive thing is not known: the sentence says which."""
    sentence: str
    how: tuple[str, ...] = ()
    """For each step that is a setting, the command that makes it, or where the portal keeps it."""


def fails_over_to_someone(verdict: Verdict) -> bool:
    """Whether failover does what it is for: When Offline takes the call, and the caller is served."""
    return verdict.outcome is Outcome.FAILS_OVER and verdict.reaches_someone is True


def smallest_change(snapshot: Snapshot, queue: Queue, suppose: Suppose = AS_IS) -> SmallestChange:
    """The smallest change that would turn the answer of a queue of this snapshot round. Total.

    What would make it fail over is forced, step by step. What would stop it seldom is: an agent who comes online
    goes before a setting, and one agent is as good as another.
    """
    rules = snapshot.rules_of(queue.extension)
    if not rules.known:
        why = rules.problem.rstrip(".")
        return SmallestChange(False, (), f"What would make it fail over cannot be told: {why}.")
    verdict = simulate(snapshot, queue, suppose)
    if fails_over_to_someone(verdict):
        roster = roster_of(snapshot, queue.extension, suppose)
        agents = tuple(agent for agent, _ in roster.agents)
        stop: Step = Turn(agents[0].id, Status.GREEN) if agents else RequireAgents(queue.extension, False)
        return SmallestChange(True, (stop,), if_stopped(snapshot, agents), tuple(how_to(snapshot, queue, (stop,))))
    steps = _making(snapshot, queue, suppose)
    return SmallestChange(
        False,
        steps,
        if_made(snapshot, queue, suppose, verdict, steps),
        tuple(how_to(snapshot, queue, steps)),
    )


def _making(snapshot: Snapshot, queue: Queue, suppose: Suppose) -> tuple[Step, ...]:
    steps = list(_forced(snapshot, queue, suppose))
    for step in steps:
        snapshot, suppose = apply(snapshot, suppose, step)
    # Only now can be seen where When Offline leads: the same agents may answer in the queues beyond.
    point, then = PointWhenOffline(queue.extension), snapshot.queues.get(queue.extension, queue)
    if point not in steps and not fails_over_to_someone(simulate(snapshot, then, suppose)):
        steps.append(point)
    return tuple(sorted(steps, key=lambda step: isinstance(step, Turn)))


def _forced(snapshot: Snapshot, queue: Queue, suppose: Suppose) -> Iterator[Step]:
    """What stands between the queue and its When Offline: each of these is the only step that removes it."""
    rules, extension = snapshot.rules_of(queue.extension), queue.extension
    if rules.in_effect is None and rules.default is not None:
        yield SwitchOnDefault(extension)
    rule = rules.in_effect or rules.default
    if rule is not None and _may_divert(snapshot, rule, queue):
        yield AlwaysOff(extension)
    if is_full(queue) is not False:
        yield FreePlace(extension)
    if queue.require_agents is not True:
        yield RequireAgents(extension, True)
    if rule is None or not rule.offline.readable or rule.offline.destination is None:
        yield PointWhenOffline(extension)
    for agent, shown in roster_of(snapshot, extension, suppose).agents:
        if shown.status is not Status.GREY:
            yield Turn(agent.id, Status.GREY)


def _may_divert(snapshot: Snapshot, rule: Rule, queue: Queue) -> bool:
    if not rule.always.readable:
        return True
    diversion = rule.always.destination
    return diversion is not None and not is_normal_entry(diversion, queue.extension, snapshot.domain)
