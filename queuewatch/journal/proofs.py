"""A live failover test as it is logged: what there was before it, what was done to each agent, and how it ended.

::

    {"v": 2, "record": "proof_begun", "id": "18", "queue": "8000", "agents": [{"agent": "1001@…", "row": …}], …}
    {"v": 2, "record": "proof_agent", "id": "18", "agent": "1001@…", "did": "logging_out", "by": "test", …}
    {"v": 2, "record": "proof_ended", "id": "18", "outcome": "reached", "document": {…}}

The first is on the disk before anything is sent, with each agent's whole row: whoever restores, in this process or
in another one a week later, knows from it who was logged out, and what tells that somebody touched them since. A
version that knows no such records says that a newer one wrote them, and leaves them as they are.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from queuewatch.journal.record import Who, read_moment, read_object, read_texts
from queuewatch.text.instant import utc

PROOF_VERSION = 2
"""Of the records written here: the first version that has such records."""


class AgentRow(Struct, frozen=True):
    """An agent's row at one moment."""

    raw: Mapping[str, object] = field(default_factory=dict)
    """The whole row as it was sent."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What of it a person can change, normalised, so that two moments compare."""


class AgentStep(StrEnum):
    """What was done to one agent, or found out about them."""

    LOGGING_OUT = "logging_out"
    """Written before it is sent: from here on the agent may be logged out."""
    LOGGED_OUT = "logged_out"
    """It shows. The row is what there was then."""
    REFUSED = "refused"
    """The phone system refused to log the agent out: nothing was done."""
    RESTORED = "restored"
    """The agent is logged in again, which shows."""
    LEFT = "left"
    """Somebody else has changed the agent since: left as they are."""
    GONE = "gone"
    """There is no such agent in the queue any more."""


OPEN_STEPS = (AgentStep.LOGGING_OUT, AgentStep.LOGGED_OUT)
"""After these, an agent may be logged out by the test."""


class ProofStep(Struct, frozen=True):
    """One thing done to one agent."""

    at: datetime
    agent: str
    did: str
    """An :class:`AgentStep`, or the word of a later version."""
    by: str = "test"
    """Who did it: ``test``, ``guard`` or ``restore``."""
    row: AgentRow | None = None
    """The agent's whole row at that moment, where it was read."""
    sentence: str = ""


class ProofEnd(Struct, frozen=True):
    """How a test ended."""

    at: datetime
    outcome: str
    document: Mapping[str, object] = field(default_factory=dict)
    """The same as ``queuewatch prove --json`` writes."""


class ProofEntry(Struct, frozen=True):
    """A live failover test as the log tells it."""

    id: str
    at: datetime
    who: Who
    server: str
    """The API's address; it holds no credentials."""
    domain: str
    queue: str
    name: str = ""
    """The queue's name at that moment."""
    kind: str = "call"
    """``call``, or ``unplug`` where somebody took the power themselves."""
    rule: str = ""
    """The time frame of the answering rule that was tested."""
    destination: str = ""
    """Where that rule's When Offline led."""
    require_agents: bool | None = None
    agents: Mapping[str, AgentRow] = field(default_factory=dict)
    """The agents to be logged out, by id, and the whole row of each as it was before."""
    until: datetime | None = None
    """When the agents are logged in again at the latest."""
    program: str = ""
    """The version of queuewatch."""
    steps: tuple[ProofStep, ...] = ()
    ended: ProofEnd | None = None
    """``None`` for a test whose end was never written."""

    @property
    def label(self) -> str:
        """The queue as people know it: ``Sales (8000)``."""
        return f"{self.name} ({self.queue})" if self.name else self.queue

    @property
    def outcome(self) -> str:
        """What came of it in one word; empty when that was never written."""
        return self.ended.outcome if self.ended else ""

    @property
    def still_out(self) -> tuple[str, ...]:
        """The agents who may still be logged out by this test, in the order in which they were."""
        last = {step.agent: step.did for step in self.steps}
        return tuple(agent for agent, did in last.items() if did in OPEN_STEPS)

    def row_when_out(self, agent: str) -> AgentRow | None:
        """The agent's row once it showed that they were logged out; ``None`` where that was never seen."""
        rows = (
            step.row for step in reversed(self.steps) if (step.agent, step.did) == (agent, AgentStep.LOGGED_OUT)
        )
        return next(rows, None)

    def logged_out_at(self, agent: str) -> datetime | None:
        """When the agent was logged out, or was to be."""
        return next((step.at for step in self.steps if step.agent == agent and step.did in OPEN_STEPS), None)


def proof_begun_record(entry: ProofEntry) -> dict[str, object]:
    """The record that is written before anything is sent."""
    return {
        "v": PROOF_VERSION,
        "record": "proof_begun",
        "id": entry.id,
        "at": utc(entry.at),
        "profile": entry.who.profile,
        "user": entry.who.user,
        "login": entry.who.login,
        "server": entry.server,
        "domain": entry.domain,
        "queue": entry.queue,
        "name": entry.name,
        "kind": entry.kind,
        "rule": entry.rule,
        "destination": entry.destination,
        "require_agents": entry.require_agents,
        "agents": [{"agent": agent, **_row_fields(row)} for agent, row in entry.agents.items()],
        "until": utc(entry.until) if entry.until else None,
        "program": entry.program,
    }


def proof_step_record(id: str, step: ProofStep) -> dict[str, object]:
    """The record of one thing done to one agent."""
    return {
        "v": PROOF_VERSION,
        "record": "proof_agent",
        "id": id,
        "at": utc(step.at),
        "agent": step.agent,
        "did": step.did,
        "by": step.by,
        **({} if step.row is None else _row_fields(step.row)),
        "sentence": step.sentence,
    }


def proof_ended_record(id: str, end: ProofEnd) -> dict[str, object]:
    """The record of a test's end."""
    return {
        "v": PROOF_VERSION,
        "record": "proof_ended",
        "id": id,
        "at": utc(end.at),
        "outcome": end.outcome,
        "document": dict(end.document),
    }


def _row_fields(row: AgentRow) -> dict[str, object]:
    # As texts: a field of the server's that is called "id" must not be taken for the id of a record.
    return {"row": json.dumps(dict(row.raw)), "settings": json.dumps(dict(row.settings))}


def read_proof_begun(fields: Mapping[str, object]) -> ProofEntry | None:
    """The test in such a record; ``None`` when it does not say who tested what, when and where."""
    at, texts = read_moment(fields), read_texts(fields, _TEXTS)
    if at is None or texts is None or not (texts["id"] and texts["queue"]):
        return None
    agents: dict[str, AgentRow] = {}
    found = fields.get("agents")
    for item in found if isinstance(found, list) else ():
        if not (isinstance(item, dict) and isinstance(item.get("agent"), str)):
            return None
        agents[item["agent"]] = _read_row(item) or AgentRow()
    require = fields.get("require_agents")
    return ProofEntry(
        id=texts["id"],
        at=at,
        who=Who(texts["profile"], texts["user"], texts["login"]),
        server=texts["server"],
        domain=texts["domain"],
        queue=texts["queue"],
        name=texts["name"],
        kind=texts["kind"] or "call",
        rule=texts["rule"],
        destination=texts["destination"],
        require_agents=require if isinstance(require, bool) else None,
        agents=agents,
        until=read_moment(fields, "until"),
        program=texts["program"],
    )


_TEXTS = (
    *("id", "profile", "user", "login", "server", "domain", "queue", "name"),
    *("kind", "rule", "destination", "program"),
)


def read_proof_step(fields: Mapping[str, object]) -> tuple[str, ProofStep] | None:
    """The test's id, and what was done to whom; ``None`` when the record does not say it."""
    at, of, agent, did = read_moment(fields, "at"), fields.get("id"), fields.get("agent"), fields.get("did")
    by, sentence = fields.get("by", ""), fields.get("sentence", "")
    if at is None or not (isinstance(of, str) and isinstance(agent, str) and isinstance(did, str)):
        return None
    if not (of and agent and did and isinstance(by, str) and isinstance(sentence, str)):
        return None
    return of, ProofStep(at, agent, did, by, _read_row(fields), sentence)


def read_proof_end(fields: Mapping[str, object]) -> tuple[str, ProofEnd] | None:
    """The test's id and its end; ``None`` when the record does not say it."""
    at, of, outcome, document = (
        read_moment(fields, "at"),
        *(fields.get(name) for name in ("id", "outcome", "document")),
    )
    if at is None or not (isinstance(of, str) and isinstance(outcome, str) and of and outcome):
        return None
    return of, ProofEnd(at, outcome, document if isinstance(document, dict) else {})


def _read_row(fields: Mapping[str, object]) -> AgentRow | None:
    raw, settings = _object(fields.get("row")), _object(fields.get("settings"))
    if raw is None:
        return None
    return AgentRow(raw, {name: value for name, value in (settings or {}).items() if isinstance(value, str)})


def _object(value: object) -> dict[str, object] | None:
    return read_object(value) if isinstance(value, str) else None
