"""``--help``, ``--version``, and the sample phone system as a command."""

import argparse
import contextlib
import io
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuewatch import __version__
from queuewatch.commands.parser import COMMANDS, command_parser, main_parser, parse
from queuewatch.failover.destination import EndKind
from queuewatch.failover.status import Status
from queuewatch.failover.verdict import Outcome, ReadinessState
from queuewatch.report.drill import FATE_WORDS
from screens.help.model import ScreenHelp, Topic
from screens.help.texts import SCREENS
from screens.help.topics import TOPICS

from .conftest import Ran, Run


def test_the_version(run: Run) -> None:
    assert run("--version") == Ran(0, f"queuewatch {__version__}\n", "")


SECTIONS = [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "OPTIONS",
    "EXIT STATUS",
    "ENVIRONMENT",
    "FILES",
    "EXAMPLES",
    "SEE ALSO",
]


def own_actions(command: str) -> list[argparse.Action]:
    """What a command takes."""
    return command_parser(command)._actions


PROGRAM = Path(__file__).resolve().parents[2] / "queuewatch"
ANYWHERE = ("explain", "help", "completion", "profiles", "log")
"""The commands that need no phone system, whatever they are told."""


def sections(page: str) -> dict[str, str]:
    """A page of the manual: what stands below each heading."""
    parts = re.split(r"^([A-Z][A-Z ,:]+)$\n", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def examples_of(command: str) -> list[list[str]]:
    """The examples of a command, as the words that follow the program's name."""
    given = command_parser(command) if command else main_parser()
    return [shlex.split(example)[1:] for example in given.examples]


def runs_anywhere(words: list[str]) -> bool:
    """Whether an example needs no phone system, asks nothing, and comes to an end."""
    if words[0] == "sandbox":
        return "--list" in words
    return words[0] != "demo" and (words[:2] in [[one] for one in ANYWHERE] or "--sample" in words)


def test_help_is_a_page_of_a_manual_that_names_every_command(run: Run) -> None:
    ran = run("--help")
    assert (ran.status, ran.err) == (0, "")
    page = sections(ran.out)
    assert list(page) == [*SECTIONS[:3], "COMMANDS", *SECTIONS[3:]]
    told = dict(re.findall(r"^    ([a-z-]+) {2,}(\S.*)$", page["COMMANDS"], re.MULTILINE))
    assert list(told) == list(COMMANDS)
    assert re.findall(r"^    ([0-9]+) ", page["EXIT STATUS"], re.MULTILINE) == ["0", "1", "2", "3", "70", "130"]
    assert run("help") == ran


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_page_whose_examples_it_understands(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    page = sections(ran.out)
    assert list(page) == [one for one in SECTIONS if one in page]
    assert set(SECTIONS) - set(page) <= {"FILES"}
    assert COMMANDS[command].does.split()[-1] in page["NAME"]
    assert page["EXAMPLES"].split("queuewatch")[1:]
    for words in examples_of(command):
        assert parse(words).command == command
    assert run("help", command) == ran


@pytest.mark.parametrize("columns", [20, 60, 80, 250])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_page_is_as_wide_as_the_terminal_within_reason(
    run: Run, command: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    page = sections(run(*([command] if command else []), "--help").out)
    # What is to be copied is not broken.
    whole = page.pop("EXAMPLES")
    assert all(shlex.join(words) in shlex.join(shlex.split(whole)) for words in examples_of(command))
    width = max(40, min(100, columns))
    # Nor is a path or an address, where the terminal is narrower than it.
    assert [
        line for text in page.values() for line in text.splitlines() if len(line) > width and columns > 40
    ] == []


def test_the_main_page_names_every_variable_of_the_environment_that_counts(run: Run) -> None:
    sources = (file.read_text(encoding="utf-8") for file in PROGRAM.rglob("*.py"))
    names = {name for source in sources for name in re.findall(r"QUEUEWATCH_[A-Z]+(?:_[A-Z]+)*(?![_A-Z])", source)}
    assert names <= set(
        re.findall(r"^    ([A-Z_]+)(?: |$)", sections(run("--help").out)["ENVIRONMENT"], re.MULTILINE)
    )


def test_pages_refer_to_commands_and_topics_there_are(run: Run) -> None:
    for command in ("", *COMMANDS):
        page = command_parser(command) if command else main_parser()
        for other in page.see:
            word, _, topic = other.partition(" ")
            assert word in COMMANDS
            assert not topic or run("help", topic).status == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_that_need_no_phone_system_work_anywhere(
    run: Run, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in filter(runs_anywhere, examples_of(command)):
        ran = run(*words)
        found = command in ("check", "plan", "test") and ran.status == 1
        assert ran.status == 0 or found, ran.err
        assert ran.out


@pytest.mark.parametrize("command", [one for one in COMMANDS if any(a.dest == "sample" for a in own_actions(one))])
def test_the_first_example_of_a_command_works_anywhere(command: str) -> None:
    first = examples_of(command)[0]
    assert runs_anywhere(first) or command == "demo"


def test_a_word_of_the_screens_is_explained_wherever_it_means_something(run: Run) -> None:
    ran = run("help", "stranded")
    assert (ran.status, ran.err) == (0, "")
    assert list(sections(ran.out)) == ["THE VERDICTS ON A CALL", "THE DRILL"]
    assert "Require Agents is No" in ran.out
    for spelling in (("dead", "end"), ("dead_end",), ("Dead-End",)):
        assert "is not there" in run("help", *spelling).out


@pytest.mark.parametrize("word", [*Outcome, *EndKind, *Status, *ReadinessState, *FATE_WORDS.values()])
def test_every_word_of_a_verdict_can_be_asked_for(run: Run, word: str) -> None:
    ran = run("help", word)
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize("topic", [*TOPICS, *SCREENS.values()], ids=lambda topic: topic.title)
def test_topics_and_screens_are_told_in_full(run: Run, topic: Topic | ScreenHelp) -> None:
    ran = run("help", topic.name if isinstance(topic, Topic) else topic.title)
    assert (ran.status, ran.err) == (0, "")
    flat = " ".join(ran.out.split())
    for word in topic.words if isinstance(topic, Topic) else topic.parts:
        assert " ".join(word.text.split()) in flat
    assert next(iter(sections(ran.out.upper()))) == topic.title.upper()


def test_a_word_that_is_not_known_gets_the_nearest(run: Run) -> None:
    ran = run("help", "strandet")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "queuewatch: There is no help on 'strandet'.\n  Did you mean stranded?\n"
    assert "There is help on: demo, status, " in run("help", "xyzzy").err


class OnATerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("surroundings", "bold"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["terminal", "NO_COLOR", "dumb"],
)
def test_headings_are_bold_on_a_terminal_alone(
    surroundings: dict[str, str], bold: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("WT_SESSION", "1")
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    shown = OnATerminal()
    with contextlib.redirect_stdout(shown), pytest.raises(SystemExit):
        parse(["status", "--help"])
    assert ("\x1b[1mNAME\x1b[0m\n" in shown.getvalue()) is bold
    piped = run("status", "--help").out
    assert "\x1b" not in piped
    assert re.sub(r"\x1b\[[01]m", "", shown.getvalue()) == piped


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
