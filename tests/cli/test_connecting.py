"""Which phone system a command asks: profile, environment, options, or none at all."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from queuewatch.connection.connection import Connection, ConnectionOptions, NotConfigured
from queuewatch.connection.resolve import connect
from queuewatch.connection.sample import connect_demo, connect_sample
from queuewatch.pbx.errors import BadConnection, ReadOnly
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.profiles.fields import ConfigError

from .conftest import TOKEN, Run, Serve

PROFILES = """\
default = "acme"

[profiles.acme]
url = "https://acme.example"
domain = "acme.test"
token_env = "ACME_TOKEN"
read_only = true
interval = 30
theme = "nord"

[profiles.basco]
url = "https://basco.example/custom/api"
domain = "basco.test"
"""

ENVIRONMENT = {
    "QUEUEWATCH_URL": "https://env.example",
    "QUEUEWATCH_DOMAIN": "env.test",
    "QUEUEWATCH_TOKEN": "nsd_env",
}


@pytest.fixture
def profiles(environment: Path) -> dict[str, str]:
    """An environment with a profile file and nothing else."""
    environment.write_text(PROFILES)
    return {"QUEUEWATCH_CONFIG": str(environment), "ACME_TOKEN": "nsd_acme", "QUEUEWATCH_TOKEN": "nsd_env"}


def where(connection: Connection) -> tuple[str, str, str]:
    return connection.title, connection.system.address, connection.system.domain


async def test_the_default_profile(profiles: dict[str, str]) -> None:
    connection = connect(ConnectionOptions(), profiles)
    assert where(connection) == ("acme", "https://acme.example/ns-api/v2", "acme.test")
    assert (connection.read_only, connection.interval, connection.theme) == (True, 30.0, "nord")


async def test_read_only_reaches_the_one_place_that_writes(profiles: dict[str, str]) -> None:
    for connection in (
        connect(ConnectionOptions(), profiles),
        connect(ConnectionOptions(profile="basco", read_only=True), profiles),
        connect_sample(ConnectionOptions(sample="lakeside", read_only=True)),
    ):
        with pytest.raises(ReadOnly):
            await connection.system.write_require_agents("8000", True)


async def test_a_named_profile_goes_before_the_environment(profiles: dict[str, str]) -> None:
    connection = connect(ConnectionOptions(profile="basco"), {**profiles, **ENVIRONMENT})
    assert where(connection) == ("basco", "https://basco.example/custom/api", "basco.test")
    assert (connection.read_only, connection.interval) == (False, 5.0)


async def test_the_environment_goes_before_the_default_profile(profiles: dict[str, str]) -> None:
    connection = connect(ConnectionOptions(), {**profiles, **ENVIRONMENT})
    assert where(connection) == ("env.example", "https://env.example/ns-api/v2", "env.test")
    assert connection.read_only is False


async def test_options_override_what_they_name(profiles: dict[str, str]) -> None:
    profile = connect(ConnectionOptions(profile="acme", domain="other.test", interval=2), profiles)
    assert where(profile)[1:] == ("https://acme.example/ns-api/v2", "other.test")
    assert profile.interval == 2
    of_environment = connect(ConnectionOptions(url="https://opt.example", domain="opt.test"), ENVIRONMENT)
    assert where(of_environment) == ("opt.example", "https://opt.example/ns-api/v2", "opt.test")
    of_default = connect(ConnectionOptions(domain="other.test"), profiles)
    assert where(of_default)[2] == "other.test"


def test_another_address_does_not_get_the_default_profiles_token(profiles: dict[str, str]) -> None:
    only_acme = {name: value for name, value in profiles.items() if name != "QUEUEWATCH_TOKEN"}
    with pytest.raises(ConfigError, match="QUEUEWATCH_TOKEN is not set"):
        connect(ConnectionOptions(url="https://elsewhere.example", domain="x.test"), only_acme)


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("QUEUEWATCH_URL", "There is a domain and no address"),
        ("QUEUEWATCH_DOMAIN", "There is an address and no domain"),
        ("QUEUEWATCH_TOKEN", "QUEUEWATCH_TOKEN is not set"),
    ],
)
def test_half_an_environment_says_which_half_is_missing(missing: str, says: str, environment: Path) -> None:
    half = {name: value for name, value in ENVIRONMENT.items() if name != missing}
    with pytest.raises(ConfigError, match=says):
        connect(ConnectionOptions(), {**half, "QUEUEWATCH_CONFIG": str(environment)})


def test_a_profile_without_its_token_names_the_variable(profiles: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="ACME_TOKEN, which token_env of the profile acme names, is not set"):
        connect(ConnectionOptions(), {**profiles, "ACME_TOKEN": " "})


@pytest.mark.parametrize("url", ["http://pbx.example", "pbx.example", "https://[x", "https://user:pw@pbx.example"])
def test_an_address_that_cannot_be_used_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(BadConnection):
        connect(ConnectionOptions(url=url), ENVIRONMENT)


def test_nothing_configured_tells_everything_there_is_to_type(environment: Path) -> None:
    with pytest.raises(NotConfigured) as error:
        connect(ConnectionOptions(), {"QUEUEWATCH_CONFIG": str(environment)})
    for part in (
        "queuewatch demo",
        "export QUEUEWATCH_URL=",
        "export QUEUEWATCH_DOMAIN=",
        "export QUEUEWATCH_TOKEN=",
        str(environment),
        "[profiles.acme]",
        'token_env = "ACME_TOKEN"',
    ):
        assert part in error.value.hint


def test_the_profile_it_tells_to_write_is_a_good_one(environment: Path) -> None:
    with pytest.raises(NotConfigured) as error:
        connect(ConnectionOptions(), {"QUEUEWATCH_CONFIG": str(environment)})
    told = error.value.hint.split("write a profile to", 1)[1].split("and put", 1)[0]
    environment.write_text("\n".join(told.splitlines()[1:]))
    connection = connect(ConnectionOptions(), {"QUEUEWATCH_CONFIG": str(environment), "ACME_TOKEN": "nsd_x"})
    assert where(connection) == ("acme", "https://pbx.example.com/ns-api/v2", "acme.example")


def test_a_connection_shows_no_token() -> None:
    connection = connect(ConnectionOptions(), {**ENVIRONMENT, "QUEUEWATCH_TOKEN": TOKEN})
    assert isinstance(connection.system, NetsapiensDomain)
    assert TOKEN not in repr(connection)


async def test_a_sample_stands_still_and_a_demo_goes_on() -> None:
    still = connect_sample(ConnectionOptions(sample="lakeside"))
    assert still.sandbox is not None
    sample = still.sandbox.sample
    assert still.title == sample.title == "Lakeside Dental"
    assert still.clock() == still.clock() == sample.start
    assert (await still.system.read_live()).taken_at == sample.start

    demo = connect_demo(ConnectionOptions(), speed=1000)
    assert demo.sandbox is not None
    assert demo.clock() > demo.sandbox.sample.start


def test_the_commands_use_the_profiles(
    run: Run, serve: Serve, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve("riverside")
    environment.write_text(
        f'[profiles.here]\nurl = "{os.environ["QUEUEWATCH_URL"]}"\ndomain = "riverside.example"\n'
        'token_env = "HERE_TOKEN"\n'
    )
    for name in ("URL", "DOMAIN", "TOKEN"):
        monkeypatch.delenv(f"QUEUEWATCH_{name}")
    monkeypatch.setenv("HERE_TOKEN", TOKEN)
    ran = run("status")
    assert ran.status == 0
    assert ran.out.startswith("here · riverside.example")


@pytest.mark.parametrize("command", ["check", "report", "status"])
def test_what_is_pasted_from_a_page_reaches_the_same_profile(
    run: Run, serve: Serve, environment: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    serve("harbor")
    url = os.environ["QUEUEWATCH_URL"]
    environment.write_text(
        "".join(
            f'[profiles.{name}]\nurl = "{url}"\ndomain = "{os.environ["QUEUEWATCH_DOMAIN"]}"\n'
            for name in ("other", "here")
        )
    )
    page = run(command, "--profile", "here", "--format", "html").out
    pasted = re.findall(r"queuewatch (?:require-agents|when-offline) [^<\n]+", page)
    assert pasted
    assert [one for one in pasted if not one.endswith(" --profile here")] == []


def test_no_command_and_nothing_configured_is_a_friendly_text(run: Run) -> None:
    ran = run()
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("queuewatch: No phone system is configured yet.\n")
    assert "      queuewatch demo\n" in ran.err


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        ((), "queuewatch status"),
        (("demo",), "queuewatch status --sample lakeside"),
        (("demo", "--sample", "harbor"), "queuewatch status --sample harbor"),
    ],
)
def test_a_screen_without_a_terminal_says_what_to_use_instead(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], instead: str
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert f"Without one, use: {instead}\n" in ran.err


def test_on_a_terminal_a_profile_without_a_token_opens_a_board_that_asks(
    run: Run, environment: Path, monkeypatch: pytest.MonkeyPatch, type_in: Callable[[str], None]
) -> None:
    opened: list[Connection] = []

    def open_board(connection: Connection, *, mouse: bool, greeting: str = "") -> int:
        opened.append(connection)
        return 0

    monkeypatch.setattr("queuewatch.app.app.run_app", open_board)
    environment.write_text(PROFILES)
    without = run()
    assert (without.status, opened) == (2, [])
    assert "Sign in with queuewatch login --profile acme, or set it: export ACME_TOKEN=…" in without.err
    type_in("")
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert run().status == 0
    assert opened[0].sign_in is not None
    assert [place.title for place in opened[0].switch_targets()] == ["acme", "basco"]
    assert run("status").status == 2


def test_with_a_terminal_the_board_opens_on_the_connection(
    run: Run, monkeypatch: pytest.MonkeyPatch, type_in: Callable[[str], None]
) -> None:
    opened: list[tuple[Connection, bool]] = []

    def open_board(connection: Connection, *, mouse: bool, greeting: str = "") -> int:
        opened.append((connection, mouse))
        return 0

    monkeypatch.setattr("queuewatch.app.app.run_app", open_board)
    type_in("")
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert run("--read-only").status == 0
    assert run("--no-mouse", "demo", "--sample", "harbor", "--interval", "2").status == 0
    (board, board_mouse), (demo, demo_mouse) = opened
    assert (board.title, board.read_only, board_mouse) == ("env.example", True, True)
    assert (demo.title, demo.interval, demo_mouse) == ("Harborline Logistics", 2.0, False)
