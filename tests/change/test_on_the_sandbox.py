"""The safe edit through the real client on a real socket: on merging and on replacing servers, and on bad days."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from pathlib import Path

import pytest
from httpx import ASGITransport

from queuewatch.change import (
    Change,
    Proposal,
    RestoreWhenOffline,
    Result,
    ResultKind,
    SetRequireAgents,
    SetWhenOffline,
    apply,
    propose,
    propose_undo,
)
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.rules import Puts
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.polling.assemble import read_snapshot
from tests.journal.build import journal

IN_PROCESS = "http://127.0.0.1/ns-api/v2"
TOKEN = "nsd_0123456789abcdef-planted"
CELL = SetWhenOffline("2145550123")
NO_MORE_AGENTS = SetRequireAgents(False)
PUTS = pytest.mark.parametrize("puts", ["merge", "replace"])
CHANGES = pytest.mark.parametrize("change", [CELL, NO_MORE_AGENTS, SetWhenOffline(None)])

Held = dict[str, object]


async def at_once(_seconds: float) -> None:
    pass


def standing_still() -> float:
    return 0.0


@asynccontextmanager
async def lakeside(
    quirks: Quirks, *faults: Fault, on_a_socket: bool = False
) -> AsyncIterator[tuple[NetsapiensDomain, SandboxPbx]]:
    """A sample company and a client of it: in this process, or over a real socket, which takes longer."""
    pbx = SandboxPbx(load_sample("lakeside"))
    app = sandbox_app(pbx, quirks, list(faults), token=TOKEN)
    # A pacer whose every request lies a second after the last never has to wait.
    rate_limiter = RateLimiter(window=0.0)
    async with AsyncExitStack() as stack:
        if on_a_socket:
            client = NetsapiensDomain(
                await stack.enter_async_context(running(app)), pbx.domain, TOKEN, rate_limiter=rate_limiter
            )
        else:
            client = NetsapiensDomain(
                IN_PROCESS, pbx.domain, TOKEN, rate_limiter=rate_limiter, transport=lambda: ASGITransport(app=app)
            )
        stack.push_async_callback(client.close)
        yield client, pbx


async def made(client: NetsapiensDomain, change: Change, queue: str = "8000") -> tuple[Proposal, Result]:
    snapshot = await read_snapshot(client, [queue])
    proposal = await propose(client, snapshot, snapshot.queues[queue], change)
    return proposal, await apply(client, proposal, sleep=at_once, clock=standing_still)


def held(pbx: SandboxPbx) -> Held:
    """Every queue and every answering rule that the phone system holds."""
    return deepcopy({"queues": dict(pbx.floor.queues), "rules": pbx.rules})


def expected(before: Held, change: Change) -> Held:
    """What it should hold after: the one value changed, and every other exactly as it was."""
    after = deepcopy(before)
    queues, rules = after["queues"], after["rules"]
    assert isinstance(queues, dict)
    assert isinstance(rules, dict)
    match change:
        case SetRequireAgents(on):
            wanted = "yes" if on else "no"
            queues["8000"]["callqueue-require-available-agents-to-accept-new-callers"] = wanted
        case SetWhenOffline() | RestoreWhenOffline():
            (default,) = (rule for rule in rules["8000"] if rule["time-frame"] == "*")
            default["forward-when-unregistered"] = {
                "enabled": "yes" if change.forward.enabled else "no",
                "parameters": list(change.forward.destinations),
            }
    return after


def writes(pbx: SandboxPbx) -> list[str]:
    return [request.method for request in pbx.requests if request.method != "GET"]


@PUTS
@CHANGES
async def test_one_value_changes_and_every_other_stays(puts: Puts, change: Change) -> None:
    async with lakeside(Quirks(puts=puts), on_a_socket=True) as (client, pbx):
        before = held(pbx)
        proposal, result = await made(client, change)
        assert (result.kind, result.hint) == (ResultKind.CONFIRMED, "")
        assert held(pbx) == expected(before, change)
        assert writes(pbx) == ["PUT"]
        again = await propose(client, await read_snapshot(client), proposal.queue, change)
        assert again.nothing_to_do
        assert again.judged_before == proposal.judged_after


@PUTS
async def test_a_rule_with_everything_in_it_comes_back_whole(puts: Puts) -> None:
    quirks = Quirks(puts=puts, parameters_as_numbers=True, numbers_as_strings=True, empty_202=True)
    async with lakeside(quirks) as (client, pbx):
        (default,) = (rule for rule in pbx.rules["8000"] if rule["time-frame"] == "*")
        default["forward-on-busy"] = {"enabled": "yes", "parameters": ["12145550155", "vmail_8000"]}
        default["simultaneous-ring"] = {"enabled": "yes", "parameters": ["<OwnDevices>", "3456;delay=15"]}
        default["do-not-disturb"] = {"enabled": "yes"}
        before = held(pbx)
        _, result = await made(client, CELL)
        assert result.ok
        # A server that sends numbers is sent the same numbers back.
        after = held(pbx)
        rules = after["rules"]
        assert isinstance(rules, dict)
        (stored,) = (rule for rule in rules["8000"] if rule["time-frame"] == "*")
        stored["forward-on-busy"]["parameters"] = [str(one) for one in stored["forward-on-busy"]["parameters"]]
        assert after == expected(before, CELL)


@PUTS
async def test_a_missing_default_rule_is_created_so_that_calls_still_enter_the_queue(puts: Puts) -> None:
    async with lakeside(Quirks(puts=puts)) as (client, pbx):
        pbx.rules["8000"] = [rule for rule in pbx.rules["8000"] if rule["time-frame"] != "*"]
        pbx.rules_changed()
        others = deepcopy(pbx.rules["8000"])
        proposal, result = await made(client, CELL)
        assert result.ok
        assert writes(pbx) == ["POST"]
        assert pbx.rules["8000"][:-1] == others
        created = pbx.rules["8000"][-1]
        assert created["forward-when-unregistered"] == {"enabled": "yes", "parameters": ["2145550123"]}
        assert created["forward-always"] == {"enabled": "yes", "parameters": ["queue_8000"]}
        snapshot = await read_snapshot(client)
        again = await propose(client, snapshot, snapshot.queues["8000"], CELL)
        assert again.judged_before == proposal.judged_after


@CHANGES
async def test_a_write_that_shows_late_is_waited_for(change: Change) -> None:
    async with lakeside(Quirks(write_delay_reads=3)) as (client, _):
        assert (await made(client, change))[1].ok


@CHANGES
async def test_a_write_that_never_shows_is_not_called_done(change: Change) -> None:
    async with lakeside(Quirks(ignore_writes=True)) as (client, pbx):
        before = held(pbx)
        _, result = await made(client, change)
        assert result.kind is ResultKind.UNCONFIRMED
        assert held(pbx) == before


@CHANGES
async def test_a_server_that_changes_something_else_is_found_out(change: Change) -> None:
    async with lakeside(Quirks(spoils_other_block=True)) as (client, _):
        _, result = await made(client, change)
        assert result.kind is ResultKind.SPOILED
        toggled = isinstance(change, SetRequireAgents)
        assert ("callqueue-max-wait-timeout-minutes" if toggled else "forward-on-active") in result.sentence


@CHANGES
@pytest.mark.parametrize("kind", [FaultKind.DROPPED, FaultKind.TRUNCATED, FaultKind.STATUS])
@pytest.mark.parametrize("applied", [True, False])
async def test_a_lost_answer_is_resolved_by_reading_back(change: Change, kind: FaultKind, applied: bool) -> None:
    fault = Fault("", kind, status=502, method="PUT", applied=applied)
    async with lakeside(Quirks(), fault, on_a_socket=kind is FaultKind.DROPPED) as (client, pbx):
        before = held(pbx)
        _, result = await made(client, change)
        happened = held(pbx) != before
        assert happened is fault.carries_out
        assert result.kind is (ResultKind.CONFIRMED if happened else ResultKind.UNKNOWN)
        assert held(pbx) == (expected(before, change) if happened else before)


@CHANGES
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
async def test_a_refusal_changes_nothing_and_says_so(change: Change, status: int) -> None:
    async with lakeside(Quirks(), Fault("", FaultKind.STATUS, None, status, method="PUT")) as (client, pbx):
        before = held(pbx)
        _, result = await made(client, change)
        assert result.kind is ResultKind.REFUSED
        assert "was not changed" in result.sentence
        assert TOKEN not in result.sentence + result.hint
        assert held(pbx) == before


async def test_somebody_elses_edit_between_the_proposal_and_the_yes_is_not_written_over() -> None:
    async with lakeside(Quirks()) as (client, pbx):
        snapshot = await read_snapshot(client)
        proposal = await propose(client, snapshot, snapshot.queues["8000"], CELL)
        (default,) = (rule for rule in pbx.rules["8000"] if rule["time-frame"] == "*")
        default["forward-no-answer"] = {"enabled": "yes", "parameters": ["vmail_8000"]}
        result = await apply(client, proposal, sleep=at_once)
        assert result.kind is ResultKind.MOVED
        assert "forward-no-answer" in result.sentence
        assert writes(pbx) == []


async def test_a_client_that_may_only_read_never_writes() -> None:
    async with lakeside(Quirks()) as (_, pbx):
        reader = NetsapiensDomain(
            IN_PROCESS,
            pbx.domain,
            TOKEN,
            transport=lambda: ASGITransport(app=sandbox_app(pbx, token=TOKEN)),
            read_only=True,
            rate_limiter=RateLimiter(window=0.0),
        )
        try:
            _, result = await made(reader, CELL)
        finally:
            await reader.close()
        assert result.kind is ResultKind.NOT_SENT
        assert writes(pbx) == []


STORED = [
    {"enabled": "yes", "parameters": ["12145550100"]},
    {"enabled": "yes", "parameters": ["12145550100", "vmail_8000"]},
    {"enabled": "no", "parameters": ["12145550100"]},
    {"enabled": "no", "parameters": []},
]


@PUTS
@pytest.mark.parametrize("stored", STORED)
async def test_undo_leaves_every_rule_and_queue_as_it_was(
    puts: Puts, stored: dict[str, object], tmp_path: Path
) -> None:
    async with lakeside(Quirks(puts=puts)) as (client, pbx):
        (default,) = (rule for rule in pbx.rules["8000"] if rule["time-frame"] == "*")
        default["forward-when-unregistered"] = stored
        before = held(pbx)
        book = journal(tmp_path)
        for change in (CELL, NO_MORE_AGENTS):
            snapshot = await read_snapshot(client, ["8000"])
            proposal = await propose(client, snapshot, snapshot.queues["8000"], change)
            assert (await apply(client, proposal, journal=book, sleep=at_once, clock=standing_still)).ok
        for entry in reversed(book.read().entries):
            undoing = await propose_undo(client, await read_snapshot(client, ["8000"]), book.read(), entry)
            assert (await apply(client, undoing, journal=book, sleep=at_once, clock=standing_still)).ok
        assert held(pbx) == before
        assert TOKEN.encode() not in book.path.read_bytes()
