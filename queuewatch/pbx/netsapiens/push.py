"""The stream of events that the vendor's own portal listens to: Socket.IO at port 8001, over a websocket alone.

The vendor documents none of it. The names of the events and of the subscription are those in code that its
engineers and others published; what an event holds was never published, so nothing is read from one.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from queuewatch.pbx.errors import (
    BadConnection,
    Forbidden,
    Missing,
    Misunderstood,
    PbxError,
    Refused,
    Rejected,
    Throttled,
    Unsupported,
)
from queuewatch.pbx.netsapiens.responses import object_of
from queuewatch.pbx.phone_system import PushEvent, require_push

if TYPE_CHECKING:
    import aiohttp
    import socketio

    from queuewatch.pbx.netsapiens.http import HttpClient
    from queuewatch.pbx.netsapiens.responses import Response


EVENTS = ("agent", "queue", "call")
SUBSCRIPTIONS: tuple[dict[str, str], ...] = (
    {"type": "agent"},
    {"type": "queue"},
    {"type": "call", "subtype": "domain"},
)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds before it is tried again, doubled from the one to the other."""
STEADY = 60.0
"""Seconds after which a connection that breaks off is tried again as soon as the first time."""
TRIES = 5
"""A server that has not once answered a subscription is not tried more often: there is no stream."""
CONNECT_SECONDS = 10.0
HANG_UP_SECONDS = 1.0

Tell = Callable[[PushEvent], None]
Bearer = Callable[[], Awaitable[str]]
Sleep = Callable[[float], Awaitable[None]]


class NetsapiensPush:
    """Listens for one domain: implements :class:`~queuewatch.pbx.phone_system.PushStream`.

    ``url`` has been checked, and is encrypted or this very machine's. ``bearer`` gives, anew for each connection,
    what the server wants to see. Raises :class:`BadConnection` where the libraries are missing.
    """

    def __init__(
        self,
        url: str,
        domain: str,
        bearer: Bearer,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        require_push()
        self.url = url
        self._domain = domain
        self._bearer = bearer
        self._clock = clock
        self._sleep = sleep

    async def listen(self, tell: Tell) -> None:
        """Tell what the stream says until cancelled; returns when no stream was found."""
        # They take a while to load, in which a board must not stand still.
        await asyncio.to_thread(_load)
        answered, tries, pause = False, 0, FIRST_PAUSE
        while answered or tries < TRIES:
            began, asked = self._clock(), 0.0
            try:
                bearer = await self._bearer()
            except PbxError as error:
                # The phone system itself is out of reach, which is for polling to tell.
                asked = (error.retry_after or 0.0) if isinstance(error, Throttled) else 0.0
            else:
                tries += 1
                answered |= await self._stay(bearer, tell)
            if self._clock() - began >= STEADY:
                pause = FIRST_PAUSE
            # Whoever was cut off in the same moment must not come back in the same moment.
            await self._sleep(max(asked, pause * random.uniform(0.5, 1.0)))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _stay(self, bearer: str, tell: Tell) -> bool:
        """Tell what one connection says until it ends, however it does; whether it ever said anything."""
        news: asyncio.Queue[PushEvent | None] = asyncio.Queue()
        answered = False

        def end(*_: object) -> None:
            news.put_nowait(None)

        def note(event: str, *payload: object) -> None:
            nonlocal answered
            if event not in EVENTS and not _is_loaded(event, payload):
                return
            if not answered:
                answered = True
                news.put_nowait(PushEvent.ON)
            # One that waits to be told says as much as a hundred.
            if event in EVENTS and news.qsize() < 2 and not _is_elsewhere(payload, self._domain):
                news.put_nowait(PushEvent.MOVED)

        # Here, so that a board loads none of it before it has to.
        from queuewatch.pbx.http_client import new_event_session

        try:
            opened = new_event_session(self.url)
        except BadConnection:
            # What the phone system itself is asked with was checked before; without a stream polling goes on.
            return False
        async with opened as session, _hung_up(_client(session, end)) as client:
            client.on("*", note)
            client.on("connect_error", end)
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await client.connect(self.url, transports=["websocket"], wait_timeout=CONNECT_SECONDS)
                    for subscription in SUBSCRIPTIONS:
                        whose = {"domain": self._domain, "bearer": bearer, "application": "queuewatch"}
                        await client.emit("subscribe", subscription | whose)
            except Exception:
                # A server that speaks something else makes these libraries fail in every way there is.
                return answered
            # What reads ends with the connection. The library's own wait for it lasts a second longer.
            client.eio.read_loop_task.add_done_callback(end)
            while (word := await news.get()) is not None:
                tell(word)
        if answered:
            tell(PushEvent.OFF)
        return answered


def _load() -> None:
    import aiohttp  # noqa: F401
    import socketio  # noqa: F401


def _client(session: "aiohttp.ClientSession", give_up: Callable[[], None]) -> "socketio.AsyncClient":
    """What speaks the protocol; ``give_up`` is called when the server does not."""
    import logging

    import socketio

    # Left to themselves the libraries log errors to the terminal, and at other levels what is sent: the bearer.
    silent = logging.Logger("queuewatch.push")
    silent.disabled = True
    client = socketio.AsyncClient(
        reconnection=False, handle_sigint=False, http_session=session, logger=silent, engineio_logger=silent
    )
    understand = client.eio.handlers["message"]

    async def attend(message: object) -> None:
        try:
            await understand(message)
        except Exception:
            # It would be said on the terminal, and what comes next might be taken for the rest of it.
            give_up()

    client.eio.on("message", attend)
    return client


@asynccontextmanager
async def _hung_up(client: Any) -> AsyncIterator[Any]:
    """Say goodbye when the block ends, to whoever still listens."""
    try:
        yield client
    finally:
        with suppress(Exception):
            async with asyncio.timeout(HANG_UP_SECONDS):
                await client.disconnect()


def _is_loaded(event: str, payload: tuple[object, ...]) -> bool:
    """Whether a subscription was answered to its end, as code published by the vendor's engineers has it."""
    return event == "status" and "complete" in repr(payload).casefold()


def _is_elsewhere(payload: tuple[object, ...], domain: str) -> bool:
    """Whether an event names another domain than this, and only others. One that names none is ours: we asked."""
    rows = [row for part in payload for row in (part if isinstance(part, list) else [part])]
    named = {row.get("domain") for row in rows if isinstance(row, dict)}
    words = {name.casefold() for name in named if isinstance(name, str) and name}
    return bool(words) and domain.casefold() not in words


_NOT_GIVEN = (Forbidden, Missing, Misunderstood, Refused, Rejected, Unsupported)


async def jwt(connection: "HttpClient", domain: str) -> str | None:
    """A new JWT for whoever owns the connection's token; ``None`` where the server gives none.

    The vendor's own code has one made for a user it names (published); a key that belongs to no user names none.
    It changes nothing on the phone system. Raises :class:`~queuewatch.pbx.errors.PbxError` when the server is out
    of reach, or busy.
    """
    owner = _fields(await connection.read("/domains/~/users/~", "who is asking"))
    user = owner.get("user")
    scope = {"domain": domain} | ({"user": user} if isinstance(user, str) and user else {})
    made = _fields(await connection.write("POST", "/jwt", "a JWT for the stream of events", scope)).get("token")
    return made if isinstance(made, str) and made else None


def _fields(answer: "Response") -> dict[str, object]:
    try:
        return object_of(answer)
    except _NOT_GIVEN:
        return {}
