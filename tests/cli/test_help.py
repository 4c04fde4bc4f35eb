"""``--help``, ``--version``, and the sample phone system as a command."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from queuewatch import __version__
from queuewatch.commands.parser import COMMANDS, parse

from .conftest import Ran, Run


def test_the_version(run: Run) -> None:
    assert run("--version") == Ran(0, f"queuewatch {__version__}\n", "")


def test_help_names_every_command_and_exit_status(run: Run) -> None:
    ran = run("--help")
    assert (ran.status, ran.err) == (0, "")
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", ran.out, re.MULTILINE)
    assert "exit status:" in ran.out


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_has_help_whose_examples_it_understands(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    examples = re.findall(rf"^  queuewatch ({command}.*)$", ran.out, re.MULTILINE)
    assert examples
    for example in examples:
        assert parse(shlex.split(example)).command == command


def test_options_before_the_command_hold_unless_said_otherwise_after_it() -> None:
    options = parse(["--profile", "a", "--interval", "0.2", "--read-only", "status", "--profile", "b", "8000"])
    assert (options.profile, options.interval, options.read_only) == ("b", 0.2, True)
    assert options.queues == ["8000"]


def test_samples_are_listed(run: Run) -> None:
    ran = run("sandbox", "--list")
    assert ran.status == 0
    assert [line.split()[0] for line in ran.out.splitlines() if line[0] != " "] == [
        "harbor",
        "lakeside",
        "riverside",
    ]


@pytest.fixture
def sandbox() -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "queuewatch", "sandbox", "--sample", "riverside"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_the_sandbox_prints_what_to_export_serves_and_ends_with_ctrl_c(sandbox: "subprocess.Popen[str]") -> None:
    assert sandbox.stdout is not None
    exported: dict[str, str] = {}
    for line in sandbox.stdout:
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").strip().partition("=")
            exported[name] = value
        if line.startswith("Ctrl+C"):
            break
    assert list(exported) == ["QUEUEWATCH_URL", "QUEUEWATCH_DOMAIN", "QUEUEWATCH_TOKEN"]
    status = subprocess.run(
        [sys.executable, "-m", "queuewatch", "status"],
        env={**os.environ, **exported},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert (status.returncode, status.stderr) == (0, "")
    assert "riverside.example" in status.stdout
    sandbox.send_signal(signal.SIGINT)
    _, complaints = sandbox.communicate(timeout=60)
    assert (sandbox.returncode, complaints) == (0, "")


def test_a_port_that_is_taken_says_so(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = run("sandbox", "--port", str(taken.getsockname()[1]))
    assert ran.status == 2
    assert "cannot listen" in ran.err
