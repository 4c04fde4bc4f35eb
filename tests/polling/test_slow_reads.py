"""A list that takes its time holds up nothing else."""

import asyncio
import contextlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from queuewatch.failover.model import AutoAttendant, QueueRules, User
from queuewatch.failover.verdict import Outcome
from queuewatch.pbx.errors import Unreachable
from queuewatch.pbx.phone_system import ListReading
from queuewatch.polling import poller as watch_module
from queuewatch.polling.poller import MOST_AT_ONCE, RETRY_PERIOD, RULES_PERIOD, Poller
from queuewatch.polling.state import LiveState
from screens.board.board import empty_text
from tests.change.in_memory import InMemory
from tests.polling.clock import INTERVAL, company, watched
from widgets.verdict_facts import verdict_facts


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "PATIENCE", 0.001)


class Slow(InMemory):
    """Answers for users, attendants or some rules when it is told to."""

    slow: frozenset[str] = frozenset()
    answers: asyncio.Event
    open_now: int = 0
    most: int = 0

    async def _wait(self, what: str) -> None:
        self.open_now += 1
        self.most = max(self.most, self.open_now)
        try:
            await (self.answers.wait() if what in self.slow else asyncio.sleep(0))
        finally:
            self.open_now -= 1

    async def read_users(self) -> ListReading[User]:
        found = await super().read_users()
        await self._wait("users")
        return found

    async def read_attendants(self) -> ListReading[AutoAttendant]:
        found = await super().read_attendants()
        await self._wait("attendants")
        return found

    async def read_rules(self, queue: str) -> QueueRules:
        found = await super().read_rules(queue)
        await self._wait(queue)
        return found


async def answered(pbx: Slow) -> None:
    """Let what is waited for come."""
    pbx.answers.set()
    for _ in range(20):
        await asyncio.sleep(0)


def slow(*what: str, queues: int = 20) -> Slow:
    pbx = Slow.holding(company(queues=queues))
    pbx.slow, pbx.answers = frozenset(what), asyncio.Event()
    return pbx


@pytest.mark.parametrize("what", [("users",), ("users", "attendants"), ("users", "8003")], ids=" ".join)
async def test_everything_else_is_read_as_often_as_ever(what: tuple[str, ...]) -> None:
    pbx = slow(*what)
    async with watched(pbx) as one:
        first = await one.asked_now()
        assert len([request for request in first if request.startswith("rules")]) == 20
        assert len(one.latest.snapshot.rules) == 20 - ("8003" in what)
        assert one.latest.snapshot.users is None
        asked = Counter(await one.asked_in(2 * RULES_PERIOD + INTERVAL))
        assert asked["live"] == (2 * RULES_PERIOD + INTERVAL) / INTERVAL
        prompt = [queue for queue in pbx.queues if queue not in what]
        assert {asked[f"rules {queue}"] for queue in prompt} == {2}
        # Nothing that is still waited for is asked for a second time.
        assert asked["users"] == 0
        await answered(pbx)
        await one.asked_now()
        assert one.latest.snapshot.users is not None
        assert one.latest.judgements["8003"].now.outcome is Outcome.RINGS


async def test_one_request_is_always_left_for_queues_and_agents() -> None:
    pbx = slow("users", "attendants", *(str(8000 + nth) for nth in range(10)))
    async with watched(pbx) as one:
        await one.asked_now()
        asked = await one.asked_in(RULES_PERIOD)
    assert pbx.most <= MOST_AT_ONCE
    assert asked.count("live") == RULES_PERIOD / INTERVAL


async def test_when_it_fails_at_last_it_is_told_and_tried_again() -> None:
    pbx = slow("users", queues=3)
    async with watched(pbx) as one:
        await one.asked_now()
        pbx.slow = frozenset()
        pbx.always("users", Unreachable("No answer within 15 seconds."))
        await answered(pbx)
        await one.asked_in(1)
        one.watch.refresh()
        await one.asked_in(1)
        assert any("users" in problem.text for problem in one.latest.snapshot.problems)
        pbx.recover()
        await one.asked_in(RETRY_PERIOD + 1)
        assert not one.latest.snapshot.problems


async def test_a_watch_that_ends_waits_for_nobody() -> None:
    pbx = slow("users")
    async with watched(pbx) as one:
        await one.asked_now()
        assert pbx.open_now == 1
    assert pbx.open_now == 0


async def test_rules_that_are_older_than_they_should_be_are_told() -> None:
    pbx = slow(queues=3)
    async with watched(pbx) as one:
        await one.asked_now()
        read = one.latest.snapshot.taken_at
        assert not one.latest.late_rules
        pbx.slow = frozenset({"8001"})
        await one.asked_in(2 * RULES_PERIOD)
        assert not one.latest.late_rules
        await one.asked_in(2 * RULES_PERIOD)
        assert list(one.latest.late_rules) == ["8001"]
        at = one.latest.late_rules["8001"]
        assert at == read
        told = {queue: verdict_facts(one.latest, one.pbx.queues[queue]) for queue in ("8000", "8001")}
        assert [fact.label for fact in told["8000"]] == ["Now", "If dark", "Held open"]
        assert [fact.label for fact in told["8001"]] == ["Now", "If dark", "Held open", "Rules"]
        assert f"as of {at.astimezone():%H:%M}" in told["8001"][-1].spans[0].text
        await answered(pbx)
        await one.asked_in(INTERVAL)
        assert not one.latest.late_rules


async def test_time_that_goes_faster_makes_no_rules_old() -> None:
    pbx = slow(queues=3)
    async with watched(pbx) as one:
        await one.asked_now()
        pbx.now += timedelta(hours=5)
        await one.asked_in(RULES_PERIOD)
        assert not one.latest.late_rules


async def test_from_two_seconds_on_it_is_told_how_far_the_first_reading_is() -> None:
    pbx = Slow.holding(company(queues=6))
    pbx.answers, pbx.slow = asyncio.Event(), frozenset({"8003", "8004", "8005"})
    async with watched(pbx) as one:
        await one.time.settled()
        assert one.latest.first_reading is None
        one.time.now += watch_module.TOLD_AFTER
        one.watch._tell_progress()
        assert one.latest.first_reading is not None
        assert one.latest.first_reading.words == "rules of 3 of 6 queues"
        # Of all the states that follow within a second, none says another number.
        told = one.latest.first_reading
        before = len(one.published)
        one.watch.identify(None)
        assert [state.first_reading for state in one.published[before:]] == [told]
        pbx.slow = frozenset()
        await answered(pbx)
        await one.time.settled()
        assert one.latest.first_reading is None


async def test_a_phone_system_that_gives_no_answer_at_all_is_said_to_be_waited_for() -> None:
    pbx, clock = Slow.holding(company()), [0.0]
    one = Poller(pbx, (published := list[LiveState]()).append, wall=lambda: 0.0, monotonic=lambda: clock[0])
    one._begun = (0.0, datetime.fromtimestamp(0, UTC))
    one._tell_progress()
    assert published == []
    clock[0] = 2.0
    one._tell_progress()
    (state,) = published
    assert state.first_reading is not None
    assert state.first_reading.words == f"asked at {datetime.fromtimestamp(0):%H:%M:%S}, no answer yet"
    assert empty_text(state, "") == f"Reading the queues… ({state.first_reading.words})"


async def test_a_reading_that_swallows_its_cancelling_does_not_keep_the_poller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As ``wait_for`` does where the answer comes in the same moment: the end would be waited for, for ever."""
    monkeypatch.setattr("queuewatch.process.background.CANCELLED_AGAIN", 0.01)
    begun = asyncio.Event()

    class Stubborn(InMemory):
        async def read_users(self) -> ListReading[User]:
            begun.set()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            await asyncio.Event().wait()
            raise AssertionError

    polling = asyncio.create_task(Poller(Stubborn.holding(company()), lambda _: None).run())
    async with asyncio.timeout(30):
        await begun.wait()
        polling.cancel()
        await asyncio.wait([polling])
    assert polling.cancelled()
