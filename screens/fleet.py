"""The fleet: every domain, the worst first. Which customer needs a call?"""

from enum import Enum
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Input

from queuewatch.fleet.standing import DomainStanding, Fleet, sentence_of
from screens.keys.tasks import FLEET
from widgets.action import bindings
from widgets.bars import Banner, KeyBar, StatusLine, TopBar
from widgets.fact_sheet import FactSheet
from widgets.fleet_rows import FLEET_COLUMNS, domain_facts, fleet_rows, row_key
from widgets.line_table import LineTable
from widgets.prompt import FilterLine

Key = tuple[str, str]


class FleetOrder(Enum):
    """In which order the domains stand."""

    WORST = "worst first"
    NAME = "by name"
    OLDEST = "what was read longest ago first"

    @property
    def next(self) -> "FleetOrder":
        """The one after it, round and round."""
        every = list(FleetOrder)
        return every[(every.index(self) + 1) % len(every)]


class FleetScreen(Screen[None]):
    """One line a domain; enter opens its board."""

    CSS_PATH = "fleet.tcss"
    AUTO_FOCUS = "#domains"
    ACTIONS = FLEET
    HELP_NAME = "the fleet"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*FLEET)]

    fleet: var[Fleet | None] = var(None, init=False)
    order: var[FleetOrder] = var(FleetOrder.WORST, init=False)
    filter_text: var[str] = var("", init=False)
    trouble: var[str] = var("", init=False)
    """What is wrong with the whole of it."""

    class DomainOpened(Message):
        """The board of a domain is to be opened."""

        def __init__(self, key: Key) -> None:
            super().__init__()
            self.key = key

    class DomainLookedAt(Message):
        """The cursor rests on a domain: it is read before all others."""

        def __init__(self, key: Key | None) -> None:
            super().__init__()
            self.key = key

    def __init__(self, title: str, fleet: Fleet, empty: str = "There is no domain.") -> None:
        """``empty`` is said where there is no domain."""
        super().__init__()
        self._title = title
        self._empty = empty
        self._table = LineTable(FLEET_COLUMNS, id="domains")
        self._filter = FilterLine(
            "words in a domain's name or what is said of it", returns_to="#domains", id="filter"
        )
        self._seen: dict[Key, tuple[int, int, bool]] = {}
        """What was marked as seen, and how bad it was then."""
        self.set_reactive(FleetScreen.fleet, fleet)

    def compose(self) -> ComposeResult:
        """The domains, what there is to say of the chosen one, the keys."""
        yield TopBar()
        yield Banner()
        yield self._table
        yield FactSheet(id="about")
        yield self._filter
        yield StatusLine()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known already."""
        self.redraw()

    def watch_fleet(self) -> None:
        """Show what is new."""
        if self.is_mounted:
            self.redraw()

    def watch_trouble(self) -> None:
        """Say what is wrong, or no more."""
        if self.is_mounted:
            self.redraw()

    def watch_order(self) -> None:
        """Put the rows in another order."""
        self.redraw()

    def watch_filter_text(self) -> None:
        """Show the domains that match."""
        self.redraw()

    @property
    def standings(self) -> tuple[DomainStanding, ...]:
        """The domains shown, in the order shown."""
        fleet = self.fleet
        if fleet is None:
            return ()
        words = self.filter_text.casefold().split()
        found = [standing for standing in fleet.domains if all(word in _text(standing) for word in words)]
        match self.order:
            case FleetOrder.WORST:
                # What somebody has seen does not stand in the way of what nobody has.
                found.sort(key=lambda standing: standing.key in self.seen)
            case FleetOrder.NAME:
                found.sort(key=lambda standing: standing.label.casefold())
            case FleetOrder.OLDEST:
                found.sort(key=lambda standing: (standing.taken_at is not None, standing.taken_at))
        return tuple(found)

    @property
    def seen(self) -> frozenset[Key]:
        """The domains that were marked as seen and have not got worse since."""
        fleet = self.fleet
        now = {standing.key: _badness(standing) for standing in fleet.domains} if fleet else {}
        return frozenset(key for key, then in self._seen.items() if key in now and now[key] <= then)

    @property
    def chosen(self) -> DomainStanding | None:
        """The domain under the cursor."""
        key = self._table.cursor_key
        fleet = self.fleet
        return next((s for s in fleet.domains if row_key(s) == key), None) if fleet and key else None

    def redraw(self) -> None:
        """Top line, rows and the chosen domain."""
        fleet = self.fleet
        if fleet is None:
            return
        top = self.query_one(TopBar)
        top.left = f"queuewatch · {self._title}"
        top.right = fleet.summary.rstrip(".")
        said = [
            f"Only domains with “{self.filter_text}” (esc shows all)." if self.filter_text else "",
            f"Sorted {self.order.value}." if self.order is not FleetOrder.WORST else "",
        ]
        self.query_one(Banner).say(self.trouble or " ".join(filter(None, said)), calm=not self.trouble)
        self._table.empty = "No domain matches. Esc clears the filter." if self.filter_text else self._empty
        self._table.show_rows(fleet_rows(self.standings, self.seen))
        self._show_chosen()

    def _show_chosen(self) -> None:
        standing = self.chosen
        seen = standing is not None and standing.key in self.seen
        facts = domain_facts(standing, seen=seen) if standing else ()
        self.query_one("#about", FactSheet).facts = facts

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of an action, in one quiet line."""
        self.query_one(StatusLine).say(text, good=good)

    @on(LineTable.Highlighted, "#domains")
    def _highlighted(self) -> None:
        standing = self.chosen
        self.post_message(self.DomainLookedAt(standing.key if standing else None))
        self._show_chosen()

    @on(LineTable.Chosen, "#domains")
    def _chosen(self) -> None:
        self.action_open_domain()

    def action_open_domain(self) -> None:
        """Open the board of the domain under the cursor."""
        standing = self.chosen
        if standing is not None:
            self._table.move_to(row_key(standing))
            self.post_message(self.DomainOpened(standing.key))

    def action_seen(self) -> None:
        """Mark the domain as seen until it gets worse, or take that back."""
        standing = self.chosen
        if standing is None:
            return
        self._table.move_to(row_key(standing))
        if standing.key in self.seen:
            del self._seen[standing.key]
            self.say(f"{standing.label} is marked no longer.")
        else:
            self._seen[standing.key] = _badness(standing)
            self.say(f"{standing.label} is marked as seen until it gets worse.")
        self.redraw()

    def action_sort(self) -> None:
        """Take the next order."""
        self.order = self.order.next
        self.say(f"Sorted {self.order.value}.")

    def action_filter(self) -> None:
        """Open the filter."""
        self._filter.ask()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self.filter_text = event.value

    def on_key(self, event: events.Key) -> None:
        """Escape empties the filter."""
        if event.key == "escape" and self._filter.clear_away():
            event.stop()


def _text(standing: DomainStanding) -> str:
    return f"{standing.label} {standing.domain} {standing.profile} {sentence_of(standing)}".casefold()


def _badness(standing: DomainStanding) -> tuple[int, int, bool]:
    counts = standing.counts
    nobody, not_ready = (counts.reach_nobody_now, counts.not_ready) if counts else (0, 0)
    return nobody, not_ready, standing.error is not None
