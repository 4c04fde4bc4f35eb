"""Time frames in both shapes of the API, and in shapes it does not have."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuewatch.failover.model import Span, TimeFrame, UnreadableSpan
from queuewatch.pbx.netsapiens.time_frames import read_time_frames

from . import anything

Fields = dict[str, object]


def newer(kind: str, **lists: list[object]) -> Fields:
    return {
        "timeframe-id": "a1",
        "timeframe-name": "Hours",
        "user": "*",
        "timeframe-type": kind,
        **{f"timeframe-{name.replace('_', '-')}-array": entries for name, entries in lists.items()},
    }


def older(*ranges: object) -> Fields:
    return {"time-frame": "Hours", "user": "*", "time-range-data": list(ranges)}


def only(row: object) -> TimeFrame:
    reading = read_time_frames([row])
    assert reading.problems == ()
    (frame,) = reading.items
    assert frame.name == "Hours"
    return frame


def why(frame: TimeFrame) -> str:
    """Why the only part of the time frame cannot be worked out."""
    (part,) = frame.spans
    assert isinstance(part, UnreadableSpan)
    return part.why


def weekly(**times: object) -> Fields:
    return {f"timeframe-weekly-{name.replace('_', '-')}": value for name, value in times.items()}


def dates(first: object, last: object, begin: object = "0000", end: object = "2359", **more: object) -> Fields:
    named = {
        "timeframe-specific-dates-begin-date": first,
        "timeframe-specific-dates-begin-time": begin,
        "timeframe-specific-dates-end-date": last,
        "timeframe-specific-dates-end-time": end,
    }
    return {**named, **{f"timeframe-recurrence-{name.replace('_', '-')}": value for name, value in more.items()}}


def test_days_of_the_week_with_any_number_of_openings() -> None:
    week = weekly(
        monday_begin_time_1="0800",
        monday_end_time_1="1200",
        monday_begin_time_2="1300",
        monday_end_time_2="1700",
        sunday_begin_time_1="2200",
        sunday_end_time_1="0600",
        friday_begin_time_1="",
        friday_end_time_1=None,
    )
    frame = only(newer("days-of-week", days_of_week=[week], specific_dates=[], holiday=[]))
    assert set(frame.spans) == {
        Span(time(8), time(12), frozenset({1})),
        Span(time(13), time(17), frozenset({1})),
        Span(time(22), time(6), frozenset({0})),
    }


@pytest.mark.parametrize("opening", ["0800", "08:00", "8:00", 800, "800", "08:00:00", " 0800 "])
def test_times_in_every_spelling(opening: object) -> None:
    week = weekly(monday_begin_time_1=opening, monday_end_time_1="24:00")
    assert only(newer("days-of-week", days_of_week=[week])).spans == (Span(time(8), time(23, 59), frozenset({1})),)


def test_midnight_as_a_number_is_midnight() -> None:
    week = weekly(monday_begin_time_1=0, monday_end_time_1=30)
    assert only(newer("days-of-week", days_of_week=[week])).spans == (Span(time(0), time(0, 30), frozenset({1})),)


def test_a_week_that_never_opens_never_holds() -> None:
    frame = only(newer("days-of-week", days_of_week=[weekly(monday_begin_time_1="", monday_end_time_1="")]))
    assert frame == TimeFrame("Hours")


def test_specific_dates() -> None:
    entries: list[object] = [dates("20261224", "20261226"), dates("2027-01-01", "2027-01-01", "0800", "1200")]
    assert only(newer("specific-dates", specific_dates=entries)).spans == (
        Span(first=date(2026, 12, 24), last=date(2026, 12, 26)),
        Span(time(8), time(12), first=date(2027, 1, 1), last=date(2027, 1, 1)),
    )


@pytest.mark.parametrize("kind", ["yearly-on-selected-dates", "annual-month-day"])
def test_dates_that_repeat_every_year(kind: str) -> None:
    frame = only(
        newer("specific-dates", specific_dates=[dates("20261225", "20261225", type=kind, end_option="never")])
    )
    assert frame.spans == (Span(first=date(2026, 12, 25), last=date(2026, 12, 25), yearly=True),)


@pytest.mark.parametrize(
    "entry",
    [
        dates("20261225", "20261225", type="monthly-date"),
        dates("20261225", "20261225", type="yearly-first"),
        dates("20261225", "20261225", type="custom", custom_interval="days"),
        dates("20261225", "20261225", type="yearly-on-selected-dates", end_option="onADate"),
        dates("20280229", "20280229", type="yearly-on-selected-dates"),
        dates("20261225", "20271225", type="yearly-on-selected-dates"),
    ],
)
def test_dates_that_repeat_otherwise_are_not_worked_out(entry: Fields) -> None:
    frame = only(newer("specific-dates", specific_dates=[entry]))
    assert why(frame) == "how the time frame Hours repeats is not worked out"


@pytest.mark.parametrize("more", [{"type": "custom"}, {"type": "weekly", "end_option": "onADate"}])
def test_nor_are_weeks_that_do_not_repeat_every_week_for_ever(more: dict[str, str]) -> None:
    week = weekly(monday_begin_time_1="0800", monday_end_time_1="1700")
    repeated = {f"timeframe-recurrence-{name.replace('_', '-')}": value for name, value in more.items()}
    assert "repeats" in why(only(newer("days-of-week", days_of_week=[{**week, **repeated}])))


def test_public_holidays_are_not_worked_out() -> None:
    frame = only(newer("holiday", holiday=[{"timeframe-holiday-name": "Labor Day"}]))
    assert why(frame) == "Hours goes by public holidays, whose dates the phone system does not give"


def test_a_custom_time_frame_is_all_that_is_in_it() -> None:
    week = weekly(monday_begin_time_1="0800", monday_end_time_1="1700")
    frame = only(
        newer("custom", days_of_week=[week], specific_dates=[dates("20261225", "20261225")], holiday=[{}])
    )
    assert [type(part) for part in frame.spans] == [Span, Span, UnreadableSpan]


def test_always() -> None:
    assert only(newer("always")) == TimeFrame("Hours", always=True)


@pytest.mark.parametrize(
    "row", [newer("custom"), newer("days-of-week", days_of_week=[]), older(), {"time-frame": "Hours"}]
)
def test_one_without_times_may_be_anything(row: Fields) -> None:
    assert why(only(row)) == "the phone system lists no times for Hours"


@pytest.mark.parametrize("kind", ["specific-dates", "something-new"])
def test_entries_of_another_kind_than_the_time_frames_are_not_trusted(kind: str) -> None:
    week = weekly(monday_begin_time_1="0800", monday_end_time_1="1700")
    assert "do not go with its type" in why(only(newer(kind, days_of_week=[week])))


def test_ranges_of_the_older_shape_with_the_vendors_defaults() -> None:
    frame = only(
        older(
            {"day-of-week-number": 1, "start-time": "08:00", "end-time": "17:00", "start-date": "now"},
            {"day-of-week-number": "0, 6", "start-time": "10:00", "end-date": "never", "invert-match": "no"},
            {"start-date": "2026-12-24", "end-date": "2026-12-26", "day-of-week-number": "*"},
            {"start-time": "12:00", "end-time": "13:00", "invert-match": "yes"},
            {},
        )
    )
    assert frame.spans == (
        Span(time(8), time(17), frozenset({1})),
        Span(time(10), days=frozenset({0, 6})),
        Span(first=date(2026, 12, 24), last=date(2026, 12, 26)),
        Span(time(12), time(13), inverted=True),
        Span(),
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (older("always"), "Time frame Hours: entry 1 is a text, not an object."),
        (older({"start-time": "25:00"}), "Time frame Hours: entry 1: start-time is “25:00”, not a time of day."),
        (older({"start-time": "8"}), "Time frame Hours: entry 1: start-time is “8”, not a time of day."),
        (older({"start-time": "24:00"}), "Time frame Hours: entry 1: start-time is “24:00”, not a time of day."),
        (older({"start-date": "soon"}), "Time frame Hours: entry 1: start-date is “soon”, not a date."),
        (older({"end-date": "2026-02-30"}), "Time frame Hours: entry 1: end-date is “2026-02-30”, not a date."),
        (
            older({"day-of-week-number": 7}),
            "Time frame Hours: entry 1: day-of-week-number is “7”, not days of the week from 0 to 6.",
        ),
        (older({"invert-match": "maybe"}), "Time frame Hours: entry 1: invert-match is “maybe”, not yes or no."),
        (
            older({"start-date": "2026-12-26", "end-date": "2026-12-24"}),
            "Time frame Hours: entry 1: the last date is “2026-12-24”, not 2026-12-26 or later.",
        ),
        (
            newer("specific-dates", specific_dates=[dates("20261224", "20261226", end=None)]),
            "Time frame Hours: entry 1: timeframe-specific-dates-end-time is null, not a time of day.",
        ),
        (
            newer("days-of-week", days_of_week=[weekly(monday_begin_time_1="0800")]),
            "Time frame Hours: entry 1: timeframe-weekly-monday-end-time-1 is null, not a time of day.",
        ),
    ],
)
def test_an_entry_that_makes_no_sense_is_said_and_may_be_anything(row: Fields, problem: str) -> None:
    reading = read_time_frames([row])
    assert [known.text for known in reading.problems] == [problem]
    assert why(reading.items[0]) == "an entry of the time frame Hours could not be read"


def test_only_where_it_cannot_be_ruled_out_a_lost_entry_may_be_an_inverted_one() -> None:
    plain: Fields = {"start-time": "x", "invert-match": "no"}
    unclear: Fields = {"start-time": "x", "invert-match": "x"}
    found = [read_time_frames([older(entry)]).items[0].spans[0].inverted for entry in (plain, unclear, "x")]
    assert found == [False, True, True]


def test_the_domains_are_those_of_nobody_and_a_users_are_those_and_its_own() -> None:
    rows: list[object] = [
        {**older({}), "time-frame": name, "user": user}
        for name, user in (("Shared", "*"), ("Nobodys", None), ("Own", 8000), ("Other", "8001"))
    ]
    assert [frame.name for frame in read_time_frames(rows).items] == ["Shared", "Nobodys"]
    assert [frame.name for frame in read_time_frames(rows, "8000").items] == ["Shared", "Nobodys", "Own"]


def test_rows_that_repeat_or_have_no_name() -> None:
    reading = read_time_frames([older({}), older({}), {"user": "*"}, 7])
    assert reading.items == (TimeFrame("Hours", (Span(),)),)
    assert [problem.text for problem in reading.problems] == [
        "Time frame row 3 of 4 has no name (timeframe-name): left out.",
        "Time frame row 4 of 4 is a number, not an object: left out.",
    ]


def test_two_different_ones_of_the_same_name_are_neither() -> None:
    (frame,) = read_time_frames([older({}), older({"start-time": "08:00"})]).items
    assert why(frame) == "there are two time frames Hours"


entries = st.dictionaries(
    st.sampled_from(
        (
            *("start-date", "end-date", "day-of-week-number", "start-time", "end-time", "invert-match"),
            *("timeframe-weekly-monday-begin-time-1", "timeframe-weekly-monday-end-time-1"),
            *dates("", ""),
            *("timeframe-recurrence-type", "timeframe-recurrence-end-option"),
        )
    ),
    anything.json | st.sampled_from(("0800", "20261225", "2026-12-25", "now", "*", "yes", "annual-month-day")),
)
rows = st.lists(
    anything.json
    | st.fixed_dictionaries(
        {"timeframe-name": anything.json | st.just("Hours")},
        optional={
            "user": anything.json,
            "timeframe-type": anything.json
            | st.sampled_from(("custom", "days-of-week", "specific-dates", "always")),
            "time-range-data": st.lists(entries | anything.json, max_size=3) | anything.json,
            "timeframe-days-of-week-array": st.lists(entries, max_size=3) | anything.json,
            "timeframe-specific-dates-array": st.lists(entries, max_size=3) | anything.json,
            "timeframe-holiday-array": anything.json,
        },
    ),
    max_size=4,
)


@given(rows, st.none() | st.just("8000"))
def test_reading_is_total(rows: list[object], user: str | None) -> None:
    reading = read_time_frames(rows, user)
    assert len({frame.name for frame in reading.items}) == len(reading.items) <= len(rows)
    assert all(problem.text.endswith(".") for problem in reading.problems)
    for frame in reading.items:
        assert all(part.why for part in frame.spans if isinstance(part, UnreadableSpan))


@pytest.mark.parametrize("sort", ["holiday", "holidays", "Holidays"])
def test_public_holidays_go_by_either_name(sort: str) -> None:
    row = {"timeframe-name": "Closed", "timeframe-type": sort, "timeframe-holiday-array": [{"holiday": "x"}]}
    (frame,) = read_time_frames([row]).items
    assert [one.why for one in frame.spans if isinstance(one, UnreadableSpan)] == [
        "Closed goes by public holidays, whose dates the phone system does not give"
    ]


def test_a_list_with_a_row_left_out_is_not_whole() -> None:
    assert read_time_frames([{"timeframe-name": "Hours", "timeframe-type": "always"}]).complete
    assert read_time_frames([{"timeframe-name": "Theirs", "user": "8001"}], "8000").complete
    for odd in ({"timeframe-type": "always"}, 7, None):
        assert not read_time_frames([{"timeframe-name": "Hours", "timeframe-type": "always"}, odd]).complete
