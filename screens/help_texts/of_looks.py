"""The help of the dialogs about how things look."""

from screens.help_texts.shape import ScreenHelp, Word

COLUMNS = ScreenHelp(
    "the columns of the board",
    "Choose which columns the board shows, and in which order. The board behind shows each choice at once.",
    (
        Word("The list", "Every column, those that are shown with a mark."),
        Word("No room", "A column for which the terminal is too narrow gives way, whatever is chosen."),
    ),
    "space shows or hides the column, J and K move it; esc returns to the board.",
)

PICTURE = ScreenHelp(
    "saving a picture",
    "Save what the screen shows as a picture (SVG), which any web browser opens.",
    (Word("The line", "The file to write. One that is there already is overwritten only after a second enter."),),
    "enter saves it under the name that is offered; esc saves nothing.",
)
