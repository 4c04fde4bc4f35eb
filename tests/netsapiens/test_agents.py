import pytest
from hypothesis import given

from queuewatch.failover.model import Agent, AgentLogin, EntryKind, Queue, Registration
from queuewatch.failover.status import Status, status_of
from queuewatch.pbx.netsapiens.agents import read_agents

from . import anything

TYPE = "callqueue-agent-availability-type"
DEVICES = "callqueue-agent-has-registered-devices"
ENTRY = "callqueue-agent-entry-type"
CALLS = "active-calls-total-current"

ANA: dict[str, object] = {
    "callqueue-agent-id": "1001@example.com",
    "callqueue": "8000",
    "name-full-name": "Ana Lopez",
    TYPE: "automatic",
    DEVICES: "yes",
    ENTRY: "user",
    CALLS: 0,
    "callqueue-agent-availability-for-dispatch": "available",
    "last-callqueue-dispatch-datetime": "2025-03-03 14:02:10",
}
LIVE: dict[str, object] = {**ANA, "sub-site": "Dallas", "sub-portal-status": "Lunch", "ordinal-order": 3}
SPEC: dict[str, object] = {
    **ANA,
    "agent-site": "Dallas",
    "agent-status-message": "Lunch",
    "callqueue-agent-dispatch-order-ordinal": 3,
}


SALES = Queue("8000")


def only(row: object) -> Agent:
    agents, problems = read_agents([row], [SALES])
    assert problems == []
    return agents[0]


def without(row: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in names}


@pytest.mark.parametrize("row", [LIVE, SPEC])
def test_a_whole_row_in_both_spellings(row: dict[str, object]) -> None:
    assert only(row) == Agent(
        id="1001@example.com",
        queue="8000",
        name="Ana Lopez",
        entry=EntryKind.USER,
        registration=Registration.CONNECTED,
        login=AgentLogin.IN,
        calls=0,
        site="Dallas",
        status_message="Lunch",
        availability="available",
        order=3,
    )


@pytest.mark.parametrize(
    ("said", "login"),
    [
        ("automatic", AgentLogin.IN),
        ("Offnet-Automatic", AgentLogin.IN),
        ("manual", AgentLogin.OUT),
        ("DISABLED", AgentLogin.OUT),
    ],
)
def test_login(said: str, login: AgentLogin) -> None:
    assert only({**ANA, TYPE: said}).login is login


@pytest.mark.parametrize(
    ("said", "registration"),
    [
        ("yes", Registration.CONNECTED),
        ("No", Registration.NONE),
        ("Push-Enabled", Registration.PUSH),
        ("offnet", Registration.OFFNET),
    ],
)
def test_registration(said: str, registration: Registration) -> None:
    assert only({**ANA, DEVICES: said}).registration is registration


@pytest.mark.parametrize("nonsense", ["maybe", "unknown", 7, [], {"yes": 1}, True])
def test_nonsense_facts_are_unknown_and_said(nonsense: object) -> None:
    agents, problems = read_agents([{**ANA, TYPE: nonsense, DEVICES: nonsense, CALLS: "busy"}], [SALES])
    assert (agents[0].registration, agents[0].login, agents[0].calls) == (
        Registration.UNKNOWN,
        AgentLogin.UNKNOWN,
        None,
    )
    told = " ".join(problem.text for problem in problems)
    assert all(name in told for name in (TYPE, DEVICES, CALLS, "Agent 1001@example.com of queue 8000"))


def test_missing_facts_are_unknown_and_missing_calls_are_none() -> None:
    agent = only(without(ANA, TYPE, DEVICES, CALLS))
    assert (agent.registration, agent.login, agent.calls) == (Registration.UNKNOWN, AgentLogin.UNKNOWN, 0)


@pytest.mark.parametrize(("said", "calls"), [("2", 2), (1.0, 1), (None, 0), ("", 0)])
def test_calls(said: object, calls: int) -> None:
    assert only({**ANA, CALLS: said}).calls == calls


@pytest.mark.parametrize(
    ("changes", "entry"),
    [
        ({}, EntryKind.USER),
        ({DEVICES: "offnet"}, EntryKind.OFFNET),
        ({TYPE: "offnet-automatic"}, EntryKind.OFFNET),
        ({"callqueue-agent-id": "sip:1001wp@example.com"}, EntryKind.DEVICE),
        ({ENTRY: "Device"}, EntryKind.DEVICE),
        ({ENTRY: "robot"}, EntryKind.UNKNOWN),
        ({ENTRY: []}, EntryKind.UNKNOWN),
    ],
)
def test_what_a_row_stands_for(changes: dict[str, object], entry: EntryKind) -> None:
    assert only({**without(ANA, ENTRY), **changes}).entry is entry


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"name-first-name": "Ana", "name-last-name": "Lopez"}, "Ana Lopez"),
        ({"agent-name-first-name": "Ana", "agent-name-last-name": ""}, "Ana"),
        ({"name-full-name": ""}, "1001"),
        ({"callqueue-agent-id": "sip:1001wp@example.com"}, "1001wp"),
    ],
)
def test_name(names: dict[str, object], shown: str) -> None:
    assert only({**without(ANA, "name-full-name"), **names}).name == shown


def test_a_number_for_an_id_is_read() -> None:
    assert only({**ANA, "callqueue-agent-id": 12145550142, ENTRY: "offnet"}).id == "12145550142"


def test_a_row_without_an_id_is_an_unknown_agent_of_its_queue() -> None:
    agents, problems = read_agents([ANA, without(ANA, "callqueue-agent-id")], [SALES])
    assert agents[1].queue == "8000"
    assert not agents[1].readable
    assert (agents[1].registration, agents[1].login) == (Registration.UNKNOWN, AgentLogin.UNKNOWN)
    assert [problem.text for problem in problems] == [
        "Agent row 2 of 2, in queue 8000, has no id: shown as unknown."
    ]


def test_a_row_that_cannot_be_placed_may_belong_to_any_queue_that_lacks_agents_or_does_not_count_them() -> None:
    queues = [
        Queue("8000", agents_total=2),
        Queue("8001", agents_total=5),
        Queue("8002", agents_total=0),
        Queue("8003"),
        Queue("701", park=True),
    ]
    agents, problems = read_agents([ANA, "garbage", without(ANA, "callqueue")], queues)
    assert [(agent.queue, agent.readable, agent.listed) for agent in agents] == [
        ("8000", True, True),
        ("8000", False, True),
        ("8001", False, True),
        ("8001", False, True),
        *[("8001", False, False)] * 3,
        ("8003", False, True),
        ("8003", False, True),
    ]
    assert len({(agent.queue, agent.id) for agent in agents}) == len(agents)
    assert all(problem.lost for problem in problems)
    assert [problem.text for problem in problems] == [
        "Agent row 2 of 3 is a text, not an object: left out.",
        "Agent row 3 of 3 names no queue (callqueue): left out.",
    ]


@pytest.mark.parametrize("rows", [[], [ANA], [ANA, {**ANA, "callqueue-agent-id": "1002@example.com"}]])
def test_agents_that_a_queue_counts_beyond_its_rows_are_unknown_however_long_the_list(rows: list[object]) -> None:
    agents, problems = read_agents(rows, [Queue("8000", agents_total=5)])
    assert [agent.listed for agent in agents] == [place < len(rows) for place in range(5)]
    assert {status_of(agent).status for agent in agents if not agent.listed} == {Status.UNKNOWN}
    assert problems == []


def test_no_agents_are_made_up_where_the_queue_counts_as_many_as_there_are_or_fewer_or_none_at_all() -> None:
    for total in (1, 0, None):
        assert len(read_agents([ANA], [Queue("8000", agents_total=total)])[0]) == 1


@pytest.mark.parametrize(
    "written",
    [
        "8000@example.com",
        "8000@EXAMPLE.com",
        "queue_8000",
        "Queue_8000",
        "callqueue_8000",
        "sip:8000@example.com",
        "12145550177_callqueue_8000",
        "queue_8000@example.com",
        8000,
        8000.0,
    ],
)
def test_a_queue_written_another_way_is_that_queue(written: object) -> None:
    agents, problems = read_agents(
        [{**ANA, "callqueue": written}], [Queue("8000", agents_total=1)], domain="example.com"
    )
    assert [(agent.queue, agent.readable) for agent in agents] == [("8000", True)]
    assert problems == []


def test_a_row_of_a_queue_that_no_list_has_is_told_and_no_more() -> None:
    rows = [ANA, {**ANA, "callqueue": "8055"}, {**ANA, "callqueue": "8055", "callqueue-agent-id": "1002@a"}]
    agents, problems = read_agents(rows, [Queue("8000", agents_total=1)])
    assert [agent.queue for agent in agents] == ["8000", "8055", "8055"]
    (problem,) = problems
    assert problem.text == "2 agent rows are of queue 8055, which is in no list: not counted anywhere."
    assert problem.aside
    assert not problem.lost


@pytest.mark.parametrize("other", [{"domain": "other.example"}, {"callqueue": "8000@other.example"}])
def test_a_row_of_another_domain_is_left_out_and_told(other: dict[str, object]) -> None:
    rows = [{**ANA, "domain": "Example.com"}, {**ANA, **other, "callqueue-agent-id": "1009@other.example"}]
    agents, problems = read_agents(rows, [Queue("8000", agents_total=1)], domain="example.com")
    assert [agent.id for agent in agents] == ["1001@example.com"]
    assert [problem.text for problem in problems] == ["1 agent row is of another domain, other.example: left out."]


def test_a_row_with_underscores_in_its_names_is_the_same_agent() -> None:
    row = {**ANA, "sub-site": "Dallas", "sub-portal-status": "do not disturb", "auto-ans": "no"}
    agent = only({name.replace("-", "_"): value for name, value in row.items()})
    assert agent == only(row)
    assert agent.site == "Dallas"
    assert status_of(agent).status is Status.RED


def test_of_two_spellings_of_a_name_the_one_that_says_something_counts() -> None:
    assert only({**ANA, "sub-site": "", "sub_site": "Dallas"}).site == "Dallas"
    assert only({"sub_site": "Austin", **ANA, "sub-site": "Dallas"}).site == "Dallas"


@pytest.mark.parametrize("name", ["sub-portal-status", "callqueue-agent-availability-for-dispatch"])
@pytest.mark.parametrize("nonsense", [[], {"a": 1}, True])
def test_an_agent_whose_message_or_word_makes_no_sense_is_not_known(name: str, nonsense: object) -> None:
    agents, problems = read_agents([{**ANA, name: nonsense}], [SALES])
    assert status_of(agents[0]).status is Status.UNKNOWN
    assert problems


def test_a_list_that_ends_at_the_vendors_page_and_lacks_agents_is_said() -> None:
    rows = [{**ANA, "callqueue-agent-id": f"{number}@example.com"} for number in range(100)]
    agents, problems = read_agents(rows, [Queue("8000", agents_total=130), Queue("8001", agents_total=0)])
    assert sum(not agent.readable for agent in agents) == 30
    assert [problem.text for problem in problems] == [
        "Queue 8000 has 130 agents by its own count and 100 in the agent list, which ends at 100 rows: "
        "the server may have cut it."
    ]
    assert read_agents(rows, [Queue("8000", agents_total=100)])[1] == []


def test_a_repeated_row_counts_once_and_one_person_may_sit_in_many_queues() -> None:
    agents, _ = read_agents([ANA, {**ANA, CALLS: 1}, {**ANA, "callqueue": "8001"}], [SALES, Queue("8001")])
    assert [(agent.queue, agent.calls) for agent in agents] == [("8000", 0), ("8001", 0)]


@given(anything.rows("callqueue-agent-id", "callqueue", TYPE, DEVICES, ENTRY, CALLS, "name-full-name"))
def test_reading_is_total_and_loses_no_agent(rows: list[object]) -> None:
    queues = [Queue("8000", agents_total=len(rows))]
    agents, problems = read_agents(rows, queues)
    for agent in agents:
        assert agent.queue
        assert agent.id
        assert agent.calls is None or agent.calls >= 0
        assert agent.readable or agent.registration is Registration.UNKNOWN
    named = [row for row in rows if isinstance(row, dict)]
    assert len(problems) >= len(rows) - len(named)
    unplaced = sum(problem.text.endswith("left out.") for problem in problems)
    in_sales = sum(agent.queue == "8000" for agent in agents)
    assert in_sales >= min(unplaced, len(rows))


def test_agents_that_are_counted_and_of_which_there_is_said_to_be_no_list_are_unknown() -> None:
    queues = [Queue("8000", agents_total=2), Queue("8001", agents_total=0)]
    agents, problems = read_agents([], queues, listed=False)
    assert [(agent.queue, agent.readable) for agent in agents] == [("8000", False), ("8000", False)]
    (problem,) = problems
    assert "of which the server says that there is none" in problem.text
    assert read_agents([], queues) == (agents, [])
