"""A server may close a kept connection in the very moment in which it is used again."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from queuewatch.pbx import errors
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens import client as client_module
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter

from .client import TOKEN

OK = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
FULL = OK % (200, 2, b"[]")


@dataclass
class Keeper:
    """A server that keeps connections, and what it does with the second request and those after it on one."""

    second: Callable[[], bytes]
    first: bytes = FULL
    port: int = 0
    heard: list[tuple[int, str]] = field(default_factory=list)
    """The number of the connection, and the method of each request."""
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number, served = self.connections, 0
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError), contextlib.closing(writer):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = head.partition("content-length: ")[2].partition("\r\n")[0]
                await reader.readexactly(int(length or 0))
                self.heard.append((number, head.split(" ")[0]))
                served += 1
                if served > 1 or not self.first:
                    writer.write(self.second())
                    return
                writer.write(self.first)


@asynccontextmanager
async def kept(second: bytes, first: bytes = FULL) -> AsyncIterator[tuple[Keeper, NetsapiensDomain]]:
    keeper = Keeper(lambda: second, first)
    server = await asyncio.start_server(keeper.serve, "127.0.0.1", 0)
    keeper.port = server.sockets[0].getsockname()[1]
    pbx = NetsapiensDomain(
        f"http://127.0.0.1:{keeper.port}", "example.com", TOKEN, rate_limiter=RateLimiter(window=0.0)
    )
    async with server:
        try:
            yield keeper, pbx
        finally:
            await pbx.close()


async def test_a_reading_that_went_into_a_closing_connection_is_sent_once_more_on_a_new_one() -> None:
    async with kept(b"") as (keeper, pbx):
        for _ in range(3):
            assert (await pbx.read_sites()).items == ()
    # Each second request on a connection is lost, and comes again on one of its own.
    assert keeper.heard == [(1, "get"), (1, "get"), (2, "get"), (3, "get")]


async def test_it_is_sent_no_third_time() -> None:
    async with kept(b"") as (keeper, pbx):
        await pbx.read_sites()
        keeper.first = b""
        with pytest.raises(errors.Unreachable, match="closed the connection"):
            await pbx.read_sites()
    assert len(keeper.heard) == 3


@pytest.mark.parametrize("begun", [OK % (200, 20, b"[{"), OK % (200, 0, b"")], ids=["in mid-body", "empty"])
async def test_what_was_answered_is_not_sent_again(begun: bytes) -> None:
    async with kept(begun) as (keeper, pbx):
        await pbx.read_sites()
        with pytest.raises(errors.PbxError):
            await pbx.read_sites()
    assert len(keeper.heard) == 2


async def test_a_change_never_goes_into_a_kept_connection_and_is_sent_once() -> None:
    async with kept(b"") as (keeper, pbx):
        await pbx.read_sites()
        for _ in range(3):
            await pbx.write_require_agents("8000", True)
    assert keeper.heard == [(1, "get"), (2, "put"), (3, "put"), (4, "put")]


async def test_a_change_whose_own_connection_closes_is_not_sent_again() -> None:
    async with kept(b"", b"") as (keeper, pbx):
        with pytest.raises(errors.Unreachable, match="closed the connection"):
            await pbx.write_require_agents("8000", True)
    assert keeper.heard == [(1, "put")]


LISTS = ("users", "numbers", "queues", "agents")


@pytest.mark.parametrize("size", [100, 1000])
@pytest.mark.parametrize("what", LISTS)
async def test_a_list_that_comes_to_no_end_is_given_up_and_said(
    size: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "MOST_ROWS", 5_000)
    monkeypatch.setattr(client_module, "MOST_PAGES", 20)
    asked = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError), contextlib.closing(writer):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                asked += 1
                # The lists that have no pages are followed only where one ends like a page.
                rows = size if "limit=" in head and "limit=1000" in head and what in ("users", "numbers") else 100
                base = asked * 10_000
                names = ("user", "phonenumber", "callqueue", "callqueue-agent-id")
                rows_ = [dict.fromkeys(names, f"{base + n}") for n in range(rows)]
                body = json.dumps(rows_).encode()
                writer.write(OK % (200, len(body), body))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    pbx = NetsapiensDomain(f"http://127.0.0.1:{port}", "example.com", TOKEN, rate_limiter=RateLimiter(window=0.0))
    read = {"users": pbx.read_users, "numbers": pbx.read_numbers}.get(what, pbx.read_live)
    async with server:
        with pytest.raises(errors.Misunderstood, match="comes to no end"):
            await read()
        await pbx.close()
    assert asked <= 2 * 20
