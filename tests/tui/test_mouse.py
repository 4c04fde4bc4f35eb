"""The mouse: a click chooses, two open, a click on a title sorts."""

from textual.pilot import Pilot

from screens.board.board import BoardScreen
from screens.help.help import HelpScreen
from screens.queue import QueueScreen
from tests.tui.keys import (
    board,
    facts,
    footer,
    painted,
    program,
    queues_shown,
    running,
    screen_is,
    scrolled,
    status,
    table,
)
from tests.tui.phone_system import open_office
from widgets.line_table import LineTable
from widgets.queue_rows import Sort


async def click_title(pilot: Pilot[None], title: str) -> None:
    header = painted(program(pilot))[table(pilot).region.y]
    await pilot.click(LineTable, offset=(header.index(title), 0))


async def test_a_click_chooses_a_queue() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.click(LineTable, offset=(30, 3))
        assert table(pilot).cursor_key == queues_shown(pilot)[2]
        assert facts(pilot, "#summary")["If dark"].startswith("✖ nobody: lost")
        assert isinstance(program(pilot).screen, BoardScreen)


async def test_a_double_click_opens_it() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.click(LineTable, offset=(5, 2), times=2)
        screen = await screen_is(pilot, QueueScreen)
        assert screen.chosen is not None
        assert screen.chosen.extension == queues_shown(pilot)[1]


async def test_a_click_below_the_last_queue_does_nothing() -> None:
    async with running(open_office("lakeside").app()) as pilot:
        await pilot.click(LineTable, offset=(5, 12), times=2)
        assert table(pilot).cursor == 0
        assert isinstance(program(pilot).screen, BoardScreen)


async def test_a_click_on_a_title_sorts() -> None:
    async with running(open_office("harbor").app(), (120, 24)) as pilot:
        for title, order in (
            ("Queue", Sort.NAME),
            ("If dark", Sort.DARK),
            ("Site", Sort.SITE),
            ("Now", Sort.WORST),
        ):
            await click_title(pilot, title)
            assert board(pilot).sort is order
            assert status(pilot) == f"Sorted {order.value}."
        await click_title(pilot, "Agents")
        assert board(pilot).sort is Sort.AGENTS


async def test_the_footer_can_be_clicked() -> None:
    async with running(open_office().app()) as pilot:
        (key,) = [key for key in await footer(pilot) if key.description == "Help"]
        await pilot.click(key)
        await screen_is(pilot, HelpScreen)


async def test_the_wheel_scrolls_a_long_board() -> None:
    async with running(open_office("harbor").app(), (80, 16)) as pilot:
        found = table(pilot)
        await pilot.press("end")
        await scrolled(pilot, found, lambda y: y == found.max_scroll_y > 0, "end")
        await pilot.press("home")
        await scrolled(pilot, found, lambda y: y == 0, "home")
        found.scroll_down(animate=False)
        await scrolled(pilot, found, lambda y: y == 1, "the wheel")
        await pilot.click(LineTable, offset=(5, 1))
        assert found.cursor_key == queues_shown(pilot)[1]
