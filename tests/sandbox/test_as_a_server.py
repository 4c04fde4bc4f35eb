"""The sandbox is a server like any other: whoever asks may send anything, and its owner's terminal stays quiet."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import aiohttp
import httpx
import pytest

from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.push import SandboxPush
from queuewatch.pbx.sandbox.requests import LARGEST_BODY
from queuewatch.pbx.sandbox.samples import Sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app

AUTHORIZED = {"authorization": f"Bearer {SANDBOX_TOKEN}"}
DOMAIN = "/domains/lakeside.example"


@pytest.fixture
async def address(lakeside: Sample) -> AsyncIterator[str]:
    pbx = SandboxPbx(lakeside)
    logins = Logins(pbx)
    push = SandboxPush(logins)
    async with running(push.beside(sandbox_app(pbx, logins=logins)), websockets=True) as address:
        yield address
        await push.close()


async def spoken(address: str, *pieces: bytes) -> bytes:
    """What comes back for these bytes, to its end or to the end of a body that was promised."""
    url = httpx.URL(address)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(20):
            return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)


def put(path: str, *headers: str) -> bytes:
    lines = [f"PUT /ns-api/v2{DOMAIN}{path} HTTP/1.1", "Host: x", "Content-Type: application/json", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def test_of_a_stranger_no_body_is_read(address: str) -> None:
    # The body that is promised never comes: whoever waited for it would wait for ever.
    head = await spoken(address, put("/callqueues/8000", "Content-Length: 1000000000"))
    assert head.startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("told", [str(LARGEST_BODY + 1), "1000000000", "9" * 40])
async def test_of_nobody_more_is_read_than_there_can_be(address: str, told: str) -> None:
    bearer = f"Authorization: Bearer {SANDBOX_TOKEN}"
    head = await spoken(address, put("/callqueues/8000", bearer, f"Content-Length: {told}"))
    assert head.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 400 "))


async def test_a_body_without_a_length_is_bounded_too(address: str) -> None:
    bearer = f"Authorization: Bearer {SANDBOX_TOKEN}"
    piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    pieces = [piece] * (LARGEST_BODY // 65_536 + 1)
    head = await spoken(address, put("/callqueues/8000", bearer, "Transfer-Encoding: chunked"), *pieces)
    assert head.startswith(b"HTTP/1.1 413 ")


BODIES = (
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"description":NaN}',
    b'{"description":1e999}',
    b'{"description":"\\ud800"}',
    b'{"\\udfff":1}',
    b"9" * 10_000,
    b"\xff\xfe\x00",
    b"[]",
    b"null",
)


@pytest.mark.parametrize(
    "body",
    BODIES,
    ids=lambda body: repr(body[:20]),
)
@pytest.mark.parametrize("path", ["/callqueues/8000", "/users/8000/answerrules/*"])
async def test_a_body_that_cannot_be_meant_is_refused_and_spoils_nothing(
    address: str, body: bytes, path: str
) -> None:
    async with httpx.AsyncClient(base_url=f"{address}{DOMAIN}", headers=AUTHORIZED) as api:
        refused = await api.put(path, content=body)
        assert refused.status_code == 400
        assert refused.json()["code"] == 400
        for read in ("/callqueues", "/callqueues/8000", "/users/8000/answerrules"):
            assert (await api.get(read)).status_code == 200


@pytest.mark.parametrize("limit", ["9" * 5000, "-1", "²", "x", "", "1e3"])
async def test_an_odd_page_is_refused(address: str, limit: str) -> None:
    async with httpx.AsyncClient(base_url=f"{address}{DOMAIN}", headers=AUTHORIZED) as api:
        assert (await api.get("/users", params={"limit": limit, "start": "0"})).status_code == 400


def subscribe(**more: object) -> str:
    good = {"type": "agent", "domain": "lakeside.example", "bearer": SANDBOX_TOKEN}
    return "42" + json.dumps(["subscribe", good | more])


ODD = (
    '42["subscribe"',
    "42[]",
    "42{}",
    '42["subscribe"]',
    '42["subscribe",1,2,3]',
    '42[["subscribe"],1]',
    '42[{"a":1}]',
    "42[null]",
    subscribe(type=["x"]),
    subscribe(type={"x": 1}),
    subscribe(type="nothing of the kind"),
    subscribe(bearer={"x": 1}),
    subscribe(domain=[1]),
    '45-["subscribe"]',
    '451-["subscribe",{"_placeholder":true,"num":0}]',
    "42" + "[" * 50_000,
    "9",
    "4",
    "4x",
    '42/other,["subscribe"]',
    '43999999999999["x"]',
    '40{"x":',
    "40/,[1]",
    b"\x00\x01",
)


async def test_odd_subscriptions_are_no_traceback_and_leave_the_stream_to_others(
    address: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    failed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
    stream = f"{httpx.URL(address).copy_with(path='/socket.io/')}?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as session:
        for words in ODD:
            async with session.ws_connect(stream) as odd:
                await odd.receive(timeout=20)
                await odd.send_str("40")
                await odd.receive(timeout=20)
                await (odd.send_str(words) if isinstance(words, str) else odd.send_bytes(words))
        async with session.ws_connect(stream) as good:
            for said in (None, "40", subscribe()):
                await (good.send_str(said) if said else asyncio.sleep(0))
                answer = await good.receive(timeout=20)
            assert answer.data.startswith('42["agent"')
    assert failed == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert capfd.readouterr().err == ""
