"""Promises that are watched: told when a setting breaks one, and not when somebody goes for lunch."""

import pytest
from msgspec.structs import replace

from queuewatch.alerts.alert import Message
from queuewatch.failover.model import OFF, Snapshot
from queuewatch.failover.suppose import with_require_agents, with_when_offline
from queuewatch.profiles.alert_rules import AlertKind
from queuewatch.setup.expectations import read_expectations
from queuewatch.setup.promises import Promises
from queuewatch.setup.setup_file import SetupFileError
from tests.alerts.states import Room, company
from tests.failover.build import CELL, to

TEXT = (
    f'[[expect]]\nqueue = "8000"\nreaches = "{CELL}"\n'
    '[[expect]]\nqueue = "8000"\nnever = "stranded"\n'
    '[[expect]]\nqueue = "8001"\nnever = ["stranded", "lost"]\n'
)
WHOLE = company(q8000="green red", q8001="green")


def watched(text: str = TEXT, *, initial: bool = False) -> Promises:
    return Promises(read_expectations("a.toml", text).expectations, initial=initial)


def told(promises: Promises, room: Room, snapshot: Snapshot) -> list[tuple[AlertKind, str, str]]:
    alerts = promises.look(room.sees(snapshot, seconds=5))
    return [(alert.kind, alert.queue, alert.promise) for alert in alerts]


def without_require_agents(snapshot: Snapshot, queue: str = "8000") -> Snapshot:
    return with_require_agents(snapshot, snapshot.queues[queue], False)


def test_a_setting_that_breaks_a_promise_is_told_once_and_so_is_its_mending() -> None:
    promises, room = watched(), Room()
    assert told(promises, room, WHOLE) == []
    assert promises.take_beginning() == "Every promise holds."
    broken = without_require_agents(WHOLE)
    assert told(promises, room, broken) == [
        (AlertKind.PROMISE_BROKEN, "8000", "a.toml, line 1, expect #1"),
        (AlertKind.PROMISE_BROKEN, "8000", "a.toml, line 4, expect #2"),
    ]
    assert told(promises, room, broken) == []
    other = with_when_offline(WHOLE, "8000", to("3125550199"))
    assert told(promises, room, other) == [(AlertKind.RECOVERED, "8000", "a.toml, line 4, expect #2")]
    (last,) = promises.look(room.sees(WHOLE, seconds=5))
    assert (last.kind, last.lasted and last.lasted.total_seconds()) == (AlertKind.RECOVERED, 15)
    assert last.sentence.startswith("A promise holds again: Q8000 (8000) with everything dark reaches 2145550100.")


def test_agents_that_come_and_go_break_nothing() -> None:
    promises, room = watched('[[expect]]\nqueue = "8000"\ndark = "nothing"\nreaches = "agents"\n'), Room()
    assert told(promises, room, WHOLE) == []
    assert told(promises, room, company(q8000="grey grey", q8001="green")) == []


def test_what_did_not_hold_before_is_told_only_at_the_beginning() -> None:
    broken = without_require_agents(WHOLE)
    quiet = watched()
    assert told(quiet, Room(), broken) == []
    assert quiet.take_beginning() == "2 of 3 promises do not hold."
    assert quiet.take_beginning() == ""
    assert len(told(watched(initial=True), Room(), broken)) == 2


def test_nothing_is_said_before_everything_is_read() -> None:
    promises, room = watched(), Room()
    unread = replace(WHOLE, rules={})
    assert told(promises, room, unread) == []
    assert promises.take_beginning() == ""
    assert promises.look(room.loses()) == ()
    assert told(promises, room, WHOLE) == []


def test_a_queue_that_is_gone_breaks_its_promise() -> None:
    promises, room = watched(), Room()
    told(promises, room, WHOLE)
    gone = company(q8000="green red")
    assert told(promises, room, gone) == [(AlertKind.PROMISE_BROKEN, "8001", "a.toml, line 7, expect #3")]


def test_a_queue_that_was_never_there_is_a_mistake_in_the_file() -> None:
    with pytest.raises(SetupFileError, match="There is no queue “8999”"):
        watched('[[expect]]\nqueue = "8999"\nnever = "lost"\n').look(Room().sees(WHOLE))


def test_a_message_says_how_many_promises_are_broken() -> None:
    promises, room = watched(), Room()
    promises.look(room.sees(WHOLE))
    off = with_when_offline(with_when_offline(WHOLE, "8000", OFF), "8001", OFF)
    alerts = promises.look(room.sees(off, seconds=5))
    assert {alert.queue for alert in alerts} == {"8000", "8001"}
    assert Message("acme", alerts).title.endswith("(and 1 other alert)")
