"""Every action of the board, of one queue and of every screen, once: all that names a key is made from this.

Textual is not loaded by it. The tasks' and dialogs' actions are beside it; ``registry`` knows where each is.
"""

from widgets.action import Action, key_table
from widgets.moves import TABLE

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
    Action(
        "app.jump",
        ("o", "ctrl+o"),
        "jump",
        "Jump",
        "Show a letter on each part of the screen; the letter goes there.",
        footer=False,
        long="Jump to a part",
    ),
    Action(
        "app.screenshot",
        ("S", "ctrl+s"),
        "screenshot",
        "Picture",
        "Save what the screen shows as a picture (SVG) in a file.",
        footer=False,
        long="Save a picture",
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
        on_row=True,
    ),
    Action(
        "queue.require_agents",
        ("r", "f3"),
        "toggle_require_agents",
        "Require Agents",
        "Switch the queue's Require Agents between Yes and No.",
        writes=True,
        on_row=True,
    ),
)
MARK = (
    Action(
        "mark.toggle",
        ("space",),
        "mark",
        "Mark",
        "Mark the row, or take its mark away, and go on to the next: what is marked is changed together.",
        footer=False,
        long="Mark a row",
        on_row=True,
    ),
    Action(
        "mark.to",
        ("M",),
        "mark_to",
        "Mark to here",
        "Mark every row from the one that was marked last to this one.",
        footer=False,
        on_row=True,
    ),
    Action(
        "mark.all",
        ("asterisk",),
        "mark_all",
        "Mark all",
        "Mark all rows that are shown; if all are, take every mark away.",
        footer=False,
    ),
)
REFRESH = Action("view.refresh", ("f5", "R"), "refresh_now", "Refresh", "Read everything again now.", footer=False)


def undo_action(help: str) -> Action:
    """Taking back what was done last, on that screen."""
    return Action("view.undo", ("u", "ctrl+z"), "undo_last", "Undo", help, footer=False)


UNDO = undo_action(
    "Take back the last change made here since the start, after asking; if there is none, open the log."
)
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
SILENCE = Action(
    "view.quiet",
    ("Z",),
    "quiet",
    "Quiet",
    "Tell nobody of the queue's alerts, or of its site's, for a time and with a reason; or end that.",
    footer=False,
    long="Put quiet",
    on_row=True,
)
PAST = Action(
    "view.history",
    ("i", "H"),
    "open_history",
    "History",
    "Show how often the queue failed over, when callers reached nobody, and its uptime.",
    footer=False,
    on_row=True,
)
POWER = Action(
    "demo.power",
    ("p", "f8"),
    "toggle_power",
    "Power",
    "Cut the power at the queue's site; where it is out, give it back (sample data only).",
    demo=True,
    on_row=True,
)
FASTER = Action(
    "demo.faster",
    ("plus", "greater_than_sign"),
    "faster",
    "Faster",
    "Let time go faster: 2, 5, 10, 30, 60 times (demo only).",
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
        ("n", "ctrl+n"),
        "tour(1)",
        "Next",
        "Go on to the next card of the tour (demo only).",
        footer=False,
        demo=True,
        long="Tour on",
    ),
    Action(
        "tour.back",
        ("backspace", "b"),
        "tour(-1)",
        "Previous",
        "Go back to the tour's card before (demo only).",
        footer=False,
        demo=True,
        long="Tour back",
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
        on_row=True,
    )


def _prove(place: str) -> Action:
    return Action(
        f"{place}.prove",
        ("P",),
        "prove",
        "Prove",
        "Test the queue's failover live: log its agents out, call it, log everybody in again. It asks first.",
        footer=False,
        long="Prove it: a live test",
        writes=True,
        on_row=True,
    )


def _audit(place: str) -> Action:
    return Action(
        f"{place}.audit",
        ("a", "f12"),
        "audit",
        "Audit",
        "List what is wrong with failover, why, and how to put it right.",
    )


def copy_action(place: str) -> Action:
    """Copying a queue's verdict, on that screen."""
    return Action(
        f"{place}.copy",
        ("y", "ctrl+y"),
        "copy_verdict",
        "Copy",
        "Copy everything about the queue as text, for a ticket or a mail.",
        footer=False,
        long="Copy the verdict",
        on_row=True,
    )


ONLY = Action(
    "board.only",
    ("f",),
    "only",
    "Only",
    "Show only the queues that reach nobody, are not ready, are uncertain, or are held open by one; then all.",
    footer=False,
    long="Only one outcome",
)
GROUP = Action(
    "board.group",
    ("B",),
    "group",
    "Group",
    "Group the queues by site; then fold all sites; then as at first.",
    footer=False,
    long="Group by site",
)

BOARD = (
    Action(
        "board.open",
        ("enter", "right", "l"),
        "open_queue",
        "Open",
        "Show everything about the queue.",
        on_row=True,
    ),
    *EDIT,
    _what_if("board"),
    Action(
        "board.drill",
        ("d", "f9"),
        "drill",
        "Drill",
        "Suppose the power gone at a site, and see what becomes of every queue, and when: nothing is changed.",
    ),
    Action(
        "board.sites",
        ("D",),
        "sites",
        "Sites",
        "Show what a power cut at each site does to each queue, and the line to be said for it.",
        footer=False,
    ),
    _prove("board"),
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
        "Sort worst first, or by the next column; a click on a column's title sorts by it.",
        footer=False,
    ),
    ONLY,
    GROUP,
    *MARK,
    SEEN,
    SILENCE,
    PAST,
    Action(
        "board.columns",
        ("C", "comma"),
        "columns",
        "Columns",
        "Choose which columns the board shows, and in which order.",
        footer=False,
    ),
    copy_action("board"),
    HISTORY,
    POWER,
    FASTER,
    SLOWER,
    *TOUR,
    UNDO,
    REFRESH,
)
STEP = (
    Action("queue.next", ("n", "right_square_bracket"), "next_queue(1)", "Next", "Go to the next queue."),
    Action(
        "queue.previous",
        ("b", "left_square_bracket"),
        "next_queue(-1)",
        "Previous",
        "Go to the previous queue.",
        footer=False,
    ),
)
QUEUE = (
    Action("queue.back", ("escape", "left", "h"), "back", "Back", "Return to the board."),
    *EDIT,
    _what_if("queue"),
    _prove("queue"),
    _audit("queue"),
    *STEP,
    copy_action("queue"),
    SEEN,
    SILENCE,
    PAST,
    HISTORY,
    POWER,
    FASTER,
    SLOWER,
    UNDO,
    REFRESH,
)


def moves() -> tuple[tuple[str, str], ...]:
    """The keys that move, as they are now, and what they do."""
    return (
        *key_table(*TABLE),
        ("tab", "Go to the next part of the screen."),
        ("ctrl+p", "Open the command palette: every action by name."),
    )
