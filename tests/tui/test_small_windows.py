"""Every screen and dialog on small terminals: three rows with name and verdict whole, and a dialog's answers."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen

from queuewatch.app.app import QueuewatchApp
from screens.audit import AuditScreen
from screens.board.board import BoardScreen
from screens.board.choose_columns import ChooseColumns
from screens.drill.choose_scope import ChooseScope
from screens.drill.drill import DrillScreen
from screens.drill.sites import SitesScreen
from screens.editing.confirm_change import ConfirmChange
from screens.editing.confirm_plan import ConfirmPlan
from screens.editing.forward_editor import ForwardEditor
from screens.help.help import HelpScreen
from screens.history.all_queues import AllHistoryScreen
from screens.history.one_queue import HistoryScreen
from screens.log import LogScreen
from screens.put_quiet import PutQuiet
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.demo import open_demo
from tests.tui.keys import home, painted, resize, running, screen_is, until
from tests.tui.newcomer import newcomer
from tests.tui.phone_system import open_office
from widgets.cells import ASIDE
from widgets.line_table import LineTable

SIZES = ((60, 16), (80, 18))
LONG = "Harborline Logistics and Warehousing of Galveston County"


class Stop(NamedTuple):
    """A screen, the keys that lead there from the board, and what has to be seen of it."""

    keys: tuple[str, ...]
    screen: type[Screen[Any]]
    columns: tuple[str, ...] = ()
    """Those whose cells are whole in three rows of its table."""
    words: tuple[str, ...] = ()


WALK = (
    Stop((), BoardScreen, ("queue", "now", "dark")),
    Stop(("enter",), QueueScreen, words=("nobody", "Held open")),
    Stop(("w", "3"), WhatIfScreen, ("agent", "supposed"), ("caller", "Nothing is changed")),
    Stop(("d",), ChooseScope, words=("Galveston", "Houston", "everything", "enter choose")),
    Stop(("d", "enter"), DrillScreen, ("fate", "queue"), ("If Galveston goes dark",)),
    Stop(("a",), AuditScreen, ("severity", "code", "queue"), ("Why",)),
    Stop(("question_mark",), HelpScreen, words=("Help: the board", "esc closes")),
    Stop(("e",), ForwardEditor, words=("Now: off", "Warehouse Floor (8107)", "enter choose")),
    Stop(("r",), ConfirmChange, words=("Caution", "Leave it (n)", "Change it (y)")),
    Stop(("r", "y"), ConfirmChange, words=("Leave it (n)", "Yes, really on Harborline Log… (y)")),
    Stop(("asterisk", "r"), ConfirmPlan, ("queue", "after"), ("Caution", "Leave them (n)", "Make all 2 (y)")),
    Stop(("r", "y"), ConfirmPlan, words=("All to No (r)", "Leave them (n)", "Yes, really (y)")),
    Stop(("Z",), PutQuiet, words=("Quiet: Yard Gate", "This queue until it recovers", "esc")),
    Stop(("D",), SitesScreen, ("queue",), ("If Houston goes dark",)),
    Stop(("C",), ChooseColumns, words=("extension and name", "esc done")),
    Stop(("v",), LogScreen, words=("No change has been made",)),
    Stop(("ctrl+p",), CommandPalette, words=("Open", "When Offline")),
)


def whole(table: LineTable, columns: tuple[str, ...]) -> Iterator[bool]:
    """For each row in sight, whether its cells of these columns are on the terminal as they are."""
    lines = painted(table.app)
    places = [column.key for column in table._columns.all]
    by_key = {row.key: row for row in table.rows}
    for y, key in table.rows_seen():
        at = table.region.y + y
        texts = (
            "".join(span.text for span in by_key[key].cells[places.index(name)] if span.style != ASIDE)
            for name in columns
        )
        yield at < len(lines) and all(text.strip() in lines[at] for text in texts)


async def seen(pilot: Pilot[None], stop: Stop) -> None:
    """Wait until all that has to be seen of a screen is."""
    screen = await screen_is(pilot, stop.screen)

    def all_of_it() -> bool:
        text = "\n".join(painted(pilot.app))
        rows = [True] * 3
        if stop.columns:
            table = screen.query(LineTable).first()
            rows = list(whole(table, stop.columns))[:3]
            if len(rows) < min(3, len(table.rows)):
                return False
        return bool(rows) and all(rows) and all(words in text for words in stop.words)

    await until(pilot, all_of_it, f"{stop.screen.__name__} is seen at {pilot.app.size}")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_screen_and_dialog_of_a_phone_system_in_production(size: tuple[int, int]) -> None:
    connection = replace(open_office("harbor").connection, production=True, title=LONG)
    async with running(QueuewatchApp(connection), size) as pilot:
        for stop in WALK:
            await pilot.press(*stop.keys)
            await seen(pilot, stop)
            await home(pilot)


async def test_the_board_of_a_demo_with_its_tour_and_a_power_cut() -> None:
    demo = open_demo()
    async with running(demo.app(), SIZES[0]) as pilot:
        board = Stop((), BoardScreen, ("queue", "now", "dark"), ("Tour ", "? Help", "q Quit"))
        await seen(pilot, board)
        demo.pbx.cut_power("Dallas")
        await demo.pass_time(pilot, 60)
        await demo.pass_time(pilot, 60)
        await seen(pilot, board)
        await resize(pilot, *SIZES[1])
        await seen(pilot, board)


async def test_what_became_of_the_queues_of_a_demo() -> None:
    from queuewatch.connection.connection import ConnectionOptions
    from queuewatch.connection.sample import connect_sample

    app = QueuewatchApp(connect_sample(ConnectionOptions(sample="lakeside")))
    async with running(app, SIZES[0]) as pilot:
        for width, height in SIZES:
            await resize(pilot, width, height)
            await pilot.press("i")
            await seen(pilot, Stop((), HistoryScreen, ("when", "what"), ("Mon 23 Nov", "Uptime")))
            await pilot.app.screen.run_action("all_queues")
            await seen(pilot, Stop((), AllHistoryScreen, ("queue", "uptime", "nobody")))
            await home(pilot)


@pytest.mark.parametrize(("keys", "words"), [((), ("Sample", "Connect")), (("2",), ("Connect", "Address"))])
async def test_before_there_is_a_phone_system(
    tmp_path: Path, keys: tuple[str, ...], words: tuple[str, ...]
) -> None:
    app = newcomer(tmp_path).app
    async with app.run_test(size=SIZES[0]) as pilot:
        await pilot.press(*keys)
        for size in SIZES:
            await resize(pilot, *size)

            def shown(words: tuple[str, ...] = words) -> bool:
                text = "\n".join(painted(app))
                return all(word in text for word in words)

            await until(pilot, partial(shown), f"it can be used at {size}")
