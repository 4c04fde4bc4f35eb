"""A plan carried out: one group of the log, stopped where it fails, and taken back to the last block."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from pathlib import Path

import pytest
from httpx import ASGITransport

from queuewatch.change import Proposal, ResultKind
from queuewatch.failover.model import Queue
from queuewatch.journal import Journal
from queuewatch.pbx.errors import Rejected, Unreachable
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.rules import Puts
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from queuewatch.polling.assemble import read_snapshot
from queuewatch.setup.carry_out import AskAgain, CarriedOut, carry_out, never
from queuewatch.setup.plan import SetupPlan, make_plan, plan_of_undo, wanted_by_file
from queuewatch.setup.setup_file import read_toml
from tests.change.in_memory import InMemory
from tests.failover.build import CELL, default, office, to
from tests.journal.build import journal

STORM = """
[queues.8000]
when_offline = false
require_agents = false
[queues.8001]
when_offline = ["2145550123", "vmail_8001"]
[queues.8002]
when_offline = "queue_8003"
[queues.8006]
require_agents = true
when_offline = "15125550140"
"""


async def at_once(_: float) -> None:
    pass


async def plan_by(system: PhoneSystem, text: str) -> SetupPlan:
    snapshot = await read_snapshot(system)
    return await make_plan(system, snapshot, wanted_by_file(snapshot, read_toml("storm.toml", text)), force=True)


async def carried_out(
    system: PhoneSystem,
    plan: SetupPlan,
    log: Journal | None = None,
    *,
    keep_going: bool = False,
    ask: AskAgain = never,
) -> CarriedOut:
    outcome = CarriedOut()
    await carry_out(system, plan, outcome, journal=log, keep_going=keep_going, ask_again=ask, sleep=at_once)
    return outcome


async def undone(system: PhoneSystem, log: Journal, group: str) -> CarriedOut:
    snapshot, written = await read_snapshot(system), log.read()
    plan = await plan_of_undo(system, snapshot, written, group, None, force=True)
    return await carried_out(system, plan, log)


@asynccontextmanager
async def lakeside(puts: Puts) -> AsyncIterator[tuple[NetsapiensDomain, SandboxPbx]]:
    pbx = SandboxPbx(load_sample("lakeside"))
    app = sandbox_app(pbx, Quirks(puts=puts), token="nsd_planted")
    client = NetsapiensDomain(
        "http://127.0.0.1/ns-api/v2",
        pbx.domain,
        "nsd_planted",
        rate_limiter=RateLimiter(window=0.0),
        transport=lambda: ASGITransport(app=app),
    )
    try:
        yield client, pbx
    finally:
        await client.close()


def held(pbx: SandboxPbx) -> object:
    return deepcopy((dict(pbx.floor.queues), pbx.rules))


@pytest.mark.parametrize("puts", ["merge", "replace"])
async def test_a_plan_is_one_group_and_undo_restores_every_block(puts: Puts, tmp_path: Path) -> None:
    log = journal(tmp_path)
    async with lakeside(puts) as (client, pbx):
        before = held(pbx)
        outcome = await carried_out(client, await plan_by(client, STORM), log)
        assert outcome.ok
        assert held(pbx) != before
        assert not (await plan_by(client, STORM)).changes
        entries = log.read().entries
        assert [entry.edit.group for entry in entries] == ["1"] * 6
        back = await undone(client, log, "1")
        assert back.ok
        assert held(pbx) == before
        entries = log.read().entries
        assert [entry.edit.undoes for entry in entries[6:]] == ["6", "5", "4", "3", "2", "1"]
        assert back.group == "7"


SALES, SUPPORT, BILLING = Queue("8000", "Sales"), Queue("8001", "Support"), Queue("8002", "Billing")
OFFICE = office(
    SALES,
    SUPPORT,
    BILLING,
    rules={"8000": [default()], "8001": [default()], "8002": [default(offline=to("vmail_1"))]},
)
WANTED = f"""
[queues.8000]
require_agents = true
when_offline = "{CELL}"
[queues.8001]
require_agents = true
when_offline = "{CELL}"
[queues.8002]
when_offline = false
"""


def state(pbx: InMemory) -> object:
    return dict(pbx.queues), dict(pbx.rules)


@pytest.mark.parametrize("moment", ["write", "written"])
@pytest.mark.parametrize("nth", range(1, 6))
async def test_killed_anywhere_nothing_is_lost_or_unsaid(nth: int, moment: str, tmp_path: Path) -> None:
    """The log knows all that was begun, the next plan shows all that is left, and undo takes back all the same."""
    pbx, log = InMemory.holding(OFFICE), journal(tmp_path)
    before = state(pbx)
    plan = await plan_by(pbx, WANTED)

    def end() -> None:
        raise asyncio.CancelledError

    pbx.on(moment, nth, end)
    outcome = CarriedOut()
    with suppress(asyncio.CancelledError):
        await carry_out(pbx, plan, outcome, journal=log, sleep=at_once)
    assert outcome.under_way is plan.changes[nth - 1]
    assert [made.proposal for made in outcome.done] == list(plan.changes[: nth - 1])
    assert len(log.read().group("1")) == nth
    # What arrived shows from the next reading on.
    await pbx.read_stored_queue("8000")
    left = await plan_by(pbx, WANTED)
    arrived = moment == "written"
    assert [change.subject for change in left.changes] == [
        change.subject for change in plan.changes[nth - 1 + arrived :]
    ]
    assert (await undone(pbx, log, "1")).ok
    assert state(pbx) == before


@pytest.mark.parametrize("keep_going", [False, True])
async def test_it_stops_at_the_first_that_fails_unless_told_to_keep_going(keep_going: bool) -> None:
    pbx = InMemory.holding(OFFICE)
    pbx.on("write", 1, Rejected("No.", "Ask."))
    outcome = await carried_out(pbx, await plan_by(pbx, WANTED), keep_going=keep_going)
    assert [made.result.kind for made in outcome.failed] == [ResultKind.REFUSED]
    failed = outcome.failed[0].proposal.queue.extension
    # Require Agents of that queue counted on the forward: it is not made without.
    left = [proposal.subject for proposal in outcome.left]
    if keep_going:
        assert left == [f"Require Agents of {OFFICE.queues[failed].label}"]
        assert len(outcome.done) == 3
    else:
        assert (len(left), outcome.done) == (4, ())


async def test_a_phone_system_that_goes_away_leaves_the_rest() -> None:
    pbx = InMemory.holding(OFFICE)
    plan = await plan_by(pbx, WANTED)
    pbx.on("stored", 5, lambda: pbx.always("stored", Unreachable("Gone.", "Wait.")))
    outcome = await carried_out(pbx, plan)
    assert not outcome.ok
    pbx.recover()
    rest = await plan_by(pbx, WANTED)
    assert [change.subject for change in rest.changes] == [
        change.subject for change in plan.changes[len(outcome.done) :]
    ]


@pytest.mark.parametrize("answer", [True, False])
async def test_what_moved_since_it_was_planned_is_asked_about_again(answer: bool) -> None:
    pbx = InMemory.holding(OFFICE)
    plan = await plan_by(pbx, WANTED)
    pbx.set_when_offline("8002", to("3125550199"))
    asked: list[Proposal] = []

    async def ask(proposal: Proposal) -> bool:
        asked.append(proposal)
        return answer

    outcome = await carried_out(pbx, plan, ask=ask)
    assert [proposal.moved for proposal in asked] == [
        ("When Offline was the voicemail of user 1 · vmail_1 and is now (312) 555-0199 · 3125550199.",)
    ]
    assert outcome.ok is answer
    (told,) = [made.proposal for made in outcome.made if made.proposal.queue.extension == "8002"]
    assert told.before == "(312) 555-0199 · 3125550199", "what was there, not what was planned from"
    if not answer:
        assert [made.result.kind for made in outcome.failed] == [ResultKind.MOVED]
        assert pbx.rules["8002"].default == default(offline=to("3125550199"))


async def test_what_somebody_set_so_meanwhile_is_done() -> None:
    pbx = InMemory.holding(OFFICE)
    plan = await plan_by(pbx, "[queues.8000]\nrequire_agents = true\n")
    pbx.set_require_agents("8000", True)
    assert (await carried_out(pbx, plan)).ok
    assert pbx.written == []


async def test_what_is_written_over_before_the_end_is_told(tmp_path: Path) -> None:
    pbx, log = InMemory.holding(OFFICE), journal(tmp_path)
    plan = await plan_by(pbx, WANTED)
    first = plan.changes[0].queue.extension
    # The last change is read, written and read back; then every one is looked at once more.
    pbx.on("stored", 2 * len(plan.changes) + 1, lambda: pbx.set_when_offline(first, to("3125550199")))
    outcome = await carried_out(pbx, plan, log)
    assert [made.result.kind for made in outcome.failed] == [ResultKind.OVERTAKEN]
    assert log.read().entries[0].outcome == ResultKind.OVERTAKEN


async def test_undo_leaves_alone_what_somebody_set_since(tmp_path: Path) -> None:
    pbx, log = InMemory.holding(OFFICE), journal(tmp_path)
    await carried_out(pbx, await plan_by(pbx, WANTED), log)
    pbx.set_when_offline("8000", to("3125550199"))
    plan = await plan_of_undo(pbx, await read_snapshot(pbx), log.read(), "1", None, force=True)
    assert [refused.why for refused in plan.refused] == [
        "Somebody changed When Offline of Sales (8000) since change 1: "
        "it was left at (214) 555-0100 · 2145550100 and is now 3125550199."
    ]


async def test_undo_of_a_group_reaches_no_further_than_whoever_asks(tmp_path: Path) -> None:
    pbx, log = InMemory.holding(OFFICE), journal(tmp_path)
    made = await carried_out(pbx, await plan_by(pbx, WANTED), log)
    looker = Identity(scope="Basic User", login="eve")
    plan = await plan_of_undo(pbx, await read_snapshot(pbx), log.read(), made.group, looker, force=True)
    assert not plan.changes
    assert len(plan.refused) == len(made.done)
    assert {refused.why for refused in plan.refused} == {
        "The scope Basic User does not change queues; an Office Manager's does."
    }


async def test_a_plan_takes_four_requests_a_change() -> None:
    pbx = InMemory.holding(OFFICE)
    plan = await plan_by(pbx, WANTED)
    pbx.asked.clear()
    await carried_out(pbx, plan)
    # "written" is of the test's own phone system, the same request again.
    assert len([request for request in pbx.asked if request != "written"]) == 4 * len(plan.changes)
