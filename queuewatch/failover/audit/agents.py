"""What a queue's agents mean for its failover: one elsewhere who holds it open, the last one, none at all."""

from collections import Counter
from collections.abc import Iterator

from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.audit.queue_audit import QueueAudit
from queuewatch.failover.drill.drill import Holder, holders_of
from queuewatch.failover.drill.power_loss import agents_lost, power_loss_of_sites
from queuewatch.failover.model import Agent, EntryKind, Registration
from queuewatch.failover.places import places, queue_site
from queuewatch.failover.simulate import simulate
from queuewatch.failover.sites import site_key
from queuewatch.failover.verdict import Outcome
from queuewatch.failover.wording import holder_words


def of_agents(case: QueueAudit) -> Iterator[Finding]:
    """What is worth knowing about who answers."""
    agents = case.snapshot.agents_of(case.queue.extension)
    if not agents:
        yield case.finding(
            "QW121",
            "The queue has no agents: every call goes where calls go when all agents are offline.",
            "Add agents to it (Call Queues, Edit Agents), or leave it if it is meant to send calls on.",
        )
        return
    now = case.judgement.now
    if now.outcome is Outcome.DIVERTED:
        return
    held = set(now.held_open_by)
    online = [agent for agent in agents if agent.id in held]
    lone = _held_open(case, agents, online)
    if lone is not None:
        yield lone
    elif len(online) == 1 and not now.counts.unknown:
        yield case.finding(
            "QW112",
            f"Only {holder_words(case.snapshot, online[0])} is online: without that one agent the queue is as it "
            "would be in an outage.",
            "Nothing has to be done; if that is too thin, have a second agent log in.",
        )


def _held_open(case: QueueAudit, agents: tuple[Agent, ...], online: list[Agent]) -> Finding | None:
    """Whether a single agent holds the queue open while its main site is dark, by the drill's own reckoning."""
    main = _main_site(case, agents)
    if not main:
        return None
    gone, doubted = agents_lost(case.snapshot, main)
    left = [agent for agent in online if agent.id not in gone]
    if len(left) != 1 or left[0].id in doubted:
        return None
    power = power_loss_of_sites(case.snapshot, (main,))
    dark = simulate(case.snapshot, case.queue, power.suppose)
    if dark.outcome not in (Outcome.RINGS, Outcome.WAITS):
        return None
    holders = holders_of(case.snapshot, power, case.queue.extension)
    if len(holders) != 1:
        return None
    lone = holders[0]
    kind, counted_anyway = _device_kind(lone, agents)
    means = (
        ", which counts as online whether or not anybody is there"
        if counted_anyway
        else ", who would take every call"
    )
    return case.finding(
        "QW106",
        f"If {main} goes dark the queue does not fail over: {lone.name} holds it open alone by {kind} "
        f"{f'at {lone.site}' if lone.site else 'at no site'}{means}.",
        "Decide whether that agent should hold the queue open; if not, take the agent out of it, or see to it "
        "that somebody logs the agent out when the site goes dark.",
        severity=Severity.WARNING if counted_anyway else Severity.INFO,
    )


def _main_site(case: QueueAudit, agents: tuple[Agent, ...]) -> str:
    """The queue's own site if anybody sits there, else the one where most of its agents do."""
    at, has_building = places(case.snapshot).agents, case.snapshot.site_facts.has_building
    counted = Counter([at[agent.id].name for agent in agents])
    named = [site for site in counted if site and has_building(site)]
    own = queue_site(case.snapshot, case.queue)
    if own and any(site_key(site) == site_key(own) for site in named):
        return own
    return min(named, key=lambda site: (-counted[site], site), default="")


def _device_kind(lone: Holder, agents: tuple[Agent, ...]) -> tuple[str, bool]:
    """How the agent is reached, and whether that counts as online with nobody there (both are assumed)."""
    match lone.by:
        case Registration.PUSH:
            return "a mobile app", True
        case Registration.OFFNET:
            return "an outside number", True
        case _ if any(agent.id == lone.id and agent.entry is EntryKind.DEVICE for agent in agents):
            return f"the device {lone.device}", False
        case _:
            return "a phone", False
