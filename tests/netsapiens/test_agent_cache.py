"""A row that comes again is the same agent again, and nothing else ever is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuewatch.failover.model import Queue
from queuewatch.pbx.netsapiens.agents import AgentCache, read_agents
from tests.netsapiens import anything
from tests.netsapiens.test_agents import ANA, CALLS, DEVICES, ENTRY, TYPE

TANGLED = anything.rows("callqueue-agent-id", "callqueue", TYPE, DEVICES, ENTRY, CALLS, "name-full-name")


@given(st.lists(TANGLED, min_size=2, max_size=3), st.data())
def test_reading_on_is_the_same_as_reading_anew(readings: list[list[object]], data: st.DataObject) -> None:
    known = AgentCache()
    every = [row for rows in readings for row in rows]
    for rows in readings:
        again = data.draw(st.lists(st.sampled_from(every), max_size=4)) if every else []
        assert read_agents([*rows, *again], (), known=known) == read_agents([*rows, *again], ())


def test_the_same_row_is_the_same_agent_wherever_it_stands() -> None:
    known = AgentCache()
    ben = {**ANA, "callqueue-agent-id": "1002@example.com"}
    (first, second), _ = read_agents([ANA, ben], (), known=known)
    (second_again, first_again), _ = read_agents([dict(ben), dict(ANA)], (), known=known)
    assert first_again is first
    assert second_again is second


@pytest.mark.parametrize(("before", "after"), [(0, False), (1, True), (1, 1.5), (0, "0"), (0, None), (0, [])])
def test_a_value_of_another_sort_is_another_row(before: object, after: object) -> None:
    known = AgentCache()
    read_agents([{**ANA, CALLS: before}], (), known=known)
    assert read_agents([{**ANA, CALLS: after}], (), known=known) == read_agents([{**ANA, CALLS: after}], ())


def test_what_made_no_sense_is_told_at_every_reading() -> None:
    known = AgentCache()
    rows = [{**ANA, CALLS: "busy"}]
    (first, second) = (read_agents(rows, [Queue("8000")], known=known) for _ in range(2))
    assert first == second
    assert len(second[1]) == 1


def test_a_row_that_was_away_is_read_anew() -> None:
    known = AgentCache()
    (ana,), _ = read_agents([ANA], (), known=known)
    read_agents([], (), known=known)
    (returned,), _ = read_agents([ANA], (), known=known)
    assert returned == ana
    assert returned is not ana
