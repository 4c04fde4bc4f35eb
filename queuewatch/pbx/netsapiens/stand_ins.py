"""Who and what stands in for whom: the same invented thing for the same real one, in every list.

Whatever two names have in common that a verdict depends on, their stand-ins have too: an own number stays one, a
dead end stays dead, and a text that is no destination stays none. Nothing keeps the way back.
"""

import re
from collections.abc import Callable, Iterable
from string import ascii_lowercase

from queuewatch.failover.destination import (
    SHORTEST_NUMBER,
    DestinationKind,
    attendant_key,
    parse_destination,
)
from queuewatch.failover.site_names import site_key
from queuewatch.failover.words import plural
from queuewatch.pbx.netsapiens import invented

DOMAIN = "recorded.example"

_PREFIXED = re.compile(r"(?:([0-9]+)_)?([a-z]+)_(.+)", re.IGNORECASE)
_DIGITS = re.compile(r"\+?[0-9]+")
_DELAY = re.compile(r"delay=[0-9]{1,3}")
_KNOWN_WORDS = ("<OwnDevices>", "<voicemail>", "<reject>")
"""Destinations in words that servers were seen to hold."""
_LONGEST_SUFFIX = 2
"""Letters behind a device's number that are kept: ``wp``, ``m``, ``r``, ``t`` were seen."""


class OneToOne:
    """The stand-ins for one sort of thing: the nth new one gets the nth invented."""

    def __init__(self, invent: Callable[[int], str]) -> None:
        self._invent = invent
        self._given: dict[str, str] = {}

    def __call__(self, real: str) -> str:
        """The stand-in for this one."""
        if real not in self._given:
            self._given[real] = self._invent(len(self._given))
        return self._given[real]

    def __len__(self) -> int:
        return len(self._given)


def _of_length(length: int) -> Callable[[int], str]:
    return lambda nth: invented.short_number(nth, length)


class StandIns:
    """All stand-ins of one recording. Whoever reads the lists in the same order gets the same ones."""

    def __init__(self, domain: str, time_frames: Iterable[str], attendants: Iterable[str]) -> None:
        self._domain = domain.casefold()
        # In their own order: of two rules with one rank, the name decides which is tried first.
        names = sorted({name for name in time_frames if name not in ("", "*")})
        self._time_frames = {name: f"Hours {nth:0{len(str(len(names)))}d}" for nth, name in enumerate(names, 1)}
        self._attendant_extensions = frozenset(attendants)
        self._called: dict[str, str] = {}
        self._people = OneToOne(lambda nth: " ".join(invented.person(nth)))
        self._queues = OneToOne(invented.queue)
        self._sites = OneToOne(invented.site)
        self._attendants = OneToOne(invented.attendant)
        self._hosts = OneToOne(lambda nth: f"other-{nth + 1}.example")
        self._addresses = OneToOne(invented.address)
        self._numbers = OneToOne(invented.phone_number)
        self._undialable = OneToOne(invented.undialable_number)
        self._short = {length: OneToOne(_of_length(length)) for length in range(SHORTEST_NUMBER, 10)}
        self._long = OneToOne(str)
        self._suffixes = OneToOne(invented.letters)
        self._odd = OneToOne(lambda nth: f"X{nth + 1}")

    def call(self, extension: str, name: str) -> None:
        """Let the user of this extension, who is no person, go by this stand-in."""
        self._called[extension] = name

    def person(self, who: str) -> tuple[str, str]:
        """First and last name for whoever has this extension, or number, or name."""
        if who in self._called:
            return self._called[who], ""
        first, _, last = self._people(who).partition(" ")
        return first, last

    def queue(self, name: str) -> str:
        """A queue's name."""
        return self._queues(name) if name else ""

    def site(self, name: str) -> str:
        """A site's name; the spelling does not tell two sites apart."""
        return self._sites(site_key(name)) if name else ""

    def time_frame(self, name: str) -> str:
        """A time frame's name; Default's stays."""
        return self._time_frames.get(name, name if name in ("", "*") else "Hours")

    def attendant(self, name: str) -> str:
        """An auto attendant's name: the same for all names that the same alias leads to."""
        key = attendant_key(name)
        if not key:
            return "-" if name else ""
        return self._attendants(key)

    def host(self, name: str) -> str:
        """A domain, or another one."""
        return DOMAIN if name.casefold() == self._domain else self._hosts(name.casefold()) if name else ""

    def address(self, ip: str) -> str:
        """An IP address."""
        return self._addresses(ip) if ip else ""

    def number(self, text: str) -> str:
        """A phone number; short ones, of the emergency services or an extension, stay."""
        digits = "".join(char for char in text if char in "0123456789")
        plus = "+" if text.startswith("+") else ""
        if not digits:
            return "-" if text else ""
        if len(digits) < SHORTEST_NUMBER:
            return plus + digits
        if len(digits) < 10:
            return plus + self._short[len(digits)](digits)
        before, ten = digits[:-10], digits[-10:]
        if len(before) > 3:
            # Longer than any country's code.
            before = f"{self._long(before):0>{len(before)}}"
        first = ten[0]
        return plus + before + (first + self._undialable(ten) if first in "01" else self._numbers(ten))

    def extension(self, text: str) -> str:
        """An extension, a device, or whatever stands in the place of one. What is digits alone stays, if short."""
        head = text.rstrip(ascii_lowercase)
        tail = text[len(head) :]
        if not _DIGITS.fullmatch(head):
            return (self._odd(head) if head else "") + (self._suffixes(tail) if tail else "")
        return self.number(head) + (self._suffixes(tail) if len(tail) > _LONGEST_SUFFIX else tail)

    def agent(self, agent_id: str) -> str:
        """An agent row's id: ``1001@acme.example``, ``sip:1001wp@acme.example``, or an outside number."""
        rest = agent_id.removeprefix("sip:")
        scheme = agent_id[: len(agent_id) - len(rest)]
        local, at, host = rest.partition("@")
        return f"{scheme}{self.extension(local)}{at}{self.host(host)}"

    def destination(self, text: str) -> str:
        """A forward's destination: of the same kind, and leading to the stand-in for where it led."""
        if not text or text in _KNOWN_WORDS:
            return text
        found = parse_destination(text)
        where, semicolon, options = text.partition(";")
        confirm = "confirm_" if where.strip().startswith("confirm_") else ""
        how = semicolon + ("x" if options and not _DELAY.fullmatch(options) else options)
        if found.kind is DestinationKind.UNREADABLE:
            return "(not readable)"
        prefixed = _PREFIXED.fullmatch(where.strip().removeprefix("confirm_"))
        if prefixed is None:
            return confirm + self.extension(found.target) + how
        own, prefix, target = prefixed.groups()
        before = f"{self.number(own)}_" if own else ""
        if found.kind is not DestinationKind.AUTO_ATTENDANT or target in self._attendant_extensions:
            stand_in = self.extension(target)
        else:
            stand_in = self.attendant(target).replace(" ", "")
        return f"{confirm}{before}{prefix}_{stand_in}{how}"

    @property
    def replaced(self) -> tuple[str, ...]:
        """How much of what was replaced, in words."""
        counted = (
            (len(self._people), "person", "people"),
            (len(self._numbers) + len(self._undialable), "phone number", "phone numbers"),
            (len(self._queues), "name of a queue", "names of queues"),
            (len(self._sites), "site", "sites"),
            (len(self._attendants), "auto attendant", "auto attendants"),
            (len(self._time_frames), "time frame", "time frames"),
            (len(self._addresses), "IP address", "IP addresses"),
        )
        return tuple(plural(number, one, many) for number, one, many in counted if number)
