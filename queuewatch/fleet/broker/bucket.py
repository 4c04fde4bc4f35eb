"""One connection to the broker's bucket, and coming back whenever it breaks.

The library can connect again by itself; it is not let. What it kept for sending would arrive late and look fresh,
and its watches stay silent for a quarter of a minute after the server was restarted. A new connection begins with
all of it read again.
"""

import asyncio
import json
import logging
import random
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.keys import BUCKET
from queuewatch.fleet.broker.settings import ADDRESS, AUTHORITY, CREDENTIALS, PASSWORD, TOKEN, USER, BrokerSettings
from queuewatch.pbx.environment import certificate_trouble, tls_trouble
from queuewatch.process.background import alongside, end, held

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.js import JetStreamContext
    from nats.js.kv import KeyValue

STREAM = f"KV_{BUCKET}"
_NOT_STORED = 10077
_NO_STORAGE = (10002, 10023, 10028, 10047, 10122)
"""What the server, or the user's account, may keep in all of its buckets is used up."""
_TOO_LARGE = 10054
_NOT_FOUND = 404
LEAST = 64 * 1024
"""Bytes of a value that a broker must take: what it takes is told with its headers, and a list of thousands of
domains is one value."""
FULL_FROM = 0.95
"""Of the bytes that a bucket may hold: from there on it may have no room for a picture."""
UNREAD = 30.0
"""Seconds for which the broker keeps sending what nobody reads any more; five minutes, unless it is told."""
_WAYS_IN = f"{TOKEN}, or {USER} and {PASSWORD}, or {CREDENTIALS}"
TRIED_AGAIN = "A board, the fleet and a collector try again by themselves."


class Lengths(Struct, frozen=True):
    """How long things take, in seconds. Tests run at a tenth of them."""

    lease: float = 10.0
    """A collector whose key has stood still for so long is over."""
    renew: float = 3.0
    """Between two signs of life of a collector, and between two looks at whether the broker answers."""
    answer: float = 5.0
    """For an answer of the broker."""
    connect: float = 3.0
    """Until a server has let us in."""
    shortest_pause: float = 0.2
    longest_pause: float = 2.0
    """Between two tries to connect."""
    forgotten: float = 7 * 86400.0
    """After which a picture is deleted that nobody renewed, and nobody who is there could."""

    def scaled(self, factor: float) -> "Lengths":
        """The lease and what goes with it so many times as long; no machine answers faster for it."""
        return Lengths(
            self.lease * factor,
            self.renew * factor,
            self.answer,
            self.connect,
            self.shortest_pause * factor,
            self.longest_pause * factor,
            self.forgotten,
        )


class BrokerError(Exception):
    """The broker does not do what it should. ``str(error)`` is one sentence, ``hint`` the next step; no secret."""

    def __init__(self, sentence: str, hint: str = TRIED_AGAIN) -> None:
        super().__init__(sentence)
        self.hint = hint


class BrokerAway(BrokerError):
    """It does not answer, or no more."""


class BrokerRefused(BrokerError):
    """It does not let us in, or not do this."""


class NoBucket(BrokerError):
    """No collector has made the bucket yet."""


class BucketFull(BrokerError):
    """There is no room for more."""


class Overtaken(Exception):
    """The key was written by somebody else meanwhile."""


class StoredValue(Struct, frozen=True):
    """What lies under a key."""

    key: str
    value: bytes
    """Empty where it was deleted."""
    revision: int
    written_at: datetime | None = None
    """By the broker's clock; ``None`` where that was not told."""


Seen = Callable[[StoredValue], None]


class Bucket:
    """The bucket, over one connection. Everything raises :class:`BrokerError`."""

    def __init__(self, client: "Client", settings: BrokerSettings, clock: BrokerClock, lengths: Lengths) -> None:
        self.clock = clock
        self.lengths = lengths
        self.lost = asyncio.Event()
        """Set once the connection has broken."""
        self.refusal = ""
        """What the broker has not allowed, in its own word."""
        self.largest = 0
        """Bytes of one message that the broker takes."""
        self._client = client
        self.title = settings.title
        self._store: KeyValue | None = None
        self._made_at = ""
        self.values = 0
        """How many there were when it was looked at last."""
        self.is_full = False
        """Whether hardly anything had room then."""
        self._jetstream: JetStreamContext = client.jetstream(timeout=lengths.answer)

    async def open(self, *, create: bool) -> None:
        """Look at the bucket, or make it."""
        try:
            info = await self._info()
        except NoBucket:
            if not create:
                raise
            with self._told():
                await self._jetstream.create_key_value(
                    bucket=BUCKET, history=1, direct=True, description="queuewatch: pictures of phone systems"
                )
            info = await self._info()
        with self._told():
            self._store = await self._jetstream.key_value(BUCKET)
        self._made_at = info["created"]
        self._take_in(info)
        config = info["config"]
        if config.get("max_age"):
            raise BrokerRefused(
                f"In the bucket “{BUCKET}” of {self.title} values end by themselves, so two could hold one lease.",
                "Make it without a time to live (nats kv add queuewatch, without --ttl).",
            )
        own = config.get("max_msg_size") or -1
        self.largest = min(self._client.max_payload, own) if own > 0 else self._client.max_payload
        if self.largest < LEAST:
            raise BrokerRefused(
                f"The broker at {self.title}, or its bucket, takes values of {self.largest} bytes only.",
                f"Let it take {LEAST} at least: max_payload of the server, --max-value-size of the bucket.",
            )

    async def look(self) -> None:
        """See that the broker answers and has the same bucket, and what its clock shows."""
        info = await self._info()
        if info["created"] != self._made_at:
            raise BrokerAway("The bucket was made anew meanwhile.")
        self._take_in(info)

    def _take_in(self, info: dict[str, Any]) -> None:
        self.values = int(info["state"]["messages"])
        most = int(info["config"].get("max_bytes") or -1)
        self.is_full = 0 < most * FULL_FROM <= int(info["state"]["bytes"])

    async def get(self, key: str) -> StoredValue | None:
        """What lies there; ``None`` for nothing."""
        from nats.js.errors import KeyNotFoundError

        with self._told():
            try:
                entry = await self._opened.get(key)
            except KeyNotFoundError as error:
                deleted = getattr(error, "entry", None)
                return StoredValue(key, b"", deleted.revision) if deleted is not None else None
        return StoredValue(key, entry.value or b"", entry.revision or 0)

    async def put(self, key: str, value: bytes, last: int) -> int:
        """Write it, if revision ``last`` is still what lies there (0 for nothing). The new revision.

        Raises :class:`Overtaken` otherwise.
        """
        from nats.js.errors import KeyWrongLastSequenceError

        with self._told():
            try:
                return await self._opened.update(key, value, last=last)
            except KeyWrongLastSequenceError:
                raise Overtaken from None

    async def watch(self, keys: str, seen: Seen, whole: Callable[[], None]) -> None:
        """Tell all that lies under these keys, then ``whole``, then whatever is written, until cancelled."""
        with self._told():
            watcher = await self._opened.watch(keys, inactive_threshold=UNREAD)
        is_whole = False
        async for found in watcher:
            if found is None:
                # The library says that this was all also where nothing of it has come yet: nobody would be there.
                is_all = not is_whole and not await self._subjects(keys)
            else:
                value = b"" if found.operation else found.value or b""
                seen(StoredValue(found.key, value, found.revision, found.created))
                is_all = not is_whole and found.delta == 0
            if is_all:
                is_whole = True
                whole()

    async def everything(self, keys: str) -> list[StoredValue]:
        """All that lies under these keys, what was deleted too."""
        found: list[StoredValue] = []
        whole = asyncio.Event()
        async with alongside(self.watch(keys, found.append, whole.set)):
            await whole.wait()
        return found

    async def keep_looking(self) -> None:
        """Look again and again until cancelled. Raises :class:`BrokerError` once it does not answer."""
        while True:
            await asyncio.sleep(self.lengths.renew)
            await self.look()

    @property
    def _opened(self) -> "KeyValue":
        if self._store is None:
            raise BrokerAway(f"The broker at {self.title} was not asked for its bucket.")
        return self._store

    async def _subjects(self, keys: str) -> int:
        """Under how many of these keys anything lies."""
        info = await self._info(json.dumps({"subjects_filter": f"$KV.{BUCKET}.{keys}"}).encode())
        return len(info["state"].get("subjects") or {})

    async def _info(self, wish: bytes = b"") -> dict[str, Any]:
        asked_at = self.clock.elapsed()
        with self._told():
            answer = await self._client.request(f"$JS.API.STREAM.INFO.{STREAM}", wish, timeout=self.lengths.answer)
        try:
            info: dict[str, Any] = json.loads(answer.data)
        except ValueError:
            raise _no_jetstream(self.title) from None
        if error := info.get("error"):
            if error.get("code") == _NOT_FOUND:
                raise NoBucket(
                    f"The broker at {self.title} has no bucket “{BUCKET}” yet.",
                    "A collector makes it: queuewatch collect --nats ADDRESS.",
                )
            raise _no_jetstream(self.title)
        # Without it nobody knows how old anything is. Servers before 2.10 do not say it, Debian 12's among them.
        if (said := info.get("ts")) is None:
            version = self._client.connected_server_version
            raise BrokerRefused(
                f"The broker at {self.title} is nats-server {version.major}.{version.minor}.{version.patch}, "
                "which is too old.",
                "Install nats-server 2.10 or newer there.",
            )
        self.clock.hear(asked_at, datetime.fromisoformat(said))
        return info

    def _told(self) -> "_Told":
        return _Told(self)

    def trouble(self, error: BaseException) -> BrokerError | None:
        """What an error of the library means."""
        import nats.errors
        import nats.js.errors

        match error:
            case BrokerError():
                return error
            case nats.js.errors.APIError() if error.err_code in _NO_STORAGE or (
                error.err_code == _NOT_STORED and "maximum" not in (error.description or "")
            ):
                return BucketFull(
                    f"The broker at {self.title} has no storage left.",
                    "Give it more: max_file_store in the configuration of nats-server, or space on its disk.",
                )
            case nats.js.errors.APIError() if error.err_code == _NOT_STORED:
                return BucketFull(
                    f"The bucket “{BUCKET}” of {self.title} is full.",
                    "Give it more room: nats stream edit KV_queuewatch --max-bytes.",
                )
            case nats.errors.MaxPayloadError():
                return BrokerRefused(f"The broker at {self.title} takes no message of that size.")
            case nats.js.errors.APIError() if error.err_code == _TOO_LARGE:
                return BrokerRefused(f"The bucket “{BUCKET}” of {self.title} takes no value of that size.")
            case nats.errors.NoRespondersError() | nats.js.errors.ServiceUnavailableError():
                return _no_jetstream(self.title)
            case nats.js.errors.NoStreamResponseError() | nats.js.errors.BucketNotFoundError():
                return BrokerAway(f"The bucket “{BUCKET}” of {self.title} is gone.")
            case asyncio.TimeoutError() if self.refusal:
                return BrokerRefused(
                    f"The broker at {self.title} does not allow this: {self.refusal}.",
                    "See which permissions a collector and a viewer need: docs/fleet.md.",
                )
            case nats.js.errors.APIError():
                return BrokerRefused(f"The broker at {self.title} refused ({error.err_code or error.code}).")
            case nats.errors.Error() | nats.js.errors.Error() | OSError() | asyncio.TimeoutError():
                return BrokerAway(f"The broker at {self.title} does not answer any more.")
            case _:
                return None


class _Told:
    """Turns what the library raises into what it means."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            _heed_cancelling()
        if error is not None and (trouble := self._bucket.trouble(error)) is not None and trouble is not error:
            raise trouble from None


def _heed_cancelling() -> None:
    """Raise ``CancelledError`` in a task that was cancelled, also where the library has lost that.

    Python before 3.12 forgets a cancellation that comes together with the answer a timeout waited for.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _no_jetstream(title: str) -> BrokerError:
    return BrokerRefused(
        f"The broker at {title} has no JetStream, or not for this user.", "Start nats-server with JetStream: -js."
    )


def require_library() -> None:
    """Raise :class:`BrokerRefused` unless the library is there that speaks with a broker; it is not loaded."""
    if not find_spec("nats"):
        raise BrokerRefused(
            "To speak with a NATS broker takes a library that is not installed.",
            "Get it with: pip install 'queuewatch[fleet]'.",
        )


@asynccontextmanager
async def connected(
    settings: BrokerSettings, clock: BrokerClock, *, create: bool, lengths: Lengths, server: str = ""
) -> AsyncIterator[Bucket]:
    """The bucket, over a new connection to this server of the broker. Raises :class:`BrokerError`."""
    require_library()
    logging.getLogger("asyncio").addFilter(_is_news)
    client = _client(settings)
    server = server or settings.servers[0]
    bucket: Bucket | None = None
    heard: list[Exception] = []

    async def lost() -> None:
        if bucket is not None:
            bucket.lost.set()

    async def wrong(error: Exception) -> None:
        heard.append(error)
        del heard[:-3]
        if bucket is not None and "permissions violation" in str(error).lower():
            bucket.refusal = str(error).partition("for ")[2].strip("' ") or "permissions violation"

    try:
        async with asyncio.timeout(lengths.connect * 2):
            await client.connect(
                server,
                error_cb=wrong,
                closed_cb=lost,
                disconnected_cb=lost,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=lengths.connect,  # type: ignore[arg-type]
                name="queuewatch",
                tls=settings.tls,
                user=settings.user or None,
                password=settings.password or None,
                token=settings.token or None,
                user_credentials=settings.credentials or None,
            )
            _heed_cancelling()
    except BaseException as error:
        await _close(client)
        if not isinstance(error, Exception):
            raise
        raise _not_connected(server, [error, *reversed(heard)], settings) from None
    try:
        bucket = Bucket(client, settings, clock, lengths)
        await bucket.open(create=create)
        yield bucket
    finally:
        await _close(client)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether it is not what asyncio says of every end of a connection that the library has encrypted."""
    return not record.getMessage().startswith("returning true from eof_received()")


def _client(settings: BrokerSettings) -> "Client":
    from nats.aio.client import Client

    class _Private(Client):
        """Sends no credentials in plain text where they were to be encrypted."""

        def _connect_command(self) -> bytes:
            # The library speaks in plain text to whoever answers without asking for TLS.
            if settings.must_encrypt and not self._server_info.get("tls_required"):
                raise _NotEncrypted
            return super()._connect_command()

    return _Private()


class _NotEncrypted(Exception):
    """The server speaks no TLS."""


async def _close(client: "Client") -> None:
    # It waits for what is still to be sent, also where nobody reads it any more.
    with suppress(Exception):
        async with asyncio.timeout(1.0):
            await client.close()
    writer: asyncio.StreamWriter | None = getattr(getattr(client, "_transport", None), "_io_writer", None)
    if writer is not None:
        writer.transport.abort()
    _heed_cancelling()


def _not_connected(server: str, errors: list[Exception], settings: BrokerSettings) -> BrokerError:
    import nats.errors

    host = urlsplit(server).netloc
    for error in errors:
        match error:
            case _NotEncrypted():
                return BrokerRefused(
                    f"The broker at {host} does not encrypt, so nothing was sent to it.",
                    f"Set up TLS there; or name it nats:// and take {AUTHORITY} away, if it may be plain.",
                )
            case ssl.SSLCertVerificationError():
                how, remedy = certificate_trouble(error, AUTHORITY)
                return BrokerRefused(
                    f"The certificate of the broker at {host} {how}, so nothing was sent.", remedy
                )
            case ssl.SSLError():
                how, remedy = tls_trouble(error)
                return BrokerRefused(f"The broker at {host} {how}.", remedy)
            case socket.gaierror():
                return BrokerAway(f"No broker is known by the name {host}.", f"Check {ADDRESS} or --nats.")
            case nats.errors.AuthorizationError():
                return _not_let_in(host)
            case nats.errors.Error() if "authorization" in str(error).lower() or "auth" in str(error).lower():
                return _not_let_in(host)
            case nats.errors.Error() if "expecting INFO" in str(error):
                return BrokerAway(f"What answers at {host} is no NATS broker.", f"Check {ADDRESS} or --nats.")
            case ConnectionRefusedError():
                break
            case _ if settings.credentials and (
                type(error).__module__.startswith(("nkeys", "binascii")) or isinstance(error, ValueError)
            ):
                return BrokerRefused(
                    "The credentials file of the broker cannot be used.", f"Look at {CREDENTIALS} or --nats-creds."
                )
            case _:
                pass
    return BrokerAway(
        f"The broker at {host} does not answer.", f"Is nats-server running there? Check {ADDRESS} or --nats."
    )


def _not_let_in(host: str) -> BrokerError:
    return BrokerRefused(f"The broker at {host} does not accept the credentials.", f"Check {_WAYS_IN}.")


Tell = Callable[[BrokerError | None], None]


async def stay_connected(
    settings: BrokerSettings,
    clock: BrokerClock,
    work: Callable[[Bucket], Coroutine[Any, Any, None]],
    tell: Tell,
    *,
    create: bool,
    lengths: Lengths,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Do the work over a connection, and over a new one whenever it breaks, until cancelled.

    What is in the way is told, and ``None`` when a connection is there. ``work`` begins anew each time.
    """
    servers = list(settings.servers)
    random.shuffle(servers)
    pause = lengths.shortest_pause
    while True:
        try:
            async with connected(settings, clock, create=create, lengths=lengths, server=servers[0]) as bucket:
                tell(None)
                begun = clock.elapsed()
                try:
                    await _while_connected(bucket, work)
                finally:
                    # A broker that lets us in and then refuses is not asked again and again without a pause.
                    if clock.elapsed() - begun >= lengths.renew:
                        pause = lengths.shortest_pause
        except BrokerError as error:
            tell(error)
        _heed_cancelling()
        servers.append(servers.pop(0))
        # Not all at once after the broker was away.
        await sleep(pause * random.uniform(0.5, 1.0))
        pause = min(pause * 2, lengths.longest_pause)


async def _while_connected(bucket: Bucket, work: Callable[[Bucket], Coroutine[Any, Any, None]]) -> None:
    """Raises :class:`BrokerError` when the connection is no more."""
    working, looking, losing = held(work(bucket)), held(bucket.keep_looking()), held(bucket.lost.wait())
    tasks = (working, looking, losing)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(*tasks)
        # Each is asked, so that none counts as never heard.
        errors = [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]
    if errors:
        raise _alone(errors[0])
    raise BrokerAway(f"The connection to the broker at {bucket.title} broke.")


def _alone(error: BaseException) -> BaseException:
    """The broker's error out of a group of what ran side by side; the group where anything else went wrong too."""
    if not isinstance(error, BaseExceptionGroup) or error.split(BrokerError)[1] is not None:
        return error
    first: BaseException = error
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
