"""The keys that move: in tables, in parts that scroll, and in lists. A vi user finds theirs in all of them."""

from widgets.action import Action

_MOVES = (
    ("up", ("up", "k"), "Up", "Move up."),
    ("down", ("down", "j"), "Down", "Move down."),
    ("first", ("home", "g"), "First", "Go to the beginning."),
    ("last", ("end", "G"), "Last", "Go to the end."),
    ("half_up", ("ctrl+u",), "Half up", "Move up by half a page."),
    ("half_down", ("ctrl+d",), "Half down", "Move down by half a page."),
    ("page_up", ("pageup", "ctrl+b"), "Page up", "Move up by a page."),
    ("page_down", ("pagedown", "ctrl+f"), "Page down", "Move down by a page."),
)


def _moves(part: str, methods: dict[str, str]) -> tuple[Action, ...]:
    return tuple(
        Action(f"{part}.{name}", keys, methods[name], label, does, footer=False)
        for name, keys, label, does in _MOVES
    )


TABLE = _moves(
    "table",
    {
        "up": "move(-1)",
        "down": "move(1)",
        "first": "go(0)",
        "last": "go(-1)",
        "half_up": "page(-1, 2)",
        "half_down": "page(1, 2)",
        "page_up": "page(-1)",
        "page_down": "page(1)",
    },
)
"""In a table the cursor moves."""

PANEL = _moves(
    "panel",
    {
        "up": "scroll_up",
        "down": "scroll_down",
        "first": "scroll_home",
        "last": "scroll_end",
        "half_up": "half_page(-1)",
        "half_down": "half_page(1)",
        "page_up": "page_up",
        "page_down": "page_down",
    },
)
"""What is only read scrolls."""

LIST = _moves(
    "list",
    {
        "up": "cursor_up",
        "down": "cursor_down",
        "first": "first",
        "last": "last",
        "half_up": "half_page(-1)",
        "half_down": "half_page(1)",
        "page_up": "page_up",
        "page_down": "page_down",
    },
)
"""In a list to choose from the highlight moves."""
