"""The fleet's screen as support uses it: alerts of all customers, marks that last, and what cannot be lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.command import CommandList
from textual.pilot import Pilot

from queuewatch.app.fleet import FleetApp
from queuewatch.connection.fleet import FleetMembers, sample_members
from queuewatch.failover.model import Snapshot
from queuewatch.fleet import alerts as alerts_module
from queuewatch.fleet.memory import FleetMemory
from queuewatch.fleet.standing import LastAlert
from queuewatch.fleet.watch import FleetDomain, FleetWatch, Key
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.state import LiveState
from queuewatch.profiles.alert_rules import AlertRule, LocalReceiver
from screens.board.board import BoardScreen
from screens.fleet import FleetFilter, FleetScreen
from tests.alerts.states import REFUSED, Room, company
from tests.failover.build import NOON
from tests.tui.keys import until
from tests.tui.test_pictures import Compare, Step
from widgets import action
from widgets.bars import AlertLine, Banner, StatusLine
from widgets.fact_sheet import FactSheet
from widgets.fleet_rows import alert_words
from widgets.line_table import LineTable

SERVER = "https://pbx.example.com"
NAMES = ("Alder", "Beacon", "Cobalt", "Dovetail", "Elm")
GREEN = {"q8000": "green green", "q8001": "green green"}
GREY = {"q8000": "grey grey", "q8001": "grey grey"}
RULE = AlertRule(tell=(LocalReceiver.SCREEN, LocalReceiver.BELL), hold=0)


def never(_: RateLimiter) -> PhoneSystem:
    raise AssertionError("nothing is read here")


class Told(FleetWatch):
    """A fleet of which nothing is read: it is told what was."""

    def __init__(self) -> None:
        members = [
            FleetDomain(SERVER, f"{name.lower()}.example", never, name=name, profile="acme", alerts=(RULE,))
            for name in NAMES
        ]
        super().__init__(members, clock=lambda: self.now)
        self.now = NOON
        self.refreshed: list[Key] = []
        self.rooms = {member.key: Room(live_state=LiveState(Snapshot(member.domain, NOON))) for member in members}

    async def run(self) -> None:
        await asyncio.Event().wait()

    def refresh(self, key: Key) -> None:
        self.refreshed.append(key)

    def all_see(self, *names: str, **colours: str) -> None:
        for name in names or NAMES:
            key = SERVER, f"{name.lower()}.example"
            room = self.rooms[key]
            room.now = self.now
            found = replace(company(**colours), domain=key[1])
            self.see(self.domain(key), replace(room.sees(found), every=5.0))

    def all_lose(self, *names: str) -> None:
        for name in names or NAMES:
            key = SERVER, f"{name.lower()}.example"
            self.see(self.domain(key), self.rooms[key].loses(REFUSED))


@asynccontextmanager
async def told(memory: FleetMemory | None = None, *, width: int = 140) -> AsyncIterator[tuple[Pilot[None], Told]]:
    watch, sample = Told(), sample_members("fleet")
    app = FleetApp(
        watch,
        lambda domain: sample.open_board(sample.domains[0], RateLimiter(window=0.0)),
        "acme",
        first=sample.connections[0],
        memory=memory,
    )
    async with app.run_test(size=(width, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FleetScreen), "the fleet is there")
        watch.all_see(**GREEN)
        await until(pilot, lambda: all(standing.counts for standing in on(pilot).standings), "all are known")
        yield pilot, watch
    await sample.close()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts_module, "GATHERED_FOR", 0.0)
    monkeypatch.setattr(alerts_module, "LOOK_AGAIN", 0.01)
    monkeypatch.setattr(alerts_module, "ENDS_GATHERED_FOR", 0.0)


def on(pilot: Pilot[None]) -> FleetScreen:
    shown = pilot.app.screen
    assert isinstance(shown, FleetScreen)
    return shown


def banner(pilot: Pilot[None]) -> str:
    return str(on(pilot).query_one(Banner).render())


def order(pilot: Pilot[None]) -> list[str]:
    return [row.key.split("\n")[1].removesuffix(".example") for row in on(pilot).query_one(LineTable).rows]


def alert(pilot: Pilot[None]) -> str:
    lines = pilot.app.screen.query(AlertLine)
    return " ".join(str(line.render()) for line in lines)


def footer(pilot: Pilot[None]) -> set[str]:
    return {str(getattr(key, "description", "")) for key in pilot.app.screen.query("FooterKey")}


def alerted(pilot: Pilot[None]) -> list[str]:
    return [standing.label for standing in on(pilot).standings if standing.last_alert]


def facts(pilot: Pilot[None]) -> dict[str, str]:
    return {fact.label: fact.spans[0].text for fact in on(pilot).query_one("#about", FactSheet).facts}


def status(pilot: Pilot[None]) -> str:
    return str(on(pilot).query_one(StatusLine).render())


async def test_one_line_tells_of_three_customers_and_x_marks_what_it_tells() -> None:
    async with told() as (pilot, watch):
        watch.now += timedelta(minutes=1)
        here = f"{watch.now.astimezone():%H:%M}"
        watch.all_see("Elm", "Cobalt", "Beacon", **GREY)
        await until(pilot, lambda: "6 queues in 3 domains fail over: Beacon" in alert(pilot), "they are one alert")
        await until(pilot, lambda: alerted(pilot) == ["Beacon", "Cobalt", "Elm"], "and stand in the rows")
        await until(
            pilot,
            lambda: facts(pilot).get("Alert") == f"{here} Q8000 (8000) fails over to (214) 555-0100",
            "the chosen one says what",
        )
        await pilot.press("x")
        await until(pilot, lambda: alert(pilot) == "", "what is one cause is seen at once")
        await until(pilot, lambda: "Beacon and its alert are marked as seen" in status(pilot), "that is said")
        await until(pilot, lambda: order(pilot)[:4] == ["cobalt", "elm", "beacon", "alder"], "it gives way")


async def test_what_was_seen_and_told_outlives_the_program_and_getting_worse_is_news(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    async with told(FleetMemory(path)) as (pilot, watch):
        watch.now += timedelta(minutes=1)
        watch.all_see("Beacon", "Cobalt", **GREY)
        await until(pilot, lambda: "4 queues in 2 domains" in alert(pilot), "it is told")
        await until(pilot, lambda: order(pilot)[0] == "beacon", "it stands on top")
        await pilot.press("x")
        kept_now = lambda: path.exists() and '"seen":{' in path.read_text()  # noqa: E731
        await until(pilot, kept_now, "it is kept")
    assert path.stat().st_mode & 0o077 == 0
    kept = FleetMemory(path).domains()
    assert kept[SERVER, "beacon.example"].seen is not None
    async with told(FleetMemory(path)) as (pilot, watch):

        def last() -> LastAlert | None:
            return {standing.label: standing.last_alert for standing in on(pilot).standings}["Cobalt"]

        told_last = LastAlert(
            NOON + timedelta(minutes=1),
            "Q8000 (8000) fails over to (214) 555-0100",
            about=("8000", "fails_over"),
        )
        over = replace(told_last, over_at=NOON, unwatched=True)
        await until(pilot, lambda: last() == over, "what ended while nobody watched is over")
        kept_over = lambda: FleetMemory(path).domains()[SERVER, "cobalt.example"].last_alert == over  # noqa: E731
        await until(pilot, kept_over, "and stays so")
        assert alert_words(over, NOON).endswith(f"fails over to (214) 555-0100, over by {NOON.astimezone():%H:%M}")
        # All was well meanwhile: the mark is gone, and the same trouble once more is news.
        await until(pilot, lambda: on(pilot).seen == frozenset(), "nothing is marked any more")
        watch.all_see("Beacon", **GREY)
        await until(pilot, lambda: order(pilot)[0] == "beacon", "it stands on top again")


async def test_how_a_mark_is_taken_back_is_said_with_the_key_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    async with told() as (pilot, watch):
        watch.all_lose("Dovetail")
        await until(pilot, lambda: order(pilot)[0] == "dovetail", "it cannot be read")
        monkeypatch.setitem(action._in_force, "fleet.seen", ("v", "f6"))
        await pilot.press("x")

        def said() -> str:
            facts = on(pilot).query_one("#about", FactSheet).facts
            return "".join(span.text for fact in facts if fact.label == "Seen" for span in fact.spans)

        await until(pilot, lambda: said() == "until it gets worse: v takes it back", "by that key")


async def test_while_nothing_can_be_read_each_row_says_first_what_was_known_of_it() -> None:
    async with told() as (pilot, watch):
        watch.all_see("Beacon", **GREY)

        def what(name: str) -> str:
            rows = {row.key.split("\n")[1]: row for row in on(pilot).query_one(LineTable).rows}
            return "".join(span.text for span in rows[f"{name}.example"].cells[-1])

        watch.all_lose("Beacon")
        await until(pilot, lambda: what("beacon").startswith(REFUSED.sentence), "one alone: why is the news")
        watch.all_lose()
        await until(pilot, lambda: what("beacon").startswith("As of "), "all: what tells one from another is")
        assert "fail over" in what("beacon")
        assert what("beacon").endswith(REFUSED.sentence)
        assert "every queue would be answered" in what("alder")


async def test_a_file_that_was_spoiled_is_said_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    path.write_text("{")
    path.chmod(0o600)
    async with told(FleetMemory(path)) as (pilot, _):
        await until(pilot, lambda: "begins anew" in banner(pilot), "what is wrong is said")


async def test_only_those_in_one_trouble_and_back() -> None:
    async with told() as (pilot, watch):
        watch.all_lose("Dovetail")
        watch.all_see("Elm", **GREY)
        await until(pilot, lambda: order(pilot)[0] == "dovetail", "it cannot be read")
        await pilot.press("f", "f", "f")
        await until(pilot, lambda: on(pilot).only is FleetFilter.NOT_READ, "one trouble alone")
        await until(pilot, lambda: order(pilot) == ["dovetail"], "only that one is shown")
        await until(pilot, lambda: "1 of 5 domains shown." in banner(pilot), "and that is said")
        await pilot.press("escape")
        await until(pilot, lambda: len(order(pilot)) == 5, "all again")
        await pilot.press("R")
        await until(pilot, lambda: watch.refreshed == [(SERVER, "dovetail.example")], "it is read again")
        await pilot.press("y")
        await until(pilot, lambda: "sent to the terminal's clipboard" in status(pilot), "it is copied")
        assert pilot.app.clipboard.startswith("Dovetail (dovetail.example)\nAs of ")
        await pilot.press("s", "s")
        await until(pilot, lambda: order(pilot)[0] in ("dovetail", "elm"), "the latest alert first")


async def test_a_board_is_not_left_while_a_change_is_made() -> None:
    async with told(width=80) as (pilot, watch):
        app = pilot.app
        watch.all_see("Elm", **GREY)
        assert isinstance(app, FleetApp)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BoardScreen), "the board is there")
        await until(pilot, lambda: "Elm: 2 queues fail over" in alert(pilot), "and tells of other customers")
        await until(pilot, lambda: "Fleet" in footer(pilot), "the way back is in the footer")
        app._changes.add(change := object())
        await pilot.press("escape")
        told_why = lambda: "leave once it is done" in str(app.screen.query_one(StatusLine).render())  # noqa: E731
        await until(pilot, told_why, "why it is not left is said")
        assert isinstance(app.screen, BoardScreen)
        app._changes.discard(change)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FleetScreen), "now it is left")
        await pilot.press("ctrl+p", *"cobalt")
        await until(pilot, lambda: bool(app.screen.query(CommandList)[0].option_count), "it is found by name")
        found = app.screen.query_one(CommandList).get_option_at_index(0)
        assert "Cobalt" in str(found.prompt)


def pictured() -> tuple[FleetApp, FleetMembers]:
    members = sample_members("fleet")
    watch = FleetWatch(members.domains, interval=1.0, window=0.0, clock=members.clock)
    memory = FleetMemory(None)
    key = members.domains[0].server, "kestrel.example"
    memory.keep(
        {}, {key: LastAlert(members.clock() - timedelta(minutes=9), "Calls to Dispatch (8000) reach nobody")}
    )
    app = FleetApp(
        watch,
        lambda domain: members.open_board(domain, watch.limiter_of(domain.key)),
        members.title,
        first=members.connections[0],
        memory=memory,
    )
    return app, members


def marked(*keys: str) -> Step:
    async def step(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, FleetScreen), "the fleet is there")
        await until(pilot, lambda: all(s.counts and not s.is_partial for s in on(pilot).standings), "all are read")
        await pilot.press(*keys)
        on(pilot).say("")
        await pilot.pause()

    return step


def test_the_fleet_on_a_small_terminal(snap_compare: Compare) -> None:
    """Which customer needs a call, in 80 columns."""
    assert snap_compare(pictured()[0], terminal_size=(80, 24), run_before=marked())


def test_the_fleet_on_a_wide_terminal(snap_compare: Compare) -> None:
    """All columns, and one customer whom somebody has seen."""
    assert snap_compare(pictured()[0], terminal_size=(140, 40), run_before=marked("x", "home"))


async def test_an_alert_that_comes_while_the_program_ends_is_no_fault_of_it() -> None:
    async with told() as (pilot, watch):
        shown = on(pilot)
        pilot.app.exit()
        watch.all_see("Alder", **GREY)
        shown.show_alert("Alder: Calls to Sales reach nobody", "", bad=True)
        shown.redraw()
