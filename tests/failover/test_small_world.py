"""Proof by exhaustion: what holds of every small phone system.

Here the settings are those that bear upon the answer, and of their systems every so many-th is judged;
``python -m benchmarks.small_world`` goes through all.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from queuewatch.failover.decide import decide, roster_of
from queuewatch.failover.model import Snapshot
from queuewatch.failover.simulate import readiness, simulate
from queuewatch.failover.status import Status
from queuewatch.failover.suppose import AS_IS, Suppose
from queuewatch.failover.verdict import Outcome, Verdict
from queuewatch.failover.what_if.smallest_change import fails_over_to_someone, smallest_change
from queuewatch.failover.what_if.steps import SUPPOSED, Step, apply
from tests.failover.small_world import (
    COLOURS,
    DECISIONS,
    EVERYWHERE,
    FIRST,
    SECOND,
    Settings,
    System,
    build,
    crews,
    distances,
    every_crew,
    every_setting,
    moves,
    settings,
)

STRIDE = 7
"""Of so many systems one is judged: it divides no number of settings or crews, so that each meets every other."""
WHOLE = slice(None)
EVERY = 5
"""Of so many that are judged one has each of its steps held against the picture of the world."""


def setting_worlds() -> Iterator[list[System]]:
    """Every setting of the first queue, whose agent is missing or of any colour, beside every decision."""
    return every_setting(EVERYWHERE, ("off", "number"), ("off", "other", "number"))


def crew_worlds(*second: Settings) -> Iterator[list[System]]:
    """Every crew of both queues, in the settings by which colours come to matter."""
    return every_crew(settings(("off", "other", "number"), ("off",), ("off",), (False,)), second)


def judged(snapshot: Snapshot, suppose: Suppose = AS_IS) -> Verdict:
    return simulate(snapshot, snapshot.queues[FIRST], suppose)


def after(snapshot: Snapshot, steps: tuple[Step, ...]) -> Verdict:
    suppose = AS_IS
    for step in steps:
        snapshot, suppose = apply(snapshot, suppose, step)
    return judged(snapshot, suppose)


def by_the_article(system: System) -> bool:
    """Every agent Grey, Require Agents Yes, When Offline with a destination, and nothing takes the call before."""
    first = system.first
    return (
        first.rule == "on"
        and first.always in ("off", "itself")
        and not first.full
        and first.require
        and first.offline != "off"
        and all(seat[0] in ("", "grey") for seat in system.crew)
    )


def shares(worlds: Iterable[list[System]]) -> Iterator[tuple[list[System], slice]]:
    """Each world with the share of it that is judged: in the next world another one."""
    return ((world, slice(number % STRIDE, None, STRIDE)) for number, world in enumerate(worlds))


def assert_smallest(world: list[System], share: slice = WHOLE, every: int = EVERY) -> int:
    """The smallest change turns the verdict round and nothing smaller does, in a share of a closed world."""
    snapshots = {system: build(system) for system in world}
    fails = {system: fails_over_to_someone(judged(snapshot)) for system, snapshot in snapshots.items()}
    away = distances(fails)
    for system in world[share]:
        snapshot = snapshots[system]
        change = smallest_change(snapshot, snapshot.queues[FIRST])
        assert change.stops is fails[system], system
        # Nothing is nearer than one step, so one that turns it round is the smallest that stops it.
        assert len(change.steps) == (1 if change.stops else away[system]), system
        assert fails_over_to_someone(after(snapshot, change.steps)) is not change.stops, system
    for system in world[share][::every]:
        for step, then in moves(system):
            if then in fails:
                assert fails_over_to_someone(after(snapshots[system], (step,))) is fails[then], (system, step)
    return len(world[share])


def assert_lawful(world: list[System]) -> None:
    """What a verdict is by the article, and what holds a queue open."""
    for system in world:
        verdict = judged(build(system))
        assert (verdict.outcome is Outcome.FAILS_OVER) is by_the_article(system), system
        online = any(seat[0] in ("green", "red") for seat in system.crew)
        assert bool(verdict.held_open_by) is online, system


def assert_dark_is_grey(world: list[System]) -> None:
    """In the dark, supposed Grey and stated Grey are the same, for each agent and for all."""
    for system in world:
        snapshot = build(system)
        ids = sorted({row.id for rows in snapshot.agents.values() for row in rows})
        for some in (*((one,) for one in ids), tuple(ids)):
            stated = judged(snapshot, Suppose(colours=dict.fromkeys(some, SUPPOSED[Status.GREY])))
            assert judged(snapshot, Suppose(agents=frozenset(some))) == stated, system
            if len(some) == len(ids):
                dark = readiness(snapshot, snapshot.queues[FIRST]).verdict
                assert replace(dark, assumptions=()) == replace(stated, assumptions=()), system


def test_every_decision_of_a_queue_has_its_example() -> None:
    def decision(crew: tuple[tuple[str, str], ...], of: Settings) -> tuple[Outcome, str | None]:
        snapshot = build(System(crew, Settings(), of))
        counts = roster_of(snapshot, SECOND, AS_IS).counts
        decided = decide(snapshot.queues[SECOND], snapshot.rules_of(SECOND), counts, domain=snapshot.domain)
        return decided.outcome, decided.destination

    examples = {decision(beside.crew, beside.settings) for beside in DECISIONS}
    colours = ((), *((("", colour),) for colour in COLOURS))
    every = {decision(crew, of) for crew in colours for of in settings(EVERYWHERE, EVERYWHERE, EVERYWHERE)}
    assert len(examples) == len(DECISIONS)
    assert examples == every


def test_in_every_setting_the_smallest_change_is_the_smallest() -> None:
    assert sum(assert_smallest(*each) for each in shares(setting_worlds())) >= 2_000


def test_with_every_crew_the_smallest_change_is_the_smallest() -> None:
    assert len(set(crews())) == len(list(crews())) == 530
    worlds = crew_worlds(Settings(offline="other"), Settings(offline="number"), Settings(require=False))
    assert sum(assert_smallest(*each) for each in shares(worlds)) >= 1_300


def test_in_every_setting_a_verdict_is_by_the_article() -> None:
    for world, share in shares(setting_worlds()):
        assert_lawful(world[share])


def test_with_every_crew_supposed_dark_is_as_good_as_grey() -> None:
    for world, share in shares(crew_worlds(Settings(offline="number"))):
        assert_dark_is_grey(world[share])
        assert_lawful(world[share])
