"""The history beside the screens: it is written from every sighting, and read where somebody looks.

Neither holds the program up: both are done in threads, and nothing of it is loaded before the first sighting.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from queuewatch.connection.connection import Connection
from queuewatch.failover.model import Part
from queuewatch.sighting import Sighting

if TYPE_CHECKING:
    from queuewatch.history.period import Period
    from queuewatch.history.reading import Past
    from queuewatch.history.recorder import Recorder


class HistoryKeeper:
    """The past of one connection, kept and told. Whoever is done with it closes it."""

    def __init__(self, connection: Connection, tell: Callable[[], object]) -> None:
        """``tell`` is called when :attr:`lately` of the queue looked at should be read again."""
        self._connection = connection
        self._tell = tell
        self._recorder: Recorder | None = None
        self._queue: str | None = None
        self._told_of: tuple[object, ...] = ()
        self._sighting: Sighting | None = None
        self._closed = False

    @property
    def problem(self) -> str:
        """Why nothing is kept at present; empty when all is well."""
        return self._recorder.problem if self._recorder is not None else ""

    def take_note(self) -> str:
        """What else is to be told, once; empty when there is nothing."""
        if self._recorder is None or not self._recorder.note:
            return ""
        note, self._recorder.note = self._recorder.note, ""
        return note

    def see(self, sighting: Sighting) -> None:
        """Keep what is new in it."""
        if self._connection.history is None or self._closed:
            return
        self._sighting = sighting
        if self._recorder is None:
            if Part.LIVE not in sighting.snapshot.read_at:
                return
            from queuewatch.history.recorder import Recorder

            # A sample's clock may run so fast that it is always a long time since the last sighting.
            self._recorder = Recorder(
                self._connection.history(), ever_watched=self._connection.sandbox is not None
            )
        self._recorder.see(sighting)
        self._look()

    def look_at(self, queue: str | None) -> None:
        """Somebody looks at this queue from now on, perhaps on another screen."""
        self._queue, self._told_of = queue, ()
        if self._recorder is not None:
            self._look()

    def _look(self) -> None:
        """Have it read again if the queue changed: never because time goes by."""
        from queuewatch.history.standing import queue_state
        from queuewatch.history.words import kind_of

        sighting, queue = self._sighting, self._queue
        judged = sighting.judgements.get(queue) if sighting and queue else None
        if sighting is None or queue is None or judged is None or queue not in sighting.snapshot.rules:
            return
        about = (queue, kind_of(queue_state(sighting.snapshot.queues[queue], judged).standing))
        if about != self._told_of:
            self._told_of = about
            self._tell()

    async def lately(self) -> tuple[str, str]:
        """The queue looked at, and since when it is as it is, in a line; empty where nothing is known."""
        from queuewatch.history.book import HistoryError
        from queuewatch.history.period import Period
        from queuewatch.history.standing import queue_state
        from queuewatch.history.words import LATELY, lately

        queue, sighting = self._queue, self._sighting
        judged = sighting.judgements.get(queue) if sighting and queue else None
        if queue is None or sighting is None or judged is None:
            return "", ""
        now = sighting.snapshot.taken_at
        try:
            past = await self.read(Period(now - LATELY, now), (queue,))
        except HistoryError:
            return queue, ""
        account = past.of(queue) if past is not None else None
        present = queue_state(sighting.snapshot.queues[queue], judged)
        return queue, lately(account, present) if account is not None else ""

    async def read(self, period: "Period", queues: tuple[str, ...] = (), *, agents: bool = False) -> "Past | None":
        """What is known of a period, of these queues or of all; ``None`` where no history is kept.

        Raises :class:`~queuewatch.history.book.HistoryError`.
        """
        history, recorder = self._connection.history, self._recorder
        if history is None:
            return None
        from queuewatch.history.reading import read_past

        def read() -> "Past":
            # What was seen a moment ago is to be in it.
            if recorder is not None:
                recorder.flush()
            return read_past(history(), period, queues, agents=agents)

        return await asyncio.to_thread(read)

    def close(self) -> None:
        """Write what waits, for no longer than a second, and stop."""
        self._closed = True
        if self._recorder is not None:
            self._recorder.close()
