"""What the board shows, in which order, and what it says where there is nothing to show."""

from msgspec.structs import replace

from queuewatch.failover.model import Part
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.polling.state import LiveState, Trouble
from screens.keys.board import BOARD
from tests.failover.build import NOON, office
from tests.tui.keys import (
    banner,
    board,
    facts,
    loaded,
    on_board,
    painted,
    program,
    queues_shown,
    running,
    status,
    table,
    until,
)
from tests.tui.phone_system import open_office
from widgets.bars import TopBar, age_of
from widgets.queue_rows import Sort

WORST_FIRST = [
    "8110",
    "8100",
    "8101",
    "8102",
    "8103",
    "8104",
    "8105",
    "8106",
    "8109",
    "8113",
    "8114",
    "8108",
    "8115",
    "8111",
    "8107",
    "8112",
]
"""Harbor: stranded now, not ready, not known, diverted, and last those that are in order."""


async def test_every_queue_worst_first_and_no_call_park() -> None:
    office = open_office("harbor")
    parks = {
        str(row["callqueue"])
        for row in office.pbx.sample.callqueues
        if row["callqueue-dispatch-type"] == "Call Park"
    }
    async with running(office.app()) as pilot:
        assert queues_shown(pilot) == WORST_FIRST
        everything = {str(row["callqueue"]) for row in office.pbx.sample.callqueues}
        assert parks
        assert set(queues_shown(pilot)) == everything - parks


async def test_a_row_says_how_a_queue_stands() -> None:
    async with running(open_office("harbor").app()) as pilot:
        assert on_board(pilot, "8100") == {
            "queue": "8100 Dispatch",
            "now": "● rings",
            "dark": "✖ nobody: stranded",
            "site Houston": "✖",
            "site Galveston": "·",
            "agents": "●◆◆",
            "require": "No",
            "offline": "(281) 555-0160",
            "waiting": "",
            "site": "Houston",
        }
        assert on_board(pilot, "8110")["waiting"] == "2"
        assert on_board(pilot, "8102")["offline"] == "Tracking"
        assert on_board(pilot, "8108")["dark"] == "? not known"


async def test_the_top_line_sums_up() -> None:
    async with running(open_office("harbor").app(), (100, 24)) as pilot:
        top = board(pilot).query_one(TopBar)
        assert top.left == "queuewatch · Harborline Logistics · harbor.example"
        assert top.right == "✖ 11 of 16 queues not ready  as of 15:12"
    for company, summary in (("lakeside", "✖ 1 of 7 queues not ready"), (None, "✔ all 7 queues ready")):
        async with running(open_office(company).app()) as pilot:
            assert board(pilot).query_one(TopBar).right == f"{summary}  as of 15:12"


async def test_a_queue_without_a_site_has_that_of_its_user() -> None:
    # The vendor's own document gives queues no site; riverside's server keeps to it.
    async with running(open_office("riverside").app(), (140, 40)) as pilot:
        assert {on_board(pilot, queue)["site"] for queue in queues_shown(pilot)} == {"Riverside"}


def test_what_is_renewed_every_moment_is_live_and_shows_no_clock() -> None:
    read = LiveState(replace(office(), read_at={Part.LIVE: NOON}))
    assert age_of(LiveState(office()), 5.0) == "reading…"
    assert age_of(read, 5.0) == "live"
    assert age_of(replace(read, push=True), 5.0) == "live · push"
    assert age_of(read, 300.0) == "as of 12:00"
    assert age_of(replace(read, trouble=Trouble("It does not answer.", "", 1.0)), 5.0) == "as of 12:00"


async def test_the_queue_under_the_cursor_is_summed_up_below() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.press("down")
        assert board(pilot).chosen == program(pilot).session.state.snapshot.queues["8100"]
        summary = facts(pilot, "#summary")
        assert summary["Now"].startswith("● rings  A call rings an agent")
        assert summary["If dark"].startswith("✖ nobody: stranded  A caller waits with nobody there")
        assert summary["Held open"] == "by Walt Jensen (Houston), Imani Okafor (Houston) and Sergio Peña (Houston)"


async def test_sort_goes_round_through_every_order() -> None:
    async with running(open_office("harbor").app()) as pilot:
        seen = {}
        for _ in Sort:
            await pilot.press("s")
            seen[status(pilot)] = queues_shown(pilot)
        assert seen["Sorted worst first."] == WORST_FIRST
        assert seen["Sorted by extension."] == sorted(WORST_FIRST)
        names = [on_board(pilot, queue)["queue"][5:].casefold() for queue in seen["Sorted by name."]]
        assert names == sorted(names)
        sites = [on_board(pilot, queue)["site"] for queue in seen["Sorted by site."]]
        assert sites == sorted(sites)
        # Within a site the worst comes first all the same.
        houston = [queue for queue in WORST_FIRST if on_board(pilot, queue)["site"] == "Houston"]
        assert [queue for queue in seen["Sorted by site."] if queue in houston] == houston


async def test_the_cursor_stays_on_its_queue_when_the_order_changes() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.press("end")
        assert table(pilot).cursor_key == "8112"
        for _ in Sort:
            await pilot.press("s")
            assert table(pilot).cursor_key == "8112"
        assert table(pilot).cursor == len(WORST_FIRST) - 1


async def test_the_cursor_stays_on_its_queue_when_its_state_changes() -> None:
    office = open_office("harbor")
    async with running(office.app()) as pilot:
        table(pilot).move_to("8101")
        office.pbx.floor.unregister("1104")
        await pilot.press("f5")
        await until(pilot, lambda: "lost" in on_board(pilot, "8101")["now"], "Customs Desk is lost")
        assert queues_shown(pilot)[0] == "8101"
        assert table(pilot).cursor_key == "8101"
        assert table(pilot).cursor == 0


async def test_before_the_first_answer_the_board_says_so() -> None:
    office = open_office()
    office.line.hold("/ns-api")
    async with running(office.app(), wait=False) as pilot:
        await until(pilot, lambda: "Reading the queues…" in painted(program(pilot))[3], "the board is painted")
        assert board(pilot).query_one(TopBar).right == "reading…"
        for action in BOARD:
            # There is no queue to act on: every key is harmless.
            await pilot.press(action.keys[0], "escape")
        office.line.release()
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        assert len(queues_shown(pilot)) == 7


async def test_unread_rules_are_no_verdict() -> None:
    office = open_office()
    office.line.hold("answerrules")
    async with running(office.app(), wait=False) as pilot:
        await until(pilot, lambda: bool(queues_shown(pilot)), "the queues are there")
        row = on_board(pilot, "8000")
        assert (row["now"], row["dark"], row["offline"]) == ("… not read", "… not read", "…")
        assert (row["agents"], row["require"]) == ("●●◆○", "Yes")
        assert facts(pilot, "#summary") == {"Now": "Reading the answering rules…"}
        assert board(pilot).query_one(TopBar).right == "as of 15:12"
        office.line.release()
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        assert on_board(pilot, "8000")["dark"] == "✔ ready"


async def test_the_cursor_is_on_the_worst_queue_until_somebody_moves_it() -> None:
    office = open_office("harbor")
    office.line.hold("8110/answerrules")
    async with running(office.app(), wait=False) as pilot:
        await until(pilot, lambda: table(pilot).cursor_key == "8100", "Dispatch is the worst that is known")
        office.line.release()
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        assert table(pilot).cursor_key == "8110"
        assert facts(pilot, "#summary")["Now"].startswith("✖ nobody: stranded")


async def test_rules_that_cannot_be_read_are_no_verdict_either() -> None:
    office = open_office()
    office.faults.append(Fault("/8000/answerrules", FaultKind.STATUS, None, 403))
    async with running(office.app()) as pilot:
        row = on_board(pilot, "8000")
        assert row["dark"] == "? not known"
        assert row["offline"] == "? not readable"
        assert on_board(pilot, "8001")["dark"] == "✔ ready"
        assert "1 of 7 queues not known" in board(pilot).query_one(TopBar).right


async def test_a_domain_without_queues_says_so() -> None:
    sample = load_sample("lakeside")
    parks = tuple(row for row in sample.callqueues if row["callqueue-dispatch-type"] == "Call Park")
    for callqueues, told in (
        ((), "lakeside.example has no call queues: check the domain and the login."),
        (parks, "lakeside.example has no call queues, only 1 call park."),
    ):
        office = open_office(replace(sample, callqueues=callqueues, agents=()))
        async with running(office.app()) as pilot:
            assert told in painted(program(pilot))[3]
            assert queues_shown(pilot) == []
            assert banner(pilot) == ""


async def test_a_row_that_makes_no_sense_is_told_and_hides_no_other() -> None:
    office = open_office()
    office.faults.append(Fault("/domains/lakeside.example/agents", FaultKind.BAD_ROW, None))
    async with running(office.app()) as pilot:
        assert banner(pilot) == "Agent row 1 of 21 is a text, not an object: left out."
        assert len(queues_shown(pilot)) == 7
        assert on_board(pilot, "8001")["now"] == "◆ waits"
        office.faults.clear()
        await pilot.press("f5")
        await until(pilot, lambda: banner(pilot) == "", "the banner is gone")
