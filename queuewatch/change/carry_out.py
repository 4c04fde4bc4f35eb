"""Make a proposed change and find out what became of it.

The phone system's "accepted" is not "applied". Only reading back tells, and what is said is what was read.

It knows no "change this only if it is still that" either, so two people can write over one another in the moment
between reading and writing. Two rules together let no change be lost unnoticed among those who keep to them: a
change is looked at once more a while after it showed, and whoever took longer than that while, from reading to the
change's showing, says that somebody's change may have been written over.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from queuewatch.change.kinds import RestoreWhenOffline, SetRequireAgents, SetWhenOffline, wanted
from queuewatch.change.proposal import Proposal
from queuewatch.change.stored import (
    Stored,
    differences,
    held_in,
    other_differences,
    others,
    same,
    shows,
    value_words,
)
from queuewatch.journal import Edit, JournalError, State, setting_of
from queuewatch.pbx.errors import Misunderstood, PbxError, ServerFault, Throttled, Unreachable
from queuewatch.pbx.phone_system import PhoneSystem, StoredRule

READ_BACKS = 6
READ_BACK_PAUSE = 0.5
"""Seconds between two readings. The vendor documents writes as usable at once; operators saw delays."""

LAST_LOOK = 4
"""Pauses between a change's showing and the last look at it: longer than an edit commonly takes by itself."""

NO_ANSWER = (Unreachable, ServerFault, Misunderstood)
"""What says nothing of whether a request was carried out."""

NOT_A_REFUSAL = (*NO_ANSWER, Throttled)
"""Answers to a write after which the setting is read back: a busy server (503) may have written all the same."""

Sleep = Callable[[float], Awaitable[None]]


class ResultKind(StrEnum):
    """What became of a change."""

    CONFIRMED = "confirmed"
    """It was made, and reading back shows it."""
    UNCONFIRMED = "unconfirmed"
    """It was accepted, and reading back still shows the old state."""
    OVERTAKEN = "overtaken"
    """It was made, and a moment later it was no longer so."""
    SPOILED = "spoiled"
    """It was made, and something else changed with it."""
    REFUSED = "refused"
    """It was refused; the old state stands."""
    MOVED = "moved"
    """Somebody else changed the same object first; nothing was written."""
    UNKNOWN = "unknown"
    """The phone system went silent in between: either state is possible."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a change, in one sentence, and what to do next if anything."""

    kind: ResultKind
    sentence: str
    hint: str = ""

    @property
    def ok(self) -> bool:
        """Whether the change was made as wished."""
        return self.kind is ResultKind.CONFIRMED


class Keeper(Protocol):
    """Keeps the log of changes, as :class:`~queuewatch.journal.Journal` does."""

    def begin(self, edit: Edit) -> str:
        """Write down what is about to be changed, and give its id. Raises :class:`JournalError`."""

    def end(self, id: str, outcome: str, sentence: str, hint: str = "") -> None:
        """Write down what became of it. Raises :class:`JournalError`."""


@dataclass(frozen=True, slots=True)
class _Pace:
    sleep: Sleep
    clock: Callable[[], float]
    alone: bool


async def carry_out(
    system: PhoneSystem,
    proposal: Proposal,
    *,
    journal: Keeper | None = None,
    sleep: Sleep = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
    alone: bool = False,
) -> Result:
    """Write the change and read it back. Whatever the phone system does, the result says what is known.

    With a ``journal``, a change that cannot be logged is not made; sample data has none. ``clock`` is in seconds.
    ``alone`` is for a phone system inside this process, which nobody else can change.
    """
    pace = _Pace(sleep, clock, alone)
    if journal is None:
        return await _make(system, proposal, pace)
    try:
        # Written to the disk before the first request, so that as little time as can be lies between the fresh
        # reading and the write. Whatever happens from now on, the log knows that something was begun.
        logged = await asyncio.to_thread(journal.begin, _edit(system, proposal))
    except JournalError as error:
        return _not_changed(proposal, error, error.hint)
    result = await _make(system, proposal, pace)
    try:
        await asyncio.to_thread(journal.end, logged, result.kind, result.sentence, result.hint)
    except JournalError as error:
        return replace(result, hint=f"{result.hint} {error} {error.hint}".strip())
    return result


def _edit(system: PhoneSystem, proposal: Proposal) -> Edit:
    after = wanted(proposal.change)
    return Edit(
        server=system.address,
        domain=system.domain,
        queue=proposal.queue.extension,
        name=proposal.queue.name,
        setting=setting_of(after),
        before=State(proposal.before, held_in(proposal.stored)),
        after=State(proposal.after, after),
        undoes=proposal.undoes,
    )


async def _make(system: PhoneSystem, proposal: Proposal, pace: _Pace) -> Result:
    begun = pace.clock()
    try:
        before = await _read(system, proposal)
    except PbxError as error:
        return _not_changed(proposal, error, error.hint)
    if not same(proposal.stored, before):
        return Result(
            ResultKind.MOVED,
            f"{proposal.subject} was not changed: "
            f"somebody changed {differences(proposal.stored, before)} in the meantime.",
            "Look at it again and repeat the change if it is still wanted.",
        )
    try:
        await _write(system, proposal, before)
    except NOT_A_REFUSAL as error:
        # The request may have arrived although its answer did not: only reading back can tell.
        return _after_lost_answer(proposal, await _read_back(system, proposal, before, begun, pace), error)
    except PbxError as error:
        return _not_changed(proposal, error, error.hint)
    return await _read_back(system, proposal, before, begun, pace)


def _not_changed(proposal: Proposal, why: Exception, hint: str) -> Result:
    return Result(ResultKind.REFUSED, f"{proposal.subject} was not changed: {why}", hint)


async def _read(system: PhoneSystem, proposal: Proposal) -> Stored:
    match proposal.change:
        case SetRequireAgents():
            return await system.read_stored_queue(proposal.queue.extension)
        case SetWhenOffline() | RestoreWhenOffline():
            return await system.read_stored_default(proposal.queue.extension)


async def _write(system: PhoneSystem, proposal: Proposal, before: Stored) -> None:
    match proposal.change:
        case SetRequireAgents(on):
            await system.write_require_agents(proposal.queue.extension, on)
        case SetWhenOffline() | RestoreWhenOffline() as change:
            rule = before if isinstance(before, StoredRule) else None
            await system.write_when_offline(proposal.queue.extension, rule, change.forward)


async def _read_back(system: PhoneSystem, proposal: Proposal, before: Stored, begun: float, pace: _Pace) -> Result:
    try:
        after = await _read_until_it_shows(system, proposal, before, pace.sleep)
    except PbxError as error:
        return Result(
            ResultKind.UNKNOWN,
            f"{proposal.subject} was accepted as {proposal.after}, but could not be read back: {error}",
            "Look at the setting again before relying on it.",
        )
    showing = shows(after, wanted(proposal.change))
    if before is not None and others(before) != others(after):
        now = f"is now {proposal.after}" if showing else f"still shows {value_words(after)}"
        return Result(
            ResultKind.SPOILED,
            f"{proposal.subject} {now}, but {other_differences(before, after)} changed as well.",
            "Check these settings in the portal now.",
        )
    if not showing and held_in(after) != held_in(before):
        return Result(
            ResultKind.OVERTAKEN,
            f"{proposal.subject} was accepted as {proposal.after}, but reading back shows {value_words(after)}.",
            "Somebody else has changed it in the same moment: look at it again.",
        )
    if not showing:
        return Result(
            ResultKind.UNCONFIRMED,
            f"{proposal.subject} was accepted as {proposal.after}, "
            f"but reading back still shows {value_words(after)}.",
            "The phone system may not allow this change to you, or be slow: look again in a minute.",
        )
    return await _look_again(system, proposal, after, pace.clock() - begun, pace)


async def _read_until_it_shows(system: PhoneSystem, proposal: Proposal, before: Stored, sleep: Sleep) -> Stored:
    """The last of some readings, fewer once anything but the old state shows. Raises what the last one raised."""
    for _ in range(READ_BACKS - 1):
        # The line that swallowed one answer may well swallow the next; it is the last word that counts.
        with suppress(*NO_ANSWER):
            after = await _read(system, proposal)
            if shows(after, wanted(proposal.change)) or held_in(after) != held_in(before):
                return after
        await sleep(READ_BACK_PAUSE)
    return await _read(system, proposal)


async def _look_again(system: PhoneSystem, proposal: Proposal, after: Stored, took: float, pace: _Pace) -> Result:
    """The last look at a change that showed: whoever read before it and wrote after it has written over it."""
    pause = LAST_LOOK * READ_BACK_PAUSE
    later, hint = after, ""
    if not pace.alone:
        await pace.sleep(pause)
        try:
            later = await _read(system, proposal)
        except PbxError:
            hint = "The phone system did not answer when it was to be looked at once more."
    if not same(after, later):
        return Result(
            ResultKind.OVERTAKEN,
            f"{proposal.subject} was changed as wished, but a moment later it was different: "
            f"{differences(after, later)}.",
            "Somebody else has just changed it, or the phone system took it back: look at it again.",
        )
    if not pace.alone and took >= pause > 0:
        hint = (
            f"{hint} It took {took:.0f} s until it showed: if somebody else changed the same settings in that "
            "time, their change is lost."
        ).lstrip()
    return Result(
        ResultKind.CONFIRMED, f"{proposal.subject} is now {proposal.after} (read back and confirmed).", hint
    )


def _after_lost_answer(proposal: Proposal, result: Result, error: PbxError) -> Result:
    match result.kind:
        case ResultKind.UNCONFIRMED:
            return _not_changed(proposal, error, error.hint)
        case ResultKind.UNKNOWN:
            return Result(
                ResultKind.UNKNOWN,
                f"Whether {proposal.subject} was changed is not known: {error}",
                "Look at the setting again once the phone system answers.",
            )
        case _:
            return result
