"""A sample company's phone system behind a line that can be cut, held or spoilt."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx
from msgspec.structs import replace

from queuewatch.app.app import QueuewatchApp
from queuewatch.connection.connection import Connection
from queuewatch.journal import Journal
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.faults import Fault
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import Row, Sample, load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from queuewatch.profiles.fields import NO_OVERRIDES, KeyOverrides
from queuewatch.storage.view_preferences import ViewMemory

NEVER = 100_000.0
"""Seconds until the next poll: a test itself says when to read again."""


class Line(httpx.AsyncBaseTransport):
    """The way to the phone system."""

    def __init__(self, through: httpx.AsyncBaseTransport) -> None:
        self.cut = False
        self._through = through
        self._held = ""
        self._free = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on, unless the line is cut; later, if such requests are held."""
        if self.cut:
            raise httpx.ConnectError("refused") from ConnectionRefusedError()
        while self._held and self._held in request.url.path:
            await self._free.wait()
        return await self._through.handle_async_request(request)

    def hold(self, words: str) -> None:
        """Keep back every request whose path has these words."""
        self._held = words
        self._free.clear()

    def release(self) -> None:
        """Let everything through that was kept back."""
        self._held = ""
        self._free.set()


@dataclass
class Office:
    """A phone system that can be looked into from behind, and a connection to it."""

    pbx: SandboxPbx
    line: Line
    faults: list[Fault]
    connection: Connection

    def app(self) -> QueuewatchApp:
        """The program on this phone system."""
        return QueuewatchApp(self.connection)

    @property
    def written(self) -> list[tuple[str, str]]:
        """Every request so far that could have changed something: method and path."""
        return [(one.method, one.path) for one in self.pbx.requests if one.method != "GET"]

    def rule(self, queue: str) -> Row:
        """The Default answering rule as the phone system holds it."""
        (found,) = [rule for rule in self.pbx.rules[queue] if rule["time-frame"] == "*"]
        return found


def only(queue: str, of: str = "lakeside") -> Sample:
    """A sample company with one of its queues alone."""
    sample = load_sample(of)
    return replace(
        sample,
        callqueues=tuple(row for row in sample.callqueues if row["callqueue"] == queue),
        agents=tuple(row for row in sample.agents if row["callqueue"] == queue),
    )


def put_right() -> Sample:
    """Lakeside as it is once somebody has put Referrals right: every queue is ready."""
    sample = load_sample("lakeside")
    require_agents = "callqueue-require-available-agents-to-accept-new-callers"
    return replace(
        sample,
        callqueues=tuple(
            {**row, require_agents: "yes"} if row["callqueue"] == "8006" else row for row in sample.callqueues
        ),
    )


def open_office(
    sample: str | Sample | None = None,
    *,
    read_only: bool = False,
    quirks: Quirks | None = None,
    clock: Callable[[], datetime] | None = None,
    theme: str = "",
    real: bool = False,
    journal: Journal | None = None,
    memory: ViewMemory | None = None,
    keys: KeyOverrides = NO_OVERRIDES,
) -> Office:
    """An office at its sample's first moment, where time stands still unless there is a ``clock``.

    Without a ``sample`` it is Lakeside with all its queues ready, Front Desk on top.
    ``real`` hides from the program that it is sample data; ``journal`` is where it then logs changes, ``memory``
    where it keeps how the board is looked at. ``keys`` are what a profile says of them.
    """
    company = load_sample(sample) if isinstance(sample, str) else sample or put_right()
    now = clock or (lambda: company.start)
    pbx = SandboxPbx(company, clock=now)
    faults: list[Fault] = []
    line = Line(httpx.ASGITransport(app=sandbox_app(pbx, quirks, faults)))
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: line,
        read_only=read_only,
        clock=now,
        rate_limiter=RateLimiter(window=0.0),
    )
    connection = Connection(
        system,
        company.title,
        read_only,
        NEVER,
        theme=theme,
        clock=now,
        sandbox=None if real or journal else pbx,
        journal=journal,
        view_preferences=memory,
        keys=keys,
    )
    return Office(pbx, line, faults, connection)
