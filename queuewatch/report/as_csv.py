"""A report as CSV, one row for each queue, for spreadsheets.

Columns: ``domain taken_at`` (UTC) · ``queue name site`` · ``require_agents when_offline_enabled`` (yes, no, or
empty for not known) · ``when_offline_destination rule_in_effect waiting`` · ``green red grey unknown`` (agents) ·
``outcome would_fail_over reaches_someone held_open_by end_kind end_target sentence`` (a call now, or as supposed;
the ids are separated by blanks) · ``readiness`` and the same columns for a call with every agent Grey, each
beginning with ``dark_`` · ``assumptions`` (of both, separated by blanks). Where another time than now was asked
about, ``at`` (UTC, or by each queue's own clock) comes last.
"""

from queuewatch.failover.model import Queue
from queuewatch.failover.suppose import queue_site
from queuewatch.failover.verdict import Verdict
from queuewatch.report.as_json import moment, utc
from queuewatch.report.content import Report, when_offline_of
from queuewatch.report.csv_table import csv_table


def as_csv(report: Report) -> str:
    """The rows below one row of column names."""
    columns: tuple[str, ...] = _COLUMNS
    rows = [_row(report, queue) for queue in report.queues]
    if report.at is not None:
        columns, rows = (
            (*columns, "at"),
            [
                (*row, moment(report.moments[queue.extension]))
                for row, queue in zip(rows, report.queues, strict=True)
            ],
        )
    return csv_table(columns, rows)


_VERDICT = ("outcome", "would_fail_over", "reaches_someone", "held_open_by", "end_kind", "end_target", "sentence")
_COLUMNS = (
    *("domain", "taken_at", "queue", "name", "site", "require_agents"),
    *("when_offline_enabled", "when_offline_destination", "rule_in_effect", "waiting"),
    *("green", "red", "grey", "unknown"),
    *_VERDICT,
    "readiness",
    *(f"dark_{column}" for column in _VERDICT),
    "assumptions",
)


def _row(report: Report, queue: Queue) -> tuple[object, ...]:
    snapshot, judgement = report.snapshot, report.judgements[queue.extension]
    forward, counts = when_offline_of(snapshot, queue), judgement.now.counts
    known = forward is not None and forward.readable
    return (
        snapshot.domain,
        utc(snapshot.taken_at),
        queue.extension,
        queue.name,
        queue_site(snapshot, queue),
        queue.require_agents,
        forward.enabled if known and forward else None,
        next(iter(forward.destinations), None) if known and forward else None,
        judgement.now.rule_in_effect,
        queue.waiting,
        *(counts.green, counts.red, counts.grey, counts.unknown),
        *_verdict(judgement.now),
        judgement.readiness.state.value,
        *_verdict(judgement.readiness.verdict),
        " ".join(judgement.assumptions),
    )


def _verdict(verdict: Verdict) -> tuple[object, ...]:
    return (
        verdict.outcome.value,
        verdict.would_fail_over,
        verdict.reaches_someone,
        " ".join(verdict.held_open_by),
        verdict.end.kind.value,
        verdict.end.target,
        verdict.sentence,
    )
