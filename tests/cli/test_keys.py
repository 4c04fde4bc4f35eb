"""``queuewatch keys``: every id with its keys, also with a profile's own."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from screens.keys.registry import every_action
from widgets.action import put_in_force

from .conftest import Run

PROFILE = '[profiles.acme]\nurl = "https://pbx.example.com"\ndomain = "acme.example"\n'


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    file = tmp_path / "config.toml"
    monkeypatch.setenv("QUEUEWATCH_CONFIG", str(file))
    yield file
    put_in_force({})


def test_every_id_is_listed_without_any_profile(run: Run) -> None:
    ran = run("keys")
    assert (ran.status, ran.err) == (0, "")
    for name in every_action():
        assert f"  {name} " in ran.out
    assert "  board.drill               d, f9 " in ran.out


def test_words_choose_lines(run: Run) -> None:
    ran = run("keys", "drill", "PHONES")
    assert ran.out.splitlines()[0] == "In a drill"
    assert {line.split()[0] for line in ran.out.splitlines()[1:] if line[2] != " "} == {
        "drill.back",
        "drill.phones",
    }
    ran = run("keys", "nonsense")
    assert (ran.status, ran.out) == (2, "")
    assert "No key and no action has 'nonsense'." in ran.err


def test_a_profiles_own_keys_are_listed_as_they_are_in_force(run: Run, config: Path) -> None:
    config.write_text(f'{PROFILE}[profiles.acme.keys]\n"board.drill" = "z, F9"\n"app.theme" = ""\n')
    found = {one["id"]: one for one in json.loads(run("keys", "--json").out)["keys"]}
    assert found["board.drill"]["keys"] == ["z", "f9"]
    assert (found["board.drill"]["changed"], found["board.sort"]["changed"]) == (True, False)
    assert found["app.theme"]["keys"] == []
    rows = list(csv.DictReader(io.StringIO(run("keys", "--profile", "acme", "--format", "csv").out)))
    assert [row["keys"] for row in rows if row["id"] == "app.theme"] == ["no key"]
    assert "| Everywhere | app.theme | no key | " in run("keys", "--format", "markdown").out


def test_the_quotes_may_be_left_out(run: Run, config: Path) -> None:
    config.write_text(f'{PROFILE}[profiles.acme.keys]\nboard.drill = "z"\n')
    assert run("keys", "board.drill").out.split()[3:5] == ["board.drill", "z"]


@pytest.mark.parametrize(
    ("keys", "sentence", "hint"),
    [
        (
            '"board.dril" = "x"',
            "profiles.acme.keys: there is no action “board.dril”.",
            "Did you mean board.drill?",
        ),
        ('"board.drill" = "spcae"', "keys: board.drill: There is no key “spcae”.", "Did you mean space?"),
        ('"board.drill" = "s"', "keys: s would be board.drill and board.sort on the board.", "another key"),
        ('"board.drill" = 5', "keys.board.drill is a number, not a text.", '"board.drill" = "z"'),
        ('"board.drill" = ["x"]', "keys.board.drill is a list, not a text.", "a comma between keys"),
    ],
)
def test_wrong_keys_are_told_with_the_file_the_key_and_the_nearest_id(
    run: Run, config: Path, keys: str, sentence: str, hint: str
) -> None:
    config.write_text(f"{PROFILE}[profiles.acme.keys]\n{keys}\n")
    ran = run("keys")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"queuewatch: {config}: profiles.acme.keys")
    assert sentence in ran.err
    assert hint in ran.err


def test_keys_that_are_no_table(run: Run, config: Path) -> None:
    config.write_text(f'{PROFILE}keys = "x"\n')
    assert "profiles.acme.keys is a text, not a table." in run("keys").err


def test_it_takes_no_textual() -> None:
    code = "import sys; from queuewatch.cli import main; main(['keys']); sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0
