"""Looking at a server's API as queuewatch uses it: about twenty requests, one after the other."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from urllib.parse import urlsplit

from queuewatch.failover.model import EntryKind, Problem, Queue, User
from queuewatch.failover.visibility import SITE_MANAGER, SUPERVISOR
from queuewatch.failover.wording import plural
from queuewatch.pbx.checks import Check, CheckState, Seen, bad, good, skipped, unsure
from queuewatch.pbx.errors import Forbidden, Missing, Misunderstood, PbxError, Refused, Unreachable, Unsupported
from queuewatch.pbx.identity import OFFICE_MANAGERS, SCOPES
from queuewatch.pbx.netsapiens.address import domain_path, host_of, is_this_machine
from queuewatch.pbx.netsapiens.agents import read_agents
from queuewatch.pbx.netsapiens.client import PAGE, NetsapiensDomain
from queuewatch.pbx.netsapiens.devices import read_devices
from queuewatch.pbx.netsapiens.directory import read_attendants, read_numbers, read_sites, read_users
from queuewatch.pbx.netsapiens.doctor import endpoints as lists
from queuewatch.pbx.netsapiens.doctor.endpoints import Endpoint, Understand, check_error, check_rows
from queuewatch.pbx.netsapiens.doctor.openapi import PATH as DESCRIPTION
from queuewatch.pbx.netsapiens.doctor.openapi import check_description
from queuewatch.pbx.netsapiens.fields import JsonRow, integer
from queuewatch.pbx.netsapiens.identity import ADDRESSES, identity_of
from queuewatch.pbx.netsapiens.queues import read_queues
from queuewatch.pbx.netsapiens.responses import Response, object_of, rows_of
from queuewatch.pbx.netsapiens.rules import read_rules
from queuewatch.pbx.netsapiens.time_frames import read_time_frames

Ask = Callable[[str, str], Awaitable[Response]]

_WIDE = ("", "~")


async def check_token_scope(ask: Ask, domain: str) -> AsyncIterator[Check]:
    """Ask who the token is, and say what follows from it for looking and for editing."""
    for path, what in ADDRESSES.items():
        try:
            fields = object_of(await ask(path, "what the token may do"))
        except Unreachable:
            break
        except PbxError:
            continue
        identity = identity_of(fields)
        scope, own = identity.scope, identity.domain
        if not scope:
            continue
        yield _scope(what, scope, read_only=identity.read_only)
        if (
            own not in _WIDE
            and own.casefold() != domain.casefold()
            and scope not in ("Reseller", "Super User", "NDP")
        ):
            yield bad(
                "Domain",
                f"The token belongs to the domain {own}, and {domain} was asked for.",
                f"Ask for {own} instead, or get a token for {domain}.",
            )
        if expires := _expiry(fields):
            yield expires
        return
    yield unsure(
        "Scope",
        "The server does not tell what this token may do.",
        "Reading works all the same; whether an edit is allowed shows when it is tried.",
    )


def _scope(what: str, scope: str, *, read_only: bool) -> Check:
    shown = scope if scope in SCOPES else f"“{scope}”"
    if read_only:
        return good(
            "Scope", f"{what[0].upper()}{what[1:]} for reading only ({shown}): queuewatch can look, not edit."
        )
    match scope:
        case _ if scope in OFFICE_MANAGERS:
            return good("Scope", f"{what[0].upper()}{what[1:]} of scope {shown}: it may look and edit.")
        case _ if scope == SITE_MANAGER:
            return good("Scope", f"A token of scope {shown}: it may look, and edit the queues of its own site.")
        case _ if scope == SUPERVISOR:
            return unsure(
                "Scope",
                f"A token of scope {shown}: it may look, and edit Require Agents, normally not When Offline.",
                "To edit both ask for one of scope Office Manager.",
            )
        case _:
            return unsure(
                "Scope",
                f"{what[0].upper()}{what[1:]} of scope {shown}: it may not see everything, and not edit.",
                "For all of the domain ask for one of scope Office Manager.",
            )


def _expiry(fields: Mapping[str, object]) -> Check | None:
    """A signed token tells when it expires; others do not."""
    seconds = integer(fields.get("exp"))
    if not seconds:
        return None
    try:
        until = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return good("Expiry", f"The token runs out at {until:%Y-%m-%d %H:%M} UTC.")


SPACING = 0.12
"""Seconds between two requests at least: fewer than ten in a second, so that none waits for its turn and is timed
with the waiting."""
_ROUNDS = 3
"""Requests that the latency is told from."""
_SLOW_SECONDS = 2.0
_CLOCK_SECONDS = 60
_GIVE_UP_AFTER = 2
"""Requests in a row without an answer, after which the rest is not tried."""


class Checkup:
    """One look at a server's API. ``clock`` is this machine's time; ``timer`` measures, in seconds."""

    def __init__(
        self,
        system: NetsapiensDomain,
        clock: Callable[[], datetime],
        *,
        spacing: float = SPACING,
        timer: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._system = system
        self._clock = clock
        self._spacing = spacing
        self._timer = timer
        self._sleep = sleep
        self._last = -spacing
        self._took = 0.0
        self._queues_took = 0.0
        self._unanswered = 0
        self._offset: timedelta | None = None
        self._queues: tuple[Queue, ...] = ()
        self._agents: tuple[str, ...] = ()
        self._agents_in: Counter[str] = Counter()
        """In how many queues each agent is."""
        self._users: tuple[User, ...] = ()
        self.seen = Seen()

    async def _ask(self, path: str, what: str, **parameters: int) -> Response:
        """One request, no sooner than it is due, timed. Raises :class:`PbxError`."""
        if (wait := self._last + self._spacing - self._timer()) > 0:
            await self._sleep(wait)
        self._last = began = self._timer()
        try:
            answer = await self._system.ask(path, what, **parameters)
        except Unreachable:
            self._unanswered += 1
            raise
        self._took = self._timer() - began
        self._unanswered = 0
        if self._offset is None and answer.date is not None:
            self._offset = answer.date - self._clock()
        return answer

    async def run(self) -> AsyncIterator[Check]:
        """Every check, as it is made. A failure ends only what makes no sense without it."""
        api, first = await self._check_api()
        yield api
        if first is None:
            for name in ("Token", "Scope", "Lists"):
                yield skipped(name, "The API does not answer.")
        elif isinstance(first, Refused):
            yield bad("Token", str(first), first.hint, no_answer=True)
            for name in ("Scope", "Lists"):
                yield skipped(name, "The token is not accepted.")
        else:
            accepted = isinstance(first, Response | Missing | Forbidden)
            yield (
                good("Token", "The server accepts it.")
                if accepted
                else unsure("Token", "Whether the server accepts it cannot be told.")
            )
            async for check in check_token_scope(self._ask, self._system.domain):
                yield check
            async for check in self._check_lists(first):
                yield check
            yield await self._check_description()
            yield await self._check_latency()
        yield self._check_clock()

    async def _check_api(self) -> tuple[Check, Response | PbxError | None]:
        """Whether version 2 answers, and what it gave for the queues; ``None`` when nothing there is the API."""
        host = urlsplit(self._system.address).netloc
        try:
            version = JsonRow(object_of(await self._ask("/version", "its version"))).text("apiversion")
            api = good("API", f"{host} answers: version {version.removeprefix('Version: ') or 'not told'}.")
        except Unreachable as error:
            return bad("API", str(error), error.hint, no_answer=True), None
        except PbxError as error:
            failure: PbxError | None = error
            api = unsure("API", f"{host} answers, and does not tell its version.")
        else:
            failure = None
        path = domain_path(self._system.domain, lists.QUEUES.resource)
        try:
            answer = await self._ask(path, lists.QUEUES.what)
            self._queues_took = self._took
            rows_of(answer)
        except Refused as error:
            return good("API", f"{host} answers.") if failure else api, error
        except Unsupported as error:
            if failure is None:
                return api, error
            return await self._without_version_2(error), None
        except Misunderstood as error:
            if failure is None:
                return api, error
            return bad("API", str(error), error.hint, no_answer=True), None
        except PbxError as error:
            return api, error
        return api, answer

    async def _without_version_2(self, error: Unsupported) -> Check:
        try:
            answer = await self._ask("/../", "version 1 of the API")
            first_version = answer.status != 404 and self._system.address.endswith("/v2")
        except PbxError:
            first_version = False
        if first_version:
            return bad(
                "API",
                "The server has an older API beside it, and no version 2, which queuewatch needs.",
                "Ask the provider for a server of version 44 or newer.",
                no_answer=True,
            )
        return bad("API", str(error), error.hint, no_answer=True)

    async def _check_lists(self, queues: Response | PbxError) -> AsyncIterator[Check]:
        yield self._judge(lists.QUEUES, queues, self._queues_took, self._read_queues, self._count_queues)
        if isinstance(queues, Missing):
            yield skipped("Lists", "The domain does not exist.")
            return
        pages, own = {"start": 0, "limit": PAGE}, self._system.domain
        agents = await self._check_list(lists.AGENTS, self._read_agents, self._count_agents)
        yield self._against_counts(agents)
        yield await self._check_list(lists.USERS, self._read_users, self._count_users, **pages)
        yield await self._check_list(
            lists.NUMBERS, lambda rows: _told(read_numbers(rows, own).problems), None, **pages
        )
        yield await self._check_list(lists.ATTENDANTS, lambda rows: _told(read_attendants(rows, own).problems))
        yield await self._check_list(lists.SITES, lambda rows: _told(read_sites(rows).problems))
        yield await self._check_list(lists.TIME_FRAMES, lambda rows: _told(read_time_frames(rows).problems))
        queue = next((queue.extension for queue in self._queues if not queue.park), "")
        yield await self._check_of_user(lists.RULES, queue, "There is no queue whose rules could be read.")
        user = next((user for user in self._agents if user), "")
        yield await self._check_of_user(lists.PHONES, user, "There is no agent whose phones could be read.")

    async def _check_list(
        self,
        endpoint: Endpoint,
        understand: Understand,
        count: Callable[[], str] | None = None,
        *below: str,
        **parameters: int,
    ) -> Check:
        if self._unanswered >= _GIVE_UP_AFTER:
            return skipped(endpoint.name, "The server no longer answers.")
        path = domain_path(self._system.domain, *below, endpoint.resource)
        try:
            answer: Response | PbxError = await self._ask(path, endpoint.what, **parameters)
        except PbxError as error:
            answer = error
        return self._judge(endpoint, answer, self._took, understand, count)

    async def _check_of_user(self, endpoint: Endpoint, user: str, without: str) -> Check:
        if not user:
            return skipped(endpoint.name, without)

        def understand(rows: Sequence[object]) -> Sequence[str]:
            if endpoint is lists.PHONES:
                return _told(read_devices(rows, user, None).problems)
            rules = read_rules(rows)
            return [rules.problem] if rules.problem else []

        return await self._check_list(endpoint, understand, None, "users", user)

    def _judge(
        self,
        endpoint: Endpoint,
        answer: Response | PbxError,
        seconds: float,
        understand: Understand,
        count: Callable[[], str] | None = None,
    ) -> Check:
        if isinstance(answer, PbxError):
            return check_error(endpoint, answer)
        try:
            return check_rows(endpoint, rows_of(answer), seconds, understand, self.seen, count)
        except PbxError as error:
            return check_error(endpoint, error)

    def _read_queues(self, rows: Sequence[object]) -> Sequence[str]:
        self._queues, problems = read_queues(rows, self._system.domain)
        return _told(problems)

    def _count_queues(self) -> str:
        """As on the board, where a call park is no queue."""
        parks = sum(queue.park for queue in self._queues)
        queues = plural(len(self._queues) - parks, "call queue")
        return f"{queues} and {plural(parks, 'call park')}" if parks else queues

    def _count_agents(self) -> str:
        """As on the board, where whoever sits in two queues is an agent of each."""
        words = f"{plural(sum(self._agents_in.values()), 'agent')} in them"
        return f"{words}, {len(self._agents_in)} different," if self._agents_in else words

    def _read_users(self, rows: Sequence[object]) -> Sequence[str]:
        reading = read_users(rows, self._system.domain)
        self._users = reading.items
        return _told(reading.problems)

    def _count_users(self) -> str:
        system = sum(user.system for user in self._users)
        people = plural(len(self._users) - system, "person", "people")
        words = f"{people} and {plural(system, 'system user')}" if system else people
        # No more than one page is asked for here; a board reads them all.
        return f"at least {words}" if len(self._users) >= PAGE else words

    def _against_counts(self, agents: Check) -> Check:
        """A list that is missing may look like an empty one (404): the queues' own counts tell them apart."""
        counted = sum(queue.agents_total or 0 for queue in self._queues)
        if agents.state is CheckState.BAD or self._agents or not counted:
            return agents
        return bad(
            agents.name,
            f"The server gave no agents, and its queues count {counted}.",
            "Ask the provider whether this server gives the agents of a whole domain, and to this token.",
        )

    def _read_agents(self, rows: Sequence[object]) -> Sequence[str]:
        agents, problems = read_agents(rows, self._queues, domain=self._system.domain)
        parks = {queue.extension for queue in self._queues if queue.park}
        self._agents_in = Counter(agent.id for agent in agents if agent.queue not in parks)
        self._agents = tuple(
            agent.local if agent.entry is EntryKind.USER else "" for agent in agents if agent.readable
        )
        return _told(problems)

    async def _check_description(self) -> Check:
        if not self._system.address.endswith("/ns-api/v2"):
            return skipped("Description", "The API is not at the usual place, so neither is its description.")
        try:
            return check_description(await self._ask(DESCRIPTION, "its description"))
        except PbxError as error:
            return unsure("Description", str(error), error.hint)

    async def _check_latency(self) -> Check:
        took = []
        try:
            for _ in range(_ROUNDS):
                await self._ask("/version", "its version")
                took.append(self._took)
        except PbxError as error:
            return bad("Latency", str(error), error.hint, no_answer=True)
        sentence = f"{1000 * median(took):.0f} ms for one request (median of {_ROUNDS})."
        if median(took) > _SLOW_SECONDS:
            remedy = "The server is busy or the way to it slow: choose a longer --interval."
            return unsure("Latency", sentence, remedy)
        return good("Latency", sentence)

    def _check_clock(self) -> Check:
        if self._offset is None:
            return skipped("Clock", "The server does not tell its time.")
        seconds = round(self._offset.total_seconds())
        if abs(seconds) <= _CLOCK_SECONDS:
            return good("Clock", f"The same as the server's, within {_CLOCK_SECONDS} seconds.")
        side = "behind" if seconds > 0 else "ahead of"
        sentence = f"This machine's clock is {_duration(abs(seconds))} {side} the server's."
        if is_this_machine(host_of(self._system.address)):
            return unsure("Clock", f"{sentence} Both are on this machine: a sandbox keeps a time of its own.")
        return bad("Clock", sentence, "Set it right: how long until a failover begins is told by both clocks.")


def _told(problems: Sequence[Problem]) -> list[str]:
    return [problem.text for problem in problems if not problem.aside]


def _duration(seconds: int) -> str:
    """A length of time in its largest unit."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return plural(round(seconds / length), unit)
    return plural(seconds, "second")
