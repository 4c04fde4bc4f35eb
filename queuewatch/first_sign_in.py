"""From what was entered about a phone system to a profile that works: sign in, look, write, keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from queuewatch.config import Profile, load_config
from queuewatch.new_profile import check_session, keep, token_before, who_signed_in, write_profile
from queuewatch.pbx.errors import Refused
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.pbx.netsapiens.tokens import CodeWanted, Login, TokenServer
from queuewatch.pbx.session import Session
from queuewatch.sessions.record import Where


@dataclass(frozen=True, slots=True)
class Entered:
    """Everything that was typed and chosen. Shows no secret to whoever prints it."""

    profile: Profile
    where: Where
    """Where the session is to be kept."""
    key: str = field(default="", repr=False)
    """An API key; empty where a password is used."""
    password: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    passcode: str = field(default="", repr=False)
    """The code of an authenticator app, once it was asked for."""


@dataclass(frozen=True, slots=True)
class NewConnection:
    """A phone system that was signed in to, and whose profile is written."""

    profile: str
    greeting: str
    """Who one is there, and where everything is."""
    session: Session | None = None
    """The session, if it is kept nowhere else."""


class FirstSignIn:
    """Tries until it works. What it has come to is not lost with what goes wrong after it."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        """``path`` is where the profiles are."""
        self._path = path
        self._environ = environ
        self._half_way: tuple[Login, CodeWanted] | None = None
        self._session: Session | None = None

    def begin_anew(self) -> None:
        """Forget how far it came: the address, or whoever signs in, is another."""
        self._half_way = self._session = None

    @property
    def wants_code(self) -> bool:
        """Whether the code of an authenticator app is asked for."""
        return self._half_way is not None

    async def connect(self, entered: Entered) -> NewConnection | None:
        """Sign in, look at the domain, write the profile, keep the session; ``None`` when a code is wanted.

        Raises :class:`~queuewatch.pbx.errors.PbxError` and :class:`~queuewatch.config.ConfigError`.
        """
        if self._session is None:
            self._session = await self._sign_in(entered)
            if self._session is None:
                return None
            self._half_way = None
        profile = entered.profile
        try:
            checked = await check_session(profile, self._session)
        except Refused:
            self.begin_anew()
            raise
        if checked.trouble is not None:
            # A board that shows nothing is not what was wanted.
            raise checked.trouble
        write_profile(self._path, load_config(self._path), profile)
        kept = entered.where is not Where.NONE
        if kept:
            await keep(profile, checked.session, entered.where, self._environ)
        self.begin_anew()
        said = [
            who_signed_in(profile, checked.session),
            f"The profile is in {self._path}: from now on, “queuewatch” alone opens it.",
        ]
        if not kept:
            said.append("The session ends with this program.")
        if variable := token_before(profile, self._environ):
            said.append(f"The environment variable {variable} is set, and will go before the session: unset it.")
        return NewConnection(profile.name, " ".join(said), None if kept else checked.session)

    async def _sign_in(self, entered: Entered) -> Session | None:
        profile = entered.profile
        if entered.key:
            return Session(base_url(profile.url), entered.key)
        server = TokenServer(profile.url)
        if self._half_way is not None:
            return await server.give_code(*self._half_way, entered.passcode)
        login = Login(profile.username, entered.password, profile.client_id, entered.client_secret)
        answer = await server.sign_in(login)
        if isinstance(answer, CodeWanted):
            self._half_way = login, answer
            return None
        return answer
