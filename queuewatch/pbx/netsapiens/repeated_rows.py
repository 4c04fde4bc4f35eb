"""A list of which most rows come again byte for byte: those are neither parsed nor read again.

Only a list like the last one is taken so, row by row at the same place. Anything else is for the reader of whole
lists: another number of rows or another order, a row that does not make sense, and text that ``msgspec`` refuses
while ``json`` reads it (NaN, a byte order mark, half characters, UTF-16).
"""

import json
from collections.abc import Callable, Sequence
from itertools import compress, count
from operator import ne
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import msgspec

Item = TypeVar("Item")

LARGEST = 32 * 1024 * 1024
"""Bytes of an answer that is held on to: well above 50,000 rows. Of a larger one every row is read every time."""


class RepeatedRows(Generic[Item]):
    """A list as it came last: one message, its rows, and what each of them was read as."""

    def __init__(self) -> None:
        self.items: tuple[Item, ...] = ()
        """What each row was read as; empty where there is no list to compare with."""
        self._body = b""
        self._rows: Sequence[msgspec.Raw] = ()
        self._rests_on: object = None

    def keep(self, body: bytes, items: Sequence[Item], rests_on: object = None) -> None:
        """Remember a list every row of which made sense: one item for each, in their order.

        ``rests_on`` is what else went into reading the rows.
        """
        self.forget()
        if len(body) <= LARGEST:
            self._body, self.items, self._rests_on = body, tuple(items), rests_on

    def forget(self) -> None:
        """There is nothing to compare with."""
        self._body, self.items, self._rows, self._rests_on = b"", (), (), None

    def compare(
        self, body: bytes, read: Callable[[object, Item], Item | None], rests_on: object = None
    ) -> list[tuple[Item, Item]] | None:
        """The items that changed, as they were and as they are now; ``None`` where the list has to be read whole.

        ``read`` is given what a row now says, and the item that was at its place. It returns ``None`` where the
        row stands for another thing, or not all of it makes sense.
        """
        if not self.items or rests_on != self._rests_on:
            return None
        if body == self._body:
            return []
        before, now = self._rows or _rows_of(self._body), _rows_of(body)
        if now is None or before is None or not len(before) == len(now) == len(self.items):
            return None
        items, changes = list(self.items), list[tuple[Item, Item]]()
        for place in compress(count(), map(ne, now, before)):
            was = items[place]
            item = read(_parsed(now[place]), was)
            if item is None:
                return None
            items[place] = item
            changes.append((was, item))
        # A row keeps the message alive that it came in: the rows of one message are held, never of two.
        self._body, self._rows, self.items = body, now, tuple(items) if changes else self.items
        return changes


def _rows_of(body: bytes) -> "Sequence[msgspec.Raw] | None":
    # Loaded for the first list that comes again, not before something is on the screen.
    import msgspec

    try:
        return msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError):
        return None


def _parsed(row: "msgspec.Raw") -> object:
    """What a row says, as a reader of the whole list would see it; ``None`` for what ``json`` does not read."""
    try:
        return json.loads(bytes(row).decode("utf-8", errors="replace"))
    except (ValueError, RecursionError):
        return None
