"""Where every client that speaks HTTP is made, and where what it met with is told apart.

A client is made with what the environment says of proxies and certificates, which can be wrong in many ways: each
of them is a sentence here and nowhere else.
"""

import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from queuewatch import __version__
from queuewatch.pbx.environment import (
    BadEnvironment,
    Proxy,
    certificate_trouble,
    proxy_for,
    tls_context,
    tls_trouble,
)
from queuewatch.pbx.lean_httpx import httpx

if TYPE_CHECKING:
    import aiohttp

USER_AGENT = f"queuewatch/{__version__}"


def new_http_client(
    address: str,
    *,
    headers: dict[str, str],
    transport: httpx.AsyncBaseTransport | None = None,
    timeout: httpx.Timeout | None = None,
    limits: httpx.Limits | None = None,
) -> httpx.AsyncClient:
    """A client for one server.

    It follows no redirection: neither a token nor an alert must travel to wherever one points. Plain http goes
    only to this machine, where there is no certificate to check and no proxy to pass. Raises
    :class:`~queuewatch.pbx.environment.BadEnvironment`, before anything is sent.
    """
    encrypted = address.startswith("https:")
    proxy = proxy_for(address)
    verify = tls_context() if encrypted else False
    try:
        through = None
        if proxy and transport is None:
            # A proxy that is spoken to in TLS itself may be of one's own authority as well.
            own = tls_context() if proxy.url.startswith("https:") else None
            through = httpx.Proxy(proxy.url, ssl_context=own)
        return httpx.AsyncClient(
            headers={"User-Agent": USER_AGENT, **headers},
            transport=transport,
            timeout=timeout,
            limits=limits or httpx.Limits(),
            follow_redirects=False,
            verify=verify,
            proxy=through,
            # The environment has been read above, once for all that speak HTTP.
            trust_env=False,
        )
    except (ValueError, TypeError, OSError, ImportError, httpx.InvalidURL) as error:
        failure = _unusable(proxy, error)
    # Outside the handler: the library's words may hold the proxy's password.
    raise failure


def _unusable(proxy: Proxy | None, error: Exception) -> BadEnvironment:
    """What is to be said where the library refuses what looked right here."""
    if proxy is None:
        return BadEnvironment(
            f"No client for HTTP can be made here ({type(error).__name__}).",
            "queuewatch doctor shows the versions of the programs it needs: reinstall them.",
        )
    return BadEnvironment(
        f"{proxy.source} names {proxy.host}, which cannot be used as a proxy.",
        f"Write {proxy.source}=http://proxy.example.com:3128, or take {proxy.source} out of the environment.",
    )


def new_event_session(url: str) -> "aiohttp.ClientSession":
    """What a stream of events is opened with: certificates and proxies as for REST, and no redirection followed.

    Raises :class:`~queuewatch.pbx.environment.BadEnvironment` as :func:`new_http_client` does.
    """
    import aiohttp

    async def refuse(*_: object) -> None:
        # The bearer must not travel to wherever a redirect points.
        raise aiohttp.ClientConnectionError("redirected")

    encrypted = url.startswith("https:")
    proxy = proxy_for(url)
    if proxy and proxy.url.startswith("socks"):
        raise BadEnvironment(
            f"{proxy.source} names a SOCKS proxy, through which no events come.", "Leave out --push."
        )
    watching = aiohttp.TraceConfig()
    watching.on_request_redirect.append(refuse)
    through: dict[str, Any] = {"proxy": proxy.url} if proxy else {}
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=tls_context() if encrypted else True),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": USER_AGENT},
        trace_configs=[watching],
        trust_env=False,
        **through,
    )


class NetworkTrouble(NamedTuple):
    """Why a request got no answer."""

    about: str
    """What it is about: ``the proxy …``, or a server's host, or ``The certificate of`` it."""
    what: str
    """What happened, said after that."""
    hint: str
    dropped: bool = False
    """The connection was closed in mid-answer: the one failure of a connection that trying again may cure."""

    def __str__(self) -> str:
        # A host is written as it is, also where a sentence begins with it.
        ours = self.about.startswith(("the ", "no "))
        return f"{self.about[:1].upper() if ours else self.about[:1]}{self.about[1:]} {self.what}."


def network_trouble(error: Exception, host: str, proxy: Proxy | None) -> NetworkTrouble:
    """What stood in the way of a request to ``host``, on the way through ``proxy`` if there is one.

    ``host`` is shown as it is. What is said holds nothing of the library's own words, in which a request may be.
    """
    causes = list(_causes(error))
    untrusted = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    unencrypted = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if isinstance(error, httpx.ProxyError):
        return _refused_by_proxy(error, host, proxy)
    # Of two that shake hands one after the other, nothing tells which one it was.
    either = f"{host}, or of the proxy {proxy.host}," if proxy and proxy.url.startswith("https:") else host
    if untrusted is not None:
        what, hint = certificate_trouble(untrusted)
        return NetworkTrouble(f"the certificate of {either}", f"{what}, so nothing was sent", hint)
    if unencrypted is not None:
        what, hint = tls_trouble(unencrypted)
        way = f" {proxy.doubt}" if proxy else ""
        return NetworkTrouble(f"no encrypted connection to {host} came about: it", what, f"{hint}{way}")
    # What fails before the request is sent happens between here and the proxy.
    name = f"the proxy {proxy.host}, which {proxy.source} names," if proxy else host
    check = f"Check {proxy.source}" if proxy else "Check the address"
    if isinstance(error, httpx.ConnectTimeout):
        return NetworkTrouble(
            f"no connection to {name.rstrip(',')}",
            "came about in time",
            f"{check}, the network, and whether a firewall is in the way.",
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        about = f"the name of {name}" if proxy else f"the name {host}"
        return NetworkTrouble(about, "cannot be found", f"{check} for typing mistakes, and the network.")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return NetworkTrouble(name, "refused the connection: nothing answers there", f"{check} and the port.")
    if isinstance(error, httpx.ConnectError):
        if any(isinstance(cause, ConnectionResetError | EOFError) for cause in causes) and not proxy:
            return NetworkTrouble(
                host,
                "closed the connection while it was set up",
                "Check the address and the port. It may speak no TLS, or only versions that are too old: "
                "queuewatch doctor tries each step of the way.",
            )
        return NetworkTrouble(
            name, "cannot be reached", "Check the network: queuewatch doctor tries each step of the way."
        )
    return NetworkTrouble(
        f"{host}, or the proxy {proxy.host} on the way to it," if proxy else host,
        "closed the connection before its answer was complete",
        f"It may be restarting: try again. {proxy.doubt}" if proxy else "It may be restarting: try again.",
        dropped=True,
    )


def _refused_by_proxy(error: httpx.ProxyError, host: str, proxy: Proxy | None) -> NetworkTrouble:
    status = str(error)[:3]
    shown_status = f" ({status})" if status.isdecimal() and status.isascii() else ""
    name = f"the proxy {proxy.host}, which {proxy.source} names," if proxy else "the proxy on the way"
    source = proxy.source if proxy else "HTTPS_PROXY"
    without = "" if source.islower() else "NO_PROXY"
    if shown_status == " (407)":
        hint = f"It wants a user name and a password: {source}=http://name:password@host:port."
    else:
        hint = f"Check {source} and {without or 'no_proxy'}, or ask whoever runs the proxy to let {host} through."
    return NetworkTrouble(name, f"did not let the request to {host} through{shown_status}", hint)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that led to it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [cause for cause in (current.__cause__, current.__context__) if cause is not None]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
