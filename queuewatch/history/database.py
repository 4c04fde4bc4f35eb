"""Where the history is kept: a file on this machine, or, for sample data, the memory of this program."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from weakref import finalize

from msgspec import Struct

from queuewatch.pbx.errors import PbxError
from queuewatch.storage.folder import open_file, own_folder, require_file, state_folder
from queuewatch.storage.locks import open_lock, try_lock

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
    """Note the upkeep for whoever opens the file next."""
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


FILE = "history.db"
DAYS = 400
LARGEST = 64 * 1024 * 1024
"""How long the history goes back, and how many bytes it may have, unless a profile says otherwise."""
LARGEST_LOG = 512 * 1024
"""Bytes that the log of what is being written is cut down to; it is a part of those of the whole."""
PATIENCE = 5.0
"""Seconds for which another program may hold the file."""


class HistoryError(Exception):
    """The history cannot be kept or read. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


class Damaged(HistoryError):
    """What is in the file is no history, or no longer one."""


class PhoneSystemKey(Struct, frozen=True):
    """One phone system: the address of its server, and the domain."""

    server: str
    domain: str


def history_path(environ: Mapping[str, str]) -> Path:
    """The one file for all phone systems, in a folder of its own."""
    return state_folder(environ) / "history" / FILE


class HistoryFile(Struct, frozen=True):
    """The history of one phone system, in the file it shares with all others."""

    path: Path
    place: PhoneSystemKey
    days: int = DAYS
    largest: int = LARGEST
    patience: float = PATIENCE

    def open(self) -> sqlite3.Connection:
        """Open the file for writing, made or brought up to date if need be.

        Raises :class:`HistoryError` when a newer program wrote it, :class:`Damaged`, ``OSError`` and
        ``sqlite3.Error``.
        """
        own_folder(self.path.parent.parent)
        own_folder(self.path.parent)
        # SQLite would let everybody read what it makes; what it makes beside the file is as private as the file.
        # And in a pipe it would wait for ever.
        os.close(open_file(self.path, os.O_RDWR | os.O_CREAT))
        database = sqlite3.connect(self.path, timeout=self.patience, isolation_level=None, check_same_thread=False)
        try:
            with _damage_named(self.path):
                if version_of(database) == 0:
                    database.execute("PRAGMA auto_vacuum = INCREMENTAL")
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = NORMAL")
                database.execute(f"PRAGMA journal_size_limit = {LARGEST_LOG}")
                database.execute("PRAGMA wal_autocheckpoint = 64")
                _refuse_newer(self.path, database)
                bring_up_to_date(database)
                _refuse_unwhole(self.path, database)
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The file opened for reading; ``None`` while there is none. Raises :class:`HistoryError`."""
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            found = None
        except OSError as error:
            raise self._unreadable(error) from None
        if found is None:
            yield None
            return
        try:
            require_file(found)
            with closing(self._open_to_read()) as database, _damage_named(self.path):
                version = version_of(database)
                _refuse_newer(self.path, database)
                if version == len(STEPS):
                    _refuse_unwhole(self.path, database)
                # What an older program wrote is read once a newer one has begun to write.
                yield database if version == len(STEPS) else None
        except (OSError, sqlite3.Error) as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> HistoryError:
        return HistoryError(
            f"The history {self.path} cannot be read: {reason(error)}.",
            "Look at who owns it and at its permissions, or move it elsewhere: a new one is begun.",
        )

    def _open_to_read(self) -> sqlite3.Connection:
        address = self.path.absolute().as_uri()
        database = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=self.patience)
        try:
            version_of(database)
        except sqlite3.OperationalError:
            # On a disk that cannot be written to, the file that readers share with a writer cannot be made.
            database.close()
            return sqlite3.connect(f"{address}?immutable=1", uri=True)
        except sqlite3.DatabaseError:
            pass
        return database

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While something is written: others may read what was there before."""
        yield

    def take_turn(self) -> "WriterTurn | None":
        """Be the one program that writes about this phone system; ``None`` while another is.

        Raises ``OSError``.
        """
        own_folder(self.path.parent.parent)
        own_folder(self.path.parent)
        name = sha256(f"{self.place.server} {self.place.domain}".encode()).hexdigest()[:16]
        file = open_lock(self.path.parent / f"{name}.lock")
        try:
            taken = try_lock(file)
        except OSError:
            # Where there are no locks nobody can be asked: what two wrote is counted once when it is read.
            taken = True
        if taken:
            return WriterTurn(lambda: os.close(file))
        os.close(file)
        return None

    def move_aside(self) -> Path | None:
        """Put a damaged file out of the way under a name that says so; ``None`` if it is none any more.

        Raises ``OSError``.
        """
        # Another program may have put it aside meanwhile, and begun anew.
        try:
            with closing(sqlite3.connect(self.path, timeout=self.patience)) as found:
                whole = found.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
                if whole and not (version_of(found) and missing_from(found)):
                    return None
        except sqlite3.Error as error:
            if not is_damage(error):
                return None
        aside = self.path.with_name(f"history-damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db")
        os.replace(self.path, aside)
        for end in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.unlink(f"{self.path}{end}")
        return aside


class WriterTurn(Struct, frozen=True):
    """The right to write, until it is given back or the program ends."""

    give_back: Callable[[], None]


@dataclass(slots=True, weakref_slot=True)
class HistoryInMemory:
    """The history of a sample company: what came with it, and what happens while the program runs."""

    place: PhoneSystemKey
    fill: Callable[[sqlite3.Connection], None] = lambda database: None
    """Puts the past into the empty tables, when somebody first asks."""
    days: int = DAYS
    largest: int = LARGEST
    _database: sqlite3.Connection | None = None
    _held: threading.RLock = field(default_factory=threading.RLock)

    def open(self) -> sqlite3.Connection:
        """The tables, filled."""
        with self._held:
            if self._database is None:
                database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
                # It is there as long as the history is; Python 3.13 complains of what nobody closed.
                finalize(self, database.close).atexit = False
                bring_up_to_date(database)
                self.fill(database)
                self._database = database
            return self._database

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The tables, for this thread alone. Raises :class:`HistoryError` for a past that cannot be read."""
        with self._held:
            try:
                database = self.open()
            except PbxError as error:
                raise HistoryError(str(error), error.hint) from None
            yield database

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While something is written, nobody reads."""
        with self._held:
            yield

    def take_turn(self) -> WriterTurn | None:
        """Nobody else writes here."""
        return WriterTurn(lambda: None)

    def move_aside(self) -> Path | None:
        """There is no file."""
        return None


History = HistoryFile | HistoryInMemory


def reason(error: Exception) -> str:
    """Why a file could not be written or read, in a few words."""
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "") or ""
        for begins, words in _REASONS.items():
            if name.startswith(begins):
                return words
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)


_REASONS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "it cannot be written to",
    "SQLITE_CANTOPEN": "it cannot be opened",
    "SQLITE_BUSY": "another program holds it and does not let go",
    "SQLITE_IOERR": "the disk reported an error",
    "SQLITE_PERM": "permission denied",
}


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the error tells that the file is no database any more."""
    name = getattr(error, "sqlite_errorname", "") or ""
    # Of tables that are there in part, SQLite says no more than that something in our words is wrong.
    in_part = any(words in str(error) for words in ("no such table", "no such column", "has no column named"))
    return (name == "SQLITE_ERROR" and in_part) or name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error):
            raise Damaged(
                f"The history {path} is damaged.", "The next program that keeps it begins anew."
            ) from None
        raise


def _refuse_unwhole(path: Path, database: sqlite3.Connection) -> None:
    if lost := missing_from(database):
        raise Damaged(
            f"The history {path} is damaged: {lost} is missing.", "The next program that keeps it begins anew."
        )


def _refuse_newer(path: Path, database: sqlite3.Connection) -> None:
    version = version_of(database)
    if version > len(STEPS):
        raise HistoryError(
            f"The history {path} was written by a newer queuewatch (version {version} of its tables, "
            f"and this one knows {len(STEPS)}).",
            "Use that one, or move the file elsewhere.",
        )
