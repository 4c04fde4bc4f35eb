"""The destination language: what a forward's text means, and where a call sent there ends up.

A destination is a prefixed name (``queue_8001``, ``vmail_1002``, ``aa_MainMenu``), a bare extension, or a phone
number. What a bare extension is can only be told by looking it up.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from queuewatch.failover.model import Part, PhoneNumber, Snapshot
from queuewatch.failover.suppose import Suppose
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


@dataclass(frozen=True, slots=True)
class Destination:
    """A destination as written, and what its text says."""

    text: str
    kind: DestinationKind
    target: str


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
        match self:
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


@dataclass(frozen=True, slots=True)
class End:
    """Where a call ends: the kind, and the queue, number, mailbox or name it ends at."""

    kind: EndKind
    target: str
    waits_in_vain: bool = False
    """Of a caller who waits: all agents online are on Do Not Disturb, and nobody comes until one takes it off."""

    @property
    def reaches_someone(self) -> bool | None:
        """Whether a caller who ends here is served; ``None`` when that cannot be told."""
        return None if self.waits_in_vain else self.kind.reaches_someone


@dataclass(frozen=True, slots=True)
class Arrival:
    """One hop of a call: it ends here (``end``), goes on to a queue, or goes out to one of our own numbers."""

    why: str
    end: End | None = None
    queue: str = ""
    number: str = ""
    """The domain's own number the call was sent to: it leaves through the telephone network and comes back."""
    then: Destination | None = None
    """What that number leads to."""


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
_PREFIXED = re.compile(r"(?:[0-9]+_)?([a-z]+)_(.+)", re.IGNORECASE)
_DIGITS = re.compile(r"\+?[0-9]+")

NOBODYS_AREA = "999"
"""There is no such area code, so no domain has a number in it: one is supposed where any outside number does."""

SHORTEST_NUMBER = 7
"""Fewer digits than this can only be an extension (or a service code such as 911)."""


def parse_destination(text: str) -> Destination:
    """Read a forward's text. Ring options (``;delay=15``) and ``confirm_`` change how, not where."""
    bare = text.split(";", 1)[0].strip()
    bare = bare.removeprefix("confirm_")
    if _DIGITS.fullmatch(bare):
        return Destination(text, DestinationKind.DIGITS, bare)
    match = _PREFIXED.fullmatch(bare)
    kind = _PREFIXES.get(match[1].lower()) if match else None
    if match is None or kind is None or (kind is DestinationKind.DIGITS and not _DIGITS.fullmatch(match[2])):
        return Destination(text, DestinationKind.UNREADABLE, bare)
    return Destination(text, kind, match[2])


def number_key(number: str) -> str:
    """What identifies a phone number however it is written: its last ten digits."""
    return "".join(c for c in number if c in "0123456789")[-10:]


def is_dialable(number: str) -> bool:
    """Whether this is a 10-digit number, or 11 digits beginning with 1, or an international number."""
    digits = number.removeprefix("+")
    if len(digits) == 10:
        return digits[0] not in "01"
    return (len(digits) == 11 and digits[0] == "1") or 12 <= len(digits) <= 18


def attendant_key(name: str) -> str:
    """What identifies an auto attendant in ``aa_…``: its name without blanks, marks and the words themselves.

    One that is called nothing but Auto Attendant keeps the words.
    """
    whole = re.sub(r"[\W_]+", "", name).casefold()
    return whole.replace("autoattendant", "") or whole


def arrive(snapshot: Snapshot, destination: Destination, suppose: Suppose) -> Arrival:
    """Follow a destination one hop. Total: whatever the text, there is an arrival."""
    target = destination.target
    match destination.kind:
        case DestinationKind.QUEUE:
            return _at_queue(snapshot, target) or _missing(snapshot, target, f"queue {target}", Part.LIVE)
        case DestinationKind.USER:
            return _at_queue(snapshot, target) or _at_user(snapshot, target, suppose)
        case DestinationKind.PHONE:
            return _at_user(snapshot, target.rstrip("abcdefghijklmnopqrstuvwxyz"), suppose)
        case DestinationKind.VOICEMAIL:
            return _at_voicemail(snapshot, target)
        case DestinationKind.AUTO_ATTENDANT:
            return _at_attendant(snapshot, target)
        case DestinationKind.PARK:
            return _ends(EndKind.PARK, target, "the call is parked until somebody picks it up")
        case DestinationKind.CONFERENCE:
            return _unknown(target, "whether anybody is in a conference cannot be known")
        case DestinationKind.DIGITS:
            return _at_digits(snapshot, target, suppose)
        case DestinationKind.UNREADABLE:
            return _unknown(target, f"“{target}” is not a destination queuewatch understands")


def _ends(kind: EndKind, target: str, why: str) -> Arrival:
    return Arrival(why, end=End(kind, target))


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


def _at_user(snapshot: Snapshot, extension: str, suppose: Suppose) -> Arrival:
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
    if suppose.darkens_site(user.site):
        return _ends(EndKind.NOBODY, extension, f"{name} is at {user.site}, which is in the dark")
    if extension in suppose.dark_users:
        return _ends(EndKind.NOBODY, extension, f"every phone of {name} is in the dark")
    if (doubt := suppose.doubted_users.get(extension)) is not None:
        return _unknown(extension, doubt)
    return _ends(EndKind.USER, extension, f"it rings {name}")


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
    key = attendant_key(name)
    for attendant in snapshot.attendants:
        if attendant.extension == name or (key and attendant_key(attendant.name) == key):
            return _ends(EndKind.AUTO_ATTENDANT, name, f"the auto attendant {attendant.name or name} answers")
    return _missing(snapshot, name, f"auto attendant {name}", Part.ATTENDANTS)


def _at_digits(snapshot: Snapshot, digits: str, suppose: Suppose) -> Arrival:
    # A bare extension is looked up as the server does it: auto attendant, then queue, then user.
    if any(attendant.extension == digits for attendant in snapshot.attendants or ()):
        return _at_attendant(snapshot, digits)
    if (at_queue := _at_queue(snapshot, digits)) is not None:
        return at_queue
    if snapshot.users is not None and digits in snapshot.users:
        return _at_user(snapshot, digits, suppose)
    if is_dialable(digits):
        own = (snapshot.numbers or {}).get(number_key(digits))
        if own is not None:
            return _at_own_number(own)
        if not digits.startswith(NOBODYS_AREA) and (doubt := why_unread(snapshot, Part.NUMBERS)):
            return _unknown(digits, f"whether {digits} is one of the domain's own numbers is not known: {doubt}")
        return _ends(EndKind.EXTERNAL, digits, "it leaves for an outside number")
    if len(digits) >= SHORTEST_NUMBER or (len(digits) == 3 and digits.endswith("11")):
        return _unknown(digits, f"{digits} is not a 10- or 11-digit number: what is dialled cannot be told")
    if snapshot.users is None:
        return _unknown(digits, "the domain's users could not be read")
    return _missing(snapshot, digits, f"extension {digits}", Part.LIVE, Part.USERS, Part.ATTENDANTS)


def _at_own_number(own: PhoneNumber) -> Arrival:
    """Where one of the domain's own numbers leads, by its ``dial-rule-application`` (names from the vendor)."""
    application, target = own.application.casefold(), own.target
    if not own.enabled:
        return _unknown(own.number, f"{own.number} is the domain's own number and is switched off")
    if application in ("hangup", "available-number"):
        return _dead_end(own.number, f"{own.number} is the domain's own number and leads nowhere")
    then = parse_destination(target)
    if then.kind is DestinationKind.DIGITS:
        if application.startswith("to-callqueue"):
            then = Destination(target, DestinationKind.QUEUE, target)
        elif application.startswith("to-voicemail"):
            then = Destination(target, DestinationKind.VOICEMAIL, target)
        elif application.startswith(("to-user", "to-single-device")):
            then = Destination(target, DestinationKind.USER, target)
        elif application and not (application.startswith("to-connection") and is_dialable(target)):
            then = Destination(target, DestinationKind.UNREADABLE, target)
    if then.kind is DestinationKind.UNREADABLE:
        return _unknown(own.number, f"{own.number} is the domain's own number; where it leads is not known")
    return Arrival(f"{own.number} is the domain's own number: the call comes back", number=own.number, then=then)
