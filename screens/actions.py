"""Every action of the program, once: bindings, palette, help and the keys' documentation are made from this."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Action:
    """Something a user can do on a screen."""

    id: str
    keys: tuple[str, ...]
    method: str
    """The Textual action that does it."""
    label: str
    """One or two words, for the footer."""
    help: str
    """One sentence, for help and the palette."""
    footer: bool = True
    long: str = ""
    """Its name where there is room for one."""
    writes: bool = False
    """Whether it can change the phone system."""
    demo: bool = False
    """Whether it is there for sample data only."""

    @property
    def title(self) -> str:
        """Its name in the command palette."""
        return self.long or self.label


EVERYWHERE = (
    Action("app.help", ("question_mark", "f1"), "help", "Help", "Explain this screen, the colours and the keys."),
    Action(
        "app.theme",
        ("t",),
        "toggle_theme",
        "Theme",
        "Switch between the dark and the light theme.",
        footer=False,
        long="Dark or light",
    ),
    Action("app.quit", ("q", "f10"), "quit", "Quit", "Leave queuewatch."),
)
EDIT = (
    Action(
        "queue.when_offline",
        ("e", "f2"),
        "edit_when_offline",
        "When Offline",
        "Set where the queue's calls go once every agent is offline.",
        writes=True,
    ),
    Action(
        "queue.require_agents",
        ("r", "f3"),
        "toggle_require_agents",
        "Require Agents",
        "Switch the queue's Require Agents between Yes and No.",
        writes=True,
    ),
)
REFRESH = Action("view.refresh", ("f5", "u"), "refresh_now", "Refresh", "Read everything again now.", footer=False)
HISTORY = Action(
    "view.log",
    ("v", "f11"),
    "open_log",
    "Log",
    "Show the changes made through queuewatch, and undo one.",
    footer=False,
    long="Log of changes",
)
SEEN = Action(
    "view.alert_seen",
    ("x", "delete"),
    "alert_seen",
    "Seen",
    "Mark the alert above as seen.",
    footer=False,
    long="Alert seen",
)
PAST = Action(
    "view.history",
    ("i", "H"),
    "open_history",
    "History",
    "Show how often the queue failed over, when callers reached nobody, and its uptime.",
    footer=False,
)
POWER = Action(
    "demo.power",
    ("p", "f8"),
    "toggle_power",
    "Power",
    "Cut the power at the queue's site, or give it back (sample data only).",
    footer=False,
    demo=True,
)
FASTER = Action(
    "demo.faster",
    ("plus", "greater_than_sign"),
    "faster",
    "Faster",
    "Let time go faster: 2, 5, 10, 30, 60 times (demo only).",
    footer=False,
    demo=True,
)
SLOWER = Action(
    "demo.slower",
    ("minus", "less_than_sign"),
    "slower",
    "Slower",
    "Let time go slower again (demo only).",
    footer=False,
    demo=True,
)
TOUR = (
    Action(
        "tour.next",
        ("space", "n"),
        "tour(1)",
        "Tour on",
        "Go on to the next card of the tour (demo only).",
        footer=False,
        demo=True,
    ),
    Action(
        "tour.back",
        ("backspace", "b"),
        "tour(-1)",
        "Tour back",
        "Go back to the tour's card before (demo only).",
        footer=False,
        demo=True,
    ),
    Action(
        "tour.toggle",
        ("T", "ctrl+t"),
        "tour(0)",
        "Tour",
        "Show the tour, or put it away (demo only).",
        footer=False,
        demo=True,
    ),
)


def _what_if(place: str) -> Action:
    return Action(
        f"{place}.simulate",
        ("w", "f7"),
        "simulate",
        "What if",
        "Suppose agents and settings otherwise and see where a call would go: nothing is changed.",
    )


def _audit(place: str) -> Action:
    return Action(
        f"{place}.audit",
        ("a", "f12"),
        "audit",
        "Audit",
        "List what is wrong with failover, why, and how to put it right.",
    )


BOARD = (
    Action("board.open", ("enter", "right", "l"), "open_queue", "Open", "Show everything about the queue."),
    *EDIT,
    _what_if("board"),
    Action(
        "board.drill",
        ("d", "f9"),
        "drill",
        "Drill",
        "Suppose the power gone at a site, and see what becomes of every queue, and when: nothing is changed.",
    ),
    _audit("board"),
    Action(
        "board.filter",
        ("slash", "f4"),
        "filter",
        "Filter",
        "Show only the queues that match some words.",
        footer=False,
    ),
    Action(
        "board.sort",
        ("s", "f6"),
        "sort",
        "Sort",
        "Sort worst first, by name, by extension or by site.",
        footer=False,
    ),
    SEEN,
    PAST,
    HISTORY,
    POWER,
    FASTER,
    SLOWER,
    *TOUR,
    REFRESH,
)
QUEUE = (
    Action("queue.back", ("escape", "left"), "back", "Back", "Return to the board."),
    *EDIT,
    _what_if("queue"),
    _audit("queue"),
    Action("queue.next", ("n", "right_square_bracket"), "next_queue(1)", "Next", "Go to the next queue."),
    Action(
        "queue.previous",
        ("b", "left_square_bracket"),
        "next_queue(-1)",
        "Previous",
        "Go to the previous queue.",
        footer=False,
    ),
    SEEN,
    PAST,
    HISTORY,
    POWER,
    FASTER,
    SLOWER,
    REFRESH,
)
MOVES = (
    ("up, k", "Move up."),
    ("down, j", "Move down."),
    ("page up, ctrl+u", "Move up by a page."),
    ("page down, ctrl+d", "Move down by a page."),
    ("home, g", "Go to the beginning."),
    ("end, G", "Go to the end."),
    ("tab", "Go to the next part of the screen."),
    ("ctrl+p", "Open the command palette: every action by name."),
)


def bindings(*actions: Action) -> list[Binding]:
    """The actions as key bindings, ids included, so that a keymap can name them."""
    return [
        Binding(
            ",".join(action.keys),
            action.method,
            action.label,
            show=action.footer,
            tooltip=action.help,
            id=action.id,
        )
        for action in actions
    ]


KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "plus": "+",
    "asterisk": "*",
    "minus": "-",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "equals_sign": "=",
    "comma": "comma",
    "full_stop": "full stop",
    "escape": "esc",
    "right": "→",
    "left": "←",
}


def key_names(action: Action) -> str:
    """The action's keys as they are printed: ``e, f2``."""
    return ", ".join(KEY_NAMES.get(key, key) for key in action.keys)


def key_table(*actions: Action) -> Iterator[tuple[str, str]]:
    """Keys and what they do, for help and documentation."""
    for action in actions:
        yield key_names(action), action.help
