"""One server is never asked more than ten times in a second, whatever the whole fleet and an open board want."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import pytest

from queuewatch.app import session as session_module
from queuewatch.app.session import PhoneSystemSession
from queuewatch.connection.connection import Connection
from queuewatch.fleet import watch as watch_module
from queuewatch.fleet.watch import FleetDomain, FleetWatch
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter, SharedRateLimiter
from queuewatch.pbx.netsapiens.wire import WireAnswer, WireRequest
from queuewatch.pbx.sandbox.in_process import SandboxWire
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.polling.poller import Poller
from queuewatch.process.background import held
from tests.process.virtual_time import run

from .companies import companies

if TYPE_CHECKING:
    from queuewatch.alerts.quiet import Quiet

ADDRESS = "https://pbx.example.com/ns-api/v2"
MANY = 20
EPOCH = 1_800_000_000.0
"""What the clock on the wall shows when the test begins."""


class Server:
    """Counts what arrives, each request some time on its way there and back."""

    def __init__(self) -> None:
        self.pbxs = {sample.domain: SandboxPbx(sample) for sample in companies(MANY)}
        self.arrived: list[tuple[float, str]] = []

    def client(self, domain: str, limiter: RateLimiter) -> NetsapiensDomain:
        return NetsapiensDomain(
            ADDRESS, domain, SANDBOX_TOKEN, wire=lambda: CountedWire(self, domain), rate_limiter=limiter
        )

    @property
    def most_in_a_second(self) -> int:
        times = sorted(at for at, _ in self.arrived)
        return max(sum(at <= later < at + 1.0 for later in times[i : i + 30]) for i, at in enumerate(times))


class CountedWire(SandboxWire):
    def __init__(self, server: Server, domain: str) -> None:
        super().__init__(ADDRESS, server.pbxs[domain])
        self._server = server

    async def exchange(self, request: WireRequest, bearer: str, largest: int) -> WireAnswer:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0.03 + 0.11 * (len(self._server.arrived) % 3))
        self._server.arrived.append((loop.time(), request.path))
        answer = await super().exchange(request, bearer, largest)
        await asyncio.sleep(0.02)
        return answer


class Nobody:
    """Owns a board that nobody sees."""

    def state_changed(self, session: PhoneSystemSession) -> None: ...
    def lately_read(self, lately: tuple[str, str]) -> None: ...
    def show_alerts(self, text: str, more: str, *, bad: bool) -> None: ...
    def show_quiet(self, quiet: "Mapping[str, Quiet]") -> None: ...
    def say(self, text: str, *, good: bool | None = None) -> None: ...
    def write_to_terminal(self, sequence: str) -> None: ...


def test_a_fleet_and_a_board_ask_ten_times_a_second_at_most_and_read_no_devices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server()

    def clock() -> float:
        return asyncio.get_running_loop().time()

    in_this_time = partial(Poller, monotonic=clock, wall=lambda: EPOCH + clock())
    monkeypatch.setattr(watch_module, "Poller", in_this_time)
    monkeypatch.setattr(session_module, "Poller", in_this_time)
    monkeypatch.setattr(watch_module, "SharedRateLimiter", partial(SharedRateLimiter, clock=clock))
    members = tuple(
        FleetDomain(ADDRESS, domain, partial(server.client, domain), name=domain) for domain in server.pbxs
    )
    watch = FleetWatch(members)

    async def happens() -> None:
        watching = held(watch.run())
        await asyncio.sleep(4)
        opened = members[5]
        watch.look_at(opened.key)
        watch.hand_over(opened.key)
        board = PhoneSystemSession(
            Connection(server.client(opened.domain, watch.limiter_of(opened.key)), "opened"), Nobody()
        )
        await board.open()
        await asyncio.sleep(20)
        assert board.state.identity is not None, "who asks was read as well"
        # Everything moves at once, and somebody is impatient.
        for domain in members:
            watch.hasten(domain.key)
        board.poller.refresh()
        await asyncio.sleep(1)
        for domain in members[:6]:
            watch.look_at(domain.key)
            await asyncio.sleep(0.2)
        await board.close()
        watch.take_back(opened.key)
        # As after a night in which this machine slept.
        watch._resumed()
        await asyncio.sleep(15)
        assert all(standing.counts and not standing.is_partial for standing in watch.fleet.domains)
        watching.cancel()
        await asyncio.wait({watching})

    run(happens())
    assert server.most_in_a_second <= 10
    assert len(server.arrived) > 8 * 30, "and it is no slower than it has to be"
    assert not any("/devices" in path for _, path in server.arrived)
