"""A drill as it is put into the register: what was supposed and what became of each queue, and no more."""

from queuewatch.failover.drill.drill import QueueDrill
from queuewatch.journal.drills import DrillEntry, DrillFate
from queuewatch.journal.record import Who
from queuewatch.report.drill import DrillReport, supposed_words


def drill_entry(report: DrillReport, server: str, target: int | None, took_part: tuple[str, ...]) -> DrillEntry:
    """The entry, without an id. ``target`` is in seconds."""
    drill = report.drill
    scope = drill.scope
    return DrillEntry(
        id="",
        at=drill.snapshot.taken_at,
        who=Who("", ""),
        server=server,
        domain=drill.snapshot.domain,
        scenario=supposed_words(drill),
        run_by=report.run_by,
        took_part=took_part,
        sites=scope.sites,
        ips=scope.ips,
        agents=tuple(sorted(scope.agents)),
        everything=scope.everything,
        supposed_at=drill.at.words if drill.at else "",
        target=target,
        queues=tuple(map(_fate, drill.queues)),
    )


def _fate(queue_drill: QueueDrill) -> DrillFate:
    begins = queue_drill.begins
    promised = begins if begins is not None and begins.promised else None
    return DrillFate(
        queue=queue_drill.queue.extension,
        name=queue_drill.queue.name,
        fate=queue_drill.fate.value,
        reaches_someone=queue_drill.after.reaches_someone,
        sentence=queue_drill.sentence,
        seconds=round(promised.after.total_seconds()) if promised else None,
        at_most=promised is not None and not promised.known,
    )
