"""The history keeps to its days and to its size, and what stays is true."""

import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from queuewatch.history.book import HistoryFile
from queuewatch.history.pen import Pen
from queuewatch.history.retention import forget, used
from tests.failover.build import NOON

from .build import PLACE, Company, history, keep, minutes, sales, told

DAY = 24 * 60


def days_of(kept: HistoryFile, days: int, changes: int = 4) -> Company:
    """Some days, each with an hour of watching that begins at noon."""
    company, chance = Company(), random.Random(7)
    with closing(kept.open()) as database:
        pen = Pen(database, PLACE)
        for day in range(days):
            pen.write(
                company.at(DAY * day + 60 * nth / changes, chance.choice(("GR", "RG", "YY")), every=3600)
                for nth in range(changes + 1)
            )
            pen.write([None])
    return company


def test_what_is_older_than_its_days_is_forgotten(tmp_path: Path) -> None:
    kept = history(tmp_path, days=3)
    company = days_of(kept, 6)
    keep(kept, [company.at(DAY * 6, "G"), company.at(DAY * 6 + 1)])
    past = told(kept)
    assert past.kept_since == NOON + timedelta(days=3)
    assert sales(past).watched == timedelta(hours=3, minutes=1)


def test_the_agents_of_the_oldest_days_go_first_and_the_file_shrinks(tmp_path: Path) -> None:
    kept = history(tmp_path)
    days_of(kept, 12, changes=400)
    before = minutes(sales(told(kept)))
    with closing(kept.open()) as database:
        size, file = used(database), kept.path.stat().st_size
        assert forget(database, NOON + timedelta(days=11), days=400, largest=size * 3 // 4)
        assert used(database) <= size * 3 // 4
    past = told(kept, agents=True)
    assert minutes(sales(past)) == before
    ana = past.agents_of("8000")[0]
    assert timedelta() < ana.watched < sales(past).watched
    assert ana.spells[0].begun.hour == 12
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
