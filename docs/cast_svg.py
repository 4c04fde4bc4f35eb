"""Frames of a terminal as one SVG that plays by itself: styles alone, no script, and nothing is fetched."""

from dataclasses import dataclass
from html import escape

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

CELL, LINE, SIZE, MARGIN = 8.4, 18.0, 14, 10.0
"""In pixels: a character's width, a line's height, the type's size, and what is left free around."""
BACKGROUND, FOREGROUND = "#0d1117", "#d6dde6"
"""Where a colour is the terminal's own."""

Lines = tuple[tuple[Segment, ...], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the terminal shows, and for how many seconds."""

    stays: float
    lines: Lines


Spans = tuple[tuple[float, float], ...]
"""From when to when something is to be seen, in seconds."""


def animated(frames: list[Frame], width: int, height: int, still: int = 0) -> str:
    """The picture, which begins anew when it is through. Each line is drawn once, however often it is shown.

    Whoever wants no motion, or has nothing that plays it, sees the frame of number ``still``.
    """
    total = sum(frame.stays for frame in frames)
    standing = sum(frame.stays for frame in frames[:still])
    shown: dict[tuple[int, tuple[Segment, ...]], list[tuple[float, float]]] = {}
    at = 0.0
    for frame in frames:
        for row, line in enumerate(frame.lines):
            spans = shown.setdefault((row, line), [])
            if spans and spans[-1][1] == at:
                spans[-1] = (spans[-1][0], at + frame.stays)
            else:
                spans.append((at, at + frame.stays))
        at += frame.stays
    together: dict[Spans, list[str]] = {}
    looks: dict[str, str] = {}
    for (row, line), spans in shown.items():
        if drawn := _line(row, line, looks):
            together.setdefault(tuple(spans), []).append(drawn)
    rules, groups = [], []
    for nth, (when, drawn_lines) in enumerate(together.items()):
        motion = ""
        if when[0] != (0.0, at):
            rules.append(_keyframes(f"k{nth}", when, total))
            seen = any(start <= standing < end for start, end in when)
            motion = "" if seen else ' visibility="hidden"'
            motion += f' style="animation:k{nth} {total:g}s step-end infinite"'
        groups.append(f"<g{motion}>{''.join(drawn_lines)}</g>")
    wide, high = width * CELL + 2 * MARGIN, height * LINE + 2 * MARGIN
    classes = "".join(f".{name}{{{look}}}" for look, name in looks.items())
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" role="img">',
            "<title>queuewatch demo: Dallas loses its power</title>",
            "<style>",
            f"text{{font:{SIZE}px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}}",
            "@media (prefers-reduced-motion:reduce){g{animation:none!important}}",
            classes,
            *rules,
            "</style>",
            f'<rect width="{wide:g}" height="{high:g}" rx="6" fill="{BACKGROUND}"/>',
            *groups,
            "</svg>\n",
        )
    )


def _keyframes(name: str, spans: Spans, total: float) -> str:
    """When the lines of a group are to be seen."""
    steps = {} if spans[0][0] == 0.0 else {0.0: "hidden"}
    for start, end in spans:
        steps |= {start: "visible"}
        if end < total:
            steps |= {end: "hidden"}
    body = "".join(f"{100 * at / total:.3f}%{{visibility:{state}}}" for at, state in steps.items())
    return f"@keyframes {name}{{{body}100%{{visibility:{list(steps.values())[-1]}}}}}"


def _line(row: int, line: tuple[Segment, ...], looks: dict[str, str]) -> str:
    """A line's backgrounds and its words."""
    top, at = MARGIN + row * LINE, 0
    backgrounds, words = [], []
    for text, style, _ in line:
        cells = cell_len(text)
        ink, paper = _colours(style or Style.null())
        x = MARGIN + at * CELL
        if paper != BACKGROUND:
            backgrounds.append(
                f'<rect x="{x:g}" y="{top:g}" width="{cells * CELL:g}" height="{LINE:g}" fill="{paper}"/>'
            )
        if bare := text.strip():
            before = cell_len(text) - cell_len(text.lstrip())
            look = _look(style or Style.null(), ink)
            name = looks.setdefault(look, f"c{len(looks)}")
            words.append(
                f'<text class="{name}" x="{x + before * CELL:g}" y="{top + 13:g}" '
                f'textLength="{cell_len(bare) * CELL:g}">{escape(bare)}</text>'
            )
        at += cells
    return "".join((*backgrounds, *words))


def _colours(style: Style) -> tuple[str, str]:
    ink, paper = _hex(style.color, FOREGROUND), _hex(style.bgcolor, BACKGROUND)
    return (paper, ink) if style.reverse else (ink, paper)


def _hex(color: Color | None, default: str) -> str:
    return default if color is None or color.is_default else color.get_truecolor().hex


def _look(style: Style, ink: str) -> str:
    weight = ";font-weight:bold" if style.bold else ""
    faint = ";opacity:.6" if style.dim else ""
    line = ";text-decoration:underline" if style.underline else ""
    return f"fill:{ink}{weight}{faint}{line}"
