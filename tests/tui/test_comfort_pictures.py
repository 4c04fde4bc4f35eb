"""What themes, columns, letters and the question for a picture's name look like."""

from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from screens.board.choose_columns import ChooseColumns
from screens.jump import JumpScreen
from screens.what_if import WhatIfScreen
from tests.tui.keys import screen_is, until
from tests.tui.phone_system import open_office
from widgets import themes
from widgets.containers import ChoiceList

from .test_pictures import Compare, Step, after, keys


def opening(key: str, screen: type[Screen[Any]]) -> Step:
    """Press a key that opens a screen, and wait until the screen is whole."""

    async def step(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        opened = await screen_is(pilot, screen)
        await until(pilot, lambda: opened.is_mounted and all(one.is_mounted for one in opened.query()), "whole")
        lists = list(opened.query(ChoiceList))
        await until(
            pilot, lambda: all(one.option_count and one.has_focus for one in lists), "it can be chosen from"
        )

    return step


def test_board_in_the_colour_blind_theme(snap_compare: Compare) -> None:
    """Colours that are told apart by everybody, all on one screen."""
    app = open_office("harbor", theme=themes.COLOUR_BLIND.name).app()
    assert snap_compare(app, run_before=after())


def test_columns(snap_compare: Compare) -> None:
    """A list of which lines are ticked and moved."""
    steps = after(opening("C", ChooseColumns), keys("down", "down", "down", "space", "J"))
    assert snap_compare(open_office().app(), run_before=steps)


def test_letters(snap_compare: Compare) -> None:
    """Letters laid over whatever a screen shows."""
    steps = after(opening("w", WhatIfScreen), opening("o", JumpScreen))
    assert snap_compare(open_office("harbor").app(), run_before=steps)
