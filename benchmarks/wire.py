"""What the board writes to a terminal: 200 queues, 5,000 agents, 120x40, truecolour.

``.venv/bin/python -m benchmarks.wire`` from the checkout. Bytes, not seconds: they are the same on every machine.
For information; the bounds that must hold are in ``tests/wire``.
"""

import asyncio
from pathlib import Path

from queuewatch.pbx.sandbox.office import SandboxPbx
from queuewatch.pbx.sandbox.server import running
from queuewatch.pbx.sandbox.web import sandbox_app
from tests.wire.company import large_company
from tests.wire.terminal import Terminal, eventually, on_terminal

BOARD = str(Path(__file__).parents[1] / "tests" / "wire" / "board.py")
REST = 1.5
"""Seconds without a byte, through several refreshes, after which the board is at rest."""


async def rest(terminal: Terminal) -> None:
    """Wait until the board has written nothing for a while."""
    before = -1
    while before != len(terminal.written):
        before = len(terminal.written)
        await asyncio.sleep(REST)


async def main() -> None:
    """Print the byte counts."""
    pbx = SandboxPbx(large_company(queues=200, agents=25))
    async with (
        running(sandbox_app(pbx)) as address,
        on_terminal([BOARD, address, pbx.domain, "0.2"], columns=120, lines=40) as terminal,
    ):
        await eventually(lambda: b"all 200 queues ready" in terminal.written)
        await rest(terminal)
        report("from start to everything read and painted", len(terminal.written))

        before = len(terminal.written)
        await asyncio.sleep(10)
        report("idle for 10 seconds", len(terminal.written) - before)

        for what, queue, person in (
            ("an agent of the queue under the cursor logs out", "8000", "1005"),
            ("an agent of another queue in sight logs out", "8003", "1005"),
            ("an agent of a queue out of sight logs out", "8150", "1755"),
        ):
            before = len(terminal.written)
            pbx.floor.log_out(pbx.floor.seats(f"{person}@{pbx.domain}", queue))
            await rest(terminal)
            report(what, len(terminal.written) - before)


def report(what: str, count: int) -> None:
    """One line."""
    print(f"{what:<52}{count:>8,} bytes", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
