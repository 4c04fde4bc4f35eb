"""Collectors of a test: in this process, beside a real broker and a real server, and who watches them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queuewatch.fleet.broker.bucket import Lengths
from queuewatch.fleet.broker.clock import BrokerClock, Elapsed
from queuewatch.fleet.broker.collect import Collector
from queuewatch.fleet.broker.keys import DomainKey
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.fleet.watch import FleetDomain, FleetWatch
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import LiveReading
from queuewatch.pbx.sandbox.provider import Provider
from queuewatch.pbx.sandbox.samples import load_sample_fleet
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running
from queuewatch.process.background import alongside, held
from queuewatch.process.clocks import real_seconds

from .nats_server import NatsServer

SHORT = Lengths().scaled(0.1)
INTERVAL = 0.2
FRESH = 4.0
"""Seconds: of so many domains each is read every two."""
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

    def all_since(self, moment: float) -> bool:
        """Whether every domain was read after this."""
        return {domain for _, domain in self.since(moment)} == {sample.domain for sample in SAMPLES}

    def twice(self) -> float:
        """For how many seconds one domain was held by two at most; nobody read what only another held."""
        longest = 0.0
        events = [(at, who, domain, takes) for who, domain, at, takes in self.moves]
        events += [(at, who, domain, None) for who, domain, at in self.all]  # type: ignore[misc]
        holders: dict[str, dict[str, float]] = {}
        for at, who, domain, takes in sorted(events, key=lambda event: event[0]):
            mine = holders.setdefault(domain, {})
            if takes is None:
                assert who in mine or not mine, f"{who} read {domain}, which {', '.join(mine)} held"
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
        elapsed: Elapsed = real_seconds,
        lengths: Lengths = SHORT,
    ) -> None:
        self.said: list[str] = []
        self.who, self.readings = who, readings
        self.until = asyncio.Event()

        def clock() -> datetime:
            return datetime.now(UTC) + clock_wrong

        def opener(name: str) -> Callable[[RateLimiter], NetsapiensDomain]:
            def client(limiter: RateLimiter) -> NetsapiensDomain:
                system = CountedDomain(address, name, token, rate_limiter=limiter, timeout=5.0, clock=clock)
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
            wall=clock,
            clock=BrokerClock(elapsed),
            lengths=lengths,
        )
        self.task = held(self.collector.run(self.until.wait()))

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


class Planting:
    """A server each of whose answers has further fields, which nobody asked for, in every row."""

    def __init__(self, app: ASGIApp, fields: Mapping[str, str]) -> None:
        self._app = app
        self._fields = fields

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        start: Message = {}

        async def gather(message: Message) -> None:
            nonlocal body, start
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                whole = json.dumps(self._planted(json.loads(body))).encode() if body else body
                headers = [header for header in start["headers"] if header[0] != b"content-length"]
                headers.append((b"content-length", str(len(whole)).encode()))
                await send({**start, "headers": headers})
                await send({"type": "http.response.body", "body": whole})

        await self._app(scope, receive, gather if scope["type"] == "http" else send)

    def _planted(self, found: object) -> object:
        match found:
            case dict():
                return {**{name: self._planted(value) for name, value in found.items()}, **self._fields}
            case list():
                return [self._planted(value) for value in found]
            case _:
                return found


@asynccontextmanager
async def a_fleet(
    nats: NatsServer, planting: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[Provider, Callable[..., Someone], Readings, BrokerViewer]]:
    server = Provider([SandboxPbx(sample) for sample in SAMPLES])
    readings = Readings()
    everybody: list[Someone] = []
    viewer = BrokerViewer(broker_settings({}, nats.address), lengths=SHORT)
    app = Planting(server, planting) if planting else server
    async with running(app) as address, alongside(viewer.run()):

        def someone(who: str, **options: object) -> Someone:
            names = options.pop("names", None) or list(server.companies)
            everybody.append(Someone(nats, address, names, readings, who, **options))  # type: ignore[arg-type]
            return everybody[-1]

        try:
            yield server, someone, readings, viewer
        finally:
            for one in everybody:
                await one.die()


def is_fresh(viewer: BrokerViewer, key: DomainKey) -> bool:
    """Whether the viewer has the domain, read a moment ago by somebody alive."""
    picture, age = viewer.pictures[key], viewer.age(key)
    return picture.snapshot is not None and viewer.is_renewed(key) and age is not None and age < FRESH


def all_fresh(viewer: BrokerViewer) -> bool:
    """Whether all domains are so."""
    return len(viewer.pictures) == len(SAMPLES) and all(is_fresh(viewer, key) for key in viewer.pictures)
