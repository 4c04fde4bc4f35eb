"""Single steps away from what is: an agent in another colour, or one setting of a queue supposed otherwise."""

from collections.abc import Mapping
from itertools import count

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.model import OFF, Forward, Queue, Rule, Snapshot
from queuewatch.failover.status import AgentStatus, Status
from queuewatch.failover.suppose import Suppose, with_require_agents, with_when_offline
from queuewatch.failover.wording import SOME_NUMBER

SUPPOSED: Mapping[Status, AgentStatus] = {
    Status.GREEN: AgentStatus(Status.GREEN, "supposed ready"),
    Status.RED: AgentStatus(Status.RED, "supposed busy"),
    Status.GREY: AgentStatus(Status.GREY, "supposed offline"),
}
"""What an agent is taken for once it is supposed in a colour."""


class TurnAgent(Struct, frozen=True):
    """An agent in this colour, in every queue."""

    agent: str
    """The agent's id."""
    colour: Status


class SupposeRequireAgents(Struct, frozen=True):
    """A queue's Require Agents at Yes or No."""

    queue: str
    on: bool


class PointWhenOffline(Struct, frozen=True):
    """When Offline of the rule in effect pointed at an outside number.

    Where no rule is in effect it is Default's, and a missing Default is supposed created.
    """

    queue: str


class WhenOfflineOff(Struct, frozen=True):
    """When Offline of the rule in effect switched off."""

    queue: str


class AlwaysOff(Struct, frozen=True):
    """The forward Always of the rule in effect switched off, so that the queue sees its calls."""

    queue: str


class SwitchOnDefault(Struct, frozen=True):
    """A Default rule that is switched off switched on."""

    queue: str


class FreePlace(Struct, frozen=True):
    """A place free for one more caller."""

    queue: str


Step = (
    TurnAgent | SupposeRequireAgents | PointWhenOffline | WhenOfflineOff | AlwaysOff | SwitchOnDefault | FreePlace
)


def apply(snapshot: Snapshot, suppose: Suppose, step: Step) -> tuple[Snapshot, Suppose]:
    """The phone system, and what is supposed of it, after the step. Total: what is not there stays as it is."""
    if isinstance(step, TurnAgent):
        turned = SUPPOSED.get(step.colour)
        if turned is None:
            return snapshot, suppose
        return snapshot, replace(suppose, colours={**suppose.colours, step.agent: turned})
    queue = snapshot.queues.get(step.queue)
    return (_with_setting(snapshot, queue, step) if queue else snapshot), suppose


def _with_setting(snapshot: Snapshot, queue: Queue, step: Step) -> Snapshot:
    rule = rule_of(snapshot, queue.extension)
    match step:
        case TurnAgent():
            return snapshot
        case SupposeRequireAgents():
            return with_require_agents(snapshot, queue, step.on)
        case PointWhenOffline():
            outside = Forward(True, (outside_number(snapshot),))
            if rule is None:
                return with_when_offline(snapshot, queue.extension, outside)
            return _with_rule(snapshot, queue, rule, replace(rule, offline=outside))
        case WhenOfflineOff():
            return _with_rule(snapshot, queue, rule, rule and replace(rule, offline=OFF))
        case AlwaysOff():
            return _with_rule(snapshot, queue, rule, rule and replace(rule, always=OFF))
        case SwitchOnDefault():
            default = snapshot.rules_of(queue.extension).default
            return _with_rule(snapshot, queue, default, default and replace(default, enabled=True))
        case FreePlace():
            waiting = max(0, (queue.max_callers or 1) - 1)
            return replace(snapshot, queues={**snapshot.queues, queue.extension: replace(queue, waiting=waiting)})


def rule_of(snapshot: Snapshot, queue: str) -> Rule | None:
    """The rule that a step is about: the one in effect, else Default although it is switched off."""
    rules = snapshot.rules_of(queue)
    return rules.in_effect or rules.default


def _with_rule(snapshot: Snapshot, queue: Queue, old: Rule | None, new: Rule | None) -> Snapshot:
    if old is None or new is None:
        return snapshot
    known = snapshot.rules_of(queue.extension)
    # A rule that the server sent twice is one rule: its twin must not take the place of the one changed.
    others = tuple(rule for rule in known.rules if rule.time_frame != old.time_frame)
    return replace(snapshot, rules={**snapshot.rules, queue.extension: replace(known, rules=(*others, new))})


def outside_number(snapshot: Snapshot) -> str:
    """A number that is none of the domain's own, to suppose a forward to."""
    attendants = {attendant.extension for attendant in snapshot.attendants or ()}
    own = (snapshot.numbers or {}, snapshot.queues, snapshot.users or {}, attendants)
    numbers = map(str, count(int(SOME_NUMBER)))
    return next(number for number in numbers if not any(number in known for known in own))
