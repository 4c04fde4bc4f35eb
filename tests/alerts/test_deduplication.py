"""Never the same message twice within minutes; in the end everybody has been told how things are."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.conditions import Condition
from queuewatch.alerts.dispatcher import APART, Deduplicator
from queuewatch.profiles.alert_rules import AlertKind
from tests.alerts.states import alert, recovered
from tests.failover.build import NOON


class Receiver:
    """Somebody who is told through one gate."""

    def __init__(self) -> None:
        self.once = Deduplicator()
        self.now: datetime = NOON

    def told(self, *alerts: Alert, after: float = 0) -> list[AlertKind]:
        self.now += timedelta(seconds=after)
        return [one.kind for one in self.once.pass_on(alerts, self.now)]


def test_the_first_of_each_is_told_at_once() -> None:
    one = Receiver()
    assert one.told(alert(), alert(queue="8001"), alert(AlertKind.UNREACHABLE, "")) == [
        AlertKind.FAILS_OVER,
        AlertKind.FAILS_OVER,
        AlertKind.UNREACHABLE,
    ]
    assert one.told(recovered(), after=10) == [AlertKind.RECOVERED]


def test_the_end_of_what_was_there_from_the_start_is_told() -> None:
    assert Receiver().told(recovered()) == [AlertKind.RECOVERED]


def test_what_comes_back_within_minutes_is_told_once_they_have_passed_and_it_is_still_there() -> None:
    one = Receiver()
    one.told(alert())
    one.told(recovered(), after=60)
    assert one.told(alert(), after=60) == []
    assert one.told(after=179) == []
    assert one.told(after=1) == [AlertKind.FAILS_OVER]
    assert one.told(after=3600) == []


def test_what_came_and_went_within_minutes_is_left_out() -> None:
    one = Receiver()
    one.told(alert())
    one.told(recovered(), after=60)
    one.told(alert(), after=60)
    assert one.told(recovered(), after=60) == []
    assert one.told(after=3600) == []


def test_something_worse_is_told_at_once() -> None:
    one = Receiver()
    one.told(alert())
    assert one.told(alert(AlertKind.REACHES_NOBODY), after=5) == [AlertKind.REACHES_NOBODY]
    assert one.told(alert(AlertKind.NOT_READY), after=5) == [AlertKind.NOT_READY]


def test_a_queue_that_is_gone_keeps_nothing_back() -> None:
    one = Receiver()
    one.told(alert(), alert(AlertKind.UNREACHABLE, ""))
    one.told(recovered(), after=60)
    one.told(alert(), after=60)
    one.once.keep_only({"8001"})
    assert one.told(after=3600) == []


steps = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from(["8000", "8001"]), st.sampled_from(Condition)), max_size=40
)


@given(steps)
def test_whatever_comes_and_goes(happens: list[tuple[int, str, Condition]]) -> None:
    one = Receiver()
    truth: dict[tuple[str, str], bool] = {}
    told: list[tuple[datetime, Alert]] = []

    def pass_on(*alerts: Alert) -> None:
        told.extend((one.now, passed) for passed in one.once.pass_on(alerts, one.now))

    for seconds, queue, condition in happens:
        one.now += timedelta(seconds=seconds)
        begins = truth[queue, condition.value] = not truth.get((queue, condition.value), False)
        pass_on(alert(AlertKind(condition.value), queue) if begins else recovered(condition, queue))
    one.now += APART
    pass_on()
    believed: dict[tuple[str, str], bool] = {}
    last: dict[tuple[tuple[str, str], bool], datetime] = {}
    for now, passed in told:
        assert believed.get(passed.about, False) != passed.begins
        assert now - last.get((passed.about, passed.begins), NOON - APART) >= APART
        believed[passed.about] = passed.begins
        last[passed.about, passed.begins] = now
    assert {about for about, there in believed.items() if there} == {
        about for about, there in truth.items() if there
    }
