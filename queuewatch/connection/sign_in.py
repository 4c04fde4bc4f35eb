"""Signing in to one profile's phone system, for a screen: who, with what, and where the session is kept."""

import asyncio
from collections.abc import Callable, Mapping

from queuewatch.pbx.credentials import MemoryStore, SessionStore
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.netsapiens.token_refresh import RefreshingCredentials
from queuewatch.pbx.netsapiens.tokens import CodeRequired, PasswordLogin, TokenServer
from queuewatch.profiles.config import Profile
from queuewatch.signin.session_store import StoredSession, Where
from queuewatch.signin.system_keyring import keyring_name

CLIENT_SECRET_ENV = "QUEUEWATCH_CLIENT_SECRET"
"""The environment variable that may hold the client secret, for automation."""


class SignIn:
    """What a sign-in screen needs. The credentials of the running connection go on with what it brings."""

    def __init__(
        self,
        profile: Profile,
        server: TokenServer,
        credentials: RefreshingCredentials,
        environ: Mapping[str, str],
        store: StoredSession | None,
    ) -> None:
        self.name = profile.name
        self.address = server.address
        self.username = profile.username
        self._client_id = profile.client_id
        self._server = server
        self._credentials = credentials
        self._environ = environ
        self._store = store
        # Closures show a secret to nobody who prints this.
        self._client_secret: Callable[[], str] = lambda: environ.get(CLIENT_SECRET_ENV, "").strip()

    async def prepare(self) -> bool:
        """Look for the client's secret; whether it has to be asked for.

        Raises :class:`~queuewatch.pbx.errors.NotKept`.
        """
        if self._client_id and not self._client_secret() and self._store is not None:
            session = await asyncio.to_thread(self._store.load)
            if session is not None and session.client_id == self._client_id:
                self._client_secret = lambda: session.client_secret
        return bool(self._client_id) and not self._client_secret()

    async def with_password(
        self, username: str, password: str, client_secret: str
    ) -> tuple[PasswordLogin, CodeRequired | None]:
        """Sign in, or learn that a code is wanted: what :meth:`with_code` then needs.

        Raises :class:`~queuewatch.pbx.errors.PbxError`.
        """
        login = PasswordLogin(username, password, self._client_id, client_secret or self._client_secret())
        answer = await self._server.sign_in(login)
        if isinstance(answer, CodeRequired):
            return login, answer
        await self._credentials.use(answer, await self._kept())
        return login, None

    async def with_code(self, login: PasswordLogin, code_request: CodeRequired, passcode: str) -> None:
        """The second step. Raises :class:`~queuewatch.pbx.errors.PbxError`."""
        session = await self._server.give_code(login, code_request, passcode)
        await self._credentials.use(session, await self._kept())

    @property
    def identity(self) -> Identity | None:
        """Who signed in."""
        return self._credentials.identity()

    async def _kept(self) -> SessionStore:
        """Where this profile's session was kept before, else the keyring, else nowhere."""
        if self._store is not None:
            return self._store
        if await asyncio.to_thread(keyring_name):
            return StoredSession(self.name, self.address, self._environ, Where.KEYRING)
        return MemoryStore(self.name)

    async def where(self) -> str:
        """Where a session would be kept, in words."""
        store = await self._kept()
        if not isinstance(store, StoredSession):
            return "kept until queuewatch ends; “queuewatch login” can keep it longer"
        return "kept in the system's keyring" if store.where is Where.KEYRING else f"kept in {store.path}"
