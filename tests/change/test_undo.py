"""Undo restores exactly what was there before, and does not write over what somebody else did since."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.change import (
    CannotUndo,
    Change,
    Proposal,
    ResultKind,
    SetRequireAgents,
    SetWhenOffline,
    apply,
    latest_to_undo,
    propose,
    propose_undo,
    undone_by,
)
from queuewatch.failover.lookup import NotFound
from queuewatch.failover.model import OFF, Forward, Queue, Rule, Snapshot
from queuewatch.journal import Journal, JournalEntry, Log, RequireAgents, State, WhenOffline
from queuewatch.pbx.errors import Rejected
from tests.change.in_memory import InMemory
from tests.failover.build import CELL, UNREADABLE, default, office, to
from tests.journal.build import DOMAIN, NO, SERVER, YES, entry, journal, toggled

SALES = Queue("8000", "Sales", require_agents=False)
TOGGLE, FORWARD, OFF_AGAIN = SetRequireAgents(True), SetWhenOffline(CELL), SetWhenOffline(None)
ELSEWHERE = to("3125550199")
STORED_OFF = Forward(False, ("2145550111",))
TWO = to("2145550111", "vmail_8000")


class Desk:
    """Somebody who makes changes and undoes them."""

    def __init__(self, folder: Path, *rules: Rule) -> None:
        self.snapshot = office(SALES, rules={"8000": rules})
        self.pbx = InMemory.holding(self.snapshot)
        self.book: Journal = journal(folder)

    @property
    def log(self) -> Log:
        return self.book.read()

    @property
    def last(self) -> JournalEntry:
        return self.log.entries[-1]

    @property
    def held(self) -> tuple[bool | None, Forward | None]:
        rule = self.pbx.rules["8000"].default
        return self.pbx.queues["8000"].require_agents, rule.offline if rule else None

    async def make(self, proposal: Proposal) -> ResultKind:
        async def at_once(_seconds: float) -> None:
            pass

        result = await apply(self.pbx, proposal, journal=self.book, sleep=at_once, clock=lambda: 0.0, alone=True)
        return result.kind

    async def change(self, change: Change) -> ResultKind:
        return await self.make(await propose(self.pbx, self.now(), SALES, change))

    async def proposed(self, id: str = "1", *, again: bool = False) -> Proposal:
        found = self.log.entry(id)
        assert found is not None
        return await propose_undo(self.pbx, self.now(), self.log, found, again=again)

    async def undo(self, id: str = "1") -> ResultKind:
        return await self.make(await self.proposed(id))

    def now(self) -> Snapshot:
        return replace(self.snapshot, queues=dict(self.pbx.queues), rules=dict(self.pbx.rules))


CASES = [
    (TOGGLE, default(offline=to("vmail_8000"))),
    (FORWARD, default(offline=to("vmail_8000"))),
    (FORWARD, default(offline=TWO)),
    (FORWARD, default(offline=STORED_OFF)),
    (FORWARD, default()),
    (OFF_AGAIN, default(offline=TWO)),
]


@pytest.mark.parametrize(("change", "rule"), CASES)
async def test_undo_restores_exactly_what_was_there(tmp_path: Path, change: Change, rule: Rule) -> None:
    desk = Desk(tmp_path, rule)
    before = desk.held
    assert await desk.change(change) is ResultKind.CONFIRMED
    assert desk.held != before
    proposal = await desk.proposed()
    assert (proposal.undoes, proposal.conflict, proposal.nothing_to_do) == ("1", "", False)
    assert proposal.title.startswith("Undo change 1: ")
    assert await desk.make(proposal) is ResultKind.CONFIRMED
    assert desk.held == before
    assert desk.last.edit.undoes == "1"
    assert desk.last.edit.after.held == desk.log.entries[0].edit.before.held


@pytest.mark.parametrize(("change", "rule"), CASES)
async def test_an_undo_can_be_undone(tmp_path: Path, change: Change, rule: Rule) -> None:
    desk = Desk(tmp_path, rule)
    await desk.change(change)
    after = desk.held
    await desk.undo("1")
    assert await desk.undo("2") is ResultKind.CONFIRMED
    assert desk.held == after
    first, second, third = desk.log.entries
    assert (undone_by(desk.log, first), undone_by(desk.log, second)) == (None, third)


async def test_a_default_rule_that_was_created_stays_and_its_forward_is_switched_off(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Rule("Holidays"))
    await desk.change(FORWARD)
    proposal = await desk.proposed()
    assert proposal.after == "off"
    assert proposal.warnings[0] == (
        "There was no Default rule before change 1: the rule that was created then stays, with this forward off."
    )
    assert await desk.make(proposal) is ResultKind.CONFIRMED
    assert desk.held == (False, OFF)
    await desk.undo("2")
    assert desk.held == (False, to(CELL))


CHANGED_SINCE = [
    (TOGGLE, lambda pbx: pbx.set_require_agents("8000", None), "it was left at Yes and is now not readable."),
    (FORWARD, lambda pbx: pbx.set_when_offline("8000", ELSEWHERE), "and is now (312) 555-0199 · 3125550199."),
    (
        FORWARD,
        lambda pbx: pbx.set_when_offline("8000", to(CELL, "vmail_8000")),
        "; stored behind it, and never used: the voicemail of Sales (8000).",
    ),
    (FORWARD, lambda pbx: pbx.rules.update({"8000": replace(pbx.rules["8000"], rules=())}), "no Default rule."),
]


@pytest.mark.parametrize(("change", "since", "told"), CHANGED_SINCE)
async def test_what_somebody_changed_since_is_shown_and_stands_in_the_way(
    tmp_path: Path, change: Change, since: Callable[[InMemory], object], told: str
) -> None:
    desk = Desk(tmp_path, default(offline=to("vmail_8000")))
    before = desk.held
    await desk.change(change)
    since(desk.pbx)
    proposal = await desk.proposed()
    assert proposal.conflict.startswith("Somebody changed it since change 1: it was left at ")
    assert proposal.conflict.endswith(told)
    assert proposal.obstacles[0] == proposal.conflict
    # Whoever insists gets it.
    assert await desk.make(proposal) is ResultKind.CONFIRMED
    assert desk.held == before


async def test_another_setting_of_the_same_rule_that_changed_since_is_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path, default(offline=to("vmail_8000")))
    await desk.change(FORWARD)
    desk.pbx.blocks["forward-on-busy"] = "yes · 911"
    proposal = await desk.proposed()
    assert proposal.conflict == ""
    assert await desk.make(proposal) is ResultKind.CONFIRMED
    assert desk.pbx.blocks["forward-on-busy"] == "yes · 911"


@pytest.mark.parametrize("change", [TOGGLE, FORWARD])
async def test_what_is_as_before_already_is_nothing_to_undo(tmp_path: Path, change: Change) -> None:
    desk = Desk(tmp_path, default(offline=to("vmail_8000")))
    await desk.change(change)
    desk.pbx.set_require_agents("8000", False)
    desk.pbx.set_when_offline("8000", to("vmail_8000"))
    proposal = await desk.proposed()
    assert (proposal.nothing_to_do, proposal.conflict) == (True, "")


async def test_a_forward_that_loops_is_an_obstacle_to_undo_as_to_any_edit(tmp_path: Path) -> None:
    desk = Desk(tmp_path, default(offline=to("queue_8000")))
    await desk.change(FORWARD)
    proposal = await desk.proposed()
    assert proposal.conflict == ""
    assert "a loop" in proposal.obstacles[0]


async def test_what_the_change_spoiled_is_said_not_to_be_restored(tmp_path: Path) -> None:
    desk = Desk(tmp_path, default(offline=to("vmail_8000")))
    desk.pbx.on("written", 1, lambda: desk.pbx.blocks.update({"forward-on-busy": "yes · 911"}))
    assert await desk.change(FORWARD) is ResultKind.SPOILED
    (warning, *_) = (await desk.proposed()).warnings
    assert warning.startswith("Change 1 changed more than this, and only this is restored: ")
    assert "forward-on-busy (no → yes · 911)" in warning


async def test_a_change_is_not_undone_twice_without_saying_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.change(TOGGLE)
    await desk.undo("1")
    with pytest.raises(CannotUndo, match="Change 1 was undone already, by change 2") as raised:
        await desk.proposed("1")
    assert "queuewatch undo 2" in raised.value.hint
    desk.pbx.set_require_agents("8000", True)
    assert await desk.make(await desk.proposed("1", again=True)) is ResultKind.CONFIRMED
    assert desk.held[0] is False


async def test_a_change_that_was_refused_is_nothing_to_undo(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.pbx.on("write", 1, Rejected("It said no."))
    await desk.change(TOGGLE)
    with pytest.raises(CannotUndo, match="Change 1 was not made: there is nothing to undo"):
        await desk.proposed("1")


async def test_a_refused_undo_has_undone_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.change(TOGGLE)
    desk.pbx.on("write", 1, Rejected("It said no."))
    assert await desk.undo("1") is ResultKind.REFUSED
    assert undone_by(desk.log, desk.log.entries[0]) is None
    assert await desk.undo("1") is ResultKind.CONFIRMED


@pytest.mark.parametrize("applied", [True, False])
async def test_a_change_whose_end_is_not_known_is_settled_by_what_is_there(tmp_path: Path, applied: bool) -> None:
    desk = Desk(tmp_path, default(offline=to("vmail_8000")))
    await desk.change(FORWARD)
    # As a crash leaves it: the end was never written.
    desk.book.path.write_bytes(desk.book.path.read_bytes().split(b"\n")[0] + b"\n")
    if not applied:
        desk.pbx.set_when_offline("8000", to("vmail_8000"))
    proposal = await desk.proposed()
    assert (proposal.nothing_to_do, proposal.conflict) == (not applied, "")


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (State("not readable", RequireAgents(None)), "could not be read"),
        (State("not readable", WhenOffline(UNREADABLE)), "could not be read"),
        (State("9 to 5", None), "a newer queuewatch made it"),
    ],
)
async def test_what_is_not_known_exactly_is_not_restored(tmp_path: Path, before: State, why: str) -> None:
    desk = Desk(tmp_path)
    edit = replace(toggled(before, YES), server=desk.pbx.address, domain=desk.pbx.domain)
    made = entry("1", edit)
    with pytest.raises(CannotUndo, match=why):
        await propose_undo(desk.pbx, desk.now(), Log((made,)), made)
    assert desk.pbx.asked == []


async def test_a_change_to_another_phone_system_is_not_undone_here(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    made = entry("1", toggled())
    with pytest.raises(CannotUndo, match=f"Change 1 was made to {DOMAIN} on {SERVER}, which is not"):
        await propose_undo(desk.pbx, desk.now(), Log((made,)), made)


async def test_a_queue_that_is_gone_took_its_settings_along(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.change(TOGGLE)
    desk.pbx.queues.clear()
    with pytest.raises(NotFound, match="There is no queue 8000 any more, to which change 1 was made"):
        await desk.proposed("1")


def test_the_latest_that_may_stand_is_what_undo_means_by_itself() -> None:
    def latest(*entries: JournalEntry) -> str:
        found = latest_to_undo(Log(entries), SERVER, DOMAIN)
        return found.id if found else ""

    one, two = entry("1", toggled()), entry("2", toggled(YES, NO), "")
    elsewhere = entry("3", replace(toggled(), domain="other.example"))
    assert latest() == ""
    assert latest(one) == "1"
    assert latest(one, two) == "2"
    assert latest(one, two, elsewhere) == "2"
    assert latest(one, entry("4", toggled(), "refused"), entry("5", toggled(), "moved")) == "1"
    assert latest(one, entry("4", toggled(), "a word of a later version")) == "4"
    undoing = entry("6", toggled(NO, YES, undoes="2"))
    assert latest(one, two, undoing) == "1"
    assert latest(one, two, undoing, entry("7", toggled(YES, NO, undoes="6"))) == "2"
    assert latest(two, entry("6", toggled(NO, YES, undoes="2"), "refused")) == "2"
    assert latest(entry("8", toggled(undoes="8"))) == ""
