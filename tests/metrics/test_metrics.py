"""What Prometheus is told is what the judgement says, of every queue there is and of no other."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.quiet import Quiet
from queuewatch.failover.decide import roster_of
from queuewatch.failover.model import Part, Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.status import Status
from queuewatch.failover.suppose import AS_IS
from queuewatch.failover.verdict import Outcome, ReadinessState
from queuewatch.metrics.metrics import Metrics
from queuewatch.metrics.series import OLD_AFTER
from queuewatch.pbx.phone_system import RequestOutcome
from queuewatch.polling.state import LiveState
from queuewatch.profiles.alert_rules import AlertKind
from tests.failover.build import NOON, agents, default, office, to
from tests.failover.systems import snapshots
from tests.metrics.scrape import of_queue, same, scraped, series

HERE = ("https://pbx.example.com", "example.com")
READY = {ReadinessState.READY: 1.0, ReadinessState.NOT_READY: 0.0, ReadinessState.UNKNOWN: None}


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def state(snapshot: Snapshot, *, every: float = 5.0) -> LiveState:
    snapshot = replace(snapshot, read_at={Part.LIVE: snapshot.taken_at})
    return LiveState(snapshot, judge_all(snapshot), every=every)


def seen(*states: LiveState, clock: Clock | None = None) -> Metrics:
    metrics = Metrics(clock or Clock())
    for live_state in states:
        metrics.see(*HERE, live_state)
    return metrics


def sales(colours: str = "green grey") -> Snapshot:
    queue = Queue("8000", "Sales", "Dallas", require_agents=True)
    rule = default(offline=to("12145550100"))
    return office(queue, agents=agents(colours.split()), rules={"8000": (rule,)})


@settings(max_examples=60)
@given(st.one_of(snapshots(), snapshots(odd=False)))
def test_every_series_is_what_the_judgement_says_of_its_queue(snapshot: Snapshot) -> None:
    live_state = state(snapshot)
    found = scraped(seen(live_state))
    told = {(name, labels) for name, labels in found if name.startswith(("queuewatch_queue", "queuewatch_agents"))}
    for queue in snapshot.call_queues:
        judgement = live_state.judgements[queue.extension]
        of = {
            "domain": "example.com",
            "queue": queue.extension,
            "name": queue.name,
            "site": queue_site(snapshot, queue),
        }
        expected: dict[str, float | None] = {
            "queuewatch_queue_ready": READY[judgement.readiness.state],
            "queuewatch_queue_reaches_someone": judgement.now.reaches_someone,
            "queuewatch_queue_would_fail_over": judgement.now.would_fail_over,
        }
        for name, value in expected.items():
            told.remove(series(name, **of))
            assert same(found[series(name, **of)], value)
        shown = [colour.status for _, colour in roster_of(snapshot, queue.extension, AS_IS).agents]
        for status in Status:
            told.remove(series("queuewatch_agents", **of, status=status))
            agents_in_it = found[series("queuewatch_agents", **of, status=status)]
            # Whom the queue counts and no list shows is unknown as well.
            assert agents_in_it == shown.count(status) or (
                status is Status.UNKNOWN and agents_in_it > shown.count(status)
            )
        left = series("queuewatch_agents_to_failover", **of)
        assert (left in found) is (judgement.now.outcome is not Outcome.DIVERTED)
        told.discard(left)
        if left in found and not math.isnan(found[left]):
            assert found[left] == len(judgement.now.held_open_by)
            assert judgement.now.would_fail_over is None or not (found[left] and judgement.now.would_fail_over)
    assert told == set(), "nothing is told of what is no queue"


def test_a_queue_that_is_not_known_to_be_anything_is_neither_yes_nor_no() -> None:
    found = of_queue(scraped(seen(state(sales("unknown grey")))), "8000")
    answers = {name: value for (name, _), value in found.items() if name != "queuewatch_agents"}
    assert math.isnan(answers.pop("queuewatch_queue_would_fail_over"))
    assert math.isnan(answers.pop("queuewatch_agents_to_failover"))
    assert set(answers) == {"queuewatch_queue_ready", "queuewatch_queue_reaches_someone"}


def test_who_may_be_online_as_well_is_not_left_out_of_how_many_are() -> None:
    found = scraped(seen(state(sales("green unknown"))))
    of = {"domain": "example.com", "queue": "8000", "name": "Sales", "site": "Dallas"}
    assert found[series("queuewatch_queue_reaches_someone", **of)] == 1
    assert math.isnan(found[series("queuewatch_agents_to_failover", **of)])


def test_one_agent_holds_a_queue_open_and_none_once_it_fails_over() -> None:
    of = {"domain": "example.com", "queue": "8000", "name": "Sales", "site": "Dallas"}
    for colours, left, fails_over in (("green grey", 1, 0), ("red green", 2, 0), ("grey grey", 0, 1)):
        found = scraped(seen(state(sales(colours))))
        assert found[series("queuewatch_agents_to_failover", **of)] == left
        assert found[series("queuewatch_queue_would_fail_over", **of)] == fails_over


def test_a_queue_that_is_gone_leaves_no_series() -> None:
    snapshot = sales()
    metrics = seen(state(snapshot))
    metrics.count_alerts(*HERE, [alert()])
    gone = replace(snapshot, queues={}, agents={}, taken_at=NOON + timedelta(seconds=5))
    metrics.see(*HERE, state(gone))
    found = scraped(metrics)
    assert not any(("queue", "8000") in labels for _, labels in found)
    back = replace(snapshot, taken_at=NOON + timedelta(seconds=10))
    metrics.see(*HERE, state(back))
    labels = {"domain": "example.com", "queue": "8000", "name": "Sales", "site": "Dallas"}
    assert scraped(metrics)[series("queuewatch_alerts_total", **labels)] == 0


def test_a_picture_that_is_old_says_nothing_of_now_and_how_old_it_is() -> None:
    clock = Clock()
    metrics = seen(state(sales(), every=20.0), clock=clock)
    age = series("queuewatch_snapshot_age_seconds", domain="example.com")
    clock.now += OLD_AFTER + 40.0
    found = scraped(metrics)
    assert found[age] == OLD_AFTER + 40.0
    fresh = of_queue(found, "8000")
    assert not any(map(math.isnan, fresh.values()))
    clock.now += 0.5
    found = scraped(metrics)
    old = of_queue(found, "8000")
    assert old.keys() == fresh.keys()
    assert all(map(math.isnan, old.values()))
    assert found[age] == OLD_AFTER + 40.5


def test_a_state_without_a_new_reading_makes_nothing_younger() -> None:
    clock = Clock()
    live_state = state(sales())
    metrics = seen(live_state, clock=clock)
    clock.now += 30.0
    metrics.see(*HERE, replace(live_state, push=True))
    metrics.see(
        *HERE, replace(live_state, snapshot=Snapshot("example.com", NOON + timedelta(hours=1)), judgements={})
    )
    # What an earlier run of the program left behind may be of last week.
    metrics.see(
        *HERE, replace(state(replace(sales(), taken_at=NOON - timedelta(days=7))), recalled_on=date(2026, 1, 1))
    )
    age = series("queuewatch_snapshot_age_seconds", domain="example.com")
    assert scraped(metrics)[age] == 30.0
    metrics.see(*HERE, state(replace(sales(), taken_at=NOON + timedelta(seconds=30))), age=4.0)
    assert scraped(metrics)[age] == 4.0
    # Somebody else reads it, and has found it unchanged.
    clock.now += 20.0
    metrics.see(*HERE, state(replace(sales(), taken_at=NOON + timedelta(seconds=30))), age=1.0)
    assert scraped(metrics)[age] == 1.0
    # Nobody does any more: it is known how old it is all the same.
    metrics.see(*HERE, replace(state(sales()), recalled_on=date(2026, 1, 1)), age=41.0)
    assert scraped(metrics)[age] == 41.0


def test_what_was_never_read_is_older_than_anything_and_has_no_queues() -> None:
    metrics = Metrics(Clock())
    metrics.follow(*HERE)
    metrics.see(*HERE, LiveState(Snapshot("example.com", NOON)))
    found = scraped(metrics)
    assert found[series("queuewatch_snapshot_age_seconds", domain="example.com")] == math.inf
    assert {name for name, _ in found} == {
        "queuewatch_snapshot_age_seconds",
        "queuewatch_requests_total",
        "queuewatch_alerts_total",
    }
    metrics.forget(*HERE)
    assert scraped(metrics) == {}
    # Its last alert is told a moment after it is gone.
    metrics.count_alerts(*HERE, [alert()])
    assert scraped(metrics) == {}


def alert(kind: AlertKind = AlertKind.NOT_READY, *, quiet: Quiet | None = None) -> Alert:
    return Alert(kind, "example.com", NOON, "It is so", "It is so.", queue="8000", name="Sales", quiet=quiet)


def test_alerts_are_counted_when_something_begins_and_somebody_is_told() -> None:
    metrics = seen(state(sales()))
    quiet = Quiet("moving", NOON, NOON + timedelta(hours=1), queue="8000")
    metrics.count_alerts(*HERE, [alert(), alert(AlertKind.RECOVERED), alert(quiet=quiet)])
    metrics.count_alerts(*HERE, [alert(), replace(alert(AlertKind.UNREACHABLE), queue="")])
    found = scraped(metrics)
    labels = {"domain": "example.com", "queue": "8000", "name": "Sales", "site": "Dallas"}
    assert found[series("queuewatch_alerts_total", **labels)] == 2
    assert found[series("queuewatch_alerts_total", domain="example.com", queue="", name="", site="")] == 1


def test_requests_are_counted_by_what_came_of_them() -> None:
    metrics = seen(state(sales()))
    for outcome in (RequestOutcome.ANSWERED, RequestOutcome.ANSWERED, RequestOutcome.REFUSED):
        metrics.count_request(*HERE, outcome)
    metrics.count_request(HERE[0], "other.example", RequestOutcome.FAILED)
    found = scraped(metrics)
    counted = {
        outcome: found[series("queuewatch_requests_total", domain="example.com", outcome=outcome)]
        for outcome in RequestOutcome
    }
    assert {outcome: number for outcome, number in counted.items() if number} == {
        RequestOutcome.ANSWERED: 2,
        RequestOutcome.REFUSED: 1,
    }
    assert not any(("domain", "other.example") in labels for _, labels in found)


def test_domains_of_one_name_on_two_servers_are_told_apart() -> None:
    metrics = seen(state(sales()))
    metrics.see("https://test.example.com", "example.com", state(sales("grey grey")))
    metrics.count_request("https://test.example.com", "example.com", RequestOutcome.FAILED)
    found = scraped(metrics)
    green = {
        dict(labels)["server"]: value
        for (name, labels), value in found.items()
        if name == "queuewatch_agents" and ("status", "green") in labels
    }
    assert green == {HERE[0]: 1, "https://test.example.com": 0}
    failed = {
        dict(labels)["server"]: value
        for (name, labels), value in found.items()
        if name == "queuewatch_requests_total" and ("outcome", "failed") in labels
    }
    assert failed == {HERE[0]: 0, "https://test.example.com": 1}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('Say "hi"\\n', 'Say "hi"\\n'),
        ("two\nlines", "two lines"),
        ("a\x00b\x1b[31mred", "ab[31mred"),
        ("half \ud83d a sign", "half  a sign"),
        ("Zahnärzte 陳 📞", "Zahnärzte 陳 📞"),
        ("x" * 5000, "x" * 199 + "…"),
        ('"} 1\nqueuewatch_queue_ready{queue="9999', '"} 1 queuewatch_queue_ready{queue="9999'),
    ],
)
def test_a_name_breaks_out_of_nothing(name: str, shown: str) -> None:
    queue = Queue("8000", name, name)
    found = scraped(seen(state(office(queue, agents=agents(["green"])))))
    of = {"domain": "example.com", "queue": "8000", "name": shown, "site": shown}
    assert found[series("queuewatch_queue_reaches_someone", **of)] == 1
    assert not any(("queue", "9999") in labels for _, labels in found)
