"""Judging again only what changed gives what judging everything gives."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.forwards import (
    hand_on_beside_new_rules,
    hand_on_where_calls_lead,
    people_rung,
    phones_behind_forwards,
)
from queuewatch.failover.model import Device, DialRule, PhoneNumber, Queue, Snapshot, User
from queuewatch.failover.simulate import judge_all, rejudge
from queuewatch.failover.suppose import with_require_agents
from tests.failover.build import default, office, to
from tests.failover.systems import snapshots


@st.composite
def two_moments(draw: st.DrawFn) -> tuple[Snapshot, Snapshot]:
    """A phone system, and the same one after some of its queues, agents, rules or directory changed."""
    before, other = draw(snapshots()), draw(snapshots())
    common = [extension for extension in before.queues if extension in other.queues]
    chosen = draw(st.lists(st.sampled_from(common), unique=True)) if common else []
    after = before
    if draw(st.booleans()):
        after = replace(
            after, queues={**after.queues, **{extension: other.queues[extension] for extension in chosen}}
        )
    if draw(st.booleans()):
        after = replace(
            after, agents={**after.agents, **{extension: other.agents_of(extension) for extension in chosen}}
        )
    if draw(st.booleans()):
        after = replace(
            after, rules={**after.rules, **{extension: other.rules_of(extension) for extension in chosen}}
        )
    if draw(st.sampled_from((True, False, False, False))):
        after = replace(after, users=other.users, numbers=other.numbers, attendants=other.attendants)
    return before, after


@settings(max_examples=60)
@given(two_moments())
def test_it_is_the_same_as_judging_everything(moments: tuple[Snapshot, Snapshot]) -> None:
    before, after = moments
    assert rejudge(before, judge_all(before), after) == judge_all(after)


@settings(max_examples=10)
@given(snapshots())
def test_nothing_changed_is_nothing_judged(snapshot: Snapshot) -> None:
    judged = judge_all(snapshot)
    assert rejudge(snapshot, judged, replace(snapshot)) is judged


def test_only_what_rests_on_the_change_is_judged_again() -> None:
    sales, support, night = (
        Queue("8000", "Sales", require_agents=True),
        Queue("8001", "Support"),
        Queue("8002", "Night"),
    )
    before = office(sales, support, night, rules={"8000": [default(offline=to("queue_8001"))]})
    judged = judge_all(before)
    again = rejudge(before, judged, with_require_agents(before, support, True))
    assert again["8000"] != judged["8000"]
    assert again["8001"] != judged["8001"]
    assert again["8002"] is judged["8002"]


def test_a_person_whom_a_number_and_a_dial_rule_lead_to_is_looked_at_again() -> None:
    """The forward names a number of the domain, that an alias, and the alias Ana: her phones are on the way."""
    sales = Queue("8000", "Sales", require_agents=True)
    before = office(
        sales,
        rules={"8000": [default(offline=to("2145550199"))], "1001": [default()]},
        users=[User("1001", "Ana Lopez", voicemail=False)],
        numbers=[PhoneNumber("12145550199", "to-user", "aa_Boss")],
    )
    before = replace(
        before,
        dial_rules={"aa_boss": DialRule("aa_boss", "to-user", "1001")},
        devices={"1001": (Device("1001", "1001", registered=True),)},
    )
    judged = judge_all(before)
    assert judged["8000"].now.end.kind == "user"
    after = replace(before, devices={"1001": (Device("1001", "1001", registered=False),)})
    assert rejudge(before, judged, after) == judge_all(after) != judged


def test_whose_a_phone_is_may_hang_on_phones_that_are_no_longer_known() -> None:
    """In no list of users: only the reading of his phones told that there is somebody 1002."""
    sales = Queue("8000", "Sales", require_agents=True)
    before = office(sales, rules={"8000": [default(offline=to("phone_1002wp"))]}, users=[User("1001")])
    before = replace(
        before,
        dial_rules={"phone_1002wp": DialRule("phone_1002wp", "to-user", "1001")},
        devices={"1002": (Device("1002wp", "1002", registered=True),)},
    )
    after = replace(before, devices={})
    assert rejudge(before, judge_all(before), after) == judge_all(after) != judge_all(before)


@settings(max_examples=60)
@given(two_moments())
def test_what_is_handed_on_is_what_would_be_worked_out(moments: tuple[Snapshot, Snapshot]) -> None:
    before, after = moments
    people_rung(before)
    judged = judge_all(before)
    anew = replace(after)
    hand_on_where_calls_lead(before, after)
    assert people_rung(after) == people_rung(anew)
    assert phones_behind_forwards(after) == phones_behind_forwards(anew)
    assert rejudge(before, judged, after) == judge_all(anew)


@settings(max_examples=60)
@given(snapshots(), st.data())
def test_beside_new_rules_too_what_is_handed_on_is_what_would_be_worked_out(
    snapshot: Snapshot, data: st.DataObject
) -> None:
    queue = data.draw(st.sampled_from(sorted(snapshot.rules) or [""]))
    before = replace(snapshot, rules={other: rules for other, rules in snapshot.rules.items() if other != queue})
    people_rung(before)
    judged = judge_all(before)
    after, anew = replace(snapshot), replace(snapshot)
    hand_on_beside_new_rules(before, after, queue)
    assert people_rung(after) == people_rung(anew)
    assert phones_behind_forwards(after) == phones_behind_forwards(anew)
    assert rejudge(before, judged, after) == judge_all(anew)
