"""The table on its own: what it draws, what it leaves alone, and where its cursor goes."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from widgets import line_table
from widgets.cells import Cell, CellSpan, Column, Row, cell, cell_length
from widgets.line_table import LineTable

COLUMNS = (
    Column("name", "Name", 8),
    Column("state", "State", 6),
    Column("wait", "Wait", 4, right=True),
    Column("extra", "Extra", 5, gives_way=1),
)
WIDTH, HEIGHT = 60, 10


class WatchedTable(LineTable):
    """Notes which of its lines are drawn, and which parts are asked to be."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self.drawn: list[int] = []
        self.asked: list[Region] = []
        self.heard: list[str] = []

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)

    def forget(self) -> None:
        self.drawn.clear()
        self.asked.clear()
        self.heard.clear()


class TableApp(App[None]):
    """One table."""

    def compose(self) -> ComposeResult:
        yield WatchedTable()

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        self.table.heard.append(f"rests on {event.key}")

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        self.table.heard.append(f"opens {event.key}")

    @property
    def table(self) -> WatchedTable:
        return self.query_one(WatchedTable)


def row(key: str, state: str = "ready", wait: str = "") -> Row:
    return Row(key, (cell(f"Queue {key}", "strong"), cell(state, "good"), cell(wait), cell("x")))


def rows(count: int) -> list[Row]:
    return [row(str(number)) for number in range(count)]


@asynccontextmanager
async def showing(
    some: Iterable[Row], size: tuple[int, int] = (WIDTH, HEIGHT)
) -> AsyncIterator[tuple[Pilot[None], WatchedTable]]:
    app = TableApp()
    async with app.run_test(size=size) as pilot:
        app.table.focus()
        app.table.show_rows(some)
        await pilot.pause()
        app.table.forget()
        yield pilot, app.table


async def resize(pilot: Pilot[None], table: LineTable, width: int, height: int) -> None:
    await pilot.resize_terminal(width, height)
    for _ in range(100):
        if table.size == (width, height):
            break
        await pilot.pause()
    assert table.size == (width, height)


def lines(table: LineTable) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


async def test_the_same_rows_again_draw_nothing() -> None:
    async with showing(rows(5)) as (pilot, table):
        for _ in range(3):
            table.show_rows(rows(5))
            await pilot.pause()
        assert table.drawn == []


async def test_a_changed_cell_asks_for_its_own_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(rows(5)) as (_pilot, table):
        monkeypatch.setattr(table, "refresh", lambda *regions: table.asked.extend(regions))
        changed = [*rows(2), row("2", "busy"), *rows(5)[3:]]
        table.show_rows(changed)
        left = table.render_line(3).text.index("busy")
        # Its six cells, and the two of air that it has here.
        assert table.asked == [Region(left, 3, 8, 1)]
        table.asked.clear()
        table.show_rows([*rows(2), row("2", "busy", "4"), *rows(5)[3:]])
        assert [(region.y, region.width) for region in table.asked] == [(3, 6)]
        assert table.render_line(3).text[table.asked[0].x :][:6] == "     4"


async def test_only_the_line_of_a_changed_row_is_drawn_again() -> None:
    async with showing(rows(5)) as (pilot, table):
        table.show_rows([*rows(4), row("4", "busy")])
        await pilot.pause()
        assert table.drawn == [5]


async def test_a_change_out_of_sight_draws_nothing() -> None:
    async with showing(rows(50)) as (pilot, table):
        table.show_rows([*rows(40), row("40", "busy"), *rows(50)[41:]])
        await pilot.pause()
        assert table.drawn == []
        await pilot.press("end")
        assert "busy" not in "".join(lines(table)[:1])
        await pilot.press("home")
        table.forget()
        # Scrolled down, a row's line is counted from the first one in sight.
        await pilot.press("end")
        await pilot.pause()
        table.forget()
        table.show_rows(rows(50))
        await pilot.pause()
        assert table.drawn == []
        table.show_rows([*rows(49), row("49", "busy")])
        await pilot.pause()
        assert table.drawn == [HEIGHT - 1]


async def test_moving_the_cursor_draws_two_lines() -> None:
    async with showing(rows(5)) as (pilot, table):
        await pilot.press("down")
        assert sorted(table.drawn) == [1, 2]
        assert table.heard == ["rests on 1"]


async def test_swapped_rows_draw_two_lines_and_keep_the_cursor() -> None:
    async with showing(rows(6)) as (pilot, table):
        table.move_to("4")
        await pilot.pause()
        table.forget()
        swapped = rows(6)
        swapped[1], swapped[4] = swapped[4], swapped[1]
        table.show_rows(swapped)
        await pilot.pause()
        assert sorted(table.drawn) == [2, 5]
        assert (table.cursor, table.cursor_key) == (1, "4")
        assert table.heard == []


async def test_until_somebody_moves_it_the_cursor_is_on_the_first_row() -> None:
    async with showing(rows(4)) as (pilot, table):
        table.show_rows(list(reversed(rows(4))))
        await pilot.pause()
        assert (table.cursor_key, table.heard) == ("3", ["rests on 3"])
        await pilot.click(WatchedTable, offset=(5, 1))
        table.show_rows(rows(4))
        await pilot.pause()
        assert (table.cursor, table.cursor_key) == (3, "3")


async def test_when_the_row_under_the_cursor_goes_the_next_one_is_it() -> None:
    async with showing(rows(4)) as (pilot, table):
        table.move_to("2")
        await pilot.pause()
        table.forget()
        table.show_rows([one for one in rows(4) if one.key != "2"])
        await pilot.pause()
        assert (table.cursor_key, table.heard) == ("3", ["rests on 3"])
        table.show_rows(rows(2))
        await pilot.pause()
        assert table.cursor_key == "1"
        # The row that has the cursor now was not changed, and is drawn with it all the same.
        assert 2 in table.drawn
        table.show_rows([])
        await pilot.pause()
        assert table.cursor_key is None
        table.show_rows(rows(3))
        await pilot.pause()
        assert table.cursor_key == "0"


async def test_every_key_of_the_cursor() -> None:
    async with showing(rows(30)) as (pilot, table):
        page = HEIGHT - 2
        for keys, at in (
            ("down", 1),
            ("j", 2),
            ("k", 1),
            ("up", 0),
            ("up", 0),
            ("pagedown", page),
            ("ctrl+f", 2 * page),
            ("pageup", page),
            ("ctrl+b", 0),
            ("ctrl+d", page // 2),
            ("ctrl+u", 0),
            ("G", 29),
            ("down", 29),
            ("g", 0),
            ("end", 29),
            ("pagedown", 29),
            ("home", 0),
        ):
            await pilot.press(keys)
            assert (keys, table.cursor) == (keys, at)
            assert table.scroll_offset.y <= at < table.scroll_offset.y + HEIGHT - 1


async def test_keys_on_an_empty_table_are_harmless() -> None:
    async with showing([]) as (pilot, table):
        await pilot.press("down", "up", "G", "g", "pagedown", "pageup", "enter")
        assert (table.cursor, table.cursor_key) == (0, None)
        table.empty = "Nothing here."
        assert lines(table)[2] == " Nothing here.".ljust(WIDTH)
        table.show_rows(rows(1))
        assert "Nothing here." not in "".join(lines(table))


NAMES = (
    "陳美玲 May Chan",
    "Zoë Brandt",
    "e\u0301te\u0301 combining",
    "👩‍👩‍👧 family",
    "🇩🇪 flag ✈️",
    "ＷＩＤＥ" * 9,
    "a" * 99,
    "",
)


@pytest.mark.parametrize("width", [60, 45, 39, 25, 21, 9, 1])
async def test_columns_stay_in_line_whatever_the_names(width: int) -> None:
    named = [Row(name, (cell(name), cell("STATE!"), cell("12"), cell("x"))) for name in NAMES]
    async with showing(named, (width, HEIGHT)) as (_pilot, table):
        strips = [table.render_line(y) for y in range(HEIGHT)]
        assert {strip.cell_length for strip in strips} == {width}
        if width >= 21:
            shown = [strip.text for strip in strips[1 : len(NAMES) + 1]]
            assert len({cell_len(text[: text.index("STATE!")]) for text in shown}) == 1


async def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    long = Row("1", (cell("A very long name for a queue"), cell("stranded"), cell("123456"), cell("")))
    wide = Row(
        "2", (cell("陳美玲陳美玲陳美玲"), (CellSpan("ab"), CellSpan("cdef"), CellSpan("gh")), cell("1"), cell(""))
    )
    async with showing([long, wide], (23, HEIGHT)) as (_pilot, table):
        assert lines(table)[1] == " A very l… stran… 123… "
        # Nine cells hold four wide characters, and the ellipsis is one more.
        assert lines(table)[2] == " 陳美玲陳… abcde…    1 "


async def test_a_narrow_table_gives_up_columns_and_a_wide_one_shares_the_room() -> None:
    async with showing(rows(2), (60, HEIGHT)) as (pilot, table):
        assert "Extra" in lines(table)[0]
        await resize(pilot, table, 24, HEIGHT)
        assert lines(table)[0].rstrip() == " Name     State  Wait"
        await resize(pilot, table, 10, 3)
        assert [len(line) for line in lines(table)] == [10, 10, 10]
        await resize(pilot, table, 60, HEIGHT)
        assert "Extra" in lines(table)[0]


async def test_rows_that_a_filter_gives_back_are_not_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[Cell] = []

    def measure(spans: Cell) -> int:
        measured.append(spans)
        return cell_length(spans)

    monkeypatch.setattr(line_table, "cell_length", measure)
    async with showing(rows(100)) as (_pilot, table):
        measured.clear()
        everything = table.rows
        table.show_rows(everything[7:8])
        table.show_rows(everything)
        assert not measured
        table.show_rows([*everything[:99], row("99", "dark")])
        assert set(measured) == set(row("99", "dark").cells)


async def test_columns_keep_their_width_until_the_terminal_gets_another() -> None:
    async with showing([row("1", "read in a moment")], (60, HEIGHT)) as (pilot, table):
        wide = lines(table)[0]
        table.show_rows([row("1")])
        assert lines(table)[0] == wide
        await resize(pilot, table, 60, HEIGHT - 1)
        assert lines(table)[0] == wide
        await resize(pilot, table, 59, HEIGHT)
        await resize(pilot, table, 60, HEIGHT)
        narrow = lines(table)[0]
    async with showing([row("1")], (60, HEIGHT)) as (_pilot, fresh):
        assert wide != narrow == lines(fresh)[0]


async def test_the_cursor_stays_in_sight_when_the_table_shrinks() -> None:
    async with showing(rows(30), (60, 24)) as (pilot, table):
        table.move_to("20")
        await resize(pilot, table, 60, 8)
        assert any("Queue 20 " in line for line in lines(table))


@settings(deadline=None)
@given(st.permutations(range(6)), st.integers(0, 5), st.booleans())
def test_a_held_row_stands_while_the_others_are_sorted(order: list[int], at: int, there: bool) -> None:
    table = LineTable(COLUMNS)
    table.show_rows(rows(6))
    table.set_reactive(LineTable.cursor, at)
    table.hold()
    given = [row(str(number)) for number in order if there or number != at]
    table.show_rows(given)
    shown = [shown_row.key for shown_row in table.rows]
    others = [other.key for other in given if other.key != str(at)]
    assert [key for key in shown if key != str(at)] == others
    if there:
        assert (shown[at], table.cursor_key) == (str(at), str(at))
    table.let_go()
    assert list(table.rows) == given


async def test_a_held_row_is_let_go_by_the_cursor_that_leaves_it() -> None:
    async with showing(rows(5)) as (pilot, table):
        table.hold()
        table.show_rows([*rows(5)[1:], row("0")])
        assert [shown.key for shown in table.rows] == ["0", "1", "2", "3", "4"]
        await pilot.press("down")
        assert [shown.key for shown in table.rows] == ["1", "2", "3", "4", "0"]
        assert (table.cursor_key, table.held) == ("1", None)
