"""Cases a manager would ask about, with what the verdict must say besides its outcome."""

import pytest
from msgspec.structs import replace

from queuewatch.failover import destination
from queuewatch.failover.destination import queue_entered
from queuewatch.failover.drill.power_loss import supposed
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import (
    OFF,
    Agent,
    AgentLogin,
    EntryKind,
    Forward,
    PhoneNumber,
    Queue,
    Registration,
    Rule,
    User,
)
from queuewatch.failover.places import site_of
from queuewatch.failover.simulate import judge, judge_all, simulate
from queuewatch.failover.suppose import Suppose
from queuewatch.failover.verdict import Outcome
from tests.failover.build import CELL, agent, default, office, to

SALES = Queue("8000", "Sales", site="Dallas", require_agents=True)


def test_a_default_that_is_not_in_effect_is_said_by_name() -> None:
    holidays = Rule("Holidays", active=True, order=0)
    snapshot = office(SALES, rules={"8000": [Rule("*", offline=to(CELL)), holidays]})
    verdict = simulate(snapshot, SALES)
    assert verdict.outcome is Outcome.LOST
    assert any(
        "(214) 555-0100" in text and "the rule Holidays is in effect" in text for text in verdict.assumptions
    )


def test_a_default_that_is_switched_off_is_said_too() -> None:
    snapshot = office(SALES, rules={"8000": [Rule("*", enabled=False, offline=to(CELL))]})
    verdict = simulate(snapshot, SALES)
    assert verdict.outcome is Outcome.LOST
    assert any("switched off" in text and "not consulted" in text for text in verdict.assumptions)


@pytest.mark.parametrize(("offline", "said"), [(OFF, "When Offline is off"), (to(), "names no destination")])
def test_why_when_offline_was_passed_over_is_said_as_it_is(offline: Forward, said: str) -> None:
    snapshot = office(SALES, rules={"8000": [default(offline=offline, busy=to(CELL))]})
    verdict = simulate(snapshot, SALES)
    assert verdict.outcome is Outcome.OVERFLOWS
    assert said in verdict.sentence
    assert any(said in text for text in verdict.assumptions)


def test_a_default_without_when_offline_is_not_brought_up() -> None:
    snapshot = office(SALES, rules={"8000": [Rule("*"), Rule("Holidays", active=True, offline=to(CELL))]})
    assert not any("Default" in text for text in simulate(snapshot, SALES).assumptions)


def test_one_remote_agent_holds_the_queue_open_and_is_named() -> None:
    snapshot = office(
        SALES,
        agents=[agent("grey", "1001", name="Ana Lopez"), agent("green", "1003", name="Ben Ito", site="Austin")],
        rules={"8000": [default(offline=to(CELL))]},
    )
    judged = judge(snapshot, SALES)
    assert judged.now.would_fail_over is False
    assert judged.now.held_open_by == ("1003@example.com",)
    assert "Ben Ito" in judged.now.sentence
    assert judged.readiness.verdict.would_fail_over is True


def test_the_name_of_a_backup_is_told_as_it_is() -> None:
    desk = Queue("8001", "Ask the caller desk")
    verdict = simulate(office(SALES, desk, rules={"8000": [default(offline=to("queue_8001"))]}), SALES)
    assert verdict.sentence.startswith("A call fails over to Ask the caller desk (8001), where nobody is reached:")
    stranded = replace(SALES, require_agents=False)
    assert simulate(office(stranded), stranded).sentence.startswith("A caller waits with nobody there:")


def test_both_ways_of_an_uncertain_call_are_given() -> None:
    snapshot = office(SALES, agents=[agent("unknown")], rules={"8000": [default(offline=to(CELL))]})
    verdict = simulate(snapshot, SALES)
    assert verdict.outcome is Outcome.UNCERTAIN
    assert "an agent takes the call" in verdict.sentence
    assert "fails over to (214) 555-0100" in verdict.sentence


def test_a_failover_to_a_queue_is_judged_by_that_queue() -> None:
    def ending(colour: str, required: bool) -> tuple[str, bool | None]:
        support = Queue("8001", "Support", require_agents=required)
        rules = {"8000": [default(offline=to("queue_8001"))], "8001": [default(offline=to("vmail_1001"))]}
        rows = [agent(colour, "1005", "8001")]
        snapshot = office(SALES, support, agents=rows, rules=rules, users=[User("1001")])
        verdict = simulate(snapshot, SALES)
        return verdict.end.kind, verdict.reaches_someone

    assert ending("green", True) == ("agents", True)
    assert ending("red", True) == ("caller_waits", True)
    assert ending("unknown", True) == ("unknown", None)
    assert ending("grey", True) == ("voicemail", True)
    assert ending("grey", False) == ("nobody", False)


def test_three_queues_in_a_ring_are_a_loop_wherever_the_call_comes_in() -> None:
    queues = [Queue(extension, require_agents=True) for extension in ("8000", "8001", "8002")]
    onward = {"8000": "8001", "8001": "user_8002", "8002": "queue_8000"}
    rules = {extension: [default(offline=to(next_stop))] for extension, next_stop in onward.items()}
    snapshot = office(*queues, rules=rules)
    for queue in queues:
        verdict = simulate(snapshot, queue)
        assert (verdict.end.kind, verdict.end.target) == ("loop", queue.extension)
        assert len(verdict.path) == 4


def test_however_many_queues_are_diverted_each_number_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def entered(number: PhoneNumber) -> str | None:
        looked_at.append(number.number)
        return queue_entered(number)

    monkeypatch.setattr(destination, "queue_entered", entered)
    queues = [Queue(str(8000 + nth), require_agents=True) for nth in range(20)]
    numbers = [PhoneNumber(f"121455501{nth:02}", "to-callqueue", str(8000 + nth % 30)) for nth in range(60)]
    diverted = {queue.extension: [default(always=to("vmail_8000"))] for queue in queues}
    judged = judge_all(office(*queues, rules=diverted, numbers=numbers))
    assert sorted(looked_at) == sorted(number.number for number in numbers)
    directs = [judgement.now.direct for judgement in judged.values()]
    assert [direct and direct.numbers for direct in directs] == [
        (f"121455501{nth:02}", f"121455501{nth + 30:02}") for nth in range(20)
    ]


def test_numbers_that_lead_straight_into_a_diverted_queue_are_said() -> None:
    snapshot = office(
        SALES,
        rules={"8000": [default(always=to("vmail_8000"))]},
        numbers=[
            PhoneNumber("12145550101", "to-callqueue", "8000"),
            PhoneNumber("12145550102", "to-user", "8000"),
        ],
        users=[User("8000")],
    )
    said = simulate(snapshot, SALES).assumptions
    assert any("(214) 555-0101 leads straight into the queue" in text for text in said)
    assert not any("555-0102" in text for text in said)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Agent("1001@e", "8000", "Ana", registration=Registration.PUSH, login=AgentLogin.IN), "mobile app"),
        (Agent("1@e", "8000", "Ana", EntryKind.OFFNET, Registration.OFFNET, AgentLogin.IN), "outside number"),
        (Agent("1@e", "8000", "Ana", EntryKind.OFFNET, Registration.NONE, AgentLogin.IN), "outside number"),
    ],
)
def test_who_counts_as_online_by_assumption_is_named(row: Agent, words: str) -> None:
    said = simulate(office(SALES, agents=[row]), SALES).assumptions
    assert any(words in text and "(Ana)" in text for text in said)


def test_a_count_of_the_servers_own_that_differs_is_said_of_now_and_not_of_a_supposition() -> None:
    queue = replace(SALES, agents_available=2)
    judged = judge(office(queue, agents=[agent("green")]), queue)
    assert any("counts 2 agents available" in text for text in judged.now.assumptions)
    assert not any("counts 2" in text for text in judged.readiness.verdict.assumptions)


def test_callers_already_waiting_are_not_said_to_be_saved() -> None:
    queue = replace(SALES, waiting=3)
    said = simulate(office(queue, rules={"8000": [default(offline=to(CELL))]}), queue).assumptions
    assert any("3 callers already waiting" in text for text in said)


TWO_SITES = office(
    SALES,
    Queue("8001", "Support", require_agents=True),
    agents=[
        agent("green", "1001", site="Dallas"),
        agent("green", "1002"),
        agent("green", "1003", site="Austin"),
        agent("green", "1003", "8001", site="Austin"),
    ],
    rules={"8000": [default(offline=to("user_1002"))], "8001": [default(offline=to(CELL))]},
    users=[
        User("1001", "Ana", site="Austin"),
        User("1002", "Ben Ito", site="Dallas", voicemail=False),
        User("1003", site="Austin"),
    ],
)


def test_an_agents_site_is_the_rows_own_and_else_the_users() -> None:
    assert [site_of(row, TWO_SITES) for row in TWO_SITES.agents_of("8000")] == ["Dallas", "Dallas", "Austin"]
    unread = replace(TWO_SITES, users=None)
    assert [site_of(row, unread) for row in TWO_SITES.agents_of("8000")] == ["Dallas", "", "Austin"]


@pytest.mark.parametrize("site", ["Dallas", "dallas", "DALLAS"])
def test_a_dark_site_turns_its_agents_grey_and_leaves_the_others(site: str) -> None:
    verdict = simulate(TWO_SITES, SALES, supposed(TWO_SITES, DrillScope(sites=(site,))))
    assert verdict.held_open_by == ("1003@example.com",)
    assert (verdict.counts.green, verdict.counts.grey) == (1, 2)


def test_a_dark_agent_is_dark_in_every_queue() -> None:
    suppose = Suppose(agents=frozenset(["1003@example.com"]))
    assert simulate(TWO_SITES, SALES, suppose).counts.grey == 1
    assert simulate(TWO_SITES, TWO_SITES.queues["8001"], suppose).outcome is Outcome.FAILS_OVER


def test_a_user_in_the_dark_is_nobody_to_fail_over_to() -> None:
    everybody = frozenset(row.id for row in TWO_SITES.agents_of("8000"))
    logged_out = simulate(TWO_SITES, SALES, Suppose(agents=everybody))
    assert (logged_out.end.kind, logged_out.reaches_someone) == ("user", True)
    for scope in (DrillScope(agents=everybody), DrillScope(agents=everybody, sites=("dallas",))):
        same_fate = simulate(TWO_SITES, SALES, supposed(TWO_SITES, scope))
        assert (same_fate.outcome, same_fate.end.kind) == ("fails_over", "nobody")
        assert any("Every phone of Ben Ito is in the dark" in text for text in same_fate.assumptions)


def test_a_phone_app_supposed_dark_is_said_to_be_unlikely_to_be() -> None:
    row = Agent("1001@e", "8000", "Ana", registration=Registration.PUSH, login=AgentLogin.IN)
    verdict = judge(office(SALES, agents=[row]), SALES).readiness.verdict
    assert any("Supposed offline although" in text and "Ana" in text for text in verdict.assumptions)
