"""What a watch makes of a phone system that says by itself when something moved."""

import asyncio
from collections.abc import Callable

from queuewatch.failover.status import Status, status_of
from queuewatch.pbx.errors import ServerFault
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import PushEvent
from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.push import SandboxPush
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.polling.poller import Poller
from queuewatch.polling.push import GAP, SETTLE
from queuewatch.polling.rate import SELDOM_UNSEEN
from queuewatch.polling.state import LiveState
from queuewatch.process.background import ProgramFault, heard_by
from tests.polling.clock import INTERVAL, Stream, company, watched


async def test_the_first_word_is_followed_at_once_and_by_one_poll_alone() -> None:
    stream = Stream()
    async with watched(company(), push=stream) as one:
        await one.asked_now()
        await one.asked_in(1)
        stream.tell(PushEvent.MOVED)
        assert await one.asked_in(SETTLE) == ["live"]
        assert await one.asked_in(INTERVAL - 0.5) == []


async def test_the_several_words_of_one_change_are_followed_by_one_poll() -> None:
    stream = Stream()
    async with watched(company(), push=stream) as one:
        await one.asked_now()
        asked = []
        for _ in range(4):
            stream.tell(PushEvent.MOVED)
            asked += await one.asked_in(SETTLE / 4)
        assert asked + await one.asked_in(INTERVAL - 0.5) == ["live"]


async def test_of_many_words_one_is_followed_in_a_while() -> None:
    stream = Stream()
    async with watched(company(), push=stream) as one:
        await one.asked_now()
        asked = []
        for _ in range(79):
            stream.tell(PushEvent.MOVED)
            asked += await one.asked_in(0.1)
        # At once, and then one in each gap of the eight seconds.
        assert asked == ["live"] * int(8 / GAP)
        assert await one.asked_in(GAP) == ["live"]
        assert await one.asked_in(GAP) == []


async def test_while_nobody_looks_words_are_followed_more_seldom() -> None:
    stream = Stream()
    async with watched(company(), push=stream) as one:
        await one.asked_now()
        one.watch.set_visible(False)
        asked = []
        for _ in range(160):
            stream.tell(PushEvent.MOVED)
            asked += await one.asked_in(0.1)
        assert asked == ["live"] * int(16 / (SELDOM_UNSEEN * GAP))


async def test_polling_goes_on_whether_the_stream_speaks_or_not() -> None:
    stream = Stream()
    async with watched(company(), push=stream) as one:
        await one.asked_now()
        stream.tell(PushEvent.ON)
        assert await one.asked_in(3 * INTERVAL) == ["live"] * 3
        stream.tell(PushEvent.OFF)
        assert await one.asked_in(3 * INTERVAL) == ["live"] * 3
        stream.ends.set()
        await asyncio.sleep(0)
        one.time.loops -= 1
        assert await one.asked_in(3 * INTERVAL) == ["live"] * 3


async def test_whether_the_stream_is_there_is_published_and_stays_in_every_later_picture() -> None:
    stream = Stream()
    async with watched(company(), push=stream) as one:
        await one.asked_now()
        assert not one.latest.push
        stream.tell(PushEvent.ON)
        assert one.latest.push
        await one.asked_in(INTERVAL)
        assert one.latest.push
        stream.tell(PushEvent.OFF)
        assert not one.latest.push


async def test_while_the_phone_system_is_in_trouble_the_next_try_has_its_time() -> None:
    stream = Stream()
    async with watched(company(), push=stream) as one:
        await one.asked_now()
        one.pbx.always("live", ServerFault("It failed."))
        await one.asked_in(INTERVAL)
        assert one.latest.trouble is not None
        before = await one.asked_in(20)
        for _ in range(10):
            stream.tell(PushEvent.MOVED)
            before += await one.asked_in(1)
        assert before.count("live") <= 4


async def test_nobody_listens_before_the_first_answer() -> None:
    stream = Stream()
    async with watched(company(), push=stream) as one:
        assert stream.listeners == 0
        await one.asked_now()
        assert stream.listeners == 1


async def test_a_change_in_the_sandbox_is_read_hours_before_the_next_poll() -> None:
    pbx = SandboxPbx(load_sample("lakeside"))
    logins = Logins(pbx)
    push = SandboxPush(logins)
    push.wants_jwt, push.tells_all_first = True, False
    latest: list[LiveState] = []
    news = asyncio.Event()

    def publish(live_state: LiveState) -> None:
        latest[:] = [live_state]
        news.set()

    def colour() -> Status | None:
        agents = latest[0].snapshot.agents_of("8000") if latest else ()
        return next((status_of(agent).status for agent in agents if agent.local == "1001"), None)

    async def until_grey() -> None:
        while colour() is not Status.GREY:
            news.clear()
            await news.wait()

    async def until_told() -> None:
        while not (latest and latest[0].push):
            news.clear()
            await news.wait()

    async with running(push.beside(sandbox_app(pbx, logins=logins)), websockets=True) as address:
        system = NetsapiensDomain(address, pbx.domain, SANDBOX_TOKEN, rate_limiter=RateLimiter(window=0.0))
        watch = Poller(system, publish, interval=3600, push=system.push_stream())
        task = asyncio.create_task(watch.run())
        await asyncio.wait_for(until_told(), 30)
        assert colour() is Status.GREEN
        pbx.floor.log_out(pbx.floor.seats(f"1001@{pbx.domain}", "8000"))
        await asyncio.wait_for(until_grey(), 30)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await system.close()
        await push.close()


async def test_a_stream_that_dies_is_told_and_the_polls_go_on() -> None:
    class Dying(Stream):
        async def listen(self, tell: Callable[[PushEvent], None]) -> None:
            tell(PushEvent.ON)
            await self.ends.wait()
            raise KeyError("a secret")

    push, heard = Dying(), list[ProgramFault]()
    with heard_by(heard.append):
        async with watched(company(), push=push) as one:
            await one.asked_now()
            assert one.latest.push
            one.time.loops -= 1
            push.ends.set()
            await one.asked_in(INTERVAL)
            assert not one.latest.push
            assert await one.asked_in(INTERVAL), "the phone system is asked as before"
    assert [(fault.doing, fault.kind) for fault in heard] == [
        ("listening to the phone system's events", "KeyError")
    ]
