"""Credentials that renew themselves: one renewal at a time, here and among all that share the session."""

import asyncio
from collections import deque
from datetime import timedelta

from queuewatch.pbx.credentials import RENEWED_BEFORE, Session, SessionStore
from queuewatch.pbx.errors import PbxError, Refused
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.netsapiens.tokens import TokenServer
from queuewatch.process.background import held

SECRETS_REMEMBERED = 12
"""How many secrets are cut out of the server's words: those in use, and those just replaced."""

_NOW = timedelta()


def unset_variable(profile: str, variable: str) -> str:
    """A clause: the variable that a profile names for its token is not there."""
    return f"the environment variable {variable}, which token_env of the profile {profile} names, is not set"


class RefreshingCredentials:
    """The credentials of a kept session. Implements :class:`~queuewatch.pbx.credentials.Credentials`.

    A refresh token is good once: whoever renews holds the store's lock, looks first whether another has done it,
    and stores what it gets before anybody uses it.
    """

    def __init__(self, store: SessionStore, server: TokenServer, unset: str = "") -> None:
        """``unset`` is the environment variable that a profile names for its token, and that is not there."""
        self._store = store
        self._unset = unset
        self._server = server
        self._session: Session | None = None
        self._is_stored = True
        """Whether the store has the present session; one that could not be stored is still used here."""
        self._renewal: asyncio.Task[Session] | None = None
        self._dead = ""
        """A refresh token that was refused: it is not sent again."""
        self._secrets: deque[str] = deque(maxlen=SECRETS_REMEMBERED)

    def __repr__(self) -> str:
        return f"RefreshingCredentials({self._store.name!r})"

    async def bearer(self) -> str:
        """The access token, renewed if it is about to run out.

        Raises :class:`Refused` when nobody is signed in or the session cannot be renewed, and
        :class:`~queuewatch.pbx.errors.PbxError`.
        """
        session = self._session or await self._load()
        if session is None:
            raise self._nobody()
        left = session.good_for(self._server.clock())
        if left > RENEWED_BEFORE:
            return session.access_token
        try:
            session = await self._renewed(session)
        except PbxError:
            # Until its very end the old one will do: the server may have come round by then.
            if left <= _NOW or self._session is None:
                raise
            session = self._session
        return session.access_token

    async def refused(self, bearer: str) -> bool:
        """Another token than this: one that came meanwhile, else by renewing now.

        Raises :class:`Refused` when the session is over.
        """
        session = self._session
        if session is None or session.access_token != bearer:
            return session is not None
        renewed = await self._renewed(session)
        return renewed.access_token != bearer

    async def use(self, session: Session, store: SessionStore | None = None) -> None:
        """Go on with this session, which somebody just signed in to, and keep it: there, if anywhere is named.

        Raises :class:`~queuewatch.pbx.errors.PbxError` when it cannot be kept; it is used all the same.
        """
        self._store = store or self._store
        self._adopt(session, is_stored=False)
        async with self._store.locked():
            await self._keep(session)

    def secrets(self) -> tuple[str, ...]:
        """The present session's secrets, and the latest ones before."""
        return tuple(self._secrets)

    def identity(self) -> Identity | None:
        """Who signed in, if the phone system told."""
        session = self._session
        return session.identity if session and session.identity.scope else None

    async def close(self) -> None:
        """Wait for a renewal under way: given up in the middle, the session would be lost."""
        if self._renewal is not None:
            await asyncio.gather(self._renewal, return_exceptions=True)

    async def _renewed(self, old: Session) -> Session:
        """The session that follows on this one, however many ask for it at once."""
        if self._renewal is None:
            self._renewal = held(self._renew(old))
            self._renewal.add_done_callback(self._renewal_over)
        # Whoever asked may be gone before the answer is there, which has to be stored all the same.
        return await asyncio.shield(self._renewal)

    def _renewal_over(self, renewal: "asyncio.Task[Session]") -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()

    async def _renew(self, old: Session) -> Session:
        async with self._store.locked():
            session = await self._load() if self._is_stored else self._session
            if session is None:
                self._session = None
                raise self._nobody()
            fresh = session.access_token != old.access_token
            if fresh and session.good_for(self._server.clock()) > RENEWED_BEFORE:
                return session
            if not session.refresh_token:
                if session.expires_at is None:
                    return session
                raise self._over("its token is no longer good, and there is nothing to renew it with")
            if session.refresh_token == self._dead:
                raise self._over("the phone system does not renew it")
            try:
                new = await self._server.renew(session)
            except Refused as error:
                self._dead = session.refresh_token
                failure = self._over(str(error).rstrip("."))
            else:
                self._adopt(new, is_stored=False)
                await self._keep(new)
                return new
            raise failure

    async def _load(self) -> Session | None:
        session = await asyncio.to_thread(self._store.load)
        if session is not None:
            self._adopt(session, is_stored=True)
        return session

    async def _keep(self, session: Session) -> None:
        await asyncio.to_thread(self._store.save, session)
        self._is_stored = True

    def _adopt(self, session: Session, *, is_stored: bool) -> None:
        self._session, self._is_stored = session, is_stored
        self._secrets.extend(secret for secret in session.secrets if secret not in self._secrets)

    def _nobody(self) -> Refused:
        name, login = self._store.name, f"Sign in with “queuewatch login --profile {self._store.name}”"
        if not self._unset:
            return Refused(f"Nobody is signed in to {name}.", f"{login}.")
        return Refused(
            f"Nobody is signed in to {name}, and {unset_variable(name, self._unset)}.",
            f"{login}, or write export {self._unset}=… with the token before queuewatch starts.",
        )

    def _over(self, why: str) -> Refused:
        name = self._store.name
        return Refused(
            f"The session of {name} is over: {why}.", f"Sign in again with “queuewatch login --profile {name}”."
        )
