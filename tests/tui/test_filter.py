"""Showing only the queues that match some words."""

from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.keys import board, painted, program, queues_shown, running, table, until
from tests.tui.phone_system import open_office

from .test_board import WORST_FIRST


async def type_filter(pilot: Pilot[None], words: str) -> None:
    await pilot.press("slash", *words)


def bar(pilot: Pilot[None]) -> Input:
    return board(pilot).query_one("#filter", Input)


async def test_the_filter_knows_agents_sites_states_and_names() -> None:
    matching = {
        "chlo": ["8102", "8103"],
        "GALVESTON": ["8110", "8104", "8105", "8109", "8113", "8107"],
        "loop": ["8102", "8103", "8104"],
        "stranded": ["8110", "8100"],
        "811": ["8110", "8113", "8114", "8115", "8111", "8112"],
        "houston lost": ["8101", "8114"],
        "yard gate": ["8110"],
        " ": WORST_FIRST,
    }
    async with running(open_office("harbor").app()) as pilot:
        await pilot.press("slash")
        assert bar(pilot).display
        for words, shown in matching.items():
            bar(pilot).value = words
            await until(pilot, lambda: queues_shown(pilot) == shown, f"“{words}” shows {shown}")  # noqa: B023


async def test_letters_that_are_keys_elsewhere_are_only_letters_here() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await type_filter(pilot, "qest?")
        assert bar(pilot).value == "qest?"
        assert program(pilot).screen is board(pilot)
        assert program(pilot).is_running


async def test_nothing_matches() -> None:
    async with running(open_office().app()) as pilot:
        await type_filter(pilot, "zzz")
        assert queues_shown(pilot) == []
        assert "No queue matches “zzz”. Esc clears the filter." in painted(program(pilot))[3]
        assert board(pilot).chosen is None


async def test_enter_keeps_the_filter_and_escape_takes_it_away() -> None:
    async with running(open_office("harbor").app()) as pilot:
        everything = queues_shown(pilot)
        await type_filter(pilot, "loop")
        await pilot.press("enter")
        assert table(pilot).has_focus
        assert bar(pilot).display
        await pilot.press("down")
        assert table(pilot).cursor_key == "8103"
        await pilot.press("escape")
        assert not bar(pilot).display
        assert bar(pilot).value == ""
        assert queues_shown(pilot) == everything
        assert table(pilot).has_focus
        assert table(pilot).cursor_key == "8103"


async def test_escape_while_typing_gives_the_keys_back_to_the_queues() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await type_filter(pilot, "lo")
        await pilot.press("escape", "down")
        assert table(pilot).has_focus
        assert table(pilot).cursor == 1
        assert len(queues_shown(pilot)) == len(WORST_FIRST)
