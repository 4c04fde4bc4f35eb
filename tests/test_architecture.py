"""The page on the architecture names what there is: every room, and every step of the three ways."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
WAYS = ("snapshot", "key", "sentence")

Step = tuple[str, str]
"""A file, and a name in it."""


def section(heading: str) -> str:
    """What stands below the heading that begins like this."""
    (found,) = re.findall(rf"^## {re.escape(heading)}[^\n]*\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def steps(way: str) -> list[Step]:
    """The rows of one of the three tables."""
    return re.findall(r"^\|.*\| `([^`]+\.py)` \| `([^`]+)` \|$", section(f"The way of a {way}:"), re.MULTILINE)


def defined(names: list[ast.stmt], within: str = "") -> Iterator[str]:
    """Every function, class, method and constant, as ``Class.method``."""
    for node in names:
        match node:
            case ast.ClassDef():
                yield within + node.name
                yield from defined(node.body, f"{within}{node.name}.")
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield within + node.name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield within + name
            case _:
                pass


@pytest.mark.parametrize("way", WAYS)
def test_every_row_of_a_way_names_a_step(way: str) -> None:
    rows = [line for line in section(f"The way of a {way}:").splitlines() if line.startswith("| ")]
    assert len(steps(way)) == len(rows) - len(("heads", "rule below them")) > 5


@pytest.mark.parametrize(("file", "name"), [step for way in WAYS for step in steps(way)])
def test_a_step_is_where_the_page_says(file: str, name: str) -> None:
    assert name in set(defined(ast.parse((ROOT / file).read_text(encoding="utf-8")).body))


def test_every_room_is_in_the_picture() -> None:
    (picture,) = re.findall(r"^```\n(.*?)^```$", section("The rooms"), re.DOTALL | re.MULTILINE)
    rooms = {path.parent.name for path in (ROOT / "queuewatch").glob("*/__init__.py")}
    assert {room for room in rooms | {"screens", "widgets"} if not re.search(rf"\b{room}/", picture)} == set()


def test_every_file_that_the_page_names_is_there() -> None:
    there = {
        str(path.relative_to(ROOT))
        for top in ("queuewatch", "screens", "widgets")
        for path in (ROOT / top).rglob("*.py")
    }
    named = set(re.findall(r"`([\w./]+\.py)`", PAGE))
    assert {
        name for name in named if not any(path == name or path.endswith(f"/{name}") for path in there)
    } == set()
