"""Going easy on the server: how many requests may start, how many may be open, and when one is tried again."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

REQUESTS_PER_WINDOW = 10
WINDOW_SECONDS = 1.0
ARRIVES_WITHIN = 1.0
"""Seconds after which a request that is still open has come to the server, as a rule: it is then not waited for."""

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
        self._window = WINDOW_SECONDS if window is None else window
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

    def _wait(self, now: float) -> float:
        """Seconds until a request may leave, as far as can be told by now."""
        self._sent = [sent for sent in self._sent if sent.arrived + self._window > now]
        if len(self._sent) < REQUESTS_PER_WINDOW:
            return 0.0
        # What is open may be answered before long; more than 4 are not.
        return min(sent.arrived for sent in self._sent) + self._window - now


class _Sent:
    """A request that was sent."""

    def __init__(self, arrived: float) -> None:
        self.arrived = arrived
        """When it has arrived at the latest, on this machine's clock."""


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
