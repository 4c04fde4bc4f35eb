"""Every change of a status or a verdict, told as it is seen, for whoever wants more than alerts."""

from collections.abc import Iterator

from queuewatch.alerts.documents import utc
from queuewatch.alerts.lookout import is_known
from queuewatch.failover.model import Agent, Queue, Snapshot
from queuewatch.failover.status import status_of
from queuewatch.failover.suppose import queue_site, site_of
from queuewatch.failover.verdict import Judgement
from queuewatch.failover.words import agent_name
from queuewatch.sighting import Sighting


def changes(profile: str, before: Sighting | None, after: Sighting) -> Iterator[dict[str, object]]:
    """What has changed from one sighting to the next, an object for each; the first changes nothing.

    Whoever was not there in both is no change. Verdicts are compared once both rest on all there is to read.
    """
    if before is None or after.trouble is not None or not is_known(before.snapshot):
        return
    was, now = before.snapshot, after.snapshot
    for queue in now.call_queues:
        extension = queue.extension
        if extension not in was.queues:
            continue
        if was.agents_of(extension) is not now.agents_of(extension):
            yield from _agents(profile, was, now, queue)
        earlier, later = before.judgements.get(extension), after.judgements[extension]
        known = was.rules_of(extension).known and now.rules_of(extension).known
        if earlier and earlier is not later and known and _answers(earlier) != _answers(later):
            yield _verdict(profile, now, queue, earlier, later)


def _agents(profile: str, was: Snapshot, now: Snapshot, queue: Queue) -> Iterator[dict[str, object]]:
    known = {agent.id: agent for agent in was.agents_of(queue.extension)}
    for agent in now.agents_of(queue.extension):
        earlier, shown = known.get(agent.id), status_of(agent)
        if earlier is None or earlier == agent or status_of(earlier).status is shown.status:
            continue
        yield {
            "kind": "status",
            **_where(profile, now, queue),
            "agent": {"id": agent.id, "name": agent.name or None, "site": site_of(agent, now) or None},
            "status": shown.status.value,
            "was": status_of(earlier).status.value,
            "sentence": f"{agent_name(agent)} in {queue.label} is {_colour(agent)}: {shown.reason}.",
        }


def _colour(agent: Agent) -> str:
    status = status_of(agent).status
    return "not known" if status == "unknown" else status.capitalize()


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
