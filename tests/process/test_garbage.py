"""Python's search for garbage: put off while a program starts, and then frequent enough for a long day."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from queuewatch.process import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.enable()
    gc.set_threshold(*threshold)


async def until(happened: Callable[[], bool]) -> None:
    for _ in range(1000):
        if happened():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never happened")


async def begun(started: asyncio.Event) -> "asyncio.Task[None]":
    task = asyncio.create_task(garbage.kept_down(started))
    await asyncio.sleep(0)
    return task


async def test_nothing_is_searched_before_the_program_has_started_and_then_often() -> None:
    garbage.search_rarely()
    assert gc.get_threshold()[0] == garbage.RARELY
    garbage.put_off()
    started = asyncio.Event()
    task = await begun(started)
    assert not gc.isenabled()
    started.set()
    await until(gc.isenabled)
    assert gc.get_threshold()[0] == garbage.OFTEN
    assert gc.get_freeze_count() > 0
    task.cancel()


async def test_everything_is_searched_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cycles that have grown old would otherwise stay until a quarter more is there."""
    searched: list[str] = []
    monkeypatch.setattr(garbage, "FULL_SEARCH_EVERY", 0.0)
    monkeypatch.setattr(gc, "collect", lambda: searched.append("all"))
    started = asyncio.Event()
    started.set()
    task = await begun(started)
    await until(lambda: len(searched) > 2)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_start_that_never_ends_is_over_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "LONGEST_START", 0.0)
    garbage.search_rarely()
    garbage.put_off()
    task = await begun(asyncio.Event())
    await until(gc.isenabled)
    task.cancel()


def test_somebody_elses_process_is_left_as_it_is() -> None:
    garbage.put_off()
    assert gc.isenabled()
