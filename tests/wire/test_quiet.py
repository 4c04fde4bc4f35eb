"""A board that stays open all day over a slow line writes only what changed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app

from .company import large_company
from .terminal import Terminal, eventually, on_terminal

BOARD = str(Path(__file__).with_name("board.py"))
F5 = b"\x1b[15~"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Watched:
    """A board on a terminal, and the phone system it watches."""

    pbx: SandboxPbx
    terminal: Terminal

    @property
    def refreshes(self) -> int:
        """How often the board has asked for the agents."""
        return sum(request.path.endswith(f"{self.pbx.domain}/agents") for request in self.pbx.requests)

    async def after(self, refreshes: int) -> None:
        """Wait until the board has asked so many times more."""
        until = self.refreshes + refreshes
        await eventually(lambda: self.refreshes >= until)

    async def rest(self) -> None:
        """Wait until three refreshes one after the other have brought nothing new."""
        while True:
            before = len(self.terminal.written)
            await self.after(3)
            if len(self.terminal.written) == before:
                return


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched() -> AsyncIterator[Watched]:
    """200 queues and 5,000 agents, everything read and painted, refreshed without pause."""
    pbx = SandboxPbx(large_company(queues=200, agents=25))
    async with (
        running(sandbox_app(pbx)) as address,
        on_terminal([BOARD, address, pbx.domain, "0.2", SANDBOX_TOKEN], columns=120, lines=40) as terminal,
    ):
        board = Watched(pbx, terminal)
        await eventually(lambda: b"all 200 queues ready" in terminal.written)
        await board.rest()
        yield board


async def test_an_idle_board_writes_nothing(watched: Watched) -> None:
    before = len(watched.terminal.written)
    # Two seconds, for what ticks or blinks; five refreshes, for what repaints the same again.
    await asyncio.gather(asyncio.sleep(2), watched.after(5))
    assert bytes(watched.terminal.written[before:]) == b""


async def test_one_agent_changing_status_writes_a_part_of_a_row(watched: Watched) -> None:
    before = len(watched.terminal.written)
    (seat,) = watched.pbx.floor.seats(f"1005@{watched.pbx.domain}", "8003")
    watched.pbx.floor.log_out([seat])
    await watched.after(2)
    await watched.rest()
    written = bytes(watched.terminal.written[before:])
    assert "●14" in written.decode(), "the row's count of Green agents goes from 15 to 14"
    assert len(written) <= 200


async def test_an_agent_of_the_queue_under_the_cursor_writes_its_row_and_what_is_said_of_it(
    watched: Watched,
) -> None:
    before = len(watched.terminal.written)
    (seat,) = watched.pbx.floor.seats(f"1005@{watched.pbx.domain}", "8000")
    watched.pbx.floor.log_out([seat])
    await watched.after(2)
    await watched.rest()
    written = bytes(watched.terminal.written[before:])
    assert b"14" in written
    assert len(written) <= 600


def resized(terminal: Terminal) -> None:
    terminal.resize(120, 41)


def asked_with_f5(terminal: Terminal) -> None:
    terminal.type(F5)


@pytest.mark.parametrize("something_happens", [resized, asked_with_f5])
async def test_everything_is_drawn_anew_when_the_terminal_may_show_something_else(
    watched: Watched, something_happens: Callable[[Terminal], None]
) -> None:
    before = len(watched.terminal.written)
    something_happens(watched.terminal)
    await eventually(lambda: b"Large company" in watched.terminal.written[before:])
    await watched.rest()
