"""Posting to a webhook: in its own time, with bounds, and without ever saying its address.

Whoever has the address can post there, so only its host is in any sentence.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from time import time
from urllib.parse import urlsplit

from queuewatch.pbx.environment import Proxy, proxy_for
from queuewatch.pbx.errors import BadConnection
from queuewatch.pbx.http_client import network_trouble, new_http_client
from queuewatch.pbx.lean_httpx import httpx
from queuewatch.pbx.netsapiens.address import is_this_machine
from queuewatch.process.background import end, in_background

TRIES = 5
FIRST_PAUSE = 1.0
"""Seconds before the second try, doubled before each further one unless the server names its own."""
LONGEST_PAUSE = 60.0
TIMEOUT = 10.0
"""Seconds until a try counts as failed."""
MOST_WAITING = 100
"""Messages that wait to be sent; the oldest give way."""

WORTH_REPEATING = (408, 425, 429)


class _Failed(Exception):
    """A try that failed; ``str()`` says why, as a clause about the host."""

    def __init__(self, why: str, *, again: bool = True, after: float | None = None) -> None:
        super().__init__(why)
        self.again = again
        self.after = after


class Webhook:
    """Sends messages one after the other, in the order they were posted.

    ``note`` is given one sentence for each message that was lost, and an empty one once messages arrive again.
    Raises :class:`BadConnection`, which does not repeat it, for an address that cannot be posted to.
    """

    def __init__(
        self,
        address: str,
        note: Callable[[str], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.host = _host(address)
        self._address = address
        self._note = note
        self._sleep = sleep
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._dropped = 0
        self._sending: asyncio.Task[None] | None = None
        self._proxy: Proxy | None = None

    def post(self, body: bytes) -> None:
        """Send this JSON when its turn comes. Returns at once."""
        self._dropped += len(self._waiting) == MOST_WAITING
        self._waiting.append(body)
        if self._sending is None or self._sending.done():
            self._sending = in_background(self._send_all(), f"sending alerts to {self.host}")

    async def finish(self) -> None:
        """Wait until everything has been sent or given up."""
        if self._sending is not None:
            await asyncio.wait({self._sending})

    async def close(self) -> None:
        """Let go of everything; what has not been sent is lost."""
        self._waiting.clear()
        if self._sending is not None:
            await end(self._sending)

    async def _send_all(self) -> None:
        while self._waiting:
            try:
                # What is posted is for this address and no other: the client follows no redirection.
                client = new_http_client(
                    self._address, headers={"Content-Type": "application/json"}, timeout=httpx.Timeout(None)
                )
                self._proxy = proxy_for(self._address)
                async with client as http:
                    while self._waiting:
                        self._note(await self._send(http, self._waiting.popleft()))
            except BadConnection as error:
                self._waiting.clear()
                self._note(self._lost(f"{str(error).rstrip('.')}. {error.hint.rstrip('.')}", 1))
                return
            except Exception as error:
                # Whatever it is, somebody relies on being told: that they were not is the least to be said.
                self._note(self._never_sent(error))
                raise

    def _never_sent(self, error: Exception) -> str:
        """What is said when sending itself is at fault. What waits goes with it: it would go the same way."""
        self._waiting.clear()
        # A library's words may hold the address, or a proxy's password.
        kind = type(error).__name__
        return self._lost(f"nothing can be sent from here ({kind}); queuewatch doctor looks for the cause", 1)

    async def _send(self, http: httpx.AsyncClient, body: bytes) -> str:
        """Send one message; gives what is to be said of it."""
        pause = FIRST_PAUSE
        for attempt in range(1, TRIES + 1):
            try:
                await self._try(http, body)
            except _Failed as failure:
                if not failure.again or attempt == TRIES:
                    return self._lost(str(failure), attempt)
                await self._sleep(min(pause if failure.after is None else failure.after, LONGEST_PAUSE))
                pause *= 2
            else:
                break
        return self._left_out()

    async def _try(self, http: httpx.AsyncClient, body: bytes) -> None:
        try:
            async with asyncio.timeout(TIMEOUT):
                request = http.build_request("POST", self._address, content=body)
                response = await http.send(request, stream=True)
                await response.aclose()
        except TimeoutError:
            failure = _Failed(f"it gave no answer within {TIMEOUT:g} seconds")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            failure = _Failed(self._why(error))
        else:
            if response.is_success:
                return
            failure = _refusal(response)
        # Outside the handler: a library's error, kept as the cause, would carry the address.
        raise failure

    def _why(self, error: Exception) -> str:
        trouble = network_trouble(error, "it", self._proxy)
        if trouble.dropped:
            return "the connection failed"
        why = f"{trouble.about} {trouble.what}".replace("the certificate of it", "its certificate")
        return why.replace("the name it", "its name").removeprefix("it refused the connection: ")

    def _lost(self, why: str, tries: int) -> str:
        sentence = f"An alert did not reach {self.host}: {why}{f', {tries} times over' if tries > 1 else ''}."
        return f"{sentence} {self._left_out()}".rstrip()

    def _left_out(self) -> str:
        dropped, self._dropped = self._dropped, 0
        if not dropped:
            return ""
        return f"{dropped} of the messages for {self.host} had to wait for too long, and will not be sent."


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if (
        not host
        or parts.scheme not in ("https", "http")
        or any(not "!" <= character <= "~" for character in address)
    ):
        raise BadConnection(
            "is no web address.", "It is the whole address that the service gave you for its webhook."
        )
    if parts.scheme == "http" and not is_this_machine(host):
        raise BadConnection(
            "is not encrypted: what it says could be read on its way, and the address too.",
            "Use https://. Plain http is for this machine alone.",
        )
    return host


def _refusal(response: httpx.Response) -> _Failed:
    status = response.status_code
    if response.is_redirect:
        return _Failed(f"it points elsewhere ({status}), where nothing is sent", again=False)
    again = status >= 500 or status in WORTH_REPEATING
    return _Failed(f"it answered {status}", again=again, after=_asked(response.headers.get("retry-after", "")))


def _asked(after: str) -> float | None:
    """Seconds that the server asks to be left alone: it names them, or a moment."""
    if after.isascii() and after.isdecimal():
        return float(after[:9])
    try:
        return max(0.0, parsedate_to_datetime(after).timestamp() - time())
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None
