"""An audit to be written down: what was found, in what, whatever form it takes."""

import json
from collections.abc import Collection, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding, Severity, Suppression
from queuewatch.failover.audit.proofs import NO_PROOFS, ProofLedger
from queuewatch.failover.model import Registration
from queuewatch.failover.people import user_of
from queuewatch.failover.places import buildings, queue_site
from queuewatch.failover.status import registration_of
from queuewatch.failover.wording import listing, plural
from queuewatch.report.formats import csv_table, workflow_command
from queuewatch.report.status import StatusReport
from queuewatch.text.instant import utc


class AuditReport(Struct, frozen=True):
    """The findings in the queues of a report, worst first."""

    report: StatusReport
    findings: tuple[Finding, ...]
    chosen: bool = False
    """Whether only some codes were asked about."""
    with_token: bool = True
    """Whether the phone system itself can be asked from here: out of a broker no phones are read."""

    @property
    def phones_unread(self) -> int:
        """How many agents were judged by the name of their site, because the audit reads no phones.

        None where no site can go dark.
        """
        snapshot = self.report.snapshot
        if not buildings(snapshot):
            return 0
        queues = [queue.extension for queue in self.report.queues]
        rows = [row for queue in queues for row in snapshot.agents_of(queue)]
        unread = {
            row.id
            for row in rows
            if row.readable
            and registration_of(row) in (Registration.CONNECTED, Registration.UNKNOWN)
            and user_of(snapshot, row) not in snapshot.devices
        }
        return len(unread)

    @property
    def by_name(self) -> str:
        """The same as a sentence; empty for none."""
        if not (unread := self.phones_unread):
            return ""
        whose = f"The phones of {plural(unread, 'agent')} were not read"
        who = "A drill of the site" if self.with_token else "A drill with a token of the phone system"
        return f"{whose}: who goes dark with a site was judged by the site's name. {who} reads them."

    @property
    def counted(self) -> tuple[Finding, ...]:
        """What is not suppressed."""
        return tuple(finding for finding in self.findings if not finding.suppressed)

    @property
    def suppressed(self) -> tuple[Finding, ...]:
        """What the profile says not to mind."""
        return tuple(finding for finding in self.findings if finding.suppressed)

    def count(self, severity: Severity) -> int:
        """How many findings of this severity count."""
        return sum(finding.severity is severity for finding in self.counted)


def make_audited(
    report: StatusReport,
    *,
    codes: Collection[str] | None = None,
    whole: bool = True,
    suppressions: Sequence[Suppression] = (),
    today: date | None = None,
    command_tail: str = "",
    proofs: ProofLedger = NO_PROOFS,
    with_token: bool = True,
) -> AuditReport:
    """Audit the report's queues.

    ``codes`` are those asked about, ``None`` for all; ``whole`` says that the report has every queue there is.
    ``command_tail`` is what a command needs in order to reach this phone system, ``proofs`` what was proven and
    drilled on it. Without a token of the phone system it is told that a drill takes one to read phones.
    """
    found = audit(
        report.snapshot,
        judgements=report.judgements,
        only=None if whole else {queue.extension for queue in report.queues},
        suppressions=suppressions,
        today=today,
        proofs=proofs,
    )
    return AuditReport(
        report,
        tuple(_complete(finding, command_tail) for finding in found if codes is None or finding.code in codes),
        chosen=codes is not None,
        with_token=with_token,
    )


def _complete(finding: Finding, tail: str) -> Finding:
    return replace(finding, command=finding.command + tail) if finding.command else finding


def subject(audited: AuditReport, finding: Finding) -> str:
    """What a finding is about: the queue by name and extension, or the domain."""
    queue = audited.report.snapshot.queues.get(finding.queue)
    return queue.label if queue else finding.queue or audited.report.snapshot.domain


def tally(audited: AuditReport) -> str:
    """The last word: how much was found, or that nothing was."""
    queues = plural(len(audited.report.queues), "queue")
    suppressed = len(audited.suppressed)
    if not audited.counted:
        if not audited.report.queues:
            return "This domain has no call queues."
        if audited.chosen or suppressed:
            what = "Nothing found that was asked about" if audited.chosen else "Nothing else found"
            return f"{what} in {queues}{_suppressed(suppressed)}."
        return f"Nothing found in {queues}: {_served(audited)}."
    if not (
        audited.chosen or suppressed or any(finding.severity is not Severity.INFO for finding in audited.counted)
    ):
        known = plural(len(audited.counted), "thing", "things")
        return f"Nothing to put right in {queues}: {_served(audited)}. {known} worth knowing."
    counts = (
        (audited.count(Severity.ERROR), "error", ""),
        (audited.count(Severity.WARNING), "warning", ""),
        (audited.count(Severity.INFO), "thing worth knowing", "things worth knowing"),
    )
    found = listing(plural(number, singular, several) for number, singular, several in counts if number)
    return f"Found {found} in {queues}{_suppressed(suppressed)}."


def _served(audited: AuditReport) -> str:
    which = "it" if len(audited.report.queues) == 1 else "any of them"
    return f"a call to {which} would reach someone if the building went dark"


def _suppressed(number: int) -> str:
    return f" ({number} suppressed)" if number else ""


def audit_as_json(audited: AuditReport) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it."""
    return json.dumps(document(audited), indent=2)


def document(audited: AuditReport) -> dict[str, object]:
    """The document before it is written. What is suppressed is in it, and says why."""
    snapshot = audited.report.snapshot
    return {
        "domain": snapshot.domain,
        "taken_at": utc(snapshot.taken_at),
        "findings": [_finding(audited, finding) for finding in audited.findings],
        "summary": {
            "queues": len(audited.report.queues),
            **{severity.value: audited.count(severity) for severity in Severity},
            "suppressed": len(audited.suppressed),
            "phones_unread": audited.phones_unread,
        },
        "problems": [problem.text for problem in snapshot.problems],
    }


def _finding(audited: AuditReport, finding: Finding) -> dict[str, object]:
    snapshot = audited.report.snapshot
    queue = snapshot.queues.get(finding.queue)
    return {
        "code": finding.code,
        "slug": CODES[finding.code].slug,
        "severity": finding.severity.value,
        "queue": finding.queue,
        "name": queue.name if queue else "",
        "site": queue_site(snapshot, queue) if queue else "",
        "why": finding.why,
        "fix": finding.fix,
        "command": finding.command,
        **({"suppressed": finding.suppressed} if finding.suppressed else {}),
    }


_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def audit_as_github(audited: AuditReport) -> str:
    """A line for each finding that counts, without a line break at the end."""
    return "\n".join(_annotation(audited, finding) for finding in audited.counted)


def _annotation(audited: AuditReport, finding: Finding) -> str:
    title = f"{finding.code} {CODES[finding.code].slug}"
    parts = (f"{subject(audited, finding)}:", finding.why, finding.fix, finding.command)
    return workflow_command(_LEVELS[finding.severity], title, " ".join(filter(None, parts)))


_COLUMNS = ("domain", "code", "slug", "severity", "queue", "name", "site", "why", "fix", "command", "suppressed")


def audit_as_csv(audited: AuditReport) -> str:
    """A row for each finding, the suppressed ones with why, below one row of column names."""
    domain = audited.report.snapshot.domain
    rows = ({"domain": domain, "suppressed": "", **_finding(audited, finding)} for finding in audited.findings)
    return csv_table(_COLUMNS, ([row[column] for column in _COLUMNS] for row in rows))
