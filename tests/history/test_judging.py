"""What a period amounts to, held against an oracle that looks at every second."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from queuewatch.history.period import Period
from queuewatch.history.segments import Change, Segment, Stretch, segments, shares, slices
from queuewatch.history.statistics import BRIDGED, NOTHING, episodes
from queuewatch.history.wording import percent

START = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
LENGTH = 40


def second(at: int) -> datetime:
    return START + timedelta(seconds=at)


def itself(state: str) -> str:
    return state


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch[str]]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        begun = draw(st.integers(0, LENGTH))
        ended = draw(st.integers(begun, LENGTH))
        changes = draw(
            st.lists(st.tuples(st.integers(begun, LENGTH), st.sampled_from(["a", "b", None])), max_size=5)
        )
        found.append(
            Stretch(second(begun), second(ended), tuple(Change(second(at), state) for at, state in changes))
        )
    return found


periods = st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).map(
    lambda ends: Period(second(min(ends)), second(max(ends) + 1))
)


def oracle(told: Sequence[Stretch[str]], period: Period) -> list[str | None]:
    """The state in each second of the period, found without any cleverness."""
    states: list[str | None] = []
    at = period.begun
    while at < period.ended:
        state = None
        # Where two watched at once, the one that began first is heard until it ends.
        for stretch in sorted(told, key=lambda one: (one.begun, one.ended)):
            if stretch.begun <= at < stretch.ended:
                before = [change for change in stretch.changes if change.at <= at]
                latest = max((change.at for change in before), default=None)
                state = next((one.state for one in reversed(before) if one.at == latest), None)
                break
        states.append(state)
        at += timedelta(seconds=1)
    return states


def by_second(found: Sequence[Segment[str]], period: Period) -> list[str | None]:
    length = int(period.length.total_seconds())
    states: list[str | None] = [None] * length
    for segment in found:
        first = int((segment.begun - period.begun).total_seconds())
        for at in range(first, first + int(segment.length.total_seconds())):
            assert states[at] is None
            states[at] = segment.state
    return states


@given(stretches(), periods)
def test_segments_are_what_every_second_says(told: list[Stretch[str]], period: Period) -> None:
    assert by_second(segments(told, period), period) == oracle(told, period)


@given(stretches(), periods, st.randoms(use_true_random=False))
def test_the_order_of_reading_does_not_matter(told: list[Stretch[str]], period: Period, chance: object) -> None:
    ordered = [
        (one, tuple(sorted(one.changes, key=lambda change: (change.at, change.state or "")))) for one in told
    ]
    told = [Stretch(one.begun, one.ended, changes) for one, changes in ordered]
    chance.shuffle(told)  # type: ignore[attr-defined]
    first = {(one.begun, one.ended) for one in told}
    if len(first) == len(told):
        assert segments(told, period) == segments(told[::-1], period)


@given(stretches(), periods, st.integers(0, LENGTH))
def test_cut_in_two_a_period_is_the_same(told: list[Stretch[str]], period: Period, cut: int) -> None:
    at = min(max(second(cut), period.begun), period.ended)
    whole = shares(segments(told, period), itself)
    halves = [
        shares(segments(told, Period(begun, ended)), itself)
        for begun, ended in ((period.begun, at), (at, period.ended))
        if begun < ended
    ]
    for state in "ab":
        assert whole.get(state, NOTHING) == sum((half.get(state, NOTHING) for half in halves), NOTHING)


@given(stretches(), periods, st.integers(1, 7))
def test_slices_add_up_to_the_shares(told: list[Stretch[str]], period: Period, many: int) -> None:
    found = segments(told, period)
    edges = [period.begun + period.length * nth / many for nth in range(many + 1)]
    cut = slices(found, edges, itself)
    for state in "ab":
        assert sum((one.get(state, NOTHING) for one in cut), NOTHING) == shares(found, itself).get(state, NOTHING)


@given(stretches(), periods)
def test_spells_lose_and_invent_no_time(told: list[Stretch[str]], period: Period) -> None:
    found = segments(told, period)
    made = episodes(found, itself)
    assert sum((episode.lasted for episode in made), NOTHING) == sum((one.length for one in found), NOTHING)
    for before, after in pairwise(made):
        assert before.kind != after.kind or after.begun - before.ended > BRIDGED
        assert before.ended <= after.begun


def watched(*lengths: tuple[str | None, int]) -> tuple[Segment[str], ...]:
    """States one after the other, each for so many seconds; ``None`` is a time in which nobody watched."""
    made, at = [], 0
    for state, length in lengths:
        if state is not None:
            changes = (Change(second(at), state),)
            made.append(Stretch(second(at), second(at + length), changes))
        at += length
    return segments(made, Period(second(0), second(at)))


def test_a_lost_connection_ends_no_spell() -> None:
    short, gap = 60, int(BRIDGED.total_seconds())
    assert len(episodes(watched(("a", short), (None, gap), ("a", short)), itself)) == 1
    assert len(episodes(watched(("a", short), (None, gap + 1), ("a", short)), itself)) == 2
    (one,) = episodes(watched(("a", short), (None, gap), ("a", short)), itself)
    assert one.lasted == timedelta(seconds=2 * short)


def test_a_beginning_is_seen_where_somebody_watched_before_it() -> None:
    found = watched(("a", 10), ("b", 10), (None, 10), ("b", 10))
    assert [segment.seen for segment in found] == [False, True, False]


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_no_share_is_rounded_up(part: int, whole: int) -> None:
    words = percent(timedelta(milliseconds=part), timedelta(milliseconds=whole))
    if part >= whole:
        assert words == "100 %"
    elif words.startswith("under"):
        assert part * 10_000 < whole
    else:
        number = float(words.removesuffix(" %"))
        assert number < 100
        assert number <= part * 100 / whole
        assert part * 100 / whole - number < (0.1 if part * 1000 < whole * 999 else 0.01)
