"""When a loss of power is noticed: the moments at which agents turn Grey."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from queuewatch.failover.lag import LONGEST_LAG_MINUTES, runs_out_at
from queuewatch.failover.model import Agent, Snapshot

LONGEST_LAG = timedelta(minutes=LONGEST_LAG_MINUTES)


@dataclass(frozen=True, slots=True)
class Onset:
    """When something begins after the power was lost: known to the second, or only that it is within so long."""

    after: timedelta
    """Since the power was lost; the longest it can take where ``at`` is not known."""
    at: datetime | None = None
    """Aware; ``None`` where it is not known."""

    @property
    def known(self) -> bool:
        """Whether it is known to the second."""
        return self.at is not None


def grey_at(snapshot: Snapshot, agent: Agent) -> Onset:
    """When an agent who loses all power at the snapshot's moment turns Grey: as the last registration runs out.

    A registration that should have run out before is one that was renewed since it was read: its end is not known.
    """
    at = runs_out_at(snapshot, agent)
    if at is None or at <= snapshot.taken_at:
        return Onset(LONGEST_LAG)
    return Onset(at - snapshot.taken_at, at)


def last_of(moments: Iterable[Onset]) -> Onset | None:
    """The moment by which all of them have come; ``None`` for none. One that is not known makes it not known."""
    given = tuple(moments)
    latest = max(given, key=lambda moment: moment.after, default=None)
    if latest is None or all(moment.known for moment in given):
        return latest
    return Onset(latest.after)
