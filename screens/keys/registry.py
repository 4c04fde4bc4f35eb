"""Where which action is to be had: every screen and dialog, for the documentation and the check of keys.

It is the whole keyboard as data, and Textual is not loaded for it.
"""

from msgspec import Struct

from screens.keys.board import BOARD, EVERYWHERE, QUEUE
from screens.keys.tasks import (
    AUDIT,
    COLUMNS,
    CONFIRM,
    DIALOG,
    DRILL,
    EXPLAIN,
    FLEET,
    FORWARD,
    HELP,
    JUMP,
    LOG,
    PAST_OF_ALL,
    PAST_OF_QUEUE,
    PLAN,
    POWER_OF,
    PROOF,
    PUT_QUIET,
    SCOPE,
    SCREENSHOT,
    SIGN_IN,
    SIMULATOR,
    SITES,
    THEME_OF,
)
from widgets.action import Action
from widgets.moves import LIST, PANEL, TABLE


class ActionLocation(Struct, frozen=True):
    """A screen or a dialog, and everything a key can do there."""

    name: str
    """As a heading: ``On the board``."""
    own: tuple[Action, ...]
    shared: tuple[Action, ...]
    """What it has in common with other places."""
    typing: bool = False
    """Whether what is pressed there is typed into something."""

    @property
    def actions(self) -> tuple[Action, ...]:
        """Every action of the place."""
        return (*self.own, *self.shared)


SCREEN = (*TABLE, *PANEL, *EVERYWHERE)

PLACES = (
    ActionLocation("On the board", BOARD, SCREEN),
    ActionLocation("On one queue", QUEUE, SCREEN),
    ActionLocation("What if", SIMULATOR, SCREEN),
    ActionLocation("In the audit", AUDIT, SCREEN),
    ActionLocation("In a drill", DRILL, SCREEN),
    ActionLocation("On the sites", SITES, SCREEN),
    ActionLocation("In a live test", PROOF, SCREEN),
    ActionLocation("In the history of a queue", PAST_OF_QUEUE, SCREEN),
    ActionLocation("In the history of all queues", PAST_OF_ALL, SCREEN),
    ActionLocation("On the log of changes", LOG, SCREEN),
    ActionLocation("In the fleet", FLEET, SCREEN),
    ActionLocation("While choosing a destination", FORWARD, (*LIST, *DIALOG), typing=True),
    ActionLocation("While choosing what goes dark", SCOPE, (*LIST, *DIALOG)),
    ActionLocation("While choosing whose power goes", POWER_OF, (*LIST, *DIALOG)),
    ActionLocation("While choosing a theme", THEME_OF, (*LIST, *DIALOG)),
    ActionLocation("While choosing columns", COLUMNS, (*LIST, *DIALOG)),
    ActionLocation("While putting something quiet", PUT_QUIET, (*LIST, *DIALOG), typing=True),
    ActionLocation("Before a change is made", CONFIRM, DIALOG),
    ActionLocation("Before many changes are made", PLAN, (*TABLE, *DIALOG)),
    ActionLocation("While signing in", SIGN_IN, DIALOG, typing=True),
    ActionLocation("In the help", HELP, (*PANEL, *DIALOG)),
    ActionLocation("In the story of a code", EXPLAIN, (*PANEL, *DIALOG)),
    ActionLocation("While naming a picture", SCREENSHOT, (), typing=True),
    ActionLocation("While jumping", JUMP, (), typing=True),
)

MOVED = (
    ("Everywhere", ("u",), "view.refresh"),
    ("On the board", ("space",), "tour.next"),
    ("On the board and elsewhere", ("c",), "board.copy"),
    ("What if", ("d",), "simulator.dark"),
    ("What if", ("s",), "simulator.smallest"),
    ("What if", ("w",), "simulator.time"),
    ("What if", ("c",), "simulator.clear"),
    ("In the audit", ("x",), "audit.explain"),
    ("In the audit", ("X",), "view.alert_seen"),
    ("In a drill", ("v",), "drill.phones"),
    ("In a drill", ("w",), "drill.time"),
    ("In a drill", ("s",), "drill.report"),
    ("In the history", ("d",), "history.day"),
    ("In the history", ("w",), "history.week"),
    ("In the history", ("m",), "history.month"),
    ("In the history", ("s",), "history.agents"),
    ("In the history", ("a",), "history.all"),
    ("While choosing columns", ("x",), "columns.toggle"),
    ("While choosing columns", ("r",), "columns.reset"),
)
"""Where which keys once did what has others now, so that a letter means the same on every screen: by action id."""

GENERAL = (
    ("Everywhere", EVERYWHERE),
    ("In every dialog", DIALOG),
    ("Moving in a table", TABLE),
    ("Moving in a text", PANEL),
    ("Moving in a list", LIST),
)
"""What is had in common, by where."""


def every_action() -> dict[str, Action]:
    """Every action by its id."""
    own = (action for place in PLACES for action in place.actions)
    shared = (action for _, actions in GENERAL for action in actions)
    return {action.id: action for action in (*own, *shared)}
