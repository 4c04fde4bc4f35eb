"""Names stand in the order in which people look for them."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.drill.matrix import columns
from queuewatch.failover.drill.power_loss import power_loss
from queuewatch.failover.drill.scope import DrillScope, goes_dark
from queuewatch.failover.model import Queue
from queuewatch.failover.simulate import judge_all
from queuewatch.pbx.phone_system import LiveReading
from queuewatch.polling.assemble import with_live
from queuewatch.polling.state import LiveState
from queuewatch.text.natural_order import natural_order
from tests.failover.build import NOON, agent, office
from widgets.queue_rows import Sort, grouped_site, queue_rows


@pytest.mark.parametrize(
    "names",
    [
        ("S1", "S2", "S10"),
        ("Building 2 East", "Building 2 West", "building 10 East"),
        ("800", "8000", "10000"),
        ("Élan", "élan 2"),
        ("", "1", "01a", "a"),
        ("9" * 300, "1" * 5000),
    ],
)
def test_numbers_in_names_are_compared_as_numbers(names: tuple[str, ...]) -> None:
    for shuffled in permutations(names):
        assert tuple(sorted(shuffled, key=natural_order)) == names


@given(st.lists(st.text("aB1 ٢²0"), max_size=5))
def test_any_names_have_one_order(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(names, key=natural_order) == sorted(backwards, key=natural_order)


SITES = ("S1", "S2", "S10")


@pytest.fixture(scope="module")
def live_state() -> LiveState:
    """A queue at each of three sites, each named after its site, told in no order by the phone system."""
    queues = tuple(Queue(f"80{site}".replace("S", ""), f"Queue {site}", site) for site in ("S10", "S1", "S2"))
    rows = [agent("green", f"1{queue.extension}", queue.extension, site=queue.site) for queue in queues]
    empty = replace(office(*queues), queues={})
    snapshot = with_live(empty, LiveReading(queues, tuple(rows), NOON))
    return LiveState(snapshot, judge_all(snapshot))


def test_queues_and_sites_are_told_in_that_order(live_state: LiveState) -> None:
    snapshot = live_state.snapshot
    assert tuple(snapshot.queues) == ("801", "802", "8010")
    assert columns(snapshot) == SITES
    assert (
        goes_dark(snapshot, DrillScope(agents=frozenset({"1801", "1802", "18010"})))
        == "1801, 1802 and 18010 go dark"
    )
    assert power_loss(snapshot, DrillScope(sites=SITES)).suppose.words == ("site S1", "site S2", "site S10")


@pytest.mark.parametrize("sort", [Sort.WORST, Sort.NAME, Sort.EXTENSION, Sort.SITE])
def test_the_board_is_in_that_order(live_state: LiveState, sort: Sort) -> None:
    assert [row.key for row in queue_rows(live_state, sort)] == ["801", "802", "8010"]
    grouped = queue_rows(live_state, sort, folded=SITES)
    assert [grouped_site(row.key) for row in grouped] == list(SITES)
