"""One thing to be told: about which queue, what began or is over, and since when."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from queuewatch.alerts.conditions import Condition, in_short
from queuewatch.alerts.quiet import Quiet
from queuewatch.failover.wording import plural
from queuewatch.profiles.alert_rules import AlertKind

WORST_FIRST = tuple(AlertKind)


class Alert(Struct, frozen=True):
    """What has begun, or is over."""

    kind: AlertKind
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
    """The condition of the queue that began or is over; ``None`` for a promise, and for the whole domain."""
    promise: str = ""
    """Where the promise stands in its file that is broken, or holds again; empty where it is about none."""
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
    quiet: Quiet | None = None
    """By what nobody is told of it; it is only written down."""

    @property
    def begins(self) -> bool:
        """Whether the alert tells of something that is there now."""
        return self.kind not in (AlertKind.RECOVERED, AlertKind.REACHABLE)

    @property
    def about(self) -> tuple[str, str]:
        """What begins with one alert and ends with another: the queue, and its condition."""
        return self.queue, self.of.value if self.of else self.promise

    @property
    def rank(self) -> int:
        """How bad it is among alerts: less is worse."""
        return WORST_FIRST.index(self.kind)


class Message(Struct, frozen=True):
    """What one receiver is told at one moment."""

    profile: str
    """The profile's name, or whatever else the phone system is called by."""
    alerts: tuple[Alert, ...]
    """The worst first; at least one."""

    @property
    def title(self) -> str:
        """The worst of it in a few words, and how much more there is."""
        first, *others = groups(worst_of_each(self.alerts))
        return f"{in_words(first)}{and_more(sum(map(len, others)))}"


def and_more(number: int) -> str:
    """That there is more than what was said, which may itself end in “and 2 more”."""
    return f" (and {plural(number, 'other alert')})" if number else ""


def worst_of_each(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """One of each queue's: a loop that calls fail over into is not two things to somebody who reads."""
    latest: dict[tuple[str, bool], Alert] = {}
    for alert in sorted(alerts, key=lambda alert: alert.rank):
        latest.setdefault((alert.queue, alert.begins), alert)
    return tuple(latest.values())


def groups(alerts: Iterable[Alert]) -> list[tuple[Alert, ...]]:
    """Those that say the same of several queues together, in the order of the first of each."""
    found: dict[tuple[AlertKind, Condition | None, str], list[Alert]] = {}
    for alert in alerts:
        # What one promise says no other does.
        found.setdefault((alert.kind, alert.of, alert.promise), []).append(alert)
    return [tuple(group) for group in found.values()]


def in_words(group: Sequence[Alert]) -> str:
    """What a group of alerts says, without a full stop."""
    first = group[0]
    if len(group) == 1 or first.of is None:
        return first.headline
    return in_short(first.of, tuple(alert.name or alert.queue for alert in group), there=first.begins)
