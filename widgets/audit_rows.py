"""One finding of the audit as a row, and in full."""

from collections import Counter
from collections.abc import Iterable, Iterator

from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding, Remedy, Severity
from queuewatch.failover.model import Snapshot
from queuewatch.failover.places import queue_site
from widgets.cells import CellSpan, Column, Row, cell
from widgets.fact_sheet import Fact
from widgets.marks import GLYPHS, Mark

FINDING_COLUMNS = (
    Column("severity", "Severity", 9),
    Column("code", "Code", 5),
    Column("queue", "Queue", 20),
    Column("why", "What is wrong", 20),
)
FINDING_LABELS = 8
_ENTER = {
    Remedy.WHEN_OFFLINE: "sets When Offline of {}.",
    Remedy.REQUIRE_AGENTS: "switches Require Agents of {}, after asking.",
    Remedy.LOOK: "shows {}; it is put right in the portal.",
}


def severity_mark(severity: Severity) -> Mark:
    """How bad a finding is."""
    match severity:
        case Severity.ERROR:
            return Mark(GLYPHS["bad"], "error", "bad")
        case Severity.WARNING:
            return Mark(GLYPHS["caution"], "warning", "warn")
        case Severity.INFO:
            return Mark(GLYPHS["note"], "info", "muted")


def finding_rows(snapshot: Snapshot, findings: Iterable[Finding]) -> Iterator[tuple[Row, Finding]]:
    """The rows, each with its finding. A row keeps its key for as long as its finding is found."""
    seen: Counter[str] = Counter()
    for finding in findings:
        known_by = f"{finding.code} {finding.queue}"
        seen[known_by] += 1
        mark, queue = severity_mark(finding.severity), snapshot.queues.get(finding.queue)
        name = cell(snapshot.domain, "muted") if not finding.queue else cell(finding.queue)
        if queue is not None:
            name = (CellSpan(f"{queue.extension} "), CellSpan(queue.name, "strong"))
        cells = (cell(mark.text, mark.style), cell(finding.code), name, cell(CODES[finding.code].title))
        yield Row(f"{known_by} {seen[known_by]}", cells), finding


def gone_row(row: Row) -> Row:
    """The row of a finding that is not found any more, for as long as the cursor is on it."""
    mark = Mark(GLYPHS["good"], "cleared", "good")
    rest = (cell("".join(span.text for span in spans), "muted") for spans in row.cells[1:])
    return Row(row.key, (cell(mark.text, mark.style), *rest))


def matches(snapshot: Snapshot, finding: Finding, filter_text: str) -> bool:
    """Whether every word wanted is in what the finding says, its code's name, or its queue's name or site."""
    queue, code = snapshot.queues.get(finding.queue), CODES[finding.code]
    texts = [code.number, code.slug, code.title, finding.severity, finding.queue, finding.why, finding.fix]
    texts += [queue.name, queue_site(snapshot, queue)] if queue else [snapshot.domain]
    text = " ".join(texts).casefold()
    return all(word in text for word in filter_text.casefold().split())


def finding_facts(snapshot: Snapshot, finding: Finding) -> tuple[Fact, ...]:
    """Why the finding matters, how to put it right, and what its code is about."""
    code, mark = CODES[finding.code], severity_mark(finding.severity)
    queue = snapshot.queues.get(finding.queue)
    facts = [
        Fact("Why", (CellSpan(f"{mark.text}  ", mark.style), CellSpan(finding.why))),
        Fact("Fix", cell(finding.fix)),
    ]
    if queue is not None and finding.remedy in _ENTER:
        facts.append(Fact("Enter", cell(_ENTER[finding.remedy].format(queue.label))))
    if finding.command:
        facts.append(Fact("Command", cell(finding.command)))
    facts.append(Fact(finding.code, (CellSpan(f"{code.title}. ", "strong"), CellSpan(code.what, "muted"))))
    return tuple(facts)
