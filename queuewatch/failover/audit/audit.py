"""The whole audit of a phone system: every check, worst first."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.audit.agents import of_agents
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding, Remedy, Severity, Suppression
from queuewatch.failover.audit.not_ready import why_not_ready
from queuewatch.failover.audit.proofs import NO_PROOFS, ProofLedger, of_drills, of_proofs
from queuewatch.failover.audit.queue_audit import QueueAudit
from queuewatch.failover.audit.same_fate import same_fate
from queuewatch.failover.audit.settings import of_deleted_time_frames, of_settings
from queuewatch.failover.audit.shared_numbers import shared_numbers
from queuewatch.failover.model import Part, Queue, Rule, Snapshot
from queuewatch.failover.schedule.periods import Situation, situations, times_unread, when_words
from queuewatch.failover.simulate import judge, rests_on
from queuewatch.failover.verdict import Judgement
from queuewatch.failover.visibility import agents_seen
from queuewatch.failover.wording import listing, plural

STALE_AFTER = timedelta(minutes=10)
"""A reading this old may describe another day: twice the time an agent's going offline takes to be noticed."""


def of_reading(snapshot: Snapshot, now: datetime | None, stale_after: timedelta) -> Iterator[Finding]:
    """What keeps the audit of the whole domain from being complete."""
    if now is not None and now - snapshot.taken_at > stale_after:
        minutes = int((now - snapshot.taken_at).total_seconds() // 60)
        yield _finding(
            f"What was read is {plural(minutes, 'minute')} old: agents, settings and rules may have changed.",
            "Read the phone system again.",
        )
    unread = {
        Part.USERS: snapshot.users is None,
        Part.NUMBERS: snapshot.numbers is None,
        Part.ATTENDANTS: snapshot.attendants is None,
    }
    for part, missing in unread.items():
        if missing:
            yield _finding(
                f"The {part} are not known, so whether a destination among them exists cannot be told"
                f"{_because(snapshot, part)}.",
                f"Use a key that may read the domain's {part}, then ask again.",
            )
    for part in (Part.LIVE, Part.RULES, *unread, Part.SITES):
        texts = [problem.text for problem in snapshot.problems if problem.part is part and not problem.aside]
        if texts and not unread.get(part):
            first = texts[0].rstrip(".")
            others = len(texts) - 1
            more = f" (and {plural(others, 'other problem')})" if others else ""
            yield _finding(
                f"Of the {part} not everything was read and understood: {first}{more}.",
                "Look at these rows in the portal; if they look right there, show this to your provider.",
            )
    yield from _of_the_token(snapshot)


def _of_the_token(snapshot: Snapshot) -> Iterator[Finding]:
    """What the token seems not to be shown: agents that are only counted, and queues that only agents name."""
    seen, counted = agents_seen(snapshot) if snapshot.agents_unseen else (0, 0)
    if seen < counted:
        short = [queue.label for queue in snapshot.call_queues if _sees_part(snapshot, queue)]
        yield _finding(
            f"This token sees {seen} of {counted} agents by the queues' own counts: of the others, in "
            f"{listing(short)}, nothing is known.",
            "Ask again with a key that sees the whole domain, such as an Office Manager's.",
            "QW125",
        )
    named = [queue for queue in snapshot.agents if queue not in snapshot.queues]
    if named:
        rows = sum(len(snapshot.agents_of(queue)) for queue in named)
        what = "1 agent row is" if rows == 1 else f"{rows} agent rows are"
        they, them = ("it was", "it") if len(named) == 1 else ("they were", "them")
        yield _finding(
            f"{what} of {listing(named)}, in no list of queues: {they} deleted, or this token is not shown "
            f"{them}.",
            "Nothing has to be done if it was deleted; otherwise ask again with a key that sees the whole domain.",
            "QW125",
        )


def _sees_part(snapshot: Snapshot, queue: Queue) -> bool:
    seen, counted = agents_seen(snapshot, queue.extension)
    return seen < counted


def _because(snapshot: Snapshot, part: Part) -> str:
    reason = next((problem.text for problem in snapshot.problems if problem.part is part), "")
    return f": {reason.rstrip('.')}" if reason else ""


def _finding(why: str, fix: str, code: str = "QW114") -> Finding:
    return Finding(code, CODES[code].severity, "", why, fix)


def apply(
    findings: Sequence[Finding],
    suppressions: Sequence[Suppression],
    today: date,
    only: Collection[str] | None,
) -> Iterator[Finding]:
    """The findings, marked where a suppression holds, then what is to be said of the suppressions themselves."""
    holding = [suppression for suppression in suppressions if today <= suppression.until]
    for finding in findings:
        reason = next((suppression.reason for suppression in holding if suppression.covers(finding)), "")
        yield replace(finding, suppressed=reason) if reason else finding
    for suppression in suppressions:
        if only is not None and suppression.queue not in ("", *only):
            continue
        if today > suppression.until:
            yield _expired(suppression)
        elif (only is None or suppression.queue) and not any(suppression.covers(finding) for finding in findings):
            yield _matches_nothing(suppression)


def _expired(suppression: Suppression) -> Finding:
    return Finding(
        "QW190",
        CODES["QW190"].severity,
        suppression.queue,
        f"The suppression of {_name(suppression)} ended on {suppression.until.isoformat()}, so it is found again "
        f"({suppression.reason}).",
        "Put it right, or give the suppression in the profile a later day.",
    )


def _matches_nothing(suppression: Suppression) -> Finding:
    return Finding(
        "QW191",
        CODES["QW191"].severity,
        suppression.queue,
        f"The suppression of {_name(suppression)} matches nothing any more ({suppression.reason}).",
        "Take it out of the profile.",
    )


def _name(suppression: Suppression) -> str:
    return f"{suppression.code} for queue {suppression.queue}" if suppression.queue else suppression.code


def audit(
    snapshot: Snapshot,
    *,
    judgements: Mapping[str, Judgement] | None = None,
    only: Collection[str] | None = None,
    now: datetime | None = None,
    stale_after: timedelta = STALE_AFTER,
    suppressions: Sequence[Suppression] = (),
    today: date | None = None,
    proofs: ProofLedger = NO_PROOFS,
) -> tuple[Finding, ...]:
    """Every finding, worst first, then in the order of the queues. Total: every snapshot can be audited.

    Every rule that can come into effect is looked at, on the whole way of a call, and a finding says when it is
    so: what is found does not depend on the hour. A queue has no finding above info only if its readiness is
    ``ready``. Call parks are never found fault with.
    ``judgements`` are those of this snapshot, if they are there already. ``only`` names the queues to audit.
    ``now`` is for the age of what was read; without ``today`` no suppression is looked at. What is suppressed is
    given all the same, and says so. ``proofs`` are the live tests and drills of this phone system.
    """
    known = judgements or {}
    every = situations(snapshot)
    looked_at = [
        _LookedAt(queue, tuple(_cases(every, queue, known.get(queue.extension))), every)
        for queue in snapshot.call_queues
        if only is None or queue.extension in only
    ]
    cases = [case for seen in looked_at for case, _ in seen.cases]
    found = [*of_reading(snapshot, now, stale_after), *shared_numbers(cases)]
    for seen in looked_at:
        found.extend(_of_queue(seen))
        found.extend(of_proofs(snapshot, seen.queue, proofs))
    if only is None:
        found.extend(of_drills(snapshot, proofs))
    if today is not None:
        found = list(apply(found, suppressions, today, only))
    place = {extension: nth for nth, extension in enumerate(snapshot.queues, start=1)}
    found.sort(key=lambda finding: (finding.severity.rank, place.get(finding.queue, 0), finding.code))
    return tuple(found)


class _LookedAt(Struct, frozen=True):
    """One queue in every situation, those that come to the same for it taken together."""

    queue: Queue
    cases: tuple[tuple[QueueAudit, tuple[Situation, ...]], ...]
    every: tuple[Situation, ...]


def _cases(
    every: Sequence[Situation], queue: Queue, judged_now: Judgement | None
) -> Iterator[tuple[QueueAudit, tuple[Situation, ...]]]:
    """The queue as it is now, and in every situation in which a rule on the way of its calls is another."""
    in_turn = frozenset(
        replace(rule, active=False)
        for situation in every
        if (rule := situation.rules.get(queue.extension)) is not None
    )
    tried: list[tuple[dict[str, Rule | None], QueueAudit, list[Situation]]] = []
    for situation in every:
        for rests, _, same in tried:
            if all(situation.rules[extension] == rule for extension, rule in rests.items()):
                same.append(situation)
                break
        else:
            judged = judged_now if judged_now and not tried else judge(situation.snapshot, queue)
            on_the_way = rests_on(judged) & situation.rules.keys()
            rests = {extension: situation.rules[extension] for extension in on_the_way}
            tried.append((rests, QueueAudit(situation.snapshot, queue, judged, in_turn), [situation]))
    return ((case, tuple(same)) for _, case, same in tried)


def _of_queue(looked_at: _LookedAt) -> Iterator[Finding]:
    """The queue's findings over all situations, each once, with when it is so."""
    yield from of_deleted_time_frames(looked_at.cases[0][0])
    found: dict[tuple[str, str], Finding] = {}
    when: dict[tuple[str, str], list[Situation]] = {}
    for case, situations_of in looked_at.cases:
        for finding in _of_case(case):
            sure = any(situation.sure for situation in situations_of)
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
    if len({id(situation) for situation in of}) == len(left):
        return ""
    own = looked_at.queue.extension
    ahead = dict.fromkeys(
        extension for case, _ in looked_at.cases for extension in sorted(rests_on(case.judgement))
    )
    clauses = []
    for extension in dict.fromkeys((own, *ahead)):
        if extension not in left[0].rules or len(left) == len(of):
            continue
        rules = list(dict.fromkeys(situation.rules[extension] for situation in of))
        if set(rules) == {situation.rules[extension] for situation in left}:
            continue
        snapshot = left[0].snapshot
        order = snapshot.rules_of(extension).in_order
        rules.sort(key=lambda rule: order.index(rule) if rule in order else len(order))
        words = " and ".join(when_words(snapshot, extension, rule) for rule in rules)
        label = snapshot.queues[extension].label if extension in snapshot.queues else extension
        clauses.append(words if extension == own else f"while {label} is {words}")
        left = tuple(situation for situation in left if situation.rules[extension] in rules)
    return ", ".join(clauses)


def _of_case(case: QueueAudit) -> Iterator[Finding]:
    shared = same_fate(case)
    for cause in why_not_ready(case):
        # That its backup goes dark with it says why a call reaches nobody there: the same fault, and closer.
        if shared is None or shared.severity is not Severity.ERROR or cause.code != "QW117":
            yield cause
    if shared is not None:
        yield shared
    yield from of_settings(case)
    yield from of_agents(case)
