"""What the terminal shows, cell by cell, so that nothing is sent that is there already.

Textual knows which parts of the screen may have changed, and sends those whole: after a change of the layout every
line, a second time when styles have settled, and a third time when a dialog takes the focus. Over a slow line that
is most of what is written. It rests on names inside Textual, which is therefore held to one minor version.
"""

import re
from collections.abc import Iterator
from itertools import repeat

from rich.cells import cell_len, get_character_cell_size, set_cell_size, split_graphemes
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from queuewatch.text.plain_text import HARMFUL, same_cells

Cell = tuple[str, Style | None]
Piece = tuple[int, int, Strip]
"""A column, a line, and what is to be there."""


class ShownCells:
    """The terminal's cells as they were last written."""

    def __init__(self) -> None:
        self._lines: dict[int, list[Cell | None]] = {}

    def forget(self) -> None:
        """Know nothing of the terminal any more: what comes next is sent whole."""
        self._lines.clear()

    def damage(self, column: int, line: int, strip: Strip, console: Console) -> str:
        """The escape sequences that bring the terminal from what it shows here to this strip; empty for none."""
        after, shown = _cells(strip), self._lines.setdefault(line, [])
        end = column + strip.cell_length
        shown.extend(repeat(None, end - len(shown)))
        if len(after) != strip.cell_length:
            # Characters that join to one on some terminals: nobody knows what stands where.
            shown[column:end] = repeat(None, strip.cell_length)
            return Control.move_to(column, line).segment.text + strip.render(console)
        before = shown[column:end]
        if before == after:
            return ""
        differing = [place for place, cell in enumerate(after) if before[place] != cell]
        first, last = differing[0], differing[-1] + 1
        # A word is sent whole, and so is a wide character: whoever reads along reads no single digits.
        while first and _of_one_word(after[first - 1], after[first]):
            first -= 1
        while last < len(after) and _of_one_word(after[last - 1], after[last]):
            last += 1
        shown[column:end] = after
        return Control.move_to(column + first, line).segment.text + strip.crop(first, last).render(console)


def _of_one_word(left: Cell, right: Cell) -> bool:
    return not right[0] or (left[0] != " " and right[0] != " " and left[1] == right[1])


def _cells(strip: Strip) -> list[Cell]:
    """A strip cell by cell; the second cell of a wide character is empty, and a mark stands with its letter."""
    cells: list[Cell] = []
    for text, style, _ in strip:
        if text.isascii():
            cells.extend(zip(text, repeat(style)))
            continue
        for character in text:
            width = get_character_cell_size(character)
            if width:
                cells.append((character, style))
                cells.extend(repeat(("", style), width - 1))
            elif cells:
                cells[-1] = (cells[-1][0] + character, style)
    return cells


class DamageUpdate(CompositorUpdate):
    """An update that sends only what differs from what is shown already."""

    def __init__(self, update: LayoutUpdate | ChopsUpdate, shown: ShownCells) -> None:
        self._update = update
        self._shown = shown

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """All of it, for whoever is not a terminal."""
        return self._update.__rich_console__(console, options)

    def render_segments(self, console: Console) -> str:
        """The escape sequences, and from now on the terminal shows what they say."""
        return "".join(self._shown.damage(x, y, _steady(strip), console) for x, y, strip in _pieces(self._update))


def damage_only(renderable: RenderableType | None, shown: ShownCells) -> DamageUpdate | None:
    """What Textual is about to draw, without what is shown already; ``None`` for what is no part of a screen."""
    return DamageUpdate(renderable, shown) if isinstance(renderable, LayoutUpdate | ChopsUpdate) else None


def _steady(strip: Strip) -> Strip:
    """The strip as every terminal shows it, in the same cells: the last place before what is shown leaves.

    Without characters that a terminal would obey, and without those of whose width terminals have opinions of
    their own: what comes after one of them would stand in another column than was thought.
    """
    if not any(_is_odd(segment.text) for segment in strip):
        return strip
    segments = [Segment(_in_its_cells(segment.text), segment.style, segment.control) for segment in strip]
    return Strip(segments, strip.cell_length)


_JOINERS = "\u200d\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0001-\U000e01ef"
"""What changes the look of the letter before it: whether it takes room then is where terminals differ."""
_FLAGS = "\U0001f1e6-\U0001f1ff"
"""The letters of the flags: two of them are one wide sign to some."""
_JOINED = re.compile(f"[{_JOINERS}{_FLAGS}]")
_ODD = re.compile(f"[{HARMFUL}{_JOINERS}{_FLAGS}]")


def _is_odd(text: str) -> bool:
    # Most is plain, and told so at once.
    return not (text.isascii() and text.isprintable()) and _ODD.search(text) is not None


def _in_its_cells(text: str) -> str:
    spans, _ = split_graphemes(text)
    plain = "".join(_plain_sign(text[start:end], width) for start, end, width in spans)
    # What is laid out was measured in another way, which differs where a joiner joins nothing.
    return set_cell_size(same_cells(plain), cell_len(text))


def _plain_sign(sign: str, width: int) -> str:
    """The sign without what is joined to it, with blanks for the cells that this leaves."""
    found = _JOINED.search(sign)
    if found is None:
        return sign
    plain = sign[: found.start()]
    if not plain and "\U0001f1e6" <= sign[0] <= "\U0001f1ff":
        plain = chr(ord("A") + ord(sign[0]) - 0x1F1E6)
    return plain + " " * (width - cell_len(plain))


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[Piece]:
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield x, y, strip
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            begin, stop = max(x, left), min(end, right)
            if chop is not None and begin < stop:
                yield begin, y, chop.crop(begin - x, stop - x)
