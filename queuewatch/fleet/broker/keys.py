"""Under which keys of the bucket what lies. Pure.

A broker allows letters, digits and ``-_/=.`` in a key; servers and domains are any text, so they are encoded.
"""

import base64
import binascii
import json

BUCKET = "queuewatch"
VERSION = "v1"
MANIFESTS = f"{VERSION}.*.0"
"""What matches the manifest of every domain."""
LEASES = "lease.*"
COLLECTORS = "collector.*"
MEMBERS = "members.*"

LONGEST = 1000
"""Characters of an encoded domain; a broker takes no line of more than 4096 bytes."""

DomainKey = tuple[str, str]
"""A domain: its server's address and its name."""


class NameTooLong(ValueError):
    """No key can be made of this server and domain; ``str()`` is a sentence."""


def encoded(domain: DomainKey) -> str:
    """The server and the domain as one part of a key. Raises :class:`NameTooLong`."""
    text = json.dumps(domain, separators=(",", ":")).encode()
    part = base64.b32encode(text).decode().rstrip("=").lower()
    if len(part) > LONGEST:
        raise NameTooLong("The names of the server and the domain are too long for the broker.")
    return part


def decoded(part: str) -> DomainKey | None:
    """The server and the domain again; ``None`` for what :func:`encoded` never makes."""
    try:
        found = json.loads(base64.b32decode(part.upper() + "=" * (-len(part) % 8)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    match found:
        case [str(server), str(domain)] if encoded_or_none((server, domain)) == part:
            return server, domain
        case _:
            return None


def encoded_or_none(domain: DomainKey) -> str | None:
    """The same as :func:`encoded`, and ``None`` where no key can be made."""
    try:
        return encoded(domain)
    except NameTooLong:
        return None


def manifest_key(domain: DomainKey) -> str:
    """Where the manifest of a domain lies."""
    return piece_key(domain, 0)


def piece_key(domain: DomainKey, number: int) -> str:
    """Where a piece of a domain's picture lies, from 1."""
    return f"{VERSION}.{encoded(domain)}.{number}"


def domain_of(manifest_key: str) -> DomainKey | None:
    """Whose manifest lies there; ``None`` where it is none."""
    match manifest_key.split("."):
        case [version, part, "0"] if version == VERSION:
            return decoded(part)
        case _:
            return None


def lease_key(domain: DomainKey) -> str:
    """Where it says which collector reads a domain."""
    return f"lease.{encoded(domain)}"


def leased(lease_key: str) -> DomainKey | None:
    """Whose lease lies there; ``None`` where it is none."""
    head, _, part = lease_key.partition(".")
    return decoded(part) if head == "lease" else None


def collector_key(place: int) -> str:
    """Where the collector at this place, from 1, says that it is alive."""
    return f"collector.{place}"


def members_key(place: int) -> str:
    """Where the collector at this place says which domains it can read."""
    return f"members.{place}"


def place_in(key: str) -> int | None:
    """The place of a collector's key, of either kind; ``None`` where it is none."""
    head, _, place = key.partition(".")
    usable = head in ("collector", "members") and place.isascii() and place.isdigit() and not place.startswith("0")
    return int(place) if usable and len(place) < 10 else None
