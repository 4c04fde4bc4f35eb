"""Every change is in the log before anything is sent, and the log tells what became of it."""

from pathlib import Path

import pytest

from queuewatch.change import (
    Change,
    Proposal,
    Result,
    ResultKind,
    SetRequireAgents,
    SetWhenOffline,
    apply,
    propose,
)
from queuewatch.failover.model import OFF, Forward, Queue, Rule
from queuewatch.journal import Edit, Journal, JournalEntry, JournalError, RequireAgents, WhenOffline
from queuewatch.pbx.errors import Rejected, Unreachable
from tests.change.in_memory import InMemory
from tests.failover.build import CELL, default, office, to
from tests.journal.build import JANE, NOON, journal

SALES = Queue("8000", "Sales", require_agents=False)
TOGGLE, FORWARD = SetRequireAgents(True), SetWhenOffline(CELL)


async def at_once(_seconds: float) -> None:
    pass


def standing_still() -> float:
    return 0.0


async def proposed(change: Change, *rules: Rule) -> tuple[InMemory, Proposal]:
    snapshot = office(SALES, rules={"8000": rules or [default(offline=to("vmail_8000"))]})
    pbx = InMemory.holding(snapshot)
    proposal = await propose(pbx, snapshot, SALES, change)
    pbx.asked.clear()
    return pbx, proposal


async def made(pbx: InMemory, proposal: Proposal, book: Journal) -> Result:
    return await apply(pbx, proposal, journal=book, sleep=at_once, clock=standing_still)


def only(book: Journal) -> JournalEntry:
    (entry,) = book.read().entries
    return entry


async def test_it_is_in_the_log_before_the_first_request(tmp_path: Path) -> None:
    pbx, proposal = await proposed(TOGGLE)
    book = journal(tmp_path)
    seen: list[JournalEntry] = []
    pbx.on("stored", 1, lambda: seen.append(only(book)))
    result = await made(pbx, proposal, book)
    assert [entry.ended for entry in seen] == [None]
    entry = only(book)
    assert entry.ended is not None
    assert (entry.outcome, entry.ended.sentence) == ("confirmed", result.sentence)
    assert (entry.who, entry.at) == (JANE, NOON)


async def test_it_says_where_what_and_exactly_how_it_was(tmp_path: Path) -> None:
    before = Forward(False, ("2145550111", "vmail_8000"))
    pbx, proposal = await proposed(FORWARD, default(offline=before))
    book = journal(tmp_path)
    await made(pbx, proposal, book)
    edit = only(book).edit
    assert (edit.server, edit.domain, edit.queue, edit.name) == ("memory", "example.com", "8000", "Sales")
    assert (edit.setting_words, edit.undoes) == ("When Offline", "")
    assert (edit.before.words, edit.before.held) == (
        "off (stored: 2145550111, vmail_8000)",
        WhenOffline(before),
    )
    assert (edit.after.words, edit.after.held) == ("(214) 555-0100 · 2145550100", WhenOffline(to(CELL)))


@pytest.mark.parametrize(
    ("change", "rules", "before", "after"),
    [
        (TOGGLE, (), RequireAgents(False), RequireAgents(True)),
        (FORWARD, (Rule("Holidays"),), WhenOffline(None), WhenOffline(to(CELL))),
        (SetWhenOffline(None), (), WhenOffline(to("vmail_8000")), WhenOffline(OFF)),
    ],
)
async def test_each_kind_of_change_is_logged(
    tmp_path: Path, change: Change, rules: tuple[Rule, ...], before: object, after: object
) -> None:
    pbx, proposal = await proposed(change, *rules)
    book = journal(tmp_path)
    assert (await made(pbx, proposal, book)).ok
    edit = only(book).edit
    assert (edit.before.held, edit.after.held) == (before, after)


def spoil(pbx: InMemory) -> None:
    pbx.on("written", 1, lambda: pbx.settings.clear())


def silence(pbx: InMemory) -> None:
    pbx.on("written", 1, lambda: pbx.always("stored", Unreachable("No answer.")))


def keep_something_else(pbx: InMemory) -> None:
    pbx.ignores_writes = True
    pbx.on("written", 1, lambda: pbx.set_require_agents("8000", None))


ENDS = {
    ResultKind.UNCONFIRMED: lambda pbx: setattr(pbx, "ignores_writes", True),
    ResultKind.OVERTAKEN: lambda pbx: pbx.on("stored", 3, lambda: pbx.set_require_agents("8000", False)),
    ResultKind.SPOILED: spoil,
    ResultKind.REFUSED: lambda pbx: pbx.on("write", 1, Rejected("It said no.")),
    ResultKind.NOT_SENT: lambda pbx: pbx.on("stored", 1, Unreachable("No answer.")),
    ResultKind.DIFFERENT: keep_something_else,
    ResultKind.MOVED: lambda pbx: pbx.set_require_agents("8000", None),
    ResultKind.UNKNOWN: silence,
}


@pytest.mark.parametrize("kind", ENDS)
async def test_every_way_it_can_end_is_logged_as_it_was_told(tmp_path: Path, kind: ResultKind) -> None:
    pbx, proposal = await proposed(TOGGLE)
    ENDS[kind](pbx)
    book = journal(tmp_path)
    result = await made(pbx, proposal, book)
    ended = only(book).ended
    assert ended is not None
    assert (ended.outcome, ended.sentence, ended.hint) == (kind, result.sentence, result.hint)


class Full:
    """A log on a disk that is full, from the beginning or only at the end."""

    def __init__(self, *, at_the_end: bool = False) -> None:
        self._at_the_end = at_the_end

    def begin(self, edit: Edit) -> str:
        if self._at_the_end:
            return "7"
        raise JournalError("it could not be logged: the disk is full.", "Make room.")

    def end(self, id: str, outcome: str, sentence: str, hint: str = "") -> None:
        raise JournalError("What became of it could not be logged: the disk is full.", "It is not known there.")


async def test_a_change_that_cannot_be_logged_is_not_made() -> None:
    pbx, proposal = await proposed(TOGGLE)
    result = await apply(pbx, proposal, journal=Full(), sleep=at_once)
    assert result.kind is ResultKind.NOT_SENT
    assert result.sentence == (
        "Require Agents of Sales (8000) was not changed: it could not be logged: the disk is full."
    )
    assert result.hint == "Make room."
    assert pbx.asked == []


async def test_a_change_whose_end_cannot_be_logged_is_told_all_the_same() -> None:
    pbx, proposal = await proposed(TOGGLE)
    result = await apply(pbx, proposal, journal=Full(at_the_end=True), sleep=at_once, clock=standing_still)
    assert result.ok
    assert result.hint == ("What became of it could not be logged: the disk is full. It is not known there.")
