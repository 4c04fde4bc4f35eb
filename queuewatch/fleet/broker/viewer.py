"""What a broker has of every domain, kept as it changes: the latest whole picture, its age, and who renews it."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from queuewatch.failover.model import Snapshot
from queuewatch.fleet.broker.bucket import BrokerAway, BrokerError, Bucket, Lengths, StoredValue, stay_connected
from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.keys import COLLECTORS, MANIFESTS, DomainKey, domain_of, place_in
from queuewatch.fleet.broker.leases import Presence, presence_from
from queuewatch.fleet.broker.pictures import (
    Manifest,
    Torn,
    Unreadable,
    as_told,
    by_clock_of_reader,
    manifest_from,
)
from queuewatch.fleet.broker.settings import BrokerSettings
from queuewatch.fleet.broker.shelf import read_picture
from queuewatch.process.background import alongside

AT_ONCE = 4
"""Domains whose pieces are fetched at the same time."""
MISSED = 3
"""Lengths of a lease for which a domain is still shown that the broker has no more: it may be filling again."""
NOT_WHOLE = "Its picture is being written anew."


class SharedPicture(Struct, frozen=True):
    """One domain as the broker has it."""

    server: str
    domain: str
    name: str = ""
    """What people call it; empty where nothing does."""
    snapshot: Snapshot | None = None
    """The latest whole one, by the clock of this machine; ``None`` while there is none."""
    sentence: str = ""
    """Why the collector has nothing newer; empty while all is well."""
    hint: str = ""
    refused: bool = False
    """Whether the phone system did not accept the collector's credentials."""
    unreadable: str = ""
    """Why what the broker has is not shown here, such as another version's; empty while it is."""
    collector: str = ""
    """The term of the collector that wrote it last."""
    every: float = 0.0
    """Seconds between two readings, as things stand."""

    @property
    def key(self) -> DomainKey:
        """What tells it from every other."""
        return self.server, self.domain


class _Held(Struct, frozen=True):
    """A picture that was read whole."""

    digest: str
    snapshot: Snapshot
    read_at: datetime
    """By the broker's clock."""


class BrokerViewer:
    """Follows a broker until cancelled, over every outage of it."""

    def __init__(
        self,
        settings: BrokerSettings,
        changed: Callable[[DomainKey | None], None] = lambda key: None,
        *,
        domain: str | None = None,
        server: str | None = None,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: BrokerClock | None = None,
        lengths: Lengths | None = None,
    ) -> None:
        """``changed`` is told whose picture, age or trouble changed; ``None`` when the broker's own trouble did.

        With a ``domain`` only pictures of domains of that name are fetched, of that ``server`` where one is given.
        """
        self.pictures: dict[DomainKey, SharedPicture] = {}
        self.known: dict[DomainKey, str] = {}
        """Every domain that the broker has, and what people call it; those too whose pictures are not fetched."""
        self.trouble = ""
        """What is wrong with the broker, in a sentence; empty while it answers."""
        self.hint = ""
        self.is_full = False
        """Whether the broker has hardly any room left."""
        self._settings = settings
        self._changed = changed
        self._domain = domain.casefold() if domain is not None else None
        self._server = server
        self._wall = wall
        self._clock = clock or BrokerClock()
        self._lengths = lengths or Lengths()
        self._collectors: dict[int, tuple[Presence, datetime]] = {}
        self._held: dict[DomainKey, _Held] = {}
        self._pending: dict[DomainKey, StoredValue] = {}
        self._arrived = asyncio.Event()
        self._missing: dict[DomainKey, float] = {}
        self._all_read = asyncio.Event()
        self._told = asyncio.Event()
        self._error: BrokerError | None = None

    async def run(self) -> None:
        """Follow it until cancelled."""
        await stay_connected(
            self._settings, self._clock, self._follow, self._tell, create=False, lengths=self._lengths
        )

    async def settled(self, within: float = 10.0) -> None:
        """Wait until all that the broker has was read. Raises :class:`BrokerError` where it cannot be."""
        try:
            async with asyncio.timeout(within):
                while not self._all_read.is_set():
                    self._told.clear()
                    if self._error is not None:
                        raise self._error
                    await self._told.wait()
        except TimeoutError:
            raise BrokerError(
                f"The broker at {self._settings.title} did not send everything in {within:g} seconds.",
                "Try again; with many domains the first time takes longest.",
            ) from None

    def age(self, key: DomainKey) -> float | None:
        """Seconds since the picture was read, by the broker's clock; ``None`` where there is none."""
        held = self._held.get(key)
        return self._clock.age(held.read_at) if held is not None else None

    def is_renewed(self, key: DomainKey) -> bool:
        """Whether the collector that wrote it last is alive."""
        picture = self.pictures.get(key)
        return picture is not None and any(
            presence.term == picture.collector for presence, _ in self._living().values()
        )

    @property
    def collectors(self) -> tuple[str, ...]:
        """Who is alive, in words."""
        return tuple(presence.title for presence, _ in self._living().values())

    def _living(self) -> Mapping[int, tuple[Presence, datetime]]:
        return {
            place: (presence, written_at)
            for place, (presence, written_at) in sorted(self._collectors.items())
            # Where the broker's clock was put back, who is gone would live until it has caught up.
            if abs(self._clock.since(written_at)) < self._lengths.lease
        }

    def _tell(self, error: BrokerError | None) -> None:
        self._error = error
        trouble, hint = (str(error), error.hint) if error is not None else ("", "")
        if (trouble, hint) != (self.trouble, self.hint):
            self.trouble, self.hint = trouble, hint
            self._changed(None)
        self._told.set()

    async def _follow(self, bucket: Bucket) -> None:
        whole = asyncio.Event()
        seen: set[DomainKey] = set()
        self._collectors.clear()
        self._pending.clear()

        def manifest(entry: StoredValue) -> None:
            key = domain_of(entry.key)
            if key is not None:
                seen.add(key)
                self._pending[key] = entry
                self._arrived.set()

        def collector(entry: StoredValue) -> None:
            place, presence = place_in(entry.key), presence_from(entry.value)
            if place is not None:
                if presence is None or entry.written_at is None:
                    self._collectors.pop(place, None)
                else:
                    self._collectors[place] = presence, entry.written_at

        async with alongside(
            bucket.watch(MANIFESTS, manifest, whole.set),
            bucket.watch(COLLECTORS, collector, lambda: None),
        ):
            await whole.wait()
            await self._take_in(bucket)
            now = self._clock.elapsed()
            self._missing = {key: self._missing.get(key, now) for key in self.known if key not in seen}
            self._all_read.set()
            self._told.set()
            while True:
                self.is_full = bucket.is_full
                self._drop_missed(seen)
                try:
                    async with asyncio.timeout(self._lengths.renew):
                        await self._arrived.wait()
                except TimeoutError:
                    # Whoever empties a bucket tells no watch.
                    await self._check_not_emptied(bucket, seen)
                await self._take_in(bucket)

    async def _check_not_emptied(self, bucket: Bucket, seen: set[DomainKey]) -> None:
        there = len(seen & self.known.keys())
        if bucket.values < there:
            await bucket.look()
            if bucket.values < there:
                raise BrokerAway("The bucket was emptied meanwhile.")

    def _drop_missed(self, seen: set[DomainKey]) -> None:
        now = self._clock.elapsed()
        for key, since in tuple(self._missing.items()):
            if key in seen:
                del self._missing[key]
            elif now - since >= MISSED * self._lengths.lease:
                del self._missing[key]
                self._forget(key)

    def _forget(self, key: DomainKey) -> None:
        self.known.pop(key, None)
        self._held.pop(key, None)
        if self.pictures.pop(key, None) is not None:
            self._changed(key)

    async def _take_in(self, bucket: Bucket) -> None:
        """Take in every manifest that has come, and the pieces it names."""
        free = asyncio.Semaphore(AT_ONCE)

        async def take_in(key: DomainKey, entry: StoredValue) -> None:
            async with free:
                await self._take_in_one(bucket, key, entry)

        while self._pending:
            self._arrived.clear()
            pending, self._pending = self._pending, {}
            outcomes = await asyncio.gather(
                *(take_in(*found) for found in pending.items()), return_exceptions=True
            )
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome

    async def _take_in_one(self, bucket: Bucket, key: DomainKey, entry: StoredValue) -> None:
        if not entry.value:
            self._forget(key)
            return
        try:
            manifest = manifest_from(entry.value, key)
        except Unreadable as error:
            self.known.setdefault(key, "")
            if self._is_wanted(key):
                self._show(key, None, str(error))
            return
        self.known[key] = manifest.name
        if not self._is_wanted(key):
            return
        unreadable = ""
        if manifest.contents is not None:
            try:
                await self._hold(bucket, manifest, entry)
            except Torn:
                # Unless the next one is here already, which says where the pieces are now.
                if key in self._pending:
                    return
                unreadable = NOT_WHOLE
            except Unreadable as error:
                unreadable = str(error)
        self._show(key, manifest, unreadable)

    async def _hold(self, bucket: Bucket, manifest: Manifest, entry: StoredValue) -> None:
        """Hold the picture that the manifest names. Raises :class:`Torn` and :class:`Unreadable`."""
        held, contents = self._held.get(manifest.key), manifest.contents
        if held is not None and contents is not None and held.digest == contents.digest:
            snapshot = held.snapshot
        else:
            snapshot = await read_picture(bucket, manifest)
        # What was held up on its way is as old as it is, and nothing is newer than when it was written.
        moments = [moment for moment in (manifest.read_at, entry.written_at) if moment is not None]
        read_at = min(moments, default=self._clock.now())
        digest = contents.digest if contents is not None else ""
        self._held[manifest.key] = _Held(digest, as_told(snapshot, manifest), read_at)

    def _show(self, key: DomainKey, manifest: Manifest | None, unreadable: str) -> None:
        held = self._held.get(key)
        snapshot = None
        if held is not None:
            read_at = self._wall() - timedelta(seconds=self._clock.age(held.read_at))
            snapshot = by_clock_of_reader(held.snapshot, read_at)
        before = self.pictures.get(key)
        if manifest is None:
            name = before.name if before is not None else ""
            self.pictures[key] = SharedPicture(*key, name, snapshot, unreadable=unreadable)
        else:
            self.pictures[key] = SharedPicture(
                *key,
                manifest.name,
                snapshot,
                manifest.sentence,
                manifest.hint,
                manifest.refused,
                unreadable,
                manifest.collector,
                # Who has only just taken it over, and found nothing there, does not know yet how often it is read.
                manifest.every or (before.every if before is not None else 0.0),
            )
        self._changed(key)

    def _is_wanted(self, key: DomainKey) -> bool:
        server, domain = key
        return (self._domain is None or domain.casefold() == self._domain) and self._server in (None, server)
