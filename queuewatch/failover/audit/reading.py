"""What the audit could not see: parts that were not read or not understood, and readings that are old."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding
from queuewatch.failover.model import Part, Queue, Snapshot
from queuewatch.failover.visibility import agents_seen
from queuewatch.failover.words import listing, plural

STALE_AFTER = timedelta(minutes=10)
"""A reading this old may describe another day: twice the time an agent's going offline takes to be noticed."""


def of_reading(snapshot: Snapshot, now: datetime | None, stale_after: timedelta) -> Iterator[Finding]:
    """What keeps the audit of the whole domain from being complete."""
    if now is not None and now - snapshot.taken_at > stale_after:
        minutes = int((now - snapshot.taken_at).total_seconds() // 60)
        yield _finding(
            f"What was read is {plural(minutes, 'minute')} old: agents, settings and rules may have changed.",
            "Read the phone system again.",
        )
    unread = {
        Part.USERS: snapshot.users is None,
        Part.NUMBERS: snapshot.numbers is None,
        Part.ATTENDANTS: snapshot.attendants is None,
    }
    for part, missing in unread.items():
        if missing:
            yield _finding(
                f"The {part} are not known, so whether a destination among them exists cannot be told"
                f"{_because(snapshot, part)}.",
                f"Use a key that may read the domain's {part}, then ask again.",
            )
    for part in (Part.LIVE, Part.RULES, *unread, Part.SITES):
        texts = [problem.text for problem in snapshot.problems if problem.part is part and not problem.aside]
        if texts and not unread.get(part):
            first = texts[0].rstrip(".")
            more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
            yield _finding(
                f"Of the {part} not everything was read and understood: {first}{more}.",
                "Look at these rows in the portal; if they look right there, show this to your provider.",
            )
    yield from _of_the_token(snapshot)


def _of_the_token(snapshot: Snapshot) -> Iterator[Finding]:
    """What the token seems not to be shown: agents that are only counted, and queues that only agents name."""
    seen, counted = agents_seen(snapshot) if snapshot.agents_unseen else (0, 0)
    if seen < counted:
        short = [queue.label for queue in snapshot.call_queues if _sees_part(snapshot, queue)]
        yield _finding(
            f"This token sees {seen} of {counted} agents by the queues' own counts: of the others, in "
            f"{listing(short)}, nothing is known.",
            "Ask again with a key that sees the whole domain, such as an Office Manager's.",
            "QW125",
        )
    named = [queue for queue in snapshot.agents if queue not in snapshot.queues]
    if named:
        rows = sum(len(snapshot.agents_of(queue)) for queue in named)
        what = "1 agent row is" if rows == 1 else f"{rows} agent rows are"
        they, them = ("it was", "it") if len(named) == 1 else ("they were", "them")
        yield _finding(
            f"{what} of {listing(named)}, in no list of queues: {they} deleted, or this token is not shown "
            f"{them}.",
            "Nothing has to be done if it was deleted; otherwise ask again with a key that sees the whole domain.",
            "QW125",
        )


def _sees_part(snapshot: Snapshot, queue: Queue) -> bool:
    seen, counted = agents_seen(snapshot, queue.extension)
    return seen < counted


def _because(snapshot: Snapshot, part: Part) -> str:
    told = next((problem.text for problem in snapshot.problems if problem.part is part), "")
    return f": {told.rstrip('.')}" if told else ""


def _finding(why: str, fix: str, code: str = "QW114") -> Finding:
    return Finding(code, CODES[code].severity, "", why, fix)
