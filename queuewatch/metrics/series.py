"""From a live state to numbers: which series there are, and what each says of a queue. Pure.

Yes is 1 and no is 0. What is not known is NaN, which in Prometheus is neither: every comparison with it fails but
``!=``. So is all that is said of a queue once its picture is old; the series stays, and its age tells why. A queue
that is gone has no series at all.
"""

import math
from collections.abc import Iterator

from msgspec import Struct

from queuewatch.failover.model import Part, Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.status import Status
from queuewatch.failover.verdict import Judgement, Outcome, ReadinessState, Verdict
from queuewatch.polling.state import LiveState
from queuewatch.text.plain_text import harmless

NOT_KNOWN = math.nan
NEVER = math.inf
"""The age of a picture that there is none of: older than any."""

OLD_AFTER = 60.0
"""Seconds, beyond two refreshes, after which a picture says nothing any more of what is so now."""


class Family(Struct, frozen=True):
    """The series of one name."""

    name: str
    kind: str
    """``gauge`` or ``counter``."""
    help: str


READY = Family(
    "queuewatch_queue_ready",
    "gauge",
    "Whether a call would reach someone if every agent's phone went dark: 1 yes, 0 no, NaN not known.",
)
REACHES_SOMEONE = Family(
    "queuewatch_queue_reaches_someone",
    "gauge",
    "Whether a call to the queue now reaches someone: 1 yes, 0 no, NaN not known.",
)
WOULD_FAIL_OVER = Family(
    "queuewatch_queue_would_fail_over",
    "gauge",
    "Whether When Offline takes a call to the queue now: 1 yes, 0 no, NaN not known.",
)
AGENTS = Family(
    "queuewatch_agents",
    "gauge",
    "Agents of the queue: green ready, red busy or on Do Not Disturb, grey offline, unknown. NaN not known.",
)
TO_FAILOVER = Family(
    "queuewatch_agents_to_failover",
    "gauge",
    "Agents who are online and hold the queue open: 1 is one agent from failing over. NaN not known. "
    "None for a queue whose calls an answering rule diverts.",
)
AGE = Family(
    "queuewatch_snapshot_age_seconds",
    "gauge",
    "Seconds since the queues and agents of the domain were read; +Inf while they never were.",
)
REQUESTS = Family(
    "queuewatch_requests_total",
    "counter",
    "Requests to the phone system by what came of them: answered, missing (404), refused (401, 403), "
    "throttled (429, 503), failed (5xx, or no sense), rejected (other 4xx), unanswered.",
)
ALERTS = Family(
    "queuewatch_alerts_total",
    "counter",
    "Alerts that something began, by queue; without a queue those about the whole domain.",
)

FAMILIES = (READY, REACHES_SOMEONE, WOULD_FAIL_OVER, AGENTS, TO_FAILOVER, AGE, REQUESTS, ALERTS)

Labels = dict[str, str]


class MetricSample(Struct, frozen=True):
    """One number of one series."""

    family: Family
    labels: Labels
    value: float


def is_old(live_state: LiveState, age: float) -> bool:
    """Whether a picture of so many seconds says nothing any more of what is so now."""
    return age > OLD_AFTER + 2 * live_state.every


def queue_labels(domain: Labels, snapshot: Snapshot, queue: Queue) -> Labels:
    """What tells the series of one queue from all others."""
    return {
        **domain,
        "queue": harmless(queue.extension),
        "name": harmless(queue.name),
        "site": harmless(queue_site(snapshot, queue)),
    }


def queue_samples(domain: Labels, live_state: LiveState, age: float) -> Iterator[MetricSample]:
    """What is so of every call queue of one domain, whose own labels begin those of each."""
    if Part.LIVE not in live_state.snapshot.read_at:
        return
    judgements = {} if is_old(live_state, age) else live_state.judgements
    for queue in live_state.snapshot.call_queues:
        yield from _samples_of(queue_labels(domain, live_state.snapshot, queue), judgements.get(queue.extension))


def _samples_of(labels: Labels, judgement: Judgement | None) -> Iterator[MetricSample]:
    now = judgement.now if judgement is not None else None
    ready = _is_ready(judgement.readiness.state) if judgement is not None else None
    yield MetricSample(READY, labels, _yes_no(ready))
    yield MetricSample(REACHES_SOMEONE, labels, _yes_no(now.reaches_someone if now is not None else None))
    yield MetricSample(WOULD_FAIL_OVER, labels, _yes_no(now.would_fail_over if now is not None else None))
    if now is None or now.outcome is not Outcome.DIVERTED:
        yield MetricSample(TO_FAILOVER, labels, _agents_to_failover(now))
    counts = now.counts if now is not None else None
    for status in Status:
        agents = getattr(counts, status.value) if counts is not None else NOT_KNOWN
        yield MetricSample(AGENTS, {**labels, "status": status.value}, float(agents))


def _agents_to_failover(now: Verdict | None) -> float:
    # Each agent who may or may not be online is one more or one less to go.
    if now is None or now.outcome is Outcome.UNCERTAIN or now.counts.unknown:
        return NOT_KNOWN
    return float(now.counts.online)


def _is_ready(state: ReadinessState) -> bool | None:
    match state:
        case ReadinessState.READY:
            return True
        case ReadinessState.NOT_READY:
            return False
        case ReadinessState.UNKNOWN:
            return None


def _yes_no(answer: bool | None) -> float:
    return NOT_KNOWN if answer is None else float(answer)
