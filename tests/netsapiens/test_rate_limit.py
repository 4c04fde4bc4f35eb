import asyncio

import pytest

from queuewatch.pbx.netsapiens.rate_limit import RateLimiter, pause_before_retry
from tests.netsapiens.still import StillClock


async def test_never_more_than_ten_requests_in_any_second() -> None:
    clock = StillClock()
    rate_limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    starts: list[float] = []

    async def request() -> None:
        async with rate_limiter.turn():
            starts.append(clock.now)

    await asyncio.gather(*(request() for _ in range(35)))
    assert len(starts) == 35
    for start in starts:
        assert sum(start <= other < start + 1.0 for other in starts) <= 10
    assert starts[9] == 0.0


async def test_an_idle_second_gives_leave_again() -> None:
    clock = StillClock()
    rate_limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    for _ in range(10):
        async with rate_limiter.turn():
            pass
    clock.now = 5.0
    async with rate_limiter.turn():
        assert clock.now == 5.0


async def test_at_most_four_are_open() -> None:
    rate_limiter = RateLimiter()
    leave = asyncio.Event()
    inside = 0

    async def request() -> None:
        nonlocal inside
        async with rate_limiter.turn():
            inside += 1
            await leave.wait()
            inside -= 1

    async with asyncio.TaskGroup() as tasks:
        for _ in range(8):
            tasks.create_task(request())
        for _ in range(50):
            await asyncio.sleep(0)
        assert inside == 4
        leave.set()
    assert inside == 0


@pytest.mark.parametrize(
    ("attempt", "asked", "pause"), [(1, None, 0.5), (2, None, 1.0), (9, None, 1.0), (1, 3.0, 3.0), (1, 10.0, 10.0)]
)
def test_pauses(attempt: int, asked: float | None, pause: float) -> None:
    assert pause_before_retry(attempt, asked) == pause


def test_a_server_that_wants_a_long_rest_gets_it() -> None:
    assert pause_before_retry(1, 10.5) is None
