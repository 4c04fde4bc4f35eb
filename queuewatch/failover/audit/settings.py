"""What a queue's own settings and rules hold in store, whether or not they decide just now."""

from collections.abc import Iterator

from msgspec.structs import replace

from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.audit.queue_audit import QueueAudit
from queuewatch.failover.decide import decide, diverts
from queuewatch.failover.destination import meaning
from queuewatch.failover.explanation import unused
from queuewatch.failover.model import Rule
from queuewatch.failover.schedule.periods import never_applies
from queuewatch.failover.wording import listing, plural


def of_settings(case: QueueAudit) -> Iterator[Finding]:
    """Rules that will lack the forward, two backups that differ, callers beyond the limit, what is unreadable."""
    if unread := listing(dict.fromkeys(_unreadable(case)), most=6):
        yield case.finding(
            "QW120",
            f"{unread[0].upper()}{unread[1:]} could not be read, so what hangs on it cannot be told.",
            "Look at it in the portal and save it again; if that does not help, show this to your provider.",
        )
    if not case.rules.known or not case.rules.has_user:
        return
    yield from _rules_above(case)
    yield from _backups_differ(case)
    yield from _limit(case)


def _unreadable(case: QueueAudit) -> Iterator[str]:
    queue = case.queue
    if queue.require_agents is None:
        yield "Require Agents"
    if queue.max_callers is None:
        yield "the limit of callers"
    elif queue.max_callers and queue.waiting is None:
        yield "the number of waiting callers"
    for rule in case.rules.in_order if case.rules.known else ():
        for forward, name in ((rule.always, "Always"), (rule.offline, "When Offline"), (rule.busy, "When Busy")):
            if not forward.readable:
                yield f"{name} of the rule {rule.label}"


def of_deleted_time_frames(case: QueueAudit) -> Iterator[Finding]:
    """Rules whose time frame was deleted. That of one marked in effect now is there, whatever lists say."""
    for rule in case.rules.in_order:
        if never_applies(case.snapshot, case.queue.extension, rule):
            yield case.finding(
                "QW124",
                f"The rule {rule.label} never applies: its time frame is none of the domain's and none of the "
                "queue user's own.",
                f"Delete the rule, or make its time frame anew (Users, {case.queue.extension}, Answering Rules).",
            )


def _rules_above(case: QueueAudit) -> Iterator[Finding]:
    """Rules that will lack Default's forward once they are in effect, if ever: when is still to be read.

    Those that are known to come are causes in a situation of their own.
    """
    default = case.rules.default
    if default is None or not default.offline.destination:
        return
    others = [
        rule
        for rule in case.rules.in_order
        if rule is not case.rule and replace(rule, active=False) not in case.in_turn
    ]
    lacking = [rule.label for rule in others if _will_lack(case, rule)]
    if lacking:
        names, is_single = listing(lacking), len(lacking) == 1
        yield case.finding(
            "QW107",
            f"{names}, above Default, {'has' if is_single else 'have'} no When Offline: while "
            f"{'it is' if is_single else 'one of them is'} in effect, Default's "
            f"({case.where(default.offline.destination)}) is not consulted.",
            f"Give {names} the same When Offline (Users, {case.queue.extension}, Answering Rules).",
            severity=Severity.WARNING,
        )


def _will_lack(case: QueueAudit, rule: Rule) -> bool:
    """Whether Default's forward would be missed. A rule that forwards every call elsewhere needs none."""
    if never_applies(case.snapshot, case.queue.extension, rule):
        return False
    if rule.is_default or not rule.enabled or not rule.always.readable or _diverts(case, rule):
        return False
    return rule.offline.readable and rule.offline.destination is None


def _backups_differ(case: QueueAudit) -> Iterator[Finding]:
    rule = case.rule
    if rule is None or not (rule.offline.destination and rule.busy.destination):
        return
    if meaning(case.snapshot, rule.offline.destination) != meaning(case.snapshot, rule.busy.destination):
        yield case.finding(
            "QW108",
            f"When Offline leads to {case.where(rule.offline.destination)} and When Busy to "
            f"{case.where(rule.busy.destination)}: which comes first with every agent offline is assumed, not "
            "stated.",
            "Point both at the same destination, unless the difference is meant.",
        )


def _limit(case: QueueAudit) -> Iterator[Finding]:
    queue, rule = case.queue, case.rule
    if not queue.max_callers or queue.max_callers < 0 or (rule is not None and _diverts(case, rule)):
        return
    if rule is not None and (not rule.busy.readable or rule.busy.destination is not None):
        return
    full = decide(queue, case.rules, case.judgement.now.counts, domain=case.snapshot.domain).full
    off = f"When Busy {unused(rule.busy)}" if rule else "no rule is in effect to forward them"
    yield case.finding(
        "QW119",
        f"The queue takes {plural(queue.max_callers, 'caller')} and {'is full' if full else 'no more'}: "
        f"{off}, so {'the next caller is lost' if full else 'callers beyond that are lost'}.",
        "Set When Busy in the answering rule, or raise Max queue length (Call Queues, Pre-Queue Options).",
        severity=Severity.WARNING if full else Severity.INFO,
    )


def _diverts(case: QueueAudit, rule: Rule) -> bool:
    return diverts(rule.always, case.queue.extension, case.snapshot.domain)
