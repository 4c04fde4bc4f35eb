"""What is quiet: the rule, what is kept of it, and who is told."""

import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.conditions import Condition
from queuewatch.alerts.dispatcher import Dispatcher
from queuewatch.alerts.documents import alert_document
from queuewatch.alerts.quiet import (
    FARTHEST,
    RECOVERED,
    UNTIL_RECOVERED,
    Quiet,
    QuietError,
    Silenced,
    check,
    is_recovered,
    quiet_of,
    quiet_queues,
    read_time,
    read_window,
    renewed,
    standing_conditions,
    worst_standing,
)
from queuewatch.alerts.quiet_file import FILE, MOST_SILENCED, QuietBook, _entries, _Entry, _text
from queuewatch.failover.schedule.moment_input import MomentError
from queuewatch.failover.simulate import judge_all
from queuewatch.profiles.alert_rules import AlertKind, AlertRule, LocalReceiver
from queuewatch.text.instant import utc
from tests.alerts.states import Room, company
from tests.failover.build import NOON
from tests.failover.systems import snapshots

HOUR = timedelta(hours=1)
MOMENTS = st.integers(-3000, 3000).map(lambda minutes: NOON + timedelta(minutes=minutes))
QUIETS = st.builds(
    Quiet,
    reason=st.just("work"),
    begins=MOMENTS,
    until=MOMENTS,
    queue=st.sampled_from(["", "8000", "8001"]),
    site=st.sampled_from(["", "Dallas", "dallas "]),
    only=st.sampled_from([(), (Condition.NOT_READY,)]),
    id=st.integers(1, 9),
    ended=st.none() | MOMENTS,
)
WORK = Quiet("new UPS", NOON, NOON + 2 * HOUR, queue="8000", name="Q8000")


@given(
    st.lists(QUIETS, max_size=5),
    MOMENTS,
    st.sampled_from(["8000", "8001", "8002"]),
    st.sampled_from(list(Condition)),
)
def test_what_is_quiet_is_covered_by_something_that_is_on(
    quiets: list[Quiet], now: datetime, queue: str, condition: Condition
) -> None:
    found = quiet_of(quiets, now, queue, "DALLAS", condition)
    covering = [quiet for quiet in quiets if quiet.is_on(now) and quiet.covers(queue, "DALLAS", condition)]
    assert (found is None) == (not covering)
    if found is not None:
        assert found.begins <= now < found.until
        assert found.queue in ("", queue)
        assert not found.only or condition in found.only
        assert found.until == max(quiet.until for quiet in covering)
    # Of the whole domain, which is no queue and at no site, somebody is always told.
    assert quiet_of(quiets, now, "", "", None) is None


@given(QUIETS, MOMENTS)
def test_until_it_recovers_ends_after_seven_days_unless_renewed(quiet: Quiet, now: datetime) -> None:
    longer = renewed(replace(quiet, begins=now), now)
    assert longer.is_on(now + UNTIL_RECOVERED - HOUR)
    assert longer.until == max(quiet.until, now + UNTIL_RECOVERED)
    assert longer.reason == quiet.reason


@settings(max_examples=25)
@given(snapshots(), QUIETS)
def test_what_waits_to_recover_is_over_once_nothing_of_it_stands(snapshot: object, quiet: Quiet) -> None:
    judgements = judge_all(snapshot)  # type: ignore[arg-type]
    standing = standing_conditions(quiet, snapshot, judgements)  # type: ignore[arg-type]
    waiting = replace(quiet, until_recovered=worst_standing(quiet, snapshot, judgements))  # type: ignore[arg-type]
    assert waiting.until_recovered == (standing[0] if standing else None)
    assert not is_recovered(waiting, snapshot, judgements)  # type: ignore[arg-type]
    assert set(standing) <= set(Condition)
    assert not quiet.only or set(standing) <= set(quiet.only)


def test_what_cannot_be_told_has_not_recovered() -> None:
    dark = company(q8000="grey grey")
    quiet = replace(WORK, until_recovered=worst_standing(WORK, dark, judge_all(dark)))
    assert quiet.until_recovered is Condition.FAILS_OVER
    well, unsure = company(q8000="green green"), company(q8000="unknown")
    assert is_recovered(quiet, well, judge_all(well))
    assert not is_recovered(quiet, unsure, judge_all(unsure))
    assert not is_recovered(quiet, company(q8001="green"), judge_all(company(q8001="green")))
    assert not is_recovered(quiet, replace(well, rules={}), judge_all(well))
    assert set(quiet_queues(well, [quiet], NOON)) == {"8000"}
    assert set(quiet_queues(well, [replace(WORK, queue="", site="dallas")], NOON)) == {"8000"}


@pytest.mark.parametrize(
    ("typed", "after"),
    [("2h", 2 * HOUR), ("90 min", 1.5 * HOUR), ("7d", timedelta(days=7)), ("2026-12-24T18:00Z", None)],
)
def test_times_are_read(typed: str, after: timedelta | None) -> None:
    expected = NOON + after if after else datetime(2026, 12, 24, 18, tzinfo=UTC)
    assert read_time(typed, NOON) == expected


def test_a_time_of_day_is_the_next_one_and_a_window_ends_after_it_begins() -> None:
    here = NOON.astimezone()
    begins, until = read_window(f"{here + HOUR:%H:%M}..{here:%H:%M}", NOON)
    assert (begins, until) == (NOON + HOUR, NOON + timedelta(days=1))
    assert read_window("1h", NOON) == (NOON, NOON + HOUR)
    for typed in ("", "soon", "25:00", "2026-02-30 10:00", "..", "1h..later"):
        with pytest.raises(MomentError):
            read_window(typed, NOON)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": " \n"}, "needs a reason"),
        ({"reason": "x" * 300}, "characters"),
        ({"until": NOON - HOUR}, "over already"),
        ({"begins": NOON + 3 * HOUR}, "end before it begins"),
        ({"until": NOON + FARTHEST + HOUR}, "too far away"),
    ],
)
def test_what_cannot_be_put_quiet_says_so(wrong: Mapping[str, object], said: str) -> None:
    with pytest.raises(QuietError, match=said):
        check(replace(WORK, **wrong), NOON)


def book(folder: Path, domain: str = "example.com") -> QuietBook:
    return QuietBook(folder / FILE, "pbx.example.com", domain)


def test_what_one_program_keeps_every_other_reads(tmp_path: Path) -> None:
    here, there, elsewhere = book(tmp_path), book(tmp_path), book(tmp_path, "other.example")
    assert there.quiets() == ()
    kept = here.add(
        replace(WORK, by="ana", until_recovered=Condition.FAILS_OVER, only=(Condition.FAILS_OVER,)), NOON
    )
    assert there.quiets() == (kept,)
    assert elsewhere.quiets() == ()
    with pytest.raises(QuietError, match="number 1"):
        elsewhere.end(kept.id, "eve", NOON)
    there.end(kept.id, "bo", NOON + HOUR)
    (ended,) = here.quiets()
    assert (ended.ended, ended.ended_by, ended.is_on(NOON + HOUR)) == (NOON + HOUR, "bo", False)
    with pytest.raises(QuietError, match="over already"):
        here.end(kept.id, "ana", NOON + HOUR)
    assert elsewhere.add(WORK, NOON).id == 2
    if os.name == "posix":
        assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_many_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    def put() -> None:
        for _ in range(3):
            book(tmp_path).add(WORK, NOON)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(quiet.id for quiet in book(tmp_path).quiets()) == list(range(1, 13))


def test_what_is_over_for_long_is_forgotten_and_no_more_than_so_many_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = book(tmp_path)
    kept.add(WORK, NOON)
    kept.add(replace(WORK, until=NOON + timedelta(days=200)), NOON)
    later = NOON + timedelta(days=100)
    kept.add(replace(WORK, begins=later, until=later + HOUR), later)
    assert [quiet.id for quiet in kept.quiets()] == [2, 3]
    monkeypatch.setattr("queuewatch.alerts.quiet_file.MOST_ON", 2)
    with pytest.raises(QuietError, match="are quiet on this machine already"):
        kept.add(replace(WORK, begins=later, until=later + HOUR), later)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "not what queuewatch wrote"),
        ("[]", "not what queuewatch wrote"),
        ("[" * 100_000, "not what queuewatch wrote"),
        ('{"version": 1, "quiets": [{"id": 1}]}', "not what queuewatch wrote"),
        ('{"version": 2, "quiets": []}', "a newer queuewatch"),
    ],
)
def test_a_file_that_is_none_silences_nothing_and_is_not_written_over(
    tmp_path: Path, written: str, said: str
) -> None:
    path = tmp_path / FILE
    path.write_text(written)
    path.chmod(0o600)
    kept = book(tmp_path)
    assert kept.quiets() == ()
    assert said in kept.problem
    with pytest.raises(QuietError, match=said):
        kept.add(WORK, NOON)
    assert path.read_text() == written
    path.unlink()
    assert kept.quiets() == ()
    assert kept.problem == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(max_size=40) | st.builds(json.dumps, st.fixed_dictionaries({"version": JSON, "quiets": JSON})))
def test_whatever_is_in_the_file_is_a_sentence_at_most(written: str) -> None:
    with suppress(QuietError):
        assert _entries(Path("quiet.json"), written) == ()


@given(QUIETS, st.data())
def test_what_is_kept_is_read_back_whole_and_one_spoilt_field_is_noticed(
    quiet: Quiet, data: st.DataObject
) -> None:
    kept = _Entry("server", "domain", replace(quiet, set_at=NOON))
    written = _text((kept,))
    assert _entries(Path("quiet.json"), written) == (kept,)
    document = json.loads(written)
    fields = document["quiets"][0]
    key = data.draw(
        st.sampled_from([key for key in fields if key not in ("on", "name", "site", "queue", "by", "ended_by")])
    )
    fields[key] = {"no": "such thing"}
    with pytest.raises(QuietError):
        _entries(Path("quiet.json"), json.dumps(document))


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_file_open_to_others_silences_nothing(tmp_path: Path) -> None:
    book(tmp_path).add(WORK, NOON)
    (tmp_path / FILE).chmod(0o666)
    kept = book(tmp_path)
    assert kept.quiets() == ()
    assert "chmod 600" in kept.problem


class Listening(Room):
    """A room with somebody who tells, and a book of what is quiet."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.book = QuietBook(None, "", "") if folder is None else book(folder)
        self.told: list[Alert] = []
        self.notes: list[str] = []
        self.dispatcher = Dispatcher(
            (AlertRule(tell=(LocalReceiver.SCREEN, LocalReceiver.BELL)),),
            "acme",
            clock=lambda: self.now,
            environ={},
            secret="",
            note=lambda _, trouble: self.notes.append(trouble),
            here=self._hear,
            quiets=self.book,
        )
        self.rung = 0

    def _hear(self, told: Mapping[LocalReceiver, tuple[Alert, ...]]) -> None:
        self.told += told.get(LocalReceiver.SCREEN, ())
        self.rung += len(told.get(LocalReceiver.BELL, ()))

    def see(self, seconds: float, **colours: str) -> list[Alert]:
        before = len(self.told)
        self.dispatcher.sight(self.sees(None, seconds, **colours))
        return self.told[before:]


def test_a_quiet_outage_is_written_down_and_rings_nothing_until_it_is_no_longer_quiet() -> None:
    room = Listening()
    room.see(0, q8000="green green", q8001="green green")
    room.book.add(replace(WORK, until=NOON + HOUR), NOON)
    room.see(1, q8000="grey grey", q8001="grey grey")
    quiet, loud = sorted(room.see(60), key=lambda alert: alert.queue)
    assert (quiet.kind, loud.kind, loud.quiet) == (AlertKind.FAILS_OVER, AlertKind.FAILS_OVER, None)
    assert quiet.quiet is not None
    assert alert_document("acme", quiet)["quiet"] == {"id": 1, "reason": "new UPS", "until": utc(NOON + HOUR)}
    assert alert_document("acme", loud)["quiet"] is None
    assert room.rung == 1
    (kept,) = room.book.quiets()
    assert [(alert.queue, alert.condition) for alert in kept.silenced] == [("8000", "fails_over")]
    (again,) = room.see(3600)
    assert (again.queue, again.kind, again.quiet) == ("8000", AlertKind.FAILS_OVER, None)
    assert "no longer quiet (new UPS)" in again.sentence
    assert room.rung == 2
    assert room.see(5) == []


def test_what_recovers_while_it_is_quiet_is_told_to_nobody_and_ends_the_quiet() -> None:
    room = Listening()
    room.see(0, q8000="green green")
    room.see(1, q8000="grey grey")
    room.see(60)
    rung = room.rung
    standing = worst_standing(WORK, room.live_state.snapshot, room.live_state.judgements)
    room.book.add(replace(WORK, until=room.now + UNTIL_RECOVERED, until_recovered=standing), room.now)
    room.see(1, q8000="green green")
    assert room.book.quiets()[0].is_on(room.now)
    (over,) = room.see(40)
    assert over.kind is AlertKind.RECOVERED
    assert over.quiet is not None
    room.see(40)
    (kept,) = room.book.quiets()
    assert kept.ended_by == RECOVERED
    assert not kept.is_on(room.now)
    assert room.rung == rung
    room.see(1, q8000="grey grey")
    (alert,) = room.see(60)
    assert (alert.quiet, room.rung) == (None, rung + 1)


async def test_what_ended_while_nothing_could_be_read_is_told_once_something_is() -> None:
    room = Listening()
    room.see(0, q8000="green green")
    room.book.add(replace(WORK, until=NOON + timedelta(minutes=5)), NOON)
    room.see(1, q8000="grey grey")
    room.see(60)
    room.dispatcher.sight(room.loses(seconds=600))
    told = len(room.told)
    assert {alert.kind for alert in room.told[1:]} <= {AlertKind.UNREACHABLE}
    room.see(10)
    assert [alert.queue for alert in room.told[told:] if alert.kind is AlertKind.FAILS_OVER] == ["8000"]
    await room.dispatcher.close()


def test_a_quiet_of_one_alert_leaves_the_others_loud() -> None:
    room = Listening()
    room.book.add(replace(WORK, only=(Condition.NOT_READY,), until=NOON + HOUR), NOON)
    room.see(0, q8000="green green")
    room.see(1, q8000="grey grey")
    (alert,) = room.see(60)
    assert (alert.kind, alert.quiet) == (AlertKind.FAILS_OVER, None)


def test_a_list_that_cannot_be_read_is_said_once_and_everybody_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("no")
    (tmp_path / FILE).chmod(0o600)
    room = Listening(tmp_path)
    room.see(0, q8000="green green")
    room.see(1, q8000="grey grey")
    room.see(60)
    assert room.rung == 1
    assert [note for note in room.notes if note] == [room.book.problem]


def test_the_silenced_of_one_quiet_are_bounded_and_one_alert_is_noted_once(tmp_path: Path) -> None:
    kept = book(tmp_path)
    kept.add(WORK, NOON)
    for minute in range(0, 120, 3):
        for seconds in (0, 30):
            at = NOON + timedelta(minutes=minute, seconds=seconds)
            kept.note(1, Silenced(at, "8000", "fails_over", "Q8000 fails over"), at)
    (quiet,) = kept.quiets()
    assert len(quiet.silenced) == MOST_SILENCED
    assert len({alert.at for alert in quiet.silenced}) == MOST_SILENCED
    assert json.loads((tmp_path / FILE).read_text())["version"] == 1
