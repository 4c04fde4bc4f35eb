"""Changes that were left not known, looked at once more: what came of them is written into the log.

A write whose answer was lost may land minutes later, when the program that sent it is long gone. Whoever connects
to that phone system next looks. The new value settles a change as made; the old one does so as not made only once
no server can still be working on it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from queuewatch.change.apply import DEADLINE, ResultKind, Sleep
from queuewatch.change.compare import Stored, fits, held_in, value_words
from queuewatch.failover.wording import plural
from queuewatch.journal import Held, Journal, JournalEntry, Log, RequireAgents, WhenOffline
from queuewatch.pbx.errors import PbxError, Throttled, Unreachable
from queuewatch.pbx.phone_system import PhoneSystem

SURE_AFTER = timedelta(minutes=10)
"""After this time, what still shows the old value was not made."""

MOST = 20
"""Changes that are looked at in one go."""

LONGEST_LOOK = 10.0
"""Seconds for one of them: whoever starts queuewatch wants something else."""

BETWEEN_LOOKS = 30.0
"""Seconds between two looks of a program that stays."""

_OPEN = ("", ResultKind.UNKNOWN, ResultKind.UNCONFIRMED)
"""The outcomes after which a change may be made yet; the empty one is of a program that was ended in between."""


class Look(Struct, frozen=True):
    """What a look at a change showed, in one sentence, and what to do next if anything."""

    entry: JournalEntry
    kind: ResultKind
    """``UNKNOWN`` as long as either state is possible."""
    sentence: str
    hint: str = ""

    @property
    def settled(self) -> bool:
        """Whether there is nothing more to look for."""
        return self.kind is not ResultKind.UNKNOWN


def is_open(entry: JournalEntry) -> bool:
    """Whether the change may have been made, or may be made yet, and nobody knows."""
    return entry.outcome in _OPEN


def unsettled(log: Log, server: str, domain: str) -> tuple[JournalEntry, ...]:
    """The changes to this domain of which it is not known whether they were made, the oldest first."""
    here = (entry for entry in log.entries if (entry.edit.server, entry.edit.domain) == (server, domain))
    return tuple(filter(is_open, here))


async def settle(system: PhoneSystem, journal: Journal) -> tuple[Look, ...]:
    """Look once at every change to this phone system that was left not known, and log what can be said.

    One that another program may be making at this moment is left to it. Raises
    :class:`~queuewatch.journal.JournalError`; a phone system that gives no answer leaves it as it is, and says so.
    """
    log = await asyncio.to_thread(journal.read)
    looks: list[Look] = []
    for entry in unsettled(log, system.address, system.domain)[-MOST:]:
        age = journal.clock() - entry.at
        if entry.ended is None and timedelta() <= age < timedelta(seconds=DEADLINE):
            continue
        look = _from_log(log, entry)
        if look is None:
            try:
                async with asyncio.timeout(LONGEST_LOOK):
                    look = await _from_phone_system(system, entry, journal.clock())
            except (PbxError, TimeoutError) as error:
                why = str(error) or f"no answer within {LONGEST_LOOK:g} seconds."
                looks.append(Look(entry, ResultKind.UNKNOWN, f"{_still(entry)}: {why}"))
                if isinstance(error, Unreachable | Throttled | TimeoutError):
                    break
                continue
        if look.settled:
            await asyncio.to_thread(journal.end, entry.id, look.kind, look.sentence, look.hint)
        looks.append(look)
    return tuple(looks)


async def follow(
    system: PhoneSystem,
    journal: Journal,
    tell: Callable[[Look], None],
    *,
    sleep: Sleep = asyncio.sleep,
    rounds: int = 24,
) -> None:
    """Go on looking until nothing is left not known, or it was looked at often enough; tell what is new.

    Raises :class:`~queuewatch.journal.JournalError`.
    """
    reported: set[tuple[str, ResultKind]] = set()
    for nth in range(rounds):
        if nth:
            await sleep(BETWEEN_LOOKS)
        for look in await settle(system, journal):
            if (look.entry.id, look.kind) not in reported:
                reported.add((look.entry.id, look.kind))
                tell(look)
        if not unsettled(await asyncio.to_thread(journal.read), system.address, system.domain):
            return


def _from_log(log: Log, entry: JournalEntry) -> Look | None:
    """What a later change to the same setting tells: each is begun with what there was before it."""
    edit = entry.edit
    for later in log.entries[log.entries.index(entry) + 1 :]:
        other = later.edit
        if (other.server, other.domain, other.queue, other.setting) != (
            edit.server,
            edit.domain,
            edit.queue,
            edit.setting,
        ):
            continue
        if other.before.held is not None:
            look = _judged(entry, other.before.held, later.at)
            if look is not None and look.settled:
                return look
        if later.outcome in (ResultKind.CONFIRMED, ResultKind.SPOILED, ResultKind.DIFFERENT, ResultKind.OVERTAKEN):
            return _superseded(entry, f"change {later.id} has set it since")
    return None


async def _from_phone_system(system: PhoneSystem, entry: JournalEntry, now: datetime) -> Look:
    stored: Stored
    match entry.edit.after.held:
        case RequireAgents():
            stored = await system.read_stored_queue(entry.edit.queue)
        case WhenOffline():
            stored = await system.read_stored_default(entry.edit.queue)
        case None:
            return Look(
                entry,
                ResultKind.UNKNOWN,
                f"{_still(entry)}: a newer queuewatch made it.",
                "Look at it with the version that made it.",
            )
    return _judged(entry, held_in(stored), now) or _superseded(entry, f"it is {value_words(stored)} now")


def _judged(entry: JournalEntry, held: Held, at: datetime) -> Look | None:
    """What it tells that this was held at that moment; ``None`` where it was neither the old nor the new value."""
    before, after, age = entry.edit.before, entry.edit.after, at - entry.at
    if after.held is not None and fits(held, after.held):
        return Look(
            entry,
            ResultKind.CONFIRMED,
            f"Change {entry.id} was made after all: {_subject(entry)} is {after.words}.",
        )
    if before.held is None or not fits(held, before.held):
        return None
    if age >= SURE_AFTER:
        return Look(
            entry,
            ResultKind.NOT_MADE,
            f"Change {entry.id} was not made: {_subject(entry)} is still {before.words}, "
            f"{_long(age)} after it was to be changed.",
            "Repeat it if it is still wanted.",
        )
    return Look(
        entry,
        ResultKind.UNKNOWN,
        f"{_still(entry)}: {_subject(entry)} is {before.words} as before, and the change may yet come.",
        "It counts as not made once ten minutes are over; queuewatch looks again when it is next started.",
    )


def _superseded(entry: JournalEntry, how: str) -> Look:
    return Look(
        entry,
        ResultKind.SUPERSEDED,
        f"Whether change {entry.id} was made cannot be told any more: {_subject(entry)} was to be "
        f"{entry.edit.after.words}, was {entry.edit.before.words}, and {how}.",
    )


def _still(entry: JournalEntry) -> str:
    return f"Whether change {entry.id} was made is still not known"


def _subject(entry: JournalEntry) -> str:
    return f"{entry.edit.setting_words} of {entry.edit.label}"


def _long(age: timedelta) -> str:
    minutes = age // timedelta(minutes=1)
    return plural(minutes, "minute") if minutes < 120 else plural(minutes // 60, "hour")
