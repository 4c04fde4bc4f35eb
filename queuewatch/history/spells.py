"""How often a state came and how long it stayed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from queuewatch.failover.lag import LONGEST_LAG_MINUTES
from queuewatch.history.segments import Segment

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
