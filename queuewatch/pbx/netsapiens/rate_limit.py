"""Going easy on the server: how many requests may start, how many may be open, and when one is tried again."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager

REQUESTS_PER_WINDOW = 10
WINDOW_SECONDS = 1.0
ARRIVES_WITHIN = 1.0
"""Seconds after which a request that is still open has come to the server, as a rule: no other waits for it."""
SETTLES_IN = 1.5
"""Windows for which nobody asks once there are more or fewer who share: what was asked before is past by then."""

IN_FLIGHT = 4

Sleep = Callable[[float], Awaitable[None]]


class RateLimiter:
    """Lets requests through in the order they come: 10 in any second at most, and 4 open at a time.

    It is by the server's count that there are no more: when a request arrived there is known only to be before it
    was answered, so the second is counted from the answer. Those that left evenly may arrive closer together, the
    first ones above all, which open a connection.

    ``window`` is the time in seconds that the 10 are counted over; 0 is for a server that has not to be spared.
    """

    def __init__(
        self,
        *,
        window: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._window = self._own_window = WINDOW_SECONDS if window is None else window
        self._most = REQUESTS_PER_WINDOW
        self._programs = 1
        self._settled_at = float("-inf")
        self._clock = clock
        self.sleep = sleep
        self._sent: list[_Sent] = []
        self._turn = asyncio.Lock()
        self._open = asyncio.Semaphore(IN_FLIGHT)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for leave to send one request; it counts as open until the block ends."""
        async with self._open:
            async with self._turn:
                while self._window and (wait := self._wait(self._clock())) > 0:
                    await self.sleep(wait)
                sent = _Sent(self._clock() + ARRIVES_WITHIN)
                self._sent.append(sent)
            try:
                yield
            finally:
                sent.arrived = min(sent.arrived, self._clock())

    def share(self, programs: int) -> None:
        """Ask only as much as one of so many programs may that ask the same server, all of them like this.

        Each has its part of every window, so that all of them together burst no more than one.
        """
        if programs == self._programs:
            return
        self._programs = programs
        self._most = max(1, REQUESTS_PER_WINDOW // programs)
        # Of more than ten none is let through in every window.
        self._window = self._own_window * max(1.0, programs / REQUESTS_PER_WINDOW)
        self._settled_at = self._clock() + SETTLES_IN * self._own_window

    def _wait(self, now: float) -> float:
        """Seconds until a request may leave, as far as can be told by now."""
        self._sent = [sent for sent in self._sent if sent.arrived + self._window > now]
        if len(self._sent) < self._most:
            return self._settled_at - now
        # What is open may be answered before long; more than 4 are not.
        return min(sent.arrived for sent in self._sent) + self._window - now


class _Sent:
    """A request that was sent."""

    def __init__(self, arrived: float) -> None:
        self.arrived = arrived
        """When it has arrived at the latest, on this machine's clock."""


class SharedRateLimiter:
    """One server's leave to ask, for many domains of it: together they may ask no more than one alone.

    Who is preferred comes first; among the rest whoever has waited longest since a request of theirs was let
    through, so that a domain with much to read does not keep the others from being read at all.
    """

    def __init__(
        self,
        *,
        window: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._limiter = RateLimiter(window=window, clock=clock, sleep=sleep)
        self._preferred: Collection[str] = ()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._served: dict[str, int] = {}
        """By domain, when a request of it was let through last, as a number that only grows."""
        self._turns = 0
        self._open = 0

    def of(self, domain: str) -> RateLimiter:
        """What the client of this domain asks for leave."""
        return _DomainShare(self, self._limiter, domain)

    def prefer(self, domains: Collection[str]) -> None:
        """Let these come first from now on, instead of those before."""
        self._preferred = domains

    def share(self, programs: int) -> None:
        """Ask only as much as one of so many programs may that ask the same server, all of them like this."""
        self._limiter.share(programs)

    async def enter(self, domain: str) -> None:
        """Wait until a request of this domain is the next."""
        if self._open < IN_FLIGHT:
            self._open += 1
        else:
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(domain, deque()).append(place)
            try:
                await place
            except asyncio.CancelledError:
                # Whoever gives up after the place was given to them hands it on.
                if place.done() and not place.cancelled():
                    self.leave()
                raise
        self._turns += 1
        self._served[domain] = self._turns

    def leave(self) -> None:
        """Hand the place on to whoever is next, if anybody waits."""
        while self._waiting:
            domain = min(self._waiting, key=lambda name: (name not in self._preferred, self._served.get(name, 0)))
            places = self._waiting[domain]
            place = places.popleft()
            if not places:
                del self._waiting[domain]
            if not place.done():
                place.set_result(None)
                return
        self._open -= 1


class _DomainShare(RateLimiter):
    """One domain's share of its server's limiter."""

    def __init__(self, shared: SharedRateLimiter, limiter: RateLimiter, domain: str) -> None:
        super().__init__(sleep=limiter.sleep)
        self._shared = shared
        self._limiter = limiter
        self._domain = domain

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for leave to send one request; it counts as open until the block ends."""
        await self._shared.enter(self._domain)
        try:
            async with self._limiter.turn():
                yield
        finally:
            self._shared.leave()


RETRY_PAUSES = (0.5, 1.0)
"""Seconds before the second and before each later attempt, unless the server names its own."""

LONGEST_PAUSE = 10.0
"""A server that asks for more seconds than this is not tried again."""


def pause_before_retry(attempt: int, asked: float | None = None) -> float | None:
    """Seconds to wait after failed attempt number ``attempt`` (from 1); ``None`` when it should not be.

    ``asked`` is what the server's own ``Retry-After`` says.
    """
    pause = RETRY_PAUSES[min(attempt, len(RETRY_PAUSES)) - 1] if asked is None else asked
    return pause if pause <= LONGEST_PAUSE else None
