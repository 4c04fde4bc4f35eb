"""``--push``: the board listens to the phone system's stream of events, and the sandbox has one."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from queuewatch.connection.connection import Connection, ConnectionOptions
from queuewatch.connection.resolve import connect, switch_targets
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.push import NetsapiensPush
from queuewatch.pbx.phone_system import PushEvent
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN
from queuewatch.pbx.sandbox.server import running

from .conftest import Run, Serve

PROFILES = """\
[profiles.acme]
url = "https://acme.example"
domain = "acme.test"
push = true

[profiles.basco]
url = "https://basco.example"
domain = "basco.test"
read_only = true
push_url = "https://core1.basco.example:8001"
"""


@pytest.fixture
def profiles(environment: Path) -> dict[str, str]:
    environment.write_text(PROFILES)
    return {"QUEUEWATCH_CONFIG": str(environment), "QUEUEWATCH_TOKEN": "nsd_x"}


def stream_of(connection: Connection) -> str | None:
    return connection.push.url if isinstance(connection.push, NetsapiensPush) else None


@pytest.mark.parametrize(
    ("asked", "url"),
    [
        (ConnectionOptions(profile="acme"), "https://acme.example:8001"),
        (ConnectionOptions(profile="basco"), None),
        (ConnectionOptions(profile="basco", push=True), "https://core1.basco.example:8001"),
        (ConnectionOptions(profile="basco", push=True, url="https://pbx.example"), "https://pbx.example:8001"),
        (ConnectionOptions(url="https://pbx.example", domain="x.test"), None),
        (ConnectionOptions(url="https://pbx.example", domain="x.test", push=True), "https://pbx.example:8001"),
    ],
)
def test_a_board_listens_where_the_profile_or_the_option_wants_it(
    profiles: dict[str, str], asked: ConnectionOptions, url: str | None
) -> None:
    assert stream_of(connect(asked, profiles, on_screen=True)) == url
    assert stream_of(connect(asked, profiles)) is None


@pytest.mark.parametrize("option", [False, True])
def test_where_it_is_switched_to_the_profile_there_says_so(profiles: dict[str, str], option: bool) -> None:
    streams = [
        stream_of(place.connect())
        for place in switch_targets(ConnectionOptions(profile="acme", push=option), profiles)
    ]
    assert streams == ["https://acme.example:8001", "https://core1.basco.example:8001" if option else None]


def test_the_option_stands_before_a_command_or_after_it(run: Run, serve: Serve) -> None:
    serve("riverside")
    assert run("--push", "status").status == run("status", "--push").status == 0


def test_without_the_libraries_only_what_listens_complains(
    run: Run, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve("riverside")
    monkeypatch.setitem(sys.modules, "socketio", None)
    monkeypatch.setattr("queuewatch.commands.board.is_terminal", lambda: True)
    for words in (("--push",), ("sandbox", "--push")):
        ran = run(*words)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == (
            "queuewatch: To be told of changes as they happen takes libraries that are not installed.\n"
            "  Get them with: pip install 'queuewatch[push]'. "
            "Or leave out --push, and push = true in the profile.\n"
        )
    assert run("status", "--push").status == 0


def test_the_sandbox_has_a_stream_only_if_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[PushEvent] = []

    async def listen(app: ASGIApp, websockets: bool) -> str:
        async with running(app, websockets=websockets) as address:
            system = NetsapiensDomain(address, "lakeside.example", SANDBOX_TOKEN)
            news: asyncio.Queue[PushEvent] = asyncio.Queue()
            task = asyncio.create_task(system.push_stream().listen(news.put_nowait))
            told.append(await asyncio.wait_for(news.get(), 30))
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await system.close()
            return address

    def serve(app: ASGIApp, port: int, announce: Callable[[str], None], *, websockets: bool) -> None:
        announce(asyncio.run(listen(app, websockets)) if websockets else "http://localhost")

    monkeypatch.setattr("queuewatch.pbx.sandbox.server.serve", serve)
    ran = run("sandbox", "--push")
    assert (ran.status, ran.err) == (0, "")
    assert "queuewatch --push listens to it" in ran.out
    assert told == [PushEvent.ON]
    assert "--push" not in run("sandbox").out
