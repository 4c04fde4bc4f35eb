"""The smallest change that would make a queue fail over, or stop it from doing so."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from queuewatch.failover.decide import diverts, is_full, roster_of
from queuewatch.failover.model import Agent, Queue, Rule, Snapshot
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import Status
from queuewatch.failover.suppose import AS_IS, Suppose
from queuewatch.failover.verdict import Outcome, Verdict
from queuewatch.failover.what_if.steps import (
    AlwaysOff,
    FreePlace,
    PointWhenOffline,
    Step,
    SupposeRequireAgents,
    SwitchOnDefault,
    TurnAgent,
    WhenOfflineOff,
    apply,
    rule_of,
)
from queuewatch.failover.wording import describe_destination, holder_words, listing

MOST_NAMED = 4
"""How many agents a sentence names before it counts the rest."""


def if_stopped(snapshot: Snapshot, agents: Sequence[Agent]) -> str:
    """What would stop a queue with these agents, all of them Grey, from failing over."""
    if not agents:
        return "It would stop failing over if Require Agents were No: it has no agents who could come online."
    if len(agents) == 1:
        return f"It stops failing over as soon as its only agent, {holder_words(snapshot, agents[0])}, is online."
    return f"It stops failing over as soon as any one of its {len(agents)} agents is online."


def if_made(snapshot: Snapshot, queue: Queue, suppose: Suppose, verdict: Verdict, steps: Sequence[Step]) -> str:
    """What would make a queue with this verdict fail over to somewhere that serves the caller."""
    clauses = [_setting(snapshot, queue, step) for step in steps if not isinstance(step, TurnAgent)]
    clauses += _agents(snapshot, queue, suppose, {step.agent for step in steps if isinstance(step, TurnAgent)})
    match verdict.outcome, verdict.reaches_someone:
        case Outcome.FAILS_OVER, False:
            what = "It fails over, but the caller reaches nobody: somebody would be reached"
        case Outcome.FAILS_OVER, _:
            what = "It fails over, but whether anybody is reached cannot be told: somebody surely would be"
        case _:
            what = "It would fail over"
    return f"{what} if {listing(clauses, most=len(clauses))}."


def _setting(snapshot: Snapshot, queue: Queue, step: Step) -> str:
    rule = rule_of(snapshot, queue.extension)
    label = rule.label if rule else "Default"
    match step:
        case SupposeRequireAgents():
            unread = ", which could not be read," if queue.require_agents is None else ""
            return f"Require Agents{unread} were {'Yes' if step.on else 'No'}"
        case PointWhenOffline():
            return _when_offline(snapshot, queue, rule)
        case WhenOfflineOff():
            return f"When Offline of the rule {label} were off"
        case AlwaysOff() if rule is not None and not rule.always.readable:
            return f"the forward Always of the rule {label}, which could not be read, were off"
        case AlwaysOff():
            return f"the rule {label} did not forward every call (Always)"
        case SwitchOnDefault():
            return "the rule Default were switched on"
        case FreePlace() if is_full(queue) is None:
            return "it were known to have room for a caller"
        case FreePlace():
            return f"fewer than {queue.max_callers} callers were waiting"
        case TurnAgent():
            return f"{step.agent} were {step.colour.capitalize()}"


def _when_offline(snapshot: Snapshot, queue: Queue, rule: Rule | None) -> str:
    if rule is None and snapshot.rules_of(queue.extension).has_user:
        return "it had a Default rule whose When Offline named an outside number"
    if rule is None:
        return "it had a user of its own whose Default rule sent its calls to an outside number When Offline"
    whose = "" if rule.is_default else f" of the rule {rule.label}"
    if not rule.offline.readable:
        return f"When Offline{whose}, which could not be read, named an outside number"
    here = rule.offline.destination
    instead = f" instead of {describe_destination(snapshot, here)}" if here else ""
    return f"When Offline{whose} named an outside number{instead}"


def _agents(snapshot: Snapshot, queue: Queue, suppose: Suppose, turned: set[str]) -> Iterator[str]:
    """That these agents were offline; the ones whose state is not known apart, for they may be so already."""
    shown = roster_of(snapshot, queue.extension, suppose).agents
    online = [agent for agent, at in shown if agent.id in turned and at.status.online]
    unclear = [agent for agent, at in shown if agent.id in turned and at.status is Status.UNKNOWN]
    if online:
        too = " too" if len(online) + len(unclear) < len(shown) else ""
        yield f"{_names(snapshot, online, of=len(shown))} were offline{too}"
    if unclear:
        yield f"{_names(snapshot, unclear, of=len(shown))} were known to be offline"


def _names(snapshot: Snapshot, agents: Sequence[Agent], of: int) -> str:
    if len(agents) <= MOST_NAMED:
        return listing((holder_words(snapshot, agent) for agent in agents), most=MOST_NAMED)
    return f"all {of} of its agents" if len(agents) == of else f"{len(agents)} of its {of} agents"


def how_to(snapshot: Snapshot, queue: Queue, steps: Iterable[Step]) -> Iterator[str]:
    """The command that makes each setting so, or where the portal keeps it; nothing for what is no setting."""
    rule = rule_of(snapshot, queue.extension)
    rules_page = f"in the portal: Users > {queue.extension} > Answering Rules"
    for step in steps:
        match step:
            case SupposeRequireAgents():
                yield f"queuewatch require-agents {queue.extension} {'yes' if step.on else 'no'}"
            case PointWhenOffline() if not snapshot.rules_of(queue.extension).has_user:
                yield f"in the portal: Users, where no user has the extension {queue.extension}"
            case PointWhenOffline() if rule is None or rule.is_default:
                yield f"queuewatch when-offline {queue.extension} NUMBER"
            case WhenOfflineOff() if rule is not None and rule.is_default:
                yield f"queuewatch when-offline {queue.extension} --off"
            case PointWhenOffline() | WhenOfflineOff() | AlwaysOff() | SwitchOnDefault():
                yield f"{rules_page} > {rule.label if rule else 'Default'}"
            case TurnAgent() | FreePlace():
                pass


class SmallestChange(Struct, frozen=True):
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
        stop: Step = (
            TurnAgent(agents[0].id, Status.GREEN) if agents else SupposeRequireAgents(queue.extension, False)
        )
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
    return tuple(sorted(steps, key=lambda step: isinstance(step, TurnAgent)))


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
        yield SupposeRequireAgents(extension, True)
    if rule is None or not rule.offline.readable or rule.offline.destination is None:
        yield PointWhenOffline(extension)
    for agent, shown in roster_of(snapshot, extension, suppose).agents:
        if shown.status is not Status.GREY:
            yield TurnAgent(agent.id, Status.GREY)


def _may_divert(snapshot: Snapshot, rule: Rule, queue: Queue) -> bool:
    return not rule.always.readable or diverts(rule.always, queue.extension, snapshot.domain)
