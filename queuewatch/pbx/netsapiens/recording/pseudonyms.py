"""Who and what stands in for whom: the same invented thing for the same real one, in every list.

Whatever two names have in common that a verdict depends on, their stand-ins have too: an own number stays one, a
dead end stays dead, and a text that is no destination stays none. Nothing keeps the way back.
"""

import re
from collections.abc import Callable, Iterable
from string import ascii_lowercase

from queuewatch.failover.destination import DestinationKind, attendant_key, parse_destination
from queuewatch.failover.phone_number import (
    SHORTEST_NUMBER,
    Number,
    NumberKind,
    is_meant_as_number,
    own_number_key,
    read_number,
)
from queuewatch.failover.sites import site_key
from queuewatch.failover.wording import plural


def _listed(names: str) -> list[str]:
    return names.split()


_FIRST = _listed("""
    Ada Bea Cal Dot Eli Fay Gus Hal Ida Jem Kit Lou Max Nan Oli Peg Quin Rex Sal Tad Una Val Wes Xan Yul Zoe
    Abel Bram Cleo Dirk Edda Finn Gaia Hugo Iris Jody Kurt Lena Milo Nora Otis Prue Rhea Seth Tess Ugo Vera Wynn
""")
_LAST = _listed("""
    Alder Birch Cedar Dune Elm Fern Glade Heath Islet Juniper Knoll Larch Maple Nettle Oakes Pine Quarry Reed
    Sorrel Tarn Umber Vale Willow Yarrow Zephyr Aspen Brook Clover Dale Ember Frost Grove Hazel Ivy Jasper
    Kestrel Linden Marsh North Opal Poplar Ridge Sage Thorn Upland Vine Wren Yew Amber Briar Cliff Delta Easton
""")
_COLOURS = _listed("""
    Amber Blue Coral Denim Ebony Fawn Gold Henna Indigo Jade Khaki Lilac Mauve Navy Ochre Pearl Quartz Ruby
    Silver Teal Umber Violet White Yellow
""")
_TREES = _listed("""
    Alder Birch Cedar Date Elm Fig Ginkgo Hazel Ivory Juniper Kapok Larch Maple Nutmeg Olive Pine Quince Rowan
    Spruce Teak Upas Vine Willow Yew
""")
_BIRDS = _listed("""
    Avocet Bunting Curlew Dunlin Egret Finch Grebe Heron Ibis Jay Kite Linnet Martin Osprey Plover
""")

_PREMIUM = 900
_AREAS = [code for code in range(201, 990) if code // 10 % 10 != 9 and code % 100 != 11 and code != _PREMIUM]
"""Area codes as North America's plan allows them: no second digit 9, and no N11; nor that of premium numbers."""

_CITIES_ABROAD = (113, 114, 116, 117, 118, 121, 131, 141, 151, 161)
"""Area codes of the United Kingdom that have 1,000 numbers for fiction each, behind 496."""

_RESERVED = 100
"""555-0100 to 555-0199 are kept for fiction in every area code."""


def person(nth: int) -> tuple[str, str]:
    """First and last name of the nth invented person: no two people have the same."""
    lap, place = divmod(nth, len(_FIRST) * len(_LAST))
    row, first = divmod(place, len(_FIRST))
    last = _LAST[(first + row) % len(_LAST)]
    return _FIRST[first], f"{last} {lap + 1}" if lap else last


def queue(nth: int) -> str:
    """The nth queue's name: a colour."""
    return f"{_numbered(_COLOURS, nth)} Queue"


def site(nth: int) -> str:
    """The nth site's name: a tree."""
    return f"{_numbered(_TREES, nth)} House"


def attendant(nth: int) -> str:
    """The nth auto attendant's name: a bird."""
    return f"{_numbered(_BIRDS, nth)} Menu"


def _numbered(names: list[str], nth: int) -> str:
    lap, place = divmod(nth, len(names))
    return f"{names[place]} {lap + 1}" if lap else names[place]


def phone_number(nth: int) -> str:
    """Ten digits: 100 numbers kept for fiction in each area code, and beyond 70,000 more of exchange 555."""
    block, last = divmod(nth, _RESERVED)
    lap, area = divmod(block, len(_AREAS))
    return f"{_AREAS[area]}555{100 * (lap + 1) + last:04d}"


def premium_number(nth: int) -> str:
    """Ten digits with the area code of premium numbers."""
    return f"{_PREMIUM}555{100 + nth % 9900:04d}"


def number_abroad(nth: int) -> str:
    """The country's code and ten digits: 10,000 numbers kept for fiction, and more beside them."""
    block, last = divmod(nth, 1000)
    lap, city = divmod(block, len(_CITIES_ABROAD))
    return f"44{_CITIES_ABROAD[city]}496{lap % 10}{last:03d}"


def premium_number_abroad(nth: int) -> str:
    """The country's code and the ten digits of a premium number kept for fiction."""
    return f"44909879{nth % 10_000:04d}"


def undialable_number(nth: int) -> str:
    """The nine digits behind a first digit that no number can begin with."""
    block, last = divmod(nth, _RESERVED)
    return f"{block % 100:02d}555{100 * (block // 100 + 1) + last:04d}"


def short_number(nth: int, length: int) -> str:
    """Seven to nine digits: 555 and what follows."""
    return f"555{nth + 100:0{length - 3}d}"


def address(nth: int) -> str:
    """An IP address of the ranges kept for documentation (RFC 5737, and RFC 3849 beyond them)."""
    block, last = divmod(nth, 254)
    if block < 3:
        return f"{('192.0.2', '198.51.100', '203.0.113')[block]}.{last + 1}"
    return f"2001:db8::{nth:x}"


def letters(nth: int) -> str:
    """Three small letters and more: no suffix of a device that is in use is so long."""
    word = ""
    for _ in range(3):
        nth, place = divmod(nth, 26)
        word = chr(ord("a") + place) + word
    return word if not nth else word + letters(nth - 1)


DOMAIN = "recorded.example"

_FORM = re.compile(r"(sips?:)?(confirm_)?(.*)", re.IGNORECASE | re.DOTALL)
_PREFIXED = re.compile(r"(?:(\+?[0-9]+)_)?([a-z]+)_(.+)", re.IGNORECASE)
_DEVICE = re.compile(r"(\+?[0-9]+)(.*)", re.DOTALL)
_SUFFIX = re.compile(r"-?[A-Za-z]{1,2}|")
_ALIAS = re.compile(r"[^\s<>()]+")
_WITH_COUNTRY = re.compile(r"(\+|011|00)([0-9]*)")
_DELAY = re.compile(r"delay=[0-9]{1,3}")
_KNOWN_WORDS = ("<OwnDevices>", "<voicemail>", "<reject>")
"""Destinations in words that servers were seen to hold."""
# Letters behind a device's number are kept, up to two: ``wp``, ``m``, ``r``, ``t`` were seen.


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
    return lambda nth: short_number(nth, length)


class Pseudonyms:
    """All stand-ins of one recording. Whoever reads the lists in the same order gets the same ones."""

    def __init__(self, domain: str, time_frames: Iterable[str], attendants: Iterable[str]) -> None:
        self._domain = domain.casefold()
        # In their own order: of two rules with one rank, the name decides which is tried first.
        names = sorted({name for name in time_frames if name not in ("", "*")})
        self._time_frames = {name: f"Hours {nth:0{len(str(len(names)))}d}" for nth, name in enumerate(names, 1)}
        self._attendant_extensions = frozenset(attendants)
        self._called: dict[str, str] = {}
        self._people = OneToOne(lambda nth: " ".join(person(nth)))
        self._queues = OneToOne(queue)
        self._sites = OneToOne(site)
        self._attendants = OneToOne(attendant)
        self._hosts = OneToOne(lambda nth: f"other-{nth + 1}.example")
        self._addresses = OneToOne(address)
        self._numbers = OneToOne(phone_number)
        self._premium = OneToOne(premium_number)
        self._abroad = OneToOne(number_abroad)
        self._premium_abroad = OneToOne(premium_number_abroad)
        self._nowhere = OneToOne(str)
        self._aliases = OneToOne(lambda nth: f"alias_{nth + 1}")
        self._undialable = OneToOne(undialable_number)
        self._short = {length: OneToOne(_of_length(length)) for length in range(SHORTEST_NUMBER, 10)}
        self._long = OneToOne(str)
        self._suffixes = OneToOne(letters)
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
        """A phone number; short ones, of the emergency services or an extension, stay.

        What is a number stays one, of the same country's sort and as dear, and what is none stays none.
        """
        digits = "".join(char for char in text if char in "0123456789")
        plus = "+" if text.startswith("+") else ""
        if not digits:
            return "-" if text else ""
        if len(digits) < SHORTEST_NUMBER:
            return plus + digits
        number = read_number(plus + digits)
        abroad = _WITH_COUNTRY.fullmatch(plus + digits)
        match number.kind:
            case NumberKind.NORTH_AMERICAN:
                ten = self._premium(number.key) if number.premium else self._numbers(number.key)
                return (plus + digits)[:-10] + ten
            case NumberKind.ABROAD if abroad is not None:
                return abroad[1] + self._with_country(number)
            case _ if abroad is not None and len(digits) >= 10:
                # There is no country 999.
                return f"{abroad[1]}999{self._nowhere(digits):0>{max(0, len(abroad[2]) - 3)}}"
            case _:
                return plus + self._no_number(digits)

    def _with_country(self, number: Number) -> str:
        return self._premium_abroad(number.key) if number.premium else self._abroad(number.key)

    def _no_number(self, digits: str) -> str:
        if len(digits) < 10:
            return self._short[len(digits)](digits)
        before, ten = digits[:-10], digits[-10:]
        if len(before) > 3:
            # Longer than any country's code.
            before = f"{self._long(before):0>{len(before)}}"
        if ten[0] in "01":
            return before + ten[0] + self._undialable(ten)
        if read_number(ten).kind is NumberKind.NORTH_AMERICAN:
            return before + self._numbers(ten)
        return f"{before}0{self._undialable(ten)}"

    def own_number(self, text: str) -> str:
        """One of the domain's own numbers, which servers list with the country's code and without ``+``."""
        key = own_number_key(text)
        if key.startswith("+") and not text.startswith(("+", "011", "00")):
            return self._with_country(read_number(key))
        return self.number(text)

    def extension(self, text: str) -> str:
        """An extension, a device, or whatever stands in the place of one. What is digits alone stays, if short."""
        if device := _DEVICE.fullmatch(text):
            digits, tail = device.groups()
            return self.number(digits) + (tail if _SUFFIX.fullmatch(tail) else self._suffixes(tail))
        head = text.rstrip(ascii_lowercase)
        tail = text[len(head) :]
        return (self._odd(head) if head else "") + (self._suffixes(tail) if tail else "")

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
        how = semicolon + ("x" if options and not _DELAY.fullmatch(options) else options)
        form = _FORM.fullmatch(where.strip())
        scheme, confirm, whole = form.groups("") if form else ("", "", where)
        bare, at, host = whole.partition("@")
        where = host.partition(":")[0].strip()
        before, after = f"{scheme}{confirm}", f"{at}{self.host(where)}{how}"
        if found.kind is DestinationKind.UNREADABLE:
            if not _ALIAS.fullmatch(found.target) or is_meant_as_number(found.target) or not bare:
                return "(not readable)"
            return f"{before}{self._aliases(bare.casefold())}{after}"
        prefixed = _PREFIXED.fullmatch(bare)
        if prefixed is None:
            return f"{before}{self.extension(found.target)}{after}"
        own, prefix, target = prefixed.groups()
        before += f"{self.number(own)}_" if own else ""
        if found.kind is not DestinationKind.AUTO_ATTENDANT or target in self._attendant_extensions:
            stand_in = self.extension(target)
        else:
            stand_in = self.attendant(target).replace(" ", "")
        return f"{before}{prefix}_{stand_in}{after}"

    @property
    def replaced(self) -> tuple[str, ...]:
        """How much of what was replaced, in words."""
        counted = (
            (len(self._people), "person", "people"),
            (
                sum(
                    map(len, (self._numbers, self._premium, self._abroad, self._premium_abroad, self._undialable))
                ),
                "phone number",
                "phone numbers",
            ),
            (len(self._queues), "name of a queue", "names of queues"),
            (len(self._sites), "site", "sites"),
            (len(self._attendants), "auto attendant", "auto attendants"),
            (len(self._time_frames), "time frame", "time frames"),
            (len(self._addresses), "IP address", "IP addresses"),
        )
        return tuple(plural(number, singular, many) for number, singular, many in counted if number)
