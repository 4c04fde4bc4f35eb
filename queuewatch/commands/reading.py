"""What the reading commands share: read the queues asked for, write the report in the form asked for."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from queuewatch.commands.connecting import command_tail
from queuewatch.commands.errors import UsageError, print_error
from queuewatch.commands.waiting import rules_read, told_while_waiting
from queuewatch.failover.lookup import NotFound, find_queue
from queuewatch.failover.model import Part, Queue, Snapshot
from queuewatch.failover.schedule.at_time import Moment
from queuewatch.failover.schedule.moment_input import check_moment, parse_moment
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts
from queuewatch.failover.visibility import why_unread
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.assemble import Count, read_snapshot, with_rules
from queuewatch.report.status import StatusReport
from queuewatch.storage.folder import new_file_mode, typed_path, write_whole

MOST_WARNINGS = 10


async def read_queues(
    system: PhoneSystem, typed: Sequence[str], site_facts: SiteFacts = NO_SITE_FACTS
) -> tuple[Snapshot, tuple[Queue, ...]]:
    """A snapshot good for judging the queues named, or all of them, and these queues.

    Raises :class:`~queuewatch.failover.lookup.NotFound` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    with told_while_waiting(f"Waiting for the phone system of {system.domain}") as say:
        return await _read_queues(system, typed, site_facts, rules_read(say))


async def _read_queues(
    system: PhoneSystem, typed: Sequence[str], site_facts: SiteFacts, count: Count
) -> tuple[Snapshot, tuple[Queue, ...]]:
    if not typed:
        snapshot = await read_snapshot(system, None, site_facts, count)
        return snapshot, snapshot.call_queues
    snapshot = await read_snapshot(system, (), site_facts)
    try:
        queues = {queue.extension: queue for queue in (find_queue(snapshot.queues, name) for name in typed)}
    except NotFound as error:
        if unread := why_unread(snapshot, Part.LIVE):
            raise NotFound(f"{str(error).rstrip('.')} that could be read: {unread}.", error.hint) from None
        raise
    return await with_rules(system, snapshot, queues, count), tuple(queues.values())


def write_report(report: StatusReport, options: argparse.Namespace) -> None:
    """Write the report to stdout; what could not be understood goes to stderr, or into the JSON."""
    sys.stdout.write(f"{_written(report, options)}\n")
    if options.format != "json":
        warn(report.snapshot)


def warn(snapshot: Snapshot) -> None:
    """Say on stderr what could not be understood."""
    problems = snapshot.problems
    for problem in problems[:MOST_WARNINGS]:
        print_error(f"warning: {problem.text}")
    if len(problems) > MOST_WARNINGS:
        print_error(f"warning: {len(problems) - MOST_WARNINGS} more like these; --json lists all.")


def _written(report: StatusReport, options: argparse.Namespace) -> str:
    match options.format:
        case "json":
            from queuewatch.report.status import as_json

            return as_json(report)
        case "csv":
            from queuewatch.report.status import as_csv

            return as_csv(report)
        case "markdown":
            from queuewatch.report.status_text import as_markdown

            return as_markdown(report)
        case "html":
            from queuewatch.report.html.pages import status_html

            return status_html(report, command_tail(options))
        case _:
            from queuewatch.report.console import plain_console
            from queuewatch.report.status_text import as_text

            return as_text(report, plain_console())


def asked_moment(options: argparse.Namespace) -> Moment | None:
    """What ``--at`` says; ``None`` is now. To be asked before anything is read.

    Raises :class:`~queuewatch.failover.schedule.moment_input.MomentError`.
    """
    return parse_moment(options.at) if options.at is not None else None


def confirm_moment(snapshot: Snapshot, moment: Moment | None, queues: Iterable[Queue]) -> None:
    """Return if the clock of every queue that is asked about shows such a time.

    Raises :class:`~queuewatch.failover.schedule.moment_input.MomentError` where the clocks are put forward
    over it.
    """
    if moment is not None:
        check_moment(snapshot, moment, [queue.extension for queue in queues])


def check_out(name: str) -> Path:
    """The file's full name, if it can be written as far as can be told before. Raises :class:`UsageError`."""
    path = typed_path(name).absolute()
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Name a file in it.")
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}.", "Nothing was written. Name another file.")
    return path


def check_new(path: Path, way_out: str) -> None:
    """What people write by hand is not written over unasked.

    ``way_out`` is what to do where there is such a file. Raises :class:`UsageError`.
    """
    if path.exists():
        raise UsageError(f"{path} is there already: what somebody wrote into it would be lost.", way_out)


def write_report_file(text: str, name: str) -> Path:
    """Write the text, with a line break at its end, and give the file's full name.

    What was there before is replaced in one step. Raises :class:`UsageError`.
    """
    path = check_out(name)
    try:
        write_whole(path, f"{text}\n", _mode(path))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError(f"{path} cannot be written: {why}.", "Nothing was written. Name another file.") from None
    return path


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced, else those a new file would get."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return new_file_mode()
