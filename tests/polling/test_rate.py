"""How much a board asks: less while nobody looks, and with others no more than one alone."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from queuewatch.pbx.errors import Throttled, Unreachable
from queuewatch.polling.poller import RULES_PERIOD, Poller
from queuewatch.polling.rate import MOST, Peers, PollRate
from tests.change.in_memory import InMemory
from tests.polling.clock import INTERVAL, StillTime, company, watched

ADDRESS = "https://pbx.example.com/ns-api/v2"


@pytest.mark.parametrize(
    ("interval", "boards", "seen", "seconds"),
    [
        (5, 1, True, 5),
        (5, 1, False, 20),
        (30, 1, False, 60),
        (300, 1, False, 300),
        (5, 3, True, 15),
        (5, 3, False, 60),
        (5, 20, True, 100),
        (5, 20, False, 100),
    ],
)
def test_the_interval(interval: float, boards: int, seen: bool, seconds: float) -> None:
    rate = PollRate(interval, lambda: boards)
    rate.recount()
    rate.seen = seen
    assert rate.interval == seconds


async def test_what_nobody_looks_at_is_read_more_seldom_and_at_once_when_somebody_does() -> None:
    async with watched(company(), looked_at="8001") as one:
        await one.asked_now()
        one.watch.set_visible(False)
        assert one.latest.every == 4 * INTERVAL
        await one.asked_in(INTERVAL)
        assert await one.asked_in(4 * INTERVAL * 2) == ["live"] * 2
        one.watch.set_visible(True)
        assert sorted(await one.asked_now()) == ["live", "rules 8001"]
        assert one.latest.every == INTERVAL
        assert await one.asked_in(INTERVAL) == ["live"]


async def test_a_look_does_not_go_before_what_the_server_asked_for() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        one.pbx.on("live", 1, Throttled("Too many requests.", retry_after=90))
        await one.asked_in(INTERVAL)
        one.watch.set_visible(False)
        one.watch.set_visible(True)
        one.watch.resumed()
        assert await one.asked_in(89) == []
        assert "live" in await one.asked_in(1)


async def test_boards_that_share_a_server_ask_no_more_than_one() -> None:
    pbx, time = InMemory.holding(company(queues=2)), StillTime()
    watch = Poller(pbx, lambda _: None, interval=INTERVAL, monotonic=time, pause=time.pause, boards=lambda: 3)
    task = asyncio.create_task(watch.run())
    await time.settled()
    pbx.asked.clear()
    await time.pass_by(3 * RULES_PERIOD)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert pbx.asked.count("live") == 3 * RULES_PERIOD / INTERVAL / 3
    assert pbx.asked.count("rules 8000") == 1


async def test_until_it_is_read_again_nothing_is_shown_as_of_now_after_a_sleep() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        one.pbx.on("live", 1, Unreachable("The network is not back yet."))
        one.watch.resumed()
        assert one.latest.trouble is not None
        assert one.latest.trouble.sentence == "Time has passed while this program or this machine stood still."
        await one.asked_now()
        assert one.latest.trouble.sentence == "The network is not back yet."
        await one.asked_in(1)
        assert one.latest.trouble is None


async def test_before_anything_was_read_there_is_nothing_that_could_be_old() -> None:
    async with watched(company()) as one:
        one.watch.resumed()
        assert one.published == []


async def test_an_answer_that_waited_while_the_machine_slept_is_not_dated_now() -> None:
    pbx, time, wall, published = InMemory.holding(company()), StillTime(), [0.0], list[object]()

    def sleep() -> None:
        wall[0] += 3600

    watch = Poller(pbx, published.append, monotonic=time, wall=lambda: wall[0] + time(), pause=time.pause)
    pbx.on("live", 1, sleep)
    task = asyncio.create_task(watch.run())
    await time.settled()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert pbx.asked[:2] == ["live", "live"]


@pytest.fixture
def boards(tmp_path: Path) -> Iterator[list[Peers]]:
    """More boards than are told apart, none of which has begun."""
    with ExitStack() as stack:
        found = [Peers({"QUEUEWATCH_STATE": str(tmp_path)}, ADDRESS) for _ in range(MOST + 2)]
        for board in found:
            stack.callback(board.leave)
        yield found


def test_every_board_counts_all_that_have_begun_and_not_left(boards: list[Peers]) -> None:
    first, second, third = boards[:3]
    assert first.count() == 1
    assert second.count() == 2
    assert third.count() == 3
    assert first.count() == 3
    second.leave()
    assert (first.count(), third.count()) == (2, 2)
    assert second.count() == 3


def test_beyond_the_last_place_a_board_still_knows_how_many_there_are(boards: list[Peers]) -> None:
    for number, board in enumerate(boards, start=1):
        assert board.count() == min(number, MOST + 1)


def test_boards_on_other_servers_do_not_count(boards: list[Peers], tmp_path: Path) -> None:
    boards[0].count()
    other = Peers({"QUEUEWATCH_STATE": str(tmp_path)}, "https://other.example.com/ns-api/v2")
    assert other.count() == 1
    other.leave()


def test_a_board_that_was_killed_is_forgotten(boards: list[Peers], tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom queuewatch.polling.rate import Peers\n"
        f"print(Peers(os.environ, {ADDRESS!r}).count(), flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env={"QUEUEWATCH_STATE": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"1\n"
        assert boards[0].count() == 2
        other.kill()
    assert boards[0].count() == 1


def test_a_folder_that_cannot_be_used_makes_a_board_the_only_one(tmp_path: Path) -> None:
    (tmp_path / "boards").write_text("not a folder")
    assert Peers({"QUEUEWATCH_STATE": str(tmp_path)}, ADDRESS).count() == 1
