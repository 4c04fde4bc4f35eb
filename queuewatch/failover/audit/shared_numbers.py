"""One outside number that stands in for many queues: whoever answers it gets all their calls at once."""

from collections.abc import Iterator, Sequence

from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding, Remedy
from queuewatch.failover.audit.queue_audit import QueueAudit
from queuewatch.failover.destination import Arrival, EndKind, arrive, parse_destination
from queuewatch.failover.phone_number import number_key
from queuewatch.failover.wording import format_number, listing

MANY = 3
"""So many queues behind one number are worth a word: two may well be meant."""


def shared_numbers(cases: Sequence[QueueAudit]) -> Iterator[Finding]:
    """One finding for each outside number that is the backup of many queues."""
    behind: dict[str, list[QueueAudit]] = {}
    arrivals: dict[str, Arrival] = {}
    for case in cases:
        for key in _outside_numbers(case, arrivals):
            behind.setdefault(key, []).append(case)
    for key, those in behind.items():
        labels = list(dict.fromkeys(case.queue.label for case in those))
        if len(labels) >= MANY:
            names = listing(labels, most=6)
            yield Finding(
                "QW111",
                CODES["QW111"].severity,
                "",
                f"{format_number(key)} is the backup of {len(labels)} queues, {names}: in an outage it gets all "
                "their calls at once.",
                "Give some of these queues another backup, unless an answering service is behind the number.",
                remedy=Remedy.NONE,
            )


def _outside_numbers(case: QueueAudit, arrivals: dict[str, Arrival]) -> dict[str, None]:
    """The numbers outside that the queue's own When Offline names, or where its call ends if all is dark.

    ``arrivals`` are those worked out for other queues, by what is named: no rule in effect bears on them.
    """
    found: dict[str, None] = {}
    for rule in (case.rules.default, case.rule):
        if rule is not None and (text := rule.offline.destination):
            if (arrival := arrivals.get(text)) is None:
                arrival = arrivals[text] = arrive(case.snapshot, parse_destination(text))
            if arrival.end is not None and arrival.end.kind is EndKind.EXTERNAL:
                found[number_key(arrival.end.target)] = None
    if case.dark.end.kind is EndKind.EXTERNAL:
        found[number_key(case.dark.end.target)] = None
    return found
