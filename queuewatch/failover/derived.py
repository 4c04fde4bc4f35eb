"""What is derived from a whole snapshot is worked out once for each snapshot, however many queues ask."""

from collections.abc import Callable
from typing import TypeVar, cast

from queuewatch.failover.model import Snapshot

Derived = TypeVar("Derived")


def sharing(snapshot: Snapshot, like: Snapshot) -> Snapshot:
    """A fresh snapshot that differs from another only in which of the enabled rules is in effect.

    Nothing that is derived hangs on that, so both keep what either works out.
    """
    object.__setattr__(snapshot, "memo", like.memo)
    return snapshot


def once_per_snapshot(derive: Callable[[Snapshot], Derived]) -> Callable[[Snapshot], Derived]:
    """The same pure function, which keeps its answer with the snapshot that it was given."""

    def derived(snapshot: Snapshot) -> Derived:
        memo = snapshot.memo
        if derive not in memo:
            memo[derive] = derive(snapshot)
        return cast("Derived", memo[derive])

    derived.__doc__ = derive.__doc__
    return derived
