"""The tester's call among all calls: told by its number or its id, in one row or several, and never by a guess."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from queuewatch.failover.destination import CallEnd, EndKind
from queuewatch.failover.model import AutoAttendant, Forward, PhoneNumber, Queue, QueueRules, Rule, Snapshot, User
from queuewatch.failover.phone_number import read_number
from queuewatch.failover.verdict import Counts, Outcome, Verdict
from queuewatch.pbx.calls import ActiveCall, Party
from queuewatch.proof.tracing import Found, Tester, Tracer

CELL, TESTER, STRANGER = "12145550100", "12145550911", "12145550777"


def number(digits: str) -> Party:
    return Party(digits, "carrier.example.net", read_number(digits).key)


SNAPSHOT = Snapshot(
    "acme.example",
    datetime(2026, 11, 28, tzinfo=UTC),
    queues={"8000": Queue("8000", "Sales"), "8001": Queue("8001", "Support")},
    users={one: User(one) for one in ("1001", "1002", "1010")},
    numbers={"2145550170": PhoneNumber("12145550170", "to-callqueue", "8000")},
    attendants=(AutoAttendant("Main Menu", "7000"),),
)
RINGS = ActiveCall("c1", caller=number(TESTER), dialled=Party("8000"), by=Party("8000"), term=number(CELL))


def leads_to(kind: EndKind, target: str) -> Verdict:
    end = CallEnd(kind, target, read_number(target) if kind is EndKind.EXTERNAL else None)
    return Verdict("8000", Outcome.FAILS_OVER, Counts(grey=2), end, (), (), "")


def tracer(
    kind: EndKind = EndKind.EXTERNAL, target: str = CELL, tester: str = TESTER, call_id: str = ""
) -> Tracer:
    return Tracer(SNAPSHOT, "8000", leads_to(kind, target), Tester.at(SNAPSHOT, tester, call_id))


def test_where_it_rings_and_is_answered() -> None:
    follows = tracer()
    first = follows.look([RINGS])
    assert (first.found, first.as_expected) == (Found.ONE, True)
    assert first.reached is not None
    assert (first.reached.kind, first.reached.target, first.reached.answered) == ("external", CELL, False)
    second = follows.look([replace(RINGS, answered=True)])
    assert second.reached is not None
    assert second.reached.answered


def test_one_row_a_leg_is_one_call() -> None:
    first = ActiveCall("c1", "s1", caller=number(TESTER), dialled=number("12145550170"), term=Party("8000"))
    second = ActiveCall("", "s1", by=Party("8000"), term=number(CELL), answered=True)
    seen = tracer().look([first, second])
    assert (seen.found, seen.as_expected) == (Found.ONE, True)
    assert seen.others == ()


@pytest.mark.parametrize(
    ("row", "kind", "target"),
    [
        (replace(RINGS, term=number("12145550199")), "external", "2145550199"),
        (replace(RINGS, term=Party("1001")), "user", "1001"),
        (replace(RINGS, term=Party("8000"), term_at=Party("vmail_8000")), "voicemail", "8000"),
        (replace(RINGS, term=Party("8000"), term_at=Party("vmail-unreg", "netsapiens")), "voicemail", "8000"),
        (replace(RINGS, term=Party("8001")), "queue", "8001"),
        (replace(RINGS, term=Party("something")), "unknown", "something"),
    ],
)
def test_somewhere_else_is_never_where_it_should_be(row: ActiveCall, kind: str, target: str) -> None:
    seen = tracer().look([replace(row, answered=True)])
    assert seen.reached is not None
    assert (seen.as_expected, seen.reached.kind, seen.reached.target) == (False, kind, target)


@pytest.mark.parametrize(
    ("kind", "target", "term", "term_at"),
    [
        (EndKind.USER, "1001", Party("1001"), Party()),
        (EndKind.USER, "1001", Party("1001wp"), Party()),
        (EndKind.VOICEMAIL, "8000", Party("8000"), Party("vmail_8000")),
        (EndKind.AUTO_ATTENDANT, "MainMenu", Party("7000"), Party()),
    ],
)
def test_where_it_should_be_in_every_shape(kind: EndKind, target: str, term: Party, term_at: Party) -> None:
    seen = tracer(kind, target).look([replace(RINGS, term=term, term_at=term_at, answered=True)])
    assert (seen.found, seen.as_expected) == (Found.ONE, True)


def test_a_mailbox_of_the_person_is_not_the_person() -> None:
    row = replace(RINGS, term=Party("1001"), term_at=Party("vmail_1001"), answered=True)
    assert not tracer(EndKind.USER, "1001").look([row]).as_expected


@pytest.mark.parametrize(
    "row",
    [
        replace(RINGS, caller=number(STRANGER)),
        replace(RINGS, caller=Party()),
        replace(RINGS, dialled=Party("8001"), by=Party("8001")),
    ],
)
def test_another_call_is_not_the_testers(row: ActiveCall) -> None:
    seen = tracer().look([replace(row, answered=True)])
    assert (seen.found, seen.reached) == (Found.NOTHING, None)


def test_who_else_calls_the_queue_is_told() -> None:
    hidden = replace(RINGS, call_id="c3", caller=Party())
    seen = tracer().look([RINGS, replace(RINGS, call_id="c2", caller=number(STRANGER)), hidden])
    assert seen.found is Found.ONE
    assert sorted(who for who, _ in seen.others) == ["", "2145550777"]
    assert seen.hidden


def test_two_from_the_same_number_cannot_be_told_apart() -> None:
    assert tracer().look([RINGS, replace(RINGS, call_id="c2")]).found is Found.SEVERAL


def test_an_answer_that_came_before_is_not_that_of_where_it_rings_now() -> None:
    """A menu answers, then the call rings at the cell: one row a call keeps the time of the menu's answer."""
    follows = tracer()
    menu = replace(RINGS, dialled=number("12145550110"), by=Party(), term=Party("7000"))
    assert follows.look([replace(menu, answered=True, answer_as_written="15:00:01")]).found is Found.NOTHING
    rings = follows.look([replace(RINGS, answered=True, answer_as_written="15:00:01")])
    assert (rings.as_expected, rings.reached is not None and rings.reached.answered) == (True, False)
    there = follows.look([replace(RINGS, answered=True, answer_as_written="15:00:09")])
    assert (there.as_expected, there.reached is not None and there.reached.answered) == (True, True)


def test_of_rows_a_leg_each_has_its_own_answer() -> None:
    follows = tracer(tester="1010", call_id="q-1")
    first = ActiveCall("q-1", "s1", caller=Party("1010"), dialled=Party("1010"), term=Party("1010"))
    first = replace(first, answered=True, answer_as_written="15:00:01")
    assert follows.look([first]).reached is None
    second = replace(RINGS, call_id="q-1", caller=Party("1010"), answered=True, answer_as_written="15:00:01")
    seen = follows.look([first, second])
    assert seen.reached is not None
    assert (seen.as_expected, seen.reached.answered) == (True, True)


def test_what_was_there_before_is_nobodys_test() -> None:
    follows = tracer()
    follows.known = frozenset({"c1"})
    assert follows.look([RINGS]).found is Found.NOTHING


def test_a_call_that_was_placed_is_known_by_its_id() -> None:
    follows = tracer(tester="1010", call_id="q-1")
    own = ActiveCall("x", by_call_id="q-1", caller=Party("1010"), dialled=Party("1010"), term=Party("1010"))
    assert (follows.look([own]).found, follows.look([own]).reached) == (Found.ONE, None)
    away = replace(own, dialled=Party("8000"), by=Party("8000"), term=number(CELL), answered=True)
    assert follows.look([away]).as_expected
    # Whoever else calls from that extension's number is another call.
    assert follows.look([replace(away, call_id="y", by_call_id="y", caller=Party("1002"))]).found is Found.NOTHING


def test_a_persons_other_phone_is_that_person_too() -> None:
    beside = Rule("*", sim_ring=Forward(True, ("<OwnDevices>", "12145550133;delay=5")))
    snapshot = replace(SNAPSHOT, rules={"1001": QueueRules((beside,))})
    follows = Tracer(snapshot, "8000", leads_to(EndKind.USER, "1001"), Tester.at(snapshot, TESTER))
    assert follows.look([replace(RINGS, term=number("12145550133"), answered=True)]).as_expected
    assert not follows.look([replace(RINGS, term=number("12145550134"), answered=True)]).as_expected
