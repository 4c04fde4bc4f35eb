"""One refresh of 200 queues and 5,000 agents in which one agent changed."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.board import COLUMNS, LINES, watching
from benchmarks.figure import Figure, ratio
from tests.wire.terminal import PATIENCE, eventually, on_terminal

QUEUES, AGENTS = 200, 25
SITES = 40
REPLAY = str(Path(__file__).with_name("replay.py"))


async def refreshes(
    queues: int, agents: int, rounds: int, change: str = "one", sites: int = 0
) -> list[tuple[float, float]]:
    """Processor seconds from the JSON in hand to the screen painted, and of parsing that JSON, round by round.

    ``change`` is what differs from refresh to refresh (see ``replay``); with ``sites`` the agents sit at so many.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "seconds.json"
        command = [REPLAY, str(queues), str(agents), str(rounds), str(result), change, str(sites)]
        async with on_terminal(command, columns=COLUMNS, lines=LINES):
            # As long as a board of that size may take: see ``watching``.
            await eventually(result.exists, every=0.1, patience=max(PATIENCE, queues / 5))
        return [(ours, parsing) for ours, parsing in json.loads(result.read_text())]


async def _bytes() -> list[Figure]:
    async with watching(QUEUES, AGENTS, interval=0.2) as board:
        full = (await board.cost_of_full_repaint()).bytes
        figures = []
        for what, queue, budget in (
            ("an agent changes, of a queue in sight", 3, 200),
            ("an agent changes, of the queue under the cursor", 0, 600),
            ("an agent changes, of a queue out of sight", 150, 0),
        ):
            before = board.written
            board.toggle_login(queue, 5)
            await board.refreshed()
            seen = f"a full repaint: {full:,} bytes"
            figures.append(Figure(what, board.written - before, "bytes", "", budget, seen))
        return figures


def measure() -> Iterator[Figure]:
    """Processor time, and bytes to the terminal."""
    pairs = asyncio.run(refreshes(QUEUES, AGENTS, rounds=15))
    least = "`json.loads` of the same bytes"
    yield ratio("a refresh, from JSON in hand to painted", least, pairs, budget=0.5)
    yield ratio(
        f"the same at {SITES} sites, the columns of all of them included",
        least,
        asyncio.run(refreshes(QUEUES, AGENTS, rounds=15, sites=SITES)),
        budget=0.5,
    )
    for what, change in (("of which nothing changed", "none"), ("with the rows in another order", "order")):
        yield ratio(f"one {what}", least, asyncio.run(refreshes(QUEUES, AGENTS, rounds=9, change=change)))
    yield from asyncio.run(_bytes())
