"""A clock for tests that wait for nothing."""

import asyncio


class StillClock:
    """A clock that moves only when someone sleeps, and remembers how long."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        await asyncio.sleep(0)
