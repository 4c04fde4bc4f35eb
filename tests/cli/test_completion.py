"""Tab in a real shell: what it offers, and that it asks no phone system and writes nothing else."""

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from queuewatch.commands.options.managing import SHELLS
from queuewatch.commands.parser import COMMANDS, command_parser
from queuewatch.failover.audit.codes import CODES

from .conftest import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these shells are those of other systems")

PROFILES = """\
[profiles.acme]
url = "https://pbx.example.com"
domain = "acme.example"
domains = ["acme-north.example"]

[profiles."the other"]
url = "https://pbx.example.com"
domain = "north.example"
"""

Tab = Callable[[str], list[str]]

ASK_BASH = """\
source "$1"
COMP_LINE="$2" COMP_POINT=${#2} COMP_TYPE=9
_python_argcomplete queuewatch
printf '%s\\n' "${COMPREPLY[@]}"
"""
ASK_ZSH = """\
compdef() { registered=1 }
_describe() { print -rl -- "${(@P)2}" }
source "$1"
(( registered )) || exit 1
words=(queuewatch) BUFFER="$2" CURSOR=${#2}
_python_argcomplete
"""
ASK_FISH = """\
source $argv[1]
complete -C $argv[2]
"""


@pytest.fixture
def on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which ``queuewatch`` is this very program, and which alone a shell looks at first."""
    program = tmp_path / "bin" / "queuewatch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m queuewatch "$@"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    return program.parent


def asked(shell: str, options: list[str], how: str, script: Path, line: str) -> list[str]:
    """What a shell offers after this line; it writes nothing to stderr."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    words = ["--", str(script), line] if shell == "fish" else ["shell", str(script), line]
    done = subprocess.run(
        [shell, *options, "-c", how, *words], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert done.stderr == ""
    return [one for one in done.stdout.split("\n") if one]


@pytest.fixture
def bash(on_the_path: Path, run: Run, tmp_path: Path) -> Tab:
    """Press Tab in bash."""
    script = tmp_path / "queuewatch.bash"
    script.write_text(run("completion", "bash").out, encoding="utf-8")
    return lambda line: asked("bash", ["--norc"], ASK_BASH, script, line)


@pytest.mark.parametrize("shell", SHELLS)
def test_it_says_where_it_belongs_and_is_a_script_of_that_shell(shell: str, run: Run, tmp_path: Path) -> None:
    ran = run("completion", shell)
    assert (ran.status, ran.err) == (0, "")
    comments = [line for line in ran.out.splitlines() if line.startswith("#")]
    assert any(f"queuewatch completion {shell}" in line for line in comments)
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    script = tmp_path / shell
    script.write_text(ran.out, encoding="utf-8")
    subprocess.run([shell, "-n", str(script)], check=True, timeout=60)


def test_another_shell_is_no_choice(run: Run) -> None:
    ran = run("completion", "tcsh")
    assert ran.status == 2
    assert "bash" in ran.err


def test_bash_offers_every_command(bash: Tab) -> None:
    assert bash("queuewatch ") == list(COMMANDS)
    assert bash("queuewatch --read-only hist") == ["history "]


@pytest.mark.parametrize("command", ["status", "drill", "undo"])
def test_bash_offers_every_option_of_a_command(bash: Tab, command: str) -> None:
    options = [name for action in command_parser(command)._actions for name in action.option_strings]
    assert set(bash(f"queuewatch {command} --")) == {name for name in options if name.startswith("--")}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("queuewatch status --format ", ["text", "json", "csv", "markdown", "html"]),
        ("queuewatch status --format=j", ["json "]),
        ("queuewatch status --sample ri", ["riverside "]),
        ("queuewatch sandbox --sample harbor --scenario ", ["power-cut", "quiet-day"]),
        ("queuewatch demo --scenario po", ["power-cut "]),
        ("queuewatch status --sample riverside ", ["8000", "8001"]),
        ("queuewatch status --sample lakeside Fr", ["Front\\ Desk "]),
        ("queuewatch drill --sample lakeside --site ", ["Dallas", "Austin", "Remote"]),
        ("queuewatch simulate --sample lakeside --dark-agent 1001", ["1001 "]),
        ("queuewatch explain QW10", [code for code in CODES if code.startswith("QW10")]),
        ("queuewatch check --select QW101,QW102", ["QW101,QW102 "]),
        ("queuewatch profiles ", ["list", "add", "remove", "use"]),
        ("queuewatch completion f", ["fish "]),
        ("queuewatch help verd", ["verdicts "]),
        ("queuewatch require-agents 8000 ", ["yes", "no"]),
        ("queuewatch status ", []),
        ("queuewatch drill --site ", []),
        ("queuewatch --url ", []),
    ],
)
def test_bash_offers_what_is_known_here(bash: Tab, line: str, offered: list[str]) -> None:
    assert bash(line) == offered


def test_bash_offers_files_where_one_is_to_be_named(bash: Tab, tmp_path: Path) -> None:
    (tmp_path / "report.md").touch()
    assert bash(f"queuewatch drill --out {tmp_path}/rep") == [f"{tmp_path}/report.md "]


def test_bash_offers_profiles_and_their_domains(bash: Tab, environment: Path) -> None:
    environment.write_text(PROFILES, encoding="utf-8")
    assert bash("queuewatch --profile ") == ["acme", "the\\ other"]
    assert bash("queuewatch profiles use ") == ["acme", "the\\ other"]
    assert bash("queuewatch profiles add ") == []
    assert bash("queuewatch --domain acme") == ["acme.example", "acme-north.example"]


@pytest.mark.parametrize("content", [b"[profiles", b"\xff\xfe", b'[profiles."a\\nb"]\nurl = 1'])
def test_of_a_broken_file_nothing_is_offered_and_nothing_said(
    bash: Tab, environment: Path, content: bytes
) -> None:
    environment.write_bytes(content)
    assert bash("queuewatch --profile ") == []


def test_tab_asks_no_phone_system_and_loads_no_screen(on_the_path: Path, environment: Path) -> None:
    environment.write_text(PROFILES, encoding="utf-8")
    line = "queuewatch --profile acme status "
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "queuewatch"],
        env={
            **os.environ,
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_STDOUT_FILENAME": os.devnull,
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
            "QUEUEWATCH_TOKEN": "nsd_TestTokenThatNobodyMaySee",
        },
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stdout == ""
    loaded = {name.partition(".")[0] for name in re.findall(r"\|\s+([\w.]+)$", done.stderr, re.MULTILINE)}
    assert "argcomplete" in loaded
    assert loaded.isdisjoint({"textual", "rich", "httpx", "asyncio", "socket"})


@pytest.mark.parametrize("command", ["--version", "status --help"])
def test_without_tab_what_answers_it_is_not_loaded(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "queuewatch", *command.split()],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "argcomplete" not in done.stderr


def test_zsh_offers_names_with_what_they_are(on_the_path: Path, run: Run, tmp_path: Path) -> None:
    script = tmp_path / "_queuewatch"
    script.write_text(run("completion", "zsh").out, encoding="utf-8")
    assert script.read_text(encoding="utf-8").startswith("#compdef queuewatch\n")
    told = asked("zsh", ["-f"], ASK_ZSH, script, "queuewatch lo")
    assert told == [f"{name}:{COMMANDS[name].does}" for name in ("log", "login", "logout")]
    told = asked("zsh", ["-f"], ASK_ZSH, script, "queuewatch status --sample riverside 8")
    assert told == ["8000:Bookings", "8001:Workshop"]


def test_fish_offers_names_with_what_they_are(on_the_path: Path, run: Run, tmp_path: Path) -> None:
    script = tmp_path / "queuewatch.fish"
    script.write_text(run("completion", "fish").out, encoding="utf-8")
    told = asked("fish", ["--no-config"], ASK_FISH, script, "queuewatch lo")
    assert sorted(told) == [f"{name}\t{COMMANDS[name].does}" for name in ("log", "login", "logout")]
    told = asked("fish", ["--no-config"], ASK_FISH, script, "queuewatch status --sample lakeside Fr")
    assert told == ["Front Desk\t8000"]
