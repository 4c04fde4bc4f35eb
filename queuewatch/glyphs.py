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
    "▼": "v",
}
"""ASCII for what is not: the states stay apart."""
