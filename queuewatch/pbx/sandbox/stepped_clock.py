"""Sample time that is stepped: nobody really waits, and the same questions always come at the same moments."""

import asyncio
from datetime import datetime, timedelta


class SteppedClock:
    """Jumps to the next moment for which anybody waits, once all ``loops`` of a watch do.

    It begins at ``start`` and goes on for ``seconds``; then ``over`` is set, and whoever waits waits for ever.
    """

    def __init__(self, start: datetime, seconds: float, *, loops: int = 2) -> None:
        self.over = asyncio.Event()
        self._start = start
        self._end = seconds
        self._loops = loops
        self._passed = 0.0
        self._waiting: dict[asyncio.Event, float] = {}

    def __call__(self) -> datetime:
        """The time now in the sample; aware."""
        return self._start + timedelta(seconds=self._passed)

    def seconds(self) -> float:
        """The time that has passed."""
        return self._passed

    async def pause(self, woken_by: asyncio.Event, seconds: float) -> None:
        """Wait so long, or until the event is set, which is then cleared."""
        self._waiting[woken_by] = self._passed + seconds
        self._step()
        try:
            await woken_by.wait()
        finally:
            del self._waiting[woken_by]
        woken_by.clear()

    def _step(self) -> None:
        if len(self._waiting) < self._loops or any(event.is_set() for event in self._waiting):
            return
        due = min(self._waiting.values())
        if due > self._end:
            self.over.set()
            return
        self._passed = max(self._passed, due)
        for event, at in self._waiting.items():
            if at <= self._passed:
                event.set()
