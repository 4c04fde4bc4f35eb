"""Waiting for something that happens in another process, or on another socket."""

import asyncio
from collections.abc import Callable


async def eventually(happened: Callable[[], bool]) -> None:
    """Wait for it; fail if it never happens."""
    for _ in range(6000):
        if happened():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never happened")
