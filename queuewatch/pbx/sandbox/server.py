"""Serving the sandbox: on a loopback port, or inside this process without any."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.lean_httpx import httpx
from queuewatch.pbx.sandbox import api as reads
from queuewatch.pbx.sandbox import writes
from queuewatch.pbx.sandbox.api import Api, Call, below_domain, describe
from queuewatch.pbx.sandbox.faults import Fault, FaultKind, spoil, take_fault
from queuewatch.pbx.sandbox.logins import ApiError, Logins
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, Received, SandboxPbx
from queuewatch.process.background import held

if TYPE_CHECKING:
    from uvicorn import Config, Server


ROOT = "/ns-api/v2"
LEGACY_TOKENS = "/ns-api/oauth2/token/"
DESCRIPTION = "/ns-api/webroot/openapi/openapi.json"
"""Where live servers were reported to publish the description of their API; here without a token as well."""

LARGEST_BODY = 1024 * 1024
"""Bytes of a request that are read at most: far more than any rule has."""

Handler = Callable[[Api, Call], Response]

ADDRESSES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/version", reads.version),
    ("GET", "/apikeys/~", reads.own_key),
    ("GET", "/jwt", reads.own_claims),
    ("POST", "/jwt", writes.jwt),
    ("GET", "/domains/{domain}", reads.domain),
    ("GET", "/domains/{domain}/callqueues", reads.queues),
    ("GET", "/domains/{domain}/callqueues/{queue}", reads.queue),
    ("PUT", "/domains/{domain}/callqueues/{queue}", writes.write_queue),
    ("GET", "/domains/{domain}/callqueues/{queue}/agents", reads.queue_agents),
    ("PATCH", "/domains/{domain}/callqueues/{queue}/agents/{agent}/{status}", writes.agent_status),
    ("GET", "/domains/{domain}/agents", reads.agents),
    ("GET", "/domains/{domain}/queuedcall/{queue}", reads.queued_calls),
    ("GET", "/domains/{domain}/calls", reads.calls),
    ("GET", "/domains/{domain}/cdrs", reads.call_records),
    ("GET", "/domains/{domain}/users", reads.users),
    ("GET", "/domains/{domain}/users/{user}/calls", reads.user_calls),
    ("POST", "/domains/{domain}/users/{user}/calls", writes.place_call),
    ("GET", "/domains/{domain}/users/{user}", reads.user),
    ("GET", "/domains/{domain}/users/{user}/answerrules", reads.rules),
    ("POST", "/domains/{domain}/users/{user}/answerrules", writes.create_rule),
    ("GET", "/domains/{domain}/users/{user}/answerrules/{time_frame:path}", reads.rule),
    ("PUT", "/domains/{domain}/users/{user}/answerrules/{time_frame:path}", writes.change_rule),
    ("DELETE", "/domains/{domain}/users/{user}/answerrules/{time_frame:path}", writes.delete_rule),
    ("GET", "/domains/{domain}/users/{user}/timeframes", reads.user_time_frames),
    ("GET", "/domains/{domain}/users/{user}/devices", reads.devices),
    ("GET", "/domains/{domain}/users/{user}/devices/{device}", reads.device),
    ("GET", "/domains/{domain}/sites", reads.sites),
    ("GET", "/domains/{domain}/phonenumbers", reads.phone_numbers),
    ("GET", "/domains/{domain}/autoattendants", reads.auto_attendants),
    ("GET", "/domains/{domain}/timeframes", reads.time_frames),
    ("GET", "/domains/{domain}/dialplans/{plan}/dialrules", reads.dial_rules),
)

_PATTERNS = tuple((method, compile_path(path)[0], handler) for method, path, handler in ADDRESSES)


def sandbox_app(
    pbx: SandboxPbx,
    quirks: Quirks | None = None,
    faults: list[Fault] | None = None,
    *,
    token: str = SANDBOX_TOKEN,
    logins: Logins | None = None,
) -> ASGIApp:
    """The phone system as an ASGI application.

    Without ``quirks`` it behaves as the sample says. ``faults`` is looked at before each request and may be
    changed at any time. ``token`` is the API key that is always good; ``logins`` knows who else may come in.
    """
    api = Api(pbx, quirks or Quirks(spelling=pbx.sample.spelling), logins or Logins(pbx, token))
    ordered = faults if faults is not None else []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            body = await _body(api, request)
        except ClientDisconnect:
            return
        pbx.advance()
        api.settle()
        pbx.remember(
            Received(
                pbx.now,
                request.method,
                scope["path"],
                request.url.query,
                None if isinstance(body, ApiError) else body,
            )
        )
        fault = take_fault(ordered, request.method, scope["path"])
        if fault is None:
            answer = _answer(api, request, body)
        else:
            if fault.late is not None:
                # Whoever asked may be gone by then, and whatever waited for an answer with it.
                asyncio.get_running_loop().call_later(fault.late, _answer, api, request, body)
            if fault.kind is FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
            true_answer = _answer(api, request, body) if fault.carries_out else Response()
            answer = spoil(fault, true_answer)
        ahead = timedelta(seconds=api.quirks.clock_ahead)
        answer.headers["date"] = format_datetime(pbx.now + ahead, usegmt=True)
        if fault is not None and fault.kind is FaultKind.DROPPED:
            await _break_off(answer, send)
        else:
            await answer(scope, receive, send)

    return app


def _answer(api: Api, request: Request, body: object) -> Response:
    path: str = request.scope["path"]
    if path == DESCRIPTION:
        return JSONResponse(describe(api))
    if not _is_api(path):
        return HTMLResponse(f"<!DOCTYPE html><title>Sandbox</title><p>The API is at {ROOT}.", 404)
    try:
        if isinstance(body, ApiError):
            raise body
        if _gives_tokens(api, path):
            return JSONResponse(api.logins.grant(body if isinstance(body, dict) else dict(parse_qsl(str(body)))))
        signed_in = api.logins.user_of(request.headers.get("authorization", ""))
        handler, call = _route(api, request, path.removeprefix(ROOT), body, signed_in)
        answer = handler(api, call)
    except ApiError as refusal:
        answer = JSONResponse({"code": refusal.status, "message": str(refusal)}, refusal.status)
    except Exception as error:
        # A fault of the sandbox: said to whoever asked, and no traceback over what its owner reads.
        answer = JSONResponse({"code": 500, "message": f"The sandbox failed ({type(error).__name__})"}, 500)
    if request.method == "GET":
        api.was_read(path.removeprefix(ROOT))
    return answer


def _gives_tokens(api: Api, path: str) -> bool:
    if path == f"{ROOT}/tokens" and not api.logins.offers_tokens:
        raise ApiError(400, "No Route Found [92]")
    return path in (f"{ROOT}/tokens", LEGACY_TOKENS)


def _route(api: Api, request: Request, path: str, body: object, signed_in: str | None) -> tuple[Handler, Call]:
    for method, pattern, handler in _PATTERNS:
        found = pattern.match(path)
        if method == request.method and found:
            names = found.groupdict()
            if names.get("domain", "~") not in ("~", api.pbx.domain):
                raise ApiError(404, f"Domain {names['domain']} does not exist")
            if below_domain(path) in api.quirks.lacks:
                break
            if below_domain(path) in api.pbx.sample.refused:
                raise ApiError(403, "Forbidden")
            return handler, Call(path, names, request.query_params, body, signed_in)
    raise ApiError(400, "No Route Found [92]")


def _is_api(path: str) -> bool:
    return path.startswith((f"{ROOT}/", LEGACY_TOKENS))


async def _body(api: Api, request: Request) -> object:
    """What was sent, or why it is not read: of a stranger nothing is, of nobody more than there can be."""
    path: str = request.scope["path"]
    try:
        if not _is_api(path):
            return None
        if not _gives_tokens(api, path):
            api.logins.user_of(request.headers.get("authorization", ""))
        return _json_or_text(await _bytes(request))
    except ApiError as refusal:
        return refusal


async def _bytes(request: Request) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 9 or int(length) > LARGEST_BODY):
        raise ApiError(413, "The body is too large")
    sent = bytearray()
    async for piece in request.stream():
        sent += piece
        if len(sent) > LARGEST_BODY:
            raise ApiError(413, "The body is too large")
    return bytes(sent)


def _json_or_text(sent: bytes) -> object:
    if not sent:
        return None
    try:
        content = json.loads(sent)
    except RecursionError:
        raise ApiError(400, "The body is nested too deep") from None
    except ValueError:
        return sent.decode("utf-8", "replace")
    try:
        # What could be stored and never be sent again would spoil every list that it is in.
        json.dumps(content, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ApiError(400, "The body holds a value that no JSON can") from None
    return content


async def _break_off(answer: Response, send: Send) -> None:
    """Promise the whole answer, send half, and stop: the server then closes the connection."""
    await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
    half = bytes(answer.body[: len(answer.body) // 2])
    await send({"type": "http.response.body", "body": half, "more_body": True})


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
