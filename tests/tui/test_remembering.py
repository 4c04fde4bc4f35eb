"""The past is kept while the board runs, and told in a line beside the verdict; the board waits for neither."""

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from queuewatch.history.period import Period
from queuewatch.history.reader import read_past
from queuewatch.history.writer import Writer
from screens.queue import QueueScreen
from tests.tui.keys import banner, board, facts, program, running, screen_is, status, table, until
from tests.tui.phone_system import open_office

from .past import Clock, kept_in, lately, open_history, rows, seen, with_past


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
    assert [episode.kind.value for episode in past.accounts[0].episodes] == ["rings", "fails_over", "rings"]
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
    monkeypatch.setattr(Writer, "_put_down", fail)
    async with running(office.app()) as pilot:
        await until(pilot, lambda: bool(program(pilot).session.history.problem), "it is noticed")
        clock.go_on(seconds=60)
        await seen(pilot)
        said = f"History is not being kept: the disk is full ({kept.path}). Everything else goes on."
        await until(pilot, lambda: banner(pilot) == said, "it is said")
        office.pbx.cut_power("Dallas")
        clock.go_on(minutes=6)
        await seen(pilot)
        assert program(pilot).session.state.judgements["8000"].now.outcome == "fails_over"
        screen = board(pilot)
        assert "-stale" not in screen.classes


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


async def test_leaving_writes_what_waits_and_hangs_on_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr("queuewatch.history.recorder.FAREWELL", 0.01)
    monkeypatch.setattr(Writer, "write", lambda *_: goes_on.wait(10))
    office = open_office()
    kept_in(office, tmp_path)
    app = office.app()
    async with running(app) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running or app._exit, "it ends")
    assert app.return_code == 0
    goes_on.set()
