"""One request over a network, by httpx: connections that are kept, and what went wrong on the way."""

from urllib.parse import urlsplit

from queuewatch.pbx.environment import proxy_for
from queuewatch.pbx.errors import Misunderstood, PbxError, Unreachable
from queuewatch.pbx.http_client import network_trouble, new_http_client
from queuewatch.pbx.lean_httpx import httpx
from queuewatch.pbx.netsapiens.rate_limit import IN_FLIGHT
from queuewatch.pbx.netsapiens.wire import Dropped, WireAnswer, WireRequest, too_large

_CONNECT_SECONDS = 5.0

_IDLE_SECONDS = 65.0
"""How long an unused connection is kept: over one interval of polling at least, or each refresh would begin with
the cost of a new one. Many servers hang up after 75 seconds, some after 5: that is seen before the next one."""


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


class NetworkWire:
    """The way to one server over a network, or over the ``transport`` that is given instead."""

    def __init__(
        self, address: str, *, accepted: str, timeout: float, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        """``accepted`` is the media type that is asked for; ``timeout`` is in seconds."""
        self._address = address
        self._proxy = proxy_for(address) if transport is None else None
        self._http = new_http_client(
            address,
            headers={"Accept": accepted},
            transport=transport,
            timeout=httpx.Timeout(None, connect=min(_CONNECT_SECONDS, timeout)),
            limits=httpx.Limits(max_connections=IN_FLIGHT, keepalive_expiry=_IDLE_SECONDS),
        )
        # A kept connection may be closing just as it is used again, and of a change nobody could tell then whether
        # it arrived: each has a connection of its own.
        self._fresh = new_http_client(
            address,
            headers={"Accept": accepted},
            transport=transport,
            timeout=httpx.Timeout(None, connect=min(_CONNECT_SECONDS, timeout)),
            limits=httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=0),
        )

    async def exchange(self, request: WireRequest, bearer: str, largest: int) -> WireAnswer:
        """Send the request, and read its answer. Raises :class:`~queuewatch.pbx.errors.PbxError`."""
        try:
            return await self._send(request, bearer, largest)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            failure = self._no_answer(error)
            failure.not_sent = isinstance(error, _BEFORE_SENDING)
        # Outside the handler: a library's error, kept as the cause, would carry the request and its token.
        raise failure

    async def close(self) -> None:
        """Let go of every connection."""
        await self._http.aclose()
        await self._fresh.aclose()

    async def _send(self, request: WireRequest, bearer: str, largest: int) -> WireAnswer:
        if request.method != "GET":
            return await self._send_by(self._fresh, request, bearer, largest, _Way())
        way = _Way()
        try:
            return await self._send_by(self._http, request, bearer, largest, way)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if not way.was_stale:
                raise
        return await self._send_by(self._fresh, request, bearer, largest, way)

    async def _send_by(
        self, client: httpx.AsyncClient, request: WireRequest, bearer: str, largest: int, way: _Way
    ) -> WireAnswer:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        if request.content is not None:
            headers["Content-Type"] = request.kind
        built = client.build_request(
            request.method,
            self._address + request.path,
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
                if length > largest:
                    raise too_large(self._host, request.what, largest)
        finally:
            await response.aclose()
        return WireAnswer(response.status_code, dict(response.headers), b"".join(pieces))

    @property
    def _host(self) -> str:
        return urlsplit(self._address).netloc

    def _no_answer(self, error: Exception) -> PbxError:
        """The sentence for a request that got no answer."""
        match error:
            case httpx.DecodingError():
                return Misunderstood(
                    f"{self._host} sent an answer whose compression is broken.",
                    "A proxy on the way may spoil it: try from another network.",
                )
            case httpx.InvalidURL() | httpx.UnsupportedProtocol():
                return Unreachable(f"{self._address} cannot be asked for that.", "Check the address.")
            case _:
                trouble = network_trouble(error, self._host, self._proxy)
                return (Dropped if trouble.dropped else Unreachable)(str(trouble), trouble.hint)


_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
)
"""What goes wrong before a byte of a request leaves this machine."""
