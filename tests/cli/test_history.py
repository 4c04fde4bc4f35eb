"""``history``: how often a queue failed over, and its uptime. No phone system is asked."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queuewatch.alerts.quiet import Quiet
from queuewatch.alerts.quiet_file import FILE as QUIET_FILE
from queuewatch.alerts.quiet_file import QuietBook
from queuewatch.failover.model import OFF
from queuewatch.history.database import HistoryFile, PhoneSystemKey, history_path
from tests.history.build import PLACE, Company, keep

from .conftest import Run

WHERE = ("--url", "https://pbx.example.com", "--domain", "example.com")
THEN = ("--since", "2026-11-22 12:00", "--until", "2026-11-22 12:20")


@pytest.fixture
def kept(tmp_path: Path) -> HistoryFile:
    """A queue that failed over for two minutes, and for five minutes nobody watched it."""
    file = HistoryFile(history_path({"QUEUEWATCH_STATE": str(tmp_path / "state")}), PLACE)
    company = Company()
    keep(file, company.day("GGGGGYYGGGG"))
    keep(file, company.day("GUUGG", 16))
    return file


@pytest.mark.usefixtures("kept")
def test_a_queue_in_text(run: Run) -> None:
    ran = run("history", "8000", *WHERE, *THEN)
    assert (ran.status, ran.err) == (0, "")
    lines = [line.rstrip() for line in ran.out.splitlines()]
    assert lines[:2] == [
        "History · pbx.example.com · example.com",
        "Sun 2026-11-22 12:00 to Sun 2026-11-22 12:20 UTC. 1 queue: 1 failed over, 0",
    ]
    assert lines[4].split() == ["8000", "uptime", "100", "%"]
    assert lines[5].strip() == "▁▁▁▁▁▒▒▁▁▁······▁??▁"
    short = "In short Failed over once, 2 min; always reached someone; uptime 100 % of 12 min watched."
    assert short in " ".join(ran.out.split())
    assert "  Left out  6 min not watched, 2 min not known." in lines
    assert "Each sign is 1 min: ▁ agents" in ran.out


@pytest.mark.usefixtures("kept")
def test_changes_and_agents_in_text(run: Run) -> None:
    words = " ".join(run("history", "8000", *WHERE, *THEN, "--changes", "--agents").out.split())
    assert "by Sun 2026-11-22 12:00:00 5 min answered A call rings an agent" in words
    assert "Sun 2026-11-22 12:05:00 2 min failed over A call fails over to (214) 555-0100" in words
    assert (
        "1001 Green since 12:19 █████░░███······█??█ Green 71.4 %, Grey 14.2 %, Unknown 14.2 % of 14 min" in words
    )


@pytest.mark.usefixtures("kept")
def test_a_queue_in_json(run: Run) -> None:
    document = json.loads(run("history", *WHERE, *THEN, "--json", "--changes", "--agents").out)
    assert list(document) == ["server", "domain", "since", "until", "kept_since", "queues", "quiet"]
    assert document["quiet"] == []
    assert (document["since"], document["until"]) == ("2026-11-22T12:00:00Z", "2026-11-22T12:20:00Z")
    assert document["kept_since"] == "2026-11-22T12:00:00Z"
    one, other = document["queues"]
    assert (one["queue"], one["uptime_percent"], other["queue"]) == ("8000", 100.0, "8001")
    assert (one["watched_seconds"], one["not_watched_seconds"], one["known_seconds"]) == (840, 360, 720)
    assert sum(one["seconds"].values()) == one["watched_seconds"]
    assert one["failed_over"] == {"times": 1, "longest_seconds": 120, "total_seconds": 120}
    standings = [change["standing"] for change in one["changes"]]
    assert standings == ["rings", "fails_over", "rings", "rings", "unknown", "rings"]
    assert one["changes"][1]["end"] == {"kind": "external", "target": "2145550100"}
    assert [agent["seconds"]["grey"] for agent in one["agents"]] == [120]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("words", "first", "rows"),
    [
        (
            (),
            {"queue": "8000", "uptime_percent": "100.0", "fails_over_seconds": "120", "failed_over_times": "1"},
            2,
        ),
        (("--changes",), {"begun": "2026-11-22T12:00:00Z", "begun_seen": "no", "standing": "rings"}, 8),
        (("--agents",), {"agent": "1001@example.com", "grey_seconds": "120", "last_status": "green"}, 2),
    ],
)
def test_csv_is_one_table(run: Run, words: tuple[str, ...], first: dict[str, str], rows: int) -> None:
    found = list(csv.DictReader(io.StringIO(run("history", *WHERE, *THEN, "--format", "csv", *words).out)))
    assert first.items() <= found[0].items()
    assert len(found) == rows


@pytest.mark.usefixtures("kept")
def test_a_report_to_hand_on(run: Run) -> None:
    report = run("history", *WHERE, *THEN, "--format", "markdown", "--changes", "--agents").out
    assert report.startswith("# Call queues: uptime and failover\n\n**2 queues: 1 failed over, 0 reached nobody")
    assert "- **Period:** Sun 2026-11-22 12:00 to Sun 2026-11-22 12:20 UTC" in report
    assert "| 8000 | 100 % | 14 min | once | 2 min | never | 83.3 % | 16.6 % |" in report
    assert "| Sun 2026-11-22 12:05:00 | 2 min | failed over | A call fails over" in report
    assert "Uptime is the share of the watched time in which a call would have reached someone" in report
    assert "counts neither for nor against it. No share is rounded up." in report


def test_a_queue_that_reached_nobody_is_not_at_a_hundred(run: Run, tmp_path: Path) -> None:
    file = HistoryFile(history_path({"QUEUEWATCH_STATE": str(tmp_path / "state")}), PLACE)
    keep(file, Company(OFF).day("G" * 20 + "YG"))
    ran = run("history", "8000", *WHERE, "--since", "2026-11-22 12:00", "--until", "2026-11-22 12:21")
    assert "uptime 95.2 %" in ran.out
    assert "█" in ran.out


def test_nothing_kept_yet_is_no_mistake(run: Run) -> None:
    ran = run("history", *WHERE)
    assert (ran.status, ran.err) == (0, "")
    assert " ".join(ran.out.split()).endswith(
        "Nothing has been kept yet about example.com: it is kept while the board or queuewatch watch runs on this "
        "machine."
    )
    assert json.loads(run("history", *WHERE, "--json").out)["queues"] == []


@pytest.mark.usefixtures("kept")
def test_a_period_that_nobody_watched_says_since_when_there_is_one(run: Run) -> None:
    ran = run("history", *WHERE, "--since", "2026-11-01", "--until", "2026-11-02")
    assert "Nobody watched in this period. There is a history since Sun 2026-11-22 12:00." in " ".join(
        ran.out.split()
    )


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("8010",), "There is no queue “8010”."),
        (("--since", "2026-11-22", "--until", "2026-11-21"), "The period ends before it begins: from"),
        (("--since", "tomorrow"), "“tomorrow” is no time that can be read."),
        (("--format", "csv", "--agents", "--changes"), "CSV is one table, and these are two."),
    ],
)
def test_what_cannot_be_told_is_said(run: Run, words: tuple[str, ...], says: str) -> None:
    ran = run("history", *WHERE, *words)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"queuewatch: {says}")


@pytest.mark.usefixtures("kept")
def test_the_nearest_queue_is_offered(run: Run) -> None:
    assert "Did you mean “8001”? The queues are 8000 and 8001." in run("history", "8O01", *WHERE).err


def test_a_history_that_cannot_be_read_is_said(run: Run, kept: HistoryFile) -> None:
    kept.path.write_bytes(b"no history" * 1000)
    ran = run("history", *WHERE)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"queuewatch: The history {kept.path} is damaged.")


def test_no_phone_system_configured_is_said(run: Run) -> None:
    ran = run("history")
    assert ran.status == 2
    assert "No phone system is configured yet." in ran.err


def test_another_phone_system_has_another_past(run: Run, kept: HistoryFile) -> None:
    keep(HistoryFile(kept.path, PhoneSystemKey(PLACE.server, "other.example")), Company().day("YY"))
    assert "Nothing has been kept yet" in run("history", WHERE[0], "https://elsewhere.example", *WHERE[2:]).out


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_sample_data_has_a_past_and_writes_none(run: Run, tmp_path: Path, form: str) -> None:
    ran = run("history", "--sample", "lakeside", "Referrals", "--format", form)
    assert ran.status == 0
    assert "Referrals" in ran.out
    assert "99.4" in ran.out
    assert not (tmp_path / "state").exists()


def test_a_sample_without_a_past_says_so(run: Run) -> None:
    told = " ".join(run("history", "--sample", "harbor").out.split())
    assert "Nothing has been kept yet about harbor.example" in told


@pytest.mark.usefixtures("kept")
def test_what_was_quiet_stands_in_every_form(run: Run, tmp_path: Path) -> None:
    noon = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
    book = QuietBook(tmp_path / "state" / QUIET_FILE, PLACE.server, PLACE.domain)
    book.add(Quiet("new UPS", noon, noon + timedelta(minutes=5), queue="8000", by="ana"), noon)
    book.add(Quiet("another day", noon + timedelta(days=1), noon + timedelta(days=2), site="Dallas"), noon)
    words = "Sun 2026-11-22 12:05 to Sun 2026-11-22 12:10 (put quiet by ana): new UPS."
    for form in ("text", "markdown", "html"):
        out = run("history", *WHERE, *THEN, "--format", form).out
        assert words in " ".join(out.replace("\\", "").split())
        assert "another day" not in out
    (quiet,) = json.loads(run("history", *WHERE, *THEN, "--json").out)["quiet"]
    assert (quiet["queue"], quiet["reason"], quiet["on"]) == ("8000", "new UPS", False)
    assert json.loads(run("history", "8001", *WHERE, *THEN, "--json").out)["quiet"] == []
