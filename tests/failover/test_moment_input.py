"""What a person may type for a time, and which times the clocks never show."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.model import Queue, Snapshot, User
from queuewatch.failover.schedule.at_time import Moment
from queuewatch.failover.schedule.moment_input import MomentError, check_moment, parse_moment, skipped_around
from tests.failover.build import office

CENTRAL = ZoneInfo("US/Central")


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("2026-12-25 10:00", datetime(2026, 12, 25, 10)),
        ("  2026-12-25   9:05 ", datetime(2026, 12, 25, 9, 5)),
        ("2026-12-25T10:00:30", datetime(2026, 12, 25, 10, 0, 30)),
        ("2026-12-25 10:00Z", datetime(2026, 12, 25, 10, tzinfo=UTC)),
        ("2026-12-25T10:00:00z", datetime(2026, 12, 25, 10, tzinfo=UTC)),
        ("2026-12-25 10:00 -06:00", datetime(2026, 12, 25, 10, tzinfo=timezone(timedelta(hours=-6)))),
        ("2026-12-25 10:00+0530", datetime(2026, 12, 25, 10, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
    ],
)
def test_a_date_and_a_time_with_or_without_an_offset(typed: str, at: datetime) -> None:
    moment = parse_moment(typed)
    assert moment == Moment(at)
    assert moment.at.utcoffset() == at.utcoffset()
    assert moment.is_instant is (at.tzinfo is not None)


@pytest.mark.parametrize(
    ("typed", "sentence", "hint"),
    [
        ("2026-12-25", "“2026-12-25” has no time of day.", "Such as 2026-12-25T10:00."),
        ("10:00", "“10:00” is not a date and a time.", "Such as 2026-12-25T10:00, or with"),
        ("2026-12-25 10:00 US/Central", "“2026-12-25 10:00 US/Central” is not", "with an offset from UTC"),
        ("25.12.2026 10:00", "“25.12.2026 10:00” is not a date and a time.", "Such as"),
        ("", "“” is not a date and a time.", "Such as"),
        ("2026-02-30 10:00", "There is no such day as 2026-02-30.", "Such as"),
        ("2026-13-01", "There is no such day as 2026-13-01.", "Such as"),
        ("2026-12-25 24:00", "There is no such time of day as 24:00.", "Such as"),
        ("2026-12-25 10:60", "There is no such time of day as 10:60.", "Such as"),
        ("2026-12-25 10:00+25:00", "No time zone is +25:00 from UTC.", "Such as"),
        ("0001-01-01 00:00Z", "The year 1 is too far away.", "Choose a year from 1970 to 2199."),
        ("2026-12-25\x1b[31m 10:00", "“2026-12-25[31m 10:00” is not", "Such as"),
    ],
)
def test_anything_else_is_refused_in_a_sentence_with_an_example(typed: str, sentence: str, hint: str) -> None:
    with pytest.raises(MomentError) as refused:
        parse_moment(typed)
    assert str(refused.value).startswith(sentence)
    assert hint in refused.value.hint


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}Z?", fullmatch=True))
def test_whatever_is_typed_is_a_moment_or_a_sentence(typed: str) -> None:
    said = ""
    try:
        parse_moment(typed)
    except MomentError as refused:
        said = f"{refused} {refused.hint}"
    assert said == "" or (said.endswith(".") and said.replace("“", "").isprintable())


def company(*zones: str) -> Snapshot:
    queues = [Queue(str(8000 + place)) for place in range(len(zones))]
    users = [
        User(queue.extension, time_zone=zone, zone=ZoneInfo(zone))
        for queue, zone in zip(queues, zones, strict=True)
    ]
    return office(*queues, users=users)


@pytest.mark.parametrize(
    ("zones", "at", "sentence", "hint"),
    [
        (
            ("US/Central",),
            datetime(2026, 3, 8, 2, 30),
            "2026-03-08 02:30 does not exist in US/Central: there the clocks go from 02:00 straight to 03:00.",
            "Choose a time before 02:00, or from 03:00 on.",
        ),
        (
            ("US/Central", "Europe/Berlin"),
            datetime(2026, 3, 29, 2, 0),
            "2026-03-29 02:00 does not exist in Europe/Berlin",
            "from 03:00 on",
        ),
        (
            ("Pacific/Apia",),
            datetime(2011, 12, 30, 12, 0),
            "2011-12-30 12:00 does not exist in Pacific/Apia: there the clocks go from 2011-12-30 00:00:00 "
            "straight to 2011-12-31 00:00:00.",
            "Choose",
        ),
    ],
)
def test_a_time_that_the_clocks_skip_is_refused(
    zones: tuple[str, ...], at: datetime, sentence: str, hint: str
) -> None:
    with pytest.raises(MomentError) as refused:
        check_moment(company(*zones), Moment(at))
    assert str(refused.value).startswith(sentence)
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    "moment",
    [
        Moment(datetime(2026, 3, 8, 1, 59, 59)),
        Moment(datetime(2026, 3, 8, 3, 0)),
        Moment(datetime(2026, 11, 1, 1, 30)),
        Moment(datetime(2026, 3, 8, 8, 30, tzinfo=UTC)),
        Moment(datetime(2026, 3, 8, 2, 30, tzinfo=UTC)),
    ],
)
def test_other_times_are_fine_those_that_come_twice_and_instants_too(moment: Moment) -> None:
    check_moment(company("US/Central"), moment)


def test_only_the_clocks_of_queues_that_were_read_matter() -> None:
    moment = Moment(datetime(2026, 3, 8, 2, 30))
    elsewhere = company("US/Eastern")
    check_moment(replace(elsewhere, rules={}), moment)
    check_moment(replace(elsewhere, users=None), moment)
    check_moment(replace(elsewhere, users={"8000": User("8000", time_zone="Mars/Base")}), moment)


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2199, 12, 30)))
def test_a_time_is_skipped_if_no_instant_has_it(wall: datetime) -> None:
    instant = wall.replace(tzinfo=CENTRAL).astimezone(UTC)
    exists = instant.astimezone(CENTRAL).replace(tzinfo=None, fold=0) == wall
    assert (skipped_around(wall, CENTRAL) is None) is exists
