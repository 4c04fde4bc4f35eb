"""Make a proposed change and find out what became of it.

The phone system's "accepted" is not "applied". Only reading back tells, and what is said is what was read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from queuewatch.change.proposal import Proposal, SetRequireAgents, SetWhenOffline
from queuewatch.failover.model import Forward
from queuewatch.pbx.errors import Misunderstood, PbxError, ServerFault, Throttled, Unreachable
from queuewatch.pbx.phone_system import PhoneSystem, StoredQueue, StoredRule

READ_BACKS = 6
READ_BACK_PAUSE = 0.5
"""Seconds between two readings. The vendor documents writes as usable at once; operators saw delays."""

NO_ANSWER = (Unreachable, ServerFault, Misunderstood)
"""What says nothing of whether a request was carried out."""

NOT_A_REFUSAL = (*NO_ANSWER, Throttled)
"""Answers to a write after which the setting is read back: a busy server (503) may have written all the same."""

Sleep = Callable[[float], Awaitable[None]]
Stored = StoredQueue | StoredRule | None


class ResultKind(StrEnum):
    """What became of a change."""

    CONFIRMED = "confirmed"
    """It was made, and reading back shows it."""
    UNCONFIRMED = "unconfirmed"
    """It was accepted, and reading back still shows the old state."""
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


async def carry_out(system: PhoneSystem, proposal: Proposal, *, sleep: Sleep = asyncio.sleep) -> Result:
    """Write the change and read it back. Whatever the phone system does, the result says what is known."""
    try:
        before = await _read(system, proposal)
    except PbxError as error:
        return Result(ResultKind.REFUSED, f"{proposal.subject} was not changed: {error}", error.hint)
    if not _same_object(before, proposal.stored):
        return Result(
            ResultKind.MOVED,
            f"{proposal.subject} was not changed: "
            f"somebody changed {_names(before, proposal.stored)} in the meantime.",
            "Look at it again and repeat the change if it is still wanted.",
        )
    try:
        await _write(system, proposal, before)
    except NOT_A_REFUSAL as error:
        # The request may have arrived although its answer did not: only reading back can tell.
        return await _after_lost_answer(system, proposal, before, error, sleep)
    except PbxError as error:
        return Result(ResultKind.REFUSED, f"{proposal.subject} was not changed: {error}", error.hint)
    return await _read_back(system, proposal, before, sleep)


async def _read(system: PhoneSystem, proposal: Proposal) -> Stored:
    match proposal.change:
        case SetRequireAgents():
            return await system.read_stored_queue(proposal.queue.extension)
        case SetWhenOffline():
            return await system.read_stored_default(proposal.queue.extension)


async def _write(system: PhoneSystem, proposal: Proposal, before: Stored) -> None:
    match proposal.change:
        case SetRequireAgents(on):
            await system.write_require_agents(proposal.queue.extension, on)
        case SetWhenOffline() as change:
            rule = before if isinstance(before, StoredRule) else None
            await system.write_when_offline(proposal.queue.extension, rule, change.forward)


async def _read_back(system: PhoneSystem, proposal: Proposal, before: Stored, sleep: Sleep) -> Result:
    try:
        after = await _read_until_it_shows(system, proposal, sleep)
    except PbxError as error:
        return Result(
            ResultKind.UNKNOWN,
            f"{proposal.subject} was accepted as {proposal.after}, but could not be read back: {error}",
            "Look at the setting again before relying on it.",
        )
    shows = _shows(proposal, after)
    if before is not None and _others(before) != _others(after):
        now = f"is now {proposal.after}" if shows else f"still shows {_value(after)}"
        return Result(
            ResultKind.SPOILED,
            f"{proposal.subject} {now}, but {_others_changed(before, after)} changed as well.",
            "Check these settings in the portal now.",
        )
    if not shows:
        return Result(
            ResultKind.UNCONFIRMED,
            f"{proposal.subject} was accepted as {proposal.after}, but reading back still shows {_value(after)}.",
            "The phone system may not allow this change to you, or be slow: look again in a minute.",
        )
    return Result(ResultKind.CONFIRMED, f"{proposal.subject} is now {proposal.after} (read back and confirmed).")


async def _read_until_it_shows(system: PhoneSystem, proposal: Proposal, sleep: Sleep) -> Stored:
    """The last of some readings, fewer once the change shows. Raises what the last one raised."""
    for _ in range(READ_BACKS - 1):
        # The line that swallowed one answer may well swallow the next; it is the last word that counts.
        with suppress(*NO_ANSWER):
            after = await _read(system, proposal)
            if _shows(proposal, after):
                return after
        await sleep(READ_BACK_PAUSE)
    return await _read(system, proposal)


async def _after_lost_answer(
    system: PhoneSystem, proposal: Proposal, before: Stored, error: PbxError, sleep: Sleep
) -> Result:
    result = await _read_back(system, proposal, before, sleep)
    match result.kind:
        case ResultKind.UNCONFIRMED:
            return Result(ResultKind.REFUSED, f"{proposal.subject} was not changed: {error}", error.hint)
        case ResultKind.UNKNOWN:
            return Result(
                ResultKind.UNKNOWN,
                f"Whether {proposal.subject} was changed is not known: {error}",
                "Look at the setting again once the phone system answers.",
            )
        case _:
            return result


def _shows(proposal: Proposal, stored: Stored) -> bool:
    match proposal.change, stored:
        case SetRequireAgents(on), StoredQueue(queue):
            return queue.require_agents is on
        case SetWhenOffline() as change, StoredRule(rule):
            # A server may keep the old number of a forward that is off: off is what counts.
            if not change.forward.enabled:
                return rule.offline.readable and not rule.offline.enabled
            return rule.offline.readable and rule.offline == change.forward
        case _:
            return False


def _same_object(one: Stored, other: Stored) -> bool:
    return _others(one) == _others(other) and _value(one) == _value(other)


def _others(stored: Stored) -> Mapping[str, str]:
    match stored:
        case StoredQueue():
            return stored.settings
        case StoredRule():
            return stored.blocks
        case None:
            return {}


def _value(stored: Stored) -> str:
    match stored:
        case StoredQueue(queue):
            return {True: "Yes", False: "No", None: "something unreadable"}[queue.require_agents]
        case StoredRule(rule):
            return _forward_text(rule.offline)
        case None:
            return "no Default rule"


def _forward_text(forward: Forward) -> str:
    if not forward.readable:
        return "something unreadable"
    return " ".join(forward.destinations) or "nothing" if forward.enabled else "off"


def _names(one: Stored, other: Stored) -> str:
    """What a fresh reading (``one``) shows otherwise than an earlier one."""
    itself = f"it (now {_value(one)})" if _value(one) != _value(other) else ""
    return ", ".join(filter(None, [itself, _others_changed(other, one)]))


def _others_changed(before: Stored, after: Stored) -> str:
    old, new = _others(before), _others(after)
    return ", ".join(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))
