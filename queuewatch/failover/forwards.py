"""Who stands behind the forwards of a phone system's queues, own phone numbers followed."""

from queuewatch.failover.destination import Destination, DestinationKind, number_key, parse_destination
from queuewatch.failover.model import Snapshot


def people_behind_forwards(snapshot: Snapshot) -> frozenset[str]:
    """The extensions of the users, other than system users, that a queue's answering rules forward to."""
    texts = {
        text
        for rules in snapshot.rules.values()
        for rule in rules.rules
        for forward in (rule.always, rule.busy, rule.offline)
        if (text := forward.destination) is not None
    }
    return frozenset(user for text in texts if (user := _person(snapshot, text)))


def queues_ahead(snapshot: Snapshot, queue: str) -> frozenset[str]:
    """The queues that a call to this one can come to by any of the rules that were read, itself among them."""
    found: set[str] = set()
    waiting = [queue]
    while waiting:
        extension = waiting.pop()
        if extension in found or extension not in snapshot.queues or snapshot.queues[extension].park:
            continue
        found.add(extension)
        waiting.extend(
            through_own_numbers(snapshot, text).target
            for rule in snapshot.rules_of(extension).rules
            for forward in (rule.always, rule.busy, rule.offline)
            if rule.enabled and (text := forward.destination) is not None
        )
    return frozenset(found)


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
