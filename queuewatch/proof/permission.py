"""May a queue be tested now? What would be done if so, and everything that speaks against it, with what to mend.

Pure: it is asked of what was read, and answers the same to the same.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from queuewatch.failover.destination import DestinationKind, parse_destination
from queuewatch.failover.forwards import leads_to, rings_outside, rung_beside
from queuewatch.failover.model import AgentLogin, EntryKind, Queue, Snapshot
from queuewatch.failover.people import person
from queuewatch.failover.phone_number import (
    NumberKind,
    as_dialled,
    number_key,
    own_number_key,
    read_number,
    service_words,
)
from queuewatch.failover.places import queue_site
from queuewatch.failover.simulate import readiness, simulate
from queuewatch.failover.status import AgentStatus, Status, status_of
from queuewatch.failover.suppose import Suppose
from queuewatch.failover.verdict import Outcome, ReadinessState, Verdict
from queuewatch.failover.wording import agent_name, describe_destination, format_number, listing, plural
from queuewatch.journal import Log, ProofEntry
from queuewatch.pbx.calls import QueuedCall, StoredAgent
from queuewatch.pbx.identity import Identity, Setting, may_edit

_LOGGED_OUT = AgentStatus(Status.GREY, "logged out for the test")

_ONLINE = ("", "online", "available")
"""The portal statuses that logging out and in again does not lose."""

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_NO_LOG = Log()


_OR_WAIT = ", or add --wait"


class Refusal(Struct, frozen=True):
    """One thing that speaks against a test, in a sentence, and what to mend."""

    sentence: str
    hint: str = ""
    passes: bool = False
    """Whether it goes away by itself, so that it can be waited for."""

    @property
    def hint_on_screen(self) -> str:
        """The hint where no option can be added."""
        return self.hint.replace(_OR_WAIT, "")


class Asked(Struct, frozen=True):
    """What was asked for, and what is known beside the phone system."""

    my_number: str = ""
    """The number that the tester calls from; empty where the phone system is to place the call."""
    call_from: str = ""
    """The extension or number that the phone system is to ring first."""
    read_only: bool = False
    identity: Identity | None = None
    never_prove: tuple[str, ...] = ()
    """Extensions or names of queues that the profile wants left alone."""
    now: datetime = _NEVER
    log: Log = _NO_LOG
    server: str = ""
    touches_agents: bool = True
    """False where somebody takes the power themselves, and nobody is logged out."""


class ProofPlan(Struct, frozen=True):
    """A test that may be begun."""

    snapshot: Snapshot
    queue: Queue
    agents: tuple[StoredAgent, ...]
    """Who is logged out, in this order: Grey first, Green last."""
    verdict: Verdict
    """Of a call while exactly these agents are logged out."""
    asked: Asked
    notes: tuple[str, ...] = ()
    """What is said before the first of them is logged out."""

    @property
    def destination_words(self) -> str:
        """Where the call should go, as people know it."""
        return describe_destination(self.snapshot, self.verdict.destination or "")


def logged_out(queue: Queue, agents: Sequence[StoredAgent]) -> Suppose:
    """That exactly these agents are logged out of the queue, and everybody else is as now."""
    return Suppose(seats={(queue.extension, stored.agent.id): _LOGGED_OUT for stored in agents})


def tested(snapshot: Snapshot, queue: Queue, agents: Sequence[StoredAgent]) -> Verdict:
    """What becomes of a call while exactly these agents are logged out and everybody else is as now."""
    return simulate(snapshot, queue, logged_out(queue, agents))


def may_prove(
    snapshot: Snapshot,
    queue: Queue,
    stored: Sequence[StoredAgent],
    waiting: Sequence[QueuedCall],
    asked: Asked,
) -> ProofPlan | tuple[Refusal, ...]:
    """The test as it would be made, or all that speaks against it. Total."""
    to_log_out = _in_order(snapshot, stored) if asked.touches_agents else ()
    verdict = tested(snapshot, queue, to_log_out)
    refusals = [*_never(snapshot, queue, asked), *_changing(snapshot, queue, stored)]
    if refusals:
        # Of two readings that differ nothing is to be concluded.
        return tuple(refusals)
    refusals = [
        *_of_agents(queue, stored, asked),
        *_of_verdict(snapshot, queue, verdict),
        *_of_numbers(snapshot, verdict, asked),
        *_of_callers(queue, waiting),
    ]
    if refusals:
        return tuple(refusals)
    notes = tuple(_notes(snapshot, queue, verdict, asked))
    return ProofPlan(snapshot, queue, to_log_out, verdict, asked, notes)


def _in_order(snapshot: Snapshot, stored: Sequence[StoredAgent]) -> tuple[StoredAgent, ...]:
    """Those that are logged in as ``automatic``: Grey first, so that the queue is closed by the last one alone."""
    rank = {Status.GREY: 0, Status.UNKNOWN: 1, Status.RED: 2, Status.GREEN: 3}
    return tuple(
        sorted(
            (agent for agent in stored if agent.automatic),
            key=lambda agent: (rank[status_of(agent.agent).status], agent.agent.order, agent.agent.id),
        )
    )


def unfinished(log: Log, server: str, domain: str, now: datetime, queue: str = "") -> tuple[ProofEntry, ...]:
    """The tests here after which somebody may still be logged out, or that may still go on; the oldest first.

    One whose end was never written, and in which nobody was logged out, is over once its time is.
    """
    return tuple(
        proof
        for proof in log.proofs
        if (proof.server, proof.domain) == (server, domain)
        and queue in ("", proof.queue)
        and (proof.still_out or (proof.ended is None and proof.until is not None and now < proof.until))
    )


def _never(snapshot: Snapshot, queue: Queue, asked: Asked) -> Iterator[Refusal]:
    if asked.touches_agents and asked.read_only:
        yield Refusal(
            "queuewatch is read-only here, and a test logs agents out.",
            "Leave out --read-only, or read_only in the profile.",
        )
    if queue.park:
        yield Refusal(f"{queue.label} is a call park: it has no agents, and nothing fails over.")
    wanted = {queue.extension.casefold(), queue.name.casefold()}
    if wanted & {name.strip().casefold() for name in asked.never_prove}:
        yield Refusal(
            f"The profile says that {queue.label} is never to be tested (never_prove).",
            "Where it must not be closed for a minute, look instead: queuewatch simulate, queuewatch drill.",
        )
    if not asked.touches_agents:
        return
    why = may_edit(asked.identity, Setting.REQUIRE_AGENTS, queue_site(snapshot, queue))
    if why:
        yield Refusal(why, "Sign in as somebody who may log agents in and out: queuewatch login")
    for proof in unfinished(asked.log, asked.server, snapshot.domain, asked.now, queue.extension)[:1]:
        out = f"{plural(len(proof.still_out), 'agent')} may still be logged out by it"
        yield Refusal(
            f"A test of {proof.label} in this machine's log has not ended"
            f"{f': {out}.' if proof.still_out else ', and may still go on.'}",
            "Wait for its end if it still goes on; if it was broken off: queuewatch prove --restore"
            if proof.still_out
            else "Try again once it is over.",
            passes=not proof.still_out,
        )


def _changing(snapshot: Snapshot, queue: Queue, stored: Sequence[StoredAgent]) -> Iterator[Refusal]:
    known = {agent.id: agent.login for agent in snapshot.agents_of(queue.extension) if agent.listed}
    if {one.agent.id: one.agent.login for one in stored} != known:
        yield Refusal(
            f"The agents of {queue.label} are just changing: two readings of them differ.",
            "Try again in a moment.",
            passes=True,
        )


def _of_agents(queue: Queue, stored: Sequence[StoredAgent], asked: Asked) -> Iterator[Refusal]:
    if not asked.touches_agents:
        return
    offnet = [
        agent
        for agent in (one.agent for one in stored)
        if agent.login is AgentLogin.IN and agent.entry is EntryKind.OFFNET
    ]
    if offnet:
        names = listing(agent_name(agent) for agent in offnet)
        are = "is an outside number (off-net): it" if len(offnet) == 1 else "are outside numbers (off-net): they"
        yield Refusal(
            f"{names} in {queue.label} {are} would not be as before once logged out and in again.",
            "An outside number always keeps a queue open: take it out of the queue if that is not meant.",
        )
    others = [
        one.agent
        for one in stored
        if one.agent.login is AgentLogin.IN and not one.automatic and one.agent.entry is not EntryKind.OFFNET
    ]
    if others:
        names = listing(agent_name(agent) for agent in others)
        yield Refusal(
            f"{names} in {queue.label}: how they are logged in is not what logging in again comes back to.",
            "Log them out in the portal first, or leave this queue untested.",
        )
    logged_in = [one.agent for one in stored if one.automatic]
    if not logged_in:
        yield Refusal(
            f"Nobody is logged in to {queue.label}: there is nobody to log out, and so nothing to try.",
            "Its agents are Grey already: call it and listen, or test it while it is open.",
        )
    busy = [agent for agent in logged_in if agent.calls is None or agent.calls > 0]
    if busy:
        yield Refusal(
            f"{listing(agent_name(agent) for agent in busy)} {'is' if len(busy) == 1 else 'are'} on a call.",
            f"Wait until nobody is{_OR_WAIT}.",
            passes=True,
        )
    away = [agent for agent in logged_in if agent.status_message.strip().casefold() not in _ONLINE]
    if away:
        said = listing(f"{agent_name(agent)} ({agent.status_message})" for agent in away)
        yield Refusal(
            f"{said}: a portal status other than Online would be lost by logging out and in again.",
            f"Wait until it is Online{_OR_WAIT}.",
            passes=True,
        )


def _of_verdict(snapshot: Snapshot, queue: Queue, verdict: Verdict) -> Iterator[Refusal]:
    if queue.park or (verdict.outcome is Outcome.FAILS_OVER and verdict.reaches_someone):
        return
    quoted = f"'{queue.extension}'" if not queue.extension.isalnum() else queue.extension
    match verdict.outcome:
        case Outcome.STRANDED:
            hint = f"Require Agents must be Yes: queuewatch require-agents {quoted} yes"
        case Outcome.LOST | Outcome.OVERFLOWS:
            hint = f"When Offline must lead somewhere: queuewatch when-offline {quoted} NUMBER"
        case Outcome.FAILS_OVER:
            hint = f"When Offline must lead to somebody: queuewatch when-offline {quoted} NUMBER"
        case Outcome.DIVERTED:
            hint = (
                "While its rule forwards every call (Always), no call comes to the queue, and nothing fails over."
            )
        case Outcome.RINGS | Outcome.WAITS | Outcome.UNCERTAIN:
            hint = f"What is behind that: queuewatch simulate {quoted}"
    held = ""
    if verdict.outcome in (Outcome.RINGS, Outcome.WAITS):
        agents = {agent.id: agent for agent in snapshot.agents_of(queue.extension)}
        names = listing(agent_name(agents[holder]) for holder in verdict.held_open_by if holder in agents)
        held = f" {names} would still hold it open." if names else ""
    yield Refusal(
        f"With everybody logged out that can be, a call to {queue.label} would not fail over to anybody: "
        f"{verdict.sentence}{held}",
        hint,
    )


def _of_callers(queue: Queue, waiting: Sequence[QueuedCall]) -> Iterator[Refusal]:
    callbacks = [call for call in waiting if call.awaits_callback]
    callers = max(len(waiting) - len(callbacks), (queue.waiting or 0) - len(callbacks))
    if queue.waiting is None or callers > 0:
        many = (
            "It is not known whether callers wait"
            if queue.waiting is None
            else plural(callers, "caller waits", "callers wait")
        )
        yield Refusal(f"{many} in {queue.label}.", f"Wait until nobody does{_OR_WAIT}.", passes=True)
    if callbacks:
        yield Refusal(
            f"{plural(len(callbacks), 'caller is', 'callers are')} to be called back by {queue.label}.",
            f"Wait until they were{_OR_WAIT}.",
            passes=True,
        )


def _of_numbers(snapshot: Snapshot, verdict: Verdict, asked: Asked) -> Iterator[Refusal]:
    """That the way of the call, or the phone rung first, is one that no test may ring. No option overrides it."""
    said: set[str] = set()
    for text in _on_the_way(snapshot, verdict):
        why = _dear_or_dangerous(snapshot, text)
        if why and why not in said:
            said.add(why)
            yield Refusal(f"The way of the call meets {why}: no test calls there.")
    for option, text in (("--call-from", asked.call_from), ("--my-number", asked.my_number)):
        if not text:
            continue
        why = _dear_or_dangerous(snapshot, text)
        if why:
            yield Refusal(f"{option} is {why}: no test calls there.", "Name a phone of your own.")
        elif not is_phone(snapshot, text):
            yield Refusal(
                f"{option} {text}: that is neither an extension of this domain nor a phone number.",
                "Write a number with its area code, or an extension.",
            )
        elif _key(snapshot, text) in _where_it_rings(snapshot, verdict):
            yield Refusal(
                f"{option} {format_number(text)} is where the call should end: it would be busy with the test "
                "itself, and whatever answers then proves nothing.",
                "Call from another phone.",
            )


def is_phone(snapshot: Snapshot, text: str) -> bool:
    """Whether this is somebody's extension, or a number that can be called."""
    return person(snapshot, text) is not None or read_number(as_dialled(text) or text).is_dialable


def _on_the_way(snapshot: Snapshot, verdict: Verdict) -> Iterator[str]:
    for stop in verdict.path[1:]:
        yield parse_destination(stop.at).target
    for end in (verdict.end, *verdict.ends):
        if end.number is not None:
            yield end.target
    for extension in verdict.asked:
        rule = snapshot.rules_of(extension).in_effect
        if rule is None or extension in snapshot.queues:
            continue
        for text in rung_beside(rule):
            if rings_outside(snapshot, text):
                yield parse_destination(text.split(";", 1)[0].strip()).target


def _dear_or_dangerous(snapshot: Snapshot, text: str) -> str:
    """What a number is that no test may call, in words; empty for any other."""
    plain = as_dialled(text) or text
    number = read_number(plain)
    extension = text in snapshot.queues or text in (snapshot.users or {})
    if number.kind is NumberKind.SERVICE and (not extension or number.key == "911"):
        return f"{number.key} ({service_words(number.key)})"
    if extension:
        return ""
    if number.is_dialable and number.premium:
        return f"{format_number(plain)}, a premium number"
    if number.kind is NumberKind.ABROAD:
        return f"{format_number(plain)}, an international number"
    return ""


def _key(snapshot: Snapshot, text: str) -> str:
    return text if text in (snapshot.users or {}) else own_number_key(as_dialled(text) or text)


def _where_it_rings(snapshot: Snapshot, verdict: Verdict) -> set[str]:
    found = {verdict.end.target} if verdict.end.number is None else {number_key(verdict.end.target)}
    for stop in verdict.path[1:]:
        destination = parse_destination(stop.at)
        if destination.kind in (DestinationKind.USER, DestinationKind.DIGITS):
            found.add(_key(snapshot, destination.target))
    return found


def _notes(snapshot: Snapshot, queue: Queue, verdict: Verdict, asked: Asked) -> Iterator[str]:
    where = describe_destination(snapshot, verdict.destination or "")
    if asked.touches_agents:
        yield f"While the test lasts, everybody who calls {queue.label} goes to {where}: real callers too."
    leading = [
        other.label
        for other in snapshot.call_queues
        if other.extension != queue.extension
        and queue.extension in leads_to(snapshot, snapshot.rules_of(other.extension).rules)
    ]
    if leading:
        leads = "leads" if len(leading) == 1 else "lead"
        yield f"{listing(leading, most=6)} {leads} here: their callers are meant as well."
    ready = readiness(snapshot, queue)
    if ready.state is not ReadinessState.READY:
        known = "would not be answered" if ready.state is ReadinessState.NOT_READY else "may not be answered"
        yield (
            f"If everything went dark, and not only these agents, its callers {known}: {ready.verdict.sentence}"
        )
    yield from verdict.assumptions


def colours(stored: Sequence[StoredAgent]) -> dict[str, AgentStatus]:
    """The agents' colours by their own rows: the queue's count of them may be older than these."""
    return {one.agent.id: status_of(one.agent) for one in stored}
