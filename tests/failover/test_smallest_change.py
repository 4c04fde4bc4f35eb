"""The smallest change in words, and on phone systems larger and odder than the small world."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from queuewatch.failover.drill.power_loss import power_loss
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import (
    Agent,
    PhoneNumber,
    Queue,
    QueueRules,
    Rule,
    Snapshot,
    User,
)
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import Status
from queuewatch.failover.suppose import ALL_DARK, AS_IS, Suppose
from queuewatch.failover.what_if.smallest_change import SmallestChange, fails_over_to_someone, smallest_change
from queuewatch.failover.what_if.steps import (
    SUPPOSED,
    AlwaysOff,
    FreePlace,
    PointWhenOffline,
    Step,
    SupposeRequireAgents,
    SwitchOnDefault,
    TurnAgent,
    WhenOfflineOff,
    apply,
    outside_number,
)
from queuewatch.failover.wording import describe_destination
from tests.failover.build import CELL, UNREADABLE, agent, default, office, to
from tests.failover.systems import snapshots
from tests.failover.test_properties import CODE_WORDS, suppositions, systems

SALES = Queue("8000", "Sales", require_agents=True)
SUPPORT = Queue("8001", "Support")
PRIYA = agent("green", "1001", name="Priya Raman", site="Remote")
ANA = agent("red", "1002", name="Ana Lopez", site="Dallas", order=1)
BEN = agent("grey", "1003", name="Ben Ito", order=2)


def told(snapshot: Snapshot, suppose: Suppose = AS_IS) -> SmallestChange:
    return smallest_change(snapshot, snapshot.queues["8000"], suppose)


def sales(*agents: Agent, queue: Queue = SALES, rule: Rule | None = None) -> Snapshot:
    rules = [rule] if rule else [default(offline=to(CELL))]
    return office(queue, SUPPORT, agents=agents, rules={"8000": rules})


def test_one_agent_holds_it_open() -> None:
    assert told(sales(PRIYA, BEN)) == SmallestChange(
        False,
        (TurnAgent(PRIYA.id, Status.GREY),),
        "It would fail over if Priya Raman (Remote) were offline too.",
    )


def test_a_setting_and_an_agent_stand_in_the_way() -> None:
    change = told(sales(PRIYA, BEN, queue=replace(SALES, require_agents=False)))
    assert (
        change.sentence
        == "It would fail over if Require Agents were Yes and Priya Raman (Remote) were offline too."
    )
    assert change.how == ("queuewatch require-agents 8000 yes",)


def test_every_agent_stands_in_the_way() -> None:
    few = told(sales(PRIYA, ANA)).sentence
    assert few == "It would fail over if Priya Raman (Remote) and Ana Lopez (Dallas) were offline."
    crowd = [agent("green", str(number)) for number in range(1001, 1007)]
    assert told(sales(*crowd)).sentence == "It would fail over if all 6 of its agents were offline."
    assert told(sales(*crowd, BEN)).sentence == "It would fail over if 6 of its 7 agents were offline too."


def test_no_backup_destination_is_set() -> None:
    change = told(sales(BEN, rule=default()))
    assert change.sentence == "It would fail over if When Offline named an outside number."
    assert change.how == ("queuewatch when-offline 8000 NUMBER",)


def test_another_rule_is_in_effect_and_the_command_does_not_reach_it() -> None:
    holidays = Rule("Holidays", active=True, always=to("queue_8001"))
    change = told(sales(BEN, rule=holidays))
    assert change.sentence == (
        "It would fail over if the rule Holidays did not forward every call (Always) "
        "and When Offline of the rule Holidays named an outside number."
    )
    assert change.how == ("in the portal: Users > 8000 > Answering Rules > Holidays",) * 2


@pytest.mark.parametrize(
    ("destination", "sentence"),
    [
        (
            "queue_8001",
            "It fails over, but the caller reaches nobody: somebody would be reached if When Offline named "
            "an outside number instead of Support (8001).",
        ),
        (
            "park_701",
            "It fails over, but whether anybody is reached cannot be told: somebody surely would be if "
            "When Offline named an outside number instead of the call park 701.",
        ),
    ],
)
def test_it_fails_over_to_where_nobody_surely_is(destination: str, sentence: str) -> None:
    change = told(sales(BEN, rule=default(offline=to(destination))))
    assert change.steps == (PointWhenOffline("8000"),)
    assert change.sentence == sentence


def test_those_who_answer_beyond_are_the_ones_who_would_be_offline() -> None:
    # Priya answers for Support as well: once she is offline, nobody does.
    there = replace(PRIYA, queue="8001")
    snapshot = sales(PRIYA, there, rule=default(offline=to("queue_8001")))
    assert told(snapshot).steps == (PointWhenOffline("8000"), TurnAgent(PRIYA.id, Status.GREY))
    assert told(sales(PRIYA, replace(ANA, queue="8001"), rule=default(offline=to("queue_8001")))).steps == (
        TurnAgent(PRIYA.id, Status.GREY),
    )


def test_it_is_full() -> None:
    full = replace(SALES, max_callers=5, waiting=6)
    assert told(sales(BEN, queue=full)).sentence == "It would fail over if fewer than 5 callers were waiting."


@pytest.mark.parametrize(
    ("rules", "sentence", "how"),
    [
        (
            QueueRules(),
            "It would fail over if it had a Default rule whose When Offline named an outside number.",
            "queuewatch when-offline 8000 NUMBER",
        ),
        (
            QueueRules(has_user=False),
            "It would fail over if it had a user of its own whose Default rule sent its calls "
            "to an outside number When Offline.",
            "in the portal: Users, where no user has the extension 8000",
        ),
        (
            QueueRules((Rule("*", enabled=False, offline=to(CELL)),)),
            "It would fail over if the rule Default were switched on.",
            "in the portal: Users > 8000 > Answering Rules > Default",
        ),
    ],
)
def test_no_rule_is_in_effect(rules: QueueRules, sentence: str, how: str) -> None:
    change = told(replace(office(SALES), rules={"8000": rules}))
    assert (change.sentence, change.how) == (sentence, (how,))


@pytest.mark.parametrize(
    ("queue", "agents", "rule", "sentence"),
    [
        (
            replace(SALES, require_agents=None),
            (),
            default(offline=to(CELL)),
            "It would fail over if Require Agents, which could not be read, were Yes.",
        ),
        (
            replace(SALES, max_callers=None, waiting=1),
            (),
            default(offline=to(CELL)),
            "It would fail over if it were known to have room for a caller.",
        ),
        (
            SALES,
            (agent("unknown", "1004", name="Cara Singh"), PRIYA),
            default(offline=to(CELL)),
            "It would fail over if Priya Raman (Remote) were offline and Cara Singh were known to be offline.",
        ),
        (
            SALES,
            (),
            Rule("*", active=True, always=UNREADABLE, offline=UNREADABLE),
            "It would fail over if the forward Always of the rule Default, which could not be read, were off and "
            "When Offline, which could not be read, named an outside number.",
        ),
    ],
)
def test_what_could_not_be_read_is_named(
    queue: Queue, agents: tuple[Agent, ...], rule: Rule, sentence: str
) -> None:
    assert told(sales(*agents, queue=queue, rule=rule)).sentence == sentence


def test_without_the_rules_there_is_no_answer_but_a_reason() -> None:
    unread = replace(office(SALES), rules={"8000": QueueRules(problem="access was denied.")})
    assert told(unread) == SmallestChange(
        False, (), "What would make it fail over cannot be told: access was denied."
    )


def test_what_would_stop_it() -> None:
    crew = [agent("grey", str(number)) for number in (1001, 1002, 1003, 1004)]
    change = told(sales(*crew))
    assert change.stops
    assert change.steps == (TurnAgent(crew[0].id, Status.GREEN),)
    assert change.sentence == "It stops failing over as soon as any one of its 4 agents is online."
    assert told(sales(BEN)).sentence == "It stops failing over as soon as its only agent, Ben Ito, is online."
    nobody = told(sales())
    assert nobody.steps == (SupposeRequireAgents("8000", False),)
    assert nobody.how == ("queuewatch require-agents 8000 no",)
    assert nobody.sentence.startswith("It would stop failing over if Require Agents were No")


def test_what_is_supposed_is_where_the_change_begins() -> None:
    snapshot = sales(PRIYA, ANA)
    assert told(snapshot, ALL_DARK).stops
    assert told(snapshot, Suppose(agents=frozenset({ANA.id}))).steps == (TurnAgent(PRIYA.id, Status.GREY),)
    up = Suppose(all_dark=True, colours={ANA.id: SUPPOSED[Status.RED]})
    assert told(snapshot, up).sentence == "It would fail over if Ana Lopez (Dallas) were offline too."


def test_a_rule_sent_twice_is_changed_as_one() -> None:
    twice = replace(office(SALES), rules={"8000": QueueRules((default(), replace(default(), busy=to(CELL))))})
    assert fails_over_to_someone(simulate(*_after(twice, told(twice).steps)))


def test_the_outside_number_is_nobodys_own_and_is_called_so() -> None:
    assert describe_destination(office(SALES), outside_number(office(SALES))) == "an outside number"
    own = PhoneNumber(outside_number(office(SALES)), "to-user", "1001")
    taken = office(SALES, users=[User(str(int(own.number) + 1))], numbers=[own])
    assert outside_number(taken) == str(int(own.number) + 2)


def test_a_step_about_what_is_not_there_changes_nothing() -> None:
    nothing = office()
    steps = (
        SupposeRequireAgents("8000", True),
        PointWhenOffline("8000"),
        FreePlace("8000"),
        TurnAgent("x", Status.UNKNOWN),
    )
    for step in steps:
        assert apply(nothing, AS_IS, step) == (nothing, AS_IS)
    bare = office(SALES)
    for other in (AlwaysOff("8000"), WhenOfflineOff("8000"), SwitchOnDefault("8000")):
        assert apply(bare, AS_IS, other) == (bare, AS_IS)


def _after(
    snapshot: Snapshot, steps: tuple[Step, ...], suppose: Suppose = AS_IS
) -> tuple[Snapshot, Queue, Suppose]:
    for step in steps:
        snapshot, suppose = apply(snapshot, suppose, step)
    return snapshot, snapshot.queues["8000"], suppose


def every_step(snapshot: Snapshot) -> list[Step]:
    everybody = sorted({row.id for rows in snapshot.agents.values() for row in rows})
    return [
        *(TurnAgent(one, colour) for one in everybody for colour in (Status.GREEN, Status.GREY)),
        *(SupposeRequireAgents("8000", on) for on in (True, False)),
        *(kind("8000") for kind in (PointWhenOffline, WhenOfflineOff, AlwaysOff, FreePlace, SwitchOnDefault)),
    ]


@settings(max_examples=80)
@given(systems, suppositions)
def test_it_turns_the_answer_round_on_any_phone_system(snapshot: Snapshot, scope: DrillScope) -> None:
    queue, suppose = snapshot.queues["8000"], power_loss(snapshot, scope).suppose
    before = simulate(snapshot, queue, suppose)
    change = smallest_change(snapshot, queue, suppose)
    assert change.stops is fails_over_to_someone(before)
    assert (not change.steps) is (not snapshot.rules_of("8000").known)
    if change.steps:
        assert fails_over_to_someone(simulate(*_after(snapshot, change.steps, suppose))) is not change.stops
    for text in (change.sentence, *change.how):
        assert not CODE_WORDS.search(text)
        assert "  " not in text
    assert change.sentence.endswith(".")
    assert ".." not in change.sentence


@settings(max_examples=25)
@given(snapshots(odd=False))
def test_nothing_smaller_does_on_any_phone_system(snapshot: Snapshot) -> None:
    change = smallest_change(snapshot, snapshot.queues["8000"])
    for size in range(1, min(len(change.steps), 3)):
        for steps in combinations(every_step(snapshot), size):
            assert not fails_over_to_someone(simulate(*_after(snapshot, steps)))
