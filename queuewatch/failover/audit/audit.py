"""The whole audit of a phone system: every check, worst first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from queuewatch.failover.audit.agents import of_agents
from queuewatch.failover.audit.case import Case
from queuewatch.failover.audit.cause import causes
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.audit.reading import STALE_AFTER, of_reading
from queuewatch.failover.audit.same_fate import same_fate
from queuewatch.failover.audit.settings import of_settings
from queuewatch.failover.audit.shared import shared_numbers
from queuewatch.failover.audit.suppress import apply
from queuewatch.failover.audit.suppression import Suppression
from queuewatch.failover.model import Snapshot
from queuewatch.failover.simulate import judge
from queuewatch.failover.verdict import Judgement


def audit(
    snapshot: Snapshot,
    *,
    judgements: Mapping[str, Judgement] | None = None,
    only: Collection[str] | None = None,
    now: datetime | None = None,
    stale_after: timedelta = STALE_AFTER,
    suppressions: Sequence[Suppression] = (),
    today: date | None = None,
) -> tuple[Finding, ...]:
    """Every finding, worst first, then in the order of the queues. Total: every snapshot can be audited.

    A queue has no finding above info only if its readiness is ``ready``. Call parks are never found fault with.
    ``judgements`` are those of this snapshot, if they are there already. ``only`` names the queues to audit.
    ``now`` is for the age of what was read; without ``today`` no suppression is looked at. What is suppressed is
    given all the same, and says so.
    """
    known = judgements or {}
    cases = [
        Case(snapshot, queue, known.get(queue.extension) or judge(snapshot, queue))
        for queue in snapshot.call_queues
        if only is None or queue.extension in only
    ]
    found = [*of_reading(snapshot, now, stale_after), *shared_numbers(cases)]
    for case in cases:
        found.extend(_of_queue(case))
    if today is not None:
        found = list(apply(found, suppressions, today, only))
    place = {extension: nth for nth, extension in enumerate(snapshot.queues, start=1)}
    found.sort(key=lambda one: (one.severity.rank, place.get(one.queue, 0), one.code))
    return tuple(found)


def _of_queue(case: Case) -> Iterator[Finding]:
    shared = same_fate(case)
    for cause in causes(case):
        # That its backup goes dark with it says why a call reaches nobody there: the same fault, and closer.
        if shared is None or shared.severity is not Severity.ERROR or cause.code != "QW117":
            yield cause
    if shared is not None:
        yield shared
    yield from of_settings(case)
    yield from of_agents(case)
