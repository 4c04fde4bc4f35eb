"""A whole test over a real socket: what it comes to, whatever happens, and everybody as before afterwards."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.pbx.sandbox.calls import Behaviour, Manner
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import NumbersAs, Quirks
from queuewatch.proof.interrupted import look_at, restore_by_hand
from queuewatch.proof.live_test import Phase, ProofProgress
from queuewatch.proof.proof import Proof, ProofOutcome, document

from .office import FAST, IMPATIENT, TESTER, Office, office

CELL = "12145550100"


def calling(desk: Office, caller: str = TESTER, to: str = "8000") -> Callable[[ProofProgress], None]:
    """The tester does as told: calls when it is time to."""

    def then(progress: ProofProgress) -> None:
        if progress.line.startswith("Now call"):
            desk.pbx.dial(caller, to)

    return then


def saying(desk: Office, right: bool, caller: str = TESTER) -> Callable[[ProofProgress], None]:
    """The tester calls, and says afterwards whether the right one answered."""
    call = calling(desk, caller)

    def then(progress: ProofProgress) -> None:
        call(progress)
        if progress.line.startswith("Did the right") and desk.test is not None:
            desk.test.answer(right)

    return then


async def test_proven(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        proof = await desk.prove(asks=True, then=saying(desk, True))
        assert (proof.outcome, proof.why, proof.caveats) == (ProofOutcome.PROVEN, None, ())
        assert proof.reached is not None
        assert (proof.reached.kind, proof.reached.target, proof.reached.answered) == ("external", CELL, True)
        assert proof.restored == proof.logged_out == tuple(f"100{n}@lakeside.example" for n in (1, 2, 3))
        assert desk.rows() == before
        entry = desk.entry
        assert (entry.outcome, entry.still_out, entry.rule, entry.destination) == ("proven", (), "*", CELL)
        assert entry.ended is not None
        assert entry.ended.document == document(proof)
        assert [agent.raw["callqueue-agent-id"] for agent in entry.agents.values()] == list(proof.logged_out)
        # Nothing is sent before the log knows of it, and only this one queue's route is.
        patches = [path for path in desk.gate.passed if path.startswith("PATCH")]
        assert len(patches) == 7
        assert all("/callqueues/8000/agents/" in path for path in patches)


async def test_without_a_tester_it_is_reached(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        proof = await desk.prove(my_number="", call_from="1010")
        assert proof.outcome is ProofOutcome.REACHED
        assert desk.rows() == before


@pytest.mark.parametrize(
    ("callers_as", "more"),
    [
        ("integer", {"calls_a_leg": True}),
        ("sip", {"calls_of_version_1": True, "underscores": True}),
        ("scientific", {"calls_a_leg": True, "calls_of_version_1": True}),
    ],
)
async def test_in_every_spelling_of_calls(callers_as: NumbersAs, more: dict[str, bool], tmp_path: Path) -> None:
    async with office(tmp_path, quirks=Quirks(callers_as=callers_as, **more)) as desk:  # type: ignore[arg-type]
        before = desk.rows()
        proof = await desk.prove(then=calling(desk))
        assert proof.outcome is ProofOutcome.REACHED
        assert desk.rows() == before


def rings_out(desk: Office) -> None:
    desk.pbx.exchange.behaves[CELL] = Behaviour(Manner.RINGS_OUT)


def is_busy(desk: Office) -> None:
    desk.pbx.exchange.behaves[CELL] = Behaviour(Manner.BUSY, timedelta(seconds=4))


def strands_callers(desk: Office) -> None:
    desk.pbx.floor.queues["8000"]["callqueue-require-available-agents-to-accept-new-callers"] = "no"


def leads_elsewhere(desk: Office) -> None:
    for rule in desk.pbx.rules["8000"]:
        rule["forward-when-unregistered"] = {"enabled": "yes", "parameters": ["vmail_8000"]}


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (rings_out, "rang at (214) 555-0100 and was not seen to be answered"),
        (is_busy, "rang at (214) 555-0100 and was not seen to be answered"),
        (strands_callers, "Your call waits in the queue, with nobody there"),
        (leads_elsewhere, "was answered at the voicemail of"),
    ],
)
async def test_not_proven(happens: Callable[[Office], None], why: str, tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        call = calling(desk)

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                happens(desk)
            call(progress)

        proof = await desk.prove(timing=replace(FAST, longest=2.0), then=then)
        assert (proof.outcome, proof.restored) == (ProofOutcome.NOT_PROVEN, proof.logged_out)
        assert why in (proof.why or "")
        assert desk.rows() == before


async def test_a_carriers_voicemail_is_the_testers_to_tell(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        desk.pbx.exchange.behaves[CELL] = Behaviour(Manner.VOICEMAIL)
        proof = await desk.prove(asks=True, then=saying(desk, False))
        assert proof.outcome is ProofOutcome.NOT_PROVEN
        assert "not by the right person or greeting" in (proof.why or "")
        assert desk.rows() == before


async def test_no_call(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        proof = await desk.prove(timing=replace(FAST, longest=0.6))
        assert proof.outcome is ProofOutcome.NO_CALL
        assert (proof.reached, proof.restored) == (None, proof.logged_out)
        assert desk.rows() == before


async def test_somebody_elses_call_proves_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        proof = await desk.prove(timing=replace(FAST, longest=0.6), then=calling(desk, "12145550777"))
        assert proof.outcome is ProofOutcome.NO_CALL
        assert [call.number for call in proof.other_calls] == ["2145550777"]
        assert desk.rows() == before


async def test_a_call_from_before_is_neither_the_test_nor_another_call(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        desk.pbx.exchange.behaves[CELL] = Behaviour(Manner.RINGS_OUT)
        plan = desk.pbx.rules["8000"]
        plan[0]["forward-always"], always = {"enabled": "yes", "parameters": [CELL]}, plan[0]["forward-always"]
        desk.pbx.dial(TESTER, "8000")
        plan[0]["forward-always"] = always
        desk.pbx.rules_changed()
        proof = await desk.prove(timing=replace(FAST, longest=0.6))
        assert (proof.outcome, proof.other_calls) == (ProofOutcome.NO_CALL, ())


async def test_two_calls_from_the_same_number_prove_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                desk.pbx.dial(TESTER, "8000")
                desk.pbx.dial(TESTER, "8000")

        proof = await desk.prove(then=then)
        assert proof.outcome is ProofOutcome.NOT_PROVEN
        assert "Two calls came from (214) 555-0911 at once" in (proof.why or "")
        assert desk.rows() == before


# Given up.


@pytest.mark.parametrize(
    ("to", "has_site", "caveat"),
    [
        ("1002", True, "Ben Ito answered, and would be dark too if Dallas were."),
        ("user_1010", True, "Dana Reyes answered, and would be dark too if Dallas were."),
        ("1002", False, "Ben Ito answered, and is an agent of Front Desk (8000): dark too once all of them are."),
        ("user_1010", False, ""),
    ],
)
async def test_whoever_would_be_dark_too_is_said(to: str, has_site: bool, caveat: str, tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        desk.pbx.rules["8000"][0]["forward-when-unregistered"] = {"enabled": "yes", "parameters": [to]}
        if not has_site:
            for row in (*desk.pbx.floor.queues.values(), *desk.pbx.users.values()):
                row["site"] = None
        proof = await desk.prove(then=calling(desk))
        assert proof.outcome is ProofOutcome.REACHED
        assert proof.caveats == ((caveat,) if caveat else ())


class NoGuard:
    """As much of a guard as a test asks for that nobody kills."""

    async def keep(self) -> str:
        """It is there."""
        return ""

    async def ended(self) -> None:
        """Nothing to let go."""


def ben_goes_to_lunch(desk: Office) -> None:
    desk.pbx.floor.go_to_lunch("1002")


def ben_is_called(desk: Office) -> None:
    desk.pbx.floor.take_call("1002", "8000")


def the_lunch_rule_begins(desk: Office) -> None:
    """With the same backup: where the call goes does not tell it from the other."""
    rules = desk.pbx.rules["8000"]
    rules.append({**rules[0], "time-frame": "Lunch", "ordinal-priority": 1})
    desk.pbx.set_time_frame("Lunch")


@pytest.mark.parametrize("happens", [ben_goes_to_lunch, ben_is_called])
@pytest.mark.parametrize("when", ["while the guard is started", "while another is logged out"])
async def test_who_goes_or_is_called_before_their_turn_is_not_logged_out(
    happens: Callable[[Office], None], when: str, tmp_path: Path
) -> None:
    async with office(tmp_path) as desk:
        rows: list[list[dict[str, object]]] = []

        def move() -> None:
            happens(desk)
            rows.append([row for row in desk.rows() if row["callqueue-agent-id"] == "1002@lakeside.example"])

        async def guard(_: object) -> NoGuard:
            if when == "while the guard is started":
                move()
            return NoGuard()

        def then(progress: ProofProgress) -> None:
            if when != "while the guard is started" and progress.line == "Ana Lopez is being logged out.":
                move()

        proof = await desk.prove(start_guard=guard, then=then)
        first = when == "while the guard is started"
        assert proof.outcome is (ProofOutcome.REFUSED if first else ProofOutcome.ABORTED)
        assert proof.why == "Ben Ito is not as a moment ago: somebody changes it, or is on a call."
        assert proof.logged_out == proof.restored == (() if first else ("1001@lakeside.example",))
        assert not [path for path in desk.gate.passed if "1002" in path and path.endswith("/logout")]
        assert [row for row in desk.rows() if row["callqueue-agent-id"] == "1002@lakeside.example"] == rows[0]


async def test_who_comes_while_the_guard_is_started_has_nobody_logged_out(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:

        async def guard(_: object) -> NoGuard:
            caller_waits(desk)
            return NoGuard()

        proof = await desk.prove(start_guard=guard)
        assert (proof.outcome, proof.logged_out) == (ProofOutcome.REFUSED, ())
        assert proof.why == "A caller has come to the queue just now."


async def test_a_plan_for_another_rule_is_not_begun(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        test = await desk.prepare()
        the_lunch_rule_begins(desk)
        proof = await test.run()
        assert (proof.outcome, proof.logged_out) == (ProofOutcome.REFUSED, ())
        assert proof.why == (
            "Another answering rule is in effect by now (Lunch, not Default): a proof is of one rule."
        )


async def test_a_rule_that_begins_meanwhile_is_not_what_was_planned(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before, call = desk.rows(), calling(desk)

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                the_lunch_rule_begins(desk)
            call(progress)

        proof = await desk.prove(then=then)
        assert (proof.outcome, proof.restored) == (ProofOutcome.NOT_PROVEN, proof.logged_out)
        assert "(Lunch, not Default)" in (proof.why or "")
        assert desk.rows() == before


@pytest.mark.parametrize("asks", [False, True])
async def test_a_transfer_after_the_answer_is_no_part_of_it(asks: bool, tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        say = saying(desk, True)

        def then(progress: ProofProgress) -> None:
            reached = progress.trace.reached
            if progress.phase is Phase.RESTORING and reached is not None and progress.trace.as_expected:
                call, exchange = desk.pbx.exchange.calls[-1], desk.pbx.exchange
                exchange._come(call, exchange._routing.dialled("1010"), desk.pbx.now)
            say(progress)

        proof = await desk.prove(asks=asks, then=then)
        assert proof.outcome is (ProofOutcome.PROVEN if asks else ProofOutcome.REACHED)
        assert proof.reached is not None
        assert (proof.reached.kind, proof.reached.target, proof.reached.answered) == ("external", CELL, True)


def caller_waits(desk: Office) -> None:
    desk.pbx.floor.caller_arrives("8000", "12145550777")


def somebody_logs_in(desk: Office) -> None:
    desk.pbx.floor.log_in(desk.pbx.floor.seats("1004@lakeside.example", "8000"))


def ana_comes_back(desk: Office) -> None:
    desk.pbx.floor.log_in(desk.pbx.floor.seats("1001@lakeside.example", "8000"))


@pytest.mark.parametrize(
    ("happens", "why", "undone"),
    [
        (ana_comes_back, "Ana Lopez logged in again", True),
        (somebody_logs_in, "Dee Park logged in", False),
    ],
)
async def test_who_logs_in_ends_it(
    happens: Callable[[Office], None], why: str, undone: bool, tmp_path: Path
) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                happens(desk)

        proof = await desk.prove(then=then)
        assert (proof.outcome, proof.restored) == (ProofOutcome.ABORTED, proof.logged_out)
        assert why in (proof.why or "")
        assert (desk.rows() == before) is undone


async def test_a_caller_who_waits_ends_it(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Ana Lopez is being logged out"):
                caller_waits(desk)

        proof = await desk.prove(then=then)
        assert proof.outcome is ProofOutcome.ABORTED
        assert "1 caller waits in the queue ((214) 555-0777)" in (proof.why or "")
        assert [call.number for call in proof.other_calls] == ["2145550777"]
        assert desk.rows() == before


def spoilt(status: int, *, applied: bool, late: float | None = None, match: str = "/logout") -> Fault:
    return Fault(match, FaultKind.STATUS, status=status, method="PATCH", after=1, applied=applied, late=late)


@pytest.mark.parametrize(
    "fault",
    [
        *(spoilt(status, applied=False) for status in (400, 401, 404, 500)),
        *(spoilt(status, applied=True) for status in (429, 504)),
        spoilt(504, applied=False, late=0.1),
        Fault("/logout", FaultKind.DROPPED, method="PATCH", after=1),
        Fault("/logout", FaultKind.SLOW, seconds=0.6, method="PATCH", after=1),
        *(spoilt(status, applied=False, match="/login") for status in (401, 403, 500)),
        spoilt(504, applied=True, match="/login"),
        Fault("/login", FaultKind.DROPPED, method="PATCH", after=2, times=3),
    ],
    ids=lambda fault: f"{fault.match} {fault.kind} {fault.status} {fault.applied} {fault.late}",
)
async def test_answers_that_are_lost_or_refused(fault: Fault, tmp_path: Path) -> None:
    async with office(tmp_path, fault) as desk:
        before = desk.rows()
        slow = replace(FAST, request=0.3, late=1.0) if fault.kind is FaultKind.SLOW else FAST
        proof = await desk.prove(timing=slow, then=calling(desk))
        assert proof.not_restored == ()
        logs_out = fault.match == "/logout"
        assert proof.outcome is (ProofOutcome.ABORTED if logs_out else ProofOutcome.REACHED)
        await asyncio.sleep(fault.late or 0)
        assert desk.rows() == before
        assert desk.entry.still_out == ()


@pytest.mark.parametrize(
    ("match", "status"), [("/calls", 500), ("/queuedcall", 429), ("8000/agents", 401), ("8000/agents", 500)]
)
async def test_a_queue_that_cannot_be_watched_is_restored(match: str, status: int, tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                desk.faults.append(Fault(match, FaultKind.STATUS, status=status, method="GET", times=25))

        proof = await desk.prove(timing=IMPATIENT, then=then)
        assert (proof.outcome, proof.restored) == (ProofOutcome.ABORTED, proof.logged_out)
        assert "could not be watched any more" in (proof.why or "")
        assert desk.rows() == before


async def test_a_line_that_is_lost_is_restored_over_as_soon_as_it_is_back(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        happening: list[asyncio.Task[None]] = []

        async def lost() -> None:
            await desk.lose_the_line()
            await asyncio.sleep(0.4)
            assert desk.rows() != before
            await desk.have_the_line_back()

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                happening.append(asyncio.ensure_future(lost()))

        proof = await desk.prove(timing=IMPATIENT, then=then)
        await happening[0]
        assert (proof.outcome, proof.restored) == (ProofOutcome.ABORTED, proof.logged_out)
        assert any(line.startswith("Still trying: ") for line in desk.lines)
        assert desk.rows() == before


async def test_a_line_that_stays_lost_is_said_and_restored_later(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        happening: list[asyncio.Task[None]] = []

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                happening.append(asyncio.ensure_future(desk.lose_the_line()))

        proof = await desk.prove(timing=replace(IMPATIENT, unasked=0.8), then=then)
        assert (proof.outcome, proof.restored, len(proof.not_restored)) == (ProofOutcome.ABORTED, (), 3)
        assert "Edit Agents of the queue, and log in: Ana Lopez, Ben Ito, Cara Singh" in proof.hint
        assert all("may still be logged out" in caveat for caveat in proof.caveats)
        assert len(desk.entry.still_out) == 3
        await desk.have_the_line_back()
        chosen = await look_at(desk.client, desk.entry, FAST)
        assert {one.changed for one in chosen} == {""}
        await restore_by_hand(desk.client, desk.journal, desk.entry, chosen, FAST)
        assert desk.rows() == before
        assert not desk.entry.still_out


async def test_a_phone_system_that_answers_nothing_holds_up_no_farewell(tmp_path: Path) -> None:
    """Told to end, it has its time to restore; then it says who is left, whatever it still waits for."""
    async with office(tmp_path) as desk:
        silent = asyncio.Event()

        async def gate(_: int, __: str) -> bool:
            await silent.wait()
            return True

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call") and desk.test is not None:
                desk.gate.at = gate
                desk.test.stop("The program was told to end.", farewell=True)

        proof = await desk.prove(timing=replace(FAST, request=3600.0, farewell=0.2), then=then)
        silent.set()
        assert (proof.outcome, len(proof.not_restored)) == (ProofOutcome.ABORTED, 3)
        assert "Edit Agents of the queue, and log in: Ana Lopez, Ben Ito, Cara Singh" in proof.hint
        assert len(desk.entry.still_out) == 3


@pytest.mark.parametrize("quirks", [Quirks(write_delay_reads=3), Quirks(write_delay_seconds=6.0)])
async def test_a_server_that_lags(quirks: Quirks, tmp_path: Path) -> None:
    async with office(tmp_path, quirks=quirks) as desk:
        before = desk.rows()
        proof = await desk.prove(then=calling(desk))
        assert (proof.outcome, proof.restored) == (ProofOutcome.REACHED, proof.logged_out)
        assert desk.rows() == before


async def test_logouts_that_never_show(tmp_path: Path) -> None:
    async with office(tmp_path, Fault("/logout", FaultKind.STATUS, status=202, times=None)) as desk:
        before = desk.rows()
        proof = await desk.prove(timing=replace(FAST, grey_within=0.4))
        assert (proof.outcome, proof.restored) == (ProofOutcome.ABORTED, proof.logged_out)
        assert "still did not show as Grey" in (proof.why or "")
        assert desk.rows() == before


async def test_a_machine_that_slept(tmp_path: Path) -> None:
    slept = [0.0]
    async with office(tmp_path) as desk:
        before = desk.rows()

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                slept[0] = 600.0

        proof = await desk.prove(timing=replace(FAST, slept_so_far=lambda: slept[0]), then=then)
        assert (proof.outcome, proof.restored) == (ProofOutcome.ABORTED, proof.logged_out)
        assert "slept for 600 s" in (proof.why or "")
        assert desk.rows() == before


async def test_an_agent_who_was_deleted(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                agents = desk.pbx.floor._agents
                (row,) = desk.pbx.floor.seats("1002@lakeside.example", "8000")
                agents.remove(row)

        proof = await desk.prove(then=then)
        assert (proof.outcome, proof.not_restored) == (ProofOutcome.ABORTED, ("1002@lakeside.example",))
        assert any("Ben Ito is not in the queue any more" in caveat for caveat in proof.caveats)
        gone = [
            row
            for row in before
            if row["callqueue-agent-id"] == "1002@lakeside.example" and row["callqueue"] == "8000"
        ]
        assert desk.rows() == [row for row in before if row not in gone]


async def test_somebody_who_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:

        def then(progress: ProofProgress) -> None:
            if progress.line.startswith("Now call"):
                (row,) = desk.pbx.floor.seats("1002@lakeside.example", "8000")
                row["sub-portal-status"] = "Lunch"

        proof = await desk.prove(timing=replace(FAST, longest=0.6), then=then)
        assert proof.not_restored == ("1002@lakeside.example",)
        assert proof.restored == ("1001@lakeside.example", "1003@lakeside.example")
        assert any("sub-portal-status (nothing → Lunch)" in caveat for caveat in proof.caveats)
        assert "Edit Agents" in proof.hint
        (row,) = desk.pbx.floor.seats("1002@lakeside.example", "8000")
        assert row["callqueue-agent-availability-type"] == "manual"


@pytest.mark.parametrize(
    "phase", [Phase.TRIAL, Phase.LOGGING_OUT, Phase.GREYING, Phase.CALLING, Phase.FOLLOWING, Phase.RESTORING]
)
@pytest.mark.parametrize("cancelled", [False, True])
async def test_stopped_at_each_step(phase: Phase, cancelled: bool, tmp_path: Path) -> None:
    async with office(tmp_path, quirks=Quirks(write_delay_reads=2)) as desk:
        before = desk.rows()
        call, stopped = calling(desk), list[bool]()
        running: list[asyncio.Task[Proof]] = []
        if phase is Phase.FOLLOWING:
            # However late it is seen, it has not ended by then.
            desk.pbx.exchange.behaves[CELL] = Behaviour(Manner.RINGS_OUT)

        def then(progress: ProofProgress) -> None:
            call(progress)
            if progress.phase is phase and not stopped and desk.test is not None:
                stopped.append(True)
                if cancelled:
                    running[0].cancel()
                else:
                    desk.test.stop("Ctrl+C was pressed.", farewell=True)

        test = await desk.prepare(then=then)
        running.append(asyncio.ensure_future(test.run()))
        if cancelled and phase is not Phase.RESTORING:
            with pytest.raises(asyncio.CancelledError):
                await running[0]
        else:
            proof = await running[0]
            assert proof.outcome is (ProofOutcome.REACHED if phase is Phase.RESTORING else ProofOutcome.ABORTED)
            assert proof.not_restored == ()
        assert stopped
        assert desk.rows() == before
        assert (desk.entry.still_out, desk.entry.ended is not None) == ((), True)


async def test_a_fault_of_ours_restores_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        test = await desk.prepare()

        def fails(_: object) -> None:
            raise ZeroDivisionError

        test._follow = fails  # type: ignore[method-assign, assignment]
        proof = await test.run()
        assert (proof.outcome, proof.restored) == (ProofOutcome.ABORTED, proof.logged_out)
        assert proof.why == "queuewatch itself failed (ZeroDivisionError)."
        assert len(proof.logged_out) > 0
        assert desk.rows() == before
        assert "queuewatch itself failed (ZeroDivisionError) while testing a queue live" in capsys.readouterr().err
