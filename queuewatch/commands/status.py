"""``queuewatch status``: queues, agents, settings, verdicts."""

import argparse
import sys

from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.reading import read_queues, warn, write_report
from queuewatch.connection.known_proofs import known_proofs
from queuewatch.process.background import run_loop
from queuewatch.report.status import make_report

MOST_IN_FULL = 12
"""Queues: on a terminal, more have a line each unless all of it is asked for."""


def run(options: argparse.Namespace) -> int:
    """Read and report."""
    if options.form == "brief" and options.format != "text":
        raise errors.UsageError(
            f"--brief is text, and --format {options.format} is not.", "Leave one of them out."
        )
    connection = connect_once(options)
    snapshot, queues = run_loop(
        over(connection, lambda system: read_queues(system, options.queues, connection.site_facts))
    )
    report = make_report(snapshot, queues, title=connection.title, proofs=known_proofs(connection))
    if _is_brief(options, len(report.queues)):
        from queuewatch.report.console import plain_console
        from queuewatch.report.status_text import as_brief

        sys.stdout.write(f"{as_brief(report, plain_console())}\n")
        if options.form is None:
            sys.stdout.write("\nEverything about a queue: queuewatch status QUEUE. About all of them: --full.\n")
        warn(report.snapshot)
    else:
        write_report(report, options)
    return errors.DONE


def _is_brief(options: argparse.Namespace, queues: int) -> bool:
    """Whether each queue has one line: as asked, else where so many would not be read on a terminal."""
    if options.form is not None:
        return bool(options.form == "brief")
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    return options.format == "text" and on_terminal and queues > MOST_IN_FULL
