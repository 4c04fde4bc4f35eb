"""How much the phone system is asked."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from benchmarks.board import COLUMNS, LINES
from benchmarks.figure import Figure
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
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
    """How long a large domain takes until everything is known, and what came before the rules of its last queue."""
    queues = 300
    pbx = asyncio.run(asked(queues, 1, seconds=queues / 10 + 15))
    times: dict[str, datetime] = {}
    for request in pbx.requests:
        times.setdefault(request.path, request.at)
    begun, rules = min(times.values()), [at for path, at in times.items() if path.endswith("/answerrules")]
    within = [request.at for request in pbx.requests if request.at <= max(rules)]
    allowed = (len(within) - 10) / 10
    took = (max(rules) - begun).total_seconds()
    seen = (
        f"{len(within)} requests, of {len(rules)} queues the rules, in {took:.1f} s; ten a second: {allowed:.1f} s"
    )
    yield Figure(
        f"a first reading of {queues} queues, to ten requests a second", took / allowed, "x", "", None, seen
    )


def measure() -> Iterator[Figure]:
    """A small domain and a large one; and one whose answering rules are read for the first time."""
    small, large = asyncio.run(asked(20, 10)), asyncio.run(asked(2000, 10))
    yield Figure("a refresh of 20 queues", per_refresh(small), "requests", "", 2)
    yield Figure("a refresh of 2,000 queues", per_refresh(large), "requests", "", 2)
    yield from _first_reading()
    # Few agents: a sandbox that is busy writing a long answer notes late when the next questions came.
    many = asyncio.run(asked(500, 1))
    most = busiest_second([request.at for request in many.requests])
    yield Figure("the busiest second of the first reading of 500 queues", most, "requests", "", 10)
