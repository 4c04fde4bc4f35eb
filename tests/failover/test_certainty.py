"""No answer is surer than its evidence, and none on a complete system is less sure than it can be.

A phone system is read whole, then once more with something in it that cannot be read, or that only a count still
tells of. What could not be told before cannot be told then, and what could be told is told the same or not at all.
"""

import random
from collections.abc import Iterator, Mapping
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.destination import EndKind
from queuewatch.failover.model import (
    Agent,
    AgentLogin,
    Part,
    Problem,
    QueueRules,
    Registration,
    Snapshot,
)
from queuewatch.failover.simulate import judge_all, simulate
from queuewatch.failover.verdict import Outcome, Verdict
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.sandbox.samples import load_sample, sample_names
from queuewatch.polling.assemble import read_snapshot
from tests.failover.systems import QUEUES, snapshots
from tests.recording.server import RawServer, server_of

Answers = Mapping[str, tuple[Verdict, Verdict]]
"""By queue: now, and if the building went dark."""

TOTAL = "callqueue-count-agents-total"
AVAILABLE = "callqueue-count-agents-available"
WORD = "callqueue-agent-availability-for-dispatch"
TYPE = "callqueue-agent-availability-type"
MESSAGE = "sub-portal-status"


def is_sure(verdict: Verdict) -> bool:
    return verdict.outcome is not Outcome.UNCERTAIN and verdict.reaches_someone is not None


def gist(verdict: Verdict) -> tuple[object, ...]:
    """What a sure answer says. That somebody of the queue answers is one thing, rung at once or waited for."""
    answered = {EndKind.AGENTS: "answered", EndKind.CALLER_WAITS: "answered"}
    own = verdict.outcome in (Outcome.RINGS, Outcome.WAITS)
    end = answered.get(verdict.end.kind, verdict.end.kind)
    return "answered" if own else verdict.outcome, verdict.destination, end, verdict.end.target


def surer(before: Answers, after: Answers) -> list[str]:
    """Where the second answers claim what the first do not bear out."""
    wrong = []
    for queue in before.keys() & after.keys():
        for was, now in zip(before[queue], after[queue], strict=True):
            if is_sure(now) and (not is_sure(was) or gist(was) != gist(now)):
                wrong.append(f"{queue}: {was.sentence} -> {now.sentence}")
    return wrong


def answers(snapshot: Snapshot) -> Answers:
    return {queue: (judged.now, judged.readiness.verdict) for queue, judged in judge_all(snapshot).items()}


# As a server sends it


async def read(server: RawServer) -> Answers | None:
    """What is answered of this server; ``None`` where nothing is, because it could not be read."""
    system = server.client()
    try:
        return answers(await read_snapshot(system))
    except PbxError:
        return None
    finally:
        await system.close()


def tricky() -> RawServer:
    """A company with everything in it that answers are uncertain for, or that contradicts itself."""
    server = server_of(load_sample("harbor"))
    agents, queues = server.lists["agents"], server.lists["callqueues"]
    assert isinstance(agents, list)
    assert isinstance(queues, list)
    for nth, row in enumerate(agents):
        row.update(
            ({}, {WORD: "unavailable"}, {TYPE: "manual", MESSAGE: "Single Call"}, {MESSAGE: "DND"})[nth % 4]
        )
    for nth, row in enumerate(queues):
        row[TOTAL] += nth % 3 == 0
        row[AVAILABLE] = nth % 4
    return server


def company_called(name: str) -> RawServer:
    return tricky() if name == "tricky" else server_of(load_sample(name))


def spoilt(server: RawServer, chance: random.Random) -> Iterator[RawServer]:
    """The server, each time with one other thing that cannot be read, or is left out of what is counted."""
    while True:
        other = RawServer(server.domain, deepcopy(server.lists))
        path = chance.choice([path for path, rows in other.lists.items() if isinstance(rows, list) and rows])
        rows = other.lists[path]
        assert isinstance(rows, list)
        place = chance.randrange(len(rows))
        what = chance.random()
        if what < 0.05:
            other.lists[path] = None
        elif what < 0.15:
            rows[place] = chance.choice((7, [1], None, {}))
        elif what < 0.3 and path == "agents":
            del rows[place]
        elif isinstance(rows[place], dict):
            rows[place][chance.choice(list(rows[place]))] = chance.choice(([], {"x": 1}))
        yield other


@pytest.mark.parametrize("company", [*sample_names(), "tricky"])
async def test_what_cannot_be_read_makes_no_answer_surer(company: str) -> None:
    server = company_called(company)
    before = await read(server)
    assert before is not None
    for nth, other in zip(range(60), spoilt(server, random.Random(company)), strict=False):
        after = await read(other)
        assert after is None or surer(before, after) == [], nth


@pytest.mark.parametrize(
    ("sample", "unsure"), [("lakeside", set()), ("riverside", set()), ("harbor", {"8108", "8115"})]
)
async def test_on_a_sample_nothing_is_uncertain_but_what_nobody_can_know(sample: str, unsure: set[str]) -> None:
    found = await read(server_of(load_sample(sample)))
    assert found is not None
    assert {queue for queue, pair in found.items() if not all(map(is_sure, pair))} == unsure
    assert not any(one.outcome is Outcome.UNCERTAIN for pair in found.values() for one in pair)


# As it is judged


def complete(snapshot: Snapshot) -> Snapshot:
    """The same system with everything known of it, and nothing said that contradicts it."""

    def known(agent: Agent) -> Agent:
        return replace(
            agent,
            readable=True,
            registration=Registration.CONNECTED
            if agent.registration is Registration.UNKNOWN
            else agent.registration,
            login=AgentLogin.IN if agent.login is AgentLogin.UNKNOWN else agent.login,
            calls=agent.calls or 0,
            status_message="",
            availability="",
        )

    users = {
        extension: replace(user, system=extension in (*QUEUES, "9000", "9001"))
        for extension, user in (snapshot.users or {}).items()
    }
    return replace(
        snapshot,
        users=users,
        queues={extension: replace(queue, agents_available=None) for extension, queue in snapshot.queues.items()},
        agents={queue: tuple(map(known, rows)) for queue, rows in snapshot.agents.items()},
    )


systems = snapshots(odd=False).map(complete)


@settings(max_examples=150)
@given(systems)
def test_on_a_complete_system_no_queue_is_uncertain_and_no_end_that_is_listed_unknown(snapshot: Snapshot) -> None:
    listed = {*snapshot.queues, *(snapshot.users or {})}
    for queue in snapshot.call_queues:
        verdict = simulate(snapshot, queue)
        assert verdict.outcome is not Outcome.UNCERTAIN
        if verdict.end.kind is EndKind.UNKNOWN:
            last = verdict.path[-1].at
            system = verdict.end.target in (*QUEUES, "9000", "9001")
            assert system or last.removeprefix("user_").removeprefix("vmail_") not in listed


def worsened(draw: st.DrawFn, snapshot: Snapshot) -> Snapshot:
    """The system with one thing of it not read, as the reader leaves it behind."""

    def lost(part: Part) -> tuple[Problem, ...]:
        return (*snapshot.problems, Problem(part, "A row is a text, not an object: left out.", lost=True))

    queue = draw(st.sampled_from(sorted(snapshot.queues)))
    match draw(st.integers(0, 8)):
        case 0:
            return replace(snapshot, users=None)
        case 1:
            return replace(snapshot, numbers=None)
        case 2:
            return replace(snapshot, attendants=None)
        case 3:
            return replace(snapshot, rules={**snapshot.rules, queue: QueueRules(problem="they were not read")})
        case 4:
            others = {extension: one for extension, one in snapshot.queues.items() if extension != queue}
            return replace(snapshot, queues=others, problems=lost(Part.LIVE))
        case 5 if snapshot.users:
            gone = draw(st.sampled_from(sorted(snapshot.users)))
            users = {extension: user for extension, user in snapshot.users.items() if extension != gone}
            return replace(snapshot, users=users, problems=lost(Part.USERS))
        case 6 if snapshot.numbers:
            gone = draw(st.sampled_from(sorted(snapshot.numbers)))
            numbers = {number: one for number, one in snapshot.numbers.items() if number != gone}
            return replace(snapshot, numbers=numbers, problems=lost(Part.NUMBERS))
        case 7 if snapshot.attendants:
            return replace(snapshot, attendants=snapshot.attendants[1:], problems=lost(Part.ATTENDANTS))
        case _:
            rows = snapshot.agents_of(queue)
            unseen = Agent("(not listed 1)", queue, calls=None, readable=False, listed=False)
            return replace(snapshot, agents={**snapshot.agents, queue: (*rows[1:], unseen)}, agents_unseen=1)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Snapshot, Snapshot]:
    snapshot = draw(systems)
    return snapshot, worsened(draw, snapshot)


@settings(max_examples=150)
@given(pairs())
def test_what_was_not_read_makes_no_answer_surer(pair: tuple[Snapshot, Snapshot]) -> None:
    before, after = pair
    assert surer(answers(before), answers(after)) == []
