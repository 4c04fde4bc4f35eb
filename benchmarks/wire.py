"""What goes over the line: a board at rest, one agent, and from one screen to another."""

import asyncio
from collections.abc import Iterator
from statistics import mean

from benchmarks.board import watching
from benchmarks.figure import Figure

QUEUES, AGENTS = 20, 10
COLUMNS, LINES = 80, 24
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


async def _measure() -> list[Figure]:
    async with watching(QUEUES, AGENTS, 1.0, COLUMNS, LINES) as board:
        before = board.written
        await board.refreshed(IDLE_REFRESHES)
        idle = board.written - before
        before = board.written
        board.toggle_login(3, 5)
        await board.refreshed()
        agent = board.written - before
    async with watching(QUEUES, AGENTS, 60.0, COLUMNS, LINES) as board:
        there, back = {}, {}
        # The first time a screen is opened it is also loaded.
        for name, key in (*WAYS.items(), *WAYS.items()):
            there[name] = (await board.cost_of_key(key)).bytes
            back[name] = (await board.cost_of_key(BACK)).bytes
    every = (*there.values(), *back.values())
    seen = ", ".join(f"{name} {there[name]:,} and {back[name]:,}" for name in WAYS)
    return [
        Figure("a board at rest, five refreshes", idle, "bytes", "", 0),
        Figure("one agent of a queue in sight changes", agent, "bytes", "", ONE_AGENT),
        Figure(
            f"to another screen and back at {COLUMNS}x{LINES}, on average", mean(every), "bytes", "", AVERAGE, seen
        ),
    ]


def measure() -> Iterator[Figure]:
    """Bytes are counted at the far end of a pseudo-terminal of full colour."""
    yield from asyncio.run(_measure())
