"""``queuewatch history``: what became of each queue. No phone system is asked."""

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from queuewatch.alerts.quiet import overlapping
from queuewatch.commands import errors
from queuewatch.commands.connecting import asked
from queuewatch.connection.resolve import address_and_domain, chosen_profile, quiets_on_disk
from queuewatch.connection.sample import connect_sample
from queuewatch.failover.lookup import find_queue
from queuewatch.failover.model import Queue
from queuewatch.history.open import history_on_disk
from queuewatch.history.period import parse_period
from queuewatch.history.reader import Past, known_queues, read_past
from queuewatch.history.statistics import account
from queuewatch.report.history import HistoryReport

if TYPE_CHECKING:
    from queuewatch.alerts.quiet import Quiet
    from queuewatch.history.database import History


def run(options: argparse.Namespace) -> int:
    """Read the history and write the report."""
    if options.format == "csv" and options.agents and options.changes:
        raise errors.UsageError("CSV is one table, and these are two.", "Leave out --agents or --changes.")
    history, title, now = _kept(options)
    period = parse_period(options.since, options.until, now)
    known = known_queues(history)
    queues = {extension: Queue(extension, name) for extension, name in known.items()}
    extensions = tuple(dict.fromkeys(find_queue(queues, typed).extension for typed in options.queues if known))
    past = with_the_unwatched(
        read_past(history, period, extensions, agents=options.agents), extensions or known, known
    )
    report = HistoryReport(
        past,
        title,
        with_agents=options.agents,
        with_changes=options.changes,
        quiets=_quiets(options, past, extensions),
    )
    sys.stdout.write(f"{_written(report, options.format)}\n")
    return errors.DONE


def _kept(options: argparse.Namespace) -> "tuple[History, str, datetime]":
    """Which history, whose it is, and what time it is there."""
    wishes = asked(options)
    if wishes.sample:
        connection = connect_sample(wishes)
        if connection.history is not None:
            return connection.history(), connection.title, connection.clock()
    profile = chosen_profile(wishes, os.environ)
    server, domain = address_and_domain(wishes, os.environ) or (profile.url, profile.domain)
    return history_on_disk(os.environ, server, domain)(), profile.name, datetime.now(UTC)


def _quiets(options: argparse.Namespace, past: Past, extensions: tuple[str, ...]) -> "tuple[Quiet, ...]":
    """What was quiet in the period, of the queues that were asked for; a whole site is told in any case."""
    if options.sample:
        return ()
    book = quiets_on_disk(os.environ, past.place.server, past.place.domain)
    quiets = overlapping(book.quiets(), past.period.begun, past.period.ended)
    if book.problem:
        errors.print_error(f"warning: {book.problem}")
    return tuple(quiet for quiet in quiets if not extensions or not quiet.queue or quiet.queue in extensions)


def with_the_unwatched(
    past: Past, extensions: "Mapping[str, str] | tuple[str, ...]", names: Mapping[str, str]
) -> Past:
    """The period with every queue that was asked for: of some nothing may be known in it."""
    accounts = (
        past.of(queue) or replace(account(queue, (), past.period), name=names.get(queue, ""))
        for queue in extensions
    )
    return replace(past, accounts=tuple(accounts))


def _written(report: HistoryReport, form: str) -> str:
    match form:
        case "json":
            from queuewatch.report.history import history_json

            return history_json(report)
        case "csv":
            from queuewatch.report.history import history_csv

            return history_csv(report)
        case "markdown":
            from queuewatch.report.history_text import history_markdown

            return history_markdown(report)
        case "html":
            from queuewatch.report.html.pages import history_html

            return history_html(report)
        case _:
            from queuewatch.report.console import plain_console
            from queuewatch.report.history_text import history_text

            return history_text(report, plain_console())
