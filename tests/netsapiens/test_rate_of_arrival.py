"""No more than ten requests arrive at a server in any second, however long each is on its way."""

import asyncio
from collections.abc import Coroutine, Sequence
from heapq import heappop, heappush

from hypothesis import given
from hypothesis import strategies as st

from queuewatch.pbx.netsapiens.rate_limit import ARRIVES_WITHIN, REQUESTS_PER_WINDOW, RateLimiter

MANY = 45


class Time:
    """A time that passes only while everybody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = 0

    async def sleep(self, seconds: float) -> None:
        self._number += 1
        awake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._sleeping, (self.now + seconds, self._number, awake))
        await awake

    async def until(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        while not task.done():
            # So often that whoever can go on has gone on: they wait for one another in a row.
            for _ in range(MANY):
                await asyncio.sleep(0)
            if self._sleeping:
                self.now, _, awake = heappop(self._sleeping)
                awake.set_result(None)
        await task


def arrivals(ways: Sequence[tuple[float, float]]) -> list[float]:
    """When so many requests arrive that are asked for at once, each so long on its way there and back."""
    passing, found = Time(), list[float]()
    limiter = RateLimiter(clock=lambda: passing.now, sleep=passing.sleep)

    async def request(there: float, back: float) -> None:
        async with limiter.turn():
            await passing.sleep(there)
            found.append(passing.now)
            await passing.sleep(back)

    async def all_of_them() -> None:
        await asyncio.gather(*(request(there, back) for there, back in ways))

    asyncio.run(passing.until(all_of_them()))
    return sorted(found)


seconds = st.floats(0, ARRIVES_WITHIN)


@given(st.lists(st.tuples(seconds, st.one_of(seconds, st.just(20.0))), max_size=MANY))
def test_never_more_than_ten_arrive_in_a_second(ways: list[tuple[float, float]]) -> None:
    times = arrivals(ways)
    assert len(times) == len(ways)
    for first, eleventh in zip(times, times[REQUESTS_PER_WINDOW:], strict=False):
        assert eleventh - first >= 1.0 - 1e-9


def test_ten_a_second_are_used() -> None:
    times = arrivals([(0.001, 0.001)] * 41)
    assert times[-1] < 4.1


def test_a_request_that_hangs_holds_nobody_up_for_long() -> None:
    times = arrivals([(0.01, 60.0), *[(0.01, 0.01)] * 40])
    assert times[-1] < 6
