"""``status`` and ``simulate``: what they read, suppose and write."""

import csv
import io
import json
import re
import sys

import pytest

from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import Spelling, load_sample

from .conftest import TOKEN, Run, Serve

Queues = list[dict[str, dict[str, object]]]


def queues_of(text: str) -> Queues:
    found: Queues = json.loads(text)["queues"]
    return found


def outcomes(text: str) -> dict[str, object]:
    return {str(queue["queue"]): queue["verdict"]["outcome"] for queue in queues_of(text)}


def test_json_is_one_document_and_nothing_else(run: Run) -> None:
    ran = run("status", "--sample", "lakeside", "--json")
    assert (ran.status, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert found["domain"] == "lakeside.example"
    assert found["taken_at"] == "2026-11-23T15:12:00Z"
    assert [queue["queue"] for queue in found["queues"]] == [str(extension) for extension in range(8000, 8007)]
    assert found["queues"][0]["agents"]


def test_a_sample_stands_still(run: Run) -> None:
    assert run("status", "--sample", "harbor") == run("status", "--sample", "harbor")


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ((), "Lakeside Dental · lakeside.example"),
        (("--format", "text"), "Lakeside Dental · lakeside.example"),
        (("--format", "json"), "{\n"),
        (("--format", "csv"), "domain,taken_at,queue,"),
        (("--format", "markdown"), "# Lakeside Dental\n"),
    ],
)
@pytest.mark.parametrize("command", ["status", "simulate"])
def test_every_form_names_every_queue(run: Run, command: str, words: tuple[str, ...], begins: str) -> None:
    ran = run(command, "--sample", "lakeside", *words)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(begins)
    assert ran.out.endswith("\n")
    assert not ran.out.endswith("\n\n")
    assert all(extension in ran.out for extension in ("8000", "8001", "8002", "8003", "8004", "8005"))


def test_queues_are_reported_once_each_in_the_order_named(run: Run) -> None:
    ran = run("status", "Hygiene Recall", "8000", "queue_8005", "--sample", "lakeside", "--json")
    assert list(outcomes(ran.out)) == ["8005", "8000"]


@pytest.mark.parametrize(
    "words",
    [
        ("--json", "--sample", "lakeside", "8000", "8005"),
        ("8000", "--json", "8005", "--sample", "lakeside"),
        ("8000", "8005", "--format=json", "--sample=lakeside"),
    ],
)
def test_options_and_queues_may_stand_in_any_order(run: Run, words: tuple[str, ...]) -> None:
    assert list(outcomes(run("status", *words).out)) == ["8000", "8005"]


def test_a_named_queue_costs_the_rules_of_its_own_chain_only(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    assert run("status", "8001").status == 0
    rules = {request.path.split("/")[-2] for request in pbx.requests if request.path.endswith("answerrules")}
    assert rules == {"8001", "8003"}


def test_everything_dark_is_every_queues_readiness(run: Run) -> None:
    for queue in json.loads(run("simulate", "--sample", "harbor", "--all-dark", "--json").out)["queues"]:
        now, dark = queue["verdict"], queue["readiness"]["verdict"]
        assert {**now, "assumptions": ...} == {**dark, "assumptions": ...}
        assert "agents" not in queue


def test_a_dark_site_fails_over_what_stands_there_and_not_what_somebody_elsewhere_holds_open(run: Run) -> None:
    before = outcomes(run("simulate", "--sample", "lakeside", "--json").out)
    dark = outcomes(run("simulate", "--sample", "lakeside", "--dark-site", "dallas", "--json").out)
    assert (before["8000"], dark["8000"]) == ("rings", "fails_over")
    assert (before["8001"], dark["8001"]) == ("waits", "waits")
    assert before["8003"] == dark["8003"]


def test_sites_and_agents_may_be_dark_together(run: Run) -> None:
    words = ("simulate", "8001", "--sample", "lakeside", "--dark-site", "Dallas", "--dark-agent", "Priya Raman")
    assert outcomes(run(*words, "--json").out) == {"8001": "fails_over"}
    assert "Supposed in the dark: site Dallas and Priya Raman." in run(*words).out


def test_an_agents_extension_darkens_it_in_every_queue(run: Run) -> None:
    ran = run("simulate", "--sample", "lakeside", "--dark-agent", "1003", "--json")
    held = [queue["verdict"]["held_open_by"] for queue in queues_of(ran.out)]
    assert not any("1003@lakeside.example" in str(ids) for ids in held)


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(spelling="spec"),
        Quirks(numbers_as_strings=True, parameters_as_numbers=True),
        Quirks(empty_lists_are_404=True, bare_objects=True, page_start_at_one=True),
    ],
)
def test_over_http_a_server_with_quirks_is_judged_the_same(run: Run, serve: Serve, quirks: Quirks) -> None:
    serve("harbor", quirks=quirks)
    ran = run("simulate", "--dark-site", "Houston", "--json")
    assert ran.status == 0
    assert outcomes(ran.out) == outcomes(
        run("simulate", "--sample", "harbor", "--dark-site", "Houston", "--json").out
    )


def test_a_malformed_row_is_reported_and_hides_nothing(run: Run, serve: Serve) -> None:
    serve("lakeside", Fault("/domains/lakeside.example/agents", FaultKind.BAD_ROW))
    ran = run("status", "--json")
    assert ran.status == 0
    assert len(queues_of(ran.out)) == 7
    assert any("Agent row 1" in str(problem) for problem in json.loads(ran.out)["problems"])


@pytest.mark.parametrize("form", ["text", "csv", "markdown"])
def test_other_forms_report_it_on_stderr(run: Run, serve: Serve, form: str) -> None:
    serve("lakeside", Fault("/domains/lakeside.example/agents", FaultKind.BAD_ROW))
    ran = run("status", "--format", form)
    assert ran.status == 0
    assert ran.err.startswith("queuewatch: warning: Agent row 1")
    assert "Agent row 1" not in ran.out


def test_many_faults_are_counted_rather_than_listed(run: Run, serve: Serve) -> None:
    rows = load_sample("harbor").agents
    serve(
        "harbor",
        quirks=Quirks(
            says={str(row["callqueue-agent-id"]): {"active-calls-total-current": "busy"} for row in rows}
        ),
    )
    ran = run("status")
    assert ran.status == 0
    assert len(ran.err.splitlines()) == 11
    assert ran.err.endswith("more like these; --json lists all.\n")


def test_a_part_that_may_not_be_read_is_a_warning_and_what_rests_on_it_is_not_known(
    run: Run, serve: Serve
) -> None:
    serve("lakeside", Fault("answerrules", FaultKind.STATUS, times=None, status=403))
    ran = run("status", "8000", "--json")
    assert ran.status == 0
    (queue,) = queues_of(ran.out)
    assert queue["when_offline"] is None
    assert queue["verdict"]["outcome"] == "uncertain"


def test_csv_is_one_row_for_each_queue(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("status", "--sample", "harbor", "--format", "csv").out)))
    assert len(rows) == 16
    assert {row["readiness"] for row in rows} == {"ready", "not_ready", "unknown"}


def test_the_token_is_in_no_form(run: Run, serve: Serve) -> None:
    serve("lakeside")
    for form in ("text", "json", "csv", "markdown"):
        ran = run("status", "--format", form)
        assert ran.status == 0
        assert TOKEN not in ran.out + ran.err


def rules_at(run: Run, at: str, sample: str = "lakeside") -> dict[str, object]:
    ran = run("simulate", "--sample", sample, "--at", at, "--json")
    assert (ran.status, ran.err) == (0, "")
    return {queue["queue"]: queue["rule_in_effect"] for queue in json.loads(ran.out)["queues"]}


def test_another_time_is_judged_by_the_rules_that_would_be_in_effect_then(run: Run) -> None:
    ran = run("simulate", "--sample", "lakeside", "--at", "2026-11-26 10:00", "--json")
    found = json.loads(ran.out)
    assert found["at"] == "2026-11-26T10:00:00"
    assert list(found)[:3] == ["domain", "taken_at", "at"]
    assert outcomes(ran.out)["8003"] == "diverted"
    assert outcomes(run("simulate", "--sample", "lakeside", "--json").out)["8003"] == "rings"


def test_an_instant_is_another_time_of_day_in_each_zone(run: Run) -> None:
    # Thanksgiving begins in Dallas at 06:00 UTC.
    assert rules_at(run, "2026-11-26 05:59Z")["8003"] == "*"
    assert rules_at(run, "2026-11-26 06:00Z")["8003"] == "Holidays"
    assert rules_at(run, "2026-11-26 00:00-06:00")["8003"] == "Holidays"
    words = run("simulate", "8003", "--sample", "lakeside", "--at", "2026-11-26 06:00Z").out
    assert "Thursday, 2026-11-26 06:00 UTC, which is 2026-11-26 00:00 in US/Central." in " ".join(words.split())


def test_a_time_without_a_zone_says_by_whose_clock_it_was_taken(run: Run) -> None:
    words = " ".join(run("simulate", "8003", "--sample", "lakeside", "--at", "2026-11-26 10:00").out.split())
    assert (
        "Asked about Thursday, 2026-11-26 10:00, taken as what the clocks show in each queue's own time zone "
        "(US/Central)." in words
    )
    assert "diverted then" in words
    assert "agents, callers and settings are as they are now" in words


def test_a_time_frame_of_a_queues_own_is_read_and_what_it_leaves_open_is_uncertain(run: Run) -> None:
    assert rules_at(run, "2026-11-24 23:00", "harbor")["8108"] == "Night Watch"
    assert rules_at(run, "2026-11-24 12:00", "harbor")["8108"] == "*"
    ran = run("simulate", "8108", "--sample", "harbor", "--at", "2026-11-24 03:00")
    words = " ".join(ran.out.split())
    assert "Uncertain: whether Night Watch, which runs past midnight, still holds at 03:00" in words
    assert "rule in effect not known" in words
    assert "When Offline “(281) 555-0151”" in words


def test_another_time_and_a_dark_site_together(run: Run) -> None:
    words = run(
        "simulate", "8003", "--sample", "lakeside", "--at", "2026-11-26 10:00", "--dark-site", "Austin"
    ).out
    assert "Asked about Thursday" in words
    assert "Supposed in the dark: site Austin." in words
    assert "diverted as supposed" in words


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (
            "2026-03-08 02:30",
            "2026-03-08 02:30 does not exist in US/Central: there the clocks go from 02:00 straight",
        ),
        ("2026-11-26", "“2026-11-26” has no time of day."),
        ("tomorrow", "“tomorrow” is not a date and a time."),
    ],
)
def test_a_time_that_is_none_is_refused(run: Run, at: str, sentence: str) -> None:
    ran = run("simulate", "--sample", "lakeside", "--at", at)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"queuewatch: {sentence}")
    assert len(ran.err.splitlines()) == 2


def test_a_wrong_time_costs_the_phone_system_nothing(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    assert run("simulate", "--at", "tomorrow").status == 2
    assert pbx.requests == []


@pytest.mark.parametrize("spelling", ["live", "spec"])
def test_over_http_both_shapes_of_time_frames_say_the_same(run: Run, serve: Serve, spelling: Spelling) -> None:
    serve("harbor", quirks=Quirks(spelling=spelling))
    found = json.loads(run("simulate", "--at", "2027-01-05 19:30", "--json").out)["queues"]
    rules = {queue["queue"]: queue["rule_in_effect"] for queue in found}
    assert (rules["8101"], rules["8108"], rules["8109"]) == ("*", "Night Watch", "*")


def test_without_time_frames_the_rest_is_judged_and_what_rests_on_them_is_uncertain(
    run: Run, serve: Serve
) -> None:
    serve("harbor", Fault("/timeframes", FaultKind.STATUS, times=None, status=403))
    ran = run("simulate", "--at", "2026-11-24 12:00", "--json")
    found = json.loads(ran.out)
    uncertain = {queue["queue"] for queue in found["queues"] if queue["verdict"]["outcome"] == "uncertain"}
    assert uncertain == {"8108", "8109"}
    assert any("time frames could not be read" in problem for problem in found["problems"])


def test_where_the_time_frames_disagree_with_the_phone_system_status_says_so(run: Run) -> None:
    said = "By the time frames of Customs Desk (8101) the rule Business Hours would be in effect"
    for form in ("text", "json", "csv", "markdown"):
        words = " ".join(
            run("status", "8101", "--sample", "harbor", "--format", form).out.replace("\\", "").split()
        )
        assert said in words
    assert said not in run("simulate", "8101", "--sample", "harbor", "--at", "2026-11-23 09:12", "--json").out


@pytest.mark.parametrize(
    ("words", "on_terminal", "brief"),
    [
        (("--sample", "harbor"), False, False),
        (("--sample", "harbor"), True, True),
        (("--sample", "harbor", "--full"), True, False),
        (("--sample", "harbor", "--brief"), False, True),
        (("--sample", "harbor", "8110", "8100"), True, False),
        (("--sample", "lakeside"), True, False),
        (("--sample", "lakeside", "--brief"), True, True),
    ],
)
def test_many_queues_have_a_line_each_on_a_terminal_and_nowhere_else(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], on_terminal: bool, brief: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: on_terminal, raising=False)
    lines = re.sub(r"\x1b\[[\d;]*m", "", run("status", *words).out).splitlines()
    assert any(line.split()[:2] == ["Queue", "Now"] for line in lines) == brief
    # Only who did not ask for it is told how to have all.
    assert ("--full" in lines[-1]) == (brief and "--brief" not in words)


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_a_brief_line_never_cuts_a_verdict(run: Run, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    lines = run("status", "--sample", "harbor", "--brief").out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Queue"))
    rows = lines[start + 1 :]
    assert len(rows) == 16
    assert max(map(len, rows)) <= int(width)
    assert rows[0].startswith("8110 ")
    # That nobody is reached comes first; why, where there is room for it.
    reasons = int(width) >= 96
    assert rows[0].split()[3:8] == (["✖", "nobody:", "stranded"] * 2 if reasons else ["✖", "nobody"] * 2)[:5] + (
        [] if reasons else ["○2"]
    )
    assert sum("✖ nobody: dead end" in row for row in rows) == (2 if reasons else 0)


@pytest.mark.parametrize("width", ["70", "80", "100", "140"])
@pytest.mark.parametrize("sample", ["lakeside", "harbor"])
def test_a_brief_line_cuts_nothing_while_a_column_has_air(
    run: Run, monkeypatch: pytest.MonkeyPatch, sample: str, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    lines = run("status", "--sample", sample, "--brief").out.splitlines()
    header = next(line for line in lines if line.startswith("Queue"))
    rows = lines[lines.index(header) + 1 :]
    assert "…" not in "".join(rows)
    assert ("When Offline" in header) == (int(width) >= 80)
    if sample == "lakeside" and int(width) >= 80:
        assert any("●2 ◆1 ○1" in row and "(214) 555-0100" in row for row in rows)
        assert any("AA EmergencyMenu" in row for row in rows)


def test_of_a_long_name_a_brief_line_says_that_it_is_cut(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "34")
    lines = run("status", "8004", "--sample", "lakeside", "--brief").out.splitlines()
    assert lines[-1] == "8004 Dental Emerg…  rings  ready"


def test_a_brief_document_is_no_document(run: Run) -> None:
    refused = run("status", "--sample", "lakeside", "--brief", "--json")
    assert (refused.status, refused.out) == (2, "")
    assert "--brief is text" in refused.err
