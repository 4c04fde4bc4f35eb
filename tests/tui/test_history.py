"""The past on the screens: kept while the board runs, told in a line beside the verdict, and shown in full."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from queuewatch.history.book import HistoryError, HistoryFile, Place
from queuewatch.history.frame import Length
from queuewatch.history.pen import Pen
from queuewatch.history.period import Period
from queuewatch.history.reading import read_past
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.which_history import history_of_sample
from screens.all_history import AllHistoryScreen
from screens.board import BoardScreen
from screens.history import HistoryScreen
from screens.queue import QueueScreen
from widgets.line_table import LineTable
from widgets.past_rows import ALL_COLUMNS, CHANGE_COLUMNS
from widgets.top_line import TopLine

from .driving import (
    banner,
    board,
    facts,
    loaded,
    program,
    running,
    screen_is,
    status,
    table,
    until,
    words,
)
from .office import Office, open_office

Compare = Callable[..., bool]
HERE = Place("http://localhost/ns-api/v2", "lakeside.example")


@dataclass
class Clock:
    """A time that passes only when a test says so."""

    now: datetime = field(default_factory=lambda: load_sample("lakeside").start)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> None:
        self.now += timedelta(**by)


def with_past(office: Office) -> Office:
    """The same office, with the past that comes with the sample."""
    past = history_of_sample("http://localhost", load_sample("lakeside"))
    return replace(office, connection=replace(office.connection, history=past))


def kept_in(office: Office, folder: Path) -> HistoryFile:
    """Let the office's history be kept in a file."""
    kept = HistoryFile(folder / "history" / "history.db", HERE, patience=0.1)
    office.connection = replace(office.connection, history=lambda: kept)
    return kept


async def seen(pilot: Pilot[None]) -> None:
    """Look again, and wait until that has been shown."""
    before = program(pilot).watching.sighting
    program(pilot).watching.refresh("-")
    await until(pilot, lambda: program(pilot).watching.sighting is not before, "it was looked at again")


async def lately(pilot: Pilot[None], says: str) -> None:
    await until(pilot, lambda: facts(pilot, "#summary").get("Lately") == says, f"lately: {says}")


async def open_history(pilot: Pilot[None]) -> HistoryScreen:
    await pilot.press("i")
    screen = await screen_is(pilot, HistoryScreen)
    await until(pilot, lambda: screen.account is not None, "the past is read")
    return screen


def rows(pilot: Pilot[None], selector: str, columns: object = CHANGE_COLUMNS) -> list[dict[str, str]]:
    shown = program(pilot).screen.query_one(selector, LineTable).rows
    assert isinstance(columns, tuple)
    return [{column.key: words(cell) for column, cell in zip(columns, row.cells, strict=True)} for row in shown]


async def test_the_board_says_since_when_and_how_often() -> None:
    async with running(with_past(open_office()).app()) as pilot:
        table(pilot).move_to("8002")
        await until(pilot, lambda: "3 times" in facts(pilot, "#summary").get("Lately", ""), "the past is told")
        assert "failed over 3 times in 7 days, longest 39 min" in facts(pilot, "#summary")["Lately"]
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await until(pilot, lambda: "Lately" in facts(pilot, "#verdict"), "the past is told here, too")


async def test_without_a_past_nothing_is_said() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("down", "up")
        assert "Lately" not in facts(pilot, "#summary")


async def test_what_happens_while_the_board_runs_is_kept_and_told(tmp_path: Path) -> None:
    clock = Clock()
    office = open_office(clock=clock)
    kept = kept_in(office, tmp_path)
    async with running(office.app()) as pilot:
        clock.go_on(seconds=60)
        await seen(pilot)
        office.pbx.cut_power("Dallas")
        clock.go_on(minutes=6)
        await seen(pilot)
        await lately(pilot, "Fails over since 15:19 · failed over once in 7 days")
        clock.go_on(minutes=2)
        await seen(pilot)
        office.pbx.restore_power("Dallas")
        clock.go_on(minutes=1)
        await seen(pilot)
        await lately(pilot, "Answered since 15:22 · failed over once in 7 days, longest 3 min")
        await open_history(pilot)
        assert [row["what"].split(" ", 1)[1] for row in rows(pilot, "#changes")] == [
            "answered",
            "failed over",
            "answered",
        ]
        clock.go_on(minutes=1)
        await seen(pilot)
    past = read_past(kept, Period(clock.now - timedelta(days=1), clock.now), ("8000",), agents=True)
    assert [spell.kind.value for spell in past.accounts[0].spells] == ["rings", "fails_over", "rings"]
    assert len(past.agents) == 4


async def test_time_alone_changes_nothing(tmp_path: Path) -> None:
    clock = Clock()
    office = with_past(open_office(clock=clock))
    async with running(office.app()) as pilot:
        await until(pilot, lambda: "Lately" in facts(pilot, "#summary"), "the past is told")
        before = facts(pilot, "#summary")
        for _ in range(3):
            clock.go_on(minutes=1)
            await seen(pilot)
        assert facts(pilot, "#summary") == before


async def test_a_queue_in_full() -> None:
    async with running(with_past(open_office()).app()) as pilot:
        table(pilot).move_to("8006")
        await pilot.pause()
        screen = await open_history(pilot)
        top = screen.query_one(TopLine)
        assert (top.left, top.right) == ("History · Referrals (8006)", "Tue 17 Nov to Mon 23 Nov")
        assert facts(pilot, "#facts")["Uptime"].startswith("99.3 % of 145 h watched  left out: 13 h not watched")
        assert facts(pilot, "#facts")["In short"] == ("Never failed over · reached nobody 3 times, 52 min in all")
        thursday = facts(pilot, "#timeline")["Thu 19 Nov"]
        assert "·" * 20 in thursday
        assert "▆" in thursday or "▅" in thursday or "▄" in thursday
        assert thursday.endswith(" %")
        nobody = [row for row in rows(pilot, "#changes") if "nobody" in row["what"]]
        assert [(row["when"], row["lasted"], row["what"]) for row in nobody] == [
            ("Fri 20 Nov 22:40", "2 min", "✖ reached nobody"),
            ("Thu 19 Nov 18:20", "10 min", "✖ reached nobody"),
            ("Tue 17 Nov 19:11", "39 min", "✖ reached nobody"),
        ]
        assert status(pilot).startswith("Uptime: the share of watched time")


async def test_the_way_through_time() -> None:
    async with running(with_past(open_office()).app()) as pilot:
        screen = await open_history(pilot)
        titles = []
        for key in ("d", "comma", "full_stop", "m", "w", "f7"):
            await pilot.press(key)
            await until(pilot, lambda: not busy(pilot), "it is read")
            titles.append(screen.query_one(TopLine).right)
        assert titles == [
            "Mon 23 Nov",
            "Sun 22 Nov",
            "Mon 23 Nov",
            "Tue 27 Oct to Mon 23 Nov",
            "Tue 17 Nov to Mon 23 Nov",
            "Tue 10 Nov to Mon 16 Nov",
        ]
        assert screen.length is Length.WEEK
        await pilot.press("comma")
        assert status(pilot) == "Nothing was kept before this."
        await pilot.press("full_stop", "full_stop")
        assert status(pilot) == "This is the latest there is."


async def test_from_one_queue_to_the_next_and_to_all_of_them() -> None:
    async with running(with_past(open_office()).app()) as pilot:
        screen = await open_history(pilot)
        first = screen.wanted
        await pilot.press("n")
        await until(pilot, lambda: screen.wanted != first and screen.account is not None, "the next one is shown")
        await pilot.press("b")
        await until(pilot, lambda: screen.wanted == first and screen.account is not None, "the first one is shown")
        await pilot.press("a")
        everything = await screen_is(pilot, AllHistoryScreen)
        await until(pilot, lambda: len(rows(pilot, "#queues", ALL_COLUMNS)) == 7, "all are read")
        worst = rows(pilot, "#queues", ALL_COLUMNS)[0]
        assert (worst["queue"], worst["uptime"], worst["failed"]) == ("8006 Referrals", "99.3 %", "never")
        assert worst["nobody"] == "52 min"
        everything.query_one("#queues", LineTable).move_to("8005")
        await pilot.press("enter")
        await until(pilot, lambda: program(pilot).screen is screen and screen.account is not None, "it is back")
        assert screen.wanted == ("8005",)
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)


async def test_the_agents_of_a_queue() -> None:
    async with running(with_past(open_office()).app()) as pilot:
        await open_history(pilot)
        await pilot.press("s")
        dee = facts(pilot, "#colours")["Dee Park"]
        assert dee.startswith("░")
        assert "Grey at least since Fri 20 Nov 16:29" in dee
        assert dee.endswith("○ 100 %")
        assert program(pilot).screen.query_one("#agents").has_focus
        await pilot.press("s")
        assert program(pilot).screen.query_one("#changes").has_focus


async def test_a_history_that_cannot_be_kept_is_said_and_the_board_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorname = "SQLITE_FULL"
        raise error

    clock = Clock()
    office = open_office(clock=clock)
    kept = kept_in(office, tmp_path)
    monkeypatch.setattr(Pen, "_put_down", fail)
    async with running(office.app()) as pilot:
        await until(pilot, lambda: bool(program(pilot).past.problem), "it is noticed")
        clock.go_on(seconds=60)
        await seen(pilot)
        said = f"History is not being kept: the disk is full ({kept.path}). The board goes on."
        await until(pilot, lambda: banner(pilot) == said, "it is said")
        office.pbx.cut_power("Dallas")
        clock.go_on(minutes=6)
        await seen(pilot)
        assert program(pilot).watching.sighting.judgements["8000"].now.outcome == "fails_over"
        screen = board(pilot)
        assert "-stale" not in screen.classes


async def test_a_history_that_cannot_be_read_is_said_on_its_screen(tmp_path: Path) -> None:
    office = open_office()
    kept = kept_in(office, tmp_path)
    kept.path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(kept.path)) as database:
        database.execute("PRAGMA user_version = 9")
    async with running(office.app()) as pilot:
        await pilot.press("i")
        await screen_is(pilot, HistoryScreen)
        await until(pilot, lambda: "was written by a newer queuewatch" in banner(pilot), "it is said")
        with pytest.raises(HistoryError):
            await program(pilot).past.read(Period(kept_since(office), kept_since(office) + timedelta(hours=1)))


def kept_since(office: Office) -> datetime:
    return office.connection.clock()


async def test_a_damaged_history_is_put_aside_and_that_is_said_once(tmp_path: Path) -> None:
    clock = Clock()
    office = open_office(clock=clock)
    kept = kept_in(office, tmp_path)
    kept.path.parent.mkdir(parents=True)
    kept.path.write_bytes(b"no database " * 1000)
    async with running(office.app()) as pilot:
        await until(pilot, lambda: any(kept.path.parent.glob("history-damaged-*")), "it is put aside")
        clock.go_on(seconds=60)
        await seen(pilot)
        await until(pilot, lambda: status(pilot).startswith("The history was damaged and is now"), "it is said")
        board(pilot).say("")
        clock.go_on(seconds=60)
        await seen(pilot)
        assert (status(pilot), banner(pilot).startswith("History")) == ("", False)


async def test_where_no_history_is_kept_that_is_said() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("i")
        await screen_is(pilot, HistoryScreen)
        await until(
            pilot, lambda: banner(pilot).startswith("No history is kept of this phone system."), "it is said"
        )


async def test_leaving_writes_what_waits_and_hangs_on_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr("queuewatch.history.recorder.FAREWELL", 0.01)
    monkeypatch.setattr(Pen, "write", lambda *_: goes_on.wait(10))
    office = open_office()
    kept_in(office, tmp_path)
    app = office.app()
    async with running(app) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running or app._exit, "it ends")
    assert app.return_code == 0
    goes_on.set()


def at_history(queue: str, *keys: str) -> Callable[[Pilot[None]], object]:
    async def prepare(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        table(pilot).move_to(queue)
        await pilot.pause()
        screen = await open_history(pilot)
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: not busy(pilot), "it is read")
        if keys != ("a",):
            assert screen.account is not None

    return prepare


def busy(pilot: Pilot[None]) -> bool:
    return any(worker.group == "look back" and not worker.is_finished for worker in program(pilot).workers)


def test_a_week_of_a_queue_looks_so(snap_compare: Compare) -> None:
    assert snap_compare(with_past(open_office()).app(), run_before=at_history("8006"))


def test_a_week_on_a_wide_terminal_looks_so(snap_compare: Compare) -> None:
    app = with_past(open_office()).app()
    assert snap_compare(app, terminal_size=(140, 40), run_before=at_history("8002"))


def test_all_queues_look_so(snap_compare: Compare) -> None:
    assert snap_compare(with_past(open_office()).app(), run_before=at_history("8000", "a"))
