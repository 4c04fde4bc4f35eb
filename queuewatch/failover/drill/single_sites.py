"""Which single sites a queue that is not ready would survive: for most offices the likelier outage."""

from msgspec.structs import replace

from queuewatch.failover.drill.power_loss import power_loss_of_sites
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import buildings
from queuewatch.failover.simulate import simulate
from queuewatch.failover.verdict import Judgement, ReadinessState
from queuewatch.failover.wording import listing


def survived(snapshot: Snapshot, queue: Queue) -> tuple[str, ...]:
    """The sites that matter to the queue, and of which each alone may go dark: a call still reaches someone."""
    found: list[str] = []
    for site in buildings(snapshot):
        power = power_loss_of_sites(snapshot, (site,))
        verdict = simulate(snapshot, queue, power.suppose)
        asked = {
            row.id for extension in (queue.extension, *verdict.asked) for row in snapshot.agents_of(extension)
        }
        matters = bool(asked & power.touched or verdict.asked & power.suppose.dark_users)
        if matters and verdict.reaches_someone is True:
            found.append(site)
    return tuple(found)


def with_single_sites(snapshot: Snapshot, queue: Queue, judgement: Judgement) -> Judgement:
    """The judgement, whose sentence about everything dark says as well which single sites are survived."""
    if judgement.readiness.state is not ReadinessState.NOT_READY:
        return judgement
    sites = survived(snapshot, queue)
    if not sites:
        return judgement
    verdict = judgement.readiness.verdict
    which = listing((f"only {site}" for site in sites), most=6).replace(" and only ", " or only ")
    names = [name for site in sites for name in power_loss_of_sites(snapshot, (site,)).unread]
    by_name = f"By the names of the sites: the phones of {listing(dict.fromkeys(names), most=6)} were not read."
    with_sites = replace(
        verdict,
        sentence=f"{verdict.sentence} Ready if {which} goes dark.",
        assumptions=(*verdict.assumptions, by_name) if names else verdict.assumptions,
    )
    return replace(judgement, readiness=replace(judgement.readiness, verdict=with_sites))
