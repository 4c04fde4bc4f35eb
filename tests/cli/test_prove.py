"""``queuewatch prove``: what is asked, what is refused, what is written, and the exit status."""

import asyncio
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

import pytest
from anyio.from_thread import start_blocking_portal
from msgspec.structs import replace

from queuewatch.journal import Journal, Who
from queuewatch.journal.proofs import AgentRow, AgentStep, ProofEntry, ProofStep
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.profiles.config import load_config
from queuewatch.proof.guard import GuardFailed, GuardOrder, start_guard
from tests.proof.office import FAST, SPEED

from .conftest import TOKEN, Run, Served

TypeIn = Callable[[str], None]
PROVE = ("prove", "8000", "--call-from", "1010")


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch, environment: Path) -> Iterator[SandboxPbx]:
    """A company whose people answer, on a real socket, and a profile for it."""
    sample = load_sample("lakeside")
    pbx = SandboxPbx(sample, clock=SandboxClock(sample.start, SPEED))
    pbx.floor.hang_up("1002")
    monkeypatch.setattr("queuewatch.commands.prove.TIMING", FAST)
    monkeypatch.setattr("queuewatch.proof.preparing.LOOK_AGAIN", 0.02)
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        address = stack.enter_context(portal.wrap_async_context_manager(running(sandbox_app(pbx, token=TOKEN))))
        environment.write_text(f'[profiles.acme]\nurl = "{address}"\ndomain = "{pbx.domain}"\n', encoding="utf-8")
        monkeypatch.setenv("QUEUEWATCH_TOKEN", TOKEN)
        yield pbx


def rows(pbx: SandboxPbx) -> list[dict[str, object]]:
    return [dict(row) for row in pbx.floor._agents]


def test_a_guided_test(company: SandboxPbx, run: Run, type_in: TypeIn) -> None:
    before = rows(company)
    type_in("y\n\nperhaps\ny\n")
    ran = run(*PROVE)
    assert (ran.status, rows(company) == before) == (0, True)
    assert "It logs out 3 agents of this one queue: Ana Lopez, Ben Ito and Cara Singh." in ran.out
    assert (
        "If this machine dies: portal, Call Queues, Front Desk (8000), Edit Agents, log in: Ana Lopez" in ran.out
    )
    assert "The guard is there" in ran.out
    assert ran.out.count("Did the right person or greeting answer?") == 3
    assert "Front Desk (8000): PROVEN · (214) 555-0100 " in ran.out
    assert "Begin? [y/N]" in ran.err


def test_json_is_one_document(company: SandboxPbx, run: Run) -> None:
    ran = run(*PROVE, "--yes", "--json")
    document = json.loads(ran.out)
    assert (ran.status, document["outcome"]) == (0, "reached")
    assert list(document) == [
        *("queue", "outcome", "rule", "destination", "reached", "logged_out", "restored", "not_restored"),
        *("other_calls", "caveats", "why", "by", "began_at", "ended_at"),
    ]
    assert document["reached"].keys() == {"kind", "target", "answered", "seconds"}
    assert document["restored"] == document["logged_out"]
    assert "Cara Singh is Grey." in ran.err


def test_no_is_no(company: SandboxPbx, run: Run, type_in: TypeIn) -> None:
    before = rows(company)
    type_in("n\n")
    ran = run(*PROVE)
    assert (ran.status, rows(company) == before) == (1, True)
    assert "Nothing was begun." in ran.out


def test_nobody_is_logged_out_for_a_call_that_nothing_tells(
    company: SandboxPbx, run: Run, type_in: TypeIn
) -> None:
    """Without the number that calls, no call could be known as the test's."""
    type_in("\n(none)\n2145550911\nn\n")
    ran = run("prove", "8000")
    assert ran.status == 1
    assert ran.err.count("The number that you will call from: ") == 3
    assert ran.err.count("is no number and no extension") == 2
    assert "Nothing was begun." in ran.out
    assert "You then call it as its callers do, by a menu or another queue (no number leads straight to" in ran.out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("prove", "8000", "--my-number", "2145550911", "--yes"), "the queue's number has to be typed first"),
        (PROVE, "There is no terminal to confirm it at."),
        (("--read-only", *PROVE, "--yes"), "queuewatch is read-only here"),
        (("prove", "8006", "--call-from", "1010", "--yes"), "would not fail over to anybody"),
    ],
)
def test_refused_is_a_document_too(words: tuple[str, ...], why: str, company: SandboxPbx, run: Run) -> None:
    ran = run(*words, "--json")
    document = json.loads(ran.out)
    assert (ran.status, document["outcome"], document["logged_out"]) == (1, "refused", [])
    assert why in document["why"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("prove",), 2),
        (("prove", "8000", "--my-number", "2145550911", "--call-from", "1010"), 2),
        (("prove", "8000", "--call-from", "(none)"), 2),
        (("prove", "8000", "--yes"), 2),
        (("prove", "8000", "--for", "11m"), 2),
        (("prove", "8000", "--for", "soon"), 2),
        (("prove", "--restore", "8000"), 2),
        (("prove", "4711", "--call-from", "1010", "--yes"), 2),
        (("--url", "http://127.0.0.1:9", "--domain", "x.example", *PROVE, "--yes"), 3),
    ],
)
def test_wrong_words_and_nobody_there(words: tuple[str, ...], status: int, company: SandboxPbx, run: Run) -> None:
    ran = run(*words, "--json")
    assert (ran.status, ran.out) == (status, "")
    assert ran.err.startswith("queuewatch: ")


def test_in_production_the_number_is_typed(
    company: SandboxPbx, run: Run, type_in: TypeIn, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.write_text(f"{environment.read_text(encoding='utf-8')}production = true\n", encoding="utf-8")
    before = rows(company)
    for typed, status in (("y\n", 1), ("8001\n", 1), ("8000\ny\n", 0)):
        type_in(typed)
        ran = run(*PROVE, "--yes")
        assert (ran.status, rows(company) == before) == (status, True), ran.out
        for call in list(company.exchange.calls):
            company.exchange.hang_up(call)
    # Without a terminal there is nothing that stands for it.
    monkeypatch.setattr(sys, "stdin", None)
    ran = run(*PROVE, "--yes", "--json")
    assert "acme is in production: the queue's number has to be typed" in json.loads(ran.out)["why"]


def test_the_number_may_be_piped_where_nobody_sits(
    company: SandboxPbx, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queuewatch.commands.prove.TIMING", replace(FAST, longest=2.0))
    for piped, outcome in (("8001\n", "refused"), ("", "refused"), ("8000\n", "no_call")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(piped))
        ran = run("prove", "8000", "--my-number", "2145550911", "--yes", "--json")
        assert json.loads(ran.out)["outcome"] == outcome


def test_it_waits_until_nobody_is_on_a_call(company: SandboxPbx, run: Run) -> None:
    company.floor.begin_call("1002")
    timer = Timer(0.6, company.floor.hang_up, ("1002",))
    timer.start()
    ran = run(*PROVE, "--yes", "--wait")
    timer.join()
    assert ran.status == 0
    assert "Waiting: Ben Ito is on a call." in ran.out


def left_logged_out(state: Path, company: SandboxPbx, address: str) -> Journal:
    """The log of a test that was killed, and so was its guard."""
    journal = Journal(state / "changes.jsonl", Who("acme", "jane"))
    agents = {}
    for agent in ("1001@lakeside.example", "1003@lakeside.example"):
        (row,) = company.floor.seats(agent, "8000")
        agents[agent] = AgentRow(dict(row))
        company.floor.log_out([row])
    now = datetime.now(UTC)
    entry = journal.begin_proof(
        ProofEntry("", now, journal.who, address, company.domain, "8000", "Front Desk", agents=agents)
    )
    journal.add_proof(entry.id, *(ProofStep(now, agent, AgentStep.LOGGED_OUT) for agent in agents))
    return journal


def address_in(profile: Path) -> str:
    return profile.read_text(encoding="utf-8").split('"')[1]


def test_a_later_start_says_that_agents_may_be_logged_out(
    company: SandboxPbx, run: Run, type_in: TypeIn, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(company)
    journal = left_logged_out(environment.parent / "state", company, address_in(environment))
    ran = run("status", "8000")
    assert "A test of Front Desk was interrupted; 2 agents may still be logged out." in ran.err
    assert "queuewatch prove --restore" in ran.err
    # Each is asked about; one is left, the other logged in.
    type_in("n\ny\n")
    ran = run("prove", "--restore")
    assert (ran.status, "1 agents" in ran.err) == (1, False)
    assert "Ana Lopez: logged out since" in ran.out
    assert "phone connected, row unchanged" in ran.out
    assert "Cara Singh is logged in again." in ran.out
    assert journal.read().proofs[-1].still_out == ("1001@lakeside.example",)
    # With --yes only those whom nobody has touched since.
    (row,) = company.floor.seats("1001@lakeside.example", "8000")
    row["ordinal-order"], order = 9, row["ordinal-order"]
    monkeypatch.setattr(sys, "stdin", None)
    entry = journal.read().proofs[-1]
    settings = {"callqueue-agent-availability-type": "manual"}
    journal.add_proof(
        entry.id,
        ProofStep(
            datetime.now(UTC), "1001@lakeside.example", AgentStep.LOGGED_OUT, row=AgentRow({"a": 1}, settings)
        ),
    )
    assert run("prove", "--restore", "--yes").status == 1
    row["ordinal-order"] = order
    type_in("y\n")
    assert run("prove", "--restore").status == 0
    assert rows(company) == before
    assert run("status", "8000").err == ""
    assert "there is nobody to log in" in run("prove", "--restore").out


def test_receivers_are_told(company: SandboxPbx, run: Run, environment: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = [sys.executable, "-c", f"import sys; open({str(told)!r}, 'a').write(sys.stdin.read())"]
    rule = f"[[profiles.acme.alerts]]\ncommand = {json.dumps(command)}\n"
    environment.write_text(f"{environment.read_text(encoding='utf-8')}{rule}", encoding="utf-8")
    assert run(*PROVE, "--yes").status == 0
    first, last = (json.loads(line) for line in told.read_text(encoding="utf-8").splitlines())
    assert first["alerts"][0]["kind"] == last["alerts"][0]["kind"] == "live_test"
    assert first["alerts"][0]["sentence"].startswith("A live failover test of Front Desk (8000) begins: 3 agents")
    assert "has ended: reached" in last["alerts"][0]["sentence"]


def test_what_cannot_be_logged_is_not_begun(company: SandboxPbx, run: Run, environment: Path) -> None:
    before = rows(company)
    (environment.parent / "state" / "changes.jsonl").mkdir(parents=True)
    ran = run(*PROVE, "--yes", "--json")
    assert (ran.status, rows(company) == before) == (2, True)
    (environment.parent / "state" / "changes.jsonl").rmdir()
    (environment.parent / "state").chmod(0o700)
    assert run(*PROVE, "--yes", "--json").status == 0


def test_the_guard_has_the_session_that_is_kept(
    login: Run, served: Served, environment: Path, tmp_path: Path
) -> None:
    assert login().status == 0
    (profile,) = load_config(environment).profiles.values()
    journal = Journal(tmp_path / "state" / "changes.jsonl", Who(profile.name, "jane"))
    now = datetime.now(UTC)
    entry = journal.begin_proof(ProofEntry("", now, journal.who, served.address, profile.domain, "8000"))

    async def run_out() -> str:
        return "eyJ.a-token-that-has-run.out"

    async def start(session: str) -> None:
        order = GuardOrder(served.address, profile.domain, journal.path, journal.who, run_out, session)
        guard = await start_guard(order, entry)
        await guard.ended()
        assert guard.process.returncode == 0

    asyncio.run(start(profile.name))
    with pytest.raises(GuardFailed):
        asyncio.run(start(""))
