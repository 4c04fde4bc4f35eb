import asyncio

import pytest

from queuewatch.pbx.netsapiens.rate_limit import RateLimiter, SharedRateLimiter, pause_before_retry
from tests.netsapiens.still import StillClock
from tests.process.virtual_time import run


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


@pytest.mark.parametrize("programs", [2, 3, 4])
def test_programs_that_share_a_server_ask_no_more_together(programs: int) -> None:
    starts: list[float] = []

    def clock() -> float:
        return asyncio.get_running_loop().time()

    async def request(limiter: RateLimiter) -> None:
        async with limiter.turn():
            starts.append(clock())

    async def all_ask(*asking: SharedRateLimiter) -> None:
        await asyncio.gather(*(request(limiter.of("a.example")) for limiter in asking for _ in range(40)))

    async def happens() -> None:
        limiters = [SharedRateLimiter(clock=clock) for _ in range(programs)]
        # One after the other begins, and nobody is idle; then all but one end.
        await all_ask(limiters[0])
        for many in range(2, programs + 1):
            for limiter in limiters[:many]:
                limiter.share(many)
            await all_ask(*limiters[:many])
        limiters[0].share(1)
        begun = clock()
        await all_ask(limiters[0])
        assert clock() - begun <= 5.0, "whoever is alone asks as much as if there had never been others"

    run(happens())
    # By a hair less than a second, as sums of floating numbers are.
    assert max(sum(start <= other < start + 0.999 for other in starts) for start in starts) <= 10


async def test_so_many_programs_that_not_each_is_let_through_every_second() -> None:
    clock = StillClock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    limiter.share(20)
    begun = clock.now
    for _ in range(6):
        async with limiter.turn():
            pass
    assert 10.0 <= clock.now - begun <= 12.0


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


class Asked:
    """Requests of several domains of one server, in the order in which they were let through."""

    def __init__(self, shared: SharedRateLimiter) -> None:
        self._shared = shared
        self.order: list[str] = []
        self.open = 0
        self.most = 0

    async def request(self, domain: str) -> None:
        async with self._shared.of(domain).turn():
            self.order.append(domain)
            self.open += 1
            self.most = max(self.most, self.open)
            await asyncio.sleep(0)
            self.open -= 1


async def test_many_domains_of_a_server_ask_no_more_than_one() -> None:
    clock = StillClock()
    shared = SharedRateLimiter(clock=clock, sleep=clock.sleep)
    starts: list[float] = []

    async def request(domain: str) -> None:
        async with shared.of(domain).turn():
            starts.append(clock.now)

    await asyncio.gather(*(request(f"d{number % 7}") for number in range(40)))
    assert len(starts) == 40
    assert all(sum(start <= other < start + 1.0 for other in starts) <= 10 for start in starts)


async def test_a_domain_with_much_to_read_does_not_hold_up_the_others() -> None:
    asked = Asked(SharedRateLimiter(window=0.0))
    await asyncio.gather(
        *(asked.request("large") for _ in range(40)), asked.request("small"), asked.request("tiny")
    )
    assert asked.most == 4
    assert max(asked.order.index("small"), asked.order.index("tiny")) < 10


async def test_what_is_looked_at_comes_first() -> None:
    shared = SharedRateLimiter(window=0.0)
    shared.prefer(("seen",))
    asked = Asked(shared)
    domains = [f"d{number}" for number in range(30)] + ["seen"] * 3
    await asyncio.gather(*map(asked.request, domains))
    assert asked.order[4:7] == ["seen"] * 3, "after the four that were under way"


async def test_whoever_gives_up_hands_the_place_on() -> None:
    shared = SharedRateLimiter(window=0.0)
    inside, leave = asyncio.Event(), asyncio.Event()

    async def stay() -> None:
        async with shared.of("staying").turn():
            inside.set()
            await leave.wait()

    staying = [asyncio.ensure_future(stay()) for _ in range(4)]
    await inside.wait()
    waiting = [asyncio.ensure_future(Asked(shared).request("impatient")) for _ in range(5)]
    await asyncio.sleep(0)
    for task in waiting[:4]:
        task.cancel()
    leave.set()
    await asyncio.gather(*staying, waiting[4])
    async with shared.of("later").turn():
        pass
    await asyncio.gather(*(Asked(shared).request("all") for _ in range(9)))
