"""How long it takes until what was last seen of a known phone system is painted, marked as old."""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.board import COLUMNS, LINES
from benchmarks.figure import Figure, ratio
from benchmarks.processor import seconds_used
from benchmarks.start import BARE, RUNS
from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.resolve import connect
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.polling.assemble import read_snapshot
from tests.wire.company import large_company
from tests.wire.terminal import eventually, on_terminal

NOBODY = "http://127.0.0.1:9"
"""Where nothing answers: what is painted can only be the picture."""
BUDGETS = {20: 1.40, 200: 1.50}
AGENTS = 25


async def _keep(queues: int, environment: Mapping[str, str]) -> None:
    """Keep a picture of so many queues, as a board with this environment would."""
    company = large_company(queues, AGENTS)
    pbx = SandboxPbx(company, clock=SandboxClock(company.start))
    async with running(sandbox_app(pbx)) as address:
        system = NetsapiensDomain(
            address, pbx.domain, SANDBOX_TOKEN, rate_limiter=RateLimiter(window=0.0), clock=lambda: pbx.now
        )
        snapshot = await read_snapshot(system)
        await system.close()
    picture = connect(ConnectionOptions(), environment, on_screen=True).last_picture
    if picture is None:
        raise RuntimeError("no picture is kept")
    picture.write(snapshot)


async def _until_painted(command: Sequence[str], signs: Sequence[bytes], environment: Mapping[str, str]) -> float:
    """Processor seconds of the program until it has written all of these to a terminal."""
    async with on_terminal(command, columns=COLUMNS, lines=LINES, environment=environment) as terminal:
        await eventually(lambda: all(sign in terminal.written for sign in signs), every=0.001)
        return seconds_used(terminal.program.pid)


def measure() -> Iterator[Figure]:
    """Twenty queues, and two hundred, beside the bare app and beside the same program that has no picture."""
    with tempfile.TemporaryDirectory() as folder:
        for queues, budget in BUDGETS.items():
            environment = {
                "QUEUEWATCH_URL": NOBODY,
                "QUEUEWATCH_DOMAIN": large_company(1, 1).domain,
                "QUEUEWATCH_TOKEN": SANDBOX_TOKEN,
                "QUEUEWATCH_CONFIG": str(Path(folder) / "none.toml"),
                "QUEUEWATCH_STATE": str(Path(folder) / str(queues)),
            }
            asyncio.run(_keep(queues, environment))
            signs = (b"Queue 8000", b" as of ")
            pairs, empty = [], []
            for _ in range(RUNS):
                ours = asyncio.run(_until_painted(("-m", "queuewatch"), signs, environment))
                bare = asyncio.run(_until_painted(BARE, (b"painted",), {}))
                without = {**environment, "QUEUEWATCH_STATE": str(Path(folder) / "nothing")}
                frame = asyncio.run(_until_painted(("-m", "queuewatch"), (b"queuewatch \xc2\xb7",), without))
                pairs.append((ours, bare))
                empty.append((frame, bare))
            what = f"a known phone system of {queues} queues, {AGENTS} agents each, to its last known picture"
            yield ratio(what, "a bare Textual app that paints one label", pairs, budget=budget)
        yield ratio(
            "a phone system without a picture, to the board's frame",
            "a bare Textual app that paints one label",
            empty,
        )
