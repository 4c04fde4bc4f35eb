"""What waits on the screen: the worst and newest first, until it is seen or over."""

from datetime import timedelta

from queuewatch.alerts.conditions import Condition
from queuewatch.alerts.unseen import UnseenAlerts
from queuewatch.profiles.alert_rules import AlertKind
from tests.alerts.states import alert, recovered
from tests.failover.build import NOON

LATER = NOON + timedelta(minutes=5)


def test_nothing_is_shown_until_something_is_told() -> None:
    notices = UnseenAlerts()
    assert notices.text() == ("", "")
    assert not notices.see()


def test_more_queues_are_not_taken_for_more_alerts() -> None:
    notices = UnseenAlerts()
    notices.add(tuple(alert(queue=str(8000 + number), at=LATER) for number in range(4)))
    notices.add((alert(AlertKind.ONE_AGENT_LEFT, "8010"), alert(AlertKind.ONE_AGENT_LEFT, "8011")))
    told, others = notices.text()
    assert told.endswith("4 queues fail over: Q8000, Q8001 and 2 more")
    assert others == "(and 2 other alerts)"


def test_the_worst_comes_first_and_of_that_what_says_the_same_together() -> None:
    notices = UnseenAlerts()
    notices.add((alert(AlertKind.ONE_AGENT_LEFT, "8003"),))
    notices.add((alert(), alert(queue="8001")))
    notices.add((alert(queue="8002", at=LATER),))
    assert notices.text() == ("12:05 3 queues fail over: Q8002, Q8000 and Q8001", "(and 1 other alert)")
    assert notices.see()
    assert notices.text() == ("12:00 one agent left 8003", "")
    assert notices.see()
    assert notices.text() == ("", "")


def test_what_is_over_takes_the_place_of_what_began_until_it_is_seen_too() -> None:
    notices = UnseenAlerts()
    notices.add((alert(),))
    assert notices.is_bad
    notices.add((recovered(at=LATER),))
    assert notices.text() == ("12:05 recovered 8000", "")
    assert not notices.is_bad
    notices.see()
    assert notices.text() == ("", "")


def test_who_has_seen_the_worse_is_not_shown_the_lesser_of_the_same_queue() -> None:
    notices = UnseenAlerts()
    notices.add((alert(AlertKind.ONE_AGENT_LEFT),))
    notices.add((alert(),))
    assert notices.text() == ("12:00 fails over 8000", "")
    notices.see()
    assert notices.text() == ("", "")


def test_a_queue_that_is_gone_is_shown_no_longer_and_the_domain_stays() -> None:
    notices = UnseenAlerts()
    notices.add((alert(), alert(queue="8001"), alert(AlertKind.UNREACHABLE, "")))
    assert notices.keep_only({"8001": 1})
    assert not notices.keep_only({"8001": 1})
    assert notices.text() == ("12:00 fails over 8001", "(and 1 other alert)")


def test_trouble_with_telling_waits_behind_every_alert_and_goes_when_it_is_over() -> None:
    notices = UnseenAlerts()
    notices.note("A", "An alert did not reach a.example: nothing answers there.")
    notices.note("B", "An alert did not reach b.example: nothing answers there.")
    notices.add((recovered(Condition.NOT_READY),))
    assert notices.text() == ("12:00 recovered 8000", "(and 2 other alerts)")
    notices.see()
    assert notices.text() == ("An alert did not reach a.example: nothing answers there.", "(and 1 other alert)")
    assert notices.is_bad
    notices.note("A", "")
    assert notices.text() == ("An alert did not reach b.example: nothing answers there.", "")
    notices.see()
    assert notices.text() == ("", "")
