"""A board and a watch on terminals that are not read, take nothing or are closed: do they go on, and end?"""

import asyncio
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from tests.wire.terminal import Terminal, eventually, on_terminal

STATES = ("read", "not read", "stopped (Ctrl+S)")
ENDS = ("SIGTERM", "SIGHUP", "terminal closed")
PROGRAMS = {"board": (), "watch": ("watch", "--every-change")}
STALLED_FOR = 10.0
INTERVAL = 1.0


@dataclass(frozen=True, slots=True)
class Ending:
    """One program, in one state of its terminal, told to end in one way."""

    program: str
    state: str
    polls: int
    """Refreshes while the terminal was in that state, in :data:`STALLED_FOR` seconds."""
    end: str
    seconds: float | None
    """Until the process was gone; ``None`` if it had to be killed."""
    as_found: bool | None
    """Whether the terminal's settings were those from before; ``None`` where there is no terminal any more."""


def endings() -> list[dict[str, Any]]:
    """All of them."""
    # Begun with nohup, a watch would heed that, and rightly outlive its terminal.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    return [asdict(ending) for ending in asyncio.run(_all())]


async def _all() -> list[Ending]:
    cases = [(program, state, end) for program in PROGRAMS for state in STATES for end in ENDS]
    # Three at a time: most of it is waiting.
    found: list[Ending] = []
    for begin in range(0, len(cases), 3):
        found += await asyncio.gather(*(_one(*case) for case in cases[begin : begin + 3]))
    return found


async def _one(program: str, state: str, end: str) -> Ending:
    pbx = SandboxPbx(load_sample("riverside"))
    with tempfile.TemporaryDirectory() as folder:
        async with (
            running(sandbox_app(pbx)) as address,
            _on(program, address, pbx.domain, Path(folder)) as terminal,
        ):
            found = terminal.settings
            await eventually(lambda: len(pbx.requests) > 12)
            _stall(terminal, state)
            seats = pbx.floor.seats(f"1000@{pbx.domain}", "8000")
            pbx.requests.clear()
            for turn in range(round(STALLED_FOR)):
                terminal.resize(80, 24 + turn % 2)
                (pbx.floor.log_out if turn % 2 else pbx.floor.log_in)(seats)
                await asyncio.sleep(1)
            polls = sum(request.path.endswith("/agents") for request in pbx.requests)
            began = time.monotonic()
            if end == "terminal closed":
                terminal.hang_up()
            else:
                terminal.program.send_signal(getattr(signal, end))
            try:
                await terminal.farewell()
                seconds: float | None = round(time.monotonic() - began, 2)
            except TimeoutError:
                terminal.program.kill()
                seconds = None
            as_found = None if end == "terminal closed" else terminal.settings == found
    return Ending(program, state, polls, end, seconds, as_found)


def _stall(terminal: Terminal, state: str) -> None:
    match state:
        case "not read":
            terminal.stop_reading()
        case "stopped (Ctrl+S)":
            terminal.stop_output()
        case _:
            pass


@asynccontextmanager
async def _on(program: str, address: str, domain: str, folder: Path) -> AsyncIterator[Terminal]:
    environment = {
        "QUEUEWATCH_URL": address,
        "QUEUEWATCH_DOMAIN": domain,
        "QUEUEWATCH_TOKEN": SANDBOX_TOKEN,
        "QUEUEWATCH_STATE": str(folder / "state"),
        "QUEUEWATCH_CONFIG": str(folder / "config.toml"),
    }
    command = ("-m", "queuewatch", *PROGRAMS[program], "--interval", str(INTERVAL))
    async with on_terminal(command, columns=80, lines=24, environment=environment) as terminal:
        yield terminal


if __name__ == "__main__":
    for ending in endings():
        print(ending)
