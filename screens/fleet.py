"""The fleet: every domain, the worst first. Which customer needs a call?"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from queuewatch.failover.wording import plural
from queuewatch.fleet.standing import DomainStanding, Fleet, SeenMark, seen_mark, sentence_of
from queuewatch.text.natural_order import natural_order
from screens.keys.tasks import FLEET
from widgets.action import Action, bindings, key_name
from widgets.bars import AlertLine, Banner, KeyBar, StatusLine, TopBar
from widgets.fact_sheet import FactSheet, ValueClicked
from widgets.fleet_rows import FLEET_COLUMNS, alert_words, domain_facts, fleet_rows, row_key
from widgets.line_table import LineTable
from widgets.marks import GLYPHS
from widgets.prompt import FilterLine

Key = tuple[str, str]

RESTS = 0.3
"""Seconds after which the cursor is taken to rest on a domain: what it only passes is not read for it."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class FleetOrder(Enum):
    """In which order the domains stand."""

    WORST = "worst first"
    NAME = "by name"
    ALERT = "the latest alert first"
    OLDEST = "what was read longest ago first"

    @property
    def next(self) -> "FleetOrder":
        """The one after it, round and round."""
        every = list(FleetOrder)
        return every[(every.index(self) + 1) % len(every)]


_BY_COLUMN = {"domain": FleetOrder.NAME, "read": FleetOrder.OLDEST, "alert": FleetOrder.ALERT}
"""What a click on a column's title sorts by; any other has the worst first."""
_SORTED_COLUMN = {order: column for column, order in _BY_COLUMN.items()}


class FleetFilter(Enum):
    """Which domains alone are shown."""

    ALL = "all domains"
    NOBODY = "domains whose callers reach nobody"
    NOT_READY = "domains that are not ready for an outage"
    NOT_READ = "domains that cannot be read, or of which something is not known"

    def lets_through(self, standing: DomainStanding) -> bool:
        """Whether this domain is shown."""
        counts = standing.counts
        match self:
            case FleetFilter.ALL:
                return True
            case FleetFilter.NOBODY:
                return bool(standing.nobody)
            case FleetFilter.NOT_READY:
                return bool(standing.not_ready)
            case FleetFilter.NOT_READ:
                return standing.error is not None or counts is None or counts.not_known > 0

    @property
    def next(self) -> "FleetFilter":
        """The one after it, round and round."""
        every = list(FleetFilter)
        return every[(every.index(self) + 1) % len(every)]


class FleetScreen(Screen[None]):
    """One line a domain; enter opens its board."""

    CSS_PATH = "fleet.tcss"
    AUTO_FOCUS = "#domains"
    ACTIONS = FLEET
    HELP_NAME = "the fleet"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*FLEET)]

    fleet: var[Fleet | None] = var(None, init=False)
    order: var[FleetOrder] = var(FleetOrder.WORST, init=False)
    only: var[FleetFilter] = var(FleetFilter.ALL, init=False)
    filter_text: var[str] = var("", init=False)
    note: var[str] = var("", init=False)
    """What else is wrong, as long as it is: that no history is kept."""
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

    class RefreshWanted(Message):
        """A domain is to be read again now."""

        def __init__(self, key: Key) -> None:
            super().__init__()
            self.key = key

    class CopyWanted(Message):
        """A text is to be put into the clipboard."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class AlertSeen(Message):
        """What waits of this domain's alerts has been seen; without one, what is shown of all."""

        def __init__(self, key: Key | None) -> None:
            super().__init__()
            self.key = key

    class MarksChanged(Message):
        """What is marked as seen is to be remembered: how the domain stood then, ``None`` where it is no more."""

        def __init__(self, marks: Mapping[Key, SeenMark | None]) -> None:
            super().__init__()
            self.marks = marks

    def __init__(
        self,
        title: str,
        fleet: Fleet,
        seen: Mapping[Key, SeenMark] | None = None,
        has_alert: Callable[[Key], bool] = lambda key: False,
        empty: str = "There is no domain.",
    ) -> None:
        """``seen`` is what was marked before; ``has_alert`` tells whether an alert of a domain waits.

        ``empty`` is said where there is no domain.
        """
        super().__init__()
        self._title = title
        self._empty = empty
        self._table = LineTable(FLEET_COLUMNS, id="domains")
        self._filter = FilterLine(
            "words in a domain's name or what is said of it", returns_to="#domains", id="filter"
        )
        self._seen = dict(seen or {})
        self._has_alert = has_alert
        self._alert = ("", "", True)
        self._alert_line: AlertLine | None = None
        self._resting: Timer | None = None
        self._composed = False
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
        self._composed = True
        self.redraw()
        self._show_alert_line()

    def watch_fleet(self) -> None:
        """Show what is new; what has got better since it was marked as seen is news if it gets worse again."""
        fleet = self.fleet
        if fleet is not None and self._seen:
            known = {standing.key: standing for standing in fleet.domains}
            after = {key: mark.after(known[key]) for key, mark in self._seen.items() if key in known}
            changed = {key: mark for key, mark in after.items() if mark != self._seen[key]}
            self._mark(changed)
        self.redraw()

    def _mark(self, changed: Mapping[Key, SeenMark | None]) -> None:
        if not changed:
            return
        for key, mark in changed.items():
            if mark is None:
                self._seen.pop(key, None)
            else:
                self._seen[key] = mark
        self.post_message(self.MarksChanged(changed))

    def watch_trouble(self) -> None:
        """Say what is wrong, or no more."""
        self.redraw()

    def watch_order(self) -> None:
        """Put the rows in another order."""
        self.redraw()

    def watch_only(self) -> None:
        """Show others."""
        self.redraw()

    def watch_filter_text(self) -> None:
        """Show the domains that match."""
        self.redraw()

    def watch_note(self) -> None:
        """Say what is wrong."""
        self.redraw()

    @property
    def standings(self) -> tuple[DomainStanding, ...]:
        """The domains shown, in the order shown."""
        fleet = self.fleet
        if fleet is None:
            return ()
        words = self.filter_text.casefold().split()
        found = [
            standing
            for standing in fleet.domains
            if self.only.lets_through(standing) and all(word in _text(standing) for word in words)
        ]
        match self.order:
            case FleetOrder.WORST:
                # What somebody has seen does not stand in the way of what nobody has, nor behind what is well.
                found.sort(key=lambda s: 1 if s.key in self.seen else 0 if s.needs_somebody else 2)
            case FleetOrder.NAME:
                found.sort(key=lambda standing: natural_order(standing.label))
            case FleetOrder.ALERT:
                found.sort(key=_last_alert_at, reverse=True)
            case FleetOrder.OLDEST:
                found.sort(key=lambda standing: standing.taken_at or _LONG_AGO)
        return tuple(found)

    @property
    def seen(self) -> frozenset[Key]:
        """The domains that were marked as seen and have not got worse since."""
        return frozenset(self._seen)

    @property
    def chosen(self) -> DomainStanding | None:
        """The domain under the cursor."""
        key = self._table.cursor_key
        fleet = self.fleet
        return next((s for s in fleet.domains if row_key(s) == key), None) if fleet and key else None

    @property
    def _may_draw(self) -> bool:
        """Whether there are widgets, and may be more: once the program is told to end, a mount is an error."""
        return self._composed and self.is_attached and self.app.is_running

    def redraw(self) -> None:
        """Top line, rows and the chosen domain."""
        fleet = self.fleet
        if fleet is None or not self._may_draw:
            return
        top = self.query_one(TopBar)
        top.left = f"queuewatch · {self._title}"
        top.right = fleet.summary.rstrip(".")
        standings = self.standings
        narrowed = self.filter_text.strip() or self.only is not FleetFilter.ALL
        said = [
            self.trouble,
            self.note,
            f"Only {self.only.value} (esc shows all)." if self.only is not FleetFilter.ALL else "",
            f"Only domains with “{self.filter_text}” (esc shows all)." if self.filter_text else "",
            f"{len(standings)} of {plural(len(fleet.domains), 'domain')} shown." if narrowed else "",
        ]
        self.query_one(Banner).say(" ".join(filter(None, said)), calm=not (self.trouble or self.note))
        self._table.empty = self._nothing_there()
        sign = GLYPHS["ascending" if self.order in (FleetOrder.NAME, FleetOrder.OLDEST) else "descending"]
        self._table.show_sorted(_SORTED_COLUMN.get(self.order, ""), sign)
        before = {row.key: row for row in self._table.rows}
        # Where none can be read, that is no news of a row: what was known of it tells one from another.
        none_read = len(fleet.domains) > 1 and all(standing.error is not None for standing in fleet.domains)
        all_fail = bool(self.trouble) or none_read
        rows = fleet_rows(standings, fleet.taken_at, self.seen, before, all_fail=all_fail)
        self._table.show_rows(rows)
        self._show_chosen()

    def _nothing_there(self) -> str:
        if self.filter_text:
            return "No domain matches. Esc clears the filter."
        if self.only is not FleetFilter.ALL:
            return f"There are no {self.only.value}. {key_names_of('only')} goes on."
        return self._empty

    def _show_chosen(self) -> None:
        standing = self.chosen
        seen = standing is not None and standing.key in self.seen
        now = self.fleet.taken_at if self.fleet is not None else _LONG_AGO
        several = self.fleet.on_several_servers if self.fleet is not None else frozenset()
        facts = (
            domain_facts(standing, now, seen=seen, unmark=key_names_of("seen"), on_several=several)
            if standing
            else ()
        )
        self.query_one("#about", FactSheet).facts = facts

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of an action, in one quiet line."""
        for line in self.query(StatusLine):
            line.say(text, good=good)

    @on(StatusLine.Left)
    def _status_left(self) -> None:
        self.say("")

    def show_alert(self, text: str, more: str, *, bad: bool) -> None:
        """What waits to be seen of all domains, on a line of its own; nothing when there is no text."""
        self._alert = (text, more, bad)
        if self._may_draw:
            self._show_alert_line()

    def _show_alert_line(self) -> None:
        text, more, bad = self._alert
        if not text:
            if self._alert_line is not None:
                self._alert_line.remove()
                self._alert_line = None
            return
        if self._alert_line is None:
            self._alert_line = AlertLine(key_names_of("seen"))
            self.mount(self._alert_line, after=self.query_one(TopBar))
        self._alert_line.say(text, more, bad=bad)

    @on(LineTable.Highlighted, "#domains")
    def _highlighted(self) -> None:
        self._show_chosen()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(RESTS, self._rests)

    def _rests(self) -> None:
        standing = self.chosen
        self.post_message(self.DomainLookedAt(standing.key if standing else None))

    @on(LineTable.Chosen, "#domains")
    def _chosen(self) -> None:
        self.action_open_domain()

    @on(LineTable.HeaderPressed, "#domains")
    def _sort_by_column(self, event: LineTable.HeaderPressed) -> None:
        self.order = _BY_COLUMN.get(event.column, FleetOrder.WORST)
        self.say(f"Sorted {self.order.value}.")

    def move_to(self, key: Key) -> None:
        """Put the cursor on this domain, whatever was filtered."""
        fleet = self.fleet
        standing = next((s for s in fleet.domains if s.key == key), None) if fleet else None
        if standing is None:
            return
        if standing not in self.standings:
            self._filter.take("")
            self.only, self.filter_text = FleetFilter.ALL, ""
        self._table.move_to(row_key(standing))

    def action_open_domain(self) -> None:
        """Open the board of the domain under the cursor."""
        standing = self.chosen
        if standing is not None:
            self._table.move_to(row_key(standing))
            self.post_message(self.DomainOpened(standing.key))

    def action_seen(self) -> None:
        """Mark the alerts of the domain as seen, else the alert that is shown; without alerts, the domain."""
        standing = self.chosen
        alert = self._alert[0]
        if standing is not None and self._has_alert(standing.key):
            self._table.move_to(row_key(standing))
            self.post_message(self.AlertSeen(standing.key))
            self._mark({standing.key: seen_mark(standing)})
            self.say(f"{standing.label} and its alert are marked as seen, until it gets worse.")
        elif alert:
            self.post_message(self.AlertSeen(None))
            self.say(f"Seen: {alert}.")
        elif standing is not None:
            self._toggle(standing)
        self.redraw()

    def _toggle(self, standing: DomainStanding) -> None:
        self._table.move_to(row_key(standing))
        mark = seen_mark(standing)
        if standing.key in self._seen:
            self._mark({standing.key: None})
            self.say(f"{standing.label} is marked no longer.")
        elif standing.counts is None and standing.error is None:
            self.say(f"{standing.label} is not read yet: mark it once it is.", good=False)
        elif mark == SeenMark():
            self.say(f"Nothing is wrong with {standing.label}: there is nothing to mark.")
        else:
            self._mark({standing.key: mark})
            self.say(f"{standing.label} is marked as seen until it gets worse.")

    def action_sort(self) -> None:
        """Take the next order."""
        self.order = self.order.next
        self.say(f"Sorted {self.order.value}.")

    def action_only(self) -> None:
        """Show only those in one trouble, then in another, then all."""
        self.only = self.only.next

    def action_filter(self) -> None:
        """Open the filter."""
        self._filter.ask()

    def action_copy_verdict(self) -> None:
        """Copy what there is to say about the domain, and say what to do if it does not arrive."""
        standing = self.chosen
        if standing is None:
            self.say("There is no domain here to copy.", good=False)
            return
        self.post_message(self.CopyWanted(_ticket(standing, self.fleet.taken_at if self.fleet else _LONG_AGO)))
        self.say(
            f"{standing.label}: sent to the terminal's clipboard. If nothing arrives, the terminal does not let "
            "programs copy: queuewatch fleet --format text writes the same."
        )

    @on(ValueClicked)
    def _copy_value(self, event: ValueClicked) -> None:
        if event.text:
            self.post_message(self.CopyWanted(event.text))
            self.say(f"“{event.text}” sent to the terminal's clipboard.")

    def action_refresh_now(self) -> None:
        """Read the domain under the cursor again."""
        standing = self.chosen
        if standing is not None:
            self.post_message(self.RefreshWanted(standing.key))
            self.say(f"Reading {standing.label} again…")

    def palette(self) -> Iterable[SystemCommand]:
        """This screen's actions for the command palette."""
        for action in self.ACTIONS:
            yield SystemCommand(action.title, action.help, partial(self.run_action, action.method))

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self.filter_text = event.value

    def on_key(self, event: events.Key) -> None:
        """Escape empties the filter, then shows all again."""
        if event.key != "escape":
            return
        if self._filter.clear_away():
            event.stop()
        elif self.only is not FleetFilter.ALL:
            self.only = FleetFilter.ALL
            event.stop()


def key_names_of(method: str) -> str:
    """The first key of an action of this screen."""
    found: Action = next(action for action in FLEET if action.method == method)
    return key_name(found)


def _text(standing: DomainStanding) -> str:
    return f"{standing.label} {standing.domain} {standing.profile} {sentence_of(standing)}".casefold()


def _last_alert_at(standing: DomainStanding) -> datetime:
    return standing.last_alert.at if standing.last_alert is not None else _LONG_AGO


def _ticket(standing: DomainStanding, now: datetime) -> str:
    """What there is to say about a domain, as text."""
    lines = [f"{standing.label} ({standing.domain})" if standing.name else standing.domain, sentence_of(standing)]
    if standing.last_alert is not None:
        lines.append(f"Last alert: {alert_words(standing.last_alert, now)}.")
    if standing.taken_at is not None:
        lines.append(f"Read at {standing.taken_at.astimezone():%Y-%m-%d %H:%M:%S}.")
    return "\n".join(lines)
