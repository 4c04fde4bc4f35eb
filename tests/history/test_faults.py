"""Whatever becomes of the file, whoever watches goes on, and is told once why nothing is kept."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from queuewatch.history import database as schema
from queuewatch.history import recorder as module
from queuewatch.history.database import HistoryError, HistoryFile
from queuewatch.history.reader import known_queues
from queuewatch.history.recorder import TRY_AGAIN, Recorder
from queuewatch.history.writer import Writer

from .build import Company, history, keep, line, minutes, sales, see, told

ROOT = Path(__file__).resolve().parents[2]
BY_ROOT = os.name == "posix" and os.geteuid() == 0


@pytest.fixture
def kept(tmp_path: Path) -> HistoryFile:
    return history(tmp_path)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(kept: HistoryFile, clock: Clock) -> Iterator[Recorder]:
    made = Recorder(kept, monotonic=clock)
    yield made
    made.close(10)


def fails(code: int, name: str) -> Callable[..., None]:
    """A write that fails as SQLite would tell it."""

    def fail(*_: object) -> None:
        error = sqlite3.OperationalError(name)
        error.sqlite_errorcode, error.sqlite_errorname = code, name
        raise error

    return fail


def test_a_full_disk_is_told_and_tried_again_in_minutes(
    recorder: Recorder, kept: HistoryFile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Company()
    see(recorder, company, "GG")
    with monkeypatch.context() as patch:
        patch.setattr("queuewatch.history.writer.Writer._put_down", fails(13, "SQLITE_FULL"))
        see(recorder, company, "YY", 2)
        assert recorder.problem == (
            f"History is not being kept: the disk is full ({kept.path}). Everything else goes on."
        )
    see(recorder, company, "YY", 4)
    assert recorder.problem
    clock.now += TRY_AGAIN
    see(recorder, company, "YYG", 6)
    assert recorder.problem == ""
    recorder.close(10)
    assert line(sales(told(kept))) == [("rings", 0, 1), ("fails_over", 6, 2)]


LIMITED = """\
import resource, sys
from pathlib import Path
from tests.history.build import Company, history
from queuewatch.history.recorder import Recorder
kept = history(Path(sys.argv[1]))
recorder, company = Recorder(kept), Company()
for live_state in company.day("GG"):
    recorder.see(live_state)
assert recorder.flush(10) and not recorder.problem, recorder.problem
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = max(path.stat().st_size for path in kept.path.parent.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
for live_state in company.day("GYRYGR" * 10, 2):
    recorder.see(live_state)
    recorder.flush(10)
print(recorder.problem)
print(recorder.close(10))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits as Linux has them")
def test_a_disk_that_takes_no_more_bytes_stops_the_history_and_nothing_else(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    problem, ended = done.stdout.splitlines()
    assert problem.startswith("History is not being kept: the disk ")
    assert problem.endswith("history.db). Everything else goes on.")
    assert ended == "True"
    assert minutes(sales(told(history(tmp_path))))["rings"] >= 1


@pytest.mark.skipif(BY_ROOT, reason="nothing is read-only to root")
def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir(mode=0o500)
    recorder = keep(history(tmp_path), Company().day("GG"))
    assert "Permission denied" in recorder.problem or "cannot be opened" in recorder.problem


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "history").write_text("in the way")
    recorder = keep(history(tmp_path), Company().day("GG"))
    assert recorder.problem.startswith("History is not being kept: ")
    assert recorder.problem.endswith(f"({tmp_path / 'history' / 'history.db'}). Everything else goes on.")


def test_a_file_that_is_held_for_too_long_is_told(kept: HistoryFile) -> None:
    company = Company()
    keep(kept, company.day("GG"))
    with closing(sqlite3.connect(kept.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        recorder = keep(kept, company.day("GY", 2))
    assert recorder.problem == (
        "History is not being kept: another program holds it and does not let go "
        f"({kept.path}). Everything else goes on."
    )
    assert minutes(sales(told(kept))) == {"rings": 1}


@pytest.mark.parametrize("spoil", [b"no database at all, and long enough to be one" * 100, b""])
def test_a_damaged_file_is_put_aside_and_a_new_one_begun(kept: HistoryFile, spoil: bytes) -> None:
    company = Company()
    keep(kept, company.day("GG"))
    whole = kept.path.read_bytes()
    kept.path.write_bytes(spoil or whole[:100] + b"\xff" * (len(whole) - 100))
    with pytest.raises(HistoryError, match="is damaged"):
        told(kept)
    recorder = Recorder(kept)
    see(recorder, company, "YYYY", 10)
    recorder.close(10)
    (aside,) = kept.path.parent.glob("history-damaged-*.db")
    assert recorder.note == f"The history was damaged and is now {aside}; a new one was begun."
    assert recorder.problem == ""
    # What was seen while it was found out is not known.
    assert minutes(sales(told(kept))) == {"fails_over": 2}


def test_a_newer_history_is_left_alone(kept: HistoryFile) -> None:
    keep(kept, Company().day("GG"))
    with closing(sqlite3.connect(kept.path)) as database:
        database.execute("PRAGMA user_version = 7")
    sentence = (
        f"The history {kept.path} was written by a newer queuewatch "
        "(version 7 of its tables, and this one knows 1)."
    )
    with pytest.raises(HistoryError) as raised:
        known_queues(kept)
    assert (str(raised.value), raised.value.hint) == (sentence, "Use that one, or move the file elsewhere.")
    recorder = keep(kept, Company().day("YY"))
    assert recorder.problem.startswith(f"History is not being kept: {sentence}")
    with closing(sqlite3.connect(kept.path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (7,)


def test_an_older_history_is_brought_up_to_date(kept: HistoryFile, monkeypatch: pytest.MonkeyPatch) -> None:
    company = Company()
    keep(kept, company.day("GG"))
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS[:1], "ALTER TABLE spans ADD COLUMN by_whom TEXT"))
    keep(kept, company.day("YYY", 2))
    assert minutes(sales(told(kept))) == {"rings": 1, "fails_over": 2}
    with closing(sqlite3.connect(kept.path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (2,)
        assert database.execute("SELECT count(by_whom) FROM spans").fetchone() == (0,)


def test_tables_that_cannot_be_made_leave_what_was_there(
    kept: HistoryFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(kept, Company().day("GG"))
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS[:1], "CREATE TABLE more (a); CREATE TABLE spans (b)"))
    assert keep(kept, Company().day("YY")).problem
    monkeypatch.undo()
    assert minutes(sales(told(kept))) == {"rings": 1}


def test_a_disk_that_hangs_holds_up_neither_the_board_nor_its_end(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, goes_on = Company(), threading.Event()
    see(recorder, company, "G")
    put_down = Writer._put_down

    def hang(pen: Writer) -> None:
        goes_on.wait()
        put_down(pen)

    monkeypatch.setattr(Writer, "_put_down", hang)
    for live_state in company.day("GYG" * 200, 1):
        recorder.see(live_state)
    assert len(recorder._waiting) <= module.MOST_WAITING
    assert not recorder.flush(0.01)
    assert not recorder.close(0.01)
    goes_on.set()
    assert recorder.close(10)


def test_what_was_given_up_is_a_gap_and_nothing_else(kept: HistoryFile, monkeypatch: pytest.MonkeyPatch) -> None:
    company, goes_on = Company(), threading.Event()
    recorder = Recorder(kept)
    see(recorder, company, "GG")
    write = Writer.write

    def hang(pen: Writer, live_states: list[object]) -> None:
        goes_on.wait()
        write(pen, live_states)  # type: ignore[arg-type]

    monkeypatch.setattr(Writer, "write", hang)
    monkeypatch.setattr(module, "MOST_WAITING", 4)
    for live_state in company.day("YYYYYYYYGG", 2):
        recorder.see(live_state)
    goes_on.set()
    assert recorder.close(10)
    account = sales(told(kept))
    assert account.watched < account.episodes[-1].ended - account.episodes[0].begun
    assert account.episodes[-1].kind.value == "rings"


def test_a_fault_of_our_own_is_told_too(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise KeyError("8000")

    monkeypatch.setattr(Writer, "write", fault)
    see(recorder, Company(), "G")
    assert recorder.problem == (
        "History is not being kept: a fault in queuewatch itself (KeyError). Everything else goes on."
    )


def test_nothing_more_is_taken_after_the_end(kept: HistoryFile) -> None:
    recorder = Recorder(kept)
    assert recorder.close(0)
    recorder.see(Company().at(0, "G"))
    assert not kept.path.exists()
    assert recorder.close(0)


def test_a_history_on_a_disk_that_is_read_only_can_be_read(kept: HistoryFile) -> None:
    keep(kept, Company().day("GGYY"))
    for path in kept.path.parent.iterdir():
        if path != kept.path:
            path.unlink()
    kept.path.chmod(0o400)
    kept.path.parent.chmod(0o500)
    try:
        assert minutes(sales(told(kept))) == {"rings": 2, "fails_over": 1}
    finally:
        kept.path.parent.chmod(0o700)


LOSSES = [
    *(f"DROP TABLE {table}" for table in schema.TABLES),
    "ALTER TABLE verdicts DROP COLUMN sentence",
    "ALTER TABLE statuses RENAME COLUMN reason TO why",
    "DROP TABLE texts; CREATE VIEW texts AS SELECT 1 AS id, 'a' AS text",
]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("running", [False, True])
def test_a_history_without_its_tables_is_put_aside_like_any_damaged_one(
    kept: HistoryFile, recorder: Recorder, loss: str, running: bool
) -> None:
    company = Company()
    if running:
        see(recorder, company, "GG")
    else:
        keep(kept, company.day("GG"))
    with closing(sqlite3.connect(kept.path, timeout=10)) as database:
        database.executescript(loss)
    with pytest.raises(HistoryError, match=" is damaged: "):
        told(kept)
    # What is just being written may need neither; by then everything that is read is.
    for nth in range(2):
        see(recorder, company, "YYRRGG", 5 + 20 * nth)
    aside = list(kept.path.parent.glob("history-damaged-*.db"))
    if aside:
        assert recorder.note == f"The history was damaged and is now {aside[0]}; a new one was begun."
        assert recorder.problem == ""
    else:
        assert running
    recorder.close(10)
    # The next program to open it finds out at the latest.
    again = Recorder(kept)
    see(again, company, "YYG", 60)
    again.close(10)
    assert len(list(kept.path.parent.glob("history-damaged-*.db"))) == 1
    assert minutes(sales(told(kept)))["fails_over"] >= 1
