"""Forgetting: the oldest whole days go first, and the room they took is given back.

No reading of a clock is believed alone: a machine that wakes with a wrong one, and puts it right a moment later,
must not have lost its past in between. What is too old goes by the reading before this one, once the clock was
seen to go on for a day, and at most one day of it every day.
"""

import sqlite3
from datetime import datetime, timedelta

from queuewatch.history.book import LARGEST_LOG
from queuewatch.history.pen import PRUNED, stamp
from queuewatch.history.tables import note_upkeep, upkeep

DAY = 24 * 60 * 60 * 1000
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
        horizon, oldest = seen // DAY * DAY - stamp_days(days), _oldest(database, "")
        if oldest is None or oldest >= horizon:
            return False
        note_upkeep(database, "forgot", now)
    return _forget_days(database, min(horizon, oldest + DAY))


def _latest(database: sqlite3.Connection) -> int:
    """The beginning of the latest day there is. Not today by the clock, which may be any day."""
    (begun,) = database.execute("SELECT MAX(begun) FROM spans").fetchone()
    return 0 if begun is None else int(begun) // DAY * DAY


def stamp_days(days: int) -> int:
    """So many days in the file's measure."""
    return days * int(timedelta(days=1).total_seconds() * 1000)


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
