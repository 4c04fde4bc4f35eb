"""The glyphs that stand beside every colour, and what a terminal without them is shown instead."""

STATE_GLYPHS = {
    "green": "●",
    "red": "◆",
    "grey": "○",
    "unknown": "?",
    "good": "✔",
    "bad": "✖",
    "onward": "→",
    "caution": "▲",
    "note": "·",
    "times": "×",
    "ascending": "▲",
    "descending": "▼",
    "folded": "▸",
    "unfolded": "▾",
}
"""By state; an agent's are named like its status."""

ASCII_STATE_GLYPHS = {"ascending": "^"}
"""Those whose glyph alone would be taken for another state's: upwards is not a caution."""

STAND_INS = {
    "●": "@",
    "◆": "#",
    "○": "-",
    "✔": "+",
    "✖": "x",
    "→": ">",
    "▲": "!",
    "·": "-",
    "×": "x",
    "…": "...",
    "“": '"',
    "”": '"',
    "’": "'",
    "–": "-",
    "—": "-",
    "─": "-",
    "│": "|",
    "╭": "+",
    "╮": "+",
    "╰": "+",
    "╯": "+",
    "├": "|",
    "┬": "-",
    "▶": ">",
    "▸": ">",
    "▾": "v",
    "▼": "v",
    "█": "#",
    "▓": "%",
    "▒": "~",
    "░": "=",
    "▁": "_",
    "▂": "2",
    "▃": "3",
    "▄": "4",
    "▅": "5",
    "▆": "6",
    "▇": "7",
}
"""ASCII for what is not: the states stay apart."""
