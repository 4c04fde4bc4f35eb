"""A report for people at a terminal: one block for each queue, worst first."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.failover.audit.proofs import proof_words
from queuewatch.failover.explanation import directly
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site, site_of
from queuewatch.failover.status import Status
from queuewatch.failover.verdict import ReadinessState, Verdict
from queuewatch.failover.wording import agent_name, plural, short_destination, yes_no
from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.report.console import WIDEST, file_console, printed
from queuewatch.report.formats import plain, table
from queuewatch.report.status import StatusReport, agents_of, make_report, when_offline_of, worst_first
from queuewatch.report.wording import (
    READINESS_WORDS,
    STATUS_WORDS,
    answer_words,
    asked_time,
    counts_words,
    holders_words,
    moment_of,
    path_words,
    settings_words,
    summary,
    supposition,
    when_heading,
    when_offline_words,
    when_words,
)
from queuewatch.text.instant import minute_words
from queuewatch.text.plain_text import harmless_lines

_LABEL_WIDTH = 9

_STATUS_STYLES = {
    Status.GREEN: "green",
    Status.RED: "red",
    Status.GREY: "bright_black",
    Status.UNKNOWN: "yellow",
}


def as_text(report: StatusReport, console: Console) -> str:
    """The report as this console would show it, without a line break at its end."""
    width = min(console.width, WIDEST)
    queues = (_block(report, queue, width) for queue in worst_first(report))
    return printed([_head(report), *queues], console, apart=True)


def as_brief(report: StatusReport, console: Console) -> str:
    """One line a queue, the worst first, as wide as the console; without a line break at its end."""
    every = _brief_columns(report)
    fitting = ([every[title] for title in titles] for titles in _FULLEST_FIRST)
    shown = next((columns for columns in fitting if _taken(columns) <= console.width), None)
    shown = shown or [every[title] for title in _FULLEST_FIRST[-1]]
    room = console.width - _taken(shown)
    grid = Table.grid(padding=(0, _BRIEF_GAP, 0, 0), pad_edge=False)
    for column in shown:
        # A verdict is never cut; what is too long for all to have their room is the name, or a destination.
        least = NARROWEST_NAME if column.cut_first else column.enough
        width = max(least, min(column.needs, column.enough + room))
        room -= width - column.enough
        grid.add_column(width=width, no_wrap=True, overflow="ellipsis")
    for cells in zip(*((Text(column.title, "bold"), *column.cells) for column in shown), strict=True):
        grid.add_row(*cells)
    return printed([_head(report), grid], console, apart=True, widest=console.width)


_BRIEF_GAP = 2
NARROWEST_NAME = 4


class _BriefColumn(NamedTuple):
    """A column of brief lines, with a cell for each queue."""

    title: str
    cells: tuple[Text, ...]
    most: int = 99
    """The cells that it takes from others; what is longer has what they leave."""
    cut_first: bool = False

    @property
    def needs(self) -> int:
        """The width at which none of it is cut."""
        return max(len(self.title), *(cell.cell_len for cell in self.cells), 0)

    @property
    def enough(self) -> int:
        """The width for which other columns give way."""
        return min(self.needs, self.most)


def _taken(columns: list[_BriefColumn]) -> int:
    return sum(column.enough + _BRIEF_GAP for column in columns) - _BRIEF_GAP


_QUEUE, _NOW, _DARK, _NOW_WHY, _DARK_WHY = "Queue", "Now", "If dark", "Now, why", "If dark, why"
_AGENTS, _REQ, _OFFLINE, _WAIT, _SITE = "Agents", "Req", "When Offline", "Wait", "Site"

_FULLEST_FIRST = (
    (_QUEUE, _NOW_WHY, _DARK_WHY, _AGENTS, _REQ, _OFFLINE, _WAIT, _SITE),
    (_QUEUE, _NOW_WHY, _DARK_WHY, _AGENTS, _REQ, _OFFLINE, _WAIT),
    (_QUEUE, _NOW_WHY, _DARK_WHY, _AGENTS, _REQ, _OFFLINE),
    (_QUEUE, _NOW, _DARK, _AGENTS, _REQ, _OFFLINE, _WAIT),
    (_QUEUE, _NOW, _DARK, _AGENTS, _REQ, _OFFLINE),
    (_QUEUE, _NOW, _DARK, _AGENTS, _REQ),
    (_QUEUE, _NOW, _DARK, _AGENTS),
    (_QUEUE, _NOW, _DARK),
)
"""Which columns there are: the first of these for which there is room."""


def _brief_columns(report: StatusReport) -> dict[str, _BriefColumn]:
    queues = worst_first(report)
    now = tuple(_brief_now(report, queue) for queue in queues)
    dark = tuple(_brief_dark(report, queue) for queue in queues)
    names = tuple(Text.assemble(f"{queue.extension} ", (queue.name, "bold")) for queue in queues)
    offline = tuple(Text(_brief_offline(report.snapshot, queue)) for queue in queues)
    sites = tuple(Text(queue_site(report.snapshot, queue)) for queue in queues)
    return {
        _QUEUE: _BriefColumn("Queue", names, 28, cut_first=True),
        _NOW: _BriefColumn("Now", tuple(map(_short, now))),
        _DARK: _BriefColumn("If dark", tuple(map(_short, dark))),
        _NOW_WHY: _BriefColumn("Now", now),
        _DARK_WHY: _BriefColumn("If dark", dark),
        _AGENTS: _BriefColumn("Agents", tuple(_brief_agents(report, queue) for queue in queues)),
        _REQ: _BriefColumn("Req", tuple(Text(yes_no(queue.require_agents)) for queue in queues)),
        _OFFLINE: _BriefColumn("When Offline", offline, 20),
        _WAIT: _BriefColumn("Wait", tuple(Text(str(queue.waiting or "")) for queue in queues)),
        _SITE: _BriefColumn("Site", sites, 16),
    }


def _short(cell: Text) -> Text:
    """A verdict without its reason."""
    return cell[: cell.plain.index(":")] if ":" in cell.plain else cell


def _brief_offline(snapshot: Snapshot, queue: Queue) -> str:
    forward = when_offline_of(snapshot, queue)
    if forward is not None and forward.readable and forward.destination is not None:
        return short_destination(snapshot, forward.destination)
    return when_offline_words(snapshot, queue)


def _brief_now(report: StatusReport, queue: Queue) -> Text:
    now = report.judgements[queue.extension].now
    bad = now.reaches_someone is False
    return Text(f"{STATE_GLYPHS['bad']} {answer_words(now)}" if bad else answer_words(now), _style(now))


def _brief_dark(report: StatusReport, queue: Queue) -> Text:
    readiness = report.judgements[queue.extension].readiness
    word = READINESS_WORDS[readiness.state]
    if readiness.state is ReadinessState.NOT_READY:
        word = f"{STATE_GLYPHS['bad']} {answer_words(readiness.verdict)}"
    return Text(word, _style(readiness.verdict))


def _brief_agents(report: StatusReport, queue: Queue) -> Text:
    counts = report.judgements[queue.extension].now.counts
    numbers = {
        Status.GREEN: counts.green,
        Status.RED: counts.red,
        Status.UNKNOWN: counts.unknown,
        Status.GREY: counts.grey,
    }
    parts = [
        Text(f"{STATE_GLYPHS[status]}{number}", _STATUS_STYLES[status])
        for status, number in numbers.items()
        if number
    ]
    return Text(" ").join(parts) if parts else Text("none", "bright_black")


def _head(report: StatusReport) -> RenderableType:
    domain = report.snapshot.domain
    whose = (report.title, domain) if report.title and report.title != domain else (domain,)
    lines = [Text(" · ".join((*whose, moment_of(report))), "bold")]
    if asked := asked_time(report):
        lines.append(Text(asked))
    if not report.suppose.nothing:
        lines.append(
            Text(f"Supposed in the dark: {supposition(report.suppose, report.snapshot)}. Nothing is changed.")
        )
    return Group(*lines, Text(summary(report)))


def _block(report: StatusReport, queue: Queue, width: int) -> RenderableType:
    judgement = report.judgements[queue.extension]
    rows: list[tuple[str, RenderableType]] = []
    if not report.suppose.all_dark:
        rows.append((when_heading(report), Text(judgement.now.sentence)))
    dark = judgement.readiness.verdict.sentence
    rows.append(("If dark", Text("The same." if rows and dark == judgement.now.sentence else dark)))
    if judgement.readiness.verdict.direct is not None:
        rows.append(("Directly", Text(directly(judgement, all_dark=report.suppose.all_dark))))
    rows.append(("Settings", Text(settings_words(report, queue))))
    if proven := proof_words(report.proofs, report.snapshot, queue):
        rows.append(("Proof", Text(f"{proven[:1].upper()}{proven[1:]}.")))
    if report.with_path:
        rows.append(("Path now", Text(path_words(report.snapshot, judgement.now))))
        rows.append(("Path dark", Text(path_words(report.snapshot, judgement.readiness.verdict))))
    if queue.waiting:
        rows.append(("Waiting", Text(plural(queue.waiting, "caller"))))
    if holders := holders_words(report, queue):
        rows.append(("Open by", Text(holders)))
    rows.append(("Agents", _agents(report, queue)))
    if notes := judgement.assumptions:
        rows.append(("Rests on", Group(*(_hanging(note) for note in notes))))
    return Group(_title(report, queue, width), _rows(rows))


def _title(report: StatusReport, queue: Queue, width: int) -> RenderableType:
    judgement = report.judgements[queue.extension]
    name = Text(queue.label, "bold")
    if site := queue_site(report.snapshot, queue):
        name.append(f" · {site}", "not bold")
    state = judgement.readiness.state
    answers = Text()
    if not report.suppose.all_dark:
        answers.append(answer_words(judgement.now), _style(judgement.now))
        answers.append(f" {when_words(report)} · ")
    answers.append(READINESS_WORDS[state], _style(judgement.readiness.verdict))
    answers.append(" if dark")
    room = width - name.cell_len - answers.cell_len
    return Text.assemble(name, " " * room if room > 1 else "\n", answers)


def _style(verdict: Verdict) -> str:
    match verdict.reaches_someone:
        case True:
            return "green"
        case False:
            return "bold red"
        case None:
            return "bold yellow"


def _rows(rows: list[tuple[str, RenderableType]]) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=_LABEL_WIDTH, style="bright_black", no_wrap=True)
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return Padding(grid, (0, 0, 0, 2))


def _agents(report: StatusReport, queue: Queue) -> RenderableType:
    counts = report.judgements[queue.extension].now.counts
    if not report.with_agents or not counts.total:
        return Text(counts_words(counts))
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(no_wrap=True)
    for _ in range(3):
        grid.add_column(overflow="fold")
    for agent, shown in agents_of(report, queue):
        style = _STATUS_STYLES[shown.status]
        colour = Text(f"{STATE_GLYPHS[shown.status]} {STATUS_WORDS[shown.status]}", style)
        grid.add_row(colour, Text(agent_name(agent)), Text(shown.reason), Text(site_of(agent, report.snapshot)))
    return grid


def _hanging(note: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=1)
    grid.add_column(overflow="fold", style="bright_black")
    grid.add_row(Text("-", "bright_black"), Text(note))
    return grid


def as_markdown(report: StatusReport) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(report))


def _lines(report: StatusReport) -> Iterator[str]:
    yield f"# {plain(report.title or report.snapshot.domain)}"
    yield ""
    yield f"{plain(report.snapshot.domain)}, {moment_of(report)}. {summary(report)}"
    if asked := asked_time(report):
        yield ""
        yield plain(asked)
    if not report.suppose.nothing:
        yield ""
        yield f"Supposed in the dark: {plain(supposition(report.suppose, report.snapshot))}."
    if not report.queues:
        return
    yield ""
    yield from table(
        (
            "Queue",
            "Site",
            when_heading(report),
            "If dark",
            "Require Agents",
            "When Offline",
        ),
        [_summary_row(report, queue) for queue in worst_first(report)],
    )
    for queue in worst_first(report):
        yield from _section(report, queue)


def _summary_row(report: StatusReport, queue: Queue) -> tuple[str, ...]:
    judgement = report.judgements[queue.extension]
    return (
        queue.label,
        queue_site(report.snapshot, queue),
        answer_words(judgement.now),
        READINESS_WORDS[judgement.readiness.state],
        yes_no(queue.require_agents),
        when_offline_words(report.snapshot, queue),
    )


def _section(report: StatusReport, queue: Queue) -> Iterator[str]:
    judgement = report.judgements[queue.extension]
    yield ""
    yield f"## {plain(queue.label)}"
    yield ""
    yield f"- **{when_heading(report)}:** {plain(judgement.now.sentence)}"
    yield f"- **If dark:** {plain(judgement.readiness.verdict.sentence)}"
    if judgement.readiness.verdict.direct is not None:
        yield f"- **Directly:** {plain(directly(judgement, all_dark=report.suppose.all_dark))}"
    yield f"- **Settings:** {plain(settings_words(report, queue))}"
    if proven := proof_words(report.proofs, report.snapshot, queue):
        yield f"- **Proof:** {plain(proven)}"
    if holders := holders_words(report, queue):
        yield f"- **Held open by:** {plain(holders)}"
    yield f"- **Agents:** {counts_words(judgement.now.counts)}"
    for note in judgement.assumptions:
        yield f"- **Rests on:** {plain(note)}"
    if report.with_agents and (agents := agents_of(report, queue)):
        yield ""
        yield from table(
            ("Agent", "Status", "Reason", "Site"),
            [
                (agent_name(agent), STATUS_WORDS[shown.status], shown.reason, site_of(agent, report.snapshot))
                for agent, shown in agents
            ],
        )


LARGEST = 74_994
"""Bytes of text. With base64 a third more, which is as much as common terminals take into the clipboard."""


def as_ticket(snapshot: Snapshot, queue: Queue, *, title: str, caution: str = "") -> str:
    """The text. ``caution`` comes first: why it may be old."""
    report = make_report(snapshot, (queue,), title=title, with_path=True)
    text = "\n".join(filter(None, (caution, as_text(report, file_console()))))
    return harmless_lines(text) + "\n"


def cut(text: str) -> str:
    """As much of the text as a terminal takes into its clipboard, whole lines, and what was left out is said."""
    if len(text.encode()) <= LARGEST:
        return text
    note = "… the rest was too long for the clipboard: queuewatch status writes all of it.\n"
    room = LARGEST - len(note.encode())
    beginning = text.encode()[:room].decode(errors="ignore")
    return beginning[: beginning.rfind("\n") + 1] + note


def stale(reason: str, at: datetime) -> str:
    """The sentence that the picture is old, and why."""
    return f"As of {minute_words(at)}, because: {reason}"
