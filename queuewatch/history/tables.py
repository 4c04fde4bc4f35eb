"""The tables of the history, step by step from nothing to what they are now.

A span is a time in which somebody watched. It ends at trouble, at the end of the program and with the day (UTC),
and begins with everything as it was then, so that each stands alone and the oldest days can go whole. Times are
milliseconds since 1970. Ids, names and reasons, which come again and again, are in ``texts``.
"""

import sqlite3

_FIRST = """\
CREATE TABLE places (id INTEGER PRIMARY KEY, server TEXT NOT NULL, domain TEXT NOT NULL, UNIQUE (server, domain));
CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE spans (
    id INTEGER PRIMARY KEY,
    place INTEGER NOT NULL REFERENCES places (id),
    begun INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    agents INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX spans_by_time ON spans (place, ended);
CREATE TABLE verdicts (
    span INTEGER NOT NULL,
    queue INTEGER NOT NULL,
    at INTEGER NOT NULL,
    name INTEGER,
    outcome INTEGER,
    reaches INTEGER,
    readiness INTEGER,
    end_kind INTEGER,
    end_target TEXT,
    online INTEGER,
    sentence TEXT,
    PRIMARY KEY (span, queue, at)
) WITHOUT ROWID;
CREATE TABLE statuses (
    span INTEGER NOT NULL,
    at INTEGER NOT NULL,
    queue INTEGER NOT NULL,
    agent INTEGER NOT NULL,
    name INTEGER,
    status INTEGER,
    reason INTEGER,
    PRIMARY KEY (span, at, queue, agent)
) WITHOUT ROWID;
"""

_UPKEEP = "CREATE TABLE IF NOT EXISTS upkeep (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID"
"""What those who forget tell one another. Programs that do not know it can do without."""

STEPS: tuple[str, ...] = (_FIRST,)
"""Each makes the tables of one version from those of the version before."""


TABLES = {
    "places": {"id", "server", "domain"},
    "texts": {"id", "text"},
    "spans": {"id", "place", "begun", "ended", "agents"},
    "verdicts": {"span", "queue", "at", "name", "outcome", "reaches", "readiness"}
    | {"end_kind", "end_target", "online", "sentence"},
    "statuses": {"span", "at", "queue", "agent", "name", "status", "reason"},
}
"""What is in the tables once they are up to date, by table and column."""


def missing_from(database: sqlite3.Connection) -> str:
    """What is not there, of tables that say they are up to date; empty where nothing is missing."""
    for table, columns in TABLES.items():
        # A view of that name has columns too, and nothing can be written into it.
        made = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        if database.execute(made, (table,)).fetchone() is None:
            return f"its table {table}"
        known = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        if lost := sorted(columns - known):
            return f"{lost[0]} of its table {table}"
    return ""


def upkeep(database: sqlite3.Connection, name: str) -> int | None:
    """What was noted under that name."""
    row = database.execute("SELECT value FROM upkeep WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])


def note_upkeep(database: sqlite3.Connection, name: str, value: int) -> None:
    """Note it for whoever opens the file next."""
    database.execute("INSERT OR REPLACE INTO upkeep VALUES (?, ?)", (name, value))


def version_of(database: sqlite3.Connection) -> int:
    """The version of the tables; 0 where there are none."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def bring_up_to_date(database: sqlite3.Connection) -> None:
    """Make what is missing, whole or not at all. Another program may be doing the same."""
    if version_of(database) >= len(STEPS):
        database.execute(_UPKEEP)
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        for version, step in enumerate(STEPS[version_of(database) :], start=version_of(database) + 1):
            for statement in filter(None, map(str.strip, step.split(";"))):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {version}")
        database.execute(_UPKEEP)
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
