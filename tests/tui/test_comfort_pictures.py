"""What themes, columns, letters and the question for a picture's name look like."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.theme import Theme

from screens.board.choose_columns import ChooseColumns
from screens.jump import JumpScreen
from screens.save_picture import SavePicture
from screens.what_if import WhatIfScreen
from tests.tui.keys import screen_is, until
from tests.tui.phone_system import open_office
from widgets import themes
from widgets.containers import ChoiceList

from .test_pictures import Compare, Step, after, keys, on

WIDE = (140, 40)


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


@pytest.mark.parametrize("theme", [themes.COLOUR_BLIND, themes.HIGH_CONTRAST], ids=lambda theme: theme.name)
def test_board_in_a_theme(snap_compare: Compare, theme: Theme) -> None:
    assert snap_compare(open_office("harbor", theme=theme.name).app(), run_before=after())


def test_board_in_the_light_colour_blind_theme(snap_compare: Compare) -> None:
    app = open_office("harbor", theme=themes.COLOUR_BLIND_LIGHT.name).app()
    assert snap_compare(app, terminal_size=WIDE, run_before=after(on("8103")))


def test_columns(snap_compare: Compare) -> None:
    steps = after(opening("C", ChooseColumns), keys("down", "down", "down", "space", "J"))
    assert snap_compare(open_office().app(), run_before=steps)


def test_columns_on_a_wide_terminal(snap_compare: Compare) -> None:
    steps = after(opening("C", ChooseColumns), keys("G", "space", "K"))
    assert snap_compare(open_office("harbor").app(), terminal_size=WIDE, run_before=steps)


def test_letters(snap_compare: Compare) -> None:
    steps = after(opening("w", WhatIfScreen), opening("o", JumpScreen))
    assert snap_compare(open_office("harbor").app(), run_before=steps)


def test_letters_on_a_wide_terminal(snap_compare: Compare) -> None:
    steps = after(opening("o", JumpScreen))
    assert snap_compare(open_office("harbor").app(), terminal_size=WIDE, run_before=steps)


def test_letters_without_colour(snap_compare: Compare) -> None:
    steps = after(opening("o", JumpScreen))
    assert snap_compare(open_office("harbor", theme="ansi-dark").app(), run_before=steps)


def test_a_pictures_name(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    # The folder is shown, and is the same on every machine.
    monkeypatch.setattr(Path, "cwd", lambda: Path("/"))
    monkeypatch.setattr("os.access", lambda *_: True)
    assert snap_compare(open_office().app(), run_before=after(opening("S", SavePicture)))
