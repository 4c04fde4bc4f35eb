"""``u``: the last change made here is taken back, from wherever one is; in a supposition, the supposition."""

import pytest
from textual.pilot import Pilot

from queuewatch.failover.drill.scope import DrillScope
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from screens.audit import AuditScreen
from screens.board.board import BoardScreen
from screens.drill.drill import DrillScreen
from screens.editing.confirm_change import ConfirmChange
from screens.history.one_queue import HistoryScreen
from screens.log import LogScreen
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.keys import home, program, running, screen_is, status, table, until
from tests.tui.phone_system import open_office


async def told(pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: words in status(pilot), f"the status line says: {words}")


async def change(pilot: Pilot[None], words: str = "is now No · u takes it back (confirmed).") -> None:
    await pilot.press("r")
    await screen_is(pilot, ConfirmChange)
    await pilot.press("y")
    await told(pilot, words)


async def test_what_was_changed_is_taken_back_one_after_the_other_and_then_the_log_is_shown() -> None:
    office = open_office()
    before = dict(office.pbx.floor.queues["8000"])
    async with running(office.app()) as pilot:
        await change(pilot)
        table(pilot).move_to("8001")
        await change(pilot)
        for queue in ("Appointments (8001)", "Front Desk (8000)"):
            await pilot.press("u")
            dialog = await screen_is(pilot, ConfirmChange)
            assert dialog.proposal.title.startswith("Undo change")
            assert queue in dialog.proposal.title
            await pilot.press("y")
            await told(pilot, f"Require Agents of {queue} is now Yes (confirmed).")
        assert office.pbx.floor.queues["8000"] == before
        await pilot.press("u")
        log = await screen_is(pilot, LogScreen)
        await told(pilot, "Nothing was changed from here since the program was opened.")
        # A sample has a log, too, for as long as it is open.
        assert [row.key for row in log.query_one("#changes").rows] == ["4", "3", "2", "1"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("key", "screen"), [("enter", QueueScreen), ("a", AuditScreen), ("i", HistoryScreen)])
async def test_it_is_there_on_every_screen(key: str, screen: type[QueueScreen]) -> None:
    async with running(open_office().app()) as pilot:
        await change(pilot)
        await pilot.press(key)
        await screen_is(pilot, screen)
        await pilot.press("u")
        assert (await screen_is(pilot, ConfirmChange)).proposal.undoes == "1"
        await pilot.press("n")
        await screen_is(pilot, screen)
        await told(pilot, "Nothing was changed.")


async def test_a_supposition_is_taken_back_where_there_is_one() -> None:
    async with running(open_office().app()) as pilot:
        await change(pilot)
        await pilot.press("w")
        what_if = await screen_is(pilot, WhatIfScreen)
        await pilot.press("L", "r", "u")
        assert (what_if.what_if.nothing, bool(what_if.what_if.settings)) == (False, False)
        await pilot.press("u")
        assert what_if.what_if.nothing
        await pilot.press("u")
        assert status(pilot).startswith("Nothing is supposed that could be taken back.")
        await home(pilot)
        await pilot.press("d", "enter")
        drill = await screen_is(pilot, DrillScreen)
        first = drill._scope
        drill._take_scope(DrillScope(everything=True))
        await pilot.press("u")
        assert drill._scope == first


async def test_what_is_not_known_is_looked_at_first() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await change(pilot)
        table(pilot).move_to("8001")
        office.faults.append(Fault("callqueues", FaultKind.STATUS, 1, 502, method="PUT"))
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        await pilot.press("y")
        await until(pilot, lambda: len(program(pilot).session.changes_made) == 2, "it is begun")
        await until(pilot, lambda: not program(pilot).is_changing, "somebody looks for what became of it")
        # It was never made: the one before is offered.
        await pilot.press("u")
        assert (await screen_is(pilot, ConfirmChange)).proposal.undoes == "1"
        assert isinstance(pilot.app.screen_stack[0], BoardScreen)
