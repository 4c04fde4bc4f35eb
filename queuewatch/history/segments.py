"""From what was written down to who was in which state from when to when, with gaps where nobody watched."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from msgspec import Struct

from queuewatch.history.period import Period

S = TypeVar("S")
K = TypeVar("K")


class Change(Struct, Generic[S], frozen=True):
    """From then on it is so; ``None`` for what is there no more, or not known."""

    at: datetime
    state: S | None


class Stretch(Struct, Generic[S], frozen=True):
    """A time in which somebody watched, and everything that changed in it.

    What was before its first change is not known, and neither is anything between two stretches.
    """

    begun: datetime
    ended: datetime
    changes: tuple[Change[S], ...]


class Segment(Struct, Generic[S], frozen=True):
    """A time in which a state did not change."""

    begun: datetime
    ended: datetime
    state: S
    seen: bool
    """Whether its beginning was seen: otherwise it may have begun before."""

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.ended - self.begun


def segments(stretches: Iterable[Stretch[S]], period: Period) -> tuple[Segment[S], ...]:
    """The known states within the period, in order. No moment is in two of them, whatever the stretches say."""
    made: list[Segment[S]] = []
    free = period.begun
    watched_to: datetime | None = None
    for stretch in sorted(stretches, key=lambda stretch: (stretch.begun, stretch.ended)):
        begun, ended = max(stretch.begun, free), min(stretch.ended, period.ended)
        if begun < ended:
            made += _within(
                stretch, begun, ended, continued=watched_to is not None and watched_to >= stretch.begun
            )
            free = ended
        watched_to = stretch.ended if watched_to is None else max(watched_to, stretch.ended)
    return tuple(made)


def _within(stretch: Stretch[S], begun: datetime, ended: datetime, continued: bool) -> Iterator[Segment[S]]:
    latest = {change.at: change for change in stretch.changes}
    changes = [latest[at] for at in sorted(latest)]
    for nth, change in enumerate(changes):
        until = changes[nth + 1].at if nth + 1 < len(changes) else ended
        at, to = max(change.at, begun), min(until, ended)
        if at < to and change.state is not None:
            first = nth == 0 and change.at <= stretch.begun
            yield Segment(at, to, change.state, at == change.at and (continued or not first))


def shares(found: Iterable[Segment[S]], kind: Callable[[S], K]) -> dict[K, timedelta]:
    """How long each kind of state lasted in all."""
    lasted: dict[K, timedelta] = {}
    for segment in found:
        key = kind(segment.state)
        lasted[key] = lasted.get(key, timedelta()) + segment.length
    return lasted


def slices(
    found: Sequence[Segment[S]], edges: Sequence[datetime], kind: Callable[[S], K]
) -> tuple[dict[K, timedelta], ...]:
    """The shares of each slice between two neighbouring edges; both are in order of time."""
    made: list[dict[K, timedelta]] = [{} for _ in edges[1:]]
    nth = 0
    for segment in found:
        while nth < len(made) and edges[nth + 1] <= segment.begun:
            nth += 1
        at = nth
        key = kind(segment.state)
        while at < len(made) and edges[at] < segment.ended:
            lasted = min(segment.ended, edges[at + 1]) - max(segment.begun, edges[at])
            if lasted > timedelta():
                made[at][key] = made[at].get(key, timedelta()) + lasted
            at += 1
    return tuple(made)
