"""A queue as one row of the board."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from operator import is_
from typing import TYPE_CHECKING

from rich.cells import cell_len

from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.verdict import Counts, Judgement, Outcome, ReadinessState
from queuewatch.failover.wording import plural, short_destination, yes_no
from queuewatch.polling.state import LiveState
from queuewatch.text.natural_order import natural_order
from widgets.cells import ASIDE, EMPTY, Cell, CellSpan, Column, Row, cell
from widgets.marks import GLYPHS, Mark, outcome_mark, readiness_mark

if TYPE_CHECKING:
    from queuewatch.failover.drill.drill import DrillOutcome
    from queuewatch.failover.drill.matrix import SiteFate, SiteMatrix

QUEUE_COLUMNS = (
    Column("queue", "Queue", 14, enough=34, legible=20),
    Column("now", "Now", 12, enough=12),
    Column("dark", "If dark", 11, enough=11),
    Column("sites", "Sites", 2, gives_way=1),
    Column("agents", "Agents", 6, gives_way=10),
    Column("require", "Req", 3, gives_way=11),
    Column("offline", "When Offline", 14, gives_way=13, enough=20),
    Column("waiting", "Wait", 4, right=True, gives_way=12),
    Column("site", "Site", 6, gives_way=14, enough=12, asked=False),
)
"""Under ``sites`` stand as many columns as there are sites to be shown: see :func:`board_columns`."""
ALWAYS = ("queue", "now", "dark")
"""The columns that cannot be hidden: a verdict is never switched off."""
READING = cell("…", "muted")
NOT_READ = cell("… not read", "muted")
"""In place of a verdict: the answering rules, on which it rests, are not read yet."""


def chosen_columns(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys of columns there are, in this order, with those that always stay; empty for all as at first."""
    every = tuple(column.key for column in QUEUE_COLUMNS)
    known = tuple(key for key in dict.fromkeys(keys) if key in every)
    if not known:
        return ()
    shown = (*(key for key in ALWAYS if key not in known), *known)
    return () if shown == every else shown


MOST_SITES = 6
"""So many sites have a column each: those of most agents. The others have one in common."""
_OF_SITE = "site "
OTHER_SITES = "other sites"


def own_columns(matrix: "SiteMatrix | None", width: int) -> int:
    """How many sites have a column of their own on a board this wide: all that are wanted, or as many as leave
    room for the verdicts, a name that is still one, and how many more sites there are.
    """
    sites = matrix.sites if matrix else ()
    always = (column for column in QUEUE_COLUMNS if column.key in ALWAYS)
    room = width - sum(max(column.width, column.legible) + 1 for column in always) + 1
    for own in range(min(len(sites), MOST_SITES), 1, -1):
        if sum(column.width + 1 for column in _site_columns(sites, own)) <= room:
            return own
    return min(len(sites), 1)


def board_columns(matrix: "SiteMatrix | None", own: int = MOST_SITES) -> tuple[Column, ...]:
    """Every column of the board, one a site among them, of ``own`` sites; a row has a cell for each."""
    sites = _site_columns(matrix.sites if matrix else (), own)
    return tuple(shown for column in QUEUE_COLUMNS for shown in (sites if column.key == "sites" else (column,)))


def shown_keys(chosen: Iterable[str], matrix: "SiteMatrix | None", own: int = MOST_SITES) -> tuple[str, ...]:
    """The keys of the columns that were chosen, as they are called in the table."""
    sites = tuple(column.key for column in _site_columns(matrix.sites if matrix else (), own))
    return tuple(key for chosen_key in chosen for key in (sites if chosen_key == "sites" else (chosen_key,)))


@lru_cache(maxsize=16)
def _site_columns(sites: tuple[str, ...], own: int) -> tuple[Column, ...]:
    if not sites:
        return ()
    from queuewatch.failover.drill.matrix import short_titles

    titles = short_titles(sites)
    columns = [
        Column(f"{_OF_SITE}{site}", title, max(2, cell_len(title)), gives_way=rank)
        for rank, (site, title) in enumerate(zip(sites[:own], titles, strict=False), 1)
    ]
    if others := sites[own:]:
        title = f"+{len(others)}"
        columns.append(Column(OTHER_SITES, title, len(title), gives_way=MOST_SITES + 1))
    return tuple(columns)


def site_of_column(key: str) -> str:
    """The site that a column of this key is about; empty for none."""
    return key.removeprefix(_OF_SITE) if key.startswith(_OF_SITE) else ""


def site_cells(matrix: "SiteMatrix | None", queue: str, own: int = MOST_SITES) -> tuple[Cell, ...]:
    """What a power cut at each of its ``own`` sites does to the queue; among the further sites what is worst."""
    if matrix is None or not matrix.sites:
        return ()
    sites, others = matrix.sites[:own], matrix.sites[own:]
    row = matrix.queues.get(queue)
    if row is None:
        return (READING,) * (len(sites) + bool(others))
    cells = [site_cell(row.fates[site]) for site in sites]
    if others:
        cells.append(min((site_cell(row.fates[site]) for site in others), key=_rank))
    return tuple(cells)


def site_cell(fate: "SiteFate") -> Cell:
    """``·`` where nothing changes for the queue, else whether its callers still reach somebody."""
    return fate_cell(fate.fate) if fate.touched else NOTHING_CHANGES


def fate_cell(fate: "DrillOutcome") -> Cell:
    """The sign of what becomes of a queue. Nobody is reached only if it happens: it is red, and not bright."""
    return _CUT[fate]


NOTHING_CHANGES = cell(GLYPHS["note"], "muted")
_CUT = {
    "fails_over": cell(GLYPHS["good"], "good"),
    "sent_on": cell(GLYPHS["good"], "good"),
    "held_open": cell(GLYPHS["red"]),
    "answered": NOTHING_CHANGES,
    "stranded": cell(GLYPHS["bad"], "risk"),
    "lost": cell(GLYPHS["bad"], "risk"),
    "uncertain": cell(GLYPHS["unknown"], "unknown"),
}
_WORST_FIRST = [_CUT[fate] for fate in ("lost", "uncertain", "held_open", "fails_over", "answered")]


def _rank(shown: Cell) -> int:
    return _WORST_FIRST.index(shown) if shown in _WORST_FIRST else len(_WORST_FIRST)


class Sort(StrEnum):
    """The orders the board can be in."""

    WORST = "worst first"
    NAME = "by name"
    EXTENSION = "by extension"
    SITE = "by site"
    WAITING = "by waiting callers"
    DARK = "by what happens if dark"
    AGENTS = "by agents online"
    REQUIRE = "by Require Agents"
    OFFLINE = "by When Offline"
    SITES = "by what a power cut does"

    @property
    def next(self) -> "Sort":
        """The order after this one."""
        orders = list(Sort)
        return orders[(orders.index(self) + 1) % len(orders)]

    @property
    def column(self) -> str:
        """The key of the column whose title carries its sign."""
        return SORTED_COLUMNS[self]

    @property
    def most_first(self) -> bool:
        """Whether what is most comes first: the worst, the longest line of callers."""
        return self in (Sort.WORST, Sort.DARK, Sort.SITES, Sort.WAITING)


SORTED_COLUMNS = {
    Sort.WORST: "now",
    Sort.NAME: "queue",
    Sort.EXTENSION: "queue",
    Sort.SITE: "site",
    Sort.WAITING: "waiting",
    Sort.DARK: "dark",
    Sort.AGENTS: "agents",
    Sort.REQUIRE: "require",
    Sort.OFFLINE: "offline",
    Sort.SITES: "sites",
}
SORT_OF_COLUMN = {column: sort for sort, column in reversed(SORTED_COLUMNS.items())}
"""The order that a click on a column's title asks for; every column has one."""


class OutcomeFilter(StrEnum):
    """The queues that somebody has to look at, by why."""

    NOBODY = "reaches nobody"
    NOT_READY = "not ready"
    UNCERTAIN = "uncertain"
    ONE = "held open by one"

    @staticmethod
    def after(shown: "OutcomeFilter | None") -> "OutcomeFilter | None":
        """The next one; nothing after the last: then all queues are shown."""
        kinds: list[OutcomeFilter | None] = [*OutcomeFilter, None]
        return kinds[(kinds.index(shown) + 1) % len(kinds)]

    def has(self, live_state: LiveState, queue: Queue) -> bool:
        """Whether the queue is one of them. One whose rules are not read yet is none: nothing is known of it."""
        judged = live_state.judgements.get(queue.extension)
        if judged is None or queue.extension not in live_state.snapshot.rules:
            return False
        match self:
            case OutcomeFilter.NOBODY:
                return judged.now.reaches_someone is False
            case OutcomeFilter.NOT_READY:
                return judged.readiness.state is ReadinessState.NOT_READY
            case OutcomeFilter.UNCERTAIN:
                return judged.now.reaches_someone is None or judged.readiness.state is ReadinessState.UNKNOWN
            case OutcomeFilter.ONE:
                return len(judged.now.held_open_by) == 1


class MadeRows:
    """The rows as they were last made, and what a filter looks for words in.

    Either is made anew once something that it is made of is another object.
    """

    def __init__(self) -> None:
        self._shared: tuple[object, ...] = ()
        self._made: dict[str, tuple[tuple[object, ...], Row]] = {}
        self._texts: dict[str, tuple[tuple[object, ...], str]] = {}

    def matching(self, live_state: LiveState, queues: Iterable[Queue], filter_text: str) -> list[Queue]:
        """The queues that have every word of the filter (:func:`matches`)."""
        words = filter_text.casefold().split()
        if not words:
            self._texts.clear()
            return [*queues]
        by_id = _names_an_id(filter_text)
        return [queue for queue in queues if _has(self._text(live_state, queue, by_id=by_id), words)]

    def _text(self, live_state: LiveState, queue: Queue, *, by_id: bool) -> str:
        extension, snapshot = queue.extension, live_state.snapshot
        judged, user = live_state.judgements.get(extension), (snapshot.users or {}).get(extension)
        made_of = (queue, judged, user, snapshot.agents_of(extension), by_id)
        known = self._texts.get(extension)
        if known is not None and all(map(is_, known[0], made_of)):
            return known[1]
        text = search_text(live_state, queue, by_id=by_id)
        self._texts[extension] = (made_of, text)
        return text

    def rows(
        self,
        live_state: LiveState,
        queues: Sequence[Queue],
        quiet: Collection[str] = frozenset(),
        own: int = MOST_SITES,
    ) -> list[Row]:
        """The rows of these queues; those of which nobody is told are ``quiet``."""
        snapshot = live_state.snapshot
        # A destination is shown by its name, whoever's it is.
        names = tuple((queue.extension, queue.name) for queue in snapshot.queues.values())
        sites = live_state.matrix and live_state.matrix.sites
        shared = (snapshot.users, snapshot.numbers, snapshot.attendants, names, sites, own)
        if shared != self._shared:
            self._shared, self._made = shared, {}
        return [self._row(live_state, queue, own, quiet=queue.extension in quiet) for queue in queues]

    def _row(self, live_state: LiveState, queue: Queue, own: int, *, quiet: bool) -> Row:
        extension = queue.extension
        matrix = live_state.matrix
        made_of = (
            queue,
            live_state.judgements.get(extension),
            live_state.snapshot.rules.get(extension),
            matrix and matrix.queues.get(extension),
            quiet,
        )
        known = self._made.get(extension)
        if known is not None and all(map(is_, known[0], made_of)):
            return known[1]
        row = queue_row(live_state, queue, own, quiet=quiet)
        self._made[extension] = (made_of, row)
        return row


def queue_rows(
    live_state: LiveState,
    sort: Sort,
    filter_text: str = "",
    made: MadeRows | None = None,
    *,
    held: str | None = None,
    backwards: bool = False,
    only: OutcomeFilter | None = None,
    folded: Collection[str] | None = None,
    first: Callable[[Queue], bool] = lambda _: False,
    quiet: Collection[str] = frozenset(),
    site: str = "",
    own: int = MOST_SITES,
) -> list[Row]:
    """The board's rows: sorted, and only those that match the words and the outcome, and the one ``held``.

    With ``folded`` they are grouped by site, each under a row of its own (:func:`group_key`); of the sites in it
    only that row is shown. ``first`` tells which stand above all others where the worst come first; ``site`` of
    which site it is asked what a power cut does, instead of the worst of all; ``own`` is how many have a column.
    """
    made = made or MadeRows()
    every = live_state.snapshot.call_queues
    found = [
        queue for queue in made.matching(live_state, every, filter_text) if not only or only.has(live_state, queue)
    ]
    queues = [*found, *(queue for queue in every if queue.extension == held and queue not in found)]
    order = _order(live_state, sort, site)
    # Turned round, queues that are alike stay in their natural order.
    queues.sort(key=lambda queue: natural_order(queue.extension))
    queues.sort(key=order, reverse=backwards)
    if sort is Sort.WORST:
        queues.sort(key=lambda queue: not first(queue))
    rows = made.rows(live_state, queues, quiet, own)
    if folded is None:
        return rows
    return list(_grouped(live_state, queues, rows, own, by_concern=sort is Sort.WORST, folded=folded))


def _order(live_state: LiveState, sort: Sort, site: str) -> Callable[[Queue], tuple[object, ...]]:
    """What the queues are compared by."""
    snapshot, judgements = live_state.snapshot, live_state.judgements

    def order(queue: Queue) -> tuple[object, ...]:
        judged = judgements.get(queue.extension)
        match sort:
            case Sort.WORST:
                return (_concern(live_state, queue),)
            case Sort.NAME:
                return natural_order(queue.name)
            case Sort.EXTENSION:
                return natural_order(queue.extension)
            case Sort.SITE:
                site_name = queue_site(snapshot, queue)
                return (not site_name, natural_order(site_name), _concern(live_state, queue))
            case Sort.WAITING:
                # What is not known stands between those who wait and nobody.
                return (0.5 if queue.waiting is None else -queue.waiting or 1.0,)
            case Sort.DARK:
                return (_darkness(judged), _concern(live_state, queue))
            case Sort.SITES:
                return (_harm(live_state.matrix, queue.extension, site), _concern(live_state, queue))
            case Sort.AGENTS:
                return (judged.now.counts.online, -judged.now.counts.total) if judged else (float("inf"), 0)
            case Sort.REQUIRE:
                return ({False: 0, None: 1, True: 2}[queue.require_agents],)
            case Sort.OFFLINE:
                return natural_order("".join(span.text for span in when_offline_cell(snapshot, queue)))

    return order


def _harm(matrix: "SiteMatrix | None", queue: str, site: str) -> int:
    """How bad a power cut is for the queue, at this site or at the worst: 0 is worst."""
    row = matrix.queues.get(queue) if matrix else None
    if row is None:
        return len(_WORST_FIRST)
    fates = (row.fates[site],) if site in row.fates else row.fates.values()
    return min((_rank(site_cell(fate)) for fate in fates), default=len(_WORST_FIRST))


def _darkness(judged: Judgement | None) -> int:
    states = (ReadinessState.NOT_READY, ReadinessState.UNKNOWN, ReadinessState.READY)
    return states.index(judged.readiness.state) if judged else len(states)


GROUP_KEY = "\n"
"""Begins the key of a group's row: no extension has a line's end in it."""


def group_key(site: str) -> str:
    """The key of a site's row."""
    return f"{GROUP_KEY}{site}"


def grouped_site(key: str | None) -> str | None:
    """The site whose row this is the key of; ``None`` for a queue's."""
    return key.removeprefix(GROUP_KEY) if key is not None and key.startswith(GROUP_KEY) else None


def _grouped(
    live_state: LiveState,
    queues: Sequence[Queue],
    rows: Sequence[Row],
    own: int,
    *,
    by_concern: bool,
    folded: Collection[str],
) -> Iterator[Row]:
    groups: dict[str, list[tuple[Queue, Row]]] = {}
    for queue, row in zip(queues, rows, strict=True):
        groups.setdefault(queue_site(live_state.snapshot, queue), []).append((queue, row))

    def order(site: str) -> tuple[object, ...]:
        worst = min(_concern(live_state, queue) for queue, _ in groups[site]) if by_concern else 0
        return worst, not site, natural_order(site)

    for site in sorted(groups, key=order):
        members = [queue for queue, _ in groups[site]]
        yield _group_row(live_state, site, members, own, folded=site in folded)
        if site not in folded:
            yield from (row for _, row in groups[site])


def _group_row(live_state: LiveState, site: str, queues: Sequence[Queue], own: int, *, folded: bool) -> Row:
    """A site's row: how many queues it has; folded, also the worst of them, and all its agents and callers."""
    sign, name = GLYPHS["folded" if folded else "unfolded"], site or "no site"
    cells: dict[str, Cell] = {
        "queue": (CellSpan(f"{sign} {name}", "strong"), CellSpan(f" {plural(len(queues), 'queue')}", "muted"))
    }
    if folded:
        snapshot, judgements = live_state.snapshot, live_state.judgements
        known = [queue for queue in queues if queue.extension in snapshot.rules]
        worst = min(known, key=lambda queue: _concern(live_state, queue), default=None)
        darkest = min(known, key=lambda queue: _darkness(judgements.get(queue.extension)), default=None)
        counts: Counter[str] = Counter()
        for queue in queues:
            if judged := judgements.get(queue.extension):
                now = judged.now.counts
                counts.update(green=now.green, red=now.red, grey=now.grey, unknown=now.unknown)
        waiting = sum(queue.waiting or 0 for queue in queues)
        cells |= {
            "now": _now(judgements.get(worst.extension)) if worst else READING,
            "dark": _dark(judgements.get(darkest.extension)) if darkest else READING,
            "agents": agent_strip(Counts(**counts)),
            "waiting": cell(str(waiting), "strong") if waiting else EMPTY,
        }
        of_each = zip(*(site_cells(live_state.matrix, queue.extension, own) for queue in known), strict=True)
        sites = shown_keys(("sites",), live_state.matrix, own)
        cells |= {key: min(those, key=_rank) for key, those in zip(sites, of_each, strict=False)}
    columns = board_columns(live_state.matrix, own)
    return Row(group_key(site), tuple(cells.get(column.key, EMPTY) for column in columns))


def matches(live_state: LiveState, queue: Queue, filter_text: str) -> bool:
    """Whether the queue, one of its agents, its site or its state has every word of the filter."""
    return bool(MadeRows().matching(live_state, [queue], filter_text))


def search_text(live_state: LiveState, queue: Queue, *, by_id: bool) -> str:
    """What the words of a filter are looked for in; with the ids of the agents where one of them is named."""
    judged = live_state.judgements.get(queue.extension)
    marks = (outcome_mark(judged.now).text, readiness_mark(judged.readiness).text) if judged else ()
    agents = (
        f"{agent.name} {agent.id}" if by_id else agent.name
        for agent in live_state.snapshot.agents_of(queue.extension)
    )
    site = queue_site(live_state.snapshot, queue)
    return " ".join((queue.extension, queue.name, site, *marks, *agents)).casefold()


def _names_an_id(filter_text: str) -> bool:
    # Two people may have one name: whoever is meant by an id is meant alone.
    return "@" in filter_text


def _has(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def _concern(live_state: LiveState, queue: Queue) -> int:
    """How much a queue needs looking at: 0 is worst."""
    judged = live_state.judgements.get(queue.extension)
    if judged is None or not live_state.snapshot.rules_of(queue.extension).known:
        return 5
    if judged.now.reaches_someone is False:
        return 0
    if judged.readiness.state is ReadinessState.NOT_READY:
        return 1
    if judged.now.outcome is Outcome.UNCERTAIN or judged.readiness.state is ReadinessState.UNKNOWN:
        return 2
    if judged.now.outcome in (Outcome.FAILS_OVER, Outcome.OVERFLOWS, Outcome.DIVERTED):
        return 3
    return 4


def queue_row(live_state: LiveState, queue: Queue, own: int = MOST_SITES, *, quiet: bool = False) -> Row:
    """One queue's cells, in the order of :func:`board_columns`."""
    snapshot = live_state.snapshot
    judged = live_state.judgements.get(queue.extension)
    read = queue.extension in snapshot.rules
    return Row(
        queue.extension,
        (
            (
                CellSpan(f"{queue.extension} "),
                *((CellSpan(f"{GLYPHS['quiet']} ", "muted"),) if quiet else ()),
                CellSpan(queue.name, "strong"),
            ),
            _now(judged) if read else NOT_READ,
            _dark(judged) if read else NOT_READ,
            *site_cells(live_state.matrix, queue.extension if read else "", own),
            agent_strip(judged.now.counts) if judged else READING,
            require_cell(queue.require_agents),
            when_offline_cell(snapshot, queue) if read else READING,
            _waiting(queue),
            cell(queue_site(snapshot, queue), "muted"),
        ),
    )


def aside(mark: Mark) -> Cell:
    """The reason behind a word, where there is one and there is room for it."""
    return cell(mark.aside, ASIDE) if mark.aside else EMPTY


def queue_name_cell(queue: Queue) -> Cell:
    """Its extension and its name."""
    return (CellSpan(f"{queue.extension} "), CellSpan(queue.name, "strong"))


def _now(judged: Judgement | None) -> Cell:
    if judged is None:
        return READING
    mark = outcome_mark(judged.now)
    return (
        CellSpan(f"{mark.glyph} ", mark.style),
        CellSpan(mark.word, mark.style if mark.style in ("bad", "unknown") else ""),
        *aside(mark),
    )


def _dark(judged: Judgement | None) -> Cell:
    if judged is None:
        return READING
    mark = readiness_mark(judged.readiness)
    # Bright is what reaches nobody now.
    style = "risk" if mark.style == "bad" else mark.style
    word = CellSpan(mark.word, "" if style == "good" else style)
    return (CellSpan(f"{mark.glyph} ", style), word, *aside(mark))


STRIP_WIDTH = 8


def agent_strip(counts: Counts) -> Cell:
    """``●●◆○``: one glyph an agent; where they are too many, a glyph and a count a colour."""
    by_style = {
        "green": counts.green,
        "red": counts.red,
        "unknown": counts.unknown,
        "grey": counts.grey,
    }
    if counts.total == 0:
        return cell("none", "muted")
    if counts.total <= STRIP_WIDTH:
        return tuple(CellSpan(GLYPHS[style] * number, style) for style, number in by_style.items() if number)
    return tuple(CellSpan(f"{GLYPHS[style]}{number}", style) for style, number in by_style.items() if number)


def require_cell(on: bool | None) -> Cell:
    """Require Agents, as the portal says it."""
    if on is None:
        return cell("?", "unknown")
    return cell(yes_no(on), "" if on else "warn")


def when_offline_cell(snapshot: Snapshot, queue: Queue) -> Cell:
    """The Default rule's When Offline, short enough for a column."""
    rules = snapshot.rules_of(queue.extension)
    if not rules.known:
        return cell("? not readable", "unknown")
    default = rules.default
    if default is None:
        return cell("off (no rule)", "warn")
    if not default.offline.readable:
        return cell("? not readable", "unknown")
    if default.offline.destination is None:
        return cell("off", "warn")
    return cell(short_destination(snapshot, default.offline.destination))


def _waiting(queue: Queue) -> Cell:
    if queue.waiting is None:
        return cell("?", "unknown")
    return cell(str(queue.waiting), "strong") if queue.waiting else EMPTY
