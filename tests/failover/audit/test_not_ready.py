"""Each cause of a queue's not being ready is found by its own code, once, and without what follows from it."""

import pytest
from msgspec.structs import replace

from queuewatch.failover.audit.finding import Remedy
from queuewatch.failover.model import (
    OFF,
    AutoAttendant,
    Forward,
    PhoneNumber,
    Queue,
    QueueRules,
    Rule,
    Snapshot,
    User,
)
from tests.failover.audit.found import finding, found, serious
from tests.failover.build import CELL, UNREADABLE, agent, default, office, to

READY = Queue("8000", "Sales", require_agents=True)
NO = replace(READY, require_agents=False)
FULL = replace(READY, max_callers=2, waiting=2)
USERS = (User("1001", "Ana Lopez"), User("1002", "Ben Ito", voicemail=False), User("1003", voicemail=None))
OWN = (
    PhoneNumber("12145550101", "to-callqueue", "8000"),
    PhoneNumber("12145550102", "to-user", "1001"),
    PhoneNumber("12145550103", "hangup", ""),
    PhoneNumber("12145550104", "to-callqueue", "8000", enabled=False),
)


def sales(
    queue: Queue = READY, *others: Queue, rules: dict[str, list[Rule]] | None = None, **forwards: Forward
) -> Snapshot:
    """Sales with two agents, and these forwards of its Default rule unless there are other rules."""
    return office(
        queue,
        *others,
        agents=[agent("green", "1001"), agent("green", "1002")],
        rules=rules or {"8000": [default(**forwards)]},
        users=USERS,
        numbers=OWN,
        attendants=[AutoAttendant("Main Menu", "9000")],
    )


def test_both_settings_and_a_number_outside_are_nothing_to_find() -> None:
    assert found(sales(offline=to(CELL))) == {}


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        (sales(NO, offline=to(CELL)), {"QW101": "error"}),
        (sales(NO), {"QW113": "error"}),
        (sales(NO, busy=to(CELL)), {"QW113": "error"}),
        (sales(), {"QW102": "error"}),
        (sales(offline=to()), {"QW102": "error"}),
        (sales(offline=Forward(False, (CELL,))), {"QW102": "error"}),
        (sales(busy=to(CELL)), {"QW102": "warning"}),
        (sales(busy=to("park_701")), {"QW102": "warning"}),
        (sales(busy=to("queue_8000")), {"QW102": "error"}),
        (sales(rules={"8000": [Rule("*", enabled=False, offline=to(CELL))]}), {"QW102": "error"}),
        (sales(offline=to("queue_8000")), {"QW103": "error"}),
        (sales(offline=to("user_7777")), {"QW104": "error"}),
        (sales(offline=to("aa_Nowhere")), {"QW118": "warning"}),
        (sales(offline=to("vmail_1002")), {"QW104": "error"}),
        (sales(offline=to("2145550103")), {"QW104": "error"}),
        (sales(offline=to("(214) 555-0100")), {"QW109": "error"}),
        (sales(offline=to("5550100")), {"QW109": "error"}),
        (sales(offline=to("0145550100;delay=5")), {"QW109": "error"}),
        (sales(offline=to("12145550101")), {"QW110": "error"}),
        (sales(offline=to("2145550102")), {"QW110": "warning", "QW105": "warning"}),
        (sales(offline=to("2145550104")), {"QW118": "warning"}),
        (sales(offline=to("park_701")), {"QW118": "warning"}),
        (sales(offline=to("conf_5")), {"QW118": "warning"}),
        (sales(offline=to("911")), {"QW122": "error"}),
        (sales(busy=to("911")), {"QW102": "warning", "QW122": "error"}),
        (sales(always=to("911")), {"QW115": "warning", "QW122": "error"}),
        (sales(offline=to("19005550100")), {"QW123": "warning"}),
        (sales(offline=to("121455501000")), {"QW109": "error"}),
        (sales(offline=to("00112145550133")), {"QW109": "error"}),
        (sales(offline=to("+2145550100")), {"QW109": "error"}),
        (sales(offline=to("hello world")), {"QW118": "warning"}),
        (sales(offline=to("vmail_1003")), {"QW118": "warning"}),
        (sales(always=to(CELL)), {"QW115": "warning"}),
        (sales(always=to("park_701")), {"QW115": "warning"}),
        (sales(NO, always=to("user_7777"), offline=to(CELL)), {"QW115": "error"}),
        (sales(always=to("8000"), offline=to(CELL)), {}),
        (sales(replace(READY, require_agents=None), offline=to(CELL)), {"QW120": "warning"}),
        (sales(replace(READY, max_callers=None, waiting=1), offline=to(CELL)), {"QW120": "warning"}),
        (sales(replace(READY, max_callers=5, waiting=None), offline=to(CELL)), {"QW120": "warning"}),
        (sales(offline=UNREADABLE), {"QW120": "warning"}),
        (sales(always=UNREADABLE, offline=to(CELL)), {"QW120": "warning"}),
        (sales(offline=to(CELL), busy=UNREADABLE), {"QW120": "warning"}),
    ],
)
def test_one_cause_is_one_finding(snapshot: Snapshot, expected: dict[str, str]) -> None:
    assert serious(snapshot) == expected


def test_what_hides_behind_another_cause_is_found_as_well() -> None:
    assert serious(sales(NO, offline=to("user_7777"))) == {"QW101": "error", "QW104": "error"}
    assert serious(sales(FULL)) == {"QW119": "warning", "QW102": "error"}
    assert serious(sales(FULL, offline=to(CELL))) == {"QW119": "warning"}
    assert serious(sales(replace(FULL, require_agents=False), offline=to(CELL), busy=to("queue_8000"))) == {
        "QW101": "error",
        "QW103": "error",
    }


@pytest.mark.parametrize(
    ("second", "forward", "expected"),
    [
        (Queue("8001", "Support"), OFF, {"QW117": "error"}),
        (Queue("8001", "Support", require_agents=True), OFF, {"QW117": "error"}),
        (Queue("8001", "Support", require_agents=True), to("8000"), {"QW103": "error"}),
        (Queue("8001", "Support", require_agents=True), to("vmail_7777"), {"QW104": "error"}),
        (Queue("8001", "Support", require_agents=None), OFF, {"QW118": "warning"}),
        (Queue("8001", "Support", park=True), OFF, {"QW118": "warning"}),
        (Queue("8001", "Support", require_agents=True), to("12145550101"), {"QW103": "error"}),
        (Queue("8001", "Support", require_agents=True), to("(214) 555-0100"), {"QW118": "warning"}),
        (Queue("8001", "Support", require_agents=True), to(CELL), {}),
    ],
)
def test_the_fault_of_a_backup_is_found_in_both(second: Queue, forward: Forward, expected: dict[str, str]) -> None:
    rules = {"8000": [default(offline=to("queue_8001"))], "8001": [default(offline=forward)]}
    snapshot = sales(READY, second, rules=rules)
    assert serious(snapshot) == expected
    assert bool(serious(snapshot, "8001")) == bool(expected) or second.park


def test_a_queue_without_a_user_has_that_one_cause() -> None:
    for queue in (READY, NO, FULL):
        orphan = replace(sales(queue), rules={"8000": QueueRules(has_user=False)})
        assert serious(orphan) == {"QW116": "error"}


def test_rules_that_were_not_read_are_told_as_that() -> None:
    unread = replace(sales(), rules={"8000": QueueRules(problem="access was denied.")})
    assert serious(unread) == {"QW114": "warning"}
    assert "access was denied." in finding(unread, "QW114").why


def test_the_rule_in_effect_lacks_the_forward() -> None:
    night = Rule("Night", active=True, order=0)
    below = Rule("*", offline=to(CELL))
    assert serious(sales(rules={"8000": [night, below]})) == {"QW107": "error"}
    assert serious(sales(rules={"8000": [replace(night, busy=to(CELL)), below]})) == {"QW107": "warning"}
    assert serious(sales(NO, rules={"8000": [night, below]})) == {"QW101": "error", "QW107": "error"}
    neither = sales(rules={"8000": [night, Rule("*")]})
    assert serious(neither) == {"QW102": "error"}
    assert finding(neither, "QW102").remedy is Remedy.LOOK


def test_the_way_is_told_hop_by_hop() -> None:
    ring = sales(
        READY,
        Queue("8001", "Support", require_agents=True),
        rules={"8000": [default(offline=to("8001"))], "8001": [default(offline=to("queue_8000"))]},
    )
    assert "Sales (8000) → Support (8001) → Sales (8000)" in finding(ring, "QW103").why


@pytest.mark.parametrize(
    ("snapshot", "code", "command", "remedy"),
    [
        (sales(NO, offline=to(CELL)), "QW101", "queuewatch require-agents 8000 yes", Remedy.REQUIRE_AGENTS),
        (sales(NO), "QW113", "queuewatch when-offline 8000 DESTINATION", Remedy.WHEN_OFFLINE),
        (sales(), "QW102", "queuewatch when-offline 8000 DESTINATION", Remedy.WHEN_OFFLINE),
        (
            sales(offline=to("(214) 555-0100")),
            "QW109",
            "queuewatch when-offline 8000 2145550100",
            Remedy.WHEN_OFFLINE,
        ),
        (sales(always=to(CELL)), "QW115", "", Remedy.LOOK),
        (sales(FULL, offline=to(CELL), busy=to("user_7777")), "QW104", "", Remedy.LOOK),
        (
            sales(rules={"8000": [Rule("Night", active=True, offline=to("user_7777")), Rule("*")]}),
            "QW104",
            "",
            Remedy.LOOK,
        ),
    ],
)
def test_a_command_is_given_only_where_it_is_the_fix(
    snapshot: Snapshot, code: str, command: str, remedy: Remedy
) -> None:
    one = finding(snapshot, code)
    assert (one.command, one.remedy) == (command, remedy)
