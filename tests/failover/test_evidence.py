"""What the server says beside the rows: its counts, its second opinion, and how much of a domain it shows."""

import pytest
from msgspec.structs import replace

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.decide import roster_of
from queuewatch.failover.destination import EndKind
from queuewatch.failover.model import Agent, AgentLogin, Part, Problem, Queue, Registration, Snapshot, User
from queuewatch.failover.simulate import judge, judge_all, rejudge, simulate
from queuewatch.failover.status import Status
from queuewatch.failover.suppose import ALL_DARK, AS_IS
from queuewatch.failover.verdict import Outcome, ReadinessState, Verdict
from tests.failover.build import CELL, agent, agents, default, office, to

SALES = Queue("8000", "Sales", require_agents=True)
UNSEEN = Agent("(not listed 1)", "8000", "unlisted agent 1", calls=None, readable=False, listed=False)
RULES = {"8000": [default(offline=to(CELL))]}


def out(id: str = "1001", *, manual: bool = True, phone: Registration = Registration.CONNECTED) -> Agent:
    return Agent(f"{id}@example.com", "8000", registration=phone, login=AgentLogin.OUT, may_take_one=manual)


def shown(queue: Queue, *rows: Agent) -> list[str]:
    return [str(status.status) for _, status in roster_of(office(queue, agents=rows), "8000", AS_IS).agents]


# Agents that only a count tells of


def test_an_agent_that_is_only_counted_makes_a_grey_queue_uncertain_and_a_dark_one_no_less_ready() -> None:
    snapshot = replace(office(SALES, agents=[agent("grey"), UNSEEN], rules=RULES), agents_unseen=1)
    judged = judge(snapshot, SALES)
    assert (judged.now.outcome, judged.now.counts.unknown) == (Outcome.UNCERTAIN, 1)
    assert judged.readiness.state is ReadinessState.READY
    assert "This token sees 1 of 2 agents of Sales (8000): nothing is known of the other." in judged.assumptions


def test_beside_somebody_green_it_changes_nothing_but_is_said() -> None:
    snapshot = replace(office(SALES, agents=[agent("green"), UNSEEN], rules=RULES), agents_unseen=1)
    verdict = simulate(snapshot, SALES)
    assert verdict.outcome is Outcome.RINGS
    assert any("sees 1 of 2 agents" in text for text in verdict.assumptions)


def test_a_token_that_sees_part_is_one_finding_for_all_queues() -> None:
    second = Queue("8001", "Support", require_agents=True)
    rows = [agent("grey"), UNSEEN, agent("grey", "1002", "8001"), replace(UNSEEN, queue="8001")]
    snapshot = replace(office(SALES, second, agents=rows), agents_unseen=2)
    (found,) = [finding for finding in audit(snapshot) if finding.code == "QW125"]
    assert found.why == (
        "This token sees 2 of 4 agents by the queues' own counts: of the others, in Sales (8000) and Support "
        "(8001), nothing is known."
    )
    assert found.severity.value == "info"


def test_agents_of_a_queue_that_no_list_has_are_a_finding_and_no_fault_in_the_reading() -> None:
    rows = {"8099": (agent("green", queue="8099"),)}
    told = Problem(Part.LIVE, "1 agent row is of queue 8099, which is in no list.", aside=True)
    found = audit(replace(office(SALES), agents=rows, problems=(told,)))
    assert [finding.code for finding in found if finding.code in ("QW114", "QW125")] == ["QW125"]


# The queue's count of agents available


@pytest.mark.parametrize(
    ("available", "rows", "colours"),
    [
        (1, [out()], ["unknown"]),
        (2, [agent("green"), out("1002")], ["green", "unknown"]),
        (1, [agent("green"), out("1002")], ["green", "grey"]),
        (0, [out()], ["grey"]),
        (None, [out()], ["grey"]),
        (5, [agent("grey"), agent("red", "1002")], ["grey", "red"]),
        (5, [out(manual=False)], ["grey"]),
        (5, [out(phone=Registration.NONE)], ["grey"]),
        (5, [out(phone=Registration.OFFNET)], ["grey"]),
        (5, [out(phone=Registration.UNKNOWN)], ["unknown"]),
    ],
)
def test_more_agents_counted_available_than_green_make_one_who_may_take_a_call_unknown(
    available: int | None, rows: list[Agent], colours: list[str]
) -> None:
    assert shown(replace(SALES, agents_available=available), *rows) == colours


def test_a_count_that_could_not_be_read_may_have_been_more() -> None:
    assert shown(replace(SALES, counts_readable=False), out(), out("1002", manual=False)) == ["unknown", "grey"]


def test_whoever_the_count_makes_unknown_is_dark_with_everybody() -> None:
    queue = replace(SALES, agents_available=1)
    roster = roster_of(office(queue, agents=[out()]), "8000", ALL_DARK)
    assert [status.status for _, status in roster.agents] == [Status.GREY]


# Do Not Disturb


def resting(id: str = "1001", queue: str = "8000", name: str = "Ana Lopez") -> Agent:
    return replace(agent("green", id, queue, name=name), status_message="Do Not Disturb")


def test_where_all_who_are_online_are_on_do_not_disturb_nobody_comes() -> None:
    verdict = simulate(office(SALES, agents=[resting(), agent("grey", "1002")], rules=RULES), SALES)
    assert facts(verdict) == (Outcome.WAITS, EndKind.CALLER_WAITS, None)
    assert verdict.sentence == (
        "A call waits for an agent: the agent who is online is on Do Not Disturb (Ana Lopez), and nobody comes "
        "until somebody takes it off."
    )


@pytest.mark.parametrize("colour", ["red", "green"])
def test_somebody_on_a_call_or_ready_beside_them_comes(colour: str) -> None:
    verdict = simulate(office(SALES, agents=[resting(), agent(colour, "1002")]), SALES)
    assert verdict.reaches_someone is True


def test_a_queue_that_fails_over_to_one_of_them_reaches_nobody_for_certain_either() -> None:
    second = Queue("8001", "Support", require_agents=True)
    snapshot = office(
        SALES,
        second,
        agents=[agent("grey"), resting("1002", "8001")],
        rules={"8000": [default(offline=to("queue_8001"))]},
    )
    verdict = simulate(snapshot, SALES)
    assert facts(verdict) == (Outcome.FAILS_OVER, EndKind.CALLER_WAITS, None)
    assert "where nobody comes until an agent takes Do Not Disturb off" in verdict.sentence


def facts(verdict: Verdict) -> tuple[Outcome, EndKind, bool | None]:
    return verdict.outcome, verdict.end.kind, verdict.reaches_someone


# What is in no list


def leading_nowhere(destination: str) -> Snapshot:
    return office(SALES, agents=agents(["grey"]), rules={"8000": [default(offline=to(destination))]})


MISSING = ["queue_8055", "user_1999", "vmail_1999", "1999"]


@pytest.mark.parametrize("destination", MISSING)
@pytest.mark.parametrize("scope", ["", "Office Manager", "reseller", "Super User", "Some New Scope"])
def test_what_is_in_no_list_of_a_whole_domain_is_a_dead_end(scope: str, destination: str) -> None:
    snapshot = replace(leading_nowhere(destination), scope=scope)
    assert simulate(snapshot, SALES).end.kind is EndKind.DEAD_END


@pytest.mark.parametrize("destination", MISSING)
@pytest.mark.parametrize("scope", ["Site Manager", "call center supervisor", "Basic User", "No Portal"])
def test_to_a_narrower_scope_it_may_only_be_out_of_sight(scope: str, destination: str) -> None:
    snapshot = replace(leading_nowhere(destination), scope=scope)
    verdict = simulate(snapshot, SALES)
    assert (verdict.end.kind, verdict.reaches_someone) == (EndKind.UNKNOWN, None)
    assert any(scope in text for text in verdict.assumptions)


@pytest.mark.parametrize("destination", MISSING)
@pytest.mark.parametrize("scope", ["", "Office Manager"])
def test_where_a_queue_counts_agents_that_are_not_listed_more_may_be_out_of_sight(
    scope: str, destination: str
) -> None:
    whole = leading_nowhere(destination)
    second = Queue("8001", require_agents=True)
    rows = {**whole.agents, "8001": (replace(UNSEEN, queue="8001"),)}
    queues = {**whole.queues, "8001": second}
    snapshot = replace(whole, queues=queues, agents=rows, agents_unseen=1, scope=scope)
    assert simulate(snapshot, SALES).end.kind is EndKind.UNKNOWN


@pytest.mark.parametrize(
    ("destination", "part"),
    [
        ("queue_8055", Part.LIVE),
        ("user_1999", Part.USERS),
        ("vmail_1999", Part.USERS),
        ("1999", Part.LIVE),
        ("1999", Part.USERS),
        ("1999", Part.ATTENDANTS),
        (CELL, Part.NUMBERS),
    ],
)
def test_a_row_that_could_not_be_read_may_be_what_is_looked_for(destination: str, part: Part) -> None:
    lost = (Problem(part, "A row could not be read.", lost=True),)
    snapshot = replace(leading_nowhere(destination), problems=lost)
    assert simulate(snapshot, SALES).end.kind is EndKind.UNKNOWN
    told = (Problem(part, "A value made no sense."), Problem(part, "Only told.", aside=True))
    assert simulate(replace(snapshot, problems=told), SALES).end.kind is not EndKind.UNKNOWN


def test_what_is_learnt_of_the_scope_or_of_agents_unseen_is_judged_anew() -> None:
    before = leading_nowhere("user_1999")
    judged = judge_all(before)
    for after in (
        replace(before, scope="Site Manager"),
        replace(before, agents={"8000": (agent("grey"), UNSEEN)}, agents_unseen=1),
    ):
        assert rejudge(before, judged, after) == judge_all(after) != judged


# The queue's own box


@pytest.mark.parametrize(("voicemail", "said"), [(True, True), (None, True), (False, False)])
def test_where_nothing_takes_a_call_it_is_said_that_the_queues_own_box_is_not_counted_on(
    voicemail: bool | None, said: bool
) -> None:
    user = User("8000", "Sales", system=True, voicemail=voicemail)
    verdict = simulate(office(SALES, agents=agents(["grey"]), users=[user]), SALES)
    assert verdict.outcome is Outcome.LOST
    assert (
        any("voicemail box of Sales (8000) itself does not answer" in text for text in verdict.assumptions) == said
    )


def test_a_caveat_stands_on_the_queue_that_it_is_about_and_on_no_other() -> None:
    support = Queue("8001", "Support", require_agents=True)
    rows = [*agents(["grey"], "8000"), *agents(["grey"], "8001")]
    rules = {queue: [default(offline=to(CELL))] for queue in ("8000", "8001")}
    known = office(SALES, support, agents=rows, rules=rules)
    about = Problem(Part.LIVE, "Queue 8000: its most callers are no number.", queue="8000")
    judged = judge_all(replace(known, problems=(about,)))
    assert about.text in judged["8000"].now.assumptions
    assert not any("could not be understood" in note for note in judged["8000"].now.assumptions)
    assert judged["8001"] == judge_all(known)["8001"]
    # One that may be about any queue is told at all of them, as before.
    anywhere = judge_all(
        replace(office(SALES, support, agents=rows, rules=rules), problems=(replace(about, queue=""),))
    )
    for extension in ("8000", "8001"):
        assert any("could not be understood" in note for note in anywhere[extension].now.assumptions)
    many = tuple(replace(about, text=f"{number}.") for number in range(5))
    told = judge_all(replace(office(SALES, support, agents=rows, rules=rules), problems=many))[
        "8000"
    ].now.assumptions
    assert {"0.", "1.", "2."} <= set(told)
    assert "2 more things of Sales (8000) could not be understood." in told
