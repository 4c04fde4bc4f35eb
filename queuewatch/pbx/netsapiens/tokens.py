"""Signing in: from a login name and a password to a session, and from an old session to a new one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from queuewatch.pbx.credentials import NoCredentials, Session
from queuewatch.pbx.errors import BadConnection, Misunderstood, PbxError, Refused, Unsupported
from queuewatch.pbx.netsapiens.address import base_url, bearer_token
from queuewatch.pbx.netsapiens.fields import integer, text
from queuewatch.pbx.netsapiens.identity import identity_of
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.responses import Response, has_no_route, object_of, server_message

if TYPE_CHECKING:
    import httpx

TOKENS = "/tokens"
LEGACY = "/ns-api/oauth2/token/"
"""Below the server itself. Every version has it, as the vendor states."""

TIMEOUT_SECONDS = 15.0
_LONGEST_LIFE = 10 * 365 * 24 * 3600
_CODE_WANTED = "mfa_required"
"""Stands in the place of the scope when a second factor is asked for."""


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """What a person signs in with. Lives as long as it takes, and shows no secret to whoever prints it."""

    username: str
    password: str = field(repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CodeRequired:
    """The password was right, and the code of an authenticator app is asked for."""

    token: str = field(repr=False)
    """Opens nothing but the second step."""
    legacy: bool = False


def _now() -> datetime:
    return datetime.now(UTC)


class TokenServer:
    """Where one server gives tokens: version 2 of the API first, the older address where that has no such thing.

    Raises :class:`BadConnection` for an address that cannot be used. ``rate_limiter`` is shared with whoever
    else asks the same server.
    """

    def __init__(
        self,
        address: str,
        *,
        transport: "Callable[[], httpx.AsyncBaseTransport] | None" = None,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], datetime] = _now,
        rate_limiter: RateLimiter | None = None,
    ) -> None:
        self.address = base_url(address)
        self.clock = clock
        self._transport = transport
        self._timeout = timeout
        self._pacer = rate_limiter or RateLimiter()

    async def sign_in(self, login: PasswordLogin) -> Session | CodeRequired:
        """Sign in with a password.

        Raises :class:`Refused` when it is not accepted, and :class:`~queuewatch.pbx.errors.PbxError`.
        """
        answer, legacy = await self._ask({"grant_type": "password", **_names(login)}, None)
        fields = self._accepted(answer, _LOGIN)
        if (text(fields.get("scope")) or "").casefold() == _CODE_WANTED:
            return CodeRequired(_token(answer, fields), legacy)
        return self._session(answer, fields, legacy, login.client_id, login.client_secret)

    async def give_code(self, login: PasswordLogin, code_request: CodeRequired, passcode: str) -> Session:
        """The second step: the code of the authenticator app. Raises as :meth:`sign_in` does."""
        asked = {
            "grant_type": "mfa",
            "mfa_type": "authenticator",
            "mfa_vendor": "google",
            "ns_id_type": "subscriber",
            "passcode": passcode,
            "access_token": code_request.token,
            **_names(login),
        }
        answer, legacy = await self._ask(asked, code_request.legacy)
        fields = self._accepted(answer, _CODE)
        if (text(fields.get("scope")) or "").casefold() == _CODE_WANTED:
            raise _refusal(answer, _CODE)
        return self._session(answer, fields, legacy, login.client_id, login.client_secret)

    async def renew(self, session: Session) -> Session:
        """The session that follows on this one; the old one may be good for nothing from here on."""
        asked = {"grant_type": "refresh_token", "refresh_token": session.refresh_token}
        asked |= _client(session.client_id, session.client_secret)
        answer, legacy = await self._ask(asked, session.legacy)
        fields = self._accepted(answer, "the renewal of this session")
        new = self._session(answer, fields, legacy, session.client_id, session.client_secret)
        # A server that rotates nothing says nothing; who it was is not always said again either.
        return Session(
            address=new.address,
            access_token=new.access_token,
            refresh_token=new.refresh_token or session.refresh_token,
            expires_at=new.expires_at,
            client_id=new.client_id,
            client_secret=new.client_secret,
            legacy=legacy,
            identity=new.identity if new.identity.scope else session.identity,
        )

    async def _ask(self, fields: dict[str, str], legacy: bool | None) -> tuple[Response, bool]:
        """Ask at the address that is known to give tokens, or find out which does."""
        from queuewatch.pbx.netsapiens.http import HttpClient

        parts = urlsplit(self.address)
        secrets = [value for name, value in fields.items() if name in _SECRET]
        connection = HttpClient(
            f"{parts.scheme}://{parts.netloc}",
            NoCredentials(*secrets),
            transport=self._transport() if self._transport else None,
            retries=0,
            timeout=self._timeout,
            rate_limiter=self._pacer,
        )
        try:
            if not legacy:
                answer = await connection.write("POST", parts.path + TOKENS, "a token", fields)
                if legacy is False or not (answer.status == 404 or has_no_route(answer)):
                    return answer, False
            return await connection.post_form(LEGACY, "a token", {**fields, "format": "json"}), True
        finally:
            await connection.close()

    def _accepted(self, answer: Response, what: str) -> Mapping[str, object]:
        """The fields of a good reply, in which there is a token."""
        if answer.status == 404 or has_no_route(answer):
            failure: PbxError = Unsupported(
                f"{answer.host} gives no tokens, neither where version 2 of the API does nor where older ones do.",
                "Check the address with the provider, or use an API key: queuewatch login --api-key",
            )
        elif answer.status in (400, 403) and server_message(answer) is not None:
            failure = _refusal(answer, what)
        else:
            try:
                fields = object_of(answer)
            except Refused:
                failure = _refusal(answer, what)
            else:
                if text(fields.get("access_token")):
                    return fields
                # Servers were seen to refuse like this: 200, and no token.
                failure = _refusal(answer, what)
        raise failure

    def _session(
        self, answer: Response, fields: Mapping[str, object], legacy: bool, client_id: str, client_secret: str
    ) -> Session:
        seconds = integer(fields.get("expires_in"))
        good_for = timedelta(seconds=min(seconds, _LONGEST_LIFE)) if seconds and seconds > 0 else None
        refresh = fields.get("refresh_token")
        return Session(
            address=self.address,
            access_token=_token(answer, fields),
            refresh_token=refresh if isinstance(refresh, str) else "",
            expires_at=self.clock() + good_for if good_for else None,
            client_id=client_id,
            client_secret=client_secret,
            legacy=legacy,
            identity=identity_of(fields),
        )


_SECRET = frozenset({"password", "client_secret", "passcode", "access_token", "refresh_token"})


def _names(login: PasswordLogin) -> dict[str, str]:
    client = _client(login.client_id, login.client_secret)
    return {"username": login.username, "password": login.password, **client}


def _client(client_id: str, client_secret: str) -> dict[str, str]:
    given = {"client_id": client_id, "client_secret": client_secret}
    return {name: value for name, value in given.items() if value}


def _token(answer: Response, fields: Mapping[str, object]) -> str:
    token = fields.get("access_token")
    try:
        return bearer_token(token if isinstance(token, str) else "")
    except BadConnection:
        failure = Misunderstood(
            f"{answer.host} gave a token that no request can carry.", "Tell the provider: it is damaged."
        )
    raise failure


_LOGIN = "this login"
_CODE = "this code"
_HINTS = {
    _LOGIN: "Check the login name, such as 1002@acme.example, the password, and the client id and its secret.",
    _CODE: "A code is good for half a minute: take the next one. The phone's clock must be right.",
}


def _refusal(answer: Response, what: str) -> Refused:
    words = server_message(answer) if answer.status != 200 else ""
    status = "it answers without a token" if answer.status == 200 else str(answer.status)
    says = f" Its words: “{words}”." if words else ""
    return Refused(f"{answer.host} does not accept {what} ({status}).{says}", _HINTS.get(what, "Sign in again."))
