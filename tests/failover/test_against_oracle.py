"""Every verdict, held against a second opinion written from the rules alone."""

from itertools import product

from hypothesis import given, settings

from queuewatch.failover.model import Forward, Queue, Rule, Snapshot
from queuewatch.failover.simulate import readiness, simulate
from queuewatch.failover.verdict import Verdict
from tests.failover import oracle
from tests.failover.build import agents, office
from tests.failover.systems import snapshots


def as_opinion(verdict: Verdict) -> oracle.Opinion:
    """A verdict in the oracle's words: only the stops at which a queue decided."""
    ends = oracle.REACHES.keys()
    stops = ((stop.at.removeprefix("queue_"), stop.outcome) for stop in verdict.path)
    return oracle.Opinion(
        outcome=verdict.outcome,
        would_fail_over=verdict.would_fail_over,
        reaches_someone=verdict.reaches_someone,
        end=verdict.end.kind,
        queue_stops=tuple(
            stop for stop in stops if stop[1] not in ends and stop[1] not in ("own_number", "forwards")
        ),
        held_open_by=verdict.held_open_by,
    )


def assert_agreed(snapshot: Snapshot) -> None:
    for queue in snapshot.call_queues:
        assert as_opinion(simulate(snapshot, queue)) == oracle.opinion(snapshot, queue.extension)
        dark = readiness(snapshot, queue)
        assert as_opinion(dark.verdict) == oracle.opinion(snapshot, queue.extension, all_grey=True)
        assert dark.state == oracle.readiness(snapshot, queue.extension)


@settings(max_examples=150)
@given(snapshots())
def test_any_phone_system(snapshot: Snapshot) -> None:
    assert_agreed(snapshot)


@settings(max_examples=150)
@given(snapshots(odd=False))
def test_any_phone_system_that_sends_calls_on(snapshot: Snapshot) -> None:
    assert_agreed(snapshot)


def test_every_small_phone_system() -> None:
    """Two queues that may forward to each other, in every setting: nothing is left to chance."""
    crews = ((), ("green",), ("red",), ("grey",), ("unknown", "grey"))
    wheres: tuple[str | None, ...] = (None, "queue_8000", "8001", "2145550100")
    ways = tuple(Forward(where is not None, (where,) if where else ()) for where in wheres)
    second_ways = ways[:2]
    for crew, required, full, always, offline, busy in product(crews, (True, False), (0, 1), ways, ways, ways):
        first = Queue("8000", require_agents=required, max_callers=full, waiting=1)
        rule = Rule("*", active=True, always=always, offline=offline, busy=busy)
        for second_required, second_offline in product((True, False), second_ways):
            snapshot = office(
                first,
                Queue("8001", require_agents=second_required),
                agents=agents(crew),
                rules={"8000": [rule], "8001": [Rule("*", offline=second_offline)]},
            )
            assert_agreed(snapshot)
