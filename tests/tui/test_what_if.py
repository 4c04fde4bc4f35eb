"""What if: suppositions on top of a living phone system, and nothing ever written to it."""

import pytest
from textual.pilot import Pilot

from screens.board.board import BoardScreen
from screens.help.help import HelpScreen
from screens.keys.tasks import SIMULATOR
from screens.queue import QueueScreen
from screens.what_if import PROMISE, WhatIfScreen
from tests.tui.keys import banner, facts, painted, program, running, screen_is, status, table, until, words
from tests.tui.phone_system import Office, open_office
from widgets.call_path import CallPath
from widgets.line_table import LineTable
from widgets.what_if_rows import WHAT_IF_COLUMNS

APPOINTMENTS = ("Eli Brown", "Zoë Brandt", "Ana Lopez", "Priya Raman")


async def simulating(pilot: Pilot[None], queue: str) -> WhatIfScreen:
    table(pilot).move_to(queue)
    await pilot.press("w")
    return await screen_is(pilot, WhatIfScreen)


def agents(pilot: Pilot[None]) -> LineTable:
    return program(pilot).screen.query_one("#agents", LineTable)


def shown(pilot: Pilot[None]) -> dict[str, dict[str, str]]:
    """Every row by its name: the text of each cell by its column."""
    rows = [
        {column.key: words(cell).strip() for column, cell in zip(WHAT_IF_COLUMNS, row.cells, strict=True)}
        for row in agents(pilot).rows
    ]
    return {row["agent"]: row for row in rows}


def way(pilot: Pilot[None]) -> list[tuple[str, str]]:
    """The stations of the picture: name, and what happens there."""
    picture = program(pilot).screen.query_one(CallPath).picture
    return [(station.name, station.mark.text) for station in picture.stations]


async def turn(pilot: Pilot[None], name: str, *keys: str) -> None:
    """Put the cursor on a name and press keys."""
    (key,) = [row.key for row in agents(pilot).rows if words(row.cells[0]).strip() == name]
    agents(pilot).move_to(key)
    await pilot.press(*keys)


async def test_it_opens_from_the_board_and_from_one_queue_and_returns_there() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("w")
        await screen_is(pilot, WhatIfScreen)
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await pilot.press("f7")
        await screen_is(pilot, WhatIfScreen)
        await pilot.press("question_mark")
        told = await screen_is(pilot, HelpScreen)
        assert str(told.query_one("#title").render()).startswith("Help: what if")
        await pilot.press("escape", "left")
        await screen_is(pilot, QueueScreen)


async def test_it_begins_with_what_is_so_and_with_everybody_on_the_way() -> None:
    async with running(open_office().app()) as pilot:
        await simulating(pilot, "8001")
        assert way(pilot) == [("Appointments (8001)", "◆ waits")]
        assert facts(pilot, "#facts")["Now"].startswith("◆ waits  A call waits for an agent")
        assert facts(pilot, "#facts")["To fail over"] == (
            "It would fail over if Eli Brown (Dallas), Zoë Brandt (Dallas) and Priya Raman (Remote) "
            "were offline too."
        )
        assert facts(pilot, "#facts")["Settings"] == "Require Agents Yes · When Offline Austin Front Desk (8003)"
        assert list(shown(pilot))[:6] == ["Appointments (8001)", *APPOINTMENTS, "Austin Front Desk (8003)"]
        assert {row["really"] for row in shown(pilot).values()} == {""}
        assert status(pilot) == PROMISE


async def test_turning_the_last_agent_grey_redraws_the_way_to_where_it_fails_over() -> None:
    async with running(open_office().app(), (140, 40)) as pilot:
        await simulating(pilot, "8001")
        for name in ("Eli Brown", "Zoë Brandt"):
            await turn(pilot, name, "3")
            assert way(pilot) == [("Appointments (8001)", "◆ waits")]
        assert facts(pilot, "#facts")["To fail over"] == (
            "It would fail over if Priya Raman (Remote) were offline too."
        )
        await turn(pilot, "Priya Raman", "3")
        assert way(pilot) == [("Appointments (8001)", "→ fails over"), ("Austin Front Desk (8003)", "● rings")]
        assert facts(pilot, "#facts")["What if"].startswith("→ fails over  A call fails over to Austin Front Desk")
        assert facts(pilot, "#facts")["To stop it"] == (
            "It stops failing over as soon as any one of its 4 agents is online."
        )
        assert shown(pilot)["Priya Raman"]["supposed"] == "○ Grey · supposed"
        assert shown(pilot)["Priya Raman"]["really"] == "◆ Red · on a call"
        assert any("When Offline ──▶│ Austin Front Desk (8003)" in line for line in painted(program(pilot)))


async def test_space_goes_round_the_colours_and_a_queues_name_stands_for_all_its_agents() -> None:
    async with running(open_office().app()) as pilot:
        await simulating(pilot, "8001")
        seen = []
        for key in ("space", "enter", "space", "enter"):
            await turn(pilot, "Ana Lopez", key)
            seen.append(shown(pilot)["Ana Lopez"]["supposed"])
        assert seen == ["○ Grey · supposed", "● Green · supposed", "◆ Red · supposed", "○ Grey · set Offline"]
        await turn(pilot, "Appointments (8001)", "space")
        assert {shown(pilot)[name]["supposed"] for name in APPOINTMENTS} == {"○ Grey · supposed"}
        assert shown(pilot)["Hana Novák"]["supposed"] == "● Green · ready"


async def test_every_colour_has_its_key() -> None:
    async with running(open_office().app()) as pilot:
        await simulating(pilot, "8001")
        await turn(pilot, "Eli Brown")
        seen = []
        for key in ("1", "2", "minus", "0"):
            await pilot.press(key)
            seen.append(shown(pilot)["Eli Brown"]["supposed"])
        assert seen == ["● Green · supposed", "◆ Red · supposed", "○ Grey · supposed", "◆ Red · on a call"]


async def test_the_building_goes_dark_and_clear_brings_everything_back() -> None:
    async with running(open_office().app()) as pilot:
        await simulating(pilot, "8001")
        before = agents(pilot).rows, way(pilot), facts(pilot, "#facts")
        await pilot.press("L")
        assert way(pilot) == [
            ("Appointments (8001)", "→ fails over"),
            ("Austin Front Desk (8003)", "→ fails over"),
            ("(512) 555-0140", "✔ outside number"),
        ]
        assert status(pilot) == f"8 agents supposed Grey. {PROMISE}"
        await pilot.press("r", "e")
        await pilot.press("N")
        assert (agents(pilot).rows, way(pilot), facts(pilot, "#facts")) == before


async def test_settings_are_supposed_and_never_written() -> None:
    office = open_office(read_only=True)
    async with running(office.app()) as pilot:
        await simulating(pilot, "8001")
        await pilot.press("L", "r")
        assert way(pilot) == [("Appointments (8001)", "✖ stranded")]
        assert facts(pilot, "#facts")["Settings"].startswith("Require Agents No supposed · ")
        await pilot.press("f3", "e")
        assert way(pilot)[0] == ("Appointments (8001)", "→ overflows")
        assert facts(pilot, "#facts")["Settings"] == "Require Agents Yes · When Offline off supposed"
        await pilot.press("f2")
        assert len(way(pilot)) == 3
        await pilot.press(*(action.keys[0] for action in SIMULATOR[1:]))
        assert isinstance(program(pilot).screen, WhatIfScreen)
    assert office.written == []


async def test_the_smallest_change_is_supposed_and_turned_round_again() -> None:
    async with running(open_office("harbor").app(), (140, 40)) as pilot:
        await simulating(pilot, "8110")
        assert facts(pilot, "#facts")["To fail over"] == (
            "It would fail over if Require Agents were Yes and When Offline named an outside number."
            "  → queuewatch require-agents 8110 yes  → queuewatch when-offline 8110 NUMBER"
        )
        await pilot.press("I")
        assert way(pilot) == [("Yard Gate (8110)", "→ fails over"), ("an outside number", "✔ outside number")]
        assert facts(pilot, "#facts")["Settings"] == (
            "Require Agents Yes supposed · When Offline an outside number supposed"
        )
        await pilot.press("f4")
        assert way(pilot) == [("Yard Gate (8110)", "● rings")]
        assert facts(pilot, "#facts")["To fail over"].startswith("It would fail over if Joe Castillo")


async def test_a_loop_is_drawn_as_one() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await simulating(pilot, "8102")
        await pilot.press("L")
        loop = "✖ comes back: a loop"
        await until(pilot, lambda: any(loop in line for line in painted(program(pilot))), "it is drawn")
        assert facts(pilot, "#facts")["What if"].startswith("✖ nobody: loop  ")
        assert list(shown(pilot)).count("Tracking (8103)") == 1


async def test_suppositions_stay_on_top_of_what_goes_on_underneath() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await simulating(pilot, "8001")
        await turn(pilot, "Eli Brown", "3")
        office.pbx.floor.hang_up("1006")
        await pilot.press("f5")
        await until(pilot, lambda: shown(pilot)["Zoë Brandt"]["supposed"] == "● Green · ready", "Zoë is ready")
        assert shown(pilot)["Eli Brown"]["supposed"] == "○ Grey · supposed"
        assert way(pilot) == [("Appointments (8001)", "● rings")]
        assert words(agents(pilot).rows[agents(pilot).cursor].cells[0]).strip() == "Eli Brown"


def leave(office: Office, agent: str) -> None:
    office.pbx.floor._agents = [row for row in office.pbx.floor._agents if row["callqueue-agent-id"] != agent]


async def test_who_is_taken_out_of_every_queue_is_no_longer_supposed_and_that_is_said_once() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        screen = await simulating(pilot, "8001")
        await pilot.press("L")
        (gone,) = [agent for agent in screen.what_if.colours if agent.startswith("1020")]
        leave(office, gone)
        await pilot.press("f5")
        await until(pilot, lambda: "no queue any more" in status(pilot), "it is said")
        assert status(pilot) == "Priya Raman sits in no queue any more: what was supposed is dropped."
        assert gone not in screen.what_if.colours
        assert "Priya Raman" not in shown(pilot)
        assert len(way(pilot)) == 3
        await turn(pilot, "Eli Brown", "1")
        assert status(pilot) == PROMISE


async def test_a_queue_deleted_meanwhile() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await simulating(pilot, "8001")
        await pilot.press("L")
        del office.pbx.floor.queues["8001"]
        await pilot.press("f5")
        await until(pilot, lambda: banner(pilot).startswith("There is no queue 8001 any more"), "it is told")
        assert way(pilot) == []
        assert agents(pilot).rows == ()
        await pilot.press(*(action.keys[0] for action in SIMULATOR[1:]))
        assert isinstance(program(pilot).screen, WhatIfScreen)
        assert office.written == []
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)


async def test_a_picture_that_is_too_high_is_scrolled_and_leaves_room_for_the_agents() -> None:
    async with running(open_office().app(), (50, 24)) as pilot:
        screen = await simulating(pilot, "8001")
        await pilot.press("L")
        await until(pilot, lambda: screen.query_one("#way").max_scroll_y > 0, "the picture is too high")
        assert agents(pilot).size.height >= 3


async def test_nothing_new_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(open_office().app()) as pilot:
        screen = await simulating(pilot, "8001")
        await pilot.press("L")
        drawn: list[str] = []
        for part in (screen.query_one(CallPath), agents(pilot), screen.query_one("#facts"), screen):
            name = type(part).__name__
            monkeypatch.setattr(part, "refresh", lambda *regions, name=name, **how: drawn.append(name))
        screen.redraw()
        assert drawn == []


async def test_a_double_click_turns_an_agent() -> None:
    async with running(open_office().app()) as pilot:
        await simulating(pilot, "8001")
        await turn(pilot, "Eli Brown")
        await pilot.click(agents(pilot), offset=(4, 2), times=2)
        assert shown(pilot)["Eli Brown"]["supposed"] == "○ Grey · supposed"


async def test_another_time_brings_the_rule_of_then_and_nothing_typed_brings_now_back() -> None:
    async with running(open_office().app()) as pilot:
        await simulating(pilot, "8003")
        assert "Then" not in facts(pilot, "#facts")
        await pilot.press("W", *"2026-11-26 10:00", "enter")
        await until(pilot, lambda: "Then" in facts(pilot, "#facts"), "it is then")
        assert "10:00 in US/Central the rule in effect is Holidays" in facts(pilot, "#facts")["Then"]
        assert "Thu 2026-11-26 10:00" in painted(program(pilot))[0]
        await pilot.press("W", "ctrl+u", "enter")
        await until(pilot, lambda: "Then" not in facts(pilot, "#facts"), "it is now")
        assert "as of" in painted(program(pilot))[0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("soon", "is not a date and a time"), ("2027-03-14 02:30", "does not exist in US/Central")],
)
async def test_a_time_that_is_none_is_told_and_can_be_mended(typed: str, said: str) -> None:
    async with running(open_office().app()) as pilot:
        await simulating(pilot, "8003")
        await pilot.press("W", *typed, "enter")
        await until(pilot, lambda: said in status(pilot), "it is told")
        assert "Then" not in facts(pilot, "#facts")
        await pilot.press("escape", "escape")
        await screen_is(pilot, BoardScreen)
