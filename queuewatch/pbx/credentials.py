"""What a request is signed with: one token for ever, or a session that renews itself."""

from collections.abc import Callable
from typing import Protocol

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


class Unsigned:
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
