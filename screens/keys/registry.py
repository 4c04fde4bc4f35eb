"""Where which action is to be had: every screen and dialog, for the documentation and the check of keys.

It is the whole keyboard as data, and Textual is not loaded for it.
"""

from dataclasses import dataclass

from screens.keys.board import BOARD, EVERYWHERE, QUEUE
from screens.keys.tasks import (
    AUDIT,
    COLUMNS,
    CONFIRM,
    DIALOG,
    DRILL,
    EXPLAIN,
    FORWARD,
    HELP,
    JUMP,
    LOG,
    PAST_OF_ALL,
    PAST_OF_QUEUE,
    SCOPE,
    SCREENSHOT,
    SIGN_IN,
    SIMULATOR,
)
from widgets.action import Action
from widgets.moves import LIST, PANEL, TABLE


@dataclass(frozen=True, slots=True)
class Place:
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
        """All of them."""
        return (*self.own, *self.shared)


SCREEN = (*TABLE, *PANEL, *EVERYWHERE)

PLACES = (
    Place("On the board", BOARD, SCREEN),
    Place("On one queue", QUEUE, SCREEN),
    Place("What if", SIMULATOR, SCREEN),
    Place("In the audit", AUDIT, SCREEN),
    Place("In a drill", DRILL, SCREEN),
    Place("In the history of a queue", PAST_OF_QUEUE, SCREEN),
    Place("In the history of all queues", PAST_OF_ALL, SCREEN),
    Place("On the log of changes", LOG, SCREEN),
    Place("While choosing a destination", FORWARD, (*LIST, *DIALOG), typing=True),
    Place("While choosing what goes dark", SCOPE, (*LIST, *DIALOG)),
    Place("While choosing columns", COLUMNS, (*LIST, *DIALOG)),
    Place("Before a change is made", CONFIRM, DIALOG),
    Place("While signing in", SIGN_IN, DIALOG, typing=True),
    Place("In the help", HELP, (*PANEL, *DIALOG)),
    Place("In the story of a code", EXPLAIN, (*PANEL, *DIALOG)),
    Place("While naming a picture", SCREENSHOT, (), typing=True),
    Place("While jumping", JUMP, (), typing=True),
)

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
