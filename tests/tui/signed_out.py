"""A phone system that nobody is signed in to yet, and the screen that asks."""

from dataclasses import dataclass
from pathlib import Path

import httpx
from textual.pilot import Pilot
from textual.widgets import Input, Static

from queuewatch.app.app import QueuewatchApp
from queuewatch.connection.connection import Connection
from queuewatch.connection.sign_in import SignIn
from queuewatch.pbx.credentials import MemoryStore
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.token_refresh import RefreshingCredentials
from queuewatch.pbx.netsapiens.tokens import TokenServer
from queuewatch.pbx.sandbox.faults import Fault
from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from queuewatch.profiles.config import Profile
from screens.connect.sign_in import SignInScreen
from tests.signin.sign_in_server import CLIENT_SECRET, KEY, PASSCODE, PASSWORD, PREFIX
from tests.tui.keys import loaded, program, screen_is, until
from tests.tui.phone_system import NEVER


@dataclass
class Reception:
    """A phone system that nobody is signed in to, and the connection to it."""

    logins: Logins
    faults: list[Fault]
    connection: Connection

    def app(self) -> QueuewatchApp:
        return QueuewatchApp(self.connection)


def reception(
    tmp_path: Path, username: str = "1010@lakeside.example", client_id: str = "", sample: str = "lakeside"
) -> Reception:
    pbx = SandboxPbx(load_sample(sample))
    logins = Logins(pbx, KEY, password=PASSWORD, passcode=PASSCODE, prefix=PREFIX)
    if client_id:
        logins.client_secret = CLIENT_SECRET
    faults: list[Fault] = []
    app = sandbox_app(pbx, faults=faults, logins=logins)

    def transport() -> httpx.AsyncBaseTransport:
        return httpx.ASGITransport(app=app)

    server = TokenServer(
        "http://localhost", transport=transport, clock=lambda: pbx.now, rate_limiter=RateLimiter(window=0.0)
    )
    credentials = RefreshingCredentials(MemoryStore("acme"), server)
    profile = Profile("acme", "http://localhost", pbx.domain, username=username, client_id=client_id)
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        credentials,
        transport=transport,
        clock=lambda: pbx.now,
        rate_limiter=RateLimiter(window=0.0),
    )
    signing = SignIn(profile, server, credentials, {"QUEUEWATCH_STATE": str(tmp_path)}, None)
    return Reception(logins, faults, Connection(system, "acme", interval=NEVER, sign_in=signing))


def shown(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


def fields(pilot: Pilot[None]) -> list[str]:
    """The fields that are to be filled in."""
    rows = pilot.app.screen.query(".row")
    return [str(row.id).removesuffix("-row") for row in rows if row.display]


async def type_in(pilot: Pilot[None], **values: str) -> None:
    for name, value in values.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = value
    await pilot.pause()
    await pilot.press("enter")


async def told(pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: words in shown(pilot, "#error"), f"“{words}” is told")


async def sign_in(pilot: Pilot[None]) -> None:
    """Sign in, and wait until it is known who did."""
    await screen_is(pilot, SignInScreen)
    await type_in(pilot, password=PASSWORD)
    await until(pilot, lambda: loaded(program(pilot)), "everything is read")
    await until(pilot, lambda: program(pilot).session.state.identity is not None, "it is known who asks")
