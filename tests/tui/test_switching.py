"""Switching the board to another phone system, and those that are in production."""

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from queuewatch.alerts.quiet import Quiet
from queuewatch.app.app import WATCHING, QueuewatchApp
from queuewatch.app.proving import ProofRunner
from queuewatch.connection.connection import Connection, ConnectionOptions, SwitchTarget
from queuewatch.connection.resolve import connect, with_switch_targets
from queuewatch.failover.audit.proofs import ProofLedger
from queuewatch.pbx.phone_system import PushEvent
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running as running_server
from queuewatch.pbx.sandbox.server import sandbox_app
from screens.audit import AuditScreen
from screens.board.board import BoardScreen
from screens.drill.drill import DrillScreen
from screens.editing.confirm_change import ConfirmChange
from screens.live import LiveScreen
from screens.log import LogScreen
from screens.proof.proof import ProofScreen
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.failover.build import NOON
from tests.polling.clock import Stream
from tests.tui.keys import (
    board,
    loaded,
    on_board,
    painted,
    program,
    queues_shown,
    running,
    screen_is,
    status,
    until,
)
from tests.tui.phone_system import open_office
from widgets.bars import TopBar

Compare = Callable[..., bool]


def elsewhere(office_sample: str, title: str, push: Stream | None = None) -> tuple[SwitchTarget, Connection]:
    connection = replace(open_office(office_sample).connection, title=title, push=push)
    return SwitchTarget(title, connection.system.domain, title, lambda: connection), connection


def commands(pilot: Pilot[None]) -> dict[str, Callable[[], object]]:
    return {one.title: one.callback for one in program(pilot).get_system_commands(program(pilot).screen)}


async def test_the_board_is_switched_to_another_phone_system_and_back() -> None:
    there, _ = elsewhere("riverside", "north")
    office = open_office()
    here = replace(office.connection, title="acme")
    back = SwitchTarget(
        "acme", here.system.domain, "acme", lambda: replace(open_office().connection, title="acme")
    )
    app = QueuewatchApp(replace(here, switch_targets=lambda: (there, back)))
    async with running(app, (100, 30)) as pilot:
        assert [title for title in commands(pilot) if "Switch" in title] == ["Switch to north"]
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        commands(pilot)["Switch to north"]()
        await screen_is(pilot, BoardScreen)
        await until(pilot, lambda: queues_shown(pilot) == ["8000", "8001"], "the other queues are there")
        assert on_board(pilot, "8000")["queue"].strip().endswith("Bookings")
        assert "north · riverside.example" in board(pilot).query_one(TopBar).left
        before = len(office.pbx.requests)
        await pilot.press("f5")
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        assert len(office.pbx.requests) == before


async def test_nothing_that_was_told_of_one_phone_system_is_shown_of_the_next() -> None:
    there, _ = elsewhere("lakeside", "north")
    app = QueuewatchApp(replace(open_office().connection, title="acme", switch_targets=lambda: (there,)))
    async with running(app, (140, 40)) as pilot:
        app.lately_read(("8000", "Ready since yesterday."))
        app.show_quiet({"8000": Quiet("works go on", NOON, NOON, queue="8000")})
        board(pilot).proofs = ProofLedger()
        board(pilot).note = "No history can be kept."
        board(pilot)._site = "Dallas"
        await until(pilot, lambda: any("yesterday" in line for line in painted(app)), "it is shown")
        commands(pilot)["Switch to north"]()
        await until(pilot, lambda: app.connection.title == "north", "it is switched")
        await until(pilot, lambda: loaded(app), "everything is read")
        left = board(pilot)
        assert (left.lately, left.quiet, left.proofs, left._site) == (("", ""), {}, None, "")
        assert not left.has_class("-past")
        assert not any("yesterday" in line or "No history" in line for line in painted(app))


async def test_what_is_watched_on_one_phone_system_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    async def watch(*_: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("watch")

    monkeypatch.setattr(ProofRunner, "watch", watch)
    there, _ = elsewhere("riverside", "north")
    app = QueuewatchApp(replace(open_office().connection, title="acme", switch_targets=lambda: (there,)))
    async with running(app) as pilot:
        await pilot.press("P")
        screen = await screen_is(pilot, ProofScreen)
        screen.post_message(ProofScreen.Unplugged(screen))
        await until(pilot, lambda: any(one.group == WATCHING for one in app.workers), "it is watched")
        commands(pilot)["Switch to north"]()
        await until(pilot, lambda: app.connection.title == "north", "it is switched")
        await until(pilot, lambda: ended == ["watch"], "nothing is asked of what was left")


async def test_the_stream_of_events_is_left_with_its_phone_system() -> None:
    left, entered = Stream(), Stream()
    there, connection = elsewhere("riverside", "north", entered)
    pbx = connection.sandbox
    assert pbx is not None
    app = QueuewatchApp(
        replace(open_office().connection, title="acme", push=left, switch_targets=lambda: (there,))
    )
    async with running(app) as pilot:
        await until(pilot, lambda: left.listeners == 1, "it is listened to")
        left.tell(PushEvent.ON)
        assert app.session.state.push
        commands(pilot)["Switch to north"]()
        await until(pilot, lambda: entered.listeners == 1, "the other one is listened to")
        assert left.listeners == 0
        await until(pilot, lambda: loaded(app), "everything is read")
        left.tell(PushEvent.ON)
        assert not app.session.state.push
        entered.tell(PushEvent.ON)
        assert app.session.state.push
        before = len(pbx.requests)
        entered.tell(PushEvent.MOVED)
        await until(pilot, lambda: len(pbx.requests) == before + 2, "the queues and agents are read again")


OTHERS: tuple[tuple[tuple[str, ...], type[LiveScreen]], ...] = (
    (("a",), AuditScreen),
    (("w",), WhatIfScreen),
    (("d", "enter"), DrillScreen),
    (("v",), LogScreen),
)


async def opened(pilot: Pilot[None], keys: tuple[str, ...], kind: type[LiveScreen]) -> LiveScreen:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    return await screen_is(pilot, kind)


@pytest.mark.parametrize(("keys", "kind"), OTHERS)
async def test_no_screen_goes_on_showing_the_phone_system_that_was_left(
    keys: tuple[str, ...], kind: type[LiveScreen]
) -> None:
    there, connection = elsewhere("riverside", "north")
    office = open_office()
    app = QueuewatchApp(replace(office.connection, title="acme", switch_targets=lambda: (there,)))
    async with running(app, (140, 40)) as pilot:
        await opened(pilot, keys, kind)
        commands(pilot)["Switch to north"]()
        await screen_is(pilot, BoardScreen)
        await until(pilot, lambda: queues_shown(pilot) == ["8000", "8001"], "the other queues are there")
        await until(pilot, lambda: loaded(app), "everything is read")
        before = len(office.pbx.requests)
        assert [type(screen) for screen in app.screen_stack] == [BoardScreen]
        screen = await opened(pilot, keys, kind)
        assert screen.connection is connection
        assert screen.live_state is app.session.shown
        assert not any("Front Desk" in line or "acme" in line for line in painted(app))
        assert len(office.pbx.requests) == before


@pytest.mark.parametrize(("keys", "kind"), OTHERS)
async def test_production_is_on_the_top_line_of_every_screen(
    keys: tuple[str, ...], kind: type[LiveScreen]
) -> None:
    app = QueuewatchApp(replace(open_office().connection, title="acme", production=True))
    async with running(app) as pilot:
        await opened(pilot, keys, kind)
        top = painted(app)[0]
        assert top.startswith((" PRODUCTION acme ", " WHAT IF  PRODUCTION acme "))
        assert top.count("acme") == 1


async def test_a_long_name_in_production_leaves_room_for_how_old_the_picture_is() -> None:
    connection = replace(open_office("harbor", read_only=True).connection, production=True)
    app = QueuewatchApp(replace(connection, title="Harbor Freight Lines of Texas"))
    async with running(app) as pilot:
        await opened(pilot, ("a",), AuditScreen)
        top = painted(app)[0]
        assert top.startswith(" READ-ONLY  PRODUCTION Harbor")
        assert top.rstrip().endswith("12 errors, 6 warnings, 15 info  as of 15:12")


async def test_a_change_confirmed_for_one_phone_system_is_not_made_on_another() -> None:
    there, connection = elsewhere("lakeside", "north")
    office = open_office()
    app = QueuewatchApp(replace(office.connection, title="acme", switch_targets=lambda: (there,)))
    async with running(app) as pilot:
        office.line.hold("callqueues/8000")
        await pilot.press("r")
        await until(pilot, lambda: status(pilot) == "Reading the present setting…", "it is being read")
        commands(pilot)["Switch to north"]()
        await until(pilot, lambda: program(pilot).connection is connection, "it is switched")
        office.line.release()
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        assert isinstance(program(pilot).screen, BoardScreen)
        assert office.written == []
        pbx = connection.sandbox
        assert pbx is not None
        assert [one for one in pbx.requests if one.method != "GET"] == []


async def test_production_is_on_the_top_line_and_asks_twice() -> None:
    office = open_office()
    app = QueuewatchApp(replace(office.connection, title="acme", production=True))
    async with running(app) as pilot:
        assert painted(app)[0].startswith(" PRODUCTION acme  queuewatch · lakeside")
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        await pilot.press("y")
        assert isinstance(program(pilot).screen, ConfirmChange)
        await until(
            pilot, lambda: any("Yes, really on acme (y)" in line for line in painted(app)), "it asks again"
        )
        assert office.written == []
        await pilot.press("y")
        await until(pilot, lambda: "is now No" in status(pilot), "it is changed")
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        assert painted(app)[0].startswith(" PRODUCTION acme ")


PASSING = 6
"""Connections, files and tasks that may be open at one moment and not at another, while nothing is left open."""


@dataclass(frozen=True)
class Held:
    """What this process holds open, by kind."""

    sockets: int
    files: tuple[str, ...]
    tasks: int
    threads: int

    @classmethod
    def now(cls) -> "Held":
        links = [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if _is_open(name)]
        return cls(
            sum(link.startswith("socket:") for link in links),
            tuple(sorted(link for link in links if link.startswith("/"))),
            len(asyncio.all_tasks()),
            sum(thread.name == "queuewatch history" for thread in threading.enumerate()),
        )

    def is_like(self, other: "Held") -> bool:
        """Whether it is no more, but for what comes and goes: of twenty switches, twenty would be left."""
        return (
            self.sockets <= other.sockets + PASSING
            and len(self.files) <= len(other.files) + PASSING
            and self.tasks <= other.tasks + PASSING
            and self.threads <= other.threads
        )


def _is_open(name: str) -> bool:
    # The folder itself is open while it is listed, and closed by now.
    return os.path.lexists(f"/proc/self/fd/{name}")


def has_kept_picture(app: QueuewatchApp) -> bool:
    writing = app.session.picture._writing if app.session.picture else None
    return writing is not None and writing.done()


@pytest.mark.skipif(sys.platform != "linux", reason="what is open is asked of Linux")
async def test_many_switches_leave_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queuewatch.pbx.netsapiens.rate_limit.WINDOW_SECONDS", 0.0)
    company = load_sample("riverside")
    async with (
        running_server(sandbox_app(SandboxPbx(company))) as north,
        running_server(sandbox_app(SandboxPbx(company))) as south,
    ):
        environ = {
            "QUEUEWATCH_CONFIG": str(tmp_path / "config.toml"),
            "QUEUEWATCH_STATE": str(tmp_path / "state"),
            "QUEUEWATCH_TOKEN": SANDBOX_TOKEN,
        }
        (tmp_path / "config.toml").write_text(
            "".join(
                f'[profiles.{name}]\nurl = "{url}"\ndomain = "{company.domain}"\n'
                for name, url in (("north", north), ("south", south))
            )
        )
        options = ConnectionOptions(profile="north")
        connection = connect(options, environ, on_screen=True)
        app = QueuewatchApp(with_switch_targets(connection, options, environ))
        before = Held.now()
        async with running(app) as pilot:
            await until(pilot, lambda: app.session.has_side_work, "history is kept")
            # The first picture is written beside the rest, and holds a file open meanwhile.
            await until(pilot, lambda: has_kept_picture(app), "what was seen is kept")
            while_open = Held.now()
            assert while_open != before
            for turn in range(20):
                session = app.session
                commands(pilot)[f"Switch to {'north' if turn % 2 else 'south'}"]()
                await until(pilot, lambda: app.session is not session, "it is switched")  # noqa: B023
                if turn % 5 == 4:
                    await until(pilot, lambda: loaded(app), "everything is read")
            await until(pilot, lambda: app.session.has_side_work, "history is kept")
            await until(
                pilot,
                lambda: Held.now().is_like(while_open),
                f"no more is open than after the first: {while_open}",
            )
        gc.collect()
        for _ in range(100):
            if Held.now() == before:
                break
            await asyncio.sleep(0.02)
        assert Held.now() == before
