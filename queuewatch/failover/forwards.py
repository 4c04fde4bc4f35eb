"""Who stands behind the forwards of a phone system's queues, own phone numbers followed."""

from queuewatch.failover.destination import (
    SHORTEST_NUMBER,
    Destination,
    DestinationKind,
    number_key,
    parse_destination,
)
from queuewatch.failover.model import Snapshot


def people_behind_forwards(snapshot: Snapshot) -> frozenset[str]:
    """The extensions of the users, other than system users, that a queue's answering rules forward to."""
    return frozenset(user for text in _destinations(snapshot) if (user := _person(snapshot, text)))


def names_what_no_list_has(snapshot: Snapshot) -> bool:
    """Whether an answering rule, or a number on the way, names a queue, user or mailbox that no list has."""
    users = snapshot.users or {}
    known = {*snapshot.queues, *users, *(attendant.extension for attendant in snapshot.attendants or ())}
    return any(
        destination.kind in _BY_EXTENSION and len(destination.target) < SHORTEST_NUMBER
        for text in _destinations(snapshot)
        if (destination := through_own_numbers(snapshot, text)).target not in known
    )


_BY_EXTENSION = (DestinationKind.QUEUE, DestinationKind.USER, DestinationKind.VOICEMAIL, DestinationKind.DIGITS)


def _destinations(snapshot: Snapshot) -> set[str]:
    return {
        text
        for rules in snapshot.rules.values()
        for rule in rules.rules
        for forward in (rule.always, rule.busy, rule.offline)
        if (text := forward.destination) is not None
    }


def _person(snapshot: Snapshot, text: str) -> str:
    destination = through_own_numbers(snapshot, text)
    match destination.kind:
        case DestinationKind.USER | DestinationKind.DIGITS:
            extension = destination.target
        case DestinationKind.PHONE:
            extension = destination.target.rstrip("abcdefghijklmnopqrstuvwxyz")
        case _:
            return ""
    user = (snapshot.users or {}).get(extension)
    return "" if user is None or user.system else extension


def through_own_numbers(snapshot: Snapshot, text: str) -> Destination:
    """Where a forward leads once the domain's own numbers on the way are followed."""
    destination = parse_destination(text)
    own_numbers = dict(snapshot.numbers or {})
    # Each own number is followed once: they may lead to one another, in a ring too.
    while destination.kind is DestinationKind.DIGITS:
        own = own_numbers.pop(number_key(destination.target), None)
        if own is None:
            break
        destination = parse_destination(own.target)
    return destination
