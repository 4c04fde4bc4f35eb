"""What holds of every verdict on every phone system."""

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.destination import EndKind
from queuewatch.failover.drill.power_loss import power_loss
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import (
    Agent,
    AgentLogin,
    Device,
    EntryKind,
    PhoneNumber,
    Queue,
    QueueRules,
    Registration,
    Snapshot,
)
from queuewatch.failover.simulate import judge_all, readiness, simulate
from queuewatch.failover.status import Status, status_of
from queuewatch.failover.suppose import ALL_DARK
from queuewatch.failover.verdict import Outcome, Verdict
from tests.failover.build import agent, default, office, to
from tests.failover.systems import agents, snapshots

T = TypeVar("T")

some = settings(max_examples=50)
systems = st.one_of(snapshots(), snapshots(odd=False))
suppositions = st.builds(
    DrillScope,
    everything=st.booleans(),
    sites=st.sets(st.sampled_from(("DALLAS", "Austin"))).map(tuple),
    agents=st.frozensets(st.sampled_from(("1001@example.com", "1sip:1002m@example.com"))),
)
CODE_WORDS = re.compile(r"fails_over|not_ready|auto_attendant|caller_waits|dead_end|own_number|None|Forward\(")


def verdicts(snapshot: Snapshot) -> Iterator[tuple[Queue, Verdict]]:
    for queue in snapshot.call_queues:
        yield queue, simulate(snapshot, queue)


def with_agents(snapshot: Snapshot, queue: str, *rows: Agent) -> Snapshot:
    return replace(snapshot, agents={**snapshot.agents, queue: rows})


def gist(verdict: Verdict) -> tuple[object, ...]:
    return verdict.outcome, verdict.end, [(stop.at, stop.outcome) for stop in verdict.path], verdict.sentence


@some
@given(systems, suppositions)
def test_every_verdict_can_be_said(snapshot: Snapshot, scope: DrillScope) -> None:
    suppose = power_loss(snapshot, scope).suppose
    for judged in judge_all(snapshot, suppose).values():
        for verdict in (judged.now, judged.readiness.verdict):
            for text in (verdict.sentence, *verdict.assumptions):
                assert text.endswith(".")
                assert ".." not in text
                assert "  " not in text
                assert text[0].isupper() or not text[0].isalpha()
                assert not CODE_WORDS.search(text)
            for stop in verdict.path:
                assert stop.why
                assert not stop.why.endswith(".")
                assert not CODE_WORDS.search(stop.why)
            assert len(set(verdict.assumptions)) == len(verdict.assumptions)


@some
@given(systems)
def test_the_path_begins_at_the_queue_and_ends_at_the_end(snapshot: Snapshot) -> None:
    for queue, verdict in verdicts(snapshot):
        assert verdict.path[0].at == f"queue_{queue.extension}"
        assert verdict.path[0].outcome == verdict.outcome
        if len(verdict.path) > 1 and not verdict.path[-1].at.startswith("queue_"):
            assert verdict.path[-1].outcome == verdict.end.kind


@some
@given(systems, st.data())
def test_turning_an_agent_grey_never_undoes_a_failover(snapshot: Snapshot, data: st.DataObject) -> None:
    for queue, verdict in verdicts(snapshot):
        rows = snapshot.agents_of(queue.extension)
        if verdict.outcome is Outcome.FAILS_OVER and rows:
            gone = data.draw(st.sampled_from(rows))
            greyer = tuple(replace(row, login=AgentLogin.OUT) if row is gone else row for row in rows)
            after = simulate(with_agents(snapshot, queue.extension, *greyer), queue)
            assert after.outcome is Outcome.FAILS_OVER


@some
@given(systems)
def test_a_green_agent_rings_unless_the_call_never_gets_to_the_agents(snapshot: Snapshot) -> None:
    for queue, before in verdicts(snapshot):
        rows = (*snapshot.agents_of(queue.extension), agent("green", "1999", queue.extension))
        after = simulate(with_agents(snapshot, queue.extension, *rows), queue)
        if after.outcome is not Outcome.RINGS:
            full = queue.max_callers != 0 and queue.waiting != 0
            unread = not snapshot.rules_of(queue.extension).known
            rule = snapshot.rules_of(queue.extension).in_effect
            maybe_diverted = rule is not None and not rule.always.readable
            assert after.outcome is Outcome.DIVERTED or full or unread or maybe_diverted
            assert after.outcome is before.outcome


@some
@given(systems, st.data())
def test_the_order_of_no_list_matters(snapshot: Snapshot, data: st.DataObject) -> None:
    def mixed(items: Mapping[str, T] | None) -> dict[str, T] | None:
        return None if items is None else dict(data.draw(st.permutations(list(items.items()))))

    def rule_copies(known: QueueRules) -> QueueRules:
        # A rule sent twice with another switch: which of the two counts must not hang on their order either.
        twins = [replace(rule, offline=replace(rule.offline, enabled=True)) for rule in known.rules]
        return replace(known, rules=tuple(data.draw(st.permutations([*known.rules, *twins]))))

    doubled = {queue: rule_copies(known) for queue, known in snapshot.rules.items()}
    one = replace(snapshot, rules=doubled)
    other = replace(
        one,
        queues=mixed(one.queues) or {},
        agents={queue: tuple(data.draw(st.permutations(rows))) for queue, rows in one.agents.items()},
        rules={
            queue: replace(known, rules=tuple(data.draw(st.permutations(known.rules))))
            for queue, known in doubled.items()
        },
        users=mixed(one.users),
        numbers=mixed(one.numbers),
        attendants=one.attendants and tuple(data.draw(st.permutations(one.attendants))),
    )
    for queue in snapshot.call_queues:
        assert simulate(other, queue) == simulate(one, queue)


@some
@given(systems)
def test_readiness_is_the_verdict_with_every_agent_grey_in_fact(snapshot: Snapshot) -> None:
    grey = {
        queue: tuple(
            replace(row, readable=True, entry=EntryKind.USER, registration=Registration.NONE) for row in rows
        )
        for queue, rows in snapshot.agents.items()
    }
    nobody: dict[str, tuple[Device, ...]] = {
        user: () for user in snapshot.users or () if user not in snapshot.queues
    }
    dark = replace(snapshot, agents=grey, devices=nobody)
    for queue in snapshot.call_queues:
        assert gist(readiness(snapshot, queue).verdict) == gist(simulate(dark, queue))
        assert gist(simulate(snapshot, queue, ALL_DARK)) == gist(simulate(dark, queue))


@given(agents("8000"))
def test_what_is_not_known_is_never_green(row: Agent) -> None:
    shown = status_of(row)
    assert shown.reason
    no_device_fact = row.registration is Registration.UNKNOWN and row.entry is not EntryKind.OFFNET
    if not row.readable or no_device_fact or row.login is AgentLogin.UNKNOWN or row.calls is None:
        assert shown.status in (Status.GREY, Status.UNKNOWN)


@some
@given(systems)
def test_every_agent_is_counted_once_and_the_online_ones_hold_the_queue_open(snapshot: Snapshot) -> None:
    for queue, verdict in verdicts(snapshot):
        rows = snapshot.agents_of(queue.extension)
        assert verdict.counts.total == len(rows)
        assert len(verdict.held_open_by) == verdict.counts.online
        assert set(verdict.held_open_by) == {row.id for row in rows if status_of(row).status.online}


def chain(length: int, last: str) -> Snapshot:
    """Queues that each fail over to the next, and the last of them to ``last``."""
    extensions = [str(8000 + place) for place in range(length)]
    return office(
        *(Queue(extension, require_agents=True) for extension in extensions),
        rules={
            extension: [default(offline=to(onward))]
            for extension, onward in zip(
                extensions, [*(f"queue_{onward}" for onward in extensions[1:]), last], strict=True
            )
        },
    )


@pytest.mark.parametrize(
    ("last", "end", "stops"),
    [("2145550100", EndKind.EXTERNAL, 201), ("queue_8000", EndKind.LOOP, 201), ("8150", EndKind.LOOP, 201)],
)
def test_a_chain_of_two_hundred_queues_comes_to_its_end(last: str, end: EndKind, stops: int) -> None:
    snapshot = chain(200, last)
    verdict = simulate(snapshot, snapshot.queues["8000"])
    assert verdict.end.kind is end
    assert len(verdict.path) == stops


def test_own_numbers_that_ring_each_other_are_a_loop() -> None:
    snapshot = office(
        Queue("8000", require_agents=True),
        rules={"8000": [default(offline=to("2145550101"))]},
        numbers=[
            PhoneNumber("2145550101", "to-connection", "12145550102"),
            PhoneNumber("2145550102", "to-connection", "12145550101"),
        ],
    )
    verdict = simulate(snapshot, snapshot.queues["8000"])
    assert verdict.end.kind is EndKind.LOOP
    assert verdict.reaches_someone is False


def test_a_queue_that_is_gone_from_the_snapshot_still_has_a_verdict() -> None:
    verdict = simulate(office(), Queue("8000", require_agents=True))
    assert verdict.outcome is Outcome.UNCERTAIN
    assert verdict.would_fail_over is None


def test_rules_that_were_not_read_are_not_rules_that_do_nothing() -> None:
    unread = replace(
        office(Queue("8000", require_agents=True)), rules={"8000": QueueRules(problem="access denied")}
    )
    assert simulate(unread, unread.queues["8000"]).outcome is Outcome.UNCERTAIN
