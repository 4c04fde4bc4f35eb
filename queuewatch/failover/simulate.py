"""Follow one call from its queue to its real end."""

from collections.abc import Mapping
from dataclasses import replace

from queuewatch.failover import assumptions
from queuewatch.failover.decide import Decision, Roster, decide, roster_of
from queuewatch.failover.destination import (
    Arrival,
    Destination,
    End,
    EndKind,
    arrive,
    number_key,
    parse_destination,
)
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.reasons import why
from queuewatch.failover.sentence import sentence_of
from queuewatch.failover.suppose import ALL_DARK, AS_IS, Suppose
from queuewatch.failover.verdict import Judgement, Outcome, Readiness, ReadinessState, Stop, Verdict


def simulate(snapshot: Snapshot, queue: Queue, suppose: Suppose = AS_IS) -> Verdict:
    """What would happen to one call arriving at ``queue``. Total: every snapshot has a verdict."""
    roster = roster_of(snapshot, queue.extension, suppose)
    decision = decide(queue, snapshot.rules_of(queue.extension), roster.counts)
    stops, end, notes = _follow(snapshot, queue, roster, decision, suppose)
    return Verdict(
        queue=queue.extension,
        outcome=decision.outcome,
        counts=roster.counts,
        end=end,
        path=tuple(stops),
        held_open_by=tuple(agent.id for agent, shown in roster.agents if shown.status.online),
        sentence=sentence_of(snapshot, queue, decision, roster, stops, end),
        assumptions=tuple(dict.fromkeys(notes)),
        rule_in_effect=decision.rule.time_frame if decision.rule else None,
        destination=decision.destination,
    )


def _follow(
    snapshot: Snapshot, queue: Queue, roster: Roster, decision: Decision, suppose: Suppose
) -> tuple[list[Stop], End, list[str]]:
    """Every stop of a call that this queue has decided about, its end, and what all that rests on."""
    stops: list[Stop] = []
    notes: list[str] = []
    visited: set[str] = set()
    numbers: set[str] = set()
    while True:
        visited.add(queue.extension)
        reason = why(snapshot, queue, decision, roster)
        stops.append(Stop(f"queue_{queue.extension}", decision.outcome, reason))
        notes.extend(assumptions.of_queue(snapshot, queue, decision, roster, suppose))
        if decision.destination is None:
            vain = decision.outcome is Outcome.WAITS and roster.all_on_do_not_disturb
            return stops, End(_end_within(decision), queue.extension, waits_in_vain=vain), notes

        destination = parse_destination(decision.destination)
        arrival = _hop(snapshot, destination, suppose, notes)
        while arrival.then is not None:
            if number_key(arrival.number) in numbers:
                stops.append(Stop(destination.text, EndKind.LOOP, "the call was sent to this number before"))
                return stops, End(EndKind.LOOP, arrival.number), notes
            numbers.add(number_key(arrival.number))
            stops.append(Stop(destination.text, "own_number", arrival.why))
            destination = arrival.then
            arrival = _hop(snapshot, destination, suppose, notes)
        if arrival.end is not None:
            stops.append(Stop(destination.text, arrival.end.kind, arrival.why))
            return stops, arrival.end, notes
        if arrival.queue in visited:
            stops.append(Stop(f"queue_{arrival.queue}", EndKind.LOOP, "the call has been here before"))
            return stops, End(EndKind.LOOP, arrival.queue), notes
        queue = snapshot.queues[arrival.queue]
        roster = roster_of(snapshot, queue.extension, suppose)
        decision = decide(queue, snapshot.rules_of(queue.extension), roster.counts)


def _hop(snapshot: Snapshot, destination: Destination, suppose: Suppose, notes: list[str]) -> Arrival:
    arrival = arrive(snapshot, destination, suppose)
    notes.extend(assumptions.of_arrival(snapshot, destination, arrival, suppose))
    return arrival


def _end_within(decision: Decision) -> EndKind:
    match decision.outcome:
        case Outcome.RINGS:
            return EndKind.AGENTS
        case Outcome.WAITS:
            return EndKind.CALLER_WAITS
        case Outcome.STRANDED | Outcome.LOST:
            return EndKind.NOBODY
        case Outcome.UNCERTAIN | Outcome.DIVERTED | Outcome.OVERFLOWS | Outcome.FAILS_OVER:
            return EndKind.UNKNOWN


def readiness(snapshot: Snapshot, queue: Queue) -> Readiness:
    """What would happen to a call if the building went dark: the verdict with every agent Grey."""
    verdict = simulate(snapshot, queue, ALL_DARK)
    match verdict.reaches_someone:
        case True:
            return Readiness(ReadinessState.READY, _with_basis(verdict))
        case False:
            return Readiness(ReadinessState.NOT_READY, verdict)
        case None:
            return Readiness(ReadinessState.UNKNOWN, verdict)


def _with_basis(verdict: Verdict) -> Verdict:
    """Say so when readiness rests on something other than the two settings meant for an outage."""
    match verdict.outcome:
        case Outcome.OVERFLOWS:
            basis = "Ready by assumption: it rests on When Busy, not on Require Agents and When Offline."
        case Outcome.DIVERTED:
            basis = "Ready by assumption: it rests on a forward Always, not on Require Agents and When Offline."
        case _:
            return verdict
    return replace(verdict, assumptions=(basis, *verdict.assumptions))


def judge(snapshot: Snapshot, queue: Queue, suppose: Suppose = AS_IS) -> Judgement:
    """A queue's two answers: now (or as supposed), and if the building went dark."""
    return Judgement(simulate(snapshot, queue, suppose), readiness(snapshot, queue))


def judge_all(snapshot: Snapshot, suppose: Suppose = AS_IS) -> Mapping[str, Judgement]:
    """The two answers of every call queue, by extension."""
    return {queue.extension: judge(snapshot, queue, suppose) for queue in snapshot.call_queues}
