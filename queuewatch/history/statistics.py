"""What a period amounts to for one queue, and for one agent: shares, spells and uptime.

Uptime is the share of the known watched time in which a call would have reached someone. Time that nobody watched,
and time in which it was not known what would become of a call, count neither for nor against it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from queuewatch.failover.lag import LONGEST_LAG_MINUTES
from queuewatch.failover.status import Status
from queuewatch.history.period import Period
from queuewatch.history.segments import Segment, Stretch, segments, shares
from queuewatch.history.state import AgentState, QueueState, Standing

S = TypeVar("S")
K = TypeVar("K")

BRIDGED = timedelta(minutes=LONGEST_LAG_MINUTES)
"""A gap up to this long between two equal states is a lost connection, not an end and a new beginning: the portal
itself may take as long to recognise a change."""


@dataclass(frozen=True, slots=True)
class Spell(Generic[S, K]):
    """A kind of state from its beginning to its end."""

    kind: K
    begun: datetime
    ended: datetime
    lasted: timedelta
    """How much of it was watched."""
    seen: bool
    """Whether its beginning was seen: otherwise it may have begun before."""
    state: S
    """As it was when it began."""


def spells(found: Iterable[Segment[S]], kind: Callable[[S], K]) -> tuple[Spell[S, K], ...]:
    """Neighbouring segments of one kind put together, in order of time."""
    made: list[Spell[S, K]] = []
    for segment in found:
        key = kind(segment.state)
        last = made[-1] if made else None
        if last is not None and last.kind == key and segment.begun - last.ended <= BRIDGED:
            made[-1] = Spell(key, last.begun, segment.ended, last.lasted + segment.length, last.seen, last.state)
        else:
            made.append(Spell(key, segment.begun, segment.ended, segment.length, segment.seen, segment.state))
    return tuple(made)


NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Account:
    """One queue's period."""

    queue: str
    name: str
    """As it was called last; empty where it had no name, or nothing is known."""
    period: Period
    segments: tuple[Segment[QueueState], ...]
    spells: tuple[Spell[QueueState, Standing], ...]
    times: Mapping[Standing, timedelta]

    @property
    def label(self) -> str:
        """``Sales (8000)``, or the bare extension."""
        return f"{self.name} ({self.queue})" if self.name else self.queue

    @property
    def watched(self) -> timedelta:
        """How long somebody watched and the queue had a verdict, even an uncertain one."""
        return sum(self.times.values(), NOTHING)

    @property
    def unwatched(self) -> timedelta:
        """The rest of the period."""
        return self.period.length - self.watched

    @property
    def unknown(self) -> timedelta:
        """How much of the watched time it could not be told whether a call reached someone."""
        return self.times.get(Standing.UNKNOWN, NOTHING)

    @property
    def known(self) -> timedelta:
        """The watched time that counts."""
        return self.watched - self.unknown

    @property
    def reached(self) -> timedelta:
        """How much of the known time a call would have reached someone."""
        return self.known - self.times.get(Standing.NOBODY, NOTHING)

    def spells_of(self, standing: Standing) -> tuple[Spell[QueueState, Standing], ...]:
        """Every time it was so."""
        return tuple(spell for spell in self.spells if spell.kind is standing)


@dataclass(frozen=True, slots=True)
class AgentAccount:
    """One agent's period in one queue."""

    queue: str
    agent: str
    name: str
    period: Period
    segments: tuple[Segment[AgentState], ...]
    spells: tuple[Spell[AgentState, Status], ...]
    times: Mapping[Status, timedelta]

    @property
    def watched(self) -> timedelta:
        """How long somebody watched."""
        return sum(self.times.values(), NOTHING)

    @property
    def last(self) -> Spell[AgentState, Status] | None:
        """The latest colour of the period, if any is known."""
        return self.spells[-1] if self.spells else None


def account(queue: str, stretches: Iterable[Stretch[QueueState]], period: Period) -> Account:
    """The queue's period."""
    found = segments(stretches, period)
    return Account(
        queue,
        found[-1].state.name if found else "",
        period,
        found,
        spells(found, lambda state: state.standing),
        shares(found, lambda state: state.standing),
    )


def agent_account(
    queue: str, agent: str, stretches: Iterable[Stretch[AgentState]], period: Period
) -> AgentAccount:
    """The agent's period."""
    found = segments(stretches, period)
    return AgentAccount(
        queue,
        agent,
        found[-1].state.name if found else "",
        period,
        found,
        spells(found, lambda state: state.status),
        shares(found, lambda state: state.status),
    )
