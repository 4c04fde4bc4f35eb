import math

import pytest
from hypothesis import given

from queuewatch.failover.model import OFF, Forward, QueueRules, Rule
from queuewatch.pbx.netsapiens.rules import forward_of, read_rules

from . import anything

CELL = Forward(enabled=True, destinations=("12145550100",))
UNREADABLE = Forward(readable=False)

DEFAULT: dict[str, object] = {
    "domain": "example.com",
    "user": "8000",
    "time-frame": "*",
    "enabled": "yes",
    "is-active": True,
    "ordinal-priority": 99,
    "forward-always": {"enabled": "yes", "parameters": ["queue_8000"]},
    "forward-on-busy": {"enabled": "yes", "parameters": ["vmail_8000"]},
    "forward-no-answer": {"enabled": "no", "parameters": []},
    "forward-when-unregistered": {"enabled": "yes", "parameters": ["12145550100"]},
}


def only(row: object) -> Rule:
    rules = read_rules([row])
    assert rules.known
    return rules.rules[0]


def test_a_whole_rule() -> None:
    assert only(DEFAULT) == Rule(
        time_frame="*",
        enabled=True,
        active=True,
        order=99,
        always=Forward(True, ("queue_8000",)),
        busy=Forward(True, ("vmail_8000",)),
        no_answer=OFF,
        offline=CELL,
    )


@pytest.mark.parametrize(
    "parameters",
    [
        ["12145550100"],
        [12145550100],
        [12145550100.0],
        [" 12145550100 "],
        ["", "12145550100", None],
        "12145550100",
        12145550100,
    ],
)
def test_parameters_in_every_spelling(parameters: object) -> None:
    assert forward_of({"enabled": "yes", "parameters": parameters}) == CELL


@pytest.mark.parametrize("parameters", [[], [""], [None], None, "", [" "]])
def test_parameters_that_say_nothing(parameters: object) -> None:
    assert forward_of({"enabled": "yes", "parameters": parameters}) == Forward(enabled=True)


def test_several_parameters_stay_in_order() -> None:
    assert forward_of({"enabled": True, "parameters": ["b", 7, "a"]}).destinations == ("b", "7", "a")


@pytest.mark.parametrize(
    "block", [None, {}, {"enabled": "no"}, {"enabled": ""}, {"enabled": 0, "parameters": [""]}]
)
def test_blocks_that_are_off(block: object) -> None:
    assert forward_of(block) == OFF


@pytest.mark.parametrize(
    "block",
    [
        "12145550100",
        7,
        [],
        ["12145550100"],
        True,
        {"enabled": "maybe"},
        {"enabled": ["yes"], "parameters": []},
        {"enabled": "yes", "parameters": {"0": "12145550100"}},
        {"enabled": "yes", "parameters": [{"number": "12145550100"}]},
        {"enabled": "yes", "parameters": [True]},
        {"enabled": "yes", "parameters": [math.nan]},
    ],
)
def test_blocks_that_make_no_sense_are_neither_on_nor_off(block: object) -> None:
    assert forward_of(block) == UNREADABLE


@pytest.mark.parametrize("said", [True, "true", "yes", 1, "1", "True"])
def test_active(said: object) -> None:
    assert only({**DEFAULT, "is-active": said}).active


@pytest.mark.parametrize("said", [False, "false", "no", 0, None, ""])
def test_not_active(said: object) -> None:
    assert not only({**DEFAULT, "is-active": said}).active


def test_missing_values_take_the_vendors_defaults() -> None:
    assert only({"time-frame": "Holidays"}) == Rule("Holidays", enabled=True, active=False, order=99)


def test_rules_come_in_the_order_they_are_tried_under_either_name() -> None:
    rows: list[object] = [
        DEFAULT,
        {"time-frame": "Late", "order": "3"},
        {"time-frame": "Holidays", "ordinal-priority": 0},
    ]
    assert [rule.time_frame for rule in read_rules(rows).rules] == ["Holidays", "Late", "*"]


def test_a_rule_whose_switch_makes_no_sense_is_not_leaned_on_unless_it_is_in_effect() -> None:
    assert only({**DEFAULT, "enabled": "perhaps", "is-active": False}).offline == UNREADABLE
    assert only({**DEFAULT, "enabled": "perhaps"}).offline == CELL


def test_a_malformed_row_beside_the_one_in_effect_changes_nothing() -> None:
    rules = read_rules(["garbage", DEFAULT])
    assert rules.known
    assert [rule.time_frame for rule in rules.rules] == ["*"]


def test_a_malformed_row_may_be_the_one_in_effect() -> None:
    rules = read_rules(["garbage", {**DEFAULT, "is-active": False}])
    assert not rules.known
    assert rules.problem == (
        "which answering rule is in effect is unclear: Rule row 1 of 2 is a text, not an object: left out."
    )
    assert rules.default is not None


def test_an_unclear_is_active_is_not_taken_for_no() -> None:
    rows: list[object] = [{"time-frame": "Holidays", "is-active": "perhaps"}, {**DEFAULT, "is-active": False}]
    assert not read_rules(rows).known
    assert read_rules([rows[0], DEFAULT]).known


def test_a_row_that_may_matter_at_another_time_is_missed() -> None:
    assert read_rules([DEFAULT, {"time-frame": "Late", "order": "3"}]).complete
    assert not read_rules(["garbage", DEFAULT]).complete
    assert not read_rules([DEFAULT, {"time-frame": "Late", "order": "soon"}]).complete


def test_no_rules_are_known_to_be_none() -> None:
    assert read_rules([]) == QueueRules()


@given(anything.rows("time-frame", "enabled", "is-active", "order", "forward-when-unregistered", "forward-always"))
def test_reading_is_total(rows: list[object]) -> None:
    rules = read_rules(rows)
    assert len(rules.rules) == sum(isinstance(row, dict) for row in rows)
    for rule in rules.rules:
        assert rule.time_frame
        for forward in (rule.always, rule.busy, rule.no_answer, rule.offline):
            assert forward.readable or forward == UNREADABLE
            assert all(destination.strip() for destination in forward.destinations)


LEADS = {"forward-when-unregistered": {"enabled": "yes", "parameters": ["12145550100"]}}


@pytest.mark.parametrize("name", [None, "", "  ", [], ["*"], {"name": "*"}])
def test_a_rule_that_does_not_say_which_it_is_leaves_open_which_is_in_effect(name: object) -> None:
    rules = read_rules([{**LEADS, "time-frame": name, "is-active": False}])
    assert not rules.known
    assert "does not say of which time frame it is" in rules.problem
    missing = read_rules([LEADS])
    assert not missing.known
    # Where the phone system itself says which one is, that counts now, and for another time it is still open.
    beside = read_rules([{**LEADS, "time-frame": name}, DEFAULT])
    assert (beside.known, beside.complete) == (True, False)
    itself = read_rules([{**LEADS, "time-frame": name, "is-active": True}])
    assert (itself.known, itself.complete) == (True, False)
    assert itself.in_effect is not None
    assert itself.in_effect.offline == CELL
    off = read_rules([{**LEADS, "time-frame": name, "enabled": "no"}, {**DEFAULT, "is-active": False}])
    assert (off.known, off.complete) == (True, True)


@pytest.mark.parametrize("spelling", ["Default", "default", "DEFAULT"])
def test_default_is_spelled_out_by_some(spelling: str) -> None:
    rules = read_rules([{**DEFAULT, "time-frame": spelling}, {"time-frame": "Holidays"}])
    assert [rule.time_frame for rule in rules.in_order] == ["Holidays", "*"]
    # Beside the Default rule it is a time frame of that name.
    both = read_rules([{**DEFAULT, "time-frame": spelling, "is-active": False}, DEFAULT])
    assert [rule.time_frame for rule in both.in_order] == [spelling, "*"]
