"""What every screen that shows a living phone system shares: the latest state, and wishes of the program."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import SystemCommand
from textual.binding import ActiveBinding
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.wording import plural
from queuewatch.polling.state import LiveState
from queuewatch.text.natural_order import natural_order
from screens.keys.board import EVERYWHERE
from widgets.action import NO_KEY, Action, key_names
from widgets.bars import StatusLine, TopBar
from widgets.fact_sheet import ValueClicked
from widgets.marks import GLYPHS

if TYPE_CHECKING:
    from queuewatch.alerts.quiet import Quiet
    from queuewatch.failover.audit.proofs import ProofLedger
    from widgets.bars import AlertLine
    from widgets.line_table import LineTable

WIDE = 132
"""From this width on, the queue under the cursor is shown in full beside the board."""


class LiveScreen(Screen[None]):
    """A screen that is handed every new live state. What it knows flows down; wishes go up as messages."""

    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    RESTING: ClassVar[str] = ""
    """What the status line says while there is nothing to tell."""
    CAPTIONED: ClassVar[bool] = False
    """Whether it has a demo's caption, which tells how fast time goes."""
    # On a low terminal what is told gives way to the rows.
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]
    HELP_NAME: ClassVar[str] = ""
    """What the help calls this screen, and under what it has its text."""

    live_state: var[LiveState | None] = var(None, init=False)
    lately: var[tuple[str, str]] = var(("", ""), init=False)
    """A queue, and since when it is as it is, in a line; what of it is known."""
    quiet: var["Mapping[str, Quiet]"] = var({}, init=False)
    """By what which queues are quiet now."""
    proofs: var["ProofLedger | None"] = var(None, init=False)
    """What was proven on this phone system, as far as the log was read."""

    class RefreshWanted(Message):
        """Read again now; with a queue, its answering rules too."""

        def __init__(self, queue: str | None = None) -> None:
            super().__init__()
            self.queue = queue

    class QueueOpened(Message):
        """A queue is to be shown in full."""

        def __init__(self, extension: str) -> None:
            super().__init__()
            self.extension = extension

    class Stepped(Message):
        """Another queue is to be shown in place of this one: that many further on."""

        def __init__(self, extension: str, by: int) -> None:
            super().__init__()
            self.extension = extension
            self.by = by

    class DrillWanted(Message):
        """A drill is to be held; this site is the first that comes to mind.

        ``at_once`` it is held of this site, or without one of everything, and nothing is asked before.
        """

        def __init__(self, site: str, *, at_once: bool = False) -> None:
            super().__init__()
            self.site = site
            self.at_once = at_once

    class PhonesRead(Message):
        """Phones were read, which count from now on for every screen."""

        def __init__(self, connection: ConnectionInfo, read: Snapshot) -> None:
            super().__init__()
            self.connection = connection
            self.read = read

    class SitesWanted(Message):
        """What a power cut at each site does is to be shown."""

    class QueueLookedAt(Message):
        """The cursor rests on a queue; ``devices`` if its phones are shown as well."""

        def __init__(self, extension: str | None, devices: bool) -> None:
            super().__init__()
            self.extension = extension
            self.devices = devices

    class QueuesSeen(Message):
        """These queues are on the screen now, from top to bottom."""

        def __init__(self, extensions: tuple[str, ...]) -> None:
            super().__init__()
            self.extensions = extensions

    class WhatIfWanted(Message):
        """A queue is to be looked at under suppositions."""

        def __init__(self, extension: str) -> None:
            super().__init__()
            self.extension = extension

    class ProofWanted(Message):
        """A queue's failover is to be tested live; the screen for it asks first."""

        def __init__(self, extension: str) -> None:
            super().__init__()
            self.extension = extension

    class AuditWanted(Message):
        """The audit is to be shown: of one queue, or of the domain."""

        def __init__(self, queue: str | None = None) -> None:
            super().__init__()
            self.queue = queue

    class CopyWanted(Message):
        """A text is to be put into the clipboard."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class RedrawWanted(Message):
        """Everything is to be drawn again: something else may have written to the terminal."""

    class AlertsWanted(Message):
        """This screen is on top now: what was alerted and has not been seen is to be shown on it."""

    class AlertSeen(Message):
        """What is shown of the alerts has been seen."""

    class Found(Message):
        """Something was found by name: a queue is to be opened, or the board to be shown with some words alone."""

        def __init__(self, *, queue: str = "", words: str = "") -> None:
            super().__init__()
            self.queue = queue
            self.words = words

    class QuietWanted(Message):
        """It is to be chosen what is put quiet: of this queue, or of all of a site."""

        def __init__(self, queue: str, site: str) -> None:
            super().__init__()
            self.queue = queue
            self.site = site

    class HistoryWanted(Message):
        """What became of a queue is to be shown."""

        def __init__(self, extension: str) -> None:
            super().__init__()
            self.extension = extension

    class UndoWanted(Message):
        """The last change made here is to be taken back, after asking."""

    class LogWanted(Message):
        """The changes made through queuewatch are to be shown."""

    def __init__(self, connection: ConnectionInfo, live_state: LiveState) -> None:
        super().__init__()
        self.connection = connection
        self._composed = False
        self._reasons: list[str] = []
        self._alert_line: AlertLine | None = None
        self.set_reactive(LiveScreen.live_state, live_state)

    def on_mount(self) -> None:
        """Draw what is known already."""
        self._composed = True
        if self.may_draw:
            self.redraw()

    @property
    def may_draw(self) -> bool:
        """Whether the screen has its widgets and may get more: not before it is there, nor once the program ends.

        Once it is told to end, whatever is to be mounted is an error to Textual, and what comes in later finds its
        widgets gone.
        """
        return self._composed and self.is_attached and self.app.is_running

    def watch_live_state(self) -> None:
        """Draw what is new."""
        if self.may_draw:
            self.redraw()
            self.dim_keys()

    def watch_lately(self) -> None:
        """Draw what was read of the past, and make room for it."""
        self.set_class(bool(self.lately[1]), "-past")
        if self.may_draw:
            self.redraw()

    def watch_quiet(self) -> None:
        """Draw what is quiet now, and what no longer is."""
        if self.may_draw:
            self.redraw()

    def watch_proofs(self) -> None:
        """Draw what was read of the proofs."""
        if self.may_draw:
            self.redraw()

    def look_at_chosen(self, *, devices: bool = False) -> None:
        """Tell on which queue the cursor rests; with its ``devices`` if its phones are shown as well."""
        queue = self.chosen
        self.post_message(self.QueueLookedAt(queue.extension if queue else None, devices))

    def lately_of(self, queue: Queue | None) -> str:
        """Since when the queue is as it is, as far as it was read."""
        return self.lately[1] if queue is not None and self.lately[0] == queue.extension else ""

    def redraw(self) -> None:
        """Show the present live state; called only once the screen's widgets are there."""
        raise NotImplementedError

    @property
    def chosen(self) -> Queue | None:
        """The queue that actions are about."""
        raise NotImplementedError

    def queue_in(self, table: "LineTable") -> Queue | None:
        """The queue under the cursor of a table whose rows are queues."""
        key = table.cursor_key
        return self.live_state.snapshot.queues.get(key) if self.live_state and key else None

    @property
    def acted_on(self) -> "LineTable | None":
        """The table whose row actions are about; ``None`` where there is no choice of rows."""
        return None

    def hold_row(self, method: str) -> None:
        """Before an action: if it is about the row under the cursor, that row stays there from now on."""
        table = self.acted_on
        if table is not None and any(own.method == method and own.on_row for own in self.ACTIONS):
            table.hold()

    def palette(self) -> Iterable[SystemCommand]:
        """This screen's actions for the command palette."""
        for action in self.ACTIONS:
            if reason := self.why_not(action.method):
                yield SystemCommand(action.title, reason, partial(self.say, reason, good=False))
            elif self.check_action(action.method, ()):
                yield SystemCommand(action.title, action.help, partial(self.run_action, action.method))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether the key is shown; what may not be done now is dim."""
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Why an action is not to be had now; empty when it is."""
        return ""

    def dim_keys(self) -> None:
        """Show anew which keys are to be had, if that is no longer what is shown."""
        reasons = [self.why_not(action.method) for action in self.ACTIONS if action.writes]
        if reasons != self._reasons:
            self._reasons = reasons
            self.refresh_bindings()

    def show_cautions(self, top: TopBar) -> None:
        """Say on the top line what to be careful about."""
        demo = self.connection.demo
        dark = sorted(demo.powered_off, key=natural_order) if demo is not None else []
        speed = demo.speed if demo is not None and not self.CAPTIONED else 1
        modes = (
            "READ-ONLY" if self.connection.read_only else "",
            f"NO POWER {', '.join(dark)}" if dark else "",
            f"TIME {GLYPHS['times']}{speed:g}" if speed != 1 else "",
        )
        top.badge = " · ".join(filter(None, modes))
        top.caution = f"PRODUCTION {self.connection.title}" if self.connection.production else ""

    @property
    def name_on_top(self) -> str:
        """Whose phone system it is, for the top line; empty where the caution on it says so already."""
        return "" if self.connection.production else self.connection.title

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of an action, in one quiet line."""
        for line in self.query(StatusLine):
            line.say(text or self.RESTING, good=good, stays=not text)

    @on(StatusLine.Left)
    def _status_left(self) -> None:
        self.say("")

    @on(events.ScreenResume)
    def _keep_styles(self, event: events.ScreenResume) -> None:
        if not self.stack_updates:
            # The first time: every widget was styled as it was mounted, and Textual would style each once more.
            event.refresh_styles = False

    def on_screen_resume(self) -> None:
        """What was alerted meanwhile is shown here too."""
        self.post_message(self.AlertsWanted())

    def show_alert(self, text: str, more: str, *, bad: bool) -> None:
        """What waits to be seen, on a line that is there for nothing else; nothing when there is no text."""
        if not text:
            if self._alert_line is not None:
                self._alert_line.remove()
                self._alert_line = None
            return
        if not self.may_draw:
            return
        if self._alert_line is None:
            from widgets.bars import AlertLine

            keys = next(key_names(action) for action in self.ACTIONS if action.method == "alert_seen")
            self._alert_line = AlertLine(keys)
            self.mount(self._alert_line, after=self.query_one(TopBar))
        self._alert_line.say(text, more, bad=bad)

    def action_alert_seen(self) -> None:
        """Mark what is shown of the alerts as seen."""
        self.post_message(self.AlertSeen())

    def action_copy_verdict(self) -> None:
        """Copy everything about the chosen queue as text, and say what to do if it does not arrive."""
        from queuewatch.report.status_text import as_ticket, cut, stale

        queue, live_state = self.chosen, self.live_state
        if queue is None or live_state is None:
            self.say("There is no queue here to copy.", good=False)
            return
        if queue.extension not in live_state.snapshot.rules:
            self.say("The answering rules are still being read: copy it in a moment.", good=False)
            return
        trouble = live_state.trouble
        caution = stale(trouble.sentence, live_state.snapshot.taken_at) if trouble else ""
        whole = as_ticket(live_state.snapshot, queue, title=self.connection.title, caution=caution)
        text = cut(whole)
        self.post_message(self.CopyWanted(text))
        lines = f"{plural(len(text.splitlines()), 'line')}{'' if text == whole else ', cut at the end'}"
        sample = self.connection.sample_name
        command = f"queuewatch status {queue.extension}" + (f" --sample {sample}" if sample else "")
        self.say(
            f"{queue.label}, {lines}, sent to the terminal's clipboard. If nothing arrives, the terminal does not "
            f"let programs copy: {command} writes the same."
        )

    @on(ValueClicked)
    def _copy_value(self, event: ValueClicked) -> None:
        if event.text:
            self.post_message(self.CopyWanted(event.text))
            self.say(f"“{event.text}” sent to the terminal's clipboard.")

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, without those that were taken away."""
        active = {key: binding for key, binding in super().active_bindings.items() if key != NO_KEY}
        if self.app._keymap:
            # Textual puts what has other keys last; the footer keeps its order.
            order = {action.id: place for place, action in enumerate((*self.ACTIONS, *EVERYWHERE))}
            return dict(sorted(active.items(), key=lambda item: order.get(item[1].binding.id or "", -1)))
        return active

    def action_refresh_now(self) -> None:
        """Read everything again, and draw it: something else may have written to the terminal."""
        self.post_message(self.RedrawWanted())
        self.post_message(self.RefreshWanted())
        trouble = self.live_state.trouble if self.live_state else None
        self.say("Reading again as soon as the phone system lets us…" if trouble else "Reading again…")

    def action_simulate(self) -> None:
        """Look at the chosen queue under suppositions."""
        if self.chosen is not None:
            self.post_message(self.WhatIfWanted(self.chosen.extension))

    def action_open_history(self) -> None:
        """Show what became of the chosen queue."""
        if self.chosen is not None:
            self.post_message(self.HistoryWanted(self.chosen.extension))

    def action_quiet(self) -> None:
        """Choose how long nobody is told of the chosen queue, or of its site."""
        queue, live_state = self.chosen, self.live_state
        if queue is None or live_state is None:
            self.say("There is no queue here to put quiet.", good=False)
            return
        self.post_message(self.QuietWanted(queue.extension, queue_site(live_state.snapshot, queue)))

    def action_undo_last(self) -> None:
        """Take back the last change that was made since the program was opened."""
        self.post_message(self.UndoWanted())

    def action_sites(self) -> None:
        """Show what a power cut at each site does to each queue."""
        self.post_message(self.SitesWanted())

    def action_open_log(self) -> None:
        """Show the changes made through queuewatch."""
        self.post_message(self.LogWanted())
