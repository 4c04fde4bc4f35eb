"""A change that lands late: what is said at 5 seconds, what at a minute, and what came of it.

All by a clock of its own.

The phone system is the sandbox; a write is carried out so many seconds after it came, whatever was answered.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.change import (
    Change,
    Look,
    ResultKind,
    SetWhenOffline,
    apply,
    follow,
    latest_to_undo,
    propose,
    propose_undo,
    unsettled,
)
from queuewatch.change.apply import DEADLINE, TOLD_AFTER
from queuewatch.pbx.errors import Refused, Unreachable
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.polling.assemble import read_snapshot
from tests.faults.late_writes import CELL, DELAYS, GIVES_UP, TOGGLE, TOKEN, Desk, play
from tests.process.virtual_time import now

CHANGES = pytest.mark.parametrize("change", [CELL, TOGGLE], ids=["when-offline", "require-agents"])
LOST = pytest.mark.parametrize("fault", GIVES_UP, ids=lambda fault: f"{fault.kind} {fault.status}")


@CHANGES
@LOST
@pytest.mark.parametrize("late", DELAYS)
def test_a_write_that_lands_within_a_minute_is_told_as_made(
    tmp_path: Path, change: Change, fault: Fault, late: float
) -> None:
    async def story(desk: Desk) -> None:
        result = await desk.change(change)
        assert result.kind is ResultKind.CONFIRMED
        assert now() < DEADLINE
        assert desk.writes == 1
        assert desk.outcomes[-1] == "confirmed"
        slow = late >= TOLD_AFTER or fault.kind is FaultKind.SLOW
        told = [(at, result.kind, looking) for at, result, looking in desk.told]
        assert told == ([(TOLD_AFTER, ResultKind.UNKNOWN, True)] if slow else [])
        if late == 50.0:
            # While it went on looking, the log said what was known.
            assert desk.outcomes == ["unknown", "confirmed"]

    play(story, tmp_path, replace(fault, late=late))


@CHANGES
@LOST
def test_the_old_value_after_a_lost_answer_is_not_known_and_never_called_not_changed(
    tmp_path: Path, change: Change, fault: Fault
) -> None:
    async def story(desk: Desk) -> None:
        result = await desk.change(change)
        assert result.kind is ResultKind.UNKNOWN
        assert result.sentence.startswith("Whether ")
        assert "Reading back still shows" in result.sentence
        assert "was not changed" not in result.sentence
        assert "its log tells" in result.hint
        assert 50 < now() <= DEADLINE + 1
        assert desk.outcomes == ["unknown"]
        # The log offers it for undoing.
        log = desk.journal.read()
        assert latest_to_undo(log, desk.client.address, desk.client.domain) == log.entries[0]

    play(story, tmp_path, replace(fault, late=10_000.0))


@CHANGES
def test_a_later_start_finds_it_made(tmp_path: Path, change: Change) -> None:
    async def story(desk: Desk) -> None:
        await desk.change(change)
        assert await desk.start_again() == [("1", ResultKind.UNKNOWN)]
        await asyncio.sleep(60)
        assert await desk.start_again() == [("1", ResultKind.CONFIRMED)]
        assert desk.outcomes == ["unknown", "confirmed"]
        assert desk.entry.ended is not None
        assert "made after all" in desk.entry.ended.sentence
        # Nothing is left to look for, and it can be undone.
        assert await desk.start_again() == []
        log = desk.journal.read()
        proposal = await propose_undo(desk.client, await read_snapshot(desk.client, ["8000"]), log, log.entries[0])
        assert proposal.conflict == ""
        assert not proposal.nothing_to_do

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=504, method="PUT", late=100.0))


@CHANGES
def test_the_old_value_settles_it_as_not_made_after_ten_minutes_and_no_sooner(
    tmp_path: Path, change: Change
) -> None:
    async def story(desk: Desk) -> None:
        await desk.change(change)
        await asyncio.sleep(599 - now())
        assert await desk.start_again() == [("1", ResultKind.UNKNOWN)]
        await asyncio.sleep(2)
        assert await desk.start_again() == [("1", ResultKind.NOT_MADE)]
        assert desk.outcomes == ["unknown", "not made"]
        log = desk.journal.read()
        assert latest_to_undo(log, desk.client.address, desk.client.domain) is None

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=504, method="PUT"))


@CHANGES
def test_undo_works_from_unknown(tmp_path: Path, change: Change) -> None:
    async def story(desk: Desk) -> None:
        await desk.change(change)
        await asyncio.sleep(60)
        # Made meanwhile, and nobody has looked.
        log = desk.journal.read()
        assert log.entries[0].outcome == "unknown"
        before = log.entries[0].edit.before.words
        proposal = await propose_undo(desk.client, await read_snapshot(desk.client, ["8000"]), log, log.entries[0])
        assert (proposal.conflict, proposal.after) == ("", before)
        result = await apply(desk.client, proposal, journal=desk.journal)
        assert result.ok
        # What the undo found there before it is what tells that the change was made.
        assert await desk.start_again() == [("1", ResultKind.CONFIRMED)]

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=504, method="PUT", late=100.0))


def test_a_program_that_stays_goes_on_looking_until_it_is_settled(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.change(TOGGLE)
        looks: list[tuple[float, Look]] = []
        await follow(desk.client, desk.journal, lambda look: looks.append((now(), look)))
        kinds = [look.kind for _, look in looks]
        assert kinds == [ResultKind.UNKNOWN, ResultKind.CONFIRMED]
        assert 300 <= looks[-1][0] <= 330

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=504, method="PUT", late=300.0))


def test_what_another_program_may_just_be_making_is_left_to_it(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        making = asyncio.create_task(desk.change(TOGGLE))
        await asyncio.sleep(4)
        assert desk.entry.ended is None
        assert await desk.start_again() == []
        making.cancel()
        await asyncio.wait({making})

    play(story, tmp_path, Fault("", FaultKind.SLOW, seconds=60, method="PUT", late=100.0))


def test_a_value_that_somebody_set_since_ends_the_looking_without_a_guess(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.change(CELL)
        (default,) = (rule for rule in desk.pbx.rules["8000"] if rule["time-frame"] == "*")
        default["forward-when-unregistered"] = {"enabled": "yes", "parameters": ["vmail_8000"]}
        assert await desk.start_again() == [("1", ResultKind.SUPERSEDED)]
        assert desk.entry.ended is not None
        assert "cannot be told any more" in desk.entry.ended.sentence
        log = desk.journal.read()
        assert unsettled(log, desk.client.address, desk.client.domain) == ()
        assert latest_to_undo(log, desk.client.address, desk.client.domain) is None
        # By its number it can still be put back, once it was seen that this writes over something.
        proposal = await propose_undo(desk.client, await read_snapshot(desk.client, ["8000"]), log, log.entries[0])
        assert proposal.conflict.startswith("It is not what change 1 wanted: ")

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=504, method="PUT"))


@pytest.mark.parametrize("wait", [1.0, 700.0])
def test_a_later_change_of_the_same_setting_tells_of_the_one_before(tmp_path: Path, wait: float) -> None:
    async def story(desk: Desk) -> None:
        await desk.change(CELL)
        await asyncio.sleep(wait)
        assert (await desk.change(SetWhenOffline("9725550188"))).ok
        kind = ResultKind.SUPERSEDED if wait == 1.0 else ResultKind.NOT_MADE
        assert await desk.start_again() == [("1", kind)]

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=504, method="PUT"))


def test_a_phone_system_that_is_not_there_settles_nothing(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.change(TOGGLE)
        desk.faults.append(Fault("", FaultKind.SLOW, None, seconds=1000))
        begun = now()
        assert await desk.start_again() == [("1", ResultKind.UNKNOWN)]
        assert now() - begun == 10
        assert desk.outcomes == ["unknown"]

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=504, method="PUT"))


@CHANGES
def test_who_stops_looking_leaves_it_not_known(tmp_path: Path, change: Change) -> None:
    async def story(desk: Desk) -> None:
        making = asyncio.create_task(desk.change(change))
        await asyncio.sleep(30)
        making.cancel()
        await asyncio.wait({making})
        assert making.cancelled()
        assert desk.outcomes == ["unknown"]
        assert [(result.kind, looking) for _, result, looking in desk.told] == [
            (ResultKind.UNKNOWN, True),
            (ResultKind.UNKNOWN, False),
        ]

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=504, method="PUT"))


@CHANGES
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_an_explicit_refusal_is_believed_at_once(tmp_path: Path, change: Change, status: int) -> None:
    async def story(desk: Desk) -> None:
        begun = now()
        result = await desk.change(change)
        assert (result.kind, now() - begun) == (ResultKind.REFUSED, 0)
        assert desk.outcomes == ["refused"]
        assert await desk.start_again() == []

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=status, method="PUT"))


@pytest.mark.parametrize("status", [402, 405, 408, 418, 423, 302])
def test_any_other_answer_is_no_refusal(tmp_path: Path, status: int) -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.change(TOGGLE)).kind is ResultKind.UNKNOWN

    play(story, tmp_path, Fault("", FaultKind.STATUS, status=status, method="PUT"))


@dataclass
class Renewing:
    """Credentials that come to be renewed in the middle of an edit, which takes for ever or fails."""

    stuck: bool = False
    """Whether the next request has to wait for a renewal."""
    once_written: Callable[[], bool] = lambda: False
    """The same, from the moment when this is so."""
    fails: Exception | None = None

    async def bearer(self) -> str:
        if self.stuck or self.once_written():
            await asyncio.sleep(3600)
        return TOKEN

    async def refused(self, bearer: str) -> bool:
        if self.fails is not None:
            raise self.fails
        return False

    def secrets(self) -> tuple[str, ...]:
        return (TOKEN,)

    def identity(self) -> Identity | None:
        return None

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("lost", [True, False])
def test_a_renewal_that_hangs_after_the_write_has_one_deadline_with_the_edit(tmp_path: Path, lost: bool) -> None:
    credentials = Renewing()

    async def story(desk: Desk) -> None:
        credentials.once_written = lambda: desk.writes > 0
        result = await desk.change(TOGGLE)
        assert now() == DEADLINE
        assert [(at, told.kind) for at, told, _ in desk.told] == [(TOLD_AFTER, ResultKind.UNKNOWN)]
        assert result.kind is ResultKind.UNKNOWN
        assert ("is not known" if lost else "was accepted as No") in result.sentence
        assert desk.outcomes == ["unknown"]
        credentials.once_written = lambda: False
        assert await desk.start_again() == [("1", ResultKind.CONFIRMED)]

    fault = Fault("", FaultKind.STATUS, status=504, method="PUT", applied=True, times=1 if lost else 0)
    play(story, tmp_path, fault, credentials=credentials)


@pytest.mark.parametrize("error", [Refused("The session is over."), Unreachable("No answer.")])
def test_a_write_turned_away_for_its_token_is_not_sent(tmp_path: Path, error: Exception) -> None:
    async def story(desk: Desk) -> None:
        result = await desk.change(TOGGLE)
        assert result.kind is ResultKind.NOT_SENT
        assert result.sentence == f"Require Agents of Front Desk (8000) was not changed: {error}"
        assert desk.outcomes == ["not sent"]
        assert await desk.start_again() == []

    fault = Fault("", FaultKind.STATUS, status=401, method="PUT")
    play(story, tmp_path, fault, credentials=Renewing(fails=error))


def test_a_phone_system_that_hangs_before_the_write_is_given_up_and_nothing_is_sent(tmp_path: Path) -> None:
    credentials = Renewing()

    async def story(desk: Desk) -> None:
        snapshot = await read_snapshot(desk.client, ["8000"])
        proposal = await propose(desk.client, snapshot, snapshot.queues["8000"], TOGGLE)
        credentials.stuck = True
        result = await apply(desk.client, proposal, journal=desk.journal)
        assert (result.kind, now()) == (ResultKind.NOT_SENT, DEADLINE)
        assert desk.writes == 0

    play(story, tmp_path, credentials=credentials)
