"""Terminals of every size, and what becomes of the screens when one changes."""

from functools import partial
from typing import Any

import pytest
from rich.console import RenderableType
from textual.app import App
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Footer

from screens.audit import AuditScreen
from screens.board.board import BoardScreen
from screens.drill.choose_scope import ChooseScope
from screens.drill.drill import DrillScreen
from screens.editing.confirm_change import ConfirmChange
from screens.editing.forward_editor import ForwardEditor
from screens.help.help import HelpScreen
from screens.log import LogScreen
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.keys import (
    board,
    facts,
    footer,
    home,
    painted,
    program,
    queues_shown,
    resize,
    running,
    screen_is,
    table,
    until,
)
from tests.tui.phone_system import open_office
from widgets.call_path import CallPath
from widgets.containers import LEAST_PANEL
from widgets.line_table import LineTable
from widgets.queue_panel import AgentTable, ChosenQueue

EXTREMES = ((10, 3), (1, 1), (200, 50))


async def test_the_panel_is_beside_the_board_where_it_takes_nothing_from_the_table() -> None:
    async with running(open_office("harbor").app(), (80, 24)) as pilot:
        summary, queues = board(pilot).query_one("#summary"), table(pilot)
        least = queues.whole_width + 1 + LEAST_PANEL
        assert least < 170

        def as_wide(width: int) -> bool:
            beside = any(panel.display for panel in board(pilot).query(ChosenQueue))
            return (beside, summary.display) == (width >= least, width < least)

        for width in (80, least, least - 1, 200, 60):
            await resize(pilot, width, 30)
            await until(pilot, partial(as_wide, width), f"it is {width} wide")
            if width >= least:
                assert queues.size.width >= queues.whole_width
                assert board(pilot).query_one(ChosenQueue).size.width >= LEAST_PANEL - 4


async def test_the_panel_beside_the_board_follows_the_cursor() -> None:
    async with running(open_office("harbor").app(), (160, 40)) as pilot:
        panel = board(pilot).query_one(ChosenQueue)
        await until(pilot, lambda: bool(panel.query(CallPath)), "the panel is there")
        assert [node.mark.word for node in panel.query_one(CallPath).picture.stations] == ["stranded"]
        assert facts(pilot, "#verdict")["Mend it"].startswith(
            "e  When Offline: none is set · r  Require Agents Yes"
        )
        await pilot.press("down")
        assert facts(pilot, "#verdict")["Held open"].startswith("by Walt Jensen")
        assert (
            facts(pilot, "#verdict")["Mend it"]
            == "r  Require Agents Yes: then a call fails over to (281) 555-0160 ✔"
        )
        assert [row.key for row in board(pilot).query_one(AgentTable).rows] == [
            "1101@harbor.example",
            "1102@harbor.example",
            "1103@harbor.example",
        ]
        assert any("Dispatch (8100) · Houston" in line for line in painted(program(pilot)))


async def test_phones_are_read_only_where_they_are_shown() -> None:
    office = open_office()
    async with running(office.app(), (140, 40)) as pilot:
        await pilot.press("down", "f5")
        assert not program(pilot).session.state.snapshot.devices
        await pilot.press("enter")
        await until(pilot, lambda: bool(program(pilot).session.state.snapshot.devices), "phones are read")


WAYS: tuple[tuple[tuple[str, ...], type[Screen[Any]]], ...] = (
    ((), BoardScreen),
    (("enter",), QueueScreen),
    (("w", "L"), WhatIfScreen),
    (("question_mark",), HelpScreen),
    (("v",), LogScreen),
    (("a",), AuditScreen),
    (("e",), ForwardEditor),
    (("r",), ConfirmChange),
    (("d",), ChooseScope),
    (("d", "enter"), DrillScreen),
)
"""The keys that lead from the board to a screen."""


async def test_every_screen_survives_any_size() -> None:
    async with running(open_office("harbor").app(), (80, 24)) as pilot:
        for keys, screen in WAYS:
            await pilot.press(*keys)
            await screen_is(pilot, screen)
            if program(pilot).screen.query(Footer):
                await footer(pilot)
            before = painted(program(pilot))
            for width, height in EXTREMES:
                await resize(pilot, width, height)
            await resize(pilot, 80, 24)
            await looks_like(pilot, before)
            await home(pilot)


async def looks_like(pilot: Pilot[None], before: list[str]) -> None:
    await until(pilot, lambda: painted(program(pilot)) == before, "it looks as it did")


async def test_the_cursor_stays_in_sight_on_a_low_terminal() -> None:
    async with running(open_office("harbor").app(), (80, 24)) as pilot:
        await pilot.press("end")
        await resize(pilot, 80, 16)
        last = queues_shown(pilot)[-1]
        await until(
            pilot, lambda: any(f" {last} " in line for line in painted(program(pilot))), "the last is seen"
        )


async def test_opening_a_queue_on_a_wide_terminal() -> None:
    async with running(open_office("harbor").app(), (140, 40)) as pilot:
        await pilot.press("enter")
        screen = await screen_is(pilot, QueueScreen)
        assert screen.query_one(AgentTable).size.width > 120


def has_rows(main: LineTable) -> bool:
    return len(list(main.rows_seen())) >= 3


async def test_on_a_small_terminal_the_facts_give_way_to_the_rows() -> None:
    async with running(open_office("harbor").app(), (60, 16)) as pilot:
        for keys, screen in WAYS:
            if screen in (BoardScreen, AuditScreen, DrillScreen):
                await pilot.press(*keys)
                await screen_is(pilot, screen)
                main = program(pilot).screen.query(LineTable).first()
                await until(pilot, partial(has_rows, main), "there are rows")
                await home(pilot)


async def test_nothing_is_drawn_beyond_a_terminal_that_has_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was laid out for the size before would all fall on the last line of the smaller one, and stay there."""
    laid_out: list[Size] = []
    display = App._display

    def noted(app: App[None], screen: Screen[object], renderable: RenderableType | None) -> None:
        laid_out.append(screen._compositor.size)
        display(app, screen, renderable)

    monkeypatch.setattr(App, "_display", noted)
    async with running(open_office("lakeside").app(), (140, 40)) as pilot:
        laid_out.clear()
        await pilot.resize_terminal(60, 16)
        await until(pilot, lambda: (60, 16) in laid_out, "it is drawn for its size")
        assert set(laid_out) == {(60, 16)}
