"""The one plain sentence of a verdict: what happens to the call, why, and where it ends up."""

from collections.abc import Sequence

from msgspec.structs import replace

from queuewatch.failover.decide import Decision, Doubt, Roster, decide, without_always
from queuewatch.failover.destination import CallEnd, EndKind
from queuewatch.failover.model import OFF, Forward, Queue, Snapshot
from queuewatch.failover.status import Status
from queuewatch.failover.verdict import Counts, Direct, Judgement, Outcome, Stop
from queuewatch.failover.wording import agent_names, describe_destination, format_number, listing, plural


def clause_for(snapshot: Snapshot, queue: Queue, decision: Decision, roster: Roster) -> str:
    """What made the queue decide so, without a full stop: ``every agent is Grey and Require Agents is No``."""
    counts, rule = roster.counts, decision.rule
    offline, when_busy = (rule.offline, rule.busy) if rule else (OFF, OFF)
    match decision.outcome:
        case Outcome.RINGS:
            ready = agent_names(roster.in_colour(Status.GREEN))
            return f"{plural(counts.green, 'agent is', 'agents are')} ready ({ready})"
        case Outcome.FAILS_OVER:
            return f"{nobody_there(counts)}, so When Offline takes the call"
        case Outcome.DIVERTED:
            return f"its answering rule {rule_name(decision)} forwards every call (Always)"
        case Outcome.OVERFLOWS if decision.full:
            return f"{_full(queue)}, so When Busy takes the call"
        case Outcome.OVERFLOWS:
            return f"{nobody_there(counts)} and When Offline {unused(offline)}, so When Busy takes the call"
        case Outcome.LOST if decision.full:
            return f"{_full(queue)} and When Busy {unused(when_busy)}"
        case Outcome.LOST:
            return f"{nobody_there(counts)}, and neither When Offline nor When Busy sends the call anywhere"
        case Outcome.WAITS:
            busy = agent_names(roster.in_colour(Status.RED))
            if roster.all_on_do_not_disturb:
                who = "the agent who is" if counts.red == 1 else "every agent who is"
                return f"{who} online is on Do Not Disturb ({busy}), and nobody comes until somebody takes it off"
            return f"nobody is free; {plural(counts.red, 'agent is', 'agents are')} online and busy ({busy})"
        case Outcome.STRANDED:
            return f"{nobody_there(counts)} and Require Agents is No"
        case Outcome.UNCERTAIN:
            return doubt(snapshot, queue, decision, counts)


def _full(queue: Queue) -> str:
    return f"the queue is full ({queue.waiting} of {queue.max_callers} callers)"


def rule_name(decision: Decision) -> str:
    """The name of the answering rule that decided."""
    return decision.rule.label if decision.rule else "Default"


def unused(forward: Forward) -> str:
    """How a forward comes to send a call nowhere, as the end of a clause."""
    return "names no destination" if forward.enabled else "is off"


def nobody_there(counts: Counts) -> str:
    """That no agent is online, as a clause."""
    return "every agent is Grey" if counts.total else "the queue has no agents"


def doubt(snapshot: Snapshot, queue: Queue, decision: Decision, counts: Counts) -> str:
    """What is not known, as a clause."""
    match decision.doubt:
        case Doubt.AGENTS if counts.unknown == 1:
            return "the state of an agent is not known"
        case Doubt.AGENTS:
            return f"the state of {counts.unknown} agents is not known"
        case Doubt.ALWAYS:
            return "whether its answering rule forwards every call (Always) could not be read"
        case Doubt.LIMIT:
            return "whether the queue is full could not be read"
        case Doubt.REQUIRE_AGENTS:
            return "its Require Agents setting could not be read"
        case Doubt.WHEN_OFFLINE:
            return "its When Offline setting could not be read"
        case Doubt.WHEN_BUSY:
            return "its When Busy setting could not be read"
        case Doubt.RULES | None:
            return snapshot.rules_of(queue.extension).problem.rstrip(".") or "its answering rules are not known"


def possibilities(snapshot: Snapshot, queue: Queue, decision: Decision, counts: Counts) -> str:
    """Both ways an uncertain call could go, as one sentence."""
    rules = snapshot.rules_of(queue.extension)
    match decision.doubt:
        case Doubt.AGENTS:
            grey = replace(counts, unknown=0, grey=counts.grey + counts.unknown)
            offline = consequence(snapshot, decide(queue, rules, grey, domain=snapshot.domain))
            if counts.unknown == 1:
                return f"If that agent is online, an agent takes the call; if not, {offline}."
            return f"If any of them is online, an agent takes the call; if none is, {offline}."
        case Doubt.REQUIRE_AGENTS:
            yes = consequence(
                snapshot, decide(replace(queue, require_agents=True), rules, counts, domain=snapshot.domain)
            )
            return f"If it is Yes, {yes}; if it is No, the caller waits with nobody there."
        case Doubt.ALWAYS:
            entered = consequence(snapshot, decide(queue, without_always(rules), counts, domain=snapshot.domain))
            return f"If it does, the call goes elsewhere; if not, {entered}."
        case Doubt.LIMIT:
            entered = consequence(
                snapshot, decide(replace(queue, max_callers=0), rules, counts, domain=snapshot.domain)
            )
            return f"If it is full, When Busy decides; if not, {entered}."
        case Doubt.WHEN_OFFLINE:
            return "If it is on, the call fails over; if not, it goes to When Busy or is lost."
        case Doubt.WHEN_BUSY:
            return "If it is on, the call goes there; if not, it is lost."
        case Doubt.RULES | None if counts.online:
            return "An agent takes the call, unless a rule sends it elsewhere first."
        case Doubt.RULES | None:
            return "The call may be answered elsewhere, or reach nobody."


def consequence(snapshot: Snapshot, decision: Decision) -> str:
    """What becomes of the call, as a clause: ``it fails over to (214) 555-0100``."""
    where = describe_destination(snapshot, decision.destination) if decision.destination else ""
    match decision.outcome:
        case Outcome.RINGS:
            return "it rings an agent"
        case Outcome.FAILS_OVER:
            return f"it fails over to {where}"
        case Outcome.DIVERTED:
            return f"it goes to {where} before it reaches the queue"
        case Outcome.OVERFLOWS:
            return f"it goes to {where} (When Busy)"
        case Outcome.LOST:
            return "it is lost"
        case Outcome.WAITS:
            return "it waits for an agent"
        case Outcome.STRANDED:
            return "the caller waits with nobody there"
        case Outcome.UNCERTAIN:
            return "where it goes cannot be told"


def direct_words(direct: Direct) -> str:
    """The other way into a queue whose calls are diverted, as one sentence."""
    verb = "leads" if len(direct.numbers) == 1 else "lead"
    numbers = listing(map(format_number, direct.numbers))
    sentence = f"{direct.sentence[:1].lower()}{direct.sentence[1:]}"
    return f"{numbers} {verb} straight into the queue, assumed past that rule: there, {sentence}"


def directly(judgement: Judgement, *, all_dark: bool = False) -> str:
    """The same for both answers of a queue: now, and if the building went dark. Empty where no number leads in."""
    now, dark = judgement.now.direct, judgement.readiness.verdict.direct
    if dark is None:
        return ""
    if all_dark or now is None or now.sentence == dark.sentence:
        return direct_words(dark)
    return f"{direct_words(now)} If dark: {dark.sentence}"


def sentence_of(
    snapshot: Snapshot, queue: Queue, decision: Decision, roster: Roster, stops: Sequence[Stop], end: CallEnd
) -> str:
    """The sentence, from the call's first stop on. For an uncertain outcome both ways it could go follow."""
    if decision.outcome is Outcome.UNCERTAIN:
        reason = doubt(snapshot, queue, decision, roster.counts)
        return f"Uncertain: {reason}. {possibilities(snapshot, queue, decision, roster.counts)}"
    what = consequence(snapshot, decision)
    # A name within it may hold the same words.
    what = f"A call {what[3:]}" if what.startswith("it ") else f"A{what[3:]}"
    return f"{what}{_onward(snapshot, stops, end)}: {stops[0].why}."


def _onward(snapshot: Snapshot, stops: Sequence[Stop], end: CallEnd) -> str:
    """What becomes of the call beyond its first destination, where that is not plain from the name."""
    if end.kind is EndKind.LOOP:
        last = describe_destination(snapshot, stops[-1].at)
        return f"{_then(snapshot, stops[2:-1])}, which comes back to {last} (a loop)"
    return _then(snapshot, stops[2:]) + (_ending(end) if len(stops) > 1 else "")


def _then(snapshot: Snapshot, stops: Sequence[Stop]) -> str:
    return "".join(f", then to {describe_destination(snapshot, stop.at)}" for stop in stops)


def _ending(end: CallEnd) -> str:
    match end.kind:
        case EndKind.CALLER_WAITS if end.waits_in_vain:
            return ", where nobody comes until an agent takes Do Not Disturb off"
        case EndKind.AGENTS:
            return ", where an agent is rung"
        case EndKind.CALLER_WAITS:
            return ", where the caller waits for an agent"
        case EndKind.NOBODY:
            return ", where nobody is reached"
        case EndKind.DEAD_END:
            return ", a dead end"
        case EndKind.UNKNOWN:
            return ", and what happens there is not known"
        case _:
            return ""
