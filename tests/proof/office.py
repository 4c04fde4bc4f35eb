"""A sample company whose queue is tested over a real socket, by clocks that go fast, and all that can go wrong."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace
from starlette.types import ASGIApp, Receive, Scope, Send

from queuewatch.failover.lookup import find_queue
from queuewatch.journal import Journal, ProofEntry, Who
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.faults import Fault
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.polling.assemble import read_snapshot
from queuewatch.proof.live_test import LiveTest, ProofProgress, StartGuard
from queuewatch.proof.permission import Asked, ProofPlan, Refusal, may_prove
from queuewatch.proof.proof import Proof
from queuewatch.proof.timing import Timing

TOKEN = "nsd_0123456789abcdef-planted"
TESTER = "12145550911"
SPEED = 60.0
"""How many times as fast as the room's the company's clock goes: its people answer within a tenth of a second."""

FAST = Timing(
    longest=20.0,
    read_every=0.02,
    grey_within=6.0,
    trial_within=2.0,
    blind=3.0,
    request=2.0,
    resend=0.1,
    lag=0.15,
    late=0.3,
    farewell=10.0,
)
IMPATIENT = replace(FAST, blind=0.15)
"""For what cannot be watched any more; a busy machine may be blind for as long."""


@dataclass
class Gate:
    """The way into the phone system: counts requests, and does something at one of them."""

    app: ASGIApp
    passed: list[str] = field(default_factory=list)
    at: Callable[[int, str], Awaitable[bool]] | None = None
    """Told each request by its number, from 1, and its method and path; false swallows the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.passed.append(f"{scope['method']} {scope['path']}")
        if self.at is not None and not await self.at(len(self.passed), self.passed[-1]):
            return
        await self.app(scope, receive, send)


@dataclass
class Office:
    """A company, the way to its phone system, and the log of tests."""

    pbx: SandboxPbx
    client: NetsapiensDomain
    gate: Gate
    journal: Journal
    faults: list[Fault]
    serving: AsyncExitStack = field(default_factory=AsyncExitStack)
    """The phone system's server, as long as the line holds."""
    told: list[ProofProgress] = field(default_factory=list)
    test: LiveTest | None = None

    def rows(self) -> list[dict[str, object]]:
        """Every agent's whole row as the company holds it."""
        return deepcopy([dict(row) for row in self.pbx.floor._agents])

    async def lose_the_line(self) -> None:
        """From now on nobody reaches the phone system."""
        await self.serving.aclose()

    async def have_the_line_back(self) -> None:
        """It is reached again, where it was."""
        port = int(self.client.address.split(":")[2].split("/")[0])
        await self.serving.enter_async_context(running(self.gate, port=port))

    @property
    def lines(self) -> list[str]:
        """What was told, line by line."""
        return [progress.line for progress in self.told if progress.line]

    @property
    def entry(self) -> ProofEntry:
        """The last test in the log."""
        return self.journal.read().proofs[-1]

    async def may(self, queue: str = "8000", **asked: object) -> ProofPlan | tuple[Refusal, ...]:
        """Whether the queue may be tested."""
        snapshot = await read_snapshot(self.client)
        found = find_queue(snapshot.queues, queue)
        stored = await self.client.read_stored_agents(found.extension)
        waiting = await self.client.read_queued_calls(found.extension)
        wanted = Asked(**{"my_number": TESTER, "server": self.client.address, "now": datetime.now(UTC), **asked})  # type: ignore[arg-type]
        return may_prove(snapshot, found, stored, waiting.items, wanted)

    async def prepare(
        self,
        queue: str = "8000",
        *,
        timing: Timing = FAST,
        start_guard: StartGuard | None = None,
        asks: bool = False,
        then: Callable[[ProofProgress], None] = lambda _: None,
        **asked: object,
    ) -> LiveTest:
        """A test that may be run."""
        plan = await self.may(queue, **asked)
        assert isinstance(plan, ProofPlan), plan

        def tell(progress: ProofProgress) -> None:
            self.told.append(progress)
            then(progress)

        self.test = LiveTest(
            self.client,
            plan,
            who=self.journal.who,
            keeper=self.journal,
            start_guard=start_guard,
            timing=timing,
            tell=tell,
            asks=asks,
        )
        return self.test

    async def prove(self, queue: str = "8000", **more: object) -> Proof:
        """Test the queue from beginning to end."""
        return await (await self.prepare(queue, **more)).run()  # type: ignore[arg-type]


@asynccontextmanager
async def office(
    folder: Path, *faults: Fault, quirks: Quirks | None = None, speed: float = SPEED
) -> AsyncIterator[Office]:
    """Lakeside, whose front desk may be tested: nobody is on a call there."""
    sample = load_sample("lakeside")
    pbx = SandboxPbx(sample, clock=SandboxClock(sample.start, speed))
    for who in ("1002", "1005", "1006"):
        pbx.floor.hang_up(who)
    ordered = list(faults)
    gate = Gate(sandbox_app(pbx, quirks, ordered, token=TOKEN))
    async with AsyncExitStack() as stack:
        serving = await stack.enter_async_context(AsyncExitStack())
        address = await serving.enter_async_context(running(gate))
        client = NetsapiensDomain(address, pbx.domain, TOKEN, rate_limiter=RateLimiter(window=0.0))
        stack.push_async_callback(client.close)
        journal = Journal(folder / "state" / "changes.jsonl", Who("acme", "jane"))
        yield Office(pbx, client, gate, journal, ordered, serving)
