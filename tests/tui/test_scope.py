"""What the scope of whoever signed in allows on the board."""

from pathlib import Path

import httpx
import pytest
from textual.pilot import Pilot

from queuewatch.connect import Connection
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.pacing import Pacer
from queuewatch.pbx.sandbox.web import sandbox_app
from screens.board import BoardScreen
from screens.confirm_change import ConfirmChange
from screens.queue import QueueScreen
from tests.signin.desk import KEY

from .driving import (
    board,
    footer,
    program,
    running,
    screen_is,
    status,
    table,
    until,
)
from .office import NEVER
from .reception import reception, sign_in


async def dim(pilot: Pilot[None]) -> list[str]:
    """The footer's keys that are not to be had."""
    return [key.description for key in await footer(pilot) if key.has_class("-disabled")]


async def test_a_site_manager_edits_their_own_site(tmp_path: Path) -> None:
    at = reception(tmp_path, "1014@lakeside.example")
    why = "A Site Manager changes queues of their own site, Austin; this one is at Dallas."
    async with running(at.app(), wait=False) as pilot:
        await sign_in(pilot)
        table(pilot).move_to("8000")
        await until(pilot, lambda: len(pilot.app.screen.query("FooterKey.-disabled")) == 2, "two keys are dim")
        assert await dim(pilot) == ["When Offline", "Require Agents"]
        for key in ("e", "f2", "r", "f3"):
            board(pilot).say("")
            await pilot.press(key)
            assert status(pilot) == why
            assert isinstance(program(pilot).screen, BoardScreen)
        offered = {one.title: one.help for one in program(pilot).get_system_commands(program(pilot).screen)}
        assert offered["When Offline"] == offered["Require Agents"] == why
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
        pacer=Pacer(window=0.0),
    )
    at.connection = Connection(system, "acme", interval=NEVER)
    async with running(at.app(), wait=False) as pilot:
        await until(pilot, lambda: program(pilot).watching.sighting.identity is not None, "it is known who asks")
        assert board(pilot).why_not("edit_when_offline") == why
        await pilot.press("enter")
        screen = await screen_is(pilot, QueueScreen)
        assert screen.why_not("toggle_require_agents") == why
