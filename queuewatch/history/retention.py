"""Forgetting: the oldest whole days go first, and the room they took is given back."""

import sqlite3
from datetime import datetime, timedelta

from queuewatch.history.pen import stamp

DAY = 24 * 60 * 60 * 1000


def forget(database: sqlite3.Connection, now: datetime, days: int, largest: int) -> bool:
    """Forget what is older than so many days, then the oldest days until the rest has its size.

    What agents did goes before what became of calls: it is most of the file, and the lesser part of a report.
    Today stays. Whether anything went. Raises ``sqlite3.Error``.
    """
    today = stamp(now) // DAY * DAY
    went = _forget_days(database, today - stamp_days(days))
    while used(database) > largest:
        oldest = _oldest(database, "WHERE agents = 1")
        if oldest is not None and oldest < today:
            _forget_agents(database, oldest + DAY)
        elif (oldest := _oldest(database, "")) is not None and oldest < today:
            _forget_days(database, oldest + DAY)
        else:
            break
        went = True
    if went:
        database.execute("PRAGMA incremental_vacuum").fetchall()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return went


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


def _forget_days(database: sqlite3.Connection, before: int) -> bool:
    with _whole(database):
        old = "SELECT id FROM spans WHERE begun < ?"
        database.execute(f"DELETE FROM statuses WHERE span IN ({old})", (before,))
        database.execute(f"DELETE FROM verdicts WHERE span IN ({old})", (before,))
        return database.execute("DELETE FROM spans WHERE begun < ?", (before,)).rowcount > 0


class _whole:
    """Everything or nothing."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._database.execute("COMMIT" if kind is None else "ROLLBACK")
