"""How much the phone system is asked."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from benchmarks.board import COLUMNS, LINES
from benchmarks.figure import Figure
from benchmarks.judging import Recording
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.polling.assemble import read_snapshot
from tests.wire.company import large_company
from tests.wire.terminal import on_terminal

SECONDS = 15.0
INTERVAL = 1.0


async def asked(queues: int, agents: int, seconds: float = SECONDS) -> SandboxPbx:
    """A phone system that a board has been watching for a while, as politely as it does out there."""
    company = large_company(queues, agents)
    pbx = SandboxPbx(company, clock=SandboxClock(company.start))
    async with running(sandbox_app(pbx)) as address:
        reach = {"QUEUEWATCH_URL": address, "QUEUEWATCH_DOMAIN": pbx.domain, "QUEUEWATCH_TOKEN": SANDBOX_TOKEN}
        board = ["-m", "queuewatch", "--interval", str(INTERVAL)]
        async with on_terminal(board, columns=COLUMNS, lines=LINES, environment=reach):
            await asyncio.sleep(seconds)
    return pbx


def per_refresh(pbx: SandboxPbx) -> float:
    """Requests for queues and agents, for each time that the agents were asked for."""
    asked_for = [request.path.rpartition("/")[2] for request in pbx.requests]
    return (asked_for.count("agents") + asked_for.count("callqueues")) / asked_for.count("agents")


def busiest_second(times: Sequence[datetime]) -> int:
    """The most requests that came within any one second."""
    ends = (first + timedelta(seconds=1) for first in times)
    return max(sum(first <= one < end for one in times) for first, end in zip(times, ends, strict=True))


def _first_reading() -> Iterator[Figure]:
    """How long a large domain takes until the rules of its last queue are known, refreshes meanwhile included."""
    queues = 300
    pbx = asyncio.run(asked(queues, 1, seconds=queues / 10 + 15))
    times: dict[str, datetime] = {}
    for request in pbx.requests:
        times.setdefault(request.path, request.at)
    begun, rules = min(times.values()), [at for path, at in times.items() if path.endswith("/answerrules")]
    within = [request.at for request in pbx.requests if request.at <= max(rules)]
    allowed = (len(within) - 10) / 10
    took = (max(rules) - begun).total_seconds()
    seen = f"{len(within)} requests in {took:.1f} s, of {len(rules)} queues the rules"
    yield Figure(f"a first reading of {queues} queues", took / allowed, "x", "ten requests a second", None, seen)


def _recorded(quirks: Quirks) -> tuple[NetsapiensDomain, Recording]:
    """A large company's phone system, and what it answers."""
    pbx = SandboxPbx(large_company(200, 25))
    transport = Recording(pbx, quirks)
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: transport,
        rate_limiter=RateLimiter(window=0.0),
    )
    return system, transport


async def _bodies_of(quirks: Quirks) -> dict[str, bytes]:
    """What a large company's server sends, by what is asked for."""
    system, transport = _recorded(quirks)
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        "a refresh": system.read_live,
        "its users": system.read_users,
        "a queue's answering rules": partial(system.read_rules, "8000"),
    }
    found: dict[str, bytes] = {}
    for name, read in reads.items():
        transport.bodies.clear()
        await read()
        found[name] = b"".join(transport.bodies)
    return found


async def _first_bodies(quirks: Quirks) -> list[bytes]:
    """All that it sends until everything is known of it."""
    system, transport = _recorded(quirks)
    await read_snapshot(system)
    return transport.bodies


def _bytes_of_a_first_reading() -> Figure:
    whole = asyncio.run(_first_bodies(Quirks(knows_fields=False)))
    asked = asyncio.run(_first_bodies(Quirks()))
    before, now = (sum(map(len, bodies)) for bodies in (whole, asked))
    packed = [sum(len(gzip.compress(body)) for body in bodies) for bodies in (whole, asked)]
    seen = (
        f"{len(asked)} answers; whole rows: {before:,} bytes; compressed: {packed[1]:,} bytes, "
        f"whole rows {packed[0]:,}"
    )
    return Figure("a whole first reading, of 200 queues of 25 agents", now, "bytes", "", None, seen)


def _bytes() -> Iterator[Figure]:
    """What comes over the line for 200 queues of 25 agents; compressed where the server does as it is asked."""
    whole = asyncio.run(_bodies_of(Quirks(knows_fields=False)))
    asked = asyncio.run(_bodies_of(Quirks()))
    for name, body in asked.items():
        before = f"whole rows: {len(whole[name]):,} bytes; " if len(whole[name]) != len(body) else ""
        seen = f"{before}compressed: {len(gzip.compress(body)):,} bytes"
        yield Figure(f"{name}, of 200 queues of 25 agents", len(body), "bytes", "", None, seen)


def measure() -> Iterator[Figure]:
    """A small domain and a large one; and one whose answering rules are read for the first time."""
    small, large = asyncio.run(asked(20, 10)), asyncio.run(asked(2000, 10))
    yield Figure("a refresh of 20 queues", per_refresh(small), "requests", "", 2)
    yield Figure("a refresh of 2,000 queues", per_refresh(large), "requests", "", 2)
    yield from _bytes()
    yield _bytes_of_a_first_reading()
    yield from _first_reading()
    # Few agents: a sandbox that is busy writing a long answer notes late when the next questions came.
    many = asyncio.run(asked(500, 1))
    most = busiest_second([request.at for request in many.requests])
    yield Figure("the busiest second of the first reading of 500 queues", most, "requests", "", 10)
