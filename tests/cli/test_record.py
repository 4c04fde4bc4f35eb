"""``queuewatch record``: what it says, what it refuses, and that its folder replays."""

import json
from pathlib import Path

from queuewatch.pbx.sandbox.faults import Fault, FaultKind

from .conftest import TOKEN, Run, Serve


def test_a_recording_says_what_it_replaced_and_replays(run: Run, serve: Serve, tmp_path: Path) -> None:
    serve("riverside")
    out = str(tmp_path / "case")
    ran = run("record", "--out", out)
    assert (ran.status, ran.err) == (0, "")
    assert f"Recorded 2 queues, 2 agent rows, 3 users and 2 phones in {out}." in ran.out
    assert "Replaced: the domain, 1 person, 2 phone numbers," in ran.out
    assert "Look through the files before you send them" in ran.out
    assert ran.out.endswith(f"To replay it: queuewatch status --sample {out}\n")
    assert TOKEN not in ran.out
    live, replayed = (json.loads(run("status", "--json", *words).out) for words in ((), ("--sample", out)))
    assert [queue["verdict"]["outcome"] for queue in live["queues"]] == [
        queue["verdict"]["outcome"] for queue in replayed["queues"]
    ]
    assert replayed["domain"] == "recorded.example"


def test_phones_can_be_left_out(run: Run, serve: Serve, tmp_path: Path) -> None:
    pbx = serve("riverside")
    ran = run("record", "--no-phones", "--out", str(tmp_path / "case"))
    assert "Phones were left out." in ran.out
    assert not [request for request in pbx.requests if request.path.endswith("/devices")]


def test_nothing_is_overwritten_and_nothing_asked_for_it(run: Run, serve: Serve, tmp_path: Path) -> None:
    pbx = serve("riverside")
    (tmp_path / "notes.txt").write_text("mine")
    ran = run("record", "--out", str(tmp_path))
    assert (ran.status, ran.out) == (2, "")
    assert "exists already, and a recording overwrites nothing." in ran.err
    assert pbx.requests == []
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_server_that_fails_leaves_no_folder(run: Run, serve: Serve, tmp_path: Path) -> None:
    serve("riverside", Fault("/agents", FaultKind.STATUS, times=None, status=403))
    ran = run("record", "--out", str(tmp_path / "case"))
    assert (ran.status, ran.out) == (3, "")
    assert "may not read the agents" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_it_must_be_told_where_to(run: Run) -> None:
    ran = run("record")
    assert ran.status == 2
    assert "--out" in ran.err
