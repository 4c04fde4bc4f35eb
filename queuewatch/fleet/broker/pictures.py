"""A domain's snapshot as the broker keeps it: a compressed text in pieces, and a manifest that says which. Pure.

There are two sets of pieces, the odd numbers and the even: a new picture is written beside the one that the
manifest names, and the manifest last. Who reads meanwhile reads the old one, and a collector that dies between two
pieces has broken nothing. Where nothing but the time has changed, the manifest alone is written again.
"""

import hashlib
import ipaddress
import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch import __version__
from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.sites import SiteFacts
from queuewatch.fleet.broker.keys import DomainKey
from queuewatch.storage.snapshot_text import NotASnapshot, ZoneOf, snapshot_from, snapshot_text, text_version

FORMAT = 1
"""Of the manifest; to be raised when the same fields come to mean something else."""
LARGEST = 64 * 1024 * 1024
"""Bytes of one picture as text: thirty thousand queues."""
ROOM = 1024
"""Bytes that a message has beside its value at most: its subject and what headers there are."""
SMALLEST_PIECE = 512
QUICKLY = 1
"""Compressed further it is a quarter smaller, and takes four times as long."""
DAMAGED = "What the broker has of this domain is damaged."
SELDOMEST = 86_400.0
"""Seconds between two readings at most."""
FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Between which clocks are believed, however wrong they are."""
FURTHEST_AHEAD = timedelta(days=100 * 366)
SAME_CLOCK = timedelta(seconds=2)
"""Two clocks no further apart are taken for one."""


class Unreadable(ValueError):
    """There is a picture that this program cannot read; ``str()`` is a sentence."""


class Torn(ValueError):
    """The pieces are not those that the manifest names: the next manifest is to be waited for."""


class Times(Struct, frozen=True):
    """What of a snapshot is another at every reading, even where nothing happened."""

    taken_at: datetime
    read_at: Mapping[Part, datetime]
    server_ahead: timedelta


class Sites(Struct, frozen=True):
    """What the collector's profile says of the sites; as :class:`SiteFacts`, in what JSON has."""

    home_site: str = ""
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    no_building: tuple[str, ...] = ()


class Contents(Struct, frozen=True):
    """One picture: how it is told from every other, and where its pieces are."""

    digest: str
    size: int
    """Bytes of the text."""
    first: int
    """The number of the first piece, 1 or 2; every second number is one of the same picture."""
    pieces: int
    version: str
    """Of the text; only who has the same can read it."""

    @property
    def numbers(self) -> range:
        """The numbers of the pieces, in order."""
        return range(self.first, self.first + 2 * self.pieces, 2)


class Manifest(Struct, frozen=True):
    """What there is of one domain, and what is wrong if anything."""

    server: str
    domain: str
    name: str = ""
    """What people call it."""
    collector: str = ""
    """The term of the collector that wrote it."""
    program: str = __version__
    contents: Contents | None = None
    """``None`` while it could never be read."""
    times: Times | None = None
    read_at: datetime | None = None
    """When its queues and agents were read, by the broker's clock."""
    sentence: str = ""
    """Why there is nothing newer."""
    hint: str = ""
    refused: bool = False
    """Whether the credentials were not accepted."""
    every: float = 0.0
    """Seconds between two readings, as things stand."""
    sites: Sites = Sites()
    format: int = field(default=FORMAT)

    @property
    def key(self) -> DomainKey:
        """Whose it is."""
        return self.server, self.domain


class _AnyManifest(Struct, frozen=True):
    """What a manifest of any version has."""

    format: int
    program: str = ""


def manifest_text(manifest: Manifest) -> bytes:
    """The manifest as it is kept."""
    # A name may hold what is no text in UTF-8, which JSON of plain letters can say.
    return json.dumps(msgspec.to_builtins(manifest), separators=(",", ":")).encode()


def manifest_from(text: bytes, key: DomainKey) -> Manifest:
    """The manifest again. Raises :class:`Unreadable` where it is another version's, another domain's, or none."""
    try:
        found = json.loads(text)
        kind = msgspec.convert(found, _AnyManifest)
        if kind.format != FORMAT:
            raise Unreadable(other_version(kind.program))
        manifest = msgspec.convert(found, Manifest)
        site_facts_of(manifest)
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        raise Unreadable(DAMAGED) from None
    if manifest.key != key or not _has_sane_times(manifest):
        raise Unreadable(DAMAGED)
    if manifest.contents is not None and not _is_sound(manifest):
        raise Unreadable(DAMAGED)
    return manifest


def sites_of(facts: SiteFacts) -> Sites:
    """What the profile says, for the manifest."""
    return Sites(
        facts.home_site,
        {site: tuple(map(str, networks)) for site, networks in facts.addresses.items()},
        tuple(sorted(facts.no_building)),
    )


def site_facts_of(manifest: Manifest) -> SiteFacts:
    """What the collector's profile says of the sites. Raises :class:`ValueError`."""
    sites = manifest.sites
    return SiteFacts(
        sites.home_site,
        {site: tuple(map(ipaddress.ip_network, networks)) for site, networks in sites.addresses.items()},
        frozenset(sites.no_building),
    )


def other_version(program: str) -> str:
    """That a collector's pictures cannot be read by this program."""
    if program in ("", __version__):
        return (
            "The collector of this domain is another version of queuewatch, whose pictures this one cannot read."
        )
    return f"The collector of this domain is queuewatch {program}, whose pictures {__version__} cannot read."


def _is_sound(manifest: Manifest) -> bool:
    contents = manifest.contents
    return (
        contents is not None
        and manifest.times is not None
        and manifest.read_at is not None
        and contents.first in (1, 2)
        and 0 < contents.pieces <= LARGEST // SMALLEST_PIECE
        and 0 < contents.size <= LARGEST
    )


def _has_sane_times(manifest: Manifest) -> bool:
    """Whether its times can be reckoned with, so that nothing is taken for fresh that is not."""
    times = manifest.times
    moments = [] if times is None else [times.taken_at, *times.read_at.values()]
    if manifest.read_at is not None:
        moments.append(manifest.read_at)
    return (
        # What is read less often than once in a day is not watched.
        0 <= manifest.every <= SELDOMEST
        and all(at.tzinfo is not None and FIRST_YEAR <= at.year <= LAST_YEAR for at in moments)
        and (times is None or abs(times.server_ahead) <= FURTHEST_AHEAD)
    )


def times_of(snapshot: Snapshot) -> Times:
    """When all of it was read."""
    read_at = {part: at.astimezone(UTC) for part, at in snapshot.read_at.items()}
    return Times(snapshot.taken_at.astimezone(UTC), read_at, snapshot.server_ahead)


def is_same_picture(before: Snapshot, after: Snapshot) -> bool:
    """Whether nothing differs but what the manifest says: the times, and what the profile says of the sites."""
    return tuple(before.queues) == tuple(after.queues) and after == replace(
        before,
        taken_at=after.taken_at,
        read_at=after.read_at,
        server_ahead=after.server_ahead,
        site_facts=after.site_facts,
    )


def packed(snapshot: Snapshot, largest: int = LARGEST) -> tuple[bytes, int]:
    """The snapshot compressed, and the bytes of its text. Takes a while.

    Raises :class:`Unreadable` where it is too large.
    """
    text = snapshot_text(snapshot).encode()
    if len(text) > largest:
        raise Unreadable(f"The domain is too large for the broker: more than {largest // 2**20} MiB.")
    return zlib.compress(text, QUICKLY), len(text)


def cut(body: bytes, largest: int) -> list[bytes]:
    """The pieces: none has more bytes than a message of ``largest`` bytes has room for."""
    room = max(SMALLEST_PIECE, largest - ROOM)
    return [body[start : start + room] for start in range(0, len(body), room)]


def contents_of(body: bytes, size: int, pieces: int, beside: Contents | None) -> Contents:
    """What the manifest says of this picture, which is written beside that one."""
    first = 1 if beside is None or beside.first == 2 else 2
    return Contents(_digest(body), size, first, pieces, text_version())


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def unpacked(manifest: Manifest, pieces: Sequence[bytes], zone_of: ZoneOf) -> Snapshot:
    """The snapshot again. Takes a while.

    Raises :class:`Torn`, and :class:`Unreadable` for another version's and where there is none.
    """
    contents = manifest.contents
    if contents is None or contents.version != text_version():
        raise Unreadable(other_version(manifest.program))
    body = b"".join(pieces)
    if len(pieces) != contents.pieces or _digest(body) != contents.digest:
        raise Torn
    try:
        inflate = zlib.decompressobj()
        text = inflate.decompress(body, contents.size + 1)
        if len(text) != contents.size or not inflate.eof:
            raise NotASnapshot
        snapshot = snapshot_from(text.decode(), zone_of, site_facts_of(manifest))
    except (zlib.error, ValueError):
        raise Unreadable(DAMAGED) from None
    if snapshot.domain != manifest.domain:
        raise Unreadable(DAMAGED)
    return snapshot


def as_told(snapshot: Snapshot, manifest: Manifest) -> Snapshot:
    """The same picture, read again at the manifest's times, with what it says of the sites."""
    facts, times = site_facts_of(manifest), manifest.times
    if snapshot.site_facts != facts:
        snapshot = replace(snapshot, site_facts=facts)
    if times is None or times_of(snapshot) == times:
        return snapshot
    return replace(snapshot, taken_at=times.taken_at, read_at=times.read_at, server_ahead=times.server_ahead)


def by_clock_of_reader(snapshot: Snapshot, read_at: datetime) -> Snapshot:
    """The snapshot with its times by the reader's clock, by which it was read at this moment.

    The phone system's own time stays what it was.
    """
    shift = read_at - snapshot.taken_at
    if abs(shift) <= SAME_CLOCK:
        return snapshot
    return replace(
        snapshot,
        taken_at=snapshot.taken_at + shift,
        read_at={part: at + shift for part, at in snapshot.read_at.items()},
        server_ahead=snapshot.server_ahead - shift,
    )
