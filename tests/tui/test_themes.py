"""Dark, light, and the terminal's own colours."""

import pytest
from textual.color import Color

from queuewatch.config import ConfigError
from screens.queue import QueueScreen
from widgets import themes
from widgets.glyphs import GLYPHS

from .driving import on_board, program, running, screen_is
from .office import open_office


async def test_dark_first_and_light_with_a_key() -> None:
    async with running(open_office().app()) as pilot:
        assert program(pilot).theme == themes.DARK.name
        await pilot.press("t")
        assert program(pilot).theme == themes.LIGHT.name
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await pilot.press("t")
        assert program(pilot).theme == themes.DARK.name


async def test_no_color_takes_the_terminals_own_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(open_office(theme=themes.LIGHT.name).app()) as pilot:
        assert program(pilot).theme == "ansi-dark"
        await pilot.press("t")
        assert program(pilot).theme == "ansi-light"
        await pilot.press("t")
        assert program(pilot).theme == "ansi-dark"


async def test_a_profile_names_its_theme() -> None:
    async with running(open_office(theme="nord").app()) as pilot:
        assert program(pilot).theme == "nord"
        await pilot.press("t")
        assert program(pilot).theme == themes.DARK.name


def test_a_theme_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(ConfigError, match="“drak”") as told:
        open_office(theme="drak").app()
    assert "queuewatch-dark" in told.value.hint


def test_every_theme_has_every_colour_we_use() -> None:
    for theme in open_office().app().available_themes.values():
        colours = {**themes.variables_for(theme), **theme.variables}
        for name in ("status-green", "status-red", "status-grey", "status-unknown", "bad", "cursor", "muted"):
            assert Color.parse(colours[name]), (theme.name, name)


async def test_a_state_is_never_a_colour_alone() -> None:
    async with running(open_office("harbor").app()) as pilot:
        for queue in ("8110", "8100", "8103", "8108", "8111"):
            for column in ("now", "dark"):
                glyph, word = on_board(pilot, queue)[column].split(" ", 1)
                assert glyph in GLYPHS.values()
                assert word.isascii()
                assert len(word) > 3
