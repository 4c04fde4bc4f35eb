"""Every fault, one after the other, met by one running board: told, survived, and forgotten once it is over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from textual.pilot import Pilot

from queuewatch.app.app import QueuewatchApp
from queuewatch.connection.connection import Connection
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.writes import REQUIRE_AGENTS
from queuewatch.polling.poller import Poller
from queuewatch.polling.state import LiveState
from tests.polling.clock import LOOPS
from tests.tui.keys import banner, loaded, on_board, painted, table, until

from .catalogue import CATALOGUE, LONGER_PATIENCE, SECRET
from .fault import Effect
from .server import FaultyServer

POLLS = 2
"""After which, at the latest, a fault that is over is forgotten."""


class Hand:
    """Lets a watch go on when it is turned, and not before."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    async def pause(self, woken_by: asyncio.Event, seconds: float) -> None:
        self._waiting.add(woken_by)
        await woken_by.wait()
        self._waiting.discard(woken_by)
        woken_by.clear()

    def turn(self) -> None:
        for event in tuple(self._waiting):
            event.set()

    @property
    def at_rest(self) -> bool:
        """Whether everything that a turn brought about is over."""
        return len(self._waiting) == LOOPS and not any(event.is_set() for event in self._waiting)


class Way(httpx.AsyncBaseTransport):
    """Goes to whatever address the present fault is at."""

    def __init__(self, server: FaultyServer) -> None:
        self._server = server
        self._real = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        now = httpx.URL(self._server.address)
        request.url = request.url.copy_with(scheme=now.scheme, port=now.port)
        return await self._real.handle_async_request(request)

    async def aclose(self) -> None:
        await self._real.aclose()


@asynccontextmanager
async def board(server: FaultyServer, pbx: SandboxPbx) -> AsyncIterator[tuple[Pilot[None], Hand]]:
    """A board on this server that reads when the hand is turned."""
    system = NetsapiensDomain(
        server.address,
        pbx.domain,
        SECRET,
        transport=lambda: Way(server),
        timeout=LONGER_PATIENCE,
        rate_limiter=RateLimiter(window=0.0),
    )
    app, hand = QueuewatchApp(Connection(system, "Lakeside")), Hand()
    poller = app.session.poller
    assert isinstance(poller, Poller)
    poller._pause = hand.pause
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: loaded(app), "everything is read")
        yield pilot, hand


async def test_the_board_tells_every_fault_keeps_its_picture_and_recovers(
    server: FaultyServer, pbx: SandboxPbx
) -> None:
    queue = pbx.floor.queues["8000"]
    async with board(server, pbx) as (pilot, hand):
        app = pilot.app
        assert isinstance(app, QueuewatchApp)
        watching = app.session.poller

        async def poll() -> LiveState:
            hand.turn()
            await until(pilot, lambda: hand.at_rest, "it was read")
            return watching.live_state

        # The command line has another third, and the client all of them.
        for fault in CATALOGUE[1::3]:
            good, rows = watching.live_state, table(pilot).rows
            server.break_down(fault, applies=True)
            bad = await poll()
            if fault.effect is Effect.TROUBLE:
                assert bad.trouble is not None, fault.name
                assert bad.trouble.sentence in banner(pilot), fault.name
                assert "What you see is as of" in banner(pilot), fault.name
                assert bad.snapshot == good.snapshot, fault.name
                assert table(pilot).rows == rows, fault.name
            else:
                assert bad.trouble is None, fault.name
                assert bool(banner(pilot)) == (fault.effect is Effect.PARTLY), fault.name
            assert not any(SECRET[:12] in line for line in painted(app)), fault.name
            server.recover()
            queue[REQUIRE_AGENTS] = "no" if queue[REQUIRE_AGENTS] == "yes" else "yes"
            polls = 1
            while (await poll()).trouble is not None:
                polls += 1
            assert polls <= POLLS, fault.name
            assert banner(pilot) == "", fault.name
            assert on_board(pilot, "8000")["require"] == str(queue[REQUIRE_AGENTS]).capitalize(), fault.name
        assert SECRET[:12] not in app.export_screenshot()
