"""What a program is sent: one stable shape for an alert, and for a message of several."""

from collections.abc import Iterator

from queuewatch.alerts.alert import Alert, Message
from queuewatch.alerts.detector import is_known
from queuewatch.failover.decide import colours_of
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site, site_of
from queuewatch.failover.status import AgentStatus, Status
from queuewatch.failover.verdict import Judgement
from queuewatch.failover.wording import agent_name
from queuewatch.polling.state import LiveState
from queuewatch.text.instant import utc


def alert_document(profile: str, alert: Alert) -> dict[str, object]:
    """An alert, as ``queuewatch watch`` writes it. Its keys and their order are a contract."""
    return {
        "kind": alert.kind.value,
        "profile": alert.whose.profile or profile if alert.whose is not None else profile,
        "domain": alert.domain,
        "queue": alert.queue or None,
        "name": alert.name or None,
        "site": alert.site or None,
        "at": utc(alert.at),
        "since": None if alert.since is None else utc(alert.since),
        "condition": None if alert.of is None else alert.of.value,
        "lasted": None if alert.lasted is None else round(alert.lasted.total_seconds()),
        "sentence": alert.sentence,
        "outcome": alert.outcome or None,
        "readiness": alert.readiness or None,
        "held_open_by": list(alert.held_open_by),
        "quiet": None
        if alert.quiet is None
        else {"id": alert.quiet.id, "reason": alert.quiet.reason, "until": utc(alert.quiet.until)},
    }


def message_document(message: Message) -> dict[str, object]:
    """A message, as a webhook of the format ``json`` and a command are sent it."""
    first = message.alerts[0]
    return {
        "profile": message.profile,
        "domain": first.domain if len(message.domains) == 1 else None,
        "at": utc(first.at),
        "text": message.title,
        "alerts": [alert_document(message.profile, alert) for alert in message.alerts],
    }


def changes(profile: str, before: LiveState | None, after: LiveState) -> Iterator[dict[str, object]]:
    """What has changed from one live state to the next, an object for each; the first changes nothing.

    Whoever was not there in both is no change. Verdicts are compared once both rest on all there is to read.
    """
    if before is None or after.trouble is not None or not is_known(before.snapshot):
        return
    was, now = before.snapshot, after.snapshot
    for queue in now.call_queues:
        extension = queue.extension
        if extension not in was.queues:
            continue
        if was.agents_of(extension) is not now.agents_of(extension) or was.queues[extension] is not queue:
            yield from _agents(profile, was, now, queue)
        earlier, later = before.judgements.get(extension), after.judgements[extension]
        known = was.rules_of(extension).known and now.rules_of(extension).known
        if earlier and earlier is not later and known and _answers(earlier) != _answers(later):
            yield _verdict(profile, now, queue, earlier, later)


def _agents(profile: str, was: Snapshot, now: Snapshot, queue: Queue) -> Iterator[dict[str, object]]:
    known, colours = colours_of(was, queue.extension), colours_of(now, queue.extension)
    for agent in now.agents_of(queue.extension):
        earlier, shown = known.get(agent.id), colours[agent.id]
        if earlier is None or earlier.status is shown.status:
            continue
        yield {
            "kind": "status",
            **_where(profile, now, queue),
            "agent": {"id": agent.id, "name": agent.name or None, "site": site_of(agent, now) or None},
            "status": shown.status.value,
            "was": earlier.status.value,
            "sentence": f"{agent_name(agent)} in {queue.label} is {_colour(shown)}: {shown.reason}.",
        }


def _colour(shown: AgentStatus) -> str:
    return "not known" if shown.status is Status.UNKNOWN else shown.status.capitalize()


def _answers(judgement: Judgement) -> tuple[object, ...]:
    readiness = judgement.readiness
    return (
        judgement.now.outcome,
        judgement.now.end,
        readiness.state,
        readiness.verdict.outcome,
        readiness.verdict.end,
    )


def _verdict(profile: str, now: Snapshot, queue: Queue, earlier: Judgement, later: Judgement) -> dict[str, object]:
    return {
        "kind": "verdict",
        **_where(profile, now, queue),
        "outcome": later.now.outcome.value,
        "readiness": later.readiness.state.value,
        "was": {"outcome": earlier.now.outcome.value, "readiness": earlier.readiness.state.value},
        "held_open_by": list(later.now.held_open_by),
        "sentence": f"{queue.label}: {later.now.sentence}",
    }


def _where(profile: str, snapshot: Snapshot, queue: Queue) -> dict[str, object]:
    return {
        "profile": profile,
        "domain": snapshot.domain,
        "queue": queue.extension,
        "name": queue.name or None,
        "site": queue_site(snapshot, queue) or None,
        "at": utc(snapshot.taken_at),
    }
