"""A phone system one can sign in to, over real sockets, whose clock and sessions a test commands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from queuewatch.pbx.credentials import MemoryStore, Session, SessionStore
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.token_refresh import RefreshingCredentials
from queuewatch.pbx.netsapiens.tokens import PasswordLogin, TokenServer
from queuewatch.pbx.sandbox.faults import Fault
from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.push import SandboxPush
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app

PASSWORD = "pw-Planted-hunter2"
CLIENT_SECRET = "cs-Planted-0123456789"
PASSCODE = "975310"
PREFIX = "tk-Planted-"
"""Begins every token the phone system makes."""
KEY = "nsd_Planted0123456789"

PLANTED = (PASSWORD, CLIENT_SECRET, PASSCODE, PREFIX, KEY)
"""What must be nowhere but where it was chosen to be kept."""

MANAGER = PasswordLogin("1010@lakeside.example", PASSWORD, "12345.queuewatch", CLIENT_SECRET)
AT_HOME = PasswordLogin("1020@lakeside.example", PASSWORD, "12345.queuewatch", CLIENT_SECRET)
"""Signs in with a code."""


@dataclass
class Clock:
    """The time here and there; it stands still unless a test moves it."""

    now: datetime = datetime(2026, 11, 23, 15, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Desk:
    """The phone system, and clients for it."""

    address: str
    pbx: SandboxPbx
    logins: Logins
    faults: list[Fault]
    clock: Clock
    push: SandboxPush
    clients: list[NetsapiensDomain] = field(default_factory=list)

    def server(self) -> TokenServer:
        return TokenServer(self.address, clock=self.clock, rate_limiter=RateLimiter(window=0.0))

    def client(self, store: SessionStore) -> tuple[NetsapiensDomain, RefreshingCredentials]:
        """A client whose session is in the store, as another process would have it."""
        credentials = RefreshingCredentials(store, self.server())
        client = NetsapiensDomain(self.address, self.pbx.domain, credentials, rate_limiter=RateLimiter(window=0.0))
        self.clients.append(client)
        return client, credentials

    async def sign_in(self, login: PasswordLogin = MANAGER, store: SessionStore | None = None) -> SessionStore:
        """Sign in, and keep the session in the store."""
        session = await self.server().sign_in(login)
        assert isinstance(session, Session)
        store = store or MemoryStore("acme")
        store.save(session)
        return store

    def asked(self, path: str) -> list[object]:
        """The bodies of the requests so far for a path that ends so."""
        return [one.body for one in self.pbx.requests if one.path.endswith(path)]

    @property
    def renewals(self) -> int:
        """How often a session was to be renewed."""
        return sum("refresh_token" in str(body) for body in [*self.asked("/tokens"), *self.asked("/token/")])


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    """A phone system that knows the planted secrets, while the block runs."""
    clock = Clock()
    pbx = SandboxPbx(load_sample("lakeside"), clock=clock)
    logins = Logins(pbx, KEY, password=PASSWORD, passcode=PASSCODE, client_secret=CLIENT_SECRET, prefix=PREFIX)
    faults: list[Fault] = []
    push = SandboxPush(logins)
    app = push.beside(sandbox_app(pbx, faults=faults, logins=logins))
    async with running(app, websockets=True) as address:
        at = Desk(address, pbx, logins, faults, clock, push)
        try:
            yield at
        finally:
            for client in at.clients:
                await client.close()
            await push.close()


def shows_no_secret(error: BaseException) -> bool:
    """Whether none of the planted secrets is in anything the error can show, nor in its causes."""
    hint = getattr(error, "hint", "")
    shown = f"{error} {error!r} {hint} {error.args!r} {error.__cause__!r} {error.__context__!r}"
    return not any(secret in shown for secret in PLANTED)
