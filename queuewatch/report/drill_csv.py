"""A drill as CSV, one row for each queue, for spreadsheets.

Columns: ``domain taken_at`` (UTC) · ``run_by supposed`` · ``queue name site`` · ``fate sentence`` ·
``held_open_by`` (ids, separated by blanks) · ``begins_at`` (UTC) ``begins_in_seconds begins_at_most_seconds`` ·
``outcome would_fail_over reaches_someone end_kind end_target`` (as supposed) · ``outcome_before``; ``at`` where
another time was asked about.
"""

from queuewatch.failover.drill import QueueDrill
from queuewatch.failover.scope import scope_words
from queuewatch.failover.words import listing
from queuewatch.report.as_json import moment, utc
from queuewatch.report.csv_table import csv_table
from queuewatch.report.drill_report import DrillReport

_COLUMNS = (
    *("domain", "taken_at", "run_by", "supposed", "queue", "name", "site", "fate", "sentence", "held_open_by"),
    *("begins_at", "begins_in_seconds", "begins_at_most_seconds"),
    *("outcome", "would_fail_over", "reaches_someone", "end_kind", "end_target", "outcome_before"),
)


def drill_csv(report: DrillReport) -> str:
    """The rows below one row of column names."""
    rows = [_row(report, one) for one in report.drill.queues]
    columns: tuple[str, ...] = _COLUMNS
    at = report.drill.at
    if at is not None:
        columns, rows = (*columns, "at"), [(*row, moment(at)) for row in rows]
    return csv_table(columns, rows)


def _row(report: DrillReport, one: QueueDrill) -> tuple[object, ...]:
    snapshot, begins, after = report.drill.snapshot, one.begins, one.after
    seconds = round(begins.after.total_seconds()) if begins and begins.promised else None
    known = begins is not None and begins.known
    return (
        snapshot.domain,
        utc(snapshot.taken_at),
        report.run_by,
        listing(scope_words(snapshot, report.drill.scope), most=20),
        one.queue.extension,
        one.queue.name,
        one.site,
        one.fate.value,
        one.sentence,
        " ".join(holder.id for holder in one.holders),
        utc(begins.at) if begins and begins.at else None,
        seconds if known else None,
        None if known else seconds,
        after.outcome.value,
        after.would_fail_over,
        after.reaches_someone,
        after.end.kind.value,
        after.end.target,
        one.before.outcome.value,
    )
