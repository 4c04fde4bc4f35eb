"""From what is wanted to a plan: each difference as one change, judged on the state after all of them, in order.

The order is part of the plan: at no moment on the way is a queue worse off than before, or than it will be.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.change import (
    CannotUndo,
    Change,
    Proposal,
    RestoreWhenOffline,
    SetRequireAgents,
    SetWhenOffline,
    fits,
    may_be_made,
    planned,
    restoring,
    undone_by,
    wanted,
)
from queuewatch.change.compare import held_words
from queuewatch.failover.destination import DestinationKind, parse_destination
from queuewatch.failover.destination_input import DestinationError, read_destination
from queuewatch.failover.forwards import leads_to
from queuewatch.failover.lookup import NotFound, find_queue
from queuewatch.failover.model import DEFAULT_TIME_FRAME, Forward, Part, Queue, Rule, Snapshot
from queuewatch.failover.phone_number import number_key, read_number
from queuewatch.failover.places import queue_site
from queuewatch.failover.simulate import judge_all, rejudge
from queuewatch.failover.suppose import with_require_agents, with_when_offline
from queuewatch.failover.verdict import Judgement, ReadinessState
from queuewatch.failover.visibility import why_unread
from queuewatch.journal import Held, JournalEntry, Log, RequireAgents, WhenOffline
from queuewatch.pbx.identity import Identity, may_edit
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.assemble import with_dial_rules, with_rules
from queuewatch.setup.setup_file import QueueSetup, SetupFile, SetupFileError
from queuewatch.text.plain_text import visible
from queuewatch.text.similar import did_you_mean


class WantedChange(Struct, frozen=True):
    """One setting as it is wanted, whether or not it is so already."""

    queue: Queue
    """As the phone system has it now."""
    change: Change
    undoes: str = ""
    """The id of the logged change that it undoes."""
    refusal: str = ""
    """Why it is not to be made, whatever it would bring; empty where nothing speaks against it so far."""
    place: str = ""
    """Where it stands in a file; empty for what comes from none."""


class RefusedChange(Struct, frozen=True):
    """A difference that the plan leaves as it is, and why."""

    proposal: Proposal
    why: str


class Affected(Struct, frozen=True):
    """A queue that the plan does not set, and that fares otherwise for it: its calls come to one that it does."""

    queue: Queue
    before: Judgement
    after: Judgement


class SetupPlan(Struct, frozen=True):
    """Every difference between what is and what is wanted."""

    now: Snapshot
    changes: tuple[Proposal, ...] = ()
    """In the order in which they are to be made."""
    refused: tuple[RefusedChange, ...] = ()
    affected: tuple[Affected, ...] = ()
    not_in_file: tuple[Queue, ...] = ()
    sets_nothing: bool = False
    """Whether no setting of any queue was named at all, as in a file that was cut off."""

    @property
    def queues(self) -> tuple[Queue, ...]:
        """The queues that are set, each once, those that fare worst first."""
        found = {proposal.queue.extension: proposal for proposal in self.changes}
        return tuple(proposal.queue for proposal in sorted(found.values(), key=worst_first))

    @property
    def worse(self) -> tuple[Queue, ...]:
        """The queues that would fare worse than now: those that are set, then those that come to them."""
        found = {
            change.queue.extension: change.queue
            for change in self.changes
            if _below(fare(change.judged_after), fare(change.judged_before))
        }
        found |= {
            affected.queue.extension: affected.queue
            for affected in self.affected
            if _below(fare(affected.after), fare(affected.before))
        }
        return tuple(found.values())


def worst_first(proposal: Proposal) -> tuple[object, ...]:
    """The order in which a person reads a plan: what gets worse, then what is not ready after it."""
    before, after = fare(proposal.judged_before), fare(proposal.judged_after)
    return (after >= before, after, proposal.queue.extension)


_READINESS = {ReadinessState.NOT_READY: 0, ReadinessState.UNKNOWN: 1, ReadinessState.READY: 2}
_REACHES = {False: 0, None: 1, True: 2}


def fare(judgement: Judgement) -> tuple[int, int]:
    """How a queue's callers fare: the more the better, if the building went dark before now."""
    return _READINESS[judgement.readiness.state], _REACHES[judgement.now.reaches_someone]


# What is wanted


def wanted_by_file(
    snapshot: Snapshot, file: SetupFile, *, only: Collection[str] = (), force: bool = False
) -> tuple[WantedChange, ...]:
    """What the file names, as changes to this phone system; ``only`` are extensions. ``force`` minds no names.

    Raises :class:`SetupFileError` for a queue or a destination that there is not, and for another domain.
    """
    if file.domain and file.domain.casefold() != snapshot.domain.casefold() and not force:
        raise SetupFileError(
            f"{file.domain_place}: the file is about {visible(file.domain)}, and {snapshot.domain} is connected.",
            "Name the profile or the domain it belongs to; --force plans it here all the same.",
        )
    found: list[WantedChange] = []
    for entry in file.queues:
        queue = _queue_of(snapshot, entry)
        if not only or queue.extension in only:
            found.extend(_of_entry(snapshot, queue, entry, force=force))
    return tuple(found)


def chosen(snapshot: Snapshot, names: Iterable[str]) -> frozenset[str]:
    """The extensions of the queues that are named. Raises :class:`~queuewatch.failover.lookup.NotFound`."""
    return frozenset(find_queue(snapshot.queues, name).extension for name in names)


def _queue_of(snapshot: Snapshot, entry: QueueSetup) -> Queue:
    queue = snapshot.queues.get(entry.queue)
    if queue is not None and not queue.park:
        return queue
    place, shown = entry.at("queue"), visible(entry.queue)
    if queue is not None:
        raise SetupFileError(
            f"{place}: {queue.label} is a call park, not a call queue.", "Take it out of the file."
        )
    if unread := why_unread(snapshot, Part.LIVE):
        raise SetupFileError(
            f"{place}: there is no queue {shown} that could be read: {unread}.", "Plan again once it can be."
        )
    by_name = [other for other in snapshot.call_queues if other.name.casefold() == entry.queue.casefold()]
    if len(by_name) == 1:
        hint = f"A queue is named by its extension: {by_name[0].name} is {by_name[0].extension}."
    else:
        names = [
            *(known.extension for known in snapshot.call_queues),
            *(known.name for known in snapshot.call_queues),
        ]
        hint = f"{did_you_mean(entry.queue, names)}queuewatch status lists the queues."
    raise SetupFileError(f"{place}: there is no queue {shown}.", hint)


def _of_entry(snapshot: Snapshot, queue: Queue, entry: QueueSetup, *, force: bool) -> Iterable[WantedChange]:
    refusal = ""
    if entry.name is not None and entry.name.strip() != queue.name.strip() and not force:
        refusal = (
            f"Queue {queue.extension} is called {queue.name or 'nothing'}, and {entry.at('name')} says "
            f"{visible(entry.name)}: the extension may have been given to another queue."
        )
    if entry.when_offline is not None:
        yield wish_for(snapshot, queue, _forward(snapshot, queue, entry), refusal, str(entry.at("when_offline")))
    if entry.require_agents is not None:
        yield wish_for(
            snapshot, queue, SetRequireAgents(entry.require_agents), refusal, str(entry.at("require_agents"))
        )


def wish_for(snapshot: Snapshot, queue: Queue, change: Change, refusal: str = "", place: str = "") -> WantedChange:
    """The change as it is wanted; refused where it could not be taken back, because nobody knows what is there."""
    unread = f"{change.setting} of {queue.label} cannot be planned: "
    match change:
        case SetRequireAgents():
            why = "what is stored there cannot be read" if queue.require_agents is None else ""
        case SetWhenOffline() | RestoreWhenOffline():
            known = snapshot.rules_of(queue.extension)
            default = known.default
            is_readable = default is None or default.offline.readable
            why = "" if known.known and is_readable else known.problem or "what is stored there cannot be read"
    return WantedChange(queue, change, refusal=f"{unread}{why.rstrip('.')}." if why else refusal, place=place)


def within_scope(
    snapshot: Snapshot, wishes: Iterable[WantedChange], identity: Identity | None
) -> Sequence[WantedChange]:
    """The wishes, those refused that these credentials do not reach."""
    return [
        replace(wish, refusal=why)
        if (why := may_edit(identity, wish.change.setting, queue_site(snapshot, wish.queue)))
        else wish
        for wish in wishes
    ]


def _forward(snapshot: Snapshot, queue: Queue, entry: QueueSetup) -> SetWhenOffline | RestoreWhenOffline:
    """The forward that is meant. One that is stored just so stays as it is, whatever it may be."""
    typed = entry.when_offline or ()
    default = snapshot.rules_of(queue.extension).default
    stored = default.offline if default is not None else Forward()
    if not typed:
        # What is switched on and leads nowhere is off to every caller.
        return RestoreWhenOffline(stored) if stored.destination is None else SetWhenOffline(None)
    if stored.enabled and _same_destinations(snapshot, stored.destinations, typed):
        return RestoreWhenOffline(stored)
    texts: list[str] = []
    for text in typed:
        try:
            texts.append(read_destination(snapshot, queue, text, whole_names=True))
        except DestinationError as error:
            raise SetupFileError(f"{entry.at('when_offline')}: {error}", error.hint) from None
    if stored.enabled and _same_destinations(snapshot, stored.destinations, texts):
        return RestoreWhenOffline(stored)
    return SetWhenOffline(texts[0]) if len(texts) == 1 else RestoreWhenOffline(Forward(True, tuple(texts)))


def _same_destinations(snapshot: Snapshot, stored: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(stored) == len(wanted) and all(
        _meaning(snapshot, one) == _meaning(snapshot, other) for one, other in zip(stored, wanted, strict=True)
    )


def _meaning(snapshot: Snapshot, text: str) -> tuple[str, str]:
    """What tells two destinations apart: a number is itself however it is written, a queue its extension."""
    number = number_key(text)
    if read_number(number).is_dialable:
        return "number", number
    destination = parse_destination(text)
    kinds = (DestinationKind.QUEUE, DestinationKind.DIGITS)
    if (
        destination.kind in kinds
        and destination.target in snapshot.queues
        and text in _spellings(destination.target)
    ):
        return "queue", destination.target
    return "text", text


def _spellings(extension: str) -> tuple[str, str]:
    return extension, f"queue_{extension}"


def _wanted_to_undo(
    system: PhoneSystem, snapshot: Snapshot, log: Log, group: Sequence[JournalEntry], *, force: bool = False
) -> tuple[WantedChange, ...]:
    """What was there before each change of the group, the last one first.

    What somebody set otherwise since is refused, without ``force``. Raises :class:`CannotUndo` for a group that
    was made elsewhere.
    """
    found: list[WantedChange] = []
    for entry in reversed(group):
        edit = entry.edit
        if (edit.server, edit.domain) != (system.address, system.domain):
            raise CannotUndo(
                f"Group {edit.group} was made to {edit.domain} on {edit.server}, which is not connected here.",
                "Name the profile, or the address and domain, it belongs to.",
            )
        if not may_be_made(entry) or (undone_by(log, entry) is not None and not force):
            continue
        queue = snapshot.queues.get(edit.queue)
        if queue is None:
            raise NotFound(
                f"There is no queue {edit.queue} any more, to which change {entry.id} was made.",
                f"Undo the others one by one: queuewatch log lists those of group {edit.group}.",
            )
        change = restoring(entry)
        held = held_now(snapshot, queue, change)
        left = edit.after.held
        moved = "" if left is not None and fits(held, left) else _moved(entry, held)
        refusal = "" if force or fits(held, wanted(change)) else moved
        found.append(WantedChange(queue, change, entry.id, refusal))
    return tuple(found)


def _moved(entry: JournalEntry, held: Held) -> str:
    return (
        f"Somebody changed {entry.edit.setting_words} of {entry.edit.label} since change {entry.id}: "
        f"it was left at {entry.edit.after.words} and is now {held_words(held)}."
    )


def held_now(snapshot: Snapshot, queue: Queue, change: Change) -> Held:
    """What the setting of a change is in this snapshot."""
    if isinstance(change, SetRequireAgents):
        return RequireAgents(queue.require_agents)
    default = snapshot.rules_of(queue.extension).default
    return WhenOffline(default.offline if default else None)


# The plan


async def make_plan(
    system: PhoneSystem,
    snapshot: Snapshot,
    wishes: Sequence[WantedChange],
    *,
    force: bool = False,
    in_given_order: bool = False,
    not_in_file: tuple[Queue, ...] = (),
) -> SetupPlan:
    """The plan for these wishes. What only the new forwards come to is read; nothing else is.

    ``force`` refuses no loop, dead end or service number. ``in_given_order`` keeps the wishes' order, that of an
    undo. Raises :class:`~queuewatch.pbx.errors.PbxError`.
    """
    wishes = [replace(wish, queue=snapshot.queues.get(wish.queue.extension, wish.queue)) for wish in wishes]
    sets_nothing = not wishes
    wishes = [
        wish
        for wish in wishes
        if wish.refusal or not fits(held_now(snapshot, wish.queue, wish.change), wanted(wish.change))
    ]
    now = await _with_what_they_come_to(system, snapshot, wishes)
    judged = judge_all(now)
    refusals: dict[int, str] = {nth: wish.refusal for nth, wish in enumerate(wishes) if wish.refusal}
    # What is refused may be what another change counted on: until nothing more is.
    while True:
        made = [wish for nth, wish in enumerate(wishes) if nth not in refusals]
        then = laid_over(now, made)
        after = rejudge(now, judged, then)
        proposals = {
            nth: _proposal(now, then, wish, judged, after)
            for nth, wish in enumerate(wishes)
            if nth not in refusals
        }
        found = {
            nth: _why_refused(now, proposal, wishes[nth].place)
            for nth, proposal in proposals.items()
            if proposal.obstacles
        }
        if force or not found:
            break
        refusals |= found
    changes = list(proposals.values())
    everything = laid_over(now, wishes)
    refused = tuple(
        RefusedChange(_proposal(now, everything, wishes[nth], judged, judged), why)
        for nth, why in refusals.items()
    )
    ordered = changes if in_given_order else _in_order(now, judged, changes, after)
    return SetupPlan(
        now, tuple(ordered), refused, tuple(_affected(now, judged, after, made)), not_in_file, sets_nothing
    )


async def plan_of_undo(
    system: PhoneSystem,
    snapshot: Snapshot,
    log: Log,
    group: str,
    identity: Identity | None,
    *,
    force: bool = False,
    over_others: bool = False,
) -> SetupPlan:
    """The plan that takes back all changes of a group, the last one first, as far as these credentials reach.

    ``force`` refuses no loop and no dead end that was there before, ``over_others`` nothing that somebody set
    otherwise since. Raises :class:`CannotUndo`, :class:`~queuewatch.failover.lookup.NotFound` and
    :class:`~queuewatch.pbx.errors.PbxError`.
    """
    wishes = within_scope(
        snapshot, _wanted_to_undo(system, snapshot, log, log.group(group), force=over_others), identity
    )
    return await make_plan(system, snapshot, wishes, force=force, in_given_order=True)


async def _with_what_they_come_to(
    system: PhoneSystem, snapshot: Snapshot, wishes: Iterable[WantedChange]
) -> Snapshot:
    """The snapshot with the dial rules and the answering rules that the new forwards make count."""
    forwards = [wanted(wish.change) for wish in wishes]
    rules = [
        Rule(DEFAULT_TIME_FRAME, offline=held.forward)
        for held in forwards
        if isinstance(held, WhenOffline) and held.forward is not None
    ]
    resolved = await with_dial_rules(system, laid_over(snapshot, wishes))
    now = replace(snapshot, dial_rules=resolved.dial_rules, problems=resolved.problems)
    return await with_rules(system, now, leads_to(now, rules))


def laid_over(snapshot: Snapshot, wishes: Iterable[WantedChange | Proposal]) -> Snapshot:
    """The snapshot as it would be with all of these changes."""
    for wish in wishes:
        queue = snapshot.queues[wish.queue.extension]
        match wish.change:
            case SetRequireAgents(on):
                snapshot = with_require_agents(snapshot, queue, on)
            case SetWhenOffline() | RestoreWhenOffline() as change:
                snapshot = with_when_offline(snapshot, queue.extension, change.forward)
    return snapshot


def _proposal(
    now: Snapshot,
    then: Snapshot,
    wish: WantedChange,
    before: Mapping[str, Judgement],
    after: Mapping[str, Judgement],
) -> Proposal:
    extension = wish.queue.extension
    proposal = planned(now, then, wish.queue, wish.change, (before[extension], after[extension]))
    return replace(proposal, undoes=wish.undoes)


def _why_refused(now: Snapshot, proposal: Proposal, place: str) -> str:
    where = f" ({place})" if place else ""
    guess = _nearest_extension(now, proposal)
    return f"{proposal.subject}, {proposal.after}: {' '.join(proposal.obstacles)}{guess}{where}"


_BY_EXTENSION = (DestinationKind.QUEUE, DestinationKind.USER, DestinationKind.VOICEMAIL, DestinationKind.DIGITS)


def _nearest_extension(now: Snapshot, proposal: Proposal) -> str:
    """Which extension was most likely meant by one that nobody has; empty for what leads nowhere otherwise."""
    held = wanted(proposal.change)
    if not isinstance(held, WhenOffline) or held.forward is None or held.forward.destination is None:
        return ""
    aim = parse_destination(held.forward.destination)
    there = {**now.queues, **(now.users or {})}
    if aim.kind not in _BY_EXTENSION or aim.target in there or read_number(number_key(aim.target)).is_dialable:
        return ""
    return f" {did_you_mean(aim.target, there)}".rstrip()


def _affected(
    now: Snapshot, before: Mapping[str, Judgement], after: Mapping[str, Judgement], made: Iterable[WantedChange]
) -> Iterable[Affected]:
    own = {wish.queue.extension for wish in made}
    for queue in now.call_queues:
        was, will_be = before[queue.extension], after[queue.extension]
        if queue.extension not in own and fare(was) != fare(will_be):
            yield Affected(queue, was, will_be)


def _in_order(
    now: Snapshot, before: Mapping[str, Judgement], changes: Sequence[Proposal], after: Mapping[str, Judgement]
) -> list[Proposal]:
    """The changes so that no queue is worse off in between than before or after, as far as there is such an order.

    Forwards that lead somewhere come first, then Require Agents, then those that are switched off; where a queue
    leads to another that is set as well, that one's turn comes as soon as it has to.
    """
    floor = {queue: tuple(map(min, fare(before[queue]), fare(after[queue]))) for queue in before}
    waiting = sorted(changes, key=_phase)
    ordered: list[Proposal] = []
    snapshot, judged = now, before
    while waiting:
        for proposal in waiting:
            reached = laid_over(snapshot, [proposal])
            rejudged = rejudge(snapshot, judged, reached)
            if _keeps(floor, judged, rejudged):
                break
        else:
            # Where there is no such order, the usual one is the best there is.
            proposal = waiting[0]
            reached = laid_over(snapshot, [proposal])
            rejudged = rejudge(snapshot, judged, reached)
        waiting.remove(proposal)
        ordered.append(proposal)
        snapshot, judged = reached, rejudged
    return ordered


def _phase(proposal: Proposal) -> int:
    match proposal.change:
        case SetRequireAgents(on):
            return 1 if on else 2
        case SetWhenOffline() | RestoreWhenOffline() as change:
            return 0 if change.forward.destination is not None else 3


def _keeps(
    floor: Mapping[str, tuple[int, ...]], before: Mapping[str, Judgement], after: Mapping[str, Judgement]
) -> bool:
    # What was not judged anew is the same object.
    return all(
        judgement is before[queue] or not _below(fare(judgement), floor[queue])
        for queue, judgement in after.items()
    )


def _below(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether callers fare worse in one of the two: now, or if the building went dark."""
    return any(a < b for a, b in zip(one, other, strict=True))
