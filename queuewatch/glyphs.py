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
}
"""By state; an agent's are named like its status."""

STAND_INS = {
    "●": "@",
    "◆": "#",
    "○": "-",
    "✔": "+",
    "✖": "x",
    "→": ">",
    "▲": "!",
    "·": "-",
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
    "▼": "v",
}
"""ASCII for what is not: the states stay apart."""
