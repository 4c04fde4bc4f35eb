"""What became of real calls while every agent was Grey: a history and call records, joined."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuewatch.failover.destination import EndKind
from queuewatch.failover.verdict import Outcome, ReadinessState
from queuewatch.history.dark_times import (
    PastFailovers,
    ReachedKind,
    calls_of,
    dark_times,
    read_past_failovers,
    unwatched,
)
from queuewatch.history.database import PhoneSystemKey
from queuewatch.history.period import Period
from queuewatch.history.reader import Past
from queuewatch.history.segments import Change, Stretch
from queuewatch.history.state import QueueState
from queuewatch.history.statistics import account
from queuewatch.pbx.calls import CallRecord, Party
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.calls import Behaviour, Manner
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.report.console import file_console
from queuewatch.report.past import PastReport, past_csv, past_json, past_markdown, past_text

START = load_sample("lakeside").start
PLACE = PhoneSystemKey("https://pbx.example.com", "lakeside.example")
ON_CALL = "12145550100"


def as_text(report: PastReport) -> str:
    """The report on lines as long as they are."""
    return " ".join(past_text(report, file_console()).split())


def minutes(number: float) -> datetime:
    return START + timedelta(minutes=number)


def state(online: int, outcome: Outcome = Outcome.FAILS_OVER) -> QueueState:
    outcome = Outcome.RINGS if online else outcome
    return QueueState("Front Desk", outcome, True, ReadinessState.READY, EndKind.EXTERNAL, ON_CALL, online, "…")


def past(*changes: tuple[float, QueueState], until: float = 60, watched: float | None = None) -> Past:
    """The Front Desk's hour: what it was from when on, and up to when somebody watched."""
    period = Period(START, minutes(until))
    made = tuple(Change(minutes(at), found) for at, found in changes)
    stretch = Stretch(START, minutes(until if watched is None else watched), made)
    return Past(PLACE, period, (account("8000", [stretch], period),), kept_since=START)


AN_HOUR = past((0, state(2)), (10, state(0)), (20, state(1)))


def test_a_dark_time_is_one_though_a_setting_changed_in_it_and_says_what_of_it_was_seen() -> None:
    (dark,) = dark_times(past((0, state(2)), (10, state(0)), (12, state(0, Outcome.LOST)), (20, state(1))))
    assert (dark.begun, dark.ended, dark.begun_seen, dark.ended_seen) == (minutes(10), minutes(20), True, True)
    (cut,) = dark_times(past((0, state(0)), watched=5))
    assert (cut.begun_seen, cut.ended_seen, cut.lasted) == (False, False, timedelta(minutes=5))


def test_where_it_was_not_known_who_is_grey_there_is_no_dark_time() -> None:
    assert not dark_times(past((0, state(0, Outcome.UNCERTAIN))))


def test_unwatched_times_are_told_one_by_one_and_a_lost_connection_is_none() -> None:
    period = Period(START, minutes(60))
    seen = [
        Stretch(minutes(begun), minutes(ended), (Change(minutes(begun), state(1)),))
        for begun, ended in ((10, 20), (23, 30), (50, 60))
    ]
    assert unwatched(account("8000", seen, period)) == (
        Period(START, minutes(10)),
        Period(minutes(30), minutes(50)),
    )


@asynccontextmanager
async def office(
    quirks: Quirks | None = None,
) -> AsyncIterator[tuple[SandboxPbx, NetsapiensDomain, list[datetime]]]:
    clock = [START]
    pbx = SandboxPbx(load_sample("lakeside"), clock=lambda: clock[0])
    async with running(sandbox_app(pbx, quirks)) as address:
        system = NetsapiensDomain(
            address, pbx.domain, SANDBOX_TOKEN, clock=lambda: clock[0], rate_limiter=RateLimiter(window=0.0)
        )
        try:
            yield pbx, system, clock
        finally:
            await system.close()


def live_through_it(pbx: SandboxPbx, clock: list[datetime]) -> None:
    """Five calls in a dark time of ten minutes, and one on either side of it."""

    def at(number: float) -> None:
        clock[0] = minutes(number)
        pbx.advance()

    pbx.exchange.behaves[ON_CALL] = Behaviour(after=timedelta(seconds=7), talks=timedelta(seconds=30))
    at(5)
    pbx.dial("13125550150", "8000")
    at(10)
    pbx.floor.log_out(
        [
            row
            for row in pbx.floor.agent_rows("8000")
            for row in pbx.floor.seats(str(row["callqueue-agent-id"]), "8000")
        ]
    )
    at(11)
    pbx.dial("13125550151", "8000")
    pbx.dial("13125550152", "8001")
    at(13)
    pbx.dial("13125550153", "8000")
    at(15)
    pbx.exchange.behaves[ON_CALL] = Behaviour(Manner.RINGS_OUT)
    pbx.dial("13125550154", "8000")
    at(18)
    [rule] = pbx.rules["8000"]
    rule["forward-when-unregistered"] = {"enabled": "yes", "parameters": ["vmail_1001"]}
    pbx.dial("13125550155", "8000")
    at(30)
    pbx.dial("13125550156", "8000")
    at(60)


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(),
        Quirks(calls_of_version_1=True),
        Quirks(callers_as="scientific", underscores=True),
        Quirks(callers_as="sip"),
    ],
    ids=["version 2", "version 1", "scientific", "sip"],
)
async def test_every_call_of_the_dark_time_is_told_where_it_ended(quirks: Quirks) -> None:
    async with office(quirks) as (pbx, system, clock):
        live_through_it(pbx, clock)
        # Of two tests that followed one another closely it was the one that had begun.
        tests = [("16", "8000", minutes(8), minutes(21)), ("17", "8000", minutes(9), minutes(21))]
        later = ("18", "8000", minutes(13), minutes(21))
        found = await read_past_failovers(system, AN_HOUR, [*tests, later])
    (time,) = found.times
    assert [(call.caller.number, call.kind, call.target, call.waited) for call in time.calls] == [
        ("3125550151", ReachedKind.NUMBER, ON_CALL, timedelta(seconds=7)),
        ("3125550153", ReachedKind.NUMBER, ON_CALL, timedelta(seconds=7)),
        ("3125550154", ReachedKind.NOBODY, ON_CALL, timedelta(seconds=60)),
        ("3125550155", ReachedKind.VOICEMAIL, "1001", timedelta(seconds=1)),
    ]
    assert time.longest_wait == timedelta(seconds=60)
    assert time.test == "17"
    report = PastReport(found, "Lakeside")
    text = as_text(report)
    assert "4 calls, 2 reached (214) 555-0100, 1 reached nobody, 1 reached voicemail 1001" in text
    assert "Reached nobody: (312) 555-0154 at 15:27:00, after 1 min." in text
    assert "It was a live test (number 17 in the log)" in text
    document = json.loads(past_json(report))["times"][0]
    assert (document["calls"], document["answered"], document["longest_wait_seconds"]) == (4, 3, 60)
    assert (
        past_csv(report).splitlines()[1].startswith("lakeside.example,8000,Front Desk,2026-11-23T15:22:00Z,yes,")
    )
    assert "| Front Desk (8000) | Mon 2026-11-23 15:22 to 15:32 | 10 min | 4 | 3 | 1 min |" in past_markdown(
        report
    )


async def test_a_caller_who_waits_with_nobody_there_reached_nobody() -> None:
    async with office() as (pbx, system, clock):
        clock[0] = minutes(11)
        pbx.floor.queues["8000"]["callqueue-require-available-agents-to-accept-new-callers"] = "no"
        for row in pbx.floor.agent_rows("8000"):
            pbx.floor.log_out(pbx.floor.seats(str(row["callqueue-agent-id"]), "8000"))
        call = pbx.dial("13125550151", "8000")
        clock[0] = minutes(14)
        pbx.advance()
        pbx.exchange.hang_up(call)
        found = await read_past_failovers(
            system, past((0, state(2)), (10, state(0, Outcome.STRANDED)), (20, state(1)))
        )
    (told,) = found.times[0].calls
    assert (told.kind, told.target, told.waited) == (ReachedKind.NOBODY, "8000", timedelta(minutes=3))
    assert "Require Agents was No" in as_text(PastReport(found))


async def _asked(quirks: Quirks, when: Past = AN_HOUR) -> tuple[PastFailovers, int]:
    async with office(quirks) as (pbx, system, clock):
        clock[0] = minutes(60)
        found = await read_past_failovers(system, when)
        return found, sum(request.path.endswith("/cdrs") for request in pbx.requests)


async def test_call_records_that_are_refused_or_that_nobody_has_are_said_and_asked_for_once() -> None:
    twice = past((0, state(0)), (1, state(1)), (30, state(0)), (31, state(1)))
    found, asked = await _asked(Quirks(lacks=frozenset({"cdrs"})), twice)
    assert asked == 1
    assert all("could give the call records (400)" in time.unread for time in found.times)
    text = as_text(PastReport(found))
    assert "2 times with every agent Grey: whether calls came is not known of any." in text
    assert json.loads(past_json(PastReport(found)))["times"][0]["calls"] is None
    empty, asked = await _asked(Quirks(), twice)
    assert asked == 2
    assert "gave no call record at all" in as_text(PastReport(empty))


def test_no_dark_time_and_no_history_are_said() -> None:
    quiet = PastFailovers(past((0, state(2))), ())
    assert "real calls show nothing of its failover" in as_text(PastReport(quiet))
    nothing = PastFailovers(Past(PLACE, AN_HOUR.period, ()), ())
    assert "Nothing has been kept yet about lakeside.example" in as_text(PastReport(nothing))
    for write in (past_json, past_csv, past_markdown):
        assert write(PastReport(nothing))


ids = st.sampled_from(("", "a", "b", "c", "d", "e"))


@given(st.lists(st.tuples(ids, ids, ids), max_size=8))
def test_records_are_of_one_call_exactly_if_a_chain_of_ids_joins_them(found: list[tuple[str, str, str]]) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    records = [
        CallRecord(own, at, call, parent, nth, caller=Party(str(nth)))
        for nth, (own, call, parent) in enumerate(found)
    ]
    calls = list(calls_of(records))
    assert sorted(record.leg or 0 for call in calls for record in call) == list(range(len(found)))
    names = [set(filter(None, row)) for row in found]
    whose = {record.leg or 0: nth for nth, call in enumerate(calls) for record in call}
    for first, one in enumerate(names):
        for second, other in enumerate(names):
            if one & other:
                assert whose[first] == whose[second]
    for call in calls:
        joined = set(names[call[0].leg or 0])
        for _ in call:
            joined |= {
                name for record in call if names[record.leg or 0] & joined for name in names[record.leg or 0]
            }
        assert len(call) == 1 or all(names[record.leg or 0] & joined for record in call)
