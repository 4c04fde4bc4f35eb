"""``queuewatch check``: the audit, for a person, a scheduled job or a build."""

import argparse
import sys
from datetime import date

from queuewatch.commands import errors
from queuewatch.commands.connecting import command_tail, connect_once, over
from queuewatch.commands.reading import read_queues
from queuewatch.connection.known_proofs import known_proofs
from queuewatch.failover.audit.codes import CODES, find_codes
from queuewatch.failover.audit.finding import Severity
from queuewatch.pbx.shared.picture import SharedPhoneSystem
from queuewatch.process.background import run_loop
from queuewatch.report.audit import AuditReport, make_audited
from queuewatch.report.status import make_report


def run(options: argparse.Namespace) -> int:
    """Read, audit and say what was found."""
    codes = _codes(options)
    connection = connect_once(options)
    snapshot, queues = run_loop(
        over(connection, lambda system: read_queues(system, options.queues, connection.site_facts))
    )
    audited = make_audited(
        make_report(snapshot, queues, title=connection.title),
        codes=codes,
        whole=not options.queues,
        suppressions=connection.suppressions,
        today=date.today(),
        command_tail=command_tail(options),
        proofs=known_proofs(connection),
        with_token=not isinstance(connection.system, SharedPhoneSystem),
    )
    if written := _written(audited, options.format):
        sys.stdout.write(f"{written}\n")
    return errors.FOUND if _fails(audited, options.fail_on) else errors.DONE


def _codes(options: argparse.Namespace) -> frozenset[str] | None:
    """The codes asked about; ``None`` for all. Raises :class:`~queuewatch.failover.lookup.NotFound`."""
    if not options.select and not options.ignore:
        return None
    selected = find_codes(options.select) if options.select else frozenset(CODES)
    return selected - find_codes(options.ignore)


def _fails(audited: AuditReport, fail_on: str) -> bool:
    return fail_on != "never" and any(finding.severity.at_least(Severity(fail_on)) for finding in audited.counted)


def _written(audited: AuditReport, form: str) -> str:
    match form:
        case "json":
            from queuewatch.report.audit import audit_as_json

            return audit_as_json(audited)
        case "markdown":
            from queuewatch.report.audit_text import audit_as_markdown

            return audit_as_markdown(audited)
        case "html":
            from queuewatch.report.html.pages import audit_html

            return audit_html(audited)
        case "csv":
            from queuewatch.report.audit import audit_as_csv

            return audit_as_csv(audited)
        case "sarif":
            from queuewatch.report.audit_sarif import audit_as_sarif

            return audit_as_sarif(audited)
        case "github":
            from queuewatch.report.audit import audit_as_github

            return audit_as_github(audited)
        case _:
            from queuewatch.report.audit_text import audit_as_text
            from queuewatch.report.console import plain_console

            return audit_as_text(audited, plain_console())
