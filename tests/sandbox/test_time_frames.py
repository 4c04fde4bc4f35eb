"""The sandbox's time frames: whose they are, and that a sample's server says of its rules what they say."""

import pytest

from queuewatch.failover.model import Snapshot
from queuewatch.failover.schedule.at_time import disagreement
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import Spelling, load_sample, sample_names
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import in_process
from queuewatch.polling.assemble import read_snapshot

from .conftest import Connect

SPELLINGS: tuple[Spelling, ...] = ("live", "spec")


async def test_a_users_own_are_not_the_domains(connect: Connect) -> None:
    api = connect(SandboxPbx(load_sample("harbor")), Quirks())
    shared = (await api.get("/timeframes")).json()
    own = (await api.get("/users/8108/timeframes")).json()
    assert [row["timeframe-name"] for row in shared] == ["Peak Season", "Business Hours"]
    assert [row["timeframe-name"] for row in own] == ["Night Watch"]
    assert (await api.get("/users/8100/timeframes")).json() == []
    assert (await api.get("/users/7777/timeframes")).status_code == 404


async def test_the_older_shape_has_every_opening_of_a_day(connect: Connect) -> None:
    pbx = SandboxPbx(load_sample("lakeside"))
    week = pbx.sample.timeframes[1]["timeframe-days-of-week-array"]
    assert isinstance(week, list)
    week[0]["timeframe-weekly-monday-begin-time-2"] = "1800"
    week[0]["timeframe-weekly-monday-end-time-2"] = "1930"
    _, hours = (await connect(pbx, Quirks(spelling="spec")).get("/timeframes")).json()
    mondays = [part for part in hours["time-range-data"] if part["day-of-week-number"] == "1"]
    assert [(part["start-time"], part["end-time"]) for part in mondays] == [("08:00", "17:00"), ("18:00", "19:30")]


async def read(sample: str, spelling: Spelling) -> Snapshot:
    pbx = SandboxPbx(load_sample(sample))
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: in_process(pbx, Quirks(spelling=spelling)),
        clock=lambda: pbx.now,
        rate_limiter=RateLimiter(window=0.0),
    )
    try:
        return await read_snapshot(system)
    finally:
        await system.close()


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("sample", sample_names())
async def test_a_samples_server_and_its_time_frames_agree_but_for_one_queue(
    sample: str, spelling: Spelling
) -> None:
    snapshot = await read(sample, spelling)
    assert snapshot.problems == ()
    said = {queue.extension for queue in snapshot.call_queues if disagreement(snapshot, queue.extension)}
    assert said == ({"8101"} if sample == "harbor" else set())
