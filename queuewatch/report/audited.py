"""An audit to be written down: what was found, in what, whatever form it takes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.audit.suppression import Suppression
from queuewatch.failover.words import listing, plural
from queuewatch.report.content import Report


@dataclass(frozen=True, slots=True)
class Audited:
    """The findings in the queues of a report, worst first."""

    report: Report
    findings: tuple[Finding, ...]
    chosen: bool = False
    """Whether only some codes were asked about."""

    @property
    def counted(self) -> tuple[Finding, ...]:
        """What is not suppressed."""
        return tuple(one for one in self.findings if not one.suppressed)

    @property
    def suppressed(self) -> tuple[Finding, ...]:
        """What the profile says not to mind."""
        return tuple(one for one in self.findings if one.suppressed)

    def count(self, severity: Severity) -> int:
        """How many findings of this severity count."""
        return sum(one.severity is severity for one in self.counted)


def make_audited(
    report: Report,
    *,
    codes: Collection[str] | None = None,
    whole: bool = True,
    suppressions: Sequence[Suppression] = (),
    today: date | None = None,
    command_tail: str = "",
) -> Audited:
    """Audit the report's queues.

    ``codes`` are those asked about, ``None`` for all; ``whole`` says that the report has every queue there is.
    ``command_tail`` is what a command needs in order to reach this phone system.
    """
    found = audit(
        report.snapshot,
        judgements=report.judgements,
        only=None if whole else {queue.extension for queue in report.queues},
        suppressions=suppressions,
        today=today,
    )
    return Audited(
        report,
        tuple(_complete(one, command_tail) for one in found if codes is None or one.code in codes),
        chosen=codes is not None,
    )


def _complete(finding: Finding, tail: str) -> Finding:
    return replace(finding, command=finding.command + tail) if finding.command else finding


def subject(audited: Audited, finding: Finding) -> str:
    """What a finding is about: the queue by name and extension, or the domain."""
    queue = audited.report.snapshot.queues.get(finding.queue)
    return queue.label if queue else finding.queue or audited.report.snapshot.domain


def tally(audited: Audited) -> str:
    """The last word: how much was found, or that nothing was."""
    queues = plural(len(audited.report.queues), "queue")
    kept = len(audited.suppressed)
    if not audited.counted:
        if not audited.report.queues:
            return "This domain has no call queues."
        if audited.chosen or kept:
            what = "Nothing found that was asked about" if audited.chosen else "Nothing else found"
            return f"{what} in {queues}{_suppressed(kept)}."
        return f"Nothing found in {queues}: {_served(audited)}."
    if not (audited.chosen or kept or any(one.severity is not Severity.INFO for one in audited.counted)):
        known = plural(len(audited.counted), "thing", "things")
        return f"Nothing to put right in {queues}: {_served(audited)}. {known} worth knowing."
    counts = (
        (audited.count(Severity.ERROR), "error", ""),
        (audited.count(Severity.WARNING), "warning", ""),
        (audited.count(Severity.INFO), "thing worth knowing", "things worth knowing"),
    )
    found = listing(plural(number, one, many) for number, one, many in counts if number)
    return f"Found {found} in {queues}{_suppressed(kept)}."


def _served(audited: Audited) -> str:
    which = "it" if len(audited.report.queues) == 1 else "any of them"
    return f"a call to {which} would reach someone if the building went dark"


def _suppressed(number: int) -> str:
    return f" ({number} suppressed)" if number else ""
