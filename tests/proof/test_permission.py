"""May a queue be tested? Every refusal with what to mend, and what is said of a test that may be."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Struct
from msgspec.structs import replace

from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.sample import connect_sample
from queuewatch.failover.model import AgentLogin, EntryKind, Forward, Queue, Rule, Snapshot
from queuewatch.journal import Log, Who
from queuewatch.journal.proofs import AgentStep, ProofEntry, ProofStep
from queuewatch.pbx.calls import Party, QueuedCall, StoredAgent
from queuewatch.pbx.identity import Identity
from queuewatch.polling.assemble import read_snapshot
from queuewatch.proof.permission import Asked, ProofPlan, Refusal, may_prove

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SERVER = "https://pbx.example.com/ns-api/v2"


class Case(Struct, frozen=True):
    """All that a test is asked about."""

    snapshot: Snapshot
    stored: tuple[StoredAgent, ...]
    waiting: tuple[QueuedCall, ...] = ()
    asked: Asked = Asked(my_number="12145550911", server=SERVER, now=NOW)
    queue: str = "8000"

    def answer(self) -> ProofPlan | tuple[Refusal, ...]:
        queue = self.snapshot.queues[self.queue]
        return may_prove(self.snapshot, queue, self.stored, self.waiting, self.asked)

    def with_queue(self, **changed: object) -> "Case":
        queue = replace(self.snapshot.queues["8000"], **changed)
        return replace(self, snapshot=replace(self.snapshot, queues={**self.snapshot.queues, "8000": queue}))

    def with_rule(self, **changed: object) -> "Case":
        rules = self.snapshot.rules["8000"]
        changed_rules = tuple(replace(rule, **changed) if rule.is_default else rule for rule in rules.rules)
        return replace(
            self,
            snapshot=replace(
                self.snapshot, rules={**self.snapshot.rules, "8000": replace(rules, rules=changed_rules)}
            ),
        )

    def with_agent(self, place: int, *, automatic: bool | None = None, **changed: object) -> "Case":
        stored = list(self.stored)
        one = stored[place]
        agent = replace(one.agent, **changed)
        stored[place] = replace(one, agent=agent, automatic=one.automatic if automatic is None else automatic)
        rows = tuple(agent if row.id == agent.id else row for row in self.snapshot.agents["8000"])
        snapshot = replace(self.snapshot, agents={**self.snapshot.agents, "8000": rows})
        # The server's own count of who is available would follow.
        return replace(self, snapshot=snapshot, stored=tuple(stored)).with_queue(agents_available=None)

    def with_asked(self, **changed: object) -> "Case":
        return replace(self, asked=replace(self.asked, **changed))


@pytest.fixture(scope="module")
def read() -> Case:
    """Lakeside as it is read, with nobody of the front desk on a call."""
    connection = connect_sample(ConnectionOptions(sample="lakeside"))
    assert connection.sandbox is not None
    connection.sandbox.floor.hang_up("1002")
    system = connection.system

    async def ask() -> Case:
        try:
            return Case(await read_snapshot(system), await system.read_stored_agents("8000"))
        finally:
            await system.close()

    return asyncio.run(ask())


def test_it_may_be(read: Case) -> None:
    plan = read.answer()
    assert isinstance(plan, ProofPlan)
    assert [one.agent.name for one in plan.agents] == ["Ana Lopez", "Ben Ito", "Cara Singh"]
    assert plan.destination_words == "(214) 555-0100"
    assert plan.notes[0].startswith("While the test lasts, everybody who calls Front Desk (8000) goes to")
    assert plan.verdict.would_fail_over


def test_grey_first_and_green_last(read: Case) -> None:
    from queuewatch.failover.model import Registration

    plan = read.with_agent(2, registration=Registration.NONE).answer()
    assert isinstance(plan, ProofPlan)
    assert [one.agent.name for one in plan.agents] == ["Cara Singh", "Ana Lopez", "Ben Ito"]


def test_queues_that_lead_here_are_named(read: Case) -> None:
    leading = replace(read.snapshot.rules["8003"], rules=(Rule("*", offline=Forward(True, ("queue_8000",))),))
    snapshot = replace(read.snapshot, rules={**read.snapshot.rules, "8003": leading})
    plan = replace(read, snapshot=snapshot).answer()
    assert isinstance(plan, ProofPlan)
    assert any("Austin Front Desk (8003)" in note for note in plan.notes)


def unfinished(*, out: bool) -> Log:
    step = ProofStep(NOW, "1001@lakeside.example", AgentStep.LOGGED_OUT)
    proof = ProofEntry(
        "7",
        NOW,
        Who("", "jane"),
        SERVER,
        "lakeside.example",
        "8000",
        "Front Desk",
        until=NOW + timedelta(minutes=3),
        steps=(step,) if out else (),
    )
    return Log(proofs=(proof,))


def to(*destinations: str) -> Callable[[Case], Case]:
    return lambda case: case.with_rule(offline=Forward(True, destinations))


CASES: dict[str, tuple[Callable[[Case], Case], str, str]] = {
    "read-only": (lambda case: case.with_asked(read_only=True), "read-only here", "Leave out --read-only"),
    "never": (lambda case: case.with_asked(never_prove=("front desk",)), "never to be tested", "simulate"),
    "scope": (
        lambda case: case.with_asked(identity=Identity(scope="Basic User")),
        "does not change queues",
        "queuewatch login",
    ),
    "another site": (
        lambda case: case.with_asked(identity=Identity(scope="Site Manager", site="Austin")),
        "their own site, Austin",
        "queuewatch login",
    ),
    "a key that reads": (
        lambda case: case.with_asked(identity=Identity(read_only=True)),
        "the API key in use changes nothing",
        "",
    ),
    "not ended": (
        lambda case: case.with_asked(log=unfinished(out=True)),
        "1 agent may still be logged out by it",
        "prove --restore",
    ),
    "going on": (lambda case: case.with_asked(log=unfinished(out=False)), "may still go on", ""),
    "waiting": (
        lambda case: replace(case, waiting=(QueuedCall(Party("12145550777")),)),
        "1 caller waits in Front Desk",
        "--wait",
    ),
    "counted": (lambda case: case.with_queue(waiting=2), "2 callers wait", "--wait"),
    "callback": (
        lambda case: replace(case, waiting=(QueuedCall(status="waiting for callback"),)),
        "to be called back",
        "--wait",
    ),
    "on a call": (lambda case: case.with_agent(0, calls=1), "Ana Lopez is on a call", "--wait"),
    "calls not known": (lambda case: case.with_agent(0, calls=None), "Ana Lopez is on a call", ""),
    "lunch": (lambda case: case.with_agent(0, status_message="Lunch"), "Ana Lopez (Lunch)", "--wait"),
    "offnet": (
        lambda case: case.with_agent(0, automatic=False, entry=EntryKind.OFFNET),
        "an outside number (off-net)",
        "take it out of the queue",
    ),
    "another login": (lambda case: case.with_agent(0, automatic=False), "how they are logged in", ""),
    "login not known": (
        lambda case: case.with_agent(0, automatic=False, login=AgentLogin.UNKNOWN),
        "would not fail over",
        "simulate",
    ),
    "nobody": (
        lambda case: replace(
            case.with_agent(0, automatic=False, login=AgentLogin.OUT)
            .with_agent(1, automatic=False, login=AgentLogin.OUT)
            .with_agent(2, automatic=False, login=AgentLogin.OUT)
        ),
        "Nobody is logged in to Front Desk",
        "",
    ),
    "changing": (lambda case: replace(case, stored=case.stored[1:]), "just changing", "in a moment"),
    "not required": (
        lambda case: case.with_queue(require_agents=False),
        "would not fail over",
        "require-agents 8000 yes",
    ),
    "no forward": (
        lambda case: case.with_rule(offline=Forward()),
        "would not fail over",
        "when-offline 8000 NUMBER",
    ),
    "to nobody": (to("vmail_7777"), "would not fail over", "when-offline 8000 NUMBER"),
    "always": (
        lambda case: case.with_rule(always=Forward(True, ("12145550100",))),
        "would not fail over",
        "forwards every call",
    ),
    "emergency": (to("911"), "911", ""),
    "premium": (to("19005550100"), "a premium number", ""),
    "abroad": (to("011442079460123"), "an international number", ""),
    "from 911": (lambda case: case.with_asked(my_number="", call_from="911"), "911 is the emergency number", ""),
    "from abroad": (
        lambda case: case.with_asked(my_number="", call_from="011442079460123"),
        "an international number",
        "",
    ),
    "from nowhere": (
        lambda case: case.with_asked(my_number="", call_from="4711"),
        "neither an extension of this domain nor a phone number",
        "",
    ),
    "from the end": (
        lambda case: case.with_asked(my_number="12145550100"),
        "would be busy with the test itself",
        "another phone",
    ),
    "from whom it reaches": (
        lambda case: to("user_1010")(case).with_asked(my_number="", call_from="1010"),
        "would be busy with the test itself",
        "another phone",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused(name: str, read: Case) -> None:
    spoil, sentence, hint = CASES[name]
    answer = spoil(read).answer()
    assert isinstance(answer, tuple), answer
    found = [refusal for refusal in answer if sentence in refusal.sentence]
    assert found, answer
    assert hint in found[0].hint


PASSING = {"going on", "waiting", "counted", "callback", "on a call", "calls not known", "lunch", "changing"}


@pytest.mark.parametrize("name", CASES)
def test_what_goes_away_by_itself_can_be_waited_for(name: str, read: Case) -> None:
    answer = CASES[name][0](read).answer()
    assert isinstance(answer, tuple)
    assert all(refusal.passes for refusal in answer) is (name in PASSING), answer


def test_a_park_is_no_queue(read: Case) -> None:
    park = Queue("8900", "Park", park=True)
    snapshot = replace(read.snapshot, queues={**read.snapshot.queues, "8900": park})
    answer = replace(read, snapshot=snapshot, stored=(), queue="8900").answer()
    assert isinstance(answer, tuple)
    assert "is a call park" in answer[0].sentence
