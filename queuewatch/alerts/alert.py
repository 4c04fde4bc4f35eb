"""One thing to be told: about which queue, what began or is over, and since when."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from queuewatch.alerts.conditions import Condition, in_short
from queuewatch.alerts.quiet import Quiet
from queuewatch.failover.sites import site_key
from queuewatch.failover.wording import listing, plural
from queuewatch.profiles.alert_rules import AlertKind

WORST_FIRST = tuple(AlertKind)
MOST_NAMED = 6
"""Domains that a sentence names; the rest are counted."""


class Away(StrEnum):
    """In which way there is nothing newer of a whole domain."""

    SILENT = "silent"
    """The phone system is out of reach."""
    REFUSED = "refused"
    """It does not accept the credentials."""
    UNREAD = "unread"
    """Whoever reads it for us tells nothing newer."""


class OneOfMany(Struct, frozen=True):
    """Of which of many domains an alert is."""

    server: str
    """The address of its phone system."""
    host: str
    """The same as people say it."""
    label: str
    """What people call the domain."""
    profile: str = ""
    """The profile it comes from; empty where it comes from none."""
    beside: int = 1
    """How many domains of that server are watched, itself included."""


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
    away: Away = Away.SILENT
    """Of a whole domain, in which way there is nothing newer, or was not."""
    whose: OneOfMany | None = None
    """Of which domain, where many are watched together."""

    @property
    def begins(self) -> bool:
        """Whether the alert tells of something that is there now."""
        return self.kind not in (AlertKind.RECOVERED, AlertKind.REACHABLE)

    @property
    def about(self) -> tuple[str, str]:
        """What begins with one alert and ends with another: the queue, and its condition."""
        return self.queue, self.of.value if self.of else self.promise

    @property
    def place(self) -> tuple[str, str, str]:
        """The queue among those of all domains, or the domain where it is about that; with its server."""
        return self.whose.server if self.whose is not None else "", self.domain, self.queue

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
    def domains(self) -> tuple[str, ...]:
        """The domains it is about, in the order of their worst alerts."""
        return tuple(domain for _, domain in dict.fromkeys(alert.place[:2] for alert in self.alerts))

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
    latest: dict[tuple[tuple[str, str, str], bool], Alert] = {}
    for alert in sorted(alerts, key=lambda alert: alert.rank):
        latest.setdefault((alert.place, alert.begins), alert)
    return tuple(latest.values())


def groups(alerts: Iterable[Alert]) -> list[tuple[Alert, ...]]:
    """Those that say the same of several queues together, in the order of the first of each.

    Of many domains those belong together that one server does not answer for.
    """
    found: dict[tuple[object, ...], list[Alert]] = {}
    for alert in alerts:
        # Who does not read one domain for us may read none, whatever its server.
        apart = alert.whose is not None and alert.of is None and alert.away is not Away.UNREAD
        server = alert.place[0] if apart else ""
        # What one promise says no other does.
        found.setdefault((alert.kind, alert.of, alert.promise, server, alert.away), []).append(alert)
    return [tuple(group) for group in found.values()]


def in_words(group: Sequence[Alert]) -> str:
    """What a group of alerts says, without a full stop."""
    first = group[0]
    if first.whose is not None:
        return _of_many(group, first.whose)
    if len(group) == 1 or first.of is None:
        return first.headline
    return in_short(first.of, tuple(alert.name or alert.queue for alert in group), there=first.begins)


def in_full(group: Sequence[Alert]) -> tuple[str, ...]:
    """What a group says, and what it means for a caller: a sentence for each queue, or one for whole domains.

    Where these have several reasons, a sentence for each follows: what differs by the domain's name alone is one.
    """
    first = group[0]
    if len(group) > 1 and first.whose is not None and first.of is None and not first.promise:
        reasons = [alert.sentence.removeprefix(f"{alert.headline}.") for alert in group]
        if len(set(reasons)) == 1:
            return (f"{in_words(group)}.{reasons[0]}",)
        kinds: dict[str, str] = {}
        for alert, reason in zip(group, reasons, strict=True):
            kinds.setdefault(reason.replace(alert.domain, ""), alert.sentence)
        return (f"{in_words(group)}.", *kinds.values())
    return tuple(
        f"{alert.whose.label}: {alert.sentence}"
        if alert.whose is not None and (alert.queue or alert.promise)
        else alert.sentence
        for alert in group
    )


def _of_many(group: Sequence[Alert], whose: OneOfMany) -> str:
    """The same where many domains are watched: how many it is about, and which."""
    first = group[0]
    queues: dict[tuple[str, str], list[Alert]] = {}
    for alert in sorted(group, key=lambda alert: alert.whose.label.casefold() if alert.whose is not None else ""):
        queues.setdefault(alert.place[:2], []).append(alert)
    labels = {place: of.whose.label for place, (of, *_) in queues.items() if of.whose is not None}
    if first.of is None and len(queues) > 1 and not first.promise:
        return f"{_server_words(first, whose, len(queues))}: {listing(labels.values(), MOST_NAMED)}"
    if len(group) == 1 or first.of is None:
        # About a whole domain it names that itself.
        return f"{whose.label}: {first.headline}" if first.queue or first.promise else first.headline
    if len(queues) == 1:
        names = tuple(alert.name or alert.queue for alert in group)
        return f"{whose.label}: {in_short(first.of, names, there=first.begins)}"
    named = [
        f"{labels[place]} ({listing(alert.name or alert.queue for alert in of)})" for place, of in queues.items()
    ]
    words = in_short(first.of, (), there=first.begins, number=len(group), among=f" in {len(queues)} domains")
    return f"{words}: {listing(named, MOST_NAMED)}{_one_site(group)}"


def _server_words(first: Alert, whose: OneOfMany, domains: int) -> str:
    """What the server of several domains does. Of which of them it does not is said, too."""
    which = (
        f"all {plural(domains, 'domain')}" if domains >= whose.beside else f"{domains} of {whose.beside} domains"
    )
    match first.away:
        case Away.SILENT:
            return f"{whose.host} {'is out of reach' if first.begins else 'answers again'} for {which}"
        case Away.REFUSED:
            does = "refuses the credentials" if first.begins else "accepts the credentials again"
            return f"{whose.host} {does} for {which}"
        case Away.UNREAD:
            return f"There is {'nothing newer' if first.begins else 'news again'} of {domains} domains"


def _one_site(group: Sequence[Alert]) -> str:
    """The site, where it is called the same in every domain; whether it is one building nobody told us."""
    sites = {site_key(alert.site): alert.site for alert in group}
    return f" (all at {group[0].site})" if len(sites) == 1 and group[0].site else ""
