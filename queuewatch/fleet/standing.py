"""Where each domain of a fleet stands, in numbers, and which of them needs a call first. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.model import Part, Queue
from queuewatch.failover.verdict import Judgement, Outcome, ReadinessState
from queuewatch.failover.wording import listing, plural
from queuewatch.polling.state import LiveState
from queuewatch.text.natural_order import natural_order


class FleetCounts(Struct, frozen=True):
    """The queues of one domain, counted; one queue may be counted under several."""

    queues: int
    """Call parks are none."""
    reach_nobody_now: int
    not_ready: int
    not_known: int
    """Of which it cannot be told whether a call now, or if all went dark, would reach someone."""
    one_from_failover: int
    """One agent alone is online, and holds the queue open."""


class LastAlert(Struct, frozen=True):
    """The alert of a domain that was told last."""

    at: datetime
    """When it was told, by the phone system's time."""
    headline: str
    """What it was, in a few words and without a full stop."""
    over_at: datetime | None = None
    """When its end was told; ``None`` while it was not."""
    about: tuple[str, str] | None = None
    """What it was about, as :attr:`~queuewatch.alerts.alert.Alert.about` says it; ``None`` where nobody knows."""
    unwatched: bool = False
    """Whether it ended while nobody watched: it was over by ``over_at``, when it was looked at again."""

    def over_words(self, when: Callable[[datetime], str]) -> str:
        """That it is over, after what it was: ``, over since 15:20``. Empty while it is not."""
        if self.over_at is None:
            return ""
        return f", over {'by' if self.unwatched else 'since'} {when(self.over_at)}"


class DomainStanding(Struct, frozen=True):
    """One domain as it was last read."""

    server: str
    domain: str
    name: str = ""
    """What people call it; empty where nothing does."""
    profile: str = ""
    """The profile it comes from; empty where it comes from none."""
    taken_at: datetime | None = None
    """When its queues and agents were read; ``None`` while they never were."""
    error: str | None = None
    """Why there is nothing newer, in a sentence; ``None`` while all is well."""
    as_of: str = ""
    """When what is known was read, in words, where there is nothing newer: ``14:02``."""
    counts: FleetCounts | None = None
    """``None`` while it was never read."""
    nobody: tuple[str, ...] = ()
    """The queues whose callers reach nobody now, by name."""
    not_ready: tuple[str, ...] = ()
    """The queues whose callers would reach nobody in an outage."""
    failing_over: tuple[str, ...] = ()
    """The queues whose callers are sent elsewhere now, as none of their agents is there, and reach somebody."""
    last_alert: LastAlert | None = None
    """``None`` where none was told as far as anybody remembers."""
    every: float = 0.0
    """Seconds between two readings, as things stand."""
    unread: int = 0
    """Queues whose answering rules were not read yet: what is said of the domain is partial."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other."""
        return self.server, self.domain

    @property
    def needs_somebody(self) -> bool:
        """Whether anything is wrong with it, or not known though it was read."""
        return seen_mark(self) != SeenMark()

    @property
    def is_partial(self) -> bool:
        """Whether some of its queues are still being read for the first time."""
        return self.unread > 0

    @property
    def label(self) -> str:
        """What people call it, else the domain."""
        return self.name or self.domain


def counted(live_state: LiveState) -> FleetCounts | None:
    """The queues of a domain, counted; ``None`` while they were never read."""
    snapshot = live_state.snapshot
    if Part.LIVE not in snapshot.read_at:
        return None
    judged = [live_state.judgements[queue.extension] for queue in _judged(live_state)]
    queues = len(snapshot.call_queues)
    return FleetCounts(
        queues,
        sum(judgement.now.reaches_someone is False for judgement in judged),
        sum(judgement.readiness.state is ReadinessState.NOT_READY for judgement in judged),
        sum(map(_is_not_known, judged)) + queues - len(judged),
        sum(map(_is_one_from_failover, judged)),
    )


def _judged(live_state: LiveState) -> tuple[Queue, ...]:
    return tuple(queue for queue in live_state.snapshot.call_queues if queue.extension in live_state.judgements)


def _is_not_known(judgement: Judgement) -> bool:
    return judgement.now.reaches_someone is None or judgement.readiness.state is ReadinessState.UNKNOWN


def _is_one_from_failover(judgement: Judgement) -> bool:
    now = judgement.now
    held_open = now.outcome in (Outcome.RINGS, Outcome.WAITS)
    return held_open and now.counts.online == 1 and not now.counts.unknown


def with_state(standing: DomainStanding, live_state: LiveState) -> DomainStanding:
    """The domain as this state has it. What was read before stays while nothing newer can be."""
    trouble = live_state.trouble
    counts = counted(live_state)
    if counts is None and trouble is None:
        # Who has just begun to read knows less than whoever did before.
        return standing
    # While the answer is awaited nothing is better than it was.
    asking = trouble is not None and trouble.asking
    error = standing.error if asking else trouble.sentence if trouble is not None else None
    if counts is None:
        return replace(standing, error=error, as_of=standing.as_of if error is not None else "")
    snapshot, judgements = live_state.snapshot, live_state.judgements
    judged = _judged(live_state)
    return replace(
        standing,
        taken_at=snapshot.taken_at,
        every=live_state.every or standing.every,
        error=error,
        as_of=live_state.as_of if error is not None else "",
        counts=counts,
        nobody=tuple(q.label for q in judged if judgements[q.extension].now.reaches_someone is False),
        not_ready=tuple(
            q.label for q in judged if judgements[q.extension].readiness.state is ReadinessState.NOT_READY
        ),
        failing_over=tuple(
            q.label
            for q in judged
            if (now := judgements[q.extension].now).outcome is Outcome.FAILS_OVER
            and now.reaches_someone is not False
        ),
        unread=sum(queue.extension not in snapshot.rules for queue in snapshot.call_queues),
    )


def worst_first(standings: Iterable[DomainStanding]) -> tuple[DomainStanding, ...]:
    """Those whose callers reach nobody first, then those that cannot be read, are not ready, or are not known."""
    return tuple(sorted(standings, key=_concern))


def _concern(standing: DomainStanding) -> tuple[object, ...]:
    counts = standing.counts
    if counts is None:
        # What was never read for a reason may be anything; what is only waiting for its turn is no news.
        return (1 if standing.error else 4, 0, 0, 0, 0, 0, natural_order(standing.label))
    if counts.reach_nobody_now:
        rank = 0
    elif standing.error:
        rank = 1
    elif counts.not_ready:
        rank = 2
    elif standing.is_partial:
        # Of what is still being read nothing is known yet, which is no trouble.
        rank = 4
    elif counts.not_known or counts.one_from_failover or standing.failing_over:
        rank = 3
    else:
        rank = 5
    return (
        rank,
        -counts.reach_nobody_now,
        -counts.not_ready,
        -len(standing.failing_over),
        -counts.not_known,
        -counts.one_from_failover,
        natural_order(standing.label),
    )


class SeenMark(Struct, frozen=True):
    """How a domain stood when somebody marked it as seen: what is worse than that has not been seen."""

    nobody: frozenset[str] = frozenset()
    """Queues whose callers reached nobody, by name."""
    not_ready: frozenset[str] = frozenset()
    failing_over: frozenset[str] = frozenset()
    not_known: int = 0
    one_from_failover: int = 0
    error: bool = False
    """Whether it could not be read."""

    def covers(self, standing: DomainStanding) -> bool:
        """Whether the domain is no worse than that. What is not read yet is no news."""
        counts = standing.counts
        if standing.error is not None and not self.error:
            return False
        if counts is None:
            return True
        partly = standing.is_partial
        return (
            self.nobody.issuperset(standing.nobody)
            and (self.nobody | self.not_ready).issuperset(standing.not_ready)
            and self.failing_over.issuperset(standing.failing_over)
            and (partly or counts.not_known <= self.not_known)
            and (partly or counts.one_from_failover <= self.one_from_failover)
        )

    def after(self, standing: DomainStanding) -> "SeenMark | None":
        """What is left of it now that the domain stands like this: what has got better and gets worse again is
        news. ``None`` once it is worse, or all is well."""
        if not self.covers(standing):
            return None
        if standing.counts is None or standing.is_partial or standing.error is not None:
            return self
        now = seen_mark(standing)
        return now if now != SeenMark() else None


def seen_mark(standing: DomainStanding) -> SeenMark:
    """The mark of a domain as it stands now."""
    counts = standing.counts
    return SeenMark(
        frozenset(standing.nobody),
        frozenset(standing.not_ready),
        frozenset(standing.failing_over),
        counts.not_known if counts is not None and not standing.is_partial else 0,
        counts.one_from_failover if counts is not None else 0,
        standing.error is not None,
    )


def sentence_of(standing: DomainStanding) -> str:
    """What there is to say about the domain, the worst first."""
    counts = standing.counts
    if counts is None:
        return standing.error or "It was not read yet."
    clauses: list[str] = []
    if standing.nobody:
        clauses.append(f"callers of {listing(standing.nobody)} reach nobody")
    if others := [queue for queue in standing.not_ready if queue not in standing.nobody]:
        clauses.append(f"{listing(others)} {'is' if len(others) == 1 else 'are'} not ready for an outage")
    if standing.failing_over:
        one = len(standing.failing_over) == 1
        clauses.append(f"{listing(standing.failing_over)} {'fails' if one else 'fail'} over now")
    if counts.not_known and not standing.is_partial:
        clauses.append(f"of {plural(counts.not_known, 'queue')} something is not known")
    if counts.one_from_failover:
        queues = plural(counts.one_from_failover, "queue hangs", "queues hang")
        clauses.append(f"{queues} on one agent")
    if standing.unread:
        clauses.append(f"the rules of {standing.unread} of {plural(counts.queues, 'queue')} are not read yet")
    if not clauses:
        clauses.append("every queue would be answered" if counts.queues else "there are no call queues")
    said = "; ".join(clauses)
    # What is old is not said as if it were so now.
    said = f"As of {standing.as_of}: {said}." if standing.as_of else f"{said[:1].upper()}{said[1:]}."
    return f"{said} {standing.error}" if standing.error else said


class Fleet(Struct, frozen=True):
    """Every domain, worst first, as known at one moment."""

    taken_at: datetime
    domains: tuple[DomainStanding, ...] = ()

    def with_alerts(self, alerts: Mapping[tuple[str, str], LastAlert]) -> "Fleet":
        """The same, with each domain's last alert."""
        if not alerts:
            return self
        domains = tuple(replace(standing, last_alert=alerts.get(standing.key)) for standing in self.domains)
        return Fleet(self.taken_at, domains)

    @property
    def on_several_servers(self) -> frozenset[str]:
        """The domains of which more than one phone system has one: their address tells them apart."""
        times = Counter(standing.domain for standing in self.domains)
        return frozenset(domain for domain, many in times.items() if many > 1)

    @property
    def summary(self) -> str:
        """How many domains there are, and how many of them need somebody."""
        read = [(standing, standing.counts) for standing in self.domains if standing.counts is not None]
        nobody = sum(counts.reach_nobody_now > 0 for _, counts in read)
        not_ready = sum(counts.not_ready > 0 for _, counts in read)
        failed = sum(standing.error is not None for standing in self.domains)
        partly = sum(standing.is_partial for standing, _ in read)
        unknown = sum(counts.not_known > 0 and not standing.is_partial for standing, counts in read)
        waiting = (
            len(self.domains)
            - len(read)
            - sum(standing.error is not None and standing.counts is None for standing in self.domains)
        )
        clauses = [
            f"callers reach nobody in {nobody}" if nobody else "",
            f"{not_ready} not ready" if not_ready else "",
            f"{failed} cannot be read" if failed else "",
            f"{waiting} not read yet" if waiting else "",
            f"{partly} in part" if partly else "",
            f"something is not known in {unknown}" if unknown else "",
        ]
        if not self.domains:
            return "There are no domains."
        said = ", ".join(filter(None, clauses)) or "every queue would be answered"
        return f"{plural(len(self.domains), 'domain')}: {said}."
