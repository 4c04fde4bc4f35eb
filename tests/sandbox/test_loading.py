"""Finding and reading sample companies, and what is said of those that cannot be read."""

import json
import shutil
from pathlib import Path

import pytest

from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.sample import connect_sample
from queuewatch.pbx.sandbox.samples import Sample, SampleError, load_sample


def test_a_sample_is_found_by_name_and_by_folder(lakeside: Sample, tmp_path: Path) -> None:
    shipped = lakeside.scenarios["quiet-day"].parent.parent
    mine = tmp_path / "mine"
    shutil.copytree(shipped, mine)
    own = load_sample(str(mine))
    assert own.name == "mine"
    assert own.agents == lakeside.agents


def test_an_unknown_sample_is_named_with_the_nearest_and_all(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="no sample company called 'lakesid'") as caught:
        load_sample("lakesid")
    assert "Did you mean 'lakeside'?" in caught.value.hint
    assert "harbor, lakeside, riverside" in caught.value.hint
    with pytest.raises(SampleError, match=r"has no company\.toml"):
        load_sample(str(tmp_path))


DAMAGE = [
    ("company.toml", "title =", "is damaged"),
    ("company.toml", 'title = "A"\nclock = 2026-11-23', "clock must be a moment with its zone"),
    ("company.toml", 'clock = 2026-11-23T15:12:00Z\nspelling = "old"', "spelling is 'old'"),
    ("company.toml", 'clock = 2026-11-23T15:12:00Z\nspelling = "live"', "title is missing"),
    ("agents.json", "[{]", "is damaged"),
    ("agents.json", "{}", "must hold lists"),
    ("agents.json", "[1]", "row 1 is no JSON object"),
    ("agents.json", '[{"callqueue": "8000"}]', "row 1 has no 'callqueue-agent-id'"),
    ("callqueues.json", '[{"callqueue": 8000}]', "row 1 has no 'callqueue', or it is no text"),
    ("answerrules.json", "[]", "one JSON object: a list for each user's extension"),
    ("answerrules.json", '{"8000": 1}', "must hold lists"),
    (
        "devices.json",
        '{"1": [{"device": "1", "user": "1", "device-sip-registration-datetime": "noon"}]}',
        "row 1: device-sip-registration-datetime is 'noon'",
    ),
]


@pytest.mark.parametrize(("file", "text", "sentence"), DAMAGE)
def test_a_damaged_sample_is_named_by_its_file(
    lakeside: Sample, tmp_path: Path, file: str, text: str, sentence: str
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(lakeside.scenarios["quiet-day"].parent.parent, mine)
    (mine / file).write_text(text, encoding="utf-8")
    with pytest.raises(SampleError) as caught:
        load_sample(str(mine))
    assert sentence in str(caught.value)
    assert str(mine / file) in str(caught.value)


def test_a_missing_file_is_named(lakeside: Sample, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(lakeside.scenarios["quiet-day"].parent.parent, mine)
    (mine / "users.json").unlink()
    with pytest.raises(SampleError, match=r"users\.json cannot be read: No such file"):
        load_sample(str(mine))


async def test_a_recording_may_hold_half_a_character(lakeside: Sample, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(lakeside.scenarios["quiet-day"].parent.parent, mine)
    rows = mine / "callqueues.json"
    rows.write_text(rows.read_text(encoding="utf-8").replace("Front Desk", "Front \\ud83dDesk"), encoding="utf-8")
    system = connect_sample(ConnectionOptions(sample=str(mine))).system
    names = {queue.extension: queue.name for queue in (await system.read_live()).queues}
    await system.close()
    assert names["8000"] == "Front Desk"


async def test_a_sample_may_have_dial_rules_beside_those_that_everything_has(
    lakeside: Sample, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(lakeside.scenarios["quiet-day"].parent.parent, mine)
    own = {"dial-rule-matching-to-uri": "aa_church_open", "dial-rule-application": "to-user"}
    (mine / "dialrules.json").write_text(json.dumps([own]))
    system = connect_sample(ConnectionOptions(sample=str(mine))).system
    rules = {rule.dialled: rule for rule in (await system.read_dial_rules()).items}
    await system.close()
    assert rules["aa_church_open"].application == "to-user"
    assert rules["queue_8000"].target == "8000"
