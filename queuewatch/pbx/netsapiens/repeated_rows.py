"""A list of which most rows come again byte for byte: those are neither parsed nor read again.

Only a list like the last one is taken so, row by row at the same place. Anything else is for the reader of whole
lists: another number of rows or another order, a row that does not make sense, and text that ``msgspec`` refuses
while ``json`` reads it (NaN, a byte order mark, half characters, UTF-16).

Where the two messages are the same to the byte, the new one is not even parted into its rows: a text that is the
same up to the end of a row is so many rows of the same list, and so are those after a row that changed.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate, count, pairwise
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    import msgspec

Item = TypeVar("Item")

LARGEST = 32 * 1024 * 1024
"""Bytes of an answer that is held on to: well above 50,000 rows. Of a larger one every row is read every time."""
BLANK = b" \t\r\n"
PIECE = 8192
"""Bytes that are compared at a time: copied once, which is cheap while they are few."""
IN_A_ROW = 8
MOST_PARTS = 100
"""Changed rows beside one another, and how often there may be such: beyond, the whole list is parted."""
LONGER = 4096
"""Bytes by which a changed row may be longer than before: it is not looked for any further."""


class _Part(NamedTuple):
    """Rows beside one another of which not all are what they were."""

    first: int
    texts: Sequence[bytes]
    """Each of them, as it is now."""
    ends: Sequence[int]
    """Where each of them ends in the message now."""


class RepeatedRows(Generic[Item]):
    """A list as it came last: one message, where each of its rows ends, and what each was read as."""

    def __init__(self) -> None:
        self.items: tuple[Item, ...] = ()
        """What each row was read as; empty where there is no list to compare with."""
        self._body = b""
        self._ends: list[int] = []
        """Worked out for the first list that comes again."""
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
        self._body, self.items, self._ends, self._rests_on = b"", (), [], None

    def rows_again(self) -> list[object] | None:
        """What each row of the list said, in their order; ``None`` where there is no list, or cannot be told."""
        rows = _parsed(self._body) if self.items else None
        return rows if isinstance(rows, list) and len(rows) == len(self.items) else None

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
        self._ends = self._ends or _ends(self._body, _rows_of(self._body) or ())
        if len(self._ends) != len(self.items):
            return None
        found = self._differing(body)
        if found is None:
            return None
        differing, ends = found
        items, changes = list(self.items), list[tuple[Item, Item]]()
        for place, text in differing:
            was = items[place]
            item = read(_parsed(text), was)
            if item is None:
                return None
            items[place] = item
            changes.append((was, item))
        self._body, self._ends, self.items = body, ends, tuple(items) if changes else self.items
        return changes

    def _differing(self, body: bytes) -> tuple[list[tuple[int, bytes]], list[int]] | None:
        """The rows that are not as they were, by their places, and where each row ends now.

        ``None`` where it is not the same list.
        """
        parts: list[_Part] = []
        at, shift = 0, 0
        while (at := _difference(self._body, body, at, shift)) < len(self._body):
            first = bisect_right(self._ends, at)
            if first == len(self._ends):
                return None
            part = self._part(body, first, shift) if len(parts) < MOST_PARTS else None
            if part is None:
                return self._row_by_row(body)
            parts.append(part)
            at = self._ends[first + len(part.texts) - 1]
            shift = part.ends[-1] - at
        if len(body) != len(self._body) + shift:
            return None
        rows = (pair for part in parts for pair in enumerate(part.texts, part.first))
        return [(place, text) for place, text in rows if text != self._text(place)], _moved(self._ends, parts)

    def _part(self, body: bytes, first: int, shift: int) -> _Part | None:
        """The changed row at this place, and those beside it, up to one that is as it was.

        The message is ``shift`` bytes longer than the last one up to there.
        """
        begin = self._begin(first)
        for last in range(first, min(first + IN_A_ROW, len(self._ends))):
            end = self._ends[last]
            if last + 1 < len(self._ends):
                follows = self._body[end : self._ends[last + 1]]
                stop = body.find(follows, begin + shift, end + shift + LONGER + len(follows))
            else:
                stop = len(body) - len(self._body) + end
                stop = stop if body.endswith(self._body[end:]) else -1
            text = body[begin + shift : stop] if stop >= 0 else b""
            # The same list, as far as it goes.
            blank, between, rows = text.partition(b"," if first else b"[")
            parted = _rows_of(b"[" + rows + b"]") if between and not blank.strip(BLANK) else None
            if parted is not None and len(parted) == last - first + 1:
                return _Part(first, [bytes(row) for row in parted], _ends(text, parted, begin + shift))
        return None

    def _row_by_row(self, body: bytes) -> tuple[list[tuple[int, bytes]], list[int]] | None:
        rows = _rows_of(body)
        if rows is None or len(rows) != len(self._ends):
            return None
        ends = _ends(body, rows)
        before, now = pairwise((0, *self._ends)), pairwise((0, *ends))
        differing = [
            (place, bytes(row))
            for place, row, (begun, ended), (begin, end) in zip(count(), rows, before, now, strict=False)
            if end - begin != ended - begun or body[begin:end] != self._body[begun:ended]
        ]
        return differing, ends

    def _begin(self, place: int) -> int:
        """Where a row begins, with what stands between it and the one before it."""
        return self._ends[place - 1] if place else 0

    def _text(self, place: int) -> bytes:
        return self._body[self._begin(place) : self._ends[place]].lstrip(BLANK + b",[")


def _difference(before: bytes, now: bytes, at: int, shift: int) -> int:
    """From ``at`` on the first place in a message where the one now, so much longer by then, is not the same."""
    while piece := before[at : at + PIECE]:
        if not now.startswith(piece, at + shift):
            same, differs = 0, len(piece)
            while differs - same > 1:
                half = (same + differs) // 2
                if now.startswith(piece[same:half], at + shift + same):
                    same = half
                else:
                    differs = half
            return at + same
        at += len(piece)
    return at


def _ends(text: bytes, rows: "Sequence[msgspec.Raw]", begin: int = 0) -> list[int]:
    """Where each of the rows ends that make up this text, which itself begins at that place."""
    lengths = [memoryview(row).nbytes for row in rows]
    if len(text) - sum(lengths) - len(lengths) == text.endswith(b"]"):
        # Nothing but a comma stands between them, as a rule.
        return [*accumulate([length + 1 for length in lengths], initial=begin)][1:]
    ends, at = list[int](), 0
    for row, length in zip(rows, lengths, strict=True):
        # Between two rows stands nothing that a row could begin with.
        at = text.index(row, at) + length
        ends.append(begin + at)
    return ends


def _moved(ends: Sequence[int], changed: Sequence[_Part]) -> list[int]:
    """Where the rows end now, given where they ended and what changed."""
    moved, shift = list[int](), 0
    for part in changed:
        moved += _by(shift, ends[len(moved) : part.first])
        moved += part.ends
        shift = moved[-1] - ends[len(moved) - 1]
    return moved + _by(shift, ends[len(moved) :])


def _by(shift: int, ends: Sequence[int]) -> list[int]:
    return [end + shift for end in ends] if shift else [*ends]


def _rows_of(body: bytes) -> "Sequence[msgspec.Raw] | None":
    # Loaded for the first list that comes again, not before something is on the screen.
    import msgspec

    try:
        return msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError):
        return None


def _parsed(text: bytes) -> object:
    """What a row says, as a reader of the whole list would see it; ``None`` for what ``json`` does not read."""
    try:
        return json.loads(text.decode("utf-8", errors="replace"))
    except (ValueError, RecursionError):
        return None
