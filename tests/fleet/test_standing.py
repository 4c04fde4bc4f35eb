"""Where a domain stands, in numbers, and which needs a call first."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.verdict import ReadinessState
from queuewatch.fleet.standing import DomainStanding, Fleet, FleetCounts, sentence_of, with_state, worst_first
from queuewatch.polling.state import LiveState, Trouble
from tests.failover.systems import snapshots

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
UNREAD = DomainStanding("https://pbx.example/ns-api/v2", "a.example")
numbers = st.integers(0, 3)
standings = st.builds(
    DomainStanding,
    server=st.just("https://pbx.example/ns-api/v2"),
    domain=st.sampled_from(("a.example", "b.example", "c.example")),
    name=st.just(""),
    error=st.sampled_from((None, "It does not answer.")),
    counts=st.one_of(
        st.none(),
        st.builds(
            FleetCounts,
            queues=st.just(5),
            reach_nobody_now=numbers,
            not_ready=numbers,
            not_known=numbers,
            one_from_failover=numbers,
        ),
    ),
)


@settings(max_examples=40)
@given(snapshots())
def test_every_number_is_what_the_verdicts_say(snapshot: Snapshot) -> None:
    judged = judge_all(snapshot)
    read = LiveState(snapshot, judged)
    standing = with_state(UNREAD, read)
    if Part.LIVE not in snapshot.read_at:
        assert standing.counts is None
        return
    assert standing.counts is not None
    queues = snapshot.call_queues
    now = [judged[queue.extension].now for queue in queues]
    dark = [judged[queue.extension].readiness.state for queue in queues]
    assert standing.counts.queues == len(queues)
    assert standing.counts.reach_nobody_now == sum(verdict.reaches_someone is False for verdict in now)
    assert standing.counts.not_ready == dark.count(ReadinessState.NOT_READY)
    assert len(standing.nobody) == standing.counts.reach_nobody_now
    for name in standing.nobody[:3]:
        assert name in sentence_of(standing)


def test_what_was_read_stays_while_nothing_newer_can_be() -> None:
    snapshot = Snapshot("a.example", NOON, read_at={Part.LIVE: NOON})
    known = with_state(UNREAD, LiveState(snapshot))
    assert known.counts == FleetCounts(0, 0, 0, 0, 0)
    lost = with_state(known, LiveState(snapshot, trouble=Trouble("It does not answer.", "", 5.0)))
    assert (lost.counts, lost.taken_at, lost.error) == (known.counts, NOON, "It does not answer.")
    asking = with_state(UNREAD, LiveState(Snapshot("a.example", NOON), trouble=Trouble("…", "", 0.0, asking=True)))
    assert (asking.counts, asking.error) == (None, None)


@given(st.lists(standings, max_size=8))
def test_whoever_reaches_nobody_is_never_below_anybody_who_is_all_right(found: list[DomainStanding]) -> None:
    def grade(standing: DomainStanding) -> int:
        counts = standing.counts
        if counts is not None and counts.reach_nobody_now:
            return 0
        return 1 if standing.error else 2

    order = worst_first(found)
    assert sorted(map(grade, order)) == list(map(grade, order))
    assert len(order) == len(found)


def test_a_fleet_says_in_one_sentence_who_needs_somebody() -> None:
    ill = DomainStanding("s", "ill.example", counts=FleetCounts(3, 1, 2, 0, 0))
    well = DomainStanding("s", "well.example", counts=FleetCounts(3, 0, 0, 0, 0))
    silent = DomainStanding("s", "silent.example", error="It does not answer.")
    assert Fleet(NOON, (well,)).summary == "1 domain: every queue would be answered."
    assert (
        Fleet(NOON, (ill, well, silent, DomainStanding("s", "new.example"))).summary
        == "4 domains: callers reach nobody in 1, 1 not ready, 1 cannot be read, 1 not read yet."
    )
