"""A phone system's own word that something moved, turned into a poll before its time."""

import asyncio
from collections.abc import Awaitable, Callable

from queuewatch.pbx.phone_system import PushEvent, PushStream
from queuewatch.polling.rate import PollRate
from queuewatch.process.background import alongside

GAP = 2.0
"""Seconds between two early polls at least, however much moves; more among other boards, or while nobody looks."""
SETTLE = 0.05
"""Seconds before an early poll: one change is told in several words, for its queue and each of its agents."""

_LONG = 3600.0

Pause = Callable[[asyncio.Event, float], Awaitable[None]]


class PushTrigger:
    """Calls ``poll`` when the stream says that something moved: at once, then at its ``rate``.

    ``note`` is told whether the stream is there. Nothing is listened to before ``after`` is set. ``pause`` waits
    until an event is set, or so many seconds.
    """

    def __init__(
        self,
        stream: PushStream,
        poll: Callable[[], None],
        note: Callable[[bool], None],
        *,
        after: asyncio.Event,
        pause: Pause,
        rate: PollRate,
    ) -> None:
        self._stream = stream
        self._poll = poll
        self._note = note
        self._after = after
        self._pause = pause
        self._rate = rate
        self._moved = False
        self._event_seen = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled, or until there is nothing to listen to."""
        await self._after.wait()
        try:
            async with alongside(self._poll_in_time()):
                await self._stream.listen(self._hear)
        except Exception:
            self._note(False)
            raise

    def _hear(self, word: PushEvent) -> None:
        match word:
            case PushEvent.ON:
                self._note(True)
            case PushEvent.OFF:
                self._note(False)
            case PushEvent.MOVED:
                self._moved = True
                self._event_seen.set()

    async def _poll_in_time(self) -> None:
        while True:
            if self._moved:
                await self._pause(asyncio.Event(), SETTLE)
                self._moved = False
                self._poll()
                await self._pause(asyncio.Event(), self._rate.scaled(GAP) - SETTLE)
            else:
                await self._pause(self._event_seen, _LONG)
