"""A stream of events on a real loopback socket that does exactly what it is told to."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import socketio
from starlette.types import Receive, Scope, Send

from queuewatch.pbx.netsapiens.push import NetsapiensPush
from queuewatch.pbx.phone_system import PushEvent
from queuewatch.pbx.sandbox.server import running

DOMAIN = "example.com"
BEARER = "eyJPlantedBearer.0123456789"
COMPLETE = {"status": "agent load Complete"}


@dataclass
class Stream:
    """Answers a subscription with these words, and then perhaps hangs up."""

    answers: list[tuple[str, object]] = field(default_factory=lambda: [("status", COMPLETE)])
    hangs_up: bool = False
    url: str = ""
    subscribed: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        silent = logging.Logger("stream")
        silent.disabled = True
        self.io = socketio.AsyncServer(async_mode="asgi", logger=silent, engineio_logger=silent)
        self.io.on("subscribe", self._subscribe)

    async def _subscribe(self, listener: str, wanted: dict[str, str]) -> None:
        self.subscribed.append(wanted)
        # There are three of them: it is the last that is answered.
        if wanted["type"] == "call":
            for event, payload in self.answers:
                await self.io.emit(event, payload, to=listener)
            if self.hangs_up:
                await self.io.disconnect(listener)

    async def tell(self, event: str, payload: object) -> None:
        """Tell everybody."""
        await self.io.emit(event, payload)

    async def say(self, words: str | bytes) -> None:
        """To everybody, whether it is an event or not."""
        for listener in list(self.io.eio.sockets):
            await self.io.eio.send(listener, words)

    async def hang_up(self) -> None:
        """On everybody."""
        for listener, _ in list(self.io.manager.get_participants("/", None)):
            await self.io.disconnect(listener)


@asynccontextmanager
async def streaming(stream: Stream | None = None) -> AsyncIterator[Stream]:
    """Serve while the block runs."""
    stream = stream or Stream()

    async def nothing_else(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("a stream is all there is")

    async with running(socketio.ASGIApp(stream.io, nothing_else), websockets=True) as address:
        stream.url = address.removesuffix("/ns-api/v2")
        try:
            yield stream
        finally:
            await stream.hang_up()
            await stream.io.shutdown()


@dataclass
class Listener:
    """Listens in a time that passes only while it sleeps, and remembers how long that was and what it was told."""

    url: str
    domain: str = DOMAIN
    now: float = 0.0
    lasts: float = 0.0
    """Seconds for which each connection lasts."""
    longest: int = 100
    """Pauses it makes before it is cancelled."""
    pauses: list[float] = field(default_factory=list)
    told: list[PushEvent] = field(default_factory=list)
    _news: asyncio.Queue[PushEvent] = field(default_factory=asyncio.Queue)

    def push(self) -> NetsapiensPush:
        """What listens."""
        return NetsapiensPush(self.url, self.domain, self.bearer, clock=lambda: self.now, sleep=self._sleep)

    async def bearer(self) -> str:
        """What it shows."""
        return BEARER

    async def until_given_up(self) -> None:
        """Listen until it returns, or has paused for the last time."""
        async with asyncio.timeout(30):
            try:
                await self.push().listen(self._tell)
            except asyncio.CancelledError:
                if len(self.pauses) < self.longest:
                    raise

    async def next(self) -> PushEvent:
        """What it is told next."""
        return await asyncio.wait_for(self._news.get(), 30)

    def _tell(self, word: PushEvent) -> None:
        self.told.append(word)
        self._news.put_nowait(word)
        if word is PushEvent.ON:
            self.now += self.lasts

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        if len(self.pauses) == self.longest:
            raise asyncio.CancelledError
        await asyncio.sleep(0)


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Listener]:
    """Listen while the block runs, from the moment that the stream is there."""
    listener = Listener(url)
    task = asyncio.create_task(listener.until_given_up())
    try:
        assert await listener.next() is PushEvent.ON
        yield listener
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
