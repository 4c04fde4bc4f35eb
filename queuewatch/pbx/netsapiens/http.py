"""One request to the server and its answer, whatever that is: judged by nobody yet."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import unquote, urlencode, urlsplit

from queuewatch.pbx.credentials import Credentials
from queuewatch.pbx.environment import proxy_for
from queuewatch.pbx.errors import Misunderstood, PbxError, Unreachable
from queuewatch.pbx.http_client import network_trouble, new_http_client
from queuewatch.pbx.lean_httpx import httpx
from queuewatch.pbx.netsapiens.address import QUOTES
from queuewatch.pbx.netsapiens.rate_limit import IN_FLIGHT, RateLimiter, pause_before_retry
from queuewatch.pbx.netsapiens.responses import Response
from queuewatch.text.plain_text import harmless

QUOTED_LENGTH = 160
"""Characters of the server's words that an error quotes."""

_TELLING = 8
"""A piece of a secret from its beginning on is cut out from this length."""


def redact(words: str, *secrets: str) -> str:
    """The words on one harmless line, short, and without the secrets or a long beginning of one."""
    clean = harmless(words, limit=4_000)
    # Servers shorten tokens when they complain about them, so beginnings go too, the longest of all first.
    pieces = {
        secret[:length] for secret in secrets for length in range(min(_TELLING, len(secret)), len(secret) + 1)
    }
    for piece in sorted(filter(None, pieces), key=len, reverse=True):
        clean = clean.replace(piece, "[token]")
    return harmless(clean, limit=QUOTED_LENGTH)


LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of an answer that are read at most: far beyond any real domain."""

_CONNECT_SECONDS = 5.0
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"

_IDLE_SECONDS = 65.0
"""How long an unused connection is kept: over one interval of polling at least, or each refresh would begin with
the cost of a new one. Many servers hang up after 75 seconds, some after 5: that is seen before the next one."""


class _Request(NamedTuple):
    """What is sent, apart from the token. Its body may hold a password: it is printed nowhere."""

    method: str
    path: str
    what: str
    parameters: Mapping[str, int | str] | None
    content: bytes | None
    kind: str


class _Dropped(Unreachable):
    """The connection was closed in mid-answer: the one failure of a connection that trying again may cure."""


class _Way:
    """What became of one request on its way, as the library traces it."""

    def __init__(self) -> None:
        self._connected = self._begun = self._answered = False

    async def note(self, event: str, _: object) -> None:
        """Called for each step."""
        self._connected |= event.startswith(("connection.connect", "socks.connect"))
        self._begun |= event.endswith(".send_request_headers.started")
        self._answered |= event.endswith(".receive_response_headers.complete")

    @property
    def was_stale(self) -> bool:
        """Whether it went into a connection kept from before, and none of it was answered.

        Servers close a kept connection when they like, also in the moment in which it is used again.
        """
        return self._begun and not self._connected and not self._answered


class HttpClient:
    """Sends requests to one server with one person's credentials, paced, and for reading repeated if asked."""

    def __init__(
        self,
        address: str,
        credentials: Credentials,
        *,
        transport: httpx.AsyncBaseTransport | None,
        retries: int,
        timeout: float,
        rate_limiter: RateLimiter,
    ) -> None:
        self.address = address
        self._credentials = credentials
        # Tokens change: what is secret is asked for when something is quoted.
        self._redact = lambda words: redact(words, *credentials.secrets())
        self._beyond: set[str] = set()
        """The paths that a token just renewed does not open either: it is not the token's age."""
        self._retries = retries
        self._timeout = timeout
        self._pacer = rate_limiter
        self._proxy = proxy_for(address) if transport is None else None
        self._http = new_http_client(
            address,
            headers={"Accept": _JSON},
            transport=transport,
            timeout=httpx.Timeout(None, connect=min(_CONNECT_SECONDS, timeout)),
            limits=httpx.Limits(max_connections=IN_FLIGHT, keepalive_expiry=_IDLE_SECONDS),
        )
        # A kept connection may be closing just as it is used again, and of a change nobody could tell then whether
        # it arrived: each has a connection of its own.
        self._fresh = new_http_client(
            address,
            headers={"Accept": _JSON},
            transport=transport,
            timeout=httpx.Timeout(None, connect=min(_CONNECT_SECONDS, timeout)),
            limits=httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=0),
        )

    async def read(self, path: str, what: str, **parameters: int | str) -> Response:
        """GET, repeated as often as allowed while the server fails, asks for patience or hangs up."""
        attempt = 1
        while True:
            try:
                answer = await self._exchange("GET", path, what, parameters=parameters)
                worth_repeating = answer.status == 429 or answer.status >= 500
                pause = pause_before_retry(attempt, answer.retry_after)
                if attempt > self._retries or not worth_repeating or pause is None:
                    return answer
            except _Dropped:
                pause = pause_before_retry(attempt)
                if attempt > self._retries or pause is None:
                    raise
            await self._pacer.sleep(pause)
            attempt += 1

    async def write(self, method: str, path: str, what: str, body: Mapping[str, object] | None) -> Response:
        """PUT, POST or PATCH a JSON object or nothing, once: whether a failed change took effect only reading back
        can tell."""
        if body is None:
            return await self._exchange(method, path, what)
        # ASCII, so that even half characters that were read go back as they came.
        return await self._exchange(method, path, what, content=json.dumps(body).encode("ascii"))

    async def post_form(self, path: str, what: str, fields: Mapping[str, str]) -> Response:
        """POST fields as a web form does, once: in the body, since addresses end up in logs."""
        return await self._exchange("POST", path, what, content=urlencode(fields).encode("ascii"), kind=_FORM)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._credentials.close()
        await self._http.aclose()
        await self._fresh.aclose()

    async def _exchange(
        self,
        method: str,
        path: str,
        what: str,
        *,
        parameters: Mapping[str, int | str] | None = None,
        content: bytes | None = None,
        kind: str = _JSON,
    ) -> Response:
        """One request, and once more with another token if the first is not accepted and there is one."""
        request = _Request(method, path, what, parameters or None, content, kind)
        # Before the turn and after it: a renewal needs turns of its own.
        with _nothing_sent():
            bearer = await self._credentials.bearer()
        answer = await self._in_turn(request, bearer)
        if answer.status == 401 and path not in self._beyond:
            # What was turned away for its token was not carried out either.
            with _nothing_sent():
                another = await self._credentials.bearer() if await self._credentials.refused(bearer) else None
            if another is not None:
                answer = await self._in_turn(request, another)
            if another is not None and answer.status == 401:
                self._beyond.add(path)
        if answer.status != 401:
            self._beyond.discard(path)
        return answer

    async def _in_turn(self, request: "_Request", bearer: str) -> Response:
        async with self._pacer.turn():
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._send(request, bearer)
            except TimeoutError:
                failure: PbxError = self._too_slow()
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                failure = self._no_answer(error)
                failure.not_sent = isinstance(error, _BEFORE_SENDING)
        # Outside the handler: a library's error, kept as the cause, would carry the request and its token.
        raise failure

    async def _send(self, request: "_Request", bearer: str) -> Response:
        if request.method != "GET":
            return await self._send_by(self._fresh, request, bearer, _Way())
        way = _Way()
        try:
            return await self._send_by(self._http, request, bearer, way)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if not way.was_stale:
                raise
        return await self._send_by(self._fresh, request, bearer, way)

    async def _send_by(self, client: httpx.AsyncClient, request: "_Request", bearer: str, way: "_Way") -> Response:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        if request.content is not None:
            headers["Content-Type"] = request.kind
        built = client.build_request(
            request.method,
            self.address + request.path,
            params=request.parameters,
            content=request.content,
            headers=headers,
            extensions={"trace": way.note},
        )
        response = await client.send(built, stream=True)
        try:
            if "," in response.headers.get("content-encoding", ""):
                # Packed twice, what fits into one packet may unpack to more than any memory holds.
                raise httpx.DecodingError("compressed more than once")
            pieces, length = list[bytes](), 0
            async for piece in response.aiter_bytes():
                pieces.append(piece)
                length += len(piece)
                if length > LARGEST_BODY:
                    raise Misunderstood(
                        f"{self._host} sends more than {LARGEST_BODY // 2**20} MiB when asked for {request.what}.",
                        "Check that the address is the phone system's API.",
                    )
        finally:
            await response.aclose()
        return Response(
            address=self.address,
            method=request.method,
            what=request.what,
            status=response.status_code,
            body=b"".join(pieces),
            headers=dict(response.headers),
            redact=self._redact,
            suspicion=_quotes_around(bearer, request.path) if response.status_code in (401, 403, 404) else "",
        )

    @property
    def _host(self) -> str:
        return urlsplit(self.address).netloc

    def _too_slow(self) -> Unreachable:
        return Unreachable(
            f"{self._host} gave no full answer within {self._timeout:g} seconds.",
            "Try again: it may be overloaded, or the connection to it slow.",
        )

    def _no_answer(self, error: Exception) -> PbxError:
        """The sentence for a request that got no answer."""
        match error:
            case httpx.DecodingError():
                return Misunderstood(
                    f"{self._host} sent an answer whose compression is broken.",
                    "A proxy on the way may spoil it: try from another network.",
                )
            case httpx.InvalidURL() | httpx.UnsupportedProtocol():
                return Unreachable(f"{self.address} cannot be asked for that.", "Check the address.")
            case _:
                trouble = network_trouble(error, self._host, self._proxy)
                return (_Dropped if trouble.dropped else Unreachable)(str(trouble), trouble.hint)


_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
)
"""What goes wrong before a byte of a request leaves this machine."""


@contextmanager
def _nothing_sent() -> Iterator[None]:
    """Mark what is raised in the block as raised before the request it is about was sent."""
    try:
        yield
    except PbxError as error:
        error.not_sent = True
        raise


def _quotes_around(bearer: str, path: str) -> str:
    """What to say if the token or the domain still has the quotes that it was given in: no real one has any."""
    domain = unquote(path.removeprefix("/domains/").partition("/")[0]) if path.startswith("/domains/") else ""
    for what, value, variable in (("token", bearer, "QUEUEWATCH_TOKEN"), ("domain", domain, "QUEUEWATCH_DOMAIN")):
        if value and (value[0] in QUOTES or value[-1] in QUOTES):
            return (
                f"The {what} has quotes around it, which are taken for a part of it: that is the likely cause. "
                f"Write it without where it is set ({variable}, or the profile)."
            )
    return ""
