"""What becomes of a call that comes to a person, or to one of a person's phones: followed like a queue.

By the person's answering rule in effect: Always first; where every phone is in the dark or none is connected,
whoever is rung beside, then When Offline, then the voicemail box, then nobody; Do Not Disturb; else the phone
rings.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from queuewatch.failover.destination import CallEnd, EndKind, parse_destination
from queuewatch.failover.forwards import rings_outside, rung_beside, rung_person, rung_phone
from queuewatch.failover.model import EntryKind, Forward, Registration, Rule, Snapshot
from queuewatch.failover.people import name_of, owner_of, person, rows_by_user
from queuewatch.failover.suppose import Suppose
from queuewatch.failover.wording import describe_destination, format_number


class Answer(Struct, frozen=True):
    """One thing that may become of the call: it ends here, or goes on to another destination."""

    why: str
    end: CallEnd | None = None
    then: str = ""
    """The destination it goes on to, as the phone system writes it."""
    notes: tuple[str, ...] = ()
    """What this rests on, in sentences."""
    dark: bool | None = None
    """Whether it supposes that the person, or the phone, is in the dark; ``None`` where it supposes nothing."""
    doubt: str = ""
    """Why there is more than one, as a clause."""


def at_person(
    snapshot: Snapshot, extension: str, suppose: Suppose, settled: Mapping[str, bool]
) -> tuple[Answer, ...]:
    """What may become of a call that comes to this person. More than one where it is judged both ways.

    ``settled`` says of whom it was supposed further back on the way that they are in the dark, or not.
    """
    name, rules = name_of(snapshot, extension), snapshot.rules_of(extension)
    connected = is_connected(snapshot, extension)
    ways = _ways(suppose.all_dark or extension in suppose.dark_users, suppose.doubted_users.get(extension))
    if extension in settled:
        ways = {settled[extension]: ""}
    if not rules.known:
        why = f"the answering rules of {name} are not known ({rules.problem.rstrip('.')})"
        if True in ways or not connected:
            return (_unknown(extension, why),)
        return (_rings(extension, f"it rings {name}", (f"Assumed: it rings {name}: {why}.",)),)
    rule = rules.in_effect or Rule("")
    if not rule.always.readable:
        return (_unknown(extension, f"whether {name} forwards every call (Always) could not be read"),)
    if rule.always.destination is not None:
        why = f"{name} forwards every call (Always)"
        return (Answer(why, then=rule.always.destination, notes=_more(name, rule.always)),)
    found: list[Answer] = []
    for dark, doubt in ways.items():
        if dark or connected is False:
            why = f"every phone of {name} is in the dark" if dark else f"no phone of {name} is connected"
            found.extend(_absent(snapshot, extension, rule, why, suppose, settled, doubt))
        else:
            found.append(_there(snapshot, extension, rule, connected, doubt))
    return tuple(found)


def _ways(dark: bool, doubt: str | None) -> dict[bool, str]:
    """In the dark, not in the dark, or either, with the reason why it may be either."""
    if dark:
        return {True: ""}
    return {False: ""} if doubt is None else {False: doubt, True: doubt}


def _rings(
    target: str, why: str, notes: tuple[str, ...] = (), doubt: str = "", dark: bool | None = None
) -> Answer:
    return Answer(why, CallEnd(EndKind.USER, target), notes=notes, doubt=doubt, dark=dark)


def _unknown(target: str, why: str, doubt: str = "", dark: bool | None = None) -> Answer:
    return Answer(why, CallEnd(EndKind.UNKNOWN, target), notes=(_sentence(why),), doubt=doubt, dark=dark)


def _sentence(why: str) -> str:
    return f"{why[0].upper()}{why[1:]}."


def _more(name: str, forward: Forward) -> tuple[str, ...]:
    if len(forward.destinations) < 2:
        return ()
    others = ", ".join(forward.destinations[1:])
    return (f"The forward of {name} names several destinations: the first counts, not {others}.",)


def _there(snapshot: Snapshot, extension: str, rule: Rule, connected: bool | None, doubt: str) -> Answer:
    """Somebody who is not in the dark."""
    name = name_of(snapshot, extension)
    if rule.dnd is None:
        return _unknown(extension, f"whether {name} is on Do Not Disturb could not be read", doubt, False)
    if not rule.dnd:
        user = person(snapshot, extension)
        where = f" at {user.site}" if user and user.site else ""
        notes = () if connected else (f"Whether the phone of {name}{where} is connected is not known.",)
        return _rings(extension, f"it rings {name}", notes, doubt, False)
    why = f"{name} is on Do Not Disturb"
    if not rule.on_dnd.readable:
        return _unknown(extension, f"{why}, and where calls go then could not be read", doubt, False)
    if rule.on_dnd.destination is not None:
        return Answer(why, then=rule.on_dnd.destination, notes=_more(name, rule.on_dnd), dark=False, doubt=doubt)
    return _voicemail(snapshot, extension, why, EndKind.UNKNOWN, doubt, False)


def _absent(
    snapshot: Snapshot,
    extension: str,
    rule: Rule,
    why: str,
    suppose: Suppose,
    settled: Mapping[str, bool],
    doubt: str,
) -> Iterator[Answer]:
    """Somebody none of whose phones rings."""
    beside, who = _beside(snapshot, extension, rule, suppose, settled)
    if beside is None:
        doubt = doubt or f"whether what rings beside {name_of(snapshot, extension)} reaches anybody is not known"
    if beside is not False:
        rung = who or "somebody else"
        yield _rings(extension, f"{why}; it also rings {rung} (simultaneous ring)", (), doubt, True)
        if beside:
            return
    if not rule.offline.readable:
        yield _unknown(extension, f"{why}, and When Offline could not be read", doubt, True)
    elif rule.offline.destination is not None:
        name = name_of(snapshot, extension)
        yield Answer(
            f"{why}, so When Offline takes the call",
            then=rule.offline.destination,
            notes=_more(name, rule.offline),
            dark=True,
            doubt=doubt,
        )
    else:
        yield _voicemail(snapshot, extension, why, EndKind.NOBODY, doubt, True)


def _voicemail(snapshot: Snapshot, extension: str, why: str, otherwise: EndKind, doubt: str, dark: bool) -> Answer:
    user = person(snapshot, extension)
    box = user.voicemail if user else None
    if box is None:
        return _unknown(
            extension, f"{why}, and whether the voicemail box is switched on is not known", doubt, dark
        )
    if box:
        return Answer(f"{why}, so voicemail takes the call", then=f"vmail_{extension}", dark=dark, doubt=doubt)
    end = CallEnd(otherwise, extension)
    return Answer(why, end, notes=(_sentence(why),), dark=dark, doubt=doubt)


def _beside(
    snapshot: Snapshot, extension: str, rule: Rule, suppose: Suppose, settled: Mapping[str, bool]
) -> tuple[bool | None, str]:
    """Whether a simultaneous ring reaches somebody while the person's own phones are gone, and whom."""
    if not rule.sim_ring.readable:
        return None, ""
    unclear = ""
    for text in rung_beside(rule):
        if parse_destination(text).host not in ("", snapshot.domain.casefold()):
            # Whoever has the same extension in another domain is somebody else.
            unclear = describe_destination(snapshot, text)
            continue
        if rings_outside(snapshot, text):
            return True, format_number(parse_destination(text).target)
        reached, who = _rung(snapshot, extension, text, suppose, settled)
        if reached:
            return True, who
        if reached is None:
            unclear = who or text
    return (None, unclear) if unclear else (False, "")


def _rung(
    snapshot: Snapshot, extension: str, text: str, suppose: Suppose, settled: Mapping[str, bool]
) -> tuple[bool | None, str]:
    bare = text.split(";", 1)[0].strip()
    if bare.startswith("<"):
        return False, ""
    if phone := rung_phone(text):
        owner = owner_of(snapshot, phone)
        if owner == extension:
            return False, ""
        return (_phone_rings(snapshot, phone, owner, suppose) if owner else None), f"the phone {phone}"
    who = rung_person(snapshot, text)
    if who == extension:
        return False, ""
    if not who or person(snapshot, who) is None:
        return None, describe_destination(snapshot, bare)
    if suppose.all_dark or who in suppose.dark_users or settled.get(who):
        return False, ""
    connected = is_connected(snapshot, who)
    if who in suppose.doubted_users and who not in settled:
        return (None if connected is not False else False), name_of(snapshot, who)
    return connected is not False, name_of(snapshot, who)


def is_connected(snapshot: Snapshot, extension: str) -> bool | None:
    """Whether a phone of this user is connected, or an app can be woken; ``None`` where that is not known.

    What was read of the user's phones goes before the agent list. There a device's row speaks of it alone.
    """
    devices = snapshot.devices.get(extension)
    if devices is not None:
        if any(device.registered or device.is_app for device in devices):
            return True
        return None if any(device.registered is None for device in devices) else False
    rows = rows_by_user(snapshot).get(extension, ())
    if any(row.registration in (Registration.CONNECTED, Registration.PUSH) for row in rows):
        return True
    of_user = [row for row in rows if row.entry is EntryKind.USER]
    return False if of_user and all(row.registration is Registration.NONE for row in of_user) else None


def at_phone(snapshot: Snapshot, phone: str, suppose: Suppose, settled: Mapping[str, bool]) -> tuple[Answer, ...]:
    """What may become of a call that comes to a single phone, past its user's rules."""
    if snapshot.users is None:
        return (_unknown(phone, "the domain's users could not be read"),)
    owner = owner_of(snapshot, phone)
    if not owner or (owner not in snapshot.users and owner not in snapshot.queues):
        return (_unknown(phone, f"whose phone {phone} is is not known"),)
    if person(snapshot, owner) is None:
        why = f"{owner} is no person's extension and has no phone"
        return (Answer(why, CallEnd(EndKind.DEAD_END, owner), notes=(_sentence(why),)),)
    key = phone.casefold()
    dark = suppose.all_dark or key in suppose.dark_phones or owner in suppose.dark_users
    doubt = suppose.doubted_phones.get(key)
    ways = _ways(dark, doubt)
    if settled.get(owner):
        ways = {True: ""}
    name = f"the phone {phone} of {name_of(snapshot, owner)}"
    connected = phone_connected(snapshot, phone, owner)
    found: list[Answer] = []
    for gone, reason in ways.items():
        if gone or connected is False:
            why = f"{name} is in the dark" if gone else f"{name} is not connected"
            found.append(
                Answer(why, CallEnd(EndKind.NOBODY, owner), notes=(_sentence(why),), dark=gone, doubt=reason)
            )
        else:
            notes = () if connected else (f"Whether {name} is connected is not known.",)
            found.append(_rings(owner, f"it rings {name}", notes, reason, gone))
    return tuple(found)


def _phone_rings(snapshot: Snapshot, phone: str, owner: str, suppose: Suppose) -> bool | None:
    key = phone.casefold()
    if suppose.all_dark or key in suppose.dark_phones or owner in suppose.dark_users:
        return False
    if phone_connected(snapshot, phone, owner) is False:
        return False
    return None if key in suppose.doubted_phones else True


def phone_connected(snapshot: Snapshot, phone: str, owner: str) -> bool | None:
    """Whether a single phone is connected; ``None`` where that is not known."""
    devices = snapshot.devices.get(owner)
    if devices is not None:
        device = next((listed for listed in devices if listed.id.casefold() == phone.casefold()), None)
        if device is None:
            return False
        return True if device.is_app else device.registered
    rows = rows_by_user(snapshot).get(owner, ())
    for row in rows:
        if row.entry is not EntryKind.USER and row.local.casefold() == phone.casefold():
            known = {Registration.CONNECTED: True, Registration.PUSH: True, Registration.NONE: False}
            return known.get(row.registration)
    return False if is_connected(snapshot, owner) is False else None
