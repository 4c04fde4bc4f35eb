"""Suppressions in the profile file: what they may say, and what is said about those that say something else."""

from datetime import date
from pathlib import Path

import pytest

from queuewatch.failover.audit.finding import Suppression
from queuewatch.profiles.config import load_config
from queuewatch.profiles.fields import ConfigError

PROFILE = '[profiles.acme]\nurl = "https://x.example"\ndomain = "x.example"\n'
GOOD = 'code = "QW111"\nreason = "an answering service"\nuntil = 2027-01-31\n'


def written(tmp_path: Path, *suppressions: str) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(PROFILE + "".join(f"[[profiles.acme.suppress]]\n{one}" for one in suppressions))
    return file


def test_suppressions_are_read_in_their_order(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD, 'code = "loop"\nqueue = "8000"\nreason = " r "\nuntil = 2026-12-01\n')
    assert load_config(file).profile("acme").suppressions == (
        Suppression("QW111", "an answering service", date(2027, 1, 31)),
        Suppression("QW103", "r", date(2026, 12, 1), "8000"),
    )


def test_a_profile_without_any_has_none(tmp_path: Path) -> None:
    assert load_config(written(tmp_path)).profile("acme").suppressions == ()


@pytest.mark.parametrize(
    ("suppression", "sentence", "hint"),
    [
        (GOOD.replace("QW111", "QW1111"), "[2].code is 'QW1111', which is no code.", "Did you mean QW111?"),
        (GOOD.replace("QW111", "QW1"), "[2].code is 'QW1', which is no code.", "queuewatch explain"),
        (GOOD.replace("QW111", "QW190"), "[2].code is QW190, which cannot be suppressed.", "take out or renew"),
        (GOOD.replace('code = "QW111"', ""), "[2].code is missing.", 'code = "QW111"'),
        (GOOD.replace('"QW111"', "111"), "[2].code is a number, not a text.", 'code = "QW111"'),
        (GOOD.replace('reason = "an answering service"', ""), "[2].reason is missing.", "reason ="),
        (GOOD.replace("an answering service", "  "), "[2].reason is empty.", "reason ="),
        (GOOD.replace("until = 2027-01-31", ""), "[2].until is missing.", "until = 2027-01-31"),
        (GOOD.replace("2027-01-31", '"2027-01-31"'), "[2].until is a text, not a day.", "without quotes"),
        (
            GOOD.replace("2027-01-31", "2027-01-31T10:00:00Z"),
            "[2].until is a date or a time, not a day.",
            "last day",
        ),
        (GOOD + "queue = 8000\n", "[2].queue is a number, not a text.", 'queue = "8000"'),
        (GOOD + 'queue = ""\n', "[2].queue is empty.", 'queue = "8000"'),
        (GOOD + 'untill = "x"\n', ": unknown key profiles.acme.suppress[2].untill.", "Did you mean until?"),
    ],
)
def test_a_fault_names_the_file_the_suppression_and_the_key(
    tmp_path: Path, suppression: str, sentence: str, hint: str
) -> None:
    file = written(tmp_path, GOOD, suppression)
    with pytest.raises(ConfigError) as error:
        load_config(file)
    assert str(error.value).startswith(f"{file}: ")
    assert sentence in str(error.value)
    assert hint in error.value.hint


@pytest.mark.parametrize("value", ['"QW111"', '["QW111"]', "{ code = 1 }"])
def test_suppressions_that_are_no_list_of_tables(tmp_path: Path, value: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{PROFILE}suppress = {value}\n")
    with pytest.raises(ConfigError, match=r"profiles\.acme\.suppress is .*, not a list of tables\.") as error:
        load_config(file)
    assert "[[profiles.acme.suppress]]" in error.value.hint
