"""What a period amounts to for one queue, and for one agent: shares, episodes and uptime.

Uptime is the share of the known watched time in which a call would have reached someone. Time that nobody watched,
and time in which it was not known what would become of a call, count neither for nor against it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from msgspec import Struct

from queuewatch.failover.lag import LONGEST_LAG_MINUTES
from queuewatch.failover.status import Status
from queuewatch.history.period import Period
from queuewatch.history.segments import Segment, Stretch, segments, shares
from queuewatch.history.state import AgentState, HistoryState, QueueState

S = TypeVar("S")
K = TypeVar("K")

BRIDGED = timedelta(minutes=LONGEST_LAG_MINUTES)
"""A gap up to this long between two equal states is a lost connection, not an end and a new beginning: the portal
itself may take as long to recognise a change."""


class Episode(Struct, Generic[S, K], frozen=True):
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


def episodes(found: Iterable[Segment[S]], kind: Callable[[S], K]) -> tuple[Episode[S, K], ...]:
    """Neighbouring segments of one kind put together, in order of time."""
    made: list[Episode[S, K]] = []
    for segment in found:
        key = kind(segment.state)
        last = made[-1] if made else None
        if last is not None and last.kind == key and segment.begun - last.ended <= BRIDGED:
            made[-1] = Episode(key, last.begun, segment.ended, last.lasted + segment.length, last.seen, last.state)
        else:
            made.append(Episode(key, segment.begun, segment.ended, segment.length, segment.seen, segment.state))
    return tuple(made)


NOTHING = timedelta()


class Statistics(Struct, frozen=True):
    """What a period amounts to for one queue."""

    queue: str
    name: str
    """As it was called last; empty where it had no name, or nothing is known."""
    period: Period
    segments: tuple[Segment[QueueState], ...]
    episodes: tuple[Episode[QueueState, HistoryState], ...]
    times: Mapping[HistoryState, timedelta]

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
        return self.times.get(HistoryState.UNKNOWN, NOTHING)

    @property
    def known(self) -> timedelta:
        """The watched time that counts."""
        return self.watched - self.unknown

    @property
    def reached(self) -> timedelta:
        """How much of the known time a call would have reached someone."""
        return self.known - self.times.get(HistoryState.NOBODY, NOTHING)

    def episodes_of(self, standing: HistoryState) -> tuple[Episode[QueueState, HistoryState], ...]:
        """Every time it was so."""
        return tuple(episode for episode in self.episodes if episode.kind is standing)


class AgentAccount(Struct, frozen=True):
    """One agent's period in one queue."""

    queue: str
    agent: str
    name: str
    period: Period
    segments: tuple[Segment[AgentState], ...]
    episodes: tuple[Episode[AgentState, Status], ...]
    times: Mapping[Status, timedelta]

    @property
    def watched(self) -> timedelta:
        """How long somebody watched."""
        return sum(self.times.values(), NOTHING)

    @property
    def last(self) -> Episode[AgentState, Status] | None:
        """The latest colour of the period, if any is known."""
        return self.episodes[-1] if self.episodes else None


def account(queue: str, stretches: Iterable[Stretch[QueueState]], period: Period) -> Statistics:
    """The statistics of a queue over the period."""
    found = segments(stretches, period)
    return Statistics(
        queue,
        found[-1].state.name if found else "",
        period,
        found,
        episodes(found, lambda state: state.standing),
        shares(found, lambda state: state.standing),
    )


def agent_account(
    queue: str, agent: str, stretches: Iterable[Stretch[AgentState]], period: Period
) -> AgentAccount:
    """The statistics of an agent over the period."""
    found = segments(stretches, period)
    return AgentAccount(
        queue,
        agent,
        found[-1].state.name if found else "",
        period,
        found,
        episodes(found, lambda state: state.status),
        shares(found, lambda state: state.status),
    )
