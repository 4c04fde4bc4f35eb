"""The drill: suppose the power gone somewhere, and see what becomes of every queue, and when."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static
from textual.worker import Worker

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.audit.completeness import still_reading
from queuewatch.failover.drill.drill import Drill, QueueDrill, drill, drill_clock, site_clock
from queuewatch.failover.drill.scope import DrillScope, goes_dark
from queuewatch.failover.drill.summary import summary
from queuewatch.failover.drill.timeline import timeline
from queuewatch.failover.model import Clock, Part, Queue, Snapshot
from queuewatch.failover.schedule.at_time import Moment
from queuewatch.failover.schedule.moment_input import MomentError, check_clock, parse_moment
from queuewatch.failover.wording import no_queues, plural
from queuewatch.polling.assemble import with_domain_clock
from queuewatch.polling.devices import DeviceReadBudget, read_for_drill, stopped, users_to_read, with_phones_of
from queuewatch.polling.state import LiveState
from queuewatch.report.drill import clock_words, make_drill_report, minutes_words
from queuewatch.report.drill_text import drill_markdown
from queuewatch.report.files import drill_file_name, write_new
from queuewatch.storage.folder import os_user
from screens.demo import DemoScreen
from screens.drill.choose_scope import ChooseScope
from screens.keys.tasks import DRILL, PHONES
from screens.live import WIDE
from widgets.action import bindings, key_name
from widgets.asked_line import TimePrompt
from widgets.bars import Banner, KeyBar, StatusLine, TopBar, age_of, trouble_text
from widgets.containers import LeftSide, Scrolling
from widgets.drill_rows import DRILL_COLUMNS, TIMELINE_COLUMNS, drill_facts, drill_rows, rests_on, timeline_rows
from widgets.fact_sheet import FactSheet
from widgets.line_table import LineTable

LEAST_FACTS, ENOUGH_FACTS = 7, 14
"""Lines for the facts of a queue: at least, and where the terminal is wide."""


class DrillScreen(DemoScreen):
    """Every queue's fate, worst first, and the timeline. It stays live, and nothing is written."""

    CSS_PATH = "drill.tcss"
    AUTO_FOCUS = "#queues"
    ACTIONS = DRILL
    HELP_NAME = "the drill"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*DRILL)]

    def __init__(
        self, connection: ConnectionInfo, live_state: LiveState, scope: DrillScope, leave: DeviceReadBudget
    ) -> None:
        """``leave`` is shared with whoever else reads devices from this phone system."""
        super().__init__(connection, live_state)
        self._scope = scope
        self._at: Moment | None = None
        self._clock: Clock | None = None
        """The domain's, once it was asked for."""
        self._leave = DeviceReadBudget(seconds_each=0.0) if connection.is_sample else leave
        self._phones = Snapshot(live_state.snapshot.domain, live_state.snapshot.taken_at)
        """What was read of phones here, and nothing else."""
        self._reading: Worker[None] | None = None
        self._earlier: list[tuple[DrillScope, Moment | None]] = []
        """What was supposed before, the latest last."""
        self._done = (0, 0)
        self._ran: Drill | None = None
        self._line = ""
        """The summary as it is shown."""
        self._queues = LineTable(DRILL_COLUMNS, id="queues")
        self._timeline = LineTable(TIMELINE_COLUMNS, id="timeline")

    def compose(self) -> ComposeResult:
        """The line for the phone, the queues, the chosen one, the timeline."""
        yield TopBar()
        yield Banner()
        yield Static(id="line", markup=False)
        with LeftSide(id="body"):
            yield self._queues
            yield self._timeline
            with Scrolling(id="detail"):
                yield FactSheet(id="facts")
                yield FactSheet(id="rests", label_width=1)
        yield TimePrompt(returns_to="#queues")
        yield StatusLine()
        yield KeyBar()

    def on_mount(self) -> None:
        """Say at once what reading the phones would add."""
        self._offer_phones()

    @property
    def chosen(self) -> Queue | None:
        """The queue under the cursor."""
        return self.queue_in(self._queues)

    @property
    def snapshot(self) -> Snapshot:
        """What the drill is held on: the latest live state, and the phones that were read here."""
        latest = self.live_state.snapshot if self.live_state else self._phones
        return replace(with_phones_of(latest, self._phones), domain_clock=self._clock)

    @property
    def acted_on(self) -> LineTable:
        """The table whose row the keys are about."""
        return self._queues

    def redraw(self) -> None:
        """Hold the drill again, on what is known now."""
        live_state = self.live_state
        if live_state is None:
            return
        snapshot = self.snapshot
        top = self.query_one(TopBar)
        self.show_cautions(top)
        top.left = " · ".join(filter(None, ("Drill", goes_dark(snapshot, self._scope), self.name_on_top)))
        when = f"on {self._at.words}" if self._at else age_of(live_state, self.connection.interval)
        top.right = f"{self._phones_words()}  {when}"
        self.query_one(Banner).say(trouble_text(live_state) if live_state.trouble else "")
        self.set_class(live_state.trouble is not None, "-stale")
        if any(queue.extension not in snapshot.rules for queue in snapshot.call_queues):
            self._queues.empty = still_reading(snapshot)
            return
        self._queues.empty = no_queues(snapshot)
        ran = drill(snapshot, self._scope, self._at)
        self._ran, line = ran, summary(ran)
        if line != self._line:
            self._line = line
            self.query_one("#line", Static).update(line)
        self._queues.show_rows(drill_rows(ran))
        self._timeline.show_rows(timeline_rows(timeline(ran)))
        self._arrange()
        self._show_chosen()

    @on(LeftSide.Resized)
    def _arrange(self) -> None:
        """Have the timeline where it is cut least, and the facts of the chosen queue in what is left."""
        body = self.query_one("#body")
        (width, height), wide = body.size, body.size.width >= WIDE
        queues, events = len(self._queues.rows) + 2, len(self._timeline.rows) + 1
        facts = max(LEAST_FACTS, min(ENOUGH_FACTS, height - queues)) if wide else LEAST_FACTS
        airy = queues + facts <= height
        below = wide and queues + max(events, ENOUGH_FACTS) <= height
        self.set_class(wide and not below, "-beside")
        self.set_class(below, "-below")
        self.set_class(airy, "-airy")
        beside = self._timeline.whole_width + 1
        whole = not wide or below or self._queues.whole_with(()) + beside <= width
        # Beside it, the timeline tells when.
        self._queues.show_columns(() if whole else ("fate", "queue", "what"))
        if below:
            body.styles.grid_columns = f"{min(beside, width * 2 // 3)} 1fr"
        elif wide:
            body.styles.grid_columns = f"1fr {max(width * 2 // 5, min(beside, width - self._queues.whole_width))}"
        body.styles.grid_rows = f"{queues} 1fr" if airy else f"1fr {facts}"
        self._queues.styles.height = queues if airy and not wide else "1fr"

    def _phones_words(self) -> str:
        at = self._phones.read_at.get(Part.DEVICES)
        return f"phones as of {clock_words(at)}" if at else "phones not read"

    def _show_chosen(self) -> None:
        queue_drill = self._drilled()
        self.query_one("#facts", FactSheet).facts = (
            drill_facts(self._ran, queue_drill) if self._ran and queue_drill else ()
        )
        self.query_one("#rests", FactSheet).facts = (
            rests_on(self._ran, queue_drill) if self._ran and queue_drill else ()
        )

    def _drilled(self) -> QueueDrill | None:
        key = self._queues.cursor_key
        return (
            next((queue_drill for queue_drill in self._ran.queues if queue_drill.queue.extension == key), None)
            if self._ran
            else None
        )

    @on(LineTable.Highlighted, "#queues")
    def _highlighted(self) -> None:
        self._look()
        self._show_chosen()

    def _look(self) -> None:
        # The phones of the queue that is looked at are kept fresh, once somebody asked for phones at all.
        self.look_at_chosen(devices=bool(self._phones.devices))

    def on_screen_resume(self) -> None:
        """Back here, the queue under the cursor is looked at again."""
        self._look()

    @on(LineTable.Chosen, "#queues")
    def _opened(self, event: LineTable.Chosen) -> None:
        self.post_message(self.QueueOpened(event.key))

    def action_open_queue(self) -> None:
        """Show everything about the queue under the cursor."""
        if self.chosen is not None:
            self.post_message(self.QueueOpened(self.chosen.extension))

    def action_toggle_timeline(self) -> None:
        """Go to the timeline, or back to the queues; a narrow terminal shows one of them."""
        shown = self.has_class("-timeline")
        self.set_class(not shown, "-timeline")
        (self._queues if shown else self._timeline).focus()

    def action_choose_scope(self) -> None:
        """Choose what else goes dark."""
        self.app.push_screen(ChooseScope(self.snapshot, self._scope), self._take_scope)

    def _take_scope(self, scope: DrillScope | None) -> None:
        if scope is None or scope == self._scope:
            return
        self._suppose(scope, self._at)

    def _suppose(self, scope: DrillScope, at: Moment | None, *, earlier: bool = True) -> None:
        if (scope, at) == (self._scope, self._at):
            return
        if earlier:
            self._earlier.append((self._scope, self._at))
        if scope != self._scope:
            self._stop_reading()
        self._scope, self._at = scope, at
        self.redraw()
        self._offer_phones()

    def action_undo_last(self) -> None:
        """Take back the scope or the time that was chosen last."""
        if self._earlier:
            self._suppose(*self._earlier.pop(), earlier=False)
        else:
            self.say("This is the scope the drill began with: esc leaves the drill.")

    def action_at_another_time(self) -> None:
        """Ask for a time."""
        self.query_one(TimePrompt).ask()

    @on(TimePrompt.Typed)
    def _take_time(self, event: TimePrompt.Typed) -> None:
        if event.words and self._clock is None and site_clock(self.snapshot, self._scope) is None:
            self._read_clock_for(event.words)
        else:
            self._take_words(event.words)

    @work(exclusive=True, group="clock")
    async def _read_clock_for(self, words: str) -> None:
        """Ask once by which clock the domain goes: no dark site's own tells what is meant by a time of day."""
        snapshot = await with_domain_clock(self.connection.system, self.snapshot)
        self._clock = snapshot.domain_clock or Clock()
        self._take_words(words)

    def _take_words(self, words: str) -> None:
        try:
            # Kept as typed: another scope may have another clock.
            at = parse_moment(words) if words else None
            if at is not None and (clock := drill_clock(self.snapshot, self._scope)) is not None:
                check_clock(at, clock)
        except MomentError as error:
            self.say(f"{error} {error.hint}", good=False)
            return
        self.query_one(TimePrompt).close()
        self._suppose(self._scope, at)

    def action_back(self) -> None:
        """Stop reading phones; otherwise return to the board."""
        if not self._stop_reading():
            self.dismiss(None)

    # Phones

    def _offer_phones(self) -> None:
        missing = [user for user in users_to_read(self.snapshot, self._scope) if user not in self.snapshot.devices]
        if missing:
            how = f"{key_name(PHONES)} reads {self._how_many(len(missing))}"
            self.say(f"{how}: when each runs out, and who has one elsewhere.")
        else:
            self.say("")

    def _how_many(self, people: int) -> str:
        seconds = round(self._leave.seconds_for(people))
        about = f", about {seconds} s" if seconds else ""
        return f"the phones of {plural(people, 'person', 'people')}{about}"

    def action_read_phones(self) -> None:
        """Read the phones that the drill asks about."""
        users = users_to_read(self.snapshot, self._scope)
        if not users:
            self.say("Nobody's phones matter to this drill.")
        elif not self._is_reading:
            self.say(f"Reading {self._how_many(len(users))}. Esc stops it.")
            self._done = (0, len(users))
            self._reading = self._read_phones()

    @property
    def _is_reading(self) -> bool:
        return self._reading is not None and not self._reading.is_finished

    @work(exclusive=True, group="phones")
    async def _read_phones(self) -> None:
        self._phones = replace(self._phones, problems=())
        steps = read_for_drill(
            self.connection.system, self.snapshot, self._scope, self._leave, clock=self.connection.clock
        )
        async for step in steps:
            self._phones = step.update(self._phones)
            self._done = (step.done, step.total)
            left = minutes_words(timedelta(seconds=step.seconds_to_go))
            to_go = f", about {left} to go" if step.seconds_to_go else ""
            self.say(f"Reading phones: {step.done} of {step.total}{to_go}. Esc stops it.")
            self.redraw()
        self.post_message(self.PhonesRead(self.connection, self._phones))
        problems = self._phones.problems
        users = users_to_read(self.snapshot, self._scope)
        read = sum(user in self._phones.devices for user in users)
        problem = f" {problems[0].text}" if problems else ""
        self.say(f"The phones of {plural(read, 'person', 'people')} were read.{problem}", good=not problems)
        self._look()

    def _stop_reading(self) -> bool:
        """Stop, keep what came, and say so; whether there was anything to stop."""
        if self._reading is None or self._reading.is_finished:
            return False
        self._reading.cancel()
        self._reading = None
        done, total = self._done
        self._phones = stopped(done, total)(self._phones)
        self.post_message(self.PhonesRead(self.connection, self._phones))
        self.say(f"Stopped: the phones of {done} of {total} people were read.")
        self.redraw()
        return True

    def action_write_report(self) -> None:
        """Write the report into a new file of the current folder."""
        if self._ran is None:
            self.say("There is nothing to report yet: wait until the answering rules are read.", good=False)
            return
        report = make_drill_report(self._ran, run_by=os_user(), title=self.connection.title)
        try:
            path = write_new(Path.cwd(), drill_file_name(report), ".md", drill_markdown(report))
        except OSError as error:
            why = error.strerror or type(error).__name__
            self.say(f"The report was not written: {why}. Start in a folder you may write to.", good=False)
        else:
            self.say(f"Written to {path}", good=True)
