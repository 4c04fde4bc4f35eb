"""What every dialog shares: it lies over a screen, and yet can be jumped about in and be saved as a picture."""

from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.screen import ModalScreen

from screens.keys.tasks import DIALOG
from widgets.action import bindings

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A screen over another one, which gives an answer."""

    # On a low terminal what is told gives way, and the answers stay.
    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*DIALOG)]
