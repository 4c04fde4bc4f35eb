"""A drill for people at a terminal: one block for each queue, worst first, then what happens when."""

from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.failover.drill.drill import DrillOutcome, QueueDrill
from queuewatch.report.console import WIDEST, printed
from queuewatch.report.drill import (
    FATE_WORDS,
    TO_SIGN,
    DrillReport,
    begins_words,
    event_times,
    noted,
    supposed_words,
)
from queuewatch.report.formats import plain, table
from queuewatch.text.instant import date_words

FATE_STYLES = {
    DrillOutcome.FAILS_OVER: "green",
    DrillOutcome.SENT_ON: "green",
    DrillOutcome.ANSWERED: "",
    DrillOutcome.HELD_OPEN: "bold yellow",
    DrillOutcome.UNCERTAIN: "bold yellow",
    DrillOutcome.STRANDED: "bold red",
    DrillOutcome.LOST: "bold red",
}

_LABEL_WIDTH = 9


def drill_text(report: DrillReport, console: Console) -> str:
    """The report as this console would show it, without a line break at its end."""
    width = min(console.width, WIDEST)
    blocks: list[RenderableType] = [_head(report)]
    blocks += [_block(queue_drill, width) for queue_drill in report.drill.queues]
    blocks.append(_timeline(report))
    if report.proofs:
        blocks.append(_section("Proven", report.proofs))
    blocks.append(_section("Not known", noted(report.not_known, "Everything asked for was read.")))
    blocks.append(_section("Rests on", noted(report.assumptions, "Nothing was taken for granted.")))
    blocks.append(Text(TO_SIGN))
    return printed(blocks, console, apart=True)


def _head(report: DrillReport) -> RenderableType:
    snapshot = report.drill.snapshot
    title = " · ".join(("Failover drill", *report.whose, date_words(snapshot.taken_at)))
    return Group(
        Text(title, "bold"),
        Text(f"Supposed: {supposed_words(report.drill)}. Nothing is changed. Run by {report.run_by}."),
        Text(report.summary, "bold"),
    )


def _block(queue_drill: QueueDrill, width: int) -> RenderableType:
    name = Text(queue_drill.queue.label, "bold")
    if queue_drill.site:
        name.append(f" · {queue_drill.site}", "not bold")
    fate = Text(FATE_WORDS[queue_drill.fate], FATE_STYLES[queue_drill.fate])
    room = width - name.cell_len - fate.cell_len
    before = "" if queue_drill.before.sentence == queue_drill.after.sentence else queue_drill.before.sentence
    rows = [("Then", queue_drill.sentence), ("When", begins_words(queue_drill)), ("Before", before)]
    return Group(
        Text.assemble(name, " " * room if room > 1 else "\n", fate),
        _grid((Text(label, "bright_black"), Text(words)) for label, words in rows if words),
    )


def _timeline(report: DrillReport) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(overflow="fold")
    for event in report.timeline:
        grid.add_row(*(Text(time) for time in event_times(event)), Text(event.text))
    return Group(Text("Timeline", "bold"), Padding(grid, (0, 0, 0, 2)))


def _section(title: str, sentences: Iterable[str]) -> RenderableType:
    return Group(Text(title, "bold"), _grid(((Text("-"), Text(sentence)) for sentence in sentences), width=1))


def _grid(rows: Iterable[tuple[Text, Text]], width: int = _LABEL_WIDTH) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return Padding(grid, (0, 0, 0, 2))


def drill_markdown(report: DrillReport) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(report))


def _lines(report: DrillReport) -> Iterator[str]:
    drill = report.drill
    yield "# Failover drill"
    yield ""
    yield f"**{plain(report.summary)}**"
    yield ""
    yield f"- **Phone system:** {plain(', '.join(report.whose))}"
    yield f"- **Date:** {date_words(drill.snapshot.taken_at)}"
    yield f"- **Run by:** {plain(report.run_by)}"
    yield f"- **Supposed:** {plain(supposed_words(drill))}. Nothing was changed."
    if drill.queues:
        yield ""
        yield "## Queues"
        yield ""
        yield from table(
            ("Queue", "Site", "Result", "What happens to a call", "When", "Before"),
            [
                (
                    queue_drill.queue.label,
                    queue_drill.site,
                    FATE_WORDS[queue_drill.fate],
                    queue_drill.sentence,
                    begins_words(queue_drill),
                    queue_drill.before.sentence,
                )
                for queue_drill in drill.queues
            ],
        )
    yield ""
    yield "## Timeline"
    yield ""
    yield from table(
        ("Time", "After", "What happens"), [(*event_times(event), event.text) for event in report.timeline]
    )
    if report.proofs:
        yield from _markdown_section("What real calls have shown", report.proofs)
    yield from _markdown_section(
        "What could not be known", noted(report.not_known, "Everything asked for was read.")
    )
    yield from _markdown_section("What it rests on", noted(report.assumptions, "Nothing was taken for granted."))
    yield ""
    yield TO_SIGN


def _markdown_section(title: str, sentences: Iterable[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    for sentence in sentences:
        yield f"- {plain(sentence)}"
