"""A table that is quiet on the wire: what did not change is not drawn again.

Drawn line by line (Textual's Line API). A changed cell repaints its own few columns; an unchanged table
repaints nothing, however often it is told the same rows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.action import bindings
from widgets.cells import ASIDE, Cell, Column, Row, cell_length, column_widths, fit, whole_width
from widgets.marks import GLYPHS
from widgets.moves import TABLE
from widgets.themes import text_style


class ColumnOrder:
    """The columns shown of all there are, and their widths. A row has a cell for every column, shown or not."""

    def __init__(self, columns: Iterable[Column], gap: int) -> None:
        self.all = tuple(columns)
        self._gap = gap
        self._needs = [column.width for column in self.all]
        self._asides = list(self._needs)
        self._contents = [Counter[int]() for _ in self.all]
        self._measured: dict[str, tuple[Row, tuple[int, ...], tuple[int, ...]]] = {}
        """The rows as they were measured last, by key, with their cells' lengths, without and with asides."""
        self.keys: tuple[str, ...] = ()
        """Those that were chosen; empty for all."""
        self.choose(())

    def choose(self, keys: Iterable[str]) -> None:
        """Show these in this order; without a key, all as they were at first."""
        self.keys = tuple(keys)
        self._order = self._places(self.keys)
        self.shown = tuple(self.all[place] for place in self._order)
        """Those shown, in order."""
        self._forget_widths()

    def have(self, columns: tuple[Column, ...]) -> None:
        """There are these from now on, as if there had been no row yet; rows with a cell for each come next."""
        self.all = columns
        self._needs = [column.width for column in columns]
        self._asides = list(self._needs)
        self._contents = [Counter[int]() for _ in columns]
        self._measured = {}
        self.choose(self.keys)

    def grow(self, rows: Iterable[Row]) -> bool:
        """Whether any of the rows needs wider columns than there were: they have them then.

        None shrinks by this: what comes and goes, such as a filter, moves nothing, and is not measured again.
        """
        new = {row.key: (row, *_lengths(row)) for row in rows if not self._is_measured(row)}
        self._measured.update(new)
        needs = [
            max(column) for column in zip(self._needs, *(lengths for _, lengths, _ in new.values()), strict=True)
        ]
        asides = [
            max(column) for column in zip(self._asides, *(whole for _, _, whole in new.values()), strict=True)
        ]
        if (needs, asides) == (self._needs, self._asides):
            return False
        self._needs, self._asides = needs, asides
        known = (self._measured[row.key][1] for row in rows)
        self._contents = [Counter(column) for column in zip(*known, strict=True)]
        self._forget_widths()
        return True

    def _is_measured(self, row: Row) -> bool:
        measured = self._measured.get(row.key)
        return measured is not None and measured[0] is row

    def _forget_widths(self) -> None:
        self._widths: dict[int, tuple[int, ...]] = {}

    def widths(self, width: int) -> tuple[int, ...]:
        """The width of each in a table this wide; 0 where there is no room for it."""
        if width not in self._widths:
            contents = [self._contents[place] for place in self._order]
            asides = [self._asides[place] for place in self._order]
            self._widths[width] = column_widths(self.shown, width, self._gap, contents, asides)
        return self._widths[width]

    def whole(self, keys: Iterable[str]) -> int:
        """The width at which nothing is cut of these columns; without a key, of all."""
        places = self._places(keys)
        columns = (self.all[place] for place in places)
        return whole_width(columns, [self._contents[place] for place in places], self._gap)

    def _places(self, keys: Iterable[str]) -> tuple[int, ...]:
        known = {column.key: place for place, column in enumerate(self.all)}
        return tuple(known[key] for key in dict.fromkeys(keys) if key in known) or tuple(known.values())

    def cells(self, row: Row) -> Iterator[Cell]:
        """The cells of a row that are shown, in order."""
        return (row.cells[place] for place in self._order)


def _lengths(row: Row) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How long each cell is without what is said aside, and with it."""
    whole = tuple(map(cell_length, row.cells))
    lengths = (
        length - cell_length(spans[-1:]) if spans and spans[-1].style == ASIDE else length
        for length, spans in zip(whole, row.cells, strict=True)
    )
    return tuple(lengths), whole


GAP = 1
HEADER = 1


class TableMessage(Message):
    """Something that happened in a table."""

    def __init__(self, table: "LineTable") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "LineTable":
        """The table, for ``@on``."""
        return self.table


class LineTable(ScrollView, can_focus=True):
    """Rows under a fixed header, one of them under the cursor."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LineTable {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        height: 1fr;
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-table--header",
        "line-table--cursor",
        "line-table--cursor-blurred",
    }
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*TABLE)]

    cursor: var[int] = var(0)
    empty: reactive[str] = reactive("")
    """What is said where there are no rows."""

    class Highlighted(TableMessage):
        """The cursor came to rest on a row."""

        def __init__(self, table: "LineTable", key: str | None) -> None:
            super().__init__(table)
            self.key = key

        def can_replace(self, message: Message) -> bool:
            """Only the latest resting place matters."""
            return isinstance(message, LineTable.Highlighted) and message.table is self.table

    class Widened(TableMessage):
        """It takes more room now to cut nothing."""

    class Chosen(TableMessage):
        """A row was opened."""

        def __init__(self, table: "LineTable", key: str) -> None:
            super().__init__(table)
            self.key = key

    class HeaderPressed(TableMessage):
        """A column's title was clicked."""

        def __init__(self, table: "LineTable", column: str) -> None:
            super().__init__(table)
            self.column = column

    def __init__(self, columns: Iterable[Column], *, id: str | None = None, margin: int = 1) -> None:
        super().__init__(id=id)
        self._margin = margin
        self.auto_links = False
        self._columns = ColumnOrder(columns, GAP)
        self._rows: tuple[Row, ...] = ()
        self._given: tuple[Row, ...] = ()
        """The rows in the order in which they were given, which a row that is held may be out of."""
        self._held: tuple[str, int] | None = None
        self._titles: dict[str, str] = {}
        self._sorted = ("", "")
        self._marked: frozenset[str] = frozenset()
        self._placed = False
        self._fitted = 0
        """The width for which the columns were fitted last."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows shown now, in order."""
        return self._rows

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor."""
        return self._rows[self.cursor].key if self.cursor < len(self._rows) else None

    def show_rows(self, rows: Iterable[Row], columns: Sequence[Column] = ()) -> bool:
        """Show these rows, drawing only what differs; ``columns`` are all there are, where others than before.

        Returns whether other keys stand there than before, or in another order.
        Once somebody has put the cursor on a row, it stays on it wherever that moves to; until then it is on top.
        A row that is held does not move at all.
        """
        self._given = tuple(rows)
        old, new = self._rows, self._arranged()
        others = bool(columns) and tuple(columns) != self._columns.all
        if others:
            self._columns.have(tuple(columns))
        elif old == new:
            return False
        moved = [row.key for row in old] != [row.key for row in new]
        key = self.cursor_key
        self._rows = new
        if self._columns.grow(new) or others:
            self.refresh()
            self.post_message(self.Widened(self))
            old = ()
        elif not moved:
            for index, (before, after) in enumerate(zip(old, new, strict=True)):
                if before != after:
                    self._refresh_changed(index, before, after)
            return False
        if len(old) != len(new):
            self._set_size()
        top = self.scroll_offset.y
        for index in range(top, min(max(len(old), len(new)), top + self.size.height)):
            if index >= len(old) or index >= len(new) or old[index] != new[index]:
                self._refresh_row(index)
        self._restore_cursor(key)
        return moved

    def _restore_cursor(self, key: str | None) -> None:
        at = next((i for i, row in enumerate(self._rows) if row.key == key), None)
        if not self._placed:
            at = 0
        elif at is None:
            at = max(0, min(self.cursor, len(self._rows) - 1))
        self.set_reactive(LineTable.cursor, at)
        self._keep_cursor_visible()
        if self.cursor_key != key:
            self.post_message(self.Highlighted(self, self.cursor_key))

    @property
    def held(self) -> str | None:
        """The key of the row that is kept where it is; ``None`` if none is."""
        return self._held[0] if self._held else None

    def hold(self) -> None:
        """Keep the row under the cursor where it is until the cursor leaves it: something is done to it.

        Whatever becomes of it meanwhile, the next key is about the same row, and it is at the same place.
        """
        if (key := self.cursor_key) is not None and self.held != key:
            self.move_to(key)
            self._held = key, self.cursor

    def let_go(self) -> None:
        """Have every row at its own place again."""
        if self._held is not None:
            self._held = None
            self.show_rows(self._given)

    def _arranged(self) -> tuple[Row, ...]:
        own = next((row for row in self._given if row.key == self.held), None)
        if own is None or self._held is None:
            return self._given
        others = [row for row in self._given if row is not own]
        others.insert(self._held[1], own)
        return tuple(others)

    def show_columns(self, keys: Iterable[str]) -> None:
        """Show these columns in this order; without a key, all as they were at first."""
        if (chosen := tuple(keys)) != self._columns.keys:
            self._columns.choose(chosen)
            self.refresh()

    @property
    def whole_width(self) -> int:
        """The width at which the table cuts nothing."""
        return self.whole_with(self._columns.keys)

    def whole_with(self, keys: Iterable[str]) -> int:
        """The width at which it would cut nothing with these columns; without a key, with all."""
        return self._columns.whole(keys) + 2 * self._margin

    def retitle(self, key: str, title: str) -> None:
        """Put this over the column of that key; without a ``title``, its own again."""
        if self._titles.get(key, "") != title:
            self._titles[key] = title
            self.refresh(Region(0, 0, self.size.width, HEADER))

    def show_sorted(self, key: str, sign: str) -> None:
        """Put the sign of the order behind the title of the column that the rows are sorted by."""
        if self._sorted != (key, sign):
            self._sorted = (key, sign)
            self.refresh(Region(0, 0, self.size.width, HEADER))

    @property
    def marked(self) -> frozenset[str]:
        """The keys of the rows that bear a mark, shown or not."""
        return self._marked

    def show_marks(self, keys: Iterable[str]) -> None:
        """Put a mark before the rows of these keys and no other, drawing only what differs."""
        marked = frozenset(keys)
        turned, self._marked = self._marked ^ marked, marked
        for y, key in self.rows_seen():
            if key in turned:
                self.refresh(Region(0, y, self._margin, 1))

    def rows_seen(self) -> Iterator[tuple[int, str]]:
        """The line within the table, and the key, of each row that is not scrolled away."""
        top = self.scroll_offset.y
        for line, row in enumerate(self._rows[top : top + max(0, self.size.height - HEADER)], HEADER):
            yield line, row.key

    def move_to(self, key: str) -> None:
        """Put the cursor on this row, if it is there."""
        at = next((i for i, row in enumerate(self._rows) if row.key == key), None)
        if at is not None:
            self._placed = True
            self.cursor = at

    def _set_size(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) + HEADER)

    def fit_anew(self) -> None:
        """Give the columns what these rows need, whatever others needed: for when all of it moves anyway."""
        before = self._layout()
        self._columns.have(self._columns.all)
        self._columns.grow(self._rows)
        if self._layout() != before:
            self.refresh()
            self.post_message(self.Widened(self))

    def on_resize(self, event: events.Resize) -> None:
        """Columns share the new width."""
        self._set_size()
        if event.size.width != self._fitted:
            self._fitted = event.size.width
            self.fit_anew()
        self._keep_cursor_visible()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are rows, and the header."""
        return len(self._rows) + HEADER

    def _row_at(self, y: int) -> int:
        return y - HEADER + self.scroll_offset.y

    def _refresh_row(self, index: int) -> None:
        y = index + HEADER - self.scroll_offset.y
        if HEADER <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _refresh_changed(self, index: int, before: Row, after: Row) -> None:
        y = index + HEADER - self.scroll_offset.y
        if not HEADER <= y < self.size.height:
            return
        x = self._margin
        for width, old, new in zip(self._layout(), *map(self._columns.cells, (before, after)), strict=True):
            if width and old != new:
                self.refresh(Region(x, y, width, 1))
            x += width + GAP if width else 0

    def _layout(self) -> tuple[int, ...]:
        return self._columns.widths(self.size.width - 2 * self._margin)

    def render_line(self, y: int) -> Strip:
        """One line of the table: the header, a row, or nothing."""
        width = self.size.width
        if y == 0:
            style = self.get_component_rich_style("line-table--header")
            segments = [Segment(" " * self._margin, style)]
            for column, column_width in zip(self._columns.shown, self._layout(), strict=True):
                if column_width:
                    title = (self._titles.get(column.key) or column.title)[:column_width]
                    # Where the title takes all its room, the sign stands in the gap behind it.
                    sign = self._sorted[1] if column.key == self._sorted[0] else ""
                    text = f"{title.rjust(column_width) if column.right else title}{sign}"
                    segments.append(Segment(text.ljust(column_width + GAP), style))
            return Strip(segments).adjust_cell_length(width, style)
        index = self._row_at(y)
        base = self.rich_style
        if not self._rows and y == HEADER + 1:
            return Strip([Segment(f" {self.empty}", self._style(base, "muted"))]).adjust_cell_length(width, base)
        if not 0 <= index < len(self._rows):
            return Strip.blank(width, base)
        if index == self.cursor and self.can_focus:
            name = "line-table--cursor" if self.has_focus else "line-table--cursor-blurred"
            base = self.get_component_rich_style(name)
        return self._render_row(self._rows[index], base, width)

    def _render_row(self, row: Row, base: Style, width: int) -> Strip:
        mark = GLYPHS["marked"] if row.key in self._marked else ""
        segments = [Segment(mark.ljust(self._margin)[: self._margin], self._style(base, "strong" if mark else ""))]
        gap = Segment(" " * GAP, base)
        cells = self._columns.cells(row)
        for column, column_width, spans in zip(self._columns.shown, self._layout(), cells, strict=True):
            if not column_width:
                continue
            for text, name in fit(spans, column_width, column.right):
                segments.append(Segment(text, self._style(base, name)))
            segments.append(gap)
        return Strip(segments).adjust_cell_length(width, base).simplify()

    def _style(self, base: Style, name: str) -> Style:
        # Coloured text in reverse would become coloured blocks.
        if not name or base.reverse:
            return base
        return base + text_style(name)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on the table."""
        return max(0, min(cursor, len(self._rows) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the row the cursor left and the one it came to."""
        # It is called once with nothing moved, when the table comes into being.
        self._placed = self._placed or old != new
        self._refresh_row(old)
        self._refresh_row(new)
        self._keep_cursor_visible()
        if self.held is not None and self.cursor_key != self.held:
            self.let_go()
        self.post_message(self.Highlighted(self, self.cursor_key))

    def _keep_cursor_visible(self) -> None:
        top, height = self.scroll_offset.y, self.size.height - HEADER
        if height <= 0:
            return
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor looks different where keys do not go."""
        super().watch_has_focus(has_focus)
        self._refresh_row(self.cursor)

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self.cursor += by

    def action_go(self, to: int) -> None:
        """Go to the first row, or the last."""
        self.cursor = to if to >= 0 else len(self._rows) - 1

    def action_page(self, by: int, part: int = 1) -> None:
        """Move the cursor by a page, or by a ``part`` of one."""
        self.cursor += by * max(1, (self.size.height - HEADER - 1) // part)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a double click opens the row."""
        if event.y == 0:
            self._press_header(event.x)
            return
        index = self._row_at(event.y)
        if not 0 <= index < len(self._rows):
            return
        if index == self.cursor and event.chain > 1:
            self.post_message(self.Chosen(self, self._rows[index].key))
        self.move_to(self._rows[index].key)

    def text_at(self, x: int, y: int) -> str:
        """The text of the cell at this place of the table; empty where there is none."""
        index, left = self._row_at(y), self._margin
        if y < HEADER or not 0 <= index < len(self._rows):
            return ""
        for width, spans in zip(self._layout(), self._columns.cells(self._rows[index]), strict=True):
            if width and left <= x < left + width:
                return "".join(span.text for span in spans).strip()
            left += width + GAP if width else 0
        return ""

    def _press_header(self, x: int) -> None:
        left = self._margin
        for column, width in zip(self._columns.shown, self._layout(), strict=True):
            if width and left <= x < left + width + GAP:
                self.post_message(self.HeaderPressed(self, column.key))
                return
            left += width + GAP if width else 0
