"""Collectors beside a real broker and a real server: each domain is read by one of them, for every viewer."""

import time
from datetime import UTC, datetime, timedelta

from queuewatch.fleet.broker.keys import DomainKey, lease_key
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.process.clocks import real_seconds

from .collectors import SAMPLES, SHORT, a_fleet, all_fresh, is_fresh, until
from .nats_server import NatsServer
from .test_viewer import bucket_of


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
        await until(lambda: len(viewer.collectors) == 2)
        # One leaves: the other has everything.
        gone = second.domains
        moment = time.monotonic()
        await second.leave()
        await until(lambda: first.domains == set(server.companies))
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
        # Who comes anew at its place divides again; that its clock is wrong is nobody's concern.
        before = {key: server_time(viewer, key) for key in viewer.pictures}
        third = someone("third", clock_wrong=timedelta(minutes=10))
        await until(lambda: bool(third.domains) and len(first.domains) + len(third.domains) == len(SAMPLES))
        moment = time.monotonic()
        await until(lambda: {domain for who, domain in readings.since(moment) if who == "third"} == third.domains)
        await until(lambda: all_fresh(viewer))
        for key, picture in viewer.pictures.items():
            assert picture.snapshot is not None
            assert abs(datetime.now(UTC) - picture.snapshot.taken_at) < timedelta(minutes=3)
            assert abs(server_time(viewer, key) - before[key]) < timedelta(minutes=3)


def server_time(viewer: BrokerViewer, key: DomainKey) -> datetime:
    """What the phone system's clock showed."""
    snapshot = viewer.pictures[key].snapshot
    assert snapshot is not None
    return snapshot.taken_at + snapshot.server_ahead


async def test_whatever_becomes_of_the_broker_nothing_is_read_twice_and_all_comes_back(nats: NatsServer) -> None:
    async with a_fleet(nats) as (_, someone, readings, viewer):
        first, second = someone("first"), someone("second")
        await until(lambda: bool(second.domains) and all_fresh(viewer))
        nats.kill()
        # Within the length of a lease nothing is read any more.
        await until(lambda: not first.domains and not second.domains)
        await until(lambda: not first.watch._polling and not second.watch._polling)
        before = len(readings.all)
        await until(lambda: viewer.trouble != "")
        assert len(readings.all) == before
        moment = time.monotonic()
        await nats.start()
        await until(lambda: len(first.domains) + len(second.domains) == len(SAMPLES))
        await until(lambda: readings.all_since(moment) and all_fresh(viewer))
        nats.kill()
        nats.empty()
        moment = time.monotonic()
        await nats.start()
        await until(lambda: len(first.domains) + len(second.domains) == len(SAMPLES))
        await until(lambda: readings.all_since(moment) and all_fresh(viewer))
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
        await until(lambda: all(is_fresh(viewer, other) for other in viewer.pictures if other != key))
        # Another collector takes it over: the trouble, the picture and its age stay.
        await first.leave()
        second = someone("second")
        await until(lambda: second.domains == set(server.companies))
        await until(lambda: viewer.is_renewed(key))
        assert viewer.pictures[key].refused
        assert viewer.pictures[key].snapshot is not None
        assert (viewer.age(key) or 0.0) > age + 0.5
        server.faults[name].clear()
        await second.leave()
        someone("third")
        await until(lambda: not viewer.pictures[key].sentence and all_fresh(viewer))


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


async def test_a_lease_that_nobody_uses_is_given_back(nats: NatsServer) -> None:
    async with a_fleet(nats) as (_, someone, readings, viewer):
        first, second = someone("first"), someone("second")
        await until(lambda: bool(first.domains) and bool(second.domains) and all_fresh(viewer))
        # As if its collector had taken it when the connection broke.
        key = next(iter(first.collector.held))
        other = next(iter(second.collector.held))
        moment = time.monotonic()
        async with bucket_of(nats) as bucket:
            lease = await bucket.get(lease_key(key))
            assert lease is not None
            term = viewer.pictures[other].collector
            await bucket.put(lease_key(key), term.encode(), lease.revision)
        await until(lambda: any(takes and at > moment for _, _, at, takes in readings.moves))
        await until(lambda: key in first.collector.held)
        await until(lambda: all_fresh(viewer))


async def test_a_machine_that_slept_goes_on_by_itself(nats: NatsServer) -> None:
    async with a_fleet(nats) as (server, someone, readings, viewer):
        slept = [0.0]
        first = someone("first", elapsed=lambda: real_seconds() + slept[0])
        await until(lambda: all_fresh(viewer))
        # Its lease is over by its own clock; whether it is by the broker's it finds out.
        slept[0] = 3600.0
        moment = time.monotonic()
        await until(lambda: readings.all_since(moment))
        await until(lambda: first.domains == set(server.companies) and all_fresh(viewer))
