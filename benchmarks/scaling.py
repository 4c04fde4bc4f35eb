"""How cost grows with the domain: each ratio is to parsing that domain's own JSON, so flat is linear."""

import asyncio
from collections.abc import Iterator
from statistics import median

from msgspec.structs import replace

from benchmarks.board import Cost, watching
from benchmarks.figure import Figure, milliseconds, ratio
from benchmarks.judging import parse, read_company, seconds_of
from benchmarks.moving import FAR_APART, letters
from benchmarks.processor import megabytes_held
from benchmarks.refresh import refreshes
from queuewatch.failover.simulate import judge_all

SIZES = (200, 500, 1000, 2000)
AGENTS = 10
ROUNDS = 5


async def typing(queues: int) -> tuple[list[Cost], float]:
    """What the letters of a filter cost on a board of so many queues, and the megabytes that it holds."""
    async with watching(queues, AGENTS, FAR_APART) as board:
        return await letters(board), megabytes_held(board.terminal.program.pid)


def measure() -> Iterator[Figure]:
    """Judging, refreshing and filtering."""
    for queues in SIZES:
        size = f"{queues:,} queues, {queues * AGENTS:,} agents"
        snapshot, bodies = read_company(queues, AGENTS)
        judging = [
            (seconds_of(lambda: judge_all(replace(snapshot))), seconds_of(lambda: parse(bodies)))  # noqa: B023
            for _ in range(ROUNDS)
        ]
        least = "`json.loads` of that domain's JSON"
        yield ratio(f"{size}: judging all", least, judging)
        yield ratio(f"{size}: a refresh", least, asyncio.run(refreshes(queues, AGENTS, ROUNDS)))
        parsing = median(theirs for _, theirs in judging)
        costs, held = asyncio.run(typing(queues))
        used = median(cost.processor for cost in costs)
        wait = median(cost.until_painted for cost in costs)
        seen = f"{milliseconds(used)}; painted {milliseconds(wait)} after the key"
        yield Figure(f"{size}: a letter into the filter", used / parsing, "x", least, None, seen)
        yield Figure(f"{size}: memory of the board", held, "MiB")
