"""``queuewatch prove --past``: what became of real calls while every agent was Grey. No call is made."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.history import with_the_unwatched
from queuewatch.connection.connection import Connection
from queuewatch.failover.lookup import NotFound, find_queue
from queuewatch.failover.model import Queue
from queuewatch.history.dark_times import PastFailovers, ReachedKind, read_past_failovers
from queuewatch.history.period import parse_period
from queuewatch.history.reader import Past, known_queues, read_past
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.process.background import run_loop
from queuewatch.report.console import plain_console
from queuewatch.report.past import PastReport, past_csv, past_json, past_markdown, past_text


def run_past(options: argparse.Namespace) -> int:
    """Join the history with the call records and write the report.

    Raises :class:`~queuewatch.failover.lookup.NotFound`, :class:`~queuewatch.history.database.HistoryError` and
    :class:`~queuewatch.failover.schedule.moment_input.MomentError`.
    """
    connection = connect_once(options)
    if connection.history is None:
        raise errors.UsageError(
            "There is no history to look into.", "It is kept while the board or queuewatch watch runs."
        )
    history = connection.history()
    period = parse_period(options.since, options.until, connection.clock())
    kept = known_queues(history)

    async def ask(system: PhoneSystem) -> PastFailovers:
        named = await _named(system, kept, options.queues)
        past = with_the_unwatched(read_past(history, period, tuple(named)), named or kept, {**kept, **named})
        return await _with_names(system, await read_past_failovers(system, past, _tests(connection, past)))

    found = run_loop(over(connection, ask))
    sys.stdout.write(f"{_written(PastReport(found, connection.title), options.format)}\n")
    return errors.DONE


async def _named(system: PhoneSystem, kept: Mapping[str, str], typed: Sequence[str]) -> dict[str, str]:
    """The queues that were asked for, with their names: where nothing is kept, the phone system knows them."""
    queues = {extension: Queue(extension, name) for extension, name in kept.items()}
    try:
        found = [find_queue(queues, word) for word in typed]
    except NotFound:
        there = {queue.extension: queue for queue in (await system.read_live()).queues}
        found = [find_queue(queues | there, word) for word in typed]
    return {queue.extension: queue.name for queue in found}


def _tests(connection: Connection, past: Past) -> list[tuple[str, str, datetime, datetime]]:
    """The live tests of the log that were made on this phone system."""
    if connection.journal is None:
        return []
    return [
        (test.id, test.queue, test.at, test.ended.at if test.ended else test.until or test.at)
        for test in connection.journal.read().proofs
        if (test.server, test.domain) == (past.place.server, past.place.domain) and test.kind == "call"
    ]


async def _with_names(system: PhoneSystem, found: PastFailovers) -> PastFailovers:
    """With the names of people, where one of them answered."""
    if not any(call.kind is ReachedKind.USER for time in found.times for call in time.calls):
        return found
    try:
        users = await system.read_users()
    except PbxError:
        return found
    return replace(found, users={user.extension: user.name for user in users.items if user.name})


def _written(report: PastReport, form: str) -> str:
    match form:
        case "json":
            return past_json(report)
        case "csv":
            return past_csv(report)
        case "markdown":
            return past_markdown(report)
        case "html":
            from queuewatch.report.html.tested import past_html

            return past_html(report)
        case _:
            return past_text(report, plain_console())
