"""The history keeps to its days and to its size, and what stays is true."""

import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from queuewatch.failover.simulate import judge_all
from queuewatch.history.database import LARGEST_LOG, HistoryFile
from queuewatch.history.reader import known_queues
from queuewatch.history.recorder import forget, used
from queuewatch.history.writer import Writer, stamp
from queuewatch.polling.state import LiveState
from tests.failover.build import NOON

from .build import PLACE, Company, history, keep, minutes, sales, told

DAY = 24 * 60


def days_of(kept: HistoryFile, days: int, changes: int = 4) -> Company:
    """Some days, each with an hour of watching that begins at noon."""
    company, chance = Company(), random.Random(7)
    with closing(kept.open()) as database:
        pen = Writer(database, PLACE)
        for day in range(days):
            pen.write(
                company.at(DAY * day + 60 * nth / changes, chance.choice(("GR", "RG", "YY")), every=3600)
                for nth in range(changes + 1)
            )
            pen.write([None])
    return company


def beginning(kept: HistoryFile) -> float:
    """How many days after the first day what is kept begins."""
    since = told(kept).kept_since
    assert since is not None
    return (since - NOON) / timedelta(days=1)


class Clock:
    """A clock that is read now and then, and what is forgotten by it."""

    def __init__(self, kept: HistoryFile, days: int) -> None:
        self.kept, self.days = kept, days

    def read(self, day: float) -> bool:
        """Read it so many days after the first; whether anything was forgotten."""
        with closing(self.kept.open()) as database:
            return forget(database, NOON + timedelta(days=day), self.days, self.kept.largest)


def test_what_is_older_than_its_days_is_forgotten_a_day_at_a_time(tmp_path: Path) -> None:
    kept = history(tmp_path)
    days_of(kept, 6)
    clock = Clock(kept, 3)
    # The first reading, and whatever follows within a day, is not believed.
    assert [clock.read(day) for day in (6, 6.25, 6.5, 6.75)] == [False] * 4
    assert beginning(kept) == 0
    assert [clock.read(day) for day in (7, 7.25, 7.5, 7.75, 8, 8.5, 9)] == [True, *[False] * 3, True, False, True]
    assert beginning(kept) == 3
    assert sales(told(kept)).watched == timedelta(hours=3)


def test_a_clock_that_jumps_ahead_for_a_moment_costs_nothing(tmp_path: Path) -> None:
    for nth, jump in enumerate((2, 30, 500, 40_000)):
        kept = history(tmp_path / str(nth))
        days_of(kept, 6)
        clock = Clock(kept, 7)
        # It went on for days as it should, is wrong for some readings within an hour, and is right again.
        with closing(kept.open()) as database:
            for day in (5, 5.5, 6, 6.5):
                forget(database, NOON + timedelta(days=day), 400, kept.largest)
        assert not clock.read(6.5 + jump)
        assert not clock.read(6.6)
        assert not clock.read(6.7 + jump)
        assert beginning(kept) == 0
        assert not clock.read(6.8)
        assert beginning(kept) == 0


def test_a_clock_that_stays_wrong_costs_a_day_a_day(tmp_path: Path) -> None:
    kept = history(tmp_path)
    days_of(kept, 6)
    clock = Clock(kept, 3)
    for reading in range(9):
        clock.read(500 + reading / 4)
    assert beginning(kept) == 2


def test_a_recorder_whose_clock_jumps_keeps_what_is_there(tmp_path: Path) -> None:
    kept = history(tmp_path, days=3)
    company = days_of(kept, 6)
    for day in (6, 506, 6.01):
        keep(kept, [company.at(DAY * day, "G"), company.at(DAY * day + 1)])
    assert beginning(kept) == 0


def test_the_bound_is_of_all_files_together(tmp_path: Path) -> None:
    kept = history(tmp_path)
    days_of(kept, 12, changes=400)
    with closing(kept.open()) as database:
        largest = used(database)
        assert forget(database, NOON + timedelta(days=11), 400, largest)
        assert sum(file.stat().st_size for file in kept.path.parent.iterdir()) <= largest
        # What is written from then on goes through the log, which is cut down as it is written.
        pen, company = Writer(database, PLACE), Company()
        for nth in range(300):
            pen.write([company.at(DAY * 12 + nth, "GR" if nth % 2 else "RG")])
        log = kept.path.with_name(f"{kept.path.name}-wal")
        assert log.stat().st_size <= LARGEST_LOG


def texts(kept: HistoryFile) -> set[str]:
    with closing(sqlite3.connect(kept.path)) as database:
        return {text for (text,) in database.execute("SELECT text FROM texts")}


def named(company: Company, minute: float, name: str) -> LiveState:
    """8000 under another name."""
    one = company.at(minute, "G")
    queues = {**one.snapshot.queues, "8000": replace(one.snapshot.queues["8000"], name=name)}
    snapshot = replace(one.snapshot, queues=queues)
    return replace(one, snapshot=snapshot, judgements=judge_all(snapshot))


def test_texts_go_with_what_was_written_in_them(tmp_path: Path) -> None:
    kept = history(tmp_path)
    company = Company()
    with closing(kept.open()) as database, closing(kept.open()) as other:
        pen, another = Writer(database, PLACE), Writer(other, replace(PLACE, domain="other.example"))
        for day in range(4):
            pen.write(
                [named(company, DAY * day, f"Name {day}"), named(company, DAY * day + 1, f"Name {day}"), None]
            )
        another.write([named(company, DAY * 4, "Name 0"), named(company, DAY * 4 + 1, "Name 0"), None])
        another.write([named(company, DAY * 4 + 2, "Name 1"), None])
        assert {f"Name {day}" for day in range(4)} <= texts(kept)
        database.execute("DELETE FROM spans WHERE begun < ?", (stamp(NOON + timedelta(days=2)),))
        for read_at in (4, 4.6, 5.1):
            forget(database, NOON + timedelta(days=read_at), 2, kept.largest)
        left = {text for text in texts(kept) if text.startswith("Name")}
        assert "Name 2" not in left
        assert {"Name 0", "Name 3"} <= left
        # Whoever wrote before goes on with numbers that are right.
        pen.write([named(company, DAY * 5, "Name 2"), named(company, DAY * 5 + 1, "Name 2"), None])
    assert known_queues(kept)["8000"] == "Name 2"
    with closing(sqlite3.connect(kept.path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_agents_of_the_oldest_days_go_first_and_the_file_shrinks(tmp_path: Path) -> None:
    kept = history(tmp_path)
    days_of(kept, 12, changes=400)
    before = minutes(sales(told(kept)))
    with closing(kept.open()) as database:
        size, file = used(database), kept.path.stat().st_size
        # The files beside it take a part of what it may have.
        assert forget(database, NOON + timedelta(days=11), days=400, largest=size * 7 // 8)
        assert used(database) <= size * 3 // 4 + size // 32
    past = told(kept, agents=True)
    assert minutes(sales(past)) == before
    ana = past.agents_of("8000")[0]
    assert timedelta() < ana.watched < sales(past).watched
    assert ana.episodes[0].begun.hour == 12
    assert kept.path.stat().st_size < file


def test_then_whole_days_go_but_never_today(tmp_path: Path) -> None:
    kept = history(tmp_path)
    days_of(kept, 5, changes=50)
    with closing(kept.open()) as database:
        assert forget(database, NOON + timedelta(days=4), days=400, largest=1)
        assert not forget(database, NOON + timedelta(days=4), days=400, largest=1)
    past = told(kept)
    assert past.kept_since == NOON + timedelta(days=4)
    assert sales(past).watched == timedelta(hours=1)


def test_nothing_is_forgotten_while_there_is_room(tmp_path: Path) -> None:
    kept = history(tmp_path)
    days_of(kept, 3)
    with closing(kept.open()) as database:
        assert not forget(database, NOON + timedelta(days=3), kept.days, kept.largest)


def test_a_file_of_another_program_keeps_its_room_too(tmp_path: Path) -> None:
    kept = history(tmp_path)
    days_of(kept, 2)
    with closing(sqlite3.connect(kept.path)) as database:
        assert database.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
