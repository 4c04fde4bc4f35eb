"""The first connection to a phone system: sign in, look, write its profile, keep what is to be kept.

Whoever asks the questions, at a prompt or on a form, goes on from here.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.wording import plural
from queuewatch.pbx.credentials import Session, Token
from queuewatch.pbx.errors import PbxError, Refused
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.pbx.netsapiens.tokens import CodeRequired, PasswordLogin, TokenServer
from queuewatch.profiles.config import Config, Profile, load_config
from queuewatch.profiles.edit import put_profile
from queuewatch.profiles.fields import ConfigError
from queuewatch.signin.session_store import StoredSession, Where
from queuewatch.signin.system_keyring import keyring_name


class Checked(Struct, frozen=True):
    """What a new session turned out to be good for."""

    session: Session
    """With whose it is, as far as the phone system tells."""
    queues: int | None = None
    """How many call queues the domain has; ``None`` if they could not be read."""
    trouble: PbxError | None = None
    """Why they could not be read."""


def new_name(config: Config, url: str, domain: str) -> str:
    """A name that no other profile has: the domain's first word, or the whole domain.

    Raises :class:`ConfigError` when both are taken.
    """
    for name in (domain.partition(".")[0], domain):
        if is_free(config, name, url, domain):
            return name
    raise ConfigError(f"There is a profile {domain!r} already, for another server.", "Name one: --profile NAME")


def is_free(config: Config, name: str, url: str, domain: str) -> bool:
    """Whether no profile has this name, or only the one of this very phone system."""
    known = config.profiles.get(name)
    return known is None or (known.url, known.domain) == (url, domain)


class Way(NamedTuple):
    """A place for a session, in a few words and in a sentence."""

    words: str
    sentence: str


def ways_to_keep(environ: Mapping[str, str]) -> Mapping[Where, Way]:
    """Where a session can be kept on this machine; the first is the one to propose.

    Looks for a keyring, which may take a while.
    """
    keyring = keyring_name()
    folder = StoredSession("", "", environ).path.parent
    safe = Way("yes, in the keyring", f"Kept in the system's keyring ({keyring}).")
    return {
        **({Where.KEYRING: safe} if keyring else {}),
        Where.FILE: Way("yes, in a file", f"Kept in a file that only you may read, in {folder}."),
        Where.NONE: Way("no", "You will be asked again next time."),
    }


async def check_session(profile: Profile, session: Session) -> Checked:
    """Find out whose the session is, and what it sees of the domain.

    Raises :class:`~queuewatch.pbx.errors.Refused` when it is not accepted, and
    :class:`~queuewatch.pbx.errors.PbxError` when whose it is cannot be asked.
    """
    system = NetsapiensDomain(profile.url, profile.domain, Token(session.access_token))
    try:
        identity = session.identity if session.identity.scope else await system.read_identity()
        known = replace(session, identity=identity)
        try:
            live = await system.read_live()
        except Refused:
            raise
        except PbxError as error:
            return Checked(known, trouble=error)
        return Checked(known, sum(not queue.park for queue in live.queues))
    finally:
        await system.close()


def write_profile(path: Path, config: Config, profile: Profile) -> None:
    """Put the profile into the file. Raises :class:`ConfigError`, and then nothing was written."""
    before = config.profiles.get(profile.name, profile)
    # Where the stream of events is was said of another address.
    no_longer_true: dict[str, str | None] = {} if before.url == profile.url else {"push_url": None}
    put_profile(
        path,
        profile.name,
        {
            "url": profile.url,
            "domain": profile.domain,
            "username": profile.username or None,
            "client_id": profile.client_id or None,
        }
        | no_longer_true,
    )


async def keep(profile: Profile, session: Session, where: Where, environ: Mapping[str, str]) -> str:
    """Keep the session in the keyring or in a file, and say where.

    Raises :class:`~queuewatch.pbx.errors.NotKept`.
    """
    store = StoredSession(profile.name, session.address, environ, where)
    # Whoever renews the old session must not put it in the place of this one.
    async with store.locked():
        if store.record() is not None and store.where is not Where.KEYRING:
            store.forget()
        # A keyring may ask its owner first.
        await asyncio.to_thread(store.save, session)
    place = "in the system's keyring" if where is Where.KEYRING else f"in {store.path}, which only you may read"
    if not session.refresh_token:
        return f"It is kept {place}."
    return f"The session is kept {place}, and renews itself. The password is kept nowhere."


def who_signed_in(profile: Profile, session: Session) -> str:
    """Who one is there now."""
    return f"Signed in to {profile.name} as {session.identity.label}."


def queues_seen(profile: Profile, queues: int) -> str:
    """How much there is to look at."""
    return f"{profile.domain} has {plural(queues, 'call queue')}."


def token_before(profile: Profile, environ: Mapping[str, str]) -> str:
    """The environment variable whose token goes before every session of the profile; empty when it is not set."""
    return profile.token_env if environ.get(profile.token_env, "").strip() else ""


@dataclass(frozen=True, slots=True)
class ProfileEntry:
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


class NewConnection(Struct, frozen=True):
    """A phone system that was signed in to, and whose profile is written."""

    profile: str
    greeting: str
    """Who one is there, and where everything is."""
    session: Session | None = None
    """The session, if it is kept nowhere else."""


class NewConnectionFlow:
    """Tries until it works. What it has come to is not lost with what goes wrong after it."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        """``path`` is where the profiles are."""
        self._path = path
        self._environ = environ
        self._half_way: tuple[PasswordLogin, CodeRequired] | None = None
        self._session: Session | None = None

    def begin_anew(self) -> None:
        """Forget how far it came: the address, or whoever signs in, is another."""
        self._half_way = self._session = None

    @property
    def wants_code(self) -> bool:
        """Whether the code of an authenticator app is asked for."""
        return self._half_way is not None

    async def connect(self, entered: ProfileEntry) -> NewConnection | None:
        """Sign in, look at the domain, write the profile, keep the session; ``None`` when a code is wanted.

        Raises :class:`~queuewatch.pbx.errors.PbxError` and :class:`~queuewatch.profiles.config.ConfigError`.
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
        is_stored = entered.where is not Where.NONE
        if is_stored:
            await keep(profile, checked.session, entered.where, self._environ)
        self.begin_anew()
        sentences = [
            who_signed_in(profile, checked.session),
            f"The profile is in {self._path}: from now on, “queuewatch” alone opens it.",
        ]
        if not is_stored:
            sentences.append("The session ends with this program.")
        if variable := token_before(profile, self._environ):
            sentences.append(
                f"The environment variable {variable} is set, and will go before the session: unset it."
            )
        return NewConnection(profile.name, " ".join(sentences), None if is_stored else checked.session)

    async def _sign_in(self, entered: ProfileEntry) -> Session | None:
        profile = entered.profile
        if entered.key:
            return Session(base_url(profile.url), entered.key)
        server = TokenServer(profile.url)
        if self._half_way is not None:
            return await server.give_code(*self._half_way, entered.passcode)
        login = PasswordLogin(profile.username, entered.password, profile.client_id, entered.client_secret)
        answer = await server.sign_in(login)
        if isinstance(answer, CodeRequired):
            self._half_way = login, answer
            return None
        return answer
