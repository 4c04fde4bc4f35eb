"""Rows that are kept from one live state to the next are those that would be made anew."""

from hypothesis import given, settings
from msgspec.structs import replace

from queuewatch.failover.model import Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.polling.state import LiveState
from tests.failover.systems import snapshots
from tests.failover.test_simulate_changed import two_moments
from widgets.queue_rows import MadeRows, Sort, queue_rows


@settings(max_examples=60)
@given(two_moments())
def test_kept_rows_are_as_if_made_anew(moments: tuple[Snapshot, Snapshot]) -> None:
    made = MadeRows()
    for snapshot in moments:
        live_state = LiveState(snapshot, judge_all(snapshot))
        assert queue_rows(live_state, Sort.WORST, made=made) == queue_rows(live_state, Sort.WORST)


@settings(max_examples=10)
@given(snapshots())
def test_nothing_changed_is_nothing_made(snapshot: Snapshot) -> None:
    made = MadeRows()
    live_state = LiveState(snapshot, judge_all(snapshot))
    first = queue_rows(live_state, Sort.NAME, made=made)
    again = queue_rows(replace(live_state, snapshot=replace(snapshot)), Sort.NAME, made=made)
    assert all(one is other for one, other in zip(first, again, strict=True))
