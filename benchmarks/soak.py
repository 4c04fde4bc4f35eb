"""A board that polls fast for minutes, with a fault every few polls: what it keeps hold of, over time."""

import asyncio
import gc
import json
import os
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx

from queuewatch.app.app import QueuewatchApp
from queuewatch.connection.connection import Connection
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from tests.faults.catalogue import CATALOGUE, PATIENCE_ASKED, SECRET
from tests.faults.fault import Where
from tests.faults.server import FaultyServer, faulty
from tests.faults.test_board import Way

INTERVAL = 0.05
"""Seconds between two polls: a hundred times as fast as a board polls."""
SAMPLE_EVERY = 10.0
TURN_EVERY = 1.0
"""Seconds until a fault begins, and until it ends: it spoils a request or two."""
SEED = 20261125


@dataclass
class Sample:
    """What the program holds at one moment, after a full collection."""

    seconds: float
    polls: int
    rss: int
    """Bytes."""
    traced: int
    """Bytes that Python itself knows to be in use; 0 where that is not traced, for it slows everything down."""
    files: int
    """Open files, sockets among them."""
    tasks: int
    """Of asyncio."""


@dataclass
class Soak:
    """One long run."""

    how: str
    faults: int = 0
    turns: int = 0
    polls: int = 0
    recovered: bool = False
    """Whether, after the last fault, it showed the phone system as it is."""
    samples: list[Sample] = field(default_factory=list)


async def soak(how: str, seconds: float, *, loopback: bool, traced: bool) -> Soak:
    """Run a board for so long."""
    pbx, run = SandboxPbx(load_sample("lakeside")), Soak(how)
    if traced:
        tracemalloc.start()
    async with _system(pbx, loopback) as (system, trouble):
        app = QueuewatchApp(Connection(system, "Soak", interval=INTERVAL))
        async with app.run_test(size=(120, 40)) as pilot:
            begun = time.monotonic()
            at = 0.0
            while at < seconds:
                await asyncio.sleep(TURN_EVERY)
                await pilot.press("down")
                _somebody_moves(pbx)
                trouble.turn(run)
                # Whoever waits after a failure is not waited for.
                app.session.poller.refresh()
                # What the sandbox remembers of requests is the sandbox's, and not measured.
                run.polls += sum(request.path.endswith("/agents") for request in pbx.requests)
                pbx.requests.clear()
                at = time.monotonic() - begun
                if at >= SAMPLE_EVERY * len(run.samples):
                    run.samples.append(_sample(at, run))
            run.recovered = await _recovers(app, trouble)
    if traced:
        tracemalloc.stop()
    return run


class Trouble:
    """Makes some requests go wrong, and then none, in turn."""

    def __init__(self, faults: list[Fault], server: FaultyServer | None) -> None:
        self._faults, self._server = faults, server
        self._chance = random.Random(SEED)
        # Whoever is asked for patience has it, and would wait for the rest of the run.
        self._raw = [
            fault
            for fault in CATALOGUE
            if fault.where is Where.SERVER and not fault.slow and fault not in PATIENCE_ASKED
        ]

    def end(self) -> None:
        """No more of it."""
        self._faults.clear()
        if self._server is not None:
            self._server.recover()

    def turn(self, run: Soak) -> None:
        """Begin one, or end it."""
        run.turns += 1
        if run.turns % 2:
            self.end()
            return
        run.faults += 1
        if self._server is not None:
            fault = self._chance.choice(self._raw)
            self._server.break_down(fault, lambda method, path: self._once(), applies=True)
        else:
            kinds = [kind for kind in FaultKind if kind not in (FaultKind.SLOW, FaultKind.DROPPED)]
            self._faults[:] = [Fault("", self._chance.choice(kinds), 2, self._chance.choice((401, 429, 500, 503)))]

    def _once(self) -> bool:
        return self._server is not None and self._server.spoilt < 2


@asynccontextmanager
async def _system(pbx: SandboxPbx, loopback: bool) -> AsyncIterator[tuple[NetsapiensDomain, Trouble]]:
    faults: list[Fault] = []
    app = sandbox_app(pbx, faults=faults, token=SECRET)

    def domain(address: str, transport: httpx.AsyncBaseTransport) -> NetsapiensDomain:
        return NetsapiensDomain(
            address,
            pbx.domain,
            SECRET,
            transport=lambda: transport,
            timeout=2.0,
            rate_limiter=RateLimiter(window=0.0),
        )

    if loopback:
        async with faulty(app) as server:
            yield domain(server.address, Way(server)), Trouble(faults, server)
    else:
        yield domain("http://localhost", httpx.ASGITransport(app=app)), Trouble(faults, None)


def in_a_process(how: str, seconds: float, *options: str) -> dict[str, Any]:
    """Run it in a process of its own, whose memory nobody has used before; the run as JSON."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", how, str(seconds), *options],
        stdout=subprocess.PIPE,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _somebody_moves(pbx: SandboxPbx) -> None:
    """An agent comes or goes, so that there is always something to draw."""
    seats = pbx.floor.seats("1001@lakeside.example", "8000")
    if int(time.monotonic()) % 2:
        pbx.floor.log_out(seats)
    else:
        pbx.floor.log_in(seats)


async def _recovers(app: QueuewatchApp, trouble: Trouble) -> bool:
    trouble.end()
    for _ in range(50):
        app.session.poller.refresh()
        await asyncio.sleep(0.1)
        if app.session.state.trouble is None:
            return True
    return False


def _sample(at: float, run: Soak) -> Sample:
    gc.collect()
    with open("/proc/self/statm") as file:
        rss = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return Sample(
        seconds=round(at, 1),
        polls=run.polls,
        rss=rss,
        traced=tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else 0,
        files=len(os.listdir("/proc/self/fd")),
        tasks=len(asyncio.all_tasks()),
    )


if __name__ == "__main__":
    words, length, *wanted = sys.argv[1:]
    print(
        json.dumps(
            asdict(
                asyncio.run(soak(words, float(length), loopback="loopback" in wanted, traced="traced" in wanted))
            )
        )
    )
