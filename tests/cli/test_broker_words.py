"""Which commands read a broker, and what the others say of it."""

import pytest

from queuewatch.commands.connecting import asked
from queuewatch.commands.parser import COMMANDS, parse

from .conftest import Run

ADDRESS = "nats://127.0.0.1:4222"
ITSELF = [
    ("require-agents", "8000", "yes"),
    ("when-offline", "8000", "off"),
    ("apply", "set-up.toml"),
    ("undo",),
    ("prove", "8000"),
    ("record", "--out", "somewhere"),
]
ELSEWHERE = [("login",), ("logout",), ("profiles",), ("log",), ("keys",), ("demo",), ("explain", "QW101")]
READERS = [
    (),
    ("status",),
    ("simulate", "--all-dark"),
    ("drill", "--all"),
    ("check",),
    ("export",),
    ("plan", "set-up.toml"),
    ("report",),
    ("test", "promises.toml"),
    ("watch",),
    ("fleet",),
    ("doctor",),
]


@pytest.mark.parametrize("words", ITSELF, ids=lambda words: words[0])
def test_what_needs_the_phone_system_itself_says_why(
    words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run("--nats", ADDRESS, *words)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"queuewatch: queuewatch {words[0]} ")
    assert "takes a token of the phone system: the broker that --nats names has none" in ran.err
    assert "Leave out --nats" in ran.err
    # A change is not made at whatever phone system happens to be set up, while a broker is being read.
    monkeypatch.setenv("QUEUEWATCH_NATS", ADDRESS)
    ran = run(*words)
    assert ran.status == 2
    assert "the broker that QUEUEWATCH_NATS names has none" in ran.err
    assert "env -u QUEUEWATCH_NATS" in ran.err


@pytest.mark.parametrize("words", ELSEWHERE, ids=lambda words: words[0])
def test_what_has_nothing_to_read_there_minds_the_option_and_not_the_environment(
    words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for option, value in (("--nats", ADDRESS), ("--nats-creds", "a.creds")):
        ran = run(option, value, *words)
        assert ran.status == 2
        assert f"{option} is for a broker, and queuewatch {words[0]} has nothing to read there." in ran.err
    monkeypatch.setenv("QUEUEWATCH_NATS", ADDRESS)
    assert asked(parse(words)).nats == ""


@pytest.mark.parametrize("words", READERS, ids=lambda words: words[0] if words else "board")
def test_what_only_looks_reads_it_by_option_or_environment(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(parse(words)).nats == ""
    assert asked(parse(["--nats", ADDRESS, "--nats-creds", "a.creds", *words])).nats == ADDRESS
    assert asked(parse(["--nats", ADDRESS, "--nats-creds", "a.creds", *words])).nats_creds == "a.creds"
    monkeypatch.setenv("QUEUEWATCH_NATS", ADDRESS)
    assert asked(parse(words)).nats == ADDRESS
    assert asked(parse(["--nats", "nats://elsewhere", *words])).nats == "nats://elsewhere"


def test_a_sample_is_no_phone_system_of_a_broker(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run("--nats", ADDRESS, "status", "--sample", "lakeside")
    assert ran.status == 2
    assert "--nats names a real phone system, and this is sample data." in ran.err
    monkeypatch.setenv("QUEUEWATCH_NATS", ADDRESS)
    assert run("status", "--sample", "lakeside", "8000").status == 0
    assert run("require-agents", "--sample", "lakeside", "8000", "yes", "--yes").status == 0


def test_every_command_that_changes_something_is_among_those_that_say_why() -> None:
    # Whoever adds one is asked for what it does.
    saying = {name for name, command in COMMANDS.items() if command.parser(name).asks_itself}
    assert saying == {words[0] for words in ITSELF}
    yes = {
        name
        for name, command in COMMANDS.items()
        if any("--yes" in action.option_strings for action in command.parser(name)._actions)
    }
    assert yes <= saying
