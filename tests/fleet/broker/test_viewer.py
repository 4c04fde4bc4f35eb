"""A viewer beside a real broker: what it shows is whole, has its age, and comes back after everything."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from msgspec.structs import replace

from queuewatch.failover.model import Snapshot
from queuewatch.fleet.broker.bucket import BrokerError, Bucket, Lengths, connected
from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.keys import DomainKey, collector_key, manifest_key, piece_key
from queuewatch.fleet.broker.leases import Presence, presence_text
from queuewatch.fleet.broker.pictures import Manifest, is_same_picture, manifest_text
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.shelf import Shelf
from queuewatch.fleet.broker.viewer import NOT_WHOLE, BrokerViewer
from queuewatch.process.background import alongside
from tests.storage.pictures import SEEN

from .nats_server import NatsServer

SHORT = Lengths().scaled(0.1)
SERVER = "https://pbx.example"
KEY: DomainKey = (SERVER, SEEN.domain)
BIG = replace(
    SEEN,
    queues={
        name[:8]: replace(SEEN.queues["8000"], extension=name[:8], name=name)
        for name in (sha256(bytes([number])).hexdigest() for number in range(40))
    },
)
"""More than one piece."""


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 (what is waited for happens in another process)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def bucket_of(nats: NatsServer) -> AsyncIterator[Bucket]:
    settings = broker_settings({}, nats.address)
    async with connected(settings, BrokerClock(), create=True, lengths=SHORT) as bucket:
        yield bucket


@asynccontextmanager
async def viewing(
    nats: NatsServer, domain: str | None = None, lengths: Lengths = SHORT
) -> AsyncIterator[BrokerViewer]:
    viewer = BrokerViewer(broker_settings({}, nats.address), domain=domain, lengths=lengths)
    async with alongside(viewer.run()):
        yield viewer


async def publish(
    bucket: Bucket, snapshot: Snapshot | None, shelf: Shelf, *, read_ago: float = 0.0, sentence: str = ""
) -> None:
    read_at = bucket.clock.now() - timedelta(seconds=read_ago)
    manifest = Manifest(*KEY, "The office", "term", read_at=read_at, sentence=sentence, every=5.0)
    await shelf.write(bucket, manifest, snapshot)


def own_shelf() -> Shelf:
    return Shelf(KEY, lambda: True)


async def test_a_viewer_follows_what_is_published(nats: NatsServer) -> None:
    async with bucket_of(nats) as bucket:
        bucket.largest = 1600
        shelf = own_shelf()
        await publish(bucket, BIG, shelf)
        await bucket.put(collector_key(1), presence_text(Presence("term", "pbx-watch", 7)), 0)
        async with viewing(nats) as viewer:
            await viewer.settled(60)
            picture = viewer.pictures[KEY]
            assert picture.snapshot is not None
            assert is_same_picture(picture.snapshot, BIG)
            assert abs(datetime.now(UTC) - picture.snapshot.taken_at) < timedelta(seconds=60)
            assert (picture.name, picture.every, viewer.known) == ("The office", 5.0, {KEY: "The office"})
            # Another picture, and one that is read again and is the same.
            other = replace(BIG, agents_unseen=3)
            await publish(bucket, other, shelf)
            await until(lambda: (s := viewer.pictures[KEY].snapshot) is not None and s.agents_unseen == 3)
            before = await bucket.get(piece_key(KEY, 1))
            await publish(
                bucket,
                replace(other, taken_at=other.taken_at + timedelta(minutes=1)),
                shelf,
                sentence="It is slow.",
            )
            await until(lambda: viewer.pictures[KEY].sentence == "It is slow.")
            assert await bucket.get(piece_key(KEY, 1)) == before
            # What cannot be read keeps its picture, and its age.
            await publish(bucket, None, shelf, sentence="It does not answer.")
            await until(lambda: viewer.pictures[KEY].sentence == "It does not answer.")
            assert viewer.pictures[KEY].snapshot is not None
            # Whoever takes it over in a broker that was emptied knows nothing yet, not even how often it is read.
            await shelf.write(bucket, Manifest(*KEY, "The office", "other"), None)
            await until(lambda: viewer.pictures[KEY].collector == "other")
            assert (viewer.pictures[KEY].every, viewer.pictures[KEY].sentence) == (5.0, "")
            # Another version writes what this one cannot read; the picture from before stays.
            text = manifest_text(Manifest(*KEY, program="9.9.0", format=9))
            lies = await bucket.get(manifest_key(KEY))
            assert lies is not None
            revision = await bucket.put(manifest_key(KEY), text, lies.revision)
            await until(lambda: "queuewatch 9.9.0" in viewer.pictures[KEY].unreadable)
            assert viewer.pictures[KEY].snapshot is not None
            assert viewer.age(KEY) is not None
            await bucket.put(manifest_key(KEY), b"", revision)
            await until(lambda: KEY not in viewer.pictures)
            assert viewer.known == {}


async def test_a_set_of_which_a_piece_is_missing_is_never_shown(nats: NatsServer) -> None:
    async with bucket_of(nats) as bucket:
        bucket.largest = 1600
        shelf = own_shelf()
        await publish(bucket, BIG, shelf)
        lost = await bucket.get(piece_key(KEY, 3))
        assert lost is not None
        await bucket.put(piece_key(KEY, 3), b"", lost.revision)
        async with viewing(nats) as viewer:
            await viewer.settled(60)
            assert (viewer.pictures[KEY].snapshot, viewer.pictures[KEY].unreadable) == (None, NOT_WHOLE)
            assert viewer.age(KEY) is None
            await publish(bucket, replace(BIG, agents_unseen=1), shelf)
            await until(lambda: viewer.pictures[KEY].snapshot is not None)
            assert viewer.pictures[KEY].unreadable == ""


async def test_a_picture_is_as_old_as_the_broker_says(nats: NatsServer) -> None:
    async with bucket_of(nats) as bucket:
        shelf = own_shelf()
        await publish(bucket, SEEN, shelf, read_ago=120.0)
        async with viewing(nats) as viewer:
            async with alongside(live(bucket)):
                await viewer.settled(60)
                await until(lambda: viewer.is_renewed(KEY) and viewer.collectors == ("pbx-watch (process 7)",))
                assert 119 < (viewer.age(KEY) or 0) < 240
                picture = viewer.pictures[KEY].snapshot
                assert picture is not None
                assert 119 < (datetime.now(UTC) - picture.taken_at).total_seconds() < 240
            # Nobody renews it, and nobody has to say so.
            await until(lambda: not viewer.is_renewed(KEY))
            await until(lambda: viewer.collectors == ())
            # A picture is never newer than the message it came in.
            await publish(bucket, SEEN, shelf, read_ago=-3600.0)
            await until(lambda: (viewer.age(KEY) or 120) < 60)
            nats.kill()
            await until(lambda: viewer.trouble != "")
            before = viewer.age(KEY) or 0.0
            await until(lambda: (viewer.age(KEY) or 0.0) > before + 0.2)


class ClockPutBack(BrokerClock):
    """A broker's clock that somebody puts back."""

    by = timedelta()

    def now(self) -> datetime:
        return super().now() - self.by


async def test_who_is_gone_does_not_live_on_where_the_clock_of_the_broker_was_put_back(nats: NatsServer) -> None:
    async with bucket_of(nats) as bucket:
        await publish(bucket, SEEN, own_shelf())
        await bucket.put(collector_key(1), presence_text(Presence("term", "pbx-watch", 7)), 0)
        clock = ClockPutBack()
        viewer = BrokerViewer(broker_settings({}, nats.address), clock=clock, lengths=Lengths().scaled(30))
        async with alongside(viewer.run()):
            await until(lambda: viewer.is_renewed(KEY))
            clock.by = timedelta(hours=1)
            assert not viewer.is_renewed(KEY)
            assert viewer.collectors == ()


async def live(bucket: Bucket) -> None:
    """Show that a collector lives, until cancelled."""
    revision = 0
    while True:
        revision = await bucket.put(collector_key(1), presence_text(Presence("term", "pbx-watch", 7)), revision)
        await asyncio.sleep(0.1)


async def test_whatever_becomes_of_the_broker_the_viewer_comes_back(nats: NatsServer) -> None:
    async with viewing(nats, lengths=replace(Lengths().scaled(0.03), answer=1.5)) as viewer:
        with pytest.raises(BrokerError, match="has no bucket “queuewatch” yet"):
            await viewer.settled()
        async with bucket_of(nats) as bucket:
            await publish(bucket, SEEN, own_shelf())
        await until(lambda: viewer.trouble == "")
        await viewer.settled(60)
        await until(lambda: KEY in viewer.pictures)
        nats.kill()
        await until(lambda: "does not answer" in viewer.trouble)
        assert viewer.pictures[KEY].snapshot is not None
        await nats.start()
        await until(lambda: viewer.trouble == "")
        async with bucket_of(nats) as bucket:
            await publish(bucket, replace(SEEN, agents_unseen=1), own_shelf())
            await until(lambda: (s := viewer.pictures[KEY].snapshot) is not None and s.agents_unseen == 1)
            # It hangs: connections stay, and nothing is answered.
            nats.stall()
            await until(lambda: "does not answer" in viewer.trouble)
            nats.resume()
            await until(lambda: viewer.trouble == "")
        nats.kill()
        nats.empty()
        await nats.start()
        await until(lambda: "no bucket" in viewer.trouble)
        assert KEY in viewer.pictures, "it may be filled again"
        async with bucket_of(nats) as bucket:
            await until(lambda: viewer.trouble == "")
            await until(lambda: KEY not in viewer.pictures)
            await publish(bucket, replace(SEEN, agents_unseen=2), own_shelf())
            await until(lambda: KEY in viewer.pictures)
            # Whoever empties the bucket itself tells no watch.
            await bucket._jetstream.purge_stream("KV_queuewatch")
            await until(lambda: KEY not in viewer.pictures)
            await publish(bucket, replace(SEEN, agents_unseen=3), own_shelf())
            await until(lambda: KEY in viewer.pictures)


async def test_of_one_domain_nothing_else_is_fetched(nats: NatsServer) -> None:
    async with bucket_of(nats) as bucket:
        await publish(bucket, SEEN, own_shelf())
        other = (SERVER, "other.example")
        await Shelf(other, lambda: True).write(
            bucket, Manifest(*other, "Another office", read_at=bucket.clock.now()), replace(SEEN, domain=other[1])
        )
        async with viewing(nats, "OTHER.example") as viewer:
            await viewer.settled(60)
            assert set(viewer.pictures) == {other}
            assert viewer.known == {KEY: "The office", other: "Another office"}
