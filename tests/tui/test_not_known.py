"""A change of which the board does not know whether it was made: told, looked for on the side, and told again."""

import asyncio
from importlib import import_module
from pathlib import Path

import pytest
from textual.pilot import Pilot

from queuewatch.journal import Journal
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from screens.editing.confirm_change import ConfirmChange
from tests.journal.build import JANE, journal
from tests.tui.keys import program, running, screen_is, status, until
from tests.tui.phone_system import Office, open_office

REQUIRE = "callqueue-require-available-agents-to-accept-new-callers"
LOST = Fault("callqueues/8000", FaultKind.STATUS, None, 504, method="PUT")


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """A log; a program that stays looks again soon."""
    monkeypatch.setattr(import_module("queuewatch.change.settling"), "BETWEEN_LOOKS", 0.02)
    return journal(tmp_path)


async def told(pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: words in status(pilot), f"the status line says: {words}")


async def toggle(pilot: Pilot[None], office: Office) -> None:
    office.faults.append(LOST)
    await pilot.press("r")
    await screen_is(pilot, ConfirmChange)
    await pilot.press("y")


async def test_the_board_goes_on_looking_and_says_what_came_of_it(book: Journal) -> None:
    office = open_office(journal=book)
    async with running(office.app()) as pilot:
        await toggle(pilot, office)
        await told(pilot, "Whether Require Agents of Front Desk (8000) was changed is not known: ")
        office.pbx.floor.queues["8000"][REQUIRE] = "no"
        await told(pilot, "Change 1 was made after all: Require Agents of Front Desk (8000) is No.")
    (entry,) = book.read().entries
    assert [one.outcome for one in (*entry.earlier, entry.ended) if one] == ["unknown", "confirmed"]


async def test_a_board_that_is_opened_later_looks_too(book: Journal) -> None:
    office = open_office(journal=book)
    async with running(office.app()) as pilot:
        await toggle(pilot, office)
        await told(pilot, "is not known: ")
    office = open_office(journal=book)
    async with running(office.app()) as pilot:
        await told(pilot, "Whether change 1 was made is still not known: ")
        office.pbx.floor.queues["8000"][REQUIRE] = "no"
        await told(pilot, "Change 1 was made after all: ")


async def test_while_it_is_only_looked_for_nobody_has_to_stay(
    book: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("queuewatch.change.apply"), "TOLD_AFTER", 0.0)
    office = open_office(journal=book)
    async with running(office.app()) as pilot:
        office.faults.append(LOST)
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        office.line.hold("callqueues/8000")
        await pilot.press("y")
        await told(pilot, "Still trying…")
        assert not program(pilot).is_changing
        await pilot.press("q")
        async with asyncio.timeout(60):
            await until(pilot, lambda: not program(pilot).is_running, "it is left")
    assert book.read().entries[0].outcome in ("unknown", "not sent")
    assert book.who == JANE
