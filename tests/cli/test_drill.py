"""``queuewatch drill``: what is said to go dark, what is read for it, and the report that is kept."""

import asyncio
import csv
import io
import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.commands.drill import read_devices_with_progress
from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.sample import connect_sample
from queuewatch.failover.drill.drill import DrillOutcome
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import Device
from queuewatch.pbx.phone_system import ListReading
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.polling.assemble import read_snapshot
from tests.change.in_memory import InMemory
from tests.failover.two_sites import company, seat

from .conftest import Run, Serve

STORY = (
    "If Dallas goes dark: 3 of 7 queues fail over, Appointments is held open by Priya Raman at Remote, "
    "Referrals' callers would wait for ever, 2 queues are not affected."
)


def fates(text: str) -> dict[str, str]:
    return {queue["queue"]: queue["fate"] for queue in json.loads(text)["queues"]}


def test_the_document(run: Run) -> None:
    ran = run("drill", "--sample", "lakeside", "--site", "dallas", "--by", "Dana Reyes", "--json")
    assert (ran.status, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert found["domain"] == "lakeside.example"
    assert found["taken_at"] == "2026-11-23T15:12:00Z"
    assert found["run_by"] == "Dana Reyes"
    assert found["scope"] == {"sites": ["Dallas"], "ips": [], "agents": [], "everything": False}
    assert found["summary"] == STORY
    assert found["problems"] == []
    queues = {queue["queue"]: queue for queue in found["queues"]}
    assert queues["8001"]["fate"] == "held_open"
    assert queues["8001"]["held_open_by"] == [
        {"id": "1020@lakeside.example", "name": "Priya Raman", "site": "Remote", "device": ""}
    ]
    assert queues["8001"]["begins"] == {"at": None, "in_seconds": None, "at_most_seconds": None}
    assert queues["8002"]["begins"] == {"at": "2026-11-23T15:16:17Z", "in_seconds": 257, "at_most_seconds": None}
    assert queues["8002"]["verdict"]["outcome"] == "fails_over"
    assert found["timeline"][0]["event"] == "power_lost"
    assert found["timeline"][-1]["fate"] == "fails_over"
    assert found["timeline"][1] == {
        "at": "2026-11-23T15:12:18Z",
        "in_seconds": 18,
        "at_most_seconds": None,
        "event": "agent_grey",
        "text": "Cara Singh turns Grey (Front Desk, Dental Emergencies and Referrals)",
        "queues": ["8000", "8004", "8006"],
        "agent": "1003@lakeside.example",
        "fate": None,
    }


def test_without_phones_the_moments_are_not_known_and_that_is_said(run: Run) -> None:
    ran = run("drill", "--sample", "lakeside", "--site", "Dallas", "--no-phones", "--json")
    found = json.loads(ran.out)
    assert found["summary"] == STORY
    assert {queue["begins"]["at_most_seconds"] for queue in found["queues"] if queue["fate"] == "fails_over"} == {
        300
    }
    assert any("were not read: a mobile app" in note for note in found["assumptions"])


@pytest.mark.parametrize("words", [("--format", "text"), ("--format", "markdown")])
def test_the_report_to_be_signed(run: Run, words: tuple[str, ...]) -> None:
    ran = run("drill", "--sample", "lakeside", "--site", "Dallas", "--by", "Dana Reyes", *words)
    assert (ran.status, ran.err) == (0, "")
    flat = " ".join(ran.out.split())
    for said in (
        STORY,
        "Lakeside Dental",
        "lakeside.example",
        "2026-11-23",
        "Dana Reyes",
        "failover begins at",
        "in 4:17",
        "The power is lost: Dallas goes dark",
        "Cara Singh turns Grey",
        "Everything asked for was read.",
        "whose length is not published",
    ):
        assert said in flat
    assert re.search(r"Signature _+ Date _+", flat)


def test_a_row_for_each_queue(run: Run) -> None:
    ran = run("drill", "--sample", "lakeside", "--site", "Dallas", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(rows) == 7
    assert [row["fate"] for row in rows[:2]] == ["stranded", "held_open"]
    assert rows[1]["held_open_by"] == "1020@lakeside.example"
    assert {row["supposed"] for row in rows} == {"Dallas"}
    assert {row["begins_in_seconds"] for row in rows} == {"", "90", "110", "119", "257"}


def test_scopes_add_up_and_may_be_repeated(run: Run) -> None:
    words = ("--site", "Dallas", "--site", "Austin", "--agent", "Priya Raman", "--ip", "192.0.2.77")
    ran = run("drill", "--sample", "lakeside", *words, "--json")
    assert json.loads(ran.out)["scope"]["ips"] == ["192.0.2.77"]
    # A mobile app in Austin is all that is left.
    assert fates(ran.out)["8001"] == "fails_over"
    assert fates(ran.out)["8003"] == "held_open"


def test_the_building_by_its_address_is_the_building_by_its_name(run: Run) -> None:
    by_name = run("drill", "--sample", "lakeside", "--site", "Dallas", "--json")
    by_address = run("drill", "--sample", "lakeside", "--ip", "203.0.113.10", "--json")
    assert fates(by_address.out) == fates(by_name.out)


def test_who_ran_it_is_the_login_name_unless_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "dreyes")
    assert json.loads(run("drill", "--sample", "riverside", "--all", "--json").out)["run_by"] == "dreyes"

    def nobody() -> str:
        raise OSError

    monkeypatch.setattr("getpass.getuser", nobody)
    assert json.loads(run("drill", "--sample", "riverside", "--all", "--json").out)["run_by"] == str(os.getuid())


@pytest.mark.parametrize(
    ("words", "says", "hint"),
    [
        ((), "Nothing was said to go dark.", "The sites are Austin, Dallas and Remote."),
        (("--site", "Dalas"), "There is no site “Dalas”.", "Did you mean “Dallas”? The sites are Austin, Dallas"),
        (("--agent", "Ana Lopes"), "There is no agent “Ana Lopes”.", "Did you mean “Ana Lopez”?"),
        (
            ("--ip", "203.0.113.11"),
            "No phone is connected from 203.0.113.11.",
            "Did you mean “203.0.113.10”? The ph",
        ),
        (("--ip", "203.0.113"), "'203.0.113' is not an IP address.", "Such as 203.0.113.10."),
        (
            ("--ip", "203.0.113.10", "--no-phones"),
            "Which agents are behind an address only",
            "Leave out --no-phones",
        ),
        (("--all", "--out", "."), "is a folder.", "Name a file in it."),
        (("--all", "--out", "no/such/drill.md"), "There is no folder", "Name another file."),
    ],
)
def test_a_wrong_drill_says_what_there_is(run: Run, words: tuple[str, ...], says: str, hint: str) -> None:
    ran = run("drill", "--sample", "lakeside", *words)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert hint in ran.err


def test_the_report_goes_into_a_file_whole(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "drill.md"
    file.write_text("an older one", encoding="utf-8")
    file.chmod(0o640)
    ran = run("drill", "--sample", "lakeside", "--site", "Dallas", "--format", "markdown", "--out", str(file))
    assert (ran.status, ran.out, ran.err) == (0, f"{STORY}\nWritten to {file}\n", "")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Failover drill\n")
    assert text.endswith("_\n")
    assert "\x1b" not in text
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["drill.md"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "drill.json"
    file.write_text("an older one", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    ran = run("drill", "--sample", "riverside", "--all", "--json", "--out", str(file))
    assert (ran.status, ran.out) == (2, "")
    assert f"{file} cannot be written: No space left on device.\n  Nothing was written." in ran.err
    assert file.read_text(encoding="utf-8") == "an older one"
    assert [path.name for path in tmp_path.iterdir()] == ["drill.json"]


def test_a_server_that_gives_no_phones_still_gives_a_drill(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside", Fault("/devices", FaultKind.STATUS, times=None, status=403))
    ran = run("drill", "--site", "Dallas")
    assert (ran.status, ran.err) == (0, "")
    flat = " ".join(ran.out.split())
    assert STORY in flat
    assert "The phones of 8 of 8 people could not be read: " in flat
    assert "failover begins within 5 minutes" in flat
    assert sum(request.path.endswith("/devices") for request in pbx.requests) == 1
    by_address = json.loads(run("drill", "--ip", "203.0.113.10", "--json").out)
    # All that is certain is that who needs no building answers; whether anybody else loses a phone is not.
    assert {queue["fate"] for queue in by_address["queues"]} == {"uncertain"}
    answered = {queue["queue"] for queue in by_address["queues"] if queue["verdict"]["reaches_someone"]}
    assert answered == {"8003"}
    assert sum("could not be read" in problem for problem in by_address["problems"]) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows' event loop takes no signal handlers")
async def test_ctrl_c_goes_on_with_the_phones_that_came(capsys: pytest.CaptureFixture[str]) -> None:
    class Stuck(InMemory):
        """Ctrl+C is pressed while the fourth answer does not come."""

        async def read_devices(self, user: str) -> ListReading[Device]:
            if user == "1004":
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()
            return await super().read_devices(user)

    pbx = Stuck.holding(company(*(seat(str(1001 + place)) for place in range(6))))
    connection = replace(connect_sample(ConnectionOptions(sample="riverside")), system=pbx)
    snapshot = await read_devices_with_progress(
        connection, await read_snapshot(pbx), DrillScope(sites=("Dallas",))
    )
    assert set(snapshot.devices) == {"1001", "1002", "1003"}
    assert snapshot.problems[-1].text == "The phones of 3 of 6 people were not read: the reading was stopped."
    assert capsys.readouterr().err == ""


class Terminal(io.StringIO):
    """A stderr that somebody looks at."""

    def isatty(self) -> bool:
        return True


async def test_a_long_reading_shows_how_far_it_is_on_one_line_and_takes_it_away_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    connection = connect_sample(ConnectionOptions(sample="lakeside"))
    dallas = DrillScope(sites=("Dallas",))
    await read_devices_with_progress(connection, await read_snapshot(connection.system), dallas)
    assert terminal.getvalue() == ""
    monkeypatch.setattr("queuewatch.commands.drill.UNSAID", -1.0)
    await read_devices_with_progress(connection, await read_snapshot(connection.system), dallas)
    await connection.system.close()
    shown = terminal.getvalue()
    assert "\rReading phones: 3 of 8, about 0:00 to go (Ctrl+C goes on with these)\r" in shown
    assert "\n" not in shown
    *_, blank, rest = shown.split("\r")
    assert (blank.strip(), rest) == ("", "")


def test_drill_reads_the_rules_of_every_queue_and_writes_nothing(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    assert run("drill", "--agent", "1020").status == 0
    assert {request.method for request in pbx.requests} == {"GET"}
    read = {request.path.split("/")[-2] for request in pbx.requests if request.path.endswith("/devices")}
    assert read == {"1020"}


def test_what_the_profile_says_of_sites_holds(run: Run, serve: Serve, environment: Path) -> None:
    serve("lakeside")
    environment.write_text(
        f"""
        [profiles.lake]
        url = "{os.environ["QUEUEWATCH_URL"]}"
        domain = "lakeside.example"
        [profiles.lake.sites.Remote]
        building = false
        [profiles.lake.sites.Austin]
        addresses = ["203.0.113.10"]
        """
    )
    refused = run("--profile", "lake", "drill", "--site", "remote")
    assert (refused.status, refused.out) == (2, "")
    assert "Remote is no building, so it cannot go dark: the profile says building = false." in refused.err
    assert run("--profile", "lake", "simulate", "--dark-site", "Remote").status == 2
    # The phones of Dallas are connected from what is now called a line of Austin.
    austin, dallas = (
        {
            queue["queue"]: queue["fate"]
            for queue in json.loads(run("--profile", "lake", "drill", "--site", site, "--json").out)["queues"]
        }
        for site in ("Austin", "Dallas")
    )
    assert austin["8000"] == "fails_over"
    assert dallas["8000"] == "answered"


def test_drill_simulate_and_readiness_agree_on_everything_dark(run: Run) -> None:
    dark = {
        queue["queue"]: queue["verdict"]["end"]
        for queue in json.loads(run("drill", "--all", "--sample", "harbor", "--json").out)["queues"]
    }
    for queue in json.loads(run("simulate", "--all-dark", "--sample", "harbor", "--json").out)["queues"]:
        assert queue["verdict"]["end"] == queue["readiness"]["verdict"]["end"] == dark[queue["queue"]]


def test_every_site_in_turn_equals_the_drill_of_each(run: Run) -> None:
    ran = run("drill", "--sample", "harbor", "--all-sites", "--json")
    assert (ran.status, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert (found["domain"], found["taken_at"]) == ("harbor.example", "2026-11-23T15:12:00Z")
    assert found["sites"] == ["Houston", "Galveston"]
    for site in found["sites"]:
        alone = json.loads(run("drill", "--sample", "harbor", "--site", site, "--no-phones", "--json").out)
        assert {queue["queue"]: queue["fates"][site] for queue in found["queues"]} == fates(json.dumps(alone))
        touched = {queue["queue"]: queue["verdict"] != queue["verdict_before"] for queue in alone["queues"]}
        assert {queue["queue"]: queue["touched"][site] for queue in found["queues"]} == touched
        assert found["summary"][site]["sentence"] == alone["summary"]
        assert set(found["summary"][site]["counts"]) == {fate.value for fate in DrillOutcome}
        assert sum(found["summary"][site]["counts"].values()) == len(found["queues"])
    everything = json.loads(run("drill", "--sample", "harbor", "--all", "--json").out)
    assert {queue["queue"]: queue["everything"] for queue in found["queues"]} == fates(json.dumps(everything))
    assert set(found["queues"][0]) == {"queue", "name", "site", "fates", "touched", "everything"}


def test_every_site_in_turn_in_words(run: Run) -> None:
    text = run("drill", "--sample", "lakeside", "--all-sites", "--by", "Dana Reyes").out
    row = next(line for line in text.splitlines() if "8006 Referrals" in line)
    assert row.split() == ["8006", "Referrals", "STRANDED", "·", "·", "STRANDED"]
    assert " ".join(text.split()).count("By the names of the sites: the phones of 11 people were not read") == 1
    assert STORY in " ".join(text.split())
    page = run("drill", "--sample", "lakeside", "--all-sites", "--format", "html").out
    assert STORY.replace("'", "&#39;") in page
    markdown = run("drill", "--sample", "lakeside", "--all-sites", "--format", "markdown").out
    assert "| Referrals (8006) | STRANDED | · | · | STRANDED |" in markdown
    rows = list(
        csv.DictReader(io.StringIO(run("drill", "--sample", "lakeside", "--all-sites", "--format", "csv").out))
    )
    assert len(rows) == 7 * 4
    assert (rows[0]["queue"], rows[0]["dark"], rows[0]["fate"], rows[0]["touched"]) == (
        "8006", "Dallas", "stranded", "yes",
    )  # fmt: skip


def test_phones_are_read_for_every_site_where_that_is_asked_for(run: Run) -> None:
    text = run("drill", "--sample", "lakeside", "--all-sites", "--phones").out
    assert "were not read" not in text


@pytest.mark.parametrize(
    ("also", "named"),
    [
        (("--site", "Dallas"), "--site"),
        (("--all",), "--all"),
        (("--ip", "203.0.113.10", "--agent", "1001"), "--ip and --agent"),
        (("--at", "2026-12-01 09:00"), "--at"),
        (("--record",), "--record"),
    ],
)
def test_nothing_else_goes_dark_beside_every_site(run: Run, also: tuple[str, ...], named: str) -> None:
    ran = run("drill", "--sample", "lakeside", "--all-sites", *also)
    assert (ran.status, ran.out) == (2, "")
    assert f"Leave out {named}, or --all-sites." in ran.err


def test_phones_are_read_or_not(run: Run) -> None:
    ran = run("drill", "--sample", "lakeside", "--all-sites", "--phones", "--no-phones")
    assert ran.status == 2
    assert "Leave out --phones or --no-phones." in ran.err
