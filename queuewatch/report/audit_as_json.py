"""An audit as one JSON document, for programs. Its keys and their order are a contract."""

import json

from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.suppose import queue_site
from queuewatch.report.as_json import utc
from queuewatch.report.audited import Audited


def audit_as_json(audited: Audited) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it."""
    return json.dumps(document(audited), indent=2)


def document(audited: Audited) -> dict[str, object]:
    """The document before it is written. What is suppressed is in it, and says why."""
    snapshot = audited.report.snapshot
    return {
        "domain": snapshot.domain,
        "taken_at": utc(snapshot.taken_at),
        "findings": [_finding(audited, one) for one in audited.findings],
        "summary": {
            "queues": len(audited.report.queues),
            **{severity.value: audited.count(severity) for severity in Severity},
            "suppressed": len(audited.suppressed),
        },
        "problems": [problem.text for problem in snapshot.problems],
    }


def _finding(audited: Audited, finding: Finding) -> dict[str, object]:
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
