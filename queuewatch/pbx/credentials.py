"""What a request is signed with: one token for ever, or a session that renews itself."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct, field

from queuewatch.pbx.identity import Identity


class Credentials(Protocol):
    """Gives the bearer token for each request, and is told when one was not accepted."""

    async def bearer(self) -> str:
        """The token to send now; empty to send none. Raises :class:`~queuewatch.pbx.errors.PbxError`."""

    async def refused(self, bearer: str) -> bool:
        """This token was answered with 401: whether there is another one by now, worth one more try."""

    def secrets(self) -> tuple[str, ...]:
        """Every text that must never be shown."""

    def identity(self) -> Identity | None:
        """Whose they are, if that came with them."""

    async def close(self) -> None:
        """Finish what is under way: a half-renewed session would be lost."""


class Token:
    """A token from outside that nobody here can renew: an API key, or one out of the environment."""

    def __init__(self, token: str) -> None:
        # A closure shows the token to nobody who prints it.
        self._bearer: Callable[[], str] = lambda: token

    async def bearer(self) -> str:
        """The token."""
        return self._bearer()

    async def refused(self, bearer: str) -> bool:
        """There is no other."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self._bearer(),)

    def identity(self) -> Identity | None:
        """The phone system has to be asked."""
        return None

    async def close(self) -> None:
        """Nothing is ever under way."""


class NoCredentials:
    """No token at all, for the request that gets one; knows the secrets in it, so that none is quoted."""

    def __init__(self, *secrets: str) -> None:
        self._secrets: Callable[[], tuple[str, ...]] = lambda: secrets

    async def bearer(self) -> str:
        """None."""
        return ""

    async def refused(self, bearer: str) -> bool:
        """There is nothing to try instead."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """What the request holds."""
        return self._secrets()

    def identity(self) -> Identity | None:
        """Nobody yet."""
        return None

    async def close(self) -> None:
        """Nothing is ever under way."""


RENEWED_BEFORE = timedelta(seconds=60)
"""How long before its end a token is renewed: no request sets out with one that ends on its way."""


class Session(Struct, frozen=True):
    """What signing in gave. Shows no secret to whoever prints it."""

    address: str
    """The API's base URL: the tokens go nowhere else."""
    access_token: str
    refresh_token: str = ""
    """Empty where there is nothing to renew with, as with an API key."""
    expires_at: datetime | None = None
    """By this machine's clock; ``None`` for a token that is good until it is refused."""
    client_id: str = ""
    client_secret: str = ""
    legacy: bool = False
    """Whether it came from the older address for tokens, and is renewed there."""
    identity: Identity = field(default_factory=Identity)

    def __repr__(self) -> str:
        return f"Session({self.address!r}, {self.identity!r})"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text in it that must never be shown."""
        return tuple(secret for secret in (self.access_token, self.refresh_token, self.client_secret) if secret)

    def good_for(self, now: datetime) -> timedelta:
        """How long the access token is still good for; less than nothing once it has run out."""
        return timedelta.max if self.expires_at is None else self.expires_at - now


class SessionStore(Protocol):
    """Where one session is kept. Everything raises :class:`~queuewatch.pbx.errors.PbxError` and nothing else."""

    @property
    def name(self) -> str:
        """Whose session it is, as the user calls it: the profile's name."""

    def load(self) -> Session | None:
        """The session as it is kept now; ``None`` when there is none. May take a while."""

    def save(self, session: Session) -> None:
        """Keep this session instead, whole or not at all. May take a while."""

    def locked(self) -> AbstractAsyncContextManager[None]:
        """Keep every other queuewatch from renewing the session while the block runs."""


class MemoryStore:
    """Keeps a session until the program ends, and for this process alone."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._session: Session | None = None

    def load(self) -> Session | None:
        """The session."""
        return self._session

    def save(self, session: Session) -> None:
        """Keep this one."""
        self._session = session

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Nobody else has it."""
        yield
