"""What is left out on the way to the terminal was there already."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from widgets.damage_tracking import DamageUpdate, ShownCells

CONSOLE = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)
STYLES = [
    Style.parse(words)
    for words in (
        "red on black",
        "bold green on black",
        "dim green on black",
        "bold dim #102030 on #405060",
        "reverse red on blue",
        "underline red on blue",
        "none",
    )
]
SEQUENCE = re.compile(r"\x1b\[(\d+);?(\d*)H|\x1b\[(\d+)([GXC])|\x1b\[([\d;]*)m|(.)", re.DOTALL)
Looks = tuple[frozenset[str], str, str]
OFF = {"22": "12", "23": "3", "24": "4", "27": "7", "29": "9"}


def taken(looks: Looks, codes: str) -> Looks:
    """What a terminal writes in after these codes: attributes, colour and background."""
    attributes, colour, behind = looks
    left = codes.split(";")
    while left:
        code = left.pop(0)
        if code in ("", "0"):
            attributes, colour, behind = frozenset(), "", ""
        elif code in ("38", "48"):
            deep = [left.pop(0) for _ in range(4 if left[0] == "2" else 2)]
            colour, behind = (";".join(deep), behind) if code == "38" else (colour, ";".join(deep))
        elif code in OFF:
            attributes -= set(OFF[code])
        elif len(code) == 1:
            attributes |= {code}
        elif code[0] == "3":
            colour = "" if code == "39" else code[1]
        else:
            behind = "" if code == "49" else code[1]
    return attributes, colour, behind


class Screen:
    """As much of a terminal as is needed: it moves its cursor, takes colours, and keeps wide characters whole.

    Of a blank it keeps what is seen: the background, and lines.
    """

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], tuple[str, Looks]] = {}
        self._at = (0, 0)
        self.looks: Looks = (frozenset(), "", "")

    def write(self, words: str) -> None:
        """Take what a program writes."""
        for line, column, number, does, colours, character in SEQUENCE.findall(words):
            if line:
                self._at = (int(line) - 1, int(column or 1) - 1)
            elif does == "X":
                self._erase(int(number))
            elif does:
                self._at = (self._at[0], int(number) - 1 if does == "G" else self._at[1] + int(number))
            elif character:
                self._put(character)
            else:
                self.looks = taken(self.looks, colours)

    def _put(self, character: str) -> None:
        line, column = self._at
        width = get_character_cell_size(character)
        if not width:
            before = (line, column - 1) if self.cells[line, column - 1][0] else (line, column - 2)
            text, looks = self.cells[before]
            self.cells[before] = (text + character, looks)
            return
        for x in range(column, column + width):
            self._clear(line, x)
        self.cells[line, column] = (character, self._seen(character))
        if width == 2:
            self.cells[line, column + 1] = ("", self.looks)
        self._at = (line, column + width)

    def _erase(self, number: int) -> None:
        line, column = self._at
        for x in range(column, column + number):
            self._clear(line, x)
            self.cells[line, x] = (" ", self._seen(" "))

    def _seen(self, character: str) -> Looks:
        attributes, _, behind = self.looks
        return self.looks if character != " " or "7" in attributes else (attributes & {"4", "9"}, "", behind)

    def _clear(self, line: int, column: int) -> None:
        nothing: Looks = (frozenset(), "", "")
        text, looks = self.cells.get((line, column), (" ", nothing))
        if not text:
            self.cells[line, column - 1] = (" ", looks)
        elif self.cells.get((line, column + 1), (" ", nothing))[0] == "":
            self.cells[line, column + 1] = (" ", looks)
        self.cells[line, column] = (" ", looks)


words = st.text(alphabet="ab ●é界", min_size=1, max_size=4) | st.sampled_from(
    ["e\u0301", "a" + " " * 13, " " * 20]
)
segments = st.tuples(words, st.sampled_from(STYLES)).map(lambda drawn: Segment(*drawn))
strips = st.lists(segments, min_size=1, max_size=4).map(Strip)
pieces = st.tuples(st.integers(0, 6), st.integers(0, 1), strips)


def whole(piece: tuple[int, int, Strip]) -> str:
    column, line, strip = piece
    return f"\x1b[{line + 1};{column + 1}H{strip.render(CONSOLE)}"


@given(st.lists(st.lists(pieces, max_size=4), max_size=4), st.booleans())
def test_the_terminal_shows_what_it_would_if_all_were_sent(
    frames: list[list[tuple[int, int, Strip]]], erases: bool
) -> None:
    shown, spared, unspared = ShownCells(erases=erases), Screen(), Screen()
    for frame in frames:
        # What is drawn in one frame is drawn once.
        drawn = {(line, column): (column, line, strip) for column, line, strip in frame}
        apart = [piece for piece in drawn.values() if alone(piece, drawn.values())]
        spared.write(shown.damage(apart, CONSOLE))
        unspared.write("".join(map(whole, apart)))
        assert spared.cells == unspared.cells
        assert spared.looks == (frozenset(), "", ""), "whatever is written next is in the terminal's own colours"


def alone(piece: tuple[int, int, Strip], pieces: Iterable[tuple[int, int, Strip]]) -> bool:
    column, line, strip = piece
    return not any(
        other is not piece
        and other[1] == line
        and column < other[0] + other[2].cell_length
        and other[0] < column + strip.cell_length
        for other in pieces
    )


@given(pieces)
def test_the_same_again_sends_nothing_until_the_shown_cells_are_forgotten(piece: tuple[int, int, Strip]) -> None:
    shown = ShownCells()
    first = shown.damage([piece], CONSOLE)
    assert first
    assert shown.damage([piece], CONSOLE) == ""
    shown.forget()
    assert shown.damage([piece], CONSOLE) == first


def test_a_colour_is_told_once_a_frame_and_blanks_alike_are_not_sent() -> None:
    shown, table = ShownCells(), Style.parse("red on black")
    rows = [(0, line, Strip([Segment("name" + " " * 30 + "state", table)])) for line in range(5)]
    shown.damage(rows, CONSOLE)
    green, dim = STYLES[1:3]
    words = [Segment("name", green), Segment(" " * 30, dim), Segment("st", table), Segment("ate", green)]
    sent = shown.damage([(0, line, Strip(words)) for line in range(5)], CONSOLE)
    assert " " * 5 not in sent, "a blank on the same background is the same blank"
    assert len(re.findall(r"\x1b\[[\d;]*m", sent)) <= 3


def test_only_the_words_that_differ_are_sent_and_those_whole() -> None:
    shown, screen = ShownCells(), Screen()
    shown.damage([(2, 0, Strip([Segment("8000 rings", STYLES[0]), Segment("●15", STYLES[1])]))], CONSOLE)
    screen.write(
        shown.damage([(2, 0, Strip([Segment("8000 rings", STYLES[0]), Segment("●14", STYLES[1])]))], CONSOLE)
    )
    assert [(x, text) for (_, x), (text, _) in screen.cells.items()] == [(12, "●"), (13, "1"), (14, "4")]


NAMES = {
    "a variation selector": "Sales ❤️ now",
    "a text selector": "Clock ⌚︎ x",
    "a skin tone": "Night 👍🏽 shift",
    "a tone by itself": "x 🏽 y",
    "a family": "Home 👨‍👩‍👧 x",
    "a flag": "Berlin 🇩🇪 desk",
    "half a flag": "x 🇩 y",
    "a keycap": "Line 1️⃣ x",
    "a flag of tags": "🏴󠁧󠁢󠁥󠁮󠁧󠁿 x",
    "a joiner in front": "\u200dx",
    "an escape": "a\x1b[31mb\x9b2J\x07c",
    "the other direction": "a\u202eb\u2066c\u200fd\ufeff",
    "breaks": "a\r\nb\tc\x0bd\u2028e",
}
DISPUTED = re.compile("[\u200d\u20e3\ufe00-\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0001-\U000e01ef]")
ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff]")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_terminals_disagree_on_or_obey_is_sent_as_something_plain_of_the_same_width(name: str) -> None:
    strip = Strip([Segment(name, STYLES[0]), Segment("│yes", STYLES[1])])
    width = strip.cell_length
    update = LayoutUpdate([[strip]], Region(0, 0, width, 1))
    sent = DamageUpdate(update, ShownCells()).render_segments(CONSOLE)
    words = re.sub(r"\x1b\[[\d;]+[HGXC]|\x1b\[[\d;]*m", "", sent)
    assert not DISPUTED.search(words)
    assert not ACTING.search(words)
    # What comes after it stands where it was thought to, also for a terminal that measures letter by letter.
    assert sum(get_character_cell_size(letter) for letter in words) == width
    screen = Screen()
    screen.write(sent)
    assert "".join(screen.cells[0, x][0] for x in range(width - 4, width)) == "│yes"
