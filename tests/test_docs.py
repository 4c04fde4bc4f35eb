"""The documentation says what is there, and nothing else."""

import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from itertools import takewhile
from pathlib import Path

import pytest

from benchmarks import NAMES
from queuewatch.commands.parser import COMMANDS, parse
from queuewatch.connection.fleet import is_wanted
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.destination import EndKind
from queuewatch.failover.status import Status
from queuewatch.failover.verdict import Outcome
from queuewatch.profiles.config import load_config
from screens.keys.keymap import keymap
from widgets import themes

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md")),
]
PICTURES = sorted((ROOT / "docs" / "screenshots").glob("*.svg"))


def blocks(text: str, language: str = "") -> list[str]:
    """The fenced code blocks of a page, or those in one language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [block for named, block in found if language in ("", named)]


def test_the_pages_made_by_script_are_fresh() -> None:
    script = ROOT / "docs" / "make_pages.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pages_for_man_are_well_formed() -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed here")
    pages = sorted((ROOT / "docs" / "man").glob("*.1"))
    assert {page.stem for page in pages} == {"queuewatch", *(f"queuewatch-{name}" for name in COMMANDS)}
    done = subprocess.run(["groff", "-ww", "-man", "-Tutf8", *pages], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")


def test_every_page_of_a_code_is_of_one_there_is() -> None:
    assert {page.stem for page in (ROOT / "docs" / "audit").glob("*.md")} == {"README", *CODES}


def test_the_readme_begins_with_the_demo_and_the_tests() -> None:
    demo, tests = (block.strip() for block in blocks(README)[:2])
    assert demo.endswith("&& .venv/bin/queuewatch demo")
    assert tests.endswith("&& .venv/bin/python -m pytest")
    for command in (demo, tests):
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt ")


def test_the_example_profiles_are_accepted(tmp_path: Path) -> None:
    (example,) = blocks((ROOT / "docs" / "connecting.md").read_text(encoding="utf-8"), "toml")
    file = tmp_path / "config.toml"
    file.write_text(example, encoding="utf-8")
    config = load_config(file)
    assert config.default_profile is not None
    assert config.default_profile.name == "acme"
    assert config.profile("north").read_only


def test_the_example_of_a_fleet_is_accepted(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "fleet.md").read_text(encoding="utf-8")
    (example,), (unit,) = blocks(page, "toml"), blocks(page, "ini")
    file = tmp_path / "config.toml"
    file.write_text(example, encoding="utf-8")
    profile = load_config(file).profile("provider")
    assert [is_wanted(profile, name) for name in ("a.dental.example", "test-1.dental.example", "b.example")] == [
        True,
        False,
        False,
    ]
    (command,) = re.findall(r"^ExecStart=/usr/local/bin/queuewatch (.+)$", unit, re.MULTILINE)
    assert parse(shlex.split(command)).command == "collect"


def test_the_example_keys_are_accepted(tmp_path: Path) -> None:
    (example,) = blocks((ROOT / "docs" / "comfort.md").read_text(encoding="utf-8"), "toml")
    file = tmp_path / "config.toml"
    file.write_text(example, encoding="utf-8")
    assert keymap(load_config(file).profile("acme").keys) == {
        "board.drill": ("z",),
        "board.sort": ("d", "f6"),
        "app.jump": ("J", "ctrl+o"),
        "app.theme": (),
    }


def test_every_theme_of_ours_is_named() -> None:
    page = (ROOT / "docs" / "comfort.md").read_text(encoding="utf-8")
    for theme in themes.OURS:
        assert f"`{theme.name}`" in page


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(command: str) -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert f"| `queuewatch {command}" in page
    assert re.search(rf"^(\$ )?queuewatch {command} ", page, re.MULTILINE)


@pytest.mark.parametrize("word", [*Outcome, *EndKind, *Status])
def test_every_word_of_a_verdict_is_explained(word: str) -> None:
    page = (ROOT / "docs" / "colours-and-verdicts.md").read_text(encoding="utf-8")
    words = word.replace("_", " ")
    said_otherwise = {"external": "outside number", "park": "call park", "unknown": "not known"}
    assert re.search(rf"\b{said_otherwise.get(words, words)}\b", page, re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_on_a_page_is_one_that_the_program_understands(page: str) -> None:
    # Those whose output stands below them are run by docs/make_pages.py; these need a terminal or a phone system.
    for block in blocks((ROOT / page).read_text(encoding="utf-8"), "sh"):
        for line in block.splitlines():
            if line.startswith("queuewatch "):
                words = shlex.split(line, comments=True)
                own = takewhile(lambda word: word not in ("|", ">", "&&"), words[1:])
                assert parse(list(own)) is not None, line


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _, heading = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in [one.lower().replace(" ", "-").replace(",", "") for one in headings], target


def test_no_output_stands_on_two_pages() -> None:
    shown = Counter(
        command
        for page in PAGES
        for block in blocks((ROOT / page).read_text(encoding="utf-8"), "console")
        for command in re.findall(r"^\$ (.+)$", block, re.MULTILINE)
    )
    assert [command for command, times in shown.items() if times > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_has_its_figures_on_the_page(name: str) -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    section = page.partition(f"### `{name}`")[2].partition("\n#")[0]
    assert re.search(r"^\| [^-\n|]+ \| [0-9]", section, re.MULTILINE)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.stem)
def test_a_picture_fetches_nothing_and_tells_nothing_of_its_maker(picture: Path) -> None:
    svg = picture.read_text(encoding="utf-8")
    assert "url(http" not in svg
    assert "@font-face" not in svg
    assert str(Path.home()) not in svg
