"""The live test on the screen: asked, begun, followed, answered, restored, and the program's end put off by it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Static

from queuewatch.app import proving
from queuewatch.app.app import QueuewatchApp
from queuewatch.connection.connection import Connection, ConnectionOptions
from queuewatch.connection.sample import connect_sample
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.journal import AgentStep, Journal, ProofEntry, ProofStep, Who
from queuewatch.pbx.sandbox.calls import Behaviour, Manner
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.proof.permission import Refusal
from queuewatch.proof.preparing import Refusals
from queuewatch.proof.timing import Timing
from screens.board.board import BoardScreen
from screens.proof.proof import ProofScreen, ProofStage
from tests.proof.office import FAST
from tests.tui.keys import facts, painted, program, running, screen_is, status, table, until
from widgets.asked_line import AskedLine
from widgets.bars import TopBar

CELL = "12145550100"
PATIENT = replace(FAST, longest=120.0, blind=60.0, request=30.0, grey_within=60.0, trial_within=30.0)
"""For a test that is to go on until somebody ends it, however busy the machine is."""


@dataclass
class Desk:
    """A program on a sample whose people answer calls, and its test."""

    pilot: Pilot[None]
    pbx: SandboxPbx
    screen: ProofScreen

    @property
    def line(self) -> str:
        return str(self.screen.query_one("#line", Static).content)

    @property
    def rows(self) -> list[dict[str, object]]:
        return [dict(row) for row in self.pbx.floor._agents]

    @property
    def stage_now(self) -> ProofStage:
        return self.screen.stage

    async def stage(self, stage: ProofStage) -> None:
        await until(self.pilot, lambda: self.screen.stage is stage, f"it is {stage}")
        # What it says is told in a line that is made anew.
        await until(self.pilot, lambda: bool(self.screen.query("#line")), f"it says that it is {stage}")


@asynccontextmanager
async def asked(
    size: tuple[int, int] = (80, 24),
    *,
    queue: str = "8000",
    busy: bool = False,
    production: bool = False,
    speed: float = 60.0,
) -> AsyncIterator[Desk]:
    """The screen of one queue's test, which asks for the number; the office's time goes at this ``speed``."""
    connection: Connection = connect_sample(ConnectionOptions(sample="lakeside"), speed)
    pbx = connection.sandbox
    assert pbx is not None
    if not busy:
        for who in ("1002", "1005", "1006"):
            pbx.floor.hang_up(who)
    app = QueuewatchApp(replace(connection, production=production))
    async with running(app, size) as pilot:
        table(pilot).move_to(queue)
        await pilot.press("P")
        yield Desk(pilot, pbx, await screen_is(pilot, ProofScreen))


@asynccontextmanager
async def ready(
    size: tuple[int, int] = (80, 24), timing: Timing = FAST, speed: float = 60.0
) -> AsyncIterator[Desk]:
    """The same, once the number is given and the queue may be tested."""
    async with asked(size, speed=speed) as desk:
        runner = program(desk.pilot).proof_runner
        assert runner is not None
        runner.timing = timing
        await desk.pilot.press(*"2145550911", "enter")
        await desk.stage(ProofStage.READY)
        yield desk


async def test_proven_from_the_board() -> None:
    async with ready() as desk:
        before = desk.rows
        assert "logs out 3 agents of Front Desk (8000)" in desk.line
        shown = facts(desk.pilot, "#facts")
        assert shown["Logs out"] == "Ana Lopez, Ben Ito and Cara Singh"
        assert shown["Reaches"] == "(214) 555-0100"
        assert (
            "Edit Agents, log in: Ana Lopez, Ben Ito, Cara Singh" in shown["If dies"]
            if "If dies" in shown
            else True
        )
        await desk.pilot.press("enter")
        await until(desk.pilot, lambda: desk.line.startswith("Did the right person"), "it is asked")
        top = desk.pilot.app.screen.query_one(TopBar)
        # Nothing runs out any more while the answer is waited for.
        await until(desk.pilot, lambda: top.right.endswith(" s · everybody is logged in again"), "all are in")
        await desk.pilot.press("y")
        await desk.stage(ProofStage.OVER)
        assert desk.line.startswith("Front Desk (8000): PROVEN · (214) 555-0100 answered")
        assert desk.rows == before
        await desk.pilot.press("escape")
        await screen_is(desk.pilot, BoardScreen)
        # Of a sample as well, as long as the program runs.
        await until(
            desk.pilot,
            lambda: facts(desk.pilot, "#summary").get("Proof", "").startswith("proven today ("),
            "it stands beside its queue",
        )


async def test_escape_restores() -> None:
    # At no more than this speed, or it has rung out before anybody could press a key.
    async with ready(timing=PATIENT, speed=1.0) as desk:
        before = desk.rows
        desk.pbx.exchange.behaves[CELL] = Behaviour(Manner.RINGS_OUT)
        await desk.pilot.press("enter")
        await until(desk.pilot, lambda: desk.rows != before, "somebody is logged out")
        await desk.pilot.press("escape")
        await desk.stage(ProofStage.OVER)
        assert desk.line == "Front Desk (8000): given up"
        assert desk.rows == before


async def test_what_is_found_out_once_the_screen_was_left_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for, may_answer = asyncio.Event(), asyncio.Event()

    async def late(*_: object) -> Refusals:
        asked_for.set()
        await may_answer.wait()
        nobody = Snapshot("lakeside.example", datetime(2026, 3, 2, 9, tzinfo=UTC))
        return Refusals(nobody, Queue("8000"), (Refusal("Somebody is in a call.", "Wait."),))

    monkeypatch.setattr(proving, "look", late)
    async with asked() as desk:
        await desk.pilot.press(*"2145550911", "enter")
        await asked_for.wait()
        await desk.pilot.press("escape")
        await screen_is(desk.pilot, BoardScreen)
        may_answer.set()
        app = program(desk.pilot)
        ended = lambda: not any(one.group == "proof look" for one in app.workers)  # noqa: E731
        await until(desk.pilot, ended, "the answer came")


async def test_the_program_ends_once_everybody_is_in_again() -> None:
    # At no more than this speed, or it has rung out before anybody could press a key.
    async with ready(timing=PATIENT, speed=1.0) as desk:
        before = desk.rows
        desk.pbx.exchange.behaves[CELL] = Behaviour(Manner.RINGS_OUT)
        await desk.pilot.press("enter")
        await until(desk.pilot, lambda: desk.rows != before, "somebody is logged out")
        app = program(desk.pilot)
        app.leave()
        await until(desk.pilot, lambda: app._exit, "it ends")
        assert desk.rows == before
        # The screen is gone by then: it is said below it.
        assert app.last_words.splitlines() == [
            "Front Desk (8000): given up",
            "  The program was told to end.",
            "  Everybody who was logged out is logged in again, which was read back.",
        ]


async def test_a_queue_that_may_not_be_tested_says_why() -> None:
    async with asked(busy=True) as desk:
        await desk.pilot.press(*"2145550911", "enter")
        await desk.stage(ProofStage.REFUSED)
        shown = "\n".join(painted(program(desk.pilot)))
        assert "Ben Ito is on a call." in shown
        assert "--wait" not in shown, "there is no option to be added on a screen"
        await desk.pilot.press("number_sign", *"911", "enter")
        await desk.stage(ProofStage.REFUSED)
        assert any("911 is the emergency number" in line for line in painted(program(desk.pilot)))


async def test_what_only_had_to_be_waited_for_is_looked_at_again_by_the_key_that_begins() -> None:
    async with asked(busy=True) as desk:
        await desk.pilot.press(*"2145550911", "enter")
        await desk.stage(ProofStage.REFUSED)
        assert desk.line.endswith("Nothing was done. enter looks again.")
        for who in ("1002", "1005", "1006"):
            desk.pbx.floor.hang_up(who)
        await desk.pilot.press("enter")
        await desk.stage(ProofStage.READY)
        await desk.pilot.press("number_sign", *"911", "enter")
        await desk.stage(ProofStage.REFUSED)
        assert desk.line.endswith("Nothing was done."), "that is no use to look at again"


async def test_read_only_the_key_says_why() -> None:
    connection = connect_sample(ConnectionOptions(sample="lakeside", read_only=True))
    async with running(QueuewatchApp(connection), (80, 24)) as pilot:
        await pilot.press("P")
        await screen_is(pilot, BoardScreen)
        assert any("Read-only" in line for line in painted(program(pilot)))


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (140, 40)])
async def test_at_every_size_the_question_is_seen(size: tuple[int, int]) -> None:
    async with ready(size) as desk:
        await desk.pilot.press("enter")
        await until(desk.pilot, lambda: desk.line.startswith("Did the right person"), "it is asked")
        shown = painted(program(desk.pilot))
        assert any("Did the right person or greeting answer?" in line for line in shown)
        assert any("Ana Lopez" in line for line in shown)
        # Where there is room, the way of the call is lit as far as it has come.
        assert any("✔ answered" in line or "✔ the call is here" in line for line in shown) is (size[1] > 16)
        await desk.pilot.press("n")
        await desk.stage(ProofStage.OVER)
        assert desk.line == "Front Desk (8000): NOT PROVEN"


async def test_whom_no_number_leads_to_is_called_as_callers_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outside phone cannot dial the queue's extension."""
    async with ready((80, 24)) as desk:
        assert facts(desk.pilot, "#facts")["Then call"] == (
            "it as its callers do, by a menu or another queue (no number leads straight to it; inside it is "
            "8000), from (214) 555-0911"
        )
        # Nobody is played who calls.
        monkeypatch.setattr(desk.pbx, "dial", lambda *_: None)
        await desk.pilot.press("enter")
        await until(
            desk.pilot, lambda: desk.line.startswith("Now call it as its callers do, by a menu"), "it is time to"
        )
        await desk.pilot.press("escape")
        await desk.stage(ProofStage.OVER)


async def test_a_later_start_says_that_agents_may_be_logged_out(tmp_path: Path) -> None:
    connection = connect_sample(ConnectionOptions(sample="lakeside"))
    system = connection.system
    journal = Journal(tmp_path / "changes.jsonl", Who("acme", "jane"))
    now = datetime.now(UTC)
    entry = journal.begin_proof(
        ProofEntry("", now, journal.who, system.address, system.domain, "8000", "Front Desk")
    )
    journal.add_proof(entry.id, ProofStep(now, "1001@lakeside.example", AgentStep.LOGGED_OUT))
    async with running(QueuewatchApp(replace(connection, journal=journal)), (120, 24)) as pilot:
        await until(
            pilot, lambda: "A test of Front Desk was interrupted; 1 agent may" in status(pilot), "it is said"
        )


async def test_pull_the_plug() -> None:
    async with asked() as desk:
        before = desk.rows
        runner = program(desk.pilot).proof_runner
        assert runner is not None
        runner.timing = FAST
        await desk.pilot.press("escape", "X")
        await desk.stage(ProofStage.PLUGGED)
        assert any("Phones without power cannot call for help" in line for line in painted(program(desk.pilot)))
        await desk.pilot.press("enter")
        await desk.stage(ProofStage.WATCHING)
        desk.pbx.floor.unregister("1001")
        await until(
            desk.pilot, lambda: any("Ana Lopez is Grey" in line for line, _ in desk.screen._lines), "it is seen"
        )
        await desk.pilot.press("escape")
        await desk.stage(ProofStage.OVER)
        assert desk.line.startswith("Front Desk (8000): did not fail over in the 0:0")
        assert desk.line.endswith("Ben Ito and Cara Singh stayed online.")
        assert desk.rows == before


async def test_in_production_the_queues_number_is_typed() -> None:
    async with asked(production=True) as desk:
        before = desk.rows
        runner = program(desk.pilot).proof_runner
        assert runner is not None
        runner.timing = FAST
        await desk.pilot.press(*"2145550911", "enter")
        await desk.stage(ProofStage.READY)
        await desk.pilot.press("enter")
        assert desk.screen.query_one(AskedLine).placeholder == "type 8000 to log its agents out"
        await desk.pilot.press("escape", "f7", *("backspace",) * 10)
        assert desk.screen.query_one(AskedLine).placeholder.startswith("your number"), "it is asked once more"
        await desk.pilot.press(*"2145550911", "enter")
        await desk.stage(ProofStage.READY)
        await desk.pilot.press("enter", *"8001", "enter")
        assert "That is not 8000. Nothing was done." in status(desk.pilot)
        assert (desk.stage_now, desk.rows == before) == (ProofStage.READY, True)
        await desk.pilot.press(*("backspace",) * 4, *"8000", "enter")
        await until(desk.pilot, lambda: desk.line.startswith("Did the right person"), "it is asked")
        await desk.pilot.press("y")
        await desk.stage(ProofStage.OVER)
        assert desk.rows == before
