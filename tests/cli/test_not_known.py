"""Changes of which it is not known whether they were made: told, looked at by later commands, undone."""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.writes import REQUIRE_AGENTS

from .conftest import Run, Serve


def lost() -> Fault:
    """The next write's answer is lost, and it is not made."""
    return Fault("callqueues/8000", FaultKind.STATUS, status=504, method="PUT")


def make(pbx: SandboxPbx, value: str = "no") -> None:
    """The write lands, or somebody else sets it."""
    pbx.floor.queues["8000"][REQUIRE_AGENTS] = value


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The log of changes."""
    return tmp_path / "state" / "changes.jsonl"


def grow_old(book: Path) -> None:
    """Let everything in the log have happened a day before."""
    records = [json.loads(line) for line in book.read_text().splitlines()]
    for record in records:
        record["at"] = record["at"].replace(record["at"][:10], "2020-01-01")
    book.write_text("".join(f"{json.dumps(record)}\n" for record in records))


def outcomes(book: Path) -> list[tuple[str, str]]:
    records = [json.loads(line) for line in book.read_text().splitlines()]
    return [(record["id"], record["outcome"]) for record in records if record["record"] == "ended"]


def test_it_is_told_as_not_known_and_the_next_command_looks_again(run: Run, serve: Serve, book: Path) -> None:
    pbx = serve("lakeside", lost())
    ran = run("require-agents", "8000", "no", "--yes")
    assert ran.status == 1
    assert "Whether Require Agents of Front Desk (8000) was changed is not known: " in ran.err
    assert "(504)" in ran.err
    assert "was not changed" not in ran.err
    ran = run("status", "8000", "--json")
    assert ran.status == 0
    assert json.loads(ran.out)["queues"]
    assert ran.err.startswith("queuewatch: Whether change 1 was made is still not known: ")
    make(pbx)
    ran = run("status", "8000", "--json")
    assert json.loads(ran.out)["queues"][0]["require_agents"] is False
    assert ran.err == ("queuewatch: Change 1 was made after all: Require Agents of Front Desk (8000) is No.\n")
    assert run("status", "8000").err == ""
    assert outcomes(book) == [("1", "unknown"), ("1", "confirmed")]
    told = " ".join(run("log").out.split())
    assert "✔ confirmed Change 1 was made after all" in told
    (change,) = json.loads(run("log", "--json").out)["changes"]
    assert [one["outcome"] for one in change["earlier"]] == ["unknown"]
    assert run("undo", "--yes").status == 0
    assert pbx.floor.queues["8000"][REQUIRE_AGENTS] == "yes"


def test_after_ten_minutes_the_old_value_settles_it(run: Run, serve: Serve, book: Path) -> None:
    serve("lakeside", lost())
    run("require-agents", "8000", "no", "--yes")
    grow_old(book)
    ran = run("check", "8000")
    assert "queuewatch: Change 1 was not made: Require Agents of Front Desk (8000) is still Yes, " in ran.err
    assert run("check", "8000").err == ""
    assert outcomes(book) == [("1", "unknown"), ("1", "not made")]
    assert "✖ not made" in run("log").out


def test_another_phone_system_is_none_of_its_business(run: Run, serve: Serve, book: Path) -> None:
    serve("lakeside", lost())
    run("require-agents", "8000", "no", "--yes")
    serve("harbor")
    assert run("status").err == ""
    assert run("status", "--sample", "lakeside").err == ""
    assert outcomes(book) == [("1", "unknown")]


def test_plain_undo_settles_it_first_and_offers_the_one_before(run: Run, serve: Serve, book: Path) -> None:
    fault = lost()
    fault.times = 0
    pbx = serve("lakeside", fault)
    assert run("when-offline", "8001", "(972) 555-0188", "--yes").status == 0
    for old in (False, True):
        fault.times = 1
        run("require-agents", "8000", "no", "--yes")
        if old:
            grow_old(book)
        ran = run("undo", "--yes")
        assert ran.status == 0
        if old:
            assert "was not made: Require Agents of Front Desk (8000)" in ran.err
        else:
            assert "as it was before: nothing to undo." in ran.out
            assert "it may yet come" in ran.out
        assert "Undo change 1: When Offline of the Default answering rule of Appointments (8001)" in ran.out
        assert pbx.floor.queues["8000"][REQUIRE_AGENTS] == "yes"
        book.unlink()
        assert run("when-offline", "8001", "(972) 555-0188", "--yes").status == 0


def test_a_queue_that_is_gone_does_not_stand_in_the_way_either(run: Run, serve: Serve) -> None:
    fault = lost()
    fault.times = 0
    pbx = serve("lakeside", fault)
    run("when-offline", "8001", "(972) 555-0188", "--yes")
    fault.times = 1
    run("require-agents", "8000", "no", "--yes")
    del pbx.floor.queues["8000"]
    ran = run("undo", "--yes")
    assert ran.status == 0
    assert "Change 2 is passed over: " in ran.err
    assert "Undo change 1: " in ran.out


IMPATIENT = """
import sys
from importlib import import_module
from queuewatch.cli import main
vars(import_module("queuewatch.change.apply"))["READ_BACK_PAUSE"] = 0.1
sys.exit(main(sys.argv[1:]))
"""
"""The command, which reads back a little faster than usual."""


@pytest.mark.skipif(not hasattr(signal, "SIGINT") or sys.platform == "win32", reason="sends itself a signal")
def test_ctrl_c_ends_the_looking_and_the_log_keeps_it(run: Run, serve: Serve, tmp_path: Path, book: Path) -> None:
    pbx = serve("lakeside", lost())
    running = subprocess.Popen(
        [sys.executable, "-c", IMPATIENT, "require-agents", "8000", "no", "--yes"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    # A program that hangs must not hang this one.
    rescue = threading.Timer(40, running.kill)
    rescue.start()
    while running.poll() is None and not (book.exists() and outcomes(book)):
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    assert "Whether Require Agents of Front Desk (8000) was changed is not known" in running.stderr.read()
    assert running.wait() == 130
    rescue.cancel()
    running.stderr.close()
    assert outcomes(book)[-1] == ("1", "unknown")
    assert pbx.floor.queues["8000"][REQUIRE_AGENTS] == "yes"
