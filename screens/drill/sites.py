"""The sites: what a power cut at each of them does to each queue, and the line to be said for each."""

from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.reactive import var
from textual.widgets import Static

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.drill.matrix import (
    OFFICE,
    SiteMatrix,
    everything_sentence,
    short_titles,
    site_sentence,
    worst_first,
)
from queuewatch.failover.model import Part, Queue
from queuewatch.failover.wording import no_queues, plural
from queuewatch.polling.state import LiveState
from screens.demo import DemoScreen
from screens.keys.tasks import SITES
from widgets.action import bindings
from widgets.bars import Banner, KeyBar, StatusLine, TopBar, age_of, trouble_text
from widgets.cells import Column, Row, cell
from widgets.containers import LeftSide, Scrolling
from widgets.drill_rows import everything_cell, site_fate_cell
from widgets.fact_sheet import Fact, FactSheet
from widgets.line_table import LineTable
from widgets.marks import GLYPHS
from widgets.queue_rows import READING, queue_name_cell

EVERYTHING = "everything"
WORDS = 12
"""As many cells as the longest word takes with its sign."""
LONGEST_TITLE = 16
NARROW = 80
"""Below this width the cells are signs alone, under the shortest titles."""
QUEUE_WIDTH = {True: 18, False: 30}
"""The most that a queue's name takes before the sites have their columns: on a narrow terminal, and else."""


class SitesScreen(DemoScreen):
    """A row a queue, worst first, and a column a site; beside them everything at once."""

    CSS_PATH = "sites.tcss"
    AUTO_FOCUS = "#queues"
    ACTIONS = SITES
    HELP_NAME = "the sites"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SITES)]

    column: var[int] = var(0, init=False)
    """Which column the line is about, from the left; the last is everything."""

    def __init__(self, connection: ConnectionInfo, live_state: LiveState) -> None:
        super().__init__(connection, live_state)
        self._table = LineTable(_columns((), 0, 0, 0, narrow=False), id="queues")
        self._first = 0
        """The first column that is not scrolled away."""
        self._last = 0
        """The end of those that are shown."""

    def compose(self) -> ComposeResult:
        """The line to be said, the table, what its signs mean."""
        yield TopBar()
        yield Banner()
        yield Static(id="line", markup=False)
        with LeftSide(id="body"):
            yield self._table
            with Scrolling(id="lines"):
                yield FactSheet(label_width=LONGEST_TITLE + 1)
        yield Static(id="legend", markup=False)
        yield StatusLine()
        yield KeyBar()

    @property
    def chosen(self) -> Queue | None:
        """The queue under the cursor."""
        return self.queue_in(self._table)

    @property
    def _sites(self) -> tuple[str, ...]:
        matrix = self.live_state.matrix if self.live_state else None
        return matrix.sites if matrix else ()

    @property
    def site(self) -> str:
        """The site whose column is chosen; empty for everything."""
        sites = self._sites
        return sites[self.column] if self.column < len(sites) and sites != (OFFICE,) else ""

    def validate_column(self, column: int) -> int:
        """Keep it on the table."""
        return max(0, min(column, len(_titles(self._sites)) - 1))

    def watch_column(self) -> None:
        """Say the line of the other column."""
        self.redraw()

    def redraw(self) -> None:
        """The line of the chosen column, and the table."""
        live_state = self.live_state
        if live_state is None:
            return
        matrix = live_state.matrix or SiteMatrix()
        top = self.query_one(TopBar)
        self.show_cautions(top)
        top.left = " · ".join(filter(None, ("Sites", self.name_on_top, live_state.snapshot.domain)))
        missing = f"{matrix.missing} not worked out yet" if matrix.missing else ""
        age = age_of(live_state, self.connection.interval)
        self.query_one(Banner).say(trouble_text(live_state) if live_state.trouble else "")
        self.set_class(live_state.trouble is not None, "-stale")
        self._table.empty = _empty(live_state)
        self._show_table(live_state, matrix)
        self._show_lines(live_state, matrix)
        columns = len(_titles(matrix.sites))
        in_sight = f"columns {self._first + 1}-{self._last} of {columns}"
        top.right = "  ".join(filter(None, (in_sight if self._last - self._first < columns else "", missing, age)))
        column = min(self.column, columns - 1)
        line = _waits_for(live_state, matrix) or _line_of(live_state, matrix, column)
        _say(self.query_one("#line", Static), line)
        _say(self.query_one("#legend", Static), self._legend(live_state))

    def _show_table(self, live_state: LiveState, matrix: SiteMatrix) -> None:
        width, titles = self._table.size.width, _titles(matrix.sites)
        narrow = width < NARROW
        names = [cell_len(f"{queue.extension} {queue.name}") for queue in live_state.snapshot.call_queues]
        queue_width = max(8, min(max(names, default=0), QUEUE_WIDTH[narrow]))
        widths = _widths(matrix.sites, narrow=narrow)
        self._first = _scrolled(self._first, min(self.column, len(titles) - 1), widths, width - queue_width - 3)
        self._last = last = _last(self._first, widths, width - queue_width - 3)
        columns = _columns(matrix.sites, self._first, last, queue_width, narrow=narrow)
        places = range(self._first, last)
        rows = [_row(live_state, matrix, queue, places, narrow=narrow) for queue in _queues(live_state, matrix)]
        self._table.show_rows(rows, columns)
        for place, column in zip(places, columns[1:], strict=True):
            # Brackets, and not colour alone, say which column the line is about.
            self._table.retitle(column.key, f"[{column.title}]" if place == self.column else "")

    def _show_lines(self, live_state: LiveState, matrix: SiteMatrix) -> None:
        """Every column's line below the table, where there is room for a line each."""
        titles, lines = _titles(matrix.sites), self.query_one("#lines")
        height, table = self.query_one("#body").size.height, len(self._table.rows) + 2
        told = bool(self._table.rows) and not _waits_for(live_state, matrix)
        lines.display = told and table + len(titles) <= height
        self._table.styles.height = table if lines.display else "1fr"
        if lines.display:
            self.query_one(FactSheet).facts = tuple(
                Fact(title[:LONGEST_TITLE], cell(_line_of(live_state, matrix, place).partition(": ")[2]))
                for place, title in enumerate(titles)
            )

    @on(LeftSide.Resized)
    def _resized(self) -> None:
        self.redraw()

    def _legend(self, live_state: LiveState) -> str:
        read = len(live_state.snapshot.devices)
        people = plural(read, "person", "people")
        phones = f"Only the phones of {people} were read" if read else "No phones were read"
        decide = "else the names of the sites decide" if read else "the names of the sites decide"
        return f"{GLYPHS['note']} a power cut there changes nothing for the queue. {phones}: {decide}."

    @on(LineTable.Highlighted, "#queues")
    def _highlighted(self) -> None:
        self.look_at_chosen()

    def on_screen_resume(self) -> None:
        """Back here, the queue under the cursor is looked at again."""
        self.look_at_chosen()

    @on(LineTable.Chosen, "#queues")
    def _opened(self) -> None:
        self.action_open_drill()

    def action_open_drill(self) -> None:
        """Hold the drill of the chosen column."""
        self.post_message(self.DrillWanted(self.site, at_once=True))

    def action_open_queue(self) -> None:
        """Show everything about the queue under the cursor."""
        if self.chosen is not None:
            self.post_message(self.QueueOpened(self.chosen.extension))

    def action_column(self, by: int) -> None:
        """Go to a column further left or right."""
        self.column += by

    def action_back(self) -> None:
        """Return to the screen before."""
        self.dismiss(None)


def _say(line: Static, text: str) -> None:
    if line.content != text:
        line.update(text)


def _empty(live_state: LiveState) -> str:
    if Part.LIVE not in live_state.snapshot.read_at:
        return "Reading the queues…"
    return no_queues(live_state.snapshot)


def _titles(sites: tuple[str, ...]) -> tuple[str, ...]:
    return (*sites, EVERYTHING)


def _waits_for(live_state: LiveState, matrix: SiteMatrix) -> str:
    """What there is to be waited for before anything can be said; empty for nothing."""
    if not matrix.sites:
        return "Working out what a power cut at each site does…"
    if any(queue.extension not in live_state.snapshot.rules for queue in live_state.snapshot.call_queues):
        return "Reading the answering rules…"
    return ""


def _line_of(live_state: LiveState, matrix: SiteMatrix, column: int) -> str:
    """The line to be said of a column."""
    if column < len(matrix.sites):
        return site_sentence(live_state.snapshot, live_state.judgements, matrix, matrix.sites[column])
    return everything_sentence(live_state.snapshot, live_state.judgements, matrix)


def _widths(sites: tuple[str, ...], *, narrow: bool) -> list[int]:
    """The cells that each column takes, in brackets, and the gap behind it."""
    if narrow:
        return [max(2, cell_len(title)) + 3 for title in (*short_titles(sites), "all")]
    return [max(WORDS, min(LONGEST_TITLE, cell_len(title)) + 2) + 1 for title in _titles(sites)]


def _last(first: int, widths: list[int], room: int) -> int:
    """The end of the columns that have room from the first on: at least one."""
    end = first
    while end < len(widths) and (room >= widths[end] or end == first):
        room -= widths[end]
        end += 1
    return end


def _scrolled(first: int, column: int, widths: list[int], room: int) -> int:
    """The first column to be shown so that the chosen one is, scrolled no further than that takes."""
    first = min(first, column)
    while _last(first, widths, room) <= column:
        first += 1
    # Where there is room to the right, nothing is hidden to the left.
    while first and _last(first - 1, widths, room) == len(widths):
        first -= 1
    return first


def _columns(
    sites: tuple[str, ...], first: int, last: int, queue_width: int, *, narrow: bool
) -> tuple[Column, ...]:
    titles = (*short_titles(sites), "all") if narrow else _titles(sites)
    widths = _widths(sites, narrow=narrow)
    shown = (
        Column(f"column {place}", titles[place][: widths[place] - 3], widths[place] - 1)
        for place in range(first, last)
    )
    return (Column("queue", "Queue", queue_width), *shown)


def _queues(live_state: LiveState, matrix: SiteMatrix) -> list[Queue]:
    queues = live_state.snapshot.call_queues
    order = {queue: place for place, queue in enumerate(worst_first(matrix))}
    return sorted(queues, key=lambda queue: order.get(queue.extension, len(order)))


def _row(live_state: LiveState, matrix: SiteMatrix, queue: Queue, places: range, *, narrow: bool) -> Row:
    row = matrix.queues.get(queue.extension)
    cells = [queue_name_cell(queue)]
    for place in places:
        if row is None or queue.extension not in live_state.snapshot.rules:
            cells.append(READING)
        elif place == len(matrix.sites):
            end = live_state.judgements[queue.extension].readiness.verdict.end
            cells.append(everything_cell(live_state.snapshot, row.everything, end, short=narrow))
        else:
            cells.append(site_fate_cell(live_state.snapshot, row.fates[matrix.sites[place]], short=narrow))
    return Row(queue.extension, tuple(cells))
