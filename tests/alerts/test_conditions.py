"""Which conditions a queue is in, and in which it cannot be told: the sentences are the verdicts' own."""

import pytest

from queuewatch.alerts.conditions import (
    Condition,
    conditions_of,
    headline,
    in_short,
    recovered,
    sentence_of_standing,
)
from queuewatch.failover.model import OFF, Forward, Queue, QueueRules, Snapshot
from queuewatch.failover.simulate import judge, judge_all
from tests.failover.build import CELL, UNREADABLE, agent, agents, default, office, to

NOBODY, FAILS = Condition.REACHES_NOBODY, Condition.FAILS_OVER
NOT_READY, ONE = Condition.NOT_READY, Condition.ONE_AGENT_LEFT

FORWARD = to(CELL)


def sales(
    *colours: str, offline: Forward = FORWARD, always: Forward = OFF, require: bool | None = True
) -> Snapshot:
    queue = Queue("8000", "Sales", require_agents=require)
    return office(queue, agents=agents(colours), rules={"8000": [default(offline=offline, always=always)]})


def standing(snapshot: Snapshot) -> dict[Condition, bool | None]:
    return dict(conditions_of(judge(snapshot, snapshot.queues["8000"])))


@pytest.mark.parametrize(
    ("snapshot", "nobody", "fails", "not_ready", "one"),
    [
        (sales("green", "green"), False, False, False, False),
        (sales("green", "grey"), False, False, False, True),
        (sales("red", "grey"), False, False, False, True),
        (sales("green", "unknown"), False, False, False, None),
        (sales("green", "green", "unknown"), False, False, False, False),
        (sales("green"), False, False, False, None),
        (sales("grey", "unknown"), None, None, False, None),
        (sales("grey", "grey"), False, True, False, None),
        (sales("grey", "grey", offline=OFF), True, None, True, None),
        (sales("grey", "grey", require=False), True, None, True, None),
        (sales("green", "green", require=False), False, False, True, False),
        (sales("green", "grey", offline=to("queue_8000")), False, False, True, True),
        (sales("grey", "grey", offline=to("queue_8000")), True, True, True, None),
        (sales("grey", "grey", offline=to("call_park_711")), None, True, None, None),
        (sales("green", "grey", offline=UNREADABLE), False, False, None, True),
        (sales("green", "grey", require=None), False, False, None, True),
        (sales("green", "grey", always=to(CELL)), False, False, False, False),
    ],
)
def test_where_a_queue_stands(
    snapshot: Snapshot, nobody: bool | None, fails: bool | None, not_ready: bool | None, one: bool | None
) -> None:
    assert standing(snapshot) == {NOBODY: nobody, FAILS: fails, NOT_READY: not_ready, ONE: one}


def test_rules_that_were_not_read_say_nothing() -> None:
    snapshot = office(Queue("8000"), agents=agents(["green", "grey"]))
    unread = Snapshot(snapshot.domain, snapshot.taken_at, snapshot.queues, snapshot.agents, users={}, numbers={})
    assert standing(unread) == dict.fromkeys(Condition)
    problem = Snapshot(
        snapshot.domain, snapshot.taken_at, snapshot.queues, snapshot.agents, {"8000": QueueRules(problem="x")}
    )
    assert standing(problem) == dict.fromkeys(Condition)


def told(snapshot: Snapshot, condition: Condition) -> tuple[str, str]:
    queue = snapshot.queues["8000"]
    judgement = judge(snapshot, queue)
    return headline(snapshot, queue, judgement, condition), sentence_of_standing(
        snapshot, queue, judgement, condition
    )


def test_the_sentences() -> None:
    assert told(sales("grey"), FAILS) == (
        "Sales (8000) fails over to (214) 555-0100",
        "Sales (8000) fails over to (214) 555-0100: every agent is Grey, so When Offline takes the call.",
    )
    assert told(sales("grey", require=False), NOBODY) == (
        "Calls to Sales (8000) reach nobody",
        "Calls to Sales (8000) reach nobody. A caller waits with nobody there: every agent is Grey and Require "
        "Agents is No.",
    )
    assert told(sales("green", "green", offline=OFF), NOT_READY)[1] == (
        "Sales (8000) is not ready for an outage. If the building went dark, a call is lost: every agent is Grey, "
        "and neither When Offline nor When Busy sends the call anywhere."
    )
    assert told(sales("green", "grey", require=False), ONE)[1] == (
        "One agent is left in Sales (8000): 1001. Without that one, a caller waits with nobody there: every agent "
        "is Grey and Require Agents is No."
    )
    assert (
        "Without that one it is uncertain: its When Offline"
        in told(sales("green", "grey", offline=UNREADABLE), ONE)[1]
    )


def test_without_the_last_agent_of_one_queue_the_others_are_still_there() -> None:
    snapshot = office(
        Queue("8000", "Sales", require_agents=True),
        Queue("8001", "Support", require_agents=True),
        agents=[agent("green", "1001"), agent("grey", "1002"), agent("green", "1003", "8001", name="Ana")],
        rules={"8000": [default(offline=to("queue_8001"))], "8001": [default()]},
    )
    assert judge_all(snapshot)["8000"].readiness.state == "not_ready"
    assert "fails over to Support (8001), where an agent is rung" in told(snapshot, ONE)[1]


def test_the_last_agent_is_gone_from_every_queue() -> None:
    snapshot = office(
        Queue("8000", "Sales", require_agents=True),
        Queue("8001", "Support", require_agents=False),
        agents=[agent("green", "1001"), agent("grey", "1002"), agent("green", "1001", "8001")],
        rules={"8000": [default(offline=to("queue_8001"))], "8001": [default()]},
    )
    assert "fails over to Support (8001), where nobody is reached" in told(snapshot, ONE)[1]


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_has_its_words(condition: Condition) -> None:
    names = ("Sales", "Support", "Billing", "Returns")
    assert in_short(condition, names).endswith(": Sales, Support and 2 more")
    assert "4 queues" in in_short(condition, names)
    assert in_short(condition, names, there=False) != in_short(condition, names)
    assert "Sales (8000)" in recovered(Queue("8000", "Sales"), condition)
