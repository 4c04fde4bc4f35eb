"""The fleet's screen: which domain needs a call first, its board and back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from queuewatch.app import fleet as fleet_module
from queuewatch.app.fleet import FleetApp
from queuewatch.connection.connection import Connection
from queuewatch.connection.fleet import sample_members
from queuewatch.fleet.watch import FleetDomain, FleetWatch
from queuewatch.profiles.fields import KeyOverrides
from screens.board.board import BoardScreen
from screens.fleet import FleetOrder, FleetScreen
from tests.tui.keys import until
from widgets.bars import Banner, StatusLine, TopBar
from widgets.fact_sheet import FactSheet
from widgets.line_table import LineTable


@asynccontextmanager
async def fleet(
    width: int = 140, height: int = 40, others: Callable[[], Awaitable[str | None]] | None = None
) -> AsyncIterator[Pilot[None]]:
    members = sample_members("fleet")
    watch = FleetWatch(members.domains, interval=0.2, window=0.0, clock=members.clock)
    app = FleetApp(
        watch,
        lambda domain: members.open_board(domain, watch.limiter_of(domain.key)),
        members.title,
        first=members.connections[0],
        others=others,
    )
    async with app.run_test(size=(width, height)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FleetScreen), "the fleet is there")
        await until(pilot, lambda: all(s.counts and not s.unread for s in screen(pilot).standings), "all are read")
        yield pilot
    await members.close()


def screen(pilot: Pilot[None]) -> FleetScreen:
    shown = pilot.app.screen
    assert isinstance(shown, FleetScreen)
    return shown


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


def shown(pilot: Pilot[None]) -> list[str]:
    return [row.key.split("\n")[1] for row in screen(pilot).query_one(LineTable).rows]


async def test_who_needs_a_call_first_stands_on_top() -> None:
    async with fleet() as pilot:
        assert shown(pilot)[:2] == ["beacon.example", "kestrel.example"]
        assert len(shown(pilot)) == 12
        assert screen(pilot).query_one(TopBar).right == "12 domains: callers reach nobody in 2, 6 not ready"
        about = screen(pilot).query_one("#about", FactSheet)
        assert [fact.label for fact in about.facts] == ["Domain", "Now", "Read"]
        await pilot.press("x")
        around = ["foxglove.example", "beacon.example", "alder.example"]
        await until(
            pilot,
            lambda: shown(pilot)[shown(pilot).index(around[1]) - 1 :][:3] == around,
            "seen: it gives way to what nobody has seen, and comes before what is well",
        )
        await pilot.press("slash", *"kestrel", "enter")
        await until(pilot, lambda: shown(pilot) == ["kestrel.example"], "only what matches")
        assert "kestrel" in str(screen(pilot).query_one(Banner).render())
        await pilot.press("escape", "s")
        await until(pilot, lambda: screen(pilot).order is FleetOrder.NAME, "another order")
        await until(pilot, lambda: shown(pilot)[0] == "alder.example", "by name")
        assert "by name" in str(screen(pilot).query_one(StatusLine).render())


async def test_a_customer_that_came_later_is_told_of_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_module, "LISTED_EVERY", 0.01)
    answers: list[str | None] = [None, "There is another domain by now: New Co.", None]

    async def others() -> str | None:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def said(pilot: Pilot[None]) -> str:
        return str(screen(pilot).query_one(Banner).render())

    async with fleet(others=others) as pilot:
        await until(pilot, lambda: "another domain by now: New Co." in said(pilot), "it is named")
        await until(pilot, lambda: len(answers) == 1, "it was asked again")
        assert "New Co." in said(pilot), "no answer changes nothing"
        answers[0] = ""
        await until(pilot, lambda: said(pilot) == "", "it is there no more")


async def test_on_a_narrow_terminal_no_number_is_left_without_what_it_counts() -> None:
    async with fleet(60, 16) as pilot:
        top = screen(pilot).query_one(TopBar)
        top.right = "40 domains: callers reach nobody in 7, 20 not ready, 40 cannot be read"
        await until(pilot, lambda: str(top.render()).rstrip().endswith("in 7, 20 not ready…"), "whole clauses")
        top.right = "12 domains: callers reach nobody in 2, 6 not ready"
        await until(pilot, lambda: str(top.render()).rstrip().endswith("6 not ready"), "all that fits")


async def test_a_board_is_opened_with_what_is_known_and_left_by_escape() -> None:
    async with fleet() as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, BoardScreen), "the board is there")
        board = pilot.app.screen
        assert isinstance(board, BoardScreen)
        assert board.shown == ("8000", "8001"), "at once, from what the fleet had read"
        assert board.connection.title == "Beacon Plumbing"
        live = lambda: board.live_state is not None and board.live_state.trouble is None  # noqa: E731
        await until(pilot, live, "and then from a reading of its own")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, FleetScreen), "back in the fleet")
        assert shown(pilot)[0] == "beacon.example"
        chosen = screen(pilot).chosen
        assert chosen is not None
        assert chosen.domain == "beacon.example"
        app = pilot.app
        assert isinstance(app, FleetApp)
        await until(pilot, lambda: app.session._closing is not None, "nothing goes on at the board that was left")


async def test_from_one_board_to_another_and_only_one_is_away_from_the_fleet() -> None:
    async with fleet() as pilot:
        app = pilot.app
        assert isinstance(app, FleetApp)
        watch = app._watch
        assert isinstance(watch, FleetWatch)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BoardScreen), "the board is there")
        titles = {command.title: command.callback for command in app._connection_commands()}
        assert "Switch to Beacon Plumbing" not in titles, "it is open"
        titles["Switch to Indigo Travel"]()
        await until(pilot, lambda: app.connection.title == "Indigo Travel", "another board is there")
        assert watch._handed_over == {("sample", "indigo.example")}
        board = app.screen_stack[0]
        assert isinstance(board, BoardScreen)
        assert board.chosen is not None
        assert board.chosen.extension == board.shown[0], "the worst, whatever was chosen on the board before"
        looked_at = lambda: app.session.history._queue == board.shown[0]  # noqa: E731
        await until(pilot, looked_at, "it is looked at, though the one before had the same number")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FleetScreen), "back in the fleet")
        chosen = screen(pilot).chosen
        assert chosen is not None
        assert chosen.domain == "indigo.example", "the cursor is on what was looked at last"
        assert watch._handed_over == set()


async def test_a_board_that_cannot_be_opened_leaves_its_domain_to_the_fleet_and_tells_nothing_of_it() -> None:
    members = sample_members("fleet")
    watch = FleetWatch(members.domains, interval=0.2, window=0.0, clock=members.clock)

    def open_board(domain: FleetDomain) -> Connection:
        connection = members.open_board(domain, watch.limiter_of(domain.key))
        spoiled = KeyOverrides("config.toml: [profiles.indigo.keys]", (("no_such_action", "x"),))
        return replace(connection, keys=spoiled) if domain.domain == "indigo.example" else connection

    app = FleetApp(watch, open_board, members.title, first=members.connections[0])
    told: dict[str, set[str]] = {}
    watch.tell(lambda domain, state: told.setdefault(domain.domain, set()).add(state.snapshot.domain))
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FleetScreen), "the fleet is there")
        await until(pilot, lambda: all(s.counts and not s.unread for s in screen(pilot).standings), "all are read")
        app.open_domain(("sample", "beacon.example"))
        await until(pilot, lambda: app.connection.title == "Beacon Plumbing", "a board is there")
        app.open_domain(("sample", "indigo.example"))
        # Something is read at the board that is open still.
        app.state_changed(app.session)
        await until(pilot, lambda: "no_such_action" in said(pilot), "why the other is not opened is said")
        app.state_changed(app.session)
        assert app.connection.title == "Beacon Plumbing"
        assert watch._handed_over == {("sample", "beacon.example")}
        assert told["indigo.example"] == {"indigo.example"}
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FleetScreen), "back in the fleet")
        app.open_domain(("sample", "indigo.example"))
        await until(pilot, lambda: "no_such_action" in said(pilot), "and is said in the fleet")
        assert isinstance(app.screen, FleetScreen)
        assert watch._handed_over == set()
    await members.close()
