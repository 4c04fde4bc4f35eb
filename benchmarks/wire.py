"""What goes over the line: a board at rest, one agent, and from one screen to another."""

import asyncio
from collections.abc import Iterator
from statistics import mean

from benchmarks.board import watching
from benchmarks.figure import Figure

OFFICE, LARGE = (7, 5), (20, 10)
"""Queues, and agents in each: as the sample company has, and as many as fill the screen."""
SIZE = (80, 24)
SLOW = {"COLORTERM": ""}
"""As over SSH, which does not say that the terminal has more than 256 colours."""
IDLE_REFRESHES = 5
WAYS = {
    "one queue": b"\r",
    "what if": b"w",
    "audit": b"a",
    "history": b"i",
    "log": b"v",
    "help": b"?",
    "editor": b"e",
    "scope of a drill": b"d",
}
"""The keys that lead from the board to a screen; escape leads back."""
BACK = b"\x1b"
AVERAGE, ONE_AGENT = 2048, 200


async def _at_rest() -> list[Figure]:
    async with watching(*LARGE, 1.0, size=SIZE, environment=SLOW) as board:
        before = board.written
        await board.refreshed(IDLE_REFRESHES)
        idle = board.written - before
        before = board.written
        board.toggle_login(3, 5)
        await board.refreshed()
        agent = board.written - before
    return [
        Figure("a board at rest, five refreshes", idle, "bytes", "", 0),
        Figure("one agent of a queue in sight changes", agent, "bytes", "", ONE_AGENT),
    ]


async def _changes(queues: int, agents: int, budget: float | None) -> Figure:
    async with watching(queues, agents, 60.0, size=SIZE, environment=SLOW) as board:
        there, back = {}, {}
        # The first time a screen is opened it is also loaded.
        for name, key in (*WAYS.items(), *WAYS.items()):
            there[name] = (await board.cost_of_key(key)).bytes
            back[name] = (await board.cost_of_key(BACK)).bytes
    seen = ", ".join(f"{name} {there[name]:,} and {back[name]:,}" for name in WAYS)
    what = f"{queues} queues: to another screen and back at 80x24, on average"
    return Figure(what, mean((*there.values(), *back.values())), "bytes", "", budget, seen)


async def _measure() -> list[Figure]:
    return [*await _at_rest(), await _changes(*OFFICE, AVERAGE), await _changes(*LARGE, None)]


def measure() -> Iterator[Figure]:
    """Bytes are counted at the far end of a pseudo-terminal."""
    yield from asyncio.run(_measure())
