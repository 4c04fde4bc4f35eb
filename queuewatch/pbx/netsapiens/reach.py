"""Whether a server can be reached at all: its name, its port, its certificate. Nothing is sent to it."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from queuewatch.failover.words import listing, plural
from queuewatch.pbx.checks import Check, bad, good, skipped, unsure

SECONDS = 5.0
"""How long each step may take."""
EVENT_PORT = 8001
"""Where servers of this make offer live events; no documentation says so."""
EVENT_SECONDS = 2.0
_SOON_DAYS = 14

_UNTRUSTED = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by itself, not by an authority",
    19: "comes from an authority this machine does not know",
    20: "comes from an authority this machine does not know",
    21: "comes without the certificate of its authority",
    62: "is for another name",
    64: "is for another address",
}
"""By OpenSSL's number for what is wrong with a certificate."""


async def check_reach(address: str, now: datetime) -> AsyncIterator[Check]:
    """Look the name up, connect, and shake hands: each only if the step before it worked.

    ``now`` is this machine's time, to say how long the certificate lasts; aware.
    """
    parts = urlsplit(address)
    host, encrypted = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if encrypted else 80)
    if encrypted and getproxies().get("https") and not proxy_bypass(host):
        for name in ("Name", "Port", "Certificate"):
            yield skipped(name, "Requests go through a proxy (HTTPS_PROXY), so there is no direct way to look at.")
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
    host = urlsplit(address).hostname or ""
    try:
        async with asyncio.timeout(EVENT_SECONDS):
            _, writer = await asyncio.open_connection(host, EVENT_PORT)
        writer.transport.abort()
        return good("Live events", f"Port {EVENT_PORT} is open.")
    except OSError:
        return good(
            "Live events", f"Port {EVENT_PORT} is closed. It does not matter: queuewatch asks every few seconds."
        )


async def _look_up(host: str, port: int) -> tuple[Check, list[str]]:
    try:
        async with asyncio.timeout(SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        remedy = "Check the address for typing mistakes, and this machine's network and DNS."
        return bad("Name", f"The name {host} cannot be found.", remedy, no_answer=True), []
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if host in addresses:
        return good("Name", f"{host} is an address: there is no name to look up."), addresses
    return good("Name", f"{host} is {listing(addresses)}."), addresses


async def _connect(host: str, port: int) -> Check:
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        sentence = f"{host} refused the connection to port {port}: nothing answers there."
    except TimeoutError:
        sentence = f"No connection to port {port} of {host} came about within {SECONDS:g} seconds."
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "no way there"
        sentence = f"No connection to port {port} of {host} came about: {reason}."
    else:
        writer.transport.abort()
        return good("Port", f"Port {port} of {host} is open.")
    remedy = "Check the address and its port, and whether a firewall or a VPN is in the way."
    return bad("Port", sentence, remedy, no_answer=True)


async def _shake_hands(host: str, port: int, now: datetime) -> Check:
    # The same authorities that requests go by.
    import httpx

    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=httpx.create_ssl_context())
    except ssl.SSLCertVerificationError as error:
        how = _UNTRUSTED.get(error.verify_code, "is not trusted by this machine")
        return bad(
            "Certificate",
            f"The certificate of {host} {how}, so nothing was sent.",
            "Check the address and this machine's clock. SSL_CERT_FILE can name further authorities.",
            no_answer=True,
        )
    except (OSError, TimeoutError):
        return bad(
            "Certificate",
            f"No encrypted connection to {host} came about: port {port} does not seem to speak TLS.",
            "Check the address and the port.",
            no_answer=True,
        )
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    until = tls.getpeercert() or {}
    version = (tls.version() or "TLS").replace("TLSv", "TLS ")
    writer.transport.abort()
    return _lasting(host, version, str(until.get("notAfter", "")), now)


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
