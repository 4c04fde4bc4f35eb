"""Which columns a table shows, in which order, and how wide each is."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from widgets.cells import Cell, Column, Row, column_widths, give_way


class ColumnOrder:
    """The columns shown of all there are. A row has a cell for every column, shown or not."""

    def __init__(self, columns: Iterable[Column], gap: int) -> None:
        self._all = tuple(columns)
        self._gap = gap
        self._order = tuple(range(len(self._all)))
        self.shown = self._all
        """Those shown, in order."""
        self.widths = lru_cache(maxsize=4)(lambda width: column_widths(self.shown, width, gap))
        """The width of each in a table this wide; 0 where there is no room for it."""

    def choose(self, keys: Iterable[str]) -> None:
        """Show these in this order; without a key, all as they were at first."""
        known = {column.key: place for place, column in enumerate(self._all)}
        self._order = tuple(known[key] for key in dict.fromkeys(keys) if key in known) or tuple(known.values())
        self.shown = give_way((self._all[place] for place in self._order), self._gap)
        self.widths.cache_clear()

    def cells(self, row: Row) -> Iterator[Cell]:
        """The cells of a row that are shown, in order."""
        return (row.cells[place] for place in self._order)
