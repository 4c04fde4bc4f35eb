"""Choose what goes dark in a drill: a site, everything behind an address, or everything."""

from collections import Counter
from typing import ClassVar

from msgspec import Struct
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.lookup import known_ips, known_sites
from queuewatch.failover.model import Snapshot
from queuewatch.failover.places import canonical_ip, site_of
from queuewatch.failover.sites import site_key
from queuewatch.failover.wording import plural
from screens.dialog import Dialog
from screens.keys.tasks import PHONES, SCOPE
from widgets.action import bindings, key_name
from widgets.containers import ChoiceList

UNREAD = "Addresses are offered too, once phones are read ({})."


class ScopeChoice(Struct, frozen=True):
    """One thing that can go dark, and how much it is."""

    scope: DrillScope
    name: str
    size: str


def choices(snapshot: Snapshot) -> tuple[ScopeChoice, ...]:
    """Every site with its agents, every address with its phones, and everything."""
    sites: Counter[str] = Counter()
    people = {row.id: row for rows in snapshot.agents.values() for row in rows}
    sites.update(site_key(site_of(row, snapshot)) for row in people.values())
    phones = [device for devices in snapshot.devices.values() for device in devices if device.registered]
    addresses = Counter(canonical_ip(phone.ip) for phone in phones)
    return (
        *(
            ScopeChoice(DrillScope(sites=(site,)), site, plural(sites[site_key(site)], "agent"))
            for site in known_sites(snapshot)
        ),
        *(
            ScopeChoice(DrillScope(ips=(ip,)), f"everything behind {ip}", plural(addresses[ip], "phone"))
            for ip in known_ips(snapshot)
        ),
        ScopeChoice(DrillScope(everything=True), "everything", plural(len(people), "agent")),
    )


class ChooseScope(Dialog[DrillScope | None]):
    """Nothing is written, whatever is chosen."""

    CSS_PATH = "choose_scope.tcss"
    HELP_NAME = "what goes dark"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPE)]

    def __init__(self, snapshot: Snapshot, first: DrillScope) -> None:
        """``first`` is where the cursor begins, if it is offered."""
        super().__init__()
        self._choices = choices(snapshot)
        self._first = first
        self._unread = not known_ips(snapshot)

    def compose(self) -> ComposeResult:
        """The list, and how to leave it."""
        with Vertical(id="dialog"):
            yield Static("What goes dark?", id="title")
            yield Static("Only supposed: nothing is switched off.", classes="muted")
            width = max(len(choice.name) for choice in self._choices)
            yield ChoiceList(
                *(Option(_option(choice, width)) for choice in self._choices),
                id="scopes",
                markup=False,
                compact=True,
            )
            if self._unread:
                yield Static(UNREAD.format(key_name(PHONES)), classes="muted", markup=False)
            yield Static("enter choose · f1 help · esc leave", classes="muted")

    def on_mount(self) -> None:
        """Begin where somebody most likely wants to."""
        scopes = [choice.scope for choice in self._choices]
        self.query_one(OptionList).highlighted = scopes.index(self._first) if self._first in scopes else 0

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index].scope)

    def action_cancel(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def _option(choice: ScopeChoice, width: int) -> Text:
    return Text.assemble(choice.name.ljust(width), "  ", (choice.size, "dim"))
