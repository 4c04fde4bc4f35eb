"""Whether a time frame holds: by example, and against a clock that walks minute by minute."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.failover.model import EVERY_DAY, LAST_MINUTE, Span, TimeFrame, UnreadableSpan
from queuewatch.failover.schedule.time_frames import holds

WEEKDAYS = frozenset({1, 2, 3, 4, 5})
OFFICE_HOURS = Span(time(8), time(17), days=WEEKDAYS)
NIGHT = Span(time(22), time(6), days=frozenset({5}))
CHRISTMAS = Span(first=date(2026, 12, 24), last=date(2026, 12, 26))


def at(*spans: Span | UnreadableSpan, when: str) -> bool | str:
    """Whether a time frame Hours holds, or why that cannot be told."""
    answer = holds(TimeFrame("Hours", spans), datetime.fromisoformat(when))
    assert (answer.holds is None) == bool(answer.why)
    return answer.why if answer.holds is None else answer.holds


SHARP = "whether Hours still holds at 17:00 sharp is not documented"
PAST_MIDNIGHT = "whether Hours, which runs past midnight, still holds at 05:59 is not documented"
EACH_OR_ALL = "whether Hours holds all through its dates, or on each of them between its times, is not documented"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-23 07:59:59", False),
        ("2026-11-23 08:00", True),
        ("2026-11-23 16:59:59", True),
        ("2026-11-23 17:00", SHARP),
        ("2026-11-23 17:00:59", SHARP),
        ("2026-11-23 17:01", False),
        ("2026-11-22 12:00", False),
    ],
)
def test_hours_on_days_of_the_week_and_their_last_minute(when: str, expected: bool | str) -> None:
    assert at(OFFICE_HOURS, when=when) == expected


@pytest.mark.parametrize("when", ["2026-11-23 00:00", "2026-11-23 23:59:59.999999"])
def test_a_day_that_ends_at_its_last_minute_is_whole(when: str) -> None:
    assert at(Span(), when=when) is True


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-27 21:59", False),
        ("2026-11-27 22:00", True),
        ("2026-11-27 23:59:59", True),
        ("2026-11-28 05:59", PAST_MIDNIGHT),
        ("2026-11-28 06:00", PAST_MIDNIGHT.replace("05:59", "06:00")),
        ("2026-11-28 06:01", False),
        ("2026-11-28 22:00", False),
        # Or it was meant for the small hours of Friday itself.
        ("2026-11-27 05:59", PAST_MIDNIGHT),
        ("2026-11-26 05:59", False),
    ],
)
def test_past_midnight_it_cannot_be_told(when: str, expected: bool | str) -> None:
    assert at(NIGHT, when=when) == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-12-23 23:59:59", False),
        ("2026-12-24 00:00", True),
        ("2026-12-26 23:59:59", True),
        ("2026-12-27 00:00", False),
    ],
)
def test_whole_dates(when: str, expected: bool) -> None:
    assert at(CHRISTMAS, when=when) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-12-24 11:59", False),
        ("2026-12-24 12:00", True),
        ("2026-12-24 20:00", EACH_OR_ALL),
        ("2026-12-25 08:00", EACH_OR_ALL),
        ("2026-12-25 13:00", True),
        ("2026-12-26 11:00", EACH_OR_ALL),
        ("2026-12-26 16:59", True),
        ("2026-12-26 17:00:30", SHARP),
        ("2026-12-26 17:01", False),
    ],
)
def test_dates_with_times_hold_where_both_readings_do(when: str, expected: bool | str) -> None:
    span = Span(time(12), time(17), first=date(2026, 12, 24), last=date(2026, 12, 26))
    assert at(span, when=when) == expected


def test_one_date_with_times_has_one_reading() -> None:
    span = Span(time(12), time(17), first=date(2026, 12, 24), last=date(2026, 12, 24))
    assert [at(span, when=f"2026-12-24 {clock}") for clock in ("11:59", "12:00", "17:00", "17:01")] == [
        *(False, True, SHARP, False)
    ]


def test_from_a_date_on_and_until_one() -> None:
    assert at(Span(first=date(2026, 12, 24)), when="2099-01-01 12:00") is True
    assert at(Span(first=date(2026, 12, 24)), when="2026-12-23 12:00") is False
    assert at(Span(last=date(2026, 12, 24)), when="1999-01-01 12:00") is True
    assert at(Span(last=date(2026, 12, 24)), when="2026-12-25 00:00") is False


def test_days_of_the_week_within_dates_are_meant_each_day() -> None:
    span = Span(time(8), time(17), WEEKDAYS, date(2026, 12, 1), date(2026, 12, 31))
    assert at(span, when="2026-12-08 20:00") is False
    assert at(span, when="2026-12-08 10:00") is True
    assert at(span, when="2027-01-05 10:00") is False


def test_an_end_that_is_the_beginning_has_no_meaning_on_its_days() -> None:
    span = Span(time(9), time(9), days=frozenset({1}))
    assert (
        at(span, when="2026-11-23 12:00") == "what it means that Hours begins and ends at 09:00 is not documented"
    )
    assert at(span, when="2026-11-25 12:00") is False


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-12-31 12:00", True),
        ("2027-01-01 12:00", True),
        ("2030-12-31 00:00", True),
        ("2031-01-01 23:59", True),
        ("2031-01-02 00:00", False),
        ("2031-06-01 12:00", False),
        ("2025-06-01 12:00", False),
        ("2025-12-31 12:00", "whether Hours holds in the years before its first is not documented"),
        ("2026-01-01 12:00", "whether Hours holds in the years before its first is not documented"),
    ],
)
def test_every_year_even_over_the_turn_of_the_year(when: str, expected: bool | str) -> None:
    assert at(Span(first=date(2026, 12, 31), last=date(2027, 1, 1), yearly=True), when=when) == expected


def test_an_inverted_range_alone_holds_outside_of_itself() -> None:
    lunch = Span(time(12), time(13), inverted=True)
    assert at(lunch, when="2026-11-23 12:30") is False
    assert at(lunch, when="2026-11-23 14:00") is True
    assert "13:00 sharp" in str(at(lunch, when="2026-11-23 13:00"))


def test_inverted_ranges_beside_others_hold_where_both_readings_do() -> None:
    lunch = Span(time(12), time(13), inverted=True)
    together = "how the inverted ranges of Hours go together with the others is not documented"
    assert at(OFFICE_HOURS, lunch, when="2026-11-23 10:00") is True
    assert at(OFFICE_HOURS, lunch, when="2026-11-22 12:30") is False
    assert at(OFFICE_HOURS, lunch, when="2026-11-23 12:30") == together
    assert at(OFFICE_HOURS, lunch, when="2026-11-22 20:00") == together


def test_two_inverted_ranges_hold_where_neither_would() -> None:
    lunch, tea = Span(time(12), time(13), inverted=True), Span(time(16), time(16, 30), inverted=True)
    assert at(lunch, tea, when="2026-11-23 10:00") is True
    assert at(lunch, lunch, when="2026-11-23 12:30") is False
    assert "inverted" in str(at(lunch, tea, when="2026-11-23 12:30"))


def test_what_can_be_read_is_enough_where_it_holds() -> None:
    lost = UnreadableSpan("an entry could not be read")
    assert at(OFFICE_HOURS, lost, when="2026-11-23 10:00") is True
    assert at(OFFICE_HOURS, lost, when="2026-11-23 20:00") == "an entry could not be read"
    assert at(OFFICE_HOURS, UnreadableSpan("lost", inverted=True), when="2026-11-23 10:00") == "lost"


def test_always_and_never() -> None:
    assert holds(TimeFrame("Always", always=True), datetime(2026, 1, 1)).holds is True
    assert at(when="2026-11-23 10:00") is False


FIRST = date(2026, 12, 28)
DAYS = 4
minutes_of_a_day = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))


@st.composite
def plain_spans(draw: st.DrawFn) -> Span:
    """Spans that the vendor's words leave no question about, but for their last minute."""
    if draw(st.booleans()):
        days = draw(st.sets(st.integers(0, 6)).map(frozenset))
        begin, end = sorted(draw(st.lists(minutes_of_a_day, min_size=2, max_size=2, unique=True)))
        return Span(begin, end, days)
    first, last = sorted(FIRST + timedelta(draw(st.integers(-3, DAYS + 3))) for _ in range(2))
    if first == last and draw(st.booleans()):
        begin, end = sorted(draw(st.lists(minutes_of_a_day, min_size=2, max_size=2, unique=True)))
        return Span(begin, end, first=first, last=last)
    return Span(first=first, last=last)


def walked(span: Span) -> Iterator[datetime]:
    """Every minute of the span within some days, from a clock that is set going on each of them."""
    for day in (FIRST + timedelta(days) for days in range(DAYS)):
        if (day.isoweekday() % 7) not in span.days:
            continue
        if span.first and span.last and not span.first <= day <= span.last:
            continue
        clock = datetime.combine(day, span.begin)
        while clock.time() != span.end:
            yield clock
            clock += timedelta(minutes=1)
        if span.end == LAST_MINUTE:
            yield clock


@settings(max_examples=50)
@given(st.lists(plain_spans(), min_size=1, max_size=3), st.data())
def test_it_is_as_a_clock_finds_that_walks_minute_by_minute(spans: list[Span], data: st.DataObject) -> None:
    minutes = {minute for span in spans for minute in walked(span)}
    ends = {span.end for span in spans} - {LAST_MINUTE}
    asked = st.builds(
        datetime.combine,
        st.integers(0, DAYS - 1).map(lambda days: FIRST + timedelta(days)),
        minutes_of_a_day | st.sampled_from([edge for span in spans for edge in (span.begin, span.end)]),
    )
    for when in data.draw(st.lists(asked, min_size=30, max_size=30)):
        found = holds(TimeFrame("Hours", tuple(spans)), when + timedelta(seconds=data.draw(st.integers(0, 59))))
        if found.holds is None:
            assert when.time() in ends
        else:
            assert found.holds is (when in minutes)


any_span = st.builds(
    Span,
    minutes_of_a_day,
    minutes_of_a_day,
    st.sampled_from((EVERY_DAY, WEEKDAYS, frozenset[int]())),
    st.none() | st.dates(),
    st.none() | st.dates(),
    inverted=st.booleans(),
)


@given(st.lists(any_span, max_size=4), st.booleans(), st.datetimes())
def test_every_time_frame_has_an_answer_at_every_time(spans: list[Span], lost: bool, when: datetime) -> None:
    parts = (*spans, *((UnreadableSpan("lost"),) if lost else ()))
    found = holds(TimeFrame("Hours", parts), when)
    assert (found.holds is None) == bool(found.why)


@given(any_span, st.datetimes())
def test_what_can_be_told_of_one_range_is_the_opposite_of_the_inverted_one(span: Span, when: datetime) -> None:
    plain, turned = (
        Span(span.begin, span.end, span.days, span.first, span.last, inverted=inverted)
        for inverted in (False, True)
    )
    one, other = (holds(TimeFrame("Hours", (part,)), when).holds for part in (plain, turned))
    assert other is (None if one is None else not one)


@given(st.datetimes(), st.dates().filter(lambda day: (day.month, day.day) != (2, 29)), st.integers(0, 364))
def test_a_yearly_span_is_total(when: datetime, first: date, length: int) -> None:
    last = date.fromordinal(min(first.toordinal() + length, date.max.toordinal()))
    if (last.month, last.day) == (2, 29):
        return
    found = holds(TimeFrame("Hours", (Span(first=first, last=last, yearly=True),)), when)
    same_day = (when.month, when.day) in ((first.month, first.day), (last.month, last.day))
    if same_day and when.year > last.year:
        assert found.holds is True
