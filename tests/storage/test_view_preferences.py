"""What is remembered of a board, in a file that may be broken, foreign or not to be written."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuewatch.storage.view_preferences import MOST_BOARDS, View, ViewMemory

VIEW = View("NAME", "front desk", ("queue", "dark", "now"))


def test_each_board_is_remembered_by_profile_and_domain(tmp_path: Path) -> None:
    memory = ViewMemory(tmp_path / "not" / "there")
    assert (memory.view("acme", "acme.example"), memory.theme, memory.problem) == (View(), "", "")
    memory.keep_view("acme", "acme.example", VIEW)
    memory.keep_view("acme", "other.example", View("SITE"))
    memory.keep_theme("queuewatch-light")
    again = ViewMemory(tmp_path / "not" / "there")
    assert again.view("acme", "acme.example") == VIEW
    assert again.view("acme", "other.example") == View("SITE")
    assert again.view("north", "acme.example") == View()
    assert again.theme == "queuewatch-light"
    if os.name == "posix":
        assert (tmp_path / "not" / "there" / "view.json").stat().st_mode & 0o077 == 0


def test_two_boards_at_once_forget_nothing_of_each_other(tmp_path: Path) -> None:
    one, other = ViewMemory(tmp_path), ViewMemory(tmp_path)
    one.keep_view("acme", "a.example", VIEW)
    other.keep_theme("nord")
    other.keep_view("acme", "b.example", View("SITE"))
    one.keep_view("acme", "a.example", View("NAME"))
    assert ViewMemory(tmp_path).theme == "nord"
    assert ViewMemory(tmp_path).view("acme", "b.example") == View("SITE")


def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    memory = ViewMemory(tmp_path)
    for number in range(MOST_BOARDS + 1):
        memory.keep_view("acme", f"{number}.example", View("NAME"))
    assert memory.view("acme", "0.example") == View()
    assert memory.view("acme", "1.example") == View("NAME")


BROKEN = ("", "{", "[]", '"x"', "\x00", "[" * 100_000, '{"boards": {}}'[:-3], "1" * 300_000)


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_is_said_once_and_begun_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "view.json").write_text(text)
    memory = ViewMemory(tmp_path)
    assert memory.view("acme", "acme.example") == View()
    assert memory.problem == f"{tmp_path / 'view.json'} is not what queuewatch wrote there, and begins anew."
    memory.keep_view("acme", "acme.example", VIEW)
    assert ViewMemory(tmp_path).view("acme", "acme.example") == VIEW


def test_parts_that_make_no_sense_say_nothing(tmp_path: Path) -> None:
    row = {"profile": "acme", "domain": "acme.example"}
    odd = [7, {}, {**row, "sort": 3, "filter": ["x"], "columns": ["queue", 4, None, "a\x1b[31m"]}]
    (tmp_path / "view.json").write_text(json.dumps({"theme": 5, "boards": odd}))
    memory = ViewMemory(tmp_path)
    assert memory.view("acme", "acme.example") == View(columns=("queue",))
    assert (memory.theme, memory.problem) == ("", "")
    (tmp_path / "view.json").write_text(json.dumps({"theme": "nord", "boards": 3}))
    assert memory.theme == "nord"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sort", "filter", "x"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["theme", "boards", "other"]), json_values))
def test_any_json_at_all_is_some_view(tmp_path_factory: pytest.TempPathFactory, found: dict[str, object]) -> None:
    folder = tmp_path_factory.mktemp("view")
    (folder / "view.json").write_text(json.dumps(found))
    memory = ViewMemory(folder)
    memory.view("acme", "acme.example")
    memory.keep_view("acme", "acme.example", VIEW)
    assert memory.view("acme", "acme.example") == VIEW


def test_a_folder_that_cannot_be_used_is_a_sentence_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = ViewMemory(tmp_path / "file")
    assert memory.view("acme", "acme.example") == View()
    memory.problem = ""
    memory.keep_view("acme", "acme.example", VIEW)
    assert memory.problem.startswith("How the board is looked at is not kept: ")
