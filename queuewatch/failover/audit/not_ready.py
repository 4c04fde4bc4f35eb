"""Why a queue is not ready: the cause, and nothing that merely follows from it."""

from collections.abc import Iterator

from msgspec.structs import replace

from queuewatch.failover.audit import destinations
from queuewatch.failover.audit.finding import Finding, Remedy, Severity
from queuewatch.failover.audit.queue_audit import QueueAudit, require_agents_command, way, when_offline_command
from queuewatch.failover.decide import Decision, Doubt, decide
from queuewatch.failover.explanation import direct_words, rule_name, unused
from queuewatch.failover.model import OFF, Queue
from queuewatch.failover.simulate import simulate
from queuewatch.failover.suppose import ALL_DARK
from queuewatch.failover.verdict import Outcome, Verdict


def why_not_ready(case: QueueAudit) -> Iterator[Finding]:
    """What keeps the queue's calls from someone if all is dark, or makes them reach someone by luck.

    Every queue whose readiness is not ``ready`` has one here, or a limit or a setting to blame (``settings``).
    """
    if case.rules.known and not case.rules.has_user:
        yield _no_user(case)
        return
    found: dict[str, Finding] = {}
    for decision, verdict in _trials(case, case.queue, case.dark):
        for finding in _of(case, decision, verdict):
            found.setdefault(finding.code, finding)
    yield from found.values()


def _trials(case: QueueAudit, queue: Queue, dark: Verdict) -> Iterator[tuple[Decision, Verdict]]:
    """The call as things stand, then as they would once what stopped it is out of the way.

    A full queue and Require Agents at No both hide what is behind them, and that has to be put right as well.
    """
    decision = decide(queue, case.rules, dark.counts, domain=case.snapshot.domain)
    yield decision, dark
    if decision.full or decision.doubt is Doubt.LIMIT:
        behind = replace(queue, waiting=0)
    elif decision.outcome is Outcome.STRANDED and _sends_somewhere(case):
        behind = replace(queue, require_agents=True)
    else:
        return
    yield from _trials(case, behind, simulate(case.snapshot, behind, ALL_DARK))


def _of(case: QueueAudit, decision: Decision, verdict: Verdict) -> Iterator[Finding]:
    match decision.outcome:
        case Outcome.UNCERTAIN if decision.doubt is Doubt.RULES:
            yield case.finding(
                "QW114",
                f"What happens to its calls is not known: {case.rules.problem.rstrip('.')}.",
                "Ask again once the phone system answers, with a key that may read users' answering rules.",
            )
        case Outcome.STRANDED:
            yield _stranded(case)
        case Outcome.LOST if not decision.full:
            yield _no_forward(case, verdict)
        case Outcome.OVERFLOWS if not decision.full:
            yield _no_forward(case, verdict)
            yield from destinations.of_number(case, decision, verdict, "When Busy")
        case Outcome.DIVERTED:
            yield from _diverted(case, decision, verdict)
            always = f"Always of the rule {rule_name(decision)}"
            yield from destinations.of_number(case, decision, verdict, always)
        case Outcome.OVERFLOWS | Outcome.FAILS_OVER:
            yield from destinations.faults(case, decision, verdict)
        case _:
            pass


def _sends_somewhere(case: QueueAudit) -> str:
    """Where a When Offline that is set sends calls: that of the rule in effect, else Default's; else empty."""
    rules = [rule for rule in (case.rule, case.rules.default) if rule is not None]
    return next((rule.offline.destination for rule in rules if rule.offline.destination), "")


def _no_user(case: QueueAudit) -> Finding:
    extension = case.queue.extension
    return case.finding(
        "QW116",
        f"There is no user {extension}, so no answering rule can forward the queue's calls: when every agent is "
        "offline nothing takes them.",
        f"Have the user {extension} created (the portal makes one with every queue it makes), then set its "
        "When Offline.",
    )


def _stranded(case: QueueAudit) -> Finding:
    if where := _sends_somewhere(case):
        return case.finding(
            "QW101",
            f"When Offline names {case.where(where)}, but Require Agents is No: with every agent offline callers "
            "wait in the queue and are never forwarded.",
            "Set Require Agents to Yes (Call Queues, Pre-Queue Options).",
            command=require_agents_command(case.queue),
            remedy=Remedy.REQUIRE_AGENTS,
        )
    return case.finding(
        "QW113",
        "Require Agents is No and no When Offline is set: with every agent offline callers wait with nobody "
        "there.",
        "Set When Offline, then Require Agents to Yes.",
        command=when_offline_command(case.queue),
        remedy=Remedy.WHEN_OFFLINE,
    )


def _no_forward(case: QueueAudit, verdict: Verdict) -> Finding:
    """Nothing but When Busy, if anything, takes the call once every agent is offline."""
    rule, default = case.rule, case.rules.default
    served = verdict.reaches_someone
    severity = Severity.ERROR if served is False else Severity.WARNING
    then = _what_then(case, verdict)
    if default is not None and default.offline.destination and rule is not default:
        where = case.where(default.offline.destination)
        if rule is not None:
            return case.finding(
                "QW107",
                f"The rule {rule.label} has no When Offline of its own, and while it is in effect Default's "
                f"({where}) is not consulted: {then}.",
                f"Give the rule {rule.label} the same When Offline (Users, {case.queue.extension}, Answering "
                "Rules).",
                severity=severity,
            )
        return case.finding(
            "QW102",
            f"The Default rule names {where} When Offline, but it is switched off: {then}.",
            f"Switch the Default rule on (Users, {case.queue.extension}, Answering Rules).",
            severity=severity,
        )
    if rule is not None and not rule.is_default:
        return case.finding(
            "QW102",
            f"When Offline of the rule {rule.label} {unused(rule.offline)}: {then}.",
            f"Set When Offline in the rule {rule.label} and in Default (Users, {case.queue.extension}, "
            "Answering Rules).",
            severity=severity,
        )
    return case.finding(
        "QW102",
        f"When Offline {unused(default.offline if default else OFF)}: {then}.",
        "Set When Offline to a number, voicemail box, auto attendant or queue that answers without this building.",
        severity=severity,
        command=when_offline_command(case.queue),
        remedy=Remedy.WHEN_OFFLINE,
    )


def _what_then(case: QueueAudit, verdict: Verdict) -> str:
    if verdict.outcome is Outcome.LOST:
        return "with every agent offline nothing takes the call"
    onward = f"with every agent offline it is left to When Busy, {way(case, verdict)}"
    match verdict.reaches_someone:
        case True:
            return f"{onward}, which is assumed and not stated to take the call"
        case False:
            return f"{onward}, and that reaches nobody ({verdict.path[-1].why})"
        case None:
            return f"{onward}, and where that ends cannot be told ({verdict.path[-1].why})"


def _diverted(case: QueueAudit, decision: Decision, verdict: Verdict) -> Iterator[Finding]:
    name, last = rule_name(decision), verdict.path[-1].why
    where = way(case, verdict)
    if verdict.reaches_someone is False:
        severity, then = Severity.ERROR, f"reaches nobody there ({last})"
    elif verdict.reaches_someone is None:
        severity, then = Severity.WARNING, f"where that ends cannot be told ({last})"
    elif decision.rule is not None and not decision.rule.is_default and _alike(verdict):
        # That a rule sends its calls to somebody else at its times is what time frames are for.
        return
    else:
        severity, then = Severity.WARNING, "never asks Require Agents or When Offline"
    direct = f" {direct_words(verdict.direct)}" if verdict.direct is not None else ""
    yield case.finding(
        "QW115",
        f"The rule {name} forwards every call (Always) to {where}: while it is in effect a call never reaches the "
        f"queue, and {then}.{direct}",
        f"Let Always of the rule {name} lead into the queue again (extension {case.queue.extension}), unless the "
        "diversion is meant.",
        severity=severity,
    )


def _alike(verdict: Verdict) -> bool:
    """Whether a call that enters the queue by a number of its own, past the rule, fares like the others."""
    return verdict.direct is None or verdict.direct.reaches_someone is verdict.reaches_someone
