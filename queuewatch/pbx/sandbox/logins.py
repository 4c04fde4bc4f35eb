"""The sandbox's sign-in: who may, with what, and which tokens are good by the sandbox's clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from queuewatch.pbx.sandbox.samples import Row
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx


class ApiError(Exception):
    """An answer other than success, in the API's own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


PASSWORD = "sandbox"
"""Everybody's. It opens nothing else."""
PASSCODE = "246810"
"""What the authenticator app of whoever needs one always shows."""
NEEDS_CODE = frozenset({"1020"})
"""The extensions that sign in with a code: in Lakeside, whoever works from home."""
LIFETIME = timedelta(hours=1)


class Logins(Struct):
    """Everything about signing in to one sandbox. A test may change how it behaves at any time."""

    pbx: SandboxPbx
    key: str = SANDBOX_TOKEN
    """The API key that is always good."""
    key_row: Row = field(default_factory=dict)
    """What the key's own row says otherwise, such as ``{"readonly": "yes"}``."""
    password: str = PASSWORD
    passcode: str = PASSCODE
    client_secret: str = ""
    """What every client must give; nothing if empty."""
    lifetime: timedelta | None = LIFETIME
    """How long an access token is good; ``None`` for ever, which is then not said either."""
    rotates: bool = True
    """Whether a refresh token is good only once."""
    refuses_politely: bool = False
    """A failed sign-in is answered with 200 and no token, as seen on live servers."""
    offers_tokens: bool = True
    """Whether version 2 has ``/tokens``; without it only the older address is there."""
    offers_key: bool = True
    """Whether ``/apikeys/~`` is there."""
    prefix: str = ""
    """Begins every token made here, so that tests find them again."""
    _access: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    _refresh: dict[str, str] = field(default_factory=dict)
    _half_way: dict[str, str] = field(default_factory=dict)
    _jwts: set[str] = field(default_factory=set)
    _made: int = 0

    def user_of(self, authorization: str) -> str | None:
        """Whose token it is: an extension, or nothing for the API key. Raises :class:`ApiError`."""
        scheme, _, bearer = authorization.partition(" ")
        if scheme != "Bearer":
            raise ApiError(401, "Authentication Required")
        if bearer == self.key:
            return None
        user, until = self._access.get(bearer, ("", None))
        if not user or (until is not None and self.pbx.now >= until):
            raise ApiError(401, "Authentication Required")
        return user

    def make_jwt(self) -> str:
        """A JWT, good for listening to the stream of events until all sessions are ended."""
        made = f"eyJhbGciOiJIUzI1NiJ9.c2FuZGJveA.{self._token('jwt')}"
        self._jwts.add(made)
        return made

    def may_listen(self, bearer: str, *, with_token: bool = True) -> bool:
        """Whether this opens the stream of events: a JWT, or ``with_token`` whatever signs requests as well."""
        if bearer in self._jwts or not with_token:
            return bearer in self._jwts
        try:
            self.user_of(f"Bearer {bearer}")
        except ApiError:
            return False
        return True

    def revoke(self) -> None:
        """Make every token worthless, as when an administrator ends all sessions."""
        self._access.clear()
        self._refresh.clear()
        self._jwts.clear()

    def expire(self) -> None:
        """Make every access token worthless; they can be renewed."""
        self._access.clear()

    def grant(self, asked: Mapping[str, object]) -> Row:
        """The reply to a request for a token. Raises :class:`ApiError`."""
        try:
            return self._grant({name: str(value) for name, value in asked.items()})
        except ApiError:
            if not self.refuses_politely:
                raise
            return {"token_type": "Bearer", "scope": ""}

    def _grant(self, asked: Mapping[str, str]) -> Row:
        if self.client_secret and asked.get("client_secret") != self.client_secret:
            raise ApiError(401, "Invalid client")
        match asked.get("grant_type"):
            case "password":
                user = self._checked(asked)
                if user in NEEDS_CODE:
                    token = self._token("half")
                    self._half_way[token] = user
                    return {"scope": "mfa_required", "access_token": token, "mfa_type": "authenticator"}
                return self._session(user)
            case "mfa":
                user = self._half_way.get(asked.get("access_token", ""), "")
                if not user or user != self._checked(asked) or asked.get("passcode") != self.passcode:
                    raise ApiError(401, "Invalid passcode")
                del self._half_way[asked["access_token"]]
                return self._session(user)
            case "refresh_token":
                user = self._refresh.get(asked.get("refresh_token", ""), "")
                if not user:
                    raise ApiError(401, "Invalid refresh token")
                if self.rotates:
                    del self._refresh[asked["refresh_token"]]
                return self._session(user)
            case _:
                raise ApiError(400, "Unsupported grant type")

    def _checked(self, asked: Mapping[str, str]) -> str:
        user, _, domain = asked.get("username", "").partition("@")
        row = self.pbx.users.get(user)
        if row is None or domain != self.pbx.domain or row.get("user-scope") == "No Portal":
            raise ApiError(401, "Authentication Required")
        if asked.get("password") != self.password:
            raise ApiError(401, "Authentication Required")
        return user

    def _session(self, user: str) -> Row:
        access, refresh = self._token("access"), self._token("refresh")
        self._access[access] = (user, None if self.lifetime is None else self.pbx.now + self.lifetime)
        self._refresh[refresh] = user
        row = self.pbx.users[user]
        login = f"{user}@{self.pbx.domain}"
        reply: Row = {
            "username": login,
            "user": user,
            "domain": self.pbx.domain,
            "site": row.get("site") or "n/a",
            "department": "n/a",
            "uid": login,
            "login": login,
            "scope": row.get("user-scope"),
            "displayName": f"{row.get('name-first-name', '')} {row.get('name-last-name', '')}".strip(),
            "access_token": access,
            "token_type": "Bearer",
            "refresh_token": refresh,
            "apiversion": "Version: 44.2.3",
        }
        return reply if self.lifetime is None else {**reply, "expires_in": int(self.lifetime.total_seconds())}

    def _token(self, kind: str) -> str:
        self._made += 1
        return f"{self.prefix}{kind}-{self._made:04}-of-the-sandbox"

    def own_key(self) -> Row:
        """The API key's row."""
        return {
            "key-id": self.key[:12],
            "description": "Sandbox",
            "reseller": "*",
            "domain": self.pbx.domain,
            "user-scope": "Office Manager",
            "readonly": "no",
            "can-create-keys": "no",
            **self.key_row,
        }

    def claims(self, user: str) -> Row:
        """A user's JWT claims."""
        row = self.pbx.users[user]
        return {
            "aud": "ns",
            "sub": f"{user}@{self.pbx.domain}",
            "domain": self.pbx.domain,
            "user": user,
            "user_scope": row.get("user-scope"),
            "displayName": f"{row.get('name-first-name', '')} {row.get('name-last-name', '')}".strip(),
        }
