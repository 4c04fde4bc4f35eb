"""What a report of the history is about, and its words, whatever form it is written in."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from queuewatch.alerts.quiet import Quiet, in_the_past, quiet_document
from queuewatch.failover.status import Status
from queuewatch.failover.wording import plural
from queuewatch.history.reader import Past
from queuewatch.history.state import AgentState, HistoryState, QueueState
from queuewatch.history.statistics import NOTHING, AgentAccount, Episode, Statistics
from queuewatch.history.wording import STANDING_WORDS, long, percent, since_words, told_spells
from queuewatch.report.formats import csv_table
from queuewatch.text.instant import utc

UPTIME_MEANS = (
    "Uptime is the share of the watched time in which a call would have reached someone: an agent, the queue "
    "while agents are busy, or a working destination it fails over or is sent on to."
)
LEFT_OUT_MEANS = (
    "Time in which nobody watched, or in which it could not be told what would become of a call, counts neither "
    "for nor against it."
)


class HistoryReport(Struct, frozen=True):
    """A period, and how much of it is to be told."""

    past: Past
    title: str = ""
    """Whose phone system it is: the profile, the host or the sample."""
    with_agents: bool = False
    with_changes: bool = False
    quiets: tuple[Quiet, ...] = ()
    """What was quiet in the period, and what that kept from being told."""

    @property
    def whose(self) -> tuple[str, ...]:
        """The phone system and the domain, each once."""
        return tuple(dict.fromkeys(part for part in (self.title, self.past.place.domain) if part))


def period_words(report: HistoryReport) -> str:
    """From when to when, in the reader's own time zone."""
    period = report.past.period
    return f"{day_words(period.begun)} to {day_words(period.ended)} {period.ended.astimezone():%Z}".rstrip()


def day_words(at: datetime) -> str:
    """``Mon 2026-11-16 15:12``, in the reader's own time zone."""
    return f"{at.astimezone():%a %Y-%m-%d %H:%M}"


def second_words(at: datetime) -> str:
    """``Mon 2026-11-16 15:12:00``, in the reader's own time zone."""
    return f"{at.astimezone():%a %Y-%m-%d %H:%M:%S}"


def summary(report: HistoryReport) -> str:
    """How many queues, and how many of them always reached someone; or why there is nothing to tell."""
    past = report.past
    if past.kept_since is None:
        return nothing_kept(past.place.domain)
    watched = [account for account in past.accounts if account.watched]
    if not watched and past.period.begun <= past.kept_since <= past.period.ended:
        return f"Watched since {day_words(past.kept_since)} alone, which is too short to tell anything yet."
    if not watched:
        return f"Nobody watched in this period. There is a history since {day_words(past.kept_since)}."
    nobody = sum(bool(account.times.get(HistoryState.NOBODY)) for account in watched)
    failed = sum(bool(account.episodes_of(HistoryState.FAILS_OVER)) for account in watched)
    clause = f"{failed} failed over, {nobody} reached nobody at some time"
    if unwatched := len(past.accounts) - len(watched):
        clause += f", {unwatched} not watched"
    return f"{plural(len(past.accounts), 'queue')}: {clause}."


def nothing_kept(domain: str) -> str:
    """The sentence that there is no history, and how one comes about."""
    return (
        f"Nothing has been kept yet about {domain}: it is kept while the board or queuewatch watch runs on this "
        "machine."
    )


def quiet_words(report: HistoryReport) -> Iterator[tuple[str, str]]:
    """What was quiet, and from when to when, why, and how many alerts nobody was told of."""
    for quiet in report.quiets:
        yield quiet.subject, in_the_past(quiet)


def uptime(account: Statistics) -> str:
    """``99.1 %``, or a dash where there is none to be told."""
    return percent(account.reached, account.known) or "-"


def change_words(account: Statistics) -> Iterator[tuple[str, str, str, str]]:
    """Of each change: when it began, how long it lasted, what it was, and the sentence of then.

    Whether an agent was free or busy is no change here: the documents for programs have that, too.
    """
    for episode in told_spells(account):
        words = "answered" if episode.kind is HistoryState.RINGS else STANDING_WORDS[episode.kind]
        begun = f"{'' if episode.seen else 'by '}{second_words(episode.begun)}"
        yield begun, long(episode.lasted), words, episode.state.sentence


def last_words(account: AgentAccount) -> str:
    """``Grey since 13:58``, as of the end of the period; empty where nothing is known."""
    last = account.last
    if last is None:
        return ""
    return f"{last.kind.capitalize()} {since_words(last.begun, last.seen, account.period.ended)}"


def history_json(report: HistoryReport) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it."""
    past = report.past
    return json.dumps(
        {
            "server": past.place.server,
            "domain": past.place.domain,
            "since": utc(past.period.begun),
            "until": utc(past.period.ended),
            "kept_since": utc(past.kept_since) if past.kept_since else None,
            "queues": [_queue(report, account) for account in past.accounts],
            "quiet": [quiet_document(quiet, past.period.ended) for quiet in report.quiets],
        },
        indent=2,
    )


def uptime_percent(account: Statistics) -> float | None:
    """The uptime to four places, cut off."""
    if not account.known:
        return None
    return (account.reached * 1_000_000 // account.known) / 10_000


def seconds(lasted: timedelta) -> int:
    """A length in whole seconds, cut off."""
    return lasted // timedelta(seconds=1)


def _queue(report: HistoryReport, account: Statistics) -> dict[str, object]:
    document: dict[str, object] = {
        "queue": account.queue,
        "name": account.name,
        "uptime_percent": uptime_percent(account),
        "watched_seconds": seconds(account.watched),
        "not_watched_seconds": seconds(account.unwatched),
        "known_seconds": seconds(account.known),
        "reached_seconds": seconds(account.reached),
        "seconds": {
            standing.value: seconds(account.times.get(standing, timedelta())) for standing in HistoryState
        },
        "failed_over": _times(account, HistoryState.FAILS_OVER),
        "reached_nobody": _times(account, HistoryState.NOBODY),
        "last": _change(account.episodes[-1]) if account.episodes else None,
    }
    if report.with_changes:
        document["changes"] = [_change(episode) for episode in account.episodes]
    if report.with_agents:
        document["agents"] = [_agent(report, agent) for agent in report.past.agents_of(account.queue)]
    return document


def _times(account: Statistics, standing: HistoryState) -> dict[str, object]:
    found = account.episodes_of(standing)
    longest = max((episode.lasted for episode in found), default=timedelta())
    total = sum((episode.lasted for episode in found), timedelta())
    return {"times": len(found), "longest_seconds": seconds(longest), "total_seconds": seconds(total)}


def _change(episode: Episode[QueueState, HistoryState]) -> dict[str, object]:
    state = episode.state
    return {
        "begun": utc(episode.begun),
        "begun_seen": episode.seen,
        "ended": utc(episode.ended),
        "watched_seconds": seconds(episode.lasted),
        "standing": episode.kind.value,
        "outcome": state.outcome.value,
        "reaches_someone": state.reaches_someone,
        "readiness": state.readiness.value,
        "end": {"kind": state.end_kind.value, "target": state.end_target},
        "online": state.online,
        "sentence": state.sentence,
    }


def _agent(report: HistoryReport, account: AgentAccount) -> dict[str, object]:
    document: dict[str, object] = {
        "id": account.agent,
        "name": account.name,
        "watched_seconds": seconds(account.watched),
        "seconds": {status.value: seconds(account.times.get(status, timedelta())) for status in Status},
        "last": _colour(account.last) if account.last else None,
    }
    if report.with_changes:
        document["changes"] = [_colour(episode) for episode in account.episodes]
    return document


def _colour(episode: Episode[AgentState, Status]) -> dict[str, object]:
    return {
        "begun": utc(episode.begun),
        "begun_seen": episode.seen,
        "ended": utc(episode.ended),
        "watched_seconds": seconds(episode.lasted),
        "status": episode.kind.value,
        "reason": episode.state.reason,
    }


_WHICH = ("domain", "since", "until", "queue", "name")
_SPLIT = tuple(standing for standing in HistoryState if standing is not HistoryState.UNKNOWN)
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
    return csv_table(_QUEUE_COLUMNS, (_queue_rows(report, account) for account in report.past.accounts))


def _which(report: HistoryReport, account: Statistics) -> tuple[object, ...]:
    period = report.past.period
    return (report.past.place.domain, utc(period.begun), utc(period.ended), account.queue, account.name)


def _queue_rows(report: HistoryReport, account: Statistics) -> tuple[object, ...]:
    failed, nobody = account.episodes_of(HistoryState.FAILS_OVER), account.episodes_of(HistoryState.NOBODY)
    return (
        *_which(report, account),
        uptime_percent(account),
        *(seconds(lasted) for lasted in (account.watched, account.unwatched, account.unknown)),
        *(seconds(account.times.get(standing, NOTHING)) for standing in _SPLIT),
        *(len(failed), _longest([episode.lasted for episode in failed])),
        *(len(nobody), _longest([episode.lasted for episode in nobody])),
    )


def _longest(lasted: list[timedelta]) -> int:
    return seconds(max(lasted, default=NOTHING))


def _changes(report: HistoryReport) -> Iterator[tuple[object, ...]]:
    for account in report.past.accounts:
        for episode in account.episodes:
            state = episode.state
            yield (
                *_which(report, account),
                *(
                    utc(episode.begun),
                    episode.seen,
                    utc(episode.ended),
                    seconds(episode.lasted),
                    episode.kind.value,
                ),
                *(state.outcome.value, state.reaches_someone, state.readiness.value),
                *(state.end_kind.value, state.end_target, state.online, state.sentence),
            )


def _agents(report: HistoryReport) -> Iterator[tuple[object, ...]]:
    for account in report.past.accounts:
        for agent in report.past.agents_of(account.queue):
            last = agent.last
            yield (
                *_which(report, account),
                *(agent.agent, agent.name, seconds(agent.watched)),
                *(seconds(agent.times.get(status, NOTHING)) for status in Status),
                *((last.kind.value, utc(last.begun), last.state.reason) if last else (None, None, None)),
            )
