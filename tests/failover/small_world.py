"""Every small phone system: two queues, two agents in each, in all their settings, and the steps between them.

The queue that is judged is called the first, the one beside it the second. What the second does with a call comes
down to one decision, so one example of every decision stands for all its settings; ``test_small_world`` holds that
to account. A world is closed under the steps: whatever a step makes of one of its systems is in it too. The
distance to a system that fails over is therefore the exact size of the smallest change.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations_with_replacement, product
from typing import NamedTuple

from queuewatch.failover.model import OFF, Agent, Forward, Queue, QueueRules, Rule, Snapshot
from queuewatch.failover.status import Status
from queuewatch.failover.what_if.steps import (
    AlwaysOff,
    FreePlace,
    PointWhenOffline,
    Step,
    SupposeRequireAgents,
    SwitchOnDefault,
    TurnAgent,
    WhenOfflineOff,
)
from tests.failover.build import CELL, NOON, agent

FIRST, SECOND = "8000", "8001"
DEAD = "vmail_9999"
"""A voicemail box that is not there."""

COLOURS = ("green", "red", "grey", "unknown")
EVERYWHERE = ("off", "other", "itself", "number", "dead")
"""Where a forward may lead."""

Seat = tuple[str, str]
"""An agent: the colour in the first queue and in the second; empty where the agent does not sit."""


class Settings(NamedTuple):
    """Everything of one queue that decides, and its rule: in effect, switched off, or not there."""

    require: bool = True
    offline: str = "off"
    busy: str = "off"
    always: str = "off"
    full: bool = False
    rule: str = "on"


class System(NamedTuple):
    """A phone system."""

    crew: tuple[Seat, ...]
    first: Settings
    second: Settings


class Beside(NamedTuple):
    """A second queue with its own agents."""

    crew: tuple[Seat, ...]
    settings: Settings


DECISIONS = (
    *(Beside((("", colour),), Settings()) for colour in ("green", "red", "unknown")),
    Beside((), Settings(require=False)),
    *(Beside((), Settings(offline=where)) for where in EVERYWHERE),
    *(Beside((), Settings(busy=where)) for where in ("other", "itself", "number", "dead")),
    *(Beside((), Settings(always=where)) for where in ("other", "number", "dead")),
)
"""A second queue for every decision it can come to."""

CREWS_OF_ONE: tuple[tuple[Seat, ...], ...] = ((), *(((colour, ""),) for colour in COLOURS))


def settings(
    offline: Iterable[str], busy: Iterable[str], always: Iterable[str], full: Iterable[bool] = (False, True)
) -> Iterator[Settings]:
    """Every queue with these forwards."""
    for values in product((True, False), offline, busy, always, full):
        yield Settings(*values)


def with_rules(these: Iterable[Settings]) -> Iterator[Settings]:
    """These queues; those without a When Busy also with their rule switched off, and without any rule."""
    for one in these:
        yield one
        if one.busy == "off":
            yield one._replace(rule="off")
            if one.offline == one.always == "off":
                yield one._replace(rule="none")


def crews() -> Iterator[tuple[Seat, ...]]:
    """Every two queues' agents: up to two in each, who may sit in both.

    A phone is one phone in both queues, and so is a call; only the login is each queue's own.
    """
    both = [(colour, colour) for colour in COLOURS]
    for colour in ("green", "red", "unknown"):
        both += [(colour, "grey"), ("grey", colour)]
    kinds: tuple[list[Seat], ...] = ([(c, "") for c in COLOURS], both, [("", c) for c in COLOURS])
    for here, shared, there in product(range(3), repeat=3):
        if here + shared <= 2 and shared + there <= 2:
            sizes = zip(kinds, (here, shared, there), strict=True)
            for chosen in product(*(combinations_with_replacement(kind, size) for kind, size in sizes)):
                yield in_order(seat for seats in chosen for seat in seats)


def in_order(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """The seats in one order, so that the same people are the same crew."""
    return tuple(sorted(seats))


def every_setting(offline: Iterable[str], busy: Iterable[str], always: Iterable[str]) -> Iterator[list[System]]:
    """Worlds in which the first queue has every setting and one agent at most, beside every decision."""
    offline, always = tuple(offline), tuple(always)
    for beside, when_busy in product(DECISIONS, busy):
        yield [
            System(in_order((*crew, *beside.crew)), first, beside.settings)
            for crew in CREWS_OF_ONE
            for first in with_rules(settings(offline, (when_busy,), always))
        ]


def every_crew(first: Iterable[Settings], second: Iterable[Settings]) -> Iterator[list[System]]:
    """Worlds in which the agents sit in every way, in the first queue, the second or both."""
    first, everybody = tuple(first), tuple(crews())
    for beside in second:
        yield [System(crew, one, beside) for crew in everybody for one in first]


@cache
def _queue(extension: str, require: bool, full: bool) -> Queue:
    return Queue(extension, require_agents=require, max_callers=2, waiting=2 if full else 0)


@cache
def _rules(extension: str, other: str, of: Settings) -> QueueRules:
    where = {"other": f"queue_{other}", "itself": f"queue_{extension}", "number": CELL, "dead": DEAD}

    def forward(to: str) -> Forward:
        return OFF if to == "off" else Forward(True, (where[to],))

    if of.rule == "none":
        return QueueRules()
    on = of.rule == "on"
    return QueueRules((Rule("*", on, on, 99, forward(of.always), forward(of.busy), OFF, forward(of.offline)),))


@cache
def _rows(crew: tuple[Seat, ...]) -> Mapping[str, tuple[Agent, ...]]:
    return {
        queue: tuple(
            agent(seat[at], str(1001 + place), queue, order=place) for place, seat in enumerate(crew) if seat[at]
        )
        for at, queue in enumerate((FIRST, SECOND))
    }


def build(system: System) -> Snapshot:
    """The system as a snapshot of which everything is known."""
    first, second = system.first, system.second
    return Snapshot(
        domain="example.com",
        taken_at=NOON,
        queues={
            FIRST: _queue(FIRST, first.require, first.full),
            SECOND: _queue(SECOND, second.require, second.full),
        },
        agents=_rows(system.crew),
        rules={FIRST: _rules(FIRST, SECOND, first), SECOND: _rules(SECOND, FIRST, second)},
        users={},
        numbers={},
        attendants=(),
    )


def id_of(place: int) -> str:
    """The id of the agent at this place of a crew."""
    return f"{1001 + place}@example.com"


def moves(system: System) -> Iterator[tuple[Step, System]]:
    """Every step that can be taken from here about the first queue or any agent, and where it leads."""
    crew, first = system.crew, system.first
    for place, seat in enumerate(crew):
        for colour in ("grey", "green"):
            turned: Seat = (seat[0] and colour, seat[1] and colour)
            then = in_order((*crew[:place], turned, *crew[place + 1 :]))
            yield TurnAgent(id_of(place), Status(colour)), system._replace(crew=then)
    steps: tuple[tuple[Step, Settings], ...] = (
        (SupposeRequireAgents(FIRST, True), first._replace(require=True)),
        (SupposeRequireAgents(FIRST, False), first._replace(require=False)),
        (
            PointWhenOffline(FIRST),
            first._replace(offline="number", rule="on" if first.rule == "none" else first.rule),
        ),
        (WhenOfflineOff(FIRST), first._replace(offline="off")),
        (AlwaysOff(FIRST), first._replace(always="off")),
        (FreePlace(FIRST), first._replace(full=False)),
        (SwitchOnDefault(FIRST), first._replace(rule="on" if first.rule == "off" else first.rule)),
    )
    for step, settled in steps:
        yield step, system._replace(first=settled)


def distances(world: Mapping[System, bool]) -> dict[System, int]:
    """The least number of steps from each system to one for which the world says true."""
    into: dict[System, list[System]] = {system: [] for system in world}
    for system in world:
        for _, then in moves(system):
            if then in into and then != system:
                into[then].append(system)
    away = {system: 0 for system, true in world.items() if true}
    edge = list(away)
    while edge:
        further: list[System] = []
        for then in edge:
            for system in into[then]:
                if system not in away:
                    away[system] = away[then] + 1
                    further.append(system)
        edge = further
    return away
