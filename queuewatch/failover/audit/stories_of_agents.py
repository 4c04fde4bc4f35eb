"""The stories of agents: who holds a queue open, and how many are left."""

from queuewatch.failover.audit.code import Code
from queuewatch.failover.audit.finding import Severity

AGENTS = (
    Code(
        "QW106",
        "held-open",
        "One agent elsewhere holds the queue open",
        Severity.WARNING,
        what="With the queue's main site dark, a drill finds exactly one agent still online: at another site, or "
        "of that very site by a mobile app or an outside number. A warning where it is one of these two, which "
        "count as online with nobody there; only worth knowing where it is a connected phone.",
        matters="Failover begins when every agent is Grey, not before. One app asleep in a pocket, or one "
        "outside number that never logs out, keeps it from beginning, and all callers of the queue ring "
        "there.",
        arises="Somebody works from home now and then, or a night number was added as an agent.",
        right="Decide whether that agent should hold the queue open. If not, take the agent out of the queue "
        "(Call Queues, Edit Agents), or see to it that someone logs the agent out when the site goes dark. An "
        "outside number is better set as When Offline than as an agent.",
        fine="Where that agent is meant to answer alone until the site is back.",
    ),
    Code(
        "QW112",
        "one-from-failover",
        "One agent from failing over",
        Severity.INFO,
        what="Exactly one agent of the queue is online.",
        matters="When that one agent goes to lunch, the queue is without agents, as it would be in an outage.",
        arises="A small team, an early hour, or a queue nobody logs in to any more.",
        right="Nothing has to be done. It is a good moment to know that failover works.",
        fine="It is never above info.",
    ),
    Code(
        "QW121",
        "no-agents",
        "The queue has no agents",
        Severity.INFO,
        what="No agent is in the queue. Every call goes where calls go when all agents are offline.",
        matters="With failover set it is a queue that forwards. Without, there are other findings that say so.",
        arises="A queue being set up, one that was given up, or one used to send calls on.",
        right="Add agents (Call Queues, Edit Agents), or delete the queue if it is no longer used.",
        fine="It is never above info.",
    ),
)
