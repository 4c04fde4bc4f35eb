"""The one small protocol behind which a make of phone system stands.

A new make moves in by writing one folder beside ``netsapiens`` whose class offers these methods. All of them
raise only :class:`~queuewatch.pbx.errors.PbxError`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, runtime_checkable

from msgspec import Struct, field

from queuewatch.failover.model import (
    Agent,
    AutoAttendant,
    Clock,
    Device,
    DialRule,
    Forward,
    PhoneNumber,
    Problem,
    Queue,
    QueueRules,
    Rule,
    Snapshot,
    TimeFrame,
    User,
)
from queuewatch.pbx.errors import BadConnection
from queuewatch.pbx.identity import Identity

if TYPE_CHECKING:
    from queuewatch.pbx.calls import ActiveCall, CallRecord, QueuedCall, StoredAgent

Item = TypeVar("Item", covariant=True)


class ListReading(Struct, Generic[Item], frozen=True):
    """One part of a phone system as read: what was understood, and what was not."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...] = ()
    complete: bool = True
    """False when an entry had to be left out: what is not among ``items`` may be there all the same."""


class SiteReading(ListReading[str], frozen=True):
    """The sites by name, and their clocks."""

    clocks: Mapping[str, Clock] = field(default_factory=dict)
    """By the site's name, of those that name a time zone."""


class LiveReading(Struct, frozen=True):
    """The two requests of one refresh: every queue and every agent of the domain."""

    queues: tuple[Queue, ...]
    agents: tuple[Agent, ...]
    taken_at: datetime
    problems: tuple[Problem, ...] = ()
    server_ahead: timedelta | None = None
    """How far the server's clock is ahead of the one of ``taken_at``; ``None`` when it does not tell its time."""
    by_queue: Mapping[str, tuple[Agent, ...]] = field(default_factory=dict)
    """The same agents by queue, where the reader has them so already: those of a queue that did not change are the
    same object as in the last reading."""


def grouped(agents: Iterable[Agent]) -> Mapping[str, tuple[Agent, ...]]:
    """Agents by queue, in the order they were read."""
    found: dict[str, list[Agent]] = {}
    for agent in agents:
        found.setdefault(agent.queue, []).append(agent)
    return {queue: tuple(rows) for queue, rows in found.items()}


class StoredQueue(Struct, frozen=True):
    """A queue's settings as the phone system stores them, for a safe edit."""

    queue: Queue
    settings: Mapping[str, str] = field(default_factory=dict)
    """Every *other* setting that a person can change, normalised, so that two readings can be compared.

    Require Agents itself is left out: it is in ``queue``.
    """


class StoredRule(Struct, frozen=True):
    """An answering rule as the phone system stores it, for a safe edit."""

    rule: Rule
    blocks: Mapping[str, str] = field(default_factory=dict)
    """Every *other* block that a person can change, normalised (``yes · 12145550100``), so that readings compare.

    When Offline itself is left out: it is in ``rule``.
    """
    raw: Mapping[str, object] = field(default_factory=dict)
    """What the phone system sent, for writing back unchanged. Only the make that read it may look inside."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """Every block of every other rule of the same user, normalised as well, by rule and name."""


class AbsentRule(Struct, frozen=True):
    """That there is no such answering rule."""

    beside: Mapping[str, str] = field(default_factory=dict)
    """Every block of every rule that the user has all the same, as in :class:`StoredRule`."""


class PhoneSystem(Protocol):
    """A domain on a phone system."""

    @property
    def domain(self) -> str:
        """The domain (the customer) all requests are about."""

    @property
    def address(self) -> str:
        """Where the phone system is, fit to be shown: no credentials."""

    async def read_identity(self) -> Identity:
        """Read whose credentials these are, as far as it can be told. Ask once: it is several requests."""

    async def read_live(self) -> LiveReading:
        """Read every queue and every agent: two requests, whatever the domain's size."""

    async def read_rules(self, queue: str) -> QueueRules:
        """Read the answering rules of the queue's user. A queue without a user has none and says so."""

    async def read_users(self) -> ListReading[User]:
        """Read every user, system users included, page by page."""

    async def read_numbers(self) -> ListReading[PhoneNumber]:
        """Read the domain's own phone numbers."""

    async def read_attendants(self) -> ListReading[AutoAttendant]:
        """Read the auto attendants."""

    async def read_sites(self) -> ListReading[str]:
        """Read the names of the sites; a :class:`SiteReading` where their clocks can be read as well."""

    async def read_clock(self) -> Clock:
        """Read what the clocks of the domain show."""

    async def read_time_frames(self, user: str | None) -> ListReading[TimeFrame]:
        """Read the time frames of the whole domain, or those of one user's own."""

    async def read_dial_rules(self) -> ListReading[DialRule]:
        """Read where the domain's dial plan sends aliases, devices and short codes: a long list."""

    async def read_devices(self, user: str) -> ListReading[Device]:
        """Read one user's devices. Servers count these reads: ask only for what is being looked at."""

    async def read_stored_queue(self, queue: str) -> StoredQueue:
        """Read one queue fresh, for an edit."""

    async def write_require_agents(self, queue: str, on: bool) -> None:
        """Set Require Agents, and nothing else. Accepted is not applied: read back."""

    async def read_stored_default(self, queue: str) -> StoredRule | AbsentRule:
        """Read the Default rule of the queue's user fresh, for an edit, or that there is none."""

    async def write_when_offline(self, queue: str, stored: StoredRule | None, offline: Forward) -> None:
        """Write the Default rule as stored with this one forward changed; create it when there is none.

        Every other block goes back exactly as read, which is right whether the server merges or replaces.
        """

    async def read_stored_agents(self, queue: str) -> "tuple[StoredAgent, ...]":
        """Read the agents of one queue fresh, each with its whole row, for logging them out and in again.

        Raises :class:`~queuewatch.pbx.errors.Misunderstood` where a single row cannot be read: who is not known
        cannot be restored.
        """

    async def log_agent(self, queue: str, agent_id: str, on: bool) -> None:
        """Log an agent in to this one queue, or out of it, and no other. Accepted is not applied: read back."""

    async def place_call(self, call_id: str, ring_first: str, to: str) -> None:
        """Ring this extension or number, and once it answers call ``to`` from there. Accepted is not ringing.

        ``call_id`` is the caller's own choice, by which the call is found among those in progress.
        """

    async def read_calls(self) -> "ListReading[ActiveCall]":
        """Read the domain's calls in progress: one row a call or one a leg, which is not known."""

    async def read_queued_calls(self, queue: str) -> "ListReading[QueuedCall]":
        """Read who waits in one queue, pending callbacks included."""

    async def read_cdrs(self, since: datetime, until: datetime) -> "ListReading[CallRecord]":
        """Read the records of the calls that began in a period, page by page, one request at a time.

        Both are aware. Not complete where a record could not be read, or where there are more than are read.
        """

    async def close(self) -> None:
        """Let go of every connection."""


class RequestOutcome(StrEnum):
    """What came of one request to a phone system."""

    ANSWERED = "answered"
    MISSING = "missing"
    """There is no such thing (404): for much that is asked for that is an answer like any other."""
    REFUSED = "refused"
    """The credentials were not accepted, or do not reach that far (401, 403)."""
    THROTTLED = "throttled"
    """The server asks for fewer requests (429, 503)."""
    FAILED = "failed"
    """The server failed (5xx), or sent what is no answer."""
    REJECTED = "rejected"
    """The server would not do that (any other 4xx)."""
    UNANSWERED = "unanswered"
    """Nothing came back."""


RequestHear = Callable[[str, str, RequestOutcome], None]
"""Told of a request: the server's address, the domain it was about, or empty, and what came of it."""
_hearing: list[RequestHear] = []


@contextmanager
def requests_heard_by(hear: RequestHear) -> Iterator[None]:
    """Have this told what comes of every request to any phone system while the block runs."""
    _hearing.append(hear)
    try:
        yield
    finally:
        _hearing.remove(hear)


def tell_of_request(server: str, domain: str, outcome: RequestOutcome) -> None:
    """Tell whoever hears of requests; whatever speaks to a server says it of each."""
    for hear in _hearing:
        hear(server, domain, outcome)


@runtime_checkable
class ReadWhole(Protocol):
    """A phone system that somebody else reads: all they know of it is there at once."""

    async def read_whole(self) -> Snapshot:
        """The latest whole snapshot. Raises :class:`PbxError` where none may pass for what is so now."""


_LIBRARIES = ("socketio", "aiohttp")


class PushEvent(StrEnum):
    """What a stream of events tells."""

    ON = "on"
    """From now on it tells what moves."""
    MOVED = "moved"
    """A queue, an agent or a call of the domain is not as it was; which and how only asking can say."""
    OFF = "off"
    """It tells nothing any more, until the next ``ON``."""


class PushStream(Protocol):
    """A domain's stream of events."""

    async def listen(self, tell: Callable[[PushEvent], None]) -> None:
        """Tell what the stream says until cancelled, connecting again whenever it breaks off.

        Returns where there is no such stream. Raises nothing of its own: who polls misses only its haste.
        """


def require_push() -> None:
    """Raise :class:`BadConnection` unless the libraries are there that such streams need; none is loaded."""
    if not all(map(find_spec, _LIBRARIES)):
        raise BadConnection(
            "To be told of changes as they happen takes libraries that are not installed.",
            "Get them with: pip install 'queuewatch[push]'. Or leave out --push, and push = true in the profile.",
        )
