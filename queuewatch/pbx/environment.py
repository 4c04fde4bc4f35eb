"""What the environment says of the way to a server: proxies, certificates, a log of keys.

These variables are set for every program of a machine and meant for none in particular, so they are input like any
other: one that cannot be used is told by its name, with what to write instead, before anything is sent. Only an
encrypted address takes notice of them; plain http goes no further than this machine.
"""

import os
import ssl
import stat
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from queuewatch.pbx.errors import BadConnection
from queuewatch.text.plain_text import harmless

_PROXY_EXAMPLE = "http://proxy.example.com:3128"
_QUOTED = 60
_SYSTEM_STORES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep their authorities, for a Python that was built elsewhere and looks in the wrong place."""


class BadEnvironment(BadConnection):
    """A variable of the environment cannot be used as it is; nothing was sent."""


class Proxy(Struct, frozen=True):
    """What a request goes through."""

    url: str
    """As the environment has it; may hold a password."""
    host: str
    """The proxy's name and port, fit to be shown."""
    source: str
    """Who says so: the variable's name."""

    @property
    def doubt(self) -> str:
        """What to think of where nothing tells the proxy from the server behind it."""
        return f"Requests go through the proxy {self.host}, which {self.source} names: it may be the cause."

    def __repr__(self) -> str:
        return f"Proxy({self.host!r}, by {self.source})"


def check_environment(address: str, environ: Mapping[str, str] | None = None) -> None:
    """Raises :class:`BadEnvironment` if no client for this address could be made. Cheap where nothing is set."""
    environ = os.environ if environ is None else environ
    if not address.startswith("https:"):
        return
    proxy_for(address, environ)
    if any(environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")):
        tls_context(environ)


def proxy_for(address: str, environ: Mapping[str, str] | None = None) -> Proxy | None:
    """The proxy that requests to this address go through; ``None`` for the direct way.

    ``NO_PROXY`` is read as widely as programs agree on: names with what is below them, addresses, ranges of
    version 4, and ``*``. Raises :class:`BadEnvironment` for what no program could follow.
    """
    environ = os.environ if environ is None else environ
    parts = urlsplit(address)
    if parts.scheme != "https":
        return None
    without_name, without = _variable(environ, "no_proxy")
    direct = _is_listed(parts, without, without_name)
    for variable in ("https_proxy", "all_proxy"):
        name, value = _variable(environ, variable)
        if value:
            return None if direct else _proxy(value, name)
    return None if direct else _proxy_of_the_system(parts.hostname or "", environ)


def _variable(environ: Mapping[str, str], lower: str) -> tuple[str, str]:
    """The variable's name as it is set, and its value. The small letters win, as everywhere."""
    for name in (lower, lower.upper()):
        if name in environ:
            return name, environ[name].strip()
    return lower.upper(), ""


def _proxy_of_the_system(host: str, environ: Mapping[str, str]) -> Proxy | None:
    if sys.platform not in ("darwin", "win32") or any(name.lower().endswith("_proxy") for name in environ):
        return None
    from urllib.request import getproxies, proxy_bypass

    url = getproxies().get("https", "")
    return _proxy(url, "the system's proxy settings") if url and not proxy_bypass(host) else None


def _proxy(value: str, name: str) -> Proxy:
    """The proxy that a variable names."""
    write = f"Write {name}={_PROXY_EXAMPLE}, or take {name} out of the environment."
    # A password may be in it, and then none of it is quoted.
    shown = "an address" if "@" in value else f"“{harmless(value, _QUOTED)}”"
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
    except ValueError:
        # A bracket that is not closed, or no address between two.
        raise BadEnvironment(f"{name} is {shown}, which is no address of a proxy.", write) from None
    if "@" in parts.path + parts.query + parts.fragment:
        raise BadEnvironment(
            f"{name} holds a user name or a password with a sign that ends an address: #, / or ?.",
            f"Write it in {name} as %23, %2F or %3F.",
        )
    scheme = parts.scheme.lower()
    if scheme == "socks":
        raise BadEnvironment(
            f"{name} is {shown}, which does not say which version of SOCKS the proxy speaks.",
            f"Write {name}=socks5://host:port, or leave it out.",
        )
    if scheme not in ("http", "https", "socks5", "socks5h"):
        raise BadEnvironment(f"{name} is {shown}, and a proxy of that kind is not known.", write)
    try:
        port = parts.port
    except ValueError:
        raise BadEnvironment(f"{name} is {shown}: its port is no number between 1 and 65535.", write) from None
    host = parts.hostname or ""
    if not host or port == 0 or not value.isprintable() or any(sign in host for sign in " \\<>\"'`|^"):
        raise BadEnvironment(f"{name} is {shown}, which is no address of a proxy.", write)
    if not host.isascii() and not for_machines(host):
        raise BadEnvironment(f"{name} is {shown}, and no host can have that name.", write)
    if scheme.startswith("socks") and find_spec("socksio") is None:
        raise BadEnvironment(
            f"{name} names a SOCKS proxy, for which a library is missing.",
            f"Install it with pip install 'queuewatch[socks]', or take {name} out of the environment.",
        )
    shown_host = f"{host}:{port}" if port else host
    return Proxy(parts.geturl(), harmless(shown_host), name)


def _is_listed(target: SplitResult, value: str, name: str) -> bool:
    """Whether ``NO_PROXY`` names the host. Every entry is looked at, so that a wrong one shows at once."""
    entries = [entry for entry in (part.strip() for part in value.split(",")) if entry]
    listed = False
    for entry in entries:
        # No short cut: the last entry may be the one that cannot be read.
        listed |= _matches(target, entry, name)
    return listed


def _matches(target: SplitResult, entry: str, name: str) -> bool:
    host = (target.hostname or "").casefold()
    if entry == "*":
        return True
    shown = f"“{harmless(entry, _QUOTED)}”"
    if any(sign in entry for sign in " \t;") or not entry.isprintable():
        raise BadEnvironment(
            f"{name} holds {shown}, which is no host.", f"Separate the hosts in {name} by commas."
        )
    scheme, _, rest = entry.rpartition("://")
    if scheme and scheme.casefold() not in ("all", "https", "http"):
        raise BadEnvironment(f"{name} holds {shown}, which is no host.", f"Write the host alone in {name}.")
    if rest.startswith("["):
        inner = rest[1:].partition("]")[0]
        raise BadEnvironment(
            f"{name} holds {shown}: an address of version 6 has no brackets there.",
            f"Write {harmless(inner, _QUOTED) or '::1'} in {name}.",
        )
    if not entry.isascii():
        spelt = for_machines(rest.lstrip("*."))
        raise BadEnvironment(
            f"{name} holds {shown}, which is not how the name is written on the wire.",
            f"Write {spelt} in {name}." if spelt else f"Write a name in letters from a to z in {name}.",
        )
    if "/" in rest.rstrip("/"):
        return _is_within(host, rest, shown, name)
    try:
        return ip_address(rest) == _address(host)
    except ValueError:
        pass
    named, _, port = rest.rstrip("/").partition(":")
    if port and not (port.isdecimal() and 0 < int(port[:9]) < 65536):
        raise BadEnvironment(
            f"{name} holds {shown}, whose port is no number between 1 and 65535.",
            f"Write the host alone in {name}.",
        )
    if scheme.casefold() == "http" or (port and int(port) != (target.port or 443)):
        return False
    named = named.casefold().removeprefix("*")
    below = host.endswith(named if named.startswith(".") else f".{named}")
    return bool(named) and (host == named or below)


def _is_within(host: str, entry: str, shown: str, name: str) -> bool:
    """Whether the host is an address of a range such as ``10.0.0.0/8``."""
    try:
        network = ip_network(entry, strict=False)
    except ValueError:
        raise BadEnvironment(
            f"{name} holds {shown}, which is neither a host nor a range of addresses.",
            f"Write the host alone in {name}.",
        ) from None
    if isinstance(network, IPv6Network):
        # Programs differ in what they make of one, and the library that sends the requests fails on it.
        raise BadEnvironment(
            f"{name} holds {shown}, a range of addresses of version 6, which is not understood.",
            f"Write the server's own name or address in {name}, or leave the range out.",
        )
    address = _address(host)
    return address is not None and address in network


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def for_machines(host: str) -> str:
    """The name in the spelling that goes over the wire (``xn--…``); empty if it has none."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def tls_context(environ: Mapping[str, str] | None = None) -> ssl.SSLContext:
    """What every encrypted connection is made with.

    Trusted are the system's own authorities, those that come with Python's ``certifi``, and on top of them those
    of ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``: whoever adds an authority of their own wants the others to stay.
    Raises :class:`BadEnvironment` where a variable cannot be used.
    """
    environ = os.environ if environ is None else environ
    return _context(*(environ.get(name, "") for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")))


@lru_cache(maxsize=4)
def _context(file: str, folders: str, key_log: str) -> ssl.SSLContext:
    import certifi

    _check_key_log(key_log)
    # Python itself opens the log of keys here.
    context = ssl.create_default_context(cafile=certifi.where())
    context.sslobject_class = _TellingSSLObject
    _trust_system(context)
    if file:
        _trust_file(context, file)
    if folders:
        _trust_folders(context, folders)
    return context


def _trust_system(context: ssl.SSLContext) -> None:
    if sys.platform == "win32":
        context.load_default_certs()
        return
    # Not Python's own way to load them: it leaves the system's out where SSL_CERT_FILE names others.
    paths = ssl.get_default_verify_paths()
    try:
        if any(name.endswith(".0") for name in os.listdir(paths.openssl_capath)):
            # Read one by one as they are needed.
            context.load_verify_locations(capath=paths.openssl_capath)
            return
    except OSError:
        pass
    for file in (paths.openssl_cafile, *_SYSTEM_STORES):
        try:
            context.load_verify_locations(cafile=file)
        except OSError:
            continue
        return


_NO_CERTIFICATE = frozenset({"NO_CERTIFICATE_OR_CRL_FOUND", "NO_START_LINE"})
"""What OpenSSL calls a file without any."""


def _trust_file(context: ssl.SSLContext, file: str) -> None:
    where = f"SSL_CERT_FILE names {harmless(file)}"
    leave = "or take SSL_CERT_FILE out of the environment."
    try:
        kind = os.stat(file).st_mode
        if stat.S_ISDIR(kind):
            raise BadEnvironment(
                f"{where}, which is a folder.", f"Name a file in it, or write SSL_CERT_DIR in place of it, {leave}"
            )
        if not stat.S_ISREG(kind):
            raise BadEnvironment(f"{where}, which is no ordinary file.", f"Name a file of certificates, {leave}")
        context.load_verify_locations(cafile=file)
    except ssl.SSLError as error:
        # One that is damaged hides those behind it, and may be the one that is needed.
        what = "there is no certificate" if error.reason in _NO_CERTIFICATE else "a certificate is damaged"
        raise BadEnvironment(
            f"{where}, in which {what}.",
            f"It must hold authorities in PEM form (BEGIN CERTIFICATE): name such a file, {leave}",
        ) from None
    except FileNotFoundError:
        raise BadEnvironment(f"{where}, and there is no such file.", f"Correct the path, {leave}") from None
    except (OSError, ValueError) as error:
        raise BadEnvironment(f"{where}, which cannot be read: {_why(error)}.", f"Correct it, {leave}") from None


def _trust_folders(context: ssl.SSLContext, folders: str) -> None:
    there = []
    for folder in folders.split(os.pathsep):
        try:
            if stat.S_ISDIR(os.stat(folder).st_mode):
                there.append(folder)
        except PermissionError as error:
            raise BadEnvironment(
                f"SSL_CERT_DIR names {harmless(folder)}, which cannot be read: {_why(error)}.",
                "Correct the path, or take SSL_CERT_DIR out of the environment.",
            ) from None
        except (OSError, ValueError):
            continue
    if not there:
        raise BadEnvironment(
            f"SSL_CERT_DIR names {harmless(folders)}, and there is no such folder.",
            "Correct the path, or take SSL_CERT_DIR out of the environment.",
        )
    for folder in there:
        context.load_verify_locations(capath=folder)


def _check_key_log(file: str) -> None:
    if not file:
        return
    try:
        if os.path.exists(file) and not stat.S_ISREG(kind := os.stat(file).st_mode) and not stat.S_ISCHR(kind):
            raise OSError(0, "it is no ordinary file")
        with open(file, "ab"):
            pass
    except (OSError, ValueError) as error:
        raise BadEnvironment(
            f"SSLKEYLOGFILE names {harmless(file)}, which cannot be written: {_why(error)}.",
            "Name a file that can be, or take SSLKEYLOGFILE out of the environment.",
        ) from None


def _why(error: Exception) -> str:
    return (error.strerror or "it cannot be opened") if isinstance(error, OSError) else "no file can be named so"


class _TellingSSLObject(ssl.SSLObject):
    """Tells a server that leaves a certificate out from one whose authority is not known.

    OpenSSL says the same of both, and what the server sent is out of reach once the connection is gone.
    """

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            if error.verify_code == _NO_ISSUER:
                error.alone = _sent_alone(self)  # type: ignore[attr-defined]
            raise


_NO_ISSUER = 20
"""OpenSSL's number for a certificate whose issuer was found nowhere."""


def _sent_alone(connection: ssl.SSLObject) -> tuple[str, bool] | None:
    """If the server sent one certificate: who signed it, and whether it says where that one's own is to be had."""
    try:
        # Public from Python 3.13 on, and then as bytes; this has been there since 3.10.
        chain = connection._sslobj.get_unverified_chain()  # type: ignore[attr-defined]
        if len(chain) != 1:
            return None
        certificate = chain[0].get_info()
        names = {key: value for part in certificate.get("issuer", ()) for key, value in part}
    except (AttributeError, TypeError, ValueError, ssl.SSLError):
        return None
    return names.get("commonName") or names.get("organizationName") or "", "caIssuers" in certificate


_UNTRUSTED = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by itself, not by an authority",
    19: "comes from an authority this machine does not know",
    _NO_ISSUER: "comes from an authority this machine does not know",
    21: "comes without the certificate of its authority",
    62: "is for another name",
    64: "is for another address",
}
"""By OpenSSL's number for what is wrong with a certificate."""

_TOO_OLD = frozenset(
    {
        "UNSUPPORTED_PROTOCOL",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "VERSION_TOO_LOW",
        "NO_PROTOCOLS_AVAILABLE",
        "WRONG_SSL_VERSION",
        "UNKNOWN_PROTOCOL",
    }
)
_TOO_WEAK = frozenset(
    {"DH_KEY_TOO_SMALL", "EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK", "NO_CIPHERS_AVAILABLE"}
) | {"SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "UNSAFE_LEGACY_RENEGOTIATION_DISABLED"}
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "RECORD_LAYER_FAILURE"})


def certificate_trouble(error: ssl.SSLCertVerificationError, variable: str = "SSL_CERT_FILE") -> tuple[str, str]:
    """What is wrong with a server's certificate, said after "the certificate of …", and what to do about it.

    ``variable`` is the one that names further authorities for this server.
    """
    code: int = getattr(error, "verify_code", 0)
    alone: tuple[str, bool] | None = getattr(error, "alone", None)
    if code == _NO_ISSUER and alone is not None:
        issuer, named = alone
        who = f"“{harmless(issuer, _QUOTED)}”" if harmless(issuer) else "its issuer"
        if named:
            return (
                f"comes without the intermediate certificate of {who}, which signed it",
                f"The provider must let the server send it as well; until then {variable} can name it.",
            )
        return (
            f"comes alone, and {who}, which signed it, is an authority this machine does not know, "
            "or an intermediate certificate that the server leaves out",
            f"If it is your own authority, name its certificate in {variable}. Otherwise the provider must let "
            "the server send the intermediate certificate as well.",
        )
    how = _UNTRUSTED.get(code, "is not trusted by this machine")
    match code:
        case 9 | 10:
            return how, "Check this machine's clock. If it is right, the provider must renew the certificate."
        case 62 | 64:
            return how, "Check the address for typing mistakes: the certificate names the hosts it is for."
        case _:
            return how, f"Check the address and this machine's clock. {variable} can name further authorities."


def tls_trouble(error: ssl.SSLError) -> tuple[str, str]:
    """Why no encrypted connection came about, said after the server's name, and what to do about it."""
    # Neither is there on an error that a library made by itself.
    reason = getattr(error, "reason", "") or ""
    if reason in _TOO_OLD:
        return (
            "speaks only versions of TLS that are too old to be safe: at least TLS 1.2 is needed",
            "Tell the provider to switch on TLS 1.2 or 1.3. A device on the way may hold it back too.",
        )
    if reason in _TOO_WEAK:
        return (
            "offers only encryption that is too weak, or wants a certificate of yours",
            "Tell the provider; it is nothing that can be set here.",
        )
    if reason in _NOT_TLS:
        return "does not seem to speak TLS there", "Check the address and the port."
    return "broke off while the encrypted connection was set up", "Check the address and the port."
