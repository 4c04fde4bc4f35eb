"""One request to the server and its answer, whatever that is: judged by nobody yet."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlencode, urlsplit

from queuewatch.pbx.credentials import Credentials
from queuewatch.pbx.errors import Misunderstood, PbxError, Unreachable
from queuewatch.pbx.netsapiens.address import QUOTES
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter, pause_before_retry
from queuewatch.pbx.netsapiens.responses import Response
from queuewatch.pbx.netsapiens.wire import Dropped, Wire, WireRequest
from queuewatch.pbx.phone_system import RequestOutcome, tell_of_request
from queuewatch.text.plain_text import harmless

if TYPE_CHECKING:
    import httpx

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

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


class HttpClient:
    """Sends requests to one server with one person's credentials, paced, and for reading repeated if asked."""

    def __init__(
        self,
        address: str,
        credentials: Credentials,
        *,
        transport: "httpx.AsyncBaseTransport | None",
        retries: int,
        timeout: float,
        rate_limiter: RateLimiter,
        wire: Wire | None = None,
        domain: str = "",
    ) -> None:
        """``wire`` goes another way than the network, or than the ``transport`` that takes its place.

        ``domain`` is whose requests these are, for who counts them; empty where they are no domain's.
        """
        self.address = address
        self._domain = domain
        self._credentials = credentials
        # Tokens change: what is secret is asked for when something is quoted.
        self._redact = lambda words: redact(words, *credentials.secrets())
        self._beyond: set[str] = set()
        """The paths that a token just renewed does not open either: it is not the token's age."""
        self._retries = retries
        self._timeout = timeout
        self._pacer = rate_limiter
        self._wire = wire or _over_network(address, timeout, transport)

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
            except Dropped:
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
        await self._wire.close()

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
        request = WireRequest(method, path, what, parameters or None, content, kind)
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

    async def _in_turn(self, request: WireRequest, bearer: str) -> Response:
        answer = None
        async with self._pacer.turn():
            try:
                async with asyncio.timeout(self._timeout):
                    answer = await self._wire.exchange(request, bearer, LARGEST_BODY)
            except TimeoutError:
                self._tell(RequestOutcome.UNANSWERED)
            except PbxError as error:
                nonsense = isinstance(error, Misunderstood)
                self._tell(RequestOutcome.FAILED if nonsense else RequestOutcome.UNANSWERED)
                raise
            else:
                self._tell(_outcome_of(answer.status))
        if answer is None:
            # Not where it was noticed: an error that is kept as the cause would carry the request and its token.
            raise self._too_slow()
        return Response(
            address=self.address,
            method=request.method,
            what=request.what,
            status=answer.status,
            body=answer.body,
            headers=answer.headers,
            redact=self._redact,
            suspicion=_quotes_around(bearer, request.path) if answer.status in (401, 403, 404) else "",
        )

    def _tell(self, outcome: RequestOutcome) -> None:
        tell_of_request(self.address, self._domain, outcome)

    @property
    def _host(self) -> str:
        return urlsplit(self.address).netloc

    def _too_slow(self) -> Unreachable:
        # Loaded where there is a network to fail: a sample's phone system is in this process.
        from queuewatch.pbx.environment import proxy_for

        proxy = proxy_for(self.address)
        way = f" {proxy.doubt}" if proxy else ""
        return Unreachable(
            f"{self._host} gave no full answer within {self._timeout:g} seconds.",
            f"Try again: it may be overloaded, or the connection to it slow.{way}",
        )


def _outcome_of(status: int) -> RequestOutcome:
    match status:
        case 401 | 403:
            return RequestOutcome.REFUSED
        case 404:
            return RequestOutcome.MISSING
        case 429 | 503:
            return RequestOutcome.THROTTLED
        case _ if status >= 500:
            return RequestOutcome.FAILED
        case _:
            return RequestOutcome.REJECTED if status >= 400 else RequestOutcome.ANSWERED


def _over_network(address: str, timeout: float, transport: "httpx.AsyncBaseTransport | None") -> Wire:
    # httpx takes longer to load than a board to paint: where a phone system is in this process it is not needed.
    from queuewatch.pbx.netsapiens.network_wire import NetworkWire

    return NetworkWire(address, accepted=_JSON, timeout=timeout, transport=transport)


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
