"""A history as CSV, one row for each queue, each change or each agent, for spreadsheets.

For each queue: ``domain since until`` (UTC) · ``queue name`` · ``uptime_percent`` (never rounded up; empty for
none) · seconds: ``watched not_watched not_known rings waits fails_over sent_on nobody`` · ``failed_over_times
failed_over_longest_seconds reached_nobody_times reached_nobody_longest_seconds``. For each change: when it began
and ended, whether its beginning was seen, and the verdict of then. For each agent: its seconds in each colour.
"""

from collections.abc import Iterator
from datetime import timedelta

from queuewatch.failover.status import Status
from queuewatch.history.account import NOTHING, Account
from queuewatch.history.standing import Standing
from queuewatch.report.as_json import utc
from queuewatch.report.csv_table import csv_table
from queuewatch.report.history_json import seconds, uptime_percent
from queuewatch.report.history_report import HistoryReport

_WHICH = ("domain", "since", "until", "queue", "name")
_SPLIT = tuple(standing for standing in Standing if standing is not Standing.UNKNOWN)
_QUEUE_COLUMNS = (
    *_WHICH,
    "uptime_percent",
    *("watched_seconds", "not_watched_seconds", "not_known_seconds"),
    *(f"{standing.value}_seconds" for standing in _SPLIT),
    *("failed_over_times", "failed_over_longest_seconds"),
    *("reached_nobody_times", "reached_nobody_longest_seconds"),
)
_CHANGE_COLUMNS = (
    *_WHICH,
    *("begun", "begun_seen", "ended", "watched_seconds", "standing", "outcome", "reaches_someone", "readiness"),
    *("end_kind", "end_target", "online", "sentence"),
)
_AGENT_COLUMNS = (
    *_WHICH,
    *("agent", "agent_name", "watched_seconds"),
    *(f"{status.value}_seconds" for status in Status),
    *("last_status", "last_since", "last_reason"),
)


def history_csv(report: HistoryReport) -> str:
    """The rows below one row of column names."""
    if report.with_changes:
        return csv_table(_CHANGE_COLUMNS, _changes(report))
    if report.with_agents:
        return csv_table(_AGENT_COLUMNS, _agents(report))
    return csv_table(_QUEUE_COLUMNS, (_queue(report, one) for one in report.past.accounts))


def _which(report: HistoryReport, one: Account) -> tuple[object, ...]:
    period = report.past.period
    return (report.past.place.domain, utc(period.begun), utc(period.ended), one.queue, one.name)


def _queue(report: HistoryReport, one: Account) -> tuple[object, ...]:
    failed, nobody = one.spells_of(Standing.FAILS_OVER), one.spells_of(Standing.NOBODY)
    return (
        *_which(report, one),
        uptime_percent(one),
        *(seconds(lasted) for lasted in (one.watched, one.unwatched, one.unknown)),
        *(seconds(one.times.get(standing, NOTHING)) for standing in _SPLIT),
        *(len(failed), _longest([spell.lasted for spell in failed])),
        *(len(nobody), _longest([spell.lasted for spell in nobody])),
    )


def _longest(lasted: list[timedelta]) -> int:
    return seconds(max(lasted, default=NOTHING))


def _changes(report: HistoryReport) -> Iterator[tuple[object, ...]]:
    for one in report.past.accounts:
        for spell in one.spells:
            state = spell.state
            yield (
                *_which(report, one),
                *(utc(spell.begun), spell.seen, utc(spell.ended), seconds(spell.lasted), spell.kind.value),
                *(state.outcome.value, state.reaches_someone, state.readiness.value),
                *(state.end_kind.value, state.end_target, state.online, state.sentence),
            )


def _agents(report: HistoryReport) -> Iterator[tuple[object, ...]]:
    for one in report.past.accounts:
        for agent in report.past.agents_of(one.queue):
            last = agent.last
            yield (
                *_which(report, one),
                *(agent.agent, agent.name, seconds(agent.watched)),
                *(seconds(agent.times.get(status, NOTHING)) for status in Status),
                *((last.kind.value, utc(last.begun), last.state.reason) if last else (None, None, None)),
            )
