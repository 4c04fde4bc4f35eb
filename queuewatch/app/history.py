"""The history beside a program: every state is recorded, and what became of the queue looked at is told.

Neither holds the program up: both are done in threads, and nothing of it is loaded before the first state is
recorded. The board and ``queuewatch watch`` keep it in this one way; Textual is not needed for it.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from queuewatch.failover.model import Part
from queuewatch.polling.state import LiveState

if TYPE_CHECKING:
    from queuewatch.history.many import DomainRecorder
    from queuewatch.history.open import OpenHistory
    from queuewatch.history.period import Period
    from queuewatch.history.reader import Past
    from queuewatch.history.recorder import Recorder


class HistoryKeeper:
    """The history of one phone system, kept and told. Whoever is done with it closes it."""

    def __init__(
        self,
        history: "OpenHistory | None",
        *,
        ever_watched: bool = False,
        on_change: Callable[[], object] = lambda: None,
        recorder: "DomainRecorder | None" = None,
    ) -> None:
        """``history`` is ``None`` where none is kept; a ``recorder`` writes this with what others tell.

        ``ever_watched`` is for a sample, whose clock may run so fast that it is always a long time since the last
        state. ``on_change`` is called when :meth:`lately` of the queue looked at should be read again.
        """
        self._history = history
        self._ever_watched = ever_watched
        self._on_change = on_change
        self._recorder: Recorder | DomainRecorder | None = recorder
        self._queue: str | None = None
        self._told_of: tuple[object, ...] = ()
        self._told_problem = ""
        self._state: LiveState | None = None
        self._closed = False

    @property
    def problem(self) -> str:
        """Why nothing is kept at present; empty when all is well."""
        return self._recorder.problem if self._recorder is not None else ""

    def take_note(self, *, with_problem: bool = False) -> str:
        """What else is to be told, once; empty when there is nothing.

        ``with_problem`` is for whoever does not show :attr:`problem` all the time: it is added when it is another.
        """
        recorder = self._recorder
        if recorder is None:
            return ""
        note, recorder.note = recorder.note, ""
        if with_problem and recorder.problem != self._told_problem:
            self._told_problem = recorder.problem
            return " ".join(filter(None, (note, recorder.problem)))
        return note

    def record(self, state: LiveState) -> None:
        """Take down what is new in it, soon: nobody waits for the disk."""
        if self._history is None or self._closed:
            return
        self._state = state
        if self._recorder is None:
            if Part.LIVE not in state.snapshot.read_at:
                return
            from queuewatch.history.recorder import Recorder

            self._recorder = Recorder(self._history(), ever_watched=self._ever_watched)
        self._recorder.see(state)
        self._look()

    def focus(self, queue: str | None) -> None:
        """Somebody looks at this queue from now on, perhaps on another screen."""
        self._queue, self._told_of = queue, ()
        if self._recorder is not None:
            self._look()

    def _look(self) -> None:
        """Have the history read again if the queue changed: never because time goes by."""
        state, queue = self._state, self._queue
        judged = state.judgements.get(queue) if state and queue else None
        if state is None or queue is None or judged is None or queue not in state.snapshot.rules:
            return
        from queuewatch.history.state import queue_state
        from queuewatch.history.wording import kind_of

        about = (queue, kind_of(queue_state(state.snapshot.queues[queue], judged).standing))
        if about != self._told_of:
            self._told_of = about
            self._on_change()

    async def lately(self) -> tuple[str, str]:
        """The queue looked at, and since when it is as it is, in a line; empty where nothing is known."""
        from queuewatch.history.database import HistoryError
        from queuewatch.history.period import Period
        from queuewatch.history.state import queue_state
        from queuewatch.history.wording import LATELY, lately

        queue, state = self._queue, self._state
        judged = state.judgements.get(queue) if state and queue else None
        if queue is None or state is None or judged is None:
            return "", ""
        now = state.snapshot.taken_at
        try:
            past = await self.read(Period(now - LATELY, now), (queue,))
        except HistoryError:
            return queue, ""
        account = past.of(queue) if past is not None else None
        present = queue_state(state.snapshot.queues[queue], judged)
        return queue, lately(account, present) if account is not None else ""

    async def read(self, period: "Period", queues: tuple[str, ...] = (), *, agents: bool = False) -> "Past | None":
        """What is known of a period, of these queues or of all; ``None`` where no history is kept.

        Raises :class:`~queuewatch.history.database.HistoryError`.
        """
        history, recorder = self._history, self._recorder
        if history is None:
            return None
        from queuewatch.history.reader import read_past

        def read() -> "Past":
            # What was seen a moment ago is to be in it.
            if recorder is not None:
                recorder.flush()
            return read_past(history(), period, queues, agents=agents)

        return await asyncio.to_thread(read)

    def close(self) -> None:
        """Write what waits, for no longer than a second, and stop. It may be said twice."""
        self._closed = True
        if self._recorder is not None:
            self._recorder.close()
