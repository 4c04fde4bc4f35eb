"""How the board is looked at: remembered and seen at once; columns are chosen, and no verdict is switched off."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.connection.connection import SwitchTarget
from queuewatch.storage.view_preferences import View, ViewMemory
from screens.board.choose_columns import ChooseColumns
from tests.tui.keys import board, painted, program, queues_shown, running, screen_is, status, until
from tests.tui.phone_system import Office, open_office
from widgets.cells import column_widths
from widgets.containers import ChoiceList
from widgets.prompt import FilterLine
from widgets.queue_rows import ALWAYS, QUEUE_COLUMNS, Sort, board_columns, chosen_columns

EVERY = tuple(column.key for column in QUEUE_COLUMNS)


@pytest.fixture
def memory(tmp_path: Path) -> ViewMemory:
    return ViewMemory(tmp_path)


def remembered(office: Office, memory: ViewMemory) -> View:
    return memory.view(office.connection.title, office.connection.system.domain)


async def test_sort_and_filter_come_back_and_the_filter_is_seen(memory: ViewMemory) -> None:
    office = open_office(memory=memory)
    async with running(office.app()) as pilot:
        await pilot.press("s", "slash", *"dallas", "enter")
        first = queues_shown(pilot)
    assert remembered(office, memory) == View("NAME", "dallas")
    async with running(open_office(memory=memory).app()) as pilot:
        assert board(pilot).sort is Sort.NAME
        assert queues_shown(pilot) == first
        assert board(pilot).query_one(FilterLine).is_shown
        assert any(line.strip() == "dallas" for line in painted(program(pilot)))
        assert status(pilot) == "As you left it: only queues with “dallas” (esc shows all), sorted by name."
        assert board(pilot).query_one("#queues").has_focus
        await pilot.press("escape")
        assert len(queues_shown(pilot)) > len(first)
    async with running(open_office(memory=memory).app()) as pilot:
        assert not any(line.is_shown for line in board(pilot).query(FilterLine))


async def test_a_filter_that_matches_nothing_any_more_says_so(memory: ViewMemory) -> None:
    office = open_office(memory=memory)
    memory.keep_view(office.connection.title, office.connection.system.domain, View("GONE", "zzz", ("gone",)))
    async with running(office.app()) as pilot:
        assert board(pilot).sort is Sort.WORST
        assert any("No queue matches “zzz”. Esc clears the filter." in line for line in painted(program(pilot)))
        await pilot.press("escape")
        assert queues_shown(pilot)


async def test_another_phone_system_is_looked_at_in_its_own_way(memory: ViewMemory) -> None:
    there = open_office("riverside", memory=memory)
    memory.keep_view(there.connection.title, there.connection.system.domain, View("SITE", "", ("queue", "agents")))
    here = open_office(memory=memory)
    place = SwitchTarget("other", "riverside.example", "other", lambda: there.connection)
    here.connection = replace(here.connection, switch_targets=lambda: (place,))
    async with running(here.app()) as pilot:
        await pilot.press("slash", *"dallas", "enter")
        program(pilot)._go(place)
        await until(pilot, lambda: board(pilot).connection is there.connection, "it is shown")
        assert (board(pilot).sort, board(pilot).filter_text) == (Sort.SITE, "")
        assert not board(pilot).query_one(FilterLine).is_shown
        assert board(pilot).columns == ("now", "dark", "queue", "agents")
        assert status(pilot) == "As you left it: sorted by site, with your columns."
    assert remembered(here, memory).filter == "dallas"


async def test_a_file_that_cannot_be_written_is_one_quiet_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with running(open_office(memory=ViewMemory(tmp_path / "file")).app()) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: "is not kept" in status(pilot), "it is said")
        await pilot.press("s")
        assert board(pilot).sort is Sort.EXTENSION


async def test_columns_are_hidden_moved_and_put_back(memory: ViewMemory) -> None:
    office = open_office(memory=memory)
    async with running(office.app(), (140, 40)) as pilot:
        await pilot.press("C")
        columns = await screen_is(pilot, ChooseColumns)
        await until(pilot, lambda: columns.query_one(ChoiceList).option_count == len(EVERY), "the list is there")
        await pilot.press("G", "space", "K")
        assert "site" not in board(pilot).columns
        await pilot.press("g", "j", "space")
        await until(pilot, lambda: any("always stay" in line for line in painted(program(pilot))), "it is said")
        await pilot.press("J", "escape")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "the dialog is closed")
        heads = next(line for line in painted(program(pilot)) if "Queue" in line and "If dark" in line)
        assert heads.index("If dark") < heads.index("Now")
        assert "Site" not in heads
    assert remembered(office, memory).columns == ("queue", "dark", "now", *EVERY[3:-1])
    async with running(open_office(memory=memory).app(), (140, 40)) as pilot:
        assert board(pilot).columns == ("queue", "dark", "now", *EVERY[3:-1])
        await pilot.press("comma")
        columns = await screen_is(pilot, ChooseColumns)
        await until(pilot, lambda: columns.query_one(ChoiceList).option_count == len(EVERY), "the list is there")
        await pilot.press("0", "comma")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "the dialog is closed")
        assert board(pilot).columns == ()
    assert remembered(office, memory).columns == ()


def test_a_verdict_cannot_be_hidden_by_any_file() -> None:
    assert chosen_columns(["site", "site", "nonsense"]) == (*ALWAYS, "site")
    assert chosen_columns([]) == chosen_columns(["nonsense"]) == chosen_columns(EVERY) == ()


def test_columns_give_way_as_before_and_others_take_the_room() -> None:
    for width, gone in ((58, {"offline", "site"}), (78, set())):
        shown = column_widths(board_columns(None), width, 1)
        given_way = {column.key for column, cells in zip(board_columns(None), shown, strict=True) if not cells}
        assert given_way == gone, width
    without = [column for column in board_columns(None) if column.key not in ("offline", "waiting")]
    assert all(column_widths(without, 58, 1)), "where When Offline is hidden, the site has room at 60 columns"


async def test_a_demo_begins_the_same_every_time() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("s")
    async with running(open_office().app()) as pilot:
        assert board(pilot).sort is Sort.WORST
