"""``log``: what was changed, by whom, and what became of it. No phone system is asked."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.journal.build import CELL, NO, OFF, YES, entry, forwarded, lines, toggled

from .conftest import Run, Serve

CHANGES = (
    entry("1", toggled()),
    entry("2", forwarded(OFF, CELL), "refused"),
    entry("3", toggled(YES, NO, undoes="1")),
    entry("4", toggled(queue="8001"), ""),
)


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    """A log with some changes in it, to one phone system that nothing here is connected to."""
    file = tmp_path / "state" / "changes.jsonl"
    file.parent.mkdir()
    file.write_bytes(b"\n".join(lines(*CHANGES)) + b"\n")
    return file


def test_the_latest_comes_first_with_who_what_and_the_outcome(run: Run, logged: Path) -> None:
    ran = run("log")
    assert (ran.status, ran.err) == (0, "")
    blocks = ran.out.split("\n\n")
    assert blocks[0] == "4 changes, the latest first."
    assert blocks[2] == (
        "3 · 2026-11-23 12:00 · jane (acme)\n"
        "  Where     acme.example on https://pbx.example.com/ns-api/v2\n"
        "  Setting   Require Agents of Sales (8000)\n"
        "  Change    Yes → No\n"
        "  Outcome   ✔ confirmed\n"
        "  Undoes    change 1"
    )
    assert "  Outcome   ✖ refused  It is refused." in blocks[3]
    assert blocks[4].rstrip().endswith("  Undone    by change 3")


def test_a_change_that_was_never_ended_says_what_to_do(run: Run, logged: Path) -> None:
    block = " ".join(run("log", "--limit", "1").out.split())
    assert "1 change, the latest first (3 older not shown)." in block
    assert "? not known It was begun, and nothing says how it ended" in block
    assert "queuewatch status 8001 shows what holds now; queuewatch undo 4 restores what was" in block


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ((), ["4", "3", "2", "1"]),
        (("--queue", "8000"), ["3", "2", "1"]),
        (("--queue", "queue_8001"), ["4"]),
        (("--queue", "sal"), ["4", "3", "2", "1"]),
        (("--queue", "Support"), []),
        (("--limit", "2"), ["4", "3"]),
        (("--all-servers", "--limit", "1"), ["4"]),
        (("--url", "https://pbx.example.com", "--domain", "acme.example"), ["4", "3", "2", "1"]),
        (("--url", "https://other.example", "--domain", "acme.example"), []),
        (
            ("--url", "https://other.example", "--domain", "acme.example", "--all-servers"),
            ["4", "3", "2", "1"],
        ),
    ],
)
def test_only_what_was_asked_for(run: Run, logged: Path, words: tuple[str, ...], ids: list[str]) -> None:
    document = json.loads(run("log", "--json", *words).out)
    assert [change["id"] for change in document["changes"]] == ids


def test_a_configured_profile_shows_its_own_changes(run: Run, logged: Path, environment: Path) -> None:
    environment.write_text(
        '[profiles.a]\nurl = "https://pbx.example.com"\ndomain = "acme.example"\n'
        '[profiles.b]\nurl = "https://pbx.example.com"\ndomain = "b.example"\n'
    )
    assert run("--profile", "a", "log").out.startswith(
        "4 changes to acme.example on https://pbx.example.com/ns-api/v2"
    )
    assert run("log", "--profile", "b").out.startswith("No changes to b.example on")
    assert run("log").status == 2


def test_json_says_everything(run: Run, logged: Path) -> None:
    document = json.loads(run("log", "--queue", "8000", "--format", "json").out)
    assert (document["server"], document["domain"], document["problems"]) == (None, None, [])
    undoing, refused, first = document["changes"]
    assert (undoing["undoes"], undoing["undone_by"], first["undone_by"]) == ("1", None, "3")
    assert refused == {
        "id": "2",
        "at": "2026-11-23T12:00:00Z",
        "profile": "acme",
        "user": "jane",
        "login": "",
        "server": "https://pbx.example.com/ns-api/v2",
        "domain": "acme.example",
        "queue": "8000",
        "name": "Sales",
        "setting": "when_offline",
        "before": {"words": "off", "value": {"enabled": False, "destinations": []}},
        "after": {
            "words": "(214) 555-0100 · 12145550100",
            "value": {"enabled": True, "destinations": ["12145550100"]},
        },
        "outcome": "refused",
        "ended_at": "2026-11-23T12:00:00Z",
        "sentence": "It is refused.",
        "hint": "",
        "earlier": [],
        "undoes": None,
        "undone_by": None,
        "group": None,
        "program": "1.0",
    }
    assert first["before"] == {"words": "No", "value": False}
    assert json.loads(run("log", "--json", "--limit", "1").out)["changes"][0]["outcome"] is None


def test_csv_is_a_row_for_each_change(run: Run, logged: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("log", "--format", "csv").out)))
    assert [row["id"] for row in rows] == ["4", "3", "2", "1"]
    assert rows[2]["after"] == "(214) 555-0100 · 12145550100"
    assert (rows[3]["before"], rows[3]["after"], rows[3]["undone_by"]) == ("No", "Yes", "3")


def test_markdown_is_a_table(run: Run, logged: Path) -> None:
    written = run("log", "--format", "markdown").out.splitlines()
    assert written[0] == "# Changes made through queuewatch"
    assert written[-1] == (
        "| 1 | 2026-11-23 12:00 | jane (acme) | acme.example | Sales (8000) | Require Agents | No | Yes "
        "| confirmed, undone by 3 |"
    )


def test_what_cannot_be_read_is_said_beside_what_can(run: Run, logged: Path) -> None:
    logged.write_bytes(b"?\n" + logged.read_bytes())
    ran = run("log")
    assert "4 changes" in ran.out
    assert ran.err.startswith("queuewatch: warning: Line 1 of the log cannot be read")
    ran = run("log", "--json")
    assert ran.err == ""
    assert json.loads(ran.out)["problems"][0].startswith("Line 1 of the log")


def test_names_that_would_be_markup_are_only_names(run: Run, logged: Path) -> None:
    name = "[red]=cmd|x"
    logged.write_bytes(logged.read_bytes().replace(b'"name": "Sales"', f'"name": "{name}"'.encode()))
    assert f"Require Agents of {name} (8000)" in run("log").out
    assert r"\[red\]=cmd\|x" in run("log", "--format", "markdown").out


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_an_empty_log(run: Run, form: str) -> None:
    ran = run("log", "--format", form)
    assert (ran.status, ran.err) == (0, "")
    assert ("No changes are in the log." in ran.out) is (form in ("text", "markdown"))


def test_a_log_that_cannot_be_read_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "state" / "changes.jsonl").mkdir(parents=True)
    ran = run("log")
    assert (ran.status, ran.out) == (2, "")
    assert "changes.jsonl cannot be read: " in ran.err


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_wrong_limit(run: Run, limit: str) -> None:
    ran = run("log", f"--limit={limit}")
    assert ran.status == 2
    assert f"{limit!r} is not a number from 1" in ran.err


def test_nothing_is_asked_of_the_phone_system(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    assert run("log").out.startswith("No changes to lakeside.example on http://127.0.0.1:")
    assert pbx.requests == []


@pytest.mark.usefixtures("logged")
def test_the_doctor_tells_of_changes_of_which_nobody_knows_whether_they_were_made(run: Run) -> None:
    words = " ".join(run("doctor", "--sample", "lakeside").out.split())
    assert "1 change of which it is not known whether it was made." in words
    assert "change 4: require agents of Sales (8001) (acme.example), 2026-11-23 12:00" in words
    assert "queuewatch log tells more" in words


def test_the_doctor_says_nothing_of_changes_where_all_are_known(run: Run) -> None:
    assert "change" not in run("doctor", "--sample", "lakeside").out
