"""Follow one call from its queue to its real end."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from itertools import count

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch.failover import assumptions
from queuewatch.failover.decide import (
    Decision,
    Doubt,
    Roster,
    decide,
    roster_of,
    roster_with,
    without_always,
)
from queuewatch.failover.destination import (
    CallEnd,
    Destination,
    EndKind,
    arrive,
    numbers_into_queue,
    parse_destination,
)
from queuewatch.failover.explanation import clause_for, sentence_of
from queuewatch.failover.forwards import people_rung, rung_by
from queuewatch.failover.model import Agent, EntryKind, Queue, Snapshot
from queuewatch.failover.people import extensions_known, owner_of, rows_among, rows_by_user, user_of
from queuewatch.failover.phone_number import number_key
from queuewatch.failover.status import Status, status_of
from queuewatch.failover.suppose import ALL_DARK, AS_IS, Suppose
from queuewatch.failover.user_call import Answer, at_person, at_phone
from queuewatch.failover.verdict import Direct, Judgement, Outcome, Readiness, ReadinessState, Stop, Verdict
from queuewatch.failover.visibility import agents_seen
from queuewatch.failover.wording import END_WORDS, agent_name

_Answers = Callable[[Snapshot, str, Suppose, Mapping[str, bool]], tuple[Answer, ...]]


def simulate(snapshot: Snapshot, queue: Queue, suppose: Suppose = AS_IS) -> Verdict:
    """What would happen to one call arriving at ``queue``. Total: every snapshot has a verdict."""
    roster = roster_of(snapshot, queue.extension, suppose)
    decision = decide(queue, snapshot.rules_of(queue.extension), roster.counts, domain=snapshot.domain)
    way = _follow(snapshot, queue, roster, decision, suppose)
    sentence = sentence_of(snapshot, queue, decision, roster, way.stops, way.end)
    direct, asked = _direct(snapshot, queue, roster, decision, suppose)
    return Verdict(
        queue=queue.extension,
        outcome=decision.outcome,
        counts=roster.counts,
        end=way.end,
        path=way.stops,
        held_open_by=tuple([agent.id for agent in roster.online]),
        sentence=" ".join((sentence, *way.other_ends)),
        assumptions=tuple(dict.fromkeys(way.notes)),
        rule_in_effect=decision.rule.time_frame if decision.rule else None,
        destination=decision.destination,
        ends=way.ends,
        asked=way.asked | asked,
        direct=direct,
    )


def _follow(snapshot: Snapshot, queue: Queue, roster: Roster, decision: Decision, suppose: Suppose) -> "_Way":
    """The way of a call that this queue has decided about."""
    return _Walk(snapshot, suppose).take(_at_queue(snapshot, queue, decision, roster, suppose))


def _direct(
    snapshot: Snapshot, queue: Queue, roster: Roster, decision: Decision, suppose: Suppose
) -> tuple[Direct | None, frozenset[str]]:
    """What becomes of a call that enters a diverted queue by a number of its own, past the rule that diverts.

    And the extensions of those whose settings that rests on.
    """
    if decision.outcome is not Outcome.DIVERTED:
        return None, frozenset()
    numbers = tuple(sorted(numbers_into_queue(snapshot, queue.extension)))
    if not numbers:
        return None, frozenset()
    entered = decide(
        queue, without_always(snapshot.rules_of(queue.extension)), roster.counts, domain=snapshot.domain
    )
    way = _follow(snapshot, queue, roster, entered, suppose)
    sentence = sentence_of(snapshot, queue, entered, roster, way.stops, way.end)
    return Direct(entered.outcome, way.end, way.stops, numbers, " ".join((sentence, *way.other_ends))), way.asked


class _Way(Struct, frozen=True, gc=False):
    """A call's way to its end."""

    stops: tuple[Stop, ...]
    end: CallEnd
    notes: tuple[str, ...]
    asked: frozenset[str]
    ends: tuple[CallEnd, ...] = ()
    """Where it may end as well."""
    other_ends: tuple[str, ...] = ()
    """The same in sentences."""


class _Step(Struct, frozen=True, gc=False):
    """What a stop does with the call: it ends here, or goes on."""

    stop: Stop
    notes: tuple[str, ...] = ()
    end: CallEnd | None = None
    then: Destination | None = None
    visits: str = ""
    """The extension of the queue or person whose rules decided: a call that comes there again goes round."""
    asked: frozenset[str] = frozenset()
    """The extensions of those whose settings, phones and rows this rests on."""
    supposes: Mapping[str, bool] = field(default_factory=dict)
    """Of whom it supposes that they are in the dark, or not, where that is not known."""
    doubt: str = ""
    """Why there are several steps, as a clause."""


_MOST_DOUBTS = 40
_MOST_FORKS = 500
"""Beyond so many things on one way that may be so or so, or on all ways of a call, where it ends is not known:
where both go on each time, every further one would double the ways."""


class _Walk:
    """One call on its way. What may be so or so is followed both ways."""

    def __init__(self, snapshot: Snapshot, suppose: Suppose, forks: Iterator[int] | None = None) -> None:
        """``forks`` counts those of all ways of the same call."""
        self._snapshot = snapshot
        self._suppose = suppose
        self._stops: list[Stop] = []
        self._notes: list[str] = []
        self._asked: set[str] = set()
        self._visited: set[str] = set()
        self._numbers: set[str] = set()
        self._settled: dict[str, bool] = {}
        self._doubts = 0
        self._forks = forks if forks is not None else count()

    def take(self, step: _Step) -> _Way:
        """Go this step, and all further ones to the end."""
        while True:
            self._note(step)
            if step.end is not None:
                return self._way(step.end)
            if step.then is None:
                return self._way(CallEnd(EndKind.UNKNOWN, step.stop.at))
            steps = self._steps(step.then)
            if len(steps) != 1:
                return self._either(steps)
            step = steps[0]

    def _note(self, step: _Step) -> None:
        self._stops.append(step.stop)
        self._notes.extend(step.notes)
        self._asked |= step.asked
        self._visited.add(step.visits)
        self._settled |= step.supposes

    def _way(self, end: CallEnd) -> _Way:
        return _Way(tuple(self._stops), end, tuple(self._notes), frozenset(self._asked))

    def _either(self, steps: tuple[_Step, ...]) -> _Way:
        """Both ways: the worse one where somebody is reached on all or on none, else it cannot be told."""
        doubt = next(step.doubt for step in steps if step.doubt)
        if self._doubts >= _MOST_DOUBTS or next(self._forks) >= _MOST_FORKS:
            return self._unknown(steps[0].stop.at, "too much on the way is not known", ())
        ways = [self._copy().take(step) for step in steps]
        if len({_fare(way) for way in ways}) > 1 or ways[0].end.reaches_someone is None:
            return self._unknown(steps[0].stop.at, doubt, ways)
        worst = max(ways, key=lambda way: _BEST_FIRST.index(way.end.kind))
        others = [end for way in ways for end in (way.end, *way.ends) if end.kind is not worst.end.kind]
        ends = tuple(dict.fromkeys((*worst.ends, *others)))
        sentence = f"Not known: {doubt}."
        notes = (f"Or else {_words(self._snapshot, ends)}: {doubt}.",) if others else worst.other_ends
        return replace(
            worst,
            notes=(*worst.notes, sentence),
            asked=frozenset().union(*(way.asked for way in ways)),
            ends=ends,
            other_ends=notes,
        )

    def _unknown(self, at: str, doubt: str, ways: Iterable[_Way]) -> _Way:
        self._stops.append(Stop(at, EndKind.UNKNOWN, doubt))
        self._notes.append(f"{doubt[:1].upper()}{doubt[1:]}.")
        self._asked.update(*(way.asked for way in ways))
        return self._way(CallEnd(EndKind.UNKNOWN, at.removeprefix("queue_").removeprefix("user_")))

    def _copy(self) -> "_Walk":
        walk = _Walk(self._snapshot, self._suppose, self._forks)
        walk._stops, walk._notes = [*self._stops], [*self._notes]
        walk._asked, walk._numbers = {*self._asked}, {*self._numbers}
        walk._visited = {*self._visited}
        walk._settled, walk._doubts = {**self._settled}, self._doubts + 1
        return walk

    def _steps(self, destination: Destination) -> tuple[_Step, ...]:
        """What the stop at this destination does with the call; several where that is not known."""
        snapshot = self._snapshot
        arrival = arrive(snapshot, destination)
        notes = tuple(assumptions.of_arrival(snapshot, destination, arrival))
        if arrival.then is not None:
            key = number_key(arrival.number)
            if key in self._numbers:
                again = Stop(destination.text, EndKind.LOOP, "the call was sent to this number before")
                return (_Step(again, notes, CallEnd(EndKind.LOOP, arrival.number)),)
            self._numbers.add(key)
            return (_Step(Stop(destination.text, "own_number", arrival.why), notes, then=arrival.then),)
        if arrival.end is not None:
            return (_Step(Stop(destination.text, arrival.end.kind, arrival.why), notes, arrival.end),)
        if arrival.phone:
            return _noted(notes, self._at_person(destination, arrival.phone, at_phone))
        extension = arrival.queue or arrival.user
        if extension in self._visited:
            at = f"queue_{arrival.queue}" if arrival.queue else destination.text
            stop = Stop(at, EndKind.LOOP, "the call has been here before")
            return (_Step(stop, notes, CallEnd(EndKind.LOOP, extension)),)
        if arrival.user:
            return _noted(notes, self._at_person(destination, extension, at_person))
        return _noted(notes, self._at_queue(snapshot.queues[extension]))

    def _at_person(self, destination: Destination, target: str, answers: _Answers) -> tuple[_Step, ...]:
        found = answers(self._snapshot, target, self._suppose, self._settled)
        # A phone is rung past its user's rules: a call may come to those later.
        visits = target if answers is at_person else ""
        asked = frozenset({visits or owner_of(self._snapshot, target), *rung_by(self._snapshot, visits)})
        return tuple(
            _Step(
                Stop(destination.text, answer.end.kind if answer.end else "forwards", answer.why),
                answer.notes,
                answer.end,
                parse_destination(answer.then) if answer.end is None else None,
                visits,
                asked,
                {target: answer.dark} if answer.dark is not None and len(found) > 1 else {},
                answer.doubt,
            )
            for answer in found
        )

    def _at_queue(self, queue: Queue) -> tuple[_Step, ...]:
        """What a further queue does: with its agents in doubt there, and with all of them in the dark."""
        snapshot, suppose = self._snapshot, self._suppose
        rules = snapshot.rules_of(queue.extension)
        roster = self._settle(roster_of(snapshot, queue.extension, suppose))
        decision = decide(queue, rules, roster.counts, domain=snapshot.domain)
        in_doubt = [agent for agent in roster.in_colour(Status.UNKNOWN) if _in_doubt(agent, suppose)]
        if decision.doubt is not Doubt.AGENTS or len(in_doubt) != roster.counts.unknown:
            return (_at_queue(snapshot, queue, decision, roster, suppose),)
        names = ", ".join(dict.fromkeys(agent_name(agent) for agent in in_doubt))
        doubt = f"of {names}, {suppose.doubted[in_doubt[0].id]}"
        steps: list[_Step] = []
        for dark in (False, True):
            shown = roster_with(roster, {agent.id: None if dark else status_of(agent) for agent in in_doubt})
            decided = decide(queue, rules, shown.counts, domain=snapshot.domain)
            users = {user: True for agent in in_doubt if (user := _whole_user(snapshot, agent))} if dark else {}
            step = _at_queue(snapshot, queue, decided, shown, suppose)
            steps.append(replace(step, supposes=users, doubt=doubt))
        return tuple(steps)

    def _settle(self, roster: Roster) -> Roster:
        """The roster with those Grey of whom the way so far supposes that they are in the dark."""
        dark = {
            agent.id: None
            for agent in roster.in_colour(Status.UNKNOWN)
            if _in_doubt(agent, self._suppose) and self._settled.get(user_of(self._snapshot, agent))
        }
        return roster_with(roster, dark) if dark else roster


_BEST_FIRST = (
    EndKind.AGENTS,
    EndKind.USER,
    EndKind.CALLER_WAITS,
    EndKind.EXTERNAL,
    EndKind.AUTO_ATTENDANT,
    EndKind.VOICEMAIL,
    EndKind.PARK,
    EndKind.UNKNOWN,
    EndKind.NOBODY,
    EndKind.DEAD_END,
    EndKind.LOOP,
)


def _noted(notes: tuple[str, ...], steps: tuple[_Step, ...]) -> tuple[_Step, ...]:
    """The steps, which rest on what coming there rests on as well."""
    return tuple(replace(step, notes=(*notes, *step.notes)) for step in steps) if notes else steps


def _fare(way: _Way) -> tuple[bool | None, bool]:
    """What a way comes to for the caller: whether somebody is reached, and whether they wait in vain instead."""
    return way.end.reaches_someone, way.stops[-1].outcome == Outcome.STRANDED


def _words(snapshot: Snapshot, ends: Iterable[CallEnd]) -> str:
    return " or ".join(dict.fromkeys(END_WORDS[end.kind] for end in ends))


def _in_doubt(agent: Agent, suppose: Suppose) -> bool:
    """Whether only a loss of power, which may be or not, makes the agent's colour unknown."""
    doubted = agent.id in suppose.doubted and (agent.queue, agent.id) not in suppose.seats
    return doubted and agent.id not in suppose.colours and status_of(agent).status.online


def _whole_user(snapshot: Snapshot, agent: Agent) -> str:
    return user_of(snapshot, agent) if agent.entry is EntryKind.USER else ""


def _at_queue(snapshot: Snapshot, queue: Queue, decision: Decision, roster: Roster, suppose: Suppose) -> _Step:
    """What a queue does with the call, once it has decided."""
    end: CallEnd | None = None
    if decision.destination is None:
        vain = decision.outcome is Outcome.WAITS and roster.all_on_do_not_disturb
        end = CallEnd(_end_within(decision), queue.extension, waits_in_vain=vain)
    return _Step(
        Stop(f"queue_{queue.extension}", decision.outcome, clause_for(snapshot, queue, decision, roster)),
        tuple(assumptions.of_queue(snapshot, queue, decision, roster, suppose)),
        end,
        None if decision.destination is None else parse_destination(decision.destination),
        queue.extension,
        frozenset({queue.extension}),
    )


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
    if verdict.direct is not None and verdict.direct.reaches_someone is not verdict.reaches_someone:
        differ = (
            "Not known whether it is ready: a call by the rule and a call by a number that leads straight into "
            "the queue do not fare alike."
        )
        return Readiness(ReadinessState.UNKNOWN, replace(verdict, assumptions=(differ, *verdict.assumptions)))
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


def rejudge(before: Snapshot, judged: Mapping[str, Judgement], after: Snapshot) -> Mapping[str, Judgement]:
    """The two answers of every call queue of ``after``, given those of ``before``.

    The same as judging everything anew. Judgements that rest on nothing that changed are kept.
    """
    changed = changed_between(before, after) if judged else None
    if changed is None:
        return judge_all(after)
    if not changed:
        return judged
    return {
        queue.extension: judged[queue.extension]
        if _rests_on_none(judged[queue.extension], changed)
        else judge(after, queue)
        for queue in after.call_queues
    }


def _rests_on_none(judgement: Judgement, changed: Set[str]) -> bool:
    # Asked of every queue at every refresh: without a set that holds both.
    return changed.isdisjoint(judgement.now.asked) and changed.isdisjoint(judgement.readiness.verdict.asked)


def changed_between(before: Snapshot, after: Snapshot) -> Set[str] | None:
    """The extensions of the queues and persons in whom something changed that a verdict may rest on.

    ``None`` where something changed that any verdict may rest on.
    """
    if before is after:
        return frozenset()
    if _shared(before) != _shared(after) or not _same_queues(before, after) or not _same_owners(before, after):
        return None
    changed = {
        extension
        for was, now in ((before.queues, after.queues), (before.agents, after.agents), (before.rules, after.rules))
        if was is not now
        for extension in _differing(was, now, after.queues)
    }
    return changed | _people_who_differ(before, after)


def _shared(snapshot: Snapshot) -> tuple[object, ...]:
    """What any verdict may rest on, beside the queues there are: the directory, and what made no sense."""
    directory = (snapshot.users, snapshot.numbers, snapshot.attendants, snapshot.dial_rules)
    lists = (*directory, snapshot.problems)
    # Whatever is said of agents unseen names all agents; as a rule there are none, and nothing to be counted.
    return (*lists, snapshot.scope, agents_seen(snapshot) if snapshot.agents_unseen else ())


def _same_queues(before: Snapshot, after: Snapshot) -> bool:
    """Whether there are the same queues, of the same names, in the same order."""
    return before.queues is after.queues or (
        len(before.queues) == len(after.queues)
        and all(
            was is now or (was.extension, was.name, was.park) == (now.extension, now.name, now.park)
            for was, now in zip(before.queues.values(), after.queues.values(), strict=True)
        )
    )


def _same_owners(before: Snapshot, after: Snapshot) -> bool:
    """Whether every phone is of the same user by its id."""
    was, now = extensions_known(before), extensions_known(after)
    return was is now or was == now


def _differing(was: Mapping[str, object], now: Mapping[str, object], extensions: Iterable[str]) -> Iterator[str]:
    """The extensions of which something else is known. What has not changed is the same object, as a rule."""
    for extension in extensions:
        before, after = was.get(extension), now.get(extension)
        # No agents are read as no rows or as none at all.
        if before is not after and (before or None) != (after or None):
            yield extension


def _people_who_differ(before: Snapshot, after: Snapshot) -> set[str]:
    """The persons whose own rules, phones or rows changed: a call may be forwarded to them."""
    people = people_rung(after)
    found = {extension for extension in people if before.rules.get(extension) is not after.rules.get(extension)}
    if before.devices is not after.devices:
        found |= {
            extension for extension in people if before.devices.get(extension) != after.devices.get(extension)
        }
    if people and before.agents is not after.agents:
        was, now = _rows_that_differ(before, after), _rows_that_differ(after, before)
        found |= {
            extension
            for extension in people
            if _connections(was.get(extension, ())) != _connections(now.get(extension, ()))
        }
    return found


def _rows_that_differ(snapshot: Snapshot, other: Snapshot) -> Mapping[str, tuple[Agent, ...]]:
    """By user, the rows that may not be alike in both: those of queues with the same rows tell nothing apart."""
    if extensions_known(snapshot) is not extensions_known(other):
        return rows_by_user(snapshot)
    agents = {queue: rows for queue, rows in snapshot.agents.items() if other.agents.get(queue) is not rows}
    return rows_among(snapshot, agents)


def _connections(rows: tuple[Agent, ...]) -> list[tuple[str, str]]:
    return sorted((row.id, row.registration) for row in rows)


def rests_on(judgement: Judgement) -> frozenset[str]:
    """The queues and persons on the way of a call, now and if the building went dark."""
    return judgement.now.asked | judgement.readiness.verdict.asked
