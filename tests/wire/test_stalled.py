"""A terminal that is not read, or takes nothing: the board goes on behind it, and ends when it is told to."""

import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from queuewatch.history.database import HistoryFile, PhoneSystemKey
from queuewatch.history.reader import known_queues
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app

from .terminal import Terminal, eventually, on_terminal
from .test_manners import DEMO, ENTERS_FULL_SCREEN, LEAVES_FULL_SCREEN, SHOWS_CURSOR, painted


@contextmanager
def unread(terminal: Terminal) -> Iterator[None]:
    """Nobody reads, as behind a network that has stalled: there is no room for anything more."""
    terminal.stop_reading()
    yield
    terminal.read_again()


@contextmanager
def stopped(terminal: Terminal) -> Iterator[None]:
    """The line takes nothing, as after Ctrl+S."""
    terminal.stop_output()
    yield
    terminal.let_output_go_on()


Stall = Callable[[Terminal], AbstractContextManager[None]]
STALLS = [unread, stopped]


def hang_up(terminal: Terminal) -> None:
    terminal.hang_up()


def sigterm(terminal: Terminal) -> None:
    terminal.program.send_signal(signal.SIGTERM)


def sighup(terminal: Terminal) -> None:
    terminal.program.send_signal(signal.SIGHUP)


async def draw_much(terminal: Terminal) -> None:
    """Have more drawn than a line takes that takes nothing."""
    for lines in (25, 24) * 4:
        terminal.resize(80, lines)
        await eventually(lambda: True)


@pytest.mark.parametrize("end", [sigterm, sighup, hang_up])
@pytest.mark.parametrize("stall", STALLS)
async def test_told_to_end_it_ends_and_leaves_the_terminal_as_it_was(
    stall: Stall, end: Callable[[Terminal], None]
) -> None:
    async with on_terminal(DEMO, columns=80, lines=24) as terminal:
        found = terminal.settings
        await painted(terminal)
        terminal.written.clear()
        with stall(terminal):
            await draw_much(terminal)
            end(terminal)
            await terminal.farewell()
            if end is hang_up:
                return
            assert terminal.settings == found
        if stall is unread:
            # What was not read makes room for what has to be.
            await eventually(lambda: LEAVES_FULL_SCREEN in terminal.written)
            assert SHOWS_CURSOR in terminal.written


NOBODY_KNOWS_A_NAME = """
import socket, time
socket.getaddrinfo = lambda *_, **__: time.sleep(1000)
from queuewatch.cli import run
run()
"""


async def test_where_looking_up_a_name_takes_for_ever_a_key_ends_it_all_the_same(tmp_path: Path) -> None:
    environment = {
        "QUEUEWATCH_STATE": str(tmp_path),
        "QUEUEWATCH_URL": "https://pbx.invalid",
        "QUEUEWATCH_DOMAIN": "acme.example",
        "QUEUEWATCH_TOKEN": "token",
    }
    command = ("-c", NOBODY_KNOWS_A_NAME)
    async with on_terminal(command, columns=80, lines=24, environment=environment) as terminal:
        await eventually(lambda: b"Reading the queues" in terminal.written)
        terminal.type(b"q")
        assert await terminal.farewell() == 0
        assert LEAVES_FULL_SCREEN in terminal.written


@dataclass
class Company:
    """A phone system, and a board on it with a history, and a command for alerts."""

    pbx: SandboxPbx
    address: str
    folder: Path

    @property
    def refreshes(self) -> int:
        return sum(request.path.endswith("/agents") for request in self.pbx.requests)

    async def polled(self, times: int) -> None:
        until = self.refreshes + times
        await eventually(lambda: self.refreshes >= until)

    @property
    def alerted(self) -> str:
        path = self.folder / "alerted"
        return path.read_text() if path.exists() else ""

    async def shown_on(self, terminal: Terminal) -> None:
        """Wait until its queues are."""
        await eventually(lambda: b"Bookings" in terminal.written and b"rings" in terminal.written)

    @asynccontextmanager
    async def board(self, *words: str) -> AsyncIterator[Terminal]:
        environment = {
            "QUEUEWATCH_CONFIG": str(self.folder / "config.toml"),
            "QUEUEWATCH_STATE": str(self.folder / "state"),
            "QUEUEWATCH_TOKEN": SANDBOX_TOKEN,
        }
        command = ("-m", "queuewatch", *words)
        async with on_terminal(command, columns=80, lines=24, environment=environment) as terminal:
            yield terminal


@asynccontextmanager
async def company(folder: Path) -> AsyncIterator[Company]:
    pbx = SandboxPbx(load_sample("riverside"))
    async with running(sandbox_app(pbx)) as address:
        (folder / "config.toml").write_text(
            f'[profiles.acme]\nurl = "{address}"\ndomain = "{pbx.domain}"\ninterval = 0.2\n'
            f"[[profiles.acme.alerts]]\nhold = 0\n"
            f'command = ["/bin/sh", "-c", "env >> {folder / "alerted"}"]\n'
        )
        yield Company(pbx, address, folder)


@pytest.mark.parametrize("stall", STALLS)
async def test_behind_a_terminal_that_is_never_read_everything_goes_on(stall: Stall, tmp_path: Path) -> None:
    async with company(tmp_path) as there, there.board() as terminal:
        with stall(terminal):
            await there.polled(5)
            there.pbx.floor.unregister("1000")
            await eventually(lambda: "QUEUEWATCH_ALERT_KIND" in there.alerted)
            await there.polled(5)
            past = HistoryFile(
                tmp_path / "state" / "history" / "history.db",
                PhoneSystemKey(base_url(there.address), there.pbx.domain),
            )
            await eventually(lambda: set(known_queues(past)) == {"8000", "8001"})
            assert b"Bookings" not in terminal.written
        await eventually(lambda: ENTERS_FULL_SCREEN in terminal.written)
        await there.shown_on(terminal)


@pytest.mark.parametrize("stall", STALLS)
async def test_read_again_it_is_drawn_whole_and_as_things_are_now(stall: Stall, tmp_path: Path) -> None:
    async with company(tmp_path) as there, there.board() as terminal:
        await there.shown_on(terminal)
        with stall(terminal):
            terminal.written.clear()
            await draw_much(terminal)
            there.pbx.floor.unregister("1000")
            await there.polled(10)
        await eventually(lambda: b"acme" in terminal.written and b"Bookings" in terminal.written)
        terminal.type(b"q")
        assert await terminal.farewell() == 0


@pytest.mark.parametrize("end", [sigterm, hang_up])
@pytest.mark.parametrize("stall", STALLS)
async def test_a_watch_on_such_a_terminal_goes_on_and_ends(
    stall: Stall, end: Callable[[Terminal], None], tmp_path: Path
) -> None:
    async with company(tmp_path) as there, there.board("watch", "--every-change", "--hold", "0") as terminal:
        await there.polled(2)
        with stall(terminal):
            there.pbx.floor.unregister("1000")
            await eventually(lambda: "QUEUEWATCH_ALERT_KIND" in there.alerted)
            await there.polled(5)
            end(terminal)
            await terminal.farewell()
