"""Several alerts in one message: a building that goes dark is one piece of news, not forty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from queuewatch.alerts.alert import Alert, Kind
from queuewatch.failover.standing import Condition, in_short


@dataclass(frozen=True, slots=True)
class Message:
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
    """That there is more than what was said."""
    return f" (and {number} more)" if number else ""


def worst_of_each(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """One of each queue's: a loop that calls fail over into is not two things to somebody who reads."""
    kept: dict[tuple[str, bool], Alert] = {}
    for alert in sorted(alerts, key=lambda one: one.rank):
        kept.setdefault((alert.queue, alert.begins), alert)
    return tuple(kept.values())


def groups(alerts: Iterable[Alert]) -> list[tuple[Alert, ...]]:
    """Those that say the same of several queues together, in the order of the first of each."""
    found: dict[tuple[Kind, Condition | None], list[Alert]] = {}
    for alert in alerts:
        found.setdefault((alert.kind, alert.of), []).append(alert)
    return [tuple(group) for group in found.values()]


def in_words(group: Sequence[Alert]) -> str:
    """What a group of alerts says, without a full stop."""
    first = group[0]
    if len(group) == 1 or first.of is None:
        return first.headline
    return in_short(first.of, tuple(alert.name or alert.queue for alert in group), there=first.begins)
