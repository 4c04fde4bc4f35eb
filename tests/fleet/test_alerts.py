"""Alerts of many domains: one message for one cause, each domain by the rules of its profile."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from msgspec.structs import replace

from queuewatch.alerts.alert import Alert, Away, Message, in_full
from queuewatch.alerts.chat import document_in
from queuewatch.alerts.documents import message_document
from queuewatch.alerts.quiet import Quiet
from queuewatch.alerts.quiet_file import QuietBook
from queuewatch.failover.model import Snapshot
from queuewatch.fleet import alerts as module
from queuewatch.fleet.alerts import FleetAlerts
from queuewatch.fleet.standing import LastAlert
from queuewatch.fleet.watch import FleetDomain, FleetWatch, Key
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.state import LiveState
from queuewatch.process.background import end, held
from queuewatch.profiles.alert_rules import AlertKind, AlertRule, LocalReceiver, WebhookFormat
from queuewatch.profiles.fields import ConfigError
from tests.alerts.states import AWAY, REFUSED, Room, company
from tests.failover.build import NOON
from tests.process.virtual_time import run

SERVER = "https://pbx.example.com"
OTHER = "https://other.example.com"
PAGER = AlertRule(tell=(LocalReceiver.SCREEN, LocalReceiver.BELL), command=("page",))


def never(_: RateLimiter) -> PhoneSystem:
    raise AssertionError("nothing is read here")


class Fleet:
    """Domains that are seen one after the other, and all that was told of them."""

    def __init__(self, *domains: FleetDomain) -> None:
        self.domains = {domain.domain: domain for domain in domains}
        self.rooms = {
            domain.domain: Room(live_state=LiveState(Snapshot(domain.domain, NOON))) for domain in domains
        }
        self.messages: list[Message] = []
        self.rung: list[tuple[Alert, ...]] = []
        self.latest: dict[Key, LastAlert] = {}
        self.hastened: list[Key] = []
        self.counted = 0
        self.alerts = FleetAlerts(
            domains,
            title="Fleet",
            clock=self.now,
            environ={},
            here=lambda way, message: self.rung.append(message.alerts),
            shown=lambda: None,
            latest=self.latest.__setitem__,
            told=self._count,
            hasten=self.hastened.append,
        )

    def now(self) -> datetime:
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())

    def _count(self, key: Key, alerts: tuple[Alert, ...]) -> None:
        self.counted += len(alerts)

    def send(self, message: Message) -> None:
        self.messages.append(message)

    async def finish(self) -> None: ...

    async def close(self) -> None: ...

    def sees(self, domain: str, **colours: str) -> None:
        room = self.rooms[domain]
        room.now = self.now()
        state = room.sees(replace(company(**colours), domain=domain) if colours else None)
        self.alerts.see(self.domains[domain], state)

    def loses(self, domain: str, *, refused: bool = False) -> None:
        room = self.rooms[domain]
        room.now = self.now()
        self.alerts.see(self.domains[domain], room.loses(REFUSED if refused else AWAY))

    async def every(self, seconds: float, do: Callable[[str], None], *domains: str) -> None:
        """See these one after the other, with some time between them."""
        for domain in domains:
            do(domain)
            await asyncio.sleep(seconds)

    @property
    def titles(self) -> list[str]:
        return [message.title for message in self.messages]


def domain(name: str, server: str = SERVER, *rules: AlertRule, profile: str = "acme") -> FleetDomain:
    return FleetDomain(
        server, f"{name.lower()}.example", never, name=name, profile=profile, alerts=rules or (PAGER,)
    )


NAMES = ("Alder", "Beacon", "Cobalt", "Dovetail", "Elm", "Foxglove", "Granite", "Hollow")
PLACES = tuple(f"{name.lower()}.example" for name in NAMES)


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    made = Fleet(*map(domain, NAMES))
    monkeypatch.setattr(module, "receivers_of", lambda *_: (made,))
    return made


GREEN = {"q8000": "green green", "q8001": "green green"}
GREY = {"q8000": "grey grey", "q8001": "grey grey"}


def test_what_takes_three_customers_down_is_one_message_that_names_them(fleet: Fleet) -> None:
    async def happens() -> None:
        for place in PLACES:
            fleet.sees(place, **GREEN)
        # One after the other, as they are read in turn.
        await fleet.every(5, lambda place: fleet.sees(place, **GREY), *PLACES[:3])
        for _ in range(4):
            await fleet.every(5, fleet.sees, *PLACES[:3])

    run(happens())
    assert fleet.titles == [
        "6 queues in 3 domains fail over: Alder (Q8000 and Q8001), Beacon (Q8000 and Q8001) and Cobalt (Q8000 and "
        "Q8001) (all at Dallas)"
    ]
    assert fleet.messages[0].domains == PLACES[:3]
    assert message_document(fleet.messages[0])["domain"] is None, "it is about none of them alone"
    assert [len(alerts) for alerts in fleet.rung] == [6], "and one bell"
    assert fleet.counted == 6
    assert fleet.latest[SERVER, PLACES[1]].headline == "Q8000 (8000) fails over to (214) 555-0100"


def test_another_customer_much_later_is_news_and_the_ends_are_told_as_they_come(fleet: Fleet) -> None:
    async def happens() -> None:
        for place in PLACES:
            fleet.sees(place, **GREEN)
        for place, after in ((PLACES[0], 100), (PLACES[1], 0)):
            await fleet.every(40, lambda place: fleet.sees(place, **GREY), place)
            await fleet.every(after + 20, fleet.sees, place)
        for colours in (GREEN, {}):
            await fleet.every(0, lambda place: fleet.sees(place, **colours), *PLACES[:2])  # noqa: B023
            await asyncio.sleep(60)

    run(happens())
    assert fleet.titles == [
        "Alder: 2 queues fail over: Q8000 and Q8001",
        "Beacon: 2 queues fail over: Q8000 and Q8001",
        "4 queues in 2 domains no longer fail over: Alder (Q8000 and Q8001) and Beacon (Q8000 and Q8001) "
        "(all at Dallas)",
    ]
    last = fleet.latest[SERVER, PLACES[0]]
    assert last.headline == "Q8000 (8000) fails over to (214) 555-0100"
    assert last.over_at is not None, "what it was, and that it is over"
    assert last.over_at > last.at


def test_a_server_that_stops_answering_is_one_message_and_so_is_its_return(fleet: Fleet) -> None:
    async def happens() -> None:
        for place in PLACES:
            fleet.sees(place, **GREEN)
        # The last two are only asked when the others were told of.
        await fleet.every(3, fleet.loses, *PLACES[:6])
        await asyncio.sleep(60)
        assert len(fleet.messages) == 1
        await fleet.every(3, fleet.loses, *PLACES[6:])
        await asyncio.sleep(60)
        assert fleet.alerts.unseen.text()[0].endswith(
            "pbx.example.com is out of reach for all 8 domains: Alder, Beacon, Cobalt, Dovetail, Elm and 3 more"
        ), "the screen counts those that were noticed later"
        for _ in range(3):
            await fleet.every(3, fleet.sees, *PLACES)
        await asyncio.sleep(200)

    run(happens())
    assert fleet.titles == [
        "pbx.example.com is out of reach for 6 of 8 domains: Alder, Beacon, Cobalt, Dovetail, Elm and Foxglove",
        "pbx.example.com answers again for all 8 domains: Alder, Beacon, Cobalt, Dovetail, Elm and 3 more",
    ]
    assert [len(alerts) for alerts in fleet.rung] == [6, 8]


def test_one_domain_that_stays_away_does_not_hide_the_return_of_the_others(fleet: Fleet) -> None:
    async def happens() -> None:
        for place in PLACES:
            fleet.sees(place, **GREEN)
        await fleet.every(1, fleet.loses, *PLACES[:3])
        await asyncio.sleep(60)
        for _ in range(2):
            await fleet.every(31, fleet.sees, *PLACES[:2])
        await asyncio.sleep(60)
        for _ in range(2):
            await fleet.every(31, fleet.sees, PLACES[2])

    run(happens())
    assert fleet.titles == [
        "pbx.example.com is out of reach for 3 of 8 domains: Alder, Beacon and Cobalt",
        "pbx.example.com answers again for 2 of 8 domains: Alder and Beacon",
        "The phone system of cobalt.example answers again, after 4 min",
    ]


def test_a_token_that_is_refused_and_a_line_that_is_dead_are_two_things(fleet: Fleet) -> None:
    async def happens() -> None:
        for place in PLACES:
            fleet.sees(place, **GREEN)
        fleet.loses(PLACES[0], refused=True)
        await fleet.every(1, fleet.loses, *PLACES[1:3])
        await asyncio.sleep(60)

    run(happens())
    ways = [[alert.away for alert in message.alerts] for message in fleet.messages]
    assert ways == [[Away.REFUSED, Away.SILENT, Away.SILENT]]
    assert fleet.titles == ["The phone system of alder.example refuses the credentials (and 2 other alerts)"]


def test_a_domain_that_cannot_be_asked_for_want_of_a_token_is_called_out_of_reach_to_nobody(fleet: Fleet) -> None:
    async def happens() -> None:
        states: list[LiveState] = []

        def missing(_: RateLimiter) -> PhoneSystem:
            raise ConfigError("There is no token for acme.", "Set it.")

        watch = FleetWatch([replace(fleet.domains[PLACES[0]], open=missing)], clock=fleet.now)
        watch.tell(lambda _, state: states.append(state))
        watching = held(watch.run())
        await asyncio.sleep(1)
        for state in states * 3:
            fleet.alerts.see(fleet.domains[PLACES[0]], state)
            await asyncio.sleep(60)
        assert [state.trouble.sentence for state in states if state.trouble] == ["There is no token for acme."]
        await end(watching)

    run(happens())
    assert (fleet.titles, fleet.latest) == ([], {})


@pytest.mark.parametrize("before", [60, 3600])
def test_trouble_of_one_domain_does_not_hide_that_its_server_goes_away(fleet: Fleet, before: float) -> None:
    async def happens() -> None:
        for place in PLACES:
            fleet.sees(place, **GREEN)
        fleet.loses(PLACES[0])
        await asyncio.sleep(before)
        await fleet.every(1, fleet.loses, *PLACES[1:])
        await asyncio.sleep(60)

    run(happens())
    assert fleet.titles == [
        "The phone system of alder.example is out of reach",
        "pbx.example.com is out of reach for 7 of 8 domains: Beacon, Cobalt, Dovetail, Elm, Foxglove and 2 more",
    ]


def test_two_servers_are_two_causes_each_told_by_its_own_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quiet_rule = AlertRule(on=frozenset({AlertKind.UNREACHABLE}), tell=(LocalReceiver.SCREEN,))
    fleet = Fleet(domain("Alder"), domain("Beacon"), domain("Zed", OTHER, quiet_rule, profile="zed"))
    monkeypatch.setattr(module, "receivers_of", lambda *_: (fleet,))

    async def happens() -> None:
        for place in fleet.domains:
            fleet.sees(place, **GREEN)
        for place in fleet.domains:
            fleet.loses(place)
        await asyncio.sleep(60)

    run(happens())
    assert fleet.titles == ["pbx.example.com is out of reach for all 2 domains: Alder and Beacon"]
    assert fleet.messages[0].profile == "acme"
    assert fleet.alerts.unseen.text() == (
        "12:00 pbx.example.com is out of reach for all 2 domains: Alder and Beacon",
        "(and 1 other alert)",
    )
    assert [alert.domain for alert in fleet.alerts.see_alerts_of((SERVER, "beacon.example"))] == [
        "alder.example",
        "beacon.example",
    ], "what is one cause is seen at once"
    assert "zed.example" in fleet.alerts.unseen.text()[0]


def test_what_somebody_else_cannot_read_is_told_for_every_server_and_all_at_once_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fleet = Fleet(domain("Alder"), domain("Beacon"), domain("Zed", OTHER))
    monkeypatch.setattr(module, "receivers_of", lambda *_: (fleet,))

    def goes_unread(place: str) -> None:
        room = fleet.rooms[place]
        room.now = fleet.now()
        why = "No token." if place == "zed.example" else f"Nobody reads {place} any more."
        fleet.alerts.see(fleet.domains[place], room.loses(replace(AWAY, sentence=why, listens=True)))

    async def happens() -> None:
        for place in fleet.domains:
            fleet.sees(place, **GREEN)
        await fleet.every(1, goes_unread, "alder.example", "beacon.example")
        await asyncio.sleep(90)
        fleet.alerts.see_shown()
        await fleet.every(1, goes_unread, "zed.example")
        await asyncio.sleep(60)
        assert "zed.example" in fleet.alerts.unseen.text()[0]
        for _ in range(2):
            await fleet.every(0, fleet.sees, *fleet.domains)
            await asyncio.sleep(400)
        fleet.messages.clear()
        await fleet.every(0, goes_unread, *fleet.domains)
        await asyncio.sleep(60)

    run(happens())
    assert fleet.titles == ["There is nothing newer of 3 domains: Alder, Beacon and Zed"]
    assert in_full(fleet.messages[0].alerts) == (
        "There is nothing newer of 3 domains: Alder, Beacon and Zed.",
        "There is nothing newer of alder.example. Nobody reads alder.example any more.",
        "There is nothing newer of zed.example. No token.",
    )


def test_what_lasts_is_read_again_when_it_has_lasted(fleet: Fleet) -> None:
    async def happens() -> None:
        fleet.sees(PLACES[0], **GREEN)
        fleet.sees(PLACES[0], **GREY)
        await asyncio.sleep(29)
        assert fleet.hastened == []
        await asyncio.sleep(2)
        assert fleet.hastened == [(SERVER, PLACES[0])]

    run(happens())


def test_what_is_quiet_in_one_domain_is_told_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    book = QuietBook(None, "", "")
    until = NOON + timedelta(hours=2)
    book.add(Quiet("new UPS", NOON, until, site="Dallas"), NOON)
    fleet = Fleet(replace(domain("Alder"), quiets=lambda: book), domain("Beacon"))
    monkeypatch.setattr(module, "receivers_of", lambda *_: (fleet,))

    async def happens() -> None:
        for colours in (GREEN, GREY):
            await fleet.every(0, lambda place: fleet.sees(place, **colours), *fleet.domains)  # noqa: B023
        await asyncio.sleep(31)
        await fleet.every(0, fleet.sees, *fleet.domains)
        await asyncio.sleep(31)

    run(happens())
    assert fleet.titles == ["Beacon: 2 queues fail over: Q8000 and Q8001"]
    assert list(fleet.latest) == [(SERVER, "beacon.example")]


def test_in_a_channel_a_whole_server_is_one_line(fleet: Fleet) -> None:
    async def happens() -> None:
        for place in PLACES:
            fleet.sees(place, **GREEN)
        await fleet.every(0, fleet.loses, *PLACES)
        fleet.sees(PLACES[0], **GREY)
        await asyncio.sleep(60)

    run(happens())
    document = document_in(WebhookFormat.SLACK, fleet.messages[0])
    blocks = cast("list[dict[str, Any]]", document["blocks"])
    lines = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert lines == [
        "▲ pbx.example.com is out of reach for 7 of 8 domains: Beacon, Cobalt, Dovetail, Elm, Foxglove and 2 more."
        " pbx.example.com cannot be reached."
    ]
    assert "7 domains" in blocks[-1]["elements"][0]["text"]
