"""The whole client against the sample phone system, over real HTTP on a loopback port."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import product

import pytest
from msgspec import structs
from msgspec.structs import replace

from queuewatch.failover.model import Forward
from queuewatch.pbx import errors
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import AbsentRule, LiveReading, PhoneSystem, StoredRule
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.rules import Puts
from queuewatch.pbx.sandbox.samples import Row, Spelling, load_sample, sample_names
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app

from .still import StillClock

TOKEN = "nsd_0123456789abcdef-planted"
CELL = Forward(enabled=True, destinations=("12145550199",))

PLAIN = Quirks()
QUIRKS = {
    "live spelling": PLAIN,
    "spec spelling": Quirks(spelling="spec"),
    "numbers as texts": Quirks(numbers_as_strings=True),
    "parameters as numbers": Quirks(parameters_as_numbers=True),
    "empty lists are 404": Quirks(empty_lists_are_404=True),
    "bare objects": Quirks(bare_objects=True),
    "pages from one": Quirks(page_start_at_one=True),
    "underscores in names": Quirks(underscores=True),
    "underscores in the vendor's names": Quirks(underscores=True, spelling="spec"),
    "lists in an object": Quirks(lists_in="data"),
    "lists in an object of the gateway's own": Quirks(lists_in="callqueue-list"),
    "queues by their alias": Quirks(agents_name_queues="queue_{queue}"),
    "queues with their domain": Quirks(agents_name_queues="{queue}@lakeside.example"),
}


@asynccontextmanager
async def office(
    quirks: Quirks = PLAIN, *faults: Fault, retries: int = 0, seconds: float = 15.0, sample: str = "lakeside"
) -> AsyncIterator[tuple[NetsapiensDomain, SandboxPbx]]:
    company = SandboxPbx(load_sample(sample))
    async with running(sandbox_app(company, quirks, list(faults), token=TOKEN)) as address:
        still = StillClock()
        client = NetsapiensDomain(
            address,
            company.domain,
            TOKEN,
            retries=retries,
            timeout=seconds,
            clock=lambda: company.now,
            rate_limiter=RateLimiter(clock=still, sleep=still.sleep),
        )
        try:
            yield client, company
        finally:
            await client.close()


async def everything(client: PhoneSystem, company: SandboxPbx) -> dict[str, object]:
    """All that can be read of a company, problems included."""
    live = await client.read_live()
    queues = [queue.extension for queue in live.queues]
    return {
        "live": live,
        "rules": {queue: await client.read_rules(queue) for queue in queues},
        "users": await client.read_users(),
        "numbers": await client.read_numbers(),
        "attendants": await client.read_attendants(),
        "sites": await client.read_sites(),
        "time frames": await client.read_time_frames(None),
        "devices": {user: await client.read_devices(user) for user in list(company.users)[:3]},
    }


@pytest.mark.parametrize("sample", sample_names())
async def test_a_sample_is_read_whole_and_without_a_problem(sample: str) -> None:
    async with office(sample=sample) as (client, company):
        live = await client.read_live()
        users = await client.read_users()
        rules = [await client.read_rules(queue.extension) for queue in live.queues]
    assert len(live.queues) == len(company.sample.callqueues)
    assert len(live.agents) == len(company.sample.agents)
    assert len(users.items) == len(company.sample.users)
    assert (*live.problems, *users.problems) == ()
    assert all(queue_rules.known for queue_rules in rules)
    assert live.taken_at == company.sample.start


@pytest.mark.parametrize("quirk", [name for name in QUIRKS if name != "live spelling"])
async def test_every_quirk_reads_the_same(quirk: str) -> None:
    async with office() as (client, company):
        plain = await everything(client, company)
    async with office(QUIRKS[quirk]) as (client, company):
        quirky = await everything(client, company)
    if QUIRKS[quirk].spelling == "spec":
        # The vendor's own document gives queues no site.
        live = plain["live"]
        assert isinstance(live, LiveReading)
        plain["live"] = replace(live, queues=tuple(structs.replace(queue, site="") for queue in live.queues))
    assert quirky == plain


async def test_a_refresh_is_two_requests_whatever_the_size() -> None:
    async with office() as (client, company):
        for _ in range(3):
            await client.read_live()
        paths = [request.path.rsplit("/", 1)[1] for request in company.requests]
    assert len(paths) == 6
    assert paths.count("callqueues") == paths.count("agents") == 3


async def test_a_queue_without_a_user() -> None:
    async with office() as (client, company):
        queue = str(company.sample.callqueues[0]["callqueue"])
        del company.users[queue]
        rules = await client.read_rules(queue)
    assert not rules.has_user
    assert rules.known


PUTS: tuple[Puts, ...] = ("merge", "replace")
SPELLINGS: tuple[Spelling, ...] = ("live", "spec")
WRITES = [
    Quirks(puts=puts, spelling=spelling, empty_202=empty, parameters_as_numbers=numbers)
    for puts, spelling, empty, numbers in product(PUTS, SPELLINGS, (False, True), (False, True))
]


@pytest.mark.parametrize("quirks", WRITES, ids=str)
async def test_when_offline_changes_and_no_other_block_does(quirks: Quirks) -> None:
    async with office(quirks) as (client, company):
        queue = str(company.sample.callqueues[0]["callqueue"])
        before = await client.read_stored_default(queue)
        assert isinstance(before, StoredRule)
        for offline in (CELL, Forward(), before.rule.offline):
            present = await client.read_stored_default(queue)
            assert isinstance(present, StoredRule)
            await client.write_when_offline(queue, present, offline)
            after = await client.read_stored_default(queue)
            assert isinstance(after, StoredRule)
            assert after.rule.offline == offline
            assert after.blocks == before.blocks


@pytest.mark.parametrize("quirks", WRITES, ids=str)
async def test_require_agents_changes_and_no_other_setting_does(quirks: Quirks) -> None:
    async with office(quirks) as (client, company):
        queue = str(company.sample.callqueues[0]["callqueue"])
        before = await client.read_stored_queue(queue)
        await client.write_require_agents(queue, not before.queue.require_agents)
        after = await client.read_stored_queue(queue)
    assert after.queue == structs.replace(before.queue, require_agents=not before.queue.require_agents)
    assert after.settings == before.settings


async def test_a_missing_default_rule_is_created_and_leads_into_its_queue() -> None:
    async with office() as (client, company):
        queue = str(company.sample.callqueues[0]["callqueue"])
        company.rules[queue] = []
        assert await client.read_stored_default(queue) == AbsentRule()
        await client.write_when_offline(queue, None, CELL)
        stored = await client.read_stored_default(queue)
    assert isinstance(stored, StoredRule)
    assert stored.rule.offline == CELL
    assert stored.rule.always == Forward(True, (f"queue_{queue}",))


async def test_a_change_elsewhere_shows_when_reading_back() -> None:
    async with office(Quirks(spoils_other_block=True)) as (client, company):
        queue = str(company.sample.callqueues[0]["callqueue"])
        before = await client.read_stored_default(queue)
        assert isinstance(before, StoredRule)
        await client.write_when_offline(queue, before, before.rule.offline)
        after = await client.read_stored_default(queue)
    assert isinstance(after, StoredRule)
    assert after.blocks != before.blocks


def spoilt(kind: FaultKind, status: int = 500) -> Fault:
    return Fault("/", kind, times=None, status=status)


FAULTS = [
    (spoilt(FaultKind.STATUS, 400), errors.Misunderstood),
    (spoilt(FaultKind.STATUS, 401), errors.Refused),
    (spoilt(FaultKind.STATUS, 403), errors.Forbidden),
    (spoilt(FaultKind.STATUS, 429), errors.Throttled),
    (spoilt(FaultKind.STATUS, 500), errors.ServerFault),
    (spoilt(FaultKind.STATUS, 503), errors.Throttled),
    (spoilt(FaultKind.PAGE, 200), errors.Misunderstood),
    (spoilt(FaultKind.PAGE, 403), errors.Throttled),
    (spoilt(FaultKind.PAGE, 404), errors.Unsupported),
    (spoilt(FaultKind.TRUNCATED), errors.Misunderstood),
    (spoilt(FaultKind.WRONG_SHAPE), errors.Misunderstood),
    (spoilt(FaultKind.EMPTY), errors.Misunderstood),
    (spoilt(FaultKind.DROPPED), errors.Unreachable),
    (spoilt(FaultKind.REDIRECT), errors.Misunderstood),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
async def test_every_fault_is_a_sentence_that_shows_no_token(fault: Fault, error: type[errors.PbxError]) -> None:
    async with office(PLAIN, fault) as (client, _):
        readings = (
            client.read_live,
            client.read_users,
            client.read_numbers,
            client.read_attendants,
            client.read_sites,
            lambda: client.read_time_frames(None),
            lambda: client.read_time_frames("8000"),
        )
        for read in readings:
            with pytest.raises(error) as failed:
                await read()
            shown = f"{failed.value} {failed.value!r} {failed.value.hint}"
            assert TOKEN[:8] not in shown
            assert str(failed.value).endswith(".")


async def test_a_slow_server_is_not_waited_for() -> None:
    slow = Fault("/agents", FaultKind.SLOW, seconds=30.0)
    async with office(PLAIN, slow, seconds=0.2) as (client, _):
        with pytest.raises(errors.Unreachable, match="no full answer"):
            await client.read_live()


async def test_a_wrong_token_is_refused() -> None:
    async with office() as (good, company):
        client = NetsapiensDomain(good.address, company.domain, "nsd_another")
        with pytest.raises(errors.Refused):
            await client.read_live()
        await client.close()


async def test_a_wrong_domain_does_not_exist() -> None:
    async with office() as (good, _):
        client = NetsapiensDomain(good.address, "elsewhere.example", TOKEN)
        for read in (client.read_live, client.read_sites, lambda: client.read_rules("8000")):
            with pytest.raises(errors.Missing, match="Domain elsewhere"):
                await read()
        await client.close()


async def test_a_malformed_row_hides_no_other() -> None:
    async with office() as (client, _):
        whole = await client.read_live()
    async with office(PLAIN, Fault("/agents", FaultKind.BAD_ROW)) as (client, _):
        live = await client.read_live()
    assert live.queues == whole.queues
    assert live.agents[: len(whole.agents) - 1] == whole.agents[1:]
    unknown = [agent for agent in live.agents if not agent.readable]
    assert [agent.queue for agent in unknown] == [whole.agents[0].queue]
    assert len(live.problems) == 1


async def test_mistyped_rows_are_no_empty_list() -> None:
    async with office(PLAIN, Fault("/", FaultKind.MISTYPED, times=None)) as (client, company):
        with pytest.raises(errors.Misunderstood, match=f"{len(company.sample.callqueues)} rows could not be read"):
            await client.read_live()
        rules = await client.read_rules(str(company.sample.callqueues[0]["callqueue"]))
    assert not rules.known


async def test_one_failure_is_forgiven_where_retries_are_allowed() -> None:
    async with office(PLAIN, Fault("/sites", FaultKind.STATUS, status=503, retry_after=0), retries=1) as (
        client,
        company,
    ):
        assert (await client.read_sites()).items
        assert len(company.requests) == 2


READS: Mapping[str, Callable[[NetsapiensDomain], Awaitable[object]]] = {
    "callqueues": lambda client: client.read_live(),
    "agents": lambda client: client.read_live(),
    "users": lambda client: client.read_users(),
    "phonenumbers": lambda client: client.read_numbers(),
    "autoattendants": lambda client: client.read_attendants(),
    "sites": lambda client: client.read_sites(),
    "timeframes": lambda client: client.read_time_frames(None),
    "devices": lambda client: client.read_devices("1001"),
}


@pytest.mark.parametrize("name", READS)
async def test_a_list_of_which_no_row_can_be_read_is_no_empty_list(name: str) -> None:
    async with office(Quirks(unreadable=frozenset({name}))) as (client, _):
        with pytest.raises(
            errors.Misunderstood, match=r"[0-9]+ rows? could not be read \(.* row 1 of [0-9]+ is a list"
        ):
            await READS[name](client)


async def test_rules_of_which_no_row_can_be_read_are_not_known() -> None:
    async with office(Quirks(unreadable=frozenset({"answerrules"}))) as (client, _):
        assert not (await client.read_rules("8000")).known


async def test_strangers_among_the_agents_are_told_and_count_for_nobody() -> None:
    strangers: tuple[Row, ...] = (
        {"callqueue-agent-id": "1999@other.example", "callqueue": "8000", "domain": "other.example"},
        {"callqueue-agent-id": "1001@lakeside.example", "callqueue": "8099", "domain": "lakeside.example"},
    )
    async with office(Quirks(strangers=strangers)) as (client, company):
        live = await client.read_live()
    placed = {
        queue.extension: [row.id for row in live.agents if row.queue == queue.extension] for queue in live.queues
    }
    assert all(len(rows) == len(set(rows)) for rows in placed.values())
    assert sum(map(len, placed.values())) == len(company.sample.agents)
    assert [problem.text for problem in live.problems] == [
        "1 agent row is of another domain, other.example: left out.",
        "1 agent row is of queue 8099, which is in no list: not counted anywhere.",
    ]
