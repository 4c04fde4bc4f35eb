"""Watch a phone system: poll it gently, keep the latest snapshot, say what is wrong when it goes silent.

Queues and agents are read every few seconds, two requests whatever the size of the domain. Everything else
changes seldom and has its own slow clock; what is being looked at comes first. While the phone system cannot
be reached nothing is thrown away: the last good snapshot stays, with its age.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from operator import is_
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from queuewatch.failover.decide import colours_of
from queuewatch.failover.forwards import needs_dial_rules, people_behind_forwards
from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.people import user_of
from queuewatch.failover.simulate import rejudge
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts
from queuewatch.pbx.errors import PbxError, Refused, ServerFault, Throttled, Unreachable
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.phone_system import PhoneSystem, PushStream
from queuewatch.polling.assemble import DIRECTORY, Update, read_part, unread, with_own_time_frames, with_scope
from queuewatch.polling.devices import DeviceReadBudget, with_phones_of, without_outdated_phones
from queuewatch.polling.rate import PollRate
from queuewatch.polling.state import MACHINE_SLEPT, FirstReading, LiveState, Publish, Trouble
from queuewatch.process.background import alongside, end, held, in_background

if TYPE_CHECKING:
    from queuewatch.polling.push import PushTrigger

TICK = 2.0
GAP = 5.0
"""Seconds between two looks at the clock, and by how many the clock may be off before something is behind it."""

Clock = Callable[[], float]


async def detect_sleep(
    react: Callable[[], None],
    *,
    wall: Clock = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call ``react`` whenever it has happened, until cancelled."""
    while True:
        before = wall()
        await sleep(TICK)
        if abs(wall() - before - TICK) > GAP:
            react()


class ClockDrift:
    """By how much the clock on the wall and the one that only counts have gone apart since this was made.

    On most machines the second stands still while the machine sleeps: an answer that waited all night in a socket
    would otherwise be taken for one of this moment.
    """

    def __init__(self, monotonic: Clock, wall: Clock) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._before = self._apart()

    @property
    def is_long(self) -> bool:
        """Whether more than unevenness is behind it."""
        return abs(self._apart() - self._before) > GAP

    def _apart(self) -> float:
        return self._wall() - self._monotonic()


RULES_PERIOD = 60.0
DIRECTORY_PERIOD = 300.0
DIAL_RULES_PERIOD = 3600.0
DEVICES_PERIOD = 20.0
"""Seconds between two readings of what is read slowly."""
RULES_PER_SECOND = 2.0
"""However many queues there are, their rules are not read faster than this once all are known."""
FIRST_BACK_OFF = 1.0
LONGEST_BACK_OFF = 60.0
LONGEST_SEEN = 30.0
"""Seconds without a request after a failure, doubled from the first of them to the second unless the server asks
for more; only to the third while somebody looks, who wants to see that it is there again."""
TOLD_AFTER = 2.0
"""Seconds from the beginning until it is told how far the first reading is, and then at most one word a second."""
BETWEEN_WORDS = 1.0
RETRY_PERIOD = 10.0
"""Seconds until a slow part is tried again whose reading failed as things fail that pass."""
PASSING = (Throttled, ServerFault, Unreachable)
MOST_AT_ONCE = 4
"""Slow readings that are open at a time; so many are shown together, too: each state is judged and drawn."""
PATIENCE = 2.0
"""Seconds after which a slow reading is no longer waited for: it goes on by itself."""
UNUSUAL = 2.5
LATEST = 15.0
"""Rules are told to be old once so many of their periods have passed, and so many seconds in which one answers."""
MOST_LATE = 2
"""Late readings beside which no further list is begun; one request more is always left for queues and agents."""

MOMENT = 1e-6
"""Seconds that no clock is worth waiting for."""

SlowRead = tuple[Part, str]
"""A slow part to read; the text is the queue's or user's extension where the part is read one by one."""
Answer = tuple[Update, PbxError | None]
Pause = Callable[[asyncio.Event, float], Awaitable[None]]
"""How a loop waits this many seconds for its next turn, or less once the event is set, which it then clears."""


async def _sleep(until: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await until.wait()
    except TimeoutError:
        pass
    finally:
        until.clear()


class _Reading(NamedTuple):
    """A slow part that is being read."""

    task: asyncio.Task[Answer]
    late_at: float
    """From when on, by the loop's clock, nothing is held up for it any more."""


class Poller:
    """Keeps reading one phone system and publishes a :class:`LiveState` whenever something changed."""

    def __init__(
        self,
        system: PhoneSystem,
        publish: Publish,
        *,
        interval: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        pause: Pause = _sleep,
        boards: Callable[[], int] = lambda: 1,
        push: PushStream | None = None,
        site_facts: SiteFacts = NO_SITE_FACTS,
    ) -> None:
        """``site_facts`` are what the profile says of the sites."""
        self.live_state = LiveState(Snapshot(system.domain, datetime.now(UTC), site_facts=site_facts))
        self._system = system
        self._publish = publish
        self._rate = PollRate(interval, boards)
        self._monotonic = monotonic
        self._wall = wall
        self._pause = pause
        self._due_at: dict[SlowRead, float] = {}
        self._rules_read: dict[str, tuple[float, datetime]] = {}
        """When the rules of a queue were read: by this clock, and the phone system's; the oldest first."""
        self._wanted_for: tuple[object, ...] = (None,) * 4
        self._slow: list[SlowRead] = []
        """What is read slowly, for these."""
        self._running: dict[SlowRead, _Reading] = {}
        self._read: list[tuple[SlowRead, Answer]] = []
        """What was answered, and is not shown yet."""
        self._resting_until = 0.0
        self._dial_rules_needed: tuple[tuple[object, ...], bool] = ((), False)
        self._looked_at: str | None = None
        self._in_sight: Sequence[str] = ()
        self._with_devices = False
        self.device_reads = DeviceReadBudget(monotonic=monotonic)
        """To be shared with whoever else reads devices from this phone system."""
        self._wake_live = asyncio.Event()
        self._wake_slow = asyncio.Event()
        self._answered = asyncio.Event()
        self._early = self._trigger(push, pause) if push else None
        self._begun: tuple[float, datetime] | None = None
        """When the first reading began: by the clock that only counts, and by the one on the wall."""
        self._told_at = 0.0

    def _trigger(self, push: PushStream, pause: Pause) -> "PushTrigger":
        from queuewatch.polling.push import PushTrigger

        return PushTrigger(
            push, self.read_soon, self._note_push, after=self._answered, pause=pause, rate=self._rate
        )

    async def run(self) -> None:
        """Read until cancelled."""
        # Without its stream a board is as good as one that never had any.
        self._begun = (self._monotonic(), self._now())
        telling = asyncio.get_running_loop().call_later(TOLD_AFTER, self._tell_progress)
        early = self._early and in_background(self._early.run(), "listening to the phone system's events")
        try:
            async with alongside(self._watch_slow()):
                await self._watch_live()
        finally:
            telling.cancel()
            if early:
                await end(early)

    def focus_queue(self, queue: str | None, *, devices: bool = False) -> None:
        """Put this queue first; read its agents' devices as well if they are shown."""
        self._looked_at, self._with_devices = queue, devices
        self._wake_slow.set()

    def focus_sight(self, queues: Sequence[str]) -> None:
        """Put these queues, which are on the screen, before all others; the one that is looked at stays first."""
        # Nobody is woken for it: it matters to what is due, and that is being read.
        self._in_sight = queues

    def keep_phones(self, read: Snapshot) -> None:
        """Judge from now on with these phones, which were read elsewhere, as long as nothing newer is known."""
        if read.devices:
            snapshot = with_phones_of(self.live_state.snapshot, replace(read, problems=()))
            self._show(replace(self.live_state, snapshot=snapshot))

    def keep_made(self, made: Update) -> None:
        """Judge from now on with changes that were made and read back elsewhere, until they are read here."""
        self._show(replace(self.live_state, snapshot=made(self.live_state.snapshot)))

    def refresh(self, queue: str | None = None) -> None:
        """Read again now: the queues and agents, and the answering rules of this queue (or of all)."""
        for slow_read in [
            slow_read for slow_read in self._due_at if queue is None or slow_read == (Part.RULES, queue)
        ]:
            del self._due_at[slow_read]
        self._wake_live.set()
        self._wake_slow.set()

    def read_every(self, interval: float) -> None:
        """Read the queues and agents this often from now on, in seconds, and once at once."""
        self._rate.ask_every(interval)
        self._wake_live.set()

    def read_soon(self) -> None:
        """Read the queues and agents before their time; while something is wrong, the next try has its own."""
        if self.live_state.trouble is None:
            self._wake_live.set()

    def set_visible(self, seen: bool) -> None:
        """Read again now that somebody looks, or more seldom now that nobody does."""
        if seen == self._rate.seen:
            return
        self._rate.seen = seen
        self._show(replace(self.live_state, every=self._rate.interval))
        if seen:
            if self._looked_at is not None:
                self.refresh(self._looked_at)
            self._wake_live.set()

    def resumed(self) -> None:
        """Time has passed unnoticed: read again, and call nothing live until that is done."""
        if self.live_state.trouble is None and Part.LIVE in self.live_state.snapshot.read_at:
            self._show(replace(self.live_state, trouble=MACHINE_SLEPT))
        self._wake_live.set()

    def identify(self, identity: Identity | None) -> None:
        """Say from now on that it is they who ask."""
        snapshot = with_scope(self.live_state.snapshot, identity)
        self._show(replace(self.live_state, identity=identity, snapshot=snapshot))

    def _note_push(self, on: bool) -> None:
        self._show(replace(self.live_state, push=on))

    async def _watch_live(self) -> None:
        back_off = FIRST_BACK_OFF
        while True:
            drift = ClockDrift(self._monotonic, self._wall)
            try:
                update = await read_part(self._system, Part.LIVE)
            except PbxError as error:
                wait = max(_asked(error), back_off)
                back_off = min(back_off * 2, LONGEST_SEEN if self._rate.seen else LONGEST_BACK_OFF)
                retry_at = self._now() + timedelta(seconds=wait)
                self._show(replace(self.live_state, trouble=_trouble(error, wait, retry_at)))
                # What the server asked for goes before what the user asks for.
                woken_by = asyncio.Event() if _asked(error) else self._wake_live
            else:
                # It may have waited in a socket while this machine slept, and tell of the evening before.
                if drift.is_long:
                    continue
                self._rate.recount()
                wait, back_off, woken_by = self._rate.interval, FIRST_BACK_OFF, self._wake_live
                snapshot = without_outdated_phones(update(self.live_state.snapshot), self._people_looked_at())
                late = self._late_rules()
                self._show(replace(self.live_state, snapshot=snapshot, trouble=None, every=wait, late_rules=late))
                self._answered.set()
                self._wake_slow.set()
            await self._pause(woken_by, wait)

    async def _watch_slow(self) -> None:
        back_off = FIRST_BACK_OFF
        try:
            while True:
                answered, failures = self._collect()
                if failures:
                    rest = max(back_off, *(_asked(error) for error in failures))
                    self._resting_until = self._monotonic() + rest
                    back_off = min(back_off * 2, LONGEST_BACK_OFF)
                elif answered:
                    back_off = FIRST_BACK_OFF
                if len(self._read) >= MOST_AT_ONCE:
                    self._take_in()
                due, wait = self._due()
                for slow_read in due:
                    self._begin(slow_read)
                # As soon as one has answered the next is begun: the slowest of several holds up nobody.
                if await self._any_answered():
                    continue
                if self._read:
                    self._take_in()
                    continue
                await self._pause(self._wake_slow, wait)
        finally:
            await end(*(reading.task for reading in self._running.values()))

    def _begin(self, slow_read: SlowRead) -> None:
        task = held(self._read_slowly(slow_read))
        # By the time it answers nobody may wait for it any more.
        task.add_done_callback(lambda _: self._wake_slow.set())
        self._running[slow_read] = _Reading(task, asyncio.get_running_loop().time() + PATIENCE)

    async def _any_answered(self) -> bool:
        """Wait for an answer to what is being read, as long as something there is worth waiting for."""
        now = asyncio.get_running_loop().time()
        # A wait that is over may be so by less than a clock can tell: it would be over again and again.
        prompt = [reading for reading in self._running.values() if reading.late_at - now > MOMENT]
        if not prompt:
            return False
        patience = min(reading.late_at for reading in prompt) - now
        tasks = [reading.task for reading in prompt]
        await asyncio.wait(tasks, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        return True

    def _due(self) -> tuple[list[SlowRead], float]:
        """The slow readings whose time has come, most wanted first, or how long to wait for the next."""
        if self.live_state.trouble or Part.LIVE not in self.live_state.snapshot.read_at:
            return [], LONGEST_BACK_OFF
        now = self._monotonic()
        if now < self._resting_until:
            return [], self._resting_until - now
        late = self._late()
        room = MOST_AT_ONCE - len(self._running) - bool(late)
        if room <= 0:
            return [], LONGEST_BACK_OFF
        # Where two whole lists are slow, more of them would leave no room for the rules.
        barred = DIRECTORY if late >= MOST_LATE else ()
        wanted = [
            slow_read
            for slow_read in self._wanted()
            if slow_read not in self._running and slow_read[0] not in barred
        ]
        spared = self.device_reads.wait() > 0
        # A first reading goes at full pace; after that, what is due trickles.
        new = (read for read in wanted if read not in self._due_at and not (spared and read[0] is Part.DEVICES))
        if first := [*islice(new, room)]:
            return first, 0.0
        waits = {
            slow_read: max(self._due_at.get(slow_read, now) - now, float(spared and slow_read[0] is Part.DEVICES))
            for slow_read in wanted
        }
        due = (slow_read for slow_read, wait in waits.items() if wait <= 0)
        return [*islice(due, 1)], max(0.05, min(waits.values(), default=DIRECTORY_PERIOD))

    def _late(self) -> int:
        """How many are being read for so long that nobody waits for them."""
        now = asyncio.get_running_loop().time()
        return sum(reading.late_at <= now for reading in self._running.values())

    def _wanted(self) -> list[SlowRead]:
        """All slow readings, most wanted first. Asked at every answer, and worked out anew for another picture."""
        rests_on = (self.live_state.snapshot, self._looked_at, self._in_sight, self._with_devices)
        if not all(map(is_, rests_on, self._wanted_for)):
            self._wanted_for, self._slow = rests_on, self._slow_reads()
        return self._slow

    def _slow_reads(self) -> list[SlowRead]:
        snapshot = self.live_state.snapshot
        queues = {queue.extension: None for queue in snapshot.call_queues}
        looked_at = self._looked_at if self._looked_at in queues else None
        first = [(Part.RULES, looked_at)] if looked_at else []
        directory = [(part, "") for part in DIRECTORY]
        in_sight = [queue for queue in self._in_sight if queue in queues]
        rules = [(Part.RULES, queue) for queue in dict.fromkeys((*in_sight, *queues)) if queue != looked_at]
        people = sorted(people_behind_forwards(snapshot))
        rules += [(Part.RULES, person) for person in people]
        ruled = {*queues, *people}
        own_frames = [(Part.TIME_FRAMES, user) for user in with_own_time_frames(snapshot) if user in ruled]
        dial_rules = [(Part.DIAL_RULES, "")] if self._needs_dial_rules(snapshot) else []
        devices = [(Part.DEVICES, user) for user in self._people_looked_at()]
        return [*first, *devices, *directory, *rules, *own_frames, *dial_rules]

    def _people_looked_at(self) -> tuple[str, ...]:
        """The users whose phones are kept fresh: the agents of the queue that is looked at, if those are shown."""
        snapshot, looked_at = self.live_state.snapshot, self._looked_at
        if not (looked_at and self._with_devices and looked_at in snapshot.queues):
            return ()
        users = (user_of(snapshot, agent) for agent in snapshot.agents_of(looked_at))
        return tuple(dict.fromkeys(user for user in users if user))

    def _needs_dial_rules(self, snapshot: Snapshot) -> bool:
        # Asked at every turn, and answered anew only where what it rests on is another object.
        rests_on = (snapshot.rules, snapshot.users, snapshot.attendants, snapshot.numbers)
        known, needed = self._dial_rules_needed
        if len(known) != len(rests_on) or any(
            before is not now for before, now in zip(known, rests_on, strict=True)
        ):
            needed = needs_dial_rules(snapshot)
            self._dial_rules_needed = (rests_on, needed)
        return needed

    def _period(self, part: Part) -> float:
        match part:
            case Part.RULES:
                return max(RULES_PERIOD, self._ruled / RULES_PER_SECOND)
            case Part.DEVICES:
                return DEVICES_PERIOD
            case Part.TIME_FRAMES:
                return max(DIRECTORY_PERIOD, self._ruled / RULES_PER_SECOND)
            case Part.DIAL_RULES:
                return DIAL_RULES_PERIOD
            case _:
                return DIRECTORY_PERIOD

    @property
    def _ruled(self) -> int:
        """How many there are whose answering rules are read: queues, and people that rules lead to."""
        snapshot = self.live_state.snapshot
        return len(snapshot.queues) + len(people_behind_forwards(snapshot))

    def _collect(self) -> tuple[bool, list[PbxError]]:
        """Keep what has been answered meanwhile: whether there is any, and the failures that ask for a rest."""
        done = {
            slow_read: reading.task.result() for slow_read, reading in self._running.items() if reading.task.done()
        }
        for slow_read in done:
            del self._running[slow_read]
        self._read += done.items()
        return bool(done), [error for _, error in done.values() if isinstance(error, PASSING)]

    def _take_in(self) -> None:
        """Show what was answered and is not shown yet."""
        snapshot = self.live_state.snapshot
        for (part, of), (update, error) in self._read:
            snapshot = update(snapshot)
            if part is Part.RULES and error is None:
                self._rules_read.pop(of, None)
                self._rules_read[of] = (self._monotonic(), snapshot.taken_at)
        self._read.clear()
        self._show(replace(self.live_state, snapshot=snapshot, late_rules=self._late_rules()))

    async def _read_slowly(self, slow_read: SlowRead) -> Answer:
        part, extension = slow_read
        self._due_at[slow_read] = self._monotonic() + self._rate.scaled(self._period(part))
        if part is Part.DEVICES:
            self.device_reads.spend()
        try:
            return await read_part(self._system, part, extension), None
        except PbxError as error:
            if isinstance(error, PASSING):
                self._due_at[slow_read] = self._monotonic() + RETRY_PERIOD
            return unread(part, extension, error), error

    def _late_rules(self) -> dict[str, datetime]:
        """The queues whose rules are older than usual. By this machine's clock: a demo's goes faster."""
        usual = UNUSUAL * self._rate.scaled(self._period(Part.RULES)) + LATEST
        now = self._monotonic()
        late = takewhile(lambda entry: now - entry[1][0] > usual, self._rules_read.items())
        return {queue: at for queue, (_, at) in late if queue in self.live_state.snapshot.queues}

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._wall(), UTC)

    def _tell_progress(self) -> None:
        if self._progress(self.live_state.snapshot) is not None:
            self._show(self.live_state)

    def _progress(self, snapshot: Snapshot) -> FirstReading | None:
        """How far the first reading is, where that is to be told; what was told a moment ago stays."""
        now, known = self._monotonic(), self.live_state.first_reading
        if self._begun is None or now - self._begun[0] < TOLD_AFTER:
            return None
        asked_at = self._begun[1]
        if Part.LIVE not in snapshot.read_at:
            return FirstReading(asked_at)
        queues = snapshot.call_queues
        read = sum(queue.extension in snapshot.rules for queue in queues)
        if read == len(queues):
            return None
        if known is None or not known.of or now - self._told_at >= BETWEEN_WORDS:
            self._told_at = now
            return FirstReading(asked_at, read, len(queues))
        return known

    def _show(self, live_state: LiveState) -> None:
        last = self.live_state
        judgements = rejudge(last.snapshot, last.judgements, live_state.snapshot)
        live_state = replace(live_state, judgements=judgements, first_reading=self._progress(live_state.snapshot))
        before, after = last.snapshot, live_state.snapshot
        if before.agents != after.agents or before.queues != after.queues:
            live_state = replace(live_state, since=seen_since(last, after))
        self.live_state = live_state
        self._publish(live_state)


def _trouble(error: PbxError, wait: float, retry_at: datetime) -> Trouble:
    return Trouble(str(error), error.hint, wait, isinstance(error, Refused), retry_at=retry_at)


def _asked(error: PbxError) -> float:
    """For how many seconds the server asked to be left alone."""
    return (error.retry_after or 0.0) if isinstance(error, Throttled) else 0.0


def seen_since(last: LiveState, after: Snapshot) -> dict[tuple[str, str], datetime]:
    """Since when each agent has its colour, where the change was seen. Who was away meanwhile begins anew."""
    before = last.snapshot
    same = {
        queue
        for queue, agents in after.agents.items()
        if agents is before.agents_of(queue) and before.queues.get(queue) is after.queues.get(queue)
    }
    since = {key: seen for key, seen in last.since.items() if key[0] in same}
    for queue, agents in after.agents.items():
        if queue in same:
            continue
        known, shown = colours_of(before, queue), colours_of(after, queue)
        for agent in agents:
            earlier, key = known.get(agent.id), (queue, agent.id)
            if earlier is None:
                continue
            if earlier.status is not shown[agent.id].status:
                since[key] = after.taken_at
            elif key in last.since:
                since[key] = last.since[key]
    return since
