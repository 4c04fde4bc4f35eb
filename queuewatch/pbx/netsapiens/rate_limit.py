"""Going easy on the server: how many requests may start, how many may be open, and when one is tried again."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

REQUESTS_PER_WINDOW = 10
WINDOW_SECONDS = 1.1
"""A tenth above one second, since requests that left evenly may arrive closer together."""

IN_FLIGHT = 4

Sleep = Callable[[float], Awaitable[None]]


class RateLimiter:
    """Lets requests through in the order they come: 10 in any second at most, and 4 open at a time.

    ``window`` is the time in seconds that the 10 are counted over, a little above one unless another is given;
    0 is for a server that has not to be spared.
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
        self._starts: deque[float] = deque(maxlen=REQUESTS_PER_WINDOW)
        self._turn = asyncio.Lock()
        self._open = asyncio.Semaphore(IN_FLIGHT)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for leave to send one request; it counts as open until the block ends."""
        async with self._open:
            async with self._turn:
                while len(self._starts) == REQUESTS_PER_WINDOW:
                    wait = self._starts[0] + self._window - self._clock()
                    if wait <= 0:
                        break
                    await self.sleep(wait)
                self._starts.append(self._clock())
            yield


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
