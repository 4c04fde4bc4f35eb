"""Make a proposed change and find out what became of it.

The phone system's "accepted" is not "applied". Only reading back tells, and what is said is what was read.

It knows no "change this only if it is still that" either, so two people can write over one another in the moment
between reading and writing. Two rules together let no change be lost unnoticed among those who keep to them: a
change is looked at once more a while after it showed, and whoever took longer than that while, from reading to the
change's showing, says that somebody's change may have been written over.

Servers go on behind a gateway that has given up on them: after a lost answer, or one that says that the server
failed or is too busy, the old value does not mean that nothing was changed. It is not known, it is looked at until
a minute is over, and whoever starts queuewatch later looks again (``settling``).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.change.compare import Stored, differences, held_in, other_differences, same, shows, value_words
from queuewatch.change.proposal import Proposal, RestoreWhenOffline, SetRequireAgents, SetWhenOffline, wanted
from queuewatch.journal import Edit, JournalError, State, setting_of
from queuewatch.pbx.errors import Misunderstood, PbxError, ReadOnly, ServerFault, Throttled, Unreachable
from queuewatch.pbx.phone_system import PhoneSystem, StoredRule

READ_BACKS = 6
READ_BACK_PAUSE = 0.5
"""Seconds between two readings. The vendor documents writes as usable at once; operators saw delays."""

LATER_PAUSES = (*(2,) * 5, *(6,) * 17)
"""The pauses, in units of the one above, between further readings while it is not known what became of a write."""

REST = 20
"""The same for a phone system that asks for fewer requests."""

LAST_LOOK = 4
"""Pauses between a change's showing and the last look at it: longer than an edit commonly takes by itself."""

TOLD_AFTER = 5.0
"""Seconds from the beginning of an edit until it is said what is known so far."""

DEADLINE = 60.0
"""Seconds for a whole edit, whatever it waits for, renewals of the session included."""

READ_BACK = " (read back and confirmed)."
"""How the sentence of a confirmed change ends."""

NO_ANSWER = (Unreachable, ServerFault, Misunderstood)
"""What says nothing of whether a request was carried out."""

NOT_A_REFUSAL = (*NO_ANSWER, Throttled)
"""Answers to a write after which it may have been made, or be made yet."""

Sleep = Callable[[float], Awaitable[None]]


class ResultKind(StrEnum):
    """What became of a change."""

    CONFIRMED = "confirmed"
    """It was made, and reading back shows it."""
    UNCONFIRMED = "unconfirmed"
    """It was accepted, and reading back still shows the old state."""
    DIFFERENT = "different"
    """The phone system stored another value than was written."""
    OVERTAKEN = "overtaken"
    """It was made, and a moment later it was no longer so."""
    SPOILED = "spoiled"
    """It was made, and something else changed with it."""
    REFUSED = "refused"
    """It was refused in so many words; the old state stands."""
    NOT_SENT = "not sent"
    """It did not come to a write; the old state stands."""
    MOVED = "moved"
    """Somebody else changed the same object first; nothing was written."""
    UNKNOWN = "unknown"
    """The phone system may have made it, or may make it yet: either state is possible."""
    NOT_MADE = "not made"
    """It was not known for a time, and turned out not to have been made."""
    SUPERSEDED = "superseded"
    """It was not known, and cannot be any more: another value was set since."""

    @property
    def leaves_open(self) -> bool:
        """Whether more may become known of it later."""
        return self in (ResultKind.UNKNOWN, ResultKind.UNCONFIRMED)


class Result(Struct, frozen=True):
    """What became of a change, in one sentence, and what to do next if anything."""

    kind: ResultKind
    sentence: str
    hint: str = ""

    @property
    def ok(self) -> bool:
        """Whether the change was made as wished."""
        return self.kind is ResultKind.CONFIRMED


Tell = Callable[[Result, bool], None]
"""Is told what is known of an edit that takes its time, and whether it is still looked at."""


class Keeper(Protocol):
    """Keeps the log of changes, as :class:`~queuewatch.journal.Journal` does."""

    def begin(self, edit: Edit) -> str:
        """Write down what is about to be changed, and give its id. Raises :class:`JournalError`."""

    def end(self, id: str, outcome: str, sentence: str, hint: str = "") -> None:
        """Write down what became of it, as far as it is known. Raises :class:`JournalError`."""


class _Timing(Struct, frozen=True):
    """By what an edit waits, and what it may leave out: as :func:`apply` has it."""

    sleep: Sleep
    clock: Callable[[], float]
    alone: bool
    fresh: bool
    last_look: bool


async def apply(
    system: PhoneSystem,
    proposal: Proposal,
    *,
    journal: Keeper | None = None,
    sleep: Sleep = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
    alone: bool = False,
    fresh: bool = False,
    last_look: bool = True,
    tell: Tell = lambda _, __: None,
) -> Result:
    """Write the change and read it back. Whatever the phone system does, the result says what is known.

    With a ``journal``, a change that cannot be logged is not made; sample data has none. ``clock`` is in seconds.
    ``alone`` is for a phone system inside this process, which nobody else can change. ``fresh`` says that what the
    proposal holds was read this very moment, so that it is not read again before the write. Without ``last_look``
    whoever makes many changes has to look at each once more, with :func:`look_once_more`. ``tell`` is told what is
    known so far once it takes longer than :data:`TOLD_AFTER`, and when this is cancelled.
    """
    if journal is None:
        record = None
    else:
        try:
            # Written to the disk before the first request, so that as little time as can be lies between the fresh
            # reading and the write. Whatever happens from now on, the log knows that something was begun.
            record = _Record(journal, await asyncio.to_thread(journal.begin, _edit(system, proposal)))
        except JournalError as error:
            return _not_sent(proposal, error, error.hint)
    attempt = _Attempt(system, proposal, _Timing(sleep, clock, alone, fresh, last_look), record)

    def tell_so_far() -> None:
        # What shows already is only looked at once more.
        if not (known := attempt.known()).ok:
            tell(known, True)

    telling = asyncio.get_running_loop().call_later(TOLD_AFTER, tell_so_far)
    try:
        async with asyncio.timeout(DEADLINE):
            result = await attempt.make()
    except TimeoutError:
        result = attempt.known()
    except asyncio.CancelledError:
        # Whoever cancels does not wait for another thread.
        if record is not None:
            record.keep_now(attempt.known())
        tell(attempt.known(), False)
        raise
    finally:
        telling.cancel()
    return result if record is None else await record.keep(result)


class _Record:
    """The change's place in the log: what is known of it is written down at once, and again when more is known."""

    def __init__(self, journal: Keeper, id: str) -> None:
        self._journal = journal
        self._id = id
        self._recorded: Result | None = None

    async def keep(self, result: Result) -> Result:
        """Write down what became of it; the same result, with a word on a log that cannot be written."""
        if result == self._recorded:
            return result
        try:
            await asyncio.to_thread(self._journal.end, self._id, result.kind, result.sentence, result.hint)
        except JournalError as error:
            return replace(result, hint=f"{result.hint} {error} {error.hint}".strip())
        self._recorded = result
        return result

    def keep_now(self, result: Result) -> None:
        """Keep the result without a thread, for what ends at this moment."""
        if result != self._recorded:
            # A change that was begun, and of which nothing more is written, counts as not known.
            with suppress(JournalError):
                self._journal.end(self._id, result.kind, result.sentence, result.hint)


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


def _not_sent(proposal: Proposal, why: Exception, hint: str) -> Result:
    return Result(ResultKind.NOT_SENT, f"{proposal.subject} was not changed: {why}", hint)


async def read_stored(system: PhoneSystem, proposal: Proposal) -> Stored:
    """What the change is about, read afresh. Raises :class:`PbxError`."""
    match proposal.change:
        case SetRequireAgents():
            return await system.read_stored_queue(proposal.queue.extension)
        case SetWhenOffline() | RestoreWhenOffline():
            return await system.read_stored_default(proposal.queue.extension)


class _Attempt:
    """One edit on its way, and what is known of it at any moment."""

    def __init__(self, system: PhoneSystem, proposal: Proposal, timing: _Timing, record: _Record | None) -> None:
        self._system = system
        self._proposal = proposal
        self._timing = timing
        self._record = record
        self._sent = False
        """Whether a write may have reached the phone system."""
        self._accepted = False
        self._lost: PbxError | None = None
        """What came in place of an answer to the write."""
        self._unread: PbxError | None = None
        """Why the last reading after the write gave nothing."""
        self._after: tuple[Stored] | None = None
        """What the last good reading after the write gave."""
        self._shown = False
        """Whether that was the change, and nothing beside it."""

    def known(self) -> Result:
        """What can be said of it now."""
        subject, after = self._proposal.subject, self._proposal.after
        if not self._sent:
            return Result(
                ResultKind.NOT_SENT,
                f"{subject} was not changed: the phone system does not answer, and nothing was sent.",
                "Try again once it answers.",
            )
        if self._shown:
            return Result(ResultKind.CONFIRMED, _confirmed(self._proposal), _NOT_AGAIN)
        still = (
            f" Reading back still shows {value_words(*self._after)}." if self._after and not self._unread else ""
        )
        if self._lost is not None:
            return Result(
                ResultKind.UNKNOWN, f"Whether {subject} was changed is not known: {self._lost}{still}", _MAY_COME
            )
        if not self._accepted:
            return Result(
                ResultKind.UNKNOWN,
                f"Whether {subject} was changed is not known: the phone system has not answered so far.",
                _MAY_COME,
            )
        unread = f"but could not be read back: {self._unread}" if self._unread else "and is still being read back."
        return Result(ResultKind.UNKNOWN, f"{subject} was accepted as {after}, {unread}", _LOOK)

    async def make(self) -> Result:
        """Read once more, write, read back."""
        proposal, begun = self._proposal, self._timing.clock()
        try:
            before = proposal.stored if self._timing.fresh else await read_stored(self._system, proposal)
        except PbxError as error:
            return _not_sent(proposal, error, error.hint)
        if not same(proposal.stored, before):
            return Result(
                ResultKind.MOVED,
                f"{proposal.subject} was not changed: "
                f"somebody changed {differences(proposal.stored, before)} in the meantime.",
                "Look at it again and repeat the change if it is still wanted.",
            )
        self._sent = True
        try:
            await self._write(before)
            self._accepted = True
        except PbxError as error:
            if error.not_sent or isinstance(error, ReadOnly):
                self._sent = False
                return _not_sent(proposal, error, error.hint)
            if not isinstance(error, NOT_A_REFUSAL):
                return Result(ResultKind.REFUSED, f"{proposal.subject} was not changed: {error}", error.hint)
            # The request may have arrived although its answer did not: only reading back can tell.
            self._lost = error
        return await self._read_back(before, begun)

    async def _write(self, before: Stored) -> None:
        proposal = self._proposal
        match proposal.change:
            case SetRequireAgents(on):
                await self._system.write_require_agents(proposal.queue.extension, on)
            case SetWhenOffline() | RestoreWhenOffline() as change:
                rule = before if isinstance(before, StoredRule) else None
                await self._system.write_when_offline(proposal.queue.extension, rule, change.forward)

    async def _read_back(self, before: Stored, begun: float) -> Result:
        proposal = self._proposal
        try:
            await self._read_until_it_shows(before)
        except PbxError as error:
            self._unread = error
        if self._after is None or self._unread is not None:
            return self.known()
        (after,) = self._after
        showing = shows(after, wanted(proposal.change))
        sent = f"{proposal.subject} was {'accepted' if self._accepted else 'sent'} as {proposal.after}"
        if beside := other_differences(before, after):
            now = f"is now {proposal.after}" if showing else f"still shows {value_words(after)}"
            return Result(
                ResultKind.SPOILED,
                f"{proposal.subject} {now}, but {beside} changed as well.",
                "Check these settings in the portal now.",
            )
        if not showing and held_in(after) != held_in(before):
            return Result(
                ResultKind.DIFFERENT,
                f"{sent}, and the phone system stored {value_words(after)}.",
                "It keeps another value than it was sent, unless somebody set it in the same moment: "
                "look at it again.",
            )
        if not showing:
            if self._lost is not None:
                return self.known()
            return Result(
                ResultKind.UNCONFIRMED,
                f"{sent}, but reading back still shows {value_words(after)}.",
                "The phone system may not allow this change to you, or be slow: look again in a minute.",
            )
        return await self._look_again(after, self._timing.clock() - begun)

    async def _read_until_it_shows(self, before: Stored) -> None:
        """Read a few times, fewer once anything but the old state shows, more while either state is possible."""
        pauses = (*(1,) * (READ_BACKS - 1), *LATER_PAUSES)
        for nth, pause in enumerate((0, *pauses)):
            if nth == READ_BACKS:
                if self._lost is None and self._unread is None:
                    return
                if self._record is not None:
                    # Whatever becomes of this program while it goes on looking.
                    await self._record.keep(self.known())
            if nth:
                resting = isinstance(self._unread, Throttled)
                await self._timing.sleep(READ_BACK_PAUSE * (REST if resting else pause))
            try:
                after = await read_stored(self._system, self._proposal)
            except NOT_A_REFUSAL as error:
                # The line that swallowed one answer may well swallow the next; it is the last word that counts.
                self._unread = error
                continue
            self._after, self._unread = (after,), None
            if shows(after, wanted(self._proposal.change)) or held_in(after) != held_in(before):
                return

    async def _look_again(self, after: Stored, took: float) -> Result:
        """The last look at a change that showed: whoever read before it and wrote after it has written over it."""
        proposal, timing = self._proposal, self._timing
        pause = LAST_LOOK * READ_BACK_PAUSE
        later, hint, self._shown = after, "", True
        if timing.last_look and not timing.alone:
            await timing.sleep(pause)
            try:
                later = await read_stored(self._system, proposal)
            except PbxError:
                hint = _NOT_AGAIN
        if not same(after, later):
            return _overtaken(proposal, differences(after, later))
        if not timing.alone and took >= pause > 0:
            hint = (
                f"{hint} It took {took:.0f} s until it showed: if somebody else changed the same settings in that "
                "time, their change is lost."
            ).lstrip()
        return Result(ResultKind.CONFIRMED, _confirmed(proposal), hint)


async def look_once_more(system: PhoneSystem, proposal: Proposal) -> Result | None:
    """The last look at a change confirmed without one; ``None`` where it still shows, or nobody answers."""
    try:
        later = await read_stored(system, proposal)
    except PbxError:
        return None
    if shows(later, wanted(proposal.change)):
        return None
    return _overtaken(proposal, f"it is {value_words(later)} now")


def _overtaken(proposal: Proposal, how: str) -> Result:
    return Result(
        ResultKind.OVERTAKEN,
        f"{proposal.subject} was changed as wished, but a moment later it was different: {how}.",
        "Somebody else has just changed it, or the phone system took it back: look at it again.",
    )


def _confirmed(proposal: Proposal) -> str:
    return f"{proposal.subject} is now {proposal.after}{READ_BACK}"


_NOT_AGAIN = "The phone system did not answer when it was to be looked at once more."
_LOOK = "Look at the setting again once the phone system answers: queuewatch does so when it is next started."
_MAY_COME = (
    "It may have been made, or may still come: look again before relying on either. "
    "queuewatch does so when it is next started, and its log tells what came of it."
)
