"""A phone system on a real socket that sends exactly the bytes a fault wants sent."""

import asyncio
import contextlib
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp, Message

from queuewatch.pbx.sandbox.requests import ROOT

from .fault import End, Fault, Where, whole

CERTIFICATE = Path(__file__).parents[1] / "netsapiens" / "self_signed.pem"


@dataclass
class FaultyServer:
    """Passes requests on to ``app``, and spoils those that ``hits`` with ``fault``."""

    app: ASGIApp
    fault: Fault | None = None
    hits: Callable[[str, str], bool] = lambda method, path: True
    """Which requests, by method and path."""
    applies: bool = True
    """Whether a request that is spoilt is carried out all the same."""
    ports: dict[Where, int] = field(default_factory=dict)
    spoilt: int = 0
    """How many requests met the present fault."""

    def break_down(self, fault: Fault, hits: Callable[[str, str], bool] | None = None, *, applies: bool) -> None:
        """Have this fault from now on."""
        self.fault, self.applies, self.spoilt = fault, applies and not fault.denies, 0
        self.hits = hits or (lambda method, path: True)

    def recover(self) -> None:
        """Have none."""
        self.fault = None

    @property
    def address(self) -> str:
        """The API's address, as long as the fault lasts."""
        where = self.fault.where if self.fault else Where.SERVER
        scheme = "http" if where in (Where.SERVER, Where.NOBODY) else "https"
        return f"{scheme}://127.0.0.1:{self.ports[where]}{ROOT}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while await self._answer_one(reader, writer):
                await writer.drain()
        writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection can be used again."""
        first = await reader.readexactly(1)
        if first == b"\x16":
            # The beginning of a TLS handshake.
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return False
        lines = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines[1:])]
        body = await reader.readexactly(int(dict(headers).get("content-length", "0")))
        fault = self.fault
        if fault is None or not self.hits(method, target):
            status, answer = await self._true_answer(method, target, headers, body)
            writer.write(whole(status, answer).replace(b"Connection: close\r\n", b""))
            return True
        _, answer = await self._true_answer(method, target, headers, body) if self.applies else (0, b"[]")
        self.spoilt += 1
        steps = fault.steps(answer, self.spoilt - 1)
        if steps is None:
            status, answer = await self._true_answer(method, target, headers, body)
            steps = (whole(status, answer),)
        for step in steps:
            match step:
                case End.HANG:
                    await reader.read()
                case End.RESET:
                    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    writer.transport.abort()
                case bytes():
                    writer.write(step)
                    await writer.drain()
                case _:
                    await asyncio.sleep(step)
        return False

    async def _true_answer(
        self, method: str, target: str, headers: list[tuple[str, str]], body: bytes
    ) -> tuple[int, bytes]:
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers],
        }
        status, sent = 500, bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            sent.extend(message.get("body", b""))

        await self.app(scope, receive, send)
        return status, bytes(sent)


@asynccontextmanager
async def faulty(app: ASGIApp) -> AsyncIterator[FaultyServer]:
    """Serve while the block runs, at every kind of address."""
    server = FaultyServer(app)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(CERTIFICATE)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(server.serve(reader, writer))
        connections[task] = writer
        task.add_done_callback(connections.pop)

    plain = await asyncio.start_server(connected, "127.0.0.1", 0)
    encrypted = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    outdated = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=old)
    with socket.socket() as taken:
        # Bound and not listening: nobody else gets the port, and nothing answers there.
        taken.bind(("127.0.0.1", 0))
        port = plain.sockets[0].getsockname()[1]
        server.ports = {
            Where.SERVER: port,
            Where.NO_TLS: port,
            Where.NOBODY: taken.getsockname()[1],
            Where.OLD_TLS: outdated.sockets[0].getsockname()[1],
            Where.SELF_SIGNED: encrypted.sockets[0].getsockname()[1],
        }
        try:
            yield server
        finally:
            plain.close()
            encrypted.close()
            outdated.close()
            for writer in connections.values():
                writer.transport.abort()
            await asyncio.gather(*connections, return_exceptions=True)
