"""Who stands behind the forwards of a phone system: the queues, persons and phones a call can come to.

The domain's own phone numbers and its dial rules are followed on the way.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from inspect import unwrap

from queuewatch.failover.destination import (
    Destination,
    DestinationKind,
    dial_rule_for,
    dialled,
    is_of_dial_plan,
    lead,
    numbers_by_queue,
    parse_destination,
)
from queuewatch.failover.model import Forward, Rule, Snapshot, hand_on, once_per_snapshot
from queuewatch.failover.people import extensions_known, owner_of, person
from queuewatch.failover.phone_number import SHORTEST_NUMBER, number_key, read_number


def dialled_by_forwards(snapshot: Snapshot) -> Mapping[str, str]:
    """What the forwards of the rules that were read lead to and only the dial rules can resolve.

    Each text as it is written, with what a dial rule for it would match.
    """
    ends = {through_own_numbers(snapshot, text, dial_rules=False) for text in set(_forwarded_to(snapshot))}
    return {end.text: dialled(end, snapshot.domain) for end in ends if is_of_dial_plan(snapshot, end)}


def needs_dial_rules(snapshot: Snapshot) -> bool:
    """Whether a forward of a rule that was read leads to what only the dial rules can resolve."""
    return bool(dialled_by_forwards(snapshot))


def names_what_no_list_has(snapshot: Snapshot) -> bool:
    """Whether an answering rule, or a number on the way, names a queue, user or mailbox that no list has."""
    users = snapshot.users or {}
    known = {*snapshot.queues, *users, *(attendant.extension for attendant in snapshot.attendants or ())}
    return any(
        destination.kind in _BY_EXTENSION and len(destination.target) < SHORTEST_NUMBER
        for text in set(_forwarded_to(snapshot))
        if (destination := through_own_numbers(snapshot, text)).target not in known
    )


_BY_EXTENSION = (DestinationKind.QUEUE, DestinationKind.USER, DestinationKind.VOICEMAIL, DestinationKind.DIGITS)


def _forwarded_to(snapshot: Snapshot) -> Iterator[str]:
    return (
        text
        for rules in snapshot.rules.values()
        for rule in rules.rules
        for forward in forwards_of(rule)
        if (text := forward.destination) is not None
    )


def through_own_numbers(snapshot: Snapshot, text: str, *, dial_rules: bool = True) -> Destination:
    """Where a forward leads once the domain's own numbers on the way, and its dial rules, are followed."""
    destination, own_numbers, followed = parse_destination(text), snapshot.numbers or {}, set[str]()
    while True:
        if dial_rules and is_of_dial_plan(snapshot, destination):
            rule = dial_rule_for(snapshot, destination)
            then = lead(rule.application, rule.target, rule.parameter) if rule is not None and rule.sure else None
            # What one rule leaves to another is not known.
            if then is None or is_of_dial_plan(snapshot, then):
                return destination
            destination = then
        key = number_key(destination.target)
        own = own_numbers.get(key) if destination.kind is DestinationKind.DIGITS else None
        # Each own number is followed once: they may lead to one another, in a loop too.
        if own is None or key in followed:
            return destination
        followed.add(key)
        destination = lead(own.application, own.target, own.parameter) or parse_destination("")


def forwards_of(rule: Rule) -> Iterator[Forward]:
    """The forwards of a rule that a call may take, in a queue or at a person."""
    yield from (rule.always, rule.busy, rule.offline, rule.on_dnd)


_RULED = (DestinationKind.QUEUE, DestinationKind.USER, DestinationKind.DIGITS)
"""What has answering rules of its own."""


def leads_to(snapshot: Snapshot, rules: Iterable[Rule]) -> frozenset[str]:
    """The extensions whose own answering rules decide what becomes of a call that these rules forward.

    Queues, and users who are persons. A rule that is switched off leads nowhere, unless the server says that it is
    in effect.
    """
    found: set[str] = set()
    for rule in rules:
        if not (rule.enabled or rule.active):
            continue
        for forward in forwards_of(rule):
            if forward.destination is None:
                continue
            destination = through_own_numbers(snapshot, forward.destination)
            target = destination.target
            # A mailbox answers past its owner's rules, and so does a phone.
            if destination.kind not in _RULED or is_of_dial_plan(snapshot, destination):
                continue
            if target in snapshot.queues or person(snapshot, target) is not None:
                found.add(target)
    return frozenset(found)


def ahead_of(snapshot: Snapshot, queue: str) -> frozenset[str]:
    """The queues and persons that a call to this queue can come to by any of the enabled rules that were read.

    The queue itself is among them, call parks are not.
    """
    found: set[str] = set()
    waiting = [queue]
    while waiting:
        extension = waiting.pop()
        park = extension in snapshot.queues and snapshot.queues[extension].park
        if extension not in found and not park:
            found.add(extension)
            waiting.extend(leads_to(snapshot, snapshot.rules_of(extension).rules))
    return frozenset(found)


@once_per_snapshot
def people_behind_forwards(snapshot: Snapshot) -> frozenset[str]:
    """The extensions of the persons that a call can come to by the enabled rules that are known.

    From the queues on, through the rules of the persons on the way.
    """
    found: set[str] = set()
    pending = list(snapshot.queues)
    seen = set(pending)
    while pending:
        known = snapshot.rules.get(pending.pop())
        if known is None:
            continue
        for extension in leads_to(snapshot, known.rules):
            if extension not in snapshot.queues:
                found.add(extension)
            if extension not in seen:
                seen.add(extension)
                pending.append(extension)
    return frozenset(found)


def rules_unread(snapshot: Snapshot, asked: Collection[str]) -> bool:
    """Whether a verdict that rests on these extensions rests on answering rules that were not read yet."""
    missing = [extension for extension in asked if extension not in snapshot.rules]
    people = people_behind_forwards(snapshot) if missing else ()
    return any(
        not snapshot.queues[extension].park if extension in snapshot.queues else extension in people
        for extension in missing
    )


@once_per_snapshot
def phones_behind_forwards(snapshot: Snapshot) -> frozenset[str]:
    """The ids of the single phones that a call can come to: those that a rule names past their users' rules."""
    found: set[str] = set()
    for extension in (*snapshot.queues, *people_behind_forwards(snapshot)):
        known = snapshot.rules.get(extension)
        found.update(_phones_of(snapshot, known.rules if known else ()))
    return frozenset(found)


def _phones_of(snapshot: Snapshot, rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        if not (rule.enabled or rule.active):
            continue
        for forward in forwards_of(rule):
            if forward.destination is not None:
                destination = through_own_numbers(snapshot, forward.destination)
                if destination.kind is DestinationKind.PHONE:
                    yield destination.target
        yield from filter(None, map(rung_phone, rung_beside(rule)))


@once_per_snapshot
def people_rung(snapshot: Snapshot) -> frozenset[str]:
    """The extensions of everybody whose phones may ring for a forwarded call.

    Those who are forwarded to, those who are rung beside them, and the owners of single phones.
    """
    found = set(people_behind_forwards(snapshot))
    for extension in tuple(found):
        found.update(rung for rung in rung_by(snapshot, extension) if person(snapshot, rung) is not None)
    owners = (owner_of(snapshot, phone) for phone in phones_behind_forwards(snapshot))
    found.update(owner for owner in owners if person(snapshot, owner) is not None)
    return frozenset(found)


def hand_on_where_calls_lead(before: Snapshot, after: Snapshot) -> None:
    """Let the later of two readings keep what its forwards lead to, where all that this rests on is the same.

    Between two refreshes it hardly ever differs: agents come and go, and neither rules nor the directory do.
    """
    rests_on = (
        (before.rules, after.rules),
        (before.users, after.users),
        (before.numbers, after.numbers),
        (before.attendants, after.attendants),
        (before.dial_rules, after.dial_rules),
        (before.devices, after.devices),
    )
    if before.domain == after.domain and all(was is now for was, now in rests_on) and _same_ids(before, after):
        where_calls_lead = (people_behind_forwards, phones_behind_forwards, people_rung)
        hand_on(before, after, extensions_known, numbers_by_queue, *where_calls_lead)


def hand_on_beside_new_rules(before: Snapshot, after: Snapshot, queue: str) -> None:
    """The same where nothing but the rules of this one queue was read, for the first time.

    Of a domain of 2,000 queues that happens 2,000 times; as a rule it leads to nobody to whom no call came before.
    """
    where_calls_lead = (people_behind_forwards, phones_behind_forwards, people_rung)
    worked_out = all(unwrap(derive) in before.memo for derive in where_calls_lead)
    if not worked_out or queue in before.rules or queue not in after.queues:
        return
    hand_on(before, after, extensions_known)
    rules = after.rules_of(queue).rules
    people = leads_to(after, rules) - after.queues.keys()
    if people <= people_behind_forwards(before) and phones_behind_forwards(before).issuperset(
        _phones_of(after, rules)
    ):
        hand_on(before, after, *where_calls_lead)


def _same_ids(before: Snapshot, after: Snapshot) -> bool:
    """Whether there are the same queues with the same agents, however those fare."""
    if list(before.queues) != list(after.queues) or before.agents.keys() != after.agents.keys():
        return False
    parks = (before.queues[queue.extension].park is queue.park for queue in after.queues.values())
    return all(parks) and all(
        was is now or [(row.id, row.entry) for row in was] == [(row.id, row.entry) for row in now]
        for was, now in zip(before.agents.values(), map(after.agents_of, before.agents), strict=True)
    )


# Simultaneous ring


def rung_beside(rule: Rule) -> tuple[str, ...]:
    """What a rule rings at the same time, as written: ``<OwnDevices>``, ``3456;delay=15``, an outside number."""
    return rule.sim_ring.destinations if rule.sim_ring.enabled else ()


def rung_by(snapshot: Snapshot, extension: str) -> frozenset[str]:
    """The extensions of those whose phones somebody's rules ring at the same time."""
    if extension not in snapshot.rules:
        return frozenset()
    texts = [text for rule in snapshot.rules[extension].rules for text in rung_beside(rule)]
    found = (rung_person(snapshot, text) or owner_of(snapshot, rung_phone(text)) for text in texts)
    return frozenset(found) - {""}


def rung_phone(text: str) -> str:
    """The id of the single phone that such a text names (``1234wp``, ``phone_1234wp``); empty if it names none."""
    destination = parse_destination(text)
    if destination.kind is DestinationKind.PHONE:
        return destination.target
    named = destination.target.partition("@")[0]
    is_device = destination.kind is DestinationKind.UNREADABLE and named[:1].isdecimal()
    return named if is_device else ""


def rung_person(snapshot: Snapshot, text: str) -> str:
    """The extension of the user that such a text rings; empty if it rings none."""
    destination = parse_destination(text)
    named = destination.kind in (DestinationKind.USER, DestinationKind.DIGITS)
    return destination.target if named and destination.target in (snapshot.users or {}) else ""


def rings_outside(snapshot: Snapshot, text: str) -> bool:
    """Whether such a text rings a number outside the domain."""
    destination = parse_destination(text)
    if destination.kind is not DestinationKind.DIGITS or rung_person(snapshot, text):
        return False
    number = read_number(destination.target)
    taken = destination.target in snapshot.queues or snapshot.numbers is None
    return not taken and number.is_dialable and number.key not in (snapshot.numbers or {})
