"""A drill in the one line that a manager repeats on the phone."""

from collections.abc import Callable, Iterator, Sequence

from queuewatch.failover.drill.drill import Drill, DrillOutcome, Holder, QueueDrill
from queuewatch.failover.drill.scope import goes_dark
from queuewatch.failover.model import Registration
from queuewatch.failover.wording import listing, plural

MOST_TOLD = 2
"""Of more queues than this with one fate the line gives the number, and the first names."""


def summary(drill: Drill) -> str:
    """``If Dallas goes dark: 3 of 5 queues fail over, Support is held open by Eli Brown at Austin.``"""
    if not drill.queues:
        return "This domain has no call queues."
    when = f" on {drill.at.words}" if drill.at else ""
    return f"If {goes_dark(drill.snapshot, drill.scope)}{when}: {', '.join(_clauses(drill))}."


def _clauses(drill: Drill) -> Iterator[str]:
    by_fate = {
        fate: [queue_drill for queue_drill in drill.queues if queue_drill.fate is fate] for fate in DrillOutcome
    }
    if failing := by_fate[DrillOutcome.FAILS_OVER]:
        yield _failing(failing, len(drill.queues))
    yield from _told(
        by_fate[DrillOutcome.SENT_ON], lambda queue_drill: f"{_of(queue_drill)} calls are sent on", "are sent on"
    )
    held = by_fate[DrillOutcome.HELD_OPEN]
    yield from _told(
        held,
        lambda queue_drill: f"{_name(queue_drill)} is held open by {_holders(drill, queue_drill)}",
        "are held open",
    )
    yield from _told(
        by_fate[DrillOutcome.UNCERTAIN],
        lambda queue_drill: f"{_name(queue_drill)} cannot be told",
        "cannot be told",
    )
    if stranded := by_fate[DrillOutcome.STRANDED]:
        ends = [drill.snapshot.queues[queue_drill.after.end.target] for queue_drill in stranded]
        without_limit = all(queue.max_wait_minutes == 0 for queue in ends)
        yield _callers(stranded, "wait for ever" if without_limit else "wait with nobody there")
    if lost := by_fate[DrillOutcome.LOST]:
        yield _callers(lost, "reach nobody")
    if answered := by_fate[DrillOutcome.ANSWERED]:
        whole = len(answered) == len(drill.queues)
        are = "is" if len(answered) == 1 else "are"
        yield "no queue is affected" if whole else f"{plural(len(answered), 'queue')} {are} not affected"


def _failing(queues: Sequence[QueueDrill], total: int) -> str:
    match len(queues):
        case 1 if total == 1:
            return f"{_name(queues[0])} fails over"
        case 1:
            return f"1 of {total} queues fails over"
        case 2 if total == 2:
            return "both queues fail over"
        case all if all == total:
            return f"all {total} queues fail over"
        case number:
            return f"{number} of {total} queues fail over"


def _told(queues: Sequence[QueueDrill], of_one: Callable[[QueueDrill], str], of_many: str) -> Iterator[str]:
    if len(queues) <= MOST_TOLD:
        yield from map(of_one, queues)
    else:
        yield f"{len(queues)} queues {of_many} ({listing(map(_name, queues))})"


def _callers(queues: Sequence[QueueDrill], fare: str) -> str:
    so_already = all(queue_drill.before.end == queue_drill.after.end for queue_drill in queues)
    now = " (as now)" if so_already else ""
    if len(queues) == 1:
        return f"{_of(queues[0])} callers would {fare}{now}"
    names = listing(map(_name, queues))
    whose = names if len(queues) <= MOST_TOLD else f"{len(queues)} queues ({names})"
    return f"the callers of {whose} would {fare}{now}"


def _holders(drill: Drill, queue_drill: QueueDrill) -> str:
    holders = queue_drill.holders
    sites = {holder.site for holder in holders}
    together = _at(drill, sites.pop()) if len(sites) == 1 else ""
    if len(holders) > MOST_TOLD:
        return f"{len(holders)} agents{together}"
    each = (_holder(holder) + ("" if together else _at(drill, holder.site)) for holder in holders)
    return f"{listing(each)}{together}"


def _holder(holder: Holder) -> str:
    match holder.by:
        case Registration.PUSH:
            return f"{_possessive(holder.name)} mobile app"
        case Registration.OFFNET:
            return f"the outside number {holder.name}"
        case Registration.CONNECTED | Registration.NONE | Registration.UNKNOWN:
            return holder.name


def _at(drill: Drill, site: str) -> str:
    # Nobody is to be looked for in a building that is dark; which that is, an address does not tell.
    return f" at {site}" if site and not drill.scope.darkens_site(site) and not drill.scope.ips else ""


def _name(queue_drill: QueueDrill) -> str:
    return queue_drill.queue.name or queue_drill.queue.extension


def _of(queue_drill: QueueDrill) -> str:
    return _possessive(_name(queue_drill))


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"
