"""A minute of a board that nothing happens on: 20 queues, asked every five seconds."""

import asyncio
import time
from collections.abc import Iterator

from benchmarks.board import COLUMNS, LINES, watching
from benchmarks.figure import Figure, ratio
from benchmarks.processor import megabytes_held, seconds_used
from benchmarks.start import BARE
from tests.wire.terminal import eventually, on_terminal

QUEUES, AGENTS = 20, 10
INTERVAL, MINUTE = 5.0, 60.0


async def _measure() -> list[Figure]:
    async with (
        on_terminal(BARE, columns=COLUMNS, lines=LINES) as bare,
        watching(QUEUES, AGENTS, INTERVAL) as board,
    ):
        await eventually(lambda: b"painted" in bare.written)
        written, used, held = board.written, board.processor, megabytes_held(board.terminal.program.pid)
        bare_used = seconds_used(bare.program.pid)
        began = time.monotonic()
        await asyncio.sleep(MINUTE)
        passed = time.monotonic() - began
        share = (board.processor - used) / passed * 100
        idle = (board.processor - used, seconds_used(bare.program.pid) - bare_used)
        now, least = megabytes_held(board.terminal.program.pid), megabytes_held(bare.program.pid)
        grown = f"{now:.0f} MB to {least:.0f} MB, and {now - held:+.1f} MB over the minute"
        return [
            Figure("an idle minute", board.written - written, "bytes", "", 0, "at a refresh every 5 s"),
            Figure("an idle minute", share, "% of a core", "", 1, f"{(board.processor - used) * 1000:.0f} ms"),
            ratio("an idle minute", "a bare Textual app that idles beside it", [idle], budget=2.5),
            Figure("its memory", now / least, "x", "a bare Textual app", 1.5, grown),
        ]


def measure() -> Iterator[Figure]:
    """Processor, memory and bytes."""
    yield from asyncio.run(_measure())
