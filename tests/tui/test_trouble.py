"""A phone system that does not answer as it should: it is said, nothing is lost, and it passes."""

import pytest
from textual.pilot import Pilot

from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from screens.queue import QueueScreen
from tests.tui.keys import banner, facts, loaded, painted, program, queues_shown, running, screen_is, table, until
from tests.tui.phone_system import Office, open_office
from widgets.bars import TopBar


async def come_right(pilot: Pilot[None], office: Office) -> None:
    """End every trouble, and read again."""
    office.line.cut = False
    office.faults.clear()
    await pilot.press("f5")
    await until(pilot, lambda: banner(pilot) == "", "the banner is gone")


FAULTS = [
    (Fault("", FaultKind.STATUS, None, 401), "does not accept the token"),
    (Fault("", FaultKind.STATUS, None, 429, retry_after=30), "Next try at "),
    (Fault("", FaultKind.STATUS, None, 503), "asks for fewer requests"),
    (Fault("", FaultKind.PAGE, None, 200), "web page"),
    (Fault("/callqueues", FaultKind.TRUNCATED, None), "breaks off in the middle"),
    (Fault("/agents", FaultKind.WRONG_SHAPE, None), "agents"),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS)
async def test_a_fault_is_told_and_the_picture_kept(fault: Fault, words: str) -> None:
    office = open_office()
    async with running(office.app(), (100, 30)) as pilot:
        rows = table(pilot).rows
        office.faults.append(fault)
        await pilot.press("f5")
        await until(pilot, lambda: "What you see is as of 15:12:00." in banner(pilot), "the banner is there")
        assert words in banner(pilot)
        assert table(pilot).rows == rows
        assert pilot.app.screen.has_class("-stale")
        if fault.retry_after is None:
            # A server that asked to be left alone is left alone, whatever the user presses.
            await come_right(pilot, office)
            assert not pilot.app.screen.has_class("-stale")


async def test_a_verdict_on_an_old_picture_is_a_verdict_on_then() -> None:
    office = open_office()
    async with running(office.app(), (80, 24)) as pilot:
        assert "Now" in facts(pilot, "#summary")
        office.line.cut = True
        await pilot.press("f5")
        await until(pilot, lambda: banner(pilot).startswith("localhost refused the connection"), "it is told")
        assert "At 15:12" in facts(pilot, "#summary")
        assert "Now" not in facts(pilot, "#summary")
        assert program(pilot).screen.query_one(TopBar).right.endswith("as of 15:12")
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        assert "At 15:12" in facts(pilot, "#verdict")
        assert "What you see is as of 15:12:00." in banner(pilot)
        await come_right(pilot, office)
        assert "Now" in facts(pilot, "#verdict")


async def test_a_phone_system_that_never_answered() -> None:
    office = open_office()
    office.line.cut = True
    async with running(office.app(), wait=False) as pilot:
        await until(pilot, lambda: "Nothing could be read yet." in banner(pilot), "it is told")
        assert queues_shown(pilot) == []
        assert "Reading the queues" not in "\n".join(painted(program(pilot)))
        await come_right(pilot, office)
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        assert len(queues_shown(pilot)) == 7


async def test_the_keys_work_without_a_phone_system() -> None:
    office = open_office("harbor")
    async with running(office.app()) as pilot:
        office.line.cut = True
        await pilot.press("f5")
        await until(pilot, lambda: banner(pilot) != "", "it is told")
        await pilot.press("down", "s", "slash", *"gate", "enter")
        assert queues_shown(pilot) == ["8110"]
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await pilot.press("escape", "escape")
        assert len(queues_shown(pilot)) == len(office.pbx.sample.callqueues) - 1


async def test_a_part_that_cannot_be_read_is_told_calmly() -> None:
    office = open_office()
    office.faults.append(Fault("/phonenumbers", FaultKind.STATUS, None, 403))
    async with running(office.app(), wait=False) as pilot:
        await until(pilot, lambda: banner(pilot).startswith("The phone numbers could not be read"), "it is told")
        assert not pilot.app.screen.has_class("-stale")
