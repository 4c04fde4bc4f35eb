"""A drill in the one line that a manager repeats on the phone."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from queuewatch.failover.destination import CallEnd
from queuewatch.failover.drill.drill import Drill, DrillOutcome, Holder, holders_of
from queuewatch.failover.drill.power_loss import PowerLoss
from queuewatch.failover.drill.scope import DrillScope, goes_dark
from queuewatch.failover.model import Queue, Registration, Snapshot
from queuewatch.failover.schedule.at_time import Moment
from queuewatch.failover.wording import listing, plural

MOST_TOLD = 2
"""Of more queues than this with one fate the line gives the number, and the first names."""


class ToldFate(Struct, frozen=True):
    """What the line says of one queue."""

    queue: Queue
    fate: DrillOutcome
    before: CallEnd
    """Where a call ends with the power on."""
    after: CallEnd


def summary(drill: Drill) -> str:
    """``If Dallas goes dark: 3 of 5 queues fail over, Support is held open by Eli Brown at Austin.``"""
    fates = [
        ToldFate(queue_drill.queue, queue_drill.fate, queue_drill.before.end, queue_drill.after.end)
        for queue_drill in drill.queues
    ]
    return line_of_fates(drill.snapshot, drill.scope, drill.power_loss, fates, drill.at)


def line_of_fates(
    snapshot: Snapshot, scope: DrillScope, dark: PowerLoss, fates: Sequence[ToldFate], at: Moment | None = None
) -> str:
    """The same of a drill of which only the fates are known."""
    if not fates:
        return "This domain has no call queues."
    when = f" on {at.words}" if at else ""
    return f"If {goes_dark(snapshot, scope)}{when}: {', '.join(_Line(snapshot, scope, dark).clauses(fates))}."


class _Line(Struct, frozen=True):
    snapshot: Snapshot
    scope: DrillScope
    dark: PowerLoss

    def clauses(self, fates: Sequence[ToldFate]) -> Iterator[str]:
        """What is said of the queues of each fate."""
        by_fate = {fate: [told for told in fates if told.fate is fate] for fate in DrillOutcome}
        if failing := by_fate[DrillOutcome.FAILS_OVER]:
            yield _failing(failing, len(fates))
        yield from _told(
            by_fate[DrillOutcome.SENT_ON], lambda told: f"{_of(told)} calls are sent on", "are sent on"
        )
        yield from _told(
            by_fate[DrillOutcome.HELD_OPEN],
            lambda told: f"{_name(told)} is held open by {self._holders(told.queue)}",
            "are held open",
        )
        yield from _told(
            by_fate[DrillOutcome.UNCERTAIN], lambda told: f"{_name(told)} cannot be told", "cannot be told"
        )
        if stranded := by_fate[DrillOutcome.STRANDED]:
            ends = [self.snapshot.queues[told.after.target] for told in stranded]
            without_limit = all(queue.max_wait_minutes == 0 for queue in ends)
            yield _callers(stranded, "wait for ever" if without_limit else "wait with nobody there")
        if lost := by_fate[DrillOutcome.LOST]:
            yield _callers(lost, "reach nobody")
        if answered := by_fate[DrillOutcome.ANSWERED]:
            whole = len(answered) == len(fates)
            are = "is" if len(answered) == 1 else "are"
            yield "no queue is affected" if whole else f"{plural(len(answered), 'queue')} {are} not affected"

    def _holders(self, queue: Queue) -> str:
        holders = holders_of(self.snapshot, self.dark, queue.extension)
        sites = {holder.site for holder in holders}
        together = self._at(sites.pop()) if len(sites) == 1 else ""
        if len(holders) > MOST_TOLD:
            return f"{len(holders)} agents{together}"
        each = (_holder(holder) + ("" if together else self._at(holder.site)) for holder in holders)
        return f"{listing(each)}{together}"

    def _at(self, site: str) -> str:
        # Nobody is to be looked for in a building that is dark; which that is, an address does not tell.
        return f" at {site}" if site and not self.scope.darkens_site(site) and not self.scope.ips else ""


def _failing(queues: Sequence[ToldFate], total: int) -> str:
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


def _told(queues: Sequence[ToldFate], of_one: Callable[[ToldFate], str], of_many: str) -> Iterator[str]:
    if len(queues) <= MOST_TOLD:
        yield from map(of_one, queues)
    else:
        yield f"{len(queues)} queues {of_many} ({listing(map(_name, queues))})"


def _callers(queues: Sequence[ToldFate], fare: str) -> str:
    so_already = all(told.before == told.after for told in queues)
    now = " (as now)" if so_already else ""
    if len(queues) == 1:
        return f"{_of(queues[0])} callers would {fare}{now}"
    names = listing(map(_name, queues))
    whose = names if len(queues) <= MOST_TOLD else f"{len(queues)} queues ({names})"
    return f"the callers of {whose} would {fare}{now}"


def _holder(holder: Holder) -> str:
    match holder.by:
        case Registration.PUSH:
            return f"{_possessive(holder.name)} mobile app"
        case Registration.OFFNET:
            return f"the outside number {holder.name}"
        case Registration.CONNECTED | Registration.NONE | Registration.UNKNOWN:
            return holder.name


def _name(told: ToldFate) -> str:
    return told.queue.name or told.queue.extension


def _of(told: ToldFate) -> str:
    return _possessive(_name(told))


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"
