"""Serving the sandbox over HTTP: on a loopback port, or to a client of httpx within this process."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING

from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.sandbox.answer import SandboxAnswer
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.requests import LARGEST_BODY, ROOT, SandboxRequest, SandboxRequests, too_large_body
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.process.background import held

if TYPE_CHECKING:
    import httpx
    from starlette.types import ASGIApp, Receive, Scope, Send
    from uvicorn import Config, Server


class _ClientGone(Exception):
    """Whoever asked did not wait until all was said."""


def sandbox_app(
    pbx: SandboxPbx,
    quirks: Quirks | None = None,
    faults: list[Fault] | None = None,
    *,
    token: str = SANDBOX_TOKEN,
    logins: Logins | None = None,
) -> "ASGIApp":
    """The phone system as an ASGI application. The rest is as :class:`SandboxRequests` has it."""
    requests = SandboxRequests(pbx, quirks, faults, token=token, logins=logins)

    async def app(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            return

        async def content() -> bytes:
            sent = bytearray()
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _ClientGone
                sent += message.get("body", b"")
                if len(sent) > LARGEST_BODY:
                    raise too_large_body()
                if not message.get("more_body", False):
                    return bytes(sent)

        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        asked = SandboxRequest(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers)
        try:
            answer, fault = await requests.answer(asked, content)
        except _ClientGone:
            return
        if fault is FaultKind.DROPPED:
            await _break_off(answer, send)
        else:
            await answer.send(send)

    return app


async def _break_off(answer: SandboxAnswer, send: "Send") -> None:
    """Promise the whole answer, send half, and stop: the server then closes the connection."""
    await answer.begin(send)
    await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})


HOST = "127.0.0.1"

TURNS = 10
"""Of the event loop: more than it takes to notice that a client has closed its connection."""


def in_process(pbx: SandboxPbx, quirks: Quirks | None = None) -> "httpx.AsyncBaseTransport":
    """A transport that takes an ordinary client's requests straight to the sandbox, whatever their host."""
    from queuewatch.pbx.lean_httpx import httpx

    return httpx.ASGITransport(app=sandbox_app(pbx, quirks))


def serve(app: "ASGIApp", port: int, announce: Callable[[str], None], *, websockets: bool = False) -> None:
    """Serve on loopback until interrupted. Port 0 takes a free one; ``announce`` is told the API's address.

    Websockets are for an application that offers the stream of events.
    Raises :class:`PbxError` when the port is taken or not allowed.
    """
    # Imported where it is needed: the demo, which serves nothing, starts sooner without it.
    from uvicorn import Server

    with _listening(port) as listening:
        announce(_address(listening))
        with contextlib.suppress(KeyboardInterrupt):
            Server(_config(app, websockets)).run(sockets=[listening])


@contextlib.asynccontextmanager
async def running(app: "ASGIApp", *, websockets: bool = False, port: int = 0) -> AsyncIterator[str]:
    """Serve on a loopback port, a free one if none is named, while the block runs, and give the API's address."""
    done = asyncio.Event()
    with _listening(port) as listening:
        serving = held(_guest(app, websockets, done).serve(sockets=[listening]))
        try:
            # The socket listens already: the first request waits in its queue until the server is up.
            yield _address(listening)
        finally:
            done.set()
            await serving


def _guest(app: "ASGIApp", websockets: bool, done: asyncio.Event) -> "Server":
    """A server that leaves the process's signals to the program it runs in, and goes once that is ``done``."""
    from uvicorn import Server

    class Guest(Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

        async def main_loop(self) -> None:
            await done.wait()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            for server in self.servers:
                server.close()
            # Uvicorn waits a tenth of a second even where nobody is left; who has gone is noticed in some turns.
            for _ in range(TURNS):
                if not self.server_state.connections and not self.server_state.tasks:
                    return
                await asyncio.sleep(0)
            await super().shutdown(sockets)

    return Guest(_config(app, websockets))


def _config(app: "ASGIApp", websockets: bool) -> "Config":
    from uvicorn import Config

    return Config(
        app,
        lifespan="off",
        ws="wsproto" if websockets else "none",
        http="h11",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )


def _listening(port: int) -> socket.socket:
    reason = "a port is a number from 0 to 65535"
    if 0 <= port <= 65535:
        try:
            listening = socket.create_server((HOST, port), backlog=128)
            # Without this every second answer on a kept connection waits 40 ms for company.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return listening
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
    raise PbxError(
        f"The sandbox cannot listen on {HOST}:{port}: {reason}.", "Choose another --port; 0 takes a free one."
    )


def _address(listening: socket.socket) -> str:
    return f"http://{HOST}:{listening.getsockname()[1]}{ROOT}"
