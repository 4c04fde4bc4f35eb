"""From a change on the phone system to the terminal, over the stream of events.

``.venv/bin/python -m benchmarks.push`` from the checkout, on a machine that has nothing else to do; it takes three
minutes. For information: seconds differ from machine to machine and from run to run, so no test rests on them.
"""

import asyncio
import time
from pathlib import Path
from statistics import median

from queuewatch.connection.connection import DEFAULT_INTERVAL
from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.push import SandboxPush
from queuewatch.pbx.sandbox.samples import Sample, load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.polling.push import GAP
from tests.wire.company import large_company
from tests.wire.terminal import eventually, on_terminal

CHANGES = 15
BUDGET = 0.5
"""Seconds that a change should take at most."""
UNHELPFUL = 30.0
"""Seconds between two polls meanwhile: whatever comes sooner was not found by polling."""


async def main() -> None:
    """Print how long changes take on a small company and on a large one."""
    await measure("6 queues, 24 agents", load_sample("lakeside"), "1001")
    await measure("200 queues, 5,000 agents", large_company(queues=200, agents=25), "1005")


async def measure(what: str, sample: Sample, who: str) -> None:
    """Log this agent of the first queue out and in again, and watch for what the board writes."""
    pbx = SandboxPbx(sample)
    seats = pbx.floor.seats(f"{who}@{pbx.domain}", "8000")
    logins = Logins(pbx)
    push = SandboxPush(logins)
    async with running(push.beside(sandbox_app(pbx, logins=logins)), websockets=True) as address:
        board = [
            "-m",
            "queuewatch",
            "--push",
            "--url",
            address,
            "--domain",
            pbx.domain,
            "--interval",
            str(UNHELPFUL),
        ]
        own = {"QUEUEWATCH_TOKEN": SANDBOX_TOKEN, "QUEUEWATCH_CONFIG": str(Path(__file__).parent / "none.toml")}
        async with on_terminal(board, columns=120, lines=40, environment=own) as terminal:
            await eventually(lambda: "live · push".encode() in terminal.written)
            await eventually(lambda: b"queues ready" in terminal.written, every=0.1)

            async def seconds_to_pixel(logged_in: bool, rest: float) -> float:
                """From one change to the first byte that is written for it, after this long a rest."""
                await asyncio.sleep(rest)
                before, began = len(terminal.written), time.monotonic()
                if logged_in:
                    pbx.floor.log_in(seats)
                else:
                    pbx.floor.log_out(seats)
                await push.look()
                await eventually(lambda: len(terminal.written) > before, every=0.001)
                return time.monotonic() - began

            alone = [await seconds_to_pixel(bool(nth % 2), 1.5 * GAP) for nth in range(CHANGES)]
            after = [await seconds_to_pixel(bool(nth % 2), 0.1) for nth in range(1, CHANGES)]
        await push.close()
    report(f"{what}: a change, to the terminal (budget {BUDGET * 1000:.0f} ms)", alone)
    report(f"{what}: one upon another ({GAP:g} s are left between polls)", after)


def report(what: str, seconds: list[float]) -> None:
    """One line: the median as a share of the time that a poll may take to find it, and the worst."""
    middle = median(seconds)
    print(
        f"{what:<76}{middle / DEFAULT_INTERVAL:>6.3f} of the interval between polls "
        f"({middle * 1000:.0f} ms, at worst {max(seconds) * 1000:.0f} ms)",
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main())
