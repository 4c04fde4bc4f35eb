"""Whether a phone system answers at an address, over real loopback: what is asked, and what is made of it."""

import asyncio
import json
import socket
from datetime import UTC, datetime
from unittest import mock

import pytest

from queuewatch.pbx.checks import Check, CheckState
from queuewatch.pbx.errors import BadConnection
from queuewatch.pbx.netsapiens.doctor import network as knocking
from queuewatch.pbx.netsapiens.doctor.network import probe
from tests.netsapiens.client import PAGE, message
from tests.netsapiens.scripted import Heard, reply, scripted

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD, BAD, UNSURE = CheckState.GOOD, CheckState.BAD, CheckState.UNSURE
NO_ROUTE = message(400, "No Route Found [92]")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


async def asked(address: str) -> Check:
    return await probe(address, NOON)


async def test_a_server_that_tells_its_version_is_asked_once_and_sent_no_token() -> None:
    version = reply(body=json.dumps({"apiversion": "Version: 44.2.3"}).encode())
    async with scripted(version) as script:
        check = await asked(script.address)
    host = script.address.removeprefix("http://")
    assert (check.state, check.sentence) == (GOOD, f"A phone system answers at {host}: version 44.2.3.")
    (heard,) = script.heard
    assert (heard.method, heard.target, heard.body) == ("GET", "/ns-api/v2/version", b"")
    assert "authorization" not in heard.headers


@pytest.mark.parametrize("status", [401, 403])
async def test_to_be_refused_as_the_api_does_it_says_enough(status: int) -> None:
    async with scripted(message(status, "Authentication Required")) as script:
        check = await asked(script.address)
    assert check.state is GOOD
    assert len(script.heard) == 1


async def test_where_there_is_no_version_to_ask_for_it_is_asked_once_more() -> None:
    def answer(heard: Heard) -> bytes:
        return NO_ROUTE if heard.target.endswith("/version") else message(401, "Authentication Required")

    async with scripted(answer) as script:
        check = await asked(script.address)
    assert check.state is GOOD
    assert [heard.target for heard in script.heard] == ["/ns-api/v2/version", "/ns-api/v2/domains/~"]


@pytest.mark.parametrize(
    ("answer", "state", "says"),
    [
        (NO_ROUTE, BAD, "knows no version 2 of the API"),
        (reply(200, PAGE, "text/html"), BAD, "it is no phone system that queuewatch understands"),
        (reply(404, PAGE, "text/html"), BAD, "it is no phone system that queuewatch understands"),
        (reply(200, b'{"hello": 1}'), BAD, "it is no phone system that queuewatch understands"),
        (reply(200, b'["apiversion"]'), BAD, "it is no phone system that queuewatch understands"),
        (reply(401, PAGE, "text/html"), UNSURE, "asks for a password before it says what it is"),
        (reply(403, PAGE, "text/html"), UNSURE, "does not want to be asked just now (403)"),
        (message(429, "slow down"), UNSURE, "does not want to be asked just now (429)"),
        (message(500, "oops"), UNSURE, "answers, and failed (500)"),
        (reply(302, b"", location="https://elsewhere.example"), UNSURE, "sends whoever asks elsewhere (302)"),
        (message(404, "Record not found"), UNSURE, "does not say what it is"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", BAD, "closed the connection"),
    ],
)
async def test_what_is_no_phone_system_or_may_be_none_is_told(answer: bytes, state: CheckState, says: str) -> None:
    async with scripted(answer) as script:
        check = await asked(script.address)
    assert check.state is state
    assert says in check.sentence
    assert check.remedy
    assert len(script.heard) <= 2


async def test_https_against_http_is_told() -> None:
    async with scripted(reply()) as script:
        check = await asked(script.address.replace("http:", "https:"))
    assert check.state is BAD
    assert check.sentence.startswith("No encrypted connection to 127.0.0.1 came about: port ")


async def test_a_port_where_nothing_listens_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    check = await asked(f"http://127.0.0.1:{port}")
    assert check.state is BAD
    assert check.sentence == f"127.0.0.1 refused the connection to port {port}: nothing answers there."


async def test_a_name_that_nobody_knows_is_told() -> None:
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    with mock.patch.object(asyncio.get_running_loop(), "getaddrinfo", side_effect=unknown):
        check = await asked("https://pbx.exmaple.com")
    assert check.state is BAD
    assert check.sentence == "The name pbx.exmaple.com cannot be found."
    assert "typing mistakes" in check.remedy


async def test_who_never_answers_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "PROBE_SECONDS", 0.02)
    async with scripted(None) as script:
        check = await asked(script.address)
    assert check.state is BAD
    assert "gave no full answer within 0.02 seconds" in check.sentence


async def test_an_address_that_is_none_is_not_asked() -> None:
    with pytest.raises(BadConnection):
        await asked("http://pbx.example.com")
