"""An audit as Markdown, for a ticket: a line for each finding, with what to do."""

from collections.abc import Iterator

from queuewatch.report.audited import Audited, subject, tally
from queuewatch.report.markdown import plain
from queuewatch.report.wording import moment_of


def audit_as_markdown(audited: Audited) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(audited))


def _lines(audited: Audited) -> Iterator[str]:
    report = audited.report
    yield f"# Failover audit of {plain(report.title or report.snapshot.domain)}"
    yield ""
    yield f"{plain(report.snapshot.domain)}, {moment_of(report)}. {tally(audited)}"
    if audited.counted:
        yield ""
    for one in audited.counted:
        yield f"- [ ] **{one.code} {one.severity}** {plain(subject(audited, one))}: {plain(one.why)}"
        yield f"  {plain(one.fix)}" + (f" `{one.command}`" if one.command else "")
    if audited.suppressed:
        yield ""
        yield "## Suppressed"
        yield ""
    for one in audited.suppressed:
        yield f"- {one.code} {plain(subject(audited, one))}: {plain(one.suppressed)}"
