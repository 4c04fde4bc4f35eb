"""The board begins with what was last seen: marked as old, nothing changed from it, gone once there is news."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from queuewatch.app.last_picture import LONGEST_RECALL, is_whole
from queuewatch.failover.drill.matrix import OFFICE
from queuewatch.failover.model import Part, QueueRules, Rule, Snapshot
from queuewatch.failover.sites import NO_SITE_FACTS
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.netsapiens.zones import zone_called
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.polling.assemble import read_snapshot
from queuewatch.polling.state import LiveState, without_late_rules
from queuewatch.process.background import ProgramFault, heard_by
from queuewatch.storage.last_picture import LastPicture
from screens.audit import AuditScreen
from screens.log import LogScreen
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.keys import (
    banner,
    board,
    facts,
    home,
    on_board,
    painted,
    program,
    queues_shown,
    running,
    screen_is,
    status,
    until,
)
from tests.tui.phone_system import Office, open_office
from widgets.bars import TopBar

AT = datetime(2026, 11, 20, 14, 2, tzinfo=UTC).astimezone()
AS_OF = f"as of {AT:%H:%M} on {AT:%a} {AT.day} {AT:%b}"


DANA = Identity("1010@harbor.example", "Dana Reyes", "Office Manager", "harbor.example")


def picture_of(office: Office, state: Path, identity: Identity = DANA) -> LastPicture:
    system = office.connection.system
    return LastPicture(state, "acme", system.address, system.domain, login=identity.sees)


def with_picture(office: Office, picture: LastPicture) -> Office:
    office.connection = replace(office.connection, last_picture=picture)
    return office


def kept(picture: LastPicture) -> Snapshot | None:
    return picture.read(zone_called, NO_SITE_FACTS)


async def seen_before(state: Path, at: datetime = AT, sample: str = "harbor") -> Office:
    """An office of which another run of the program kept a picture, when one queue had another name."""
    office = open_office(sample, real=True)
    snapshot = await read_snapshot(office.connection.system)
    office.pbx.requests.clear()
    first = snapshot.call_queues[0]
    queues = {**snapshot.queues, first.extension: replace(first, name="Was Called So")}
    read_at = dict.fromkeys(snapshot.read_at, at)
    picture = picture_of(office, state)
    picture.write(replace(snapshot, queues=queues, taken_at=at, read_at=read_at))
    return with_picture(office, picture)


def shown_whole(pilot: Pilot[None]) -> str:
    return "\n".join(painted(program(pilot)))


async def test_it_is_on_the_screen_before_anything_is_asked(tmp_path: Path) -> None:
    office = await seen_before(tmp_path)
    office.line.hold("/")
    async with running(office.app(), (140, 40), wait=False) as pilot:
        await until(pilot, lambda: "Was Called So" in shown_whole(pilot), "the old picture is painted")
        assert office.pbx.requests == []
        assert board(pilot).query_one(TopBar).right.endswith(AS_OF)
        assert board(pilot).has_class("-stale")
        assert banner(pilot).startswith(f"What you see is {AS_OF.replace('14:02', '14:02:00')}.")
        assert "The phone system is being asked" in banner(pilot)
        office.line.release()
        await until(pilot, lambda: "Was Called So" not in shown_whole(pilot), "it gives way")
        assert is_whole(program(pilot).session.state.snapshot)
        assert AS_OF not in board(pilot).query_one(TopBar).right
        assert not board(pilot).has_class("-stale")


async def test_without_a_network_it_stays_and_every_verdict_says_of_when_it_is(tmp_path: Path) -> None:
    office = await seen_before(tmp_path)
    office.line.cut = True
    async with running(office.app(), (140, 40), wait=False) as pilot:
        await until(pilot, lambda: "refused the connection" in banner(pilot), "it is told why nothing is newer")
        assert f"What you see is {AS_OF.replace('14:02', '14:02:00')}." in banner(pilot)
        queues = queues_shown(pilot)
        assert len(queues) == len(office.pbx.sample.callqueues) - 1
        assert all(on_board(pilot, queue)["now"] not in ("", "… not read") for queue in queues)
        for queue in queues:
            board(pilot)._table.move_to(queue)
            of_then = f"On {AT.day} {AT:%b}"
            await until(pilot, lambda: of_then in facts(pilot, "#verdict"), f"{queue} is of then")  # noqa: B023
            assert "Now" not in facts(pilot, "#verdict")
        assert not re.search(r"\bNow\b", shown_whole(pilot))
        for key, screen in (("enter", QueueScreen), ("w", WhatIfScreen), ("a", AuditScreen)):
            await pilot.press(key)
            await screen_is(pilot, screen)
            assert AS_OF in str(pilot.app.screen.query_one(TopBar).right)
            assert "refused the connection" in banner(pilot)
            assert not re.search(r"\bNow\b|\blive\b", shown_whole(pilot))
            await home(pilot)


@pytest.mark.parametrize("cut", [True, False])
async def test_nothing_can_be_changed_from_it(tmp_path: Path, cut: bool) -> None:
    office = await seen_before(tmp_path)
    office.line.cut = cut
    if not cut:
        office.line.hold("/")
    async with running(office.app(), (140, 40), wait=False) as pilot:
        await until(pilot, lambda: queues_shown(pilot) != [], "the old picture is painted")
        for queue in queues_shown(pilot):
            board(pilot)._table.move_to(queue)
            for key in "er":
                board(pilot).say("")
                await pilot.press(key)
                assert status(pilot).startswith(f"What you see is {AS_OF}: nothing can be changed")
        await pilot.press("enter")
        queue_screen = await screen_is(pilot, QueueScreen)
        for key in "er":
            queue_screen.say("")
            await pilot.press(key)
            assert "nothing can be changed" in status(pilot)
        await home(pilot)
        assert len(pilot.app.screen_stack) == 1
        office.line.cut = False
        office.line.release()
    assert office.written == []


async def test_no_change_is_undone_and_none_is_made_that_was_confirmed_before(tmp_path: Path) -> None:
    office = await seen_before(tmp_path)
    office.line.cut = True
    async with running(office.app(), (140, 40), wait=False) as pilot:
        await until(pilot, lambda: queues_shown(pilot) != [], "the old picture is painted")
        await pilot.press("v")
        log = await screen_is(pilot, LogScreen)
        log.setting_of = lambda action: board(pilot).setting_of("toggle_require_agents")  # type: ignore[method-assign]
        assert "nothing can be changed" in log.why_not("undo")
        office.line.cut = False
        program(pilot)._make_change(board(pilot).ChangeConfirmed(None, office.connection))  # type: ignore[arg-type]
        assert status(pilot).startswith("Nothing was changed:")
    assert office.written == []


async def test_neither_history_nor_alerts_nor_who_makes_changes_know_of_it(tmp_path: Path) -> None:
    office = await seen_before(tmp_path)
    office.line.cut = True
    async with running(office.app(), (140, 40), wait=False) as pilot:
        await until(pilot, lambda: "refused the connection" in banner(pilot), "it is told why nothing is newer")
        session = program(pilot).session
        await until(pilot, lambda: session.has_side_work, "history and alerts are told of states")
        assert session.shown.snapshot.queues
        assert session.state.snapshot.queues == {}
        assert Part.LIVE not in session.state.snapshot.read_at
        assert session.alerts is not None
        assert await session.history.lately() == ("", "")


async def test_it_gives_way_only_to_a_whole_picture_and_says_how_far_that_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queuewatch.app.last_picture.LONGEST_RECALL", 600.0)  # however slow this machine is
    office = await seen_before(tmp_path)
    office.line.hold("/answerrules")
    async with running(office.app(), (140, 40), wait=False) as pilot:
        live = program(pilot).session
        await until(pilot, lambda: Part.LIVE in live.state.snapshot.read_at, "the queues are read")
        await until(pilot, lambda: "the rules of 0 of" in banner(pilot), "it is told how far it is")
        assert "Was Called So" in shown_whole(pilot)
        assert AS_OF in board(pilot).query_one(TopBar).right
        office.line.release()
        await until(pilot, lambda: "Was Called So" not in shown_whole(pilot), "it gives way")
        assert is_whole(live.state.snapshot)


async def test_it_gives_way_after_a_while_to_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queuewatch.app.last_picture.LONGEST_RECALL", -1.0)
    assert LONGEST_RECALL > 0
    office = await seen_before(tmp_path)
    office.line.hold("/answerrules")
    async with running(office.app(), (140, 40), wait=False) as pilot:
        live = program(pilot).session
        await until(pilot, lambda: live.shown.snapshot is live.state.snapshot, "what there is is shown")
        assert "Was Called So" not in shown_whole(pilot)
        office.line.release()


async def test_what_was_seen_is_kept_for_the_next_start(tmp_path: Path) -> None:
    office = open_office("harbor", real=True)
    picture = picture_of(office, tmp_path)
    async with running(with_picture(office, picture).app()) as pilot:
        await until(pilot, lambda: kept(picture) is not None, "it is kept soon")
        office.pbx.cut_power(office.pbx.sites[0])
        seen = program(pilot).session.state.snapshot
        await pilot.press("f5")
        await until(pilot, lambda: program(pilot).session.state.snapshot is not seen, "it is read again")
        last = program(pilot).session.state.snapshot
    assert kept(picture) == last


async def test_a_partial_picture_does_not_take_the_place_of_a_whole_one(tmp_path: Path) -> None:
    office = await seen_before(tmp_path)
    assert office.connection.last_picture is not None
    before = kept(office.connection.last_picture)
    office.line.hold("/answerrules")
    async with running(office.app(), wait=False) as pilot:
        live = program(pilot).session
        await until(pilot, lambda: Part.LIVE in live.state.snapshot.read_at, "the queues are read")
    assert kept(office.connection.last_picture) == before


def test_rules_that_are_older_than_the_rest_are_not_known_in_what_is_kept() -> None:
    rules = {"8000": QueueRules((Rule("*"),)), "8001": QueueRules((Rule("*"),))}
    live = LiveState(Snapshot("a.example", AT, rules=rules))
    assert without_late_rules(live) is live.snapshot
    found = without_late_rules(replace(live, late_rules={"8001": AT - timedelta(hours=1)})).rules
    assert found["8000"].known
    assert f"last read at {AT - timedelta(hours=1):%H:%M}" in found["8001"].problem


async def test_the_board_begins_whatever_is_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = await seen_before(tmp_path)
    told: list[ProgramFault] = []

    def judge(snapshot: Snapshot) -> None:
        raise AssertionError

    monkeypatch.setattr("queuewatch.app.last_picture.judge_all", judge)
    with heard_by(told.append):
        async with running(office.app()) as pilot:
            assert len(queues_shown(pilot)) == len(office.pbx.sample.callqueues) - 1
    assert [fault.doing for fault in told] == ["recalling what was last seen"]


async def test_what_is_known_when_the_network_goes_is_kept_as_of_then(tmp_path: Path) -> None:
    office = open_office("harbor", real=True)
    picture = picture_of(office, tmp_path)
    async with running(with_picture(office, picture).app()) as pilot:
        office.line.cut = True
        await pilot.press("f5")
        await until(pilot, lambda: banner(pilot) != "", "it is told")
    found = kept(picture)
    assert found is not None
    assert found.taken_at == office.pbx.now


async def test_a_folder_that_cannot_be_written_is_told_once_and_harmless(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("")
    office = open_office("harbor", real=True)
    async with running(with_picture(office, picture_of(office, tmp_path)).app(), (140, 40)) as pilot:
        await until(pilot, lambda: "What was last seen is not kept" in status(pilot), "it is told")
        board(pilot).say("")
        keeper = program(pilot).session.picture
        assert keeper is not None
        keeper._next_at = 0.0
        seen = keeper._writing
        await pilot.press("f5")
        await until(
            pilot, lambda: keeper._writing is not seen and keeper._writing is not None, "it is tried again"
        )
        await until(pilot, lambda: keeper._writing is not None and keeper._writing.done(), "in vain")
        assert "not kept" not in status(pilot)


async def test_whoever_signs_in_instead_does_not_see_it(tmp_path: Path) -> None:
    office = await seen_before(tmp_path)
    office.faults.append(Fault("", FaultKind.STATUS, None, 401))
    async with running(office.app(), (140, 40), wait=False) as pilot:
        await until(pilot, lambda: "does not accept" in banner(pilot), "it is told")
        session = program(pilot).session
        session.signed_in(DANA)
        assert session.shown.snapshot.queues
        other = replace(DANA, login="1002@harbor.example")
        session.signed_in(other)
        assert session.shown.snapshot is session.state.snapshot
        # Without a queue there is no site, or the column that stands where none is known: as far as it is by now.
        assert session.shown.matrix is None or session.shown.matrix.sites in ((), (OFFICE,))
        await until(pilot, lambda: "Was Called So" not in shown_whole(pilot), "it is off the screen")
        office.faults.clear()
        await pilot.press("f5")
        mine, theirs = picture_of(office, tmp_path), picture_of(office, tmp_path, other)
        await until(pilot, lambda: kept(theirs) is not None, "they have one of their own")
    found = kept(mine)
    assert found is not None
    assert found.taken_at == AT


async def test_what_two_logins_saw_is_kept_for_neither(tmp_path: Path) -> None:
    office = open_office("harbor", real=True)
    async with running(with_picture(office, picture_of(office, tmp_path)).app()) as pilot:
        await until(pilot, lambda: kept(picture_of(office, tmp_path)) is not None, "it is kept")
        before = kept(picture_of(office, tmp_path))
        other = replace(DANA, login="1002@harbor.example")
        program(pilot).session.signed_in(other)
        office.pbx.cut_power(office.pbx.sites[0])
        seen = program(pilot).session.state.snapshot
        await pilot.press("f5")
        await until(pilot, lambda: program(pilot).session.state.snapshot is not seen, "it is read again")
    assert kept(picture_of(office, tmp_path)) == before
    assert kept(picture_of(office, tmp_path, other)) is None


async def test_today_it_is_marked_with_the_hour_alone(tmp_path: Path) -> None:
    today = datetime.now().astimezone().replace(microsecond=0)
    office = await seen_before(tmp_path, today)
    office.line.cut = True
    async with running(office.app(), (140, 40), wait=False) as pilot:
        await until(pilot, lambda: queues_shown(pilot) != [], "the old picture is painted")
        recalled = replace(program(pilot).session.shown, recalled_on=today.date())
        assert (recalled.as_of, recalled.at) == (f"{today:%H:%M}", f"At {today:%H:%M}")
        later = replace(recalled, recalled_on=today.date() + timedelta(days=800))
        assert later.as_of.endswith(str(today.year))


async def test_a_sample_has_none() -> None:
    assert open_office("harbor").connection.last_picture is None
