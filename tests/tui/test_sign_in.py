"""Signing in on the board."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail
from textual.pilot import Pilot
from textual.widgets import Input

from queuewatch.connection.sign_in import SignIn
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.polling.poller import Poller
from screens.board.board import BoardScreen
from screens.connect.sign_in import SignInScreen
from tests.signin.sign_in_server import CLIENT_SECRET, PASSWORD, PLANTED
from tests.tui.keys import banner, loaded, painted, program, queues_shown, running, screen_is, status, until
from tests.tui.signed_out import fields, reception, shown, told, type_in

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)


async def test_who_is_not_signed_in_is_asked_and_the_board_fills(tmp_path: Path) -> None:
    at = reception(tmp_path)
    async with running(at.app(), wait=False) as pilot:
        screen = await screen_is(pilot, SignInScreen)
        assert fields(pilot) == ["username", "password"]
        assert screen.query_one("#username", Input).value == "1010@lakeside.example"
        assert screen.focused is screen.query_one("#password")
        assert shown(pilot, "#why") == "Nobody is signed in to acme."
        await until(pilot, lambda: shown(pilot, "#kept") != "", "where it is kept is said")
        assert "until queuewatch ends" in shown(pilot, "#kept")
        await type_in(pilot, password=PASSWORD)
        await screen_is(pilot, BoardScreen)
        assert status(pilot) == "Signed in as Dana Reyes (1010@lakeside.example) · Office Manager."
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        assert banner(pilot) == ""
        assert len(queues_shown(pilot)) == 7


async def test_what_is_wrong_is_said_in_place_and_the_password_is_gone(tmp_path: Path) -> None:
    at = reception(tmp_path)
    async with running(at.app(), wait=False) as pilot:
        await screen_is(pilot, SignInScreen)
        await type_in(pilot, password=f"{PASSWORD}-wrong")
        await told(pilot, "localhost does not accept this login (401). Its words: “Authentication Required”.")
        assert pilot.app.screen.query_one("#password", Input).value == ""
        at.faults.append(Fault("/tokens", FaultKind.STATUS, 1, 500))
        await type_in(pilot, password=PASSWORD)
        await told(pilot, "localhost failed (500)")
        await type_in(pilot, password=PASSWORD)
        await screen_is(pilot, BoardScreen)


async def test_a_code_is_asked_for_when_it_is_wanted(tmp_path: Path) -> None:
    at = reception(tmp_path, username="1020@lakeside.example")
    async with running(at.app(), wait=False) as pilot:
        await screen_is(pilot, SignInScreen)
        await type_in(pilot, password=PASSWORD)
        await until(pilot, lambda: fields(pilot) == ["username", "password", "code"], "the code is asked for")
        await type_in(pilot, code="000000")
        await told(pilot, "does not accept this code")
        await type_in(pilot, code="975 310")
        await screen_is(pilot, BoardScreen)
        assert "Priya Raman" in status(pilot)


async def test_a_login_that_was_changed_meanwhile_is_not_asked_for_the_code_of_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, begun, may_go_on = reception(tmp_path, username="1020@lakeside.example"), asyncio.Event(), asyncio.Event()
    with_password = SignIn.with_password

    async def slow(*words: Any) -> Any:
        begun.set()
        await may_go_on.wait()
        return await with_password(*words)

    monkeypatch.setattr(SignIn, "with_password", slow)
    async with running(at.app(), wait=False) as pilot:
        screen = await screen_is(pilot, SignInScreen)
        await type_in(pilot, password=PASSWORD)
        await begun.wait()
        screen.query_one("#username", Input).value = "1010@lakeside.example"
        await until(pilot, lambda: shown(pilot, "#error") == "", "what was under way is given up")
        may_go_on.set()
        ended = lambda: not any(one.group == "sign in" for one in program(pilot).workers)  # noqa: E731
        await until(pilot, ended, "it has ended")
        assert fields(pilot) == ["username", "password"]
        await pilot.press("enter")
        await screen_is(pilot, BoardScreen)
        assert "Dana Reyes (1010@lakeside.example)" in status(pilot)


async def test_the_clients_secret_is_asked_for_where_none_is_known(tmp_path: Path) -> None:
    at = reception(tmp_path, username="", client_id="12345")
    async with running(at.app(), wait=False) as pilot:
        screen = await screen_is(pilot, SignInScreen)
        await until(pilot, lambda: fields(pilot) == ["username", "password", "secret"], "the secret is asked for")
        assert screen.focused is screen.query_one("#username")
        await type_in(pilot, username="1010@lakeside.example")
        assert screen.focused is screen.query_one("#password")
        await type_in(pilot, password=PASSWORD)
        assert screen.focused is screen.query_one("#secret")
        await type_in(pilot, secret=CLIENT_SECRET)
        await screen_is(pilot, BoardScreen)


async def test_escape_leaves_the_board_as_it_is_and_refreshing_asks_again(tmp_path: Path) -> None:
    at = reception(tmp_path)
    async with running(at.app(), wait=False) as pilot:
        await screen_is(pilot, SignInScreen)
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)
        assert banner(pilot).startswith(
            "Nobody is signed in to acme. Sign in with “queuewatch login --profile acme”."
        )
        assert status(pilot).startswith("Not signed in.")
        program(pilot).session.poller.refresh()
        await pilot.pause()
        assert isinstance(program(pilot).screen, BoardScreen)
        await pilot.press("f5")
        await screen_is(pilot, SignInScreen)


async def test_a_session_that_ends_keeps_the_picture_and_asks(tmp_path: Path) -> None:
    at = reception(tmp_path)
    async with running(at.app(), wait=False) as pilot:
        await screen_is(pilot, SignInScreen)
        await type_in(pilot, password=PASSWORD)
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        at.logins.expire()
        await pilot.press("f5")
        await until(pilot, lambda: "Reading again" in status(pilot) and banner(pilot) == "", "it renews itself")
        at.logins.revoke()
        await pilot.press("f5")
        await screen_is(pilot, SignInScreen)
        assert shown(pilot, "#why").startswith("The session of acme is over")
        assert len(queues_shown(pilot)) == 7
        await type_in(pilot, password=PASSWORD)
        await screen_is(pilot, BoardScreen)
        await until(pilot, lambda: banner(pilot) == "", "the banner is gone")


async def test_no_secret_is_on_the_terminal(tmp_path: Path) -> None:
    at = reception(tmp_path, username="1020@lakeside.example", client_id="12345")
    async with running(at.app(), (140, 40), wait=False) as pilot:
        await screen_is(pilot, SignInScreen)
        seen: list[str] = []
        for values in ({"password": PASSWORD, "secret": CLIENT_SECRET}, {"code": "000000"}):
            for name, value in values.items():
                pilot.app.screen.query_one(f"#{name}", Input).value = value
            await pilot.pause()
            seen += [*painted(pilot.app), pilot.app.export_screenshot()]
            await pilot.press("enter")
            await until(pilot, lambda: shown(pilot, "#error") != "Signing in…", "it is answered")
            seen += painted(pilot.app)
        assert not any(secret in line for secret in PLANTED for line in seen)


@pytest.fixture
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The banner says when the next try is: let it say the same however long the picture takes."""
    monkeypatch.setattr("queuewatch.polling.poller.FIRST_BACK_OFF", 30.0)


async def wait_for_sign_in(pilot: Pilot[None]) -> None:
    await screen_is(pilot, SignInScreen)
    await until(pilot, lambda: shown(pilot, "#kept") != "", "where it is kept is said")


async def with_everything(pilot: Pilot[None]) -> None:
    await wait_for_sign_in(pilot)
    await until(pilot, lambda: "secret" in fields(pilot), "the secret is asked for")
    await type_in(pilot, password=PASSWORD, secret=CLIENT_SECRET)
    await until(pilot, lambda: "code" in fields(pilot), "the code is asked for")
    await type_in(pilot, code="000000")
    await told(pilot, "does not accept this code")


@pytest.mark.usefixtures("_patience")
def test_picture_of_signing_in(snap_compare: Compare, tmp_path: Path) -> None:
    app = reception(tmp_path).app()
    # The next try is told by the clock on the wall, which a picture must not have.
    poller = app.session.poller
    assert isinstance(poller, Poller)
    poller._wall = datetime(2026, 11, 23, 15, 12, tzinfo=UTC).timestamp
    assert snap_compare(app, run_before=wait_for_sign_in)
