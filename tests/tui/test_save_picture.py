"""A picture of the screen in a named file: checked as it is typed, whole, and over nothing unasked."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from queuewatch.report.files import check_path, picture_name, write_picture
from screens.help.help import HelpScreen
from screens.save_picture import SavePicture
from tests.tui.keys import program, running, screen_is, status, until
from tests.tui.phone_system import open_office

NAME = "queuewatch-lakeside-dental-2026-11-23-1512.svg"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_proposed_name_says_of_whom_and_when() -> None:
    at = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)
    assert picture_name("acme", at) == "queuewatch-acme-2026-11-25-1405.svg"
    assert picture_name("../Ä & B: pbx.example.com ", at) == "queuewatch-b-pbx.example.com-2026-11-25-1405.svg"
    assert picture_name("", at) == "queuewatch-2026-11-25-1405.svg"


def test_what_stands_in_the_way_of_a_name_is_a_sentence(folder: Path) -> None:
    (folder / "there.svg").write_text("")
    (folder / "sub").mkdir()
    for typed, problem in (
        ("", "Type a name for the file."),
        ("sub", f"{folder / 'sub'} is a folder: add a name for the file."),
        ("new/", f"{folder / 'new'} is a folder: add a name for the file."),
        ("gone/x.svg", f"There is no folder {folder / 'gone'}."),
        ("a\x07b", "The name has characters that cannot be seen."),
        ("x" * 300, "That is no name for a file: File name too long."),
    ):
        assert check_path(typed, folder).problem == problem
    assert check_path("there.svg", folder).exists
    assert check_path(" x.SVG ", folder).path == folder / "x.SVG"
    assert check_path("x", folder).path == folder / "x.svg"
    assert check_path("x.png", folder).path == folder / "x.png.svg"
    assert check_path(str(folder / "sub" / "y"), folder).path == folder / "sub" / "y.svg"


def test_a_folder_that_cannot_be_written_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever runs this as root may write anywhere.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert check_path("x", folder).problem == f"Nothing can be written into {folder}."


def test_a_picture_is_as_others_may_read_it_as_any_file_of_ones_own(folder: Path) -> None:
    write_picture(folder / "x.svg", "<svg/>")
    (folder / "y").write_text("")
    assert (folder / "x.svg").stat().st_mode == (folder / "y").stat().st_mode


@pytest.mark.parametrize("key", ["S", "ctrl+s"])
async def test_the_proposed_file_is_written_and_its_place_said(folder: Path, key: str) -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press(key)
        asked = await screen_is(pilot, SavePicture)
        assert asked.query_one(Input).value == NAME
        says = asked.query_one("#says", Static)
        await until(pilot, lambda: str(says.content) == f"Goes to {folder / NAME}", "it is said where to")
        await pilot.press("enter")
        await until(pilot, lambda: status(pilot) == f"The picture is in {folder / NAME}", "it is saved")
    svg = (folder / NAME).read_text(encoding="utf-8")
    assert "Appointments" in svg
    assert "Save&#160;the&#160;screen" not in svg
    assert "@font-face" not in svg
    assert "url(http" not in svg


async def test_nothing_is_overwritten_unasked(folder: Path) -> None:
    (folder / "old.svg").write_text("old")
    async with running(open_office().app()) as pilot:
        await pilot.press("S")
        asked = await screen_is(pilot, SavePicture)
        asked.query_one(Input).value = "old"
        await pilot.press("enter")
        says = asked.query_one("#says", Static)
        assert str(says.content) == f"Press enter again to overwrite {folder / 'old.svg'}"
        assert (folder / "old.svg").read_text() == "old"
        # Another name in between, and the yes is worth nothing any more.
        await pilot.press("x", "backspace", "enter")
        assert (folder / "old.svg").read_text() == "old"
        await pilot.press("enter")
        await until(pilot, lambda: program(pilot).screen is not asked, "it is saved")
    assert "<svg" in (folder / "old.svg").read_text()


async def test_a_wrong_name_stays_to_be_mended_and_esc_leaves_it(folder: Path) -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("S")
        asked = await screen_is(pilot, SavePicture)
        asked.query_one(Input).value = "gone/x"
        await pilot.press("enter")
        assert str(asked.query_one("#says", Static).content) == f"There is no folder {folder / 'gone'}."
        await pilot.press("escape")
        await until(pilot, lambda: program(pilot).screen is not asked, "it is left")
    assert os.listdir(folder) == []


async def test_a_dialog_is_in_the_picture_too(folder: Path) -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("question_mark")
        await screen_is(pilot, HelpScreen)
        await pilot.press("ctrl+s")
        await screen_is(pilot, SavePicture)
        await pilot.press("enter")
        await screen_is(pilot, HelpScreen)
    assert "Help:&#160;the&#160;board" in (folder / NAME).read_text(encoding="utf-8")
