"""What the terminal shows, cell by cell, so that nothing is sent that is there already.

Textual knows which parts of the screen may have changed, and sends those whole: after a change of the layout every
line, a second time when styles have settled, and a third time when a dialog takes the focus. Over a slow line that
is most of what is written. It rests on names inside Textual, which is therefore held to one minor version.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size, set_cell_size, split_graphemes
from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from queuewatch.text.plain_text import HARMFUL, same_cells

Look = tuple[frozenset[str], str, str]
"""How a cell looks: the codes of its attributes, colour and background; empty for the terminal's own."""
Cell = tuple[str, Look]
Piece = tuple[int, int, Strip]
"""A column, a line, and what is to be there."""

PLAIN: Look = (frozenset(), "", "")
_CODES = {
    "bold": "1",
    "dim": "2",
    "italic": "3",
    "underline": "4",
    "blink": "5",
    "blink2": "6",
    "reverse": "7",
    "conceal": "8",
    "strike": "9",
    "underline2": "21",
    "overline": "53",
}
_REVERSE = "7"
_LINES = frozenset({"4", "9", "21", "53"})
"""The attributes that are seen on a blank."""
_OFF = {"1": "22", "2": "22", "3": "23", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "53": "55"}
_ANY_LINE_OFF = "24"
NEAR = 4
"""Cells between two differences that are sent again: to go past them takes as many bytes."""


@lru_cache(maxsize=4096)
def _look(style: Style | None, system: ColorSystem) -> Look:
    if style is None:
        return PLAIN
    colour, behind = style.color, style.bgcolor
    return (
        frozenset(code for name, code in _CODES.items() if getattr(style, name)),
        ";".join(colour.downgrade(system).get_ansi_codes()) if colour is not None else "",
        ";".join(behind.downgrade(system).get_ansi_codes(foreground=False)) if behind is not None else "",
    )


@lru_cache(maxsize=4096)
def _blank(look: Look) -> Look:
    """What of a look is seen where nothing is written."""
    attributes, _, behind = look
    return look if _REVERSE in attributes else (attributes & _LINES, "", behind)


class _PlainCells(dict[str, Cell]):
    """The cells with a character of ASCII in one look: each is made once, and compared by what it is."""

    def __init__(self, look: Look) -> None:
        super().__init__({" ": (" ", _blank(look))})
        self._look = look

    def __missing__(self, character: str) -> Cell:
        cell = self[character] = (character, self._look)
        return cell


@lru_cache(maxsize=1024)
def _plain_cells(look: Look) -> _PlainCells:
    return _PlainCells(look)


class Run(NamedTuple):
    """Cells beside one another that are to be sent."""

    column: int
    line: int
    cells: Sequence[Cell]


LONG_TAIL, LONG_GAP = 5, 11
"""Blanks that take more bytes than to say how many there are: at the end of words, and between them."""
_GAP = re.compile(f" {{{LONG_GAP},}}")


def erases_in_colour() -> bool:
    """Whether this terminal erases in the colour it writes on (``bce`` of terminfo), as most but GNU screen do."""
    try:
        import curses
    except ImportError:
        return False
    try:
        curses.setupterm(fd=sys.__stderr__.fileno() if sys.__stderr__ else -1)
        return curses.tigetflag("bce") == 1
    except (curses.error, OSError, ValueError):
        return False


def painted(runs: Iterable[Run], *, erases: bool = False) -> str:
    """The sequences that write these runs, colour by colour: each is told to the terminal once, not at every word.

    They begin and end in the terminal's own colours. Where words of a colour are hardly apart, blanks are written
    over what comes after in its own colour: to go past it takes more bytes.
    """
    words: dict[Look, list[tuple[int, int, str, int]]] = {}
    for run in runs:
        for column, text, width, look in _words(run):
            words.setdefault(look, []).append((run.line, column, text, width))
    # Those on one background after one another: it is told once as well.
    behind = {look[2]: place for place, look in reversed([*enumerate(words)])}
    words = {look: words[look] for look in sorted(words, key=lambda look: behind[look[2]])}
    rank = {look: place for place, look in enumerate(words)}
    beside: dict[int, list[tuple[int, int, int]]] = {}
    for look, pieces in words.items():
        for line, column, text, width in pieces:
            # Half of a wide character is not to be written over.
            if len(text) == width:
                beside.setdefault(line, []).append((column, column + width, rank[look]))

    def comes_later(line: int, x: int, than: int) -> bool:
        return any(begin <= x < end and than < place for begin, end, place in beside.get(line, ()))

    pen, sent = PLAIN, []
    for look, pieces in words.items():
        sent.append(_change(pen, look))
        pen, at = look, (-1, -1)
        for line, column, text, width in sorted(pieces):
            between = range(at[1], column)
            bridged = (
                at[0] == line and 0 < len(between) <= NEAR and _REVERSE not in look[0] and not look[0] & _LINES
            )
            if at == (line, column) or (not between and at[0] == line):
                pass
            elif bridged and all(comes_later(line, x, rank[look]) for x in between):
                sent.append(" " * len(between))
            else:
                sent.append(f"\x1b[{column + 1}G" if at[0] == line else _move(column, line))
            if erases or not look[2]:
                text, left = _counted(text, look)
                width -= left
            sent.append(text)
            at = (line, column + width)
    return "".join((*sent, _change(pen, PLAIN)))


def _move(column: int, line: int) -> str:
    # Without a column it is the first.
    return f"\x1b[{line + 1};{column + 1}H" if column else f"\x1b[{line + 1}H"


def _counted(text: str, look: Look) -> tuple[str, int]:
    """The text with the number of its blanks where they are many, and how many cells the cursor stays behind."""
    if _REVERSE in look[0] or look[0] & _LINES:
        return text, 0
    kept = text.rstrip(" ")
    tail = len(text) - len(kept) if len(text) - len(kept) >= LONG_TAIL else 0
    kept = text[: len(text) - tail]
    said = _GAP.sub(lambda gap: f"\x1b[{len(gap.group())}X\x1b[{len(gap.group())}C", kept)
    return said + (f"\x1b[{tail}X" if tail else ""), tail


def _words(run: Run) -> Iterator[tuple[int, str, int, Look]]:
    """The run in pieces of one look: column, text, cells, look. Blanks are written in the colour beside them."""
    begin, text, look = run.column, "", None
    for column, (character, own) in enumerate(run.cells, run.column):
        if look is None or own == look or (character == " " and own == _blank(look)):
            look = own if look is None else look
        elif text.isspace() and look == _blank(own):
            look = own
        else:
            yield begin, text, column - begin, look
            begin, text, look = column, "", own
        text += character
    if look is not None:
        yield begin, text, run.column + len(run.cells) - begin, look


def _change(before: Look, after: Look) -> str:
    """From one look to another, in as few codes as there are."""
    if before == after:
        return ""
    if after == PLAIN:
        return "\x1b[m"
    attributes, colour, behind = before
    codes: list[str] = []
    if gone := attributes - after[0]:
        codes += sorted({_OFF.get(code, _ANY_LINE_OFF) for code in gone})
        # What switches off bold switches off dim as well; and one line the other.
        attributes -= {"1", "2"} if gone & {"1", "2"} else set()
        attributes -= {"4", "21"} if gone & {"4", "21"} else set()
    codes += sorted(after[0] - attributes)
    codes += [after[1] or "39"] if after[1] != colour else []
    codes += [after[2] or "49"] if after[2] != behind else []
    return f"\x1b[{';'.join(codes)}m"


class ShownCells:
    """The terminal's cells as they were last written."""

    def __init__(self, *, erases: bool = False) -> None:
        """``erases`` if the terminal erases in the colour it writes on."""
        self._erases = erases
        self._lines: dict[int, list[Cell | None]] = {}

    def forget(self) -> None:
        """Know nothing of the terminal any more: what comes next is sent whole."""
        self._lines.clear()

    def damage(self, pieces: Iterable[Piece], console: Console) -> str:
        """The escape sequences that bring the terminal from what it shows to these pieces; empty for none."""
        runs: list[Run] = []
        odd: list[str] = []
        for column, line, strip in pieces:
            after, shown = _cells(strip, console), self._lines.setdefault(line, [])
            end = column + strip.cell_length
            shown.extend(repeat(None, end - len(shown)))
            if len(after) != strip.cell_length:
                # Characters that join to one on some terminals: nobody knows what stands where.
                shown[column:end] = repeat(None, strip.cell_length)
                odd.append(f"\x1b[{line + 1};{column + 1}H{strip.render(console)}")
                continue
            before = shown[column:end]
            if before != after:
                shown[column:end] = after
                runs += (Run(column + first, line, after[first:last]) for first, last in _runs(before, after))
        return "".join(odd) + painted(runs, erases=self._erases)


def _runs(before: Sequence[Cell | None], after: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """From where to where the cells differ. What is hardly apart is one."""
    if before.count(None) == len(after):
        # Nothing is known of the line, as of every line of the first frame.
        yield 0, len(after)
        return
    begun: tuple[int, int] | None = None
    for place, cell in enumerate(after):
        if before[place] == cell or (begun is not None and place < begun[1]):
            continue
        first, last = place, place + 1
        # A word is sent whole, and so is a wide character: whoever reads along reads no single digits.
        while first and _of_one_word(after[first - 1], after[first]):
            first -= 1
        while last < len(after) and _of_one_word(after[last - 1], after[last]):
            last += 1
        if begun is not None and first <= begun[1] + NEAR:
            begun = (begun[0], last)
        else:
            if begun is not None:
                yield begun
            begun = (first, last)
    if begun is not None:
        yield begun


def _of_one_word(left: Cell, right: Cell) -> bool:
    return not right[0] or (left[0] != " " and right[0] != " " and left[1] == right[1])


def _cells(strip: Strip, console: Console) -> list[Cell]:
    """A strip cell by cell; the second cell of a wide character is empty, and a mark stands with its letter."""
    system = console._color_system or ColorSystem.TRUECOLOR
    cells: list[Cell] = []
    for text, style, _ in strip:
        look = _look(style, system)
        plain = _plain_cells(look)
        if text.isascii() and text.isprintable():
            cells.extend(map(plain.__getitem__, text))
            continue
        for character in text:
            if character < "\x7f":
                cells.append(plain[character])
            elif width := get_character_cell_size(character):
                cells.append((character, look))
                cells.extend(repeat(("", look), width - 1))
            elif cells:
                cells[-1] = (cells[-1][0] + character, cells[-1][1])
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
        pieces = ((x, y, _steady(strip)) for x, y, strip in _pieces(self._update))
        return self._shown.damage(pieces, console)


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
_JOINED = f"[{_JOINERS}{_FLAGS}]"
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
    found = re.search(_JOINED, sign)
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
