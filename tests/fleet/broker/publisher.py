"""A collector's voice for the tests of who listens: it says of domains what the test wants, while it lives."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from anyio.from_thread import BlockingPortal, start_blocking_portal
from msgspec.structs import replace

from queuewatch.connection.fleet import sample_members
from queuewatch.failover.model import Snapshot
from queuewatch.fleet.broker.bucket import Bucket, Lengths, Overtaken, connected, stay_connected
from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.keys import DomainKey, collector_key, manifest_key
from queuewatch.fleet.broker.leases import Presence, presence_text
from queuewatch.fleet.broker.pictures import Manifest, by_clock_of_reader
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.shelf import Shelf
from queuewatch.fleet.shared import Silence
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.polling.assemble import read_snapshot
from queuewatch.process.background import alongside

from .nats_server import NatsServer

SHORT = Lengths().scaled(0.1)
IMPATIENT = Silence(patience=1.0, late=1.5, between_looks=0.05)
"""As usual, at a tenth of its length."""
SERVER = "https://pbx.example/ns-api/v2"
TERM = "0123456789abcdef0123456789abcdef"


Said = tuple[Manifest, Snapshot]
"""What is said of a domain, and its picture."""


class Publisher:
    """Says the same again and again, as a collector does, and what is new at once."""

    def __init__(self, nats: NatsServer) -> None:
        self._nats = nats
        self.said: dict[DomainKey, Said] = {}
        self.lives = True
        """Whether it gives signs of life, and renews anything."""
        self.now: Callable[[Said], Said] = lambda said: said
        """What becomes of what is said in the moment in which it is."""
        self._new = asyncio.Event()
        self._told = asyncio.Event()

    def say(self, snapshot: Snapshot, name: str = "", *, server: str = SERVER, sentence: str = "") -> DomainKey:
        """Say this of a domain from now on."""
        key = server, snapshot.domain
        self.said[key] = Manifest(*key, name, TERM, sentence=sentence, every=0.5), snapshot
        self._told.clear()
        self._new.set()
        return key

    async def told(self) -> None:
        """Wait until all is in the broker that was said."""
        async with asyncio.timeout(60):
            await self._told.wait()

    async def forget(self, key: DomainKey) -> None:
        """Delete a domain from the broker."""
        del self.said[key]
        async with connected(
            broker_settings({}, self._nats.address), BrokerClock(), create=False, lengths=SHORT
        ) as bucket:
            while (lies := await bucket.get(manifest_key(key))) is not None and lies.value:
                with suppress(Overtaken):
                    await bucket.put(manifest_key(key), b"", lies.revision)

    async def run(self) -> None:
        """Publish until cancelled, over every outage."""
        settings = broker_settings({}, self._nats.address)
        await stay_connected(settings, BrokerClock(), self._publish, lambda _: None, create=True, lengths=SHORT)

    async def _publish(self, bucket: Bucket) -> None:
        shelves: dict[DomainKey, Shelf] = {}
        lies = await bucket.get(collector_key(1))
        revision = lies.revision if lies is not None else 0
        while True:
            self._new.clear()
            if self.lives:
                revision = await bucket.put(
                    collector_key(1), presence_text(Presence(TERM, "pbx-watch", 7)), revision
                )
                for key in tuple(self.said):
                    with suppress(Overtaken):
                        await self._say_one(bucket, shelves, key)
                if not self._new.is_set():
                    self._told.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(SHORT.renew):
                    await self._new.wait()

    async def _say_one(self, bucket: Bucket, shelves: dict[DomainKey, Shelf], key: DomainKey) -> None:
        # Once a test has written there itself, all is looked at anew.
        shelf = shelves.pop(key, None)
        if shelf is None:
            shelf = Shelf(key, lambda: True)
            await shelf.find(bucket)
        if (said := self.said.get(key)) is not None:
            manifest, snapshot = self.now(said)
            await shelf.write(bucket, replace(manifest, read_at=bucket.clock.now()), _read_now(snapshot))
            shelves[key] = shelf


def _read_now(snapshot: Snapshot) -> Snapshot:
    """As if a phone system had just been read whose clock is right: a sample's stands still on another day."""
    return replace(by_clock_of_reader(snapshot, datetime.now(UTC)), server_ahead=timedelta())


@asynccontextmanager
async def publishing(nats: NatsServer, *companies: str) -> AsyncIterator[Publisher]:
    """A collector of these companies of the sample fleet, while the block runs."""
    publisher = Publisher(nats)
    for company in companies:
        snapshot, name = (await fleet_snapshots())[company]
        publisher.say(snapshot, name)
    async with alongside(publisher.run()):
        await publisher.told()
        yield publisher


_READ: dict[str, tuple[Snapshot, str]] = {}


async def fleet_snapshots() -> dict[str, tuple[Snapshot, str]]:
    """Every company of the sample fleet as it is read at its first moment, and its name, by its domain."""
    if not _READ:
        members = sample_members("fleet")
        for domain in members.domains:
            system = domain.open(RateLimiter(window=0.0))
            _READ[domain.domain] = await read_snapshot(system), domain.name
            await system.close()
        await members.close()
    return _READ


class Broker:
    """A broker into which somebody collects, in a thread of its own."""

    def __init__(self, portal: BlockingPortal, server: NatsServer, publisher: Publisher) -> None:
        self._portal = portal
        self.address = server.address
        self.publisher = publisher

    def say(self, domain: str, *, server: str = SERVER, sentence: str = "") -> None:
        """Have this said of a company, and wait until the broker has it."""
        self._portal.call(self._say, domain, server, sentence)

    def forget(self, domain: str, server: str) -> None:
        """Have a company deleted, as it is once no profile has it any more."""
        self._portal.call(self.publisher.forget, (server, domain))

    async def _say(self, domain: str, server: str, sentence: str) -> None:
        snapshot, name = (await fleet_snapshots())[domain]
        self.publisher.say(snapshot, name, server=server, sentence=sentence)
        await self.publisher.told()


@contextmanager
def collecting(folder: Path, *companies: str) -> Iterator[Broker]:
    """A server and who collects into it, in a thread of their own, while the block runs."""
    with start_blocking_portal() as portal:
        collected = portal.wrap_async_context_manager(_collected(folder, companies))
        with collected as (server, publisher):
            yield Broker(portal, server, publisher)


@asynccontextmanager
async def _collected(folder: Path, companies: tuple[str, ...]) -> AsyncIterator[tuple[NatsServer, Publisher]]:
    server = NatsServer(folder)
    await server.start()
    try:
        async with publishing(server, *companies) as publisher:
            yield server, publisher
    finally:
        server.kill()
