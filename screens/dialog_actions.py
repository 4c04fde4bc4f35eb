"""The actions of the dialogs, which lie over a screen and keep its keys from it."""

from widgets.action import Action

DIALOG = (
    Action("dialog.help", ("f1",), "app.help", "Help", "Explain this dialog.", footer=False),
    Action(
        "dialog.jump",
        ("ctrl+o", "ctrl+g"),
        "app.jump",
        "Jump",
        "Show a letter on each part of the dialog; the letter goes there.",
        footer=False,
    ),
    Action(
        "dialog.screenshot",
        ("ctrl+s",),
        "app.screenshot",
        "Picture",
        "Save what the screen shows as a picture (SVG) in a file.",
        footer=False,
    ),
)
"""In every dialog."""
HELP_SECTIONS = ("Screen", "Keys", "Colours", "Verdicts", "Top line")
"""What the help can be jumped about in, each by its number."""
HELP = (
    Action("help.close", ("escape", "question_mark", "f1", "q", "h"), "close", "Close", "Close the help."),
    *(
        Action(f"help.section_{number}", (str(number),), f"go_to({number})", name, f"Go to {name}.", footer=False)
        for number, name in enumerate(HELP_SECTIONS, start=1)
    ),
)
EXPLAIN = (Action("explain.close", ("escape", "x", "f3", "q", "h"), "close", "Close", "Close the story."),)
SCOPE = (Action("scope.cancel", ("escape", "left", "h"), "cancel", "Leave it", "Choose nothing."),)
SWITCH_OFF = Action("forward.off", ("ctrl+o", "f9"), "switch_off", "Switch off", "Switch When Offline off.")
FORWARD = (
    Action("forward.cancel", ("escape",), "cancel", "Leave it", "Change nothing."),
    Action(
        "forward.suggestions",
        ("down",),
        "into_list",
        "Suggestions",
        "Go from what is typed into the suggestions.",
        footer=False,
    ),
    SWITCH_OFF,
)
YES = Action("confirm.yes", ("y",), "confirm", "Change it", "Make the change.")
NO = Action("confirm.no", ("n", "escape"), "cancel", "Leave it", "Change nothing.")
CONFIRM = (YES, NO)
SIGN_IN = (Action("sign_in.cancel", ("escape",), "cancel", "Not now", "Leave things as they are."),)
COLUMNS = (
    Action("columns.toggle", ("space", "x"), "show_or_hide", "Show or hide", "Show the column, or hide it."),
    Action("columns.earlier", ("K", "shift+up"), "shift(-1)", "Earlier", "Move the column to the left."),
    Action("columns.later", ("J", "shift+down"), "shift(1)", "Later", "Move the column to the right."),
    Action("columns.reset", ("r", "0"), "reset", "As at first", "Show the columns as they were at first."),
    Action("columns.done", ("escape", "q", "C", "comma"), "done", "Done", "Return to the board."),
)
SCREENSHOT = (Action("screenshot.cancel", ("escape",), "cancel", "Leave it", "Save no picture."),)
JUMP = (Action("jump.cancel", ("escape",), "cancel", "Stay", "Stay where the keys are."),)
