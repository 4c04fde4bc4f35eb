"""Draw a call's way: boxes from left to right where they fit, from top to bottom where they do not."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len

from queuewatch.failover.decide import roster_of
from queuewatch.failover.destination import EndKind, parse_destination
from queuewatch.failover.model import Snapshot
from queuewatch.failover.phone_number import number_key
from queuewatch.failover.suppose import AS_IS, Suppose
from queuewatch.failover.verdict import Outcome, Stop, Verdict
from queuewatch.failover.wording import describe_destination, short_destination
from queuewatch.glyphs import STAND_INS
from widgets.cells import EMPTY, Cell, CellSpan, cell_length, fit
from widgets.marks import GLYPHS, Mark
from widgets.queue_rows import agent_strip


class Canvas:
    """A sheet of terminal cells. What is drawn beyond its right edge is not there."""

    def __init__(self, width: int, *, unicode: bool = True) -> None:
        self.width = width
        self._unicode = unicode
        self._cells: list[list[tuple[str, str]]] = []

    def line(self, x: int, y: int, marks: str, style: str = "muted") -> None:
        """Draw box characters, in ASCII where the terminal has no others."""
        self.text(x, y, marks if self._unicode else "".join(STAND_INS.get(mark, mark) for mark in marks), style)

    def text(self, x: int, y: int, words: str, style: str = "") -> None:
        """Write words that begin at this cell."""
        while len(self._cells) <= y:
            self._cells.append([(" ", "")] * self.width)
        row = self._cells[y]
        for character in words:
            wide = cell_len(character)
            if not wide:
                # A mark that stands on the letter before it has no cell of its own.
                if 0 < x <= self.width:
                    row[x - 1] = (row[x - 1][0] + character, row[x - 1][1])
                continue
            if x + wide > self.width:
                break
            row[x : x + wide] = [(character, style)] + [("", style)] * (wide - 1)
            x += wide

    def cut(self, x: int, y: int, words: str, width: int, style: str = "") -> None:
        """Write words that take no more than ``width`` cells, with an ellipsis where they are cut."""
        if width > 0:
            self.text(x, y, "".join(span.text for span in fit((CellSpan(words),), width)).rstrip(), style)

    def lines(self) -> Iterator[Cell]:
        """What was drawn, line by line."""
        for row in self._cells:
            yield tuple(
                CellSpan("".join(character for character, _ in run), style)
                for style, run in groupby(row, key=lambda cell: cell[1])
            )


def wrapped(words: str, width: int, most: int) -> tuple[str, ...]:
    """The words on as many lines of this width as they need, but no more than ``most``: then with an ellipsis."""
    if width < 1:
        return ()
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if cell_len(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return tuple("".join(span.text for span in fit((CellSpan(line),), width)).rstrip() for line in lines if line)


class Node(NamedTuple):
    """One stop of a call."""

    name: str
    short: str
    """The name where there is no room for the whole of it."""
    mark: Mark
    why: str
    onward: str = ""
    """The forward by which the call leaves, in the portal's words; empty where it stays."""
    agents: Cell = EMPTY
    """A queue's agents, a glyph each."""


class Diagram(NamedTuple):
    """A call's way."""

    stations: tuple[Node, ...] = ()
    back_to: int | None = None
    """In a loop, the station to which the last one sends the call back."""


def picture_of(snapshot: Snapshot, verdict: Verdict, suppose: Suppose = AS_IS) -> Diagram:
    """The path of a verdict, which was given under this supposition."""
    stops, back_to = verdict.path, None
    if stops[-1].outcome == EndKind.LOOP:
        back_to = _place_of(stops[-1], stops[:-1])
    if back_to is not None:
        stops = stops[:-1]
    return Diagram(tuple(_station(snapshot, stop, suppose) for stop in stops), back_to)


def _place_of(again: Stop, before: tuple[Stop, ...]) -> int | None:
    same = (place for place, stop in enumerate(before) if stop.at == again.at)
    number = number_key(parse_destination(again.at).target)
    alike = (
        place
        for place, stop in enumerate(before)
        if stop.outcome == "own_number" and number_key(parse_destination(stop.at).target) == number
    )
    return next(same, next(alike, None))


def _station(snapshot: Snapshot, stop: Stop, suppose: Suppose) -> Node:
    queue = stop.at.removeprefix("queue_")
    decided = stop.at != queue and queue in snapshot.queues and stop.outcome != EndKind.LOOP
    return Node(
        describe_destination(snapshot, stop.at).removeprefix("the "),
        short_destination(snapshot, stop.at).removeprefix("the "),
        stop_mark(stop),
        stop.why,
        _ONWARD.get(stop.outcome, ""),
        agent_strip(roster_of(snapshot, queue, suppose).counts) if decided else EMPTY,
    )


_ONWARD = {
    Outcome.FAILS_OVER.value: "When Offline",
    Outcome.OVERFLOWS.value: "When Busy",
    Outcome.DIVERTED.value: "Always",
    "own_number": "leads to",
    "forwards": "then",
}

_MARKS = {
    Outcome.RINGS.value: ("green", "rings", "green"),
    Outcome.WAITS.value: ("red", "waits", "red"),
    Outcome.FAILS_OVER.value: ("onward", "fails over", "warn"),
    Outcome.OVERFLOWS.value: ("onward", "overflows", "warn"),
    Outcome.DIVERTED.value: ("onward", "diverted", "warn"),
    Outcome.STRANDED.value: ("bad", "stranded", "bad"),
    Outcome.LOST.value: ("bad", "lost", "bad"),
    "own_number": ("onward", "own number", "warn"),
    "forwards": ("onward", "sends on", "warn"),
    EndKind.EXTERNAL.value: ("good", "outside number", "good"),
    EndKind.VOICEMAIL.value: ("good", "answers", "good"),
    EndKind.AUTO_ATTENDANT.value: ("good", "answers", "good"),
    EndKind.USER.value: ("good", "phone rings", "good"),
    EndKind.PARK.value: ("unknown", "parked", "unknown"),
    EndKind.DEAD_END.value: ("bad", "dead end", "bad"),
    EndKind.NOBODY.value: ("bad", "nobody", "bad"),
    EndKind.LOOP.value: ("bad", "loop", "bad"),
}


def stop_mark(stop: Stop) -> Mark:
    """What happens at a stop, as glyph, word and style."""
    if stop.outcome == EndKind.UNKNOWN:
        return Mark(GLYPHS["unknown"], "not known", "unknown")
    glyph, word, style = _MARKS.get(stop.outcome, ("unknown", "uncertain", "unknown"))
    return Mark(GLYPHS[glyph], word, style)


CALLER = "caller"
LEAD = len(CALLER) + 3
"""Where the first box begins: behind the caller and an arrow."""
NARROWEST, WIDEST = 14, 34
"""A box's width; the inside is two less."""
SHORTEST, LONGEST = 3, 18
"""An arrow's length between two boxes."""
TAIL = 3
"""What the way back of a loop takes beside the last box."""
REASON_LINES = 3
"""How many lines a reason may take below its box; beside it there is room for one more."""
LOOP, SHORT_LOOP = "comes back: a loop", "a loop"


def draw(picture: Diagram, width: int, *, upright: bool = False, unicode: bool = True) -> tuple[Cell, ...]:
    """The picture in this many columns; ``upright`` from top to bottom wherever it would go."""
    canvas = Canvas(max(1, width), unicode=unicode)
    if picture.stations:
        box = _box_width(picture, width)
        if box >= NARROWEST and not upright:
            _across(canvas, picture, box)
        else:
            _down(canvas, picture, below=upright)
    return tuple(canvas.lines())


def _box_width(picture: Diagram, width: int) -> int:
    """How wide each box may be from left to right."""
    count = len(picture.stations)
    room = width - LEAD - (TAIL if picture.back_to is not None else 0) - SHORTEST * (count - 1)
    return min(room // count, WIDEST, _wanted(picture))


def _wanted(picture: Diagram) -> int:
    """How wide the boxes would like to be: nothing in them cut, and all alike."""
    names = [cell_len(station.name) for station in picture.stations]
    strips = [cell_length(station.agents) + 1 if station.agents else 0 for station in picture.stations]
    marks = [cell_len(station.mark.text) + strip for station, strip in zip(picture.stations, strips, strict=True)]
    return max(*names, *marks, NARROWEST) + 4


def _across(canvas: Canvas, picture: Diagram, box: int) -> None:
    stations, top = picture.stations, 0 if picture.back_to is None else 2
    left = LEAD
    spare = canvas.width - left - (TAIL if top else 0) - box * len(stations)
    gap = min(LONGEST, spare // (len(stations) - 1)) if len(stations) > 1 else SHORTEST
    canvas.text(0, top + 1, CALLER, "strong")
    canvas.line(len(CALLER) + 1, top + 1, "─▶")
    for place, station in enumerate(stations):
        x, last = left + place * (box + gap), place == len(stations) - 1
        end = last and picture.back_to is None
        _box(canvas, x, top, box, station, station.mark.style if end else "muted")
        if not last:
            canvas.line(x + box - 1, top + 1, "├" + "─" * (gap - 1) + "▶")
            if gap >= len(station.onward) + 4 and station.onward:
                canvas.text(x + box + 1, top + 1, f" {station.onward} ", "muted")
        room = canvas.width - x if last else box + gap - 1
        for down, line in enumerate(wrapped(station.why, min(room - 1, 2 * WIDEST), REASON_LINES)):
            canvas.text(x + 1, top + 4 + down, line, "muted")
    if picture.back_to is not None:
        _back_across(
            canvas, left + picture.back_to * (box + gap) + 2, left + (len(stations) - 1) * (box + gap) + box
        )


def _back_across(canvas: Canvas, to: int, after: int) -> None:
    """The way back of a loop, over the top of the boxes."""
    right = after + TAIL - 1
    canvas.line(to, 0, "╭" + "─" * (right - to - 1) + "╮", "bad")
    canvas.line(to, 1, "▼", "bad")
    canvas.line(right, 1, "│", "bad")
    canvas.line(right, 2, "│", "bad")
    canvas.line(after - 1, 3, "├" + "─" * (TAIL - 1) + "╯", "bad")
    for words in (LOOP, SHORT_LOOP):
        label = f" {GLYPHS['bad']} {words} "
        if len(label) + 2 <= right - to:
            canvas.text(to + (right - to - len(label)) // 2 + 1, 0, label, "bad")
            break


def _down(canvas: Canvas, picture: Diagram, *, below: bool) -> None:
    """Reasons stand beside the boxes where there is room; else ``below`` them, or nowhere."""
    left = 0 if picture.back_to is None else TAIL
    box = max(8, min(canvas.width - left, WIDEST, _wanted(picture)))
    beside, least_beside = canvas.width - left - box - 2, 24 if below else 16
    canvas.text(left, 0, CALLER, "strong")
    canvas.line(left + 2, 1, "▼")
    y, tops = 2, []
    for place, station in enumerate(picture.stations):
        tops.append(y)
        last = place == len(picture.stations) - 1
        end = last and picture.back_to is None
        _box(canvas, left, y, box, station, station.mark.style if end else "muted")
        if beside >= least_beside:
            for down, line in enumerate(wrapped(station.why, beside, REASON_LINES + 1)):
                canvas.text(left + box + 2, y + down, line, "muted")
        y += 4
        if below and beside < least_beside:
            for line in wrapped(station.why, canvas.width - left - 4, REASON_LINES):
                if not last:
                    canvas.line(left + 2, y, "│")
                canvas.text(left + 4, y, line, "muted")
                y += 1
        if not last:
            canvas.line(left + 2, tops[-1] + 3, "┬")
            canvas.line(left + 2, y, "▼")
            canvas.cut(left + 4, y, station.onward, canvas.width - left - 4, "muted")
            y += 1
    if picture.back_to is not None:
        _back_down(canvas, tops[picture.back_to] + 1, tops[-1] + 1, y)


def _back_down(canvas: Canvas, to: int, after: int, below: int) -> None:
    """The way back of a loop, along the left of the boxes."""
    if to == after:
        # From a box into itself: out of its lower line and into its upper one.
        after += 1
    canvas.line(0, to, "╭─▶", "bad")
    for y in range(to + 1, after):
        canvas.line(0, y, "│", "bad")
    canvas.line(0, after, "╰──", "bad")
    canvas.cut(0, below, f"{GLYPHS['bad']} {LOOP}", canvas.width, "bad")


def _box(canvas: Canvas, x: int, y: int, width: int, station: Node, style: str) -> None:
    inside = width - 4
    canvas.line(x, y, "╭" + "─" * (width - 2) + "╮", style)
    for row in (1, 2):
        canvas.line(x, y + row, "│" + " " * (width - 2) + "│", style)
    canvas.line(x, y + 3, "╰" + "─" * (width - 2) + "╯", style)
    name = station.name if cell_len(station.name) <= inside else station.short
    canvas.cut(x + 2, y + 1, name, inside, "strong")
    canvas.cut(x + 2, y + 2, station.mark.text, inside, station.mark.style)
    strip = cell_length(station.agents)
    if cell_len(station.mark.text) + 1 + strip <= inside:
        at = x + width - 2 - strip
        for words, colour in station.agents:
            canvas.text(at, y + 2, words, colour)
            at += cell_len(words)
