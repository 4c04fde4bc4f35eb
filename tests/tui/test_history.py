"""The past on the screens that show it in full."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from queuewatch.history.database import HistoryError
from queuewatch.history.period import Period
from queuewatch.history.timeline import Length
from screens.board.board import BoardScreen
from screens.history import one_queue
from screens.history.all_queues import AllHistoryScreen
from screens.history.one_queue import HistoryScreen
from tests.tui.keys import (
    banner,
    facts,
    loaded,
    painted,
    program,
    resize,
    running,
    screen_is,
    status,
    table,
    until,
)
from tests.tui.phone_system import Office, open_office
from widgets import history_rows
from widgets.bars import TopBar
from widgets.history_rows import ALL_COLUMNS
from widgets.line_table import LineTable

from .past import busy, kept_in, open_history, rows, with_past

Compare = Callable[..., bool]


async def test_a_queue_in_full() -> None:
    async with running(with_past(open_office()).app()) as pilot:
        table(pilot).move_to("8006")
        await pilot.pause()
        screen = await open_history(pilot)
        top = screen.query_one(TopBar)
        assert (top.left, top.right) == ("History · Referrals (8006)", "Tue 17 Nov to Mon 23 Nov")
        assert facts(pilot, "#facts")["Uptime"].startswith("99.3 % of 145 h watched  left out: 13 h not watched")
        assert facts(pilot, "#facts")["In short"] == ("Never failed over · reached nobody 3 times, 52 min in all")
        thursday = facts(pilot, "#timeline")["Thu 19 Nov"]
        assert "·" * 20 in thursday
        assert "▃" in thursday
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
        for key in ("1", "comma", "full_stop", "3", "2", "f7"):
            await pilot.press(key)
            await until(pilot, lambda: not busy(pilot), "it is read")
            titles.append(screen.query_one(TopBar).right)
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
        first = screen.queues
        await pilot.press("n")
        await until(pilot, lambda: screen.queues != first and screen.account is not None, "the next one is shown")
        await pilot.press("b")
        await until(pilot, lambda: screen.queues == first and screen.account is not None, "the first one is shown")
        await pilot.press("A")
        everything = await screen_is(pilot, AllHistoryScreen)
        await until(pilot, lambda: len(rows(pilot, "#queues", ALL_COLUMNS)) == 7, "all are read")
        worst = rows(pilot, "#queues", ALL_COLUMNS)[0]
        assert (worst["queue"], worst["uptime"], worst["failed"]) == ("8006 Referrals", "99.3 %", "never")
        assert worst["nobody"] == "52 min"
        everything.query_one("#queues", LineTable).move_to("8005")
        await pilot.press("enter")
        await until(pilot, lambda: program(pilot).screen is screen and screen.account is not None, "it is back")
        assert screen.queues == ("8005",)
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)


@pytest.mark.parametrize("width", [80, 100, 140])
async def test_no_queue_is_cut_for_the_figures_of_all_queues(width: int) -> None:
    app = with_past(open_office()).app()
    async with running(app, (width, 24)) as pilot:
        await open_history(pilot)
        await pilot.app.screen.run_action("all_queues")
        await screen_is(pilot, AllHistoryScreen)
        names = [f"{queue.extension} {queue.name} " for queue in app.session.state.snapshot.call_queues]

        def nothing_is_cut() -> bool:
            shown = "\n".join(painted(app))
            return len(names) == 7 and all(words in shown for words in (*names, "Over the period", "▒"))

        await until(pilot, nothing_is_cut, "every queue is whole beside its line of signs")


async def test_the_agents_of_a_queue() -> None:
    async with running(with_past(open_office()).app()) as pilot:
        await open_history(pilot)
        await pilot.press("Y")
        dee = facts(pilot, "#colours")["Dee Park"]
        assert dee.startswith("░")
        assert "Grey at least since Fri 20 Nov 16:29" in dee
        assert dee.endswith("○ 100 %")
        assert program(pilot).screen.query_one("#agents").has_focus
        await pilot.press("Y")
        assert program(pilot).screen.query_one("#changes").has_focus


@pytest.mark.parametrize("size", [(140, 40), (200, 50)], ids=str)
async def test_what_the_agents_do_not_need_is_for_what_changed(size: tuple[int, int]) -> None:
    async with running(with_past(open_office()).app(), size) as pilot:
        table(pilot).move_to("8006")
        await pilot.pause()
        screen = await open_history(pilot)
        changes, panel = screen.query_one("#changes", LineTable), screen.query_one("#agents")
        least = 17 + 1 + 28 + 4
        await until(pilot, lambda: panel.outer_size.width == least, "the agents have as much as they need")
        assert changes.outer_size.width == size[0] - least
        shown = "\n".join(painted(program(pilot)))
        why = {row["why"] for row in rows(pilot, "#changes")}
        assert size[0] < 200 or all(words in shown for words in why)


async def test_an_agents_name_is_whole_where_there_is_room_and_says_that_it_is_cut_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "Maximiliana Hutchinson-Delacroix"
    for module in (history_rows, one_queue):
        monkeypatch.setattr(module, "agent_label", lambda _: name)
    app = with_past(open_office()).app()
    async with running(app, (200, 50)) as pilot:
        await open_history(pilot)
        await until(pilot, lambda: any(f"│ {name} " in line for line in painted(app)), "the name is whole")
        await resize(pilot, 60, 16)
        await pilot.press("Y")
        await until(pilot, lambda: any("Maximiliana Hutc… " in line for line in painted(app)), "it is cut")


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
            await program(pilot).session.history.read(
                Period(kept_since(office), kept_since(office) + timedelta(hours=1))
            )


def kept_since(office: Office) -> datetime:
    return office.connection.clock()


async def test_where_no_history_is_kept_that_is_said() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("i")
        await screen_is(pilot, HistoryScreen)
        await until(
            pilot, lambda: banner(pilot).startswith("No history is kept of this phone system."), "it is said"
        )


def at_history(queue: str, *keys: str) -> Callable[[Pilot[None]], object]:
    async def prepare(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        table(pilot).move_to(queue)
        await pilot.pause()
        screen = await open_history(pilot)
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: not busy(pilot), "it is read")
        if keys != ("A",):
            assert screen.account is not None

    return prepare


def test_a_week_of_a_queue_looks_so(snap_compare: Compare) -> None:
    assert snap_compare(with_past(open_office()).app(), run_before=at_history("8006"))
