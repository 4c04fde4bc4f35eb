"""What the help says, in plain words and as plain data: nothing here loads a screen.

A screen's text is found by its ``HELP_NAME``. Whoever adds a screen adds its text, and an entry below.
"""

from screens.help_texts.of_changes import CONFIRM, FORWARD_EDITOR, SIGN_IN
from screens.help_texts.of_looks import COLUMNS, PICTURE
from screens.help_texts.of_queues import BOARD, QUEUE, WHAT_IF
from screens.help_texts.of_tasks import AUDIT, DRILL, EXPLAIN, LOG, SCOPE
from screens.help_texts.of_the_first_run import CONNECT, WELCOME
from screens.help_texts.of_the_past import ALL_HISTORY, HISTORY
from screens.help_texts.shape import ScreenHelp

SCREENS: dict[str, ScreenHelp] = {
    one.title: one
    for one in (
        BOARD,
        QUEUE,
        WHAT_IF,
        SCOPE,
        DRILL,
        AUDIT,
        EXPLAIN,
        HISTORY,
        ALL_HISTORY,
        LOG,
        FORWARD_EDITOR,
        CONFIRM,
        COLUMNS,
        PICTURE,
        SIGN_IN,
        WELCOME,
        CONNECT,
    )
}
"""In the order of the documentation."""
