"""The history of many domains: one thread, one connection, and nothing written twice or missed."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.history import many as module
from queuewatch.history.database import History, HistoryFile, PhoneSystemKey
from queuewatch.history.many import DomainRecorder, FleetRecorder
from queuewatch.history.recorder import TRY_AGAIN, Recorder

from .build import PLACE, Company, history, line, minutes, sales, told

MANY = 40
KEYS = [(PLACE.server, f"d{number:02}.example") for number in range(MANY)]


def of(kept: HistoryFile, key: tuple[str, str]) -> HistoryFile:
    return replace(kept, place=PhoneSystemKey(*key))


@pytest.fixture
def kept(tmp_path: Path) -> HistoryFile:
    return history(tmp_path)


def made(kept: HistoryFile, monotonic: Callable[[], float] = time.monotonic) -> FleetRecorder:
    return FleetRecorder({key: partial(of, kept, key) for key in KEYS}, monotonic=monotonic)


@pytest.fixture
def recorder(kept: HistoryFile) -> Iterator[FleetRecorder]:
    fleet = made(kept)
    yield fleet
    fleet.close(10)


def see(recorder: FleetRecorder, key: tuple[str, str], company: Company, told_of: str, begin: float = 0.0) -> None:
    for live_state in company.day(told_of, begin):
        recorder.see(key, live_state)
        assert recorder.flush(10)


def test_forty_domains_are_one_thread_and_one_connection(
    recorder: FleetRecorder, kept: HistoryFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[History] = []

    def counted(history: History) -> sqlite3.Connection:
        opened.append(history)
        return history.open()

    monkeypatch.setattr(module, "opened", counted)
    before = threading.active_count()
    companies = {key: Company() for key in KEYS}
    for minute, colour in enumerate("GGYY"):
        for key in KEYS:
            recorder.see(key, companies[key].at(minute, colour))
    assert recorder.flush(30)
    assert threading.active_count() == before + 1
    assert len(opened) == 1
    assert recorder.close(30)
    for key in KEYS:
        assert line(sales(told(of(kept, key)))) == [("rings", 0, 2), ("fails_over", 2, 1)]


def test_the_board_of_a_domain_writes_with_the_fleet_and_leaves_no_gap(
    recorder: FleetRecorder, kept: HistoryFile
) -> None:
    company, board = Company(), DomainRecorder(recorder, KEYS[0])
    for live_state in company.day("GG"):
        recorder.see(KEYS[0], live_state)
    for live_state in company.day("YY", 2):
        # Told by both: the fleet sees what the board reads.
        recorder.see(KEYS[0], live_state)
        board.see(live_state)
    board.close()
    for live_state in company.day("GG", 4):
        recorder.see(KEYS[0], live_state)
    assert recorder.close(10)
    found = told(of(kept, KEYS[0]))
    assert line(sales(found)) == [("rings", 0, 2), ("fails_over", 2, 2), ("rings", 4, 1)]
    with of(kept, KEYS[0]).reading() as database:
        assert database is not None
        assert database.execute("SELECT COUNT(*) FROM spans").fetchone() == (1,), "one watch, without a break"


def test_a_board_of_its_own_goes_before_and_the_fleet_goes_on_when_it_ends(
    recorder: FleetRecorder, kept: HistoryFile
) -> None:
    company = Company()
    see(recorder, KEYS[0], company, "GG")
    other = Recorder(of(kept, KEYS[0]))
    for live_state in company.day("YY", 2):
        for tell in (other.see, lambda state: recorder.see(KEYS[0], state)):
            tell(live_state)
            assert other.flush(10)
            assert recorder.flush(10)
    with of(kept, KEYS[0]).reading() as database:
        assert database is not None
        spans = database.execute("SELECT begun, ended FROM spans ORDER BY begun").fetchall()
        assert len(spans) == 2
        assert spans[0][1] <= spans[1][0], "nothing is told by both"
    other.close(10)
    see(recorder, KEYS[0], company, "GG", 4)
    recorder.close(10)
    assert minutes(sales(told(of(kept, KEYS[0]))))["rings"] == 2


def test_of_two_fleets_of_the_same_domains_one_writes(recorder: FleetRecorder, kept: HistoryFile) -> None:
    second, company = made(kept), Company()
    for live_state in company.day("GGYY"):
        for fleet in (recorder, second):
            fleet.see(KEYS[0], live_state)
            assert fleet.flush(10)
    second.close(10)
    recorder.close(10)
    with of(kept, KEYS[0]).reading() as database:
        assert database is not None
        assert database.execute("SELECT COUNT(*) FROM spans").fetchone() == (1,)
    assert (recorder.problem, second.problem) == ("", "")


def test_time_without_an_answer_is_not_counted_for_that_domain_alone(
    recorder: FleetRecorder, kept: HistoryFile
) -> None:
    here, there = Company(), Company()
    see(recorder, KEYS[0], here, "GGxxGG")
    see(recorder, KEYS[1], there, "GGGGGG")
    recorder.close(10)
    assert minutes(sales(told(of(kept, KEYS[0])))) == {"rings": 2}
    assert minutes(sales(told(of(kept, KEYS[1])))) == {"rings": 5}


def test_a_file_that_cannot_be_written_is_told_once_for_all_and_tried_again(
    kept: HistoryFile,
) -> None:
    clock = [0.0]
    fleet = made(kept, lambda: clock[0])
    company = Company()
    kept.path.parent.mkdir(parents=True)
    kept.path.mkdir()
    see(fleet, KEYS[0], company, "GG")
    see(fleet, KEYS[1], Company(), "GG")
    assert fleet.problem.startswith("History is not being kept: ")
    kept.path.rmdir()
    clock[0] += TRY_AGAIN
    see(fleet, KEYS[0], company, "YY", 10)
    assert fleet.problem == ""
    fleet.close(10)
    assert line(sales(told(of(kept, KEYS[0])))) == [("fails_over", 10, 1)]


def test_a_history_that_cannot_even_be_found_is_told_and_the_others_wait_for_nothing() -> None:
    def away() -> History:
        raise OSError(5, "Input/output error")

    fleet = FleetRecorder({KEYS[0]: away})
    see(fleet, KEYS[0], Company(), "GG")
    assert fleet.problem.startswith("History is not being kept: ")
    assert fleet.close(10)
