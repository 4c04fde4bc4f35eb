"""Time as servers tell it: a clock that is wrong, stamps without a zone; and a Default rule spelled out."""

import json
import shutil
from pathlib import Path

import pytest

from queuewatch.pbx.sandbox.quirks import Quirks

from .conftest import Run, Serve

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"


def begins(out: str, queue: str) -> object:
    return next(one["begins"] for one in json.loads(out)["queues"] if one["queue"] == queue)


@pytest.mark.parametrize("ahead", [600, -600])
def test_what_is_left_of_a_registration_is_told_by_the_servers_clock(run: Run, serve: Serve, ahead: int) -> None:
    serve("lakeside", quirks=Quirks(clock_ahead=ahead))
    ran = run("drill", "--site", "Dallas", "--json")
    at = {600: "2026-11-23T15:26:17Z", -600: "2026-11-23T15:06:17Z"}[ahead]
    # The clock of the served sandbox stands still, days from this machine's.
    told = begins(ran.out, "8002")
    assert isinstance(told, dict)
    assert told["at"] == at
    assert abs(told["in_seconds"] - 257) <= 3
    assert any("The times are those of the server's clock" in note for note in json.loads(ran.out)["assumptions"])


def test_a_long_registration_with_stamps_of_an_unknown_zone(run: Run, serve: Serve, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLES / "riverside", tmp_path / "riverside"))
    devices = json.loads((folder / "devices.json").read_text())
    devices["1000"][0] |= {
        "device-sip-registration-datetime": "2026-11-23 14:42:00",
        "device-sip-registration-expires-datetime": "2026-11-23 15:42:00",
        "device-sip-registration-expiry-seconds": 3600,
    }
    (folder / "devices.json").write_text(json.dumps(devices))
    serve(str(folder))
    ran = run("drill", "--agent", "1000", "--json")
    assert begins(ran.out, "8000") == {"at": None, "in_seconds": None, "at_most_seconds": 3600}
    words = " ".join(run("drill", "--agent", "1000").out.split())
    assert "within 60 minutes (the portal says up to 5)" in words


def test_a_server_that_spells_out_default(run: Run, serve: Serve) -> None:
    serve("riverside", quirks=Quirks(spelling="spec", default_spelled_out=True))
    spelled = json.loads(run("status", "8000", "--json").out)["queues"][0]
    assert (spelled["rule_in_effect"], spelled["readiness"]["state"]) == ("*", "ready")
    assert spelled["when_offline"] == {"enabled": True, "destination": "19735550140"}
    assert run("when-offline", "8000", "19735550141", "--yes").status == 0
    assert (
        json.loads(run("status", "8000", "--json").out)["queues"][0]["when_offline"]["destination"]
        == "19735550141"
    )


def test_a_report_names_the_instant_of_each_queue_and_a_drill_has_one(run: Run) -> None:
    found = json.loads(run("simulate", "--sample", "lakeside", "--at", "2026-11-26 10:00", "--json").out)
    assert {queue["at"] for queue in found["queues"]} == {"2026-11-26T16:00:00Z"}
    ran = run("drill", "--sample", "lakeside", "--site", "Dallas", "--at", "2026-11-26 10:00", "--json")
    assert json.loads(ran.out)["at"] == "2026-11-26T16:00:00Z"
    ran = run("drill", "--sample", "lakeside", "--all", "--at", "2026-11-26 10:00", "--json")
    assert json.loads(ran.out)["at"] == "2026-11-26T16:00:00Z"
    ran = run("drill", "--sample", "lakeside", "--site", "Dallas", "--at", "2026-03-08 02:30")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("queuewatch: 2026-03-08 02:30 does not exist in US/Central: there the clocks go")


def test_a_drill_of_no_site_goes_by_the_domains_clock_and_asks_for_it_only_then(run: Run, serve: Serve) -> None:
    pbx = serve("riverside")
    words = ("drill", "--all", "--no-phones", "--json")
    assert json.loads(run(*words, "--at", "2026-12-01 09:00").out)["at"] == "2026-12-01T14:00:00Z"
    own = f"/ns-api/v2/domains/{pbx.domain}"
    assert [request.path for request in pbx.requests].count(own) == 1
    assert json.loads(run(*words, "--at", "2026-12-01T09:00-06:00").out)["at"] == "2026-12-01T15:00:00Z"
    assert [request.path for request in pbx.requests].count(own) == 1
