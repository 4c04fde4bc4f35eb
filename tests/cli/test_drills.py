"""``queuewatch drills``, and how a drill gets into the register."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queuewatch.journal import Journal, Who, log_path
from queuewatch.journal.proofs import ProofEnd, ProofEntry

from .conftest import Run, Serve


def test_a_recorded_drill_is_in_the_register_and_one_that_is_only_looked_at_is_not(
    run: Run, serve: Serve, environment: Path
) -> None:
    serve("lakeside")
    assert run("drill", "--site", "Dallas", "--no-phones", "--json").err == ""
    assert json.loads(run("drills", "--json").out)["entries"] == []
    ran = run(
        "drill",
        "--site",
        "Dallas",
        "--no-phones",
        "--by",
        "Jane Doe",
        "--record",
        "--with",
        "Ann Lee, Bo Chen",
        "--json",
    )
    assert (ran.status, json.loads(ran.out)["run_by"]) == (0, "Jane Doe")
    assert "Put into the register as number 1" in ran.err
    (entry,) = json.loads(run("drills", "--json").out)["entries"]
    assert (entry["scenario"], entry["took_part"]) == ("Dallas goes dark", ["Jane Doe", "Ann Lee", "Bo Chen"])
    assert {gap["queue"] for gap in entry["gaps"]} == {"8006"}
    text = run("drills").out
    assert "Took part: Jane Doe, Ann Lee and Bo Chen." in text
    verified = run("drills", "verify")
    assert (verified.status, verified.out.splitlines()[-1].split()[0]) == (0, "Fingerprint")


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_what_was_proven_stands_on_the_drills_page_and_beside_its_queue(run: Run, serve: Serve, form: str) -> None:
    serve("lakeside")
    journal = Journal(
        log_path(os.environ), Who("lakeside", "jane"), lambda: datetime.now(UTC) - timedelta(days=12)
    )
    begun = journal.begin_proof(
        ProofEntry(
            "",
            journal.clock(),
            journal.who,
            os.environ["QUEUEWATCH_URL"],
            "lakeside.example",
            "8000",
            rule="*",
            destination="12145550100",
            require_agents=True,
        )
    )
    reached = {"reached": {"answered": True, "seconds": 4.2}}
    journal.add_proof(begun.id, ProofEnd(journal.clock(), "proven", reached))
    drilled = run("drill", "--site", "Dallas", "--no-phones", "--format", form).out
    assert "Front Desk (8000): proven 12 days ago (4 s)." in drilled
    assert "proven 12 days ago (4 s)" in run("status", "8000", "--format", form).out.casefold()


def test_verify_fails_once_the_register_was_edited(run: Run, serve: Serve, environment: Path) -> None:
    serve("lakeside")
    run("drill", "--all", "--no-phones", "--record", "--with", "Ann Lee")
    (log,) = environment.parent.rglob("changes.jsonl")
    fingerprint = run("drills", "verify").out.split()[-1]
    assert run("drills", "verify", "--fingerprint", fingerprint[:12]).status == 0
    log.write_text(log.read_text(encoding="utf-8").replace("Ann Lee", "Bo Chen"), encoding="utf-8")
    ran = run("drills", "verify")
    assert ran.status == 1
    assert "Line 1 (drill 1) was edited" in ran.out
    ran = run("drills", "verify", "--json")
    document = json.loads(ran.out)
    assert (ran.status, document["whole"], document["entries"]) == (1, False, 1)
    assert ["Line 1 (drill 1) was edited" in flaw for flaw in document["flaws"]] == [True]
    assert run("drills", "verify", "--format", "csv").status == 2
    log.unlink()
    assert run("drills", "verify").status == 0
    assert run("drills", "verify", "--fingerprint", fingerprint).status == 1


def test_a_line_that_cannot_be_read_is_told_by_whatever_rests_on_the_log(
    run: Run, serve: Serve, environment: Path
) -> None:
    serve("lakeside")
    run("drill", "--all", "--no-phones", "--record", "--with", "Ann Lee")
    (log,) = environment.parent.rglob("changes.jsonl")
    log.write_text("[" * 50_000, encoding="utf-8")
    told = "Line 1 of the log cannot be read"
    ran = run("drills", "verify")
    assert (ran.out, told in ran.err) == ("The register is empty: there is nothing to verify.\n", True)
    assert told in run("drills").err
    assert told in run("report", "--format", "markdown").out
    assert told in run("report").out
    (problem,) = json.loads(run("report", "--json").out)["register"]["problems"]
    assert problem.startswith(told)


def test_a_site_whose_drill_is_due_is_a_finding_of_the_check(
    run: Run, serve: Serve, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve("lakeside")
    lines = ("[profiles.acme]", f'url = "{os.environ["QUEUEWATCH_URL"]}"', 'domain = "lakeside.example"')
    environment.write_text("\n".join((*lines, "drill_every = 90", 'target = "5:00"')), encoding="utf-8")
    for name in ("QUEUEWATCH_URL", "QUEUEWATCH_DOMAIN"):
        monkeypatch.delenv(name)

    def due() -> list[str]:
        found = json.loads(run("check", "--fail-on", "never", "--json").out)["findings"]
        return [finding["why"] for finding in found if finding["code"] == "QW132"]

    before = due()
    assert "Dallas: no drill is in the register, and one is due every 90 days." in before
    run("drill", "--site", "Dallas", "--no-phones", "--record")
    assert [why for why in before if not why.startswith("Dallas")] == due()
    run("drill", "--all", "--no-phones", "--record")
    assert due() == []
    entries = json.loads(run("drills", "--json").out)["entries"]
    assert [entry["target_seconds"] for entry in entries] == [300, 300]
    assert [entry["overdue"] for entry in entries] == [False, False]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("drill", "--site", "Dallas", "--with", "Ann"), "--with is for the register."),
        (("drill", "--sample", "lakeside", "--site", "Dallas", "--record"), "Sample data has no register."),
        (("drills", "--fingerprint", "abc"), "--fingerprint is one that queuewatch drills has shown"),
        (("drills", "verify", "--fingerprint", "hello"), "--fingerprint is one that queuewatch drills has shown"),
        (("drills", "verfy"), "verfy"),
    ],
)
def test_wrong_words_are_said(run: Run, words: tuple[str, ...], said: str) -> None:
    ran = run(*words)
    assert ran.status == 2
    assert said in ran.err
