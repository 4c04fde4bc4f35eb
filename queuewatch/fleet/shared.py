"""Domains that somebody else reads, as states: from the pictures in a broker, by whoever listens to it.

No picture is called fresh that is too old, or that nobody renews: its state has a trouble, which says why there is
nothing newer. How old it is says the broker.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.simulate import rejudge
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts
from queuewatch.fleet.broker.bucket import BrokerError
from queuewatch.fleet.broker.clock import Elapsed
from queuewatch.fleet.broker.viewer import BrokerViewer, SharedPicture
from queuewatch.fleet.standing import DomainStanding, Fleet, with_state, worst_first
from queuewatch.fleet.watch import Changed, FleetDomain, Key
from queuewatch.pbx.errors import Unreachable
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.pbx.shared.picture import SharedPhoneSystem
from queuewatch.polling.assemble import keeping
from queuewatch.polling.devices import DeviceReadBudget
from queuewatch.polling.poller import seen_since
from queuewatch.polling.state import MACHINE_SLEPT, LiveState, Publish, Trouble
from queuewatch.process.background import ProgramFault, alongside, report
from queuewatch.process.clocks import real_seconds

NOBODY_READS = "Nobody reads {domain} any more."
NOBODY_COLLECTS = (
    "Nobody collects any more: what you see is old. It goes on by itself once a queuewatch collect runs."
)
GOES_ON = "It goes on by itself once a queuewatch collect runs that has it."
ASKING = Trouble("The broker is being asked…", "", 0.0, asking=True)
GONE = "{domain} is in the broker no longer."
GONE_HINT = "Who collects reads it no more, or the bucket was emptied."
LOOK_THERE = "Look at what that queuewatch collect says."
OVERDUE = "Whoever reads {domain} has told nothing of it for a while."
NO_ROOM = "The broker seems to have no room for anything newer of {domain}."
MORE_ROOM = "Whoever runs the broker can give its bucket more: nats stream edit KV_queuewatch --max-bytes."


class Silence(Struct, frozen=True):
    """For how long a picture passes for what is so now, though nothing newer comes."""

    patience: float = 10.0
    """Seconds until it is told that nobody reads a domain, or that the broker does not answer: by then another
    collector has it, or the broker is back."""
    late: float = 15.0
    turns: float = 3.0
    """A picture is too old after so many times the time between two readings, and that many seconds more."""
    between_looks: float = 1.0
    """Seconds between two looks at how old everything is."""

    def limit(self, every: float) -> float:
        """Seconds that a picture may be old, which is read ``every`` so many."""
        return self.turns * every + self.late


USUAL_SILENCE = Silence()


class Sighting(Struct, frozen=True):
    """All that a viewer knows of one domain at a moment."""

    domain: str
    picture: SharedPicture | None
    """``None`` for a domain that the broker has not."""
    age: float | None = None
    """Seconds since it was read, by the broker's clock; ``None`` while it never was."""
    unclaimed: float = 0.0
    """For how many seconds nobody has had it to read."""
    broker: str = ""
    """What is wrong with the broker, in a sentence; empty while it answers."""
    hint: str = ""
    broker_silent: float = 0.0
    """For how many seconds it has not answered."""
    full: bool = False
    """Whether the broker has hardly any room left."""
    slept: bool = False
    """Whether time has passed unnoticed since the broker was last heard."""


def trouble_of(seen: Sighting, silence: Silence = USUAL_SILENCE) -> Trouble | None:
    """Why the picture must not pass for what is so now; ``None`` where it may."""
    picture, domain = seen.picture, seen.domain
    broker = _trouble(seen.broker, seen.hint)
    if picture is None:
        return broker if seen.broker else _trouble(GONE.format(domain=domain), GONE_HINT)
    if seen.slept:
        return MACHINE_SLEPT
    if picture.unreadable:
        return _trouble(picture.unreadable)
    if picture.sentence:
        return _trouble(picture.sentence, picture.hint)
    if seen.broker_silent > silence.patience:
        return broker
    if seen.unclaimed > silence.patience:
        return _trouble(NOBODY_READS.format(domain=domain), GOES_ON)
    if seen.age is not None and seen.age > silence.limit(picture.every):
        if seen.broker:
            return broker
        if seen.full:
            return _trouble(NO_ROOM.format(domain=domain), MORE_ROOM)
        return _trouble(OVERDUE.format(domain=domain), LOOK_THERE)
    return None


def _trouble(sentence: str, hint: str = "") -> Trouble:
    return Trouble(sentence, hint, 0.0, listens=True)


def state_of(
    seen: Sighting, last: LiveState, site_facts: SiteFacts | None, silence: Silence = USUAL_SILENCE
) -> LiveState:
    """The state after ``last``, by what is seen now. What was known stays while there is nothing newer.

    ``site_facts`` are what a profile of one's own says of the sites; ``None`` takes what whoever reads them says.
    """
    picture = seen.picture
    snapshot = picture.snapshot if picture is not None else None
    if snapshot is None:
        snapshot = last.snapshot
    else:
        if site_facts is not None:
            snapshot = replace(snapshot, site_facts=site_facts)
        snapshot = keeping(last.snapshot, snapshot)
    trouble = trouble_of(seen, silence)
    state = LiveState(
        snapshot,
        rejudge(last.snapshot, last.judgements, snapshot),
        last.since,
        trouble,
        every=picture.every if picture is not None else last.every,
        # What is old may be of another day.
        recalled_on=datetime.now().astimezone().date() if trouble is not None else None,
    )
    before = last.snapshot
    if before.agents != snapshot.agents or before.queues != snapshot.queues:
        state = replace(state, since=seen_since(last, snapshot))
    return state


Heard = Callable[[Key | None], None]
"""Is told of each domain that the broker says something of; ``None`` is of the broker itself."""
MakeViewer = Callable[[Heard], BrokerViewer]


class SharedDomain:
    """The states of one domain, of what a viewer hears. It asks nobody for anything."""

    def __init__(
        self,
        viewer: MakeViewer,
        key: Key,
        *,
        runs_viewer: bool = True,
        first: LiveState | None = None,
        site_facts: SiteFacts | None = None,
        silence: Silence = USUAL_SILENCE,
        monotonic: Elapsed = real_seconds,
    ) -> None:
        """``first`` is what is known until the viewer has heard anything.

        ``runs_viewer`` unless somebody else does, who is to call :meth:`wake` then.
        """
        self._viewer = viewer(self.wake)
        self._key = key
        self._runs_viewer = runs_viewer
        self._site_facts = site_facts
        self._silence = silence
        self._monotonic = monotonic
        self.device_reads = DeviceReadBudget()
        """None is ever made: nobody's phones are read here."""
        self._publish: Publish = lambda _: None
        self._wake = asyncio.Event()
        self._slept = False
        self._picture = self._viewer.pictures.get(key)
        # Who was found by nobody to be read may have been given up long ago.
        self._claimed_at = monotonic() - (self._viewer.age(key) or 0.0)
        self._answered_at = monotonic()
        unread = LiveState(Snapshot(key[1], datetime.now(UTC), site_facts=site_facts or NO_SITE_FACTS))
        asking = replace(unread, trouble=ASKING) if runs_viewer else None
        self.live_state = first or asking or state_of(self._see(), unread, site_facts, silence)

    @property
    def known(self) -> Mapping[Key, str]:
        """Every domain that the broker has, and what people call it."""
        return self._viewer.known

    def _see(self) -> Sighting:
        viewer, key, now = self._viewer, self._key, self._monotonic()
        if viewer.is_renewed(key):
            self._claimed_at = now
        if not viewer.trouble:
            self._answered_at = now
        return Sighting(
            key[1],
            viewer.pictures.get(key),
            viewer.age(key),
            now - self._claimed_at,
            viewer.trouble,
            viewer.hint,
            now - self._answered_at,
            viewer.is_full,
            self._slept,
        )

    def age(self) -> float | None:
        """Seconds since it was read, by the broker's clock; ``None`` while it never was."""
        return self._viewer.age(self._key)

    def tell(self, publish: Publish) -> "SharedDomain":
        """Tell this of every state from now on."""
        self._publish = publish
        return self

    def wake(self, key: Key | None) -> None:
        """The viewer has heard something of this domain; ``None`` is of the broker."""
        if key == self._key:
            self._slept = False
        if key in (self._key, None):
            self._wake.set()

    def look(self) -> bool:
        """Take in what is known now, and tell it if it is not what was told last; whether it was."""
        seen = self._see()
        if seen.picture is self._picture and trouble_of(seen, self._silence) == self.live_state.trouble:
            return False
        self._picture = seen.picture
        self._show(state_of(seen, self.live_state, self._site_facts, self._silence))
        return True

    async def run(self) -> None:
        """Give states until cancelled."""
        self._publish(self.live_state)
        if not self._runs_viewer:
            await self._watch()
            return
        async with alongside(self._viewer.run()):
            await self._first_hearing()
            await self._watch()

    async def _first_hearing(self) -> None:
        """Wait for the viewer to have looked through the broker: until then it seems to have nothing."""
        while True:
            try:
                await self._viewer.settled()
            except BrokerError as error:
                self._show(replace(self.live_state, trouble=_trouble(str(error), error.hint)))
                await asyncio.sleep(self._silence.between_looks)
            else:
                return

    def _show(self, state: LiveState) -> None:
        self.live_state = state
        self._publish(state)

    async def _watch(self) -> None:
        while True:
            self._wake.clear()
            self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._silence.between_looks):
                    await self._wake.wait()

    async def take(self) -> Snapshot:
        """The snapshot, as long as it may pass for what is so now. Raises :class:`Unreachable`."""
        return current_snapshot(state_of(self._see(), self.live_state, self._site_facts, self._silence))

    def focus_queue(self, queue: str | None, *, devices: bool = False) -> None:
        """Nothing is read sooner for being looked at here."""

    def focus_sight(self, queues: Sequence[str]) -> None:
        """All are read already."""

    def keep_phones(self, read: Snapshot) -> None:
        """There are none that were read elsewhere."""

    def keep_made(self, made: Callable[[Snapshot], Snapshot]) -> None:
        """Nothing is changed here."""

    def refresh(self, queue: str | None = None) -> None:
        """Look at what is known; what is new comes by itself."""
        self._wake.set()

    def read_every(self, interval: float) -> None:
        """How often it is read is the collector's business."""

    def set_visible(self, seen: bool) -> None:
        """Whether anybody looks makes no difference."""

    def resumed(self) -> None:
        """Time has passed unnoticed: nothing is called live until something newer comes."""
        self._slept = True
        self._wake.set()

    def identify(self, identity: Identity | None) -> None:
        """Nobody's credentials are in use here."""


def current_snapshot(state: LiveState) -> Snapshot:
    """The snapshot of a state that may pass for what is so now. Raises :class:`Unreachable`."""
    trouble = state.trouble
    if trouble is None and Part.LIVE in state.snapshot.read_at:
        return state.snapshot
    if trouble is None:
        raise Unreachable(f"{state.snapshot.domain} was not read yet.", "Ask again in a moment.")
    if Part.LIVE not in state.snapshot.read_at:
        raise Unreachable(trouble.sentence, trouble.hint)
    shown = "The board and the fleet's screen show what was read then."
    raise Unreachable(
        f"{trouble.sentence} What is known is as of {state.as_of}.", " ".join(filter(None, (trouble.hint, shown)))
    )


class SharedFleet:
    """Every domain that a broker has, as a fleet: who collects reads them, and this only listens."""

    def __init__(
        self,
        viewer: MakeViewer,
        *,
        silence: Silence = USUAL_SILENCE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Elapsed = real_seconds,
    ) -> None:
        self.viewer = viewer(self._heard)
        self._silence = silence
        self._clock = clock
        self._monotonic = monotonic
        self._listeners: list[Changed] = []
        self._domains: dict[Key, SharedDomain] = {}
        self._standings: dict[Key, DomainStanding] = {}
        self._boards: list[SharedDomain] = []
        self._heard_of: set[Key] = set()
        self._collected_at = monotonic()
        """When there last was somebody who collects."""
        self._wake = asyncio.Event()

    @property
    def domains(self) -> Sequence[FleetDomain]:
        """None: which there are says the broker."""
        return ()

    def clock(self) -> datetime:
        """The phone systems' time."""
        return self._clock()

    @property
    def fleet(self) -> Fleet:
        """Every domain as it is known now, worst first."""
        return Fleet(self._clock(), worst_first(self._standings.values()))

    @property
    def trouble(self) -> str:
        """What is wrong with the broker, or that nobody collects, in sentences; empty while all is well."""
        if self.viewer.trouble:
            return " ".join(filter(None, (self.viewer.trouble, self.viewer.hint)))
        if self._domains and self._monotonic() - self._collected_at > self._silence.patience:
            return NOBODY_COLLECTS
        return ""

    def domain(self, key: Key) -> FleetDomain:
        """One of its domains."""
        server, name = key
        standing = self._standings.get(key)
        return FleetDomain(server, name, partial(self._system, key), standing.name if standing is not None else "")

    def board(self, key: Key) -> SharedDomain:
        """The states of one of its domains, for a board: what is known is there at once."""
        board = self._shared(key)
        # Of boards that are closed nothing is left but this.
        self._boards = [board]
        return board

    def known(self, key: Key) -> LiveState | None:
        """Nothing: a board knows at once what there is."""

    def tell(self, changed: Changed) -> None:
        """Tell this, too, of every state from now on."""
        self._listeners.append(changed)

    def look_at(self, key: Key | None) -> None:
        """Nothing is read sooner for being looked at here."""

    def hasten(self, key: Key) -> None:
        """What is new comes by itself."""

    def refresh(self, key: Key) -> None:
        """What is new comes by itself."""

    def hand_over(self, key: Key) -> None:
        """Its board listens as well."""

    def take_back(self, key: Key) -> None:
        """Its board listens no longer."""
        self._boards = []

    def see(self, domain: FleetDomain, live_state: LiveState) -> None:
        """What a board knows is known."""

    async def run(self) -> None:
        """Listen until cancelled."""
        async with alongside(self.viewer.run()):
            while True:
                await self.look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._silence.between_looks):
                        await self._wake.wait()

    async def look(self) -> None:
        """Take in all that was heard, and what is too old by now."""
        self._wake.clear()
        if self.viewer.collectors:
            self._collected_at = self._monotonic()
        heard_of, self._heard_of = self._heard_of, set()
        for key in {
            **dict.fromkeys(heard_of),
            **dict.fromkeys(self._domains),
            **dict.fromkeys(self.viewer.pictures),
        }:
            if self._look_guarded(key):
                # A sweep of hundreds must not hold up a key that somebody presses.
                await asyncio.sleep(0)

    def _look_guarded(self, key: Key) -> bool:
        """The same; of a fault in the program at one domain no other has to know."""
        try:
            return self._look_at(key)
        except Exception as error:
            doing = f"looking at {key[1]}"
            sentence = ProgramFault(doing, error).sentence
            standing = self._standings.get(key) or DomainStanding(*key)
            if standing.error != sentence:
                report(doing, error)
            self._standings[key] = replace(standing, error=sentence)
            return True

    def _look_at(self, key: Key) -> bool:
        """Whether there was anything new of this domain."""
        picture = self.viewer.pictures.get(key)
        shared = self._domains.get(key)
        if picture is None:
            # A customer was taken away.
            if shared is not None:
                self._tell(key, shared.live_state)
                del self._domains[key], self._standings[key]
            return shared is not None
        if shared is None:
            shared = self._domains[key] = self._shared(key)
            self._see(key, shared.live_state)
            return True
        return shared.tell(partial(self._see, key)).look()

    def _see(self, key: Key, state: LiveState) -> None:
        picture = self.viewer.pictures.get(key)
        standing = self._standings.get(key) or DomainStanding(*key)
        if picture is not None and picture.name:
            # What people call it may be learned later, or change.
            standing = replace(standing, name=picture.name)
        self._standings[key] = with_state(standing, state)
        self._tell(key, state)

    def _tell(self, key: Key, state: LiveState) -> None:
        domain = self.domain(key)
        for tell in tuple(self._listeners):
            tell(domain, state)

    def _shared(self, key: Key) -> SharedDomain:
        return SharedDomain(
            lambda _: self.viewer, key, runs_viewer=False, silence=self._silence, monotonic=self._monotonic
        )

    def _heard(self, key: Key | None) -> None:
        for board in self._boards:
            board.wake(key)
        if key is not None:
            self._heard_of.add(key)
        self._wake.set()

    async def _take(self, key: Key) -> Snapshot:
        return await self._domains[key].take()

    def _system(self, key: Key, limiter: RateLimiter) -> PhoneSystem:
        return SharedPhoneSystem(key[1], key[0], partial(self._take, key))
