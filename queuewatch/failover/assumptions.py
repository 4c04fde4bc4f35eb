"""What a verdict rests on that neither the portal's documentation nor the vendor states, in words.

A manager may act on a verdict. Whatever was taken for granted on the way to it is therefore said beside it.
"""

from collections.abc import Iterator, Sequence

from queuewatch.failover.decide import Decision, Roster
from queuewatch.failover.destination import (
    Arrival,
    Destination,
    EndKind,
    is_of_dial_plan,
    meaning,
    numbers_into_queue,
)
from queuewatch.failover.explanation import nobody_there, unused
from queuewatch.failover.model import OFF, Agent, EntryKind, Forward, Part, Queue, Registration, Rule, Snapshot
from queuewatch.failover.status import Status, registration_of, status_of
from queuewatch.failover.suppose import Suppose, supposing
from queuewatch.failover.verdict import Outcome
from queuewatch.failover.visibility import agents_seen
from queuewatch.failover.wording import agent_names, describe_destination, format_number, listing, plural

MOST_PROBLEMS = 3
"""What of one queue could not be understood is told one by one up to here."""


def of_queue(
    snapshot: Snapshot, queue: Queue, decision: Decision, roster: Roster, suppose: Suppose
) -> Iterator[str]:
    """What the decision of one queue rests on."""
    yield from _of_rules(snapshot, queue, decision)
    match decision.outcome:
        case Outcome.RINGS:
            pass
        case Outcome.FAILS_OVER:
            if queue.waiting:
                yield f"{plural(queue.waiting, 'caller')} already waiting in {queue.label} would not be moved."
        case Outcome.DIVERTED:
            yield from _of_diversion(snapshot, queue)
        case Outcome.OVERFLOWS if not decision.full:
            offline = unused(decision.rule.offline if decision.rule else OFF)
            yield (
                f"Assumed: when {nobody_there(roster.counts)} and When Offline {offline}, "
                f"When Busy takes the calls of {queue.label}."
            )
        case Outcome.LOST if not decision.full:
            yield f"Assumed: {queue.label} does not accept a call it can neither queue nor forward."
            user = (snapshot.users or {}).get(queue.extension)
            if user is not None and user.voicemail is not False:
                yield (
                    f"Assumed: the voicemail box of {queue.label} itself does not answer: no forward of its "
                    "answering rule leads there."
                )
        case Outcome.WAITS:
            yield f"Assumed: busy agents keep {queue.label} open, so its callers wait for them."
        case Outcome.STRANDED:
            yield from _of_stranding(queue)
        case _:
            pass
    yield from _of_agents(queue, decision, roster, suppose)
    seen, counted = agents_seen(snapshot, queue.extension) if snapshot.agents_unseen else (0, 0)
    if seen < counted and decision.outcome is not Outcome.DIVERTED:
        yield (
            f"This token sees {seen} of {counted} agents of {queue.label}: nothing is known of the "
            f"{'other' if counted - seen == 1 else 'others'}."
        )
    live = [problem for problem in snapshot.problems if problem.part is Part.LIVE and not problem.aside]
    own = [problem.text for problem in live if problem.queue == queue.extension]
    yield from own[:MOST_PROBLEMS]
    if len(own) > MOST_PROBLEMS:
        yield f"{len(own) - MOST_PROBLEMS} more things of {queue.label} could not be understood."
    # What is known to be about another queue is told there.
    unread = sum(not problem.queue for problem in live)
    if unread and not roster.counts.online and decision.outcome is not Outcome.DIVERTED:
        yield (
            f"{plural(unread, 'row or value', 'rows or values')} of the queue and agent lists could not be "
            f"understood: an agent of {queue.label} among them is not counted."
        )


def _of_rules(snapshot: Snapshot, queue: Queue, decision: Decision) -> Iterator[str]:
    known = snapshot.rules_of(queue.extension)
    rule, default = decision.rule, known.default
    if not known.has_user:
        yield f"{queue.label} has no user of its own, so no answering rule can forward its calls."
    if not known.known:
        return
    if default is not None and default.offline.destination and (rule is None or not rule.is_default):
        where = describe_destination(snapshot, default.offline.destination)
        instead = f"the rule {rule.label} is in effect" if rule else "it is switched off"
        yield f"Default would send calls to {where} When Offline, but {instead}, so Default is not consulted."
    if rule is None:
        return
    used = _used(decision.outcome, rule)
    if used is not None and len(used.destinations) > 1:
        others = listing(describe_destination(snapshot, other) for other in used.destinations[1:])
        yield f"The forward of {queue.label} names several destinations: the first counts, not {others}."
    if decision.outcome is Outcome.FAILS_OVER and _differ(snapshot, rule):
        where = describe_destination(snapshot, rule.busy.destination or "")
        yield f"Assumed: When Offline goes before When Busy, which names {where}."


def _used(outcome: Outcome, rule: Rule) -> Forward | None:
    """The forward that decided."""
    match outcome:
        case Outcome.RINGS:
            return None
        case Outcome.FAILS_OVER:
            return rule.offline
        case Outcome.DIVERTED:
            return rule.always
        case Outcome.OVERFLOWS:
            return rule.busy
        case _:
            return None


def _differ(snapshot: Snapshot, rule: Rule) -> bool:
    if rule.busy.destination is None or rule.offline.destination is None:
        return False
    return meaning(snapshot, rule.busy.destination) != meaning(snapshot, rule.offline.destination)


def _of_diversion(snapshot: Snapshot, queue: Queue) -> Iterator[str]:
    yield f"Assumed: a forward Always takes every call to {queue.label} before the queue sees it."
    direct = sorted(map(format_number, numbers_into_queue(snapshot, queue.extension)))
    if direct:
        verb = "leads" if len(direct) == 1 else "lead"
        yield (
            f"{listing(direct)} {verb} straight into the queue: calls to it may enter the queue "
            "without asking that rule."
        )


def _of_stranding(queue: Queue) -> Iterator[str]:
    if queue.max_wait_minutes:
        yield (
            f"Assumed: with Require Agents at No, callers wait in {queue.label} until its limit of "
            f"{plural(queue.max_wait_minutes, 'minute')}."
        )
    else:
        yield f"Assumed: with Require Agents at No, callers wait in {queue.label} for as long as they hold on."


def _of_agents(queue: Queue, decision: Decision, roster: Roster, suppose: Suppose) -> Iterator[str]:
    if decision.outcome is Outcome.DIVERTED:
        return
    online = roster.online
    without_phone = _without_phone(online)
    if push := [agent for agent in without_phone if registration_of(agent) is Registration.PUSH]:
        yield f"Assumed: a mobile app that is asleep counts as online ({agent_names(push)})."
    if offnet := [agent for agent in without_phone if registration_of(agent) is Registration.OFFNET]:
        yield f"Assumed: an outside number that is logged in always counts as online ({agent_names(offnet)})."
    if online and queue.max_expected_wait:
        yield (
            f"{queue.label} turns callers away when the expected wait passes {queue.max_expected_wait} s: "
            "the expected wait cannot be read."
        )
    if online and queue.max_expected_wait is None:
        yield f"The limit on the expected wait of {queue.label} could not be read."
    counted = queue.agents_available
    # What is supposed of other queues' agents leaves this one's as the phone system counted them.
    if counted not in (None, roster.counts.green) and _as_it_is(roster, suppose):
        yield (
            f"The phone system counts {plural(counted or 0, 'agent')} available in {queue.label}; "
            f"its agent list shows {roster.counts.green} Green."
        )
    if suppose.nothing:
        return
    stubborn = [
        agent
        for agent in _without_phone(roster.in_colour(Status.GREY))
        if registration_of(agent) in (Registration.PUSH, Registration.OFFNET)
        and status_of(agent).status is not Status.GREY
    ]
    if stubborn:
        yield (
            f"Supposed offline although a mobile app or an outside number usually stays online "
            f"without the building: {agent_names(stubborn)}."
        )


def _as_it_is(roster: Roster, suppose: Suppose) -> bool:
    """Whether nothing is supposed that changes this queue's agents."""
    if suppose.nothing or suppose.all_dark:
        return suppose.nothing
    about = [agent for agent in roster.in_order if suppose.is_about(agent)]
    return all(supposing(real := status_of(agent), agent, suppose) is real for agent in about)


def _without_phone(agents: Sequence[Agent]) -> list[Agent]:
    """Those who may be reached otherwise than by a connected phone: as a rule few, or none."""
    if not agents:
        return []
    phone, outside = Registration.CONNECTED, EntryKind.OFFNET
    return [agent for agent in agents if agent.registration is not phone or agent.entry is outside]


def of_arrival(snapshot: Snapshot, destination: Destination, arrival: Arrival) -> Iterator[str]:
    """What following one destination rests on."""
    if arrival.number:
        yield f"{arrival.why} through the telephone network to {_lead(snapshot, arrival)}."
    by_dial_rule = snapshot.dial_rules is not None and is_of_dial_plan(snapshot, destination)
    unknown = arrival.end is not None and arrival.end.kind in (EndKind.UNKNOWN, EndKind.DEAD_END, EndKind.NOBODY)
    if by_dial_rule and not unknown and not arrival.number:
        yield f"{arrival.why[0].upper()}{arrival.why[1:]}."
    if arrival.end is None:
        return
    if arrival.end.number is not None and arrival.end.number.premium:
        yield f"{format_number(arrival.end.target)} is a premium number: every call to it is charged for."
    match arrival.end.kind:
        case EndKind.EXTERNAL:
            yield f"Whether anybody answers {format_number(arrival.end.target)} is not checked."
        case EndKind.UNKNOWN | EndKind.DEAD_END | EndKind.NOBODY:
            yield f"{arrival.why[0].upper()}{arrival.why[1:]}."
        case _:
            pass


def _lead(snapshot: Snapshot, arrival: Arrival) -> str:
    return describe_destination(snapshot, arrival.then.text) if arrival.then else "somewhere unknown"
