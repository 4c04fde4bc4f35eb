"""A watch on a phone system in memory, in a time that passes only when a test says so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from queuewatch.failover.model import Queue, Snapshot, User
from queuewatch.pbx.phone_system import PushEvent
from queuewatch.polling.poller import Poller
from queuewatch.polling.state import LiveState
from tests.change.in_memory import InMemory
from tests.failover.build import CELL, agent, default, office, to

INTERVAL = 5.0
LOOPS = 2
"""What a watch runs: one loop for the queues and agents, one for everything else."""


AT_REST = 20
"""Rounds of the event loop in which nothing happens: more than an answer out of memory takes, on any machine."""


class Stream:
    """A stream of events through which a test says what it likes, once it is listened to."""

    def __init__(self) -> None:
        self.listeners = 0
        self.tell: Callable[[PushEvent], None] = lambda _: None
        self.ends = asyncio.Event()

    async def listen(self, tell: Callable[[PushEvent], None]) -> None:
        self.listeners += 1
        self.tell = tell
        try:
            await self.ends.wait()
        finally:
            self.listeners -= 1


@dataclass
class StillTime:
    """A clock that stands still, and the pauses of everybody who waits on it."""

    now: float = 1000.0
    loops: int = LOOPS
    _waiting: dict[asyncio.Event, float] = field(default_factory=dict)

    def __call__(self) -> float:
        return self.now

    async def pause(self, woken_by: asyncio.Event, seconds: float) -> None:
        self._waiting[woken_by] = self.now + seconds
        try:
            await woken_by.wait()
        finally:
            del self._waiting[woken_by]
        woken_by.clear()

    async def settled(self) -> None:
        """Until everybody waits for time to pass, and goes on so: what nobody waits for may yet answer."""
        at_rest = 0
        for _ in range(10_000):
            waits = len(self._waiting) == self.loops and not any(event.is_set() for event in self._waiting)
            at_rest = at_rest + 1 if waits else 0
            if at_rest == AT_REST:
                return
            await asyncio.sleep(0)
        raise AssertionError("it never comes to rest")

    async def pass_by(self, seconds: float) -> None:
        """Let time pass, and everything happen in it in its turn."""
        end = self.now + seconds
        await self.settled()
        while (due := min(self._waiting.values())) <= end:
            self.now = max(self.now, due)
            for event, at in tuple(self._waiting.items()):
                if at <= self.now:
                    event.set()
            await self.settled()
        self.now = end


@dataclass
class Watched:
    """A phone system in memory, a watch on it, and everything the watch published."""

    pbx: InMemory
    watch: Poller
    time: StillTime
    published: list[LiveState]

    @property
    def latest(self) -> LiveState:
        return self.published[-1]

    async def asked_in(self, seconds: float) -> list[str]:
        """What the phone system is asked while time passes."""
        before = len(self.pbx.asked)
        await self.time.pass_by(seconds)
        return self.pbx.asked[before:]

    async def asked_now(self) -> list[str]:
        return await self.asked_in(0)


@asynccontextmanager
async def watched(
    of: Snapshot | InMemory, *, looked_at: str | None = None, push: Stream | None = None
) -> AsyncIterator[Watched]:
    """A watch that has just begun, and has asked for nothing yet."""
    pbx = of if isinstance(of, InMemory) else InMemory.holding(of)
    time, published = StillTime(loops=LOOPS + (push is not None)), list[LiveState]()
    watch = Poller(pbx, published.append, interval=INTERVAL, monotonic=time, pause=time.pause, push=push)
    watch.focus_queue(looked_at)
    task = asyncio.create_task(watch.run())
    try:
        yield Watched(pbx, watch, time, published)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def company(queues: int = 3, crew: int = 1) -> Snapshot:
    extensions = [str(8000 + place) for place in range(queues)]
    return office(
        *(Queue(extension, require_agents=True) for extension in extensions),
        agents=[agent("green", str(1001 + place), queue) for queue in extensions for place in range(crew)],
        rules={extension: [default(offline=to(CELL))] for extension in extensions},
        users=[User(str(1001 + place), site="Dallas") for place in range(crew)],
    )


def turned(pbx: InMemory, colour: str, queue: str = "8000") -> None:
    pbx.agents[queue] = (agent(colour, "1001", queue),)
