"""Cells of a line table: short runs of text, each in a named style.

Text from a phone system is put into cells as it is. It is never parsed as markup, so it cannot style, link or
hide anything.
"""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len, set_cell_size


class CellSpan(NamedTuple):
    """A run of text and the name of its style: a component class of the table, without its prefix."""

    text: str
    style: str = ""


Cell = tuple[CellSpan, ...]
EMPTY: Cell = ()


def cell(text: str, style: str = "") -> Cell:
    """A cell in one style."""
    return (CellSpan(text, style),)


class Column(Struct, frozen=True):
    """A column: its title, its least width, and its share of the room that is left."""

    key: str
    title: str
    width: int
    share: int = 0
    right: bool = False
    hide_below: int = 0
    """The table's width under which the column gives way."""


class Row(Struct, frozen=True):
    """A row, known by its key."""

    key: str
    cells: tuple[Cell, ...]


def give_way(columns: Iterable[Column], gap: int) -> tuple[Column, ...]:
    """The columns, each that may give way doing so where it has no room beside those that give way later."""
    columns = tuple(columns)
    taken = sum(column.width + gap for column in columns if not column.hide_below) - gap
    room: dict[str, int] = {}
    for column in sorted(columns, key=lambda column: column.hide_below):
        if column.hide_below:
            taken += gap + column.width
            room[column.key] = taken
    return tuple(replace(column, hide_below=room.get(column.key, 0)) for column in columns)


def column_widths(columns: Iterable[Column], available: int, gap: int) -> tuple[int, ...]:
    """Share the available width out; a hidden column gets 0."""
    columns = tuple(columns)
    shown = [column for column in columns if available >= column.hide_below]
    spare = available - sum(column.width for column in shown) - gap * max(0, len(shown) - 1)
    shares = sum(column.share for column in shown)
    widths: list[int] = []
    for column in columns:
        if column not in shown:
            widths.append(0)
            continue
        extra = max(0, spare) * column.share // shares if shares else 0
        widths.append(column.width + extra)
    return tuple(widths)


def fit(spans: Cell, width: int, right: bool = False) -> Cell:
    """The spans in exactly ``width`` terminal cells: cut with an ellipsis, or padded."""
    length = sum(cell_len(span.text) for span in spans)
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
