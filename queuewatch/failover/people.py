"""Whom an id names: the user behind an agent row, a device or a forward, decided here and nowhere else.

A device is called like its user with something behind it, in either case and of any length: ``1001wp``, ``1001M``,
``1001-desk`` [seen live]. Its user is the longest extension of the domain that begins its id; where none does,
whose it is is not known.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from queuewatch.failover.destination import (
    Destination,
    DestinationKind,
    is_dialable,
    number_key,
    parse_destination,
)
from queuewatch.failover.device import Device
from queuewatch.failover.model import Agent, EntryKind, Forward, Rule, Snapshot, User
from queuewatch.failover.once import once_per_snapshot


def user_of(snapshot: Snapshot, agent: Agent) -> str:
    """The extension behind an agent row; empty for an outside number, and where the id tells none."""
    match agent.entry:
        case EntryKind.OFFNET:
            return ""
        case EntryKind.USER:
            return agent.local
        case EntryKind.DEVICE | EntryKind.UNKNOWN:
            return owner_of(snapshot, agent.local)


def owner_of(snapshot: Snapshot, device: str) -> str:
    """The extension of the user whose device this is, by its id; empty where none is known."""
    return owner_among(device, _extensions(snapshot))


def owner_among(device: str, extensions: Collection[str]) -> str:
    """The longest of these extensions that begins a device's id; empty where none does."""
    for length in range(len(device), 0, -1):
        # A digit more is another extension, and no suffix.
        if device[:length] in extensions and not device[length : length + 1].isdecimal():
            return device[:length]
    return ""


@once_per_snapshot
def _extensions(snapshot: Snapshot) -> frozenset[str]:
    rows = (row for rows in snapshot.agents.values() for row in rows)
    users = {row.local for row in rows if row.entry is EntryKind.USER}
    return frozenset((*users, *(snapshot.users or ()), *snapshot.devices, *snapshot.queues))


def person(snapshot: Snapshot, extension: str) -> User | None:
    """The user of this extension who is a person: no system user, such as a queue's."""
    user = (snapshot.users or {}).get(extension)
    return None if user is None or user.system or extension in snapshot.queues else user


def name_of(snapshot: Snapshot, extension: str) -> str:
    """The user's name, else the extension."""
    user = (snapshot.users or {}).get(extension)
    return user.name if user and user.name else extension


@once_per_snapshot
def rows_by_user(snapshot: Snapshot) -> Mapping[str, tuple[Agent, ...]]:
    """Every readable row of a user or of one of the user's devices, by extension."""
    found: dict[str, list[Agent]] = {}
    for rows in snapshot.agents.values():
        for row in rows:
            if row.readable and (user := user_of(snapshot, row)):
                found.setdefault(user, []).append(row)
    return {user: tuple(rows) for user, rows in found.items()}


def devices_of(snapshot: Snapshot, agent: Agent) -> tuple[Device, ...]:
    """The phones that ring for this row, as far as they were read: a device's row rings that device alone."""
    devices = snapshot.devices.get(user_of(snapshot, agent), ())
    if agent.entry is not EntryKind.DEVICE:
        return devices
    return tuple(device for device in devices if device.id.casefold() == agent.local.casefold())


# People that calls are forwarded to


def through_own_numbers(snapshot: Snapshot, text: str) -> Destination:
    """Where a forward leads once the domain's own numbers on the way are followed."""
    destination = parse_destination(text)
    own_numbers = dict(snapshot.numbers or {}) if destination.kind is DestinationKind.DIGITS else {}
    # Each own number is followed once: they may lead to one another, in a ring too.
    while destination.kind is DestinationKind.DIGITS:
        own = own_numbers.pop(number_key(destination.target), None)
        if own is None:
            break
        destination = parse_destination(own.target)
    return destination


def forwards_of(rule: Rule) -> Iterator[Forward]:
    """The forwards of a rule that a call may take, in a queue or at a person."""
    yield from (rule.always, rule.busy, rule.offline, rule.on_dnd)


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
            if destination.kind is DestinationKind.PHONE:
                continue
            target = destination.target
            if target in snapshot.queues or person(snapshot, target) is not None:
                found.add(target)
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
        for rule in known.rules if known else ():
            if not (rule.enabled or rule.active):
                continue
            for forward in forwards_of(rule):
                if forward.destination is not None:
                    destination = through_own_numbers(snapshot, forward.destination)
                    if destination.kind is DestinationKind.PHONE:
                        found.add(destination.target)
            found.update(phone for phone in map(rung_phone, rung_beside(rule)) if phone)
    return frozenset(found)


@once_per_snapshot
def people_rung(snapshot: Snapshot) -> frozenset[str]:
    """The extensions of everybody whose phones may ring for a forwarded call.

    Those who are forwarded to, those who are rung beside them, and the owners of single phones.
    """
    found = set(people_behind_forwards(snapshot))
    for extension in tuple(found):
        found.update(one for one in rung_by(snapshot, extension) if person(snapshot, one) is not None)
    owners = (owner_of(snapshot, phone) for phone in phones_behind_forwards(snapshot))
    found.update(owner for owner in owners if person(snapshot, owner) is not None)
    return frozenset(found)


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
    bare = text.split(";", 1)[0].strip().removeprefix("confirm_")
    destination = parse_destination(bare)
    if destination.kind is DestinationKind.PHONE:
        return destination.target
    is_device = destination.kind is DestinationKind.UNREADABLE and bare[:1].isdecimal()
    return bare if is_device else ""


def rung_person(snapshot: Snapshot, text: str) -> str:
    """The extension of the user that such a text rings; empty if it rings none."""
    destination = parse_destination(text.split(";", 1)[0].strip())
    if destination.kind in (DestinationKind.USER, DestinationKind.DIGITS):
        user = (snapshot.users or {}).get(destination.target)
        return "" if user is None else destination.target
    return ""


def rings_outside(snapshot: Snapshot, text: str) -> bool:
    """Whether such a text rings a number outside the domain."""
    destination = parse_destination(text.split(";", 1)[0].strip())
    if destination.kind is not DestinationKind.DIGITS or rung_person(snapshot, text):
        return False
    taken = destination.target in snapshot.queues or snapshot.numbers is None
    return (
        not taken
        and is_dialable(destination.target)
        and number_key(destination.target) not in (snapshot.numbers or {})
    )
