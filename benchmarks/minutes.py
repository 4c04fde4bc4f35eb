"""What a board writes to its terminal in a minute."""

import asyncio
from collections.abc import Iterator

from benchmarks.board import COLUMNS, LINES, watching
from benchmarks.figure import Figure
from tests.wire.terminal import eventually, on_terminal

MINUTE = 60.0
BUSY_EVERY = 1.0
POWER_CUT_MINUTES = 5
"""The demo's power cut takes so long, and is played here in one."""


async def busy() -> int:
    """A minute in which every second an agent of one of 20 queues logs out or in."""
    async with watching(20, 10, 5.0) as board:
        before = board.written
        for second in range(round(MINUTE / BUSY_EVERY)):
            board.toggle_login(second * 7 % 20, second * 3 % 10)
            await asyncio.sleep(BUSY_EVERY)
        return board.written - before


async def power_cut() -> int:
    """The demo from its first painted queues to the end of its power cut, on a terminal of 120x40."""
    demo = ("-m", "queuewatch", "demo", "--speed", str(POWER_CUT_MINUTES))
    async with on_terminal(demo, columns=COLUMNS, lines=LINES) as terminal:
        await eventually(lambda: b"Front Desk" in terminal.written)
        before = len(terminal.written)
        await asyncio.sleep(MINUTE)
        return len(terminal.written) - before


async def _measure() -> tuple[int, int]:
    changing, cut = await asyncio.gather(busy(), power_cut())
    return changing, cut


def measure() -> Iterator[Figure]:
    """A busy board, and the demo. The idle one is in ``idle``."""
    changing, cut = asyncio.run(_measure())
    seen = f"an agent every {BUSY_EVERY:g} s, in 20 queues, asked every 5 s"
    yield Figure("a busy minute", changing, "bytes", "", None, seen)
    seen = f"{cut:,} bytes for all {POWER_CUT_MINUTES} minutes"
    yield Figure("a minute of the demo's power cut", cut / POWER_CUT_MINUTES, "bytes", "", None, seen)
