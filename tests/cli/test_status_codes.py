"""What goes wrong, as people meet it: one sentence, a hint, and the exit status scripts rely on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from queuewatch.pbx.sandbox.faults import Fault, FaultKind

from .conftest import TOKEN, Run, Serve


@pytest.mark.parametrize(
    ("words", "says", "hints"),
    [
        (("statsu",), "There is no command 'statsu'.", "Did you mean status?"),
        (("status", "--jsn"), "There is no option --jsn.", "Did you mean --json?"),
        (("--sampel", "x", "status"), "There is no option --sampel.", "--"),
        (("status", "--format", "xml"), "--format: invalid choice: 'xml'", "status --help"),
        (("--interval", "0", "status"), "--interval: '0' is not a number of seconds from 0.2 to 3600.", "--help"),
        (("status", "--interval", "soon"), "--interval: 'soon' is not a number of seconds", "--help"),
        (("demo", "--speed", "0"), "--speed: '0' is not a number above 0", "--help"),
        (("sandbox", "--port", "99999"), "--port: '99999' is not a port", "--help"),
        (("sandbox", "extra"), "'extra' is one word too many.", "--help"),
        (
            ("status", "--sample", "lakesid"),
            "There is no sample company called 'lakesid'.",
            "Did you mean 'lakeside'?",
        ),
        (("demo", "--scenario", "power-ct"), "no scenario called 'power-ct'", "Did you mean 'power-cut'?"),
        (("status", "Fronk Desk", "--sample", "lakeside"), "There is no queue “Fronk Desk”.", "“Front Desk”"),
        (("status", "desk", "--sample", "lakeside"), "2 queues go by “desk”", "extension"),
        (("simulate", "--sample", "lakeside", "--dark-site", "Dalas"), "There is no site “Dalas”.", "“Dallas”"),
        (("simulate", "--sample", "lakeside", "--dark-agent", "x"), "There is no agent “x”.", "The agents are"),
        (
            ("status", "--sample", "lakeside", "--profile", "acme"),
            "--profile names a real phone system",
            "Leave out",
        ),
        (("demo", "--url", "https://x"), "--url names a real phone system", "Leave out"),
        (("--profile", "acme", "status"), "There is no profile 'acme'", "queuewatch login makes one"),
    ],
)
def test_a_wrong_command_is_status_two(run: Run, words: tuple[str, ...], says: str, hints: str) -> None:
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    sentence, _, hint = ran.err.partition("\n")
    assert sentence.startswith("queuewatch: ")
    assert says in sentence
    assert hints in hint


@pytest.mark.parametrize(
    "words",
    [
        ("--token", TOKEN, "status"),
        ("status", "--token", TOKEN),
        ("status", f"--token={TOKEN}"),
        ("status", f"--api-key={TOKEN}"),
        (f"--url=https://{TOKEN}@pbx.example", "--domain", "x", "status"),
    ],
)
def test_a_token_given_as_an_argument_is_refused_and_not_repeated(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("QUEUEWATCH_TOKEN", "nsd_another")
    ran = run(*words)
    assert ran.status == 2
    assert TOKEN not in ran.out + ran.err


def test_control_characters_in_a_name_reach_no_terminal(run: Run) -> None:
    ran = run("status", "\x1b[2J\u202eevil", "--sample", "lakeside")
    assert ran.status == 2
    assert all(char.isprintable() for char in ran.err.replace("\n", ""))


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("callqueues", FaultKind.STATUS, times=None, status=401), "token"),
        (Fault("callqueues", FaultKind.STATUS, times=None, status=403), ""),
        (Fault("callqueues", FaultKind.STATUS, times=None, status=429, retry_after=60), ""),
        (Fault("callqueues", FaultKind.STATUS, times=None, status=500), ""),
        (Fault("callqueues", FaultKind.PAGE, times=None, status=200), ""),
        (Fault("callqueues", FaultKind.TRUNCATED, times=None), ""),
        (Fault("callqueues", FaultKind.WRONG_SHAPE, times=None), ""),
        (Fault("callqueues", FaultKind.DROPPED, times=None), ""),
    ],
)
def test_a_phone_system_that_does_not_answer_well_is_status_three(
    run: Run, serve: Serve, monkeypatch: pytest.MonkeyPatch, fault: Fault, says: str
) -> None:
    monkeypatch.setattr("queuewatch.pbx.netsapiens.rate_limit.RETRY_PAUSES", (0.0,))
    serve("riverside", fault)
    ran = run("status", "--json")
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith("queuewatch: ")
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert TOKEN not in ran.err


def test_one_lost_answer_does_not_fail_a_command(run: Run, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queuewatch.pbx.netsapiens.rate_limit.RETRY_PAUSES", (0.0,))
    serve("riverside", Fault("callqueues", FaultKind.STATUS, times=1, status=502))
    assert run("status").status == 0


def test_a_token_the_phone_system_does_not_know_is_status_three(
    run: Run, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve("riverside")
    monkeypatch.setenv("QUEUEWATCH_TOKEN", "nsd_WrongOne")
    ran = run("status")
    assert ran.status == 3
    assert "nsd_WrongOne" not in ran.err


def test_a_fault_of_the_program_is_confessed_without_what_it_was_about(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError(TOKEN)

    monkeypatch.setattr("queuewatch.report.status.document", fail)
    ran = run("status", "--sample", "riverside", "--json")
    assert (ran.status, ran.out) == (70, "")
    assert "KeyError" in ran.err
    assert TOKEN not in ran.err
    monkeypatch.setenv("QUEUEWATCH_DEBUG", "1")
    with pytest.raises(KeyError):
        run("status", "--sample", "riverside", "--json")


def test_ctrl_c_ends_it_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("queuewatch.report.status.document", interrupt)
    ran = run("status", "--sample", "riverside", "--json")
    assert (ran.status, ran.out, ran.err) == (130, "", "")


def python(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, encoding="utf-8", check=False, timeout=60
    )


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "queuewatch", "status", "--sample", "lakeside"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_python_dash_m_is_the_same_program(environment: Path) -> None:
    ran = python("-m", "queuewatch", "status", "Slaes", "--sample", "lakeside")
    assert ran.returncode == 2
    assert ran.stderr.startswith("queuewatch: There is no queue “Slaes”.\n")


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (["--version"], []),
        (["--help"], []),
        (["status", "--help"], []),
        (["nonsense"], []),
        (["status", "--sample", "lakeside"], ["rich"]),
        (["require-agents", "--sample", "harbor", "8100", "yes", "--yes"], ["rich"]),
        (["sandbox", "--list"], []),
    ],
)
def test_a_command_loads_only_what_it_needs(words: list[str], allowed: list[str]) -> None:
    heavy = ["textual", "httpx", "rich"]
    ran = python(
        "-c",
        "import sys\nfrom queuewatch.cli import main\n"
        f"main({words!r})\n"
        f"print('loaded:', *(name for name in {heavy!r} if name in sys.modules))",
    )
    assert ran.stdout.splitlines()[-1].split()[1:] == [name for name in heavy if name in allowed]


def test_text_survives_a_terminal_that_knows_only_ascii() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "queuewatch", "status", "8003", "--sample", "lakeside"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"@ Green  Hana Nov?k" in ran.stdout
    assert ran.stdout.isascii()
