"""Many at once: rows are marked, and what is marked is changed as one plan, with one yes and one undo."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from screens.audit import AuditScreen
from screens.board.board import BoardScreen
from screens.editing.confirm_plan import ConfirmPlan
from screens.editing.forward_editor import ForwardEditor
from tests.tui.keys import board, painted, program, resize, running, screen_is, status, table, until
from tests.tui.phone_system import Office, open_office
from widgets.bars import StatusLine, TopBar
from widgets.line_table import LineTable

REQUIRE = "callqueue-require-available-agents-to-accept-new-callers"


def badge(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(TopBar).badge


def require_agents(office: Office) -> dict[str, object]:
    return {queue: row[REQUIRE] for queue, row in office.pbx.floor.queues.items()}


def offline(office: Office, queue: str) -> object:
    (default,) = (rule for rule in office.pbx.rules[queue] if rule["time-frame"] == "*")
    return default["forward-when-unregistered"]


async def told(pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: words in status(pilot), f"the status line says: {words}")


async def point(pilot: Pilot[None], number: str) -> None:
    """Have all that is marked forward to a number When Offline, as far as the plan that asks."""
    await pilot.press("e")
    await screen_is(pilot, ForwardEditor)
    await pilot.press(*number, "enter")
    await screen_is(pilot, ConfirmPlan)


async def test_marked_queues_are_set_together_and_taken_back_together() -> None:
    office = open_office("harbor")
    before = require_agents(office)
    async with running(office.app()) as pilot:
        table(pilot).move_to("8100")
        await pilot.press("space")
        table(pilot).move_to("8110")
        await pilot.press("space")
        assert badge(pilot) == "2 MARKED"
        assert table(pilot).marked == {"8100", "8110"}
        await pilot.press("r")
        await screen_is(pilot, ConfirmPlan)
        rows = pilot.app.screen.query_one("#changes", LineTable).rows
        assert {row.key for row in rows} == {"8100 Require Agents", "8110 Require Agents"}
        await pilot.press("y")
        await told(pilot, "All 2 changes were made · u takes it back")
        assert require_agents(office) == {**before, "8100": "yes", "8110": "yes"}
        assert badge(pilot) == ""
        await pilot.press("u")
        await screen_is(pilot, ConfirmPlan)
        typed = pilot.app.screen.query(Input)
        if typed:
            typed.first().value = " ".join(queue.extension for queue in pilot.app.screen.plan.worse)  # type: ignore[attr-defined]
        await pilot.press("y")
        await told(pilot, "All 2 changes were made")
        assert require_agents(office) == before


async def test_what_failed_does_not_push_the_way_back_out_of_the_line() -> None:
    office = open_office("harbor")
    office.faults.append(Fault("/callqueues/8100", FaultKind.STATUS, method="PUT", status=400))
    async with running(office.app()) as pilot:
        for queue in ("8100", "8110"):
            table(pilot).move_to(queue)
            await pilot.press("space")
        await pilot.press("r")
        await screen_is(pilot, ConfirmPlan)
        await pilot.press("y")
        await told(
            pilot, "1 of 2 changes was made · u takes that back. Not as wished: Require Agents of Dispatch (8100)"
        )


async def test_marks_that_a_filter_hides_are_left_out_and_said() -> None:
    async with running(open_office("lakeside").app()) as pilot:
        await pilot.press("asterisk")
        assert badge(pilot) == "7 MARKED"
        screen = pilot.app.screen
        assert isinstance(screen, BoardScreen)
        screen.filter_text = "Referrals"
        await until(pilot, lambda: badge(pilot) == "1 MARKED (6 hidden)", "one is shown")
        await pilot.press("r")
        await screen_is(pilot, ConfirmPlan)
        plan = pilot.app.screen
        assert isinstance(plan, ConfirmPlan)
        assert [proposal.queue.extension for proposal in plan.plan.changes] == ["8006"]
        hidden = "6 marked rows hidden by the filter or a fold: left out."
        assert str(board(pilot).query_one(StatusLine).render()) == hidden
        await pilot.press("n")
        # Modes of any length leave whole how many are not ready, and how old that is.
        await resize(pilot, 60, 16)
        assert painted(pilot.app)[0].rstrip().endswith(board(pilot).query_one(TopBar).right)
        await resize(pilot, 80, 24)
        screen.filter_text = ""
        await pilot.press("r")
        await screen_is(pilot, ConfirmPlan)
        assert str(board(pilot).query_one(StatusLine).render()) == "6 are so already."
        await pilot.press("n")
        await pilot.press("asterisk")
        assert badge(pilot) == ""


async def test_a_range_is_marked_from_the_last_mark_to_here() -> None:
    async with running(open_office("lakeside").app()) as pilot:
        await pilot.press("space", "down", "M")
        assert badge(pilot) == "3 MARKED"
        await pilot.press("asterisk", "asterisk")
        assert badge(pilot) == ""


async def test_a_queue_that_gets_worse_needs_its_number_typed() -> None:
    office = open_office("lakeside")
    async with running(office.app()) as pilot:
        table(pilot).move_to("8000")
        await pilot.press("space", "r")
        await screen_is(pilot, ConfirmPlan)
        await pilot.press("r")
        await until(pilot, lambda: bool(pilot.app.screen.query("#typed")), "a number is to be typed")
        await pilot.press("y")
        assert isinstance(pilot.app.screen, ConfirmPlan)
        await pilot.press(*"8000", "enter")
        await told(pilot, "It was made · u takes it back")
        assert require_agents(office)["8000"] == "no"


async def test_one_destination_is_chosen_for_all_that_are_marked() -> None:
    office = open_office("lakeside")
    async with running(office.app()) as pilot:
        for queue in ("8000", "8003"):
            table(pilot).move_to(queue)
            await pilot.press("space")
        await point(pilot, "2145550123")
        await pilot.press("y")
        await told(pilot, "All 2 changes were made")
        for queue in ("8000", "8003"):
            assert offline(office, queue) == {"enabled": "yes", "parameters": ["2145550123"]}


@pytest.mark.parametrize("size", [(60, 16), (80, 18), (80, 24), (100, 30)])
async def test_a_long_plan_keeps_its_answers_in_sight_and_says_what_is_written_over(size: tuple[int, int]) -> None:
    async with running(open_office("harbor").app(), size) as pilot:
        await pilot.press("asterisk")
        await point(pilot, "2815550123")
        await until(pilot, lambda: "Make all 16 (y)" in "\n".join(painted(pilot.app)), "the answers are in sight")
        shown = "\n".join(painted(pilot.app))
        assert "Leave them (n)" in shown
        assert "When Offline to (281) 555-0123: 16 changes" in shown
        assert ("Before" in shown and "Tracking (8103)" in shown) is (size[0] >= 80)
        assert len(pilot.app.screen.query_one("#changes", LineTable).rows) == 16


async def test_what_was_just_made_is_known_before_it_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    office = open_office("lakeside")
    before = {queue: offline(office, queue) for queue in ("8000", "8003")}
    async with running(office.app()) as pilot:
        monkeypatch.setattr(program(pilot).session.poller, "refresh", lambda *_: None)
        for queue in before:
            table(pilot).move_to(queue)
            await pilot.press("space")
        await point(pilot, "2145550123")
        await pilot.press("y")
        await told(pilot, "All 2 changes were made · u takes it back")
        await pilot.press("u")
        await screen_is(pilot, ConfirmPlan)
        await pilot.press("y")
        await told(pilot, "All 2 changes were made")
        assert {queue: offline(office, queue) for queue in before} == before


async def test_both_settings_are_set_in_one_change_where_both_are_missing() -> None:
    office = open_office("harbor")
    async with running(office.app()) as pilot:
        table(pilot).move_to("8110")
        await point(pilot, "2815550123")
        await pilot.press("y")
        await told(pilot, "All 2 changes were made")
        assert require_agents(office)["8110"] == "yes"
        assert offline(office, "8110") == {"enabled": "yes", "parameters": ["2815550123"]}


async def test_all_that_the_audit_can_mend_is_one_plan() -> None:
    office = open_office("harbor")
    async with running(office.app()) as pilot:
        await pilot.press("a")
        await screen_is(pilot, AuditScreen)
        await pilot.press("F")
        await screen_is(pilot, ForwardEditor)
        await pilot.press("escape")
        await screen_is(pilot, ConfirmPlan)
        screen = pilot.app.screen
        assert isinstance(screen, ConfirmPlan)
        assert "8100" in {proposal.queue.extension for proposal in screen.plan.changes}
        await pilot.press("n")
        await told(pilot, "Nothing was changed.")


async def test_read_only_marks_and_changes_nothing() -> None:
    office = open_office("lakeside", read_only=True)
    async with running(office.app()) as pilot:
        await pilot.press("space", "r")
        await told(pilot, "Read-only")
        assert isinstance(pilot.app.screen, BoardScreen)


async def test_the_palette_offers_the_plans_that_have_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUEUEWATCH_CONFIG", str(tmp_path / "config.toml"))
    folder = tmp_path / "plans" / "lakeside"
    folder.mkdir(parents=True)
    (folder / "storm.toml").write_text('[queues.8000]\nwhen_offline = "2145550123"\n')
    (folder / "wrong.toml").write_text("[queues.800]\n")
    office = open_office("lakeside")
    async with running(office.app()) as pilot:
        assert [
            one.title for one in pilot.app.get_system_commands(pilot.app.screen) if one.title.startswith("Plan ")
        ]
        commands = {one.title: one for one in pilot.app.get_system_commands(pilot.app.screen)}
        commands["Plan wrong"].callback()
        await told(pilot, "there is no queue 800")
        commands["Plan storm"].callback()
        await screen_is(pilot, ConfirmPlan)
        await pilot.press("y")
        await told(pilot, "It was made")
        assert offline(office, "8000") == {"enabled": "yes", "parameters": ["2145550123"]}
