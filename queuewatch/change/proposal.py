"""What an edit would do: before -> after, and what the verdict and readiness become. Writes nothing."""

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.change.compare import fits, shows
from queuewatch.failover.audit.destinations import is_malformed, service_number_on
from queuewatch.failover.destination import DestinationKind, EndKind, parse_destination
from queuewatch.failover.drill.power_loss import supposed
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.forwards import leads_to
from queuewatch.failover.model import DEFAULT_TIME_FRAME, Forward, Queue, Rule, Snapshot
from queuewatch.failover.people import name_of, owner_of, person
from queuewatch.failover.phone_number import NumberKind, format_number, read_number, service_words
from queuewatch.failover.places import places, queue_site
from queuewatch.failover.simulate import judge, simulate
from queuewatch.failover.sites import site_key
from queuewatch.failover.suppose import ALL_DARK, with_require_agents, with_when_offline
from queuewatch.failover.verdict import Judgement, ReadinessState, Verdict
from queuewatch.failover.wording import describe_destination, forward_words, listing, yes_no
from queuewatch.journal import Held, RequireAgents, WhenOffline
from queuewatch.pbx.errors import Misunderstood
from queuewatch.pbx.identity import Setting
from queuewatch.pbx.phone_system import AbsentRule, PhoneSystem, StoredQueue, StoredRule
from queuewatch.polling.assemble import with_dial_rules, with_rules


class SetRequireAgents(Struct, frozen=True):
    """Set the queue's Require Agents."""

    setting: ClassVar[Setting] = Setting.REQUIRE_AGENTS

    on: bool


class SetWhenOffline(Struct, frozen=True):
    """Set the When Offline forward of the queue user's Default answering rule."""

    setting: ClassVar[Setting] = Setting.WHEN_OFFLINE

    destination: str | None
    """As written to the phone system; ``None`` switches the forward off."""

    @property
    def forward(self) -> Forward:
        """The forward to be written."""
        return Forward(True, (self.destination,)) if self.destination else Forward()


class RestoreWhenOffline(Struct, frozen=True):
    """Give the Default rule exactly this When Offline again: its switch, and every destination stored with it."""

    setting: ClassVar[Setting] = Setting.WHEN_OFFLINE

    forward: Forward


Change = SetRequireAgents | SetWhenOffline | RestoreWhenOffline


def wanted(change: Change) -> Held:
    """What the phone system is to hold after the change."""
    match change:
        case SetRequireAgents(on):
            return RequireAgents(on)
        case SetWhenOffline() | RestoreWhenOffline():
            return WhenOffline(change.forward)


class Proposal(Struct, frozen=True):
    """An edit, read against the phone system's present state and not yet made."""

    queue: Queue
    change: Change
    setting: str
    before: str
    after: str
    judged_before: Judgement
    judged_after: Judgement
    moved: tuple[str, ...] = ()
    """What somebody else changed since the snapshot the user was shown."""
    obstacles: tuple[str, ...] = ()
    """Reasons to refuse unless forced: the forward loops or reaches nobody."""
    warnings: tuple[str, ...] = ()
    nothing_to_do: bool = False
    stored: StoredQueue | StoredRule | AbsentRule | None = None
    """What the phone system holds now; ``None`` where nobody has looked."""
    undoes: str = ""
    """The id of the logged change that this one undoes."""
    conflict: str = ""
    """How somebody changed what is to be undone since; it is the first of the obstacles then."""
    emergency: str = ""
    """That the new way meets an emergency or service number; it is one of the obstacles then."""

    @property
    def subject(self) -> str:
        """What is changed: ``Require Agents of Sales (8000)``."""
        return f"{self.setting} of {self.queue.label}"

    @property
    def title(self) -> str:
        """The subject, and whether it is put back: ``Undo change 17: Require Agents of Sales (8000)``."""
        return f"Undo change {self.undoes}: {self.subject}" if self.undoes else self.subject


async def propose(system: PhoneSystem, snapshot: Snapshot, queue: Queue, change: Change) -> Proposal:
    """Read what the change is about afresh and work out what it would do. Raises :class:`PbxError`."""
    match change:
        case SetRequireAgents():
            return await _propose_require_agents(system, snapshot, queue, change)
        case SetWhenOffline() | RestoreWhenOffline():
            return await _propose_when_offline(system, snapshot, queue, change)


async def _propose_require_agents(
    system: PhoneSystem, snapshot: Snapshot, shown: Queue, change: SetRequireAgents
) -> Proposal:
    stored = await system.read_stored_queue(shown.extension)
    # Only what is set counts as fresh here: who waits and who is there belongs to the snapshot's own moment.
    queue = replace(
        shown, require_agents=stored.queue.require_agents, max_callers=stored.queue.max_callers, park=False
    )
    now = replace(snapshot, queues={**snapshot.queues, queue.extension: queue})
    then = with_require_agents(now, queue, change.on)
    return Proposal(
        queue=queue,
        change=change,
        setting="Require Agents",
        before=yes_no(queue.require_agents),
        after=yes_no(change.on),
        judged_before=judge(now, queue),
        judged_after=judge(then, then.queues[queue.extension]),
        moved=tuple(_moved_queue(shown, queue)),
        warnings=() if change.on else tuple(_warn_require_agents_off(snapshot, queue)),
        nothing_to_do=queue.require_agents is change.on,
        stored=stored,
    )


async def _propose_when_offline(
    system: PhoneSystem, snapshot: Snapshot, queue: Queue, change: SetWhenOffline | RestoreWhenOffline
) -> Proposal:
    extension = queue.extension
    stored = await system.read_stored_default(extension)
    default = stored.rule if isinstance(stored, StoredRule) else None
    rules = await system.read_rules(extension)
    if not rules.known:
        raise Misunderstood(
            f"The answering rules of {queue.label} cannot be judged: {rules.problem}.",
            "Look at them in the portal; queuewatch doctor says what else cannot be read.",
        )
    now = replace(snapshot, rules={**snapshot.rules, extension: rules})
    # Where the new forward leads may be for the dial rules to say.
    resolved = await with_dial_rules(system, with_when_offline(now, extension, change.forward))
    now = replace(now, dial_rules=resolved.dial_rules, problems=resolved.problems)
    # A loop may close far down the road: the rules of every queue on the new way have to be known.
    now = await with_rules(system, now, leads_to(now, [Rule(DEFAULT_TIME_FRAME, offline=change.forward)]))
    then = with_when_offline(now, extension, change.forward)
    current = default.offline if default else Forward()
    emergency, obstacles = _on_the_way(then, queue, change.forward.destination)
    return Proposal(
        queue=queue,
        change=change,
        setting="When Offline of the Default answering rule",
        before=_with_stored(now, current),
        after=_with_stored(now, change.forward),
        judged_before=judge(now, queue),
        judged_after=judge(then, queue),
        moved=tuple(_moved_rule(snapshot, queue, default)),
        obstacles=obstacles,
        warnings=tuple(_warnings(then, queue, default, change.forward.destination)),
        nothing_to_do=shows(stored, wanted(change)),
        stored=stored,
        emergency=emergency,
    )


def planned(
    now: Snapshot, then: Snapshot, queue: Queue, change: Change, judged: tuple[Judgement, Judgement]
) -> Proposal:
    """One of the changes that lead from one snapshot to the other, by what is known already: nothing is read.

    ``judged`` are the queue's judgements in both. Loops and dead ends are those of the state after all changes.
    """
    extension = queue.extension
    match change:
        case SetRequireAgents(on):
            return Proposal(
                queue=queue,
                change=change,
                setting=Setting.REQUIRE_AGENTS,
                before=yes_no(queue.require_agents),
                after=yes_no(on),
                judged_before=judged[0],
                judged_after=judged[1],
                warnings=() if on else tuple(_warn_require_agents_off(then, queue)),
                nothing_to_do=queue.require_agents is on,
            )
        case SetWhenOffline() | RestoreWhenOffline():
            default = now.rules_of(extension).default
            stored = WhenOffline(default.offline if default else None)
            destination = change.forward.destination
            emergency, obstacles = _on_the_way(then, queue, destination)
            return Proposal(
                queue=queue,
                change=change,
                setting=Setting.WHEN_OFFLINE,
                before=_with_stored(now, default.offline if default else Forward()),
                after=_with_stored(now, change.forward),
                judged_before=judged[0],
                judged_after=judged[1],
                obstacles=obstacles,
                warnings=tuple(_warnings(then, then.queues[extension], default, destination)),
                nothing_to_do=fits(stored, wanted(change)),
                emergency=emergency,
            )


async def look_afresh(system: PhoneSystem, now: Snapshot, proposal: Proposal) -> Proposal:
    """The planned change with what the phone system holds at this moment, and what moved since the snapshot.

    Raises :class:`PbxError`.
    """
    queue, change = proposal.queue, proposal.change
    match change:
        case SetRequireAgents():
            stored_queue = await system.read_stored_queue(queue.extension)
            fresh = stored_queue.queue
            return replace(
                proposal,
                before=yes_no(fresh.require_agents),
                moved=tuple(_moved_queue(queue, fresh)),
                nothing_to_do=shows(stored_queue, wanted(change)),
                stored=stored_queue,
            )
        case SetWhenOffline() | RestoreWhenOffline():
            stored = await system.read_stored_default(queue.extension)
            default = stored.rule if isinstance(stored, StoredRule) else None
            return replace(
                proposal,
                before=_with_stored(now, default.offline if default else Forward()),
                moved=tuple(_moved_rule(now, queue, default)),
                nothing_to_do=shows(stored, wanted(change)),
                stored=stored,
            )


def describe_forward(snapshot: Snapshot, forward: Forward) -> str:
    """A forward in words, with what is written to the phone system where that differs."""
    words = forward_words(snapshot, forward)
    written = forward.destination if forward.readable else None
    return words if written in (None, words) else f"{words} · {written}"


def _with_stored(snapshot: Snapshot, forward: Forward) -> str:
    """The forward in words, with every other destination that is stored in it: only the first one is used."""
    unused = forward.destinations[1:] if forward.enabled else forward.destinations
    words = describe_forward(snapshot, forward)
    if not forward.readable or not unused:
        return words
    if not forward.enabled:
        return f"{words} (stored: {', '.join(unused)})"
    others = listing((describe_destination(snapshot, text) for text in unused), most=len(unused))
    return f"{words}; stored behind it, and never used: {others}"


def _same_forward(left: Forward, right: Forward) -> bool:
    if left.readable != right.readable:
        return False
    return left.enabled == right.enabled and (not left.enabled or left.destinations == right.destinations)


def _moved_queue(shown: Queue, fresh: Queue) -> Iterator[str]:
    if shown.require_agents != fresh.require_agents:
        yield _moved("Require Agents", yes_no(shown.require_agents), yes_no(fresh.require_agents))
    if shown.max_callers != fresh.max_callers:
        yield _moved("Max queue length", _count(shown.max_callers), _count(fresh.max_callers))


def _moved_rule(snapshot: Snapshot, queue: Queue, fresh: Rule | None) -> Iterator[str]:
    known = snapshot.rules_of(queue.extension)
    if not known.known:
        return
    shown = known.default
    was, now = shown or Rule(DEFAULT_TIME_FRAME), fresh or Rule(DEFAULT_TIME_FRAME)
    if not _same_forward(was.offline, now.offline):
        yield _moved(
            "When Offline", describe_forward(snapshot, was.offline), describe_forward(snapshot, now.offline)
        )
    if (shown is None) != (fresh is None):
        yield "The Default rule is gone." if fresh is None else "There was no Default rule, and now there is one."
        return
    if was.enabled != now.enabled:
        yield f"The Default rule was switched {'on' if now.enabled else 'off'}."
    for name, old, new in (("Always", was.always, now.always), ("When Busy", was.busy, now.busy)):
        if not _same_forward(old, new):
            yield _moved(name, describe_forward(snapshot, old), describe_forward(snapshot, new))


def _moved(setting: str, was: str, now: str) -> str:
    return f"{setting} was {was} and is now {now}."


def _count(most: int | None) -> str:
    return {None: "not readable", 0: "unlimited"}.get(most) or str(most)


def _trials(then: Snapshot, queue: Queue) -> tuple[Verdict, Verdict]:
    """The new forward followed with this queue's own agents offline, and with everybody's."""
    default_only = replace(then.rules_of(queue.extension), rules=_only_default(then, queue))
    used = replace(then, rules={**then.rules, queue.extension: default_only})
    open_queue = replace(queue, require_agents=True, max_callers=0)
    own_agents = frozenset(agent.id for agent in then.agents_of(queue.extension))
    return (
        simulate(used, open_queue, supposed(used, DrillScope(agents=own_agents))),
        simulate(used, open_queue, ALL_DARK),
    )


def _on_the_way(then: Snapshot, queue: Queue, destination: str | None) -> tuple[str, tuple[str, ...]]:
    """That the new forward meets an emergency or service number, empty where it does not; and all obstacles."""
    if destination is None:
        return "", ()
    alone, everybody = _trials(then, queue)
    emergency = _meets_service_number(alone, everybody)
    return emergency, (emergency,) if emergency else tuple(_obstacles(then, alone, everybody))


def _meets_service_number(*trials: Verdict) -> str:
    """The sentence that the new forward leads to an emergency or service number by any way; else empty."""
    for trial in trials:
        if number := service_number_on(trial):
            return f"{service_words(number)}: a queue's callers must never be sent there."
    return ""


def _obstacles(then: Snapshot, alone: Verdict, everybody: Verdict) -> Iterator[str]:
    """What the new forward comes to that it must not.

    A queue at another site is a fair backup while its own agents are there. A loop or a dead end further along
    is never fair, even while somebody on the way still answers.
    """
    if alone.reaches_someone is False:
        yield _where_it_fails(then, alone)
        return
    if everybody.end.kind in (EndKind.LOOP, EndKind.DEAD_END):
        yield _where_it_fails(then, everybody)


def _where_it_fails(then: Snapshot, trial: Verdict) -> str:
    last = trial.path[-1]
    where = describe_destination(then, last.at)
    match trial.end.kind:
        case EndKind.LOOP:
            return f"It comes back to {where}: a loop."
        case EndKind.DEAD_END:
            return f"It is a dead end: {last.why}."
        case _:
            return f"It reaches nobody at {where}: {last.why}."


def _only_default(then: Snapshot, queue: Queue) -> tuple[Rule, ...]:
    default = then.rules_of(queue.extension).default
    return (replace(default, enabled=True, always=Forward()),) if default else ()


def _warnings(then: Snapshot, queue: Queue, default: Rule | None, destination: str | None) -> Iterator[str]:
    in_effect = then.rules_of(queue.extension).in_effect
    if destination is not None:
        if queue.require_agents is False:
            yield "Require Agents is No: until it is Yes, callers wait in the queue and this forward is not used."
        yield from _destination_warnings(then, queue, destination)
        if default is not None and not default.enabled:
            yield "The Default rule is switched off; it stays off."
    if default is None and destination is not None:
        yield "The queue's user has no Default rule: it is created, as the portal would."
    if in_effect is not None and not in_effect.is_default:
        yield f"The rule {in_effect.label} is in effect now; Default is used only when no other rule is."


def _destination_warnings(then: Snapshot, queue: Queue, text: str) -> Iterator[str]:
    destination = parse_destination(text)
    whom = destination.target
    if destination.kind is DestinationKind.PHONE:
        whom = owner_of(then, whom)
    by_phone = destination.kind in (DestinationKind.USER, DestinationKind.PHONE, DestinationKind.DIGITS)
    if by_phone and person(then, whom) is not None:
        site = places(then).users[whom]
        if site.name and site.key == site_key(queue_site(then, queue)):
            yield f"{name_of(then, whom)} is at {site.name} too: an outage there takes both."
    number = read_number(destination.target)
    if is_malformed(text):
        yield f"{text} is not a 10-digit number, or 11 digits beginning with 1."
    elif destination.kind is DestinationKind.DIGITS and number.kind is NumberKind.ABROAD:
        how = "dialled from North America" if text.startswith("011") else "stored"
        yield f"{format_number(text)} is a number abroad: it is written {text}, as it is {how}."
    if destination.kind is DestinationKind.DIGITS and number.premium:
        yield f"{format_number(text)} is a premium number: every call that fails over is charged for."
    readiness = judge(then, replace(queue, require_agents=True)).readiness
    if readiness.verdict.end.kind is EndKind.NOBODY:
        yield f"If everything went dark: {_where_it_fails(then, readiness.verdict)}"
    elif readiness.state is ReadinessState.UNKNOWN:
        yield f"Where calls would end cannot be told: {readiness.verdict.path[-1].why}."


def _warn_require_agents_off(snapshot: Snapshot, queue: Queue) -> Iterator[str]:
    default = snapshot.rules_of(queue.extension).default
    if default is not None and default.offline.destination is not None:
        where = describe_destination(snapshot, default.offline.destination)
        yield f"When Offline sends calls to {where} only while Require Agents is Yes."
