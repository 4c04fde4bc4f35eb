"""Pull the plug, and a watch is held: power, each agent Grey, the first call failed over, beside the prediction.

It touches nobody: somebody really takes the power of a phone or a room. Only what is read counts.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch.failover.drill.drill import drill
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.lag import turns_grey_at
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import Status, status_of
from queuewatch.failover.suppose import ALL_DARK
from queuewatch.failover.wording import agent_name, describe_destination, format_number, listing
from queuewatch.journal import Journal, ProofEnd, ProofEntry
from queuewatch.pbx.calls import ActiveCall
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.process.background import held
from queuewatch.proof.timing import Timing
from queuewatch.proof.tracing import Tester, Tracer, is_mailbox
from queuewatch.text.instant import utc
from queuewatch.text.natural_order import natural_order

LONGEST = 90 * 60.0
"""Seconds for which the watch is held at most: longer than any registration that is met."""

SAFETY = (
    "Phones without power cannot call for help: keep a cell phone at hand, and tell whoever sits there.",
    "Pull one phone's plug rather than a switch's: behind a switch there may be a door, an alarm or a lift.",
)


class GreyAt(Struct, frozen=True):
    """When one agent turned Grey."""

    agent: str
    name: str
    measured: float
    """Seconds after the power was taken."""
    predicted: float | None = None
    """Seconds that were to be expected then; ``None`` where the phone's registration was not known."""


class Unplugged(Struct, frozen=True):
    """What was measured."""

    queue: str
    name: str
    began_at: datetime
    ended_at: datetime
    grey: tuple[GreyAt, ...] = ()
    all_grey: float | None = None
    """Seconds until every agent was Grey; ``None`` where somebody stayed online."""
    predicted: float | None = None
    """Seconds until failover would begin, as a drill of those who turned Grey said at that moment."""
    first_call: float | None = None
    """Seconds until a call was seen to have failed over."""
    caller: str = ""
    target: int | None = None
    """What the profile allows, in seconds."""
    still_online: tuple[str, ...] = ()
    """Who was, at the end."""
    by: str = ""
    why: str = ""
    """Why nothing was timed; empty where the watch was held."""

    @property
    def measured(self) -> float | None:
        """What counts beside the prediction: when calls began to fail over, which none does earlier."""
        return self.all_grey

    @property
    def ok(self) -> bool:
        """Whether it failed over, and in time where somebody has said by when."""
        measured = self.measured
        return measured is not None and (self.target is None or measured <= self.target)

    @property
    def summary(self) -> str:
        """``predicted 3:41, measured 3:36, target 5:00``."""
        parts = (
            ("predicted", self.predicted),
            ("measured", self.measured),
            ("target", None if self.target is None else float(self.target)),
        )
        return ", ".join(f"{name} {clock_words(value)}" for name, value in parts if value is not None)


def clock_words(seconds: float) -> str:
    """``3:41``."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def document(measured: Unplugged) -> dict[str, object]:
    """The same as one document."""
    outcome = "refused" if measured.why else "held_open" if measured.measured is None else "failed_over"
    return {
        "queue": measured.queue,
        "kind": "unplug",
        "outcome": outcome,
        "predicted": measured.predicted,
        "measured": None if measured.measured is None else round(measured.measured, 1),
        "target": measured.target,
        "agents": [
            {"agent": one.agent, "measured": round(one.measured, 1), "predicted": one.predicted}
            for one in measured.grey
        ],
        "still_online": list(measured.still_online),
        "first_call": None
        if measured.first_call is None
        else {"seconds": round(measured.first_call, 1), "number": measured.caller},
        "why": measured.why or None,
        "by": measured.by,
        "began_at": utc(measured.began_at),
        "ended_at": utc(measured.ended_at),
    }


class Watch(Struct):
    """The watch over one queue, from the moment at which the power is taken."""

    system: PhoneSystem
    snapshot: Snapshot
    """As it was then, with the phones of the queue's agents."""
    queue: Queue
    tell: Callable[[str], None]
    by: str = ""
    target: int | None = None
    timing: Timing = field(default_factory=Timing)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The clock of the snapshot."""
    read_phones: Callable[[], Coroutine[Any, Any, Snapshot]] | None = None
    """Reads the phones once more: one without power renews nothing, so that its registration's end is known."""
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> Unplugged:
        """Watch until the first call has failed over, or it is stopped."""
        self.snapshot = replace(self.snapshot, taken_at=self.now())
        reading = held(self._read_phones())
        try:
            return await self._watch()
        finally:
            reading.cancel()

    async def _read_phones(self) -> None:
        if self.read_phones is not None:
            with suppress(PbxError):
                read = await self.read_phones()
                self.snapshot = replace(self.snapshot, devices=read.devices)

    async def _watch(self) -> Unplugged:
        timing, extension = self.timing, self.queue.extension
        began, begun = datetime.now(UTC), timing.clock()
        agents = {agent.id: agent for agent in self.snapshot.agents_of(extension)}
        online = {name for name, agent in agents.items() if status_of(agent).status is not Status.GREY}
        grey: dict[str, GreyAt] = {}
        all_grey = first_call = None
        caller = ""
        tracer = self._tracer()
        known: frozenset[str] | None = None
        while not self.stopped.is_set() and timing.clock() - begun < LONGEST:
            try:
                rows = {one.agent.id: one.agent for one in await self.system.read_stored_agents(extension)}
                calls = await self.system.read_calls()
            except PbxError as error:
                self.tell(f"Not read: {error}")
                await self._pause()
                continue
            since = timing.clock() - begun
            for name, agent in rows.items():
                is_grey = status_of(agent).status is Status.GREY
                if is_grey and name in online and name not in grey:
                    grey[name] = GreyAt(name, agent_name(agent), since, self._predicted(name))
                    expected = grey[name].predicted
                    beside = f" (predicted {clock_words(expected)})" if expected is not None else ""
                    self.tell(f"{agent_name(agent)} is Grey after {clock_words(since)}{beside}.")
                elif not is_grey and name in grey:
                    del grey[name]
                    all_grey = None
                    self.tell(f"{agent_name(agent)} is online again.")
            if all_grey is None and rows and all(status_of(row).status is Status.GREY for row in rows.values()):
                all_grey = since
                self.tell(f"Every agent is Grey after {clock_words(since)}: from now on calls fail over.")
            if known is None:
                known = tracer.known = frozenset().union(*(call.ids for call in calls.items))
            if all_grey is not None and (number := self._failed_over(tracer, calls.items)) is not None:
                first_call, caller = since, number
                who = format_number(number) or "a hidden number"
                self.tell(f"The first call has failed over after {clock_words(since)}: {who}.")
            if first_call is not None:
                break
            await self._pause()
        still = tuple(sorted((agent_name(agents[name]) for name in online if name not in grey), key=natural_order))
        return Unplugged(
            queue=extension,
            name=self.queue.name,
            began_at=began,
            ended_at=datetime.now(UTC),
            grey=tuple(grey.values()),
            all_grey=all_grey,
            predicted=self._drilled(frozenset(grey)),
            first_call=first_call,
            caller=caller,
            target=self.target,
            still_online=still if all_grey is None else (),
            by=self.by,
        )

    def _failed_over(self, tracer: Tracer, rows: Sequence[ActiveCall]) -> str | None:
        """Who calls, of a call that came to the queue and was sent on from it; ``None`` while there is none.

        One row may tell of a call that went on through another queue. A phone that has lost its power may still be
        told as ringing, or on a call: that is no failing over.
        """
        queue = self.queue.extension
        for number, ids in tracer.look(rows).others:
            legs = [row for row in rows if row.ids & ids and row.by]
            on = [row for row in legs if row.term.name not in ("", queue, f"queue_{queue}")]
            if any(map(is_mailbox, legs)) or not all(tracer.is_at_agent(row, queue) for row in on):
                return number
        return None

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.timing.read_every):
                await self.stopped.wait()

    def _tracer(self) -> Tracer:
        # Nobody is the tester: whoever calls, a call that fails over is one.
        return Tracer(self.snapshot, self.queue.extension, simulate(self.snapshot, self.queue, ALL_DARK), Tester())

    def _predicted(self, agent: str) -> float | None:
        row = next((one for one in self.snapshot.agents_of(self.queue.extension) if one.id == agent), None)
        moment = turns_grey_at(self.snapshot, row) if row is not None else None
        return moment.after.total_seconds() if moment is not None and moment.known else None

    def _drilled(self, agents: frozenset[str]) -> float | None:
        """When failover begins with these without power, as the drill has it; ``None`` where it does not say."""
        if not agents:
            return None
        ran = drill(self.snapshot, DrillScope(agents=agents))
        own = next((one for one in ran.queues if one.queue.extension == self.queue.extension), None)
        moment = own.begins or own.noticed if own is not None else None
        return moment.after.total_seconds() if moment is not None and moment.after < timedelta.max else None


def nothing_to_time(snapshot: Snapshot, queue: Queue) -> str:
    """Why no watch is held: nobody is there to turn Grey, and a watch would time that. Empty where somebody is."""
    if any(status_of(agent).status is not Status.GREY for agent in snapshot.agents_of(queue.extension)):
        return ""
    return "Nobody is online: every agent is Grey already, and there is nothing to time."


def before_the_watch(snapshot: Snapshot, queue: Queue) -> tuple[str, ...]:
    """What is said first: what is dangerous, and what is to be expected."""
    agents = snapshot.agents_of(queue.extension)
    online = [agent for agent in agents if status_of(agent).status is not Status.GREY]
    verdict = simulate(snapshot, queue, ALL_DARK)
    where = describe_destination(snapshot, verdict.destination or "") if verdict.destination else "nowhere"
    lines = [*SAFETY, f"Nobody is logged out. Once every agent is Grey, a call should reach {where}."]
    for agent in online:
        moment = turns_grey_at(snapshot, agent)
        if not moment.promised:
            lines.append(f"{agent_name(agent)} never turns Grey by itself: an outside number.")
        else:
            within = "" if moment.known else "within "
            after = clock_words(moment.after.total_seconds())
            lines.append(f"{agent_name(agent)}: Grey {within}{after} after the power is gone, as predicted.")
    return tuple(lines)


def after_the_watch(measured: Unplugged) -> tuple[str, ...]:
    """What was measured, in sentences."""
    label = f"{measured.name} ({measured.queue})" if measured.name else measured.queue
    if measured.why:
        return (f"{label}: {measured.why}",)
    if measured.measured is None:
        who = listing(measured.still_online, most=6) or "somebody"
        watched = clock_words((measured.ended_at - measured.began_at).total_seconds())
        return (f"{label}: did not fail over in the {watched} of the watch. {who} stayed online.",)
    in_time = "" if measured.target is None else (" · in time" if measured.ok else " · TOO LATE")
    lines = [f"{label}: {measured.summary}{in_time}"]
    if measured.first_call is None:
        lines.append("  No call was seen to fail over: every agent was Grey, and nobody called.")
    return tuple(lines)


def keep(journal: Journal, system: PhoneSystem, queue: Queue, measured: Unplugged) -> None:
    """Write what was measured into the log, beside the tests. Raises :class:`JournalError`."""
    entry = journal.begin_proof(
        ProofEntry(
            "",
            measured.began_at,
            journal.who,
            system.address,
            system.domain,
            queue.extension,
            queue.name,
            kind="unplug",
            require_agents=queue.require_agents,
            until=measured.ended_at,
        )
    )
    told = document(measured)
    journal.add_proof(entry.id, ProofEnd(measured.ended_at, str(told["outcome"]), told))
