"""Where the broker is and how to get in: from the environment, where secrets belong.

Only the plain address and the path of a credentials file may stand on a command line, which everybody on the
machine can read.
"""

import re
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from queuewatch.pbx.environment import BadEnvironment, tls_context
from queuewatch.profiles.fields import ConfigError
from queuewatch.storage.folder import read_whole, typed_path
from queuewatch.text.plain_text import one_line

ADDRESS = "QUEUEWATCH_NATS"
TOKEN = "QUEUEWATCH_NATS_TOKEN"
USER = "QUEUEWATCH_NATS_USER"
PASSWORD = "QUEUEWATCH_NATS_PASSWORD"
CREDENTIALS = "QUEUEWATCH_NATS_CREDS"
AUTHORITY = "QUEUEWATCH_NATS_CA"

PORT = 4222
LARGEST_CREDENTIALS = 64 * 1024
"""Bytes: far beyond any user's."""
_ENCRYPTED = "tls"
_QUOTES = "\"'`“”„‘’‚«»"
_FURTHER = "SSL_CERT_FILE"
"""By which everything else is told of an authority of one's own."""


class BrokerSettings(Struct, frozen=True):
    """The servers of one broker, and how to be let in. Prints no secret."""

    servers: tuple[str, ...]
    """Such as ``nats://broker.example:4222``; never with a password in it."""
    tls: ssl.SSLContext
    must_encrypt: bool = False
    """Whether nothing is sent before the connection is encrypted."""
    token: str = ""
    user: str = ""
    password: str = ""
    credentials: str = ""
    """The path of a credentials file."""

    def __repr__(self) -> str:
        """The servers alone."""
        return f"BrokerSettings(servers={self.servers!r}, …)"

    @property
    def title(self) -> str:
        """The broker, for a sentence."""
        return ", ".join(urlsplit(server).netloc for server in self.servers)


def broker_settings(environ: Mapping[str, str], address: str = "", credentials: str = "") -> BrokerSettings:
    """The broker that the address names, else the environment. Raises :class:`ConfigError`, which holds no secret.

    ``credentials`` is the path of a credentials file, before that of the environment.
    """
    # The options are filled from the environment, which is what has to be put right then.
    source = "--nats" if address and address != environ.get(ADDRESS) else ADDRESS
    servers = tuple(
        _server(word, source) for word in re.split(r"[\s,]+", address or environ.get(ADDRESS, "")) if word
    )
    if not servers:
        raise ConfigError(
            "No broker is named.", f"Name it with --nats nats://HOST:{PORT}, or in the variable {ADDRESS}."
        )
    token, user, password = (_secret(environ, name) for name in (TOKEN, USER, PASSWORD))
    named = credentials or environ.get(CREDENTIALS, "")
    if bool(user) != bool(password):
        given, missing = (USER, PASSWORD) if user else (PASSWORD, USER)
        raise ConfigError(f"{given} is set, and {missing} is not.", f"Set both, or take {given} away.")
    ways = [name for name, given in ((TOKEN, token), (USER, user), (CREDENTIALS, named)) if given]
    if len(ways) > 1:
        raise ConfigError(
            f"There are several ways to be let in by the broker: {' and '.join(ways)}.", "Leave one of them."
        )
    authority = environ.get(AUTHORITY, "")
    return BrokerSettings(
        servers,
        _trusting(authority, environ) if authority else tls_context(environ),
        bool(authority) or any(urlsplit(server).scheme == _ENCRYPTED for server in servers),
        token,
        user,
        password,
        _file(named, "--nats-creds" if named != environ.get(CREDENTIALS) else CREDENTIALS) if named else "",
    )


def _server(word: str, source: str) -> str:
    wrong = ConfigError(
        f"{source} is no address of a broker.",
        f"Write nats://HOST:{PORT}, or tls://HOST:{PORT} where it must be encrypted; several with commas between.",
    )
    if word[0] in _QUOTES:
        raise ConfigError(
            f"{source} has quotes around it, which are taken for a part of it.", "Write it without them."
        )
    try:
        parts = urlsplit(word if "://" in word else f"nats://{word}")
        host, port = parts.hostname, parts.port
        # What no name server could be asked for, such as two full stops beside one another.
        (host or "").encode("idna")
    except ValueError:
        raise wrong from None
    # The address is shown on screens, and others see the command: it is not repeated here.
    if "@" in word:
        raise ConfigError(
            f"{source} holds a password or a token, which does not belong in an address.",
            f"Put it in {USER} and {PASSWORD}, or in {TOKEN}, and take it out of the address.",
        )
    extra = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in ("nats", _ENCRYPTED) or not host or port == 0 or extra or one_line(word) != word:
        raise wrong
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port or PORT}"


def _secret(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value.isprintable():
        raise ConfigError(
            f"{name} holds what cannot be typed.", "Look at how it is set: one line, nothing around it."
        )
    return value


def _file(path: str, source: str) -> str:
    found = typed_path(path)
    try:
        text = read_whole(found, LARGEST_CREDENTIALS).decode("utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise ConfigError(
            f"The credentials file of the broker cannot be read: {path}: {why}.", f"Look at {source}."
        ) from None
    if "BEGIN NATS USER JWT" not in text or "BEGIN USER NKEY SEED" not in text:
        raise ConfigError(
            f"{path} is no credentials file of a NATS user.",
            f"{source} names the file that ends in .creds, with the user's JWT and seed in it.",
        )
    return str(found)


def _trusting(authority: str, environ: Mapping[str, str]) -> ssl.SSLContext:
    """As everywhere, and this authority besides."""
    try:
        path = str(typed_path(authority))
        return tls_context({**environ, _FURTHER: path, "SSL_CERT_DIR": ""})
    except BadEnvironment as error:
        sentence, hint = (words.replace(_FURTHER, AUTHORITY) for words in (str(error), error.hint))
        raise ConfigError(sentence, hint) from None
