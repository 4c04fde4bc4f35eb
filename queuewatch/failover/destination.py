"""The destination language: what a forward's text means, and where a call sent there ends up.

A destination is a prefixed name (``queue_8001``, ``vmail_1002``, ``aa_MainMenu``), a bare extension, or a phone
number. What a bare extension is can only be told by looking it up.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.model import AutoAttendant, DialRule, Part, PhoneNumber, Snapshot, once_per_snapshot
from queuewatch.failover.people import owner_of
from queuewatch.failover.phone_number import (
    SHORTEST_NUMBER,
    Number,
    NumberKind,
    format_number,
    is_meant_as_number,
    number_key,
    read_number,
    service_words,
)
from queuewatch.failover.visibility import why_maybe_unseen, why_unread


class DestinationKind(StrEnum):
    """What a destination's text says it is."""

    QUEUE = "queue"
    USER = "user"
    PHONE = "phone"
    VOICEMAIL = "voicemail"
    AUTO_ATTENDANT = "auto attendant"
    PARK = "park"
    CONFERENCE = "conference"
    DIGITS = "digits"
    """A bare extension or a phone number: to be looked up."""
    UNREADABLE = "unreadable"
    """An alias, a device or a short code of the dial plan's own, or no destination at all."""


class Destination(Struct, frozen=True, gc=False):
    """A destination as written, and what its text says."""

    text: str
    kind: DestinationKind
    target: str
    host: str = ""
    """The domain behind an ``@``, in small letters; empty where none is named."""


class EndKind(StrEnum):
    """How a call ends."""

    AGENTS = "agents"
    CALLER_WAITS = "caller_waits"
    NOBODY = "nobody"
    EXTERNAL = "external"
    VOICEMAIL = "voicemail"
    AUTO_ATTENDANT = "auto_attendant"
    USER = "user"
    PARK = "park"
    LOOP = "loop"
    DEAD_END = "dead_end"
    UNKNOWN = "unknown"

    @property
    def reaches_someone(self) -> bool | None:
        """Whether a caller who ends here is served; ``None`` when that cannot be told."""
        return _SERVED[self]


def _is_served(kind: EndKind) -> bool | None:
    match kind:
        case (
            EndKind.AGENTS
            | EndKind.CALLER_WAITS
            | EndKind.EXTERNAL
            | EndKind.VOICEMAIL
            | EndKind.AUTO_ATTENDANT
            | EndKind.USER
        ):
            return True
        case EndKind.NOBODY | EndKind.LOOP | EndKind.DEAD_END:
            return False
        case EndKind.UNKNOWN | EndKind.PARK:
            return None


_SERVED = {kind: _is_served(kind) for kind in EndKind}


class CallEnd(Struct, frozen=True, gc=False):
    """Where a call ends: the kind, and the queue, number, mailbox or name it ends at."""

    kind: EndKind
    target: str
    number: Number | None = None
    """Where it ends at what was read as a phone number, or was meant as one: which."""
    waits_in_vain: bool = False
    """Of a caller who waits: all agents online are on Do Not Disturb, and nobody comes until one takes it off."""

    @property
    def reaches_someone(self) -> bool | None:
        """Whether a caller who ends here is served; ``None`` when that cannot be told."""
        return None if self.waits_in_vain else self.kind.reaches_someone


class Arrival(Struct, frozen=True, gc=False):
    """One hop of a call: it ends here (``end``), or goes on: to a queue, a person, a phone, an own number."""

    why: str
    end: CallEnd | None = None
    queue: str = ""
    number: str = ""
    """The domain's own number the call was sent to: it leaves through the telephone network and comes back."""
    then: Destination | None = None
    """What that number leads to."""
    user: str = ""
    """The extension of the person it comes to, whose own answering rules decide (see ``user_call``)."""
    phone: str = ""
    """The single phone it comes to, past its user's rules."""


_PREFIXES = {
    "queue": DestinationKind.QUEUE,
    "callqueue": DestinationKind.QUEUE,
    "user": DestinationKind.USER,
    "phone": DestinationKind.PHONE,
    "vmail": DestinationKind.VOICEMAIL,
    "voicemail": DestinationKind.VOICEMAIL,
    "aa": DestinationKind.AUTO_ATTENDANT,
    "attendant": DestinationKind.AUTO_ATTENDANT,
    "park": DestinationKind.PARK,
    "conf": DestinationKind.CONFERENCE,
    "pstn": DestinationKind.DIGITS,
}
_PREFIXED = re.compile(r"(?:\+?[0-9]+_)?([a-z]+)_(.+)", re.IGNORECASE)
_DIGITS = re.compile(r"\+?[0-9]+")
_ALIAS = re.compile(r"[^\s<>()]+")
_HOW = re.compile(r"(?:sips?:)?(?:confirm_)?", re.IGNORECASE)

NOBODYS_AREA = "999"
"""There is no such area code, so no domain has a number in it: one is supposed where any outside number does."""


@lru_cache(maxsize=4096)
def parse_destination(text: str) -> Destination:
    """Read a forward's text. Ring options (``;delay=15``) and ``confirm_`` change how, not where. Total."""
    whole = _without_options(text)
    bare, _, host = whole.partition("@")
    host = host.partition(":")[0].strip().casefold()
    if _DIGITS.fullmatch(bare):
        return Destination(text, DestinationKind.DIGITS, bare, host)
    match = _PREFIXED.fullmatch(bare)
    kind = _PREFIXES.get(match[1].lower()) if match else None
    if match is None or kind is None or (kind is DestinationKind.DIGITS and not _DIGITS.fullmatch(match[2])):
        return Destination(text, DestinationKind.UNREADABLE, whole, host)
    return Destination(text, kind, match[2], host)


def _without_options(text: str) -> str:
    bare = text.split(";", 1)[0].strip()
    how = _HOW.match(bare)
    return bare[how.end() :] if how else bare


def enters_queue(text: str, extension: str, domain: str) -> bool:
    """Whether a call sent here enters this queue of the domain, however the text is written."""
    if text in (extension, f"queue_{extension}"):
        return True
    destination = parse_destination(text)
    return (
        destination.kind in (DestinationKind.QUEUE, DestinationKind.DIGITS)
        and destination.target == extension
        and _is_at_home(destination, domain)
    )


def meaning(snapshot: Snapshot, text: str) -> tuple[str, str]:
    """What a destination's text comes to: equal for two texts that lead to the same, however they are written."""
    destination = parse_destination(text)
    kind, target = destination.kind, destination.target
    if not _is_at_home(destination, snapshot.domain) or kind is DestinationKind.UNREADABLE:
        return DestinationKind.UNREADABLE, dialled(destination, snapshot.domain)
    if kind is DestinationKind.DIGITS:
        if any(attendant.extension == target for attendant in snapshot.attendants or ()):
            kind = DestinationKind.AUTO_ATTENDANT
        elif target in snapshot.queues:
            kind = DestinationKind.QUEUE
        elif target in (snapshot.users or {}):
            kind = DestinationKind.USER
        else:
            return kind, number_key(target)
    return kind, attendant_key(target) if kind is DestinationKind.AUTO_ATTENDANT else target.casefold()


def _is_at_home(destination: Destination, domain: str) -> bool:
    return not destination.host or destination.host == domain.casefold()


@lru_cache(maxsize=4096)
def attendant_key(name: str) -> str:
    """What identifies an auto attendant in ``aa_…``: its name without blanks, marks and the words themselves.

    One that is called nothing but Auto Attendant keeps the words.
    """
    whole = re.sub(r"[\W_]+", "", name).casefold()
    return whole.replace("autoattendant", "") or whole


def arrive(snapshot: Snapshot, destination: Destination) -> Arrival:
    """Follow a destination one hop. Total: whatever the text, there is an arrival.

    It is looked up once per snapshot: many queues have the same backup.
    """
    arrivals = _arrivals(snapshot)
    if (arrival := arrivals.get(destination)) is None:
        arrival = arrivals[destination] = _arrive(snapshot, destination)
    return arrival


@once_per_snapshot
def _arrivals(snapshot: Snapshot) -> dict[Destination, Arrival]:
    return {}


def _arrive(snapshot: Snapshot, destination: Destination) -> Arrival:
    target = destination.target
    if is_of_dial_plan(snapshot, destination):
        return _by_dial_rule(snapshot, destination)
    match destination.kind:
        case DestinationKind.QUEUE:
            return _at_queue(snapshot, target) or _missing(snapshot, target, f"queue {target}", Part.LIVE)
        case DestinationKind.USER:
            return _at_queue(snapshot, target) or _at_user(snapshot, target)
        case DestinationKind.PHONE:
            return Arrival(f"it rings the phone {target}", phone=target)
        case DestinationKind.VOICEMAIL:
            return _at_voicemail(snapshot, target)
        case DestinationKind.AUTO_ATTENDANT:
            return _at_attendant(snapshot, target)
        case DestinationKind.PARK:
            return _ends(EndKind.PARK, target, "the call is parked until somebody picks it up")
        case DestinationKind.CONFERENCE:
            return _unknown(target, "whether anybody is in a conference cannot be known")
        case DestinationKind.DIGITS:
            return _at_digits(snapshot, target)
        case DestinationKind.UNREADABLE:
            return _unknown(target, f"“{target}” is not a destination queuewatch understands")


def _ends(kind: EndKind, target: str, why: str) -> Arrival:
    return Arrival(why, end=CallEnd(kind, target))


def _unknown(target: str, why: str) -> Arrival:
    return _ends(EndKind.UNKNOWN, target, why)


def _dead_end(target: str, why: str) -> Arrival:
    return _ends(EndKind.DEAD_END, target, why)


def _missing(snapshot: Snapshot, target: str, what: str, *lists: Part) -> Arrival:
    """Something that is in none of these lists: a dead end only where they show the whole domain."""
    if doubt := why_maybe_unseen(snapshot, *lists):
        return _unknown(target, f"there is no {what} in any list, but {doubt}")
    return _dead_end(target, f"there is no {what}")


def _at_queue(snapshot: Snapshot, extension: str) -> Arrival | None:
    queue = snapshot.queues.get(extension)
    if queue is None:
        return None
    if queue.park:
        return _ends(EndKind.PARK, extension, f"{queue.label} is a call park")
    return Arrival(f"it goes on to the queue {queue.label}", queue=extension)


def _at_user(snapshot: Snapshot, extension: str) -> Arrival:
    if any(extension and attendant.extension == extension for attendant in snapshot.attendants or ()):
        return _at_attendant(snapshot, extension)
    if snapshot.users is None:
        return _unknown(extension, "the domain's users could not be read")
    user = snapshot.users.get(extension)
    if user is None:
        return _missing(snapshot, extension, f"user {extension}", Part.LIVE, Part.USERS, Part.ATTENDANTS)
    name = user.name or extension
    if user.system:
        return _unknown(extension, f"{name} is a system user, and what answers for it is in no list")
    return Arrival(f"it comes to {name}", user=extension)


def _at_voicemail(snapshot: Snapshot, extension: str) -> Arrival:
    if snapshot.users is None:
        return _unknown(extension, "the domain's users could not be read")
    user = snapshot.users.get(extension)
    if user is None:
        return _missing(snapshot, extension, f"voicemail box {extension}", Part.USERS)
    if user.voicemail is None:
        return _unknown(extension, f"whether voicemail box {extension} is switched on is not known")
    if not user.voicemail:
        return _dead_end(extension, f"voicemail box {extension} is switched off")
    return _ends(EndKind.VOICEMAIL, extension, f"voicemail box {extension} answers")


def _at_attendant(snapshot: Snapshot, name: str) -> Arrival:
    if snapshot.attendants is None:
        return _unknown(name, "the domain's auto attendants could not be read")
    if (attendant := _attendant(snapshot, name)) is None:
        return _missing(snapshot, name, f"auto attendant {name}", Part.ATTENDANTS)
    return _ends(EndKind.AUTO_ATTENDANT, name, f"the auto attendant {attendant.name or name} answers")


def _attendant(snapshot: Snapshot, name: str) -> AutoAttendant | None:
    """The first auto attendant of this extension or name."""
    key = attendant_key(name)
    return next(
        (
            attendant
            for attendant in snapshot.attendants or ()
            if attendant.extension == name or (key and attendant_key(attendant.name) == key)
        ),
        None,
    )


def _at_digits(snapshot: Snapshot, digits: str) -> Arrival:
    number = read_number(digits)
    if number.key == "911":
        return _at_service_number(digits, number)
    # A bare extension is looked up as the server does it: auto attendant, then queue, then user.
    if any(attendant.extension == digits for attendant in snapshot.attendants or ()):
        return _at_attendant(snapshot, digits)
    if (at_queue := _at_queue(snapshot, digits)) is not None:
        return at_queue
    if snapshot.users is not None and digits in snapshot.users:
        return _at_user(snapshot, digits)
    match number.kind:
        case NumberKind.SERVICE:
            return _at_service_number(digits, number)
        case NumberKind.NORTH_AMERICAN | NumberKind.ABROAD:
            own = (snapshot.numbers or {}).get(number.key)
            if own is not None:
                return _at_own_number(own)
            if not number.key.startswith(NOBODYS_AREA) and (doubt := why_unread(snapshot, Part.NUMBERS)):
                return _unknown(
                    digits, f"whether {digits} is one of the domain's own numbers is not known: {doubt}"
                )
            return _at_outside_number(digits, number)
        case NumberKind.NONE:
            pass
    if snapshot.users is None and len(digits) < SHORTEST_NUMBER:
        return _unknown(digits, "the domain's users could not be read")
    if digits.isdecimal() and _is_as_long_as_an_extension(snapshot, digits):
        return _missing(snapshot, digits, f"extension {digits}", Part.LIVE, Part.USERS, Part.ATTENDANTS)
    why = f"{digits} is no phone number as it is written: what is dialled cannot be told"
    return Arrival(why, end=CallEnd(EndKind.UNKNOWN, digits, number))


def _at_service_number(digits: str, number: Number) -> Arrival:
    why = f"{service_words(number.key)}, which is no place for a queue's callers"
    return Arrival(why, end=CallEnd(EndKind.UNKNOWN, digits, number))


def _at_outside_number(digits: str, number: Number) -> Arrival:
    sort = "a premium number, which is charged for" if number.premium else "an outside number"
    abroad = f" abroad ({format_number(digits)})" if number.kind is NumberKind.ABROAD else ""
    return Arrival(f"it leaves for {sort}{abroad}", end=CallEnd(EndKind.EXTERNAL, digits, number))


def _is_as_long_as_an_extension(snapshot: Snapshot, digits: str) -> bool:
    return len(digits) in _lengths_of_extensions(snapshot)


@once_per_snapshot
def _lengths_of_extensions(snapshot: Snapshot) -> frozenset[int]:
    attendants = (attendant.extension for attendant in snapshot.attendants or ())
    extensions = (*snapshot.queues, *(snapshot.users or ()), *attendants)
    return frozenset(len(extension) for extension in extensions if extension.isdecimal())


def _at_own_number(own: PhoneNumber) -> Arrival:
    """Where one of the domain's own numbers leads."""
    if not own.enabled:
        return _unknown(own.number, f"{own.number} is the domain's own number and is switched off")
    then = lead(own.application, own.target, own.parameter)
    if then is None:
        return _dead_end(own.number, f"{own.number} is the domain's own number and leads nowhere")
    if then.kind is DestinationKind.UNREADABLE:
        return _unknown(own.number, f"{own.number} is the domain's own number; where it leads is not known")
    return Arrival(f"{own.number} is the domain's own number: the call comes back", number=own.number, then=then)


_QUEUES = ("to-callqueue", "to-queue", "call-queuing", "call-queueing", "say-que")
_MAILBOXES = ("to-voicemail", "residential vmail")
_USERS = ("to-user", "to-single-device")
_NOWHERE = ("hangup", "available-number", "availabledid")
"""The beginnings of what servers call their treatments of a call, and those that are none. The portal's words are
the vendor's, the raw ones behind them (``sip:start@call-queuing``) its mapping page's, the others seen live."""


def lead(application: str, target: str, parameter: str = "") -> Destination | None:
    """Where a number or a dial rule leads, by its application; ``None`` where it leads nowhere.

    Where that cannot be told, the destination is an unreadable one.
    """
    name = application.strip().casefold()
    if name.startswith("sip:"):
        treatment, _, whose = name.removeprefix("sip:").partition("@")
        name = whose if treatment == "start" else treatment
    if name in _NOWHERE:
        return None
    to_queue = name.startswith(_QUEUES)
    given = parse_destination(parameter)
    text = parameter if (to_queue and given.kind is DestinationKind.QUEUE) or not target else target
    then = parse_destination(text)
    if then.kind is not DestinationKind.DIGITS:
        return then
    if to_queue:
        return Destination(text, DestinationKind.QUEUE, then.target, then.host)
    if name.startswith(_MAILBOXES):
        return Destination(text, DestinationKind.VOICEMAIL, then.target, then.host)
    if name.startswith(_USERS):
        return Destination(text, DestinationKind.USER, then.target, then.host)
    if not name or (name.startswith("to-connection") and read_number(then.target).kind is not NumberKind.NONE):
        return then
    return Destination(text, DestinationKind.UNREADABLE, text)


def numbers_into_queue(snapshot: Snapshot, extension: str) -> tuple[str, ...]:
    """The domain's own numbers that lead straight into the queue, as they were read."""
    return numbers_by_queue(snapshot).get(extension, ())


@once_per_snapshot
def numbers_by_queue(snapshot: Snapshot) -> Mapping[str, tuple[str, ...]]:
    """The same of every queue that has any: a domain has thousands of numbers, and a diverted queue asks often."""
    found: dict[str, list[str]] = {}
    for number in (snapshot.numbers or {}).values():
        if (queue := queue_entered(number)) is not None:
            found.setdefault(queue, []).append(number.number)
    return {queue: tuple(numbers) for queue, numbers in found.items()}


def queue_entered(number: PhoneNumber) -> str | None:
    """The queue that calls to one of the domain's own numbers enter without asking its user's rules, if any."""
    then = lead(number.application, number.target, number.parameter) if number.enabled else None
    return then.target if then is not None and then.kind is DestinationKind.QUEUE else None


def is_of_dial_plan(snapshot: Snapshot, destination: Destination) -> bool:
    """Whether only the domain's dial rules can say where this leads: no list need have it."""
    kind, target, users = destination.kind, destination.target, snapshot.users
    if not _is_at_home(destination, snapshot.domain):
        return True
    match kind:
        case DestinationKind.UNREADABLE:
            return _ALIAS.fullmatch(target) is not None and not is_meant_as_number(target)
        case DestinationKind.AUTO_ATTENDANT:
            return snapshot.attendants is not None and _attendant(snapshot, target) is None
        case DestinationKind.QUEUE:
            return not target.isdecimal() and target not in snapshot.queues
        case DestinationKind.USER | DestinationKind.VOICEMAIL:
            if target.isdecimal() or users is None:
                return False
            return target not in users and target not in snapshot.queues
        case DestinationKind.PHONE:
            return users is not None and not owner_of(snapshot, target)
        case DestinationKind.DIGITS:
            if users is None or target in users or target in snapshot.queues:
                return False
            short = len(target) < SHORTEST_NUMBER and target.isdecimal()
            if not short or read_number(target).kind is not NumberKind.NONE:
                return False
            return not _is_as_long_as_an_extension(snapshot, target)
        case DestinationKind.PARK | DestinationKind.CONFERENCE:
            return False


def dialled(destination: Destination, domain: str) -> str:
    """A destination as a dial rule would match it."""
    whole = _without_options(destination.text).casefold()
    return whole.partition("@")[0] if _is_at_home(destination, domain) else whole


def dial_rule_for(snapshot: Snapshot, destination: Destination) -> DialRule | None:
    """The dial rule that says where this leads, if the rules were read and one does."""
    return (snapshot.dial_rules or {}).get(dialled(destination, snapshot.domain))


def _by_dial_rule(snapshot: Snapshot, destination: Destination) -> Arrival:
    """Where the dial plan sends it, and no further: what one rule leaves to another is not known."""
    name = _without_options(destination.text)
    target = destination.target if _is_at_home(destination, snapshot.domain) else name
    if snapshot.dial_rules is None:
        return _unknown(target, f"what “{name}” leads to is for the dial plan to say, which was not read")
    rule = dial_rule_for(snapshot, destination)
    if rule is None:
        return _unknown(target, f"what “{name}” leads to is not known: no list has it, and no dial rule names it")
    then = lead(rule.application, rule.target, rule.parameter) if rule.sure else parse_destination("")
    if then is None:
        return _dead_end(target, f"the dial rules let “{name}” lead nowhere")
    if then.kind is DestinationKind.UNREADABLE or is_of_dial_plan(snapshot, then):
        return _unknown(target, f"where the dial rules let “{name}” lead cannot be told")
    arrival = arrive(snapshot, then)
    return replace(arrival, why=f"by the dial rules “{name}” is {then.text}: {arrival.why}")
