"""What a setting would be after an edit, and how long a dead phone still looks alive."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from queuewatch.failover.lag import runs_out_at
from queuewatch.failover.model import OFF, Device, Queue, QueueRules, Rule
from queuewatch.failover.suppose import with_require_agents, with_when_offline
from tests.failover.build import CELL, NOON, agent, default, office, to

SALES = Queue("8000", "Sales")


@pytest.mark.parametrize("on", [True, False])
def test_require_agents_is_changed_and_nothing_else(on: bool) -> None:
    before = office(SALES, Queue("8001"))
    after = with_require_agents(before, SALES, on)
    assert after.queues["8000"] == replace(SALES, require_agents=on)
    assert replace(after, queues=before.queues) == before


def test_when_offline_is_changed_on_default_whichever_rule_is_in_effect() -> None:
    holidays = Rule("Holidays", active=True, offline=to("vmail_8000"))
    everyday = Rule("*", busy=to("vmail_8000"))
    after = with_when_offline(office(SALES, rules={"8000": [holidays, everyday]}), "8000", to(CELL))
    assert after.rules_of("8000").rules == (holidays, replace(everyday, offline=to(CELL)))
    assert after.rules_of("8000").in_effect == holidays


def test_a_missing_default_is_supposed_made_as_the_portal_makes_it() -> None:
    created = with_when_offline(office(SALES), "8000", to(CELL)).rules_of("8000").in_effect
    assert created == Rule("*", always=to("queue_8000"), offline=to(CELL))


def test_when_offline_can_be_supposed_off() -> None:
    after = with_when_offline(office(SALES, rules={"8000": [default(offline=to(CELL))]}), "8000", OFF)
    assert after.rules_of("8000").rules == (default(offline=OFF),)


def test_rules_that_were_not_read_stay_unread_in_a_supposition() -> None:
    unread = replace(office(SALES), rules={"8000": QueueRules(problem="access was denied")})
    assert not with_when_offline(unread, "8000", to(CELL)).rules_of("8000").known


def test_a_dead_phone_looks_alive_until_the_last_of_its_registrations_runs_out() -> None:
    ana = agent("green", "1001")
    desk = Device("1001", "1001", registered=True, expires_at=NOON + timedelta(minutes=2))
    app = Device("1001m", "1001", registered=True, expires_at=NOON + timedelta(minutes=4))
    gone = Device("1001wp", "1001", registered=False, expires_at=NOON + timedelta(minutes=9))
    snapshot = replace(office(SALES, agents=[ana]), devices={"1001": (desk, app, gone)})
    assert runs_out_at(snapshot, ana) == NOON + timedelta(minutes=4)


@pytest.mark.parametrize(
    "other", [Device("1001x", "1001", registered=True), Device("1001x", "1001", registered=None, expires_at=NOON)]
)
def test_one_phone_that_may_last_longer_makes_its_agents_lag_unknown(other: Device) -> None:
    ana = agent("green", "1001")
    desk = Device("1001", "1001", registered=True, expires_at=NOON + timedelta(minutes=2))
    snapshot = replace(office(SALES, agents=[ana]), devices={"1001": (desk, other)})
    assert runs_out_at(snapshot, ana) is None


def test_nobody_online_has_no_lag() -> None:
    snapshot = office(SALES, agents=[agent("grey")])
    assert runs_out_at(snapshot, agent("grey")) is None
