"""The site columns beside every state that the screens are shown: worked out a little at a time, once per change.

What one agent's coming or going changes is there in the same frame. What takes longer, such as a first reading, is
worked out between the frames, and the matrix says meanwhile how much of it is missing.
"""

import asyncio
import time
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from queuewatch.failover.drill.matrix import MatrixInTheMaking
from queuewatch.polling.state import LiveState
from queuewatch.process.background import in_background

AT_ONCE = 0.006
"""Seconds that a frame may wait for its columns."""
SLICE = 0.010
"""Seconds after which keys and frames have their turn; no step takes as long."""
REST = 3.0
"""For each second of work so many in which nothing new is begun: queues come in one by one at the start."""


class SiteColumns:
    """Owns the matrix of one phone system."""

    def __init__(self, changed: Callable[[], None], *, clock: Callable[[], float] = time.thread_time) -> None:
        """``changed`` is told when there is more of the matrix than the last state was shown with.

        The ``clock`` tells seconds of work: while another program has the processor nothing is gained by stopping,
        and what would have been there in the same frame would be drawn in one of its own.
        """
        self._changed = changed
        self._clock = clock
        self._making = MatrixInTheMaking()
        self._state: LiveState | None = None
        self._shown: LiveState | None = None
        self._work: Iterator[None] = iter(())
        self._working: asyncio.Task[None] | None = None
        self._more = False
        """Whether there is another state than the one that is worked at."""

    def beside(self, state: LiveState) -> LiveState:
        """The state with its site columns, as far as they are worked out."""
        if state is not self._state:
            self._state = state
            self._work = self._making.take(state.snapshot, state.judgements)
            # At least what rests on the change is gone from the matrix with this.
            next(self._work, None)
            if self._working is not None:
                self._more = True
            elif not self._work_for(AT_ONCE):
                self._working = in_background(self._go_on(), "working out the site columns")
            self._shown = None
        if self._shown is None or self._shown.matrix is not self._making.matrix:
            self._shown = replace(state, matrix=self._making.matrix)
        return self._shown

    def _work_for(self, seconds: float) -> bool:
        """Do some of the work; whether all of it is done."""
        until = self._clock() + seconds
        return all(self._clock() < until for _ in self._work)

    async def _go_on(self) -> None:
        try:
            self._more = True
            while self._more:
                self._more = False
                begun = self._clock()
                await self._finish()
                self._changed()
                await asyncio.sleep(REST * (self._clock() - begun))
        finally:
            self._working = None

    async def _finish(self) -> None:
        """Do all of the work, a slice at a time. A later state's takes the place of what is not done by then."""
        until = self._clock() + SLICE
        while next(self._work, self) is not self:
            if self._clock() >= until:
                await asyncio.sleep(0)
                until = self._clock() + SLICE

    def close(self) -> None:
        """Work out nothing any more."""
        if self._working is not None:
            self._working.cancel()
