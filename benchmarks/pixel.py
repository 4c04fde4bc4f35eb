"""From a change in the phone system to the pixel."""

import asyncio
import random
import time
from collections.abc import Iterator
from statistics import median

from benchmarks.board import watching
from benchmarks.figure import Figure
from tests.wire.terminal import eventually

QUEUES, AGENTS = 20, 10
INTERVAL = 1.0
CHANGES = 20


async def _measure() -> list[float]:
    rng = random.Random(1)
    waits = []
    async with watching(QUEUES, AGENTS, INTERVAL) as board:
        for _ in range(CHANGES):
            await asyncio.sleep(rng.uniform(0, INTERVAL))
            written, began = board.written, time.monotonic()
            board.toggle_login(3, 5)
            await eventually(lambda before=written: board.written > before, every=0.002)  # type: ignore[misc]
            waits.append(time.monotonic() - began)
            await board.rest()
    return waits


def measure() -> Iterator[Figure]:
    """In refreshes: half of one is what chance has a change wait for the next question."""
    waits = asyncio.run(_measure())
    seen = f"asked every {INTERVAL:g} s; {CHANGES} changes"
    yield Figure("from a change to the pixel, median", median(waits) / INTERVAL, "refreshes", "", None, seen)
    yield Figure("from a change to the pixel, longest", max(waits) / INTERVAL, "refreshes", "", None, seen)
