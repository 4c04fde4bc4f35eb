"""The form to connect with: what it says while it is being typed into, and what becomes of what was typed."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from queuewatch.app.first_run import Other
from queuewatch.pbx.checks import Check, bad, good
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from screens.connect import connect_form
from screens.connect.welcome import WelcomeScreen
from tests.netsapiens.scripted import scripted
from tests.signin.sign_in_server import CLIENT_SECRET, PASSWORD, PLANTED
from tests.tui.keys import footer, painted, screen_is, status, until
from widgets.form import ChoiceLine

from .newcomer import (
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
)

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    monkeypatch.setattr(connect_form, "PAUSE", 0.0)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    # The pace of requests is tested by itself.
    monkeypatch.setattr("queuewatch.pbx.netsapiens.rate_limit.WINDOW_SECONDS", 0.0)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_all_of_the_form_is_seen_without_scrolling(tmp_path: Path, size: tuple[int, int]) -> None:
    async with at_form(newcomer(tmp_path), size) as pilot:
        await fill(pilot, address="http://pbx.example.com", domain="a b", login="bob", client="123")
        assert rows(pilot)[-3:] == ["secret", "name", "keep"]
        assert pilot.app.screen.query_one("#form").max_scroll_y == 0
        assert missing(pilot) == "Still missing: address, domain, password, client secret."
        assert any(missing(pilot) in line for line in painted(pilot.app))
        assert [key.description for key in await footer(pilot)] == [
            "Field before",
            "Next field",
            "Next, or connect",
            "Help",
            "Back",
            "Leave",
        ]


async def test_https_against_http_is_told_at_the_address(tmp_path: Path) -> None:
    async with counter() as at, at_form(newcomer(tmp_path)) as pilot:
        await fill(pilot, address=at.address.replace("http:", "https:"))
        await until(pilot, lambda: "does not seem to speak TLS" in remark(pilot, "address"), "it is told")


async def test_who_hangs_holds_up_nothing(tmp_path: Path) -> None:
    async with scripted(None) as script, at_form(newcomer(tmp_path)) as pilot:
        await fill(pilot, address=script.address)
        await until(pilot, lambda: len(script.heard) == 1, "it is asked")
        assert remark(pilot, "address") == "Looking whether a phone system answers there…"
        await fill(pilot, login="1002@acme.example")
        assert remark(pilot, "address") == "Looking whether a phone system answers there…"
        assert value(pilot, "domain") == "acme.example"
        await pilot.press("escape")
        await screen_is(pilot, WelcomeScreen)


async def test_one_address_is_asked_at_a_time_and_only_once_it_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    going: list[str] = []
    most, asked, free = 0, [], asyncio.Event()

    async def slow_probe(address: str, now: datetime) -> Check:
        nonlocal most
        going.append(address)
        asked.append(address)
        most = max(most, len(going))
        try:
            await free.wait()
        finally:
            going.remove(address)
        return good("Phone system", f"{address} answers.")

    monkeypatch.setattr(connect_form, "probe", slow_probe)
    async with at_form(newcomer(tmp_path)) as pilot:
        monkeypatch.setattr(connect_form, "PAUSE", 1000.0)
        await pilot.press(*"pbx.e")
        await fill(pilot, address="pbx.example.co")
        assert asked == []
        monkeypatch.setattr(connect_form, "PAUSE", 0.0)
        await pilot.press("end", "n")
        await until(pilot, lambda: len(asked) == 1, "it is asked")
        await fill(pilot, address="pbx.example.com")
        await until(pilot, lambda: len(asked) == 2, "another one is asked")
        assert going == ["https://pbx.example.com"]
        free.set()
        await until(pilot, lambda: remark(pilot, "address") == "✔ https://pbx.example.com answers.", "it is told")
        assert (most, going) == (1, [])
        assert asked == ["https://pbx.example.con", "https://pbx.example.com"]
        await fill(pilot, address="ftp://x")
        assert remark(pilot, "address").startswith("✖ “ftp://x” is no web address.")


async def test_enter_goes_to_what_is_missing_and_says_what_is_wrong_there(tmp_path: Path) -> None:
    async with at_form(newcomer(tmp_path)) as pilot:
        await fill(pilot, address="ftp://pbx.example.com", domain="acme.example")
        await pilot.press("up", "enter")
        assert focused(pilot) == "address"
        assert status(pilot).startswith("“ftp://pbx.example.com” is no web address. Write it like https://")
        await fill(pilot, address="127.0.0.1:1")
        assert status(pilot) == ""
        await until(pilot, lambda: "nothing answers there" in remark(pilot, "address"), "it is told")
        await pilot.click("#connect")
        await until(pilot, lambda: focused(pilot) == "login", "what is missing has the keys")


async def test_what_was_filled_in_follows_and_what_was_typed_stays(tmp_path: Path) -> None:
    async with at_form(newcomer(tmp_path)) as pilot:
        await fill(pilot, login="1002@acme.example")
        assert (value(pilot, "domain"), value(pilot, "name")) == ("acme.example", "acme")
        await fill(pilot, login="1002@north.example")
        assert (value(pilot, "domain"), value(pilot, "name")) == ("north.example", "north")
        await fill(pilot, domain="south.example", name="mine")
        await fill(pilot, login="1002@east.example")
        assert (value(pilot, "domain"), value(pilot, "name")) == ("south.example", "mine")


async def test_going_back_keeps_what_is_no_secret(tmp_path: Path) -> None:
    async with at_form(newcomer(tmp_path)) as pilot:
        await fill(pilot, address="https://127.0.0.1:1", login="1002@acme.example", password=PASSWORD)
        left = pilot.app.screen.query_one("#password", Input)
        await pilot.press("escape")
        await screen_is(pilot, WelcomeScreen)
        assert left.value == ""
        await pilot.press("2")
        await form(pilot)
        assert (value(pilot, "address"), value(pilot, "login")) == ("https://127.0.0.1:1", "1002@acme.example")
        assert (value(pilot, "password"), missing(pilot)) == ("", "Still missing: password.")


async def test_no_secret_is_seen_printed_or_copied(tmp_path: Path) -> None:
    heard: list[str] = []
    async with (
        counter() as at,
        at_form(newcomer(tmp_path), hook=lambda message: heard.append(repr(message))) as pilot,
    ):
        at.faults.append(Fault("/tokens", FaultKind.STATUS, None, 500))
        await fill_for(pilot, at, client="123", secret=CLIENT_SECRET, password=PASSWORD)
        pilot.app.screen.query_one("#password").focus()
        await pilot.press("ctrl+a", "ctrl+c", "ctrl+x", "enter")
        await told(pilot, "failed (500)")
        seen = [*painted(pilot.app), pilot.app.export_screenshot(), pilot.app.clipboard, *heard]
        seen += [repr(widget) for widget in pilot.app.screen.walk_children()]
        assert any("SecretField.Changed" in line for line in heard)
        assert not any(secret in line for secret in PLANTED for line in seen)
        assert value(pilot, "password") == PASSWORD


async def test_what_comes_at_once_is_in_the_field_it_was_meant_for(tmp_path: Path) -> None:
    # A password manager types faster than a program takes turns.
    async with at_form(newcomer(tmp_path)) as pilot:
        pilot.app.screen.query_one("#login").focus()
        await pilot.pause()
        for key in ("b", "o", "b", "tab", "p", "w"):
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: value(pilot, "password") != "", "it is typed")
        assert (value(pilot, "login"), value(pilot, "password")) == ("bob", "pw")


@pytest.mark.parametrize(("size", "lines"), [((60, 16), 2), ((80, 24), 1)])
async def test_no_way_to_sign_in_is_cut_and_each_can_be_clicked(
    tmp_path: Path, size: tuple[int, int], lines: int
) -> None:
    async with at_form(newcomer(tmp_path), size) as pilot:
        way = pilot.app.screen.query_one("#way", ChoiceLine)
        shown = "\n".join(painted(pilot.app))
        assert "(*) portal login and password" in shown
        assert "( ) API key" in shown
        assert way.size.height == lines
        await pilot.click(way, offset=(4, 1) if lines == 2 else (36, 0))
        await until(pilot, lambda: way.chosen == "key", "it is chosen")
        await pilot.click(way, offset=(4, 0))
        await until(pilot, lambda: way.chosen == "password", "the first is chosen again")


async def test_what_is_answered_once_the_form_is_left_is_no_fault(tmp_path: Path) -> None:
    async with at_form(newcomer(tmp_path)) as pilot:
        left = await form(pilot)
        await pilot.press("escape")
        await screen_is(pilot, WelcomeScreen)
        await until(pilot, lambda: not left.query(Input), "its fields are gone")
        left.look()


async def test_leaving_forgets_what_is_secret(tmp_path: Path) -> None:
    app = newcomer(tmp_path)
    async with at_form(app) as pilot:
        await fill(pilot, password=PASSWORD)
        field = app.app.screen.query_one("#password", Input)
        await pilot.press("f10")
        await until(pilot, lambda: app.ended, "it ends")
    assert (app.chosen, field.value) == (Other.LEAVE, "")


HOME = Path("/home/you")
"""Where it seems to run in a picture."""


async def answers(address: str, now: datetime) -> Check:
    if address == "https://pbx.example.com":
        return good("Phone system", "A phone system answers at pbx.example.com: version 44.2.3.")
    return bad("Name", f"The name {address.removeprefix('https://')} cannot be found.", "Check the address.")


HALF = {"address": "pbx.exmaple.com", "domain": "1002@acme.example", "client": "123"}


def test_the_form_looks(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are right, wrong and not yet filled in, each with its remark."""
    monkeypatch.setattr(connect_form, "probe", answers)

    async def typing(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await form(pilot)
        await fill(pilot, **HALF)
        await until(pilot, lambda: remark(pilot, "address")[0] in "✔✖", "somebody answers or not")

    assert snap_compare(newcomer(HOME).app, run_before=typing)


def test_the_welcome_looks(snap_compare: Compare) -> None:
    assert snap_compare(newcomer(HOME).app)
