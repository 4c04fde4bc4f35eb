import pytest
from hypothesis import given

from queuewatch.failover.model import Part, Queue
from queuewatch.pbx.netsapiens.fields import JsonRow
from queuewatch.pbx.netsapiens.queues import REQUIRE_AGENTS, read_queues, settings_of

from . import anything

MAX_CALLERS = "callqueue-max-current-callers-to-accept-new-callers"
MAX_WAIT = "callqueue-max-current-wait-to-accept-new-callers-seconds"
MAX_WAIT_LIVE = "callqueue-max-current-wait-to-accepts-new-callers-seconds"

SALES: dict[str, object] = {
    "callqueue": "8000",
    "domain": "example.com",
    "description": "Sales",
    "site": "Dallas",
    "callqueue-dispatch-type": "Ring All",
    REQUIRE_AGENTS: "yes",
    MAX_CALLERS: 10,
    MAX_WAIT_LIVE: 300,
    "callqueue-max-wait-timeout-minutes": 15,
    "active-queued-calls-total-current": 1,
    "callqueue-count-agents-available": 2,
    "callqueue-count-agents-total": 6,
    "some-later-field": {"x": 1},
}


def only(row: object) -> Queue:
    queues, problems = read_queues([row])
    assert problems == []
    return queues[0]


def test_a_whole_row() -> None:
    assert only(SALES) == Queue(
        extension="8000",
        name="Sales",
        site="Dallas",
        dispatch="Ring All",
        require_agents=True,
        max_callers=10,
        max_expected_wait=300,
        max_wait_minutes=15,
        waiting=1,
        agents_available=2,
        agents_total=6,
    )


def test_the_vendors_own_spelling_and_numbers_as_texts() -> None:
    row = {name: str(value) for name, value in SALES.items() if name != MAX_WAIT_LIVE}
    assert only({**row, MAX_WAIT: "300", "callqueue": 8000}) == only(SALES)


def test_missing_values_take_the_vendors_defaults() -> None:
    assert only({"callqueue": "8000"}) == Queue("8000", require_agents=False, max_callers=0, waiting=0)
    assert only({"callqueue": "8000", REQUIRE_AGENTS: "", MAX_CALLERS: None}) == only({"callqueue": "8000"})


def test_nonsense_is_unknown_and_said() -> None:
    queues, problems = read_queues([{"callqueue": "8000", REQUIRE_AGENTS: "maybe", MAX_CALLERS: -3}])
    assert (queues[0].require_agents, queues[0].max_callers) == (None, None)
    assert [problem.text for problem in problems] == [
        f"Queue 8000: {REQUIRE_AGENTS} is “maybe”, not yes or no.",
        f"Queue 8000: {MAX_CALLERS} is “-3”, not a whole number from 0 up.",
    ]


def test_parks_in_either_spelling() -> None:
    dispatches = ["Call Park", "call park", "-", "Ring All", ""]
    parks = [only({"callqueue": "701", "callqueue-dispatch-type": dispatch}).park for dispatch in dispatches]
    assert parks == [True, True, True, False, False]


def test_a_malformed_row_hides_no_other() -> None:
    queues, problems = read_queues(["8000", SALES, {"description": "nameless"}, None])
    assert [queue.extension for queue in queues] == ["8000"]
    assert [problem.text for problem in problems] == [
        "Queue row 1 of 4 is a text, not an object: left out.",
        "Queue row 3 of 4 has no extension (callqueue): left out.",
        "Queue row 4 of 4 is null, not an object: left out.",
    ]
    assert {problem.part for problem in problems} == {Part.LIVE}


def test_a_repeated_queue_counts_once_and_a_contradiction_is_said() -> None:
    queues, problems = read_queues([SALES, SALES, {**SALES, "description": "Other"}])
    assert [queue.name for queue in queues] == ["Sales"]
    assert [problem.text for problem in problems] == ["Queue row 3 of 3 repeats queue 8000 differently: left out."]


def test_settings_compare_whatever_the_spelling_and_leave_out_what_moves() -> None:
    settings = settings_of(SALES)
    assert settings[REQUIRE_AGENTS] == "yes"
    assert settings[MAX_CALLERS] == "10"
    assert settings["some-later-field"] == '{"x": 1}'
    assert not {"callqueue", "domain", "active-queued-calls-total-current"} & settings.keys()
    assert not {"callqueue-count-agents-total", "callqueue-count-agents-available"} & settings.keys()
    assert settings_of({**SALES, REQUIRE_AGENTS: True, MAX_CALLERS: "10"}) == settings
    assert settings_of({**SALES, REQUIRE_AGENTS: "no"}) != settings
    assert settings_of({**SALES, "last-modified-datetime": "2026-11-23 10:00:00"}) == settings


@given(anything.rows("callqueue", "description", REQUIRE_AGENTS, MAX_CALLERS, MAX_WAIT, "callqueue-dispatch-type"))
def test_reading_is_total_and_counts_every_row(rows: list[object]) -> None:
    queues, problems = read_queues(rows)
    for queue in queues:
        assert queue.extension
        assert queue.require_agents in (True, False, None)
        assert queue.max_callers is None or queue.max_callers >= 0
    left_out = sum(problem.text.endswith("left out.") for problem in problems)
    assert len(rows) - left_out >= len(queues)
    for row in rows:
        if isinstance(row, dict):
            assert all(isinstance(value, str) for value in settings_of(row).values())


@pytest.mark.parametrize("written", ["8000", "queue_8000", "8000@example.com", 8000])
def test_a_queue_is_known_by_its_extension_however_it_is_written(written: object) -> None:
    assert only({**SALES, "callqueue": written}) == only(SALES)


def test_names_with_underscores_are_the_same_settings() -> None:
    row = {name.replace("-", "_"): value for name, value in SALES.items()}
    assert only(row) == only(SALES)
    assert settings_of(JsonRow(row).fields) == settings_of(SALES)


def test_a_queue_of_another_domain_is_left_out_and_told() -> None:
    rows = [SALES, {**SALES, "callqueue": "8001", "domain": "other.example"}]
    queues, problems = read_queues(rows, "example.com")
    assert [queue.extension for queue in queues] == ["8000"]
    assert [problem.text for problem in problems] == ["1 queue row is of another domain, other.example: left out."]
    assert not any(problem.lost for problem in problems)
    assert len(read_queues(rows, "~")[0]) == 2


@pytest.mark.parametrize("name", ["callqueue-count-agents-total", "callqueue-count-agents-available"])
def test_a_count_that_makes_no_sense_is_no_missing_one(name: str) -> None:
    (queue,), problems = read_queues([{**SALES, name: "several"}])
    assert not queue.counts_readable
    assert len(problems) == 1
    assert only({key: value for key, value in SALES.items() if key != name}).counts_readable
