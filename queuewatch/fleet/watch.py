"""Watch many domains with one program: each is read in turn, and no server is asked more than one board would ask.

All domains of a server share one limiter of its requests (:class:`SharedRateLimiter`). Their refreshes are spread
so that they take little more than half of what it lets through; what is looked at is read every few seconds and
before all others. A domain that fails waits longer and longer, alone.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from math import ceil
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.alerts.quiet_file import QuietBook
from queuewatch.failover.model import Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts
from queuewatch.fleet.standing import DomainStanding, Fleet, with_state, worst_first
from queuewatch.history.open import OpenHistory
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter, SharedRateLimiter
from queuewatch.pbx.phone_system import PhoneSystem, PushEvent, PushStream
from queuewatch.polling.assemble import read_snapshot
from queuewatch.polling.poller import Poller, detect_sleep
from queuewatch.polling.state import LiveState, Trouble
from queuewatch.process.background import ProgramFault, alongside, end, held, report
from queuewatch.profiles.alert_rules import AlertRule
from queuewatch.profiles.fields import DEFAULT_TOKEN_ENV

PER_REFRESH = 2
"""Requests of one refresh of one domain."""
MOST_STREAMS = 10
"""Streams of events of one server that are listened to at once; each is a connection that stays open."""
AFTER_A_FAULT = 60.0
"""Seconds until a domain is read again at which the program itself failed."""
SPARE = 6.0
"""Requests a second that all refreshes of one server may take together; the rest is for what is read slowly."""

READ_BEFORE = Trouble("As the fleet saw it; reading it again…", "", 0.0, asking=True)

Key = tuple[str, str]
"""A domain: its server's address and its name."""


class FleetDomain(Struct, frozen=True):
    """One domain to be watched, and how it is opened."""

    server: str
    domain: str
    open: Callable[[RateLimiter], PhoneSystem]
    """Makes the client, which asks this limiter for leave; nothing is sent yet.

    Raises :class:`~queuewatch.pbx.errors.PbxError` and :class:`ValueError` for what cannot be used.
    """
    name: str = ""
    profile: str = ""
    site_facts: SiteFacts = NO_SITE_FACTS
    push: Callable[[PhoneSystem], PushStream] | None = None
    """The stream that tells when something moved, where the profile wants it."""
    alerts: tuple[AlertRule, ...] = ()
    """Who is told what of it, and how."""
    token_env: str = DEFAULT_TOKEN_ENV
    """The environment variable that may hold the token, which is no other program's business."""
    quiets: Callable[[], QuietBook] = lambda: QuietBook(None, "", "")
    """What is quiet, and where that is kept."""
    history: OpenHistory | None = None
    """Where what becomes of its queues is kept; ``None`` where it is not."""

    @property
    def key(self) -> Key:
        """What tells it from every other."""
        return self.server, self.domain

    @property
    def unread(self) -> DomainStanding:
        """Where it stands before anything is read."""
        return DomainStanding(self.server, self.domain, self.name, self.profile)


def spread(domains: int, interval: float) -> int:
    """By how many times the interval of each of so many domains of one server is made longer."""
    return max(1, ceil(domains * PER_REFRESH / SPARE / interval))


Changed = Callable[[FleetDomain, LiveState], None]


class FleetSource(Protocol):
    """What gives the states of a fleet: a watch, or what listens to somebody else's."""

    @property
    def domains(self) -> Sequence[FleetDomain]:
        """Those that are known from the start."""

    def clock(self) -> datetime:
        """The phone systems' time."""

    @property
    def fleet(self) -> Fleet:
        """Every domain as it is known now, worst first."""

    @property
    def trouble(self) -> str:
        """What is wrong with the whole of it, in sentences; empty while nothing is."""

    async def run(self) -> None:
        """Give states until cancelled."""

    def domain(self, key: Key) -> FleetDomain:
        """The domain that has this key."""

    def tell(self, changed: Changed) -> None:
        """Tell this of every state from now on."""

    def known(self, key: Key) -> LiveState | None:
        """What to begin with whoever reads this domain next, where they do not know it by themselves."""

    def look_at(self, key: Key | None) -> None:
        """Somebody looks at this domain."""

    def hasten(self, key: Key) -> None:
        """Read this domain before its time, and before others that wait."""

    def refresh(self, key: Key) -> None:
        """Read everything of this domain again now."""

    def hand_over(self, key: Key) -> None:
        """A board of this domain was opened."""

    def take_back(self, key: Key) -> None:
        """Its board was closed."""

    def see(self, domain: FleetDomain, live_state: LiveState) -> None:
        """Take in what its board knows."""


class FleetWatch:
    """Reads every domain until cancelled, and tells what it finds."""

    def __init__(
        self,
        domains: Sequence[FleetDomain],
        *,
        changed: Changed | None = None,
        interval: float = 5.0,
        window: float | None = None,
        boards: Callable[[str], int] = lambda server: 1,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``changed`` is told every state of every domain; ``interval`` is in seconds, of what is looked at.

        ``window`` is the limiter's, of each server. ``boards`` counts who else on this machine asks a server.
        """
        self.domains = tuple(domains)
        self._by_key = {domain.key: domain for domain in self.domains}
        self._listeners: list[Changed] = [changed] if changed is not None else []
        self._interval = interval
        self._boards = boards
        self._clock = clock
        servers = {domain.server for domain in self.domains}
        self._limiters = {server: SharedRateLimiter(window=window) for server in servers}
        self._many = {server: sum(domain.server == server for domain in self.domains) for server in servers}
        self._standings: dict[Key, DomainStanding] = {domain.key: domain.unread for domain in self.domains}
        self._states: dict[Key, LiveState] = {}
        self._pollers: dict[Key, Poller] = {}
        self._polling: dict[Key, asyncio.Task[None]] = {}
        self._handed_over: set[Key] = set()
        self._resume: dict[Key, asyncio.Event] = {}
        self._looked_at: Key | None = None
        self._hastened: dict[Key, datetime] = {}
        """What is to be read next, and when it was read last."""
        self._streams: dict[str, set[str]] = {server: set() for server in servers}
        """By server, the domains whose events are listened to."""

    def clock(self) -> datetime:
        """The phone systems' time."""
        return self._clock()

    @property
    def fleet(self) -> Fleet:
        """Every domain as it is known now, worst first."""
        return Fleet(self.clock(), worst_first(self._standings.values()))

    @property
    def trouble(self) -> str:
        """Nothing: what is wrong with one domain is wrong with no other."""
        return ""

    def domain(self, key: Key) -> FleetDomain:
        """The domain that has this key."""
        return self._by_key[key]

    def known(self, key: Key) -> LiveState | None:
        """What to begin with whoever reads this domain next: its latest state, marked as read before.

        ``None`` while there is nothing to say about any of its queues.
        """
        state = self._states.get(key)
        return replace(state, trouble=READ_BEFORE) if state is not None and state.judgements else None

    def limiter_of(self, key: Key) -> RateLimiter:
        """What else asks this domain has to ask for leave."""
        return self._limiters[key[0]].of(key[1])

    def tell(self, changed: Changed) -> None:
        """Tell this, too, of every state from now on."""
        self._listeners.append(changed)

    def look_at(self, key: Key | None) -> None:
        """Read this domain first and every few seconds from now on, and the one before it in turn again."""
        if key == self._looked_at:
            return
        self._looked_at = key
        self._prefer()
        if key is not None and (poller := self._pollers.get(key)) is not None:
            poller.read_every(self._interval)

    def hasten(self, key: Key) -> None:
        """Read this domain before its time, and before others that wait."""
        self._put_first(key)
        if (poller := self._pollers.get(key)) is not None:
            poller.read_soon()

    def _put_first(self, key: Key) -> None:
        """Let its next reading come before those of others that wait."""
        poller = self._pollers.get(key)
        if poller is not None and poller.live_state.trouble is None:
            self._hastened[key] = poller.live_state.snapshot.taken_at
            self._prefer()

    def refresh(self, key: Key) -> None:
        """Read everything of this domain again now, whatever went wrong before."""
        if (poller := self._pollers.get(key)) is not None:
            poller.refresh()

    def hand_over(self, key: Key) -> None:
        """Stop reading this domain: its board does, and tells what it reads by :meth:`see`."""
        self._handed_over.add(key)
        if (resume := self._resume.get(key)) is not None:
            resume.set()

    def take_back(self, key: Key) -> None:
        """Read it in turn again."""
        self._handed_over.discard(key)
        if (resume := self._resume.get(key)) is not None:
            resume.set()

    async def stopped(self, key: Key) -> None:
        """Wait until nothing of a domain that was handed over is asked any more."""
        if (polling := self._polling.get(key)) is not None:
            await asyncio.wait({polling})

    def share(self, programs: int) -> None:
        """So many programs, this one included, divide the domains: each asks its part of what one may."""
        for limiter in self._limiters.values():
            limiter.share(programs)

    def see(self, domain: FleetDomain, live_state: LiveState) -> None:
        """Take in a new state of a domain, whoever read it."""
        key = domain.key
        if key in self._hastened and live_state.snapshot.taken_at != self._hastened[key]:
            del self._hastened[key]
            self._prefer()
        self._states[key] = live_state
        self._standings[key] = with_state(self._standings[key], live_state)
        for told in self._listeners:
            told(domain, live_state)

    async def run(self) -> None:
        """Read until cancelled."""
        async with alongside(detect_sleep(self._resumed), *(self._watch(domain) for domain in self.domains)):
            await asyncio.Event().wait()

    def _resumed(self) -> None:
        """This machine slept: what is shown is old, and is read again."""
        for poller in self._pollers.values():
            poller.resumed()

    def _prefer(self) -> None:
        """Let what is looked at, and what moved, come first at its server."""
        first = {*self._hastened, *filter(None, (self._looked_at,))}
        for server, limiter in self._limiters.items():
            limiter.prefer({domain for of, domain in first if of == server})

    async def _watch(self, domain: FleetDomain) -> None:
        system: PhoneSystem | None = None
        try:
            while True:
                resume = self._resume[domain.key] = asyncio.Event()
                if domain.key in self._handed_over:
                    await resume.wait()
                elif system is None:
                    try:
                        system = domain.open(self._limiters[domain.server].of(domain.domain))
                    except (PbxError, ValueError) as error:
                        # Nothing can be read before somebody changes something.
                        self._fail(domain, str(error), getattr(error, "hint", ""), unasked=True)
                        await resume.wait()
                else:
                    await self._poll_guarded(domain, system, resume)
        finally:
            if system is not None:
                await system.close()

    async def _poll_guarded(self, domain: FleetDomain, system: PhoneSystem, resume: asyncio.Event) -> None:
        """Poll; of a fault in the program at one domain no other has to know."""
        try:
            await self._poll(domain, system, resume)
        except Exception as error:
            doing = f"reading {domain.domain}"
            report(doing, error)
            # Whoever is told of the domain may be what fails.
            with suppress(Exception):
                self._fail(domain, ProgramFault(doing, error).sentence, "")
            await asyncio.sleep(AFTER_A_FAULT)

    async def _poll(self, domain: FleetDomain, system: PhoneSystem, resume: asyncio.Event) -> None:
        """Poll until the domain is handed over."""
        poller = Poller(
            system,
            partial(self.see, domain),
            interval=self._interval,
            boards=partial(self._sharing, domain),
            push=self._stream(domain, system),
            site_facts=domain.site_facts,
        )
        # Who begins anew knows no rules for a while, and a domain in trouble must not look as if it had none.
        poller.live_state = self.known(domain.key) or poller.live_state
        self._pollers[domain.key] = poller
        polling = self._polling[domain.key] = held(poller.run())
        leaving = held(resume.wait())
        try:
            await asyncio.wait({polling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(polling, leaving)
            self._pollers.pop(domain.key, None)
            self._polling.pop(domain.key, None)
            self._streams[domain.server].discard(domain.domain)
            self._hastened.pop(domain.key, None)
        if not polling.cancelled() and (error := polling.exception()) is not None:
            raise error

    def _stream(self, domain: FleetDomain, system: PhoneSystem) -> "PushStream | None":
        """The domain's stream of events, if it wants one and its server has not enough of them to serve."""
        streams = self._streams[domain.server]
        if domain.push is None or len(streams) >= MOST_STREAMS:
            return None
        try:
            stream = domain.push(system)
        except PbxError:
            # Without one it is read in turn like all others.
            return None
        streams.add(domain.domain)
        return _Heard(stream, partial(self._put_first, domain.key))

    def _sharing(self, domain: FleetDomain) -> int:
        others = self._boards(domain.server)
        if domain.key == self._looked_at:
            return others
        return others * spread(self._many[domain.server], self._interval)

    def _fail(self, domain: FleetDomain, sentence: str, hint: str, *, unasked: bool = False) -> None:
        known = self._states.get(domain.key) or LiveState(
            Snapshot(domain.domain, self.clock(), site_facts=domain.site_facts)
        )
        self.see(domain, replace(known, trouble=Trouble(sentence, hint, 0.0, unasked=unasked)))


class _Heard:
    """A domain's stream of events, by which the domain is moved to the front."""

    def __init__(self, stream: PushStream, moved: Callable[[], None]) -> None:
        self._stream = stream
        self._moved = moved

    async def listen(self, tell: Callable[[PushEvent], None]) -> None:
        """Tell what the stream says until cancelled; returns where there is none."""

        def hear(event: PushEvent) -> None:
            tell(event)
            if event is PushEvent.MOVED:
                self._moved()

        await self._stream.listen(hear)


async def read_fleet(
    domains: Sequence[FleetDomain],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    *,
    window: float | None = None,
    count: Callable[[int, int], None] = lambda read, of: None,
) -> Fleet:
    """Read every domain once. One that cannot be read says why and keeps no other from being read.

    ``count`` is told of how many it is over, and of how many there are.
    """
    done = 0

    async def one(domain: FleetDomain) -> DomainStanding:
        nonlocal done
        standing = await _read_once(domain, limiters[domain.server].of(domain.domain))
        done += 1
        count(done, len(domains))
        return standing

    limiters = {server: SharedRateLimiter(window=window) for server in {domain.server for domain in domains}}
    standings = await asyncio.gather(*map(one, domains))
    return Fleet(clock(), worst_first(standings))


async def _read_once(domain: FleetDomain, limiter: RateLimiter) -> DomainStanding:
    try:
        system = domain.open(limiter)
    except (PbxError, ValueError) as error:
        return replace(domain.unread, error=str(error))
    try:
        snapshot = await read_snapshot(system, site_facts=domain.site_facts)
    except PbxError as error:
        return replace(domain.unread, error=str(error))
    finally:
        await system.close()
    return with_state(domain.unread, LiveState(snapshot, judge_all(snapshot)))
