"""Carry a plan out: one safe edit after the other, as one group of the log, and keep what became of each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.change import (
    Keeper,
    Proposal,
    Result,
    ResultKind,
    apply,
    look_afresh,
    look_once_more,
    planned,
    wanted,
)
from queuewatch.change.apply import Sleep, Tell
from queuewatch.failover.forwards import leads_to
from queuewatch.failover.model import DEFAULT_TIME_FRAME, Rule, Snapshot
from queuewatch.failover.simulate import judge
from queuewatch.journal import FIRST_OF_GROUP, Edit, JournalError, WhenOffline, setting_of
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.phone_system import PhoneSystem, StoredQueue, StoredRule
from queuewatch.setup.plan import SetupPlan, laid_over


class MadeChange(Struct, frozen=True):
    """One change of a plan, and what became of it."""

    proposal: Proposal
    """As planned; where somebody changed the setting since, with what the phone system held instead."""
    result: Result


@dataclass(slots=True)
class CarriedOut:
    """What became of a plan, as far as it has come."""

    made: list[MadeChange] = field(default_factory=list)
    """Those that were tried, in order; a setting that somebody else had set so meanwhile is among them."""
    left: list[Proposal] = field(default_factory=list)
    """Those to which it did not come."""
    under_way: Proposal | None = None
    """The one that is being made; what became of it is not known where it was broken off."""
    group: str = ""
    """The id of the group in the log; empty while nothing was begun, and for sample data."""

    @property
    def done(self) -> tuple[MadeChange, ...]:
        """The changes that are as wished."""
        return tuple(made for made in self.made if made.result.ok)

    @property
    def failed(self) -> tuple[MadeChange, ...]:
        """The changes that are not, or of which it is not known."""
        return tuple(made for made in self.made if not made.result.ok)

    @property
    def ok(self) -> bool:
        """Whether everything is as wished."""
        return not self.left and not self.failed and self.under_way is None


async def never(_: Proposal) -> bool:
    """Nobody is there to be asked again."""
    return False


AskAgain = Callable[[Proposal], Awaitable[bool]]
"""Is shown a change whose setting somebody changed since it was planned; whether it is made all the same."""

Report = Callable[[CarriedOut, Proposal, Result | None], None]
"""Is told that a change begins, and then what became of it."""


class _GroupKeeper:
    """Keeps the log of a group: its id is that of its first change."""

    def __init__(self, journal: Keeper, carried_out: CarriedOut) -> None:
        self._journal = journal
        self._carried_out = carried_out
        self.ids: dict[tuple[str, str], str] = {}
        """By queue and setting."""

    def begin(self, edit: Edit) -> str:
        begun = self._journal.begin(replace(edit, group=self._carried_out.group or FIRST_OF_GROUP))
        self._carried_out.group = self._carried_out.group or begun
        self.ids[edit.queue, edit.setting] = begun
        return begun

    def end(self, id: str, outcome: str, sentence: str, hint: str = "") -> None:
        self._journal.end(id, outcome, sentence, hint)


async def carry_out(
    system: PhoneSystem,
    plan: SetupPlan,
    carried_out: CarriedOut,
    *,
    journal: Keeper | None = None,
    keep_going: bool = False,
    alone: bool = False,
    ask_again: AskAgain = never,
    report: Report = lambda *_: None,
    tell: Tell = lambda _, __: None,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Make the plan's changes one after the other, up to the first that is not as wished.

    With ``keep_going`` the others are made all the same, but for those that counted on one that failed. What was
    done and what was not is in ``carried_out`` at every moment, also when this is cancelled. The last look at each
    is taken when all are made.
    """
    keeper = _GroupKeeper(journal, carried_out) if journal is not None else None
    carried_out.left = list(plan.changes)
    now = plan.now
    while to_come := [
        proposal for proposal in carried_out.left if not _counts_on_failed(now, proposal, carried_out)
    ]:
        carried_out.under_way = proposal = to_come[0]
        carried_out.left.remove(proposal)
        report(carried_out, proposal, None)
        made = await _make(system, now, proposal, keeper, alone, ask_again, tell, sleep)
        carried_out.under_way = None
        carried_out.made.append(made)
        report(carried_out, made.proposal, made.result)
        if made.result.ok:
            now = laid_over(now, [proposal])
        elif not keep_going:
            break
    if not alone:
        await _look_once_more(system, carried_out, keeper)


def _counts_on_failed(now: Snapshot, proposal: Proposal, carried_out: CarriedOut) -> bool:
    """Whether the change is of a queue, or leads to one, of which a change before it is not as wished.

    Require Agents without the forward that was to come first would make a caller who waits one who is lost.
    """
    failed = {made.proposal.queue.extension for made in carried_out.failed}
    if not failed:
        return False
    held = wanted(proposal.change)
    forward = held.forward if isinstance(held, WhenOffline) else None
    leads = leads_to(now, [Rule(DEFAULT_TIME_FRAME, offline=forward)]) if forward is not None else frozenset()
    return proposal.queue.extension in failed or not failed.isdisjoint(leads)


async def _make(
    system: PhoneSystem,
    now: Snapshot,
    proposal: Proposal,
    keeper: _GroupKeeper | None,
    alone: bool,
    ask_again: AskAgain,
    tell: Tell,
    sleep: Sleep,
) -> MadeChange:
    try:
        fresh = await look_afresh(system, now, proposal)
    except PbxError as error:
        not_sent = Result(ResultKind.NOT_SENT, f"{proposal.subject} was not changed: {error}", error.hint)
        return MadeChange(proposal, not_sent)
    if fresh.nothing_to_do:
        already = Result(ResultKind.CONFIRMED, f"{proposal.subject} is {proposal.after} already.")
        return MadeChange(proposal, already)
    found = fresh if fresh.moved else proposal
    if fresh.moved and not await ask_again(_judged_anew(now, fresh)):
        moved = Result(
            ResultKind.MOVED,
            f"{proposal.subject} was not changed: somebody changed it since it was planned. "
            f"{' '.join(fresh.moved)}",
            "Plan again, and look at it.",
        )
        return MadeChange(found, moved)
    # Between reading and writing lies no more than the log's own line, unless somebody was asked.
    result = await apply(
        system,
        fresh,
        journal=keeper,
        alone=alone,
        fresh=not fresh.moved,
        last_look=False,
        tell=tell,
        sleep=sleep,
    )
    return MadeChange(found, result)


def _judged_anew(now: Snapshot, fresh: Proposal) -> Proposal:
    """What the change would do to what the phone system holds by now."""
    queue = fresh.queue
    match fresh.stored:
        case StoredQueue(queue=stored):
            queue = replace(queue, require_agents=stored.require_agents, max_callers=stored.max_callers)
            now = replace(now, queues={**now.queues, queue.extension: queue})
        case StoredRule(rule=rule):
            known = now.rules_of(queue.extension)
            rules = (*(other for other in known.rules if not other.is_default), rule)
            now = replace(now, rules={**now.rules, queue.extension: replace(known, rules=rules)})
        case _:
            pass
    then = laid_over(now, [fresh])
    judged = (judge(now, queue), judge(then, then.queues[queue.extension]))
    anew = planned(now, then, queue, fresh.change, judged)
    return replace(anew, moved=fresh.moved, stored=fresh.stored, undoes=fresh.undoes)


async def _look_once_more(system: PhoneSystem, carried_out: CarriedOut, keeper: _GroupKeeper | None) -> None:
    """Look at every change that showed once more: somebody else may have written over it meanwhile."""
    looked: Sequence[MadeChange] = carried_out.done
    results = await asyncio.gather(*(look_once_more(system, made.proposal) for made in looked))
    overtaken = {id(made): result for made, result in zip(looked, results, strict=True) if result is not None}
    for nth, made in enumerate(carried_out.made):
        if (result := overtaken.get(id(made))) is None:
            continue
        carried_out.made[nth] = replace(made, result=result)
        edit_id = (
            keeper.ids.get((made.proposal.queue.extension, setting_of(wanted(made.proposal.change))))
            if keeper
            else None
        )
        if keeper is not None and edit_id is not None:
            try:
                await asyncio.to_thread(keeper.end, edit_id, result.kind, result.sentence, result.hint)
            except JournalError as error:
                carried_out.made[nth] = replace(made, result=replace(result, hint=f"{result.hint} {error}"))
