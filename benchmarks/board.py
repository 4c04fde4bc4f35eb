"""A board on a terminal with an invented company behind it, and what it costs seen from outside."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processor import seconds_used
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.rows import is_logged_in
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from tests.wire.company import FIRST_PERSON, FIRST_QUEUE, QUEUES_OF_ONE_PERSON, large_company
from tests.wire.terminal import PATIENCE, Terminal, eventually, on_terminal

PROGRAM = str(Path(__file__).parents[1] / "tests" / "wire" / "board.py")
COLUMNS, LINES = 120, 40
QUIET_TURNS = 40
"""Hundredths of a second without a byte after which a board has done what it was asked for."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What something made a board do."""

    processor: float
    """Seconds."""
    bytes: int
    until_painted: float
    """Seconds from the cause to the last byte."""


@dataclass
class Board:
    """A board on a terminal of 120x40, and the phone system it watches."""

    pbx: SandboxPbx
    terminal: Terminal
    agents: int

    @property
    def written(self) -> int:
        """Bytes so far."""
        return len(self.terminal.written)

    @property
    def processor(self) -> float:
        """Processor seconds so far."""
        return seconds_used(self.terminal.program.pid)

    async def rest(self) -> float:
        """Wait until the board writes nothing more; gives the time of the last byte."""
        written, last, quiet = self.written, time.monotonic(), 0
        # Counted in turns of the loop, which the sandbox keeps waiting while it answers.
        while quiet < QUIET_TURNS:
            await asyncio.sleep(0.01)
            quiet += 1
            if self.written != written:
                written, last, quiet = self.written, time.monotonic(), 0
        return last

    async def refreshed(self, times: int = 1) -> None:
        """Wait until the board has asked for the agents so many times more, and drawn what it was told."""
        wanted = self.refreshes + times + 1
        await eventually(lambda: self.refreshes >= wanted)
        await self.rest()

    @property
    def refreshes(self) -> int:
        """How often the board has asked for the agents, lately."""
        return sum(request.path.endswith(f"{self.pbx.domain}/agents") for request in self.pbx.requests)

    async def cost_of_key(self, key: bytes) -> Cost:
        """What the board does when this key is pressed."""
        begun, written, used = time.monotonic(), self.written, self.processor
        self.terminal.type(key)
        last = await self.rest()
        return Cost(self.processor - used, self.written - written, last - begun)

    async def cost_of_full_repaint(self) -> Cost:
        """What it costs to draw everything, after the terminal lost a line and got it back."""
        self.terminal.resize(COLUMNS, LINES - 1)
        await self.rest()
        begun, written, used = time.monotonic(), self.written, self.processor
        self.terminal.resize(COLUMNS, LINES)
        last = await self.rest()
        return Cost(self.processor - used, self.written - written, last - begun)

    def toggle_login(self, queue: int, place: int) -> None:
        """Let one agent of the queue of this number log out of it, or in again."""
        person = FIRST_PERSON + queue // QUEUES_OF_ONE_PERSON * self.agents + place
        seats = self.pbx.floor.seats(f"{person}@{self.pbx.domain}", str(FIRST_QUEUE + queue))
        log = self.pbx.floor.log_out if is_logged_in(seats[0]) else self.pbx.floor.log_in
        log(seats)


@asynccontextmanager
async def watching(
    queues: int,
    agents: int,
    interval: float,
    *,
    size: tuple[int, int] = (COLUMNS, LINES),
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Board]:
    """A board on so many queues with so many agents each, everything read and painted, while the block runs."""
    columns, lines = size
    company = large_company(queues, agents)
    pbx = SandboxPbx(company, clock=SandboxClock(company.start))
    async with (
        running(sandbox_app(pbx)) as address,
        on_terminal(
            [PROGRAM, address, pbx.domain, str(interval), SANDBOX_TOKEN],
            columns=columns,
            lines=lines,
            environment=environment,
        ) as terminal,
    ):
        board = Board(pbx, terminal, agents)
        # However busy the machine is, the rules of 2,000 queues take longer than what one waits for elsewhere.
        patience = max(PATIENCE, queues / 5)
        await eventually(lambda: f"all {queues} queues ready".encode() in terminal.written, patience=patience)
        await board.rest()
        yield board
