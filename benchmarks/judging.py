"""Judging and auditing 1,000 queues of 25 agents each."""

import asyncio
import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from msgspec.structs import replace

from benchmarks.figure import Figure, ratio
from queuewatch.failover.audit.audit import audit
from queuewatch.failover.model import Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.verdict import Judgement
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import in_process
from queuewatch.polling.assemble import read_snapshot
from queuewatch.process.garbage import OFTEN
from tests.wire.company import large_company

QUEUES, AGENTS = 1000, 25
ROUNDS = 7


class Recording(httpx.AsyncBaseTransport):
    """Keeps every answer of the sandbox."""

    def __init__(self, pbx: SandboxPbx, quirks: Quirks | None = None) -> None:
        self._sandbox = in_process(pbx, quirks)
        self.bodies: list[bytes] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on."""
        answer = await self._sandbox.handle_async_request(request)
        self.bodies.append(await answer.aread())
        return httpx.Response(answer.status_code, headers=answer.headers, content=self.bodies[-1])


def read_company(queues: int, agents: int) -> tuple[Snapshot, list[bytes]]:
    """A company read once, and all the JSON that it came in."""
    pbx = SandboxPbx(large_company(queues, agents))
    recording = Recording(pbx)
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: recording,
        clock=lambda: pbx.now,
        rate_limiter=RateLimiter(window=0.0),
    )
    return asyncio.run(read_snapshot(system)), recording.bodies


def seconds_of(work: Callable[[], object]) -> float:
    """Processor seconds that something takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def seconds_of_judging_and_auditing(snapshot: Snapshot) -> tuple[float, float]:
    """The same of both, of a snapshot from which nothing was worked out before."""
    fresh, judged = replace(snapshot), dict[str, Judgement]()
    judging = seconds_of(lambda: judged.update(judge_all(fresh)))
    return judging, seconds_of(lambda: audit(fresh, judgements=judged))


@contextmanager
def searched_for_garbage_as_on_a_board() -> Iterator[None]:
    """What is there is set aside, and only what comes is searched, as :mod:`queuewatch.process.garbage` has it."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OFTEN)
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


def parse(bodies: list[bytes]) -> None:
    """Everything that was read, and no more than parsed."""
    for body in bodies:
        json.loads(body)


def measure() -> Iterator[Figure]:
    """Both answers of every queue, then every check."""
    snapshot, bodies = read_company(QUEUES, AGENTS)
    with searched_for_garbage_as_on_a_board():
        rounds = [
            (*seconds_of_judging_and_auditing(snapshot), seconds_of(lambda: parse(bodies))) for _ in range(ROUNDS)
        ]
    least = "`json.loads` of all its JSON"
    judging = [(judge, parsing) for judge, _, parsing in rounds]
    auditing = [(judge + check, parsing) for judge, check, parsing in rounds]
    yield ratio("judging 1,000 queues of 25 agents, now and dark", least, judging)
    yield ratio("judging and auditing them", least, auditing, budget=1.2)
