"""One thing to be told: about which queue, what began or is over, and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from queuewatch.failover.standing import Condition


class Kind(StrEnum):
    """What a rule can be about, the worst first."""

    REACHES_NOBODY = "reaches_nobody"
    FAILS_OVER = "fails_over"
    UNREACHABLE = "unreachable"
    NOT_READY = "not_ready"
    ONE_AGENT_LEFT = "one_agent_left"
    RECOVERED = "recovered"
    REACHABLE = "reachable"

    @property
    def words(self) -> str:
        """As a rule spells it."""
        return self.value.replace("_", " ")


WORST_FIRST = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Alert:
    """What has begun, or is over."""

    kind: Kind
    domain: str
    at: datetime
    """When it was told, by the phone system's time."""
    headline: str
    """What it is, in a few words and without a full stop."""
    sentence: str
    """The same, and what it means for a caller."""
    since: datetime | None = None
    """When it was first seen; ``None`` where it was there before anybody looked."""
    of: Condition | None = None
    """The condition of the queue that began or is over; ``None`` where it is about the whole domain."""
    lasted: timedelta | None = None
    """For how long it was there, once it is over."""
    queue: str = ""
    """The extension; empty where it is about the whole domain."""
    name: str = ""
    site: str = ""
    outcome: str = ""
    """The verdict now."""
    readiness: str = ""
    held_open_by: tuple[str, ...] = ()

    @property
    def begins(self) -> bool:
        """Whether it tells of something that is there now."""
        return self.kind not in (Kind.RECOVERED, Kind.REACHABLE)

    @property
    def about(self) -> tuple[str, str]:
        """What begins with one alert and ends with another: the queue, and its condition."""
        return self.queue, self.of.value if self.of else ""

    @property
    def rank(self) -> int:
        """Less is worse."""
        return WORST_FIRST.index(self.kind)
