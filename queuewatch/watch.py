"""Watch a phone system: poll it gently, keep the latest snapshot, say what is wrong when it goes silent.

Queues and agents are read every few seconds, two requests whatever the size of the domain. Everything else
changes seldom and has its own slow clock; what is being looked at comes first. While the phone system cannot
be reached nothing is thrown away: the last good snapshot stays, with its age.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.status import status_of
from queuewatch.failover.verdict import Judgement
from queuewatch.gather import DIRECTORY, Update, read_devices_of, read_directory, read_rules_of, with_live
from queuewatch.pbx.errors import PbxError, Throttled
from queuewatch.pbx.phone_system import PhoneSystem

RULES_PERIOD = 60.0
DIRECTORY_PERIOD = 300.0
DEVICES_PERIOD = 20.0
"""Seconds between two readings of what is read slowly."""
DEVICE_READS = 10
SECONDS_PER_DEVICE_READ = 2.0
"""Many device reads look like harvesting (operators saw a limit of 60 a minute): a few at once, then slowly."""
RULES_PER_SECOND = 2.0
"""However many queues there are, their rules are not read faster than this once all are known."""
LONGEST_BACK_OFF = 60.0
MOST_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Trouble:
    """The phone system does not answer as it should."""

    sentence: str
    hint: str
    retry_in: float
    """Seconds until the next try, when this was noticed."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known now: a snapshot, every queue's two answers, and what is wrong if anything."""

    snapshot: Snapshot
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    since: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """When an agent of a queue was first seen in its present colour; absent while it has not changed yet."""
    trouble: Trouble | None = None


Publish = Callable[[Sighting], None]
Errand = tuple[Part, str]
"""A slow part to read; the text is the queue's or user's extension where the part is read one by one."""


class Watch:
    """Keeps reading one phone system and publishes a :class:`Sighting` whenever something changed."""

    def __init__(
        self,
        system: PhoneSystem,
        publish: Publish,
        *,
        interval: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sighting = Sighting(Snapshot(system.domain, datetime.now(UTC)))
        self._system = system
        self._publish = publish
        self._interval = interval
        self._monotonic = monotonic
        self._read_last: dict[Errand, float] = {}
        self._looked_at: str | None = None
        self._with_devices = False
        self._device_reads = float(DEVICE_READS)
        self._device_reads_at = monotonic()
        self._wake_live = asyncio.Event()
        self._wake_slow = asyncio.Event()

    async def run(self) -> None:
        """Read until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_live())
            tasks.create_task(self._watch_slow())

    def look_at(self, queue: str | None, *, devices: bool = False) -> None:
        """Put this queue first; read its agents' devices as well if they are shown."""
        self._looked_at, self._with_devices = queue, devices
        self._wake_slow.set()

    def refresh(self, queue: str | None = None) -> None:
        """Read again now: the queues and agents, and the answering rules of this queue (or of all)."""
        for errand in [errand for errand in self._read_last if queue is None or errand == (Part.RULES, queue)]:
            del self._read_last[errand]
        self._wake_live.set()
        self._wake_slow.set()

    async def _watch_live(self) -> None:
        back_off = 1.0
        while True:
            try:
                live = await self._system.read_live()
            except PbxError as error:
                asked = error.retry_after if isinstance(error, Throttled) else None
                wait = max(asked or 0.0, min(back_off, LONGEST_BACK_OFF))
                back_off = min(back_off * 2, LONGEST_BACK_OFF)
                self._show(replace(self.sighting, trouble=Trouble(str(error), error.hint, wait)))
            else:
                wait, back_off = self._interval, 1.0
                self._show(replace(self.sighting, snapshot=with_live(self.sighting.snapshot, live), trouble=None))
                self._wake_slow.set()
            await _sleep(self._wake_live, wait)

    async def _watch_slow(self) -> None:
        while True:
            due, wait = self._due()
            if due:
                updates = await asyncio.gather(*(self._run_errand(errand) for errand in due))
                snapshot = self.sighting.snapshot
                for update in updates:
                    snapshot = update(snapshot)
                self._show(replace(self.sighting, snapshot=snapshot))
            else:
                await _sleep(self._wake_slow, wait)

    def _due(self) -> tuple[list[Errand], float]:
        """The errands whose time has come, most wanted first, or how long to wait for the next."""
        if self.sighting.trouble or Part.LIVE not in self.sighting.snapshot.read_at:
            return [], LONGEST_BACK_OFF
        now = self._monotonic()
        waits = {errand: self._wait(errand, now) for errand in self._errands()}
        allowed = self._device_reads_allowed(now)
        if allowed < 1:
            waits = {
                errand: max(wait, 1.0) if errand[0] is Part.DEVICES else wait for errand, wait in waits.items()
            }
        due = [errand for errand, wait in waits.items() if wait <= 0]
        # A first reading goes at full pace; after that, what is due trickles.
        new = [errand for errand in due if errand not in self._read_last]
        return (new or due)[: MOST_AT_ONCE if new else 1], max(0.05, min(waits.values(), default=DIRECTORY_PERIOD))

    def _device_reads_allowed(self, now: float) -> float:
        earned = (now - self._device_reads_at) / SECONDS_PER_DEVICE_READ
        self._device_reads = min(float(DEVICE_READS), self._device_reads + earned)
        self._device_reads_at = now
        return self._device_reads

    def _errands(self) -> list[Errand]:
        snapshot = self.sighting.snapshot
        queues = [queue.extension for queue in snapshot.call_queues]
        looked_at = self._looked_at if self._looked_at in queues else None
        first = [(Part.RULES, looked_at)] if looked_at else []
        directory = [(part, "") for part in DIRECTORY]
        rules = [(Part.RULES, queue) for queue in queues if queue != looked_at]
        devices: list[Errand] = []
        if looked_at and self._with_devices:
            users = dict.fromkeys(agent.user for agent in snapshot.agents_of(looked_at) if agent.user)
            devices = [(Part.DEVICES, user) for user in users]
        return [*first, *devices, *directory, *rules]

    def _wait(self, errand: Errand, now: float) -> float:
        last = self._read_last.get(errand)
        if last is None:
            return 0.0
        match errand[0]:
            case Part.RULES:
                period = max(RULES_PERIOD, len(self.sighting.snapshot.queues) / RULES_PER_SECOND)
            case Part.DEVICES:
                period = DEVICES_PERIOD
            case _:
                period = DIRECTORY_PERIOD
        return last + period - now

    async def _run_errand(self, errand: Errand) -> Update:
        part, extension = errand
        self._read_last[errand] = self._monotonic()
        match part:
            case Part.RULES:
                return await read_rules_of(self._system, extension)
            case Part.DEVICES:
                self._device_reads -= 1
                return await read_devices_of(self._system, extension)
            case _:
                return await read_directory(self._system, part)

    def _show(self, sighting: Sighting) -> None:
        last = self.sighting
        if not last.judgements or _judged_by(sighting.snapshot) != _judged_by(last.snapshot):
            sighting = replace(sighting, judgements=judge_all(sighting.snapshot))
        if sighting.snapshot.agents != last.snapshot.agents:
            sighting = replace(sighting, since={**last.since, **_changed(last.snapshot, sighting.snapshot)})
        self.sighting = sighting
        self._publish(sighting)


def _changed(before: Snapshot, after: Snapshot) -> dict[tuple[str, str], datetime]:
    """The agents whose colour differs from the last reading, with the time of this one."""
    changed: dict[tuple[str, str], datetime] = {}
    for queue, agents in after.agents.items():
        known = {agent.id: agent for agent in before.agents_of(queue)}
        for agent in agents:
            earlier = known.get(agent.id)
            if earlier is not None and status_of(earlier).status is not status_of(agent).status:
                changed[queue, agent.id] = after.taken_at
    return changed


def _judged_by(snapshot: Snapshot) -> tuple[object, ...]:
    """Everything a verdict depends on."""
    return (
        snapshot.queues,
        snapshot.agents,
        snapshot.rules,
        snapshot.users,
        snapshot.numbers,
        snapshot.attendants,
    )


async def _sleep(until: asyncio.Event, seconds: float) -> None:
    """Sleep, or less if woken."""
    try:
        async with asyncio.timeout(seconds):
            await until.wait()
    except TimeoutError:
        pass
    finally:
        until.clear()
