"""``queuewatch prove --past``: what became of real calls while every agent was Grey, in every form of it."""

import json
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from rich.console import Console

from queuewatch.failover.phone_number import format_number
from queuewatch.failover.verdict import Outcome
from queuewatch.failover.wording import listing, plural
from queuewatch.history.dark_times import PastCall, PastFailover, PastFailovers, ReachedKind, unwatched
from queuewatch.history.period import Period
from queuewatch.history.statistics import Statistics
from queuewatch.history.wording import long
from queuewatch.report.console import laid_out
from queuewatch.report.formats import csv_table, plain, table
from queuewatch.report.history import day_words, nothing_kept, seconds
from queuewatch.text.instant import utc

WHAT_IT_SAYS = (
    "No call was made for this. The times are those in which queuewatch watched from this machine and saw every "
    "agent of the queue Grey; the calls are the phone system's own records (CDRs) of those times. In them a "
    "mailbox that a number's own carrier answers with looks like a person."
)


class PastReport(Struct, frozen=True):
    """What became of real calls, and whose they are."""

    found: PastFailovers
    title: str = ""

    @property
    def whose(self) -> tuple[str, ...]:
        """The phone system and the domain, each once."""
        parts = (self.title, self.found.past.place.domain)
        return tuple(dict.fromkeys(part for part in parts if part))


def reached_words(call: PastCall, users: PastFailovers) -> str:
    """Who answered: ``(512) 555-0140``, ``Ana Lopez (1001)``, ``voicemail 8002``."""
    name = users.users.get(call.target, "")
    match call.kind:
        case ReachedKind.NUMBER:
            return format_number(call.target)
        case ReachedKind.USER:
            return f"{name} ({call.target})" if name else call.target
        case ReachedKind.VOICEMAIL:
            return f"voicemail {call.target}".rstrip()
        case ReachedKind.OTHER:
            return call.target
        case ReachedKind.NOBODY:
            return "nobody"


def when_words(time: PastFailover) -> str:
    """``Tue 2026-11-17 13:58 to 14:40``, and what was not seen of it. Local time."""
    dark = time.dark
    begun, ended = dark.begun.astimezone(), dark.ended.astimezone()
    until = f"{ended:%H:%M}" if begun.date() == ended.date() else day_words(dark.ended)
    by = "" if dark.begun_seen else "by "
    at_least = "" if dark.ended_seen else "at least "
    return f"{by}{day_words(dark.begun)} to {at_least}{until}"


def sentence(time: PastFailover, found: PastFailovers) -> str:
    """``9 calls, 9 reached (512) 555-0140; the longest wait was 12 s.``"""
    if time.unread:
        return f"What became of calls is not known: {time.unread}."
    if not time.calls:
        return "No call came."
    reached = Counter(reached_words(call, found) for call in time.calls)
    clauses = [f"{number} reached {who}" for who, number in reached.most_common()]
    longest = f"the longest wait was {long(time.longest_wait)}"
    return f"{plural(len(time.calls), 'call')}, {', '.join(clauses)}; {longest}."


def expectation(time: PastFailover) -> str:
    """What the settings said then, in a clause, where somebody who reads the calls has to know it."""
    match time.dark.outcome:
        case Outcome.STRANDED:
            return "Require Agents was No: callers waited with nobody there"
        case Outcome.LOST:
            return "calls had nowhere to go"
        case Outcome.DIVERTED:
            return "every call was sent elsewhere before the queue"
        case _:
            return ""


MOST_GAPS = 12
"""Unwatched times that are told one by one."""


def notes(report: PastReport) -> Iterator[str]:
    """What has to be known beside the times, a sentence each."""
    found = report.found
    known = [time for time in found.times if not time.unread]
    if known and not found.records:
        yield (
            "The phone system gave no call record at all for these times, of whatever queue: either nobody "
            "called, or this token is shown none."
        )
    yield from found.problems
    accounts = found.past.accounts
    gaps: dict[Period, list[str]] = {}
    for account in accounts:
        for gap in unwatched(account):
            gaps.setdefault(gap, []).append(account.label)
    for gap, labels in sorted(gaps.items(), key=lambda item: item[0].begun)[:MOST_GAPS]:
        whose = "" if len(labels) == len(accounts) else f" ({listing(labels)})"
        yield f"Not watched: {day_words(gap.begun)} to {day_words(gap.ended)}{whose}."
    if len(gaps) > MOST_GAPS:
        yield f"Not watched: {len(gaps) - MOST_GAPS} more times; as JSON they are all told."


def summary(report: PastReport) -> str:
    """One sentence over all times, or why there is nothing to tell."""
    found = report.found
    if found.past.kept_since is None:
        return nothing_kept(found.past.place.domain)
    if not any(account.watched for account in found.past.accounts):
        return f"Nobody watched in this period. There is a history since {day_words(found.past.kept_since)}."
    if not found.times:
        return "In the watched time no queue had every agent Grey: real calls show nothing of its failover."
    calls = [call for time in found.times for call in time.calls]
    unanswered = sum(not call.answered for call in calls)
    unread = sum(bool(time.unread) for time in found.times)
    times = f"{plural(len(found.times), 'time')} with every agent Grey"
    if unread == len(found.times):
        return f"{times}: whether calls came is not known{' of any' if unread > 1 else ''}."
    words = f"{times}: {plural(len(calls), 'call')} came"
    if calls:
        told = f"{len(calls) - unanswered} answered, {unanswered} reached nobody"
        words += f", {told}" if unanswered else ", every one answered"
    return f"{words}; of {plural(unread, 'time')} the calls are not known." if unread else f"{words}."


def period_words(report: PastReport) -> str:
    """From when to when, in the reader's own time zone."""
    period = report.found.past.period
    return f"{day_words(period.begun)} to {day_words(period.ended)} {period.ended.astimezone():%Z}".rstrip()


def past_text(report: PastReport, console: Console) -> str:
    """The report as this console would show it, without a line break at its end."""
    return laid_out(_text_lines(report), console)


def _text_lines(report: PastReport) -> Iterator[str]:
    yield " · ".join(("Past failovers", *report.whose))
    yield f"{period_words(report)}. {summary(report)}"
    for time in report.found.times:
        yield ""
        yield f"While {time.dark.label} was dark, {when_words(time)} ({long(time.dark.lasted)})"
        yield f"  {sentence(time, report.found)}"
        for words in _asides(time):
            yield f"  {words}"
    if told := list(notes(report)):
        yield ""
        yield from told
    if report.found.times:
        yield ""
        yield WHAT_IT_SAYS


def _asides(time: PastFailover) -> Iterator[str]:
    if said := expectation(time):
        yield f"By its settings then: {said}."
    if time.test:
        yield f"It was a live test (number {time.test} in the log): nobody's phones were gone."
    for call in time.calls:
        if not call.answered:
            who = format_number(call.caller.name) if call.caller else "somebody"
            at = f"{call.came_at.astimezone():%H:%M:%S}"
            yield f"Reached nobody: {who} at {at}, after {long(call.waited)}."


HEADS = ("Queue", "When", "Lasted", "Calls", "Answered", "Longest wait", "What became of them")


def past_markdown(report: PastReport) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_markdown_lines(report))


def _markdown_lines(report: PastReport) -> Iterator[str]:
    yield "# What became of real calls while every agent was Grey"
    yield ""
    yield f"**{plain(summary(report))}**"
    yield ""
    yield f"- **Phone system:** {plain(', '.join(report.whose))}"
    yield f"- **Period:** {period_words(report)}"
    if report.found.times:
        yield ""
        yield from table(HEADS, [row_words(report, time) for time in report.found.times])
    if told := list(notes(report)):
        yield ""
        yield "## To know"
        yield ""
        yield from (f"- {plain(words)}" for words in told)
    yield ""
    yield WHAT_IT_SAYS


def row_words(report: PastReport, time: PastFailover) -> tuple[str, ...]:
    """A time as a row, below ``HEADS``."""
    known = not time.unread
    return (
        time.dark.label,
        when_words(time),
        long(time.dark.lasted),
        str(len(time.calls)) if known else "",
        str(sum(call.answered for call in time.calls)) if known else "",
        long(time.longest_wait) if time.calls else "",
        " ".join((sentence(time, report.found), *_asides(time))),
    )


def past_json(report: PastReport) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it."""
    found = report.found
    past = found.past
    return json.dumps(
        {
            "server": past.place.server,
            "domain": past.place.domain,
            "since": utc(past.period.begun),
            "until": utc(past.period.ended),
            "kept_since": utc(past.kept_since) if past.kept_since else None,
            "call_records": found.records,
            "problems": list(found.problems),
            "queues": [_queue(account) for account in past.accounts],
            "times": [_time(found, time) for time in found.times],
        },
        indent=2,
    )


def _queue(account: Statistics) -> dict[str, object]:
    return {
        "queue": account.queue,
        "name": account.name,
        "watched_seconds": seconds(account.watched),
        "not_watched_seconds": seconds(account.unwatched),
        "not_watched": [{"begun": utc(gap.begun), "ended": utc(gap.ended)} for gap in unwatched(account)],
    }


def _time(found: PastFailovers, time: PastFailover) -> dict[str, object]:
    dark = time.dark
    known = not time.unread
    return {
        "queue": dark.queue,
        "name": dark.name,
        "begun": utc(dark.begun),
        "begun_seen": dark.begun_seen,
        "ended": utc(dark.ended),
        "ended_seen": dark.ended_seen,
        "seconds": seconds(dark.lasted),
        "outcome": dark.outcome.value,
        "end": {"kind": dark.end_kind.value, "target": dark.end_target},
        "test": time.test or None,
        "error": time.unread or None,
        "calls": len(time.calls) if known else None,
        "answered": sum(call.answered for call in time.calls) if known else None,
        "longest_wait_seconds": seconds(time.longest_wait) if known and time.calls else None,
        "came": [_call(call) for call in time.calls],
        "sentence": sentence(time, found),
    }


def _call(call: PastCall) -> dict[str, object]:
    return {
        "at": utc(call.came_at),
        "from": call.caller.name,
        "reached": {"kind": call.kind.value, "target": call.target},
        "answered": call.answered,
        "waited_seconds": seconds(call.waited),
    }


_COLUMNS = (
    *("domain", "queue", "name", "begun", "begun_seen", "ended", "ended_seen", "seconds", "outcome"),
    *("test", "error", "calls", "answered", "longest_wait_seconds", "sentence"),
)


def past_csv(report: PastReport) -> str:
    """One row a time below one row of column names."""
    return csv_table(_COLUMNS, (_csv_row(report, time) for time in report.found.times))


def _csv_row(report: PastReport, time: PastFailover) -> tuple[object, ...]:
    document = _time(report.found, time)
    return (report.found.past.place.domain, *(document[name] for name in _COLUMNS[1:]))
