"""A fleet through a broker: 500 domains, 2 collectors, 20 viewers, all in processes of their own over loopback."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import median

from msgspec.structs import replace

from benchmarks.figure import Figure, ratio
from benchmarks.fleet_process import INTERVAL, fleet, is_whole
from benchmarks.processor import megabytes_held, seconds_used
from queuewatch.fleet.broker.bucket import Lengths, connected
from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.fleet.watch import FleetDomain, FleetWatch, spread
from queuewatch.pbx.sandbox.provider import Provider
from queuewatch.pbx.sandbox.samples import Sample, load_sample_fleet
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running
from queuewatch.process.background import alongside
from tests.fleet.broker.nats_server import NatsServer

DOMAINS, COLLECTORS, VIEWERS = 500, 2, 20
KILLS = 10
ROWS = (
    *("callqueues", "agents", "users", "phonenumbers", "autoattendants", "sites", "timeframes"),
    *("answerrules", "devices", "cdrs", "dialrules"),
)
SCALED = (500, 1000, 2000)
ROUNDS = 15
LONGEST_TAKE_OVER = 15.0
LONG_ENOUGH = 30.0
"""Seconds over which it is counted at least."""
ALIKE = 1.03
"""As good as the same: rounds do not begin and end with the counting."""


def provider(many: int) -> Provider:
    """So many small companies behind one address."""
    samples = load_sample_fleet()
    return Provider([SandboxPbx(called(samples[at % len(samples)], f"d{at:04}.example")) for at in range(many)])


def called(sample: Sample, domain: str) -> Sample:
    """The same company under another name, which is in all its rows."""

    def renamed(rows: object) -> object:
        found = json.loads(json.dumps(rows).replace(sample.domain, domain))
        return {key: tuple(of) for key, of in found.items()} if isinstance(found, dict) else tuple(found)

    return replace(sample, domain=domain, **{name: renamed(getattr(sample, name)) for name in ROWS})


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it, for as long as it takes."""
    while not condition():  # noqa: ASYNC110 (what is waited for happens in other processes)
        await asyncio.sleep(0.05)


class Machine:
    """A phone system's server, a broker, and whoever is started beside them."""

    def __init__(self, server: Provider, address: str, nats: NatsServer, folder: Path) -> None:
        self.server = server
        self.address = address
        self.nats = nats
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        names = folder / "domains.txt"
        names.write_text("\n".join(server.companies))
        self._collecting = ("collect", nats.address, address, str(names))

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """One program; what it says goes into a file."""
        with (self.folder / f"{len(self.processes)}.txt").open("wb") as said:
            command = [sys.executable, "-m", "benchmarks.fleet_process", *words]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        self.processes.append(process)
        return process

    def collector(self) -> "subprocess.Popen[bytes]":
        """One more collector."""
        return self.start(*self._collecting)

    def view(self) -> int:
        """One more viewer; its number."""
        self.start("view", self.nats.address, str(len(self.server.companies)))
        return len(self.processes) - 1

    def said(self, number: int) -> str:
        """What a program has said."""
        return (self.folder / f"{number}.txt").read_text()

    async def kilobytes_kept(self) -> float:
        """What the broker keeps of all domains."""
        settings = broker_settings({}, self.nats.address)
        async with connected(settings, BrokerClock(), create=False, lengths=Lengths()) as bucket:
            info = await bucket._jetstream.stream_info("KV_queuewatch")
            return info.state.bytes / 1024


@asynccontextmanager
async def machine(many: int) -> AsyncIterator[Machine]:
    """All of it, for so many domains."""
    server = provider(many)
    with tempfile.TemporaryDirectory() as folder:
        nats = NatsServer(Path(folder))
        await nats.start()
        async with running(server) as address:
            found = Machine(server, address, nats, Path(folder))
            try:
                yield found
            finally:
                for process in found.processes:
                    process.kill()
                    process.wait()
                nats.kill()


async def _at_rest(server: Provider, many: int) -> float:
    """How much is asked in a second, over whole rounds through all domains."""
    await asyncio.sleep(INTERVAL)
    before = len(server.heard)
    one_round = INTERVAL * spread(many, INTERVAL)
    seconds = max(1, round(LONG_ENOUGH / one_round)) * one_round
    await asyncio.sleep(seconds)
    return (len(server.heard) - before) / seconds


async def _directly(many: int) -> float:
    """How much one program asks that reads every domain itself."""
    server = provider(many)
    async with running(server) as address:
        watch = FleetWatch(fleet(address, list(server.companies)), window=0.0, interval=INTERVAL)

        def is_read(domain: FleetDomain) -> bool:
            state = watch.known(domain.key)
            return state is not None and is_whole(state.snapshot)

        async with alongside(watch.run()):
            await until(lambda: all(map(is_read, watch.domains)))
            return await _at_rest(server, many)


async def _shared(many: int, viewers: int, kills: int) -> AsyncIterator[Figure]:
    direct = await _directly(many)
    async with machine(many) as here:
        watching = [here.view() for _ in range(viewers)]
        collectors = [here.collector() for _ in range(COLLECTORS)]
        await until(lambda: all("whole" in here.said(number) for number in watching))
        asked = await _at_rest(here.server, many)
        yield Figure(
            f"requests of {COLLECTORS} collectors for {viewers} viewers",
            asked / direct,
            "x",
            "those of one program that reads itself",
            ALIKE,
            f"{asked:.2f} to {direct:.2f} in a second, {many} domains at rest",
        )
        held = [megabytes_held(process.pid) for process in collectors]
        yield Figure("memory of a collector", median(held), "MB", "", None, f"{many} domains by {COLLECTORS}")
        kept = await here.kilobytes_kept()
        yield Figure("kept by the broker, a domain", kept / many, "KiB", "", None, f"{kept:,.0f} KiB together")
        seconds = [await _take_over(here, many, collectors) for _ in range(kills)]
        yield Figure(
            f"until all is read by another after `kill -9`, the longest of {kills}",
            max(seconds),
            "s",
            "",
            LONGEST_TAKE_OVER,
            f"median {median(seconds):.1f} s, shortest {min(seconds):.1f} s",
        )


async def _take_over(here: Machine, many: int, collectors: "list[subprocess.Popen[bytes]]") -> float:
    """Kill one of two collectors: seconds until a viewer has everything from the other. Start a new one."""
    viewer = BrokerViewer(broker_settings({}, here.nats.address))

    def holders() -> set[str]:
        return {picture.collector for picture in viewer.pictures.values()}

    async with alongside(viewer.run()):
        await until(lambda: len(viewer.pictures) == many and len(viewer.collectors) == 2 and len(holders()) == 2)
        victim = collectors.pop(0)
        victim.kill()
        killed = time.monotonic()
        await asyncio.to_thread(victim.wait)
        await until(lambda: len(holders()) == 1 and all(map(viewer.is_renewed, viewer.pictures)))
        took = time.monotonic() - killed
        collectors.append(here.collector())
    return took


async def _scaled(many: int) -> AsyncIterator[Figure]:
    async with machine(many) as here:
        begun = time.monotonic()
        viewer = here.view()
        collector = here.collector()
        await until(lambda: "whole" in here.said(viewer))
        took, used = time.monotonic() - begun, seconds_used(collector.pid)
        asked = len(here.server.heard)
        kept = await here.kilobytes_kept()
        yield Figure(
            f"{many:,} domains by one collector: processor, a request",
            used / asked * 1000,
            "ms",
            "",
            None,
            f"{asked:,} requests in {took:.0f} s; {megabytes_held(collector.pid):.0f} MB, a viewer "
            f"{megabytes_held(here.processes[viewer].pid):.0f} MB; the broker {kept / many:.1f} KiB a domain",
        )


async def _sweeps(rounds: int, change: str) -> list[tuple[float, float]]:
    with tempfile.TemporaryDirectory() as folder:
        nats, result = NatsServer(Path(folder)), Path(folder) / "seconds.json"
        await nats.start()
        words = ("sweep", nats.address, str(rounds), str(result), change)
        command = [sys.executable, "-m", "benchmarks.fleet_process", *words]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
        try:
            await process.wait()
            return [(ours, parsing) for ours, parsing in json.loads(result.read_text())]
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            nats.kill()


def _all(figures: AsyncIterator[Figure]) -> Iterator[Figure]:
    """Each as soon as it is there."""
    with asyncio.Runner() as runner:
        while True:
            try:
                yield runner.run(anext(figures))  # type: ignore[arg-type]
            except StopAsyncIteration:
                return


def measure(
    many: int = DOMAINS, viewers: int = VIEWERS, kills: int = KILLS, scaled: tuple[int, ...] = SCALED
) -> Iterator[Figure]:
    """Requests, take-over, processor time, memory and what the broker keeps."""
    least = "`json.loads` of the same bytes"
    for what, change, budget in (
        ("in which one agent changed", "one", 1.0),
        ("of which nothing changed", "none", 1.0),
    ):
        pairs = asyncio.run(_sweeps(ROUNDS, change))
        yield ratio(f"a refresh of 200 queues {what}, from JSON in hand to published", least, pairs, budget=budget)
    yield from _all(_shared(many, viewers, kills))
    for number in scaled:
        yield from _all(_scaled(number))
