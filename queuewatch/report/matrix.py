"""What a power cut at each site does to each queue, as a report: text, JSON, CSV, Markdown and a page of HTML."""

import json
from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.failover.drill.drill import DrillOutcome
from queuewatch.failover.drill.matrix import (
    SiteFate,
    SiteMatrix,
    not_known,
    site_matrix,
    site_sentence,
    unread_names,
    worst_first,
)
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.wording import plural
from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.report.console import WIDEST, printed
from queuewatch.report.drill import FATE_WORDS, noted
from queuewatch.report.drill_text import FATE_STYLES
from queuewatch.report.formats import csv_table, plain, table
from queuewatch.text.instant import date_words, utc

EVERYTHING = "everything"
AS_NOW = STATE_GLYPHS["note"]
READS_ALL = "Everything asked for was read."


class MatrixReport(Struct, frozen=True):
    """Every site in turn, and everything at once: evidence that failover was thought of for each building."""

    snapshot: Snapshot
    matrix: SiteMatrix
    sentences: dict[str, str]
    """By site: the line that its own drill says."""
    run_by: str
    title: str = ""
    """Whose phone system it is: the profile, the host or the sample."""

    @property
    def queues(self) -> tuple[Queue, ...]:
        """Every call queue, worst first."""
        return tuple(self.snapshot.queues[queue] for queue in worst_first(self.matrix))

    @property
    def whose(self) -> tuple[str, ...]:
        """The phone system and the domain, each once."""
        return tuple(dict.fromkeys(part for part in (self.title, self.snapshot.domain) if part))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """That names decided where phones were not read."""
        names = unread_names(self.snapshot, self.matrix)
        if not names:
            return ()
        return (
            f"By the names of the sites: the phones of {plural(len(names), 'person', 'people')} were not read. "
            "--phones reads them: a mobile app, or a phone elsewhere, would hold their queues open.",
        )

    @property
    def not_known(self) -> tuple[str, ...]:
        """What could not be read, and of whom it is not known whether they lose power."""
        problems = (problem.text for problem in self.snapshot.problems)
        return tuple(dict.fromkeys((*not_known(self.snapshot, self.matrix), *problems)))

    def cells(self, queue: Queue) -> Iterator[tuple[str, SiteFate]]:
        """One queue's row, site by site."""
        fates = self.matrix.queues[queue.extension].fates
        return ((site, fates[site]) for site in self.matrix.sites)


def make_matrix_report(snapshot: Snapshot, *, run_by: str, title: str = "") -> MatrixReport:
    """The report of this moment."""
    judged = judge_all(snapshot)
    matrix = site_matrix(snapshot, judged)
    sentences = {site: site_sentence(snapshot, judged, matrix, site) for site in matrix.sites}
    return MatrixReport(snapshot, matrix, sentences, run_by, title)


def matrix_json(report: MatrixReport) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it."""
    snapshot, matrix = report.snapshot, report.matrix
    return json.dumps(
        {
            "domain": snapshot.domain,
            "taken_at": utc(snapshot.taken_at),
            "sites": list(matrix.sites),
            "queues": [
                {
                    "queue": queue.extension,
                    "name": queue.name,
                    "site": queue_site(snapshot, queue),
                    "fates": {site: cell.fate.value for site, cell in report.cells(queue)},
                    "touched": {site: cell.touched for site, cell in report.cells(queue)},
                    "everything": matrix.queues[queue.extension].everything.value,
                }
                for queue in report.queues
            ],
            "summary": {
                site: {
                    "counts": {fate.value: number for fate, number in matrix.counts(site).items()},
                    "sentence": report.sentences[site],
                }
                for site in matrix.sites
            },
            "assumptions": list(report.assumptions),
            "problems": list(report.not_known),
        },
        indent=2,
    )


_COLUMNS = ("domain", "taken_at", "queue", "name", "site", "dark", "fate", "touched")


def matrix_csv(report: MatrixReport) -> str:
    """A row for each queue and each site, and one for everything, below the column names."""
    return csv_table(_COLUMNS, _rows(report))


def _rows(report: MatrixReport) -> Iterator[tuple[object, ...]]:
    snapshot = report.snapshot
    for queue in report.queues:
        about = (
            snapshot.domain,
            utc(snapshot.taken_at),
            queue.extension,
            queue.name,
            queue_site(snapshot, queue),
        )
        for site, cell in report.cells(queue):
            yield (*about, site, cell.fate.value, cell.touched)
        yield (*about, EVERYTHING, report.matrix.queues[queue.extension].everything.value, None)


def fate_words(cell: SiteFate) -> str:
    """``fails over``; where the cut changes nothing the sign for that, and what is bad already."""
    if cell.touched:
        return FATE_WORDS[cell.fate]
    bad = cell.fate in (DrillOutcome.STRANDED, DrillOutcome.LOST, DrillOutcome.UNCERTAIN)
    return f"{AS_NOW} {FATE_WORDS[cell.fate]} as now" if bad else AS_NOW


MEANS = f"{AS_NOW} means that a power cut there changes nothing for the queue."


def matrix_text(report: MatrixReport, console: Console) -> str:
    """The report as this console would show it, without a line break at its end."""
    width = min(console.width, WIDEST)
    blocks: list[RenderableType] = [
        Group(
            Text(" · ".join(("If the power goes", *report.whose, date_words(report.snapshot.taken_at))), "bold"),
            Text(f"Every site in turn, and everything at once. Nothing is changed. Run by {report.run_by}."),
        ),
        *(_table(report, columns) for columns in _that_fit(report, width)),
        Group(
            Text("In a line", "bold"), *(Padding(Text(text), (0, 0, 0, 2)) for text in report.sentences.values())
        ),
        _notes("Not known", noted(report.not_known, READS_ALL)),
        _notes("Rests on", (MEANS, *report.assumptions)),
    ]
    return printed(blocks, console, apart=True)


def _notes(title: str, sentences: Sequence[str]) -> RenderableType:
    return Group(Text(title, "bold"), *(Padding(Text(f"- {text}"), (0, 0, 0, 2)) for text in sentences))


_QUEUE_WIDTH = 26
_GAP = 2


Columns = tuple[str | None, ...]
"""Sites, and ``None`` for everything: a site may be called so as well."""


def _that_fit(report: MatrixReport, width: int) -> Iterator[Columns]:
    """The columns, in as many tables beneath one another as they need."""
    block: list[str | None] = []
    left = width - _QUEUE_WIDTH
    for column in (*report.matrix.sites, None):
        shown = (column or EVERYTHING, *(_cell(report, queue, column)[0] for queue in report.queues))
        needs = _GAP + max(map(cell_len, shown))
        if block and needs > left:
            yield tuple(block)
            block, left = [], width - _QUEUE_WIDTH
        block.append(column)
        left -= needs
    yield tuple(block)


def _cell(report: MatrixReport, queue: Queue, column: str | None) -> tuple[str, str]:
    row = report.matrix.queues[queue.extension]
    if column is None:
        return FATE_WORDS[row.everything], FATE_STYLES[row.everything]
    cell = row.fates[column]
    return fate_words(cell), FATE_STYLES[cell.fate] if cell.touched else "dim"


def _table(report: MatrixReport, columns: Columns) -> RenderableType:
    grid = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    grid.add_column(width=_QUEUE_WIDTH, overflow="ellipsis", no_wrap=True)
    for _ in columns:
        grid.add_column(no_wrap=True)
    grid.add_row(Text("Queue", "bold"), *(Text(column or EVERYTHING, "bold") for column in columns))
    for queue in report.queues:
        grid.add_row(
            Text(f"{queue.extension} {queue.name}"),
            *(Text(*_cell(report, queue, column)) for column in columns),
        )
    return grid


def matrix_markdown(report: MatrixReport) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(report))


def matrix_rows(report: MatrixReport) -> list[tuple[str, ...]]:
    """The table as words, a row a queue."""
    return [
        (queue.label, *(_cell(report, queue, column)[0] for column in (*report.matrix.sites, None)))
        for queue in report.queues
    ]


def _lines(report: MatrixReport) -> Iterator[str]:
    yield "# If the power goes at one site"
    yield ""
    for sentence in report.sentences.values():
        yield f"- **{plain(sentence)}**"
    yield ""
    yield f"- **Phone system:** {plain(', '.join(report.whose))}"
    yield f"- **Date:** {date_words(report.snapshot.taken_at)}"
    yield f"- **Run by:** {plain(report.run_by)}"
    yield "- **Supposed:** every site in turn, and everything at once. Nothing was changed."
    yield ""
    yield "## Queues"
    yield ""
    yield from table(("Queue", *map(plain, report.matrix.sites), EVERYTHING), matrix_rows(report))
    for title, sentences in (
        ("What could not be known", noted(report.not_known, READS_ALL)),
        ("What it rests on", (MEANS, *report.assumptions)),
    ):
        yield ""
        yield f"## {title}"
        yield ""
        for sentence in sentences:
            yield f"- {plain(sentence)}"
