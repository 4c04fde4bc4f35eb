"""The first reading of a large domain: as fast as ten requests a second allow, and what is on the screen first."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from queuewatch.pbx.netsapiens.rate_limit import (
    ARRIVES_WITHIN,
    REQUESTS_PER_WINDOW,
    WINDOW_SECONDS,
    RateLimiter,
)
from queuewatch.polling.poller import MOST_AT_ONCE, Poller
from queuewatch.polling.state import LiveState
from tests.change.in_memory import InMemory
from tests.polling.clock import company, watched
from tests.process.virtual_time import now, run

QUEUES = 300


class Distant(InMemory):
    """Answers after a while, and is asked no faster than the limiter lets anybody."""

    takes: Callable[[str], float] = lambda _: 0.1
    """Seconds from a question to its answer."""
    limiter: RateLimiter
    arrived: list[float]
    ended: dict[str, float]

    def _ask(self, request: str) -> None:
        self.arrived.append(now())
        super()._ask(request)

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return self._from_afar(found) if name.startswith("read_") else found

    def _from_afar(self, read: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def distant(*of: str) -> object:
            async with self.limiter.turn():
                answer = await read(*of)
                request = self.asked[-1]
                await asyncio.sleep(self.takes(request))
            self.ended[request] = now()
            return answer

        return distant


async def first_reading(
    takes: Callable[[str], float] = lambda _: 0.1, meanwhile: Callable[[Poller], None] = lambda _: None
) -> tuple[Distant, int]:
    """Read everything of a large domain once, and how many states it took; ``meanwhile`` is called after 10 s."""
    pbx, published, all_read = Distant.holding(company(queues=QUEUES)), list[LiveState](), asyncio.Event()

    def publish(state: LiveState) -> None:
        published.append(state)
        if len(state.snapshot.rules) == QUEUES:
            all_read.set()

    pbx.takes, pbx.arrived, pbx.ended = takes, [], {}
    pbx.limiter = RateLimiter(clock=now)
    watch = Poller(pbx, publish, monotonic=now, wall=now)
    asyncio.get_running_loop().call_later(10, meanwhile, watch)
    task = asyncio.create_task(watch.run())
    await all_read.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return pbx, len(published)


def rules(asked: Sequence[str]) -> list[str]:
    return [request.removeprefix("rules ") for request in asked if request.startswith("rules ")]


def least(pbx: Distant) -> float:
    """Seconds that it takes at least, if no place is ever empty: those of the limiter, and those of the poller.

    A request counts for a second from its answer on: nobody knows when before that it arrived.
    """
    taken = [pbx.takes(request) for request in pbx.asked]
    in_windows = sum(WINDOW_SECONDS + min(seconds, ARRIVES_WITHIN) for seconds in taken) / REQUESTS_PER_WINDOW
    return max(in_windows, sum(taken) / MOST_AT_ONCE)


@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.3, 0.6])
def test_it_takes_as_long_as_ten_requests_a_second_do(seconds: float) -> None:
    pbx, states = run(first_reading(lambda _: seconds))
    for first, eleventh in zip(pbx.arrived, pbx.arrived[REQUESTS_PER_WINDOW:], strict=False):
        assert eleventh - first >= WINDOW_SECONDS - 1e-9
    assert max(pbx.ended.values()) < 1.05 * least(pbx)
    # Each state is judged and drawn: several answers come in one.
    assert states < QUEUES / MOST_AT_ONCE + pbx.asked.count("live") + 10


def test_an_answer_that_takes_its_time_holds_up_no_other() -> None:
    pbx, _ = run(first_reading(lambda request: 1.5 if request.endswith(("2", "7")) else 0.2))
    assert max(pbx.ended.values()) < 1.1 * least(pbx)


async def test_what_is_on_the_screen_is_read_before_the_rest() -> None:
    async with watched(company(queues=40), looked_at="8030") as one:
        one.watch.focus_sight(("8029", "8030", "8031", "no queue"))
        asked = await one.asked_now()
    assert rules(asked)[:5] == ["8030", "8029", "8031", "8000", "8001"]
    assert sorted(rules(asked)) == [str(8000 + nth) for nth in range(40)]


def test_what_is_scrolled_to_is_read_next() -> None:
    shown = tuple(str(8250 + nth) for nth in range(20))
    pbx, _ = run(first_reading(meanwhile=lambda watch: watch.focus_sight(shown)))
    asked = rules(pbx.asked)
    first = asked.index(shown[0])
    assert asked[first : first + len(shown)] == list(shown)
    at = pbx.arrived[pbx.asked.index(f"rules {shown[0]}")]
    # No more are asked before than were waiting for their turn already.
    assert sum(10 <= arrived < at for arrived in pbx.arrived) <= MOST_AT_ONCE + 1
    assert asked[:first] == [str(8000 + nth) for nth in range(first)]
    assert asked[first + len(shown) :] == [
        str(8000 + n) for n in range(first, QUEUES) if str(8000 + n) not in shown
    ]
