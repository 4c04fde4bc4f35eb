"""Who stands behind the forwards of a phone system's queues, own phone numbers followed."""

from collections.abc import Iterator, Mapping

from queuewatch.failover.destination import (
    Destination,
    DestinationKind,
    dial_rule_for,
    dialled,
    is_of_dial_plan,
    lead,
    parse_destination,
    phone_owner,
)
from queuewatch.failover.model import Snapshot
from queuewatch.failover.phone_number import number_key


def people_behind_forwards(snapshot: Snapshot) -> frozenset[str]:
    """The extensions of the users, other than system users, that a queue's answering rules forward to."""
    texts = set(_forwarded_to(snapshot))
    return frozenset(user for text in texts if (user := _person(snapshot, text)))


def dialled_by_forwards(snapshot: Snapshot) -> Mapping[str, str]:
    """What the forwards of the rules that were read lead to and only the dial rules can resolve.

    Each text as it is written, with what a dial rule for it would match.
    """
    ends = {through_own_numbers(snapshot, text, dial_rules=False) for text in set(_forwarded_to(snapshot))}
    return {end.text: dialled(end, snapshot.domain) for end in ends if is_of_dial_plan(snapshot, end)}


def needs_dial_rules(snapshot: Snapshot) -> bool:
    """Whether a forward of a rule that was read leads to what only the dial rules can resolve."""
    return bool(dialled_by_forwards(snapshot))


def _forwarded_to(snapshot: Snapshot) -> Iterator[str]:
    return (
        text
        for rules in snapshot.rules.values()
        for rule in rules.rules
        for forward in (rule.always, rule.busy, rule.offline)
        if (text := forward.destination) is not None
    )


def _person(snapshot: Snapshot, text: str) -> str:
    destination = through_own_numbers(snapshot, text)
    if is_of_dial_plan(snapshot, destination):
        return ""
    match destination.kind:
        case DestinationKind.USER | DestinationKind.DIGITS:
            extension = destination.target
        case DestinationKind.PHONE:
            extension = phone_owner(snapshot, destination.target)
        case _:
            return ""
    user = (snapshot.users or {}).get(extension)
    return "" if user is None or user.system else extension


def through_own_numbers(snapshot: Snapshot, text: str, *, dial_rules: bool = True) -> Destination:
    """Where a forward leads once the domain's own numbers on the way, and its dial rule, are followed."""
    destination = parse_destination(text)
    if dial_rules and is_of_dial_plan(snapshot, destination):
        rule = dial_rule_for(snapshot, destination)
        then = lead(rule.application, rule.target, rule.parameter) if rule is not None and rule.sure else None
        destination = then or destination
    own_numbers = dict(snapshot.numbers or {})
    # Each own number is followed once: they may lead to one another, in a ring too.
    while destination.kind is DestinationKind.DIGITS:
        own = own_numbers.pop(number_key(destination.target), None)
        if own is None:
            break
        destination = lead(own.application, own.target, own.parameter) or parse_destination("")
    return destination
