"""Names that try to be more than names are shown as what they are, wherever a name is shown."""

import unicodedata

from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from queuewatch.pbx.sandbox.samples import Row, load_sample
from screens.editing.confirm_change import ConfirmChange
from screens.editing.confirm_plan import ConfirmPlan
from screens.editing.forward_editor import ForwardEditor
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.keys import painted, program, queues_shown, resize, running, screen_is, status, table, until
from tests.tui.phone_system import Office, open_office

MARKUP = "[red]x[/red][@click=app.quit]"
CONTROL = "\x1b[31m\x07\x9b2J\r\n\u202egnp\u2066\u200f"
VISIBLE = "[red]x[/red][@clic"
"""As much of it as every place has room for."""


def hostile_office() -> Office:
    def poisoned(*keys: str) -> tuple[Row, ...]:
        rows = {
            "description": sample.callqueues,
            "name-full-name": sample.agents,
            "attendant-name": sample.autoattendants,
        }
        found = rows.get(keys[0], sample.users)
        return tuple({**row, **dict.fromkeys(keys, MARKUP + CONTROL)} for row in found)

    sample = load_sample("lakeside")
    return open_office(
        replace(
            sample,
            title=MARKUP + CONTROL,
            callqueues=poisoned("description", "site"),
            agents=poisoned("name-full-name", "sub-portal-status"),
            users=poisoned("name-first-name", "site"),
            autoattendants=poisoned("attendant-name"),
        )
    )


def shown_harmlessly(pilot: Pilot[None], *before: str) -> None:
    """Whether the name is on the screen as it is, after each of these words, and nothing of it acts."""
    lines = painted(program(pilot))
    for words in before or ("",):
        assert any(f"{words}{VISIBLE}" in line for line in lines), lines
    for line in lines:
        bad = [char for char in line if unicodedata.category(char) in ("Cc", "Cs") or char in "\u202e\u2066\u200f"]
        assert not bad, line
    assert all(strip.cell_length == pilot.app.size.width for strip in pilot.app.screen._compositor.render_strips())


async def test_on_the_board_and_in_the_panel_beside_it() -> None:
    async with running(hostile_office().app(), (240, 40)) as pilot:
        shown_harmlessly(pilot, "queuewatch · ", "8000 ", "│ ")
        assert painted(program(pilot))[0].rstrip().endswith(("live", "as of 15:12")), "the top line stays one"
        await resize(pilot, 131, 30)
        shown_harmlessly(pilot, "queuewatch · ", "8000 ", "by ")


async def test_on_a_queues_own_screen() -> None:
    async with running(hostile_office().app(), (120, 40)) as pilot:
        await pilot.press("enter")
        screen = await screen_is(pilot, QueueScreen)
        shown_harmlessly(pilot, " ", "by ")
        # A name that was taken for markup would be a link by now.
        await pilot.click(screen, offset=(4, 0))
        await pilot.click(screen, offset=(20, 3))
        assert program(pilot).is_running


async def test_in_the_editor_and_the_confirmation() -> None:
    async with running(hostile_office().app(), (120, 40)) as pilot:
        await pilot.press("e")
        screen = await screen_is(pilot, ForwardEditor)
        shown_harmlessly(pilot, "When Offline of ", "queue           ")
        for typed, before in (
            ("vmail", "voicemail of "),
            ("aa_", "auto attendant  "),
            ("user_1001", "user            "),
        ):
            screen.query_one(Input).value = typed
            await pilot.pause()
            shown_harmlessly(pilot, before)
        await pilot.press("enter")
        plan = await screen_is(pilot, ConfirmPlan)
        shown_harmlessly(pilot, f"{plan.plan.changes[0].queue.extension} ")
        await pilot.press("escape", "e")
        screen = await screen_is(pilot, ForwardEditor)
        screen.query_one(Input).value = "user_1001"
        # Require Agents is left as it is.
        await pilot.press("f3", "enter")
        await screen_is(pilot, ConfirmChange)
        shown_harmlessly(pilot, "Default answering rule of ")


async def test_in_the_filter_and_the_status_line() -> None:
    async with running(hostile_office().app(), (120, 40)) as pilot:
        await pilot.press("slash", *"[red]", "enter")
        assert len(queues_shown(pilot)) == 7
        await pilot.press("slash", *"[/bold]")
        await until(pilot, lambda: not queues_shown(pilot), "nothing matches")
        assert any("No queue matches “[/bold]”" in line for line in painted(program(pilot)))
        await pilot.press("escape", "r")
        await screen_is(pilot, ConfirmChange)
        await pilot.press("y")
        await until(pilot, lambda: "confirmed" in status(pilot), "it is changed")
        shown_harmlessly(pilot, "Require Agents of ")


async def test_in_the_banner() -> None:
    sample = load_sample("lakeside")
    agents = tuple({**row, "ordinal-order": MARKUP + CONTROL} for row in sample.agents)
    async with running(open_office(replace(sample, agents=agents)).app(), (200, 40)) as pilot:
        shown_harmlessly(pilot, "is “")


async def test_with_the_palette_open() -> None:
    async with running(hostile_office().app(), (120, 40)) as pilot:
        await pilot.press("ctrl+p", *"[red]")
        await until(pilot, lambda: any("[red]" in line for line in painted(program(pilot))[:4]), "it is typed")
        await pilot.press("escape")
        await until(pilot, lambda: table(pilot).has_focus, "the palette is closed")
        shown_harmlessly(pilot)


async def test_in_the_picture_of_a_calls_way() -> None:
    async with running(hostile_office().app(), (140, 40)) as pilot:
        table(pilot).move_to("8001")
        await pilot.press("w", "L")
        await screen_is(pilot, WhatIfScreen)
        shown_harmlessly(pilot, "─▶│ ", "──▶│ ", "WHAT IF  ")
        await resize(pilot, 45, 40)
        shown_harmlessly(pilot, "│ ")
