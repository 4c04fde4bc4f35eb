"""The whole audit of a phone system: every check, worst first."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from queuewatch.failover.audit.agents import of_agents
from queuewatch.failover.audit.case import Case
from queuewatch.failover.audit.cause import causes
from queuewatch.failover.audit.finding import Finding, Remedy, Severity
from queuewatch.failover.audit.reading import STALE_AFTER, of_reading
from queuewatch.failover.audit.same_fate import same_fate
from queuewatch.failover.audit.settings import of_deleted_time_frames, of_settings
from queuewatch.failover.audit.shared import shared_numbers
from queuewatch.failover.audit.suppress import apply
from queuewatch.failover.audit.suppression import Suppression
from queuewatch.failover.model import Queue, Rule, Snapshot
from queuewatch.failover.periods import Situation, situations, times_unread, when_words
from queuewatch.failover.rejudge import rests_on
from queuewatch.failover.simulate import judge
from queuewatch.failover.verdict import Judgement


def audit(
    snapshot: Snapshot,
    *,
    judgements: Mapping[str, Judgement] | None = None,
    only: Collection[str] | None = None,
    now: datetime | None = None,
    stale_after: timedelta = STALE_AFTER,
    suppressions: Sequence[Suppression] = (),
    today: date | None = None,
) -> tuple[Finding, ...]:
    """Every finding, worst first, then in the order of the queues. Total: every snapshot can be audited.

    Every rule that can come into effect is looked at, on the whole way of a call, and a finding says when it is
    so: what is found does not depend on the hour. A queue has no finding above info only if its readiness is
    ``ready``. Call parks are never found fault with.
    ``judgements`` are those of this snapshot, if they are there already. ``only`` names the queues to audit.
    ``now`` is for the age of what was read; without ``today`` no suppression is looked at. What is suppressed is
    given all the same, and says so.
    """
    known = judgements or {}
    every = situations(snapshot)
    looked_at = [
        _LookedAt(queue, tuple(_cases(every, queue, known.get(queue.extension))), every)
        for queue in snapshot.call_queues
        if only is None or queue.extension in only
    ]
    cases = [case for one in looked_at for case, _ in one.cases]
    found = [*of_reading(snapshot, now, stale_after), *shared_numbers(cases)]
    for one in looked_at:
        found.extend(_of_queue(one))
    if today is not None:
        found = list(apply(found, suppressions, today, only))
    place = {extension: nth for nth, extension in enumerate(snapshot.queues, start=1)}
    found.sort(key=lambda one: (one.severity.rank, place.get(one.queue, 0), one.code))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """One queue in every situation, those that come to the same for it taken together."""

    queue: Queue
    cases: tuple[tuple[Case, tuple[Situation, ...]], ...]
    every: tuple[Situation, ...]


def _cases(
    every: Sequence[Situation], queue: Queue, judged_now: Judgement | None
) -> Iterator[tuple[Case, tuple[Situation, ...]]]:
    """The queue as it is now, and in every situation in which a rule on the way of its calls is another."""
    in_turn = frozenset(
        replace(rule, active=False) for one in every if (rule := one.rules.get(queue.extension)) is not None
    )
    tried: list[tuple[dict[str, Rule | None], Case, list[Situation]]] = []
    for one in every:
        for rests, _, same in tried:
            if all(one.rules[extension] == rule for extension, rule in rests.items()):
                same.append(one)
                break
        else:
            judged = judged_now if judged_now and not tried else judge(one.snapshot, queue)
            on_the_way = rests_on(judged) & one.rules.keys()
            rests = {extension: one.rules[extension] for extension in on_the_way}
            tried.append((rests, Case(one.snapshot, queue, judged, in_turn), [one]))
    return ((case, tuple(same)) for _, case, same in tried)


def _of_queue(looked_at: _LookedAt) -> Iterator[Finding]:
    """The queue's findings over all situations, each once, with when it is so."""
    yield from of_deleted_time_frames(looked_at.cases[0][0])
    found: dict[tuple[str, str], Finding] = {}
    when: dict[tuple[str, str], list[Situation]] = {}
    for case, situations_of in looked_at.cases:
        for finding in _of_case(case):
            sure = any(one.sure for one in situations_of)
            # Of what may never come to be nobody can tell.
            severity = finding.severity if sure else max(finding.severity, Severity.WARNING, key=_rank)
            key = (finding.code, finding.why)
            if key not in found or severity.rank < found[key].severity.rank:
                found[key] = replace(finding, severity=severity)
            when.setdefault(key, []).extend(situations_of)
    covered = {key: _covering(finding, looked_at, found.values()) for key, finding in found.items()}
    for key, covering in covered.items():
        if covering is not None:
            when[covering.code, covering.why].extend(when[key])
    for key, finding in found.items():
        if covered[key] is None:
            yield _with_when(finding, _when(looked_at, when[key]))


def _rank(severity: Severity) -> int:
    return severity.rank


def _covering(finding: Finding, looked_at: _LookedAt, others: Iterable[Finding]) -> Finding | None:
    """Another finding that says the same: that neither Default nor a rule above it has the forward is one fault.

    Default, which can be set from here, goes first; while times are still to be read, the rule in effect does.
    """
    if finding.code != "QW102":
        return None
    first = Remedy.LOOK if times_unread(looked_at.every[0].snapshot) else Remedy.WHEN_OFFLINE
    if finding.remedy is first:
        return None
    alike = (other for other in others if other.code == "QW102" and other.remedy is first)
    return next((other for other in alike if other.severity.at_least(finding.severity)), None)


def _with_when(finding: Finding, when: str) -> Finding:
    return replace(finding, why=f"{finding.why.removesuffix('.')} ({when}).", when=when) if when else finding


def _when(looked_at: _LookedAt, of: Sequence[Situation]) -> str:
    """In which rules of the queue, and of those on the way, it is so; empty where it always is."""
    left = looked_at.every
    if len({id(one) for one in of}) == len(left):
        return ""
    own = looked_at.queue.extension
    ahead = dict.fromkeys(
        extension for case, _ in looked_at.cases for extension in sorted(rests_on(case.judgement))
    )
    clauses = []
    for extension in dict.fromkeys((own, *ahead)):
        if extension not in left[0].rules or len(left) == len(of):
            continue
        rules = list(dict.fromkeys(one.rules[extension] for one in of))
        if set(rules) == {one.rules[extension] for one in left}:
            continue
        snapshot = left[0].snapshot
        order = snapshot.rules_of(extension).in_order
        rules.sort(key=lambda rule: order.index(rule) if rule in order else len(order))
        words = " and ".join(when_words(snapshot, extension, rule) for rule in rules)
        label = snapshot.queues[extension].label if extension in snapshot.queues else extension
        clauses.append(words if extension == own else f"while {label} is {words}")
        left = tuple(one for one in left if one.rules[extension] in rules)
    return ", ".join(clauses)


def _of_case(case: Case) -> Iterator[Finding]:
    shared = same_fate(case)
    for cause in causes(case):
        # That its backup goes dark with it says why a call reaches nobody there: the same fault, and closer.
        if shared is None or shared.severity is not Severity.ERROR or cause.code != "QW117":
            yield cause
    if shared is not None:
        yield shared
    yield from of_settings(case)
    yield from of_agents(case)
