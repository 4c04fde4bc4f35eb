"""A report for people at a terminal: one block for each queue, worst first."""

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.failover.model import Queue
from queuewatch.failover.reasons import directly
from queuewatch.failover.status import Status
from queuewatch.failover.suppose import queue_site, site_of
from queuewatch.failover.verdict import Verdict
from queuewatch.failover.words import agent_name, plural
from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.report.content import Report, agents_of, worst_first
from queuewatch.report.wording import (
    OUTCOME_WORDS,
    READINESS_WORDS,
    STATUS_WORDS,
    asked_time,
    counts_words,
    holders_words,
    moment_of,
    path_words,
    settings_words,
    summary,
    supposition,
    when_words,
)

WIDEST = 100
"""Columns: a longer line is harder to read than a second one."""

_LABEL_WIDTH = 9

_STATUS_STYLES = {
    Status.GREEN: "green",
    Status.RED: "red",
    Status.GREY: "bright_black",
    Status.UNKNOWN: "yellow",
}


def as_text(report: Report, console: Console) -> str:
    """The report as this console would show it, without a line break at its end."""
    width = min(console.width, WIDEST)
    with console.capture() as captured:
        console.print(_head(report), width=width)
        for queue in worst_first(report):
            console.print()
            console.print(_block(report, queue, width), width=width)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _head(report: Report) -> RenderableType:
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


def _block(report: Report, queue: Queue, width: int) -> RenderableType:
    judgement = report.judgements[queue.extension]
    rows: list[tuple[str, RenderableType]] = []
    if not report.suppose.all_dark:
        rows.append((when_words(report).removeprefix("as ").capitalize(), Text(judgement.now.sentence)))
    dark = judgement.readiness.verdict.sentence
    rows.append(("If dark", Text("The same." if rows and dark == judgement.now.sentence else dark)))
    if judgement.readiness.verdict.direct is not None:
        rows.append(("Directly", Text(directly(judgement, all_dark=report.suppose.all_dark))))
    rows.append(("Settings", Text(settings_words(report, queue))))
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


def _title(report: Report, queue: Queue, width: int) -> RenderableType:
    judgement = report.judgements[queue.extension]
    name = Text(queue.label, "bold")
    if site := queue_site(report.snapshot, queue):
        name.append(f" · {site}", "not bold")
    state = judgement.readiness.state
    answers = Text()
    if not report.suppose.all_dark:
        answers.append(OUTCOME_WORDS[judgement.now.outcome], _style(judgement.now))
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


def _agents(report: Report, queue: Queue) -> RenderableType:
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
