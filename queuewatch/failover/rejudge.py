"""Judge again only what changed: a verdict rests on the queues along its path, and on little else."""

from collections.abc import Mapping

from queuewatch.failover.model import Snapshot
from queuewatch.failover.simulate import judge, judge_all
from queuewatch.failover.verdict import Judgement


def rejudge(before: Snapshot, judged: Mapping[str, Judgement], after: Snapshot) -> Mapping[str, Judgement]:
    """The two answers of every call queue of ``after``, given those of ``before``.

    The same as judging everything anew. Judgements that rest on nothing that changed are kept.
    """
    if not judged or _shared(before) != _shared(after):
        return judge_all(after)
    changed = {extension for extension in after.queues if _differs(before, after, extension)}
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
    return (snapshot.users, snapshot.numbers, snapshot.attendants, snapshot.problems, queues)


def _differs(before: Snapshot, after: Snapshot, extension: str) -> bool:
    pairs = (
        (before.queues[extension], after.queues[extension]),
        (before.agents_of(extension), after.agents_of(extension)),
        (before.rules_of(extension), after.rules_of(extension)),
    )
    return any(one is not other and one != other for one, other in pairs)


def rests_on(judgement: Judgement) -> set[str]:
    """The queues on the way of a call, now and if the building went dark, which it begins with."""
    stops = (*judgement.now.path, *judgement.readiness.verdict.path)
    return {stop.at.removeprefix("queue_") for stop in stops}
