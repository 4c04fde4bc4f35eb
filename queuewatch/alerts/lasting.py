"""No flapping: of what comes and goes, only what has lasted is told, once when it is there and once when over."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that has lasted: it is there, or it is over."""

    there: bool
    since: datetime
    """When it was first seen so."""
    began: datetime
    """When it was first seen to be there."""
    from_the_start: bool
    """Whether it was there when the watch began: then it is older than ``began``."""

    @property
    def lasted(self) -> timedelta:
        """For how long it was there, once it is over."""
        return self.since - self.began


@dataclass(slots=True)
class _Track:
    there: bool
    """As it was told last, or was from the start."""
    began: datetime
    from_the_start: bool = True
    turned: datetime | None = None
    """Since when it is seen otherwise."""


class Lasting(Generic[Key]):
    """Whatever is told of a key alternates between there and over, and has been seen so for ``hold``.

    What turns back within that time has never turned. What cannot be told is taken to be as it was.
    """

    def __init__(self, hold: timedelta) -> None:
        self._hold = hold
        self._tracks: dict[Key, _Track] = {}
        self._turned: set[Key] = set()

    def __contains__(self, key: Key) -> bool:
        return key in self._tracks

    @property
    def undecided(self) -> Collection[Key]:
        """What is seen otherwise than it was told, and not for long enough yet."""
        return self._turned

    def begin(self, key: Key, there: bool, at: datetime) -> Turn | None:
        """Know of it how it is, without having told it; gives what is there from the start."""
        self._tracks[key] = _Track(there, at)
        return Turn(True, at, at, from_the_start=True) if there else None

    def see(self, key: Key, there: bool | None, at: datetime) -> Turn | None:
        """What is to be told of it now, if anything. It must have begun."""
        track = self._tracks[key]
        if there is None:
            return None
        if there == track.there:
            track.turned = None
            self._turned.discard(key)
            return None
        # A clock that was set back must not make it wait for the time it had shown.
        track.turned = at if track.turned is None else min(track.turned, at)
        self._turned.add(key)
        if at - track.turned < self._hold:
            return None
        turned, track.turned = track.turned, None
        self._turned.discard(key)
        track.there = there
        if there:
            track.began, track.from_the_start = turned, False
        return Turn(there, turned, track.began, track.from_the_start)

    def forget(self, key: Key) -> None:
        """Know nothing of it any more."""
        self._tracks.pop(key, None)
        self._turned.discard(key)
