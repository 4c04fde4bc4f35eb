"""What happens in a sample company, and when: a script of timed events, and a seeded bustle behind it."""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import count


class Deed(StrEnum):
    """What can happen."""

    CALL = "call"
    HANGUP = "hangup"
    LUNCH = "lunch"
    BACK = "back"
    CUT_POWER = "cut-power"
    RESTORE_POWER = "restore-power"
    CALLER_WAITS = "caller-waits"
    CALLER_LEAVES = "caller-leaves"
    UNREGISTER = "unregister"
    REGISTER = "register"
    TIME_FRAME = "time-frame"
    SAY = "say"
    """Nothing but its caption."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens, ``at`` so long after the sandbox was started."""

    at: timedelta
    do: Deed
    who: str = ""
    """A user's extension, or the id of an off-net agent; for a phone's registration, a user or one device."""
    queue: str = ""
    site: str = ""
    time_frame: str = ""
    caller: str = ""
    """The number of a caller who waits or gives up; empty for the sandbox's choice."""
    say: str = ""
    """One sentence for whoever watches."""


@dataclass(frozen=True, slots=True)
class Busy:
    """Background life: agents take calls and hang up, and now and then one goes to lunch."""

    seed: int
    seats: tuple[tuple[str, str], ...]
    """Who takes calls, and for which queue."""
    every: timedelta
    """Between two calls, on average."""
    call: timedelta
    """A call's length, on average."""
    lunch: timedelta | None = None
    """A lunch's length; ``None`` for a day without."""

    def events(self) -> Iterator[Event]:
        """An endless day, the same for the same seed."""
        chance = random.Random(self.seed)
        later: list[tuple[timedelta, int, Event]] = []
        busy_until: dict[str, timedelta] = {}
        at = timedelta()
        for nth in count():
            at += self.every * chance.uniform(0.5, 1.5)
            while later and later[0][0] <= at:
                yield heapq.heappop(later)[2]
            who, queue = chance.choice(self.seats)
            if busy_until.get(who, at) > at:
                continue
            if self.lunch is not None and nth % 15 == 14:
                begin, end, length = Deed.LUNCH, Deed.BACK, self.lunch
            else:
                begin, end, length = Deed.CALL, Deed.HANGUP, self.call
            answered = at + timedelta(seconds=chance.uniform(2, 6))
            done = answered + length * chance.uniform(0.5, 1.5)
            busy_until[who] = done
            if begin is Deed.CALL:
                caller = caller_number(nth)
                yield Event(at, Deed.CALLER_WAITS, queue=queue, caller=caller)
                gave_up = Event(done, Deed.CALLER_LEAVES, queue=queue, caller=caller)
                heapq.heappush(later, (done, 3 * nth, gave_up))
            heapq.heappush(later, (answered, 3 * nth + 1, Event(answered, begin, who=who, queue=queue)))
            heapq.heappush(later, (done, 3 * nth + 2, Event(done, end, who=who)))


@dataclass(frozen=True, slots=True)
class Scenario:
    """A course of events in one sample company."""

    name: str
    title: str
    story: str = ""
    events: tuple[Event, ...] = ()
    """The script, in order of time."""
    repeat_every: timedelta | None = None
    """The script starts over after this; ``None`` for never."""
    busy: Busy | None = None

    @property
    def tells_itself(self) -> bool:
        """Whether the script has sentences of its own."""
        return any(event.say for event in self.events)

    def timeline(self) -> Iterator[Event]:
        """Everything that happens, in order; possibly without end."""
        background = self.busy.events() if self.busy else iter(())
        return heapq.merge(self._script(), background, key=lambda event: event.at)

    def _script(self) -> Iterator[Event]:
        yield from self.events
        if self.repeat_every is not None and self.events:
            for lap in count(1):
                for event in self.events:
                    yield replace(event, at=event.at + self.repeat_every * lap)


def caller_number(nth: int) -> str:
    """An invented caller's number: the last fifty of those reserved for fiction."""
    return f"1214555{150 + nth % 50:04d}"
