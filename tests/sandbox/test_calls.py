"""Calls in the sandbox, followed through the whole client over real sockets, however the server writes them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from queuewatch.pbx import errors
from queuewatch.pbx.calls import ActiveCall
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.calls import Behaviour, Manner
from queuewatch.pbx.sandbox.company import Caller
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app

CALLER = "13125550155"
ON_CALL = "12145550100"
"""Where the Front Desk (8000) fails over to."""


class Room:
    """A sandbox whose clock a test moves, and a client of it."""

    def __init__(self) -> None:
        self.sample = load_sample("lakeside")
        self.moment = self.sample.start
        self.pbx = SandboxPbx(self.sample, clock=lambda: self.moment)
        self.system: NetsapiensDomain

    def wait(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    async def log_out_everybody(self, queue: str = "8000") -> tuple[str, ...]:
        out = []
        for stored in await self.system.read_stored_agents(queue):
            if stored.automatic:
                await self.system.log_agent(queue, stored.agent.id, on=False)
                out.append(stored.agent.id)
        return tuple(out)

    async def call(self) -> ActiveCall:
        (call,) = (await self.system.read_calls()).items
        return call


@asynccontextmanager
async def room(quirks: Quirks | None = None, *faults: Fault, read_only: bool = False) -> AsyncIterator[Room]:
    made = Room()
    async with running(sandbox_app(made.pbx, quirks, list(faults))) as address:
        made.system = NetsapiensDomain(
            address,
            made.pbx.domain,
            SANDBOX_TOKEN,
            read_only=read_only,
            clock=lambda: made.moment,
            rate_limiter=RateLimiter(window=0.0),
        )
        try:
            yield made
        finally:
            await made.system.close()


WRITTEN = {
    "version 2": Quirks(),
    "version 1": Quirks(calls_of_version_1=True),
    "underscores": Quirks(underscores=True),
    "one row a leg": Quirks(calls_a_leg=True),
    "numbers": Quirks(callers_as="integer"),
    "sip addresses": Quirks(callers_as="sip", calls_of_version_1=True),
    "scientific": Quirks(callers_as="scientific"),
    "in an object": Quirks(lists_in="data"),
}


@pytest.mark.parametrize("quirks", WRITTEN.values(), ids=WRITTEN)
async def test_a_call_that_fails_over_is_followed_however_it_is_written(quirks: Quirks) -> None:
    async with room(quirks) as made:
        await made.log_out_everybody()
        made.pbx.dial(CALLER, "8000")
        ringing = (await made.system.read_calls()).items[-1]
        assert ringing.from_numbers == {"3125550155"}
        assert (ringing.by.name, ringing.term.number, ringing.answered) == ("8000", "2145550100", False)
        made.wait(4)
        answered = (await made.system.read_calls()).items[-1]
        assert answered.answered
        assert ringing.ids & answered.ids
        made.wait(600)
        assert not (await made.system.read_calls()).items
        start = made.sample.start
        reading = await made.system.read_cdrs(start, start + timedelta(hours=1))
        record = reading.items[-1]
        assert (record.caller.number, record.through.name, record.term.number) == (
            "3125550155",
            "8000",
            "2145550100",
        )
        assert record.started_at == start
        assert record.answered_at == start + timedelta(seconds=4)
        assert reading.complete
        assert not reading.problems


async def test_agents_log_in_and_out_of_one_queue_alone_and_their_rows_are_as_before() -> None:
    async with room() as made:
        before = {queue: await made.system.read_stored_agents(queue) for queue in ("8000", "8001", "8002")}
        out = await made.log_out_everybody()
        assert out
        during = {queue: await made.system.read_stored_agents(queue) for queue in before}
        assert {queue: during[queue] for queue in ("8001", "8002")} == {
            queue: before[queue] for queue in ("8001", "8002")
        }
        assert not any(stored.automatic for stored in during["8000"])
        for agent in out:
            await made.system.log_agent("8000", agent, on=True)
        assert {queue: await made.system.read_stored_agents(queue) for queue in before} == before


async def test_all_queues_at_once_and_writing_read_only_are_refused_before_anything_is_sent() -> None:
    async with room() as made:
        with pytest.raises(errors.Missing):
            await made.system.log_agent("All ", "1001@lakeside.example", on=False)
        assert not made.pbx.requests
    async with room(read_only=True) as made:
        with pytest.raises(errors.ReadOnly):
            await made.log_out_everybody()
        with pytest.raises(errors.ReadOnly):
            await made.system.place_call("id-1", "1001", "8000")
        assert {request.method for request in made.pbx.requests} == {"GET"}


async def test_a_placed_call_rings_the_tester_first_and_then_the_queue() -> None:
    async with room() as made:
        await made.log_out_everybody()
        await made.system.place_call("our-own-id", "1002", "12145550110")
        first = await made.call()
        assert (first.call_id, first.term.name, first.by_action, first.answered) == (
            "our-own-id",
            "1002",
            "CallRequest",
            False,
        )
        made.wait(4)
        then = await made.call()
        assert then.call_id == "our-own-id"
        assert then.term.name == "9000", "the main line's auto attendant"


@pytest.mark.parametrize(
    ("manner", "seconds", "reason"),
    [
        (Manner.BUSY, 2, "Term: Busy"),
        (Manner.FAILS, 3, "Term: 503"),
        (Manner.RINGS_OUT, 61, "Term: No Answer"),
    ],
)
async def test_a_destination_that_does_not_answer_answers_in_no_row(
    manner: Manner, seconds: int, reason: str
) -> None:
    async with room() as made:
        await made.log_out_everybody()
        made.pbx.exchange.behaves[ON_CALL] = Behaviour(manner)
        made.pbx.dial(CALLER, "8000")
        assert not (await made.call()).answered
        made.wait(seconds)
        assert not (await made.system.read_calls()).items
        record = (await made.system.read_cdrs(made.sample.start, made.moment)).items[-1]
        assert not record.answered
        assert record.reason == reason


async def test_a_testers_own_busy_phone_makes_no_call_of_the_queue() -> None:
    async with room() as made:
        made.pbx.exchange.behaves["1002"] = Behaviour(Manner.BUSY)
        await made.system.place_call("our-own-id", "1002", "8000")
        made.wait(2)
        assert not (await made.system.read_calls()).items
        assert not (await made.system.read_queued_calls("8000")).items


async def test_a_caller_waits_while_agents_are_busy_and_is_answered_by_the_first_who_is_free() -> None:
    async with room() as made:
        for agent in made.pbx.floor.agent_rows("8000"):
            made.pbx.floor.begin_call(made.pbx.floor.person_of(agent))
        made.pbx.dial(CALLER, "8000")
        (waiting,) = (await made.system.read_queued_calls("8000")).items
        assert waiting.caller.number == "3125550155"
        assert (await made.call()).term.name == "8000"
        made.pbx.floor.finish_call("1001")
        made.wait(4)
        await made.system.read_calls()
        made.wait(4)
        assert (await made.call()).answered
        assert not (await made.system.read_queued_calls("8000")).items
        rows = await made.system.read_stored_agents("8000")
        assert {row.agent.id: row.agent.calls for row in rows}["1001@lakeside.example"] == 1


async def test_a_caller_whom_one_agent_does_not_answer_comes_to_the_next() -> None:
    async with room() as made:
        made.pbx.exchange.behaves["1001"] = Behaviour(Manner.RINGS_OUT)
        made.pbx.dial(CALLER, "8000")
        assert (await made.call()).term.name == "1001"
        made.wait(25)
        then = await made.call()
        assert then.term.name not in ("1001", "8000")
        assert then.by.name == "8000"


async def test_somebody_to_be_called_back_is_told_from_a_caller_on_the_line() -> None:
    async with room() as made:
        made.pbx.floor.wait("8000", Caller(CALLER, made.moment, callback=True))
        made.pbx.floor.wait("8000", Caller(CALLER, made.moment))
        callers = (await made.system.read_queued_calls("8000")).items
        assert [caller.awaits_callback for caller in callers] == [True, False]


async def test_a_write_may_show_late_by_time_or_by_reads() -> None:
    async with room(Quirks(write_delay_seconds=3)) as made:
        await made.log_out_everybody()
        assert any(stored.automatic for stored in await made.system.read_stored_agents("8000"))
        made.wait(3)
        assert not any(stored.automatic for stored in await made.system.read_stored_agents("8000"))
    async with room(Quirks(write_delay_reads=2)) as made:
        await made.log_out_everybody()
        seen = [any(row.automatic for row in await made.system.read_stored_agents("8000")) for _ in range(3)]
        assert seen == [True, True, False]


async def test_a_fault_may_come_at_the_nth_request_of_its_kind() -> None:
    fault = Fault("/agents/", FaultKind.STATUS, method="PATCH", after=1)
    async with room(None, fault) as made:
        first, second = (await made.system.read_stored_agents("8000"))[:2]
        await made.system.log_agent("8000", first.agent.id, on=False)
        with pytest.raises(errors.ServerFault):
            await made.system.log_agent("8000", second.agent.id, on=False)
        await made.system.log_agent("8000", second.agent.id, on=False)


async def test_call_records_come_in_pages_and_what_a_server_lacks_or_refuses_is_said() -> None:
    async with room() as made:
        for _ in range(120):
            made.pbx.exchange.hang_up(made.pbx.dial(CALLER, ON_CALL))
        reading = await made.system.read_cdrs(made.sample.start, made.sample.start)
        assert len(reading.items) == 120
        assert not (await made.system.read_cdrs(made.moment + timedelta(1), made.moment + timedelta(2))).items
        pages = [request.query for request in made.pbx.requests if request.path.endswith("/cdrs")]
        assert ["start=100" in query for query in pages] == [False, True, False]
    async with room(Quirks(lacks=frozenset({"cdrs"}))) as made:
        with pytest.raises(errors.Unsupported):
            await made.system.read_cdrs(made.moment, made.moment)
