"""``queuewatch check`` and ``queuewatch explain``: what is written, and the exit status that jobs rely on."""

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

from queuewatch.failover.audit.codes import CODES
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks

from .conftest import TOKEN, Run, Serve


def codes(out: str) -> list[tuple[str, str]]:
    return [(str(one["code"]), str(one["queue"])) for one in json.loads(out)["findings"]]


@pytest.mark.parametrize(
    ("sample", "words", "status"),
    [
        ("harbor", (), 1),
        ("lakeside", (), 1),
        ("lakeside", ("Front Desk",), 0),
        ("riverside", (), 0),
        ("riverside", ("--fail-on", "warning"), 0),
        ("riverside", ("--fail-on", "info"), 1),
        ("harbor", ("--fail-on", "never"), 0),
        ("harbor", ("--select", "QW111,QW106"), 0),
        ("harbor", ("--select", "QW111,QW106", "--fail-on", "warning"), 1),
        ("harbor", ("Reception",), 0),
        ("harbor", ("Dispatch",), 1),
    ],
)
def test_the_status_says_whether_something_that_bad_was_found(
    run: Run, sample: str, words: tuple[str, ...], status: int
) -> None:
    for form in ("text", "json", "csv", "markdown", "github", "sarif"):
        ran = run("check", "--sample", sample, *words, "--format", form)
        assert (ran.status, ran.err) == (status, "")


def test_a_finding_is_code_severity_queue_why_fix_and_the_command_to_paste(run: Run) -> None:
    ran = run("check", "Dispatch", "--sample", "harbor")
    block = ran.out.split("\n\n")[1].splitlines()
    assert block[0] == "QW101 error   Dispatch (8100) · Houston"
    assert block[1].startswith("  When Offline names (281) 555-0160, but Require Agents is No")
    assert block[-2] == "  fix: Set Require Agents to Yes (Call Queues, Pre-Queue Options)."
    assert block[-1] == "       queuewatch require-agents 8100 yes --sample harbor"
    assert ran.out.splitlines()[-1] == "Found 1 error in 1 queue."


def test_a_command_that_was_given_does_what_it_says(run: Run) -> None:
    found = json.loads(run("check", "8100", "--sample", "harbor", "--select", "QW101", "--json").out)["findings"]
    words = str(found[0]["command"]).removeprefix("queuewatch ").split()
    assert run(*words, "--yes").status == 0


def test_nothing_found_is_one_pleased_line(run: Run) -> None:
    assert run("check", "8112", "--sample", "harbor", "--ignore", "QW119").out.splitlines()[-1] == (
        "Nothing found that was asked about in 1 queue."
    )
    pleased = run("check", "8004", "--sample", "lakeside").out.split("\n\n")[-1]
    assert " ".join(pleased.split()) == (
        "Nothing found in 1 queue: a call to it would reach someone if the building went dark."
    )
    last = run("check", "8000", "8001", "--sample", "lakeside").out.splitlines()
    assert " ".join(last[-2:]).startswith("Nothing to put right in 2 queues: a call to any of them")


def test_json_has_everything_and_nothing_else_on_stdout(run: Run) -> None:
    document = json.loads(run("check", "--sample", "harbor", "--json").out)
    assert list(document) == ["domain", "taken_at", "findings", "summary", "problems"]
    keys = ["code", "slug", "severity", "queue", "name", "site", "why", "fix", "command"]
    assert all(list(one) == keys for one in document["findings"])
    counted = [one["severity"] for one in document["findings"]]
    summary = document["summary"]
    assert {name: counted.count(name) for name in ("error", "warning", "info")} == {
        name: summary[name] for name in ("error", "warning", "info")
    }
    assert (summary["queues"], summary["suppressed"]) == (16, 0)


def test_codes_are_selected_and_ignored_by_number_prefix_and_name(run: Run) -> None:
    words = ("check", "--sample", "harbor", "--json")
    assert codes(run(*words, "--select", "loop").out) == [("QW103", "8102"), ("QW103", "8103")]
    assert {code for code, _ in codes(run(*words, "--select", "QW10", "--ignore", "QW103,same-fate").out)} == {
        "QW101", "QW102", "QW104", "QW106", "QW107", "QW108", "QW109",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says", "hints"),
    [
        (("check", "--select", "QW1033"), "There is no code “QW1033”.", "Did you mean QW103?"),
        (("check", "--ignore", "lop"), "There is no code “lop”.", "Did you mean loop?"),
        (("check", "--fail-on", "fatal"), "--fail-on: invalid choice: 'fatal'", "check --help"),
        (("check", "--format", "xml"), "--format: invalid choice: 'xml'", "check --help"),
        (("check", "Slaes", "--sample", "lakeside"), "There is no queue “Slaes”.", "The queues are"),
        (("explain", "QW1044"), "There is no code “QW1044”.", "Did you mean QW104?"),
        (("explain", "\x1b[2Jloop"), "There is no code “[2Jloop”.", "explain lists all"),
    ],
)
def test_a_wrong_word_is_status_two(run: Run, words: tuple[str, ...], says: str, hints: str) -> None:
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    sentence, _, hint = ran.err.partition("\n")
    assert says in sentence
    assert hints in hint


def test_github_gets_one_command_a_line_with_its_marks_escaped(run: Run, serve: Serve) -> None:
    lines = run("check", "--sample", "harbor", "--format", "github").out.splitlines()
    assert lines[0].startswith("::error title=QW101 require-agents-off::Dispatch (8100): When Offline names")
    assert all(re.match(r"::(error|warning|notice) title=QW\d{3} [a-z-]+::\S", line) for line in lines)
    pbx = serve("harbor")
    pbx.floor.queues["8100"]["description"] = "100% Dispatch\r\n::error::x"
    (line,) = run("check", "8100", "--format", "github").out.splitlines()
    assert "::100%25 Dispatch" in line


def test_csv_has_a_row_for_each_finding(run: Run) -> None:
    out = run("check", "--sample", "harbor", "8100", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["code"], row["severity"], row["queue"], row["domain"]) == (
        "QW101",
        "error",
        "8100",
        "harbor.example",
    )
    assert row["command"] == "queuewatch require-agents 8100 yes --sample harbor"


def test_sarif_names_its_rules_and_knows_each_finding_again(run: Run) -> None:
    document = json.loads(run("check", "--sample", "harbor", "--format", "sarif").out)
    (sarif_run,) = document["runs"]
    rules = [rule["id"] for rule in sarif_run["tool"]["driver"]["rules"]]
    assert document["version"] == "2.1.0"
    assert sarif_run["results"]
    for result in sarif_run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
    prints = [result["partialFingerprints"]["queueAndCode/v1"] for result in sarif_run["results"]]
    assert len(set(prints)) == len(prints)


def test_markdown_is_a_list_to_tick_off(run: Run) -> None:
    out = run("check", "8100", "--sample", "harbor", "--format", "markdown").out
    assert "- [ ] **QW101 error** Dispatch (8100): When Offline names" in out
    assert "`queuewatch require-agents 8100 yes --sample harbor`" in out


def test_rules_that_may_not_be_read_are_findings_and_no_guess(run: Run, serve: Serve) -> None:
    serve("lakeside", Fault("answerrules", FaultKind.STATUS, times=None, status=403))
    ran = run("check", "8000", "--json", "--fail-on", "warning")
    assert ran.status == 1
    assert ("QW114", "8000") in codes(ran.out)
    assert TOKEN not in ran.out + ran.err


def test_suppressions_of_the_profile_hold(run: Run, serve: Serve, environment: Path) -> None:
    serve("harbor")
    environment.write_text(
        f"""
        [profiles.harbor]
        url = "{os.environ["QUEUEWATCH_URL"]}"
        domain = "harbor.example"
        [[profiles.harbor.suppress]]
        code = "QW101"
        queue = "8100"
        reason = "callers like the music"
        until = 2999-12-31
        [[profiles.harbor.suppress]]
        code = "loop"
        reason = "to be put right in spring"
        until = 2001-03-20
        """
    )
    ran = run("--profile", "harbor", "check", "--json", "--fail-on", "never")
    findings = json.loads(ran.out)["findings"]
    assert [one.get("suppressed") for one in findings if one["code"] == "QW101"] == ["callers like the music"]
    assert "QW190" in {one["code"] for one in findings}
    assert not any(one.get("suppressed") for one in findings if one["code"] == "QW103")
    assert json.loads(ran.out)["summary"]["suppressed"] == 1
    alone = run("--profile", "harbor", "check", "8100")
    assert alone.status == 0
    assert "QW101" not in alone.out
    assert alone.out.splitlines()[-1] == "Found 1 warning in 1 queue (1 suppressed)."
    assert "callers like the music" in run("--profile", "harbor", "check", "8100", "--format", "markdown").out


def test_explain_tells_the_whole_story_and_lists_all_codes(run: Run) -> None:
    listed = run("explain").out.splitlines()
    assert [line.split()[0] for line in listed] == list(CODES)
    for code in CODES.values():
        told = run("explain", code.slug)
        assert told.status == 0
        assert told == run("explain", code.number.lower())
        said = " ".join(told.out.split())
        assert all(paragraph in said for _, paragraph in code.story)


def test_that_unread_phones_were_judged_by_the_sites_name_is_said_once(run: Run) -> None:
    for form in ("text", "markdown"):
        said = " ".join(run("check", "--sample", "lakeside", "--format", form).out.split())
        assert said.count("The phones of 13 agents were not read: who goes dark with a site was judged by") == 1
    assert json.loads(run("check", "--sample", "lakeside", "--json").out)["summary"]["phones_unread"] == 13


def test_where_the_domains_numbers_may_not_be_read_the_audit_asks_for_a_key_that_may(
    run: Run, serve: Serve
) -> None:
    serve("riverside", quirks=Quirks(unreadable=frozenset({"phonenumbers"})))
    ran = run("check", "8000", "--json")
    found = {one["code"]: one for one in json.loads(ran.out)["findings"]}
    assert ran.status == 0
    assert found["QW118"]["fix"] == "Use a key that may read the domain's phone numbers, then ask again."
    (queue,) = json.loads(run("simulate", "8000", "--all-dark", "--json").out)["queues"]
    # A number of its own may lead back: that it fails over is sure, and where the call ends is not.
    assert (queue["verdict"]["outcome"], queue["verdict"]["would_fail_over"]) == ("fails_over", True)
    assert (queue["verdict"]["reaches_someone"], queue["readiness"]["state"]) == (None, "unknown")
