"""A program that was started read-only changes nothing, and says so."""

import pytest

from queuewatch.pbx.errors import ReadOnly
from screens.board.board import BoardScreen
from screens.keys.board import BOARD, QUEUE
from screens.queue import QueueScreen
from tests.tui.keys import board, program, running, screen_is, status
from tests.tui.phone_system import open_office
from widgets.bars import TopBar


async def test_every_key_that_writes_is_refused_with_the_reason() -> None:
    office = open_office(read_only=True)
    async with running(office.app()) as pilot:
        assert board(pilot).query_one(TopBar).badge == "READ-ONLY"
        for screen, actions in ((BoardScreen, BOARD), (QueueScreen, QUEUE)):
            await screen_is(pilot, screen)
            keys = [key for action in actions if action.writes for key in action.keys]
            assert keys == ["e", "f2", "r", "f3", "P"]
            for key in keys:
                board(pilot).say("")
                await pilot.press(key)
                assert isinstance(program(pilot).screen, screen)
                assert status(pilot).startswith(
                    "Read-only: this was started so that nothing can be changed. To change something, "
                )
            if screen is BoardScreen:
                await pilot.press("enter")
    assert office.written == []


async def test_below_the_screens_it_is_refused_once_more() -> None:
    office = open_office(read_only=True)
    async with running(office.app()):
        with pytest.raises(ReadOnly):
            await office.connection.system.write_require_agents("8000", False)
    assert office.written == []
