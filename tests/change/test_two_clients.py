"""Two people change one rule at once, their requests mixed in every way there is: nothing is lost unnoticed."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module

import pytest

from queuewatch.change import Change, Proposal, Result, SetRequireAgents, SetWhenOffline, apply, propose
from queuewatch.change.compare import shows
from queuewatch.change.proposal import wanted
from queuewatch.failover.model import Forward, Queue, QueueRules
from queuewatch.pbx.phone_system import AbsentRule, StoredQueue, StoredRule
from tests.change.in_memory import InMemory
from tests.failover.build import default, office, to

SALES = Queue("8000", "Sales", require_agents=False)


@dataclass
class World:
    """One phone system, one time, and a client whose turn it is. A request takes no time; a pause does."""

    pbx: InMemory
    now: float = 0.0


@dataclass
class Client(InMemory):
    """One client's way to the phone system: each request waits until it is this client's turn."""

    world: World = field(default_factory=lambda: World(InMemory()))
    _waits: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Event = field(default_factory=asyncio.Event)
    _not_before: float = 0.0

    async def step(self, task: "asyncio.Task[object]") -> None:
        """Let the next request through, and wait until the one after it is about to be made, or none is."""
        self._waits.clear()
        self._turn.set()
        waiting = asyncio.ensure_future(self._waits.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    async def _my_turn(self) -> None:
        self._waits.set()
        await self._turn.wait()
        self._turn.clear()
        self.world.now = max(self.world.now, self._not_before)

    async def pause(self, seconds: float) -> None:
        self._not_before = self.world.now + seconds

    async def read_rules(self, queue: str) -> QueueRules:
        await self._my_turn()
        return await self.world.pbx.read_rules(queue)

    async def read_stored_queue(self, queue: str) -> StoredQueue:
        await self._my_turn()
        return await self.world.pbx.read_stored_queue(queue)

    async def read_stored_default(self, queue: str) -> StoredRule | AbsentRule:
        await self._my_turn()
        return await self.world.pbx.read_stored_default(queue)

    async def write_require_agents(self, queue: str, on: bool) -> None:
        await self._my_turn()
        await self.world.pbx.write_require_agents(queue, on)

    async def write_when_offline(self, queue: str, stored: StoredRule | None, offline: Forward) -> None:
        await self._my_turn()
        await self.world.pbx.write_when_offline(queue, stored, offline)


Edited = tuple[Proposal, Result | None]


async def edit(client: Client, change: Change) -> Edited:
    """One edit as its user goes through it, from the proposal to the result; none where nothing was to be done."""
    snapshot = office(SALES, rules={"8000": [default(offline=to("vmail_8000"))]})
    proposal = await propose(client, snapshot, SALES, change)
    if proposal.nothing_to_do:
        return proposal, None
    return proposal, await apply(client, proposal, sleep=client.pause, clock=lambda: client.world.now)


@dataclass
class Played:
    """One way of mixing the requests: who was let through when, and what came of it."""

    order: str
    edits: tuple[Edited, Edited]
    pbx: InMemory
    choices: list[int]
    """How many clients could have been next, at each step."""


async def play(changes: tuple[Change, Change], order: list[int]) -> Played:
    """Let the clients through in this order, and the first that can when it is used up."""
    snapshot = office(SALES, rules={"8000": [default(offline=to("vmail_8000"))]})
    world = World(InMemory.holding(snapshot))
    clients = [Client(world=world) for _ in changes]
    tasks = [asyncio.ensure_future(edit(client, change)) for client, change in zip(clients, changes, strict=True)]
    await asyncio.sleep(0)
    taken, choices = "", []
    while able := [place for place, task in enumerate(tasks) if not task.done()]:
        choices.append(len(able))
        chosen = able[order[len(taken)] if len(taken) < len(order) else 0]
        taken += "AB"[chosen]
        await clients[chosen].step(tasks[chosen])
    first, second = [await task for task in tasks]
    await world.pbx.read_stored_queue("8000")
    return Played(taken, (first, second), world.pbx, choices)


async def every_way(changes: tuple[Change, Change]) -> list[Played]:
    """Play every order of the two clients' requests, each exactly once."""
    found: list[Played] = []
    order: list[int] = []
    while True:
        played = await play(changes, order)
        found.append(played)
        order += [0] * (len(played.choices) - len(order))
        while order and order[-1] + 1 >= played.choices[len(order) - 1]:
            order.pop()
        if not order:
            return found
        order[-1] += 1


def lost_unnoticed(played: Played) -> Iterator[str]:
    """Who was told that all is well, although the change is gone and nobody who knew of it took it away."""
    for mine, other in (played.edits, played.edits[::-1]):
        (proposal, result), (others_proposal, others_result) = mine, other
        if result is None or not result.ok or result.hint:
            continue
        rule = played.pbx.rules["8000"].default
        assert rule is not None
        left: StoredQueue | StoredRule = (
            StoredQueue(played.pbx.queues["8000"])
            if isinstance(proposal.change, SetRequireAgents)
            else StoredRule(rule)
        )
        if shows(left, wanted(proposal.change)):
            continue
        knew_of_it = shows(others_proposal.stored, wanted(proposal.change))
        was_told = others_result is not None and (not others_result.ok or others_result.hint)
        if not knew_of_it and not was_told:
            yield f"{played.order}: {result.sentence}"


@pytest.fixture(autouse=True)
def few_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long one waits for a change to show does not matter here; each reading doubles the ways of mixing."""
    monkeypatch.setattr(import_module("queuewatch.change.apply"), "READ_BACKS", 1)


@pytest.mark.parametrize(
    ("changes", "ways"),
    [
        ((SetWhenOffline("2145550111"), SetWhenOffline("2145550122")), 400),
        ((SetWhenOffline("2145550111"), SetWhenOffline(None)), 400),
        ((SetWhenOffline("2145550111"), SetRequireAgents(True)), 400),
        ((SetRequireAgents(True), SetRequireAgents(True)), 100),
    ],
)
async def test_no_change_is_lost_unnoticed(changes: tuple[Change, Change], ways: int) -> None:
    played = await every_way(changes)
    assert len({one.order for one in played}) == len(played) > ways
    assert [lost for one in played for lost in lost_unnoticed(one)] == []


async def test_it_takes_the_last_look_and_the_clock_to_notice_every_loss() -> None:
    played = await every_way((SetWhenOffline("2145550111"), SetWhenOffline("2145550122")))
    told = Counter(
        (result.kind, bool(result.hint)) for one in played for _, result in one.edits if result is not None
    )
    words = " ".join(result.sentence + result.hint for one in played for _, result in one.edits if result)
    assert len(told) > 3
    assert "a moment later it was different" in words
    assert "in the meantime" in words
    assert "their change is lost" in words
