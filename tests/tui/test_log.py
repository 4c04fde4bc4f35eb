"""The log of changes on a screen, and undo from its key to the phone system and back."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from queuewatch.failover.model import Forward
from queuewatch.journal import Journal, JournalEntry, State, WhenOffline
from screens.board.board import BoardScreen
from screens.editing.confirm_change import ConfirmChange
from screens.log import LogScreen
from screens.queue import QueueScreen
from tests.journal.build import NO, NOON, OFF, YES, entry, forwarded, journal, lines, toggled
from tests.tui.keys import banner, facts, painted, program, running, screen_is, status, until, words
from tests.tui.phone_system import Office, open_office
from widgets.bars import TopBar
from widgets.line_table import LineTable
from widgets.log_rows import CHANGE_COLUMNS

Compare = Callable[..., bool]
REQUIRE = "callqueue-require-available-agents-to-accept-new-callers"
ELSEWHERE = State("(312) 555-0199", WhenOffline(Forward(True, ("3125550199",))))
HERE = ("http://localhost/ns-api/v2", "lakeside.example")


def told_here(one: JournalEntry) -> JournalEntry:
    """The same change, made to the sample company."""
    edit = replace(one.edit, server=HERE[0], domain=HERE[1], name="Front Desk")
    return replace(one, edit=edit)


@pytest.fixture
def book(tmp_path: Path) -> Journal:
    return journal(tmp_path)


def write(book: Journal, *entries: JournalEntry) -> None:
    book.path.parent.mkdir(exist_ok=True)
    book.path.write_bytes(b"\n".join(lines(*map(told_here, entries))) + b"\n")


async def open_log(pilot: Pilot[None]) -> LogScreen:
    await pilot.press("v")
    return await screen_is(pilot, LogScreen)


def rows(pilot: Pilot[None]) -> list[dict[str, str]]:
    """The changes shown, from the top: the text of each cell by its column."""
    shown = program(pilot).screen.query_one("#changes", LineTable).rows
    return [
        {column.key: words(cell) for column, cell in zip(CHANGE_COLUMNS, row.cells, strict=True)} for row in shown
    ]


async def told(pilot: Pilot[None], what: str) -> None:
    await until(pilot, lambda: what in status(pilot), f"the status line says: {what}")


async def toggle(pilot: Pilot[None]) -> None:
    await pilot.press("r")
    await screen_is(pilot, ConfirmChange)
    await pilot.press("y")
    await told(pilot, "confirmed")


def held(office: Office) -> object:
    return deepcopy({"queues": dict(office.pbx.floor.queues), "rules": office.pbx.rules})


async def test_a_change_is_logged_shown_and_undone(book: Journal) -> None:
    office = open_office(journal=book)
    before = held(office)
    async with running(office.app()) as pilot:
        await toggle(pilot)
        await open_log(pilot)
        assert rows(pilot) == [
            {
                "id": "1",
                "when": "11-23 12:00",
                "queue": "Front Desk",
                "setting": "Require Agents",
                "change": "Yes → No",
                "who": "jane",
                "outcome": "✔ confirmed",
            }
        ]
        assert facts(pilot, "#facts") == {
            "Change": "1  Require Agents of Front Desk (8000)",
            "": "Yes → No",
            "Made": "2026-11-23 12:00 by jane (acme)",
            "Outcome": "✔ confirmed",
            "Now": "No  as the change wanted it",
        }
        await pilot.press("z")
        dialog = await screen_is(pilot, ConfirmChange)
        assert dialog.proposal.title == "Undo change 1: Require Agents of Front Desk (8000)"
        assert facts(pilot, "FactSheet")["Setting"] == "No  →  Yes"
        await pilot.press("y")
        await told(pilot, "Require Agents of Front Desk (8000) is now Yes (confirmed).")
        await until(pilot, lambda: len(rows(pilot)) == 2, "the undo is listed")
        assert [row["outcome"] for row in rows(pilot)] == ["✔ confirmed", "→ undone by 2"]
        await until(pilot, lambda: facts(pilot, "#facts")["Now"].startswith("Yes"), "what holds now is shown")
        # Pressed once more, it is about the same change, not about its undoing.
        assert facts(pilot, "#facts")["Change"] == "1  Require Agents of Front Desk (8000)"
    assert held(office) == before


async def test_it_opens_from_the_board_and_from_a_queue_and_leads_back(book: Journal) -> None:
    async with running(open_office(journal=book).app()) as pilot:
        for key in ("v", "f11"):
            await pilot.press(key)
            await screen_is(pilot, LogScreen)
            await pilot.press("escape")
            await screen_is(pilot, BoardScreen)
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await open_log(pilot)
        await pilot.press("left")
        await screen_is(pilot, QueueScreen)


async def test_changes_to_sample_data_are_kept_until_the_program_ends() -> None:
    async with running(open_office().app()) as pilot:
        await open_log(pilot)
        assert " No change has been made to this sample since it was opened." in "\n".join(painted(program(pilot)))
        await pilot.press("escape")
        await toggle(pilot)
        await open_log(pilot)
        assert [row["change"] for row in rows(pilot)] == ["Yes → No"]
        assert program(pilot).screen.query_one(TopBar).right == "1 change, kept until the program ends"
        await pilot.press("z")
        assert (await screen_is(pilot, ConfirmChange)).proposal.undoes == "1"


async def test_an_empty_log_says_so_and_has_nothing_to_undo(book: Journal) -> None:
    async with running(open_office(journal=book).app()) as pilot:
        screen = await open_log(pilot)
        assert screen.query_one(TopBar).right == "0 changes"
        assert "No change to this domain has been made through queuewatch" in "\n".join(painted(program(pilot)))
        await pilot.press("z")
        assert status(pilot) == "There is no change here to undo: one made with e or r will be listed here."


async def test_only_changes_to_this_domain_are_listed_the_latest_first(book: Journal) -> None:
    write(
        book,
        entry("1", toggled()),
        entry("2", forwarded(OFF, ELSEWHERE), "refused"),
        entry("3", toggled(YES, NO), ""),
    )
    with book.path.open("ab") as file:
        file.write(b"\n".join(lines(entry("4", toggled()))))
    async with running(open_office(journal=book).app()) as pilot:
        await open_log(pilot)
        assert [(row["id"], row["outcome"]) for row in rows(pilot)] == [
            ("3", "? not known"),
            ("2", "✖ refused"),
            ("1", "✔ confirmed"),
        ]
        assert facts(pilot, "#facts")["Next"] == "z restores what was there before, if the change was made"
        await pilot.press("down")
        assert facts(pilot, "#facts")["Outcome"] == "✖ refused  It is refused."
        assert facts(pilot, "#facts")["Now"].endswith("neither as before the change nor as after it")
        await pilot.press("z")
        await told(pilot, "Nothing was changed: Change 2 was not made: there is nothing to undo.")


async def test_what_another_program_changed_appears(book: Journal) -> None:
    async with running(open_office(journal=book).app()) as pilot:
        await open_log(pilot)
        write(book, entry("1", toggled(YES, NO)))
        await pilot.press("f5")
        await until(pilot, lambda: len(rows(pilot)) == 1, "it is listed")
        assert facts(pilot, "#facts")["Now"] == "Yes  as it was before the change"


def refused(office: Office) -> None:
    office.line.cut = True


@pytest.mark.parametrize(
    ("entries", "first", "says"),
    [
        (
            [entry("1", toggled()), entry("2", toggled(YES, NO, undoes="1"))],
            None,
            "Change 1 was undone already, by change 2.",
        ),
        ([entry("1", toggled(YES, NO))], refused, "localhost refused the connection"),
        ([entry("1", toggled(YES, NO))], None, "Require Agents of Front Desk (8000) is Yes already."),
    ],
)
async def test_what_cannot_be_undone_is_said(
    book: Journal, entries: list[JournalEntry], first: Callable[[Office], None] | None, says: str
) -> None:
    write(book, *entries)
    office = open_office(journal=book)
    async with running(office.app()) as pilot:
        await open_log(pilot)
        if first is not None:
            first(office)
        await pilot.press("end", "z")
        await told(pilot, says)
    assert office.written == []


async def test_what_somebody_changed_since_is_shown_and_needs_the_word_twice(book: Journal) -> None:
    office = open_office(journal=book)
    async with running(office.app()) as pilot:
        await toggle(pilot)
        office.pbx.floor.queues["8000"][REQUIRE] = "perhaps"
        await open_log(pilot)
        await pilot.press("z")
        await screen_is(pilot, ConfirmChange)
        assert facts(pilot, "FactSheet")["✖ Stop"] == (
            "Somebody changed it since change 1: it was left at No and is now not readable."
        )
        await pilot.press("y")
        assert len(office.written) == 1
        await pilot.press("y")
        await told(pilot, "is now Yes")
        await screen_is(pilot, LogScreen)


async def test_read_only_shows_the_log_and_undoes_nothing(book: Journal) -> None:
    write(book, entry("1", toggled(YES, NO)))
    office = open_office(journal=book, read_only=True)
    async with running(office.app()) as pilot:
        screen = await open_log(pilot)
        assert screen.query_one(TopBar).badge == "READ-ONLY"
        for key in ("z", "f2"):
            screen.say("")
            await pilot.press(key)
            assert status(pilot).startswith(
                "Read-only: this was started so that nothing can be changed. To change something, "
            )
    assert office.written == []


async def test_a_change_that_cannot_be_logged_is_not_made(book: Journal) -> None:
    book.path.mkdir(parents=True)
    office = open_office(journal=book)
    async with running(office.app()) as pilot:
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        await pilot.press("y")
        await told(pilot, "was not changed: it could not be written to the log of changes first")
        await open_log(pilot)
        assert "cannot be read: " in banner(pilot)
    assert office.written == []


async def test_lines_that_cannot_be_read_are_said_in_passing(book: Journal) -> None:
    write(book, entry("1", toggled()))
    book.path.write_bytes(b"?\n" + book.path.read_bytes())
    async with running(open_office(journal=book).app()) as pilot:
        await open_log(pilot)
        assert banner(pilot).startswith("Line 1 of the log cannot be read")
        assert len(rows(pilot)) == 1


async def test_names_are_shown_as_they_are(book: Journal) -> None:
    write(book, entry("1", toggled()))
    book.path.write_bytes(book.path.read_bytes().replace(b'"Front Desk"', b'"[red]Ana"'))
    async with running(open_office(journal=book).app(), (110, 24)) as pilot:
        await open_log(pilot)
        screen = "\n".join(painted(program(pilot)))
        assert "[red]Ana" in screen
        assert "Require Agents of [red]Ana (8000)" in screen
        assert str(NOON.year) in screen
