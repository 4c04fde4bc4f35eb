"""The keys that move, the same in every table, text and list; and the way in and out under the same fingers."""

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from screens.audit import AuditScreen, ExplainScreen
from screens.board.choose_columns import ChooseColumns
from screens.drill.choose_scope import ChooseScope
from screens.help.help import HelpScreen
from screens.queue import QueueScreen
from tests.tui.keys import board, home, program, running, screen_is, until
from tests.tui.phone_system import open_office
from widgets.containers import ChoiceList
from widgets.line_table import LineTable
from widgets.moves import LIST, PANEL, TABLE

from .past import with_past
from .test_keys import TASKS, open_screen


def place(widget: Widget) -> int:
    """Where one is in it."""
    match widget:
        case LineTable():
            return widget.cursor
        case ChoiceList():
            return widget.highlighted or 0
        case _:
            return round(widget.scroll_offset.y)


async def every_key_moves(pilot: Pilot[None], widget: Widget) -> None:
    """From the beginning to the end and back, with each pair of keys there is."""
    assert widget.has_focus
    for there, back in (
        (("j",), ("k",)),
        (("down",), ("up",)),
        (("ctrl+d",), ("ctrl+u",)),
        (("ctrl+f",), ("ctrl+b",)),
        (("pagedown",), ("pageup",)),
        (("G",), ("g",)),
        (("end",), ("home",)),
    ):
        await pilot.press(*there)
        await until(pilot, lambda: place(widget) > 0, f"{there} goes on")
        await pilot.press(*back)
        await until(pilot, lambda: place(widget) == 0, f"{back} goes back")


def test_the_three_have_the_same_keys() -> None:
    assert [one.keys for one in TABLE] == [one.keys for one in PANEL] == [one.keys for one in LIST]


async def test_in_every_screen() -> None:
    async with running(open_office("harbor").app()) as pilot:
        for name in [name for name in TASKS if name != "log" and "history" not in name]:
            await every_key_moves_on(pilot, name)
            await home(pilot)


@pytest.mark.parametrize("name", [name for name in TASKS if "history" in name])
async def test_in_what_was(name: str) -> None:
    async with running(with_past(open_office()).app()) as pilot:
        await every_key_moves_on(pilot, name)


async def every_key_moves_on(pilot: Pilot[None], name: str) -> None:
    """On this screen, in what has the keys when it is opened."""
    await open_screen(pilot, name)
    told = program(pilot).screen.focused
    assert told is not None
    await until(pilot, lambda: not isinstance(told, LineTable) or len(told.rows) > 2, "it is filled")
    await every_key_moves(pilot, told)


async def test_in_the_timeline_of_a_drill_and_in_what_a_queue_rests_on() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await open_screen(pilot, "drill")
        await pilot.press("m")
        timeline = program(pilot).screen.query_one("#timeline")
        await until(pilot, lambda: timeline.has_focus, "the timeline has the keys")
        await every_key_moves(pilot, timeline)


async def test_in_every_dialog_with_a_list_or_a_text() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.press("question_mark")
        helped = await screen_is(pilot, HelpScreen)
        await every_key_moves(pilot, helped.query_one("#text"))
        await pilot.press("h", "d")
        scope = await screen_is(pilot, ChooseScope)
        await until(pilot, lambda: scope.query_one(ChoiceList).has_focus, "the list has the keys")
        await pilot.press("g")
        await every_key_moves(pilot, scope.query_one(ChoiceList))
        await pilot.press("h", "C")
        columns = await screen_is(pilot, ChooseColumns)
        await until(pilot, lambda: columns.query_one(ChoiceList).has_focus, "the list has the keys")
        await every_key_moves(pilot, columns.query_one(ChoiceList))
        await pilot.press("escape", "a")
        audit = await screen_is(pilot, AuditScreen)
        await until(pilot, lambda: audit.finding is not None, "there is a finding")
        await pilot.press("E")
        story = await screen_is(pilot, ExplainScreen)
        await every_key_moves(pilot, story.query_one("#dialog"))


async def test_l_goes_in_and_h_comes_back() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("l")
        await screen_is(pilot, QueueScreen)
        await pilot.press("h")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "back on the board")
        for way_in in (("a",), ("w",), ("v",), ("d", "enter")):
            await pilot.press(*way_in)
            await until(pilot, lambda: len(program(pilot).screen_stack) == 2, f"{way_in} leads on")
            await until(pilot, lambda: program(pilot).screen.focused is not None, "it has the keys")
            if not isinstance(program(pilot).screen, AuditScreen | QueueScreen):
                await until(pilot, lambda: not isinstance(program(pilot).screen, ChooseScope), "it is chosen")
            await pilot.press("h")
            await until(pilot, lambda: program(pilot).screen is board(pilot), "h leads back")
