"""Whatever comes and goes: what is told alternates, has lasted, and leaves out nothing that did."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from queuewatch.alerts.detector import Debounce, Transition
from tests.failover.build import NOON

HOLD = 30
KEY = "8000"

Seen = list[tuple[int, bool | None]]
seen = st.lists(st.tuples(st.integers(0, 45), st.sampled_from([True, False, None])), max_size=40)


def at(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def held(first: bool, steps: Seen) -> list[tuple[int, bool]]:
    """When what was seen: what could not be told is as it was."""
    now, there, result = 0, first, [(0, first)]
    for pause, said in steps:
        now, there = now + pause, there if said is None else said
        result.append((now, there))
    return result


def told(first: bool, steps: Seen, hold: int = HOLD) -> list[tuple[int, Transition]]:
    lasting: Debounce[str] = Debounce(timedelta(seconds=hold))
    lasting.begin(KEY, first, at(0))
    now, turns = 0, []
    for pause, said in steps:
        now += pause
        if turn := lasting.see(KEY, said, at(now)):
            turns.append((now, turn))
    return turns


@given(st.booleans(), seen)
def test_beginnings_and_ends_alternate(first: bool, steps: Seen) -> None:
    turns = [turn.there for _, turn in told(first, steps)]
    assert turns == [(not first) ^ (nth % 2 == 1) for nth in range(len(turns))]


@given(st.booleans(), seen)
def test_nothing_is_told_that_did_not_last(first: bool, steps: Seen) -> None:
    history = held(first, steps)
    for now, turn in told(first, steps):
        began = int((turn.since - NOON).total_seconds())
        assert now - began >= HOLD
        assert all(there == turn.there for moment, there in history if began < moment < now)


@given(st.booleans(), seen)
def test_nothing_is_left_out_that_lasted(first: bool, steps: Seen) -> None:
    last = first
    answers = {now: turn.there for now, turn in told(first, steps)}
    since, before = 0, first
    for (now, there), (_, said) in zip(held(first, steps)[1:], steps, strict=True):
        since, before = (now, there) if there != before else (since, before)
        last = answers.get(now, last)
        if said is not None and now - since >= HOLD:
            assert last == there


@given(st.booleans(), seen)
def test_without_a_hold_every_turn_is_told_at_once(first: bool, steps: Seen) -> None:
    told_at_once = [turn.there for _, turn in told(first, steps, hold=0)]
    states = [there for _, there in held(first, steps)]
    assert told_at_once == [after for before, after in pairwise(states) if before != after]


def test_what_is_over_says_how_long_it_lasted() -> None:
    (_, began), (_, ended) = told(False, [(5, True), (30, True), (60, False), (30, False)])
    assert (began.there, began.since, began.from_the_start) == (True, at(5), False)
    assert (ended.there, ended.lasted, ended.from_the_start) == (False, timedelta(seconds=90), False)


def test_what_was_there_from_the_start_is_older_than_it_looks() -> None:
    ((_, ended),) = told(True, [(60, False), (30, False)])
    assert ended.from_the_start
    assert ended.lasted == timedelta(seconds=60)


def test_what_is_undecided_is_known_until_it_is_told_or_turns_back() -> None:
    lasting: Debounce[str] = Debounce(timedelta(seconds=HOLD))
    assert lasting.begin(KEY, False, at(0)) is None
    for now, there, undecided in ((1, True, 1), (2, None, 1), (3, False, 0), (4, True, 1), (34, True, 0)):
        lasting.see(KEY, there, at(now))
        assert len(lasting.undecided) == undecided


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    turns = told(False, [(3600, True), (-3600, True), (29, True), (1, True)])
    assert [now for now, _ in turns] == [30]


def test_what_is_forgotten_begins_anew() -> None:
    lasting: Debounce[str] = Debounce(timedelta(0))
    lasting.begin(KEY, True, at(0))
    lasting.forget(KEY)
    assert KEY not in lasting
    assert lasting.begin(KEY, True, at(1)) == Transition(True, at(1), at(1), from_the_start=True)
