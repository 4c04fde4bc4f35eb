"""Many domains over real sockets: in turn, gently, each by itself."""

import asyncio
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from queuewatch.fleet.standing import DomainStanding
from queuewatch.fleet.watch import FleetDomain, FleetWatch, read_fleet, spread
from queuewatch.pbx.errors import Forbidden
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.provider import Provider
from queuewatch.pbx.sandbox.samples import load_sample_fleet
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running
from queuewatch.polling.state import LiveState
from queuewatch.process.background import ProgramFault, alongside, heard_by, held

SAMPLES = load_sample_fleet()


def provider(many: int = len(SAMPLES), *, longest_page: int = 1000) -> Provider:
    samples = [
        replace(SAMPLES[place % len(SAMPLES)], domain=f"d{place:03}.example") if place >= len(SAMPLES) else sample
        for place, sample in enumerate((SAMPLES * (1 + many // len(SAMPLES)))[:many])
    ]
    return Provider([SandboxPbx(sample) for sample in samples], longest_page=longest_page)


def domains(address: str, names: list[str]) -> tuple[FleetDomain, ...]:
    def client(limiter: RateLimiter, name: str) -> NetsapiensDomain:
        return NetsapiensDomain(address, name, SANDBOX_TOKEN, rate_limiter=limiter, timeout=60.0)

    def opener(name: str) -> Callable[[RateLimiter], NetsapiensDomain]:
        return lambda limiter: client(limiter, name)

    return tuple(FleetDomain(address, name, opener(name)) for name in names)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 (what is waited for happens in another process's place)
            await asyncio.sleep(0.01)


async def test_a_fault_of_the_program_at_one_domain_is_its_row_and_no_other_suffers() -> None:
    server = provider(3)
    ill, *well = server.companies

    def fails(domain: FleetDomain, _: LiveState) -> None:
        if domain.domain == ill:
            raise KeyError(domain.domain)

    faults: list[ProgramFault] = []
    async with running(server) as address:
        watch = FleetWatch(domains(address, list(server.companies)), window=0.0, changed=fails)
        with heard_by(faults.append):
            async with alongside(watch.run()):
                await until(lambda: bool(faults) and all(watch.known((address, name)) for name in well))
                said = {standing.domain: standing.error for standing in watch.fleet.domains}
    assert f"queuewatch itself failed (KeyError) while reading {ill}" in str(said[ill])
    assert not any(said[name] for name in well)


async def test_one_domain_that_fails_keeps_no_other_from_being_read() -> None:
    server = provider()
    server.faults["cobalt.example"].append(Fault("", FaultKind.STATUS, status=500, times=None))
    async with running(server) as address:
        members = [*domains(address, list(server.companies)), *domains(address, ["gone.example"])]
        fleet = await read_fleet(members, window=0.0)
    standings = {standing.domain: standing for standing in fleet.domains}
    assert [name for name, standing in standings.items() if standing.error] == ["cobalt.example", "gone.example"]
    beacon = standings["beacon.example"].counts
    assert beacon is not None
    assert (beacon.queues, beacon.reach_nobody_now, beacon.not_ready) == (2, 1, 1)
    assert fleet.domains[0].domain in ("beacon.example", "kestrel.example")


async def test_every_domain_is_watched_and_told_of() -> None:
    server = provider()
    told: set[str] = set()
    async with running(server) as address:
        members = domains(address, list(server.companies))
        watch = FleetWatch(members, changed=lambda domain, _: told.add(domain.domain), window=0.0, interval=0.2)
        task = held(watch.run())
        try:
            await until(lambda: all(s.counts and not s.unread for s in watch.fleet.domains))
            assert watch.fleet.domains[0].counts is not None
            assert told == set(server.companies)
            watch.hand_over(members[0].key)
            await until(lambda: members[0].key not in watch._pollers)
            before = sum(heard.domain == members[0].domain for heard in server.heard)
            seen = len(server.heard)
            await until(lambda: len(server.heard) > seen + 20)
            assert sum(heard.domain == members[0].domain for heard in server.heard) == before
            partial: list[DomainStanding] = []
            watch.tell(
                lambda domain, _: partial.extend(s for s in watch.fleet.domains if not s.counts or s.unread)
            )
            watch.take_back(members[0].key)
            await until(lambda: sum(heard.domain == members[0].domain for heard in server.heard) > before + 2)
            assert partial == [], "what was known goes on being said until it was read anew"
        finally:
            task.cancel()
            await asyncio.wait({task})


async def test_a_reseller_sees_every_domain_page_by_page() -> None:
    server = provider(250, longest_page=100)
    async with running(server) as address:
        system = NetsapiensDomain(address, "~", SANDBOX_TOKEN, rate_limiter=RateLimiter(window=0.0))
        try:
            reading = await system.read_domains()
            assert [listed.domain for listed in reading.items] == list(server.companies)
            assert reading.items[1].name == "Beacon Plumbing"
            server.lists_domains = False
            with pytest.raises(Forbidden, match="does not see the list of domains"):
                await system.read_domains()
        finally:
            await system.close()


def test_the_more_domains_the_longer_between_two_refreshes_of_each() -> None:
    assert spread(1, 5.0) == 1
    assert spread(15, 5.0) == 1
    assert spread(16, 5.0) == 2
    for many in (40, 500, 2000):
        assert many * 2 / (5.0 * spread(many, 5.0)) <= 6.0
