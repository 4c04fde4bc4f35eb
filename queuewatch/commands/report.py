"""``queuewatch report``: everything a manager is asked for, on one page."""

import argparse
import os
import sys
from datetime import UTC, date, datetime

from queuewatch.commands import errors
from queuewatch.commands.connecting import command_tail, connect_once, over
from queuewatch.commands.reading import check_out, read_queues, write_report_file
from queuewatch.commands.terminal import write
from queuewatch.connection.connection import Connection
from queuewatch.connection.known_proofs import known_proofs
from queuewatch.failover.drill.matrix import site_matrix
from queuewatch.history.database import HistoryError
from queuewatch.history.period import Period, parse_period
from queuewatch.history.reader import read_past
from queuewatch.journal import Log
from queuewatch.journal.file import log_path, read_register
from queuewatch.process.background import run_loop
from queuewatch.proof.register import register
from queuewatch.report.audit import make_audited
from queuewatch.report.drills import RegisterReport
from queuewatch.report.history import HistoryReport
from queuewatch.report.log import log_report
from queuewatch.report.overview import Overview, overview_json, overview_markdown
from queuewatch.report.status import make_report


def run(options: argparse.Namespace) -> int:
    """Read everything and write the page. Raises :class:`~queuewatch.commands.errors.UsageError`."""
    if options.out:
        check_out(options.out)
    connection = connect_once(options)
    period = parse_period(options.since, "", connection.clock())
    snapshot, queues = run_loop(over(connection, lambda system: read_queues(system, (), connection.site_facts)))
    proofs = known_proofs(connection)
    status = make_report(snapshot, queues, title=connection.title, with_agents=False, proofs=proofs)
    audited = make_audited(
        status,
        suppressions=connection.suppressions,
        today=date.today(),
        command_tail=command_tail(options),
        proofs=proofs,
    )
    log, chain = read_register(log_path(os.environ))
    place = (connection.system.address, connection.system.domain)
    # What is in this machine's log is about real phone systems.
    log = Log() if connection.is_sample else log
    history, why_none = _history(connection, period)
    overview = Overview(
        status,
        audited,
        site_matrix(snapshot, status.judgements),
        RegisterReport(
            register(log, place, connection.proofs),
            chain,
            datetime.now(UTC),
            connection.title,
            place[1],
            log.problems,
        ),
        log_report(_within(log, period), place),
        history,
        why_none,
    )
    text = _written(overview, options.format)
    if options.out:
        write(f"Written to {write_report_file(text, options.out)}")
    else:
        sys.stdout.write(f"{text}\n")
    return errors.DONE


def _within(log: Log, period: Period) -> Log:
    """The log with the changes of the period alone."""
    return Log(tuple(entry for entry in log.entries if period.begun <= entry.at <= period.ended))


def _history(connection: Connection, period: Period) -> tuple[HistoryReport | None, str]:
    """What became of the queues, or why nothing is known of it: the rest of the page stands without it."""
    if connection.history is None:
        return None, "The profile says that no history is kept (history = false)."
    try:
        return HistoryReport(read_past(connection.history(), period, ()), connection.title), ""
    except HistoryError as error:
        return None, str(error)


def _written(overview: Overview, form: str) -> str:
    match form:
        case "json":
            return overview_json(overview)
        case "markdown":
            return overview_markdown(overview)
        case _:
            from queuewatch.report.html.pages import overview_html

            return overview_html(overview)
