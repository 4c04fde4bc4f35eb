"""The history of many domains, written by one thread over one connection to the file that they share.

A recorder for each would be a thread, a connection with its three files and a lock held: 300 domains would be more
open files than a program may have. Nobody's turn is held here, so a domain's own programs go before: while a board
or a ``queuewatch watch`` keeps its history, nothing of it is written twice; once they end, it goes on here.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from hashlib import sha256

from queuewatch.history.database import History, HistoryFile, HistoryInMemory
from queuewatch.history.open import OpenHistory
from queuewatch.history.recorder import FORGOTTEN_EVERY, Batches, DomainKey, HistoryThread, forget, opened
from queuewatch.history.writer import Writer
from queuewatch.polling.state import LiveState
from queuewatch.storage.folder import own_folder
from queuewatch.storage.locks import open_lock, try_lock


class FleetRecorder(HistoryThread):
    """Writes the history of many phone systems, told by whoever watches them all."""

    def __init__(
        self,
        histories: Mapping[DomainKey, OpenHistory],
        *,
        ever_watched: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``histories`` are those that are kept: of files, all in one. ``ever_watched`` as for one alone."""
        super().__init__(ever_watched=ever_watched, monotonic=monotonic)
        self._kept = dict(histories)
        self._histories: dict[DomainKey, History] = {}
        self._writers: dict[DomainKey, Writer] = {}
        self._last: dict[DomainKey, LiveState] = {}
        self._database: sqlite3.Connection | None = None
        self._lock: int | None = None
        self._forgot_at: datetime | None = None

    def see(self, domain: DomainKey, live_state: LiveState) -> None:
        """Take down what is new in it, soon."""
        if domain in self._kept and self._last.get(domain) is not live_state:
            self._last[domain] = live_state
            self._put(domain, live_state)

    @property
    def _file(self) -> HistoryFile | None:
        return next((history for history in self._histories.values() if isinstance(history, HistoryFile)), None)

    def _keep(self, batches: Batches) -> None:
        if self._must_wait:
            return
        for domain in batches:
            if domain not in self._histories:
                self._histories[domain] = self._kept[domain]()
        if not self._is_alone():
            return
        for domain, batch in batches.items():
            history = self._histories[domain]
            with history.writing():
                self._write(domain, history, batch)
        self._forget_if_due(batches)
        self.problem = ""

    def _write(self, domain: DomainKey, history: History, batch: list[LiveState | None]) -> None:
        writer = self._writers.get(domain)
        if writer is not None and not writer.has_news(batch):
            writer.write(batch)
            return
        turn = history.take_turn()
        if turn is None:
            # Until now somebody watched here; from now on another program says so.
            if writer is not None:
                del self._writers[domain]
                writer.close()
            return
        try:
            if writer is None:
                writer = Writer(self._open(history), history.place, ever_watched=self._ever_watched)
                self._writers[domain] = writer
            writer.write(batch)
        finally:
            turn.give_back()

    def _open(self, history: History) -> sqlite3.Connection:
        if isinstance(history, HistoryInMemory):
            return history.open()
        if self._database is None:
            self._database = opened(history)
        return self._database

    def _is_alone(self) -> bool:
        """Whether no other program watches these same domains: one of them writes."""
        history = self._file
        if self._lock is not None or history is None:
            return True
        own_folder(history.path.parent.parent)
        own_folder(history.path.parent)
        domains = "\n".join(sorted(map(" ".join, self._kept)))
        file = open_lock(history.path.parent / f"fleet-{sha256(domains.encode()).hexdigest()[:16]}.lock")
        with suppress(OSError):
            if not try_lock(file):
                os.close(file)
                return False
        self._lock = file
        return True

    def _end(self) -> None:
        for domain, writer in self._writers.items():
            with self._histories[domain].writing():
                writer.close()

    def _forget_if_due(self, batches: Batches) -> None:
        states = (state for batch in batches.values() for state in batch if state is not None)
        now = max((state.snapshot.taken_at for state in states), default=None)
        file = self._file
        if now is None or file is None or self._database is None:
            return
        if self._forgot_at is None or abs(now - self._forgot_at) >= FORGOTTEN_EVERY:
            self._forgot_at = now
            # Of profiles that say it differently, the one that wants to know longest is heard.
            days = max(history.days for history in self._histories.values())
            forget(self._database, now, days, file.largest)

    def _let_go(self, *, keep_turn: bool = False) -> None:
        self._writers.clear()
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database = None
        if self._lock is not None and not keep_turn:
            os.close(self._lock)
            self._lock = None


class DomainRecorder:
    """One domain's part in that: what its own board tells, it writes with all others."""

    def __init__(self, recorder: FleetRecorder, domain: DomainKey) -> None:
        self._recorder = recorder
        self._domain = domain
        self.note = ""
        """Nothing: the fleet tells it."""

    @property
    def problem(self) -> str:
        """Why nothing is kept at present, as a sentence; empty while all is well."""
        return self._recorder.problem

    def see(self, live_state: LiveState) -> None:
        """Take down what is new in it, soon."""
        self._recorder.see(self._domain, live_state)

    def flush(self) -> bool:
        """Wait until everything told so far is taken down; whether it is."""
        return self._recorder.flush()

    def close(self) -> None:
        """The others go on."""
