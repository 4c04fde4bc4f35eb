"""Which conditions a queue is in that somebody may have to be told about, and the sentences that tell them."""

from collections.abc import Mapping
from enum import StrEnum

from queuewatch.failover.drill.power_loss import supposed
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.simulate import simulate
from queuewatch.failover.verdict import Judgement, Outcome, ReadinessState, Verdict
from queuewatch.failover.wording import describe_destination, holders, listing, plural


class Condition(StrEnum):
    """What a queue can be in, the worst first."""

    REACHES_NOBODY = "reaches_nobody"
    """A call now reaches nobody: stranded, lost, in a loop, at a dead end."""
    FAILS_OVER = "fails_over"
    """When Offline takes the calls."""
    NOT_READY = "not_ready"
    """If the building went dark, a call would reach nobody."""
    ONE_AGENT_LEFT = "one_agent_left"
    """One agent of several is online, and the last to keep the queue open."""


Conditions = Mapping[Condition, bool | None]
"""Every condition: whether the queue is in it; ``None`` where that cannot be told, or something worse hides it."""


def conditions_of(judgement: Judgement) -> Conditions:
    """Where a queue stands. An uncertain answer says nothing, for or against."""
    return {
        Condition.REACHES_NOBODY: _reaches_nobody(judgement.now),
        Condition.FAILS_OVER: _fails_over(judgement.now),
        Condition.NOT_READY: _not_ready(judgement),
        Condition.ONE_AGENT_LEFT: _one_agent_left(judgement.now),
    }


def _reaches_nobody(now: Verdict) -> bool | None:
    return None if now.reaches_someone is None else not now.reaches_someone


def _fails_over(now: Verdict) -> bool | None:
    if now.outcome is Outcome.FAILS_OVER:
        return True
    # A queue that fails over no longer and strands its callers instead has not recovered from anything.
    return None if now.outcome is Outcome.UNCERTAIN or now.reaches_someone is False else False


def _not_ready(judgement: Judgement) -> bool | None:
    match judgement.readiness.state:
        case ReadinessState.NOT_READY:
            return True
        case ReadinessState.READY:
            return False
        case ReadinessState.UNKNOWN:
            return None


def _one_agent_left(now: Verdict) -> bool | None:
    counts = now.counts
    match now.outcome:
        case Outcome.UNCERTAIN:
            return None
        case Outcome.DIVERTED:
            return False
        case _ if counts.online > 1:
            return False
        # With nobody left it has come to what was feared; a single agent is all there ever is.
        case _ if counts.online == 0 or counts.total == 1 or counts.unknown:
            return None
        case _:
            return True


def headline(snapshot: Snapshot, queue: Queue, judgement: Judgement, condition: Condition) -> str:
    """A clause: the queue is in the condition."""
    match condition:
        case Condition.REACHES_NOBODY:
            return f"Calls to {queue.label} reach nobody"
        case Condition.FAILS_OVER:
            where = describe_destination(snapshot, judgement.now.destination or "")
            return f"{queue.label} fails over to {where}"
        case Condition.NOT_READY:
            return f"{queue.label} is not ready for an outage"
        case Condition.ONE_AGENT_LEFT:
            return f"One agent is left in {queue.label}: {listing(holders(snapshot, judgement.now))}"


def sentence_of_standing(snapshot: Snapshot, queue: Queue, judgement: Judgement, condition: Condition) -> str:
    """The sentence that the queue is in the condition, and what that means for a caller."""
    clause = headline(snapshot, queue, judgement, condition)
    match condition:
        case Condition.REACHES_NOBODY:
            return f"{clause}. {judgement.now.sentence}"
        case Condition.FAILS_OVER:
            return f"{queue.label} {judgement.now.sentence.removeprefix('A call ')}"
        case Condition.NOT_READY:
            return f"{clause}. {_supposed('If the building went dark', judgement.readiness.verdict)}"
        case Condition.ONE_AGENT_LEFT:
            # Not the readiness: where this queue fails over to, the others may well be there.
            last = supposed(snapshot, DrillScope(agents=frozenset(judgement.now.held_open_by)))
            return f"{clause}. {_supposed('Without that one', simulate(snapshot, queue, last))}"


def _supposed(when: str, verdict: Verdict) -> str:
    sentence = verdict.sentence
    if verdict.outcome is Outcome.UNCERTAIN:
        return f"{when} it is {sentence[:1].lower()}{sentence[1:]}"
    return f"{when}, {sentence[:1].lower()}{sentence[1:]}"


def recovered(queue: Queue, condition: Condition) -> str:
    """A clause: the queue is no longer in the condition."""
    match condition:
        case Condition.REACHES_NOBODY:
            return f"Calls to {queue.label} reach somebody again"
        case Condition.FAILS_OVER:
            return f"{queue.label} no longer fails over"
        case Condition.NOT_READY:
            return f"{queue.label} is ready for an outage again"
        case Condition.ONE_AGENT_LEFT:
            return f"{queue.label} no longer hangs on one agent"


def in_short(
    condition: Condition, queues: tuple[str, ...], *, there: bool = True, number: int = 0, among: str = ""
) -> str:
    """A clause: several queues are in the condition, or no longer are.

    With a ``number`` of queues none is named, and ``among`` says where they are.
    """
    named = f"{plural(number or len(queues), 'queue')}{among}"
    match condition:
        case Condition.REACHES_NOBODY:
            clause = f"Calls to {named} reach {'nobody' if there else 'somebody again'}"
        case Condition.FAILS_OVER:
            clause = f"{named} {'fail over' if there else 'no longer fail over'}"
        case Condition.NOT_READY:
            clause = f"{named} are {'not ready for an outage' if there else 'ready for an outage again'}"
        case Condition.ONE_AGENT_LEFT:
            clause = f"One agent is left in each of {named}" if there else f"{named} no longer hang on one agent"
    return clause if number else f"{clause}: {listing(queues)}"
