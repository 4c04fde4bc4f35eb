import json

import pytest
from hypothesis import given

from queuewatch.failover.model import Forward
from queuewatch.pbx.errors import Misunderstood, Rejected
from queuewatch.pbx.netsapiens.rules import blocks_of, changed_body, find_default, new_body
from queuewatch.pbx.phone_system import AbsentRule, StoredRule
from tests.netsapiens import anything

CELL = Forward(enabled=True, destinations=("12145550123",))

DEFAULT: dict[str, object] = {
    "domain": "example.com",
    "user": "8000",
    "time-frame": "*",
    "enabled": "yes",
    "is-active": True,
    "ordinal-priority": 99,
    "order": 99,
    "time_range_data": [],
    "new_time_frame_data": [],
    "do-not-disturb": {"enabled": "no"},
    "forward-always": {"enabled": "yes", "parameters": ["queue_8000"]},
    "forward-on-busy": {"enabled": "yes", "parameters": [12145550100]},
    "forward-when-unregistered": {"enabled": "no", "parameters": [""]},
    "some-later-block": {"enabled": "yes", "colour": "blue"},
}


def test_the_default_rule_is_found_among_others() -> None:
    stored = find_default([{"time-frame": "Holidays"}, DEFAULT])
    assert isinstance(stored, StoredRule)
    assert stored.raw == DEFAULT
    assert stored.rule.always == Forward(True, ("queue_8000",))


def test_no_default_rule() -> None:
    assert find_default([]) == AbsentRule()
    found = find_default([{"time-frame": "Holidays", "forward-on-busy": {"enabled": "yes", "parameters": [1]}}])
    assert isinstance(found, AbsentRule)
    assert found.beside["the rule Holidays: forward-on-busy"] == "yes · 1"


def test_every_other_rule_is_told_apart_by_its_name_and_its_place() -> None:
    holidays, busy = {"time-frame": "Holidays"}, {"time-frame": "*", "forward-on-busy": {"enabled": "yes"}}
    found = find_default([holidays, DEFAULT, busy, holidays])
    assert isinstance(found, StoredRule)
    assert found.raw == DEFAULT
    names = {name.partition(":")[0] for name in found.beside}
    assert names == {"the rule Holidays", "a second Default rule", "the rule Holidays (2)"}
    assert found.beside["a second Default rule: forward-on-busy"] == "yes"
    # Which of them is in effect changes with the hour, and is nobody's doing.
    assert find_default([{**holidays, "is-active": True, "order": 7}, DEFAULT, busy, holidays]) == found


@pytest.mark.parametrize("row", ["garbage", {}, {"time-frame": ["*"]}])
def test_an_unreadable_rule_may_be_the_default_one(row: object) -> None:
    with pytest.raises(Misunderstood):
        find_default([{"time-frame": "Holidays"}, row])
    assert find_default([row, DEFAULT]) is not None


def test_what_is_written_is_what_was_read_with_one_block_changed() -> None:
    stored = find_default([DEFAULT])
    assert isinstance(stored, StoredRule)
    assert changed_body(stored, CELL) == {
        "enabled": "yes",
        "do-not-disturb": {"enabled": "no"},
        "forward-always": {"enabled": "yes", "parameters": ["queue_8000"]},
        "forward-on-busy": {"enabled": "yes", "parameters": [12145550100]},
        "forward-when-unregistered": {"enabled": "yes", "parameters": ["12145550123"]},
        "some-later-block": {"enabled": "yes", "colour": "blue"},
    }


def test_switching_off_empties_the_block() -> None:
    stored = find_default([{"time-frame": "*", "enabled": "no"}])
    assert isinstance(stored, StoredRule)
    assert changed_body(stored, Forward()) == {
        "enabled": "no",
        "forward-when-unregistered": {"enabled": "no", "parameters": []},
    }


def test_a_missing_switch_is_written_as_its_default() -> None:
    stored = find_default([{"time-frame": "*"}])
    assert isinstance(stored, StoredRule)
    assert changed_body(stored, CELL)["enabled"] == "yes"


def test_a_new_default_rule_still_leads_into_its_queue() -> None:
    assert new_body("8000", CELL) == {
        "time-frame": "*",
        "enabled": "yes",
        "forward-always": {"enabled": "yes", "parameters": ["queue_8000"]},
        "forward-when-unregistered": {"enabled": "yes", "parameters": ["12145550123"]},
    }


def test_what_could_not_be_read_is_not_written() -> None:
    with pytest.raises(Rejected):
        new_body("8000", Forward(readable=False))


def test_blocks_in_words() -> None:
    blocks = blocks_of({**DEFAULT, "forward-on-dnd": {"enabled": "yes", "parameters": ["a", "b"]}})
    assert blocks["enabled"] == "yes"
    assert blocks["forward-on-busy"] == "yes · 12145550100"
    assert blocks["forward-on-dnd"] == "yes · a, b"
    assert blocks["forward-when-unregistered"] == "no"
    assert blocks["do-not-disturb"] == "no"
    assert blocks["call-screening"] == "no"
    assert blocks["some-later-block"] == '{"colour": "blue", "enabled": "yes"}'
    assert not {"domain", "user", "is-active", "order", "ordinal-priority", "time-frame"} & blocks.keys()


@pytest.mark.parametrize(
    "same",
    [
        {"forward-on-busy": {"enabled": True, "parameters": ["12145550100"]}},
        {"forward-on-busy": {"enabled": "YES", "parameters": "12145550100"}},
        {"forward-when-unregistered": {"enabled": "no", "parameters": []}},
        {"forward-when-unregistered": None},
        {"call-screening": {"enabled": "no", "parameters": []}},
        {"enabled": ""},
        {"ordinal-priority": 98, "is-active": False},
    ],
)
def test_readings_that_mean_the_same_compare_equal(same: dict[str, object]) -> None:
    assert blocks_of({**DEFAULT, **same}) == blocks_of(DEFAULT)


@pytest.mark.parametrize(
    "other",
    [
        {"forward-on-busy": {"enabled": "no", "parameters": [12145550100]}},
        {"forward-on-busy": {"enabled": "yes", "parameters": [12145550101]}},
        {"forward-on-busy": {"enabled": "maybe", "parameters": [12145550100]}},
        {"forward-on-busy": "yes"},
        {"do-not-disturb": {"enabled": "yes"}},
        {"call-screening": {"enabled": "yes"}},
        {"some-later-block": {"enabled": "yes", "colour": "red"}},
        {"enabled": "no"},
    ],
)
def test_readings_that_differ_compare_different(other: dict[str, object]) -> None:
    assert blocks_of({**DEFAULT, **other}) != blocks_of(DEFAULT)


@given(anything.rows("time-frame", "enabled", "forward-when-unregistered", "forward-on-busy", "other"))
def test_any_rule_can_be_compared_and_goes_back_as_it_came(rows: list[object]) -> None:
    for row in rows:
        if not isinstance(row, dict):
            continue
        assert all(isinstance(words, str) for words in blocks_of(row).values())
        stored = find_default([{**row, "time-frame": "*"}])
        assert isinstance(stored, StoredRule)
        body = json.loads(json.dumps(changed_body(stored, CELL)))
        assert json.dumps(body.get("other")) == json.dumps(row.get("other"))


def test_a_rule_in_names_with_underscores_is_written_back_in_them() -> None:
    plain = find_default([DEFAULT])
    stored = find_default([{name.replace("-", "_"): value for name, value in DEFAULT.items()}])
    assert isinstance(plain, StoredRule)
    assert isinstance(stored, StoredRule)
    assert (stored.rule, stored.blocks) == (plain.rule, plain.blocks)
    body = changed_body(stored, Forward(True, ("2145550100",)))
    assert body["forward_when_unregistered"] == {"enabled": "yes", "parameters": ["2145550100"]}
    assert {name.replace("_", "-"): value for name, value in body.items()} == changed_body(
        plain, Forward(True, ("2145550100",))
    )
    assert not any("-" in name for name in body)
