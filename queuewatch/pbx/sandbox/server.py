"""Serving the sandbox: on a loopback port, or inside this process without any."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from queuewatch.background import held
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.lean_httpx import httpx
from queuewatch.pbx.sandbox.office import SandboxPbx
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.web import ROOT, sandbox_app

if TYPE_CHECKING:
    from uvicorn import Config, Server

HOST = "127.0.0.1"

TURNS = 10
"""Of the event loop: more than it takes to notice that a client has closed its connection."""


def in_process(pbx: SandboxPbx, quirks: Quirks | None = None) -> httpx.AsyncBaseTransport:
    """A transport that takes an ordinary client's requests straight to the sandbox, whatever their host."""
    return httpx.ASGITransport(app=sandbox_app(pbx, quirks))


def serve(app: ASGIApp, port: int, announce: Callable[[str], None], *, websockets: bool = False) -> None:
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
async def running(app: ASGIApp, *, websockets: bool = False, port: int = 0) -> AsyncIterator[str]:
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


def _guest(app: ASGIApp, websockets: bool, done: asyncio.Event) -> "Server":
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


def _config(app: ASGIApp, websockets: bool) -> "Config":
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
