"""Moving about a large board: paging, and a filter that is typed."""

import asyncio
from collections.abc import Iterator
from statistics import median

from benchmarks.board import Board, Cost, watching
from benchmarks.figure import Figure, milliseconds

QUEUES, AGENTS = 200, 25
FAR_APART = 60.0
"""Seconds between refreshes, so that none falls into a measurement."""
PAGE_DOWN, FILTER, LEAVE = b"\x1b[6~", b"/", b"\x1b"


async def pages(board: Board) -> list[Cost]:
    """Five pages down."""
    return [await board.cost_of_key(PAGE_DOWN) for _ in range(5)]


async def letters(board: Board) -> list[Cost]:
    """The name of a queue typed into the filter, key by key."""
    await board.cost_of_key(FILTER)
    costs = [await board.cost_of_key(key.to_bytes()) for key in b"queue 8042"]
    await board.cost_of_key(LEAVE)
    return costs


async def _measure() -> list[Figure]:
    async with watching(QUEUES, AGENTS, FAR_APART) as board:
        repaints = [await board.cost_of_full_repaint() for _ in range(5)]
        return [
            *_figures("a page down", repaints, await pages(board)),
            *_figures("a letter into the filter", repaints, await letters(board)),
        ]


def _figures(what: str, repaints: list[Cost], costs: list[Cost]) -> Iterator[Figure]:
    whole = median(cost.processor for cost in repaints)
    used = median(cost.processor for cost in costs)
    wait = median(cost.until_painted for cost in costs)
    seen = f"{milliseconds(used)} to {milliseconds(whole)}; painted {milliseconds(wait)} after the key"
    yield Figure(f"{what}, processor", used / whole, "x", "a resized terminal drawn anew", None, seen)
    most = max(cost.bytes for cost in costs)
    yield Figure(f"{what}, at most", most, "bytes", "", None, f"a resize: {repaints[-1].bytes:,} bytes")


def measure() -> Iterator[Figure]:
    """Keys on a board of 200 queues and 5,000 agents."""
    yield from asyncio.run(_measure())
