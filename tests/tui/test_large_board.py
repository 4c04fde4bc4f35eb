"""A board of many more queues than fit on the screen: each key does only what it changes."""

from collections.abc import Sequence
from typing import Any

import pytest
from rich.style import Style
from textual.pilot import Pilot
from textual.strip import Strip

from queuewatch.failover.model import Queue
from queuewatch.polling.poller import Poller
from queuewatch.polling.state import LiveState
from screens.board import board as board_module
from tests.tui.keys import board, on_board, queues_shown, resize, running, table, until
from tests.tui.phone_system import open_office
from tests.wire.company import large_company
from widgets import queue_rows as rows_module
from widgets.cells import Row
from widgets.line_table import LineTable

QUEUES, AGENTS = 80, 5


def seen(pilot: Pilot[None]) -> tuple[str, ...]:
    return tuple(key for _, key in table(pilot).rows_seen())


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """What the poller is told to be on the screen, one telling after the other."""
    tellings: list[Sequence[str]] = []
    focus = Poller.focus_sight

    def listen(poller: Poller, queues: Sequence[str]) -> None:
        tellings.append(queues)
        focus(poller, queues)

    monkeypatch.setattr(Poller, "focus_sight", listen)
    return tellings


async def test_what_is_on_the_screen_is_told_once_it_stands_still(
    told: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(open_office(large_company(QUEUES, AGENTS)).app()) as pilot:
        await until(pilot, lambda: told[-1:] == [seen(pilot)], "the first are told")
        top, tellings = seen(pilot), len(told)
        assert 10 < len(top) < QUEUES
        monkeypatch.setattr(board_module, "SETTLED", 3600.0)
        await pilot.press("pagedown", "pagedown", "pagedown", "down", "pageup")
        await until(pilot, lambda: seen(pilot) != top, "it is scrolled")
        assert len(told) == tellings
        monkeypatch.setattr(board_module, "SETTLED", 0.001)
        await pilot.press("G")
        await until(pilot, lambda: told[-1] == seen(pilot) and seen(pilot)[-1] == "8079", "the last are told")
        assert len(told) == tellings + 1
        await resize(pilot, 80, 40)
        await until(pilot, lambda: len(told[-1]) > len(top) and told[-1] == seen(pilot), "there is room for more")
        await pilot.press("slash", *"8041")
        await until(pilot, lambda: told[-1] == ("8041",) == seen(pilot), "what is found is told")


class Counts:
    """How many rows were made, and how many lines of the board's table were drawn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[str] = []
        self.drawn = 0
        make, draw = rows_module.queue_row, LineTable._render_row

        def counted_row(live_state: LiveState, queue: Queue, *more: Any, **named: Any) -> Row:
            self.made.append(queue.extension)
            return make(live_state, queue, *more, **named)

        def counted_line(of: LineTable, row: Row, base: Style, width: int) -> Strip:
            self.drawn += of.id == "queues"
            return draw(of, row, base, width)

        monkeypatch.setattr(rows_module, "queue_row", counted_row)
        monkeypatch.setattr(LineTable, "_render_row", counted_line)

    def begin(self) -> None:
        self.made.clear()
        self.drawn = 0


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    return Counts(monkeypatch)


async def test_keys_make_no_row_anew_and_draw_only_what_moved(counts: Counts) -> None:
    office = open_office(large_company(QUEUES, AGENTS))
    async with running(office.app()) as pilot:
        height = table(pilot).size.height
        counts.begin()
        await pilot.press("down", "down", "up")
        await until(pilot, lambda: table(pilot).cursor == 1, "the cursor moved")
        assert counts.drawn <= 3 * 2
        for key in ("pagedown", "pagedown", "G", "pageup", "g"):
            counts.begin()
            await pilot.press(key)
            await until(pilot, lambda: counts.drawn > 0, f"{key} is drawn")
            assert counts.drawn <= height
        for width in (120, 60, 80):
            await resize(pilot, width, 24)
        await pilot.press("slash", *"queue 8041")
        await until(pilot, lambda: queues_shown(pilot) == ["8041"], "one is left")
        await pilot.press("escape")
        await until(pilot, lambda: len(queues_shown(pilot)) == QUEUES, "all are back")
        assert counts.made == []
        office.pbx.floor.log_out(office.pbx.floor.seats(f"1000@{office.pbx.domain}", "8003"))
        before = on_board(pilot, "8003")
        board(pilot).action_refresh_now()
        await until(pilot, lambda: on_board(pilot, "8003") != before, "somebody has left")
        assert set(counts.made) == {"8003"}
