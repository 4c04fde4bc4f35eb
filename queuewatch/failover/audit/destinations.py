"""What is wrong with where a forward sends the call: loops, dead ends, numbers that nobody can dial."""

from collections.abc import Iterator

from queuewatch.failover.audit.finding import Finding, Remedy, Severity
from queuewatch.failover.audit.queue_audit import QueueAudit, way, when_offline_command
from queuewatch.failover.decide import Decision
from queuewatch.failover.destination import DestinationKind, EndKind, parse_destination
from queuewatch.failover.model import Part
from queuewatch.failover.phone_number import (
    NumberKind,
    as_dialled,
    format_number,
    is_meant_as_number,
    read_number,
    service_words,
)
from queuewatch.failover.verdict import Outcome, Verdict
from queuewatch.failover.visibility import why_unread


def faults(case: QueueAudit, decision: Decision, verdict: Verdict) -> Iterator[Finding]:
    """The fault in the way of a call that a forward of this queue took, and a number that leads back home."""
    text = decision.destination or ""
    forward = "When Offline" if decision.outcome is Outcome.FAILS_OVER else "When Busy"
    comes_back = len(verdict.path) > 1 and verdict.path[1].outcome == "own_number"
    if comes_back:
        yield _own_number(case, decision, verdict, forward)
    where, last = way(case, verdict), verdict.path[-1]
    yield from of_number(case, decision, verdict, forward)
    match verdict.end.kind:
        case EndKind.LOOP if not comes_back:
            yield _of(
                case,
                decision,
                "QW103",
                f"With every agent offline a call goes round and nobody answers: {case.queue.label} → {where}.",
                f"Point {forward} at something outside the loop.",
            )
        case EndKind.DEAD_END:
            yield _of(
                case,
                decision,
                "QW104",
                f"{forward} leads to {where}, and {last.why}: the call ends there unanswered.",
                f"Point {forward} at something that exists and is switched on.",
            )
        case EndKind.NOBODY:
            yield _of(
                case,
                decision,
                "QW117",
                f"{forward} leads to {where}, which reaches nobody if all is dark: there, {last.why}.",
                f"Put {case.where(last.at)} right first, or point {forward} at something that answers by itself.",
            )
        case EndKind.UNKNOWN if len(verdict.path) == 2 and is_malformed(text):
            yield _malformed(case, decision, text, forward)
        case EndKind.UNKNOWN if service_number_on(verdict):
            pass
        case EndKind.UNKNOWN | EndKind.PARK:
            fix = f"Point {forward} at a number, voicemail box, auto attendant or queue that is sure to answer."
            if _may_be_an_own_number(case, verdict):
                fix = f"Use a key that may read the domain's {Part.NUMBERS}, then ask again."
            yield _of(
                case,
                decision,
                "QW118",
                f"Where a call ends cannot be told: {forward} leads to {where}, and {last.why}.",
                fix,
            )
        case _:
            pass


def _may_be_an_own_number(case: QueueAudit, verdict: Verdict) -> bool:
    """Whether only the domain's own numbers, which were not read, keep a number from being one outside."""
    outside = read_number(verdict.end.target).is_dialable and verdict.end.kind is EndKind.UNKNOWN
    return outside and bool(why_unread(case.snapshot, Part.NUMBERS))


def _own_number(case: QueueAudit, decision: Decision, verdict: Verdict, forward: str) -> Finding:
    own, onward = case.where(verdict.path[1].at), way(case, verdict)
    loops = verdict.end.kind is EndKind.LOOP
    loop = f", in a loop ({case.queue.label} → {onward})" if loops else f" ({onward})"
    return _of(
        case,
        decision,
        "QW110",
        f"{forward} names {own}, one of the domain's own numbers: the call leaves through the telephone network "
        f"and comes back{loop}.",
        f"Point {forward} at a number outside, or straight at what {own} leads to if that is meant.",
        severity=Severity.ERROR if loops else Severity.WARNING,
    )


def service_number_on(verdict: Verdict) -> str:
    """The emergency or service number at which the way of a call ends; empty where it meets none."""
    number = verdict.end.number
    return number.key if number is not None and number.kind is NumberKind.SERVICE else ""


def of_number(case: QueueAudit, decision: Decision, verdict: Verdict, forward: str) -> Iterator[Finding]:
    """What is wrong with the number at which the way of a call ends: an emergency service's, or a dear one."""
    if service := service_number_on(verdict):
        yield _of(
            case,
            decision,
            "QW122",
            f"{forward} leads to {service}, and {service_words(service)}: callers who want this company would be "
            "connected there.",
            f"Point {forward} at a number, voicemail box, auto attendant or queue of your own.",
        )
    elif verdict.end.kind is EndKind.EXTERNAL and verdict.end.number is not None and verdict.end.number.premium:
        yield _of(
            case,
            decision,
            "QW123",
            f"{forward} leads to {format_number(verdict.end.target)}, a premium number: every call sent there "
            "is charged for, and many phone systems refuse to call it.",
            f"Point {forward} at an ordinary number, unless the premium number is meant.",
        )


def _malformed(case: QueueAudit, decision: Decision, text: str, forward: str) -> Finding:
    number = as_dialled(text)
    say = f"Write it as {number}" if number else "Write it with 10 digits, or 11 beginning with 1"
    return _of(
        case,
        decision,
        "QW109",
        f"{forward} names {text}, which is no phone number as it is written: what the phone system would dial "
        "cannot be told.",
        f"{say}, in digits alone; a number abroad begins with 011.",
        destination=number,
    )


def _of(
    case: QueueAudit,
    decision: Decision,
    code: str,
    why: str,
    fix: str,
    *,
    severity: Severity | None = None,
    destination: str = "",
) -> Finding:
    """A finding about a destination. Only When Offline of Default can be changed from here."""
    editable = decision.outcome is Outcome.FAILS_OVER and decision.rule is not None and decision.rule.is_default
    if not editable:
        return case.finding(code, why, fix, severity=severity)
    command = when_offline_command(case.queue, destination or "DESTINATION")
    return case.finding(code, why, fix, severity=severity, command=command, remedy=Remedy.WHEN_OFFLINE)


def is_malformed(text: str) -> bool:
    """Whether this was meant as a phone number and is not written as one."""
    destination = parse_destination(text)
    if not is_meant_as_number(destination.target):
        return False
    return destination.kind is not DestinationKind.DIGITS or not read_number(destination.target).is_dialable
