"""``queuewatch status``: queues, agents, settings, verdicts."""

import argparse

from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.reading import read_queues, write_report
from queuewatch.connection.known_proofs import known_proofs
from queuewatch.process.background import run_loop
from queuewatch.report.status import make_report


def run(options: argparse.Namespace) -> int:
    """Read and report."""
    connection = connect_once(options)
    snapshot, queues = run_loop(
        over(connection, lambda system: read_queues(system, options.queues, connection.site_facts))
    )
    report = make_report(snapshot, queues, title=connection.title, proofs=known_proofs(connection))
    write_report(report, options)
    return errors.DONE
