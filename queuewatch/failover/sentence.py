"""The one plain sentence of a verdict: what happens to the call, why, and where it ends up."""

from collections.abc import Sequence

from queuewatch.failover.decide import Decision, Roster
from queuewatch.failover.destination import End, EndKind
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.reasons import consequence, doubt, possibilities, why
from queuewatch.failover.verdict import Outcome, Stop
from queuewatch.failover.words import describe_destination


def sentence_of(
    snapshot: Snapshot, queue: Queue, decision: Decision, roster: Roster, stops: Sequence[Stop], end: End
) -> str:
    """The sentence. For an uncertain outcome it is followed by both ways the call could go."""
    if decision.outcome is Outcome.UNCERTAIN:
        reason = doubt(snapshot, queue, decision, roster.counts)
        return f"Uncertain: {reason}. {possibilities(snapshot, queue, decision, roster.counts)}"
    what = consequence(snapshot, decision).replace("it ", "A call ", 1).replace("the caller ", "A caller ", 1)
    return f"{what}{_onward(snapshot, stops, end)}: {why(snapshot, queue, decision, roster)}."


def _onward(snapshot: Snapshot, stops: Sequence[Stop], end: End) -> str:
    """What becomes of the call beyond its first destination, where that is not plain from the name."""
    if end.kind is EndKind.LOOP:
        last = describe_destination(snapshot, stops[-1].at)
        return f"{_then(snapshot, stops[2:-1])}, which comes back to {last} (a loop)"
    return _then(snapshot, stops[2:]) + (_ending(end) if len(stops) > 1 else "")


def _then(snapshot: Snapshot, stops: Sequence[Stop]) -> str:
    return "".join(f", then to {describe_destination(snapshot, stop.at)}" for stop in stops)


def _ending(end: End) -> str:
    match end.kind:
        case EndKind.CALLER_WAITS if end.waits_in_vain:
            return ", where nobody comes until an agent takes Do Not Disturb off"
        case EndKind.AGENTS:
            return ", where an agent is rung"
        case EndKind.CALLER_WAITS:
            return ", where the caller waits for an agent"
        case EndKind.NOBODY:
            return ", where nobody is reached"
        case EndKind.DEAD_END:
            return ", a dead end"
        case EndKind.UNKNOWN:
            return ", and what happens there is not known"
        case _:
            return ""
