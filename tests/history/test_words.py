"""Shares, lengths, headlines and periods as they are written."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from queuewatch.failover.schedule.moment_input import MomentError
from queuewatch.history.period import Period, parse_period
from queuewatch.history.reader import read_past
from queuewatch.history.timeline import Length, even_edges, frame, queue_signs
from queuewatch.history.wording import headline, lately, left_out_words, long, percent, since_words, split_words
from tests.failover.build import NOON

from .build import NO_FORWARD, Company, history, keep, sales


def of(part: float, whole: float = 100.0) -> str:
    return percent(timedelta(seconds=part), timedelta(seconds=whole))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (100, "100 %"),
        (99.996, "99.99 %"),
        (99.99999, "99.99 %"),
        (99.9, "99.90 %"),
        (99.19, "99.1 %"),
        (50, "50 %"),
        (0.05, "0.05 %"),
        (0.001, "under 0.01 %"),
        (0, "0 %"),
    ],
)
def test_a_share(part: float, words: str) -> None:
    assert of(part) == words


def test_there_is_no_share_of_nothing() -> None:
    assert of(0, 0) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (40, "40 s"),
        (59.9, "59 s"),
        (42 * 60 + 59, "42 min"),
        (3900, "1 h 5 min"),
        (7200, "2 h"),
        (160 * 3600 + 59, "160 h"),
    ],
)
def test_a_length(seconds: float, words: str) -> None:
    assert long(timedelta(seconds=seconds)) == words


def test_since() -> None:
    now = datetime(2026, 11, 23, 15, 12, tzinfo=UTC)
    assert since_words(datetime(2026, 11, 23, 13, 58, tzinfo=UTC), True, now) == "since 13:58"
    assert since_words(datetime(2026, 11, 20, 8, 5, tzinfo=UTC), False, now) == "at least since Fri 20 Nov 08:05"


def after(tmp_path: Path, told: str, *, company: Company | None = None, until: int | None = None) -> Period:
    keep(history(tmp_path), (company or Company()).day(told))
    return Period(NOON, NOON + timedelta(minutes=len(told) - 1 if until is None else until))


def test_a_headline(tmp_path: Path) -> None:
    period = after(tmp_path, "GGYYGYG")
    account = sales(read_past(history(tmp_path), period))
    assert headline(account) == (
        "Failed over twice, longest 2 min; always reached someone; uptime 100 % of 6 min watched."
    )
    assert left_out_words(account) == ""
    assert split_words(account) == "rang an agent 50 %, failed over 50 %"
    assert lately(account) == "Fails over since 12:05 · failed over twice in 7 days, longest 2 min"


def test_what_goes_on_has_no_longest_yet(tmp_path: Path) -> None:
    account = sales(read_past(history(tmp_path), after(tmp_path, "GGYYY")))
    assert lately(account) == "Fails over since 12:02 · failed over once in 7 days"


def test_a_headline_of_a_queue_that_reached_nobody(tmp_path: Path) -> None:
    period = after(tmp_path, "GGGGGGGGYYUG", company=Company(NO_FORWARD), until=60)
    account = sales(read_past(history(tmp_path), period))
    assert headline(account) == ("Never failed over; reached nobody once, 2 min; uptime 80 % of 10 min watched.")
    assert left_out_words(account) == "49 min not watched, 1 min not known"


def test_a_period_that_nobody_watched(tmp_path: Path) -> None:
    after(tmp_path, "GG")
    past = read_past(history(tmp_path), Period(NOON + timedelta(days=2), NOON + timedelta(days=3)))
    assert (past.accounts, past.kept_since) == ((), NOON)


def test_a_sparkline_tells_the_states_apart(tmp_path: Path) -> None:
    account = sales(read_past(history(tmp_path), after(tmp_path, "GGYYGGUUGGxxxxxxxxGG", until=20)))
    edges = even_edges(account.period, 10)
    assert "".join(sign.glyph for sign in queue_signs(account, edges)) == "▁▒▁?▁····▁"
    nobody = tmp_path / "nobody"
    nobody.mkdir()
    period = after(nobody, "GGYGGGYYYY", company=Company(NO_FORWARD), until=8)
    account = sales(read_past(history(nobody), period))
    assert "".join(sign.glyph for sign in queue_signs(account, even_edges(period, 4))) == "▁▅▁█"


@pytest.fixture
def dallas(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clocks of Dallas, which went back on the first of November."""
    monkeypatch.setenv("TZ", "America/Chicago")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="clocks that can be set")
@pytest.mark.usefixtures("dallas")
def test_a_week_in_which_the_clocks_go_back_is_an_hour_longer() -> None:
    now = datetime(2026, 11, 4, 5, 30, tzinfo=UTC)
    found = frame(Length.WEEK, 0, now, 48)
    assert found.title == "Wed 28 Oct to Tue 3 Nov"
    assert found.period == Period(datetime(2026, 10, 28, 5, tzinfo=UTC), now)
    assert [(row.edges[-1] - row.edges[0]) // timedelta(hours=1) for row in found.rows] == [
        24,
        24,
        24,
        24,
        25,
        24,
        24,
    ]
    assert all(before.edges[-1] == after.edges[0] for before, after in pairwise(found.rows))
    assert parse_period("2026-11-01", "2026-11-02", now) == Period(
        datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 11, 2, 6, tzinfo=UTC)
    )


NOW = datetime(2026, 11, 23, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "begun", "ended"),
    [
        ("7d", "", "2026-11-16 15:12", "2026-11-23 15:12"),
        ("24h", "", "2026-11-22 15:12", "2026-11-23 15:12"),
        ("2w", "1w", "2026-11-09 15:12", "2026-11-16 15:12"),
        ("2026-11-01", "2026-11-02", "2026-11-01 00:00", "2026-11-02 00:00"),
        ("2026-11-20 08:00", "2026-11-20T18:00+02:00", "2026-11-20 08:00", "2026-11-20 16:00"),
        ("1d", "2027-01-01", "2026-11-22 15:12", "2026-11-23 15:12"),
    ],
)
def test_a_period_as_it_is_typed(since: str, until: str, begun: str, ended: str) -> None:
    period = parse_period(since, until, NOW)
    assert (f"{period.begun:%Y-%m-%d %H:%M}", f"{period.ended.astimezone(UTC):%Y-%m-%d %H:%M}") == (begun, ended)


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        ("1d", "2d", "The period ends before it begins: from 2026-11-22 15:12 to 2026-11-21 15:12."),
        ("2026-12-01", "", "The period would begin at 2026-12-01 00:00, and that is still to come."),
        ("0d", "", "The period would begin at 2026-11-23 15:12, and that is still to come."),
        ("yesterday", "", "“yesterday” is no time that can be read."),
        ("2026-13-01", "", "There is no such day as 2026-13-01."),
        ("99999d", "", "“99999d” is too long ago."),
        ("", "", "“” is no time that can be read."),
        ("7d", "soon\x1b[2J", "“soon[2J” is no time that can be read."),
    ],
)
def test_a_period_that_is_none(since: str, until: str, says: str) -> None:
    with pytest.raises(MomentError) as raised:
        parse_period(since, until, NOW)
    assert str(raised.value) == says


@pytest.mark.parametrize("length", Length)
@pytest.mark.parametrize("back", [0, 1, 40])
@pytest.mark.parametrize("width", [20, 56, 116])
def test_a_frame_is_whole(length: Length, back: int, width: int) -> None:
    found = frame(length, back, NOW.astimezone(timezone(timedelta(hours=5))), width)
    edges = [edge for row in found.rows for edge in row.edges]
    assert edges == sorted(edges)
    assert found.rows[0].edges[0] == found.period.begun
    assert found.period.ended == min(found.rows[-1].edges[-1], NOW)
    assert all(before.edges[-1] == after.edges[0] for before, after in pairwise(found.rows))
    assert len({len(row.edges) for row in found.rows}) == 1
    assert len(found.axis) <= len(found.rows[0].edges)
    assert found.rows[-1].edges[-1] - found.rows[0].edges[0] == timedelta(days=length.days)
