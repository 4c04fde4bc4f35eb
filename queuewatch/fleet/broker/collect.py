"""A collector: reads its share of the domains for everybody, and publishes what it finds.

It reads only what it holds a lease of, and only as long as it can show the broker that it lives. Who reads what is
in :mod:`queuewatch.fleet.broker.leases`, how a picture is written in :mod:`queuewatch.fleet.broker.shelf`.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from msgspec.structs import replace

from queuewatch.failover.model import Part
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.wording import plural
from queuewatch.fleet.broker.bucket import (
    BrokerAway,
    BrokerError,
    Bucket,
    BucketFull,
    Lengths,
    Overtaken,
    Seen,
    StoredValue,
    stay_connected,
)
from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.keys import (
    COLLECTORS,
    LEASES,
    MANIFESTS,
    MEMBERS,
    DomainKey,
    collector_key,
    domain_of,
    encoded_or_none,
    lease_key,
    leased,
    members_key,
    place_in,
)
from queuewatch.fleet.broker.leases import Presence, Roll, members_text, presence_from, presence_text
from queuewatch.fleet.broker.pictures import Manifest, Unreadable, by_clock_of_reader, sites_of
from queuewatch.fleet.broker.settings import BrokerSettings
from queuewatch.fleet.broker.shelf import LeftBehind, Shelf
from queuewatch.fleet.watch import READ_BEFORE, FleetDomain, FleetWatch
from queuewatch.polling.state import LiveState, without_late_rules
from queuewatch.process.background import alongside
from queuewatch.profiles.config import ALL_DOMAINS

Reason = TypeVar("Reason")

CERTAIN = 0.9
"""Of a lease: whoever could not show itself for so long stops, before anybody else may begin."""
AT_ONCE = 8
"""Domains that are taken, given back or published at the same time."""
PACE = 0.9
"""Of the interval: two readings are seldom quite as far apart."""
TIDIED_EVERY = 6 * 3600.0
"""Seconds between two looks for pictures that nobody renews."""
BREATH = 0.05
"""Seconds for which news of others is gathered before the domains are divided anew."""
FAREWELL = 2.0
"""Seconds in which everything is given back at the end."""


class _Holding:
    """A domain that this collector reads."""

    def __init__(self, domain: FleetDomain, shelf: Shelf, left: LeftBehind | None) -> None:
        self.domain = domain
        self.shelf = shelf
        self.live_state: LiveState | None = None
        self.taken_at = left.snapshot.taken_at if left is not None else None
        self.read_at = left.read_at if left is not None else None
        """By the broker's clock, when what was read last was read."""
        self.due_at = 0.0
        """By the clock that counts, before when it is not published again."""
        self.said = ""


class Collector:
    """Holds, reads and publishes domains until told to leave."""

    def __init__(
        self,
        settings: BrokerSettings,
        watch: FleetWatch,
        *,
        tell: Callable[[str], object],
        interval: float = 5.0,
        takes: Callable[[FleetDomain], object] = lambda domain: None,
        gives: Callable[[FleetDomain], object] = lambda domain: None,
        clock: BrokerClock | None = None,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        lengths: Lengths | None = None,
    ) -> None:
        """``tell`` is told in lines what is held and what is wrong.

        ``interval`` is the shortest, in seconds, between two publications of one domain; ``takes`` and ``gives``
        are told of each domain that comes and goes.
        """
        self._settings = settings
        self._watch = watch
        self._tell = tell
        self._interval = interval
        self._takes, self._gives = takes, gives
        self._clock = clock or BrokerClock()
        self._elapsed = self._clock.elapsed
        self._wall = wall
        self._lengths = lengths or Lengths()
        self._domains = {domain.key: domain for domain in watch.domains if encoded_or_none(domain.key)}
        self._held: dict[DomainKey, _Holding] = {}
        self._roll = Roll()
        self._moved = asyncio.Event()
        self._dirty: dict[DomainKey, None] = {}
        self._something_dirty = asyncio.Event()
        self._term = self._former = ""
        self._place = self._revision = 0
        self._shown_at = 0.0
        self._tidied_at = float("-inf")
        self._bucket: Bucket | None = None
        self._leaving = False
        self._said: tuple[str, ...] = ()
        self._no_room: set[DomainKey] = set()
        """Whose pictures the bucket was too full for."""
        for domain in watch.domains:
            watch.hand_over(domain.key)
        watch.tell(self._see)

    @property
    def held(self) -> frozenset[DomainKey]:
        """The domains that are read here now."""
        return frozenset(self._held)

    def age(self, key: DomainKey) -> float | None:
        """Seconds since a domain that is held was read, by the broker's clock; ``None`` while it never was."""
        holding = self._held.get(key)
        read_at = holding.read_at if holding is not None else None
        return self._clock.age(read_at) if read_at is not None else None

    async def run(self, until: Awaitable[Reason]) -> Reason:
        """Collect until this has come to pass, and give everything back; gives what came of it."""
        if too_long := len(self._watch.domains) - len(self._domains):
            self._tell(f"{plural(too_long, 'domain has', 'domains have')} a name too long for the broker.")
        connection = stay_connected(
            self._settings, self._clock, self._collect, self._hear, create=True, lengths=self._lengths
        )
        async with alongside(self._watch.run(), self._mind_term(), connection):
            reason = await until
            await self._leave()
        return reason

    # What is read.

    def _see(self, domain: FleetDomain, live_state: LiveState) -> None:
        holding = self._held.get(domain.key)
        if holding is None or (live_state.trouble is not None and live_state.trouble.asking):
            return
        snapshot = live_state.snapshot
        if Part.LIVE in snapshot.read_at and snapshot.taken_at != holding.taken_at:
            holding.taken_at, holding.read_at = snapshot.taken_at, self._clock.now()
        holding.live_state = live_state
        self._say_trouble(holding, live_state)
        self._publish_soon(domain.key)

    def _say_trouble(self, holding: _Holding, live_state: LiveState) -> None:
        said = live_state.trouble.sentence if live_state.trouble is not None else ""
        if said != holding.said:
            holding.said = said
            self._tell(f"{holding.domain.domain}: {said or 'It is read again.'}")

    def _publish_soon(self, key: DomainKey) -> None:
        self._dirty[key] = None
        self._something_dirty.set()

    # The connection.

    def _hear(self, error: BrokerError | None) -> None:
        # That there is a connection is no news yet: whether anything can be written over it shows in a moment.
        if error is not None:
            self._bucket = None
            self._say_once(str(error), error.hint)

    def _say_once(self, *said: str) -> None:
        """Tell this of the broker, unless it is what was told of it last."""
        if said != self._said:
            self._said = said
            self._tell(" ".join(filter(None, said)))

    async def _collect(self, bucket: Bucket) -> None:
        roll = self._roll = Roll()
        read = [asyncio.Event() for _ in range(3)]
        async with alongside(
            bucket.watch(COLLECTORS, self._seen(self._see_place), read[0].set),
            bucket.watch(MEMBERS, self._seen(self._see_members), read[1].set),
            bucket.watch(LEASES, self._seen(self._see_lease), read[2].set),
        ):
            for event in read:
                await event.wait()
            await self._enter(bucket, roll)
            self._bucket = bucket
            if not self._no_room:
                self._say_once("The broker answers.")
            async with alongside(self._show_life(bucket), self._publish(bucket)):
                while not self._leaving:
                    self._moved.clear()
                    await self._end_terms(bucket, roll)
                    await self._divide(bucket, roll)
                    await self._forget_old(bucket, roll)
                    # Not later than a term may be over: each second counts for who waits for its domains.
                    wait = roll.next_over(self._elapsed(), self._lengths.lease)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(min(self._lengths.renew / 2, max(BREATH, wait))):
                            await self._moved.wait()
                    await asyncio.sleep(min(BREATH, self._lengths.renew / 10))
                await asyncio.Event().wait()

    def _seen(self, see: Seen) -> Seen:
        def seen(value: StoredValue) -> None:
            see(value)
            self._moved.set()

        return seen

    def _see_place(self, value: StoredValue) -> None:
        if (place := place_in(value.key)) is not None:
            self._roll.see_place(place, value.value, value.revision, self._elapsed())

    def _see_members(self, value: StoredValue) -> None:
        if (place := place_in(value.key)) is not None:
            self._roll.see_members(place, value.value)

    def _see_lease(self, value: StoredValue) -> None:
        if (key := leased(value.key)) is not None:
            self._roll.see_lease(key, value.value, value.revision)

    # Our own term.

    @property
    def _is_certain(self) -> bool:
        """Whether nobody else can have taken what is held."""
        return bool(self._term) and self._elapsed() - self._shown_at < CERTAIN * self._lengths.lease

    async def _mind_term(self) -> None:
        """Stop reading in time where the broker cannot be shown that we live."""
        while True:
            if self._term and not self._is_certain:
                self._drop_term()
            left = self._shown_at + CERTAIN * self._lengths.lease - self._elapsed() if self._term else 1.0
            await asyncio.sleep(max(0.01, min(left, self._lengths.renew)))

    def _drop_term(self) -> None:
        if self._held and not self._leaving:
            self._tell(f"Nothing is read for now: {plural(len(self._held), 'domain')} may be another collector's.")
        self._former, self._term = self._term or self._former, ""
        for key in tuple(self._held):
            self._let_go(key)

    def _let_go(self, key: DomainKey) -> None:
        self._watch.hand_over(key)
        if (holding := self._held.pop(key, None)) is not None:
            self._gives(holding.domain)
        self._dirty.pop(key, None)
        self._no_room.discard(key)

    async def _enter(self, bucket: Bucket, roll: Roll) -> None:
        """Go on with our term where its place is still ours, else begin another."""
        place = roll.place_of(self._term) if self._is_certain else None
        if place is not None:
            self._place, self._revision = place, roll.places[place].revision
            return
        self._drop_term()
        presence = Presence(uuid4().hex, socket.gethostname(), os.getpid())
        while True:
            # Our own from before, where it is still there: else its leases would be nobody's for a while.
            own = roll.place_of(self._former)
            place, last = (own, roll.places[own].revision) if own is not None else roll.free_place()
            shown_at = self._elapsed()
            try:
                revision = await bucket.put(collector_key(place), presence_text(presence), last)
            except Overtaken:
                if (value := await bucket.get(collector_key(place))) is not None:
                    roll.see_place(place, value.value, value.revision, self._elapsed())
                continue
            break
        roll.see_place(place, presence_text(presence), revision, shown_at)
        members = members_text(presence.term, self._domains)
        key = members_key(place)
        known = await bucket.get(key)
        try:
            await bucket.put(key, members, known.revision if known is not None else 0)
        except Overtaken:
            raise BrokerAway("Somebody else wrote at this collector's place; it begins anew.") from None
        roll.see_members(place, members)
        self._term, self._place, self._revision, self._shown_at = presence.term, place, revision, shown_at

    async def _show_life(self, bucket: Bucket) -> None:
        presence = presence_text(Presence(self._term, socket.gethostname(), os.getpid()))
        term, key = self._term, collector_key(self._place)
        while True:
            shown_at = self._elapsed()
            try:
                self._revision = await bucket.put(key, presence, self._revision)
            except Overtaken:
                if self._leaving:
                    return
                self._drop_term()
                raise BrokerAway("The others took this collector for dead; it begins anew.") from None
            if self._term != term:
                raise BrokerAway("The broker answered too late; this collector begins anew.")
            self._shown_at = shown_at
            await asyncio.sleep(self._lengths.renew)

    # The others, and what is whose.

    async def _end_terms(self, bucket: Bucket, roll: Roll) -> None:
        """Empty the places of those that show no life any more."""
        for place, revision in roll.over(self._elapsed(), self._lengths.lease).items():
            if place == self._place:
                continue
            at = roll.places[place]
            try:
                emptied = await bucket.put(collector_key(place), b"", revision)
            except Overtaken:
                # It lives, or another was quicker: the watch tells.
                continue
            roll.see_place(place, b"", emptied, self._elapsed())
            if at.presence is not None:
                self._tell(f"The collector {at.presence.title} has shown no life; its domains are taken over.")

    async def _divide(self, bucket: Bucket, roll: Roll) -> None:
        if not self._is_certain:
            return
        self._watch.share(max(1, len(roll.living)))
        division = roll.division(self._domains.keys())
        for key in tuple(self._held):
            if roll.holder(key) != self._term:
                self._let_go(key)
        # What is ours by its lease and is not held was on its way when the connection broke.
        give = [key for key, term in division.items() if term != self._term and roll.holder(key) == self._term]
        await _each(partial(self._give, bucket, roll), give)
        take = [
            key
            for key, term in division.items()
            if term == self._term and key not in self._held and roll.holder(key) in ("", self._term)
        ]
        await _each(partial(self._take, bucket, roll), take)
        if give or take:
            others = plural(len(roll.living), "collector shares them", "collectors share them")
            self._tell(f"Reading {len(self._held)} of {plural(len(self._domains), 'domain')}; {others}.")

    async def _give(self, bucket: Bucket, roll: Roll, key: DomainKey) -> None:
        """Stop reading it, and only then let another take it."""
        self._watch.hand_over(key)
        await self._watch.stopped(key)
        self._let_go(key)
        with suppress(Overtaken):
            revision = await bucket.put(lease_key(key), b"", roll.leases[key].revision)
            roll.see_lease(key, b"", revision)

    async def _take(self, bucket: Bucket, roll: Roll, key: DomainKey) -> None:
        term = self._term
        if roll.holder(key) != term:
            lease = roll.leases.get(key)
            try:
                revision = await bucket.put(lease_key(key), term.encode(), lease.revision if lease else 0)
            except Overtaken:
                return
            except BucketFull as error:
                # The others are read all the same; it is tried again at the next look.
                self._hear_full(key, error)
                return
            roll.see_lease(key, term.encode(), revision)
        shelf = Shelf(key, partial(self._may_write, term, key))
        left = await shelf.find(bucket)
        domain = self._domains[key]
        known = await self._known(domain, left) if left is not None else None
        if self._term != term or not self._is_certain or self._leaving:
            return
        self._held[key] = _Holding(domain, shelf, left)
        self._takes(domain)
        if known is not None:
            self._watch.see(domain, known)
        self._watch.take_back(key)
        # So that viewers know who reads it from now on.
        self._publish_soon(key)

    async def _known(self, domain: FleetDomain, left: LeftBehind) -> LiveState:
        """What the collector before left behind, to begin with: else its rules would seem never to be read."""
        at = self._wall() - timedelta(seconds=self._clock.age(left.read_at))
        snapshot = by_clock_of_reader(left.snapshot, at)
        judgements = await asyncio.to_thread(judge_all, snapshot)
        return LiveState(snapshot, judgements, trouble=READ_BEFORE)

    def _may_write(self, term: str, key: DomainKey) -> bool:
        return self._term == term and self._is_certain and key in self._held

    async def _forget_old(self, bucket: Bucket, roll: Roll) -> None:
        """Delete what nobody renewed for long and nobody can, such as a customer's who left."""
        longest, now = self._lengths.forgotten, self._elapsed()
        if not self._is_certain or now < self._tidied_at + min(TIDIED_EVERY, longest):
            return
        self._tidied_at = now
        for value in await bucket.everything(MANIFESTS):
            key = domain_of(value.key)
            if key is None or not value.value or value.written_at is None or roll.is_anybodys(key):
                continue
            # A list that could not be read is a row of its own, and stands for nothing once it can.
            if key[1] == ALL_DOMAINS or self._clock.age(value.written_at) >= longest:
                with suppress(Overtaken):
                    await Shelf(key, lambda: self._is_certain).clear(bucket)
                    self._tell(f"{key[1]}: nobody reads it any more; its last picture is deleted.")

    # What is published.

    async def _publish(self, bucket: Bucket) -> None:
        while True:
            self._something_dirty.clear()
            now = self._elapsed()
            for key in tuple(self._dirty):
                if key not in self._held:
                    del self._dirty[key]
            due = [key for key in self._dirty if self._held[key].due_at <= now][:AT_ONCE]
            if due:
                await _each(partial(self._publish_one, bucket), due)
                continue
            wait = min((self._held[key].due_at - now for key in self._dirty), default=self._lengths.renew)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.01, wait)):
                    await self._something_dirty.wait()
                    # Not at once: what is read slowly comes in small parts.
                    await asyncio.sleep(0.01)

    async def _publish_one(self, bucket: Bucket, key: DomainKey) -> None:
        holding = self._held.get(key)
        self._dirty.pop(key, None)
        if holding is None:
            return
        holding.due_at = self._elapsed() + self._interval * PACE
        live = holding.live_state
        snapshot = without_late_rules(live) if live is not None and Part.LIVE in live.snapshot.read_at else None
        manifest = self._manifest(holding)
        try:
            try:
                await holding.shelf.write(bucket, manifest, snapshot)
            except Unreadable as error:
                manifest = Manifest(*key, holding.domain.name, self._term, sentence=str(error))
                await holding.shelf.write(bucket, manifest, None)
        except Overtaken:
            await self._overtaken(bucket, key)
        except BucketFull as error:
            self._hear_full(key, error)
            holding.due_at = self._elapsed() + self._lengths.lease
            self._publish_soon(key)
        except (BrokerError, asyncio.CancelledError):
            # Over the next connection: of a domain in trouble there may be nothing new to tell for long.
            self._publish_soon(key)
            raise
        else:
            self._hear_room(key)

    def _manifest(self, holding: _Holding) -> Manifest:
        domain, live = holding.domain, holding.live_state
        if live is None:
            # Only who reads it is another: what was wrong before is not yet known to be right.
            before = holding.shelf.manifest or Manifest(*domain.key)
            return replace(before, name=domain.name, collector=self._term, sites=sites_of(domain.site_facts))
        trouble = live.trouble
        return Manifest(
            *domain.key,
            domain.name,
            self._term,
            read_at=holding.read_at,
            sentence=trouble.sentence if trouble is not None else "",
            hint=trouble.hint if trouble is not None else "",
            refused=trouble is not None and trouble.refused,
            every=live.every,
            sites=sites_of(domain.site_facts),
        )

    async def _overtaken(self, bucket: Bucket, key: DomainKey) -> None:
        """Somebody wrote where only we may: a collector that was held up, or ours is over."""
        lease = await bucket.get(lease_key(key))
        if lease is None or lease.value.decode("ascii", "replace") != self._term:
            self._let_go(key)
            return
        if (holding := self._held.get(key)) is not None:
            await holding.shelf.find(bucket)
            self._publish_soon(key)

    def _hear_full(self, key: DomainKey, error: BucketFull) -> None:
        self._no_room.add(key)
        self._say_once(str(error), error.hint)

    def _hear_room(self, key: DomainKey) -> None:
        """This one was taken. What is no larger than before is also taken by a full bucket, so each counts."""
        if key in self._no_room:
            self._no_room.discard(key)
            if not self._no_room:
                self._say_once("The bucket has room again.")

    # The end.

    async def _leave(self) -> None:
        """Stop reading, and let the others have it at once."""
        self._leaving = True
        self._moved.set()
        bucket, held = self._bucket, tuple(self._held)
        with suppress(BrokerError, TimeoutError):
            async with asyncio.timeout(FAREWELL):
                for key in held:
                    self._watch.hand_over(key)
                for key in held:
                    await self._watch.stopped(key)
                if bucket is not None and self._is_certain:
                    await self._leave_place(bucket)
        self._drop_term()
        if held:
            self._tell(f"{plural(len(held), 'domain is', 'domains are')} given back.")

    async def _leave_place(self, bucket: Bucket) -> None:
        """With the place all leases of the term are free."""
        key = collector_key(self._place)
        while True:
            try:
                await bucket.put(key, b"", self._revision)
            except Overtaken:
                value = await bucket.get(key)
                presence = presence_from(value.value) if value is not None else None
                if value is None or presence is None or presence.term != self._term:
                    return
                # It had just been shown that we live.
                self._revision = value.revision
            else:
                return


async def _each(work: Callable[[DomainKey], Awaitable[None]], keys: Iterable[DomainKey]) -> None:
    """Do it for each, a few at a time. What the first fails with is raised once all have ended."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(key: DomainKey) -> None:
        async with free:
            await work(key)

    works: list[Coroutine[Any, Any, None]] = [one(key) for key in keys]
    for outcome in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
