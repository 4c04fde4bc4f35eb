"""Draw a call's way: boxes from left to right where they fit, from top to bottom where they do not."""

from rich.cells import cell_len

from widgets.canvas import Canvas, wrapped
from widgets.cells import Cell
from widgets.glyphs import GLYPHS
from widgets.path_picture import Picture, Station

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


def draw(picture: Picture, width: int, *, unicode: bool = True) -> tuple[Cell, ...]:
    """The picture in this many columns."""
    canvas = Canvas(max(1, width), unicode=unicode)
    if picture.stations:
        box = _box_width(picture, width)
        if box >= NARROWEST:
            _across(canvas, picture, box)
        else:
            _down(canvas, picture)
    return tuple(canvas.lines())


def _box_width(picture: Picture, width: int) -> int:
    """How wide each box may be from left to right."""
    count = len(picture.stations)
    room = width - LEAD - (TAIL if picture.back_to is not None else 0) - SHORTEST * (count - 1)
    return min(room // count, WIDEST, _wanted(picture))


def _wanted(picture: Picture) -> int:
    """How wide the boxes would like to be: nothing in them cut, and all alike."""
    names = [cell_len(one.name) for one in picture.stations]
    strips = [_length(one.agents) + 1 if one.agents else 0 for one in picture.stations]
    marks = [cell_len(one.mark.text) + strip for one, strip in zip(picture.stations, strips, strict=True)]
    return max(*names, *marks, NARROWEST) + 4


def _length(spans: Cell) -> int:
    return sum(cell_len(span.text) for span in spans)


def _across(canvas: Canvas, picture: Picture, box: int) -> None:
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


def _down(canvas: Canvas, picture: Picture) -> None:
    left = 0 if picture.back_to is None else TAIL
    box = max(8, min(canvas.width - left, WIDEST, _wanted(picture)))
    beside = canvas.width - left - box - 2
    canvas.text(left, 0, CALLER, "strong")
    canvas.line(left + 2, 1, "▼")
    y, tops = 2, []
    for place, station in enumerate(picture.stations):
        tops.append(y)
        last = place == len(picture.stations) - 1
        end = last and picture.back_to is None
        _box(canvas, left, y, box, station, station.mark.style if end else "muted")
        if beside >= 16:
            for down, line in enumerate(wrapped(station.why, beside, REASON_LINES + 1)):
                canvas.text(left + box + 2, y + down, line, "muted")
        y += 4
        if not last:
            canvas.line(left + 2, y - 1, "┬")
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


def _box(canvas: Canvas, x: int, y: int, width: int, station: Station, style: str) -> None:
    inside = width - 4
    canvas.line(x, y, "╭" + "─" * (width - 2) + "╮", style)
    for row in (1, 2):
        canvas.line(x, y + row, "│" + " " * (width - 2) + "│", style)
    canvas.line(x, y + 3, "╰" + "─" * (width - 2) + "╯", style)
    name = station.name if cell_len(station.name) <= inside else station.short
    canvas.cut(x + 2, y + 1, name, inside, "strong")
    canvas.cut(x + 2, y + 2, station.mark.text, inside, station.mark.style)
    strip = _length(station.agents)
    if cell_len(station.mark.text) + 1 + strip <= inside:
        at = x + width - 2 - strip
        for words, colour in station.agents:
            canvas.text(at, y + 2, words, colour)
            at += cell_len(words)
