"""What the scope of whoever signed in allows on the board."""

from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from queuewatch.connection.connection import Connection
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.server import sandbox_app
from screens.audit import AuditScreen
from screens.board.board import BoardScreen
from screens.editing.confirm_change import ConfirmChange
from screens.log import LogScreen
from screens.queue import QueueScreen
from tests.journal.build import entry, journal, lines, toggled
from tests.signin.sign_in_server import KEY
from tests.tui.keys import board, footer, program, running, screen_is, status, table, until
from tests.tui.phone_system import NEVER
from tests.tui.signed_out import reception, sign_in
from widgets.line_table import LineTable

NOT_THEIRS = "A Site Manager changes queues of their own site, Austin; this one is at Dallas."
REQUIRE = "callqueue-require-available-agents-to-accept-new-callers"


async def dim(pilot: Pilot[None]) -> list[str]:
    """The footer's keys that are not to be had."""
    return [key.description for key in await footer(pilot) if key.has_class("-disabled")]


async def test_a_site_manager_edits_their_own_site(tmp_path: Path) -> None:
    at = reception(tmp_path, "1014@lakeside.example")
    async with running(at.app(), wait=False) as pilot:
        await sign_in(pilot)
        table(pilot).move_to("8000")
        await until(pilot, lambda: len(pilot.app.screen.query("FooterKey.-disabled")) == 2, "two keys are dim")
        assert await dim(pilot) == ["When Offline", "Require Agents"]
        for key in ("e", "f2", "r", "f3"):
            board(pilot).say("")
            await pilot.press(key)
            assert status(pilot) == NOT_THEIRS
            assert isinstance(program(pilot).screen, BoardScreen)
        offered = {one.title: one.help for one in program(pilot).get_system_commands(program(pilot).screen)}
        assert offered["When Offline"] == offered["Require Agents"] == NOT_THEIRS
        table(pilot).move_to("8003")
        await until(pilot, lambda: not pilot.app.screen.query("FooterKey.-disabled"), "no key is dim")
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)


@pytest.mark.parametrize(
    ("readonly", "why"), [("yes", "Read-only: the API key in use changes nothing."), ("no", "")]
)
async def test_a_read_only_key_edits_nothing(tmp_path: Path, readonly: str, why: str) -> None:
    at = reception(tmp_path)
    at.logins.key_row = {"readonly": readonly}
    system = NetsapiensDomain(
        "http://localhost",
        "lakeside.example",
        KEY,
        transport=lambda: httpx.ASGITransport(app=sandbox_app(at.logins.pbx, logins=at.logins)),
        rate_limiter=RateLimiter(window=0.0),
    )
    at.connection = Connection(system, "acme", interval=NEVER)
    async with running(at.app(), wait=False) as pilot:
        await until(pilot, lambda: program(pilot).session.state.identity is not None, "it is known who asks")
        assert board(pilot).why_not("edit_when_offline") == why
        await pilot.press("enter")
        screen = await screen_is(pilot, QueueScreen)
        assert screen.why_not("toggle_require_agents") == why


async def test_in_the_audit_a_fix_is_dim_where_it_would_change_what_may_not_be(tmp_path: Path) -> None:
    at = reception(tmp_path, "1014@lakeside.example")
    for queue in ("8000", "8003"):
        at.logins.pbx.floor.queues[queue][REQUIRE] = "no"
    async with running(at.app(), wait=False) as pilot:
        await sign_in(pilot)
        await pilot.press("a")
        screen = await screen_is(pilot, AuditScreen)
        findings = screen.query_one("#findings", LineTable)
        findings.move_to("QW101 8000 1")
        await until(pilot, lambda: bool(screen.query("FooterKey.-disabled")), "a key is dim")
        assert await dim(pilot) == ["Fix"]
        for key in ("enter", "l"):
            screen.say("")
            await pilot.press(key)
            assert status(pilot) == NOT_THEIRS
            assert program(pilot).screen is screen
        for finding in ("QW119 8002 1", "QW101 8003 1"):
            findings.move_to(finding)
            await until(pilot, lambda: not screen.query("FooterKey.-disabled"), "no key is dim")
        await pilot.press("enter")
        await screen_is(pilot, ConfirmChange)


async def test_an_undo_is_an_edit_too_and_every_edit_is_logged_with_who_signed_in(tmp_path: Path) -> None:
    at = reception(tmp_path, "1014@lakeside.example")
    book = journal(tmp_path)
    at.connection = replace(at.connection, journal=book)
    edit = replace(toggled(), server=at.connection.system.address, domain="lakeside.example")
    book.path.parent.mkdir()
    book.path.write_bytes(b"\n".join(lines(entry("1", edit))) + b"\n")
    async with running(at.app(), wait=False) as pilot:
        await sign_in(pilot)
        table(pilot).move_to("8003")
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        await pilot.press("y")
        await until(pilot, lambda: "confirmed" in status(pilot), "it is changed")
        assert [one.who.words for one in book.read().entries] == ["jane (acme)", "1014@lakeside.example (acme)"]
        await pilot.press("v")
        screen = await screen_is(pilot, LogScreen)
        await until(pilot, lambda: not screen.query("FooterKey.-disabled"), "no key is dim")
        await pilot.press("down")
        await until(pilot, lambda: bool(screen.query("FooterKey.-disabled")), "a key is dim")
        assert await dim(pilot) == ["Undo this"]
        await pilot.press("z")
        assert status(pilot) == NOT_THEIRS
        assert program(pilot).screen is screen
