"""Sites by name: when two spellings name the same one, and what a profile says of them."""

import ipaddress
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct, field


@lru_cache(maxsize=4096)
def site_key(name: str) -> str:
    """What two spellings of one site have in common; empty for no name.

    Case, the way a letter with a mark is put together, wide letters, how many blanks there are and of which sort,
    and characters that cannot be seen do not tell two sites apart: whoever types the name sees none of them.
    """
    if name.isascii():
        return " ".join(name.casefold().split())
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(sign for sign in plain if unicodedata.category(sign) != "Cf").split())


def unseen_difference(typed: str, meant: str) -> str:
    """In words what differs between two names that may look the same; empty where anybody sees it.

    Such as "the 2nd character is … (Cyrillic small letter a), not … (Latin small letter a)".
    """
    left, right = site_key(typed), site_key(meant)
    for nth, (typed_sign, meant_sign) in enumerate(zip(left, right, strict=False), 1):
        if typed_sign != meant_sign:
            if typed_sign.isascii() and meant_sign.isascii():
                return ""
            return f"the {_nth(nth)} character is {_named(typed_sign)}, not {_named(meant_sign)}"
    return ""


def _named(sign: str) -> str:
    name = unicodedata.name(sign, f"character {ord(sign):X}")
    return f"“{sign}” ({name.capitalize()})"


def _nth(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address_in(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address; of one of version 4 as servers that speak both write it (``::ffff:203.0.113.10``), that one."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None) or address


class SiteFacts(Struct, frozen=True):
    """What a profile says of the sites of its domain, which the phone system does not know."""

    home_site: str = ""
    """Where everybody is taken to be of whom no site is known; empty for nowhere in particular."""
    addresses: Mapping[str, tuple[Network, ...]] = field(default_factory=dict)
    """By site: the public addresses of its lines."""
    no_building: frozenset[str] = frozenset()
    """The sites that are no place, such as Remote: no power cut takes their people together."""

    def has_building(self, site: str) -> bool:
        """Whether the site is a place that can go dark, however it is spelled."""
        return not self.no_building or site_key(site) not in map(site_key, self.no_building)

    def site_at(self, ip: str) -> str:
        """The key of the site that has this address by the profile; empty for none."""
        if not self.addresses:
            return ""
        if (address := address_in(ip)) is None:
            return ""
        for site, networks in self.addresses.items():
            if any(address in network for network in networks):
                return site_key(site)
        return ""


NO_SITE_FACTS = SiteFacts()
