"""A call queue has no finding above info only if its readiness is ``ready``: for every phone system."""

from itertools import islice, product

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.model import Forward, Queue, Rule, Snapshot
from queuewatch.failover.simulate import judge_all
from tests.failover import oracle
from tests.failover.build import UNREADABLE, agents, office
from tests.failover.systems import snapshots

WAYS = (Forward(), *(Forward(True, (to,)) for to in ("queue_8000", "8001", "2145550100", "555-0100")), UNREADABLE)
"""Every forward among two queues, one number, one that is none, and one that cannot be read."""
CREWS = ((), ("green",), ("red",), ("grey",), ("unknown",), *product(("green", "grey"), repeat=2))
LIMITS = ((0, 0), (1, 1), (None, 1))
"""How many callers a queue takes, and how many wait: no limit, full, and not readable."""
REQUIRED = (True, False, None)
SOME_WAYS = (WAYS[0], WAYS[1], WAYS[3], UNREADABLE)
STRIDE = 1259
"""Of these 2.5 million systems every so many-th is audited: a prime, so that every setting meets every other."""


def assert_every_fault_has_a_cause(snapshot: Snapshot) -> None:
    found = audit(snapshot)
    serious = {one.queue for one in found if one.severity is not Severity.INFO}
    for queue in snapshot.call_queues:
        ready = oracle.readiness(snapshot, queue.extension) == "ready"
        assert ready or queue.extension in serious, (queue, snapshot.rules_of(queue.extension))
    assert not any(one.queue and snapshot.queues[one.queue].park for one in found)


def test_every_small_phone_system() -> None:
    every = product(
        product(CREWS, REQUIRED, LIMITS, WAYS, WAYS, WAYS), product(REQUIRED, LIMITS, SOME_WAYS, SOME_WAYS)
    )
    for first, second in islice(every, 0, None, STRIDE):
        crew, required, (limit, waiting), always, offline, busy = first
        second_required, (second_limit, second_waiting), second_offline, second_busy = second
        snapshot = office(
            Queue("8000", require_agents=required, max_callers=limit, waiting=waiting),
            Queue("8001", require_agents=second_required, max_callers=second_limit, waiting=second_waiting),
            agents=agents(crew),
            rules={
                "8000": [Rule("*", active=True, always=always, offline=offline, busy=busy)],
                "8001": [Rule("*", offline=second_offline, busy=second_busy)],
            },
        )
        assert_every_fault_has_a_cause(snapshot)


@settings(max_examples=150)
@given(snapshots())
def test_any_phone_system(snapshot: Snapshot) -> None:
    assert_every_fault_has_a_cause(snapshot)


@settings(max_examples=100)
@given(snapshots(odd=False))
def test_any_phone_system_that_sends_calls_on(snapshot: Snapshot) -> None:
    assert_every_fault_has_a_cause(snapshot)


@settings(max_examples=60)
@given(st.one_of(snapshots(), snapshots(odd=False)))
def test_every_finding_can_be_said(snapshot: Snapshot) -> None:
    found = audit(snapshot)
    for one in found:
        for text in (one.why, one.fix):
            assert text.endswith(".")
            assert ".." not in text
            assert "  " not in text
            assert text[0].isupper() or not text[0].isalpha()
            assert "None" not in text
        assert CODES[one.code].severity.at_least(one.severity)
        assert one.command == "" or one.command.startswith("queuewatch ")
    assert [one.severity.rank for one in found] == sorted(one.severity.rank for one in found)


@settings(max_examples=40)
@given(snapshots())
def test_it_is_the_same_with_judgements_at_hand_and_queue_by_queue(snapshot: Snapshot) -> None:
    found = audit(snapshot)
    assert audit(snapshot, judgements=judge_all(snapshot)) == found
    apart: set[Finding] = set()
    for queue in snapshot.call_queues:
        apart.update(one for one in audit(snapshot, only={queue.extension}) if one.queue)
    assert apart == {one for one in found if one.queue}


@settings(max_examples=40)
@given(snapshots())
def test_the_order_in_which_things_were_read_changes_nothing(snapshot: Snapshot) -> None:
    other = replace(
        snapshot,
        agents={queue: tuple(reversed(rows)) for queue, rows in snapshot.agents.items()},
        rules={
            queue: replace(known, rules=tuple(reversed(known.rules))) for queue, known in snapshot.rules.items()
        },
        users=None if snapshot.users is None else dict(reversed(list(snapshot.users.items()))),
    )
    assert audit(other) == audit(snapshot)
