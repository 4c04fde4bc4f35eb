"""The phone system behind a snapshot that somebody else took: what they read is answered, and nothing else.

It is asked for nothing of its own, so nothing can be changed by it; what was not read is told as that.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NoReturn

from queuewatch.failover.model import (
    AutoAttendant,
    Clock,
    Device,
    DialRule,
    Forward,
    Part,
    PhoneNumber,
    Problem,
    QueueRules,
    Snapshot,
    TimeFrame,
    User,
)
from queuewatch.pbx.calls import ActiveCall, CallRecord, QueuedCall, StoredAgent
from queuewatch.pbx.errors import ReadOnly, Unsupported
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.phone_system import (
    AbsentRule,
    Item,
    ListReading,
    LiveReading,
    SiteReading,
    StoredQueue,
    StoredRule,
)

NO_TOKEN = "is read from a broker: there is no token of the phone system here"
ASK_IT_ITSELF = (
    "Whoever has a token asks the phone system itself: leave out --nats (and unset QUEUEWATCH_NATS), and name a "
    "profile."
)


def why_read_only(domain: str) -> str:
    """Why nothing of a domain that somebody else reads can be changed, and what to do."""
    return f"{domain} {NO_TOKEN}, so nothing can be changed. {ASK_IT_ITSELF}"


class SharedPhoneSystem:
    """A domain as the latest whole snapshot has it. All reads are of one snapshot; every write is refused."""

    def __init__(self, domain: str, address: str, take: Callable[[], Awaitable[Snapshot]]) -> None:
        """``address`` is the phone system's, as whoever reads it says.

        ``take`` gives the latest whole snapshot. It raises :class:`~queuewatch.pbx.errors.PbxError` where there is
        none that may pass for what is so now.
        """
        self._domain, self._address = domain, address
        self._take = take

    @property
    def domain(self) -> str:
        """The domain's name."""
        return self._domain

    @property
    def address(self) -> str:
        """Where the phone system is."""
        return self._address

    async def read_whole(self) -> Snapshot:
        """Everything that is known, as it was read."""
        return await self._take()

    async def read_identity(self) -> Identity:
        """How much of the domain its readers are shown; who they are is nobody's business here."""
        scope = (await self._take()).scope
        if not scope:
            raise Unsupported(f"{self._domain} {NO_TOKEN}, so nobody's name can be told.", ASK_IT_ITSELF)
        return Identity(scope=scope, domain=self._domain)

    async def read_live(self) -> LiveReading:
        """Every queue and every agent."""
        snapshot = await self._take()
        return LiveReading(
            tuple(snapshot.queues.values()),
            tuple(agent for rows in snapshot.agents.values() for agent in rows),
            snapshot.taken_at,
            _problems(snapshot, Part.LIVE),
            snapshot.server_ahead,
            snapshot.agents,
        )

    async def read_rules(self, queue: str) -> QueueRules:
        """The answering rules of the queue's user, or of a person, if they were read."""
        known = (await self._take()).rules.get(queue)
        return known if known is not None else self._not_read(f"answering rules of {queue}")

    async def read_users(self) -> ListReading[User]:
        """Every user."""
        snapshot = await self._take()
        users = None if snapshot.users is None else tuple(snapshot.users.values())
        return self._listed(snapshot, Part.USERS, users)

    async def read_numbers(self) -> ListReading[PhoneNumber]:
        """The domain's own numbers."""
        snapshot = await self._take()
        numbers = None if snapshot.numbers is None else tuple(snapshot.numbers.values())
        return self._listed(snapshot, Part.NUMBERS, numbers)

    async def read_attendants(self) -> ListReading[AutoAttendant]:
        """The auto attendants."""
        snapshot = await self._take()
        return self._listed(snapshot, Part.ATTENDANTS, snapshot.attendants)

    async def read_sites(self) -> ListReading[str]:
        """The sites and their clocks."""
        snapshot = await self._take()
        listed = self._listed(snapshot, Part.SITES, snapshot.sites)
        return SiteReading(listed.items, listed.problems, listed.complete, snapshot.site_clocks)

    async def read_clock(self) -> Clock:
        """The domain's own clock, if it was read."""
        return (await self._take()).domain_clock or self._not_read("domain's own clock")

    async def read_time_frames(self, user: str | None) -> ListReading[TimeFrame]:
        """The time frames of the domain, or one user's own."""
        snapshot = await self._take()
        frames = snapshot.time_frames if user is None else snapshot.user_time_frames.get(user)
        if frames is None:
            self._not_read(f"time frames of {user}" if user else "time frames")
        complete = (user or "") not in snapshot.time_frames_partial
        return ListReading(tuple(frames.values()), complete=complete)

    async def read_dial_rules(self) -> ListReading[DialRule]:
        """The dial plan, if it was read."""
        snapshot = await self._take()
        rules = None if snapshot.dial_rules is None else tuple(snapshot.dial_rules.values())
        return self._listed(snapshot, Part.DIAL_RULES, rules)

    async def read_devices(self, user: str) -> ListReading[Device]:
        """One user's devices, if they were read: they are not for everybody."""
        snapshot = await self._take()
        if user not in snapshot.devices:
            raise Unsupported(
                f"{self._domain} {NO_TOKEN}, and whoever reads it does not read single phones.", ASK_IT_ITSELF
            )
        return ListReading(snapshot.devices[user])

    async def read_stored_queue(self, queue: str) -> StoredQueue:
        """Refused: it is the beginning of a change."""
        self._refuse()

    async def write_require_agents(self, queue: str, on: bool) -> None:
        """Refused."""
        self._refuse()

    async def read_stored_default(self, queue: str) -> StoredRule | AbsentRule:
        """Refused: it is the beginning of a change."""
        self._refuse()

    async def write_when_offline(self, queue: str, stored: StoredRule | None, offline: Forward) -> None:
        """Refused."""
        self._refuse()

    async def read_stored_agents(self, queue: str) -> tuple[StoredAgent, ...]:
        """Refused: it is the beginning of a change."""
        self._refuse()

    async def log_agent(self, queue: str, agent_id: str, on: bool) -> None:
        """Refused."""
        self._refuse()

    async def place_call(self, call_id: str, ring_first: str, to: str) -> None:
        """Refused."""
        self._refuse()

    async def read_calls(self) -> ListReading[ActiveCall]:
        """Calls are in no snapshot."""
        self._not_read("calls in progress")

    async def read_queued_calls(self, queue: str) -> ListReading[QueuedCall]:
        """Calls are in no snapshot."""
        self._not_read("calls that wait")

    async def read_cdrs(self, since: datetime, until: datetime) -> ListReading[CallRecord]:
        """Calls are in no snapshot."""
        self._not_read("records of calls")

    async def close(self) -> None:
        """Nothing was opened."""

    def _listed(self, snapshot: Snapshot, part: Part, items: tuple[Item, ...] | None) -> ListReading[Item]:
        problems = _problems(snapshot, part)
        if items is None:
            raise Unsupported(problems[0].text if problems else f"The {part} were not read.", ASK_IT_ITSELF)
        return ListReading(items, problems, not any(problem.lost for problem in problems))

    def _not_read(self, what: str) -> NoReturn:
        raise Unsupported(f"{self._domain} {NO_TOKEN}, and the {what} were not read.", ASK_IT_ITSELF)

    def _refuse(self) -> NoReturn:
        error = ReadOnly(f"Nothing was changed: {self._domain} {NO_TOKEN}.", ASK_IT_ITSELF)
        error.not_sent = True
        raise error


def _problems(snapshot: Snapshot, part: Part) -> tuple[Problem, ...]:
    return tuple(problem for problem in snapshot.problems if problem.part is part)
