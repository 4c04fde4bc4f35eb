"""Letters that lead to every part of a screen, and to every row that is seen."""

import pytest
from textual.widgets import Input

from screens.drill.choose_scope import ChooseScope
from screens.editing.forward_editor import ForwardEditor, Suggestions
from screens.jump import JumpScreen, targets
from tests.tui.keys import board, home, painted, program, running, screen_is, table, until
from tests.tui.phone_system import open_office
from widgets.prompt import FilterLine
from widgets.queue_panel import ChosenQueue

from .test_keys import TASKS, open_screen


@pytest.mark.parametrize("key", ["o", "ctrl+o"])
async def test_a_letter_goes_to_a_row_and_to_a_part(key: str) -> None:
    async with running(open_office().app(), (140, 40)) as pilot:
        await pilot.press(key)
        await screen_is(pilot, JumpScreen)
        await until(pilot, lambda: painted(program(pilot))[1].startswith("aQueue"), "a letter is in the margin")
        lines = painted(program(pilot))
        assert [line[0] for line in lines[1:8]] == ["a", "d", "f", "g", "h", "j", "k"]
        assert "Jump: press the letter of a part" in lines[-1]
        await pilot.press("g")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "the letters are gone")
        assert table(pilot).cursor == 2
        await pilot.press(key, "s")
        await until(pilot, lambda: board(pilot).query_one(ChosenQueue).has_focus, "the panel has the keys")


async def test_any_other_key_stays() -> None:
    async with running(open_office().app()) as pilot:
        for key in ("escape", "9", "f5", "down"):
            await pilot.press("o")
            await screen_is(pilot, JumpScreen)
            await pilot.press(key)
            await until(pilot, lambda: program(pilot).screen is board(pilot), "the letters are gone")
            assert table(pilot).has_focus
            assert table(pilot).cursor == 0


async def test_every_part_of_every_screen_has_a_letter_of_its_own() -> None:
    async with running(open_office().app(), (140, 40)) as pilot:
        for name in TASKS:
            await open_screen(pilot, name)
            screen = program(pilot).screen
            found = targets(screen)
            assert len({target.letter for target in found}) == len(found)
            parts = [target for target in found if target.part]
            assert len(parts) == len([widget for widget in screen.focus_chain if widget.region.size.area])
            for target in found:
                assert screen.region.contains_point(target.at)
                target.go()
                assert screen.focused is not None
            await home(pilot)


async def test_where_something_is_typed_the_letter_is_typed() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("slash", "o")
        filtering = board(pilot).query_one(FilterLine)
        assert (filtering.value, program(pilot).screen) == ("o", board(pilot))
        await pilot.press("ctrl+o", "a")
        await until(pilot, lambda: table(pilot).has_focus, "the table has the keys")
        await pilot.press("o")
        await screen_is(pilot, JumpScreen)
        found = program(pilot).screen_stack[0]
        assert len([one for one in targets(found) if one.part]) == 2


async def test_dialogs_are_jumped_about_in_as_well() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("e")
        editor = await screen_is(pilot, ForwardEditor)
        await pilot.press("ctrl+g", "s")
        await until(pilot, lambda: editor.query_one(Suggestions).has_focus, "the list has the keys")
        await pilot.press("ctrl+g", "a")
        await until(pilot, lambda: editor.query_one(Input).has_focus, "the input has the keys")
        await pilot.press("escape", "d")
        await screen_is(pilot, ChooseScope)
        await pilot.press("ctrl+o")
        await screen_is(pilot, JumpScreen)


async def test_another_size_takes_the_letters_away() -> None:
    async with running(open_office().app(), (140, 40)) as pilot:
        await pilot.press("o")
        await screen_is(pilot, JumpScreen)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: program(pilot).screen is board(pilot), "the letters are gone")
