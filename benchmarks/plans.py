"""Many queues at once: one plan, against as many single edits.

The time is that of a clock which goes on only while something waits: for its turn to ask, or to look once more.
What a network would add on top is left out of both.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from httpx import ASGITransport

from benchmarks.figure import Figure
from queuewatch.change import SetWhenOffline, apply, propose
from queuewatch.commands.editing import who_asks
from queuewatch.commands.reading import read_queues
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from queuewatch.polling.assemble import read_snapshot
from queuewatch.setup.carry_out import CarriedOut, carry_out
from queuewatch.setup.plan import make_plan, wish_for
from tests.wire.company import large_company

QUEUES = 200
CELL = SetWhenOffline("2145550123")


class WaitingClock:
    """Seconds that pass only while somebody waits for them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait, which takes no time of the room's."""
        self.now += seconds
        await asyncio.sleep(0)


class CountingLimiter(RateLimiter):
    """The limiter of every client, which writes down when it let a request go."""

    def __init__(self, clock: WaitingClock) -> None:
        super().__init__(clock=clock, sleep=clock.sleep)
        self.waiting = clock
        self.let_go: list[float] = []

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Let one go, and write it down."""
        async with super().turn():
            self.let_go.append(self.waiting())
            yield


def _system() -> tuple[NetsapiensDomain, CountingLimiter]:
    pbx = SandboxPbx(large_company(QUEUES, 2))
    limiter = CountingLimiter(WaitingClock())
    app = sandbox_app(pbx)
    system = NetsapiensDomain(
        "http://127.0.0.1/ns-api/v2",
        pbx.domain,
        SANDBOX_TOKEN,
        rate_limiter=limiter,
        transport=lambda: ASGITransport(app=app),
    )
    return system, limiter


async def one_plan() -> CountingLimiter:
    """Read, plan, and carry out a new forward for every queue."""
    system, limiter = _system()
    snapshot = await read_snapshot(system)
    await who_asks(system)
    plan = await make_plan(system, snapshot, [wish_for(snapshot, queue, CELL) for queue in snapshot.call_queues])
    outcome = CarriedOut()
    await carry_out(system, plan, outcome, sleep=limiter.waiting.sleep)
    await system.close()
    if len(outcome.done) != QUEUES:
        raise SystemExit(f"only {len(outcome.done)} of {QUEUES} changes were made")
    return limiter


async def single_edits() -> CountingLimiter:
    """The same by the command for one queue, so many times."""
    system, limiter = _system()
    for extension in [str(8000 + nth) for nth in range(QUEUES)]:
        snapshot, (queue,) = await read_queues(system, [extension])
        await who_asks(system)
        proposal = await propose(system, snapshot, queue, CELL)
        result = await apply(system, proposal, sleep=limiter.waiting.sleep, clock=limiter.waiting)
        if not result.ok:
            raise SystemExit(result.sentence)
    await system.close()
    return limiter


def busiest_second(times: list[float]) -> int:
    """The most requests that went within any one second."""
    return max(sum(first <= one < first + 1 for one in times[nth : nth + 50]) for nth, first in enumerate(times))


def measure() -> Iterator[Figure]:
    """A new forward for 200 queues, both ways."""
    plan, singles = asyncio.run(one_plan()), asyncio.run(single_edits())
    each = (len(plan.let_go) / QUEUES, len(singles.let_go) / QUEUES)
    yield Figure(
        f"requests of a plan of {QUEUES} queues",
        len(plan.let_go) / len(singles.let_go),
        "x",
        f"{QUEUES} single edits",
        seen=f"{each[0]:.1f} and {each[1]:.1f} requests a queue",
    )
    yield Figure(
        f"time of a plan of {QUEUES} queues",
        plan.waiting() / singles.waiting(),
        "x",
        f"{QUEUES} single edits",
        seen=f"{plan.waiting():.0f} s and {singles.waiting():.0f} s",
    )
    yield Figure("the busiest second of the plan", busiest_second(plan.let_go), "requests", "", 10)
