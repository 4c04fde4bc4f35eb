"""``queuewatch`` alone, where nothing says which phone system: what is offered, and what then opens."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from queuewatch.app.first_run import Chosen, Other
from queuewatch.connection.connection import Connection
from queuewatch.connection.new_profile import NewConnection
from queuewatch.pbx.credentials import Session
from queuewatch.profiles.config import Config

from .conftest import Run, Served

PROFILE = '[profiles.lakeside]\nurl = "{}"\ndomain = "lakeside.example"\n'


Opened = list[tuple[Connection, bool, str]]
"""Every board that was opened: the connection, whether the mouse is ours, and the greeting."""
Choose = Callable[[Chosen], list[Path]]
"""Sit at a terminal and choose this when asked; gives where profiles would go, each time it was asked."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    boards: Opened = []

    def open_board(connection: Connection, *, mouse: bool, greeting: str = "") -> int:
        boards.append((connection, mouse, greeting))
        return 0

    monkeypatch.setattr("queuewatch.app.app.run_app", open_board)
    return boards


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch, type_in: Callable[[str], None]) -> Choose:
    def chosen(choice: Chosen) -> list[Path]:
        asked: list[Path] = []

        def first_run(config: Config, environ: object, *, mouse: bool) -> Chosen:
            asked.append(config.path)
            return choice

        monkeypatch.setattr("queuewatch.app.first_run.first_run", first_run)
        type_in("")
        for stream in (sys.stdout, sys.stderr):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        return asked

    return chosen


def test_leaving_is_no_failure_and_writes_nothing(
    run: Run, choose: Choose, opened: Opened, environment: Path
) -> None:
    asked = choose(Other.LEAVE)
    ran = run()
    assert (ran.status, ran.out, ran.err, opened) == (0, "", "", [])
    assert asked == [environment]
    assert not environment.exists()


def test_the_sample_is_the_demo_with_the_options_that_were_given(run: Run, choose: Choose, opened: Opened) -> None:
    choose(Other.SAMPLE)
    assert run("--read-only", "--no-mouse", "--interval", "2").status == 0
    ((connection, mouse, _),) = opened
    assert connection.sandbox is not None
    # The welcome promises a power cut: it is played, with the tour beside it.
    assert connection.presenter is not None
    assert (connection.presenter.tour, connection.presenter._tells_itself) == (True, True)
    assert (connection.sandbox.domain, connection.read_only, connection.interval, mouse) == (
        "lakeside.example",
        True,
        2.0,
        False,
    )


def test_a_connection_that_was_made_is_opened_and_greets(
    run: Run, choose: Choose, opened: Opened, environment: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUEUEWATCH_TOKEN", "nsd_old")
    choose(Other.LEAVE)
    monkeypatch.setattr("queuewatch.app.first_run.first_run", writing(environment, served.address))
    assert run("--read-only").status == 0
    ((connection, _, greeting),) = opened
    assert (connection.title, connection.read_only, greeting) == ("lakeside", True, "Signed in.")
    assert connection.system.address == served.address
    # The token in the environment goes before it from the next time on, and not now.
    assert connection.sign_in is not None
    assert [place.profile for place in connection.switch_targets()] == ["lakeside"]


def writing(environment: Path, address: str) -> Callable[..., Chosen]:
    """A first run that writes a profile, as the form does."""

    def first_run(config: Config, environ: object, *, mouse: bool) -> Chosen:
        environment.write_text(PROFILE.format(address))
        return NewConnection("lakeside", "Signed in.", Session(address, "nsd_new"))

    return first_run


def test_a_broken_profile_file_is_a_complaint_and_no_first_run(
    run: Run, choose: Choose, environment: Path
) -> None:
    asked = choose(Other.LEAVE)
    environment.write_text("[profiles.acme\n")
    ran = run()
    assert (ran.status, asked) == (2, [])
    assert "is not valid TOML" in ran.err


@pytest.mark.parametrize("words", [("--url", "https://pbx.example.com"), ("--profile", "acme")])
def test_whoever_names_a_phone_system_gets_no_first_run(run: Run, choose: Choose, words: tuple[str, ...]) -> None:
    asked = choose(Other.LEAVE)
    assert run(*words).status == 2
    assert asked == []


def test_other_commands_ask_nothing(run: Run, choose: Choose) -> None:
    asked = choose(Other.LEAVE)
    ran = run("status")
    assert (ran.status, asked) == (2, [])
    assert ran.err.startswith("queuewatch: No phone system is configured yet.\n")
