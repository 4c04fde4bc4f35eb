"""The agents of one queue as the API stores them: whole rows, compared before and after a login changes."""

from collections.abc import Collection, Sequence

from queuewatch.failover.model import Agent, AgentLogin, Part, Problem
from queuewatch.pbx.calls import StoredAgent
from queuewatch.pbx.errors import Misunderstood
from queuewatch.pbx.netsapiens.agents import agent_of
from queuewatch.pbx.netsapiens.fields import JsonRow, moves_by_itself, objects
from queuewatch.pbx.netsapiens.queues import queue_named, setting_text

_RECKONED = ("callqueue-agent-availability-for-dispatch", "callqueue-agent-has-registered-devices", "error-info")
"""What the server works out by itself, beside its counts and times [vendor states it]."""

_OF_LOGIN = frozenset({"callqueue-agent-availability-type", "agent-status-message", "sub-portal-status"})
"""What a login or logout changes: how the agent is logged in, and the portal status that goes with it."""


def read_stored_agents(rows: Sequence[object], queue: str, domain: str, host: str) -> tuple[StoredAgent, ...]:
    """Every agent of the queue, in the server's order.

    Raises :class:`Misunderstood` for a row that does not say whose it is, or how it is logged in, for two of one
    agent, and for one of another queue.
    """
    problems: list[Problem] = []
    stored: dict[str, StoredAgent] = {}
    sent_rows = [fields for fields in rows if isinstance(fields, dict)]
    for (place, row), sent in zip(objects(rows, "Agent", Part.LIVE, problems), sent_rows, strict=True):
        if row.of_another_domain(domain):
            continue
        agent = agent_of(row, queue)
        written = row.text("callqueue", "callqueue-id")
        if written and written != queue and queue_named(written, domain) != queue:
            problems.append(Problem(Part.LIVE, f"{place} is of queue {written}."))
        elif what := _flaw(agent, row, stored):
            problems.append(Problem(Part.LIVE, f"{place}: {what}."))
        else:
            login = row.text("callqueue-agent-availability-type").casefold()
            stored[agent.id] = StoredAgent(agent, login == "automatic", _settings(row), _OF_LOGIN, sent)
    if problems:
        first = problems[0].text.rstrip(".")
        raise Misunderstood(
            f"{host} sent the agents of queue {queue} in a form that is not understood ({first}).",
            "Nobody is logged out or in whose row cannot be read: “queuewatch doctor” tries every list.",
        )
    return tuple(stored.values())


def _flaw(agent: Agent, row: JsonRow, others: Collection[str]) -> str:
    if not agent.id:
        return "no id"
    if agent.id in others:
        return "an id twice"
    if row.notes:
        return row.notes[0]
    return "no login" if agent.login is AgentLogin.UNKNOWN else ""


def _settings(row: JsonRow) -> dict[str, str]:
    return {
        name: setting_text(value)
        for name, value in sorted(row.fields.items())
        if name not in _RECKONED and not moves_by_itself(name)
    }
