"""Put a queue, its site or one of its alerts quiet: why, for how long, and what is quiet already."""

from datetime import datetime, time, timedelta
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from queuewatch.alerts.conditions import Condition
from queuewatch.alerts.quiet import (
    UNTIL_RECOVERED,
    Quiet,
    QuietError,
    alert_words,
    check,
    read_window,
    standing_conditions,
    when,
    worst_standing,
)
from queuewatch.failover.places import queue_site
from queuewatch.failover.schedule.moment_input import MomentError
from queuewatch.failover.sites import site_key
from queuewatch.failover.wording import plural
from queuewatch.polling.state import LiveState
from screens.dialog import Dialog
from screens.keys.tasks import PUT_QUIET
from widgets.action import bindings
from widgets.containers import ChoiceList

MORNING = time(8)
"""When whoever went home without mending it is back."""


def offers(
    live_state: LiveState,
    extension: str,
    site: str,
    begins: datetime | None,
    until: datetime | None,
    now: datetime,
) -> list[Quiet]:
    """What can be put quiet, without the reason: for the time typed, or for those that are offered."""
    snapshot, judgements = live_state.snapshot, live_state.judgements
    subjects: list[Quiet] = []
    begins = begins or now
    if queue := snapshot.queues.get(extension):
        subjects.append(Quiet("", begins, now, queue=extension, name=queue.name))
    if site:
        subjects.append(Quiet("", begins, now, site=site))
    if queue is not None:
        there = standing_conditions(subjects[0], snapshot, judgements)
        known = [replace(subjects[0], only=(condition,)) for condition in there]
        # As long as callers reach somebody, what is known is put quiet first, and an outage would still be told.
        subjects = [*subjects, *known] if Condition.REACHES_NOBODY in there else [*known, *subjects]
    if until is not None:
        return [replace(subject, until=until) for subject in subjects]
    here = now.astimezone()
    morning = datetime.combine(here.date() + timedelta(days=1), MORNING).astimezone()
    found: list[Quiet] = []
    for subject in subjects:
        if worst := worst_standing(subject, snapshot, judgements):
            found.append(replace(subject, until=now + UNTIL_RECOVERED, until_recovered=worst))
        found.append(replace(subject, until=now + timedelta(hours=2)))
        if not subject.only:
            found.append(replace(subject, until=morning))
    return found


class PutQuiet(Dialog[Quiet | int | None]):
    """Gives what is to be put quiet, or the number of what is to end; ``None`` for neither."""

    CSS_PATH = "put_quiet.tcss"
    HELP_NAME = "putting something quiet"
    AUTO_FOCUS = "#reason"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*PUT_QUIET)]

    def __init__(
        self, live_state: LiveState, extension: str, site: str, quiets: tuple[Quiet, ...], now: datetime
    ) -> None:
        super().__init__()
        self._live_state = live_state
        self._extension = extension
        self._site = site
        self._now = now
        self._on = [quiet for quiet in quiets if quiet.ends > now and self._is_about(quiet)]
        self._offers: list[Quiet] = []

    def _is_about(self, quiet: Quiet) -> bool:
        if self._extension:
            return quiet.covers(self._extension, self._site)
        return bool(quiet.site) and site_key(quiet.site) == site_key(self._site)

    def compose(self) -> ComposeResult:
        """Why, for how long, and what."""
        queue = self._live_state.snapshot.queues.get(self._extension)
        with Vertical(id="dialog"):
            yield Static(f"Quiet: {queue.label if queue else f'site {self._site}'}", id="title", markup=False)
            yield Static("Only the telling stops: checks and history go on.", classes="muted")
            yield Input(placeholder="why, and who knows of it", id="reason", compact=True)
            yield Input(placeholder="until: 2h, 16:30, 2026-12-24 18:00; or from..until", id="until", compact=True)
            yield ChoiceList(id="offers", markup=False, compact=True)
            yield Static("", id="says", markup=False)
            yield Static("enter next, then choose · tab, ↓ list · esc leave", classes="muted", markup=False)

    def on_mount(self) -> None:
        """Begin with what is offered without a time."""
        for typing in self.query(Input):
            typing.cursor_blink = False
        self._offer()

    @on(Input.Changed, "#until")
    def _offer(self) -> None:
        typed = self.query_one("#until", Input).value.strip()
        says, options = "", self.query_one(ChoiceList)
        try:
            begins, until = read_window(typed, self._now) if typed else (None, None)
            self._offers = offers(self._live_state, self._extension, self._site, begins, until, self._now)
        except MomentError as error:
            self._offers, says = [], f"{error} {error.hint}"
        options.clear_options()
        options.add_options(
            [
                *(Option(f"End it: {quiet.subject}, {quiet.words}", id=f"end-{quiet.id}") for quiet in self._on),
                *(Option(self._words(quiet), id=f"put-{at}") for at, quiet in enumerate(self._offers)),
            ]
        )
        options.highlighted = 0 if options.option_count else None
        self._say(says)

    def _words(self, quiet: Quiet) -> str:
        if quiet.queue:
            what = f"Only “{alert_words(quiet.only)}”" if quiet.only else "This queue"
        else:
            snapshot = self._live_state.snapshot
            number = sum(
                site_key(queue_site(snapshot, queue)) == site_key(quiet.site) for queue in snapshot.call_queues
            )
            what = f"All of {quiet.site} ({plural(number, 'queue')})"
        since = f" from {when(quiet.begins)}" if quiet.begins > self._now else ""
        if quiet.until_recovered:
            return f"{what} until {'it' if quiet.queue else 'all of it'} recovers (at most 7 days)"
        return f"{what}{since} until {when(quiet.until)}"

    def _say(self, text: str) -> None:
        self.query_one("#says", Static).update(text)

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        kind, _, number = (event.option.id or "").partition("-")
        if kind == "end":
            self.dismiss(int(number))
            return
        reason = self.query_one("#reason", Input)
        try:
            self.dismiss(check(replace(self._offers[int(number)], reason=reason.value), self._now))
        except QuietError as error:
            self._say(f"{error} {error.hint}")
            if not reason.value.strip():
                reason.focus()

    def action_into_list(self) -> None:
        """Go from what is typed to what is offered."""
        self.query_one(ChoiceList).focus()

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)
