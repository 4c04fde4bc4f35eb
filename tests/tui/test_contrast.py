"""Whatever is written can be read: the contrast of every word on the terminal, in every theme of ours."""

from collections.abc import Iterator
from typing import Any

import pytest
from rich.style import Style
from textual.app import App
from textual.screen import Screen

from screens.audit import AuditScreen
from screens.choose_theme import ChooseTheme
from screens.drill.drill import DrillScreen
from screens.editing.confirm_change import ConfirmChange
from screens.editing.forward_editor import ForwardEditor
from screens.help.help import HelpScreen
from screens.history.one_queue import HistoryScreen
from screens.log import LogScreen
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.demo import open_demo
from tests.tui.keys import home, program, running, screen_is
from tests.tui.phone_system import open_office
from widgets import themes

from .colours import contrast

LEAST = 4.5
WAYS: tuple[tuple[tuple[str, ...], type[Screen[Any]]], ...] = (
    (("enter",), QueueScreen),
    (("w", "3"), WhatIfScreen),
    (("a",), AuditScreen),
    (("d", "enter"), DrillScreen),
    (("i",), HistoryScreen),
    (("v",), LogScreen),
    (("e",), ForwardEditor),
    (("r",), ConfirmChange),
    (("question_mark",), HelpScreen),
)


def too_faint(app: App[None]) -> Iterator[tuple[float, str]]:
    """Every word that has less contrast than it needs, and how much it has."""
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if any(character.isalnum() for character in text) and (found := measured(style)) < LEAST:
                yield found, text


def measured(style: Style | None) -> float:
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    words, behind = (colour.get_truecolor().hex for colour in (style.color, style.bgcolor))
    return contrast(words, behind)


@pytest.mark.parametrize("theme", [theme.name for theme in themes.OURS])
async def test_every_word_of_every_screen_can_be_read(theme: str) -> None:
    async with running(open_office("harbor", theme=theme).app(), (140, 40)) as pilot:
        app = program(pilot)
        assert not list(too_faint(app))
        for keys, screen in WAYS:
            await pilot.press(*keys)
            await screen_is(pilot, screen)
            assert not list(too_faint(app)), screen.__name__
            await home(pilot)
        app.search_themes()
        await screen_is(pilot, ChooseTheme)
        assert not list(too_faint(app))


@pytest.mark.parametrize("theme", [themes.DARK.name, themes.LIGHT.name])
async def test_what_is_said_in_an_outage_can_be_read(theme: str) -> None:
    demo = open_demo()
    async with running(demo.app(), (80, 24)) as pilot:
        program(pilot).theme = theme
        demo.pbx.cut_power("Dallas")
        await demo.pass_time(pilot, 60)
        await demo.pass_time(pilot, 60)
        await pilot.press("g")
        assert not list(too_faint(program(pilot)))
