"""The board: every queue of the domain, worst first, and whether its calls would still be answered."""

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.reactive import var
from textual.widgets import Input

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Part, Queue
from queuewatch.failover.places import queue_site
from queuewatch.failover.wording import no_queues, plural
from queuewatch.polling.state import LiveState
from queuewatch.storage.view_preferences import View
from screens.demo import DemoScreen
from screens.editing.edits import EditingScreen
from screens.keys.board import BOARD, EDIT, GROUP, ONLY
from widgets.action import bindings, key_name
from widgets.bars import Banner, KeyBar, StatusLine, TopBar, age_of, caption, readiness_of, trouble_text
from widgets.cells import Row
from widgets.containers import LEAST_BELOW, Arrangement, LeftSide, arranged
from widgets.fact_sheet import Fact, FactSheet
from widgets.line_table import LineTable
from widgets.marks import GLYPHS
from widgets.queue_rows import (
    MOST_SITES,
    OTHER_SITES,
    SORT_OF_COLUMN,
    MadeRows,
    OutcomeFilter,
    Sort,
    board_columns,
    chosen_columns,
    group_key,
    grouped_site,
    own_columns,
    queue_rows,
    shown_keys,
    site_of_column,
)
from widgets.verdict_facts import (
    NOW,
    SITES_LABEL,
    lately_fact,
    mend_fact,
    proof_fact,
    quiet_fact,
    verdict_facts,
)

if TYPE_CHECKING:
    from textual.timer import Timer

    from screens.board.tour import TourCard
    from widgets.buildings import Buildings
    from widgets.prompt import FilterLine
    from widgets.queue_panel import ChosenQueue


SETTLED = 0.2
"""Seconds in which no row has moved, after which it is told which queues are on the screen."""

BY_SITE = "site"
"""What is kept of a board whose queues are grouped."""


class BoardView(Struct, frozen=True):
    """The order of the queues, which of them are shown, and with which columns."""

    sort: Sort = Sort.WORST
    filter_text: str = ""
    """The words of the filter."""
    columns: tuple[str, ...] = ()
    """The keys of the columns that were chosen; empty for all, as at first."""
    backwards: bool = False
    """Whether the order is turned round."""
    folded: frozenset[str] | None = None
    """Grouped by site, these of them folded; ``None`` where the queues are not grouped."""

    @property
    def order(self) -> str:
        """How the queues are sorted, in words."""
        return f"{self.sort.value}, turned round" if self.backwards else self.sort.value

    @property
    def words(self) -> str:
        """What is not as at first, so that nobody wonders where the queues are; empty if nothing is."""
        parts = (
            f"only queues with “{self.filter_text}” (esc shows all)" if self.filter_text else "",
            f"sorted {self.order}" if self.sort is not Sort.WORST or self.backwards else "",
            "grouped by site" if self.folded is not None else "",
            "with your columns" if self.columns else "",
        )
        words = ", ".join(part for part in parts if part)
        return f"As you left it: {words}." if words else ""


def recall(connection: ConnectionInfo) -> BoardView:
    """How this phone system's board was looked at last; what makes no sense any more is as at first."""
    if connection.view_preferences is None:
        return BoardView()
    view = connection.view_preferences.view(connection.title, connection.system.domain)
    name = view.sort.removeprefix("-")
    known = [sort for sort in Sort if sort.name == name]
    return BoardView(
        known[0] if known else Sort.WORST,
        view.filter,
        chosen_columns(view.columns),
        bool(known) and name != view.sort,
        frozenset(view.folded) if view.group == BY_SITE else None,
    )


def keep(connection: ConnectionInfo, view: BoardView) -> None:
    """Look at this phone system's board so the next time too."""
    if connection.view_preferences is not None:
        sort = f"{'-' * view.backwards}{view.sort.name}"
        grouped, folded = ("", ()) if view.folded is None else (BY_SITE, tuple(sorted(view.folded)))
        order = "" if sort == Sort.WORST.name else sort
        stored = View(order, view.filter_text.strip(), view.columns, grouped, folded)
        connection.view_preferences.keep_view(connection.title, connection.system.domain, stored)


def trouble(connection: ConnectionInfo) -> str:
    """What there is to say about what could not be kept, once; empty if all is well."""
    if connection.view_preferences is None:
        return ""
    problem, connection.view_preferences.problem = connection.view_preferences.problem, ""
    return problem


class BoardScreen(EditingScreen, DemoScreen):
    """The board: where the program begins, and where every other screen leads back to."""

    AUTO_FOCUS = "#queues"
    ACTIONS = BOARD
    HELP_NAME = "the board"
    CAPTIONED = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*BOARD)]
    # What stands where follows from what is in the table: see :meth:`_arrange`.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow")]

    sort: var[Sort] = var(Sort.WORST, init=False)
    filter_text: var[str] = var("", init=False)
    only: var[OutcomeFilter | None] = var(None, init=False)
    """The outcome that is shown alone: not kept, so that nobody misses a queue the next day."""
    note: var[str] = var("", init=False)
    """What is wrong beside the phone system, such as that no history can be kept."""

    def __init__(self, connection: ConnectionInfo, live_state: LiveState) -> None:
        super().__init__(connection, live_state)
        # Most terminals are, and a picture from last time is: every widget is styled once less than if it came out
        # when the board is there.
        self.add_class("-narrow", "-high", update=False)
        self.set_class(live_state.trouble is not None, "-stale", update=False)
        self._table = LineTable(board_columns(live_state.matrix), id="queues")
        self._made_rows = MadeRows()
        self._matrix = live_state.matrix
        self._own_columns = MOST_SITES
        """How many sites have a column of their own."""
        self._panel: ChosenQueue | None = None
        self._buildings: Buildings | None = None
        self._arrangement: Arrangement | None = None
        self._ticking: Timer | None = None
        self._settling: Timer | None = None
        self._seen: tuple[str, ...] = ()
        """The queues that were told to be on the screen."""
        self._site = ""
        """By which site's column the queues are sorted; empty for the worst of all."""
        self._tour: TourCard | None = None
        self._filter: FilterLine | None = None
        self.columns: tuple[str, ...] = ()
        """The keys of the columns that were chosen; empty for all, as at first."""
        self.backwards = False
        self.folded: frozenset[str] | None = None
        """Grouped by site, these of them folded; ``None`` where the queues are not grouped."""
        self._recall()

    def compose(self) -> ComposeResult:
        """One line on top, the queues, what the chosen one is about, the keys."""
        yield TopBar()
        yield Banner()
        with Horizontal(id="body"), LeftSide(id="left"):
            yield self._table
            yield FactSheet(id="summary")
        if (tour := self._made_tour()) is not None:
            yield tour
        if self.filter_text:
            self._filter = self._made_filter()
            yield self._filter
        yield StatusLine()
        yield KeyBar()

    def _recall(self) -> None:
        """Look at this phone system's queues as they were looked at last."""
        view = recall(self.connection)
        self.set_reactive(BoardScreen.sort, view.sort)
        self.set_reactive(BoardScreen.filter_text, view.filter_text)
        self.set_reactive(BoardScreen.only, None)
        self._site = ""
        self.backwards, self.folded = view.backwards, view.folded
        self._take(view.columns)

    def _take(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self._table.show_columns(shown_keys(columns, self._matrix, self._own_columns))

    @property
    def view(self) -> BoardView:
        """How the queues are looked at now."""
        return BoardView(self.sort, self.filter_text, self.columns, self.backwards, self.folded)

    def _made_filter(self) -> "FilterLine":
        from widgets.prompt import FilterLine

        line = FilterLine("words in a queue, an agent, a site or a state", returns_to="#queues", id="filter")
        line.take(self.filter_text)
        return line

    def _filter_line(self) -> "FilterLine":
        """The filter. Where none is kept it is loaded once it is asked for."""
        if self._filter is None:
            self._filter = self._made_filter()
            self.mount(self._filter, before=self.query_one(StatusLine))
        return self._filter

    def on_filter_line_settled(self) -> None:
        """Look at the queues so the next time as well."""
        self._keep()

    def _keep(self) -> None:
        keep(self.connection, self.view)
        self._say_trouble()

    def _say_trouble(self) -> None:
        if problem := trouble(self.connection):
            # After what the key itself has to say.
            self.call_later(self.say, problem)

    def on_mount(self) -> None:
        """Nobody is to wonder where the queues are."""
        self.watch(self._table, "scroll_y", self._rows_moved, init=False)
        self.say(self.view.words)
        self._say_trouble()

    def watch_sort(self) -> None:
        """Put the rows in another order."""
        self._table.let_go()
        self.redraw()
        self._keep()

    def watch_filter_text(self) -> None:
        """Show the rows that match the new filter."""
        self._table.let_go()
        self.redraw()

    def watch_only(self) -> None:
        """Show the queues with that outcome."""
        self._table.let_go()
        self.redraw()

    def watch_note(self) -> None:
        """Say the note in the banner."""
        self.redraw()

    @property
    def chosen(self) -> Queue | None:
        """The queue under the cursor."""
        return self.queue_in(self._table)

    @property
    def shown(self) -> tuple[str, ...]:
        """The extensions of the queues shown, in the order shown."""
        return tuple(row.key for row in self._table.rows if grouped_site(row.key) is None)

    @property
    def markable(self) -> tuple[str, ...]:
        """The queues shown."""
        return self.shown

    @property
    def marked_queues(self) -> tuple[Queue, ...]:
        """The queues that are marked and shown."""
        queues = self.live_state.snapshot.queues if self.live_state else {}
        return tuple(queues[key] for key in self.marked if key in queues)

    @property
    def acted_on(self) -> LineTable:
        """The table whose row the keys are about."""
        return self._table

    def redraw(self) -> None:
        """Top line, banner, table and the chosen queue."""
        live_state = self.live_state
        if live_state is None:
            return
        top = self.query_one(TopBar)
        self.show_cautions(top)
        if self.only is not None:
            top.badge = "  ".join(filter(None, (top.badge, f"ONLY {self.only.value}")))
        self.keep_marks(live_state.snapshot.queues)
        top.left = " · ".join(filter(None, ("queuewatch", self.name_on_top, live_state.snapshot.domain)))
        top.right = "  ".join(
            part for part in (readiness_of(live_state), age_of(live_state, self.connection.interval)) if part
        )
        self._show_banner(live_state)
        self.set_class(live_state.trouble is not None, "-stale")
        # What is old is not called now, here as little as in the sentences below.
        self._table.retitle("now", live_state.at if live_state.trouble and live_state.judgements else "")
        self._table.empty = empty_text(live_state, self.filter_text, self.only)
        most_first = self.sort.most_first is not self.backwards
        self._show_queues(live_state)
        self._table.show_sorted(self._sorted_column, GLYPHS["descending" if most_first else "ascending"])
        if words := self.mark_words:
            top.badge = "  ".join(filter(None, (top.badge, words)))
        if not self._arrange():
            self._show_buildings(live_state)
            self._show_chosen()
        self._show_tour()

    def _show_queues(self, live_state: LiveState) -> None:
        before = (self._matrix and self._matrix.sites), self._own_columns
        self._matrix, self._own_columns = live_state.matrix, self._room_for_sites(live_state)
        if self.columns and before != ((self._matrix and self._matrix.sites), self._own_columns):
            self._take(self.columns)
        if self._table.show_rows(self._rows(live_state), board_columns(self._matrix, self._own_columns)):
            self._rows_moved()

    def _room_for_sites(self, live_state: LiveState) -> int:
        """How many sites have a column of their own, whether or not there is a panel: it takes none away."""
        # Without both margins, and the bar that scrolls.
        return own_columns(live_state.matrix, self.app.size.width - 3)

    @on(LeftSide.Resized)
    def _rows_moved(self) -> None:
        """Others may be on the screen now: told once they stand still, however fast somebody scrolls."""
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLED, self._tell_seen)

    def _tell_seen(self) -> None:
        seen = tuple(key for _, key in self._table.rows_seen() if grouped_site(key) is None)
        if seen != self._seen:
            self._seen = seen
            self.post_message(self.QueuesSeen(seen))

    def _rows(self, live_state: LiveState) -> list[Row]:
        return queue_rows(
            live_state,
            self.sort,
            self.filter_text,
            self._made_rows,
            held=self._table.held,
            backwards=self.backwards,
            only=self.only,
            folded=self.folded,
            first=self.has_no_power,
            quiet=self.quiet,
            site=self._site,
            own=self._own_columns,
        )

    def _made_tour(self) -> "TourCard | None":
        """The tour, where there is a demo to be toured."""
        self._tour = None
        if self.connection.demo is not None:
            from screens.board.tour import TourCard

            self._tour = TourCard(shown=self.connection.demo.tour)
        return self._tour

    def _show_tour(self) -> None:
        if self._tour is not None and self._tour.is_attached and self.live_state is not None:
            self._tour.follow(self.connection, self.live_state, self.chosen)

    def _show_banner(self, live_state: LiveState) -> None:
        banner = self.query_one(Banner)
        if live_state.trouble is not None:
            banner.say(trouble_text(live_state), calm=live_state.trouble.asking)
        elif self.note:
            banner.say(self.note)
        elif (text := caption(self.connection, live_state)) or (text := problems_text(live_state)):
            banner.say(text, calm=True)
        else:
            banner.say("")

    def _show_chosen(self) -> None:
        live_state, queue = self.live_state, self.chosen
        if live_state is None or not self.may_draw:
            return
        facts: tuple[Fact, ...] = ()
        if queue is not None:
            offline, require = ("" if self.why_not(action.method) else key_name(action) for action in EDIT)
            mend = mend_fact(live_state, queue, offline_key=offline, require_key=require)
            few = self._arrangement is not None and 0 < self._arrangement.facts < LEAST_BELOW
            facts = (
                *verdict_facts(live_state, queue, mend, few=few),
                *quiet_fact(self.quiet.get(queue.extension)),
                *proof_fact(self.proofs, live_state.snapshot, queue),
                *lately_fact(self.lately_of(queue)),
            )
        if self._panel is not None and self._panel.display:
            # The picture says what happens now, and the columns what at which site.
            beside = tuple(fact for fact in facts if fact.label not in (NOW, SITES_LABEL))
            self._panel.show(live_state, queue, beside)
        else:
            self.query_one("#summary", FactSheet).facts = facts

    @on(LeftSide.Resized)
    def _resized(self) -> None:
        """As many sites as there is room for now."""
        if self.live_state is not None and self._room_for_sites(self.live_state) != self._own_columns:
            self._show_queues(self.live_state)
        self._arrange()

    @on(LineTable.Widened, "#queues")
    def _arrange(self) -> bool:
        """Have beside the table and below it what leaves the table whole; whether that is anything new."""
        live_state = self.live_state
        if live_state is None or not self.may_draw:
            return False
        queues, matrix = live_state.snapshot.call_queues, live_state.matrix
        arrangement = arranged(
            self.size.width,
            self.query_one(LeftSide).size.height,
            whole=self._table.whole_width if queues else self.size.width,
            rows=max(len(queues), len(self._table.rows)),
            sites=len(matrix.sites) if matrix and queues else 0,
            dark=len(self.connection.demo.powered_off) if self.connection.demo is not None else 0,
        )
        before, self._arrangement = self._arrangement, arrangement
        if arrangement == before:
            return False
        summary = self.query_one("#summary", FactSheet)
        if self._panel is None and arrangement.panel:
            from widgets.queue_panel import ChosenQueue

            self._panel = ChosenQueue(id="detail")
            self.query_one("#body").mount(self._panel)
        self._table.styles.height = (arrangement.table if queues else 0) or "1fr"
        summary.display = arrangement.facts > 0
        summary.styles.height = arrangement.facts
        if self._panel is not None:
            self._panel.display = arrangement.panel > 0
            self._panel.styles.width = arrangement.panel
        if self._buildings is None and arrangement.buildings:
            from widgets.buildings import Buildings

            self._buildings = Buildings(id="buildings")
            self.query_one(LeftSide).mount(self._buildings, after=self._table)
        if self._buildings is not None:
            self._buildings.display = arrangement.buildings > 0
            self._buildings.styles.height = arrangement.buildings
        self._show_buildings(live_state)
        self._show_chosen()
        return True

    def _show_buildings(self, live_state: LiveState) -> None:
        """The sites, where they have room; while one of a demo has no power, its time runs."""
        if self._buildings is None or not self._buildings.display:
            return
        from widgets.buildings import PowerCut

        demo, at = self.connection.demo, live_state.snapshot.taken_at
        cuts: dict[str, PowerCut] = {}
        for site in demo.powered_off if demo is not None else ():
            if demo is not None and (since := demo.dark_since(site)) is not None:
                # As of the picture: the phone that is counted down to goes in the frame of its agent.
                cuts[site] = PowerCut(since, demo.next_phone_off(site, at))
        self._buildings.show(live_state, cuts, self.connection.clock())
        if cuts and self._ticking is None:
            self._ticking = self.set_interval(1.0, self._tick)
        elif not cuts and self._ticking is not None:
            self._ticking.stop()
            self._ticking = None

    def _tick(self) -> None:
        if self.live_state is not None and self.is_current:
            self._show_buildings(self.live_state)

    @on(LineTable.Highlighted, "#queues")
    def _highlighted(self) -> None:
        self.look_at_chosen()
        self._show_chosen()
        self._show_tour()
        self.dim_keys()

    def turn_to(self, connection: ConnectionInfo, live_state: LiveState) -> None:
        """Show another phone system from now on, and nothing that was told of the one before."""
        self.connection = connection
        self._seen = ()
        self.clear_marks()
        self._table.let_go()
        self._forget_what_was_told()
        self._recall()
        self._filter_line().take(self.filter_text)
        if self._tour is not None:
            self._tour.remove()
        if (tour := self._made_tour()) is not None and self.may_draw:
            self.mount(tour, after="#body")
            self.call_after_refresh(self._show_tour)
        self.live_state = live_state
        # A queue of the same number is another queue: nobody chose it.
        self._table.cursor = 0
        self.look_at_chosen()
        self.show_alert("", "", bad=False)
        self.say(self.view.words)
        self._say_trouble()

    def _forget_what_was_told(self) -> None:
        self.set_reactive(BoardScreen.lately, ("", ""))
        self.set_class(False, "-past")
        self.set_reactive(BoardScreen.quiet, {})
        self.set_reactive(BoardScreen.proofs, None)
        self.set_reactive(BoardScreen.note, "")

    def on_screen_resume(self) -> None:
        """Back on the board, the queue under the cursor is looked at again."""
        self.look_at_chosen()

    @on(LineTable.Chosen, "#queues")
    def _chosen(self, event: LineTable.Chosen) -> None:
        if (site := grouped_site(event.key)) is not None:
            self._fold(site)
        else:
            self.post_message(self.QueueOpened(event.key))

    def action_open_queue(self) -> None:
        """Show everything about the queue under the cursor; on a site's row, fold it or unfold it."""
        if (site := grouped_site(self._table.cursor_key)) is not None:
            self._fold(site)
        elif self.chosen is not None:
            self._table.hold()
            self.post_message(self.QueueOpened(self.chosen.extension))

    def action_quiet(self) -> None:
        """Choose how long nobody is told of the chosen queue or its site; on a site's row, of that site."""
        if site := grouped_site(self._table.cursor_key):
            self.post_message(self.QuietWanted("", site))
        else:
            super().action_quiet()

    def action_audit(self) -> None:
        """Show what is wrong in the whole domain."""
        self.post_message(self.AuditWanted())

    def action_drill(self) -> None:
        """Suppose the power gone somewhere."""
        queue, live_state = self.chosen, self.live_state
        if queue is None or live_state is None:
            self.say("There are no queues to hold a drill over: check the domain on the top line.", good=False)
            return
        self.post_message(self.DrillWanted(queue_site(live_state.snapshot, queue)))

    def action_sort(self) -> None:
        """Take the next order."""
        self.sort_by(self.sort.next)

    def sort_by(self, sort: Sort, *, backwards: bool = False) -> None:
        """Sort in this order, or the other way round."""
        if sort is self.sort and backwards != self.backwards:
            self.backwards = backwards
            self.watch_sort()
        self.backwards, self.sort = backwards, sort
        self.say(f"Sorted {self.view.order}.")

    @on(LineTable.HeaderPressed, "#queues")
    def _sort_by_column(self, event: LineTable.HeaderPressed) -> None:
        """Sort by the column; pressed again, the other way round."""
        again = self._sorted_column == event.column
        of_site = event.column in shown_keys(("sites",), self._matrix, self._own_columns)
        sort = Sort.SITES if of_site else SORT_OF_COLUMN.get(event.column, self.sort)
        sort = self.sort if again else sort
        if of_site and not again:
            self._site = site_of_column(event.column)
            # The same order by another site is another order.
            self.set_reactive(BoardScreen.sort, Sort.WORST)
        self.sort_by(sort, backwards=again and not self.backwards)

    @property
    def _sorted_column(self) -> str:
        """The key of the column whose title carries the sign."""
        if self.sort is not Sort.SITES:
            return self.sort.column
        keys = shown_keys(("sites",), self._matrix, self._own_columns)
        if not self._site:
            return keys[0] if keys else ""
        return next((key for key in keys if site_of_column(key) == self._site), OTHER_SITES)

    def action_only(self) -> None:
        """Show the queues with one outcome, the next, or all again."""
        self.show_only(OutcomeFilter.after(self.only))

    def show_only(self, only: OutcomeFilter | None) -> None:
        """Show the queues with this outcome alone, or all."""
        self.only = only
        live_state = self.live_state
        if only is None or live_state is None:
            self.say("All queues are shown again." if not self.filter_text.strip() else "All outcomes again.")
            return
        queues = live_state.snapshot.call_queues
        found = sum(only.has(live_state, queue) for queue in queues)
        self.say(
            f"Only {only.value}: {found} of {plural(len(queues), 'queue')}. {key_name(ONLY)}: the next, esc: all."
        )

    def action_group(self) -> None:
        """Group the queues by site, then fold all sites, then show them ungrouped again."""
        if self.live_state is None or not self.live_state.snapshot.call_queues:
            self.say("There are no queues to group.")
            return
        again = key_name(GROUP)
        if self.folded is None:
            self._group(frozenset())
            self.say(f"Grouped by site: enter on a site's row folds it, {again} all of them.")
            return
        found = (grouped_site(row.key) for row in self._table.rows)
        sites = frozenset(site for site in found if site is not None)
        if sites <= self.folded:
            self._group(None)
            self.say("No longer grouped.")
        else:
            self._group(self.folded | sites)
            self.say(f"All sites are folded: enter on one unfolds it, {again} ends the grouping.")

    def _group(self, folded: frozenset[str] | None) -> None:
        self.folded = folded
        self._table.let_go()
        self.redraw()
        self._keep()

    def _fold(self, site: str) -> None:
        if self.folded is not None:
            self._group(self.folded ^ {site})
            self._table.move_to(group_key(site))

    def action_columns(self) -> None:
        """Choose the columns."""
        from screens.board.choose_columns import ChooseColumns

        self.app.push_screen(ChooseColumns(self.columns, self._take_columns))

    def _take_columns(self, columns: tuple[str, ...]) -> None:
        self._take(columns)
        self._keep()

    def action_filter(self) -> None:
        """Open the filter."""
        self._filter_line().ask()

    def show_words(self, words: str) -> None:
        """Show the queues that match the words alone."""
        self.show_only(None)
        if self.folded:
            # What is looked for is not to be found folded away.
            self._group(frozenset())
        self._filter_line().take(words)
        self.filter_text = words
        found = plural(len(self.shown), "queue")
        self.say(f"{found} with “{words}”. Esc shows all.")
        self._keep()

    def move_to(self, extension: str) -> None:
        """Put the cursor on a queue, out of the fold that it is in; if it is filtered away, leave it."""
        queue = self.live_state.snapshot.queues.get(extension) if self.live_state else None
        if self.live_state is not None and queue is not None and self.folded:
            self._group(self.folded - {queue_site(self.live_state.snapshot, queue)})
        self._table.move_to(extension)

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self.filter_text = event.value

    def on_key(self, event: events.Key) -> None:
        """Escape shows all queues first, whatever hid some of them, and then ends the tour."""
        if event.key != "escape":
            return
        had_outcome = self.only is not None
        if had_outcome:
            self.show_only(None)
        if (self._filter is not None and self._filter.clear_away()) or had_outcome:
            event.stop()
        elif self._tour is not None and self._tour.shown:
            event.stop()
            self.action_tour(0)

    def action_tour(self, step: int) -> None:
        """Go on in the tour, or back; or (0) show it, or put it away."""
        if self._tour is not None:
            self._tour.turn(step)
            self._show_tour()


def empty_text(live_state: LiveState, filter_text: str, only: OutcomeFilter | None = None) -> str:
    """Why there are no queues to be seen."""
    if Part.LIVE not in live_state.snapshot.read_at:
        waited = f" ({live_state.first_reading.words})" if live_state.first_reading else ""
        return "" if live_state.trouble else f"Reading the queues…{waited}"
    if not live_state.snapshot.call_queues:
        return no_queues(live_state.snapshot)
    if only is None:
        return f"No queue matches “{filter_text}”. Esc clears the filter."
    if filter_text.strip():
        return f"No queue that matches “{filter_text}” is “{only.value}”. Esc shows all."
    return f"No queue is “{only.value}” now. Esc shows all."


def problems_text(live_state: LiveState) -> str:
    """How much of what was read could not be understood, and the first of it."""
    problems = [problem for problem in live_state.snapshot.problems if not problem.aside]
    if not problems:
        return ""
    others = len(problems) - 1
    more = f" (and {plural(others, 'other problem')})" if others else ""
    return f"{problems[0].text}{more}"
