"""Which findings will stand while a phone system is still being read, and what is being waited for."""

from collections.abc import Iterable, Iterator, Mapping

from queuewatch.failover.audit.finding import Finding
from queuewatch.failover.forwards import ahead_of, needs_dial_rules, people_behind_forwards
from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.verdict import Judgement

_ABOUT_SUPPRESSIONS = "QW191"
"""That a suppression matches nothing is known only once everything is read."""


def still_reading(snapshot: Snapshot) -> str:
    """What is being read for the first time, as one line; empty once everything was read or has failed."""
    if Part.LIVE not in snapshot.read_at:
        return "Reading the queues…"
    if (part := next(not_yet_checked(snapshot), None)) is not None:
        return f"Reading the {part}…"
    queues = [queue.extension for queue in snapshot.call_queues]
    read = sum(queue in snapshot.rules for queue in queues)
    return "" if read == len(queues) else f"Reading the answering rules… {read} of {len(queues)} queues are read."


def is_final(
    snapshot: Snapshot, judgements: Mapping[str, Judgement], findings: Iterable[Finding]
) -> tuple[Finding, ...]:
    """The findings that rest on nothing that is still being read: what is not read yet is not missing."""
    if any(not_yet_checked(snapshot)):
        return ()
    asked = (*(queue.extension for queue in snapshot.call_queues), *people_behind_forwards(snapshot))
    unread = {extension for extension in asked if _unread(snapshot, extension)}
    waiting = {extension for extension in judgements if unread & ahead_of(snapshot, extension)}
    remaining = (finding for finding in findings if finding.queue not in waiting)
    return tuple(finding for finding in remaining if not (waiting and finding.code == _ABOUT_SUPPRESSIONS))


def is_read(snapshot: Snapshot, queue: str) -> bool:
    """Whether everything that a call to this queue can come to was read, or was tried in vain."""
    asked = {*(queue.extension for queue in snapshot.call_queues), *people_behind_forwards(snapshot)}
    return not any(not_yet_checked(snapshot)) and not any(
        _unread(snapshot, extension) for extension in asked & ahead_of(snapshot, queue)
    )


def not_yet_checked(snapshot: Snapshot) -> Iterator[Part]:
    """The parts any verdict may rest on that were not read yet, and not tried in vain."""
    with_problems = {problem.part for problem in snapshot.problems}
    on_time_frames = any(
        rule.enabled and not rule.is_default for known in snapshot.rules.values() for rule in known.rules
    )
    parts: dict[Part, object] = {
        Part.USERS: snapshot.users,
        Part.NUMBERS: snapshot.numbers,
        Part.ATTENDANTS: snapshot.attendants,
        Part.TIME_FRAMES: snapshot.time_frames if on_time_frames else (),
    }
    if needs_dial_rules(snapshot):
        parts[Part.DIAL_RULES] = snapshot.dial_rules
    return (part for part, read in parts.items() if read is None and part not in with_problems)


def _unread(snapshot: Snapshot, queue: str) -> bool:
    """Whether its rules, or the time frames of its user that they may stand on, are still to be read."""
    if queue not in snapshot.rules:
        return True
    on_time_frames = any(rule.enabled and not rule.is_default for rule in snapshot.rules[queue].rules)
    read = queue in snapshot.user_time_frames or snapshot.lacks_time_frames_of(queue)
    return on_time_frames and snapshot.time_frames is not None and not read
