"""The smallest change in words: one sentence a manager can act on, and where each setting is changed."""

from collections.abc import Iterable, Iterator, Sequence

from queuewatch.failover.decide import is_full, roster_of
from queuewatch.failover.model import Agent, Queue, Rule, Snapshot
from queuewatch.failover.status import Status
from queuewatch.failover.steps import (
    AlwaysOff,
    FreePlace,
    PointWhenOffline,
    RequireAgents,
    Step,
    SwitchOnDefault,
    Turn,
    WhenOfflineOff,
    rule_of,
)
from queuewatch.failover.suppose import Suppose
from queuewatch.failover.verdict import Outcome, Verdict
from queuewatch.failover.words import describe_destination, holder_words, listing

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
    clauses = [_setting(snapshot, queue, step) for step in steps if not isinstance(step, Turn)]
    clauses += _agents(snapshot, queue, suppose, {step.agent for step in steps if isinstance(step, Turn)})
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
        case RequireAgents():
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
        case Turn():
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
            case RequireAgents():
                yield f"queuewatch require-agents {queue.extension} {'yes' if step.on else 'no'}"
            case PointWhenOffline() if not snapshot.rules_of(queue.extension).has_user:
                yield f"in the portal: Users, where no user has the extension {queue.extension}"
            case PointWhenOffline() if rule is None or rule.is_default:
                yield f"queuewatch when-offline {queue.extension} NUMBER"
            case WhenOfflineOff() if rule is not None and rule.is_default:
                yield f"queuewatch when-offline {queue.extension} --off"
            case PointWhenOffline() | WhenOfflineOff() | AlwaysOff() | SwitchOnDefault():
                yield f"{rules_page} > {rule.label if rule else 'Default'}"
            case Turn() | FreePlace():
                pass
