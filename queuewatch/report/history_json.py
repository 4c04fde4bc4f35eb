"""A history as one JSON document. Its keys and their order are a contract.

Times are UTC, lengths are whole seconds. ``uptime_percent`` is never rounded up, and ``null`` where nothing that
counts was watched; ``seconds`` splits the watched time; ``not_watched_seconds`` is the rest of the period.
``changes`` and ``agents`` are there when they were asked for. ``begun_seen`` is false where it may have begun
before.
"""

import json
from datetime import timedelta

from queuewatch.failover.status import Status
from queuewatch.history.account import Account, AgentAccount
from queuewatch.history.spells import Spell
from queuewatch.history.standing import AgentState, QueueState, Standing
from queuewatch.report.as_json import utc
from queuewatch.report.history_report import HistoryReport


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
            "queues": [_queue(report, one) for one in past.accounts],
        },
        indent=2,
    )


def uptime_percent(account: Account) -> float | None:
    """The uptime to four places, cut off."""
    if not account.known:
        return None
    return (account.reached * 1_000_000 // account.known) / 10_000


def seconds(lasted: timedelta) -> int:
    """A length in whole seconds, cut off."""
    return lasted // timedelta(seconds=1)


def _queue(report: HistoryReport, one: Account) -> dict[str, object]:
    document: dict[str, object] = {
        "queue": one.queue,
        "name": one.name,
        "uptime_percent": uptime_percent(one),
        "watched_seconds": seconds(one.watched),
        "not_watched_seconds": seconds(one.unwatched),
        "known_seconds": seconds(one.known),
        "reached_seconds": seconds(one.reached),
        "seconds": {standing.value: seconds(one.times.get(standing, timedelta())) for standing in Standing},
        "failed_over": _times(one, Standing.FAILS_OVER),
        "reached_nobody": _times(one, Standing.NOBODY),
        "last": _change(one.spells[-1]) if one.spells else None,
    }
    if report.with_changes:
        document["changes"] = [_change(spell) for spell in one.spells]
    if report.with_agents:
        document["agents"] = [_agent(report, agent) for agent in report.past.agents_of(one.queue)]
    return document


def _times(one: Account, standing: Standing) -> dict[str, object]:
    found = one.spells_of(standing)
    longest = max((spell.lasted for spell in found), default=timedelta())
    total = sum((spell.lasted for spell in found), timedelta())
    return {"times": len(found), "longest_seconds": seconds(longest), "total_seconds": seconds(total)}


def _change(spell: Spell[QueueState, Standing]) -> dict[str, object]:
    state = spell.state
    return {
        "begun": utc(spell.begun),
        "begun_seen": spell.seen,
        "ended": utc(spell.ended),
        "watched_seconds": seconds(spell.lasted),
        "standing": spell.kind.value,
        "outcome": state.outcome.value,
        "reaches_someone": state.reaches_someone,
        "readiness": state.readiness.value,
        "end": {"kind": state.end_kind.value, "target": state.end_target},
        "online": state.online,
        "sentence": state.sentence,
    }


def _agent(report: HistoryReport, one: AgentAccount) -> dict[str, object]:
    document: dict[str, object] = {
        "id": one.agent,
        "name": one.name,
        "watched_seconds": seconds(one.watched),
        "seconds": {status.value: seconds(one.times.get(status, timedelta())) for status in Status},
        "last": _colour(one.last) if one.last else None,
    }
    if report.with_changes:
        document["changes"] = [_colour(spell) for spell in one.spells]
    return document


def _colour(spell: Spell[AgentState, Status]) -> dict[str, object]:
    return {
        "begun": utc(spell.begun),
        "begun_seen": spell.seen,
        "ended": utc(spell.ended),
        "watched_seconds": seconds(spell.lasted),
        "status": spell.kind.value,
        "reason": spell.state.reason,
    }
