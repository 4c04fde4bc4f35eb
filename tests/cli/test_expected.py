"""``queuewatch test``: its forms, and its exit statuses."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .conftest import Run, Serve

HOLDS = '[[expect]]\nqueue = "8000"\ndark = "Dallas"\nreaches = "12145550100"\n'
FAILS = '[[expect]]\nqueue = "8006"\nnever = "stranded"\n'
UNCERTAIN = '[[expect]]\nqueue = "8108"\nreaches = "someone"\n'


@pytest.fixture
def promises(tmp_path: Path) -> Path:
    return tmp_path / "promises.toml"


@pytest.mark.parametrize(
    ("text", "sample", "more", "status"),
    [
        (HOLDS, "lakeside", (), 0),
        (HOLDS + FAILS, "lakeside", (), 1),
        (HOLDS + FAILS, "lakeside", ("--uncertain-ok",), 1),
        (UNCERTAIN, "harbor", (), 1),
        (UNCERTAIN, "harbor", ("--uncertain-ok",), 0),
        ('[domain]\nname = "x.example"\n' + HOLDS, "lakeside", (), 2),
        ("[[expect]]\n", "lakeside", (), 2),
    ],
)
def test_the_exit_status_says_whether_it_holds(
    run: Run, promises: Path, text: str, sample: str, more: tuple[str, ...], status: int
) -> None:
    promises.write_text(text)
    assert run("test", str(promises), "--sample", sample, *more).status == status


def test_text_says_pass_or_fail_with_the_sentence(run: Run, promises: Path) -> None:
    promises.write_text(HOLDS + FAILS)
    out = run("test", str(promises), "--sample", "lakeside").out
    assert "✔ pass      Front Desk (8000) with Dallas dark reaches 12145550100\n" in out
    assert "✖ FAIL      Referrals (8006) with everything dark never stranded\n" in out
    assert "            A caller waits with nobody there:" in out
    assert out.endswith("Of 2 expectations 1 holds and 1 fails.\n")


def test_json_says_each_with_its_place(run: Run, promises: Path) -> None:
    promises.write_text(HOLDS + FAILS)
    document = json.loads(run("test", str(promises), "--sample", "lakeside", "--json").out)
    assert [(one["queue"], one["dark"], one["result"]) for one in document["expectations"]] == [
        ("8000", "Dallas", "pass"),
        ("8006", None, "fail"),
    ]
    assert document["expectations"][1]["place"] == f"{promises}, line 5, expect #2"
    assert document["summary"] == {"pass": 1, "fail": 1, "uncertain": 0}


@pytest.mark.parametrize(("more", "found"), [((), "failure"), (("--uncertain-ok",), "skipped")])
def test_junit_is_read_by_whoever_reads_junit(run: Run, promises: Path, more: tuple[str, ...], found: str) -> None:
    promises.write_text(UNCERTAIN)
    suites = ElementTree.fromstring(
        run("test", str(promises), "--sample", "harbor", "--format", "junit", *more).out
    )
    (suite,) = suites
    (case,) = suite
    (outcome,) = case
    assert (suites.tag, suite.attrib["tests"], case.attrib["classname"]) == (
        "testsuites",
        "1",
        "Night Line (8108)",
    )
    assert outcome.tag == found
    assert suite.attrib["failures" if found == "failure" else "skipped"] == "1"


def test_github_is_told_what_fails_and_nothing_else(run: Run, promises: Path) -> None:
    promises.write_text(HOLDS + FAILS)
    (line,) = run("test", str(promises), "--sample", "lakeside", "--format", "github").out.splitlines()
    assert line.startswith(
        "::error title=Referrals (8006) fail::Referrals (8006) with everything dark never stranded"
    )


def test_what_is_learned_holds(run: Run, promises: Path) -> None:
    learned = run("test", "--learn", str(promises), "--sample", "harbor")
    assert (learned.status, learned.out) == (0, "")
    assert run("test", str(promises), "--sample", "harbor").status == 0
    assert run("test", "--learn", "--sample", "harbor").out == promises.read_text()
    again = run("test", "--learn", str(promises), "--sample", "harbor")
    assert (again.status, "would be lost" in again.err) == (2, True)


def test_a_plan_may_say_what_must_hold_then(run: Run, promises: Path) -> None:
    promises.write_text(run("export", "--sample", "lakeside").out + HOLDS)
    assert run("test", str(promises), "--sample", "lakeside").status == 0
    assert run("plan", str(promises), "--sample", "lakeside").status == 0


def test_no_file_is_2(run: Run) -> None:
    ran = run("test", "--sample", "lakeside")
    assert ran.status == 2
    assert "--learn" in ran.err


def test_a_live_test_of_the_last_days_is_in_the_log(
    run: Run, serve: Serve, promises: Path, tmp_path: Path
) -> None:
    serve("lakeside")
    promises.write_text('[[expect]]\nqueue = "8000"\nproof = 30\n')
    unproven = run("test", str(promises))
    assert unproven.status == 1
    assert "This machine knows of no live test that proves it." in " ".join(unproven.out.split())
    begun = {
        "v": 2,
        "record": "proof_begun",
        "id": "1",
        "profile": "",
        "user": "jane",
        "login": "",
        "until": None,
        "server": os.environ["QUEUEWATCH_URL"],
        "domain": "lakeside.example",
        "queue": "8000",
        "kind": "call",
        "name": "Front Desk",
        "rule": "*",
        "destination": "12145550100",
        "require_agents": True,
        "agents": [],
        "at": "2026-11-23T10:00:00Z",
        "program": "1",
    }
    ended = {"v": 2, "record": "proof_ended", "id": "1", "outcome": "proven", "document": {}}
    now = datetime.now(UTC).isoformat()
    state = tmp_path / "state"
    state.mkdir(exist_ok=True)
    lines = (json.dumps({**record, "at": now}) for record in (begun, ended))
    (state / "changes.jsonl").write_text("\n".join(lines) + "\n")
    assert run("test", str(promises)).status == 0
    lines = (
        json.dumps({**record, "id": "2", "at": now}) for record in (begun, {**ended, "outcome": "not_proven"})
    )
    with (state / "changes.jsonl").open("a") as log:
        log.write("\n".join(lines) + "\n")
    assert run("test", str(promises)).status == 1, "a later one was not proven"
