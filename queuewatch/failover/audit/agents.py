"""What a queue's agents mean for its failover: one elsewhere who holds it open, the last one, none at all."""

from collections import Counter
from collections.abc import Iterator

from queuewatch.failover.audit.case import Case
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.model import Agent, EntryKind, Registration
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import registration_of
from queuewatch.failover.suppose import Suppose, queue_site, site_of
from queuewatch.failover.verdict import Outcome
from queuewatch.failover.words import agent_name, holder_words


def of_agents(case: Case) -> Iterator[Finding]:
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


def _held_open(case: Case, agents: tuple[Agent, ...], online: list[Agent]) -> Finding | None:
    main = _main_site(case, agents)
    elsewhere = [agent for agent in online if not _at(case, agent, main)]
    if not main or len(elsewhere) != 1 or not any(_at(case, agent, main) for agent in agents):
        return None
    dark = simulate(case.snapshot, case.queue, Suppose(sites=frozenset({main})))
    if dark.outcome not in (Outcome.RINGS, Outcome.WAITS):
        return None
    lone = elsewhere[0]
    kind, counted_anyway = _device_kind(lone)
    site = site_of(lone, case.snapshot)
    means = (
        ", which counts as online whether or not anybody is there"
        if counted_anyway
        else ", who would take every call"
    )
    return case.finding(
        "QW106",
        f"If {main} goes dark the queue does not fail over: {agent_name(lone)} holds it open alone by {kind} "
        f"{f'at {site}' if site else 'at no site'}{means}.",
        "Decide whether that agent should hold the queue open; if not, take the agent out of it, or see to it "
        "that somebody logs the agent out when the site goes dark.",
        severity=Severity.WARNING if counted_anyway else Severity.INFO,
    )


def _at(case: Case, agent: Agent, site: str) -> bool:
    return Suppose(sites=frozenset({site})).darkens_site(site_of(agent, case.snapshot))


def _main_site(case: Case, agents: tuple[Agent, ...]) -> str:
    """The queue's own site if anybody sits there, else the one where most of its agents do."""
    own = queue_site(case.snapshot, case.queue)
    if own and any(_at(case, agent, own) for agent in agents):
        return own
    counted = Counter(site for agent in agents if (site := site_of(agent, case.snapshot)))
    return min(counted, key=lambda site: (-counted[site], site), default="")


def _device_kind(agent: Agent) -> tuple[str, bool]:
    """How the agent is reached, and whether that counts as online with nobody there (both are assumed)."""
    match registration_of(agent):
        case Registration.PUSH:
            return "a mobile app", True
        case Registration.OFFNET:
            return "an outside number", True
        case _ if agent.entry is EntryKind.DEVICE:
            return f"the device {agent.local}", False
        case _:
            return "a phone", False
