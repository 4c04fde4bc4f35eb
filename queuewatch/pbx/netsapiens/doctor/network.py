"""Whether a server can be reached at all: a client, its name, its port, its certificate. Nothing is sent to it."""

import asyncio
import os
import socket
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from queuewatch.failover.wording import listing, plural
from queuewatch.pbx.checks import Check, CheckState, bad, good, skipped, unsure
from queuewatch.pbx.credentials import NoCredentials
from queuewatch.pbx.environment import Proxy, certificate_trouble, proxy_for, tls_context, tls_trouble
from queuewatch.pbx.errors import BadConnection, PbxError, Unreachable
from queuewatch.pbx.http_client import new_http_client
from queuewatch.pbx.netsapiens.address import STREAM_PORT, base_url, host_of
from queuewatch.pbx.netsapiens.fields import text
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.responses import Response, has_no_route, object_of, server_message

SECONDS = 5.0
"""How long each step may take."""
EVENT_SECONDS = 2.0
_SOON_DAYS = 14


async def check_network(address: str, now: datetime) -> AsyncIterator[Check]:
    """Look the name up, connect, and shake hands: each only if the step before it worked.

    ``now`` is this machine's time, to say how long the certificate lasts; aware.
    """
    parts = urlsplit(address)
    host, encrypted = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if encrypted else 80)
    try:
        if encrypted:
            # Made as for requests, so that whatever hinders them shows by itself.
            await new_http_client(address, headers={}).aclose()
            yield good("Client", "Nothing in the environment hinders requests.")
        proxy = proxy_for(address)
    except BadConnection as error:
        yield bad("Client", str(error), error.hint)
        return
    if proxy is not None:
        yield await _connect_to_proxy(proxy)
        way = f"Requests go through the proxy {proxy.host} ({proxy.source}), so there is no direct way to look at."
        for name in ("Name", "Port", "Certificate"):
            yield skipped(name, way)
        return
    looked_up, addresses = await _look_up(host, port)
    yield looked_up
    if not addresses:
        for step in ("Port", "Certificate"):
            yield skipped(step, "The name was not found.")
        return
    connected = await _connect(host, port)
    yield connected
    if connected.remedy:
        yield skipped("Certificate", "There is no connection.")
    elif not encrypted:
        yield skipped("Certificate", "Plain http, to this very machine.")
    else:
        yield await _shake_hands(host, port, now)


async def check_events(address: str) -> Check:
    """Whether the port for live events is open: it may be closed, and nothing depends on it."""
    if proxy_for(address) is not None:
        return skipped("Live events", "Requests go through a proxy, so there is no direct way to look at.")
    host = host_of(address)
    try:
        async with asyncio.timeout(EVENT_SECONDS):
            _, writer = await asyncio.open_connection(host, STREAM_PORT)
        writer.transport.abort()
        return good("Live events", f"Port {STREAM_PORT} is open.")
    except OSError:
        return good(
            "Live events", f"Port {STREAM_PORT} is closed. It does not matter: queuewatch asks every few seconds."
        )


async def _look_up(host: str, port: int) -> tuple[Check, list[str]]:
    try:
        async with asyncio.timeout(SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        remedy = "Check the address for typing mistakes, and this machine's network and DNS."
        return bad("Name", f"The name {host} cannot be found.", remedy, no_answer=True), []
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if host in addresses:
        return good("Name", f"{host} is an address: there is no name to look up."), addresses
    return good("Name", f"{host} is {listing(addresses)}."), addresses


async def _connect_to_proxy(proxy: Proxy) -> Check:
    parts = urlsplit(proxy.url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 1080)
    reached = await _connect(parts.hostname or "", port)
    named = f"the proxy {proxy.host}, which {proxy.source} names"
    if not reached.remedy:
        return good("Proxy", f"Requests go through {named}; it can be reached.")
    return bad(
        "Proxy",
        f"Requests go through {named}, and there is no way to it. {reached.sentence}",
        f"Check {proxy.source}, or name the phone system in NO_PROXY if it can be reached without.",
        no_answer=True,
    )


async def _connect(host: str, port: int) -> Check:
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        sentence = f"{host} refused the connection to port {port}: nothing answers there."
    except TimeoutError:
        sentence = f"No connection to port {port} of {host} came about within {SECONDS:g} seconds."
    except (OSError, UnicodeError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "no way there"
        sentence = f"No connection to port {port} of {host} came about: {reason}."
    else:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()
        return good("Port", f"Port {port} of {host} is open.")
    remedy = "Check the address and its port, and whether a firewall or a VPN is in the way."
    return bad("Port", sentence, remedy, no_answer=True)


async def _shake_hands(host: str, port: int, now: datetime) -> Check:
    try:
        async with asyncio.timeout(SECONDS):
            # The same authorities that requests go by.
            _, writer = await asyncio.open_connection(host, port, ssl=tls_context())
    except ssl.SSLCertVerificationError as error:
        how, remedy = certificate_trouble(error)
        return bad("Certificate", f"The certificate of {host} {how}, so nothing was sent.", remedy, no_answer=True)
    except ssl.SSLError as error:
        how, remedy = tls_trouble(error)
        return bad(
            "Certificate",
            f"No encrypted connection to {host} came about: port {port} {how}.",
            remedy,
            no_answer=True,
        )
    except (OSError, TimeoutError):
        if await _speaks_old_tls(host, port):
            how, remedy = tls_trouble(_TOO_OLD)
        else:
            how, remedy = "does not seem to speak TLS", "Check the address and the port."
        return bad(
            "Certificate",
            f"No encrypted connection to {host} came about: port {port} {how}.",
            remedy,
            no_answer=True,
        )
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    until = tls.getpeercert() or {}
    version = (tls.version() or "TLS").replace("TLSv", "TLS ")
    writer.transport.abort()
    return _lasting(host, version, str(until.get("notAfter", "")), now)


_TOO_OLD = ssl.SSLError()
_TOO_OLD.reason = "UNSUPPORTED_PROTOCOL"


async def _speaks_old_tls(host: str, port: int) -> bool:
    """Whether a server that hangs up on a handshake of today takes one of long ago. Nothing is sent through it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        # That these versions are not to be used is the very question.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    try:
        context.set_ciphers("ALL:@SECLEVEL=0")
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()
    return True


def _lasting(host: str, version: str, until: str, now: datetime) -> Check:
    """What to say of a good certificate that lasts ``until`` a time in OpenSSL's spelling."""
    try:
        end = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)
    except ValueError:
        return good("Certificate", f"Valid for {host} ({version}).")
    days = (end - now).days
    sentence = f"Valid for {host} until {end:%Y-%m-%d} ({version})."
    if days <= _SOON_DAYS:
        return unsure(
            "Certificate", f"{sentence} That is in {plural(days, 'day')}.", "Tell the provider to renew it."
        )
    return good("Certificate", sentence)


PROBE_SECONDS = 6.0
"""How long an answer is waited for."""
SECONDS_TO_EXPLAIN = 3.0
"""How long is looked for the reason why there is none."""

NAME = "Phone system"


async def probe(address: str, now: datetime) -> Check:
    """Ask whether a phone system is there; ``now`` is this machine's time, aware.

    The version of its API is asked for, which newer servers tell anybody, and where there is no such request, for
    what nobody is told without a token: to be refused says enough. Nothing is sent but the two addresses.
    Raises :class:`~queuewatch.pbx.errors.BadConnection` for an address that cannot be used.
    """
    from queuewatch.pbx.netsapiens.http import HttpClient

    base = base_url(address)
    connection = HttpClient(
        base,
        NoCredentials(),
        transport=None,
        retries=0,
        timeout=PROBE_SECONDS,
        rate_limiter=RateLimiter(window=0.0),
    )
    try:
        check = _understood(await connection.read("/version", "its version"))
        if check is not None:
            return check
        answer = await connection.read("/domains/~", "a domain")
        return _understood(answer) or _not_understood(answer, base)
    except Unreachable as error:
        return await _why_not(base, now) or bad(NAME, str(error), error.hint)
    except PbxError as error:
        return bad(NAME, str(error), error.hint)
    finally:
        await connection.close()


def _understood(answer: Response) -> Check | None:
    """What an answer says of who gave it; ``None`` if another question has to be asked."""
    host, status = answer.host, answer.status
    if status in (401, 403) and server_message(answer) is not None:
        return good(NAME, f"A phone system answers at {host}.")
    if status == 200 and (version := _version(answer)):
        return good(NAME, f"A phone system answers at {host}: version {version}.")
    if status == 401:
        return unsure(
            NAME,
            f"{host} asks for a password before it says what it is.",
            "Ask your provider for the address of the API server.",
        )
    if status in (403, 429, 503):
        return unsure(
            NAME,
            f"{host} answers, and does not want to be asked just now ({status}).",
            "Wait a minute, or go on: signing in will tell.",
        )
    if status >= 500 and not has_no_route(answer):
        return unsure(NAME, f"{host} answers, and failed ({status}).", "Go on: signing in will tell.")
    if 300 <= status < 400:
        return unsure(
            NAME,
            f"{host} sends whoever asks elsewhere ({status}).",
            "Ask your provider for the address of the API server.",
        )
    return None


def _version(answer: Response) -> str:
    try:
        version = text(object_of(answer).get("apiversion")) or ""
    except PbxError:
        return ""
    return version.removeprefix("Version: ")


def _not_understood(answer: Response, base: str) -> Check:
    if has_no_route(answer):
        return bad(
            NAME,
            f"{answer.host} knows no version 2 of the API, which queuewatch needs.",
            "Ask your provider for the address of a server of version 44 or newer.",
        )
    if 400 <= answer.status < 500 and server_message(answer):
        return unsure(NAME, f"{answer.host} answers, and does not say what it is.", "Go on: signing in will tell.")
    return bad(
        NAME,
        f"Something answers at {base}, and it is no phone system that queuewatch understands.",
        "Ask your provider for the address of the API server: it may be another one than the portal's.",
    )


async def _why_not(base: str, now: datetime) -> Check | None:
    """What stands in the way: the name, the port or the certificate; ``None`` if that cannot be told soon."""
    try:
        async with asyncio.timeout(SECONDS_TO_EXPLAIN):
            async for check in check_network(base, now):
                if check.state is CheckState.BAD:
                    return bad(NAME, check.sentence, check.remedy)
    except TimeoutError:
        pass
    return None
