"""Where a domain stands, in numbers, and which needs a call first."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.verdict import ReadinessState
from queuewatch.fleet.standing import (
    DomainStanding,
    Fleet,
    FleetCounts,
    SeenMark,
    seen_mark,
    sentence_of,
    with_state,
    worst_first,
)
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
    doubtful = DomainStanding("s", "doubtful.example", counts=FleetCounts(3, 0, 0, 1, 0))
    assert Fleet(NOON, (well, doubtful)).summary == "2 domains: something is not known in 1."
    assert Fleet(NOON).summary == "There are no domains."
    assert (
        Fleet(NOON, (ill, well, silent, DomainStanding("s", "new.example"))).summary
        == "4 domains: callers reach nobody in 1, 1 not ready, 1 cannot be read, 1 not read yet."
    )


def test_whoever_begins_to_read_anew_makes_nothing_look_better() -> None:
    snapshot = Snapshot("a.example", NOON, read_at={Part.LIVE: NOON})
    trouble = Trouble("It does not answer.", "", 5.0)
    lost = with_state(with_state(UNREAD, LiveState(snapshot)), LiveState(snapshot, trouble=trouble))
    unread = LiveState(Snapshot("a.example", NOON))
    assert with_state(lost, unread) == lost, "a board that was just opened knows nothing yet"
    asking = with_state(lost, LiveState(snapshot, trouble=Trouble("…", "", 0.0, asking=True)))
    assert asking.error == lost.error, "while the answer is awaited nothing is better than it was"
    assert with_state(asking, LiveState(snapshot)).error is None


names = st.frozensets(st.sampled_from(("Sales", "Support", "Billing")))
marks = st.builds(SeenMark, names, names, names, numbers, numbers, st.booleans())


def standing_like(mark: SeenMark) -> DomainStanding:
    counts = FleetCounts(3, len(mark.nobody), len(mark.not_ready), mark.not_known, mark.one_from_failover)
    return DomainStanding(
        "s",
        "a.example",
        error="It does not answer." if mark.error else None,
        counts=counts,
        nobody=tuple(sorted(mark.nobody)),
        not_ready=tuple(sorted(mark.not_ready)),
        failing_over=tuple(sorted(mark.failing_over)),
    )


@given(marks, marks)
def test_a_mark_covers_what_is_no_worse_and_never_more_than_was_seen(seen: SeenMark, now: SeenMark) -> None:
    standing = standing_like(now)
    assert seen_mark(standing) == now
    assert now.covers(standing)
    worse = (
        not seen.nobody >= now.nobody
        or not seen.nobody | seen.not_ready >= now.not_ready
        or not seen.failing_over >= now.failing_over
        or (now.not_known, now.one_from_failover)
        != (min(now.not_known, seen.not_known), min(now.one_from_failover, seen.one_from_failover))
        or (now.error and not seen.error)
    )
    assert seen.covers(standing) is not worse
    after = seen.after(standing)
    if worse or now == SeenMark():
        assert after is None
    elif not now.error:
        assert after == now, "what got better is forgotten, so that it is news when it gets worse again"


def test_what_is_still_being_read_takes_no_mark_away() -> None:
    mark = SeenMark(nobody=frozenset({"Sales"}))
    reading = replace(standing_like(SeenMark(not_known=3)), unread=3)
    assert mark.after(reading) == mark
    assert mark.after(DomainStanding("s", "a.example")) == mark
