"""What is shown goes away on the phone system: agents, the queue under the cursor, every queue, the domain."""

from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from screens.audit import AuditScreen
from screens.board.board import BoardScreen
from screens.drill.drill import DrillScreen
from screens.editing.confirm_change import ConfirmChange
from screens.editing.forward_editor import ForwardEditor
from screens.log import LogScreen
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.keys import banner, board, program, queues_shown, running, screen_is, status, until
from tests.tui.phone_system import Office, open_office

SCREENS: list[tuple[tuple[str, ...], type[Screen[Any]]]] = [
    ((), BoardScreen),
    (("enter",), QueueScreen),
    (("w",), WhatIfScreen),
    (("a",), AuditScreen),
    (("d", "enter"), DrillScreen),
    (("v",), LogScreen),
    (("e",), ForwardEditor),
    (("r",), ConfirmChange),
]


async def read_again(pilot: Pilot[None]) -> None:
    """Read everything, and wait until it is drawn on the board below."""
    watching = program(pilot).session.poller
    before = watching.live_state
    watching.refresh()
    await until(pilot, lambda: watching.live_state is not before, "it is read again")


async def without(pilot: Pilot[None], office: Office, wanted: list[str]) -> None:
    """Leave only these queues, and nobody in the first of them."""
    floor = office.pbx.floor
    for extension in [extension for extension in floor.queues if extension not in wanted]:
        del floor.queues[extension]
    floor._agents = [row for row in floor._agents if row["callqueue"] in wanted[1:]]
    await read_again(pilot)
    await until(pilot, lambda: set(queues_shown(pilot)) == set(wanted), "they are gone")


async def test_on_every_screen_whatever_is_shown_may_vanish() -> None:
    office = open_office("riverside")
    floor = office.pbx.floor
    queues, agents = dict(floor.queues), list(floor._agents)
    async with running(office.app(), (100, 30)) as pilot:
        for keys, kind in SCREENS:
            await pilot.press(*keys)
            screen = await screen_is(pilot, kind)
            chosen = board(pilot).chosen
            assert chosen is not None
            others = [queue for queue in queues_shown(pilot) if queue != chosen.extension]
            await without(pilot, office, others)
            await without(pilot, office, [])
            # The other two have tests of their own for this.
            if isinstance(screen, BoardScreen | AuditScreen | DrillScreen | LogScreen):
                await pilot.press(*(one.keys[0] for one in screen.ACTIONS if one.method != "filter"))
            while len(program(pilot).screen_stack) > 1:
                await pilot.press("escape")
            floor.queues.update(queues)
            floor._agents = list(agents)
            await read_again(pilot)
            await until(pilot, lambda: set(queues_shown(pilot)) == set(queues), "they are back")
            await pilot.press("home")
        assert office.written == []


async def test_a_queue_deleted_while_its_change_is_being_confirmed() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        for key in ("r", "e"):
            await pilot.press(key)
            if key == "e":
                (await screen_is(pilot, ForwardEditor)).query_one(Input).value = "9725550188"
                await pilot.press("enter")
            await screen_is(pilot, ConfirmChange)
            queue = board(pilot).chosen
            assert queue is not None
            kept = office.pbx.floor.queues.pop(queue.extension)
            rules = office.pbx.rules.pop(queue.extension)
            user = office.pbx.users.pop(queue.extension)
            await pilot.press("y")
            await screen_is(pilot, BoardScreen)
            await until(pilot, lambda: "was not changed:" in status(pilot), "it is told")
            office.pbx.floor.queues[queue.extension] = kept
            office.pbx.rules[queue.extension], office.pbx.users[queue.extension] = rules, user
        assert office.written == []


async def test_a_domain_that_is_removed_leaves_the_last_picture_and_comes_back() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        shown, domain = queues_shown(pilot), office.pbx.domain
        office.pbx.domain = "renamed.example"
        await pilot.press("f5")
        await until(pilot, lambda: f"Domain {domain} does not exist" in banner(pilot), "it is told")
        assert queues_shown(pilot) == shown
        office.pbx.domain = domain
        await pilot.press("f5")
        await until(pilot, lambda: banner(pilot) == "", "it is back")
