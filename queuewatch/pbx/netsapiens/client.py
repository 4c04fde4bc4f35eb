"""A domain on a NetSapiens server, over version 2 of its API."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

from queuewatch.failover.model import (
    DEFAULT_TIME_FRAME,
    Agent,
    AutoAttendant,
    Clock,
    Device,
    DialRule,
    Forward,
    Part,
    PhoneNumber,
    Problem,
    Queue,
    QueueRules,
    TimeFrame,
    User,
)
from queuewatch.failover.phone_number import read_number
from queuewatch.pbx.credentials import Credentials, Token
from queuewatch.pbx.errors import (
    Missing,
    Misunderstood,
    PbxError,
    ReadOnly,
    Refused,
    Rejected,
    ServerFault,
    Throttled,
    Unreachable,
    Unsupported,
)
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.netsapiens.address import (
    base_url,
    bearer_token,
    domain_name,
    domain_path,
    own_stream_url,
    stream_url,
)
from queuewatch.pbx.netsapiens.agents import AgentList
from queuewatch.pbx.netsapiens.directory import (
    USER_FIELDS,
    read_attendants,
    read_clock,
    read_dial_rules,
    read_numbers,
    read_sites,
    read_users,
)
from queuewatch.pbx.netsapiens.fields import JsonRow
from queuewatch.pbx.netsapiens.queues import REQUIRE_AGENTS, QueueList, queue_of, settings_of
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.responses import check_accepted, missing_user, object_of, rows_of
from queuewatch.pbx.netsapiens.rules import changed_body, find_default, new_body, read_rules
from queuewatch.pbx.phone_system import (
    AbsentRule,
    ListReading,
    LiveReading,
    SiteReading,
    StoredQueue,
    StoredRule,
)

if TYPE_CHECKING:
    import httpx

    from queuewatch.pbx.calls import ActiveCall, CallRecord, QueuedCall, StoredAgent
    from queuewatch.pbx.netsapiens.http import HttpClient
    from queuewatch.pbx.netsapiens.push import NetsapiensPush
    from queuewatch.pbx.netsapiens.reseller import ListedDomain
    from queuewatch.pbx.netsapiens.responses import Response
    from queuewatch.pbx.netsapiens.wire import Wire

PAGE = 1000
"""Rows asked for at a time: the vendor's maximum."""

MOST_ROWS = 50_000
MOST_PAGES = 200
"""How far a list is followed. No domain comes near to either; a server that never ends its lists does."""

_CAPPED_PAGE = 100
"""The vendor's default. A page of exactly so many may come from a server that gives no more at a time."""


TIMEOUT_SECONDS = 15.0
"""For one whole request, from connecting to the last byte."""

MOST_RECORD_PAGES = 200
"""Pages of call records that are read for one period: more calls than one day brings the largest domain."""

_SAME_CLOCK = timedelta(seconds=3)

Item = TypeVar("Item")


def _now() -> datetime:
    return datetime.now(UTC)


FAILED = (Refused, ServerFault, Throttled, Unreachable)
"""What says nothing of whether a server knows pages: it did not get to that."""


def unseen(page: Sequence[object], known: set[str]) -> list[object]:
    """The rows of a page that say something new; from here on they are ``known``. Pages may overlap."""
    keyed = [(json.dumps(row, sort_keys=True), row) for row in page]
    fresh = [row for key, row in keyed if key not in known]
    known.update(key for key, _ in keyed)
    return fresh


def _only_answer(answer: "Response", rows: Sequence[object]) -> bytes:
    """The answer that these rows came in, where it is the whole list; empty where more may have been asked for."""
    return answer.body if answer.status == 200 and len(rows) != _CAPPED_PAGE else b""


def _or_raise(outcome: Item | BaseException) -> Item:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


class AskedFields:
    """The fields of a long list that are asked for in place of whole rows: ``fields=`` [third party].

    A user's whole row is long, and little of it is read. A server that does not know the parameter sends whole
    rows, which does no harm. One that knows it and leaves out a name may call it otherwise: then whole rows are
    asked for.
    """

    def __init__(self, *needed: str, besides: tuple[str, ...] = ()) -> None:
        """``besides`` are those that servers may leave out of whole rows as well."""
        self._needed = frozenset(needed)
        self._asked = (*needed, *besides)
        self._whole_rows = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """What is added to the question."""
        return {} if self._whole_rows else {"fields": ",".join(self._asked)}

    def ask_for_whole_rows(self) -> None:
        """From now on."""
        self._whole_rows = True

    def are_in(self, rows: Sequence[object]) -> bool:
        """Whether rows that were asked for so tell all that whole ones would."""
        named = {name.replace("_", "-") for row in rows if isinstance(row, dict) for name in row}
        return not named or not named <= {*self._asked} or self._needed <= named


class NetsapiensDomain:
    """One domain on a NetSapiens server: implements :class:`~queuewatch.pbx.phone_system.PhoneSystem`.

    ``token`` is a bearer token or an API key, or credentials that know how to renew theirs.
    ``retries`` is how often a failed reading is tried again: some for a single command, none for a board that
    keeps asking anyway. ``timeout`` is in seconds, for one request. Raises :class:`BadConnection` when the
    address, the domain or the token cannot be used. For the first request ``transport`` makes the transport, or
    ``wire`` another way to the server than by httpx.
    """

    def __init__(
        self,
        address: str,
        domain: str,
        token: str | Credentials,
        *,
        transport: "Callable[[], httpx.AsyncBaseTransport] | None" = None,
        wire: "Callable[[], Wire] | None" = None,
        retries: int = 0,
        read_only: bool = False,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], datetime] = _now,
        rate_limiter: RateLimiter | None = None,
    ) -> None:
        self._address = base_url(address)
        self._domain = domain_name(domain)
        self._read_only = read_only
        self._clock = clock
        self._credentials = Token(bearer_token(token)) if isinstance(token, str) else token

        def connect() -> "HttpClient":
            # What speaks HTTP is loaded for the first request, not before.
            from queuewatch.pbx.netsapiens.http import HttpClient

            return HttpClient(
                self._address,
                self._credentials,
                transport=transport() if transport else None,
                wire=wire() if wire else None,
                retries=retries,
                timeout=timeout,
                rate_limiter=rate_limiter or RateLimiter(),
                domain=self._domain,
            )

        def beside(domain: str, rate_limiter: RateLimiter) -> NetsapiensDomain:
            return NetsapiensDomain(
                address,
                domain,
                self._credentials,
                transport=transport,
                wire=wire,
                retries=retries,
                read_only=read_only,
                timeout=timeout,
                clock=clock,
                rate_limiter=rate_limiter,
            )

        self._connect = connect
        self._beside = beside
        self._connected: HttpClient | None = None
        self._queue_list = QueueList(self._domain)
        self._user_fields = AskedFields(*USER_FIELDS, besides=("name-full-name", "domain"))
        self._agent_list = AgentList(self._domain)
        self._server_ahead: timedelta | None = None

    def __repr__(self) -> str:
        return f"NetsapiensDomain({self._address!r}, {self._domain!r})"

    @property
    def _connection(self) -> "HttpClient":
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    @property
    def domain(self) -> str:
        """The domain all requests are about."""
        return self._domain

    @property
    def address(self) -> str:
        """The API's base URL."""
        return self._address

    def beside(self, domain: str, rate_limiter: RateLimiter) -> "NetsapiensDomain":
        """Another domain of the same server, with the same credentials, which asks this limiter for leave.

        Raises :class:`BadConnection` when no domain is called like that.
        """
        return self._beside(domain, rate_limiter)

    async def read_domains(self) -> "ListReading[ListedDomain]":
        """Read every domain that the token sees, whatever this one is: ``GET /domains`` [vendor states it].

        Raises :class:`~queuewatch.pbx.errors.Forbidden` where the token sees one domain only.
        """
        from queuewatch.pbx.netsapiens.reseller import read_domains

        return await read_domains(self._connection, self._host)

    async def read_identity(self) -> Identity:
        """Read who is asking: from what came with the credentials, else from whatever the server offers."""
        # Asked once, and not before the queues.
        from queuewatch.pbx.netsapiens.identity import who_am_i

        return self._credentials.identity() or await who_am_i(self._connection)

    async def read_live(self) -> LiveReading:
        """Read every queue and every agent: two requests at the same time, whatever the domain's size."""
        lists = (self._first_page("the call queues", "callqueues"), self._first_page("the agents", "agents"))
        # The second is not given up when the first fails: a request cut off in mid-air complains on stderr.
        outcomes = await asyncio.gather(*lists, return_exceptions=True)
        queues, queue_problems = await self._queues(_or_raise(outcomes[0]))
        agents, agent_problems = await self._agents(_or_raise(outcomes[1]), queues)
        return LiveReading(
            queues,
            agents,
            self._clock(),
            (*queue_problems, *agent_problems),
            server_ahead=self._server_ahead,
            by_queue=self._agent_list.by_queue,
        )

    async def _queues(self, answer: "Response") -> tuple[tuple[Queue, ...], Sequence[Problem]]:
        if answer.status == 200 and (again := self._queue_list.read_again(answer.body)) is not None:
            return again, ()
        what = "the call queues"
        rows, _ = await self._further_pages(what, answer, "callqueues")
        queues, problems = self._queue_list.read(rows, body=_only_answer(answer, rows))
        self._refuse_unread(what, queues, problems)
        return queues, problems

    async def _agents(
        self, answer: "Response", queues: Sequence[Queue]
    ) -> tuple[tuple[Agent, ...], Sequence[Problem]]:
        if answer.status == 200 and (again := self._agent_list.read_again(answer.body, queues)) is not None:
            return again
        what = "the agents"
        rows, listed = await self._further_pages(what, answer, "agents")
        body = _only_answer(answer, rows)
        agents, problems = self._agent_list.read(rows, queues, listed=listed, body=body)
        placed = len(rows) - sum(problem.lost for problem in problems)
        self._refuse_unread(what, placed, problems)
        return agents, problems

    async def read_rules(self, queue: str) -> QueueRules:
        """Read the answering rules of the queue's user: the user whose extension is the queue's."""
        answer = await self._connection.read(
            self._path("users", queue, "answerrules"), f"the answering rules of queue {queue}"
        )
        if missing_user(answer):
            return QueueRules(has_user=False)
        return read_rules(rows_of(answer))

    async def read_users(self) -> ListReading[User]:
        """Read every user, system users included, page by page."""
        read = partial(read_users, domain=self._domain)
        return await self._pages("the users", "users", read, lambda user: user.extension, self._user_fields)

    async def read_numbers(self) -> ListReading[PhoneNumber]:
        """Read the domain's own phone numbers, page by page."""
        read = partial(read_numbers, domain=self._domain)
        return await self._pages("the phone numbers", "phonenumbers", read, lambda number: number.number)

    async def read_attendants(self) -> ListReading[AutoAttendant]:
        """Read the auto attendants."""
        what = "the auto attendants"
        rows = await self._rows(what, "autoattendants")
        return self._read(what, rows, partial(read_attendants, domain=self._domain))

    async def read_sites(self) -> SiteReading:
        """Read the names of the sites, and what their clocks show."""
        reading = read_sites(await self._rows("the sites", "sites"))
        self._refuse_unread("the sites", reading.items, reading.problems)
        return reading

    async def read_clock(self) -> Clock:
        """Read what the clocks of the domain show."""
        return read_clock(JsonRow(object_of(await self._connection.read(self._path(), "the domain"))))

    async def read_time_frames(self, user: str | None) -> ListReading[TimeFrame]:
        """Read the time frames of the whole domain, or those of one user's own."""
        from queuewatch.pbx.netsapiens.time_frames import read_time_frames

        if user is None:
            rows, _ = await self._whole("the time frames", "timeframes")
            return self._read("the time frames", rows, read_time_frames)
        what = f"the time frames of user {user}"
        answer = await self._connection.read(self._path("users", user, "timeframes"), what)
        return self._read(what, rows_of(answer), partial(read_time_frames, user=user))

    async def read_dial_rules(self) -> ListReading[DialRule]:
        """Read the rules of the domain's own dial plan, which is called like the domain, page by page."""
        rows, known = list[object](), set[str]()
        while True:
            page = await self._rows(
                "the dial rules", "dialplans", self._domain, "dialrules", start=len(rows), limit=PAGE
            )
            fresh = unseen(page, known)
            rows += fresh
            if not fresh or (len(page) < PAGE and len(page) != _CAPPED_PAGE):
                return read_dial_rules(rows, self._domain)
            if len(rows) >= MOST_ROWS:
                raise self._endless("the dial rules")

    async def read_devices(self, user: str) -> ListReading[Device]:
        """Read one user's devices, without their passwords."""
        from queuewatch.pbx.netsapiens.devices import read_devices

        what = f"the devices of user {user}"
        answer = await self._connection.read(self._path("users", user, "devices"), what)
        return self._read(what, rows_of(answer), lambda rows: read_devices(rows, user, answer.date))

    async def read_stored_queue(self, queue: str) -> StoredQueue:
        """Read one queue fresh, for an edit."""
        answer = await self._connection.read(self._path("callqueues", queue), f"queue {queue}")
        row = JsonRow(object_of(answer))
        others = {name: words for name, words in settings_of(row.fields).items() if name != REQUIRE_AGENTS}
        return StoredQueue(queue_of(row), others)

    async def write_require_agents(self, queue: str, on: bool) -> None:
        """Set Require Agents as a single field, which is right whether the server merges or replaces."""
        await self._write(
            "PUT", self._path("callqueues", queue), f"queue {queue}", {REQUIRE_AGENTS: "yes" if on else "no"}
        )

    async def read_stored_default(self, queue: str) -> StoredRule | AbsentRule:
        """Read the Default rule of the queue's user fresh, for an edit, and the others to compare."""
        # The list rather than the one rule: every version has it, and it tells "no such rule" from "no such user".
        answer = await self._connection.read(
            self._path("users", queue, "answerrules"), f"the answering rules of queue {queue}"
        )
        return find_default(rows_of(answer, exact=True))

    async def write_when_offline(self, queue: str, stored: StoredRule | None, offline: Forward) -> None:
        """Write the Default rule as stored with this one forward changed; create it when there is none."""
        what = f"the Default answering rule of queue {queue}"
        path = self._path("users", queue, "answerrules")
        if stored is None:
            await self._write("POST", path, what, new_body(queue, offline))
        else:
            # By the name that this server gave it: ``*``, which needs no encoding, or ``Default``.
            name = quote(str(stored.raw.get("time-frame", DEFAULT_TIME_FRAME)), safe=DEFAULT_TIME_FRAME)
            await self._write("PUT", f"{path}/{name}", what, changed_body(stored, offline))

    async def read_stored_agents(self, queue: str) -> "tuple[StoredAgent, ...]":
        """Read the agents of one queue fresh, each with its whole row, by its own list [vendor states it]."""
        from queuewatch.pbx.netsapiens.stored_agents import read_stored_agents

        what = f"the agents of queue {queue}"
        rows, _ = await self._whole(what, "callqueues", queue, "agents")
        return read_stored_agents(rows, queue, self._domain, self._host)

    async def log_agent(self, queue: str, agent_id: str, on: bool) -> None:
        """Log an agent in to this one queue, or out of it: a request without a body [vendor states it].

        The route also knows ``all`` for every queue of the agent, which nothing here may ask for.
        """
        if queue.strip().casefold() == "all":
            raise Missing(f"“{queue}” is no queue.", "Agents are logged in and out of one queue at a time.")
        path = self._path("callqueues", queue, "agents", agent_id, "login" if on else "logout")
        await self._write("PATCH", path, f"the login of agent {agent_id} in queue {queue}", None)

    async def place_call(self, call_id: str, ring_first: str, to: str) -> None:
        """Ring a phone, and once it answers call ``to`` from there [vendor states it].

        It is the call of the user who is rung, or, where that is an outside number, of whoever the token is
        (``~``): a key that is nobody's cannot ring one.
        """
        user = "~" if read_number(ring_first).is_dialable else ring_first.split("@", 1)[0]
        body: dict[str, object] = {
            "synchronous": "no",
            "call-id": call_id,
            "call-orig-user": ring_first,
            "call-term-user": to,
        }
        await self._write("POST", self._path("users", user, "calls"), f"a call from {ring_first} to {to}", body)

    async def read_calls(self) -> "ListReading[ActiveCall]":
        """Read the domain's calls in progress, by the names of version 2 and of version 1."""
        from queuewatch.pbx.netsapiens.calls import read_active_calls

        what = "the active calls"
        rows, _ = await self._whole(what, "calls")
        return self._read(what, rows, lambda found: read_active_calls(found, self._domain))

    async def read_queued_calls(self, queue: str) -> "ListReading[QueuedCall]":
        """Read who waits in one queue, pending callbacks included."""
        from queuewatch.pbx.netsapiens.calls import read_queued_calls

        what = f"the callers of queue {queue}"
        rows, _ = await self._whole(what, "queuedcall", queue)
        return self._read(what, rows, lambda found: read_queued_calls(found, queue))

    async def read_cdrs(self, since: datetime, until: datetime) -> "ListReading[CallRecord]":
        """Read the call records of a period, page by page: both times are required [vendor states it]."""
        from queuewatch.pbx.netsapiens.calls import read_call_records

        what, rows = "the call records", list[object]()
        # Written with their zone, which the vendor documents besides a time without any.
        times = {
            "datetime-start": since.astimezone(UTC).isoformat(timespec="seconds"),
            "datetime-end": until.astimezone(UTC).isoformat(timespec="seconds"),
        }
        known = set[str]()
        for _ in range(MOST_RECORD_PAGES):
            page = await self._rows(what, "cdrs", **times, start=len(rows), limit=_CAPPED_PAGE)
            fresh = unseen(page, known)
            rows += fresh
            if not fresh or len(page) < _CAPPED_PAGE:
                return self._read(what, rows, lambda found: read_call_records(found, self._domain))
        reading = self._read(what, rows, lambda found: read_call_records(found, self._domain))
        cut = Problem(Part.CALLS, f"There are more than {len(rows)} call records: no more were read.", lost=True)
        return ListReading(reading.items, (*reading.problems, cut), complete=False)

    async def ask(self, path: str, what: str, **parameters: int) -> "Response":
        """The server's answer to one GET below the API's address, as it is: for recording and for checking."""
        return await self._connection.read(path, what, **parameters)

    def push_stream(self, url: str = "") -> "NetsapiensPush":
        """The domain's stream of events, at ``url`` or where servers have it; not yet connected.

        Raises :class:`BadConnection` for an address that cannot be used, and where the libraries are missing.
        """
        from queuewatch.pbx.netsapiens.push import NetsapiensPush

        where = own_stream_url(url) if url else stream_url(self._address)
        return NetsapiensPush(where, self._domain, self._stream_bearer)

    async def close(self) -> None:
        """Let go of every connection."""
        if self._connected is not None:
            await self._connected.close()

    async def _stream_bearer(self) -> str:
        from queuewatch.pbx.netsapiens.push import jwt

        # Whether a token is taken in place of a JWT is not known; without one there is nothing else to try.
        return await jwt(self._connection, self._domain) or await self._credentials.bearer()

    async def _rows(self, what: str, *collection: str, **parameters: int | str) -> list[object]:
        return rows_of(await self._connection.read(self._path(*collection), what, **parameters))

    async def _whole(self, what: str, *collection: str) -> tuple[list[object], bool]:
        """A list that the vendor documents no pages of: asked on only where it ends just where a page would.

        And whether there was a list at all, rather than the server's word that there is no such thing.
        """
        return await self._further_pages(what, await self._first_page(what, *collection), *collection)

    async def _first_page(self, what: str, *collection: str) -> "Response":
        answer = await self._connection.read(self._path(*collection), what)
        self._note_time(answer)
        return answer

    async def _further_pages(self, what: str, answer: "Response", *collection: str) -> tuple[list[object], bool]:
        rows = fresh = rows_of(answer)
        if len(rows) != _CAPPED_PAGE:
            return rows, answer.status != 404
        known, pages = set[str](), 1
        unseen(rows, known)
        while len(fresh) == _CAPPED_PAGE:
            if len(rows) >= MOST_ROWS or pages >= MOST_PAGES:
                raise self._endless(what)
            pages += 1
            try:
                page = await self._rows(what, *collection, start=len(rows), limit=PAGE)
            except FAILED:
                # What was not read must not pass for what is not there.
                raise
            except PbxError:
                # A server that knows no pages may refuse the question; what it gave stands.
                return rows, True
            fresh = unseen(page, known)
            rows = [*rows, *fresh]
        return rows, answer.status != 404

    def _note_time(self, answer: "Response") -> None:
        """Take note of how far the server's clock is ahead of this machine's."""
        if answer.date is None:
            return
        ahead = answer.date - self._clock()
        before = self._server_ahead if self._server_ahead is not None else timedelta()
        # The header has whole seconds and takes its time: what looks like a small change is none.
        self._server_ahead = before if abs(ahead - before) < _SAME_CLOCK else ahead

    async def _pages(
        self,
        what: str,
        collection: str,
        read: Callable[[Sequence[object]], ListReading[Item]],
        key: Callable[[Item], str],
        fields: AskedFields | None = None,
    ) -> ListReading[Item]:
        """Every page of a long list, until one is short or brings nothing new."""
        items: dict[str, Item] = {}
        problems: list[Problem] = []
        start = pages = 0
        while True:
            if start >= MOST_ROWS or pages >= MOST_PAGES:
                raise self._endless(what)
            pages += 1
            rows = await self._page(what, collection, start, fields)
            page = read(rows)
            known = len(items)
            # Whether a list starts at 0 or at 1 the vendor's documents disagree on: pages may overlap.
            for item in page.items:
                items.setdefault(key(item), item)
            problems.extend(page.problems)
            start += len(rows)
            if len(items) == known or (len(rows) < PAGE and len(rows) != _CAPPED_PAGE):
                self._refuse_unread(what, items, problems)
                return ListReading(tuple(items.values()), tuple(problems))

    async def _page(self, what: str, collection: str, start: int, fields: AskedFields | None) -> list[object]:
        """One page of a long list: of the fields that are read, where the server gives just those."""
        whole = partial(self._rows, what, collection, start=start, limit=PAGE)
        if fields is None or not fields.parameters:
            return await whole()
        try:
            rows = await whole(**fields.parameters)
        except (Rejected, Misunderstood, Missing, Unsupported):
            # What is wrong with more than the parameter is said of the question without it.
            rows = None
        if rows is not None and fields.are_in(rows):
            return rows
        fields.ask_for_whole_rows()
        return await whole()

    @property
    def _host(self) -> str:
        return urlsplit(self._address).netloc

    def _endless(self, what: str) -> PbxError:
        return Misunderstood(
            f"{self._host} gives page after page when asked for {what}, and comes to no end.",
            "Tell the provider: more is there than any domain has, so it is taken for not known.",
        )

    def _read(
        self, what: str, rows: Sequence[object], read: Callable[[Sequence[object]], ListReading[Item]]
    ) -> ListReading[Item]:
        """What these rows are read as. Raises :class:`Misunderstood` where none of them can be."""
        reading = read(rows)
        self._refuse_unread(what, reading.items, reading.problems)
        return reading

    def _refuse_unread(self, what: str, read: object, problems: Sequence[Problem]) -> None:
        """Raise :class:`Misunderstood` where rows came and none could be read: that is no empty list."""
        lost = [problem for problem in problems if problem.lost]
        if read or not lost:
            return
        host, first = self._host, lost[0].text.removesuffix(": left out.")
        were = "row could" if len(lost) == 1 else "rows could"
        raise Misunderstood(
            f"{host} sent {what} in a form that is not understood: {len(lost)} {were} not be read ({first}).",
            "Check that the address is the phone system's API, and that no gateway rewrites what it says: "
            "“queuewatch doctor” tries every list.",
        )

    async def _write(self, method: str, path: str, what: str, body: dict[str, object] | None) -> None:
        """The one way by which anything is written."""
        if self._read_only:
            raise ReadOnly(
                f"Nothing was changed: {what} cannot be written in read-only mode.",
                "Leave out --read-only, or read_only in the profile.",
            )
        check_accepted(await self._connection.write(method, path, what, body))

    def _path(self, *segments: str) -> str:
        return domain_path(self._domain, *segments)
