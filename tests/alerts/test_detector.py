"""What a detector tells: what begins and what is over, once each, and never from half a picture."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.detector import Detector, duration_words, is_still_there
from queuewatch.failover.model import Part, QueueRules
from queuewatch.polling.state import LiveState
from queuewatch.profiles.alert_rules import AlertKind
from tests.alerts.states import REFUSED, Room, company, not_read
from tests.failover.build import default, to

HOLD = 30.0


class Watched(Room):
    """A room with somebody watching."""

    def __init__(self, hold: float = HOLD, *, initial: bool = False) -> None:
        super().__init__()
        self.detector = Detector(hold, initial=initial)

    def told(self, live_state: LiveState) -> list[tuple[AlertKind, str]]:
        return [(one.kind, one.queue) for one in self.tells(live_state)]

    def tells(self, live_state: LiveState) -> tuple[Alert, ...]:
        return self.detector.sight(live_state, self.now)


def test_a_queue_that_begins_to_fail_over_is_told_once_it_has_lasted_and_once_it_is_over() -> None:
    one = Watched()
    assert one.told(one.sees(q8000="green green")) == []
    assert one.told(one.sees(q8000="grey grey", seconds=5)) == []
    assert one.told(one.sees(seconds=29)) == []
    (began,) = one.tells(one.sees(seconds=1))
    assert (began.kind, began.at, began.outcome, began.readiness) == (
        AlertKind.FAILS_OVER,
        one.now,
        "fails_over",
        "ready",
    )
    assert began.since == one.now - timedelta(seconds=30)
    assert one.told(one.sees(seconds=600)) == []
    assert one.told(one.sees(q8000="green green", seconds=10)) == []
    (over,) = one.tells(one.sees(seconds=30))
    assert (over.kind, over.of, over.lasted) == (AlertKind.RECOVERED, began.of, timedelta(seconds=640))
    assert over.headline == "Q8000 (8000) no longer fails over, after 10 min"


def test_how_things_are_at_first_is_told_to_nobody_but_its_end_is() -> None:
    one = Watched()
    assert one.told(one.sees(q8000="grey grey")) == []
    assert one.told(one.sees(seconds=3600)) == []
    assert one.told(one.sees(q8000="green green", seconds=1)) == []
    (over,) = one.tells(one.sees(seconds=30))
    assert over.headline == "Q8000 (8000) no longer fails over, after more than 1 h"
    assert over.since is None


def test_how_things_are_at_first_is_told_at_once_to_who_asks_for_it() -> None:
    one = Watched(initial=True)
    assert one.told(one.sees(q8000="grey grey", q8001="green grey", q8002="green green")) == [
        (AlertKind.FAILS_OVER, "8000"),
        (AlertKind.ONE_AGENT_LEFT, "8001"),
    ]
    assert one.told(one.sees(seconds=60)) == []


def test_several_queues_that_fall_due_in_one_state_are_told_together_the_worst_first() -> None:
    one = Watched()
    one.tells(one.sees(q8000="green green", q8001="green green", q8002="green green"))
    dark = company(q8000="green grey", q8001="grey grey", q8002="grey grey")
    dark = replace(dark, rules={**dark.rules, "8002": QueueRules((default(),))})
    one.tells(one.sees(dark, seconds=1))
    assert one.told(one.sees(seconds=30)) == [
        (AlertKind.REACHES_NOBODY, "8002"),
        (AlertKind.FAILS_OVER, "8001"),
        (AlertKind.NOT_READY, "8002"),
        (AlertKind.ONE_AGENT_LEFT, "8000"),
    ]


def test_from_one_agent_left_to_failing_over_nothing_has_recovered() -> None:
    one = Watched(hold=0)
    one.tells(one.sees(q8000="green green"))
    assert one.told(one.sees(q8000="green grey", seconds=1)) == [(AlertKind.ONE_AGENT_LEFT, "8000")]
    assert one.told(one.sees(q8000="grey grey", seconds=1)) == [(AlertKind.FAILS_OVER, "8000")]
    assert one.told(one.sees(q8000="grey green", seconds=1)) == [(AlertKind.RECOVERED, "8000")]
    assert one.told(one.sees(q8000="green green", seconds=1)) == [(AlertKind.RECOVERED, "8000")]


def test_from_failing_over_to_reaching_nobody_nothing_has_recovered() -> None:
    one = Watched(hold=0)
    one.tells(one.sees(q8000="green green"))
    one.tells(one.sees(q8000="grey grey", seconds=1))
    off = replace(one.live_state.snapshot, rules={"8000": QueueRules((default(),))})
    assert one.told(one.sees(off, seconds=1)) == [
        (AlertKind.REACHES_NOBODY, "8000"),
        (AlertKind.NOT_READY, "8000"),
    ]


def test_an_uncertain_verdict_neither_raises_nor_ends() -> None:
    one = Watched()
    one.tells(one.sees(q8000="green green"))
    assert one.told(one.sees(q8000="grey unknown", seconds=3600)) == []
    one.tells(one.sees(q8000="grey grey", seconds=1))
    assert one.told(one.sees(seconds=30)) == [(AlertKind.FAILS_OVER, "8000")]
    assert one.told(one.sees(q8000="grey unknown", seconds=3600)) == []
    assert one.told(one.sees(q8000="grey grey", seconds=3600)) == []


def test_a_queue_is_known_once_its_rules_are() -> None:
    one = Watched(hold=0)
    whole = company(q8000="grey grey", q8001="green green")
    assert one.told(one.sees(replace(whole, rules={"8001": whole.rules["8001"]}))) == []
    assert one.told(one.sees(replace(whole, rules={**whole.rules, "8000": QueueRules(problem="no")}), 5)) == []
    assert one.told(one.sees(whole, seconds=5)) == []
    assert one.told(one.sees(q8000="green green", q8001="green green", seconds=5)) == [
        (AlertKind.RECOVERED, "8000")
    ]


@pytest.mark.parametrize(
    ("missing", "part"),
    [({"users": None}, Part.USERS), ({"numbers": None}, Part.NUMBERS), ({"attendants": None}, Part.ATTENDANTS)],
)
def test_before_the_directory_is_read_nothing_is_known(missing: dict[str, None], part: Part) -> None:
    one = Watched(hold=0)
    whole = company(q8000="green green")
    broken = replace(whole, rules={"8000": QueueRules((default(offline=to("1999")),))})
    assert one.told(one.sees(replace(broken, **missing))) == []
    assert one.told(one.sees(not_read(replace(whole, **missing), part), seconds=1)) == []
    assert one.told(one.sees(replace(whole, rules={"8000": QueueRules((default(),))}), seconds=1)) == [
        (AlertKind.NOT_READY, "8000")
    ]


def test_a_queue_that_vanishes_is_forgotten_and_begins_anew() -> None:
    one = Watched(hold=0)
    one.tells(one.sees(q8000="green green", q8001="green green"))
    one.tells(one.sees(q8000="grey grey", q8001="green green", seconds=1))
    assert one.told(one.sees(q8001="green green", seconds=1)) == []
    assert one.told(one.sees(q8000="grey grey", q8001="green green", seconds=1)) == []
    assert one.told(one.sees(q8000="green green", q8001="green green", seconds=1)) == [
        (AlertKind.RECOVERED, "8000")
    ]


def test_a_phone_system_out_of_reach_is_told_by_the_time_that_goes_on() -> None:
    one = Watched()
    one.tells(one.sees(q8000="green green"))
    assert one.told(one.loses(seconds=5)) == []
    assert one.told(one.loses(seconds=29)) == []
    (away,) = one.tells(one.loses(seconds=1))
    assert (away.kind, away.queue, away.at) == (AlertKind.UNREACHABLE, "", one.now)
    assert away.sentence == "The phone system of example.com is out of reach. pbx.example.com cannot be reached."
    assert one.told(one.loses(seconds=3600)) == []
    assert one.told(one.sees(seconds=1)) == []
    (back,) = one.tells(one.sees(seconds=30))
    assert back.sentence == "The phone system of example.com answers again, after 1 h."
    assert (back.kind, back.lasted) == (AlertKind.REACHABLE, timedelta(seconds=3631))


def test_trouble_shorter_than_the_hold_is_none() -> None:
    one = Watched()
    one.tells(one.sees(q8000="green green"))
    one.tells(one.loses(seconds=5))
    one.tells(one.sees(seconds=20))
    assert one.told(one.loses(seconds=15)) == []


def test_refused_credentials_are_called_so() -> None:
    one = Watched(hold=0)
    (away,) = one.tells(one.loses(REFUSED))
    assert away.headline == "The phone system of example.com refuses the credentials"


def test_while_it_is_out_of_reach_no_queue_begins_or_ends_anything() -> None:
    one = Watched()
    one.tells(one.sees(q8000="green green"))
    one.tells(one.sees(q8000="grey grey", seconds=5))
    assert one.told(one.loses(seconds=300)) == []
    assert (AlertKind.FAILS_OVER, "8000") not in one.told(one.loses(seconds=30))
    assert one.told(one.sees(seconds=5)) == [(AlertKind.FAILS_OVER, "8000")]


crews = st.sampled_from(["green green", "green grey", "grey grey", "grey unknown", "red grey", ""])
steps = st.lists(st.tuples(st.integers(0, 40), crews, crews, st.booleans()), max_size=15)


@given(steps)
def test_whatever_happens_beginnings_and_ends_alternate_for_each_queue_and_condition(
    happens: list[tuple[int, str, str, bool]],
) -> None:
    one = Watched(initial=True)
    there: dict[tuple[str, str], bool] = {}
    alerts = list(one.tells(one.sees(q8000="green green", q8001="grey grey")))
    for seconds, first, second, away in happens:
        live_state = one.loses(seconds=seconds) if away else one.sees(q8000=first, q8001=second, seconds=seconds)
        alerts += one.tells(live_state)
    for alert in alerts:
        assert there.get(alert.about, False) != alert.begins
        there[alert.about] = alert.begins


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (11100, "3 h 5 min"),
        (86400, "1 day"),
        (187200, "2 days 4 h"),
        (-5, "0 s"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration_words(timedelta(seconds=seconds)) == words


def test_what_a_slow_first_reading_shows_bit_by_bit_is_no_news_and_what_comes_after_it_is() -> None:
    one = Watched()
    whole = company(q8000="grey grey", q8001="grey")
    # The first forwards to the second, and that one back: what is wrong is known once both are read.
    rules = {
        "8000": QueueRules((default(offline=to("8001")),)),
        "8001": QueueRules((default(offline=to("8000")),)),
    }
    whole = replace(whole, rules=rules)
    part = replace(whole, rules={"8000": rules["8000"]})
    assert one.told(one.sees(part)) == []
    assert one.told(one.sees(part, seconds=60)) == []
    assert one.told(one.sees(whole, seconds=60)) == []
    assert one.told(one.sees(whole, seconds=600)) == [], "it was so from the start"
    there = company(q8000="green", q8001="green")
    assert one.told(one.sees(replace(there, rules=rules), seconds=1)) == []
    told = one.told(one.sees(replace(there, rules=rules), seconds=31))
    assert {kind for kind, _ in told} == {AlertKind.RECOVERED}
    assert {queue for _, queue in told} == {"8000", "8001"}


def test_whether_what_others_told_is_still_there_is_said_only_where_it_is_known() -> None:
    one = Watched()
    unread, grey = one.live_state, one.sees(q8000="grey grey")
    lost = one.loses()
    one.live_state = grey
    green = one.sees(q8000="green green")
    away, fails_over, gone = ("", ""), ("8000", "fails_over"), ("8999", "fails_over")
    without_rules = replace(green, snapshot=replace(green.snapshot, rules={}))
    for about, state, there in (
        (away, unread, None),
        (away, lost, True),
        (away, grey, False),
        (fails_over, unread, None),
        (fails_over, lost, None),
        (fails_over, grey, True),
        (fails_over, green, False),
        (fails_over, without_rules, None),
        (gone, green, False),
        # A promise, of which a state says nothing.
        (("8000", "queues.8000.ready"), green, None),
    ):
        assert is_still_there(about, state) is there, (about, there)
