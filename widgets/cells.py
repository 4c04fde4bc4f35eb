"""Cells of a line table: short runs of text, each in a named style.

Text from a phone system is put into cells as it is. It is never parsed as markup, so it cannot style, link or
hide anything.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct
from rich.cells import cell_len, set_cell_size


class CellSpan(NamedTuple):
    """A run of text and the name of its style in ``TEXT_STYLES``; without one it is as all around it."""

    text: str
    style: str = ""


Cell = tuple[CellSpan, ...]
EMPTY: Cell = ()


def cell_length(spans: Cell) -> int:
    """The terminal cells that the spans take."""
    # Most cells are one run, and a large board has thousands of them.
    return cell_len(spans[0].text) if len(spans) == 1 else sum(cell_len(span.text) for span in spans)


def cell(text: str, style: str = "") -> Cell:
    """A cell in one style."""
    return (CellSpan(text, style),)


class Column(Struct, frozen=True):
    """A column: its title, and the room it needs. What it gets beyond that follows what is in it."""

    key: str
    title: str
    width: int
    """Its least width: with less it would say nothing, and what is in it keeps within it as a rule."""
    right: bool = False
    gives_way: int = 0
    """Where there is no room for all: the highest first, and 0 never."""
    enough: int = 0
    """The cells for which others give way; what takes more waits until all have theirs. 0 for all it takes."""
    legible: int = 0
    """What is no longer than this is not shortened for another column. What is longer keeps so much where others
    have to go all the same, and is shortened down to its least width where that spares all that are
    :attr:`asked`. 0 for ``enough``."""
    asked: bool = True
    """Whether it answers something, so that what is ``legible`` when shortened is shortened for it."""


class Row(Struct, frozen=True):
    """A row, known by its key."""

    key: str
    cells: tuple[Cell, ...]


AIR = 2
"""Cells that a column has at most beyond what is in it, where no cell of the table is cut."""


def whole_width(columns: Iterable[Column], contents: Iterable[Counter[int]], gap: int) -> int:
    """The width at which a table of these columns cuts nothing; ``contents`` as for :func:`column_widths`."""
    needs = [max(column.width, *lengths, 0) for column, lengths in zip(columns, contents, strict=True)]
    return sum(needs) + gap * max(0, len(needs) - 1)


def column_widths(
    columns: Sequence[Column],
    available: int,
    gap: int,
    contents: Sequence[Counter[int]] = (),
    asides: Sequence[int] = (),
) -> tuple[int, ...]:
    """Share the available width out by what is in the columns; a hidden column gets 0.

    ``contents`` are how many cells of each column have which length without what is said aside, and ``asides`` the
    longest of each with that. A wider table has never fewer whole cells than a narrower one, and no column has air
    while a cell of another is cut.
    """
    sharing = _Sharing(tuple(columns), tuple(contents) or (Counter[int](),) * len(columns), gap)
    if not sharing.may_lose or available >= sharing.needed:
        return sharing.aired(sharing.shared(available), available, asides)
    # A column that comes in may take room from what is long. Whatever it brings must be more.
    widths = sharing.shared(sharing.least)
    for width in range(sharing.least + 1, available + 1):
        kept, wider = sharing.stretched(widths, 1), sharing.shared(width)
        widths = wider if sharing.whole(wider) >= sharing.whole(kept) else kept
    return sharing.aired(widths, available, asides)


class _Sharing:
    """How the width of a table is shared among its columns."""

    def __init__(self, columns: tuple[Column, ...], contents: tuple[Counter[int], ...], gap: int) -> None:
        self._columns = columns
        self._contents = contents
        self._gap = gap
        places = range(len(columns))
        self._needs = [max(columns[i].width, *contents[i], 0) for i in places]
        self.needed = sum(self._needs) + gap * (len(columns) - 1)
        """The cells in which nothing is cut."""
        self._enough = [min(self._needs[i], columns[i].enough or self._needs[i]) for i in places]
        self._first = [min(self._enough[i], columns[i].legible or self._enough[i]) for i in places]
        # The sort is stable: beside one another they come in the order in which they stand.
        self._order = sorted(places, key=lambda i: columns[i].gives_way)
        self._always = [i for i in self._order if not columns[i].gives_way]
        self.least = sum(columns[i].width + gap for i in self._always) - gap
        self._asked = [i for i in self._order if columns[i].asked]
        self._asked_least = sum(columns[i].width + gap for i in self._asked) - gap
        self._shortens = self._first != self._enough
        self.may_lose = len(self._always) < len(columns) and (self._shortens or self._needs != self._enough)

    def whole(self, widths: Sequence[int]) -> int:
        """How many cells are not cut."""
        pairs = zip(self._contents, widths, strict=True)
        return sum(n for lengths, width in pairs if width for length, n in lengths.items() if length <= width)

    def shared(self, available: int) -> list[int]:
        """First those that never give way; then one more after the other, whole; then more for what is cut."""
        widths = [0] * len(self._columns)
        if self._shortens and self._asked_least <= available:
            for i in self._asked:
                widths[i] = self._columns[i].width
            room = available - self._asked_least
            first = self._enough
        else:
            for i in self._always:
                widths[i] = self._columns[i].width
            room = max(0, available - self.least)
            first = self._first
        for i in self._order:
            if not widths[i]:
                if room < self._columns[i].width + self._gap:
                    break
                widths[i] = self._columns[i].width
                room -= widths[i] + self._gap
            more = min(room, max(0, first[i] - widths[i]))
            widths[i] += more
            room -= more
            if widths[i] < first[i]:
                break
        return self.stretched(widths, room)

    def stretched(self, widths: Sequence[int], room: int) -> list[int]:
        """The same columns with so much more for what is cut."""
        wider = list(widths)
        for i in self._order:
            if wider[i]:
                more = min(room, max(0, self._needs[i] - wider[i]))
                wider[i] += more
                room -= more
        return wider

    def aired(self, widths: Sequence[int], available: int, asides: Sequence[int]) -> tuple[int, ...]:
        """Room for what is said aside, and some air for every column, where none is needed."""
        wider = list(widths)
        shown = [i for i, width in enumerate(widths) if width]
        room = max(0, available - sum(widths) - self._gap * max(0, len(shown) - 1))
        for i in shown if asides else ():
            more = max(0, asides[i] - wider[i])
            # Half of an aside is none.
            if more <= room:
                wider[i] += more
                room -= more
        air = min(AIR, room // max(1, len(shown)))
        return tuple(width + air if width else 0 for width in wider)


ASIDE = "aside"
"""The style of what ends a cell and is left out of it where it does not fit whole."""


def fit(spans: Cell, width: int, right: bool = False) -> Cell:
    """The spans in exactly ``width`` terminal cells: cut with an ellipsis, or padded."""
    length = cell_length(spans)
    if length > width and spans[-1].style == ASIDE:
        return fit(spans[:-1], width, right)
    if length <= width:
        padding = CellSpan(" " * (width - length))
        return (padding, *spans) if right else (*spans, padding)
    fitted: list[CellSpan] = []
    room = width - 1
    for span in spans:
        length = cell_len(span.text)
        if length > room:
            fitted.append(CellSpan(set_cell_size(span.text, room).rstrip() + "…", span.style))
            break
        fitted.append(span)
        room -= length
    used = sum(cell_len(span.text) for span in fitted)
    return (*fitted, CellSpan(" " * max(0, width - used)))
