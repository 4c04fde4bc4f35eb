"""Collectors beside a real broker and a real server: each domain is read by one of them, for every viewer."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from queuewatch.fleet.broker.bucket import Lengths
from queuewatch.fleet.broker.collect import Collector
from queuewatch.fleet.broker.keys import DomainKey
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.fleet.watch import FleetDomain, FleetWatch
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import LiveReading
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.provider import Provider
from queuewatch.pbx.sandbox.samples import load_sample_fleet
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running
from queuewatch.process.background import alongside, held

from .nats_server import NatsServer

SHORT = Lengths().scaled(0.1)
INTERVAL = 0.2
SAMPLES = load_sample_fleet()[:6]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 (what is waited for happens in another process)
            await asyncio.sleep(0.01)


class Readings:
    """Who held and who read which domain, when."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str, float]] = []
        self.moves: list[tuple[str, str, float, bool]] = []
        """Who took a domain, or gave it."""

    def moved(self, who: str, takes: bool, domain: FleetDomain) -> None:
        self.moves.append((who, domain.domain, time.monotonic(), takes))

    def since(self, moment: float) -> list[tuple[str, str]]:
        return [(who, domain) for who, domain, at in self.all if at > moment]

    def twice(self) -> float:
        """For how many seconds one domain was held by two at most; and whoever held none read none."""
        longest = 0.0
        events = [(at, who, domain, takes) for who, domain, at, takes in self.moves]
        events += [(at, who, domain, None) for who, domain, at in self.all]  # type: ignore[misc]
        holders: dict[str, dict[str, float]] = {}
        for at, who, domain, takes in sorted(events, key=lambda event: event[0]):
            mine = holders.setdefault(domain, {})
            if takes is None:
                assert who in mine, f"{who} read {domain} and did not hold it"
            elif takes:
                mine[who] = at
            else:
                begun = mine.pop(who)
                longest = max([longest, *(at - max(begun, other) for other in mine.values())])
        return longest


class CountedDomain(NetsapiensDomain):
    """Tells who reads."""

    readings: Readings
    who = ""

    async def read_live(self) -> LiveReading:
        self.readings.all.append((self.who, self.domain, time.monotonic()))
        return await super().read_live()


class Someone:
    """A collector of a test."""

    def __init__(
        self,
        nats: NatsServer,
        address: str,
        names: list[str],
        readings: Readings,
        who: str,
        *,
        clock_wrong: timedelta = timedelta(),
        token: str = SANDBOX_TOKEN,
    ) -> None:
        self.said: list[str] = []
        self.who, self.readings = who, readings
        self.until = asyncio.Event()

        def opener(name: str) -> Callable[[RateLimiter], NetsapiensDomain]:
            def client(limiter: RateLimiter) -> NetsapiensDomain:
                system = CountedDomain(address, name, token, rate_limiter=limiter, timeout=5.0)
                system.readings, system.who = readings, who
                return system

            return client

        members = tuple(FleetDomain(address, name, opener(name), name=f"Company {name}") for name in names)
        self.watch = FleetWatch(members, window=0.0, interval=INTERVAL)
        self.collector = Collector(
            broker_settings({}, nats.address),
            self.watch,
            tell=self.said.append,
            interval=INTERVAL,
            takes=partial(readings.moved, who, True),
            gives=partial(readings.moved, who, False),
            wall=lambda: datetime.now(UTC) + clock_wrong,
            lengths=SHORT,
        )
        self.task = held(self.collector.run(self.until))

    @property
    def domains(self) -> set[str]:
        return {domain for _, domain in self.collector.held}

    async def leave(self) -> None:
        """As on SIGTERM."""
        self.until.set()
        await self.task

    async def die(self) -> None:
        """As killed: nothing is given back, and the connection breaks."""
        if not self.task.done():
            self.task.cancel()
            await asyncio.wait({self.task})
            for key in self.collector.held:
                self.readings.moves.append((self.who, key[1], time.monotonic(), False))


@asynccontextmanager
async def a_fleet(
    nats: NatsServer,
) -> AsyncIterator[tuple[Provider, Callable[..., Someone], Readings, BrokerViewer]]:
    server = Provider([SandboxPbx(sample) for sample in SAMPLES])
    readings = Readings()
    everybody: list[Someone] = []
    viewer = BrokerViewer(broker_settings({}, nats.address), lengths=SHORT)
    async with running(server) as address, alongside(viewer.run()):

        def someone(who: str, **options: object) -> Someone:
            names = options.pop("names", None) or list(server.companies)
            everybody.append(Someone(nats, address, names, readings, who, **options))  # type: ignore[arg-type]
            return everybody[-1]

        try:
            yield server, someone, readings, viewer
        finally:
            for one in everybody:
                await one.die()


def all_fresh(viewer: BrokerViewer) -> bool:
    """Whether the viewer has every domain, read a moment ago by somebody alive."""
    return len(viewer.pictures) == len(SAMPLES) and all(
        picture.snapshot is not None and viewer.is_renewed(key) and (viewer.age(key) or 0.0) < 2.0
        for key, picture in viewer.pictures.items()
    )


async def test_two_collectors_share_the_domains_and_every_viewer_has_all(nats: NatsServer) -> None:
    async with a_fleet(nats) as (server, someone, readings, viewer):
        first = someone("first")
        await until(lambda: first.domains == set(server.companies))
        await until(lambda: all_fresh(viewer))
        key: DomainKey = next(iter(viewer.pictures))
        assert viewer.pictures[key].name == f"Company {key[1]}"
        second = someone("second")
        await until(lambda: bool(second.domains) and len(first.domains | second.domains) == len(SAMPLES))
        await until(lambda: len(first.domains) + len(second.domains) == len(SAMPLES))
        assert first.domains.isdisjoint(second.domains)
        assert readings.twice() == 0.0, "what is given up gently is not read twice at all"
        assert len(viewer.collectors) == 2
        # One leaves: the other has everything at once, and no lease had to run out.
        gone = second.domains
        moment = time.monotonic()
        await second.leave()
        await until(lambda: first.domains == set(server.companies))
        assert not any("has shown no life" in line for line in first.said)
        assert {who for who, domain in readings.since(moment + 0.5) if domain in gone} <= {"first"}
        await until(lambda: all_fresh(viewer))
        assert second.said[-1] == f"{len(gone)} domain{'s are' if len(gone) > 1 else ' is'} given back."
        assert readings.twice() == 0.0


async def test_what_a_dead_collector_read_is_read_by_the_other(nats: NatsServer) -> None:
    async with a_fleet(nats) as (server, someone, readings, viewer):
        first, second = someone("first"), someone("second")
        await until(lambda: len(first.domains) + len(second.domains) == len(SAMPLES) and bool(second.domains))
        await until(lambda: all_fresh(viewer))
        await second.die()
        await until(lambda: first.domains == set(server.companies))
        await until(lambda: all_fresh(viewer))
        assert readings.twice() == 0.0
        assert any("has shown no life" in line for line in first.said)
        # Who comes anew at its place divides again.
        third = someone("third", clock_wrong=timedelta(minutes=10))
        await until(lambda: bool(third.domains) and len(first.domains) + len(third.domains) == len(SAMPLES))
        await until(lambda: all_fresh(viewer))


async def test_whatever_becomes_of_the_broker_nothing_is_read_twice_and_all_comes_back(nats: NatsServer) -> None:
    async with a_fleet(nats) as (_, someone, readings, viewer):
        first, second = someone("first"), someone("second")
        await until(lambda: bool(second.domains) and all_fresh(viewer))
        nats.kill()
        # Within the length of a lease nothing is read any more.
        await until(lambda: not first.domains and not second.domains)
        before = len(readings.all)
        await until(lambda: viewer.trouble != "")
        assert len(readings.all) == before
        await nats.start()
        await until(lambda: len(first.domains) + len(second.domains) == len(SAMPLES))
        await until(lambda: all_fresh(viewer))
        nats.kill()
        nats.empty()
        await nats.start()
        await until(lambda: len(first.domains) + len(second.domains) == len(SAMPLES))
        await until(lambda: all_fresh(viewer))
        assert readings.twice() < SHORT.lease


async def test_a_domain_in_trouble_is_its_own_affair_and_keeps_its_picture_and_age(nats: NatsServer) -> None:
    async with a_fleet(nats) as (server, someone, _, viewer):
        first = someone("first")
        await until(lambda: all_fresh(viewer))
        name = SAMPLES[0].domain
        key = next(key for key in viewer.pictures if key[1] == name)
        server.faults[name].append(Fault("", FaultKind.STATUS, status=401, times=None))
        await until(lambda: viewer.pictures[key].refused)
        assert viewer.pictures[key].sentence
        assert viewer.pictures[key].snapshot is not None
        age = viewer.age(key) or 0.0
        await until(lambda: (viewer.age(key) or 0.0) > age + 0.5)
        assert all((viewer.age(other) or 0.0) < 2.0 for other in viewer.pictures if other != key)
        # Another collector takes it over: the trouble, the picture and its age stay.
        await first.die()
        second = someone("second")
        await until(lambda: second.domains == set(server.companies))
        await until(lambda: viewer.is_renewed(key))
        assert viewer.pictures[key].refused
        assert viewer.pictures[key].snapshot is not None
        assert (viewer.age(key) or 0.0) > age + 0.5
        server.faults[name].clear()
        await second.die()
        someone("third")
        await until(lambda: all_fresh(viewer))
        assert not viewer.pictures[key].sentence


async def test_who_can_read_less_reads_that(nats: NatsServer) -> None:
    async with a_fleet(nats) as (server, someone, _, viewer):
        names = list(server.companies)
        one, two = someone("one", names=names[:4]), someone("two", names=names[2:])
        await until(lambda: one.domains | two.domains == set(names))
        await until(lambda: all_fresh(viewer))
        assert one.domains.isdisjoint(two.domains)
        assert one.domains >= set(names[:2])
        assert two.domains >= set(names[4:])
        await two.leave()
        await until(lambda: one.domains == set(names[:4]))
