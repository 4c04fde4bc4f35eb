"""A board and a watch that poll every second while agents flap, for a good ten minutes: by how much they grow.

It takes 25 minutes; ``GROWTH_MINUTES`` says how many after the first ten. What grew beyond its budget is run once
more, with the places where the memory was taken.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import linear_regression

from benchmarks.board import COLUMNS, LINES, Board
from benchmarks.figure import Figure
from benchmarks.processor import megabytes_held
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.process.background import held
from tests.wire.company import large_company
from tests.wire.terminal import eventually, on_terminal

QUEUES, AGENTS, INTERVAL = 20, 10, 1.0
FLAPS_A_SECOND = 3
WARM_UP = float(os.environ.get("GROWTH_WARM_UP", "10"))
MINUTES = float(os.environ.get("GROWTH_MINUTES", "15"))
SAMPLE_EVERY = 10.0
BUDGET = 2.0
"""MiB an hour."""
TRACED = Path(__file__).with_name("traced.py")


async def _flap(pbx: SandboxPbx, board: Board) -> None:
    """Let agents go and come, a few every second, until cancelled."""
    turn = 0
    while True:
        for _ in range(FLAPS_A_SECOND):
            board.toggle_login(turn * 7 % QUEUES, turn * 3 % AGENTS)
            turn += 1
        # What the sandbox remembers of requests is in this process, and not measured.
        pbx.requests.clear()
        await asyncio.sleep(1.0)


@asynccontextmanager
async def _watching(command: list[str], environment: Mapping[str, str]) -> AsyncIterator[int]:
    """The command in a process of its own, whose number is given, while the block runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def _measure(folder: Path, *, traced: bool) -> dict[str, list[tuple[float, float]]]:
    """The memory of both over time, as pairs of minutes and MiB."""
    company = large_company(QUEUES, AGENTS)
    pbx = SandboxPbx(company, clock=SandboxClock(company.start))
    interval = ["--interval", f"{INTERVAL:g}"]

    def program(name: str, *words: str) -> list[str]:
        if not traced:
            return ["-m", "queuewatch", *words]
        return [str(TRACED), str(folder / name), str(WARM_UP), str(MINUTES), "queuewatch", *words]

    def environment(name: str, address: str) -> dict[str, str]:
        return {
            "QUEUEWATCH_URL": address,
            "QUEUEWATCH_DOMAIN": pbx.domain,
            "QUEUEWATCH_TOKEN": SANDBOX_TOKEN,
            # Each with a history of its own, which only one at a time writes.
            "QUEUEWATCH_STATE": str(folder / f"state of {name}"),
            "QUEUEWATCH_CONFIG": str(folder / "config.toml"),
        }

    async with (
        running(sandbox_app(pbx)) as address,
        on_terminal(
            program("board", *interval),
            columns=COLUMNS,
            lines=LINES,
            environment=environment("board", address),
        ) as terminal,
        _watching(program("watch", "watch", "--every-change", *interval), environment("watch", address)) as watch,
    ):
        await eventually(lambda: f"all {QUEUES} queues ready".encode() in terminal.written)
        flapping = held(_flap(pbx, Board(pbx, terminal, AGENTS)))
        sizes: dict[str, list[tuple[float, float]]] = {"board": [], "watch": []}
        processes = {"board": terminal.program.pid, "watch": watch}
        began = time.monotonic()
        while (minutes := (time.monotonic() - began) / 60) < WARM_UP + MINUTES:
            for name, process in processes.items():
                sizes[name].append((minutes, megabytes_held(process)))
            # A terminal that keeps all that was written is a growth of this process.
            terminal.written.clear()
            await asyncio.sleep(SAMPLE_EVERY)
        flapping.cancel()
    return sizes


def measure() -> Iterator[Figure]:
    """The growth of both, and where it is where there is too much of it."""
    with tempfile.TemporaryDirectory() as folder:
        figures = {
            name: _figure(name, sizes) for name, sizes in asyncio.run(_measure(Path(folder), traced=False)).items()
        }
        yield from figures.values()
    if all(figure.kept for figure in figures.values()):
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), traced=True))
        for name in figures:
            print(f"where the {name} grew:\n{(Path(folder) / name).read_text(encoding='utf-8')}")


def _figure(name: str, samples: list[tuple[float, float]]) -> Figure:
    late = [sample for sample in samples if sample[0] >= WARM_UP]
    slope, _ = linear_regression(*zip(*late, strict=True))
    first, last = late[0][1], late[-1][1]
    seen = f"{samples[0][1]:.1f} MiB, {first:.1f} after {WARM_UP:g} minutes, {last:.1f} after {MINUTES:g} more"
    return Figure(
        f"growth of the {name}, at a poll a second, agents flapping", slope * 60, "MiB an hour", "", BUDGET, seen
    )
