"""Whose power goes, or comes back, in the sample: asked where the key alone does not say it."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from queuewatch.text.natural_order import natural_order
from screens.dialog import Dialog
from screens.keys.tasks import POWER_OF
from widgets.action import bindings
from widgets.containers import ChoiceList


class ChoosePower(Dialog[str | None]):
    """Gives the site that is to lose its power, or to have it back."""

    CSS_PATH = "choose_power.tcss"
    HELP_NAME = "whose power"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*POWER_OF)]

    def __init__(self, sites: Sequence[str], dark: Collection[str]) -> None:
        """``dark`` are those of the ``sites`` that have no power: they come first."""
        super().__init__()
        self._dark = dark
        self._sites = sorted(sites, key=lambda site: (site not in dark, natural_order(site)))

    def compose(self) -> ComposeResult:
        """The list, and how to leave it."""
        with Vertical(id="dialog"):
            yield Static("Whose power?", id="title")
            yield Static("Of the sample company.", classes="muted")
            yield ChoiceList(
                *(Option(power_words(site, site in self._dark)) for site in self._sites),
                id="sites",
                markup=False,
                compact=True,
            )
            yield Static("enter choose · f1 help · esc leave", classes="muted")

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._sites[event.option_index])

    def action_cancel(self) -> None:
        """Leave the power as it is."""
        self.dismiss(None)


def power_words(site: str, dark: bool) -> str:
    """What is done to the site's power if it is chosen."""
    return f"Give {site} its power back" if dark else f"Cut the power at {site}"
