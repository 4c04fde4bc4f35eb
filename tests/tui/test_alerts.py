"""Alerts at the board: the line that waits to be seen, the bell, the notification, and trouble with telling."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from queuewatch.app.app import QueuewatchApp
from queuewatch.connection.connection import SwitchTarget
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.profiles.alert_rules import AlertKind, AlertRule, LocalReceiver
from screens.audit import AuditScreen
from screens.board.board import BoardScreen
from screens.drill.drill import DrillScreen
from screens.log import LogScreen
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.keys import loaded, painted, program, running, screen_is, status, until
from tests.tui.phone_system import Office, open_office
from widgets.bars import AlertLine

LAKESIDE = load_sample("lakeside")
START = LAKESIDE.start
ANSWERED = replace(
    LAKESIDE,
    callqueues=tuple(row for row in LAKESIDE.callqueues if row["callqueue"] != "8006"),
    agents=tuple(row for row in LAKESIDE.agents if row["callqueue"] != "8006"),
)
"""Lakeside without the one queue that strands its callers: in a power cut three of its queues fail over."""


@dataclass
class Day:
    """An office whose clock a test moves, and the program on it."""

    office: Office
    app: QueuewatchApp
    now: datetime = START

    async def passes(self, pilot: Pilot[None], seconds: float) -> None:
        """Let so much time pass, and look."""
        self.now += timedelta(seconds=seconds)
        self.app.session.poller.refresh("-")
        await until(pilot, lambda: self.app.session.state.snapshot.taken_at == self.now, "it is read")

    async def goes_dark(self, pilot: Pilot[None]) -> None:
        """Dallas loses its power and its phones run out; that has lasted."""
        self.office.pbx.cut_power("Dallas")
        await self.passes(pilot, 400)
        await self.passes(pilot, 30)


def day(*rules: AlertRule) -> Day:
    one: list[Day] = []
    office = open_office(ANSWERED, clock=lambda: one[0].now if one else START)
    office.connection = replace(office.connection, alerts=rules)
    one.append(Day(office, office.app()))
    return one[0]


def line(pilot: Pilot[None]) -> str:
    """What the line of alerts on the screen on top says; empty where there is none."""
    found = list(pilot.app.screen.query(AlertLine))
    return " ".join(found[0].render().plain.split()) if found else ""


async def test_an_alert_appears_is_seen_and_recovers() -> None:
    one = day()
    async with running(one.app, (120, 24)) as pilot:
        assert line(pilot) == ""
        await one.goes_dark(pilot)
        await until(pilot, lambda: "3 queues fail over" in line(pilot), "it is told")
        assert line(pilot) == (
            "▲ 15:19 3 queues fail over: Front Desk, Billing & Insurance and Dental Emergencies "
            "(and 1 other alert) · x: seen"
        )
        assert painted(one.app)[1].split() == line(pilot).split()
        await pilot.press("x")
        await until(
            pilot, lambda: "One agent is left in Appointments (8001): Priya Raman" in line(pilot), "the next"
        )
        await pilot.press("delete")
        await until(pilot, lambda: line(pilot) == "", "all is seen")
        one.office.pbx.restore_power("Dallas")
        await one.passes(pilot, 60)
        await one.passes(pilot, 30)
        await until(pilot, lambda: "✔ 15:20 3 queues no longer fail over" in line(pilot), "it is over")
        await pilot.press("x", "x")
        await until(pilot, lambda: line(pilot) == "", "all is seen")
        await pilot.press("x")
        await until(pilot, lambda: status(pilot) == "There is no alert to be seen.", "there is none")


@pytest.mark.parametrize("width", [60, 80, 140])
async def test_what_is_cut_off_is_not_how_to_mark_it_seen(width: int) -> None:
    one = day()
    async with running(one.app, (width, 24)) as pilot:
        await one.goes_dark(pilot)
        await until(pilot, lambda: line(pilot) != "", "it is told")
        assert painted(one.app)[1].rstrip().endswith("(and 1 other alert) · x: seen")


async def test_what_happened_comes_before_how_many_more_wait() -> None:
    async with running(day().app, (60, 16)) as pilot:
        (board,) = pilot.app.screen_stack
        assert isinstance(board, BoardScreen)
        board.show_alert("15:14 Calls to Referrals (8006) reach nobody", "(and 4 other alerts)", bad=True)
        told = "▲ 15:14 Calls to Referrals (8006) reach nobody · x: seen"
        await until(pilot, lambda: painted(pilot.app)[1].strip() == told, "it is whole")


@pytest.mark.parametrize(
    ("keys", "screen", "key"),
    [
        (("enter",), QueueScreen, "x"),
        (("w",), WhatIfScreen, "x"),
        (("a",), AuditScreen, "x"),
        (("v",), LogScreen, "x"),
        (("d", "enter"), DrillScreen, "x"),
    ],
)
async def test_it_is_on_every_screen_opened_before_or_after(
    keys: tuple[str, ...], screen: type[QueueScreen], key: str
) -> None:
    one = day()
    async with running(one.app, (120, 24)) as pilot:
        await one.goes_dark(pilot)
        await until(pilot, lambda: line(pilot) != "", "it is told")
        for each in keys:
            await pilot.press(each)
            await pilot.pause()
        await screen_is(pilot, screen)
        await until(pilot, lambda: line(pilot).endswith(f"{key}: seen"), "it is told here too")
        await pilot.press(key)
        await until(pilot, lambda: "One agent is left" in line(pilot), "the next")
        one.office.pbx.restore_power("Dallas")
        await one.passes(pilot, 60)
        await one.passes(pilot, 30)
        await until(pilot, lambda: "no longer fail over" in line(pilot), "it is over")
        await pilot.press("escape")
        await until(pilot, lambda: len(program(pilot).screen_stack) == 1, "the board")
        assert "no longer fail over" in line(pilot)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[[QueuewatchApp], list[str]]:
    """What is written to the terminal besides the screen."""

    def listen(app: QueuewatchApp) -> list[str]:
        found: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", found.append)
        return found

    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("STY", raising=False)
    return listen


async def test_the_bell_rings_once_for_a_message_and_the_desktop_is_told_in_one_sequence(
    written: Callable[[QueuewatchApp], list[str]],
) -> None:
    one = day(AlertRule(tell=(LocalReceiver.BELL, LocalReceiver.DESKTOP), on=frozenset({AlertKind.FAILS_OVER})))
    async with running(one.app) as pilot:
        bytes_out = written(one.app)
        await one.goes_dark(pilot)
        await one.passes(pilot, 300)
        assert line(pilot) == ""
    text = "3 queues fail over: Front Desk, Billing & Insurance and Dental Emergencies"
    sent = [one for one in bytes_out if "\a" in one]
    assert sent == ["\a", f"\x1b]9;queuewatch Lakeside Dental: {text}\a"]


async def test_without_a_rule_for_it_nothing_rings(written: Callable[[QueuewatchApp], list[str]]) -> None:
    one = day()
    async with running(one.app) as pilot:
        bytes_out = written(one.app)
        await one.goes_dark(pilot)
        await until(pilot, lambda: line(pilot) != "", "it is told")
    assert not any("\a" in one for one in bytes_out)


async def test_trouble_with_telling_is_shown_and_marked_seen() -> None:
    one = day(AlertRule(webhook_env="ACME_SLACK"), AlertRule(queues=("Front Dsk",)))
    async with running(one.app, (140, 24)) as pilot:
        await until(pilot, lambda: "ACME_SLACK is not set" in line(pilot), "the variable")
        assert "(and 1 other alert)" in line(pilot)
        await pilot.press("x")
        await until(pilot, lambda: "There is no queue “Front Dsk”. Did you mean" in line(pilot), "the queue")


async def test_while_it_waits_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    one = day()
    async with running(one.app) as pilot:
        await one.goes_dark(pilot)
        await until(pilot, lambda: line(pilot) != "", "it is told")
        (shown,) = pilot.app.screen.query(AlertLine)
        await one.passes(pilot, 5)
        drawn: list[bool] = []
        monkeypatch.setattr(shown, "render", lambda: drawn.append(True))
        await one.passes(pilot, 5)
        await one.passes(pilot, 5)
        assert drawn == []


def test_the_board_with_an_alert(snap_compare: Callable[..., bool]) -> None:
    one = day()

    async def dark(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: loaded(one.app), "everything is read")
        await one.passes(pilot, 1)
        await one.goes_dark(pilot)
        await until(pilot, lambda: line(pilot) != "", "it is told")
        await pilot.pause()

    assert snap_compare(one.app, run_before=dark)


async def test_another_phone_system_has_its_own_alerts_and_what_was_shown_is_gone() -> None:
    one, other = day(), open_office("riverside")
    there = SwitchTarget("other", "riverside.example", "other", lambda: other.connection)
    async with running(one.app) as pilot:
        await one.goes_dark(pilot)
        await until(pilot, lambda: line(pilot) != "", "it is told")
        one.app._go(there)
        await until(pilot, lambda: one.app.connection is other.connection and loaded(one.app), "it is shown")
        assert line(pilot) == ""
        await pilot.press("x")
        await until(pilot, lambda: status(pilot) == "There is no alert to be seen.", "there is none")
