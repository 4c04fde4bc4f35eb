"""What the reading commands share: read the queues asked for, write the report in the form asked for."""

import argparse
import sys
from collections.abc import Sequence

from queuewatch.commands.complaint import complain
from queuewatch.failover.lookup import NotFound, find_queue
from queuewatch.failover.model import Part, Queue, Snapshot
from queuewatch.failover.site_facts import NO_SITE_FACTS, SiteFacts
from queuewatch.failover.visibility import why_unread
from queuewatch.gather import read_snapshot, with_rules
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.report.content import Report

MOST_WARNINGS = 10


async def read_queues(
    system: PhoneSystem, typed: Sequence[str], site_facts: SiteFacts = NO_SITE_FACTS
) -> tuple[Snapshot, tuple[Queue, ...]]:
    """A snapshot good for judging the queues named, or all of them, and these queues.

    Raises :class:`~queuewatch.failover.lookup.NotFound` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    if not typed:
        snapshot = await read_snapshot(system, site_facts=site_facts)
        return snapshot, snapshot.call_queues
    snapshot = await read_snapshot(system, (), site_facts)
    try:
        wanted = {queue.extension: queue for queue in (find_queue(snapshot.queues, name) for name in typed)}
    except NotFound as error:
        if unread := why_unread(snapshot, Part.LIVE):
            raise NotFound(f"{str(error).rstrip('.')} that could be read: {unread}.", error.hint) from None
        raise
    return await with_rules(system, snapshot, wanted), tuple(wanted.values())


def write_report(report: Report, options: argparse.Namespace) -> None:
    """Write the report to stdout; what could not be understood goes to stderr, or into the JSON."""
    sys.stdout.write(f"{_written(report, options.format)}\n")
    if options.format != "json":
        warn(report.snapshot)


def warn(snapshot: Snapshot) -> None:
    """Say on stderr what could not be understood."""
    problems = snapshot.problems
    for problem in problems[:MOST_WARNINGS]:
        complain(f"warning: {problem.text}")
    if len(problems) > MOST_WARNINGS:
        complain(f"warning: {len(problems) - MOST_WARNINGS} more like these; --json lists all.")


def _written(report: Report, form: str) -> str:
    match form:
        case "json":
            from queuewatch.report.as_json import as_json

            return as_json(report)
        case "csv":
            from queuewatch.report.as_csv import as_csv

            return as_csv(report)
        case "markdown":
            from queuewatch.report.as_markdown import as_markdown

            return as_markdown(report)
        case _:
            from queuewatch.report.as_text import as_text
            from queuewatch.report.console import plain_console

            return as_text(report, plain_console())
