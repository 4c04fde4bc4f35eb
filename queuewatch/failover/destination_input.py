"""What a person types as a backup destination: read it, and suggest what it could be."""

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from queuewatch.failover.destination import DestinationKind, parse_destination
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.phone_number import NumberKind, as_dialled, as_typed, read_number
from queuewatch.failover.wording import describe_destination, format_number, listing
from queuewatch.text.similar import did_you_mean


class DestinationError(ValueError):
    """What was typed names no destination. ``str(error)`` says why, ``hint`` what would."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


class Suggestion(Struct, frozen=True):
    """A destination to choose from."""

    text: str
    """What is written to the phone system, such as ``vmail_1001``."""
    kind: str
    """The sort of destination, in the portal's words."""
    label: str
    """The name people know it by."""


_NUMBER_MARKS = re.compile(r"[\s().+/-]+")
_MOST_DIGITS = 18
"""Of a number abroad as it is dialled: 011 and 15 digits."""
_EXAMPLES = "Type a 10-digit number, an extension, or the name of a queue, user, voicemail box or auto attendant."


OFF = ("off", "off (no rule)")
"""What is printed of a forward that is switched off, and means the same when it is typed."""


def read_forward(snapshot: Snapshot, queue: Queue, typed: str, *, whole_names: bool = False) -> str | None:
    """What was typed as a forward: a destination as :func:`read_destination` has it, or ``None`` for off.

    Raises :class:`DestinationError`.
    """
    return (
        None
        if typed.strip().casefold() in OFF
        else read_destination(snapshot, queue, typed, whole_names=whole_names)
    )


def read_destination(snapshot: Snapshot, queue: Queue, typed: str, *, whole_names: bool = False) -> str:
    """The destination to write for what was typed: ``(214) 555-0100`` becomes ``2145550100``.

    A number abroad is written as it is dialled, beginning with 011; one that is stored with a ``+`` and typed just
    so stays as it is. Names of queues, users and auto attendants become the phone system's own aliases, and so
    does every form in which this program prints a destination: ``voicemail 8002``, ``AA EmergencyMenu``, ``user
    1010``. A part of a name will do for whoever sees what is made of it; with ``whole_names``, for a file, it will
    not: a ``yes`` in the wrong column is nobody called Reyes. Whether a call sent there reaches anybody is not
    judged here. Raises :class:`DestinationError` for what the phone system could not mean.
    """
    # What is printed with what is written behind it: (214) 555-0100 · 12145550100.
    typed = " ".join(typed.rpartition(" · ")[2].split()).removeprefix("“").removesuffix("”")
    text = as_typed(typed)
    if not text:
        raise DestinationError("No destination was given.", _EXAMPLES)
    default = snapshot.rules_of(queue.extension).default
    if default is not None and text.startswith("+") and text in default.offline.destinations:
        return text
    if (number := _as_number(text)) is not None:
        return number
    if parse_destination(text).kind is not DestinationKind.UNREADABLE:
        if not re.fullmatch(r"[A-Za-z]+_[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*", text):
            raise DestinationError(f"“{text}” has a character that a destination cannot have.", _EXAMPLES)
        return text
    return _by_name(snapshot, queue, typed, whole=whole_names)


_PRINTED = re.compile(
    r"(?:the )?(voicemail|auto attendant|aa|call park|park|conference|phone|user|queue)(?: of)? (.+)",
    re.IGNORECASE,
)
_ALIASES = {"voicemail": "vmail", "auto attendant": "aa", "call park": "park", "conference": "conf"}
_LISTED = ("voicemail", "user", "queue")


def _as_printed(snapshot: Snapshot, queue: Queue, text: str) -> str | None:
    """The alias of what :func:`~queuewatch.failover.wording.describe_destination` calls so; ``None`` for nothing.

    A user or a queue that is in no list is nothing, unless the queue's own forward leads there.
    """
    found = _PRINTED.fullmatch(text)
    if found is None:
        return None
    kind, who = found[1].casefold(), re.sub(r"^(?:user|queue) ", "", found[2])
    if kind in ("aa", "auto attendant"):
        who = re.sub(r"[^A-Za-z0-9]", "", who)
    elif named := re.fullmatch(r".* \(([A-Za-z0-9]+)\)", who):
        who = named[1]
    if not re.fullmatch(r"[A-Za-z0-9]+", who):
        return None
    default = snapshot.rules_of(queue.extension).default
    stored = {parse_destination(there).target for there in default.offline.destinations} if default else set()
    if kind in _LISTED and not (who in snapshot.queues or who in (snapshot.users or {}) or who in stored):
        return None
    return f"{_ALIASES.get(kind, kind)}_{who}"


def _as_number(text: str) -> str | None:
    digits = _NUMBER_MARKS.sub("", text)
    if not re.fullmatch(r"[0-9]+", digits):
        return None
    if len(digits) < 7 and digits != text:
        raise DestinationError(f"“{text}” is neither an extension nor a phone number.", _EXAMPLES)
    if len(digits) < 7:
        return digits
    with_country = text.lstrip("( ").startswith("+")
    if written := as_dialled(f"{'+' if with_country else ''}{text.replace('+', '')}"):
        return written
    if with_country and as_dialled(digits):
        raise DestinationError(
            f"{text} is no number of any country: a + comes before the country's code.",
            f"Type {digits} without the +, if that is meant.",
        )
    if len(digits) < 10:
        raise DestinationError(
            f"{text} has {len(digits)} digits; a phone number has 10, or 11 beginning with 1.",
            "Give the number with its area code.",
        )
    if len(digits) < 12 or len(digits) > _MOST_DIGITS:
        raise DestinationError(
            f"{text} is not a number that can be dialled.", "Give 10 digits, or 11 beginning with 1."
        )
    # No country's number, as far as is known here. Whoever knows better may have it, and is warned before the yes.
    return f"011{digits}" if with_country else digits


def _by_name(snapshot: Snapshot, queue: Queue, text: str, *, whole: bool) -> str:
    everything = tuple(_everything(snapshot, queue))
    # The queue itself is never suggested; who names it anyway shall hear of the loop, not that there is none such.
    itself = Suggestion(f"queue_{queue.extension}", "queue", queue.label)
    word = text.casefold()
    named = [
        suggestion
        for suggestion in (*everything, itself)
        if word in (suggestion.label.casefold(), _bare_name(suggestion).casefold())
    ]
    if not named and (printed := _as_printed(snapshot, queue, text)) is not None:
        return printed
    if not named:
        named = [
            suggestion
            for suggestion in everything
            if word in suggestion.label.casefold() and suggestion.kind != "voicemail"
        ]
        if named and whole:
            labels_of_all = dict.fromkeys(suggestion.label for suggestion in named)
            raise DestinationError(
                f"“{text}” is only a part of a name: of {listing(labels_of_all, most=6)}.",
                "Write the whole name, or the extension.",
            )
    if len({suggestion.text for suggestion in named}) == 1:
        return named[0].text
    if named:
        labels = Counter(suggestion.label for suggestion in named)
        candidates = listing(
            (
                suggestion.label if labels[suggestion.label] == 1 else f"{suggestion.kind} {suggestion.label}"
                for suggestion in named
            ),
            most=6,
        )
        raise DestinationError(f"“{text}” could be {candidates}.", "Type which of them.")
    hint = did_you_mean(text, [_bare_name(suggestion) for suggestion in everything]) + _EXAMPLES
    raise DestinationError(f"“{text}” is no queue, user, voicemail box or auto attendant here.", hint)


def _bare_name(suggestion: Suggestion) -> str:
    return re.sub(r" \([^)]*\)$", "", suggestion.label)


def suggest(snapshot: Snapshot, queue: Queue, typed: str, most: int = 8) -> tuple[Suggestion, ...]:
    """What could be meant, best first. With nothing typed: what is recommended, most useful kinds first."""
    word = typed.strip().casefold()
    found: list[Suggestion] = []
    if number := as_dialled(as_typed(typed)):
        found.append(_number(snapshot, number))
    for suggestion in _everything(snapshot, queue):
        if not word or word in suggestion.label.casefold() or word in suggestion.text.casefold():
            found.append(suggestion)
    # A name that begins with what was typed is likelier meant than one that has it somewhere.
    found.sort(key=lambda suggestion: not _begins(suggestion, word))
    return tuple(found[:most])


def _number(snapshot: Snapshot, written: str) -> Suggestion:
    number, label = read_number(written), format_number(written)
    if own := (snapshot.numbers or {}).get(number.key):
        return Suggestion(written, "own number", f"{label}, leads to {describe_destination(snapshot, own.target)}")
    if number.kind is NumberKind.ABROAD:
        label = f"{label}, written {written}"
    if number.premium:
        return Suggestion(written, "premium number", label)
    return Suggestion(
        written, "number abroad" if number.kind is NumberKind.ABROAD else "cell or answering service", label
    )


def _begins(suggestion: Suggestion, beginning: str) -> bool:
    words = re.split(r"[\s_(]+", f"{suggestion.label} {suggestion.text}".casefold())
    return not beginning or any(word.startswith(beginning) for word in words)


def _everything(snapshot: Snapshot, queue: Queue) -> Iterator[Suggestion]:
    for other in snapshot.call_queues:
        if other.extension != queue.extension:
            yield Suggestion(f"queue_{other.extension}", "queue", other.label)
    for attendant in snapshot.attendants or ():
        name = re.sub(r"[^A-Za-z0-9]", "", attendant.name)
        if name or attendant.extension:
            label = f"{attendant.name} ({attendant.extension})" if attendant.extension else attendant.name
            yield Suggestion(f"aa_{name}" if name else attendant.extension, "auto attendant", label)
    users = tuple((snapshot.users or {}).values())
    for user in sorted(users, key=lambda user: user.extension != queue.extension):
        if user.voicemail and (not user.system or user.extension in snapshot.queues):
            owner = user.name or user.extension
            yield Suggestion(f"vmail_{user.extension}", "voicemail", f"voicemail of {owner} ({user.extension})")
    for user in users:
        if not user.system:
            yield Suggestion(f"user_{user.extension}", "user", f"{user.name or user.extension} ({user.extension})")
