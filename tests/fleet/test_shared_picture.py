"""A domain that somebody else reads, as a phone system: what they read, nothing made up, nothing changed."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.drill.drill import drill
from queuewatch.failover.drill.matrix import site_matrix
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import Forward, Part, Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.sites import SiteFacts
from queuewatch.pbx.errors import ReadOnly, Unreachable, Unsupported
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.netsapiens.zones import zone_called
from queuewatch.pbx.sandbox.samples import sample_names
from queuewatch.pbx.shared.picture import SharedPhoneSystem
from queuewatch.polling.assemble import read_part, read_snapshot, with_domain_clock, with_rules
from queuewatch.storage.snapshot_text import snapshot_from, snapshot_text
from tests.failover.build import NOON
from tests.failover.systems import snapshots
from tests.tui.phone_system import open_office

SERVER = "https://pbx.example/ns-api/v2"
ALL_DARK = DrillScope(everything=True)


def shared(snapshot: Snapshot) -> SharedPhoneSystem:
    """The phone system of whoever gets this snapshot as a text."""
    again = snapshot_from(snapshot_text(snapshot), zone_called)

    async def take() -> Snapshot:
        return again

    return SharedPhoneSystem(snapshot.domain, SERVER, take)


async def _given(snapshot: Snapshot) -> Snapshot:
    return snapshot


@settings(max_examples=60)
@given(snapshots())
def test_any_company_is_judged_as_by_who_read_it(snapshot: Snapshot) -> None:
    read = asyncio.run(read_snapshot(shared(snapshot)))
    assert read == snapshot
    assert judge_all(read) == judge_all(snapshot)
    assert drill(read, ALL_DARK).queues == drill(snapshot, ALL_DARK).queues
    assert site_matrix(read, judge_all(read)) == site_matrix(snapshot, judge_all(snapshot))
    assert audit(read) == audit(snapshot)


@pytest.mark.parametrize("sample", sample_names())
async def test_a_sample_is_the_same_through_a_broker_with_its_problems_frames_and_phones(sample: str) -> None:
    direct = open_office(sample).connection.system
    read = await with_domain_clock(direct, await read_snapshot(direct))
    for user in list(read.users or ())[:3]:
        read = (await read_part(direct, Part.DEVICES, user))(read)
    read = replace(read, scope="Office Manager")
    facts = SiteFacts(home_site="Dallas")
    system = shared(read)
    again = await read_snapshot(system, site_facts=facts)
    assert again == replace(read, site_facts=facts)
    assert await read_snapshot(SharedPhoneSystem(read.domain, SERVER, partial(_given, again))) == again, (
        "what whoever reads it knows of the sites counts as long as nobody else knows anything"
    )
    assert await system.read_identity() == Identity(scope="Office Manager", domain=read.domain)
    # Part by part it is the same as well, as far as one reading tells a part.
    parts = [Part.LIVE, Part.USERS, Part.NUMBERS, Part.ATTENDANTS, Part.SITES, Part.TIME_FRAMES]
    pieces = Snapshot(read.domain, read.taken_at)
    for part in parts:
        pieces = (await read_part(system, part))(pieces)
    for queue in read.rules:
        pieces = (await read_part(system, Part.RULES, queue))(pieces)
    for user in read.user_time_frames:
        pieces = (await read_part(system, Part.TIME_FRAMES, user))(pieces)
    for user in read.devices:
        pieces = (await read_part(system, Part.DEVICES, user))(pieces)
    assert judge_all(pieces) == judge_all(read)
    assert pieces.user_time_frames == read.user_time_frames
    assert (pieces.site_clocks, pieces.devices) == (read.site_clocks, read.devices)
    assert await system.read_clock() == read.domain_clock


NOTHING = Snapshot("acme.example", NOON)


@pytest.mark.parametrize(
    "ask",
    [
        lambda system: system.read_identity(),
        lambda system: system.read_rules("8000"),
        lambda system: system.read_users(),
        lambda system: system.read_numbers(),
        lambda system: system.read_attendants(),
        lambda system: system.read_sites(),
        lambda system: system.read_clock(),
        lambda system: system.read_time_frames(None),
        lambda system: system.read_time_frames("8000"),
        lambda system: system.read_dial_rules(),
        lambda system: system.read_devices("1001"),
        lambda system: system.read_calls(),
        lambda system: system.read_queued_calls("8000"),
        lambda system: system.read_cdrs(NOON, NOON),
    ],
)
async def test_what_was_not_read_is_not_made_up(ask: Callable[[SharedPhoneSystem], Awaitable[object]]) -> None:
    with pytest.raises(Unsupported, match=r"not read|nobody's name"):
        await ask(shared(NOTHING))


async def test_a_queue_whose_rules_nobody_read_is_not_known_and_no_other_suffers() -> None:
    direct = open_office("lakeside").connection.system
    read = await read_snapshot(direct)
    rules = {queue: known for queue, known in read.rules.items() if queue != "8000"}
    system = shared(replace(read, rules=rules))
    snapshot = await with_rules(system, await read_snapshot(system, ()), ["8000", "8001"])
    assert "there is no token of the phone system here" in snapshot.rules["8000"].problem
    assert snapshot.rules["8001"] == read.rules["8001"]


WRITES: list[Callable[[SharedPhoneSystem], Awaitable[object]]] = [
    lambda system: system.read_stored_queue("8000"),
    lambda system: system.write_require_agents("8000", on=True),
    lambda system: system.read_stored_default("8000"),
    lambda system: system.write_when_offline("8000", None, Forward()),
    lambda system: system.read_stored_agents("8000"),
    lambda system: system.log_agent("8000", "1001", on=True),
    lambda system: system.place_call("1", "1001", "8000"),
]


@pytest.mark.parametrize("write", WRITES)
async def test_nothing_is_changed_and_it_is_said_why_and_what_to_do(
    write: Callable[[SharedPhoneSystem], Awaitable[object]],
) -> None:
    with pytest.raises(ReadOnly, match="there is no token of the phone system here") as refused:
        await write(shared(NOTHING))
    assert "QUEUEWATCH_NATS" in refused.value.hint
    assert refused.value.not_sent


async def test_what_is_too_old_is_an_error_and_no_snapshot() -> None:
    async def take() -> Snapshot:
        raise Unreachable("Nobody reads acme.example any more.")

    system = SharedPhoneSystem("acme.example", SERVER, take)
    with pytest.raises(Unreachable, match="Nobody reads"):
        await read_snapshot(system)
    with pytest.raises(Unreachable, match="Nobody reads"):
        await system.read_live()
    assert (system.domain, system.address) == ("acme.example", SERVER)
