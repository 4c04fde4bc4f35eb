"""Name, port and certificate, over real loopback: each step only where the one before it worked."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from queuewatch.pbx.checks import Check, CheckState
from queuewatch.pbx.netsapiens.doctor import network
from queuewatch.pbx.netsapiens.doctor.network import check_events, check_network

SELF_SIGNED = Path(__file__).with_name("self_signed.pem")
"""For the name localhost, until the year 2126. Its key opens nothing."""

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD, BAD, UNSURE, SKIPPED = CheckState.GOOD, CheckState.BAD, CheckState.UNSURE, CheckState.SKIPPED


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def listening(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server, in a thread of its own, that takes connections and ends them."""
    ending = threading.Event()

    def serve() -> None:
        while not ending.is_set():
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.settimeout(10)
                if context is not None:
                    context.wrap_socket(connection, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield port
        finally:
            ending.set()
            # Waiting for a connection ends with one.
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()


@contextmanager
def encrypted() -> Iterator[int]:
    """The same, behind a certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    with listening(context) as port:
        yield port


async def looked(address: str, now: datetime = NOON) -> dict[str, Check]:
    return {check.name: check async for check in check_network(address, now)}


def states(checks: dict[str, Check]) -> dict[str, CheckState]:
    return {name: check.state for name, check in checks.items()}


async def test_an_unknown_name_ends_it() -> None:
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    with mock.patch.object(asyncio.get_running_loop(), "getaddrinfo", side_effect=unknown):
        checks = await looked("https://pbx.invalid/ns-api/v2")
    assert states(checks) == {"Client": GOOD, "Name": BAD, "Port": SKIPPED, "Certificate": SKIPPED}
    assert checks["Name"].sentence == "The name pbx.invalid cannot be found."
    assert "typing mistakes" in checks["Name"].remedy
    assert checks["Name"].no_answer


async def test_a_closed_port_ends_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        checks = await looked(f"https://127.0.0.1:{taken.getsockname()[1]}/ns-api/v2")
    assert states(checks) == {"Client": GOOD, "Name": GOOD, "Port": BAD, "Certificate": SKIPPED}
    assert "refused the connection to port" in checks["Port"].sentence
    assert "firewall" in checks["Port"].remedy


async def test_plain_http_has_no_certificate() -> None:
    with listening() as port:
        checks = await looked(f"http://127.0.0.1:{port}/ns-api/v2")
    assert states(checks) == {"Name": GOOD, "Port": GOOD, "Certificate": SKIPPED}


async def test_a_self_signed_certificate_is_said_to_be_one() -> None:
    with encrypted() as port:
        checks = await looked(f"https://localhost:{port}")
    certificate = checks["Certificate"]
    assert (certificate.state, certificate.no_answer) == (BAD, True)
    assert certificate.sentence == (
        "The certificate of localhost is signed by itself, not by an authority, so nothing was sent."
    )
    assert "SSL_CERT_FILE" in certificate.remedy


async def test_a_good_certificate_says_until_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(SELF_SIGNED))
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(_end()), UTC)
    with encrypted() as port:
        lasting = (await looked(f"https://localhost:{port}"))["Certificate"]
        ending = (await looked(f"https://localhost:{port}", end - timedelta(days=3)))["Certificate"]
        other = (await looked(f"https://127.0.0.1:{port}"))["Certificate"]
    assert lasting.state is GOOD
    assert lasting.sentence == f"Valid for localhost until {end:%Y-%m-%d} (TLS 1.3)."
    assert ending.state is UNSURE
    assert ending.sentence.endswith("That is in 3 days.")
    assert (other.state, other.sentence) == (
        BAD,
        "The certificate of 127.0.0.1 is for another address, so nothing was sent.",
    )


def _end() -> str:
    decoded = ssl.create_default_context(cafile=str(SELF_SIGNED)).get_ca_certs()[0]
    return str(decoded["notAfter"])


async def test_a_server_without_tls() -> None:
    with listening() as port:
        certificate = (await looked(f"https://localhost:{port}"))["Certificate"]
    assert certificate.state is BAD
    assert "does not seem to speak TLS" in certificate.sentence


async def test_behind_a_proxy_there_is_no_direct_way_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    monkeypatch.setenv("no_proxy", "")
    checks = await looked("https://pbx.invalid")
    assert states(checks) == {
        "Client": GOOD,
        "Proxy": BAD,
        "Name": SKIPPED,
        "Port": SKIPPED,
        "Certificate": SKIPPED,
    }
    assert "https_proxy" in checks["Name"].sentence


async def test_the_port_of_live_events_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as port:
        monkeypatch.setattr(network, "STREAM_PORT", port)
        opened = await check_events("https://127.0.0.1")
    closed = await check_events("https://127.0.0.1")
    assert (opened.state, opened.sentence) == (GOOD, f"Port {port} is open.")
    assert closed.state is GOOD
    assert "is closed. It does not matter" in closed.sentence
