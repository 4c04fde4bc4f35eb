"""Which findings will stand while a phone system is still being read, and what is being waited for."""

from collections.abc import Iterable, Iterator, Mapping

from queuewatch.failover.audit.finding import Finding
from queuewatch.failover.forwards import needs_dial_rules, rules_unread
from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.verdict import Judgement

_ABOUT_SUPPRESSIONS = "QW191"
"""That a suppression matches nothing is known only once everything is read."""


def still_reading(snapshot: Snapshot) -> str:
    """What is being read for the first time, as one line; empty once everything was read or has failed."""
    if Part.LIVE not in snapshot.read_at:
        return "Reading the queues…"
    if (part := next(untried(snapshot), None)) is not None:
        return f"Reading the {part}…"
    queues = [queue.extension for queue in snapshot.call_queues]
    read = sum(queue in snapshot.rules for queue in queues)
    return "" if read == len(queues) else f"Reading the answering rules… {read} of {len(queues)} queues are read."


def settled(
    snapshot: Snapshot, judgements: Mapping[str, Judgement], findings: Iterable[Finding]
) -> tuple[Finding, ...]:
    """The findings that rest on nothing that is still being read: what is not read yet is not missing."""
    if any(untried(snapshot)):
        return ()
    waiting = {extension for extension, judged in judgements.items() if _waits(snapshot, judged)}
    kept = (one for one in findings if one.queue not in waiting)
    return tuple(one for one in kept if not (waiting and one.code == _ABOUT_SUPPRESSIONS))


def untried(snapshot: Snapshot) -> Iterator[Part]:
    """The parts any verdict may rest on that were not read yet, and not tried in vain."""
    told = {problem.part for problem in snapshot.problems}
    parts: dict[Part, object] = {
        Part.USERS: snapshot.users,
        Part.NUMBERS: snapshot.numbers,
        Part.ATTENDANTS: snapshot.attendants,
    }
    if needs_dial_rules(snapshot):
        parts[Part.DIAL_RULES] = snapshot.dial_rules
    return (part for part, read in parts.items() if read is None and part not in told)


def _waits(snapshot: Snapshot, judged: Judgement) -> bool:
    return rules_unread(snapshot, judged.now.asked | judged.readiness.verdict.asked)
