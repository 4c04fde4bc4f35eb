"""A server on a real loopback socket that says exactly the bytes it is told to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heard:
    """One request, as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def reply(status: int = 200, body: bytes = b"[]", kind: str = "application/json", **headers: str) -> bytes:
    """A whole answer. Header names are written with underscores."""
    lines = [f"HTTP/1.1 {status} Words", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Script:
    """What the server answers, and what it heard.

    ``answer`` gives the bytes for a request; the connection is closed after them if they are no whole answer,
    and ``None`` means never to answer.
    """

    answer: Callable[[Heard], bytes | None]
    address: str = ""
    heard: list[Heard] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's first request."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError), contextlib.closing(writer):
            request = await _request(reader)
            self.heard.append(request)
            words = self.answer(request)
            if words is None:
                await reader.read()
            else:
                writer.write(words)
                await writer.drain()


async def _request(reader: asyncio.StreamReader) -> Heard:
    first = await reader.readexactly(1)
    if first == b"\x16":
        # The beginning of a TLS handshake: it has no lines to wait for.
        return Heard("", "", {}, b"")
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
    return Heard(method, target, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


@asynccontextmanager
async def scripted(answer: Callable[[Heard], bytes | None] | bytes | None) -> AsyncIterator[Script]:
    """Serve while the block runs. A fixed answer may be given instead of a function."""
    script = Script(answer if callable(answer) else lambda _: answer)
    open_connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_connections[asyncio.create_task(script.serve(reader, writer))] = writer

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    script.address = f"http://{host}:{port}"
    try:
        yield script
    finally:
        server.close()
        for writer in open_connections.values():
            writer.transport.abort()
        await asyncio.gather(*open_connections)
