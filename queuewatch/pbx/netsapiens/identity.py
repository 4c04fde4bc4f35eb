"""Whose credentials these are, from what the server tells about them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from queuewatch.failover.visibility import SITE_MANAGER
from queuewatch.pbx.errors import Forbidden, Missing, Misunderstood, Refused, Unsupported
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.netsapiens.fields import first_of, text, yes_no
from queuewatch.pbx.netsapiens.responses import object_of

if TYPE_CHECKING:
    from queuewatch.pbx.netsapiens.http import HttpClient

ADDRESSES = {"/apikeys/~": "an API key", "/jwt": "a signed token (JWT)", "/domains/~/users/~": "a token"}
"""Where to ask, and what is told about there: which one answers depends on the server's version as well."""

_NOT_OFFERED = (Refused, Forbidden, Missing, Misunderstood, Unsupported)


async def who_am_i(connection: "HttpClient") -> Identity:
    """Ask one after the other until the scope is known. Nothing known is an answer, too.

    Raises :class:`~queuewatch.pbx.errors.PbxError` when the server is out of reach, or busy.
    """
    answered: dict[str, object] = {}
    for address in ADDRESSES:
        try:
            fields = object_of(await connection.read(address, "who is signed in"))
        except _NOT_OFFERED:
            continue
        answered |= {name: value for name, value in fields.items() if name not in answered}
        known = identity_of(answered)
        if known.scope and (known.site or known.scope.casefold() != SITE_MANAGER.casefold()):
            break
    return identity_of(answered)


def identity_of(fields: Mapping[str, object]) -> Identity:
    """The identity in a token's reply, an API key, a JWT's claims or a user, whichever these fields are of."""
    user, domain = _word(fields, "user"), _word(fields, "domain")
    known = _word(fields, "login", "login-username", "username", "uid", "sub")
    name = _word(fields, "displayName") or " ".join(_words(fields, "name-first-name", "name-last-name"))
    return Identity(
        login=known or (f"{user}@{domain}" if user and domain else ""),
        name=name or _word(fields, "description"),
        scope=_word(fields, "scope", "user-scope", "user_scope"),
        domain=domain,
        site=_word(fields, "site"),
        read_only=yes_no(fields.get("readonly")) is True,
    )


def _words(fields: Mapping[str, object], *names: str) -> Iterator[str]:
    for name in names:
        if word := _word(fields, name):
            yield word


def _word(fields: Mapping[str, object], *names: str) -> str:
    word = text(first_of(fields, *names)) or ""
    # The vendor's words for "none" and for "all": seen in tokens and in keys.
    return "" if word.casefold() == "n/a" or word == "*" else word
