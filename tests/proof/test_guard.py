"""The guard as the process it is: what it is told, and what it does once the first one is gone."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queuewatch.journal import Log, Who
from queuewatch.journal.proofs import AgentStep, ProofEntry, ProofStep
from queuewatch.proof.guard import GuardOrder, GuardProcess, start_guard
from queuewatch.proof.interrupted import going_on, interrupted
from queuewatch.proof.permission import ProofPlan
from queuewatch.proof.proof import ProofOutcome
from queuewatch.proof.restoring import row_of
from tests.alerts.waiting import eventually

from .office import FAST, TOKEN, Office, office


def order(desk: Office, *, address: str = "", token: str = TOKEN) -> GuardOrder:
    async def bearer() -> str:
        return token

    return GuardOrder(
        address or desk.client.address,
        desk.client.domain,
        desk.journal.path,
        desk.journal.who,
        bearer,
        hidden=("QUEUEWATCH_TOKEN",),
        timing=FAST,
    )


def shown_of(pid: int) -> bytes:
    """What the system shows others of a process: its arguments, and its environment."""
    files = [Path(f"/proc/{pid}/{name}") for name in ("cmdline", "environ")]
    return b"".join(file.read_bytes() for file in files if file.exists())


@pytest.mark.parametrize("set_by", [timedelta(), timedelta(hours=1), timedelta(hours=-1)])
async def test_it_restores_once_the_first_process_is_gone(
    set_by: timedelta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the clock on the wall was set since the logouts were logged."""
    monkeypatch.setenv("QUEUEWATCH_TOKEN", TOKEN)
    async with office(tmp_path) as desk:
        before = desk.rows()
        plan = await desk.may()
        assert isinstance(plan, ProofPlan)
        now = datetime.now(UTC) - set_by
        entry = desk.journal.begin_proof(
            ProofEntry(
                "",
                now,
                desk.journal.who,
                desk.client.address,
                desk.client.domain,
                "8000",
                agents={one.agent.id: row_of(one) for one in plan.agents},
            )
        )
        process = await start_guard(order(desk), entry)
        pid = process.process.pid
        assert TOKEN.encode() not in shown_of(pid)
        assert os.getsid(pid) == pid
        for one in plan.agents:
            desk.journal.add_proof(entry.id, ProofStep(now, one.agent.id, AgentStep.LOGGING_OUT))
            await desk.client.log_agent("8000", one.agent.id, False)
        for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            os.kill(pid, name)
        assert await process.keep() == ""
        # What the system does when a process dies, however it does.
        assert process.process.stdin is not None
        process.process.stdin.close()
        await eventually(lambda: desk.entry.ended is not None)
        assert desk.rows() == before
        assert (desk.entry.outcome, desk.entry.still_out) == ("aborted", ())
        assert {step.by for step in desk.entry.steps if step.did == AgentStep.RESTORED} == {"guard"}
        await eventually(lambda: process.process.poll() is not None)
        assert await process.keep() == "somebody has ended it."
        await process.ended()


def no_such_program(monkeypatch: pytest.MonkeyPatch, desk: Office) -> GuardOrder:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    return order(desk)


def no_phone_system(monkeypatch: pytest.MonkeyPatch, desk: Office) -> GuardOrder:
    return order(desk, address="http://127.0.0.1:9/ns-api/v2")


def another_token(monkeypatch: pytest.MonkeyPatch, desk: Office) -> GuardOrder:
    return order(desk, token="nsd_of_somebody_else")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (no_such_program, "No such file or directory"),
        (no_phone_system, "127.0.0.1:9"),
        (another_token, "token"),
    ],
)
async def test_without_a_guard_there_is_no_test(
    spoil: Callable[[pytest.MonkeyPatch, Office], GuardOrder],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with office(tmp_path) as desk:
        before = desk.rows()
        spoilt = spoil(monkeypatch, desk)

        async def start(entry: ProofEntry) -> GuardProcess:
            return await start_guard(spoilt, entry)

        proof = await desk.prove(start_guard=start)
        assert (proof.outcome, proof.logged_out) == (ProofOutcome.REFUSED, ())
        assert why in (proof.why or "")
        assert [path for path in desk.gate.passed if "logout" in path] == []
        assert desk.rows() == before


async def test_a_test_whose_guard_dies_is_given_up(tmp_path: Path) -> None:
    class Dying:
        async def keep(self) -> str:
            return "somebody has ended it."

        async def ended(self) -> None:
            pass

    async def start(_: ProofEntry) -> Dying:
        return Dying()

    async with office(tmp_path) as desk:
        before = desk.rows()
        proof = await desk.prove(start_guard=start)
        assert (proof.outcome, proof.restored) == (ProofOutcome.ABORTED, proof.logged_out)
        assert proof.why == "The guard is gone: somebody has ended it."
        assert desk.rows() == before


def test_a_test_that_goes_on_was_not_interrupted(tmp_path: Path) -> None:
    step = ProofStep(datetime.now(UTC), "1001@acme.example", AgentStep.LOGGED_OUT)
    entry = ProofEntry("7", step.at, Who("", "jane"), "there", "acme.example", "8000", steps=(step,))
    journal, log = tmp_path / "changes.jsonl", Log(proofs=(entry,))
    with going_on(journal, "7"):
        assert interrupted(journal, log, "there", "acme.example") == ()
    assert interrupted(journal, log, "there", "acme.example") == (entry,)
    assert interrupted(journal, log, "there", "another.example") == ()
    assert list(tmp_path.iterdir()) == []
