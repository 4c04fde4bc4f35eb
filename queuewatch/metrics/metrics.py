"""What Prometheus is told of every domain that is followed, as it is known at the moment of the scrape."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from queuewatch.alerts.alert import Alert
from queuewatch.failover.model import Part
from queuewatch.metrics.series import (
    AGE,
    ALERTS,
    FAMILIES,
    NEVER,
    REQUESTS,
    Labels,
    MetricSample,
    queue_labels,
    queue_samples,
)
from queuewatch.pbx.phone_system import RequestOutcome
from queuewatch.polling.state import LiveState
from queuewatch.process.clocks import real_seconds
from queuewatch.text.plain_text import harmless

if TYPE_CHECKING:
    from prometheus_client.core import Metric

Key = tuple[str, str]
"""A domain: its server's address and its name."""


@dataclass(slots=True)
class _Followed:
    """One domain, and since when it is as it is."""

    live_state: LiveState | None = None
    """The latest in which anything was read."""
    read_at: float = 0.0
    """When that was, by the clock that nobody can set."""
    alerts: Counter[str] = field(default_factory=Counter)
    """How many there were, by the queue's extension; by an empty text those about the domain."""


class Metrics:
    """A collector of prometheus-client. It is told by the program, and asked by threads that answer scrapes.

    What is not followed, or not any more, leaves nothing behind: the numbers are made when they are asked for.
    """

    def __init__(self, clock: Callable[[], float] = real_seconds) -> None:
        self._clock = clock
        self._lock = Lock()
        self._domains: dict[Key, _Followed] = {}
        self._requests: dict[str, Counter[tuple[str, RequestOutcome]]] = {}
        """By domain; then by the server that was asked, and what came of it."""

    def follow(self, server: str, domain: str) -> None:
        """Tell of this domain from now on, though nothing of it was read yet."""
        with self._lock:
            self._domains.setdefault((server, domain), _Followed())

    def forget(self, server: str, domain: str) -> None:
        """Tell of this domain no longer: it is gone, or somebody else's to read."""
        with self._lock:
            self._domains.pop((server, domain), None)
            for outcome in RequestOutcome:
                self._requests.get(domain, Counter()).pop((server, outcome), None)

    def see(self, server: str, domain: str, live_state: LiveState, age: float | None = None) -> None:
        """Take in a new state of a domain.

        ``age`` is how many seconds old the reading in it is; ``None`` where it was read here, just now if it is
        not the one before.
        """
        # One that an earlier run of the program left behind is as old as nobody knows.
        is_read = Part.LIVE in live_state.snapshot.read_at and (age is not None or live_state.recalled_on is None)
        with self._lock:
            followed = self._domains.setdefault((server, domain), _Followed())
            if not is_read:
                return
            last = followed.live_state
            if age is not None or last is None or last.snapshot.taken_at != live_state.snapshot.taken_at:
                followed.read_at = self._clock() - (age or 0.0)
            followed.live_state = live_state
            for queue in followed.alerts.keys() - live_state.snapshot.queues.keys() - {""}:
                del followed.alerts[queue]

    def count_alerts(self, server: str, domain: str, alerts: Iterable[Alert]) -> None:
        """Count what somebody is told has begun; what is over, quiet or not followed is not counted."""
        with self._lock:
            # What is told a moment later of a domain that is gone must not bring it back, and for ever unread.
            followed = self._domains.get((server, domain), _Followed())
            followed.alerts.update(alert.queue for alert in alerts if alert.begins and alert.quiet is None)

    def count_request(self, server: str, domain: str, outcome: RequestOutcome) -> None:
        """Count a request: for :func:`~queuewatch.pbx.phone_system.requests_heard_by`."""
        with self._lock:
            self._requests.setdefault(domain, Counter())[server, outcome] += 1

    def describe(self) -> Iterator["Metric"]:
        """The names of all series, with none of them."""
        return _in_families(())

    def collect(self) -> Iterator["Metric"]:
        """All series as they are now."""
        return _in_families(tuple(self._samples()))

    def _samples(self) -> Iterator[MetricSample]:
        now = self._clock()
        with self._lock:
            domains = {
                key: (followed.live_state, now - followed.read_at, Counter(followed.alerts))
                for key, followed in self._domains.items()
            }
            requests = {domain: Counter(self._requests.get(domain)) for _, domain in domains}
        times = Counter(domain for _, domain in domains)
        for (server, domain), (live_state, age, alerts) in domains.items():
            labels = {"domain": harmless(domain)}
            # Where one server alone has a domain of that name, its address would only be in the way.
            is_only = times[domain] == 1
            if not is_only:
                labels["server"] = harmless(server)
            yield MetricSample(AGE, labels, NEVER if live_state is None else max(0.0, age))
            asked = requests[domain].items()
            yield from _request_samples(
                labels, [(came_of, n) for (at, came_of), n in asked if is_only or at == server]
            )
            yield from _alert_samples(labels, live_state, alerts)
            if live_state is not None:
                yield from queue_samples(labels, live_state, age)


def _request_samples(labels: Labels, requests: Iterable[tuple[RequestOutcome, int]]) -> Iterator[MetricSample]:
    times = Counter[RequestOutcome]()
    for outcome, number in requests:
        times[outcome] += number
    for outcome in RequestOutcome:
        yield MetricSample(REQUESTS, {**labels, "outcome": outcome.value}, times[outcome])


def _alert_samples(labels: Labels, live_state: LiveState | None, alerts: Counter[str]) -> Iterator[MetricSample]:
    # From nothing to the first there is no increase: all begin at 0.
    yield MetricSample(ALERTS, {**labels, "queue": "", "name": "", "site": ""}, alerts[""])
    if live_state is not None:
        for queue in live_state.snapshot.call_queues:
            yield MetricSample(ALERTS, queue_labels(labels, live_state.snapshot, queue), alerts[queue.extension])


def _in_families(samples: Iterable[MetricSample]) -> Iterator["Metric"]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    by_family: dict[str, list[MetricSample]] = {family.name: [] for family in FAMILIES}
    for sample in samples:
        by_family[sample.family.name].append(sample)
    for family in FAMILIES:
        kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
        metric = kind(family.name, family.help)
        for sample in by_family[family.name]:
            metric.add_sample(family.name, sample.labels, sample.value)
        yield metric
