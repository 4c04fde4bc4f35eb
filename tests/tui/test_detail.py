"""One queue in full."""

from datetime import datetime, timedelta

import pytest
from textual.pilot import Pilot

from queuewatch.pbx.sandbox.samples import load_sample
from screens.board.board import BoardScreen
from screens.keys.board import BOARD, QUEUE
from screens.queue import QueueScreen
from tests.tui.keys import (
    banner,
    facts,
    painted,
    program,
    running,
    screen_is,
    scrolled,
    status,
    table,
    until,
    words,
)
from tests.tui.phone_system import open_office
from widgets.agent_rows import AGENT_COLUMNS
from widgets.bars import TopBar
from widgets.fact_sheet import FactSheet
from widgets.queue_panel import AgentTable, QueuePanel

OPEN, BACK = BOARD[0], QUEUE[0]


def agents_shown(pilot: Pilot[None]) -> list[dict[str, str]]:
    return [
        {column.key: words(cell) for column, cell in zip(AGENT_COLUMNS, row.cells, strict=True)}
        for row in program(pilot).screen.query_one(AgentTable).rows
    ]


def name(pilot: Pilot[None]) -> str:
    return program(pilot).screen.query_one(TopBar).left


async def test_every_key_that_opens_and_every_key_that_returns() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.press("down")
        for there, back in zip(OPEN.keys, BACK.keys, strict=True):
            await pilot.press(there)
            await screen_is(pilot, QueueScreen)
            assert name(pilot) == "Dispatch (8100) · Houston"
            await pilot.press(back)
            await screen_is(pilot, BoardScreen)
            assert table(pilot).cursor_key == "8100"


async def test_next_and_previous_go_round() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        seen = []
        for key in ("n", "right_square_bracket", "left_square_bracket", "b", "b"):
            await pilot.press(key)
            seen.append(name(pilot).split(" (")[0])
        assert seen == ["Appointments", "Billing & Insurance", "Appointments", "Front Desk", "Referrals"]
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)


async def test_everything_about_a_queue() -> None:
    async with running(open_office("lakeside").app(), (120, 50)) as pilot:
        table(pilot).move_to("8001")
        await pilot.press("enter")
        screen = await screen_is(pilot, QueueScreen)
        assert screen.chosen is not None
        await until(pilot, lambda: any(agent["phone"] for agent in agents_shown(pilot)), "the phones are read")
        assert facts(pilot, "#verdict")["Now"].startswith("◆ waits  A call waits for an agent")
        assert facts(pilot, "#verdict")["How long"].startswith("within ")
        assert facts(pilot, "#settings") == {
            "Require Agents": "Yes  Call Queues > Pre-Queue Options",
            "When Offline": "Austin Front Desk (8003)  Users > Answering Rules > Default",
            "Waiting": "1 of at most 10",
        }
        assert [(agent["agent"], agent["status"]) for agent in agents_shown(pilot)] == [
            ("Eli Brown", "◆ Red · on a call"),
            ("Zoë Brandt", "◆ Red · on a call"),
            ("Ana Lopez", "○ Grey · set Offline"),
            ("Priya Raman", "◆ Red · on a call"),
        ]
        assert facts(pilot, "#path")["Path dark"] == (
            "caller → Appointments (8001) → Austin Front Desk (8003) → (512) 555-0140 · an outside number"
        )
        assert facts(pilot, "#rules")["Default"].startswith("✔ in effect  When Offline → Austin Front Desk (8003)")
        assert "Assumed: busy agents keep Appointments (8001) open" in " ".join(painted(program(pilot)))


async def test_registrations_count_down_where_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.queue.TICK", 0.05)
    now = [load_sample("lakeside").start]

    def clock() -> datetime:
        return now[0]

    async with running(open_office(clock=clock).app()) as pilot:
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await until(pilot, lambda: agents_shown(pilot)[0]["expires"] != "", "the registration is read")
        before = agents_shown(pilot)[0]["expires"]
        minutes, seconds = (int(part) for part in before.split(":"))
        now[0] += timedelta(seconds=minutes * 60 + seconds - 5)
        await until(pilot, lambda: agents_shown(pilot)[0]["expires"] == "0:05", "five seconds are left")
        now[0] += timedelta(seconds=30)
        await until(pilot, lambda: agents_shown(pilot)[0]["expires"] == "0:00", "it never goes below zero")


async def test_a_change_of_an_agent_has_its_time() -> None:
    now = [load_sample("lakeside").start]
    office = open_office(clock=lambda: now[0])
    async with running(office.app(), (120, 50)) as pilot:
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        assert {agent["since"] for agent in agents_shown(pilot)} == {""}
        now[0] += timedelta(minutes=2)
        office.pbx.floor.hang_up("1002")
        await pilot.press("f5")
        await until(pilot, lambda: agents_shown(pilot)[1]["status"] == "● Green · ready", "Ben Ito is ready")
        assert [agent["since"] for agent in agents_shown(pilot)] == ["", "15:14", "", ""]
        assert name(pilot) == "Front Desk (8000) · Dallas"


async def test_a_queue_deleted_while_it_is_looked_at() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        del office.pbx.floor.queues["8000"]
        await pilot.press("f5")
        await until(pilot, lambda: banner(pilot).startswith("There is no queue 8000 any more"), "it is told")
        for key in ("e", "r", "n", "b"):
            await pilot.press(key)
            assert isinstance(program(pilot).screen, QueueScreen)
        assert office.written == []
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)
        assert "8000" not in [row.key for row in table(pilot).rows]
        assert table(pilot).cursor_key == "8001"


async def test_a_long_queue_scrolls_by_every_key_of_the_help() -> None:
    async with running(open_office().app(), (80, 16)) as pilot:
        await pilot.press("enter")
        panel = (await screen_is(pilot, QueueScreen)).query_one(QueuePanel)
        await until(pilot, lambda: panel.max_scroll_y > 12, "there is more than a page")
        for down, up in (("down", "up"), ("j", "k"), ("pagedown", "pageup"), ("ctrl+d", "ctrl+u")):
            await pilot.press(down)
            await scrolled(pilot, panel, lambda y: y > 0, down)
            await pilot.press(up)
            await scrolled(pilot, panel, lambda y: y == 0, up)
        for last, first in (("end", "home"), ("G", "g")):
            await pilot.press(last)
            await scrolled(pilot, panel, lambda y: y == panel.max_scroll_y, last)
            await pilot.press(first)
            await scrolled(pilot, panel, lambda y: y == 0, first)


async def test_power_is_cut_and_given_back() -> None:
    now = [load_sample("lakeside").start]
    office = open_office(clock=lambda: now[0])
    async with running(office.app()) as pilot:
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await pilot.press("p")
        assert office.pbx.powered_off == {"Dallas"}
        assert status(pilot).startswith("Power cut at Dallas")
        now[0] += timedelta(minutes=10)
        await pilot.press("f5")
        await until(
            pilot,
            lambda: agents_shown(pilot)[0]["status"] == "○ Grey · no device connected",
            "the phones are gone",
        )
        assert facts(pilot, "#verdict")["Now"].startswith("→ fails over")
        await pilot.press("p")
        assert office.pbx.powered_off == set()
        assert status(pilot).startswith("Power is back at Dallas")


async def test_a_real_phone_system_has_no_power_key() -> None:
    office = open_office(real=True)
    async with running(office.app()) as pilot:
        await pilot.press("p")
        assert office.pbx.powered_off == set()
        assert "Power" not in painted(program(pilot))[-1]


async def test_it_says_where_the_time_frames_disagree_with_the_phone_system() -> None:
    async with running(open_office("harbor").app(), (120, 50)) as pilot:
        table(pilot).move_to("8101")
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        said = "By the time frames of Customs Desk (8101) the rule Business Hours would be in effect"
        sheet = program(pilot).screen.query_one("#assumptions", FactSheet)
        await until(
            pilot,
            lambda: any(words(fact.spans).startswith(said) for fact in sheet.facts),
            "the disagreement is said",
        )
