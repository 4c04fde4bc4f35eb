"""Instants as servers write them: read as the library reads them, and written as it writes them."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuewatch.text.instant import http_date, read_http_date

AT = datetime(2026, 11, 23, 15, 12, 7, tzinfo=UTC)


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),
    st.integers(min_value=-840, max_value=840),
)
def test_every_instant_is_written_as_the_library_writes_it_and_read_back(at: datetime, minutes: int) -> None:
    elsewhere = at.astimezone(timezone(timedelta(minutes=minutes)))
    assert http_date(elsewhere) == format_datetime(at, usegmt=True)
    assert read_http_date(http_date(elsewhere)) == at.replace(microsecond=0)


@pytest.mark.parametrize(
    "words",
    [
        "Mon, 23 Nov 2026 15:12:07 GMT",
        "Monday, 23-Nov-26 15:12:07 GMT",
        "Mon Nov 23 15:12:07 2026",
        "Mon, 23 Nov 2026 10:12:07 -0500",
        "23 Nov 2026 15:12:07",
        "mon, 23 nov 2026 15:12:07 gmt",
    ],
)
def test_the_older_forms_are_read_as_well(words: str) -> None:
    assert read_http_date(words) == AT


@pytest.mark.parametrize(
    "words",
    [
        "",
        "soon",
        "120",
        "Mon, 31 Feb 2026 15:12:07 GMT",
        "Mon, 23 Nov 2026 15:12:61 GMT",
        "Mon, 23 Nov 2026 25:00:00 GMT",
    ],
)
def test_what_is_no_instant_is_none(words: str) -> None:
    assert read_http_date(words) is None


@given(st.sampled_from(["Mon, 2{} Nov 20{}6 1{}:12:07 GMT", "{}, 23 Nov {} 15:12:0{} GMT"]), st.data())
def test_no_text_is_read_otherwise_than_by_the_library(form: str, data: st.DataObject) -> None:
    words = form.format(*(data.draw(st.text("0123456789 MonTue\u0663", max_size=4)) for _ in range(3)))
    try:
        expected = parsedate_to_datetime(words)
        expected = expected.astimezone(UTC) if expected.tzinfo else expected.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        assert read_http_date(words) is None
    else:
        assert read_http_date(words) == expected
