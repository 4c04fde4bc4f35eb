"""The first run: from nothing to a connection that works, over real sockets."""

import asyncio
import stat
from dataclasses import replace
from pathlib import Path
from unittest import mock

import keyring
import pytest
from keyring.backends import fail
from textual.pilot import Pilot
from textual.widgets import OptionList

from queuewatch.app.app import QueuewatchApp
from queuewatch.app.first_run import Other
from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.new_profile import NewConnection, NewConnectionFlow, ProfileEntry
from queuewatch.connection.resolve import connect
from queuewatch.pbx.errors import Refused
from queuewatch.profiles.config import Profile
from queuewatch.signin.session_store import Where
from screens.connect import connect_form
from screens.connect.welcome import WelcomeScreen
from tests.signin.conftest import Safe
from tests.signin.sign_in_server import CLIENT_SECRET, KEY, PASSCODE, PASSWORD, PREFIX
from tests.tui.keys import banner, queues_shown, running, screen_is, status, until
from widgets.form import ChoiceLine

from .newcomer import (
    Newcomer,
    at_form,
    counter,
    fill,
    fill_for,
    focused,
    form,
    missing,
    newcomer,
    remark,
    rows,
    told,
    value,
    welcomed,
    written,
)


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    monkeypatch.setattr(connect_form, "PAUSE", 0.0)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    # The pace of requests is tested by itself.
    monkeypatch.setattr("queuewatch.pbx.netsapiens.rate_limit.WINDOW_SECONDS", 0.0)


async def made(app: Newcomer, pilot: Pilot[None]) -> NewConnection:
    """Wait until the program ends with a connection."""
    await until(pilot, lambda: isinstance(app.chosen, NewConnection), "it is connected")
    assert isinstance(app.chosen, NewConnection)
    return app.chosen


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (("enter",), Other.SAMPLE),
        (("1",), Other.SAMPLE),
        (("3",), Other.FLEET),
        (("down", "down", "enter"), Other.FLEET),
        (("down", "down", "down", "enter"), Other.LEAVE),
        (("j", "j", "k", "k", "enter"), Other.SAMPLE),
        (("q",), Other.LEAVE),
        (("escape",), Other.LEAVE),
        (("f10",), Other.LEAVE),
    ],
)
async def test_the_welcome_offers_the_sample_and_to_leave(
    tmp_path: Path, keys: tuple[str, ...], chosen: Other
) -> None:
    app = newcomer(tmp_path)
    async with welcomed(app) as pilot:
        await pilot.press(*keys)
        await until(pilot, lambda: app.ended, "it ends")
    assert app.chosen is chosen
    assert written(tmp_path) == []


async def test_a_choice_can_be_clicked_on(tmp_path: Path) -> None:
    async with welcomed(newcomer(tmp_path)) as pilot:
        await pilot.click(OptionList, offset=(10, 5))
        await form(pilot)
        await pilot.press("escape")
        await screen_is(pilot, WelcomeScreen)


async def test_with_a_password_it_ends_on_a_working_board(tmp_path: Path) -> None:
    async with counter() as at:
        app = newcomer(tmp_path)
        async with at_form(app) as pilot:
            await fill(pilot, address=at.address.removeprefix("http://").removesuffix("/ns-api/v2"))
            await pilot.press("enter")
            assert focused(pilot) == "domain"
            await until(pilot, lambda: remark(pilot, "address").startswith("✔ A phone system"), "somebody answers")
            await fill(pilot, domain="1010@lakeside.example")
            await pilot.press("enter")
            assert (value(pilot, "login"), value(pilot, "name")) == ("1010@lakeside.example", "lakeside")
            assert focused(pilot) == "password"
            await fill(pilot, password=PASSWORD)
            assert missing(pilot) == "Everything is there."
            await pilot.press("enter")
            connection = await made(app, pilot)
        profile = tmp_path / "config.toml"
        assert connection.greeting == (
            "Signed in to lakeside as Dana Reyes (1010@lakeside.example) · Office Manager. "
            f"The profile is in {profile}: from now on, “queuewatch” alone opens it."
        )
        assert profile.read_text() == (
            f'default = "lakeside"\n\n[profiles.lakeside]\nurl = "{at.address.removesuffix("/ns-api/v2")}"\n'
            'domain = "lakeside.example"\nusername = "1010@lakeside.example"\n'
        )
        kept = tmp_path / "state" / "sessions" / "lakeside.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert PASSWORD not in kept.read_text()
        environ = {"QUEUEWATCH_CONFIG": str(profile), "QUEUEWATCH_STATE": str(tmp_path / "state")}
        opened = connect(ConnectionOptions(), environ, on_screen=True)
        async with running(QueuewatchApp(opened, connection.greeting)) as board:
            assert len(queues_shown(board)) == len(at.pbx.sample.callqueues) - 1
            assert (status(board), banner(board)) == (connection.greeting, "")


async def test_with_an_api_key_that_is_kept_nowhere(tmp_path: Path) -> None:
    async with counter() as at:
        app = newcomer(tmp_path)
        async with at_form(app) as pilot:
            await pilot.click("#way", offset=(36, 0))
            await fill(pilot, address=at.address, domain="lakeside.example", key=f"{KEY}-wrong")
            assert rows(pilot) == ["address", "domain", "way", "key", "name", "keep"]
            pilot.app.screen.query_one("#keep").focus()
            await pilot.press("right")
            assert remark(pilot, "keep") == "You will be asked again next time."
            await pilot.press("enter")
            await told(pilot, "does not accept the token (401)")
            assert (value(pilot, "key"), focused(pilot)) == ("", "key")
            await fill(pilot, key=KEY)
            await pilot.press("enter")
            connection = await made(app, pilot)
        assert connection.session is not None
        assert "The session ends with this program." in connection.greeting
        assert not (tmp_path / "state").exists()
        assert KEY not in (tmp_path / "config.toml").read_text()
        environ = {"QUEUEWATCH_CONFIG": str(tmp_path / "config.toml"), "QUEUEWATCH_STATE": str(tmp_path / "state")}
        opened = connect(
            ConnectionOptions(profile="lakeside"), environ, on_screen=True, session=connection.session
        )
        assert (await opened.system.read_live()).queues
        await opened.system.close()


async def test_a_wrong_password_loses_the_password_alone_and_a_code_is_asked_for_in_place(tmp_path: Path) -> None:
    async with counter() as at:
        at.logins.client_secret = CLIENT_SECRET
        app = newcomer(tmp_path)
        async with at_form(app) as pilot:
            await fill_for(pilot, at, "1020", client="12345.queuewatch", secret=CLIENT_SECRET, password="slip")
            await pilot.press("enter")
            await told(pilot, "does not accept this login (401)")
            assert (value(pilot, "password"), focused(pilot)) == ("", "password")
            assert value(pilot, "secret") == CLIENT_SECRET
            await fill(pilot, password=PASSWORD)
            await pilot.press("enter")
            await until(pilot, lambda: focused(pilot) == "code", "the code is asked for")
            assert missing(pilot) == "Still missing: code."
            await fill(pilot, code="000000")
            await pilot.press("enter")
            await told(pilot, "does not accept this code")
            assert (value(pilot, "code"), value(pilot, "password")) == ("", PASSWORD)
            await fill(pilot, code=f"{PASSCODE[:3]} {PASSCODE[3:]}")
            await pilot.press("enter")
            assert "Priya Raman" in (await made(app, pilot)).greeting
        assert 'client_id = "12345.queuewatch"' in (tmp_path / "config.toml").read_text()
        assert CLIENT_SECRET not in (tmp_path / "config.toml").read_text()


async def test_pressed_twice_it_signs_in_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    free = asyncio.Event()

    async def connect_later(sign_in: NewConnectionFlow, entered: ProfileEntry) -> NewConnection:
        begun.append(entered.profile.name)
        await free.wait()
        return NewConnection(entered.profile.name, "")

    monkeypatch.setattr(NewConnectionFlow, "connect", connect_later)
    app = newcomer(tmp_path)
    async with at_form(app) as pilot:
        await fill(pilot, address="127.0.0.1:1", login="1002@acme.example", password=PASSWORD)
        await pilot.press("enter", "enter")
        assert status(pilot) == "Signing in…"
        free.set()
        await made(app, pilot)
    assert begun == ["acme"]


async def test_a_session_that_was_refused_is_not_used_again(tmp_path: Path) -> None:
    async with counter() as at:
        sign_in = NewConnectionFlow(tmp_path / "config.toml", {})
        entered = ProfileEntry(Profile("lakeside", at.address, "lakeside.example"), Where.NONE, key=f"{KEY}-wrong")
        assert "Planted" not in repr(entered)
        with pytest.raises(Refused):
            await sign_in.connect(entered)
        assert await sign_in.connect(replace(entered, key=KEY)) is not None


async def test_the_client_secret_comes_from_the_environment_too(tmp_path: Path) -> None:
    async with counter() as at:
        at.logins.client_secret = CLIENT_SECRET
        app = newcomer(tmp_path, QUEUEWATCH_CLIENT_SECRET=CLIENT_SECRET, QUEUEWATCH_TOKEN="nsd_old")
        async with at_form(app) as pilot:
            await fill_for(pilot, at, client="12345.queuewatch", password=PASSWORD)
            assert "secret" not in rows(pilot)
            await pilot.press("enter")
            greeting = (await made(app, pilot)).greeting
        assert greeting.endswith("QUEUEWATCH_TOKEN is set, and will go before the session: unset it.")


async def test_a_wrong_domain_is_said_and_nothing_is_written_or_asked_twice(tmp_path: Path) -> None:
    async with counter() as at:
        app = newcomer(tmp_path)
        async with at_form(app) as pilot:
            await fill_for(pilot, at, "1020", domain="lakesid.example", password=PASSWORD)
            assert "This login is of lakeside.example" in remark(pilot, "login")
            await pilot.press("enter")
            await until(pilot, lambda: focused(pilot) == "code", "the code is asked for")
            await fill(pilot, code=PASSCODE)
            await pilot.press("enter")
            await told(pilot, "Its words: “Domain lakesid.example does not exist”.")
            assert focused(pilot) == "domain"
            assert written(tmp_path) == []
            await fill(pilot, domain="lakeside.example")
            await pilot.press("enter")
            await made(app, pilot)
        assert len(at.asked("/tokens")) == 2


async def test_a_profile_that_cannot_be_written_is_said_and_nothing_typed_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "queuewatch.profiles.edit.write_whole", mock.Mock(side_effect=PermissionError(13, "Not yours"))
    )
    async with counter() as at:
        async with at_form(newcomer(tmp_path)) as pilot:
            await fill_for(pilot, at, password=PASSWORD)
            await pilot.press("enter")
            await told(pilot, f"{tmp_path / 'config.toml'} cannot be written: Not yours. Check the folder")
            assert value(pilot, "password") == PASSWORD
        assert written(tmp_path) == []


async def test_a_session_that_cannot_be_kept_is_said_where_another_way_can_be_chosen(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    async with counter() as at:
        app = newcomer(tmp_path)
        async with at_form(app) as pilot:
            await fill_for(pilot, at, password=PASSWORD)
            await pilot.press("enter")
            await told(pilot, "cannot be used: ")
            assert focused(pilot) == "keep"
            await pilot.press("right", "enter")
            assert (await made(app, pilot)).session is not None


async def test_the_keyring_is_proposed_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    safe = Safe()
    monkeypatch.setattr(keyring, "get_keyring", lambda: safe)
    async with counter() as at:
        app = newcomer(tmp_path)
        async with at_form(app) as pilot:
            assert pilot.app.screen.query_one("#keep", ChoiceLine).chosen == "keyring"
            await fill_for(pilot, at, password=PASSWORD)
            await pilot.press("enter")
            await made(app, pilot)
        assert PREFIX in safe.kept["queuewatch", "lakeside"]
        assert PREFIX not in (tmp_path / "state" / "sessions" / "lakeside.json").read_text()
