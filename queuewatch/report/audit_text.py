"""An audit for people at a terminal: each finding with its fix, worst first, like a linter's."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.places import queue_site
from queuewatch.report.audit import AuditReport, subject, tally
from queuewatch.report.console import printed
from queuewatch.report.formats import plain
from queuewatch.report.wording import moment_of

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "cyan"}


def audit_as_text(audited: AuditReport, console: Console) -> str:
    """The findings as this console would show them, without a line break at the end."""
    by_name = [Text(audited.by_name, "bright_black")] if audited.by_name else []
    findings = (_block(audited, finding) for finding in audited.counted)
    total = Text(tally(audited), "bold green" if not audited.counted else "bold")
    return printed([Group(_head(audited), *by_name), *findings, total], console, apart=True)


def _head(audited: AuditReport) -> Text:
    report, domain = audited.report, audited.report.snapshot.domain
    whose = (report.title, domain) if report.title and report.title != domain else (domain,)
    return Text(" · ".join((*whose, moment_of(report))), "bold")


def _block(audited: AuditReport, finding: Finding) -> RenderableType:
    queue = audited.report.snapshot.queues.get(finding.queue)
    site = queue_site(audited.report.snapshot, queue) if queue else ""
    head = Text.assemble(
        (finding.code, "bold"),
        " ",
        (f"{finding.severity:<8}", STYLES[finding.severity]),
        (subject(audited, finding), "bold"),
        f" · {site}" if site else "",
    )
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=4, style="bright_black", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("fix:", Text(finding.fix))
    lines: list[RenderableType] = [Padding(Text(finding.why), (0, 0, 0, 2)), Padding(grid, (0, 0, 0, 2))]
    if finding.command:
        # Never broken across lines: it is there to be pasted.
        lines.append(Text(f"       {finding.command}", "cyan", no_wrap=True, overflow="ignore"))
    return Group(head, *lines)


def audit_as_markdown(audited: AuditReport) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(audited))


def _lines(audited: AuditReport) -> Iterator[str]:
    report = audited.report
    yield f"# Failover audit of {plain(report.title or report.snapshot.domain)}"
    yield ""
    yield f"{plain(report.snapshot.domain)}, {moment_of(report)}. {tally(audited)}"
    if audited.by_name:
        yield ""
        yield audited.by_name
    if audited.counted:
        yield ""
    for finding in audited.counted:
        about = plain(subject(audited, finding))
        yield f"- [ ] **{finding.code} {finding.severity}** {about}: {plain(finding.why)}"
        yield f"  {plain(finding.fix)}" + (f" `{finding.command}`" if finding.command else "")
    if audited.suppressed:
        yield ""
        yield "## Suppressed"
        yield ""
    for finding in audited.suppressed:
        yield f"- {finding.code} {plain(subject(audited, finding))}: {plain(finding.suppressed)}"
