"""A session with a phone system: its tokens, how long they are good for, and where it is kept."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from queuewatch.pbx.identity import Identity

RENEWED_BEFORE = timedelta(seconds=60)
"""How long before its end a token is renewed: no request sets out with one that ends on its way."""


@dataclass(frozen=True, slots=True)
class Session:
    """What signing in gave. Shows no secret to whoever prints it."""

    address: str
    """The API's base URL: the tokens go nowhere else."""
    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    """Empty where there is nothing to renew with, as with an API key."""
    expires_at: datetime | None = None
    """By this machine's clock; ``None`` for a token that is good until it is refused."""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    legacy: bool = False
    """Whether it came from the older address for tokens, and is renewed there."""
    identity: Identity = field(default_factory=Identity)

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
