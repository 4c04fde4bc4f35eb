"""What a broker has, on the screens: while it is killed, emptied and restarted, and while nobody collects."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from queuewatch.app.app import QueuewatchApp
from queuewatch.app.fleet import FleetApp
from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.shared import SharedMembers, connect_shared, shared_members
from queuewatch.failover.model import Part
from queuewatch.fleet.broker.bucket import connected
from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.keys import manifest_key
from queuewatch.fleet.broker.pictures import Manifest, manifest_text
from queuewatch.fleet.broker.settings import broker_settings
from screens.board.board import BoardScreen
from screens.fleet import FleetScreen
from tests.fleet.broker.conftest import nats
from tests.fleet.broker.nats_server import NatsServer
from tests.fleet.broker.publisher import IMPATIENT, SERVER, SHORT, fleet_snapshots, publishing
from tests.tui.keys import banner, board, on_board, painted, program, running, screen_is, status, until
from widgets.bars import Banner, TopBar
from widgets.line_table import LineTable

__all__ = ["nats"]

COMPANIES = ("beacon.example", "dovetail.example", "larkspur.example")


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUEWATCH_STATE", str(tmp_path_factory.mktemp("state")))


def members_of(server: NatsServer) -> SharedMembers:
    options = ConnectionOptions(nats=server.address)
    return shared_members(options, {}, silence=IMPATIENT, lengths=SHORT)


@asynccontextmanager
async def fleet_of(server: NatsServer, size: tuple[int, int] = (140, 40)) -> AsyncIterator[Pilot[None]]:
    members = members_of(server)
    app = FleetApp(members.fleet, members.open_board, members.title, first=members.first, empty=members.empty)
    async with app.run_test(size=size) as pilot:
        await screen_is(pilot, FleetScreen)
        yield pilot


def rows(pilot: Pilot[None]) -> list[str]:
    screen = pilot.app.screen
    assert isinstance(screen, FleetScreen)
    return [row.key.split("\n")[1] for row in screen.query_one(LineTable).rows]


def troubles(pilot: Pilot[None]) -> dict[str, str]:
    screen = pilot.app.screen
    assert isinstance(screen, FleetScreen)
    assert screen.fleet is not None
    return {standing.domain: standing.error or "" for standing in screen.fleet.domains}


def what(pilot: Pilot[None], domain: str) -> str:
    table = pilot.app.screen.query_one(LineTable)
    (row,) = [row for row in table.rows if row.key.split("\n")[1] == domain]
    return "".join(span.text for span in row.cells[-1])


def all_say(pilot: Pilot[None], words: str) -> Callable[[], bool]:
    return lambda: len(rows(pilot)) == len(COMPANIES) and all(words in said for said in troubles(pilot).values())


def is_well(pilot: Pilot[None]) -> Callable[[], bool]:
    return lambda: len(rows(pilot)) == len(COMPANIES) and not any(troubles(pilot).values())


def is_live(pilot: Pilot[None]) -> bool:
    state = board(pilot).live_state
    return state is not None and state.trouble is None and Part.LIVE in state.snapshot.read_at


async def test_the_fleet_of_a_broker_its_boards_and_every_outage(nats: NatsServer) -> None:
    async with publishing(nats, *COMPANIES) as publisher, fleet_of(nats) as pilot:
        await until(pilot, is_well(pilot), "all that is collected is there")
        assert rows(pilot)[0] == "beacon.example", "who needs a call first"
        await pilot.press("enter")
        shown = await screen_is(pilot, BoardScreen)
        assert shown.shown == ("8000", "8001"), "what is known is there at once"
        assert (shown.connection.title, shown.query_one(TopBar).badge) == ("Beacon Plumbing", "READ-ONLY")
        await until(pilot, lambda: is_live(pilot), "it is called live")
        await pilot.press("r")
        await until(pilot, lambda: "no token of the phone system here" in status(pilot), "why nothing is changed")
        # What happens is on the board at once, and nobody asks for it.
        snapshot, name = (await fleet_snapshots())["beacon.example"]
        queues = {**snapshot.queues, "8000": replace(snapshot.queues["8000"], name="Renamed")}
        publisher.say(replace(snapshot, queues=queues), name)
        await until(pilot, lambda: "Renamed" in "\n".join(painted(pilot.app)), "a change comes by itself")

        nats.kill()
        await until(pilot, lambda: not is_live(pilot), "what is old is not called live")
        await until(pilot, lambda: "What you see is as of" in banner(pilot), "it is said of when it is")
        assert "broker" in banner(pilot)
        assert board(pilot).has_class("-stale")
        assert not any(line.rstrip().endswith(" live") for line in painted(pilot.app))
        await pilot.press("escape")
        await screen_is(pilot, FleetScreen)
        await until(pilot, all_say(pilot, "broker"), "each domain says why there is nothing newer")
        await until(pilot, lambda: "broker" in str(pilot.app.screen.query_one(Banner).render()), "on top as well")
        # What is told on top of all hides from no row what was known of it.
        await until(
            pilot, lambda: what(pilot, "beacon.example").startswith("As of "), "what was known comes first"
        )
        assert "Office" not in what(pilot, "beacon.example")
        assert "Renamed" in what(pilot, "beacon.example")
        await nats.start()
        await until(pilot, is_well(pilot), "everything comes back by itself")
        await until(
            pilot, lambda: str(pilot.app.screen.query_one(Banner).render()) == "", "nothing is wrong any more"
        )

        nats.kill()
        nats.empty()
        await nats.start()
        await until(pilot, is_well(pilot), "a bucket that was emptied is full again")

        publisher.lives = False
        await until(pilot, all_say(pilot, "Nobody reads"), "who collected is gone")
        await pilot.press("enter")
        await screen_is(pilot, BoardScreen)
        await until(pilot, lambda: "Nobody reads beacon.example any more" in banner(pilot), "why it is old")
        assert "What you see is as of" in banner(pilot)
        publisher.lives = True
        await until(pilot, lambda: is_live(pilot), "and is back")


async def test_a_board_of_one_domain_follows_it_alone(nats: NatsServer) -> None:
    async with publishing(nats, *COMPANIES) as publisher:
        options = ConnectionOptions(nats=nats.address, domain="LARKSPUR.example")
        connection = await connect_shared(options, {}, on_screen=True, silence=IMPATIENT, lengths=SHORT)
        async with running(QueuewatchApp(connection), (80, 24), wait=False) as pilot:
            await until(pilot, lambda: is_live(pilot), "it is there")
            assert board(pilot).live_state is not None
            await until(pilot, lambda: "larkspur.example" in board(pilot).query_one(TopBar).left, "whose it is")
            # The collector cannot read the phone system any more, and says so.
            snapshot, name = (await fleet_snapshots())["larkspur.example"]
            publisher.say(snapshot, name, sentence="The phone system refused the token (401).")
            await until(pilot, lambda: "refused the token" in banner(pilot), "what is wrong is told here, too")
            publisher.say(snapshot, name)
            await until(pilot, lambda: is_live(pilot), "and that it is right again")
            # To another of the broker's domains, from the palette.
            (target,) = [there for there in connection.switch_targets() if there.domain == "beacon.example"]
            assert target.title == "Beacon Plumbing"
            app = program(pilot)
            app._go(target)
            await until(
                pilot, lambda: board(pilot).shown == ("8000", "8001") and is_live(pilot), "the other is there"
            )
            (back,) = [there for there in app.connection.switch_targets() if there.domain == "larkspur.example"]
            app._go(back)
            await until(pilot, lambda: len(board(pilot).shown) == 4 and is_live(pilot), "and back")
            # An update of the collector writes what this program cannot read.
            del publisher.said[(SERVER, "larkspur.example")]
            await _overwrite(nats, manifest_text(Manifest(SERVER, "larkspur.example", program="9.9", format=9)))
            await until(pilot, lambda: "queuewatch 9.9" in banner(pilot), "what another version wrote")
            assert not is_live(pilot)
            assert on_board(pilot, "8000")["queue"], "what was read before stays, with its age"
            publisher.say(snapshot, name)


async def _overwrite(server: NatsServer, value: bytes) -> None:
    settings = broker_settings({}, server.address)
    async with connected(settings, BrokerClock(), create=False, lengths=SHORT) as bucket:
        key = manifest_key((SERVER, "larkspur.example"))
        lies = await bucket.get(key)
        assert lies is not None
        await bucket.put(key, value, lies.revision)
