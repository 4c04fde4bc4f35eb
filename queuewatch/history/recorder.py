"""Keeps the history beside a program that watches, in a thread of its own: it cannot hold the program up.

Whoever watches tells it every live state. What cannot be written is not known later, and counts as nothing; the
program goes on.
"""

import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from queuewatch.history.database import (
    LARGEST_LOG,
    Damaged,
    History,
    HistoryError,
    WriterTurn,
    is_damage,
    note_upkeep,
    reason,
    upkeep,
)
from queuewatch.history.writer import PRUNED, Writer, stamp
from queuewatch.polling.state import LiveState

DAY = 24 * 60 * 60 * 1000
"""In the file's measure, milliseconds."""
LONGEST_AWAY = 4 * DAY
"""After a longer time without a reading nobody knows whether the clock went on, or was moved."""
MEMORY = 64 * 1024
"""Bytes of the file that several programs share while they have the history open."""


def forget(database: sqlite3.Connection, now: datetime, days: int, largest: int) -> bool:
    """Forget what is older than so many days, then the oldest days until all files together have their size.

    What agents did goes before what became of calls: it is most of the file, and the lesser part of a report.
    The latest day stays. Whether anything went. Raises ``sqlite3.Error``.
    """
    went = _forget_old(database, stamp(now), days)
    # The log, and what is shared beside it, are files as well.
    room = largest - min(LARGEST_LOG + MEMORY, largest // 8)
    while used(database) > room:
        latest = _latest(database)
        oldest = _oldest(database, "WHERE agents = 1")
        if oldest is not None and oldest < latest:
            _forget_agents(database, oldest + DAY)
        elif (oldest := _oldest(database, "")) is not None and oldest < latest:
            _forget_days(database, oldest + DAY)
        else:
            break
        went = True
    if went:
        # Executed as one statement it gives back a single page: Python takes its first step for its only one.
        database.executescript("PRAGMA incremental_vacuum")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return went


def _forget_old(database: sqlite3.Connection, now: int, days: int) -> bool:
    """Let the oldest day go if it is too old, and it is certain by now that it is."""
    with _whole(database):
        since, seen, forgot = (upkeep(database, name) for name in ("since", "seen", "forgot"))
        note_upkeep(database, "seen", now)
        if since is None or seen is None or not 0 <= now - seen <= LONGEST_AWAY:
            note_upkeep(database, "since", now)
            return False
        if now - since < DAY or (forgot is not None and 0 <= now - forgot < DAY):
            return False
        horizon, oldest = seen // DAY * DAY - days * DAY, _oldest(database, "")
        if oldest is None or oldest >= horizon:
            return False
        note_upkeep(database, "forgot", now)
    return _forget_days(database, min(horizon, oldest + DAY))


def _latest(database: sqlite3.Connection) -> int:
    """The beginning of the latest day there is. Not today by the clock, which may be any day."""
    (begun,) = database.execute("SELECT MAX(begun) FROM spans").fetchone()
    return 0 if begun is None else int(begun) // DAY * DAY


def used(database: sqlite3.Connection) -> int:
    """How many bytes are taken by something."""
    pages, free, size = (
        database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _oldest(database: sqlite3.Connection, which: str) -> int | None:
    """The beginning of the oldest day there is."""
    (begun,) = database.execute(f"SELECT MIN(begun) FROM spans {which}").fetchone()
    return None if begun is None else int(begun) // DAY * DAY


def _forget_agents(database: sqlite3.Connection, before: int) -> None:
    with _whole(database):
        old = "SELECT id FROM spans WHERE begun < ? AND agents = 1"
        database.execute(f"DELETE FROM statuses WHERE span IN ({old})", (before,))
        database.execute("UPDATE spans SET agents = 0 WHERE begun < ?", (before,))
        _prune_texts(database)


def _forget_days(database: sqlite3.Connection, before: int) -> bool:
    with _whole(database):
        old = "SELECT id FROM spans WHERE begun < ?"
        database.execute(f"DELETE FROM statuses WHERE span IN ({old})", (before,))
        database.execute(f"DELETE FROM verdicts WHERE span IN ({old})", (before,))
        went = database.execute("DELETE FROM spans WHERE begun < ?", (before,)).rowcount > 0
        _prune_texts(database)
        return went


_IN_USE = " UNION ".join(
    f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
    for table, columns in (
        ("verdicts", ("queue", "name", "outcome", "readiness", "end_kind")),
        ("statuses", ("queue", "agent", "name", "status", "reason")),
    )
    for column in columns
)


def _prune_texts(database: sqlite3.Connection) -> None:
    """Take out the texts that nothing is written in any more.

    The one with the highest number stays: no number is ever given to another text.
    """
    unused = f"id NOT IN ({_IN_USE}) AND id < (SELECT MAX(id) FROM texts)"
    if database.execute(f"DELETE FROM texts WHERE {unused}").rowcount > 0:
        note_upkeep(database, PRUNED, (upkeep(database, PRUNED) or 0) + 1)


class _whole:
    """Everything or nothing."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._database.execute("COMMIT" if kind is None else "ROLLBACK")


TRY_AGAIN = 300.0
"""Seconds after which a history that could not be kept is tried again."""
FAREWELL = 1.0
"""Seconds that ending may take."""
MOST_WAITING = 256
"""Sightings that may wait to be written; more of them are given up, as if nobody had watched."""
FORGOTTEN_EVERY = timedelta(hours=6)

CACHE_KIB = 256
"""What of the file is kept in memory while it is written."""


DomainKey = tuple[str, str]
"""A server and a domain of it."""
Batches = dict[DomainKey, list[LiveState | None]]
"""What waits to be written; ``None`` is a time without live states."""


class HistoryThread(ABC):
    """Writes what it is told in a thread of its own. To be told never waits."""

    def __init__(self, *, ever_watched: bool, monotonic: Callable[[], float]) -> None:
        self.problem = ""
        """Why nothing is kept at present, as a sentence; empty while all is well. Read it whenever you like."""
        self.note = ""
        """What else is to be told, once: that a damaged file was put aside."""
        self._ever_watched = ever_watched
        self._monotonic = monotonic
        self._condition = threading.Condition()
        self._waiting: Batches = {}
        self._busy = self._ending = False
        self._thread: threading.Thread | None = None
        self._try_again_at = 0.0

    def _put(self, domain: DomainKey, live_state: LiveState) -> None:
        """Have it taken down, soon."""
        with self._condition:
            if self._ending:
                return
            waiting = self._waiting.setdefault(domain, [])
            if len(waiting) >= MOST_WAITING:
                waiting[:] = [None]
            waiting.append(live_state)
            self._condition.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="queuewatch history", daemon=True)
                self._thread.start()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything told so far is taken down, or for :data:`FAREWELL`; whether it is."""
        longest = FAREWELL if timeout is None else timeout
        with self._condition:
            return self._condition.wait_for(lambda: not self._waiting and not self._busy, longest)

    def close(self, timeout: float | None = None) -> bool:
        """End, having written what waits; whether that was possible in this many seconds, or :data:`FAREWELL`.

        It may be said twice.
        """
        with self._condition:
            self._ending = True
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join(FAREWELL if timeout is None else timeout)
            return not self._thread.is_alive()
        return True

    @abstractmethod
    def _keep(self, batches: Batches) -> None:
        """Write these. Raises what goes wrong."""

    @abstractmethod
    def _end(self) -> None:
        """Write until when somebody watched. Raises what goes wrong."""

    @abstractmethod
    def _let_go(self, *, keep_turn: bool = False) -> None:
        """Close what is open, and let others write."""

    @property
    @abstractmethod
    def _file(self) -> History | None:
        """What tells of the file, and puts it aside where it is damaged; ``None`` before there is any."""

    @property
    def _must_wait(self) -> bool:
        """Whether it was tried in vain a short time ago."""
        return self._monotonic() < self._try_again_at

    def _run(self) -> None:
        while True:
            with self._condition:
                self._busy = False
                self._condition.notify_all()
                self._condition.wait_for(lambda: self._waiting or self._ending)
                batches, self._waiting = self._waiting, {}
                self._busy = True
            if batches:
                self._guarded(partial(self._keep, batches))
            elif self._ending:
                break
        self._guarded(self._end)
        self._let_go()
        with self._condition:
            self._busy = False
            self._condition.notify_all()

    def _guarded(self, write: Callable[[], None]) -> None:
        """Do the work; what goes wrong is told, and tried again later."""
        try:
            write()
        except Damaged as error:
            self._begin_anew(error)
        except HistoryError as error:
            self._give_up(f"{error} {error.hint}".rstrip(), self._path_words(named=True))
        except (OSError, sqlite3.Error) as error:
            if isinstance(error, sqlite3.Error) and is_damage(error):
                self._begin_anew(error)
            else:
                self._give_up(f"{reason(error)} {self._path_words()}".rstrip(), "")
        except Exception as error:
            # The thread must live: whoever watches would never hear of it.
            self._give_up(f"a fault in queuewatch itself ({type(error).__name__})", "")

    def _begin_anew(self, error: Exception) -> None:
        self._let_go(keep_turn=True)
        file = self._file
        try:
            aside = file.move_aside() if file is not None else None
        except OSError as also:
            self._give_up(f"the file is damaged {self._path_words()} and cannot be moved: {reason(also)}", "")
            return
        if aside is not None:
            self.note = f"The history was damaged and is now {aside}; a new one was begun."
        self._try_again_at = 0.0

    def _give_up(self, why: str, more: str) -> None:
        self.problem = f"History is not being kept: {why.rstrip('.')}{more}. Everything else goes on."
        self._try_again_at = self._monotonic() + TRY_AGAIN
        self._let_go()

    def _path_words(self, *, named: bool = False) -> str:
        path = getattr(self._file, "path", None)
        return "" if named or path is None else f"({path})"


class Recorder(HistoryThread):
    """Writes the history of one phone system, told by whoever watches it."""

    def __init__(
        self,
        history: History,
        *,
        ever_watched: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``ever_watched`` is for a sample, whose clock may run so fast that every silence is long."""
        super().__init__(ever_watched=ever_watched, monotonic=monotonic)
        self.history = history
        self._turn: WriterTurn | None = None
        self._database: sqlite3.Connection | None = None
        self._writer: Writer | None = None
        self._forgot_at: datetime | None = None

    def see(self, live_state: LiveState) -> None:
        """Take down what is new in it, soon."""
        self._put((self.history.place.server, self.history.place.domain), live_state)

    @property
    def _file(self) -> History:
        return self.history

    def _keep(self, batches: Batches) -> None:
        if self._writer is None and self._must_wait:
            return
        with self.history.writing():
            if self._writer is None and not self._take_up():
                return
            if (writer := self._writer) is not None:
                for batch in batches.values():
                    writer.write(batch)
                    self._forget_if_due(batch)
                self.problem = ""

    def _end(self) -> None:
        if self._writer is not None:
            with self.history.writing():
                self._writer.close()

    def _take_up(self) -> bool:
        """Begin to write; whether it is this program's turn."""
        if self._turn is None:
            self._turn = self.history.take_turn()
        if self._turn is None:
            return False
        self._database = opened(self.history)
        self._writer = Writer(self._database, self.history.place, ever_watched=self._ever_watched)
        return True

    def _forget_if_due(self, batch: list[LiveState | None]) -> None:
        now = max((state.snapshot.taken_at for state in batch if state is not None), default=None)
        if now is None or self._database is None:
            return
        if self._forgot_at is None or abs(now - self._forgot_at) >= FORGOTTEN_EVERY:
            self._forgot_at = now
            forget(self._database, now, self.history.days, self.history.largest)

    def _let_go(self, *, keep_turn: bool = False) -> None:
        self._writer = None
        if self._database is not None and getattr(self.history, "path", None) is not None:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database = None
        if self._turn is not None and not keep_turn:
            self._turn.give_back()
            self._turn = None


def opened(history: History) -> sqlite3.Connection:
    """The history opened to be written. Raises what :meth:`HistoryFile.open` does."""
    database = history.open()
    # Left to itself it would keep two megabytes of its file, which it comes to in an hour of much going on.
    database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return database
