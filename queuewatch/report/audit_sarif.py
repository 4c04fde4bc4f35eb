"""An audit as SARIF 2.1.0, the form in which code hosts and security dashboards take findings of any tool."""

import json
from urllib.parse import quote

from queuewatch import __version__
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.audit.stories import Code
from queuewatch.report.audit import AuditReport, subject
from queuewatch.text.plain_text import harmless_lines

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def audit_as_sarif(audited: AuditReport) -> str:
    """The document, in ASCII so that nothing can spoil it. What is suppressed is in it, and says why."""
    codes = list(dict.fromkeys(finding.code for finding in audited.findings))
    return json.dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "queuewatch",
                            "semanticVersion": __version__,
                            "rules": [_rule(CODES[code]) for code in codes],
                        }
                    },
                    "results": [_result(audited, finding, codes) for finding in audited.findings],
                }
            ],
        },
        indent=2,
    )


def _rule(code: Code) -> dict[str, object]:
    story = "\n\n".join(f"{heading}: {paragraph}" for heading, paragraph in code.story)
    return {
        "id": code.number,
        "name": "".join(word.capitalize() for word in code.slug.split("-")),
        "shortDescription": {"text": code.title},
        "help": {"text": story},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(audited: AuditReport, finding: Finding, codes: list[str]) -> dict[str, object]:
    domain, about = audited.report.snapshot.domain, subject(audited, finding)
    message = " ".join(filter(None, (f"{about}:", finding.why, finding.fix, finding.command)))
    place = quote(f"{domain}/{finding.queue}" if finding.queue else domain)
    alike = [other for other in audited.findings if (other.queue, other.code) == (finding.queue, finding.code)]
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": harmless_lines(message)},
        "locations": [
            {
                # There is no file: readers that insist on one get the queue's place in the domain.
                "physicalLocation": {"artifactLocation": {"uri": place}, "region": {"startLine": 1}},
                "logicalLocations": [
                    {"name": harmless_lines(about), "fullyQualifiedName": place, "kind": "resource"}
                ],
            }
        ],
        # By this the same finding is known again tomorrow, however its sentence has changed.
        "partialFingerprints": {"queueAndCode/v1": f"{place} {finding.code} {alike.index(finding)}"},
        **(
            {"suppressions": [{"kind": "external", "justification": harmless_lines(finding.suppressed)}]}
            if finding.suppressed
            else {}
        ),
    }
