"""Dark, light, and the terminal's own colours."""

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme
from textual.widgets import OptionList

from queuewatch.connection.connection import SwitchTarget
from queuewatch.profiles.fields import ConfigError
from queuewatch.storage.view_preferences import ViewMemory
from screens.board.board import BoardScreen
from screens.choose_theme import ChooseTheme
from screens.queue import QueueScreen
from tests.tui.keys import on_board, program, running, screen_is, until
from tests.tui.phone_system import open_office
from widgets import themes
from widgets.marks import GLYPHS

from .colours import SEEN_BY, contrast, distance, nearest_pair


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


STATES = ("status-green", "status-red", "status-grey", "status-unknown")
FOR_THE_COLOUR_BLIND = (themes.COLOUR_BLIND, themes.COLOUR_BLIND_LIGHT, themes.HIGH_CONTRAST)
APART = 12.0
"""How far two states are apart at least, in hundredths of the way from black to white (Oklab)."""
APART_IN_GREY = 6.0
APART_ANYHOW = 6.0
"""What the other themes keep too, for everybody who sees any colour."""


def colours(theme: Theme) -> dict[str, str]:
    """Every colour of ours that words are written in, in this theme."""
    app = open_office(theme=theme.name).app()
    variables = app.get_css_variables()
    words = (*STATES, "bad", "muted", "foreground", "primary", "text-warning", "footer-key-foreground")
    return {name: variables[name] for name in words}


def states(theme: Theme) -> dict[str, str]:
    return {name: theme.variables[name] for name in STATES}


@pytest.mark.parametrize("theme", themes.OURS, ids=lambda theme: theme.name)
def test_whatever_is_written_can_be_read(theme: Theme) -> None:
    least = 7.0 if "contrast" in theme.name else 4.5
    for name, colour in colours(theme).items():
        for behind in (theme.background, theme.surface, theme.panel, theme.variables["cursor"]):
            assert behind is not None
            assert contrast(colour, behind) >= least, (name, colour, behind)
    # What lies on a colour: the letters of a jump, a button that has the focus, a caution.
    for behind in (theme.primary, theme.warning):
        assert theme.background is not None
        assert behind is not None
        assert contrast(theme.background, behind) >= least


@pytest.mark.parametrize("seen_by", SEEN_BY)
@pytest.mark.parametrize("theme", FOR_THE_COLOUR_BLIND, ids=lambda theme: theme.name)
def test_the_states_stay_apart_for_the_colour_blind(theme: Theme, seen_by: str) -> None:
    least = APART_IN_GREY if seen_by == "no colour at all" else APART
    assert nearest_pair(states(theme), seen_by) >= (least, "")
    assert distance(theme.variables["status-green"], theme.variables["bad"], seen_by) >= least
    for colour in states(theme).values():
        assert theme.background is not None
        assert distance(colour, theme.background, seen_by) >= 40


@pytest.mark.parametrize("theme", themes.OURS, ids=lambda theme: theme.name)
def test_in_every_theme_the_states_are_told_apart_by_who_sees_any_colour(theme: Theme) -> None:
    for seen_by in SEEN_BY:
        if seen_by != "no colour at all":
            assert nearest_pair(states(theme), seen_by) >= (APART_ANYHOW, "")


def test_what_measures_colours_measures() -> None:
    # Values of the standards themselves, and of what everybody knows of the colour-blind.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert distance("#000000", "#ffffff", "everybody else") == pytest.approx(100, abs=0.1)
    assert distance("#ff0000", "#ff0000", "protanopia") == 0
    red, green = "#b4463c", "#5a7828"
    assert distance(red, green, "everybody else") > 2.5 * distance(red, green, "deuteranopia")
    assert distance("#0000ff", "#ff0000", "no colour at all") < 30 < distance("#0000ff", "#ff0000", "protanopia")


@pytest.mark.parametrize(("dark", "light"), themes.FAMILIES)
async def test_a_key_goes_from_dark_to_light_within_the_family(dark: str, light: str) -> None:
    async with running(open_office(theme=dark).app()) as pilot:
        await pilot.press("t")
        assert program(pilot).theme == light
        await pilot.press("t")
        assert program(pilot).theme == dark


async def test_a_theme_is_seen_as_soon_as_it_is_highlighted_and_there_are_only_ours() -> None:
    async with running(open_office().app(), (100, 30)) as pilot:
        for last, kept in (("escape", themes.DARK.name), ("enter", themes.COLOUR_BLIND.name)):
            program(pilot).search_themes()
            chooser = await screen_is(pilot, ChooseTheme)
            offered = [option.id for option in chooser.query_one(OptionList).options]
            assert offered == [name for family in themes.FAMILIES for name in family]
            assert program(pilot).theme == themes.DARK.name
            await pilot.press("down")
            await until(pilot, lambda: program(pilot).theme == themes.LIGHT.name, "it is seen")
            await pilot.press("down")
            await until(pilot, lambda: program(pilot).theme == themes.COLOUR_BLIND.name, "so is the next")
            await pilot.press(last)
            await screen_is(pilot, BoardScreen)
            assert program(pilot).theme == kept


async def test_a_theme_that_is_none_of_ours_stays_until_another_is_chosen() -> None:
    async with running(open_office(theme="nord").app()) as pilot:
        program(pilot).search_themes()
        await screen_is(pilot, ChooseTheme)
        assert program(pilot).theme == "nord"
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)
        assert program(pilot).theme == "nord"


async def test_the_theme_is_remembered_unless_the_profile_names_one(tmp_path: Path) -> None:
    memory = ViewMemory(tmp_path)
    async with running(open_office(memory=memory).app()) as pilot:
        program(pilot).theme = themes.COLOUR_BLIND.name
        await until(pilot, lambda: memory.theme == themes.COLOUR_BLIND.name, "it is kept")
    assert open_office(memory=memory).app().theme == themes.COLOUR_BLIND.name
    async with running(open_office(memory=memory, theme="nord").app()) as pilot:
        assert program(pilot).theme == "nord"
        await pilot.press("t")
    assert memory.theme == themes.COLOUR_BLIND.name
    memory.keep_theme("gone-since")
    assert open_office(memory=memory).app().theme == themes.DARK.name


async def test_a_theme_of_another_profile_is_not_remembered(tmp_path: Path) -> None:
    memory = ViewMemory(tmp_path)
    memory.keep_theme(themes.COLOUR_BLIND.name)
    there = open_office("riverside", theme="nord", memory=memory)
    async with running(open_office(memory=memory).app()) as pilot:
        program(pilot)._go(SwitchTarget("there", "there", "there", lambda: there.connection))
        await until(pilot, lambda: program(pilot).theme == "nord", "it is gone to")
        await pilot.press("t")
        assert program(pilot).theme == themes.DARK.name
    assert memory.theme == themes.COLOUR_BLIND.name


async def test_sample_data_begins_the_same_every_time() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("t")
    assert open_office().app().theme == themes.DARK.name
