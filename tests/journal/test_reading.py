"""Reading the log: whatever is in the file, what was written whole is told, and what cannot be read is said."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.journal import JournalEntry, read_entries
from queuewatch.journal.record import begun_record
from tests.journal.build import CELL, NO, OFF, YES, entry, forwarded, journal, lines, toggled

ENTRIES = (
    entry("1", toggled()),
    entry("2", forwarded(OFF, CELL), "refused"),
    entry("3", toggled(YES, NO, undoes="1"), ""),
    entry("40", forwarded(CELL, OFF)),
)
WHOLE = lines(*ENTRIES)

anything_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
spoilt = st.fixed_dictionaries(
    {"v": anything_json, "record": st.sampled_from(["begun", "ended", "else"])},
    optional={name: anything_json for name in begun_record(ENTRIES[0]) if name not in ("v", "record")},
).map(lambda fields: json.dumps(fields).encode())
cut_off = st.sampled_from(WHOLE).flatmap(lambda line: st.integers(0, len(line) - 1).map(lambda at: line[:at]))
garbage = st.one_of(st.binary(max_size=40), cut_off, spoilt)


@settings(max_examples=60)
@given(st.binary(max_size=300) | st.lists(garbage, max_size=8).map(b"\n".join))
def test_no_bytes_whatever_are_too_much_for_it(written: bytes) -> None:
    log = read_entries(written)
    for problem in log.problems:
        assert problem.endswith(".")
    if any(line.strip() for line in written.split(b"\n")):
        assert log.entries or log.problems


@settings(max_examples=60)
@given(st.lists(st.lists(garbage, max_size=2), min_size=len(WHOLE) + 1, max_size=len(WHOLE) + 1))
def test_every_whole_record_is_read_whatever_lies_between(between: list[list[bytes]]) -> None:
    written: list[bytes] = [*between[0]]
    for line, more in zip(WHOLE, between[1:], strict=True):
        written += [line, *more]
    told = {one.id: one for one in read_entries(b"\n".join(written)).entries}
    for one in ENTRIES:
        assert told[one.id].edit == one.edit
    assert told["1"].ended == ENTRIES[0].ended
    assert told["40"].ended == ENTRIES[3].ended


@settings(max_examples=30)
@given(st.binary(max_size=80) | cut_off)
def test_whatever_is_there_already_is_kept_and_written_behind(before: bytes) -> None:
    with TemporaryDirectory() as folder:
        book = journal(Path(folder))
        book.path.parent.mkdir()
        book.path.write_bytes(before)
        first, second = book.begin(toggled()), book.begin(forwarded())
        book.end(first, "confirmed", "So.")
        assert book.path.read_bytes().startswith(before)
        told = {one.id: one for one in book.read().entries}
        assert told[first].outcome == "confirmed"
        assert told[second].edit == forwarded()


@pytest.mark.parametrize("at", [1, 50, 100])
def test_a_torn_end_leaves_the_outcome_not_known(at: int) -> None:
    begun, ended = lines(ENTRIES[0])
    log = read_entries(begun + b"\n" + ended[:at])
    (one,) = log.entries
    assert (one.outcome, one.ended) == ("", None)
    (problem,) = log.problems
    assert problem.startswith("Line 2 of the log cannot be read: what is on it is left as it is")


def changed(one: JournalEntry, **fields: object) -> bytes:
    return json.dumps({**begun_record(one), **fields}).encode()


def test_what_a_newer_version_wrote_is_read_as_far_as_it_is_known() -> None:
    log = read_entries(changed(ENTRIES[0], v=2, mood="fine", before={"words": "No", "on": False, "why": "so"}))
    assert log.entries[0].edit.before == NO
    assert log.problems == ()


def test_a_newer_kind_of_setting_is_shown_without_being_understood() -> None:
    (one,) = read_entries(changed(ENTRIES[0], v=2, setting="hours", before={"words": "9 to 5", "from": 9})).entries
    assert (one.edit.setting_words, one.edit.before.words, one.edit.before.held) == ("hours", "9 to 5", None)


def test_a_newer_record_that_makes_no_sense_here_is_said_so() -> None:
    log = read_entries(
        b"\n".join([*lines(ENTRIES[0]), changed(ENTRIES[1], v=7, at=17), changed(ENTRIES[1], v=7, id=5)])
    )
    assert len(log.entries) == 1
    assert log.problems == (
        "2 lines (3, 4) of the log cannot be read by this version: a newer queuewatch wrote there.",
    )


def test_an_end_without_its_beginning_is_said() -> None:
    _, ended = lines(ENTRIES[0])
    assert read_entries(ended).problems == (
        "Line 1 of the log tells how a change ended whose beginning cannot be read.",
    )


def test_many_bad_lines_are_one_sentence() -> None:
    (problem,) = read_entries(b"\n".join([b"?"] * 9)).problems
    assert problem.startswith("9 lines (1, 2, 3, 4, 5 …) of the log cannot be read")


@pytest.mark.parametrize("before", [{"on": 1}, {"on": "no"}, {}, {"rule": True, "enabled": True}, {"rule": 0}])
def test_a_value_that_is_not_exactly_known_is_not_guessed(before: dict[str, object]) -> None:
    for one in (ENTRIES[0], ENTRIES[1]):
        (read,) = read_entries(changed(one, before={"words": "x", **before})).entries
        assert read.edit.before.held is None


def test_a_log_of_another_time_zone_tells_the_same_moment() -> None:
    (one,) = read_entries(changed(ENTRIES[0], at="2026-11-23T14:00:00+02:00")).entries
    assert one.at == ENTRIES[0].at
