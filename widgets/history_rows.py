"""A queue's past as facts, timeline and rows; and every queue's in a line each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from queuewatch.glyphs import STAND_INS, STATE_GLYPHS
from queuewatch.history.period import Period
from queuewatch.history.segments import shares, slices
from queuewatch.history.state import HistoryState, QueueState
from queuewatch.history.statistics import AgentAccount, Statistics
from queuewatch.history.timeline import (
    AGENT_SIGNS,
    ANSWERED,
    FAILED_OVER,
    LEGEND,
    NOT_KNOWN,
    NOT_WATCHED,
    SENT_ON,
    Calendar,
    FrameRow,
    Sign,
    agent_signs,
    even_edges,
    queue_signs,
)
from queuewatch.history.wording import (
    STANDING_WORDS,
    events_words,
    left_out_words,
    long,
    percent,
    since_words,
    split_words,
    told_spells,
    uptime_words,
)
from widgets.cells import Cell, CellSpan, Column, Row, cell, cell_length, whole_width
from widgets.fact_sheet import Fact
from widgets.marks import GLYPHS

CHANGE_COLUMNS = (
    Column("when", "From", 20),
    Column("lasted", "For", 10, right=True),
    Column("what", "What", 16),
    Column("why", "Why", 12, gives_way=1),
)
ALL_COLUMNS = (
    Column("queue", "Queue", 18, enough=40, legible=18),
    Column("uptime", "Uptime", 6, right=True),
    Column("failed", "Failed over", 11, right=True),
    Column("longest", "Longest", 9, right=True, gives_way=2, asked=False),
    Column("nobody", "Nobody", 6, right=True),
    Column("watched", "Watched", 7, right=True, gives_way=3, asked=False),
    Column("line", "Over the period", 15, gives_way=1),
)
ALL_SIGNS = 28
FEWER_SIGNS = 14
"""On a terminal on which a name would be cut for the others."""
AGENT_LABELS = 17

_SIGN_OF = {
    HistoryState.RINGS: ANSWERED,
    HistoryState.WAITS: ANSWERED,
    HistoryState.FAILS_OVER: FAILED_OVER,
    HistoryState.SENT_ON: SENT_ON,
    HistoryState.NOBODY: Sign(STATE_GLYPHS["bad"], "bad"),
    HistoryState.UNKNOWN: NOT_KNOWN,
}

_SHOWN_FOR = (
    {HistoryState.RINGS, HistoryState.WAITS},
    {HistoryState.FAILS_OVER},
    {HistoryState.SENT_ON},
    {HistoryState.NOBODY},
    {HistoryState.UNKNOWN},
    set[HistoryState](),
)
"""For which standings each sign of the legend stands."""


def drawn(signs: Iterable[Sign]) -> Cell:
    """Signs as one cell, in ASCII where the terminal has no others."""
    unicode = GLYPHS["good"] == STATE_GLYPHS["good"]
    spans: list[CellSpan] = []
    for glyph, style in signs:
        shown = glyph if unicode else STAND_INS.get(glyph, glyph)
        if spans and spans[-1].style == style:
            spans[-1] = CellSpan(spans[-1].text + shown, style)
        else:
            spans.append(CellSpan(shown, style))
    return tuple(spans)


def past_facts(account: Statistics) -> tuple[Fact, ...]:
    """Uptime, what calls came to, and how often it was otherwise."""
    if not account.watched:
        return (Fact("Uptime", cell("Not watched in this period.", "muted")),)
    left_out = left_out_words(account)
    uptime = uptime_words(account)
    style = "bad" if account.times.get(HistoryState.NOBODY) else "good" if account.known else "muted"
    events = " · ".join(events_words(account))
    return (
        Fact(
            "Uptime",
            (
                CellSpan(uptime.removeprefix("uptime "), style),
                CellSpan(f"  left out: {left_out}" if left_out else "", "muted"),
            ),
        ),
        Fact("In short", cell(f"{events[:1].upper()}{events[1:]}")),
        Fact("Calls", cell(split_words(account) or "not known", "" if account.known else "unknown")),
    )


def timeline_facts(frame: Calendar, account: Statistics | None) -> tuple[Fact, ...]:
    """The lines of the period, each with its own uptime."""
    return (Fact("", cell(frame.axis, "muted")), *(_line(frame, row, account) for row in frame.rows))


def _line(frame: Calendar, row: FrameRow, account: Statistics | None) -> Fact:
    over = sum(edge < frame.period.ended for edge in row.edges[:-1])
    if account is None:
        return Fact(row.label, cell(""))
    signs = queue_signs(account, row.edges)[:over]
    (whole,) = slices(account.segments, (row.edges[0], row.edges[-1]), lambda state: state.standing)
    known = sum(
        (lasted for standing, lasted in whole.items() if standing.reaches_someone is not None),
        start=row.edges[0] - row.edges[0],
    )
    nobody = whole.get(HistoryState.NOBODY, known - known)
    beside = percent(known - nobody, known).rjust(9)
    blank = CellSpan(" " * (len(row.edges) - 1 - over))
    return Fact(row.label, (*drawn(signs), blank, CellSpan(beside, "bad" if nobody else "muted")))


def legend(accounts: Sequence[Statistics]) -> Fact:
    """What the signs mean that are to be seen in these periods."""
    seen = {standing for account in accounts for standing in account.times}
    gaps = any(account.unwatched for account in accounts)
    spans: list[CellSpan] = []
    for (sign, words), standings in zip(LEGEND, _SHOWN_FOR, strict=True):
        if not (seen & standings or (sign is NOT_WATCHED and gaps)):
            continue
        spans += [*drawn((sign,)), CellSpan(f" {words}  ", "muted")]
    return Fact("", tuple(spans))


def change_rows(account: Statistics, present: QueueState | None) -> Iterator[Row]:
    """What changed, the latest first. Whether an agent was free does not count as a change here."""
    for episode in reversed(told_spells(account, present)):
        sign = _SIGN_OF[episode.kind]
        words = "answered" if episode.kind is HistoryState.RINGS else STANDING_WORDS[episode.kind]
        begun = episode.begun.astimezone()
        when = f"{begun:%a} {begun.day:>2} {begun:%b %H:%M}"
        yield Row(
            begun.isoformat(),
            (
                cell(when if episode.seen else f"by {when}", "muted"),
                cell(long(episode.lasted)),
                (*drawn((sign,)), CellSpan(f" {words}", "" if sign.style == "green" else sign.style)),
                cell(episode.state.sentence, "muted"),
            ),
        )


def agent_facts(agents: Sequence[AgentAccount], edges: Sequence[datetime], *, room: bool) -> tuple[Fact, ...]:
    """Each agent's colours over the period, and the last of them: beside the line where there is ``room``."""
    return tuple(_agent(agent, edges, "  " if room else "\n") for agent in agents)


def agent_label(agent: AgentAccount) -> str:
    """Who it is: the name, or the id where there is none."""
    return agent.name or agent.agent


def _agent(agent: AgentAccount, edges: Sequence[datetime], between: str) -> Fact:
    split = "  ".join(
        f"{GLYPHS[status.value]} {percent(agent.times[status], agent.watched)}"
        for status in AGENT_SIGNS
        if agent.times.get(status)
    )
    last, since = agent.last, ""
    if last is not None:
        since = f"{last.kind.capitalize()} {since_words(last.begun, last.seen, agent.period.ended)}"
    return Fact(
        agent_label(agent),
        (*drawn(agent_signs(agent, edges)), CellSpan(f"{between}{since}"), CellSpan(f"\n{split}", "muted")),
    )


def all_that_fit(accounts: Sequence[Statistics], period: Period, width: int) -> list[Row]:
    """Every queue, the worst first, with as many signs as leave its name whole in a table this wide."""
    rows = list(_all_rows(accounts, even_edges(period, ALL_SIGNS)))
    kept = [place for place, column in enumerate(ALL_COLUMNS) if column.gives_way <= 1]
    lengths = [Counter(cell_length(row.cells[place]) for row in rows) for place in kept]
    if whole_width((ALL_COLUMNS[place] for place in kept), lengths, 1) <= width:
        return rows
    return list(_all_rows(accounts, even_edges(period, FEWER_SIGNS)))


def _all_rows(accounts: Iterable[Statistics], edges: Sequence[datetime]) -> Iterator[Row]:

    def badness(account: Statistics) -> tuple[bool, float]:
        return not account.known, account.reached / account.known if account.known else 1.0

    for account in sorted(accounts, key=badness):
        failed = account.episodes_of(HistoryState.FAILS_OVER)
        nobody = shares(account.segments, lambda state: state.standing).get(HistoryState.NOBODY)
        yield Row(
            account.queue,
            (
                (CellSpan(f"{account.queue} ", "muted"), CellSpan(account.name, "strong")),
                cell(percent(account.reached, account.known) or "-", "bad" if nobody else "good"),
                cell(f"{len(failed)} ×" if failed else "never", "warn" if failed else "muted"),
                cell(long(max(episode.lasted for episode in failed)) if failed else "", "muted"),
                cell(long(nobody) if nobody else "never", "bad" if nobody else "muted"),
                cell(long(account.watched), "muted"),
                drawn(queue_signs(account, edges)),
            ),
        )
