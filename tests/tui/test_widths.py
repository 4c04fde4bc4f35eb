"""How the columns of a table share its width: by what is in them."""

from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from queuewatch.failover.drill.matrix import SiteMatrix
from widgets.cells import Column, column_widths, whole_width
from widgets.containers import arranged
from widgets.queue_rows import OTHER_SITES, board_columns, own_columns, site_of_column

GAP = 1
WIDTHS = range(60, 221)
SITES = tuple(Column(f"site {place}", "Site", 2, gives_way=1 + place) for place in range(4))
BOARD = (*board_columns(None)[:3], *SITES, *board_columns(None)[3:])
LONGEST = {"queue": 70, "offline": 40, "site": 30, "agents": 14}
"""How long a cell of these may be; all others keep to their column's width."""

Lengths = list[tuple[int, ...]]


def company() -> st.SearchStrategy[Lengths]:
    """The cells' lengths in the rows of some company."""
    cells = (st.integers(0, LONGEST.get(column.key, column.width)) for column in BOARD)
    return st.lists(st.tuples(*cells), min_size=1, max_size=12)


def contents(rows: Lengths) -> list[Counter[int]]:
    return [Counter(column) for column in zip(*rows, strict=True)]


def whole(rows: Lengths, widths: tuple[int, ...]) -> int:
    return sum(width > 0 and length <= width for row in rows for length, width in zip(row, widths, strict=True))


ONE_LONG_NAME: Lengths = [(61, *(2 for _ in BOARD[1:])), *[(9, *(2 for _ in BOARD[1:]))] * 3]
NAMES_OR_DESTINATIONS: Lengths = [
    (name, *(2 for _ in BOARD[1:-3]), offline, 1, 6)
    for name, offline in zip(range(21, 27), (14, 14, *[17] * 4), strict=True)
]
"""Where When Offline comes in, no name is whole any more."""
LONG_NUMBERS: Lengths = [(40, 12, 11, 1, 1, 1, 1, 4, 3, 38, 1, 30)] * 4


@example(ONE_LONG_NAME)
@example(NAMES_OR_DESTINATIONS)
@example(LONG_NUMBERS)
@settings(max_examples=40)
@given(company())
def test_no_window_shows_fewer_whole_cells_than_a_narrower_one(rows: Lengths) -> None:
    seen = [whole(rows, column_widths(BOARD, width, GAP, contents(rows))) for width in WIDTHS]
    assert seen == sorted(seen)


@example(ONE_LONG_NAME)
@example(LONG_NUMBERS)
@settings(max_examples=40)
@given(company())
def test_nothing_is_cut_while_another_column_has_air(rows: Lengths) -> None:
    lengths = contents(rows)
    for width in WIDTHS:
        widths = column_widths(BOARD, width, GAP, lengths)
        shown = [
            (cells, max(column.width, *found))
            for column, cells, found in zip(BOARD, widths, lengths, strict=True)
            if cells
        ]
        taken = sum(cells for cells, _ in shown) + GAP * (len(shown) - 1)
        assert taken <= width
        if any(cells < needed for cells, needed in shown):
            assert all(cells <= needed for cells, needed in shown)
            assert taken == width


@settings(max_examples=40)
@given(company())
def test_where_all_has_room_nothing_is_cut_and_one_cell_less_cuts_something(rows: Lengths) -> None:
    lengths = contents(rows)
    least = whole_width(BOARD, lengths, GAP)
    assert whole(rows, column_widths(BOARD, least, GAP, lengths)) == len(rows) * len(BOARD)
    assert sum(column_widths(BOARD, least, GAP, lengths)) == least - GAP * (len(BOARD) - 1)


def test_a_name_that_is_still_one_and_the_two_verdicts_have_their_room_first() -> None:
    lengths = contents([(30, 12, 11, 1, 1, 1, 1, 8, 3, 17, 1, 6)])
    widths = column_widths(BOARD, 58, GAP, lengths)
    assert widths[:7] == (21, 12, 11, 2, 2, 2, 2)
    assert column_widths(BOARD, 46, GAP, lengths)[:3] == (21, 12, 11)
    assert column_widths(BOARD, 30, GAP, lengths)[1:3] == (12, 11)


ASKED_LEAST = sum(column.width + GAP for column in BOARD if column.asked) - GAP


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            *(st.integers(14, 70) if column.key == "queue" else st.integers(0, column.width) for column in BOARD)
        ),
        min_size=1,
    )
)
def test_long_names_are_shortened_before_an_answer_goes(rows: Lengths) -> None:
    for width in range(ASKED_LEAST, 221):
        widths = column_widths(BOARD, width, GAP, contents(rows))
        assert all(cells for column, cells in zip(BOARD, widths, strict=True) if column.asked)


@given(st.integers(0, 60), st.integers(40, 220), st.booleans())
def test_every_site_has_a_column_or_is_counted_where_the_others_are(sites: int, width: int, alike: bool) -> None:
    matrix = SiteMatrix(
        tuple(f"{'Building ' if alike else ''}{place}{'' if alike else ' Street'}" for place in range(sites))
    )
    columns = board_columns(matrix, own_columns(matrix, width))
    own = [column for column in columns if site_of_column(column.key)]
    others = [int(column.title.removeprefix("+")) for column in columns if column.key == OTHER_SITES]
    assert len(own) + sum(others) == sites
    lengths = contents([tuple(60 if column.key == "queue" else column.width for column in columns)])
    shown = {
        column.key: cells
        for column, cells in zip(columns, column_widths(columns, width, GAP, lengths), strict=True)
    }
    if width >= 57:
        assert all(shown[column.key] for column in own)
        assert OTHER_SITES not in shown or shown[OTHER_SITES]
        spared_all = all(shown[column.key] for column in columns if column.asked)
        assert shown["queue"] >= 20 or spared_all


@given(st.integers(1, 60), st.integers(40, 160), st.integers(0, 40), st.integers(0, 12))
def test_a_wider_window_has_no_fewer_rows_and_the_panel_takes_nothing_from_the_table(
    height: int, whole: int, rows: int, sites: int
) -> None:
    seen = []
    for width in WIDTHS:
        room = arranged(width, height, whole=whole, rows=rows, sites=sites)
        assert not room.panel or width - room.panel >= whole
        left = height - room.facts - room.buildings
        assert left >= min(height, 4), "the title and three rows"
        seen.append(min(rows, (room.table or left) - 1))
    assert seen == sorted(seen)


@given(st.integers(12, 30), st.integers(1, 8), st.integers(1, 6), st.data())
def test_a_power_cut_is_seen_wherever_all_queues_are(
    height: int, rows: int, sites: int, data: st.DataObject
) -> None:
    dark = data.draw(st.integers(1, sites))
    quiet = arranged(80, height, whole=79, rows=rows, sites=sites)
    room = arranged(80, height, whole=79, rows=rows, sites=sites, dark=dark)
    assert room.buildings >= quiet.buildings
    assert height - room.facts - room.buildings >= min(rows + 1, 4)
    if height >= 1 + rows + 1 + dark + 3:
        assert room.buildings >= 1 + dark
        assert height - room.facts - room.buildings >= 1 + rows
        assert room.facts >= 3
