"""What counts as time that passed unnoticed."""

import pytest

from queuewatch.polling.poller import TICK, ClockDrift, detect_sleep


class Enough(Exception):
    """The clock is looked at no more."""


@pytest.mark.parametrize(
    ("took", "noticed"),
    [
        (TICK, 0),
        (TICK + 3, 0),
        (TICK + 8 * 3600, 1),
        (TICK - 3600, 1),
    ],
)
async def test_a_look_at_the_clock_notices_sleep_and_a_clock_that_was_set(took: float, noticed: int) -> None:
    wall, looks, seen = [1000.0], [TICK, took, TICK], []

    async def sleep(seconds: float) -> None:
        assert seconds == TICK
        if not looks:
            raise Enough
        wall[0] += looks.pop(0)

    with pytest.raises(Enough):
        await detect_sleep(lambda: seen.append(wall[0]), wall=lambda: wall[0], sleep=sleep)
    assert len(seen) == noticed


@pytest.mark.parametrize(
    ("wall", "monotonic", "long"), [(30, 30, False), (3600, 2, True), (-3600, 1, True), (3, 0, False)]
)
def test_the_two_clocks_go_apart_while_the_machine_sleeps(wall: float, monotonic: float, long: bool) -> None:
    clocks = {"wall": 1e9, "monotonic": 50.0}
    lag = ClockDrift(lambda: clocks["monotonic"], lambda: clocks["wall"])
    clocks["wall"] += wall
    clocks["monotonic"] += monotonic
    assert lag.is_long is long
