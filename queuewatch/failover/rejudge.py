"""Judge again only what changed: a verdict rests on the queues along its path, and on little else."""

from collections.abc import Mapping

from queuewatch.failover.forwards import people_rung
from queuewatch.failover.model import Agent, Snapshot
from queuewatch.failover.people import rows_by_user
from queuewatch.failover.simulate import judge, judge_all
from queuewatch.failover.verdict import Judgement
from queuewatch.failover.visibility import agents_seen


def rejudge(before: Snapshot, judged: Mapping[str, Judgement], after: Snapshot) -> Mapping[str, Judgement]:
    """The two answers of every call queue of ``after``, given those of ``before``.

    The same as judging everything anew. Judgements that rest on nothing that changed are kept.
    """
    if not judged or _shared(before) != _shared(after):
        return judge_all(after)
    changed = {extension for extension in after.queues if _differs(before, after, extension)}
    changed |= _people_who_differ(before, after)
    if not changed:
        return judged
    return {
        queue.extension: judge(after, queue)
        if changed & rests_on(judged[queue.extension])
        else judged[queue.extension]
        for queue in after.call_queues
    }


def _shared(snapshot: Snapshot) -> tuple[object, ...]:
    """What any verdict may rest on: the directory, the queues there are, and how many rows made no sense."""
    queues = tuple((queue.extension, queue.name, queue.park) for queue in snapshot.queues.values())
    directory = (snapshot.users, snapshot.numbers, snapshot.attendants, snapshot.dial_rules)
    lists = (*directory, snapshot.problems, queues)
    # Whatever is said of agents unseen names all agents; as a rule there are none, and nothing to be counted.
    return (*lists, snapshot.scope, agents_seen(snapshot) if snapshot.agents_unseen else ())


def _differs(before: Snapshot, after: Snapshot, extension: str) -> bool:
    pairs = (
        (before.queues[extension], after.queues[extension]),
        (before.agents_of(extension), after.agents_of(extension)),
        (before.rules_of(extension), after.rules_of(extension)),
    )
    return any(one is not other and one != other for one, other in pairs)


def _people_who_differ(before: Snapshot, after: Snapshot) -> set[str]:
    """The persons whose own rules, phones or rows changed: a call may be forwarded to them."""
    people = people_rung(after)
    found = {one for one in people if before.rules.get(one) is not after.rules.get(one)}
    if before.devices is not after.devices:
        found |= {one for one in people if before.devices.get(one) != after.devices.get(one)}
    if people and before.agents is not after.agents:
        was, now = rows_by_user(before), rows_by_user(after)
        found |= {one for one in people if _connections(was.get(one, ())) != _connections(now.get(one, ()))}
    return found


def _connections(rows: tuple[Agent, ...]) -> list[tuple[str, str]]:
    return sorted((row.id, row.registration) for row in rows)


def rests_on(judgement: Judgement) -> frozenset[str]:
    """The queues and persons on the way of a call, now and if the building went dark."""
    return judgement.now.asked | judgement.readiness.verdict.asked
