"""Rules at work: who is told what, what is said once, and what never waits for anybody."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from queuewatch.alerts import dispatcher as module
from queuewatch.alerts.alert import Alert
from queuewatch.alerts.dispatcher import Dispatcher
from queuewatch.profiles.alert_rules import AlertKind, AlertRule, LocalReceiver
from tests.alerts.states import Room, company
from tests.alerts.test_webhook import PATH, Service, answer
from tests.alerts.waiting import eventually

QUEUES = ("8000", "8001", "8002")
GREEN = dict.fromkeys(("q8000", "q8001", "q8002"), "green green")
GREY = dict.fromkeys(("q8000", "q8001", "q8002"), "grey grey")


@dataclass
class Told(Room):
    """A room with somebody who tells, and all that was told."""

    rules: tuple[AlertRule, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    here: list[Mapping[LocalReceiver, tuple[Alert, ...]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(
            self.rules,
            "acme",
            clock=lambda: self.now,
            environ=self.environ,
            secret="ACME_TOKEN",
            note=lambda _, trouble: self.notes.append(trouble),
            here=self.here.append,
        )

    def goes_dark(self) -> None:
        """Everything was well, and is not."""
        self.dispatcher.sight(self.sees(company(**GREEN)))
        self.dispatcher.sight(self.sees(company(**GREY), seconds=1))
        self.dispatcher.sight(self.sees(seconds=30))

    def on(self, way: LocalReceiver) -> list[list[tuple[AlertKind, str]]]:
        return [[(one.kind, one.queue) for one in told[way]] for told in self.here if way in told]


def test_without_rules_everything_is_told_on_the_screen_alone() -> None:
    one = Told()
    one.goes_dark()
    assert one.on(LocalReceiver.SCREEN) == [[(AlertKind.FAILS_OVER, queue) for queue in QUEUES]]
    assert set(one.here[0]) == {LocalReceiver.SCREEN}


@pytest.mark.parametrize(
    ("rule", "queues"),
    [
        (AlertRule(queues=("Q8001", "8002")), ["8001", "8002"]),
        (AlertRule(sites=("dallas",)), ["8000", "8001", "8002"]),
        (AlertRule(sites=("Dallas",), queues=("8002",)), ["8002"]),
        (AlertRule(on=frozenset({AlertKind.REACHES_NOBODY, AlertKind.RECOVERED})), []),
    ],
)
def test_a_rule_is_about_its_queues_sites_and_kinds(rule: AlertRule, queues: list[str]) -> None:
    one = Told(rules=(rule,))
    one.goes_dark()
    assert [queue for told in one.on(LocalReceiver.SCREEN) for _, queue in told] == queues
    assert one.notes == []


@pytest.mark.parametrize(
    ("on", "told"),
    [
        ({AlertKind.FAILS_OVER}, [[(AlertKind.FAILS_OVER, "8000")]]),
        (
            {AlertKind.FAILS_OVER, AlertKind.RECOVERED},
            [[(AlertKind.FAILS_OVER, "8000")], [(AlertKind.RECOVERED, "8000")]],
        ),
        ({AlertKind.NOT_READY, AlertKind.RECOVERED}, []),
        ({AlertKind.RECOVERED}, [[(AlertKind.RECOVERED, "8000")]]),
    ],
)
def test_the_end_is_told_to_whom_the_beginning_was_or_to_who_wants_nothing_else(
    on: set[AlertKind], told: list[list[tuple[AlertKind, str]]]
) -> None:
    one = Told(rules=(AlertRule(on=frozenset(on), hold=0),))
    for crew in ("green green", "grey grey", "green green"):
        one.dispatcher.sight(one.sees(q8000=crew, seconds=1))
    assert one.on(LocalReceiver.SCREEN) == told


def test_each_rule_has_its_own_hold_and_its_own_ways() -> None:
    one = Told(
        rules=(
            AlertRule(hold=0, tell=(LocalReceiver.BELL,)),
            AlertRule(hold=60, tell=(LocalReceiver.SCREEN, LocalReceiver.DESKTOP)),
        )
    )
    one.dispatcher.sight(one.sees(q8000="green green"))
    one.dispatcher.sight(one.sees(q8000="grey grey", seconds=1))
    assert (one.on(LocalReceiver.BELL), one.on(LocalReceiver.SCREEN)) == ([[(AlertKind.FAILS_OVER, "8000")]], [])
    one.dispatcher.sight(one.sees(seconds=60))
    assert one.on(LocalReceiver.SCREEN) == one.on(LocalReceiver.DESKTOP) == [[(AlertKind.FAILS_OVER, "8000")]]
    assert len(one.on(LocalReceiver.BELL)) == 1


def test_two_rules_for_the_same_tell_it_once() -> None:
    one = Told(
        rules=(AlertRule(tell=(LocalReceiver.BELL,)), AlertRule(tell=(LocalReceiver.BELL,), queues=("8000",)))
    )
    one.goes_dark()
    assert [len(told) for told in one.on(LocalReceiver.BELL)] == [3]


def test_a_name_that_the_domain_does_not_have_is_said_once() -> None:
    one = Told(rules=(AlertRule(queues=("Q80000", "8001")), AlertRule(sites=("Dalas",))))
    one.goes_dark()
    assert one.notes == [
        "A rule for alerts names a queue: There is no queue “Q80000”. Did you mean “Q8000”? The queues are "
        "Q8000 (8000), Q8001 (8001) and Q8002 (8002).",
        "A rule for alerts names a site: There is no site “Dalas”. Did you mean “Dallas”? The sites are Dallas.",
    ]
    assert one.on(LocalReceiver.SCREEN) == [[(AlertKind.FAILS_OVER, "8001")]]


def test_a_variable_that_is_not_set_or_holds_no_address_is_said() -> None:
    rules = (AlertRule(webhook_env="ACME_SLACK"), AlertRule(webhook_env="ACME_TEAMS"))
    missing = Told(rules=rules, environ={"ACME_TEAMS": "http://hooks.example.com/SeCrEt"}).dispatcher.missing
    assert missing == [
        "The environment variable ACME_SLACK is not set, so a rule for alerts tells nobody by its webhook. "
        "Set it: export ACME_SLACK=…",
        "The webhook's address in the environment variable ACME_TEAMS is not encrypted: what it says could be "
        "read on its way, and the address too. Use https://. Plain http is for this machine alone.",
    ]


def test_a_webhook_whose_way_out_is_barred_is_said_before_an_alert_is_lost() -> None:
    environ = {"ACME_SLACK": "https://hooks.example.com/SeCrEt", "ALL_PROXY": "socks://proxy.example:1080"}
    (said,) = Told(rules=(AlertRule(webhook_env="ACME_SLACK"),), environ=environ).dispatcher.missing
    assert said.startswith("No alert can be sent to hooks.example.com: ALL_PROXY is “socks://proxy.example:1080”")
    assert "SeCrEt" not in said


@asynccontextmanager
async def service(*answers: bytes) -> AsyncIterator[tuple[Service, str]]:
    one = Service(list(answers))
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    async with server:
        yield one, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"


async def test_a_building_that_goes_dark_is_one_message_to_a_webhook_and_a_command(tmp_path: Path) -> None:
    out = tmp_path / "out"
    async with service(answer(200)) as (sent, address):
        rule = AlertRule(webhook_env="HOOK", command=("/bin/sh", "-c", f"cat >> {out}"))
        one = Told(rules=(rule,), environ={"HOOK": address, "PATH": "/bin:/usr/bin"})
        one.goes_dark()
        await one.dispatcher.finish()
        await one.dispatcher.close()
    ((_, document),) = sent.requests
    assert document == json.loads(out.read_text())
    alerts = document["alerts"]
    assert isinstance(alerts, list)
    assert [alert["queue"] for alert in alerts] == list(QUEUES)
    assert document["text"] == "3 queues fail over: Q8000, Q8001 and Q8002"
    assert one.notes == ["", ""]


async def test_within_minutes_a_webhook_is_not_told_again_but_the_screen_is() -> None:
    async with service(answer(200)) as (sent, address):
        one = Told(rules=(AlertRule(webhook_env="HOOK", hold=0),), environ={"HOOK": address})
        for crew in ("green green", "grey grey", "green green", "grey grey", "green green", "grey grey"):
            one.dispatcher.sight(one.sees(q8000=crew, seconds=10))
        assert len(one.on(LocalReceiver.SCREEN)) == 5
        one.dispatcher.sight(one.sees(seconds=300))
        await one.dispatcher.finish()
        await one.dispatcher.close()
    told = [alert["kind"] for _, body in sent.requests for alert in body["alerts"]]  # type: ignore[attr-defined]
    assert told == ["fails_over", "recovered", "fails_over"]


async def test_a_webhook_that_is_down_holds_nothing_up_and_is_said() -> None:
    async with service(answer(404)) as (_, address):
        one = Told(rules=(AlertRule(webhook_env="HOOK"),), environ={"HOOK": address})
        one.goes_dark()
        assert one.on(LocalReceiver.SCREEN) != []
        await one.dispatcher.finish()
        await one.dispatcher.close()
    assert one.notes == ["An alert did not reach 127.0.0.1: it answered 404."]


async def test_while_the_phone_system_is_silent_its_silence_is_told_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SOON", 0)
    one = Told(rules=(AlertRule(hold=0.01),))
    one.dispatcher.sight(one.sees(q8000="green green"))
    one.dispatcher.sight(one.loses(seconds=1))
    one.later(60)
    await eventually(lambda: one.on(LocalReceiver.SCREEN) == [[(AlertKind.UNREACHABLE, "")]])
    await one.dispatcher.close()


async def test_once_closed_nothing_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SOON", 0)
    one = Told(rules=(AlertRule(hold=0.001),))
    one.dispatcher.sight(one.loses(seconds=1))
    one.later(60)
    await one.dispatcher.close()
    # A timer of the same length, set later, comes later.
    await asyncio.sleep(0.001)
    assert one.here == []
